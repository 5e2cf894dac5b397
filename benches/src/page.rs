//! Cost of an open page to consumers: the release binary with a page that watches it, and without.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use crate::Effort;
use crate::cores::Cores;
use crate::load::{Shot, ask_blocking, turn};
use crate::program::{self, Program};
use crate::sample;
use crate::table::{head, median, number, ratio, row};

/// The page asks for what came at most this often, once there are many calls.
const PAUSE: Duration = Duration::from_millis(250);

/// Calls that are on screen at one time.
const ON_SCREEN: u64 = 40;

/// A turn is longer than the page's pause, so that it asks in each.
const TURNS_IN_ONE: u32 = 10;

/// Requests per second, 16 connections, while a page follows the calls and while none does.
pub fn run(effort: Effort) {
    if !Program::is_built() {
        return println!("\nPage: not measured, because {}", program::NOT_BUILT);
    }
    let records = format!("{}={}", sample::COLLECTION, effort.sizes[1]);
    let start = || Program::start(&["--threads", "1", "--quiet", "--generate", &records]);
    let (alone, watched) = (start(), start());
    let processes = [&alone, &watched].map(Program::process);
    let (news, page) = watch(watched.address);
    head(
        "Requests per second of the release binary with a page open, beside none, 16 connections",
        &["request", "no page", "one page", "ratio"],
    );
    let numbers = Rc::new(Cell::new(0));
    for (name, shot) in [("get", sample::get("abc123")), ("page of 50", sample::page(0))] {
        let one = |program: &Program| {
            let lasting = effort.turn * TURNS_IN_ONE;
            turn(Cores::Processes(&processes), &[program.address], &shot, 16, lasting, &numbers).per_second
        };
        let rounds: Vec<[f64; 2]> = (0..effort.turns).map(|_| [one(&alone), one(&watched)]).collect();
        let of = |place: usize| number(median(rounds.iter().map(|round| round[place])));
        let beside = ratio(median(rounds.iter().map(|round| round[1] / round[0])));
        row([name.to_owned(), of(0), of(1), beside]);
    }
    news.shutdown(Shutdown::Both).expect("the stream goes on until then");
    let rounds = page.join().expect("the page's requests are answered");
    assert!(rounds > 0, "the page asked for nothing");
}

/// Follows the calls as the page does: a stream of numbers, and after each piece of news the calls on screen. The
/// thread ends with the stream, and returns how often it asked.
fn watch(address: SocketAddr) -> (TcpStream, thread::JoinHandle<u64>) {
    let host = address.to_string();
    let mut stream = TcpStream::connect(address).expect("the server listens");
    write!(stream, "GET /_standin/events HTTP/1.1\r\nhost: {host}\r\n\r\n").expect("the server reads");
    let news = stream.try_clone().expect("a socket can be shared");
    let page = thread::spawn(move || {
        let (mut buffer, mut rounds) = ([0; 16 * 1024], 0);
        while let Ok(read @ 1..) = stream.read(&mut buffer) {
            let news = String::from_utf8_lossy(&buffer[..read]);
            let Some(latest) =
                news.lines().rev().find_map(|line| line.strip_prefix("data:")?.trim().parse::<u64>().ok())
            else {
                continue;
            };
            let ask = |query: String| {
                ask_blocking(address, &Shot::to(&host, "GET", &format!("/_standin/journal?{query}"), "", 200));
            };
            ask(format!("since={latest}&only=numbers"));
            ask(format!("since={}&limit={ON_SCREEN}", latest.saturating_sub(ON_SCREEN)));
            rounds += 1;
            thread::sleep(PAUSE);
        }
        rounds
    });
    (news, page)
}
