//! How long the program takes from its start to its first answer.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use crate::Effort;
use crate::load::ask_blocking;
use crate::sample;
use crate::table::{head, median, row};

/// Where `cargo build --release` puts it.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/standin");

/// Cold starts of the release binary.
pub fn run(effort: Effort) {
    if !Path::new(PROGRAM).exists() {
        println!("\nCold start: not measured, because the binary is not there. `cargo build --release` makes it.");
        return;
    }
    head("Cold start of the release binary to its first answer", &["records", "ms"]);
    let large = format!("{}={}", sample::COLLECTION, effort.sizes[2]);
    let made_up = ["--generate", large.as_str()];
    let district = ["--generate", "edlink.people=20000"];
    let few = effort.turns.div_ceil(3);
    let ways: [(&str, &[&str], usize); 3] = [
        ("the embedded ones", &[], 2 * effort.turns + 1),
        (&large, &made_up, few),
        ("edlink.people=20000 and their district", &district, few),
    ];
    for (name, arguments, times) in ways {
        let milliseconds = median((0..times).map(|_| first_answer_ms(arguments)));
        row([name.to_owned(), format!("{milliseconds:.1}")]);
    }
}

fn first_answer_ms(arguments: &[&str]) -> f64 {
    let begin = Instant::now();
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--port", "0"])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program can be started");
    let mut ready = String::new();
    BufReader::new(child.stdout.take().expect("its output is read")).read_line(&mut ready).expect("it says something");
    let ready: Value = serde_json::from_str(&ready).expect("its ready line is JSON");
    let port = ready["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("its ready line has the port");
    ask_blocking(([127, 0, 0, 1], port).into(), &sample::page(0));
    let milliseconds = begin.elapsed().as_secs_f64() * 1_000.0;
    child.kill().expect("it runs");
    child.wait().expect("it ended");
    milliseconds
}
