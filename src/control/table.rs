//! The paths of the control API, below `/_standin`.

use serde_json::Value;

use crate::control::door::Asked;
use crate::control::refusal::Refusal;
use crate::control::{data, server, world};

/// What a path does.
pub type Act = fn(&Asked<'_>) -> Result<Value, Refusal>;

/// Method, path, act. A `*` takes one segment.
const PATHS: &[(&str, &str, Act)] = &[
    ("GET", "/health", server::health),
    ("GET", "/ready", server::ready),
    ("GET", "/env", server::environment),
    ("GET", "/routes", server::routes),
    ("POST", "/reset", world::reset),
    ("POST", "/pause", server::pause),
    ("POST", "/refuse", server::refuse),
    ("POST", "/resume", server::resume),
    ("GET", "/clock", world::clock),
    ("POST", "/clock", world::move_clock),
    ("GET", "/journal", world::journal),
    ("GET", "/journal/*", world::journal_entry),
    ("GET", "/coverage", world::coverage),
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

/// The act of a request, and its path's parameters.
pub fn find<'p>(method: &str, path: &'p str) -> Result<(Act, Vec<&'p str>), Refusal> {
    let method = if method == "HEAD" { "GET" } else { method };
    let mut allowed = Vec::new();
    for (verb, pattern, act) in PATHS {
        if let Some(params) = fit(pattern, path) {
            if *verb == method {
                return Ok((*act, params));
            }
            allowed.push(*verb);
        }
    }
    if !allowed.is_empty() {
        let message = format!("/_standin{path} takes {}, not {method}.", allowed.join(", "));
        return Err(Refusal::new(405, "wrong_method", message));
    }
    let known = PATHS.iter().map(|(_, pattern, _)| *pattern);
    let nearest = crate::engine::load::nearest(path, known).unwrap_or_default();
    let message = format!("The control API has nothing at /_standin{path}.");
    Err(Refusal::new(404, "no_such_path", message).hint(format!("Did you mean /_standin{nearest}?")))
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
