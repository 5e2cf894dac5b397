//! Playing a probe: against the live service, and against the fake, which must at least answer as the file says.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use crate::engine::api::route::Access;
use crate::engine::api::router::Row;
use crate::engine::state::State;
use crate::http::message::Method;
use crate::http::target::encode;
use crate::scenario::model::diagnostics::{Code, Diagnostic};
use crate::scenario::model::format::{Probe, ProbeStep, Scenario};
use crate::scenario::parse::check::placeholders;

type Bindings = HashMap<String, String>;

/// A request of a probe, to be sent to a live service.
///
/// ```
/// use standin::{Method, Standin};
///
/// let world = Standin::builder().offline()?;
/// let mut sent = Vec::new();
/// world.probe("celigo-bad-afternoon", |request| {
///     sent.push((request.method, request.operation, request.target.clone()));
///     Err("not sent".to_owned())
/// })?;
/// assert_eq!(sent[0].0, Method::Get);
/// assert!(sent[0].2.starts_with("/integrations"), "{sent:?}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ProbeRequest {
    pub(crate) row: &'static Row,
    /// The operation: `celigo.integrations.get`.
    pub operation: &'static str,
    /// The method.
    pub method: Method,
    /// Path and query, below the base URL of the API.
    pub target: String,
    /// The body, which is JSON.
    pub body: Option<Value>,
}

/// The answer of a live service to a request of a probe.
///
/// ```
/// let answer = standin::ProbeAnswer::new(200, "[]");
/// assert_eq!((answer.status, answer.body.as_slice()), (200, b"[]".as_slice()));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProbeAnswer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for ProbeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProbeRequest")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("target", &self.target)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl ProbeAnswer {
    /// Makes an answer of this status and body.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into() }
    }
}

/// One step of a probe that was played.
pub(in crate::scenario) struct Played<'p> {
    pub(in crate::scenario) step: &'p ProbeStep,
    pub(in crate::scenario) outcome: StepOutcome,
}

/// The outcome of a step.
pub(in crate::scenario) enum StepOutcome {
    /// It was not sent: an earlier one went wrong.
    Omitted,
    /// There was no answer.
    Unanswered(ProbeRequest, String),
    /// There was an answer.
    Answered { request: ProbeRequest, heard: ProbeAnswer, wrong: Option<Wrong> },
}

/// The reason why an answer is not the wanted one.
pub(in crate::scenario) enum Wrong {
    /// Its status is none of those that are right.
    Status,
    /// It lacks a value that is to be bound.
    Unbound { name: String, pointer: String },
}

impl Probe {
    /// Plays the probe. After the first request that goes wrong, only those that clean up are sent, if all values that
    /// they need were bound.
    pub(in crate::scenario) fn run(
        &self,
        mut ask: impl FnMut(&ProbeRequest) -> Result<ProbeAnswer, String>,
    ) -> Vec<Played<'_>> {
        let mut bound = Bindings::new();
        let mut all_well = true;
        let mut run = |step: &ProbeStep| {
            if !(all_well || step.cleanup && self.can_be_asked(step, &bound)) {
                return StepOutcome::Omitted;
            }
            let request = step.request(&bound);
            let heard = match ask(&request) {
                Ok(heard) => heard,
                Err(why) => {
                    all_well = false;
                    return StepOutcome::Unanswered(request, why);
                }
            };
            let wrong = if step.status.contains(&heard.status) {
                step.bind(&serde_json::from_slice(&heard.body).unwrap_or_default(), &mut bound).err()
            } else {
                Some(Wrong::Status)
            };
            all_well &= wrong.is_none();
            StepOutcome::Answered { request, heard, wrong }
        };
        self.steps.iter().map(|step| Played { step, outcome: run(step) }).collect()
    }

    /// Tells whether all values that a step needs of earlier ones are bound.
    fn can_be_asked(&self, step: &ProbeStep, bound: &Bindings) -> bool {
        let body = step.body.as_ref().map(Value::to_string);
        let texts = step.params.iter().chain(&step.query).map(|(_, text)| text).chain(&body);
        let mut needed = texts.flat_map(|text| placeholders(text));
        let is_name = |name: &str| self.steps.iter().any(|step| step.bind.iter().any(|(known, _)| known == name));
        needed.all(|name| !is_name(name) || bound.contains_key(name))
    }
}

