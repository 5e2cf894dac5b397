//! Memory that a server keeps of every request it answers.

use std::process::Command;

use crate::Effort;
use crate::axum_crud::Axum;
use crate::bare::{Bare, Canned};
use crate::load::{answer, ask, runtime};
use crate::peers;
use crate::sample;
use crate::table::{head, number, row};

/// Requests before the measuring begins: standin's journal is full after 10,000.
const BEFORE: usize = 12_000;

/// Growth of each contestant, each in a process of its own.
pub fn run(effort: Effort) {
    let (before, requests) = if effort.turns == 1 { (100, 100) } else { (BEFORE, 12_000) };
    head(
        &format!("Memory: growth per request over {requests} requests, after {before}"),
        &["", "bytes per request", "resident at the end, MiB"],
    );
    for name in ["hyper", "standin", "axum by hand"].into_iter().chain(peers::NAMES) {
        let this = std::env::current_exe().expect("this program is a file");
        let arguments = ["memory-of", name, &before.to_string(), &requests.to_string()];
        let out = Command::new(this).args(arguments).output().expect("this program can be started again");
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        let mut figures = said.split_whitespace().filter_map(|figure| figure.parse().ok());
        let (Some(growth), Some(resident)) = (figures.next(), figures.next()) else {
            panic!("{name} did not tell its memory: {}", String::from_utf8_lossy(&out.stderr));
        };
        row([name.to_owned(), number(growth), number(resident)]);
    }
}

/// Measures one contestant in this process: prints its growth per request in bytes, and what is resident in MiB.
#[allow(clippy::cast_precision_loss)] // No process has that much memory.
pub fn child(name: &str, before: usize, requests: usize) {
    let standin = sample::standin(10);
    let records = sample::records(&standin);
    let shot = sample::get(sample::id(&records[5]));
    let runtime = runtime();
    let grown = |address| {
        ask(address, &shot, before, 1);
        let begin = resident_bytes();
        ask(address, &shot, requests, 1);
        (resident_bytes().saturating_sub(begin)) as f64 / requests as f64
    };
    let growth = match name {
        "hyper" => {
            grown(Bare::on_a_thread(std::sync::Arc::new(Canned::from(answer(standin.address(), &shot)))).address)
        }
        "standin" => grown(standin.address()),
        "axum by hand" => grown(Axum::start(&records).address),
        peer => grown(peers::start(peer, &runtime, &peers::stubs(&records)).address),
    };
    println!("{growth} {}", resident_bytes() as f64 / f64::from(1 << 20));
}

/// The memory of this process that is in use.
fn resident_bytes() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux tells the memory of a process");
    let pages: u64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("a number of pages");
    pages * 4_096
}
