//! The log of a running server, on standard error.

use std::io::IsTerminal;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::exit::Failed;
use crate::cli::output::STDERR;
use crate::embed::{Exchanged, Log, LogEvent};
use crate::engine::schema::time::format_ms;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::http::clip::{clipped, clipped_target};
use crate::http::headers;
use crate::http::hold::Hold;
use crate::http::message::{CallNote, Delivery};

/// The settings of the log.
#[derive(Args, Debug)]
#[command(next_help_heading = "Log, to stderr")]
pub(super) struct LogSettings {
    /// Format of log lines [default: text on a terminal, else json]
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
pub(super) struct Logger {
    format: Format,
    detail: Detail,
}

impl LogSettings {
    /// Tells whether a log was asked for.
    pub(super) fn is_wanted(&self) -> bool {
        self.log.is_some() || self.verbose
    }

    /// Tells whether only failures are told.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Returns the writer of the lines.
    pub(super) fn logger(&self) -> Result<Logger, Failed> {
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
    /// Returns what a server tells of its requests, unless the log is off.
    pub(super) fn of_requests(self) -> Option<Log> {
        (self.detail != Detail::Nothing).then(|| Box::new(move |event: &LogEvent<'_>| self.event(event)) as _)
    }

    /// Logs something about the server itself.
    pub(super) fn note(self, message: &str) {
        if self.detail != Detail::Nothing {
            STDERR.say(match self.format {
                Format::Text => format!("{message}\n"),
                Format::Json => format!("{}\n", json!({ "message": message })),
            });
        }
    }

    /// Logs the token that was made for the control API, even when nothing else is logged: there is no other way to
    /// know it.
    pub(super) fn control_token(self, token: &str) {
        STDERR.say(match self.format {
            Format::Text => format!("control token: {token}\n"),
            Format::Json => format!("{}\n", json!({ "message": "control token", "control_token": token })),
        });
    }

    fn event(self, event: &LogEvent<'_>) {
        let line = match (event, self.format) {
            (LogEvent::Exchanged(exchanged), Format::Text) => text(exchanged, self.detail),
            (LogEvent::Exchanged(exchanged), Format::Json) => format!("{}\n", structured(exchanged, self.detail)),
            (LogEvent::GaveUp { at_ms, world, number, waited }, Format::Text) => {
                let at = time_of_day(*at_ms);
                format!("{at} {} the client gave up after {:.1} s\n", call(world, *number), waited.as_secs_f64())
            }
            (LogEvent::GaveUp { at_ms, world, number, waited }, Format::Json) => {
                let gave_up_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
                let (at, message) = (format_ms(*at_ms), "the client gave up");
                format!(
                    "{}\n",
                    json!({ "at": at, "message": message, "world": world, "n": number, "gave_up_ms": gave_up_ms })
                )
            }
            (LogEvent::Note(message), Format::Text) => format!("{message}\n"),
            (LogEvent::Note(message), Format::Json) => format!("{}\n", json!({ "message": message })),
        };
        match self.format {
            Format::Text => STDERR.log(line, |lost| format!("{}\n", loss(lost))),
            Format::Json => STDERR.log(line, |lost| format!("{}\n", json!({ "message": loss(lost), "dropped": lost }))),
        }
    }
}

/// Returns the time of day, UTC.
fn time_of_day(ms: u64) -> String {
    format_ms(ms)["2024-01-20T".len().."2024-01-20T10:00:00.000".len()].to_owned()
}

/// Returns the number of a call, with its world where that is not the default one. A call that no journal has is `-`.
fn call(world: &str, number: u64) -> String {
    match (number, world) {
        (0, _) => "-".to_owned(),
        (_, DEFAULT_WORLD) => format!("#{number}"),
        _ => format!("#{number}@{world}"),
    }
}

/// Returns the word for why an answer is the fake's own.
fn miss<'a>(exchanged: &Exchanged<'a>) -> Option<&'a str> {
    // A request that no world answered says it in its header alone.
    exchanged.outcome.call.miss.or_else(|| exchanged.outcome.response.header(headers::MISS))
}

/// Returns the fault rules that made a call wait, but for one that answered.
fn slowed_by<'a>(exchanged: &Exchanged<'a>) -> Vec<&'a str> {
    let CallNote { rule, .. } = &exchanged.outcome.call;
    let holding = exchanged.outcome.hold.iter().flat_map(Hold::rules);
    holding.filter(|id| rule.as_deref() != Some(id)).collect()
}

/// Returns the words of an answer that is the fake's own, or a refusal of the control API: why it is, and the sentence its body
/// has about it.
fn reason(exchanged: &Exchanged<'_>) -> Option<String> {
    let body = || serde_json::from_slice::<Value>(&exchanged.outcome.response.body).unwrap_or_default();
    let Some(miss) = miss(exchanged) else {
        let is_own = exchanged.outcome.call.number == 0 && exchanged.outcome.response.status >= 400;
        let body = is_own.then(body)?;
        let (code, message) = (body.pointer("/error/code")?.as_str()?, body.pointer("/error/message")?.as_str()?);
        return Some(format!("{code}: {}", exchanged.redactor.text(message)));
    };
    let body = body();
    let pointers = ["/error/message", "/errors/0/message", "/$errors/0/message"];
    let message = pointers.iter().find_map(|pointer| body.pointer(pointer)?.as_str());
    Some(message.map_or_else(|| miss.to_owned(), |message| format!("{miss}: {}", exchanged.redactor.text(message))))
}

fn text(exchanged: &Exchanged<'_>, detail: Detail) -> String {
    let (request, outcome) = (exchanged.request, exchanged.outcome);
    let response = &outcome.response;
    let at = time_of_day(request.arrived_ms);
    let target = clipped_target(exchanged.redactor.target(request.target));
    let operation = exchanged.operation.unwrap_or("-");
    let call = call(exchanged.world, outcome.call.number);
    let took_us = exchanged.took.as_micros();
    let status = if outcome.delivery.sends_answer() { response.status_text() } else { "".into() };
    let mut lines = format!("{at} {call} {} {target} {operation}", clipped(request.method));
    for word in [&*status, if outcome.delivery == Delivery::Complete { "" } else { outcome.delivery.as_str() }] {
        if !word.is_empty() {
            lines += &format!(" {word}");
        }
    }
    lines += &format!(" {took_us}µs");
    if !outcome.delay.is_zero() {
        lines += &format!(" +{}ms", outcome.delay.as_millis());
    }
    if let Some(rule) = &outcome.call.rule {
        lines += &format!(" rule {rule}");
    }
    for rule in slowed_by(exchanged) {
        lines += &format!(" slowed by {rule}");
    }
    if let Some(call) = response.header(headers::LAG) {
        lines += &format!(" as after call {call}");
    }
    if let Some(reason) = reason(exchanged) {
        lines += &format!(" ({reason})");
    }
    lines.push('\n');
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
    let headers = exchanged.outcome.response.headers.iter();
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
