//! `fuzz TARGET RUNS [FIRST]`: tries that many inputs, from that number on. A failure names the number and keeps the input.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;

use standin_fuzz::{Inputs, names, target};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize, usual: u64| arguments.get(n).map_or(Some(usual), |text| text.parse().ok());
    let (Some(name), Some(runs), Some(first)) = (arguments.first(), number(1, 10_000), number(2, 0)) else {
        eprintln!("fuzz TARGET RUNS [FIRST]; the targets are {}", names().collect::<Vec<_>>().join(", "));
        return ExitCode::from(2);
    };
    let Some(mut tried) = target(name) else {
        eprintln!("there is no target {name}; there are {}", names().collect::<Vec<_>>().join(", "));
        return ExitCode::from(2);
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut inputs = Inputs::of(&folder.join("corpus").join(name));
    let known = inputs.len() as u64;
    // A stack that overflows leaves no word: the last number that was told tells where to look.
    let every = (runs / 20).max(1);
    for n in (0..known).chain(first.max(known)..first.max(known) + runs) {
        let input = inputs.get(n);
        if catch_unwind(AssertUnwindSafe(|| tried.run(&input))).is_err() {
            let file = folder.join(format!("failed-{name}-{n}"));
            let _ = std::fs::write(&file, &input);
            eprintln!("{name}: input {n} failed, kept as {}", file.display());
            return ExitCode::FAILURE;
        }
        if n % every == 0 {
            eprintln!("{name}: {n}");
        }
    }
    println!("{name}: {} inputs, {known} of them from the corpus", known + runs);
    ExitCode::SUCCESS
}
