//! A path of the control API: the world it names, and its row of the table.

use crate::control::error::Error;
use crate::control::table::{ControlRoute, ITSELF, SERVER, WORLD};
use crate::engine::schema::suggest::nearest;

/// A path of the control API, taken apart.
pub(super) struct ControlPath<'p> {
    /// The world named by `/worlds/<name>`, not decoded.
    pub world: Option<&'p str>,
    /// The rest of the path.
    path: &'p str,
}

impl<'p> ControlPath<'p> {
    /// Splits a path below `/_standin`.
    pub(super) fn of(path: &'p str) -> Self {
        match path.strip_prefix("/worlds/") {
            Some(below) => {
                let end = below.find('/').unwrap_or(below.len());
                Self { world: Some(&below[..end]), path: &below[end..] }
            }
            None => Self { world: None, path },
        }
    }

    /// Returns the route, the path's parameters, and true if the route belongs to a world.
    pub(super) fn find(&self, method: &str) -> Result<(&'static ControlRoute, Vec<&'p str>, bool), Error> {
        let method = if method == "HEAD" { "GET" } else { method };
        let shown = self.world.map_or_else(|| "/_standin".to_owned(), |name| format!("/_standin/worlds/{name}"));
        let other = if self.world.is_some() { ITSELF } else { SERVER };
        let known = || other.iter().chain(WORLD);
        let mut allowed = Vec::new();
        for route in known() {
            if let Some(params) = fit(route.path, self.path) {
                if route.method == method {
                    let is_servers = SERVER.iter().any(|server| server.path == route.path);
                    return Ok((route, params, !is_servers));
                }
                allowed.push(route.method);
            }
        }
        if !allowed.is_empty() {
            let message = format!("{shown}{} takes {}, not {method}.", self.path, allowed.join(", "));
            return Err(Error::new(405, "wrong_method", message));
        }
        let message = format!("The control API has nothing at {shown}{}.", self.path);
        let refusal = Error::new(404, "no_such_path", message);
        if SERVER.iter().any(|route| fit(route.path, self.path).is_some()) {
            return Err(refusal.hint(format!("It belongs to the whole server: /_standin{}.", self.path)));
        }
        let nearest = nearest(self.path, known().map(|route| route.path));
        Err(match nearest {
            Some(nearest) => refusal.hint(format!("Did you mean {shown}{nearest}?")),
            None => refusal.hint("GET /_standin lists what there is."),
        })
    }
}

fn fit<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut params = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some(wanted), Some(segment)) if wanted.starts_with('{') && !segment.is_empty() => params.push(segment),
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return None,
        }
    }
}
