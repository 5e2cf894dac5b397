//! Time of the program from its start to its first answer.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Value, json};

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
    let folder = Folder::of(effort.sizes[2]);
    let from_a_file = ["--fixtures", folder.0.to_str().expect("folders of tests have plain names")];
    let file = format!("{large}, 300 bytes each, from a file");
    let few = effort.turns.div_ceil(3);
    let ways: [(&str, &[&str], usize); 4] = [
        ("the embedded ones", &[], 2 * effort.turns + 1),
        (&large, &made_up, few),
        (&file, &from_a_file, few),
        ("edlink.people=20000 and their district", &district, few),
    ];
    for (name, arguments, times) in ways {
        let milliseconds = median((0..times).map(|_| first_answer_ms(arguments)));
        row([name.to_owned(), format!("{milliseconds:.1}")]);
    }
}

/// A folder of fixtures, which goes in the end.
struct Folder(PathBuf);

impl Folder {
    /// Writes that many integrations of 300 bytes.
    fn of(records: usize) -> Self {
        let folder = std::env::temp_dir().join(format!("standin-start-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("celigo")).expect("a folder for fixtures");
        let description = "x".repeat(220);
        let record = |n| json!({ "_id": format!("{n:024x}"), "name": format!("Orders to ledger {n}"), "description": description });
        let text = Value::from((0..records).map(record).collect::<Vec<_>>()).to_string();
        std::fs::write(folder.join("celigo/integrations.json"), text).expect("a file of fixtures");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn first_answer_ms(arguments: &[&str]) -> f64 {
    let begin = Instant::now();
    let program = Program::start(arguments);
    ask_blocking(program.address, &sample::page(0));
    begin.elapsed().as_secs_f64() * 1_000.0
}
