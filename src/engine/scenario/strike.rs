//! What a rule puts in the place of an answer.

use serde_json::Value;

use crate::engine::api::Situation;
use crate::engine::message::{Manner, Reply};
use crate::engine::problem::Problem;
use crate::engine::scenario::asked::Asked;
use crate::engine::scenario::rule::{Rule, Terminal};
use crate::engine::world::World;

/// What a rule puts in the place of an answer.
pub(in crate::engine) struct Injected {
    /// The reply.
    pub(in crate::engine) reply: Reply,
    /// The name of the error, if it is one.
    pub(in crate::engine) error: Option<&'static str>,
    /// How it travels.
    pub(in crate::engine) manner: Manner,
}

/// What a rule that decides puts in the place of an answer. `carried_out` is the operation's own answer, where the
/// service saw the request.
pub(in crate::engine) fn inject(
    world: &mut World,
    situation: &Situation<'_>,
    asked: &Asked<'_>,
    rule: &Rule,
    carried_out: Option<Reply>,
) -> Injected {
    let api = situation.api;
    let whole = |mut reply: Reply| {
        api.dialect.always(&mut reply);
        Injected { reply, error: None, manner: Manner::Whole }
    };
    match rule.terminal.as_ref().expect("only a rule that replaces the answer decides") {
        Terminal::Error { name, message, field, retry_after_s } => {
            let problem = match api.error(name) {
                Some(error) => Problem::Named {
                    error,
                    message: message.clone(),
                    field: field.clone(),
                    retry_after_s: *retry_after_s,
                },
                None => Problem::Internal { what: format!("{} has no error {name}", api.title) },
            };
            let said = api.dialect.problem(world, situation, &problem);
            let mut reply = said.reply;
            api.dialect.always(&mut reply);
            if let Some(seconds) = retry_after_s.filter(|_| reply.header("retry-after").is_none()) {
                reply = reply.with("retry-after", &seconds.to_string());
            }
            Injected { reply, error: Some(said.error.name), manner: Manner::Whole }
        }
        Terminal::Respond { status, headers, body, .. } => whole(written(*status, headers, body.as_ref())),
        Terminal::Abort(manner) => {
            // What a reply that never arrives says does not matter, but half of it may have to be sent.
            let reply = carried_out.unwrap_or_else(|| Reply::json_bytes(asked.row.route.success, "{}"));
            Injected { reply, error: None, manner: *manner }
        }
        Terminal::Answer(function) => {
            let function = std::sync::Arc::clone(function);
            whole(function(asked, world))
        }
    }
}

/// A reply as a scenario writes it. Text is sent as it is where the content type is not JSON.
fn written(status: u16, headers: &[(String, String)], body: Option<&Value>) -> Reply {
    let kind = headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
    let is_json = kind.is_none_or(|kind| kind.contains("json"));
    let mut reply = match body {
        None => Reply::empty(status),
        Some(Value::String(text)) if !is_json => {
            let mut reply = Reply::empty(status);
            reply.body = text.clone().into();
            reply
        }
        Some(body) if kind.is_some() => {
            let mut reply = Reply::empty(status);
            reply.body = body.to_string().into();
            reply
        }
        Some(body) => Reply::json(status, body),
    };
    for (name, value) in headers {
        reply = reply.with(name, value);
    }
    reply
}
