//! Measures standin beside a bare hyper server and beside its peers, and prints Markdown tables of ratios.
//!
//! Both sides of a ratio are measured in the same run, in turns, because the machine may be busy with other things.
//!
//! `profile standin get 100000 16` (or `bare`, `minimal`, `rules`; `404`, `page`, `another-page`, `create`) asks one server alone, so
//! often over so many connections: something to look at with `perf` or `valgrind --tool=callgrind --separate-threads=yes`.
//! `profile-test "standin, a task" 10000` does one test of the `tests` section alone, so often.

mod axum_crud;
mod bare;
mod cores;
mod embedders;
mod load;
mod memory;
mod minimal;
mod page;
mod peers;
mod program;
mod requests;
mod sample;
mod start;
mod table;
mod tests;
mod threads;

/// The allocator of standin's binary, for everybody.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The extent of a run.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Turns each contestant gets. Medians are taken over turns.
    pub turns: usize,
    /// Duration of a turn of the `requests` section.
    pub turn: std::time::Duration,
    /// Repetitions of the work in a turn of the other sections.
    pub times: usize,
    /// The sizes of the collection that is asked.
    pub sizes: [usize; 3],
}

/// Gives figures. Turns are short and many, because a busy machine is not the same one for long.
const FULL: Effort =
    Effort { turns: 25, turn: std::time::Duration::from_millis(60), times: 50, sizes: [10, 1_000, 100_000] };

/// Shows that everything runs; its figures mean nothing.
const QUICK: Effort = Effort { turns: 1, turn: std::time::Duration::from_millis(5), times: 2, sizes: [10, 100, 1_000] };

const SECTIONS: &[(&str, fn(Effort))] = &[
    ("requests", requests::run),
    ("peers", requests::beside_peers),
    ("tests", tests::run),
    ("memory", memory::run),
    ("start", start::run),
    ("threads", threads::run),
    ("page", page::run),
    ("build", embedders::run),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse().expect("a number");
    if let ["memory-of", contestant, before, requests] = words[..] {
        return memory::child(contestant, number(before), number(requests));
    }
    if let ["profile", contestant, request, times, connections] = words[..] {
        return requests::profile(contestant, request, number(times), number(connections));
    }
    if let ["profile-test", contestant, times] = words[..] {
        return tests::profile(contestant, number(times));
    }
    let effort = if words.contains(&"--quick") { QUICK } else { FULL };
    let wanted: Vec<&str> = words.into_iter().filter(|word| *word != "--quick").collect();
    if let Some(unknown) = wanted.iter().find(|word| !SECTIONS.iter().any(|(name, _)| name == *word)) {
        let names: Vec<&str> = SECTIONS.iter().map(|(name, _)| *name).collect();
        eprintln!("There is no section {unknown:?}. Sections: {}; and `--quick`.", names.join(", "));
        std::process::exit(2);
    }
    table::heading();
    for (name, run) in SECTIONS {
        if wanted.is_empty() || wanted.contains(name) {
            run(effort);
        }
    }
}
