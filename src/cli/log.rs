//! What is said on standard error while a server runs.

use std::io::IsTerminal;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::exit::Failed;
use crate::cli::output::STDERR;
use crate::embed::{Exchanged, Log};

/// What is logged, and how.
#[derive(Args, Debug)]
#[command(next_help_heading = "Log, to stderr")]
pub struct LogSettings {
    /// How log lines look [default: text on a terminal, else json]
    #[arg(long, env = "STANDIN_LOG", value_name = "FORMAT")]
    log: Option<Format>,
    /// No log, and of reports only those that failed
    #[arg(long, short, env = "STANDIN_QUIET", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    quiet: bool,
    /// Headers and bodies too
    #[arg(long, short, env = "STANDIN_VERBOSE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    Nothing,
    Lines,
    Everything,
}

/// Writes log lines.
#[derive(Clone, Copy, Debug)]
pub struct Logger {
    format: Format,
    detail: Detail,
}

impl LogSettings {
    /// Whether somebody asked for a log.
    pub fn is_wanted(&self) -> bool {
        self.log.is_some() || self.verbose
    }

    /// Whether only what failed is said.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// What writes them.
    pub fn logger(&self) -> Result<Logger, Failed> {
        let of_stderr = if std::io::stderr().is_terminal() { Format::Text } else { Format::Json };
        let detail = match (self.quiet, self.verbose) {
            (true, true) => {
                return Err(Failed::usage("--quiet and --verbose contradict each other; leave one out"));
            }
            (true, false) => Detail::Nothing,
            (false, true) => Detail::Everything,
            (false, false) => Detail::Lines,
        };
        Ok(Logger { format: self.log.unwrap_or(of_stderr), detail })
    }
}

impl Logger {
    /// What a server tells of its requests, unless nobody wants to know.
    pub fn of_requests(self) -> Option<Log> {
        (self.detail != Detail::Nothing)
            .then(|| Box::new(move |exchanged: &Exchanged<'_>| self.exchanged(exchanged)) as _)
    }

    /// Something about the server itself.
    pub fn note(self, message: &str) {
        if self.detail != Detail::Nothing {
            STDERR.say(match self.format {
                Format::Text => format!("{message}\n"),
                Format::Json => format!("{}\n", json!({ "message": message })),
            });
        }
    }

    /// The token that was made for the control API. Said even when nothing else is: nobody could know it otherwise.
    pub fn control_token(self, token: &str) {
        STDERR.say(match self.format {
            Format::Text => format!("control token: {token}\n"),
            Format::Json => format!("{}\n", json!({ "message": "control token", "control_token": token })),
        });
    }

    fn exchanged(self, exchanged: &Exchanged<'_>) {
        match self.format {
            Format::Text => STDERR.log(text(exchanged, self.detail), |lost| format!("{}\n", loss(lost))),
            Format::Json => {
                let line = format!("{}\n", structured(exchanged, self.detail));
                STDERR.log(line, |lost| format!("{}\n", json!({ "message": loss(lost), "dropped": lost })));
            }
        }
    }
}

fn text(exchanged: &Exchanged<'_>, detail: Detail) -> String {
    let (request, response) = (exchanged.request, exchanged.response);
    let (target, operation) = (exchanged.redactor.target(request.target), exchanged.operation.unwrap_or("-"));
    let took_us = exchanged.took.as_micros();
    let mut lines = format!("{} {target} {operation} {} {took_us}µs\n", request.method, response.status);
    if detail == Detail::Everything {
        let mut side = |mark: char, headers: Vec<(&str, String)>, body: Value| {
            for (name, value) in headers {
                lines += &format!("  {mark} {name}: {value}\n");
            }
            match body {
                Value::Null => {}
                Value::String(text) => lines += &format!("  {mark} {text}\n"),
                json => lines += &format!("  {mark} {json}\n"),
            }
        };
        side('>', request_headers(exchanged), exchanged.redactor.body(request.header("content-type"), request.body));
        side('<', reply_headers(exchanged), exchanged.redactor.body(response.header("content-type"), &response.body));
    }
    lines
}

fn structured(exchanged: &Exchanged<'_>, detail: Detail) -> Value {
    let (request, response) = (exchanged.request, exchanged.response);
    let mut line = json!({
        "method": request.method,
        "target": exchanged.redactor.target(request.target),
        "operation": exchanged.operation,
        "status": response.status,
        "took_us": u64::try_from(exchanged.took.as_micros()).unwrap_or(u64::MAX),
    });
    if detail == Detail::Everything {
        // Pairs, because a name may come twice.
        line["request_headers"] = json!(request_headers(exchanged));
        line["request_body"] = exchanged.redactor.body(request.header("content-type"), request.body);
        line["answer_headers"] = json!(reply_headers(exchanged));
        line["answer_body"] = exchanged.redactor.body(response.header("content-type"), &response.body);
    }
    line
}

fn request_headers<'e>(exchanged: &'e Exchanged<'_>) -> Vec<(&'e str, String)> {
    let headers = exchanged.request.headers.iter();
    headers.map(|(name, value)| (*name, exchanged.redactor.header(name, &String::from_utf8_lossy(value)))).collect()
}

fn reply_headers<'e>(exchanged: &'e Exchanged<'_>) -> Vec<(&'e str, String)> {
    let headers = exchanged.response.headers.iter();
    headers
        .map(|(name, value)| {
            (name.as_str(), exchanged.redactor.header(name.as_str(), &String::from_utf8_lossy(value.as_bytes())))
        })
        .collect()
}

/// Says how many lines of the log were lost, and why.
fn loss(lost: u64) -> String {
    let lines = if lost == 1 { "line was" } else { "lines were" };
    format!("{lost} log {lines} dropped: standard error was not read fast enough")
}
