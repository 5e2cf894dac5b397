//! The start of the process: its arguments choose a command, whose end gives the exit code.

use std::panic::catch_unwind;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, FromArgMatches};

use crate::cli::examples::command;
use crate::cli::exit::{Exit, Failed};
use crate::cli::output;
use crate::cli::output::STDERR;
use crate::cli::{Cli, Command, variables};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    output::catch_panics();
    // The panic's message was written to standard error already.
    let exit = catch_unwind(run).unwrap_or(Exit::Failure);
    output::finish();
    exit.into()
}

fn run() -> Exit {
    let all = variables::without_empty(command(), &|name| std::env::var_os(name));
    let matches = all.try_get_matches().unwrap_or_else(|error| {
        let _ = error.print();
        let given: Vec<String> = std::env::args().skip(1).collect();
        if let Some(hint) = hint_of_dashes(&error, &given).or_else(|| hint_of_value(&error, &given)) {
            STDERR.say(hint);
        }
        output::finish();
        std::process::exit(error.exit_code())
    });
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let checked = variables::check(&command(), std::env::vars_os());
    if let Ok(Some(warning)) = &checked {
        STDERR.say(format!("{warning}\n"));
    }
    let done = checked.and_then(|_| match &cli.command {
        Command::Serve(serve) => serve.run(),
        Command::Run(run) => run.run(),
        Command::Check(check) => check.run(),
        Command::Explain(explain) => explain.run(),
        Command::Probe(probe) => probe.run(),
        Command::Sweep(sweep) => sweep.run(),
        Command::Draft(draft) => draft.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Wait(wait) => wait.run(),
        Command::Env(env) => env.run(),
        Command::Tail(tail) => tail.run(),
        Command::Limits(limits) => limits.run(),
        Command::Routes(routes) => routes.run(),
        Command::Scenarios(scenarios) => scenarios.run(),
        Command::Schema(schema) => schema.run(),
        Command::Report(report) => report.run(),
        Command::Openapi(openapi) => openapi.run(),
        Command::Completions(completions) => completions.run(),
        Command::Manual(manual) => manual.run(),
    });
    done.unwrap_or_else(|failed: Failed| {
        STDERR.say(format!("error: {failed}\n"));
        failed.exit
    })
}

/// The commands that run another one.
const RUNNERS: [&str; 4] = ["run", "sweep", "draft", "doctor"];

/// Returns a hint that shows where `--` belongs, if the command to run was written without it.
fn hint_of_dashes(error: &clap::Error, given: &[String]) -> Option<String> {
    let is_unknown = matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand);
    let (runner, given) = given.split_first()?;
    if !is_unknown || !RUNNERS.contains(&runner.as_str()) {
        return None;
    }
    let Some(ContextValue::String(first)) = error.get(ContextKind::InvalidArg) else { return None };
    let at = given.iter().position(|argument| argument == first)?;
    let is_command = !given.iter().any(|argument| argument == "--") && !first.starts_with('-');
    is_command.then(|| {
        let words: Vec<&str> = [runner.as_str()].into_iter().chain(given[..at].iter().map(String::as_str)).collect();
        let (before, command) = (words.join(" "), given[at..].join(" "));
        format!("\nThe command to run stands behind --:\n    standin {before} -- {command}\n")
    })
}

/// Returns a hint for a value behind a flag that takes none, with the flag of a longer name that does.
fn hint_of_value(error: &clap::Error, given: &[String]) -> Option<String> {
    let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidArg) else { return None };
    let at = given.iter().position(|argument| argument == value)?;
    let flag = given.get(at.checked_sub(1)?)?.strip_prefix("--").filter(|_| !value.starts_with('-'))?;
    let mut all = command();
    // Only a built definition knows the number of values of its flags.
    all.build();
    let flags = all.find_subcommand(given.first()?)?.get_arguments();
    let takes_value = |arg: &&Arg| arg.get_num_args().is_some_and(|number| number.takes_values());
    let (valued, plain): (Vec<&Arg>, Vec<&Arg>) = flags.partition(takes_value);
    plain.iter().find(|arg| arg.get_long() == Some(flag))?;
    let longer = valued.iter().filter_map(|arg| arg.get_long());
    let other = longer.into_iter().find(|name| name.strip_prefix(flag).is_some_and(|rest| rest.starts_with('-')));
    let other = other.map(|name| format!(" Did you mean --{flag} --{name} {value}?")).unwrap_or_default();
    Some(format!("\n--{flag} takes no value.{other}\n"))
}
