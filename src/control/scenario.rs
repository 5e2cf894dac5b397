//! The scenario of a world: loading it, looking at it, judging the consumer.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::control::error::Error;
use crate::control::request::ControlRequest;
use crate::engine::schema::suggest::nearest;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::http::json_object::json_object;
use crate::http::message::Response;
use crate::scenario::{
    Diagnostic, Extended, Scenario, ScenarioError, ScenarioFinder, ScenarioRun, WaitFor, explain_scenario, forecast_of,
    github_annotations, junit, read_call, read_rule, read_rules, tap,
};
use crate::world::call_waits::{Awaited, many_waits};
use crate::world::error::{GoneReason, WorldError};
use crate::world::world::World;

/// The time for which a verification waits for requests in flight, unless the client names another.
const PATIENCE_MS: u64 = 5_000;

/// The status of a verification that failed.
const FAILED: u16 = 422;

/// The name, in messages, of a scenario that came without one.
const UNNAMED: &str = "scenario";

impl From<ScenarioError> for Error {
    fn from(error: ScenarioError) -> Self {
        Self::new(400, "invalid_scenario", error.to_string()).hint("`standin check FILE` tells the same of a file.")
    }
}

fn text<'a>(request: &'a ControlRequest<'_>) -> Result<&'a str, Error> {
    std::str::from_utf8(request.body).map_err(|_| Error::new(400, "invalid_body", "the body is not UTF-8"))
}

/// Handles `GET /scenario`: the scenario that runs, its current step, its counters, the hits of each rule. `scenario`
/// is `null` when there is none.
pub(super) fn show(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let with_checks = request.flag("checks")?;
    let mut world = request.world.lock();
    world.follow_clock();
    let mut shown = world.run.as_ref().map_or_else(|| json!({ "scenario": null }), |run| state(run));
    if with_checks {
        let report = world.verify(request.registry.router());
        let states = world.run.as_ref().map(|run| run.states_of(&report.checks)).unwrap_or_default();
        let checks = report.checks.iter().zip(states).map(|(check, state)| {
            let found: Vec<&str> = check.violations.iter().map(|violation| violation.message.as_str()).collect();
            json!({ "id": check.id, "state": state.as_str(), "line": check.line, "violations": found })
        });
        shown["checks"] = checks.collect();
    }
    Ok(shown)
}

/// Handles `DELETE /scenario`: ends the scenario, for the time after a reset too.
pub(super) fn unload(request: &ControlRequest<'_>) -> Result<Value, Error> {
    request.world.lock().end_scenario();
    Ok(Value::Null)
}

/// Handles `GET /scenario/explain`: forecasts the scenario.
pub(super) fn explain(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let world = request.world.lock();
    let scenario = world.run.as_ref().map(|run| Arc::clone(run.scenario()));
    let scenario = scenario.filter(|scenario| !scenario.name.is_empty());
    Ok(match scenario {
        Some(scenario) => {
            let checks = world.verify(request.registry.router()).checks;
            json!({ "text": explain_scenario(&scenario, &checks), "steps": forecast_of(&scenario) })
        }
        None => json!({ "text": null, "steps": [] }),
    })
}

/// Returns the name and the text of the scenario that the body is, or names: `{"name": "…"}` alone is a ready-made one.
fn named(request: &ControlRequest<'_>, body: &str) -> Result<(String, String), Error> {
    let name = match serde_json::from_str(body) {
        Ok(Value::String(name)) => name,
        Ok(Value::Object(only)) if only.len() == 1 && only.get("name").is_some_and(Value::is_string) => {
            only["name"].as_str().unwrap_or_default().to_owned()
        }
        _ => return Ok((UNNAMED.to_owned(), body.to_owned())),
    };
    let known = (request.supplies.builtin_scenarios)();
    if let Some((_, text)) = known.iter().find(|(known, _)| *known == name) {
        return Ok((name, (*text).to_owned()));
    }
    let refusal = Error::new(404, "no_such_scenario", format!("there is no ready-made scenario {name:?}"));
    Err(match nearest(&name, known.iter().map(|(known, _)| *known)) {
        Some(nearest) => refusal.hint(format!("Did you mean {nearest}?")),
        None => refusal.hint("GET /_standin/scenarios lists them; a scenario of your own is sent whole, as an object."),
    })
}

/// The finder of the scenarios that a body can extend: only ready-made ones, because the server reads no file for a
/// client.
struct ReadyMade<'a>(&'a ControlRequest<'a>);

