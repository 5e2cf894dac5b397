//! The scenario of a world: loading it, looking at it, judging the consumer.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::control::error::Error;
use crate::control::request::ControlRequest;
use crate::engine::schema::suggest::nearest;
use crate::http::json_object::json_object;
use crate::http::message::Response;
use crate::scenario::{
    CallCount, Diagnostic, Extended, Scenario, ScenarioError, ScenarioFinder, ScenarioRun, WaitFor, explain_scenario,
    forecast_of, github_annotations, junit, read_call, read_rule, read_rules, tap,
};
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

fn text<'a>(asked: &'a ControlRequest<'_>) -> Result<&'a str, Error> {
    std::str::from_utf8(asked.body).map_err(|_| Error::new(400, "invalid_body", "the body is not UTF-8"))
}

/// Handles `GET /scenario`: the scenario that runs, its current step, its counters, the hits of each rule. `scenario`
/// is `null` when there is none.
pub(super) fn show(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let with_checks = asked.flag("checks")?;
    let mut world = asked.world.lock();
    world.follow_clock();
    let mut shown = world.run.as_ref().map_or_else(|| json!({ "scenario": null }), |run| state(run));
    if with_checks {
        let report = world.verify(asked.engine.router());
        let checks = report.checks.iter().map(|check| {
            let found: Vec<&str> = check.violations.iter().map(|violation| violation.message.as_str()).collect();
            json!({ "id": check.id, "state": world.run.as_ref().map(|run| run.state_of(check).as_str()), "line": check.line, "violations": found })
        });
        shown["checks"] = checks.collect();
    }
    Ok(shown)
}

/// Handles `DELETE /scenario`: ends the scenario, for the time after a reset too.
pub(super) fn unload(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    asked.world.lock().end_scenario();
    Ok(Value::Null)
}

/// Handles `GET /scenario/explain`: says what the scenario will do, before anything of it happens.
pub(super) fn explain(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let world = asked.world.lock();
    let scenario = world.run.as_ref().map(|run| Arc::clone(run.scenario()));
    let scenario = scenario.filter(|scenario| !scenario.name.is_empty());
    Ok(match scenario {
        Some(scenario) => {
            let checks = world.verify(asked.engine.router()).checks;
            json!({ "text": explain_scenario(&scenario, &checks), "steps": forecast_of(&scenario) })
        }
        None => json!({ "text": null, "steps": [] }),
    })
}

/// Returns the text of the scenario that the body is, or names: `{"name": "…"}` alone is a ready-made one.
fn named(asked: &ControlRequest<'_>, body: &str) -> Result<(String, String), Error> {
    let name = match serde_json::from_str(body) {
        Ok(Value::String(name)) => name,
        Ok(Value::Object(only)) if only.len() == 1 && only.get("name").is_some_and(Value::is_string) => {
            only["name"].as_str().unwrap_or_default().to_owned()
        }
        _ => return Ok((UNNAMED.to_owned(), body.to_owned())),
    };
    let known = (asked.supplies.builtin_scenarios)();
    if let Some((_, text)) = known.iter().find(|(known, _)| *known == name) {
        return Ok((name, (*text).to_owned()));
    }
    let refusal = Error::new(404, "no_such_scenario", format!("there is no ready-made scenario {name:?}"));
    Err(match nearest(&name, known.iter().map(|(known, _)| *known)) {
        Some(nearest) => refusal.hint(format!("Did you mean {nearest}?")),
        None => refusal.hint("GET /_standin/scenarios lists them; a scenario of your own is sent whole, as an object."),
    })
}

/// The ready-made scenarios, which are all that a body can extend: the server reads no file for a client.
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
pub(super) fn load(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let (name, scenario, mut warnings) = read(asked, text(asked)?)?;
    let of_world = Arc::clone(&asked.world.lock().state.name);
    // Its records may be many: requests to the world are answered until they are made.
    let made = world_of(asked, of_world, &name, scenario, &mut warnings)?;
    let mut world = asked.world.lock();
    world.replace_with(made);
    let warnings = warnings.iter().map(ToString::to_string).collect();
    Ok(asked.warn(world.run.as_ref().map(|run| state(run)).unwrap_or_default(), warnings))
}

/// Makes a world of a scenario that was read, and adds to the warnings what its steps will not be able to do.
pub(super) fn world_of(
    asked: &ControlRequest<'_>,
    of_world: Arc<str>,
    name: &str,
    scenario: Scenario,
    warnings: &mut Vec<Diagnostic>,
) -> Result<World, Error> {
    let made = asked.engine.made_of(of_world, &Arc::new(scenario)).map_err(|error| error.about(name))?;
    warnings.extend(made.try_steps().into_iter().map(|told| Diagnostic { file: name.to_owned(), ..told }));
    warnings.sort_by_key(|warning| (warning.place, warning.code));
    Ok(made)
}

