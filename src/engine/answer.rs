//! The life of a request, top to bottom.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use crate::engine::action::{Call, perform};
use crate::engine::api::{Api, Evidence, Situation};
use crate::engine::journal::Answered;
use crate::engine::message::{Manner, Outcome, Reply, Request, Verb};
use crate::engine::path::{Query, Target, decode};
use crate::engine::problem::Problem;
use crate::engine::router::{Router, Row};
use crate::engine::world::World;

/// Longer lists of nearest routes help nobody.
const NEAREST: usize = 3;

/// Answers one request in one world. Whoever calls holds the world's lock and sends the outcome after letting it go.
pub fn answer(router: &Router, world: &mut World, request: &Request<'_>) -> Outcome {
    world.clock.arrive(request.arrived_ms);
    let target = Target::parse(request.target);
    let mut answer = catch_unwind(AssertUnwindSafe(|| respond(router, world, request, &target)))
        .unwrap_or_else(|panic| failed(router, world, request, &target, panic.as_ref()));

    if request.method == "HEAD" {
        let length = answer.reply.body.len().to_string();
        answer.reply = Reply { body: bytes::Bytes::new(), ..answer.reply }.with("content-length", length);
    }
    if world.settings.headers {
        mark(world, &mut answer);
    }
    if let Some(row) = answer.row {
        let outcome = answer.error.map_or_else(|| Cow::Owned(answer.reply.status.to_string()), Cow::Borrowed);
        world.coverage.count(row.operation, outcome, false);
    }
    let answered = Answered {
        operation: answer.row.map(|row| row.operation),
        error: answer.error,
        miss: answer.miss,
        rule: None,
        evidence: answer.evidence,
        source: answer.row.map_or("", |row| row.route.source),
        manner: Manner::Whole,
        delay_ms: 0,
        why: Vec::new(),
    };
    world.journal.add(world.clock.now_ms(), world.clock.elapsed_ms(), request, &answer.reply, answered);
    world.clock.answered();
    answer.reply.into()
}

/// A reply with what is known about it.
struct Answer<'r> {
    reply: Reply,
    row: Option<&'r Row>,
    error: Option<&'static str>,
    evidence: Option<Evidence>,
    /// Why this is the fake's own answer and not the service's.
    miss: Option<&'static str>,
}

fn respond<'r>(router: &'r Router, world: &mut World, request: &Request<'_>, target: &Target<'_>) -> Answer<'r> {
    let found = router.find(target.path);
    let Some(api) = found.as_ref().map(crate::engine::router::Found::api).or_else(|| router.api_of(target.path)) else {
        return elsewhere(router, request, target);
    };
    if request.method == "OPTIONS" {
        let verbs = found.as_ref().map(crate::engine::router::Found::verbs).unwrap_or_default();
        let reply = api.dialect.always(Reply::empty(204).with("allow", allow(&verbs)));
        return Answer { reply, row: None, error: None, evidence: Some(Evidence::Assumed), miss: None };
    }
    let taken = found.as_ref().zip(Verb::of(request.method)).and_then(|(found, verb)| found.with(verb));
    let (row, params) = match taken {
        Some((row, params)) => (Some(row), params.map(|(name, raw)| (name, decode(raw))).collect()),
        None => (None, Vec::new()),
    };
    let situation = Situation { api, route: row.map(|row| row.route), request, target };
    let reply = (|| {
        world.catch_up()?;
        let caller = api.dialect.caller(world, &situation)?;
        let Some(row) = row else {
            return Err(match &found {
                Some(found) => Problem::WrongMethod { allowed: found.verbs() },
                None => Problem::NoRoute { nearest: router.nearest(request.method, target.path, NEAREST) },
            });
        };
        if caller.read_only && !row.route.verb.is_safe() {
            return Err(Problem::Forbidden { needs: Cow::Borrowed("manage") });
        }
        let body = body(world, row, request)?;
        let query = Query::parse(target.query);
        let route = row.route;
        perform(&mut Call { api, route, request, target, params: &params, query: &query, caller, body, world })
    })();
    match reply {
        Ok(reply) => {
            let evidence = row.map(|row| row.route.evidence);
            Answer { reply: api.dialect.always(reply), row, error: None, evidence, miss: None }
        }
        Err(problem) => worded(world, &situation, row, &problem),
    }
}

