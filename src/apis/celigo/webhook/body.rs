//! The body of a call of a listener, read by its type.

use serde_json::{Map, Value};

use crate::apis::celigo::webhook::verify::{ListenerSettings, text};
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::http::media;
use crate::http::position::SyntaxFault;
use crate::http::tree::TreeLimits;

/// Reads a body: an empty one is an empty object, and one that is neither JSON nor a form stays text.
pub(super) fn read(context: &Context<'_>, settings: &ListenerSettings) -> Result<Value, Problem> {
    let body = context.request.body;
    let sent = context.request.header("content-type").unwrap_or_default();
    let essence = media::essence(sent);
    if !media::is_utf8(sent) {
        return Err(Problem::MediaType { sent: sent.to_owned() });
    }
    let kind = match (text(settings, "requestMediaType", ""), &*essence) {
        ("", "" | "application/json") => "json",
        ("", it) if it.ends_with("+json") => "json",
        ("", "application/x-www-form-urlencoded") => "urlencoded",
        ("", it) if it.ends_with("/xml") || it.ends_with("+xml") => "xml",
        ("", _) => return Err(Problem::MediaType { sent: sent.to_owned() }),
        (set, _) => set,
    };
    if body.is_empty() {
        return Ok(Map::new().into());
    }
    match kind {
        "json" => json(context, body),
        "urlencoded" => {
            let pairs =
                form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned().into()));
            Ok(pairs.collect::<Map<_, _>>().into())
        }
        _ => Ok(String::from_utf8_lossy(body).into_owned().into()),
    }
}

fn json(context: &Context<'_>, body: &[u8]) -> Result<Value, Problem> {
    let syntax = |SyntaxFault { place, reason }| Problem::Syntax { line: place.line, column: place.column, reason };
    TreeLimits::body(context.state.settings.body_members).check(body).map_err(syntax)?;
    serde_json::from_slice(body).map_err(|error| syntax(SyntaxFault::of(body, &error)))
}

/// Returns the records of a body: each entry of the array that the settings name, or all of it.
pub(super) fn records(body: &Value, settings: &ListenerSettings) -> Vec<Value> {
    let path = text(settings, "pathToRecords", "");
    if path.is_empty() {
        return vec![body.clone()];
    }
    match path.split('.').try_fold(body, |value, name| value.get(name)) {
        Some(Value::Array(records)) => records.clone(),
        Some(record) => vec![record.clone()],
        None => Vec::new(),
    }
}