impl ScenarioFinder for ReadyMade<'_> {
    fn find(&self, _: &str, name: &str) -> Result<Extended, (String, String)> {
        let known = (self.0.supplies.builtin_scenarios)();
        if let Some((_, text)) = known.iter().find(|(known, _)| *known == name) {
            return Ok(Extended { file: name.to_owned(), identity: name.to_owned(), text: (*text).to_owned() });
        }
        let help = match nearest(name, known.iter().map(|(known, _)| *known)) {
            Some(nearest) => format!("did you mean {nearest}?"),
            None => "a body extends ready-made scenarios only; send what a file says whole".to_owned(),
        };
        Err((format!("{name:?}, which is no ready-made scenario"), help))
    }
}

/// Handles `PUT /scenario` with a scenario, which replaces everything in the world.
pub(super) fn load(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let (name, scenario, mut warnings) = read(request, text(request)?)?;
    let of_world = Arc::clone(&request.world.lock().state.name);
    // The records may be many: the world answers requests while they are made.
    let made = world_of(request, of_world, &name, scenario, &mut warnings)?;
    let mut world = request.world.lock();
    world.replace_with(made);
    let warnings = warnings.iter().map(ToString::to_string).collect();
    Ok(request.warn(world.run.as_ref().map(|run| state(run)).unwrap_or_default(), warnings))
}

/// Makes a world from a scenario that was read, and adds to the warnings the changes that its steps cannot make.
pub(super) fn world_of(
    request: &ControlRequest<'_>,
    of_world: Arc<str>,
    name: &str,
    scenario: Scenario,
    warnings: &mut Vec<Diagnostic>,
) -> Result<World, Error> {
    let made = request.registry.made_of(of_world, &Arc::new(scenario)).map_err(|error| error.about(name))?;
    warnings.extend(made.try_steps().into_iter().map(|told| Diagnostic { file: name.to_owned(), ..told }));
    warnings.sort_by_key(|warning| (warning.place, warning.code));
    Ok(made)
}

/// Reads the scenario that a body is, or names; returns its name in messages, and the warnings.
pub(super) fn read(request: &ControlRequest<'_>, body: &str) -> Result<(String, Scenario, Vec<Diagnostic>), Error> {
    let (name, text) = named(request, body)?;
    let (mut scenario, warnings) = request.registry.read(&name, &text, &ReadyMade(request))?;
    // The scenario has no file that a report could name.
    scenario.file.clear();
    Ok((name, scenario, warnings))
}

fn state(run: &ScenarioRun) -> Value {
    let scenario = run.scenario();
    let name = Some(scenario.name.as_str()).filter(|name| !name.is_empty());
    let steps = run.entered().map(|(name, call)| json!({ "name": name, "call": call }));
    json!({
        "scenario": name,
        "about": scenario.about,
        "step": run.step_name().map(|name| &**name),
        "entered": steps.collect::<Vec<_>>(),
        "rules": rules(run),
        "calls": calls(run),
        "mishaps": run.failed_changes().collect::<Vec<_>>(),
    })
}

fn rules(run: &ScenarioRun) -> Vec<Value> {
    run.rules()
        .map(|(rule, matched, fired)| {
            json!({ "id": *rule.id, "on": rule.on.0, "matched": matched, "fired": fired, "optional": rule.optional })
        })
        .collect()
}

/// Handles `GET /faults`: every rule, its counters, and warnings about the rules that were put.
pub(super) fn faults(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let world = request.world.lock();
    let (rules, warnings) = world.run.as_ref().map(|run| rules_and_warnings(request, run)).unwrap_or_default();
    Ok(json!({ "faults": rules, "warnings": warnings }))
}

fn rules_and_warnings(request: &ControlRequest<'_>, run: &ScenarioRun) -> (Vec<Value>, Vec<String>) {
    (rules(run), run.warnings_of_rules(request.registry.router()))
}

/// Returns all rules, with warnings about those that were put.
fn put(request: &ControlRequest<'_>, run: &ScenarioRun) -> Value {
    let (rules, warnings) = rules_and_warnings(request, run);
    request.warn(json!({ "faults": rules }), warnings)
}

/// Handles `PUT /faults` with an array of rules, or `{"faults": […]}`: they replace the rules put before, and come
/// before a scenario's own.
pub(super) fn put_faults(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let router = request.registry.router();
    let wanted = read_rules(text(request)?, router)?;
    let mut world = request.world.lock();
    let run = world.run_mut(router);
    let mut changed = run.clone();
    changed.clear_added();
    for rule in wanted {
        changed.add(router, rule).map_err(|message| Error::new(400, "invalid_rule", message))?;
    }
    *run = changed;
    let put = put(request, run);
    world.release_holds();
    Ok(put)
}

/// Handles `POST /faults` with a rule: it comes behind the rules put before, whose counters go on.
pub(super) fn add_fault(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let router = request.registry.router();
    let wanted = read_rule(text(request)?, router)?;
    let mut world = request.world.lock();
    let run = world.run_mut(router);
    run.add(router, wanted).map_err(|message| Error::new(400, "invalid_rule", message))?;
    Ok(put(request, run))
}

