//! The log in lines of text.

use serde_json::Value;

use crate::engine::schema::time::format_ms;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::http::clip::{clipped, clipped_target};
use crate::http::headers;
use crate::http::hold::Hold;
use crate::http::message::{CallNote, Delivery};
use crate::server::context::{Exchanged, LogEvent};

/// Returns an event as text that ends with its line; with `is_verbose`, headers and bodies stand in lines below.
pub(crate) fn log_text(event: &LogEvent<'_>, is_verbose: bool) -> String {
    match event {
        LogEvent::Exchanged(exchanged) => text(exchanged, is_verbose),
        LogEvent::GaveUp { at_ms, world, number, waited } => {
            let at = time_of_day(*at_ms);
            format!("{at} {} the client gave up after {:.1} s\n", call(world, *number), waited.as_secs_f64())
        }
        LogEvent::Note(message) => format!("{message}\n"),
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

/// Returns the word for the reason why an answer is the fake's own.
pub(crate) fn miss<'a>(exchanged: &Exchanged<'a>) -> Option<&'a str> {
    // The answer to a request that no world answered has the reason in its header only.
    exchanged.outcome.call.miss.or_else(|| exchanged.outcome.response.header(headers::MISS))
}

/// Returns the fault rules that made a call wait, except the one that answered.
pub(crate) fn slowed_by<'a>(exchanged: &Exchanged<'a>) -> Vec<&'a str> {
    let CallNote { rule, .. } = &exchanged.outcome.call;
    let holding = exchanged.outcome.hold.iter().flat_map(Hold::rules);
    holding.filter(|id| rule.as_deref() != Some(id)).collect()
}

/// Returns the reason and the message of an answer that is the fake's own, or a refusal of the control API.
pub(crate) fn reason(exchanged: &Exchanged<'_>) -> Option<String> {
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

fn text(exchanged: &Exchanged<'_>, is_verbose: bool) -> String {
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
    if is_verbose {
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
        side('<', answer_headers(exchanged), exchanged.redactor.body(response.header("content-type"), &response.body));
    }
    lines
}

pub(crate) fn request_headers<'e>(exchanged: &'e Exchanged<'_>) -> Vec<(&'e str, String)> {
    let headers = exchanged.request.headers.iter();
    headers.map(|(name, value)| (*name, exchanged.redactor.header(name, &String::from_utf8_lossy(value)))).collect()
}

pub(crate) fn answer_headers<'e>(exchanged: &'e Exchanged<'_>) -> Vec<(&'e str, String)> {
    let headers = exchanged.outcome.response.headers.iter();
    headers
        .map(|(name, value)| {
            (name.as_str(), exchanged.redactor.header(name.as_str(), &String::from_utf8_lossy(value.as_bytes())))
        })
        .collect()
}
