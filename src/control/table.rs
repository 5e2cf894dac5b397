//! The paths of the control API, below `/_standin`.

use serde_json::Value;

use crate::control::door::Asked;
use crate::control::refusal::Refusal;
use crate::control::{data, scenario, server, world, worlds};

/// What a path does.
pub type Act = fn(&Asked<'_>) -> Result<Value, Refusal>;

/// What belongs to the whole server: method, path, act. A `*` takes one segment.
const SERVER: &[(&str, &str, Act)] = &[
    ("GET", "/health", server::health),
    ("GET", "/ready", server::ready),
    ("GET", "/routes", server::routes),
    ("GET", "/schema", server::schema),
    ("GET", "/openapi.json", server::openapi),
    ("POST", "/pause", server::pause),
    ("POST", "/refuse", server::refuse),
    ("POST", "/resume", server::resume),
    ("GET", "/worlds", worlds::list),
    ("POST", "/worlds", worlds::make),
];

/// What belongs to a world: here for the default one, below `/worlds/<name>` for that one.
const WORLD: &[(&str, &str, Act)] = &[
    ("GET", "/env", worlds::environment),
    ("POST", "/reset", world::reset),
    ("POST", "/snapshot", worlds::snapshot),
    ("POST", "/restore", worlds::restore),
    ("GET", "/clock", world::clock),
    ("POST", "/clock", world::move_clock),
    ("GET", "/journal", world::journal),
    ("GET", "/journal/*", world::journal_entry),
    ("GET", "/coverage", world::coverage),
    ("GET", "/scenario", scenario::show),
    ("PUT", "/scenario", scenario::load),
    ("GET", "/faults", scenario::faults),
    ("PUT", "/faults", scenario::put_faults),
    ("DELETE", "/faults", scenario::clear_faults),
    ("POST", "/verify", scenario::verify),
    ("POST", "/wait", scenario::wait),
    ("GET", "/data", data::all),
    ("PUT", "/data", data::replace_collections),
    ("GET", "/data/*", data::collection),
    ("PUT", "/data/*", data::replace_collection),
    ("POST", "/data/*", data::create),
    ("DELETE", "/data/*", data::clear),
    ("GET", "/data/*/*", data::record),
    ("PUT", "/data/*/*", data::put),
    ("PATCH", "/data/*/*", data::patch),
    ("DELETE", "/data/*/*", data::remove),
    ("POST", "/data/*/*/recreate", data::recreate),
];

/// What a world itself is: only below `/worlds/<name>`.
const ITSELF: &[(&str, &str, Act)] = &[("GET", "", worlds::one), ("DELETE", "", worlds::delete)];

/// A path of the control API, taken apart.
pub struct Place<'p> {
    /// The world named by `/worlds/<name>`, not decoded.
    pub world: Option<&'p str>,
    /// What follows.
    path: &'p str,
}

impl<'p> Place<'p> {
    /// Takes a path below `/_standin` apart.
    pub fn of(path: &'p str) -> Self {
        match path.strip_prefix("/worlds/") {
            Some(below) => {
                let end = below.find('/').unwrap_or(below.len());
                Self { world: Some(&below[..end]), path: &below[end..] }
            }
            None => Self { world: None, path },
        }
    }

    /// What is to be done there, the path's parameters, and whether it is done to a world.
    pub fn find(&self, method: &str) -> Result<(Act, Vec<&'p str>, bool), Refusal> {
        let method = if method == "HEAD" { "GET" } else { method };
        let shown = self.world.map_or_else(|| "/_standin".to_owned(), |name| format!("/_standin/worlds/{name}"));
        let other = if self.world.is_some() { ITSELF } else { SERVER };
        let known = || other.iter().chain(WORLD);
        let mut allowed = Vec::new();
        for (verb, pattern, act) in known() {
            if let Some(params) = fit(pattern, self.path) {
                if *verb == method {
                    let is_servers = SERVER.iter().any(|(_, server, _)| server == pattern);
                    return Ok((*act, params, !is_servers));
                }
                allowed.push(*verb);
            }
        }
        if !allowed.is_empty() {
            let message = format!("{shown}{} takes {}, not {method}.", self.path, allowed.join(", "));
            return Err(Refusal::new(405, "wrong_method", message));
        }
        let message = format!("The control API has nothing at {shown}{}.", self.path);
        let refusal = Refusal::new(404, "no_such_path", message);
        if SERVER.iter().any(|(_, pattern, _)| fit(pattern, self.path).is_some()) {
            return Err(refusal.hint(format!("It belongs to the whole server: /_standin{}.", self.path)));
        }
        let nearest = crate::engine::load::nearest(self.path, known().map(|(_, pattern, _)| *pattern));
        Err(refusal.hint(format!("Did you mean {shown}{}?", nearest.unwrap_or_default())))
    }
}

fn fit<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut params = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some("*"), Some(segment)) if !segment.is_empty() => params.push(segment),
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return None,
        }
    }
}