impl ProbeStep {
    /// Returns the request, with bound values put in.
    fn request(&self, bound: &Bindings) -> ProbeRequest {
        let row = self.row;
        let mut target = row.route.path.to_owned();
        for (name, value) in &self.params {
            target = target.replace(&format!("{{{name}}}"), &encode(&filled(value, bound)));
        }
        for (n, (name, value)) in self.query.iter().enumerate() {
            let sign = if n == 0 { '?' } else { '&' };
            target += &format!("{sign}{}={}", encode(name), encode(&filled(value, bound)));
        }
        let body = self.body.as_ref().map(|body| filled_value(body, bound));
        let (operation, method) = (row.operation, row.route.method);
        ProbeRequest { row, operation, method, target, body }
    }

    /// Binds the values of an answer that later steps use.
    fn bind(&self, answer: &Value, bound: &mut Bindings) -> Result<(), Wrong> {
        for (name, pointer) in &self.bind {
            let text = match answer.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                Some(value) if value.is_number() => value.to_string(),
                _ => return Err(Wrong::Unbound { name: name.clone(), pointer: pointer.clone() }),
            };
            bound.insert(name.clone(), text);
        }
        Ok(())
    }

    /// Returns the statuses that are right, in words.
    pub(in crate::scenario) fn statuses(&self) -> String {
        self.status.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ")
    }
}

fn filled(text: &str, bound: &Bindings) -> String {
    bound.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn filled_value(value: &Value, bound: &Bindings) -> Value {
    match value {
        Value::String(text) => filled(text, bound).into(),
        Value::Array(items) => items.iter().map(|item| filled_value(item, bound)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), filled_value(value, bound))).collect()
        }
        other => other.clone(),
    }
}

impl Row {
    /// Returns the environment variable of the API that holds a credential for this operation, with its value in a
    /// world.
    pub(crate) fn credential(&self, state: &State) -> Option<(&'static str, String)> {
        let variables = self.api.dialect.environment(state, self.api, "http://probe.invalid");
        let ending: &[&str] = match self.route.access {
            Access::Public => return None,
            Access::Integration => &["_ACCESS_TOKEN"],
            _ => &["_SECRET", "_API_TOKEN"],
        };
        variables.into_iter().find(|(name, _)| ending.iter().any(|ending| name.ends_with(ending)))
    }
}

impl Scenario {
    /// Plays the probe against the fake, to which `fake` sends requests, and returns the steps that it does not answer
    /// as the file says.
    pub(crate) fn dry_run(&self, fake: impl FnMut(&ProbeRequest) -> Result<ProbeAnswer, String>) -> Vec<Diagnostic> {
        let Some(probe) = &self.probe else { return Vec::new() };
        let mut diagnostics = Vec::new();
        for (n, played) in probe.run(fake).iter().enumerate() {
            let StepOutcome::Answered { request, heard, wrong: Some(wrong) } = &played.outcome else { continue };
            let (message, help) = match wrong {
                Wrong::Status => (
                    format!(
                        "expects {}, but the fake answers {} to {} {}",
                        played.step.statuses(),
                        heard.status,
                        request.method,
                        whole_target(request)
                    ),
                    "expect what is documented, or prepare it in an earlier step",
                ),
                Wrong::Unbound { name, pointer } => {
                    (format!("{name} cannot be bound: the answer has no text at {pointer}"), "correct the JSON Pointer")
                }
            };
            diagnostics.push(Diagnostic {
                file: self.file.clone(),
                place: played.step.place,
                code: Code::E19,
                message: format!("probe.steps[{n}] {message}"),
                help: help.to_owned(),
            });
        }
        diagnostics
    }
}

/// Returns the target with the API's base path, as the fake serves it.
pub(crate) fn whole_target(request: &ProbeRequest) -> String {
    format!("{}{}", request.row.api.base_of(request.row.route), request.target)
}
