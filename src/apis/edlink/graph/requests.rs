//! The requests that were made for an integration, as far back as the journal reaches.

use serde_json::{Value, json};

use crate::apis::edlink::graph::envelope;
use crate::apis::edlink::graph::list_query::ListQuery;
use crate::apis::edlink::graph::records::REQUESTS;
use crate::apis::edlink::graph::viewer::Viewer;
use crate::apis::edlink::sso::login_of;
use crate::apis::edlink::wording::request_id_of;
use crate::engine::api::context::Context;
use crate::engine::api::past_calls::PastCall;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::time::format_ms;
use crate::engine::store::{Between, Page, Record, Window};
use crate::http::message::Response;
use crate::http::target::{Query, Target};

/// The time for which a request is listed.
const LIFE_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// Endings of the names of secrets in requests.
const INPUT: &[&str] = &["token", "secret", "code"];
const OUTPUT: &[&str] = &["token", "secret"];

/// Handles `GET /v2/graph/requests`
pub(super) fn list(context: &mut Context<'_>) -> Result<Response, Problem> {
    let asked = ListQuery::read(context, &REQUESTS)?;
    let hidden = Viewer::of(context).hidden(&REQUESTS);
    let window = asked.list.window();
    let (between, count, newest_first) = match window {
        Window::Forward { count, between } => (between, count, false),
        Window::Backward { count, between } => (between, count, true),
        Window::Offset { skip, limit } => (Between::default(), skip.saturating_add(limit), false),
    };
    let passes = |request: &Record| asked.filter.as_ref().is_none_or(|filter| filter.passes(request, &hidden));
    // One further record tells whether there is a next page.
    let mut found: Vec<Record> =
        requests(context, between, newest_first).filter(passes).take(count.saturating_add(1)).collect();
    found.sort_unstable_by_key(Record::sequence);
    let page = Page::of(&found, &window);
    Ok(envelope::page(context, &REQUESTS, &page, asked))
}

/// Handles `GET /v2/graph/requests/{id}`
pub(super) fn get(context: &mut Context<'_>) -> Result<Response, Problem> {
    let id = context.api.dialect.id("id", context.param("id"))?.into_owned();
    let is_asked = |call: &PastCall| request_id_of(context.state, call.number) == id;
    let found = calls(context, Between::default(), true).find(is_asked).and_then(|call| request(context, &call));
    let request = found.ok_or(Problem::NotFound { resource: &REQUESTS, id })?;
    Ok(envelope::record(context, &REQUESTS, &request))
}

/// Returns the requests of the calling integration, oldest or newest first. The iterator reads only the calls that its
/// caller takes.
fn requests(context: &Context<'_>, between: Between, newest_first: bool) -> impl Iterator<Item = Record> {
    calls(context, between, newest_first).filter_map(|call| request(context, &call))
}

/// Returns the calls of all integrations that are not too old.
fn calls(context: &Context<'_>, between: Between, newest_first: bool) -> impl Iterator<Item = PastCall> {
    let since_ms = context.state.clock.now_ms().saturating_sub(LIFE_MS);
    let calls = context.past.calls(between, context.api.name, newest_first);
    calls.filter(move |call| call.now_ms >= since_ms)
}

/// Turns a call into a request, if the calling integration made it.
fn request(context: &Context<'_>, call: &PastCall) -> Option<Record> {
    let integration = Viewer::of(context).integration;
    let bearer = call.headers.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value.as_str());
    let bearer = bearer.and_then(|value| value.split_once(' ')).map_or("", |(_, token)| token.trim());
    let input: Option<Value> = serde_json::from_slice(&call.body).ok();
    let output: Option<Value> = call.response.as_deref().and_then(|body| serde_json::from_slice(body).ok());
    // A request for a token belongs to the integration of the token in its answer.
    let granted = output.as_ref().and_then(|body| body["$data"]["access_token"].as_str()).map(str::to_owned);
    let login = login_of(context.state, granted.as_deref().unwrap_or(bearer)).map(|(login, _)| login);
    let of_person = login.filter(|login| login.text("integration_id") == Some(integration.id()));
    let is_this = integration.text("access_token") == Some(bearer) || of_person.is_some();
    if !is_this {
        return None;
    }
    let target = Target::parse(&call.target);
    let query = Query::parse(target.query);
    let key = query.get("$idempotency").map(str::to_owned);
    let query: Value =
        query.pairs().map(|(name, value)| (name.to_owned(), Value::from(masked(INPUT, name, value)))).collect();
    let agent = call.headers.iter().find(|(name, _)| name == "user-agent").map(|(_, value)| value.as_str());
    let at = format_ms(call.now_ms);
    let fields = json!({
        "id": request_id_of(context.state, call.number),
        "date": at,
        "start_date": at,
        "end_date": at,
        "method": call.method,
        "path": target.path,
        "status": call.status,
        "properties": { "ip": "127.0.0.1", "query": query, "api_server": "standin", "user_agent": agent },
        "input": input.map(|input| without_secrets(INPUT, input)),
        "output": output.map(|output| without_secrets(OUTPUT, output)),
        "idempotency_key": key,
        "categories": if granted.is_some() { vec!["sso"] } else { Vec::new() },
        "person_id": of_person.and_then(|login| login.text("person_id")),
        "integration_id": integration.id(),
        "developer_id": null,
        "district_id": null,
        "user_id": null,
    });
    Some(Record::new(&REQUESTS, call.number, Document::of(fields)?))
}

/// Returns a secret by its first and last three characters.
fn masked(secrets: &[&str], name: &str, value: &str) -> String {
    let is_secret = secrets.iter().any(|secret| name.ends_with(secret));
    let chars: Vec<char> = value.chars().collect();
    match (is_secret, chars.len()) {
        (false, _) => value.to_owned(),
        (true, ..=6) => "...".to_owned(),
        (true, length) => {
            let (first, last): (String, String) = (chars[..3].iter().collect(), chars[length - 3..].iter().collect());
            format!("{first}...{last}")
        }
    }
}

fn without_secrets(secrets: &[&str], value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let shown = match value {
                    Value::String(text) => masked(secrets, &name, &text).into(),
                    value => without_secrets(secrets, value),
                };
                (name, shown)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| without_secrets(secrets, item)).collect(),
        value => value,
    }
}
