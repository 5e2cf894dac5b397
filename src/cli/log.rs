//! The log of a running server, on standard error.

use std::io::IsTerminal;
use std::sync::Arc;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::exit::Failed;
use crate::cli::output::STDERR;
use crate::embed::{Exchanged, Log, LogEvent, answer_headers, log_text, miss, reason, request_headers, slowed_by};
use crate::engine::schema::time::format_ms;
use crate::http::clip::{clipped, clipped_target};
use crate::http::headers;

/// The settings of the log.
#[derive(Args, Debug)]
#[command(next_help_heading = "Log, to stderr")]
pub(super) struct LogSettings {
    /// Format of log lines [default: text on a terminal, else json]
    #[arg(long, env = "STANDIN_LOG", value_name = "FORMAT")]
    log: Option<LogFormat>,
    /// No log, and of reports only those that failed
    #[arg(long, short, env = "STANDIN_QUIET", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    quiet: bool,
    /// Headers and bodies too
    #[arg(long, short, env = "STANDIN_VERBOSE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    Nothing,
    Lines,
    Everything,
}

/// The writer of log lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Logger {
    format: LogFormat,
    detail: Detail,
}

impl LogSettings {
    /// Tells whether the user wants a log.
    pub(super) fn is_wanted(&self) -> bool {
        self.log.is_some() || self.verbose
    }

    /// Tells whether only failures are told.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Returns the writer of the lines.
    pub(super) fn logger(&self) -> Result<Logger, Failed> {
        let of_stderr = if std::io::stderr().is_terminal() { LogFormat::Text } else { LogFormat::Json };
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
    /// Returns the function that logs a server's requests, unless the log is off.
    pub(super) fn of_requests(self) -> Option<Log> {
        (self.detail != Detail::Nothing).then(|| Arc::new(move |event: &LogEvent<'_>| self.event(event)) as _)
    }

    /// Logs a message about the server itself.
    pub(super) fn note(self, message: &str) {
        if self.detail != Detail::Nothing {
            STDERR.say(match self.format {
                LogFormat::Text => format!("{message}\n"),
                LogFormat::Json => format!("{}\n", json!({ "message": message })),
            });
        }
    }

    /// Logs the generated token of the control API, even when the log is off: the user cannot learn it otherwise.
    pub(super) fn control_token(self, token: &str) {
        STDERR.say(match self.format {
            LogFormat::Text => format!("control token: {token}\n"),
            LogFormat::Json => format!("{}\n", json!({ "message": "control token", "control_token": token })),
        });
    }

    fn event(self, event: &LogEvent<'_>) {
        let line = match (event, self.format) {
            (event, LogFormat::Text) => log_text(event, self.detail == Detail::Everything),
            (LogEvent::Exchanged(exchanged), LogFormat::Json) => format!("{}\n", structured(exchanged, self.detail)),
            (LogEvent::GaveUp { at_ms, world, number, waited }, LogFormat::Json) => {
                let gave_up_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
                let (at, message) = (format_ms(*at_ms), "the client gave up");
                format!(
                    "{}\n",
                    json!({ "at": at, "message": message, "world": world, "n": number, "gave_up_ms": gave_up_ms })
                )
            }
            (LogEvent::Note(message), LogFormat::Json) => format!("{}\n", json!({ "message": message })),
        };
        match self.format {
            LogFormat::Text => STDERR.log(line, |lost| format!("{}\n", loss(lost))),
            LogFormat::Json => {
                STDERR.log(line, |lost| format!("{}\n", json!({ "message": loss(lost), "dropped": lost })));
            }
        }
    }
}

fn structured(exchanged: &Exchanged<'_>, detail: Detail) -> Value {
    let (request, outcome) = (exchanged.request, exchanged.outcome);
    let response = &outcome.response;
    let number = Some(outcome.call.number).filter(|number| *number > 0);
    let mut line = json!({
        "at": format_ms(request.arrived_ms),
        "world": clipped(exchanged.world),
        "n": number,
        "method": clipped(request.method),
        "target": clipped_target(exchanged.redactor.target(request.target)),
        "operation": exchanged.operation,
        "status": outcome.delivery.sends_answer().then_some(response.status),
        "manner": outcome.delivery.as_str(),
        "delay_ms": u64::try_from(outcome.delay.as_millis()).unwrap_or(u64::MAX),
        "rule": outcome.call.rule.as_deref(),
        "miss": miss(exchanged),
        "reason": reason(exchanged),
        "took_us": u64::try_from(exchanged.took.as_micros()).unwrap_or(u64::MAX),
    });
    let slowed_by = slowed_by(exchanged);
    if !slowed_by.is_empty() {
        line["slowed_by"] = json!(slowed_by);
    }
    if let Some(call) = response.header(headers::LAG).and_then(|call| call.parse::<u64>().ok()) {
        line["shows_call"] = call.into();
    }
    if detail == Detail::Everything {
        // Pairs, because a name may come twice.
        line["request_headers"] = json!(request_headers(exchanged));
        line["request_body"] = exchanged.redactor.body(request.header("content-type"), request.body);
        line["answer_headers"] = json!(answer_headers(exchanged));
        line["answer_body"] = exchanged.redactor.body(response.header("content-type"), &response.body);
    }
    line
}

/// Returns the line about the number of log lines that were lost, and the reason.
fn loss(lost: u64) -> String {
    let lines = if lost == 1 { "line was" } else { "lines were" };
    format!("{lost} log {lines} dropped: standard error was not read fast enough")
}
