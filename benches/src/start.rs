//! How long the program takes from its start to its first answer.

use std::time::Instant;

use crate::Effort;
use crate::load::ask_blocking;
use crate::program::{self, Program};
use crate::sample;
use crate::table::{head, median, row};

/// Cold starts of the release binary.
pub fn run(effort: Effort) {
    if !Program::is_built() {
        return println!("\nCold start: not measured, because {}", program::NOT_BUILT);
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
    let program = Program::start(arguments);
    ask_blocking(program.address, &sample::page(0));
    begin.elapsed().as_secs_f64() * 1_000.0
}
