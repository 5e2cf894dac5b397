//! The worlds of a server: made, listed, deleted; and where each stands: snapshots.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::control::error::Error;
use crate::control::scenario;
use crate::control::service::ControlRequest;
use crate::engine::schema::suggest::nearest;
use crate::http::origin::origin;
use crate::http::target::{Target, world_prefix};
use crate::world::error::GoneReason;
use crate::world::registry::{DEFAULT_WORLD, WorldSpec};
use crate::world::select::token_of;

/// The snapshot that is meant when none is named.
const USUAL_SNAPSHOT: &str = "latest";

/// `GET /worlds`: the default world, then the others by name; and how many there may be, for how long.
pub fn list(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let names = asked.engine.names();
    let worlds = std::iter::once(DEFAULT_WORLD).chain(names.iter().map(|name| &**name));
    let base_url = base_url(asked);
    let worlds: Vec<Value> = worlds.map(|name| shown(asked, base_url.as_deref(), name)).collect();
    let limits = asked.engine.limits();
    Ok(json!({ "worlds": worlds, "limit": limits.worlds, "expire_idle_after_ms": limits.idle_ms }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Make {
    name: Option<String>,
    from: Option<String>,
    seed: Option<u64>,
    scenario: Option<Value>,
}

/// `POST /worlds` with `{"name"?, "from"?, "seed"?}`: a new world, as the default one was at the start, or as the one
/// named by `from` is now. With `"scenario"`, a whole scenario, it starts as that says.
pub fn make(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let make: Make = asked.object()?;
    let wanted = WorldSpec { name: make.name.as_deref(), from: make.from.as_deref(), seed: make.seed, held: false };
    if make.scenario.is_some() && (make.from.is_some() || make.seed.is_some()) {
        let message = "a scenario says itself what its world holds and which seed it has";
        return Err(Error::new(400, "invalid", message).hint("Leave \"from\" and \"seed\" out."));
    }
    let world = asked.engine.make(wanted, asked.request.arrived_ms)?;
    let name = world.lock().name.clone();
    if let Some(wanted) = &make.scenario
        && let Err(refusal) = scenario::put(asked, &world, &wanted.to_string())
    {
        asked.engine.unmake(&name, &world);
        return Err(refusal);
    }
    let mut made = shown(asked, base_url(asked).as_deref(), &name);
    made["expires_idle_after_ms"] = asked.engine.limits().idle_ms.into();
    Ok(made)
}

/// `GET /worlds/<name>`
pub fn one(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let (base_url, mut world) = (base_url(asked), asked.world.lock());
    world.follow_clock();
    let mut one = shown(asked, base_url.as_deref(), &world.name);
    let run = world.run.as_ref();
    one["calls"] = (world.journal.next_number() - 1).into();
    one["now"] = world.clock.now().into();
    one["scenario"] = run.map(|run| run.scenario().name.as_str()).filter(|name| !name.is_empty()).into();
    one["step"] = run.and_then(|run| run.step_name()).map(|name| &**name).into();
    Ok(one)
}

/// `DELETE /worlds/<name>`: its requests are refused from now on.
pub fn delete(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let name = asked.world.lock().name.clone();
    asked.engine.remove(&name, GoneReason::Deleted, Some(&asked.world))?;
    Ok(Value::Null)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: Option<String>,
}

/// `POST /snapshot` with `{"name"?}`: keeps where the world stands, under that name.
pub fn snapshot(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let name = asked.object::<Named>()?.name;
    let name = name.as_deref().unwrap_or(USUAL_SNAPSHOT);
    asked.world.lock().keep_snapshot(name)?;
    Ok(json!({ "name": name }))
}

/// `POST /restore` with `{"name"?}`: data, clock and ids as they were at that snapshot; journal and coverage begin anew.
pub fn restore(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let name = asked.object::<Named>()?.name;
    let name = name.as_deref().unwrap_or(USUAL_SNAPSHOT);
    let mut world = asked.world.lock();
    world.restore_snapshot(name).map_err(|known| {
        let refusal = Error::new(404, "not_found", format!("this world has no snapshot {name:?}"));
        match nearest(name, known) {
            Some(nearest) => refusal.hint(format!("Did you mean {nearest}?")),
            None => refusal.hint("POST /snapshot makes one."),
        }
    })?;
    Ok(Value::Null)
}

/// `GET /env`: the variables that point a consumer at this world, as the one who asks reaches it.
pub fn environment(asked: &ControlRequest<'_>) -> Result<Value, Error> {
    let world = asked.world.lock();
    let url = url(asked, world.settings.base_url.as_deref(), &world.name);
    let variables = asked.engine.environment(&world, &url);
    Ok(Value::Object(variables.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect::<Map<_, _>>()))
}

fn base_url(asked: &ControlRequest<'_>) -> Option<String> {
    asked.world.lock().settings.base_url.clone()
}

fn shown(asked: &ControlRequest<'_>, base_url: Option<&str>, name: &str) -> Value {
    json!({ "name": name, "url": url(asked, base_url, name), "token": token_of(name) })
}

/// A world's URL, as the one who asks reaches it.
fn url(asked: &ControlRequest<'_>, base_url: Option<&str>, name: &str) -> String {
    let origin = origin(&Target { world: None, ..asked.target }, asked.request, base_url, &[]);
    if name == DEFAULT_WORLD { origin } else { origin + &world_prefix(name) }
}
