//! Worth of threads: the release binary with one of them, with two, and twice with one.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;

use crate::Effort;
use crate::cores::Cores;
use crate::load::{NUMBER, Shot, ask_blocking, turn};
use crate::program::{self, Program};
use crate::sample;
use crate::table::{head, median, number, ratio, row};

/// Worlds that are asked in turns: one world answers one request at a time, whoever asks.
const WORLDS: u64 = 8;

/// Requests per second with one thread and with two. Two programs share nothing: what they give together is what the
/// machine had to give, and what one program with two threads falls short of it is the program's doing.
pub fn run(effort: Effort) {
    if !Program::is_built() {
        return println!("\nThreads: not measured, because {}", program::NOT_BUILT);
    }
    let records = format!("{}={}", sample::COLLECTION, effort.sizes[1]);
    let start = |threads| {
        let arguments = ["--threads", threads, "--quiet", "--no-embedded-fixtures", "--generate", records.as_str()];
        let program = Program::start(&arguments);
        let host = program.address.to_string();
        for world in 0..WORLDS {
            let named = format!(r#"{{"name":"{world:010}"}}"#);
            ask_blocking(program.address, &Shot::to(&host, "POST", "/_standin/worlds", &named, 200));
        }
        program
    };
    let (one, two, other) = (start("1"), start("2"), start("1"));
    let programs = [&one, &two, &other].map(Program::process);
    let contestants: [&[SocketAddr]; 3] = [&[one.address], &[two.address], &[one.address, other.address]];
    // The fields of each record are put together anew: work for the server, little for its client.
    let work = Shot::new("GET", &format!("/w/{NUMBER}{}?limit=100&include=name", sample::PATH), "", 200).below(WORLDS);
    let ways = [
        ("page of 50", 1, sample::page(0)),
        ("page of 50", 16, sample::page(0)),
        ("names of 100 records, of eight worlds in turns", 1, work.clone()),
        ("names of 100 records, of eight worlds in turns", 16, work),
    ];
    head(
        "Requests per second of the release binary with two threads, and of two that have one each",
        &["request", "connections", "one thread", "two threads", "ratio", "two programs", "ratio"],
    );
    let numbers = Rc::new(Cell::new(0));
    for (name, connections, shot) in ways {
        // One connection keeps one thread busy, whoever has how many: it has a core. More want all there are.
        let cores = if connections == 1 { Cores::Processes(&programs) } else { Cores::Anywhere };
        let rounds: Vec<[f64; 3]> = (0..effort.turns)
            .map(|_| contestants.map(|all| turn(cores, all, &shot, connections, effort.turn, &numbers).per_second))
            .collect();
        let of = |place: usize| number(median(rounds.iter().map(|round| round[place])));
        let beside = |place: usize| ratio(median(rounds.iter().map(|round| round[place] / round[0])));
        row([name.to_owned(), connections.to_string(), of(0), of(1), beside(1), of(2), beside(2)]);
    }
}