/// Reads the scenario that a body is, or names; returns its name in messages, and the warnings.
pub(super) fn read(asked: &ControlRequest<'_>, body: &str) -> Result<(String, Scenario, Vec<Diagnostic>), Error> {
    let (name, text) = named(asked, body)?;
    let (mut scenario, warnings) = asked.engine.read(&name, &text, &ReadyMade(asked))?;
    // There is no file that a report could name.
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

/// Handles `GET /faults`: every rule, how often it matched and fired, and what cannot work in those that were put.
pub(super) fn faults(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let world = asked.world.lock();
    let (rules, warnings) = world.run.as_ref().map(|run| rules_and_warnings(asked, run)).unwrap_or_default();
    Ok(json!({ "faults": rules, "warnings": warnings }))
}

fn rules_and_warnings(asked: &ControlRequest<'_>, run: &ScenarioRun) -> (Vec<Value>, Vec<String>) {
    (rules(run), run.warnings_of_rules(asked.engine.router()))
}

/// Returns all rules after some were put, and warns of those that were put.
fn put(asked: &ControlRequest<'_>, run: &ScenarioRun) -> Value {
    let (rules, warnings) = rules_and_warnings(asked, run);
    asked.warn(json!({ "faults": rules }), warnings)
}

/// Handles `PUT /faults` with an array of rules, or `{"faults": […]}`: they replace those put before, and come before a
/// scenario's own.
pub(super) fn put_faults(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let router = asked.engine.router();
    let wanted = read_rules(text(asked)?, router)?;
    let mut world = asked.world.lock();
    let run = world.run_mut(router);
    let mut changed = run.clone();
    changed.clear_added();
    for rule in wanted {
        changed.add(router, rule).map_err(|message| Error::new(400, "invalid_rule", message))?;
    }
    *run = changed;
    let put = put(asked, run);
    world.release_holds();
    Ok(put)
}

/// Handles `POST /faults` with a rule: it comes behind those put before, whose counters go on.
pub(super) fn add_fault(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let router = asked.engine.router();
    let wanted = read_rule(text(asked)?, router)?;
    let mut world = asked.world.lock();
    let run = world.run_mut(router);
    run.add(router, wanted).map_err(|message| Error::new(400, "invalid_rule", message))?;
    Ok(put(asked, run))
}

/// Handles `POST /expect` with a call as a scenario's `expect.calls` has them: it is counted from now on.
pub(super) fn expect(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let router = asked.engine.router();
    let wanted = read_call(text(asked)?, router)?;
    let mut world = asked.world.lock();
    let run = world.run_mut(router);
    if let Some(id) = wanted.id.as_deref()
        && run.expected().any(|(known, _)| known.id.as_deref() == Some(id))
    {
        let message = format!("{id:?} is the id of another expected call; choose another");
        return Err(Error::new(409, "conflict", message));
    }
    run.expect(wanted);
    let warnings = run.warnings_of_calls(router);
    Ok(asked.warn(json!({ "calls": calls(run) }), warnings))
}

fn calls(run: &ScenarioRun) -> Vec<Value> {
    run.expected()
        .map(|(call, count)| json!({ "id": call.id, "on": call.on.as_ref().map(|on| on.0.clone()), "count": count }))
        .collect()
}

/// Handles `DELETE /faults`: removes the rules that were put; those of a scenario stay.
pub(super) fn clear_faults(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    asked.world.lock().clear_added_rules();
    Ok(Value::Null)
}

struct Verify {
    wait_ms: Option<u64>,
}

json_object!(read Verify strict { wait_ms: default });

/// Handles `POST /verify` with `{"wait_ms": n}`: the report. Waits until the world has no request in flight and, with
/// `wait_ms`, until the expectations hold, for at most that long. A verification that failed answers 422, so that a
/// client that looks only at the status does not take it for a success.
pub(super) fn verify(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let wanted: Verify = asked.object()?;
    let format = asked.one_of("format", &["json", "text", "junit", "tap", "github"])?.unwrap_or("json");
    let failed = if asked.one_of("status", &["200"])?.is_some() { 200 } else { FAILED };
    let all = asked.one_of("coverage", &["served", "all"])? == Some("all");
    let mut world = asked.world.lock();
    let is_over = !asked.engine.bell().has(&world.state.name)
        && (wanted.wait_ms.is_none() || world.has_come_true(asked.engine.router()));
    if !is_over && !asked.is_last {
        return asked.wait(wanted.wait_ms.unwrap_or(PATIENCE_MS));
    }
    if let Some(run) = &mut world.run {
        run.mark_verified();
    }
    let report = world.verify(asked.engine.router());
    if let Some(wait_ms) = wanted.wait_ms.filter(|_| !report.passed && !asked.is_last) {
        return asked.wait(wait_ms);
    }
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
    asked.response.set(Some(response));
    Ok(Value::Null)
}

/// Handles `POST /wait` with `{"on", "when", "times", "timeout_ms"}`: answers once the journal has `times` such calls.
pub(super) fn wait(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let router = asked.engine.router();
    let mut waiting = asked.waiting.0.lock();
    let (wanted, count) = match &mut *waiting {
        Some(known) => known,
        none => none.insert((WaitFor::read(text(asked)?, router)?, CallCount::default())),
    };
    let called = count.go_on(&asked.world.lock().journal, router, &wanted.on, wanted.when.as_ref());
    if called >= wanted.times {
        return Ok(json!({ "called": called }));
    }
    if !asked.is_last {
        return asked.wait(wanted.timeout_ms);
    }
    let (on, times) = (&wanted.on, wanted.times);
    let message = format!("{on} was called {called} times within {} ms, expected {times}", wanted.timeout_ms);
    Err(Error::new(408, "timeout", message))
}