/// Handles `POST /expect` with a call as a scenario's `expect.calls` has them: it is counted from now on.
pub(super) fn expect(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let router = request.registry.router();
    let wanted = read_call(text(request)?, router)?;
    let mut world = request.world.lock();
    let run = world.run_mut(router);
    if let Some(id) = wanted.id.as_deref()
        && run.expected().any(|(known, _)| known.id.as_deref() == Some(id))
    {
        let message = format!("{id:?} is the id of another expected call; choose another");
        return Err(Error::new(409, "conflict", message));
    }
    run.expect(wanted);
    let (warnings, calls) = (run.warnings_of_calls(router), calls(run));
    world.expects();
    Ok(request.warn(json!({ "calls": calls }), warnings))
}

fn calls(run: &ScenarioRun) -> Vec<Value> {
    run.expected()
        .map(|(call, count)| json!({ "id": call.id, "on": call.on.as_ref().map(|on| on.0.clone()), "count": count }))
        .collect()
}

/// Handles `DELETE /faults`: removes the rules that were put; those of a scenario stay.
pub(super) fn clear_faults(request: &ControlRequest<'_>) -> Result<Value, Error> {
    request.world.lock().clear_added_rules();
    Ok(Value::Null)
}

struct Verify {
    wait_ms: Option<u64>,
}

json_object!(read Verify strict { wait_ms: default });

/// Handles `POST /verify` with `{"wait_ms": n}`: the report. Waits until the world has no request in flight and, with
/// `wait_ms`, until the expectations hold, for at most that long. The status of a failed verification is 422, so that a
/// client that reads only the status does not take it for a success.
pub(super) fn verify(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let wanted: Verify = request.object()?;
    let format = request.one_of("format", &["json", "text", "junit", "tap", "github"])?.unwrap_or("json");
    let failed = if request.one_of("status", &["200"])?.is_some() { 200 } else { FAILED };
    let all = request.one_of("coverage", &["served", "all"])? == Some("all");
    let mut world = request.world.lock();
    let is_over = !request.registry.in_flight().has(&world.state.name)
        && (wanted.wait_ms.is_none() || world.has_come_true(request.registry.router()));
    if !is_over && !request.is_last {
        return request.wait(wanted.wait_ms.unwrap_or(PATIENCE_MS));
    }
    let report = world.verify(request.registry.router());
    if let Some(wait_ms) = wanted.wait_ms.filter(|_| !report.passed && !request.is_last) {
        return request.wait(wait_ms);
    }
    world.mark_verified();
    drop(world);
    let status = if report.passed { 200 } else { failed };
    let report = if all { report } else { report.without_zeros() };
    let one = std::slice::from_ref(&report);
    let response = match format {
        "text" => Response::text(status, "text/plain; charset=utf-8", format!("{report}\n")),
        "junit" => Response::text(status, "application/xml; charset=utf-8", junit(one)),
        "tap" => Response::text(status, "text/plain; charset=utf-8", tap(one)),
        "github" => Response::text(status, "text/plain; charset=utf-8", github_annotations(one)),
        _ => {
            let mut body =
                serde_json::to_value(&report).map_err(|error| Error::new(500, "internal", error.to_string()))?;
            body["text"] = report.to_string().into();
            Response::json(status, &body)
        }
    };
    request.response.set(Some(response));
    Ok(Value::Null)
}

/// Handles `POST /wait` with `{"on", "when", "times", "timeout_ms"}`: answers once `times` such calls were answered.
pub(super) fn wait(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let router = request.registry.router();
    let mut waiting = request.waiting.0.lock();
    let wait = match &mut *waiting {
        Some(begun) => begun,
        none => {
            let wanted = WaitFor::read(text(request)?, router)?;
            none.insert(request.world.lock().wait_for(router, wanted).ok_or_else(too_many_waits)?)
        }
    };
    let WaitFor { on, times, timeout_ms, .. } = wait.wanted();
    match wait.awaited() {
        Awaited::Called(called) => Ok(json!({ "called": called })),
        // Another world has the name by now.
        Awaited::Gone => {
            let name = request.named.as_deref().unwrap_or(DEFAULT_WORLD).to_owned();
            Err(WorldError::Gone { name, why: GoneReason::Deleted }.into())
        }
        Awaited::Missing(_) if !request.is_last => request.wait(*timeout_ms),
        Awaited::Missing(called) => {
            let message = format!("{on} was called {called} times within {timeout_ms} ms, expected {times}");
            Err(Error::new(408, "timeout", message))
        }
    }
}

fn too_many_waits() -> Error {
    let (code, message, hint) = many_waits();
    Error::new(503, code, message).hint(hint)
}
