//! From the process's arguments to its exit code.

use std::panic::catch_unwind;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::cli::exit::{Exit, Failed};
use crate::cli::output;
use crate::cli::output::STDERR;
use crate::cli::{Cli, Command, variables};

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    output::catch_panics();
    // A panic has told its story on standard error already.
    let exit = catch_unwind(run).unwrap_or(Exit::Failure);
    output::finish();
    exit.into()
}

fn run() -> Exit {
    let command = variables::without_empty(Cli::command(), &|name| std::env::var_os(name));
    let cli = Cli::from_arg_matches(&command.get_matches()).unwrap_or_else(|error| error.exit());
    let checked = variables::check(&Cli::command(), std::env::vars_os());
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
