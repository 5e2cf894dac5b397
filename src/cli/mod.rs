//! The command line: one file per command, its arguments beside its code.
//!
//! Standard output has only the result of a command: the ready line, a table, exports. All messages go to standard
//! error.
#![allow(clippy::struct_excessive_bools)] // Flags are independent of each other.
#![allow(clippy::doc_markdown, rustdoc::bare_urls, rustdoc::invalid_html_tags)] // Docs of arguments are help texts, read in a terminal.

#[cfg(debug_assertions)]
mod broken;
mod check;
mod client;
mod completions;
mod consumer;
mod dispatch;
mod doctor;
mod draft;
mod env;
mod examples;
mod exit;
mod explain;
mod findings;
mod format;
mod intercept;
mod isolate;
mod limits;
mod log;
mod manual;
mod no_proxy;
mod openapi;
mod output;
mod own_file;
mod probe;
#[cfg(unix)]
mod process_group;
mod progress;
mod ready;
mod report;
mod report_html;
mod reports;
mod routes;
mod run;
mod scenarios;
mod serve;
mod settings;
mod signals;
mod sweep;
mod tail;
mod trust_variables;
mod values;
mod variables;
mod wait;
mod watch;

use clap::{Parser, Subcommand};

pub use dispatch::main;

/// An in-memory fake of the Edlink and Celigo integrator.io integrations APIs.
#[derive(Parser, Debug)]
#[command(name = "standin", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Serve(serve::Serve),
    Run(run::Run),
    Check(check::Check),
    Explain(explain::Explain),
    Probe(probe::Probe),
    Sweep(sweep::Sweep),
    Draft(draft::Draft),
    Doctor(doctor::Doctor),
    Wait(wait::Wait),
    Env(env::Env),
    Tail(tail::Tail),
    Limits(limits::Limits),
    Routes(routes::Routes),
    Scenarios(scenarios::Scenarios),
    Schema(scenarios::Schema),
    Report(report::Report),
    Openapi(openapi::Openapi),
    Completions(completions::Completions),
    #[command(hide = true)]
    Manual(manual::Manual),
}