/// Reads the body of a request that may have one.
fn body(world: &World, row: &Row, request: &Request<'_>) -> Result<Option<Value>, Problem> {
    let limit_bytes = world.settings.body_limit_bytes;
    if request.body.len() > limit_bytes {
        return Err(Problem::TooLarge { limit_bytes });
    }
    if request.body.is_empty() || matches!(row.route.verb, Verb::Get | Verb::Delete) {
        return Ok(None);
    }
    let sent = request.header("content-type").unwrap_or_default();
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if row.route.takes_forms && essence == "application/x-www-form-urlencoded" {
        let form = form_urlencoded::parse(request.body);
        return Ok(Some(form.map(|(name, value)| (name.into_owned(), Value::from(value.into_owned()))).collect()));
    }
    if essence != "application/json" && !essence.ends_with("+json") {
        return Err(Problem::MediaType { sent: sent.to_owned() });
    }
    serde_json::from_slice(request.body).map(Some).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let said = error.to_string();
        let reason = said.split(" at line ").next().unwrap_or(&said).to_owned();
        Problem::Syntax { line, column, reason }
    })
}

fn worded<'r>(world: &mut World, situation: &Situation<'_>, row: Option<&'r Row>, problem: &Problem) -> Answer<'r> {
    let api: &'static Api = situation.api;
    let said = api.dialect.problem(world, situation, problem);
    let miss = match problem {
        Problem::NoRoute { .. } => Some("no-route"),
        Problem::NotModelled { .. } => Some("not-modelled"),
        Problem::Internal { .. } => Some("internal"),
        // A method that nobody documents is a miss too, where the API has no words for it.
        Problem::WrongMethod { .. } if said.reply.status == 501 => Some("no-route"),
        _ => None,
    };
    let evidence = api.error(said.error).map(|error| error.evidence);
    Answer { reply: api.dialect.always(said.reply), row, error: Some(said.error), evidence, miss }
}

/// A path below none of the APIs: there is no envelope to speak in.
fn elsewhere<'r>(router: &Router, request: &Request<'_>, target: &Target<'_>) -> Answer<'r> {
    let bases: Vec<String> = router.apis().iter().map(|api| format!("{} at {}/", api.title, api.base)).collect();
    let body = json!({ "error": {
        "code": "no_route",
        "message": format!("standin serves nothing at {} {}.", request.method, target.path),
        "hint": format!("It serves {}, and itself at /_standin/health.", bases.join(", ")),
        "nearest": router.nearest(request.method, target.path, NEAREST),
    }});
    Answer { reply: Reply::json(501, &body), row: None, error: None, evidence: None, miss: Some("no-route") }
}

/// Answering panicked: the fake's own fault, said so.
fn failed<'r>(
    router: &'r Router,
    world: &mut World,
    request: &Request<'_>,
    target: &Target<'_>,
    panic: &(dyn std::any::Any + Send),
) -> Answer<'r> {
    let what =
        panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    let what = format!("standin failed while answering, which is its own fault: {}", what.unwrap_or_default());
    match router.api_of(target.path) {
        Some(api) => {
            let situation = Situation { api, route: None, request, target };
            worded(world, &situation, None, &Problem::Internal { what })
        }
        None => Answer {
            reply: Reply::json(500, &json!({ "error": { "code": "internal", "message": what } })),
            row: None,
            error: None,
            evidence: None,
            miss: Some("internal"),
        },
    }
}

/// Says in headers where an answer comes from.
fn mark(world: &World, answer: &mut Answer<'_>) {
    let headers = &mut answer.reply.headers;
    if *world.name != *crate::engine::DEFAULT_WORLD {
        headers.push((Cow::Borrowed("standin-world"), Cow::Owned(world.name.to_string())));
    }
    if let Some(row) = answer.row {
        headers.push((Cow::Borrowed("standin-op"), Cow::Borrowed(row.operation)));
    }
    headers.push((Cow::Borrowed("standin-call"), Cow::Owned(world.journal.next_number().to_string())));
    if let Some(evidence) = answer.evidence {
        headers.push((Cow::Borrowed("standin-source"), Cow::Borrowed(evidence.as_str())));
    }
    if let Some(miss) = answer.miss {
        headers.push((Cow::Borrowed("standin-miss"), Cow::Borrowed(miss)));
    }
}

/// The value of an `Allow` header.
pub fn allow(verbs: &[Verb]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for verb in verbs {
        names.push(verb.as_str());
        if *verb == Verb::Get {
            names.push("HEAD");
        }
    }
    names.push("OPTIONS");
    names.join(", ")
}

/// The answer to a request for a world that does not exist. No world's journal can hold it.
pub fn unknown_world(name: &str) -> Reply {
    let message = format!("There is no world {name:?} on this server.");
    let body = json!({ "error": { "code": "unknown_world", "message": message, "hint": "The default world answers without prefix." } });
    Reply::json(404, &body).with("standin-miss", "world")
}
