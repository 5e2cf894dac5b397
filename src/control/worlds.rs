//! The worlds of a server, which are made, listed and deleted, and their snapshots.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::control::error::Error;
use crate::control::request::ControlRequest;
use crate::control::scenario;
use crate::engine::schema::rng::fnv1a64;
use crate::engine::schema::suggest::nearest;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::engine::state::world_token::token_of;
use crate::http::json_object::json_object;
use crate::http::origin::origin;
use crate::http::target::{Target, world_prefix};
use crate::world::error::GoneReason;
use crate::world::export::ExportedWorld;
use crate::world::lifecycle::WorldSpec;

/// The snapshot's name when the client gives none.
const USUAL_SNAPSHOT: &str = "latest";

/// Handles `GET /worlds`: the default world, then the others by name; and the limits of worlds.
pub(super) fn list(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let label = request.query.get("label");
    let names = label.map_or_else(|| request.registry.names(), |label| request.registry.labelled(label));
    let default = (request.registry.has_default_world() && label.is_none()).then_some(DEFAULT_WORLD);
    let worlds = default.into_iter().chain(names.iter().map(|name| &**name));
    let base_url = base_url(request);
    let worlds: Vec<Value> = worlds.map(|name| shown(request, base_url.as_deref(), name)).collect();
    let limits = request.registry.limits();
    Ok(json!({ "worlds": worlds, "limit": limits.worlds, "expire_idle_after_ms": limits.idle_ms }))
}

/// Handles `DELETE /worlds?label=`: deletes all worlds of that label, and returns their number.
pub(super) fn delete_labelled(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let label = request.query.get("label").filter(|label| !label.is_empty()).ok_or_else(|| {
        let hint = "Add ?label=; DELETE /worlds/<name> deletes one.";
        Error::new(400, "invalid", "which worlds are to be deleted is not said").hint(hint)
    })?;
    Ok(json!({ "deleted": request.registry.remove_labelled(label) }))
}

struct Make {
    name: Option<String>,
    from: Option<String>,
    seed: Option<u64>,
    label: Option<String>,
    scenario: Option<Value>,
}

json_object!(both Make strict { name: default, from: default, seed: default, label: default, scenario: default });

/// Handles `POST /worlds` with `{"name"?, "from"?, "seed"?, "label"?}`: makes a world, as the default one was at the
/// start, or as the one named by `from` is now. With `"scenario"`, a whole scenario or a ready-made one's name, it
/// starts as that says.
pub(super) fn make(request: &ControlRequest<'_>) -> Result<Value, Error> {
    make_as(request, &request.object()?, false)
}

/// Handles `PUT /worlds/<name>` with the body of [`make`]: a balancer finds the server by the path, and a repeated
/// request finds the world that it made.
pub(super) fn put(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let mut make: Make = request.object()?;
    let name = request.named.as_deref().unwrap_or_default();
    if make.name.as_deref().is_some_and(|other| other != name) {
        return Err(Error::new(400, "invalid", "the name in the body is not the one of the path").hint("Leave it out."));
    }
    make.name = Some(name.to_owned());
    make_as(request, &make, true)
}

/// Handles `GET /worlds/<name>/export`.
pub(super) fn export(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let (snapshot, calls) = {
        let mut world = request.world.lock();
        world.state.catch_up()?;
        // The export has the changes since the last call as hidden ones, as the next call would find them.
        world.look_at_records();
        (world.snapshot(), world.journal.next_number() - 1)
    };
    let label = request.registry.label(&snapshot.state.name).map(|label| label.to_string());
    let mut exported = snapshot.export(calls).map_err(|why| {
        let hint = "Fault rules and expectations are told as data when they come from a scenario or over HTTP.";
        Error::new(409, "not_exportable", format!("the world cannot be told as data: {why}")).hint(hint)
    })?;
    exported.label = label;
    serde_json::to_value(exported).map_err(|error| Error::new(500, "internal", error.to_string()))
}

/// Handles `PUT /worlds/<name>/import` with the answer of an export: the world begins where the exported one stood, and
/// goes back there on a reset. A repeated request finds the world that it made.
pub(super) fn import(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let exported: ExportedWorld = request.object()?;
    let name: Arc<str> = request.named.as_deref().unwrap_or_default().into();
    let (made_by, is_retry) = (Some(fnv1a64(&String::from_utf8_lossy(request.body))), true);
    let (label, warnings) = (exported.label.clone(), exported.warnings.clone());
    let wanted = WorldSpec { name: Some(&name), label: label.as_deref(), made_by, is_retry, ..WorldSpec::default() };
    request.registry.make_ready(wanted, request.http.arrived_ms, |world| {
        let imported = request.registry.imported(&name, exported);
        world.replace_with(imported.map_err(|fault| Error::new(400, "invalid_export", fault))?);
        Ok::<_, Error>(())
    })?;
    let mut made = shown(request, base_url(request).as_deref(), &name);
    if !warnings.is_empty() {
        made = request.warn(made, warnings);
    }
    Ok(made)
}

