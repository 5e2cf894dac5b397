//! From a verb and a path to a route.

use std::fmt;

use http::HeaderValue;
use memchr::memchr;

use crate::engine::api::api::{Api, ErrorDef, Route};
use crate::http::message::Method;
use crate::http::target::Target;

/// The routes of some APIs, ready to be found. Finding one does not depend on how many there are.
pub struct Router {
    apis: Vec<&'static Api>,
    rows: &'static [Row],
    paths: matchit::Router<Vec<usize>>,
}

/// A route with what is derived from it once.
pub struct Row {
    /// The API it belongs to.
    pub api: &'static Api,
    /// The row of the table.
    pub route: &'static Route,
    /// Its place among all rows.
    pub number: usize,
    /// The operation's full name: `celigo.integrations.create`.
    pub operation: &'static str,
    /// The same as a header.
    pub header: HeaderValue,
    /// The whole path: `/v1/integrations/{id}`.
    pub path: String,
    /// The names of the path's parameters, in order.
    pub params: Vec<&'static str>,
    /// How many bytes of the path stand before each, after the one before.
    before: Vec<usize>,
}

/// What a path leads to.
pub struct Found<'r, 't> {
    rows: &'static [Row],
    /// The places of the rows of that path, one per verb.
    places: &'r [usize],
    path: &'t str,
}

/// Two rows of the tables cannot both be reached.
#[derive(Debug)]
pub struct RouteConflict {
    /// The operation that came second.
    pub operation: String,
    /// Why it cannot be added.
    pub reason: String,
}

impl fmt::Display for RouteConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be reached: {}", self.operation, self.reason)
    }
}

impl std::error::Error for RouteConflict {}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)
    }
}

impl Row {
    /// The errors it documents: its own, then those every operation of the API has.
    pub fn errors(&self) -> impl Iterator<Item = &'static ErrorDef> + Clone {
        self.route.errors.iter().chain(self.api.common_errors).copied()
    }

    /// Whether it documents the error of that name.
    pub fn documents_error(&self, name: &str) -> bool {
        self.errors().any(|error| error.name == name)
    }

    /// Whether it documents that status.
    pub fn documents_status(&self, status: u16) -> bool {
        let has = |error| self.api.dialect.status(self.route, error) == status;
        self.route.success == status || self.route.live_success == Some(status) || self.errors().any(has)
    }
}

impl Router {
    /// Puts the tables together.
    ///
    /// Rows are made once and live as long as the program, so routers are made once per process.
    pub fn new(apis: &[&'static Api]) -> Result<Self, RouteConflict> {
        let mut rows: Vec<Row> = Vec::new();
        let mut by_path: Vec<(String, Vec<usize>)> = Vec::new();
        for &api in apis {
            for route in api.routes {
                let operation: &'static str = format!("{}.{}", api.name, route.name).leak();
                let path = format!("{}{}", api.base, route.path);
                let params = route.path.split('/').filter_map(param_name).collect();
                let literals = path.split('{').map(|piece| piece.split_once('}').map_or(piece, |(_, after)| after));
                let before = literals.map(str::len).collect();
                // Rows of one path may name its parameters differently; the verbs still belong together.
                let shape =
                    path.split('/').map(|part| param_name(part).map_or(part, |_| "{}")).collect::<Vec<_>>().join("/");
                let number = rows.len();
                let twin = |&other: &usize| rows[other].route.verb == route.verb || rows[other].operation == operation;
                match by_path.iter_mut().find(|(known, _)| *known == shape) {
                    Some((_, numbers)) if numbers.iter().any(twin) => {
                        let reason = format!("another route has {} {path} already", route.verb.as_str());
                        return Err(RouteConflict { operation: operation.to_owned(), reason });
                    }
                    Some((_, numbers)) => numbers.push(number),
                    None => by_path.push((shape, vec![number])),
                }
                let header = HeaderValue::from_static(operation);
                rows.push(Row { api, route, number, operation, header, path, params, before });
            }
        }
        let mut paths = matchit::Router::new();
        for (_, numbers) in by_path {
            let row: &Row = &rows[numbers[0]];
            let (path, operation) = (row.path.clone(), row.operation.to_owned());
            paths.insert(path, numbers).map_err(|error| RouteConflict { operation, reason: error.to_string() })?;
        }
        Ok(Self { apis: apis.to_vec(), rows: rows.leak(), paths })
    }

    /// All routes, in the order of the tables.
    pub fn rows(&self) -> &'static [Row] {
        self.rows
    }

