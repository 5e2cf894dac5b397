//! What threads are worth: the release binary with two of them beside one.

use std::cell::Cell;
use std::rc::Rc;

use crate::Effort;
use crate::load::{NUMBER, Shot, ask_blocking, turn};
use crate::program::{self, Program};
use crate::sample;
use crate::table::{head, median, number, ratio, row};

/// Worlds that are asked in turns: one world answers one request at a time, whoever asks.
const WORLDS: u64 = 8;

/// Requests per second with one thread and with two.
pub fn run(effort: Effort) {
    if !Program::is_built() {
        return println!("\nThreads: not measured, because {}", program::NOT_BUILT);
    }
    let records = format!("{}={}", sample::COLLECTION, effort.sizes[1]);
    let programs = ["1", "2"].map(|threads| {
        let arguments = ["--threads", threads, "--quiet", "--no-embedded-fixtures", "--generate", records.as_str()];
        let program = Program::start(&arguments);
        let host = program.address.to_string();
        for world in 1..=WORLDS {
            let named = format!(r#"{{"name":"{:010}"}}"#, world % WORLDS);
            ask_blocking(program.address, &Shot::to(&host, "POST", "/_standin/worlds", &named, 200));
        }
        program
    });
    // What is shown of each record is put together anew: work for the server, little for whoever asks.
    let work = Shot::new("GET", &format!("/w/{NUMBER}{}?limit=100&include=name", sample::PATH), "", 200).below(WORLDS);
    let ways = [
        ("page of 50", 1, sample::page(0)),
        ("page of 50", 16, sample::page(0)),
        ("names of 100 records, of eight worlds in turns", 1, work.clone()),
        ("names of 100 records, of eight worlds in turns", 16, work),
    ];
    head(
        "Requests per second of the release binary with two threads",
        &["request", "connections", "one thread", "two threads", "ratio"],
    );
    let numbers = Rc::new(Cell::new(0));
    for (name, connections, shot) in ways {
        let rounds: Vec<[f64; 2]> = (0..effort.turns)
            .map(|_| {
                programs
                    .each_ref()
                    .map(|program| turn(program.address, &shot, connections, effort.turn, &numbers).per_second)
            })
            .collect();
        let of = |place: usize| number(median(rounds.iter().map(|round| round[place])));
        let beside = ratio(median(rounds.iter().map(|round| round[1] / round[0])));
        row([name.to_owned(), connections.to_string(), of(0), of(1), beside]);
    }
}