fn make_as(request: &ControlRequest<'_>, make: &Make, may_be_there: bool) -> Result<Value, Error> {
    if make.scenario.is_some() && make.from.is_some() {
        let message = "a scenario says itself what its world holds";
        return Err(Error::new(400, "invalid", message).hint("Leave \"from\" out."));
    }
    let scenario = make.scenario.as_ref().map(|wanted| scenario::read(request, &wanted.to_string())).transpose()?;
    let (scenario, mut warnings) = match scenario {
        Some((name, scenario, warnings)) => (Some((name, scenario)), warnings),
        None => (None, Vec::new()),
    };
    let wanted = WorldSpec {
        name: make.name.as_deref(),
        from: make.from.as_deref(),
        seed: make.seed,
        label: make.label.as_deref(),
        made_by: Some(fnv1a64(&json!(make).to_string())),
        is_retry: may_be_there,
        ..WorldSpec::default()
    };
    let world = request.registry.make_ready(wanted, request.http.arrived_ms, |world| {
        let Some((name, mut scenario)) = scenario else { return Ok(()) };
        scenario.seed = make.seed.or(scenario.seed);
        let of_world = Arc::clone(&world.state.name);
        world.replace_with(scenario::world_of(request, of_world, &name, scenario, &mut warnings)?);
        Ok(())
    });
    let name = world.map_err(|refusal: Error| refusal)?.lock().state.name.clone();
    let mut made = shown(request, base_url(request).as_deref(), &name);
    made["expires_idle_after_ms"] = request.registry.limits().idle_ms.into();
    let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    Ok(if warnings.is_empty() { made } else { request.warn(made, warnings) })
}

/// Handles `GET /worlds/<name>`.
pub(super) fn one(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let (base_url, mut world) = (base_url(request), request.world.lock());
    world.follow_clock();
    let mut one = shown(request, base_url.as_deref(), &world.state.name);
    let run = world.run.as_ref();
    one["calls"] = (world.journal.next_number() - 1).into();
    one["now"] = world.state.clock.now().into();
    one["scenario"] = run.map(|run| run.scenario().name.as_str()).filter(|name| !name.is_empty()).into();
    one["step"] = run.and_then(|run| run.step_name()).map(|name| &**name).into();
    Ok(one)
}

/// Handles `DELETE /worlds/<name>`: its requests are refused from now on.
pub(super) fn delete(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let name = request.world.lock().state.name.clone();
    request.registry.remove(&name, GoneReason::Deleted, Some(&request.world))?;
    Ok(Value::Null)
}

struct Named {
    name: Option<String>,
}

json_object!(read Named strict { name: default });

/// Handles `POST /snapshot` with `{"name"?}`: takes a snapshot of the world, under that name.
pub(super) fn snapshot(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let name = request.object::<Named>()?.name;
    let name = name.as_deref().unwrap_or(USUAL_SNAPSHOT);
    request.world.lock().keep_snapshot(name)?;
    Ok(json!({ "name": name }))
}

/// Handles `POST /restore` with `{"name"?}`: puts data, clock and ids back to that snapshot; journal and coverage begin
/// anew.
pub(super) fn restore(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let name = request.object::<Named>()?.name;
    let name = name.as_deref().unwrap_or(USUAL_SNAPSHOT);
    let mut world = request.world.lock();
    world.restore_snapshot(name).map_err(|known| {
        let refusal = Error::new(404, "not_found", format!("this world has no snapshot {name:?}"));
        match nearest(name, known) {
            Some(nearest) => refusal.hint(format!("Did you mean {nearest}?")),
            None => refusal.hint("POST /snapshot makes one."),
        }
    })?;
    Ok(Value::Null)
}

/// Handles `GET /env`: the variables that point a consumer at this world, at the origin by which the caller reaches it.
pub(super) fn environment(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let world = request.world.lock();
    let url = url(request, world.state.settings.base_url.as_deref(), &world.state.name);
    let variables = request.registry.environment(&world, &url);
    Ok(Value::Object(variables.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect::<Map<_, _>>()))
}

fn base_url(request: &ControlRequest<'_>) -> Option<String> {
    request.world.lock().state.settings.base_url.clone()
}

fn shown(request: &ControlRequest<'_>, base_url: Option<&str>, name: &str) -> Value {
    let mut shown = json!({ "name": name, "url": url(request, base_url, name), "token": token_of(name) });
    if let Some(label) = request.registry.label(name) {
        shown["label"] = (*label).into();
    }
    if let Some(entrance) = request.registry.entrance() {
        if entrance.intercepts {
            shown["proxy"] = entrance.proxy_url(name).into();
        }
        shown["ca"] = entrance.ca.as_str().into();
    }
    shown
}

/// Returns a world's URL, at the origin by which the caller reaches it.
fn url(request: &ControlRequest<'_>, base_url: Option<&str>, name: &str) -> String {
    let origin = origin(&Target { world: None, ..request.target }, request.http, base_url, &[]);
    if name == DEFAULT_WORLD { origin } else { origin + &world_prefix(name) }
}
