//! Two examples for each command, which its help, its manual page and the reference show.

use clap::{Command, CommandFactory};

use crate::cli::{Cli, exit};

/// The examples of a command: the purpose of each, and its line.
type Examples = [(&'static str, &'static str); 2];

/// The examples of all commands by name; a subcommand has both names.
const EXAMPLES: &[(&str, Examples)] = &[
    (
        "standin",
        [
            ("Serve both APIs on port 4780", "standin serve"),
            ("Test a command against a scenario", "standin run --scenario celigo-lost-create -- npm test"),
        ],
    ),
    (
        "serve",
        [
            ("Take any free port and write it to a file", "standin serve --port 0 --port-file standin.json"),
            ("Begin as a scenario says, and verify it in the end", "standin serve --scenario lost-create.json"),
        ],
    ),
    (
        "run",
        [
            ("Test a command against a ready-made scenario", "standin run --scenario celigo-lost-create -- npm test"),
            (
                "Write a report for a CI system",
                "standin run --scenario lost-create.json --report-junit report.xml -- pytest",
            ),
        ],
    ),
    (
        "check",
        [
            ("Check all scenarios of a folder", "standin check scenarios"),
            ("Refuse what depends on assumed behaviour", "standin check --strict-fidelity lost-create.json"),
        ],
    ),
    (
        "explain",
        [
            ("Tell at which calls the rules of a scenario fire", "standin explain celigo-bad-afternoon"),
            ("Tell what a code of check means", "standin explain E08"),
        ],
    ),
    (
        "probe",
        [
            (
                "Compare the live service with a scenario's probe",
                "standin probe --against https://api.integrator.io/v1 celigo-bad-afternoon",
            ),
            (
                "Take the credential from another variable",
                "standin probe --against https://ed.link/api --token-env MY_TOKEN probe.json",
            ),
        ],
    ),
    (
        "sweep",
        [
            ("Try every single fault at every call", "standin sweep -- npm test"),
            (
                "Try lost answers at writes only",
                "standin sweep --fault lost --on celigo.integrations.create -- npm test",
            ),
        ],
    ),
    (
        "draft",
        [
            ("Draft a scenario from what a script does", "standin draft -- sh sync.sh > sync.json"),
            (
                "Write it to a file, with records of your own",
                "standin draft --output nightly.json --fixtures records -- python nightly.py",
            ),
        ],
    ),
    (
        "doctor",
        [
            ("See whether a command's calls arrive", "standin doctor -- npm test"),
            ("See it for hard-coded hosts", "standin doctor --intercept -- npm test"),
        ],
    ),
    (
        "wait",
        [
            ("Wait for the server on port 4780", "standin wait"),
            ("Give up after five seconds", "standin wait --timeout 5s --url http://127.0.0.1:8080"),
        ],
    ),
    (
        "env",
        [
            ("Print exports for a shell", "standin env"),
            (
                "Print them for a later step of GitHub Actions",
                "standin env --format github --url http://127.0.0.1:8080",
            ),
        ],
    ),
    (
        "tail",
        [
            ("Follow the calls of the default world", "standin tail"),
            ("Follow the errors of another world", "standin tail --world w1 --is error"),
        ],
    ),
    ("limits", [("List all limits", "standin limits"), ("List them for a program", "standin limits --format json")]),
    (
        "routes",
        [
            ("List all operations", "standin routes"),
            ("List them with sources, for a program", "standin routes --format json"),
        ],
    ),
    (
        "scenarios",
        [
            ("List the ready-made scenarios", "standin scenarios"),
            ("Print one, to begin a file of your own with", "standin scenarios celigo-lost-create"),
        ],
    ),
    (
        "schema",
        [("Print the schema", "standin schema"), ("Keep it for an editor", "standin schema > scenario-1.schema.json")],
    ),
    (
        "report",
        [
            ("Join the reports of many jobs", "standin report merge part-1.json part-2.json"),
            ("Show them as one page", "standin report html --output report.html part-1.json"),
        ],
    ),
    (
        "report merge",
        [
            ("Join the reports of many jobs", "standin report merge part-1.json part-2.json"),
            ("Join them for a program", "standin report merge --json part-1.json part-2.json"),
        ],
    ),
    (
        "report html",
        [
            ("Write a page", "standin report html --output report.html part-1.json"),
            ("Write the page of many jobs to standard output", "standin report html part-1.json part-2.json"),
        ],
    ),
    (
        "openapi",
        [
            ("Print the document of Celigo's API", "standin openapi celigo"),
            ("Print the document of the control API", "standin openapi control"),
        ],
    ),
    (
        "completions",
        [
            ("Complete in this bash", "standin completions bash > standin.bash"),
            ("Complete in fish", "standin completions fish > standin.fish"),
        ],
    ),
    (
        "manual",
        [
            ("Write the manual pages", "standin manual man"),
            ("Print a part of the reference", "standin manual --reference limits"),
        ],
    ),
];

/// Returns the command line's definition, with the examples.
pub(super) fn command() -> Command {
    let all = Cli::command();
    let texts = format!("{}\n\n{}", exit::help(), examples("standin"));
    all.after_help(exit::help()).after_long_help(texts).mut_subcommands(|command| {
        let name = command.get_name().to_owned();
        let command = command.mut_subcommands(|inner| {
            let text = examples(&format!("{name} {}", inner.get_name()));
            inner.after_long_help(text)
        });
        command.after_long_help(examples(&name))
    })
}

/// Returns the examples of a command, as its help shows them.
fn examples(name: &str) -> String {
    let lines = of(name).iter().map(|(about, line)| format!("  {about}:\n    {line}"));
    format!("Examples:\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Returns the examples of a command.
pub(super) fn of(name: &str) -> &'static [(&'static str, &'static str)] {
    EXAMPLES.iter().find(|(command, _)| *command == name).map_or(&[], |(_, examples)| examples)
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::{EXAMPLES, command, of};

    /// Returns the names of all commands that help shows, and of their subcommands.
    fn names(of: &Command, before: &str) -> Vec<String> {
        let inner = of.get_subcommands().filter(|command| command.get_name() != "help");
        let each = inner.flat_map(|command| {
            let name = format!("{before} {}", command.get_name()).trim().to_owned();
            let below = names(command, &name);
            std::iter::once(name).chain(below)
        });
        each.collect()
    }

    #[test]
    fn every_command_ends_its_help_with_two_examples_and_names_the_short_form() {
        let mut whole = command();
        whole.build();
        for name in names(&command(), "") {
            let found = name.split(' ').fold(&mut whole, |command, part| {
                command.find_subcommand_mut(part).expect("a command that was listed")
            });
            let help = found.render_long_help().to_string();
            assert_eq!(of(&name).len(), 2, "{name} has no examples in src/cli/examples.rs");
            let last = of(&name)[1].1;
            assert!(help.trim_end().ends_with(last), "{name} --help does not end with its examples:\n{help}");
            assert!(help.contains("see a summary with '-h'"), "{name} --help does not name -h:\n{help}");
        }
        assert_eq!(names(&command(), "").len() + 1, EXAMPLES.len(), "an example of no command");
    }

    #[test]
    fn every_example_is_a_line_that_the_command_line_takes() {
        for (name, examples) in EXAMPLES {
            for (_, line) in *examples {
                let typed = line.split(" > ").next().unwrap_or(line);
                let parsed = command().try_get_matches_from(typed.split(' '));
                parsed.unwrap_or_else(|error| panic!("{line}: {error}"));
                assert!(*name == "standin" || line.starts_with(&format!("standin {name}")), "{line} is none of {name}");
            }
        }
    }
}
