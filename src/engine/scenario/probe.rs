//! A probe, played against the fake itself: what a file promises of the live service must at least hold here.

use std::collections::HashMap;

use serde_json::Value;

use crate::engine::answer::answer;
use crate::engine::api::Access;
use crate::engine::message::Request;
use crate::engine::path::encode;
use crate::engine::router::Router;
use crate::engine::scenario::finding::{Code, Finding};
use crate::engine::scenario::format::{Probe, ProbeStep, Scenario};
use crate::engine::scenario::load::Fixtures;
use crate::engine::world::{Settings, World};

/// A request of a probe, with what was bound put in.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbeRequest {
    /// The method.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// The body.
    pub body: Option<Value>,
}

impl ProbeStep {
    /// The request, with what was bound put in.
    pub fn request(&self, router: &Router, bound: &HashMap<String, String>) -> ProbeRequest {
        let row = router.operation(self.operation).expect("a probe that was read names operations that exist");
        let mut target = row.path.clone();
        for (name, value) in &self.params {
            target = target.replace(&format!("{{{name}}}"), &encode(&filled(value, bound)));
        }
        for (n, (name, value)) in self.query.iter().enumerate() {
            let sign = if n == 0 { '?' } else { '&' };
            target += &format!("{sign}{}={}", encode(name), encode(&filled(value, bound)));
        }
        let body = self.body.as_ref().map(|body| filled_value(body, bound));
        ProbeRequest { method: row.route.verb.as_str(), target, body }
    }

    /// Takes what later steps use out of an answer. The error names what is not there.
    pub fn bind(&self, answer: &Value, bound: &mut HashMap<String, String>) -> Result<(), String> {
        for (name, pointer) in &self.bind {
            let text = match answer.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(value) if value.is_number() => value.to_string(),
                _ => return Err(format!("{name} cannot be bound: the answer has no text at {pointer}")),
            };
            bound.insert(name.clone(), text);
        }
        Ok(())
    }
}

fn filled(text: &str, bound: &HashMap<String, String>) -> String {
    bound.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn filled_value(value: &Value, bound: &HashMap<String, String>) -> Value {
    match value {
        Value::String(text) => filled(text, bound).into(),
        Value::Array(items) => items.iter().map(|item| filled_value(item, bound)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), filled_value(value, bound))).collect()
        }
        other => other.clone(),
    }
}

/// A credential that is good for an operation, from those the API's own environment would give a consumer.
fn token(router: &Router, world: &World, operation: &str) -> String {
    let Some(row) = router.operation(operation) else { return String::new() };
    let variables = row.api.dialect.environment(world, row.api, "http://probe.invalid");
    let ending: &[&str] = match row.route.access {
        Access::Integration => &["_ACCESS_TOKEN"],
        _ => &["_SECRET", "_API_TOKEN"],
    };
    let found = variables.into_iter().find(|(name, _)| ending.iter().any(|ending| name.ends_with(ending)));
    found.map_or_else(|| "probe".to_owned(), |(_, value)| value)
}

impl Scenario {
    /// Plays the probe against the fake, without faults and steps; what does not answer as the file says.
    pub fn rehearse(&self, router: &Router, fixtures: &Fixtures) -> Vec<Finding> {
        let Some(probe) = &self.probe else { return Vec::new() };
        let store = fixtures.get(Fixtures::DEFAULT);
        let Some(store) = store else { return Vec::new() };
        let settings = Settings { profiles: self.profiles.clone(), ..Settings::default() };
        let mut world = World::new("probe", store, settings.into());
        self.play_probe(probe, router, &mut world)
    }

    fn play_probe(&self, probe: &Probe, router: &Router, world: &mut World) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut bound = HashMap::new();
        for (n, step) in probe.steps.iter().enumerate() {
            if !findings.is_empty() && !step.cleanup {
                continue;
            }
            let request = step.request(router, &bound);
            let body = request.body.as_ref().map(ToString::to_string).unwrap_or_default();
            let authorization = format!("Bearer {}", token(router, world, step.operation));
            let headers: [(&str, &[u8]); 2] =
                [("authorization", authorization.as_bytes()), ("content-type", b"application/json")];
            let asked = Request {
                method: request.method,
                target: &request.target,
                headers: &headers,
                body: body.as_bytes(),
                arrived_ms: world.clock.now_ms(),
            };
            let reply = answer(router, world, &asked).reply;
            let parsed: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            let mut tell = |message: String, remedy: &str| {
                findings.push(Finding {
                    file: self.file.clone(),
                    place: step.place,
                    code: Code::E19,
                    message: format!("probe.steps[{n}] {message}"),
                    remedy: remedy.to_owned(),
                });
            };
            if !step.status.contains(&reply.status) {
                let statuses: Vec<String> = step.status.iter().map(u16::to_string).collect();
                let (method, target) = (request.method, &request.target);
                let message = format!(
                    "expects {}, but the fake answers {} to {method} {target}",
                    statuses.join(" or "),
                    reply.status
                );
                tell(message, "expect what is documented, or prepare it in an earlier step");
            } else if let Err(what) = step.bind(&parsed, &mut bound) {
                tell(what, "correct the JSON Pointer");
            }
        }
        findings
    }
}