    /// The APIs.
    pub fn apis(&self) -> &[&'static Api] {
        &self.apis
    }

    /// The API whose base a path lies below.
    pub fn api_of(&self, path: &str) -> Option<&'static Api> {
        let below = |api: &&'static Api| {
            path.strip_prefix(api.base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.apis.iter().copied().find(below)
    }

    /// The row of an operation's full name.
    pub fn operation(&self, name: &str) -> Option<&'static Row> {
        self.rows.iter().find(|row| row.operation == name)
    }

    /// The operation that a request of this method to this target is.
    pub fn operation_of(&self, method: &str, target: &str) -> Option<&'static str> {
        let found = self.find(Target::parse(target).path)?;
        found.with(Method::of(method)?).map(|(row, _)| row.operation)
    }

    /// What a path leads to.
    pub fn find<'t>(&self, path: &'t str) -> Option<Found<'_, 't>> {
        let found = self.paths.at(path).ok()?;
        Some(Found { rows: self.rows, places: found.value, path })
    }

    /// The modelled routes most like this request, nearest first: its path decides, then its method.
    pub fn nearest(&self, method: &str, path: &str, most: usize) -> Vec<String> {
        let asked: Vec<&str> = path.split('/').collect();
        let mut ranked: Vec<(usize, bool, String)> = self
            .rows
            .iter()
            .filter(|row| row.route.is_modelled())
            .map(|row| {
                let known: Vec<&str> = row.path.split('/').collect();
                // Another API's paths are no help, however alike.
                let missing = known.len().abs_diff(asked.len()) * 6 + usize::from(known.get(1) != asked.get(1)) * 24;
                let distance: usize = known.iter().zip(&asked).map(|(known, asked)| distance(known, asked)).sum();
                let verb = row.route.verb.as_str();
                (missing + distance, verb != method, format!("{verb} {}", row.path))
            })
            .collect();
        ranked.sort();
        ranked.into_iter().take(most).map(|(_, _, shown)| shown).collect()
    }
}

impl<'t> Found<'_, 't> {
    /// The row for a verb, and its parameters, not decoded.
    pub fn with(&self, verb: Method) -> Option<(&'static Row, impl Iterator<Item = (&'static str, &'t str)>)> {
        let row = self.rows().find(|row| row.route.verb == verb)?;
        let mut rest = self.path;
        let segments = row.before.iter().map(move |before| {
            let from = &rest[*before..];
            let (segment, after) = from.split_at(memchr(b'/', from.as_bytes()).unwrap_or(from.len()));
            rest = after;
            segment
        });
        Some((row, row.params.iter().copied().zip(segments)))
    }

    fn rows(&self) -> impl Iterator<Item = &'static Row> {
        let rows = self.rows;
        self.places.iter().map(move |&place| &rows[place])
    }

    /// The verbs this path has.
    pub fn verbs(&self) -> Vec<Method> {
        let mut verbs: Vec<Method> = self.rows().map(|row| row.route.verb).collect();
        verbs.sort();
        verbs
    }

    /// Those of them that are modelled.
    pub fn modelled_verbs(&self) -> Vec<Method> {
        let mut verbs = self.verbs();
        verbs.retain(|verb| self.with(*verb).is_some_and(|(row, _)| row.route.is_modelled()));
        verbs
    }

    /// The API the path belongs to.
    pub fn api(&self) -> &'static Api {
        self.rows[self.places[0]].api
    }
}

/// How far a segment that was asked is from one of a route. A parameter takes anything, but a name that is right is better.
fn distance(known: &str, asked: &str) -> usize {
    if param_name(known).is_some() { 1 } else { strsim::damerau_levenshtein(known, asked) }
}

fn param_name(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}
