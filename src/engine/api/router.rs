//! From a method and a path to a route.

use std::collections::HashMap;
use std::fmt;

use http::HeaderValue;
use memchr::memchr;

use crate::engine::api::api::{Api, hooks_of};
use crate::engine::api::route::Route;
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::profile::Profile;
use crate::engine::state::hooks::HookTable;
use crate::http::message::Method;
use crate::http::target::{Target, decode};

/// The most nearest routes that an answer names: longer lists do not help the consumer.
const NEAREST: usize = 3;

/// The routes of some APIs, indexed: the time to find a route does not depend on their number.
pub(crate) struct Router {
    apis: Vec<&'static Api>,
    rows: &'static [Row],
    hooks: HookTable,
    paths: matchit::Router<Vec<Leaf>>,
}

/// A route with what is derived from it once.
pub(crate) struct Row {
    /// The API it belongs to.
    pub api: &'static Api,
    /// The row of the table.
    pub route: &'static Route,
    /// Its place among all rows.
    pub number: usize,
    /// The operation's full name: `celigo.integrations.create`.
    pub operation: &'static str,
    /// The operation's full name as a header.
    pub header: HeaderValue,
    /// The whole path: `/v1/integrations/{id}`.
    pub path: String,
    /// The names of the path's parameters, in order.
    pub params: Vec<&'static str>,
}

/// A row in the tree of paths, at the end of one of its own.
struct Leaf {
    /// Its place among all rows.
    row: usize,
    params: Vec<Param>,
}

/// A parameter of a path.
struct Param {
    name: &'static str,
    /// The number of bytes of the path between the parameter before it and this one.
    before: usize,
    /// True if it takes the rest of the path.
    is_tail: bool,
    /// Words that other paths have in its place: no value of the parameter is one of them.
    words: Vec<&'static str>,
}

/// The rows that a path leads to.
pub(crate) struct PathRows<'r, 't> {
    rows: &'static [Row],
    /// The rows of that path, one per method.
    leaves: &'r [Leaf],
    path: &'t str,
}

/// Two rows of the tables that no request could tell apart.
#[derive(Debug)]
pub(crate) struct RouteConflict {
    /// The operation that came second.
    pub operation: String,
    /// The reason why it cannot be added.
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
    /// Returns the errors it documents: its own, then those every operation of the API has.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &'static ErrorDef> + Clone {
        self.route.errors.iter().chain(self.api.common_errors).copied()
    }

    /// Tells whether it documents the error of that name.
    pub(crate) fn documents_error(&self, name: &str) -> bool {
        self.errors().any(|error| error.name == name)
    }

    /// Tells whether it documents that status, as it is documented or in a profile.
    pub(crate) fn documents_status(&self, status: u16, profile: Profile) -> bool {
        let status_in = |error, profile| self.api.dialect.status(self.route, error, profile);
        let has = |error| [Profile::Documented, profile].iter().any(|it| status_in(error, *it) == status);
        self.route.success == status
            || self.route.live_success == Some(status)
            || self.route.other_success.is_some_and(|(other, _)| other == status)
            || self.errors().any(has)
    }
}

impl Router {
    /// Indexes the tables of these APIs.
    ///
    /// Rows are made once and live as long as the program, so routers are made once per process.
    pub(crate) fn new(apis: &[&'static Api]) -> Result<Self, RouteConflict> {
        let mut rows: Vec<Row> = Vec::new();
        let mut by_path: Vec<(String, String, Vec<Leaf>)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for &api in apis {
            for route in api.routes {
                let operation: &'static str = format!("{}.{}", api.name, route.name).leak();
                let number = rows.len();
                for &below in std::iter::once(&route.path).chain(route.also) {
                    let base = api.base_of(route);
                    let path = format!("{base}{below}");
                    // Rows of one path may name its parameters differently; the methods still belong together.
                    let shape = path.split('/').map(shape_of).collect::<Vec<_>>().join("/");
                    let place = *places.entry(shape.clone()).or_insert_with(|| {
                        by_path.push((shape, path.clone(), Vec::new()));
                        by_path.len() - 1
                    });
                    let leaves = &mut by_path[place].2;
                    let twin = |leaf: &Leaf| {
                        let other: &Route = rows.get(leaf.row).map_or(route, |row: &Row| row.route);
                        other.method == route.method || other.name == route.name
                    };
                    if leaves.iter().any(twin) {
                        let reason = format!("another route has {} {path} already", route.method.as_str());
                        return Err(RouteConflict { operation: operation.to_owned(), reason });
                    }
                    leaves.push(Leaf { row: number, params: params_of(base.len(), below) });
                }
                let path = api.path_of(route);
                let params = route.path.split('/').filter_map(param_name).collect();
                let header = HeaderValue::from_static(operation);
                rows.push(Row { api, route, number, operation, header, path, params });
            }
        }
        set_words(&mut by_path);
        let mut paths = matchit::Router::new();
        for (_, path, leaves) in by_path {
            let operation = rows[leaves[0].row].operation.to_owned();
            paths.insert(path, leaves).map_err(|error| RouteConflict { operation, reason: error.to_string() })?;
        }
        Ok(Self { apis: apis.to_vec(), rows: rows.leak(), hooks: hooks_of(apis), paths })
    }

    /// Returns the hooks of all kinds of records.
    pub(crate) fn hooks(&self) -> &HookTable {
        &self.hooks
    }

    /// Returns all routes, in the order of the tables.
    pub(crate) fn rows(&self) -> &'static [Row] {
        self.rows
    }

    /// Returns the APIs.
    pub(crate) fn apis(&self) -> &[&'static Api] {
        &self.apis
    }

    /// Returns the API whose base a path lies below.
    pub(crate) fn api_of(&self, path: &str) -> Option<&'static Api> {
        self.apis.iter().copied().find(|api| api.has_path(path))
    }

    /// Returns the row of an operation's full name.
    pub(crate) fn operation(&self, name: &str) -> Option<&'static Row> {
        self.rows.iter().find(|row| row.operation == name)
    }

    /// Returns the operation that a request of this method to this target is.
    pub(crate) fn operation_of(&self, method: &str, target: &str) -> Option<&'static str> {
        let found = self.find(Target::parse(target).path)?;
        found.with(Method::of(method)?).map(|(row, _)| row.operation)
    }

    /// Returns the rows that a path leads to. Where a word of another path stands in the place of a parameter, there
    /// are none.
    pub(crate) fn find<'t>(&self, path: &'t str) -> Option<PathRows<'_, 't>> {
        let leaves: &[Leaf] = self.paths.at(path).ok()?.value;
        let has_words = leaves[0].params.iter().any(|param| !param.words.is_empty());
        if has_words && leaves[0].values(path).any(|(param, value)| param.words.contains(&&*decode(value))) {
            return None;
        }
        Some(PathRows { rows: self.rows, leaves, path })
    }

    /// Returns the modelled routes most like this request, nearest first: its path decides, then its method.
    pub(crate) fn nearest(&self, method: &str, path: &str) -> Vec<String> {
        let asked: Vec<&str> = path.split('/').collect();
        let mut ranked: Vec<(usize, bool, String)> = Vec::with_capacity(NEAREST + 1);
        for row in self.rows.iter().filter(|row| row.route.is_modelled()) {
            let most = ranked.get(NEAREST - 1).map_or(usize::MAX, |(distance, ..)| *distance);
            let Some(distance) = path_distance(&row.path, &asked, most) else { continue };
            let known = row.route.method.as_str();
            ranked.push((distance, known != method, format!("{known} {}", row.path)));
            ranked.sort();
            ranked.truncate(NEAREST);
        }
        ranked.into_iter().map(|(_, _, shown)| shown).collect()
    }
}

impl<'t> PathRows<'_, 't> {
    /// Returns the row for a method, and its parameters, not decoded.
    pub(crate) fn with(&self, method: Method) -> Option<(&'static Row, impl Iterator<Item = (&'static str, &'t str)>)> {
        let of = |method| move |leaf: &&Leaf| self.rows[leaf.row].route.method == method;
        let leaf = self.leaves.iter().find(of(method)).or_else(|| self.leaves.iter().find(of(Method::Any)))?;
        Some((&self.rows[leaf.row], leaf.values(self.path).map(|(param, value)| (param.name, value))))
    }

    fn rows(&self) -> impl Iterator<Item = &'static Row> {
        let rows = self.rows;
        self.leaves.iter().map(move |leaf| &rows[leaf.row])
    }

    /// Tells whether the path refuses methods that no row has.
    pub(crate) fn is_closed(&self) -> bool {
        self.rows().any(|row| row.route.closed)
    }

    /// Returns the methods that the path has.
    pub(crate) fn methods(&self) -> Vec<Method> {
        if self.rows().any(|row| row.route.method == Method::Any) {
            return Method::ALL.to_vec();
        }
        let mut methods: Vec<Method> = self.rows().map(|row| row.route.method).collect();
        methods.sort();
        methods
    }

    /// Returns the methods of the path that are modelled.
    pub(crate) fn modelled_methods(&self) -> Vec<Method> {
        let mut methods = self.methods();
        methods.retain(|method| self.with(*method).is_some_and(|(row, _)| row.route.is_modelled()));
        methods
    }

    /// Returns the API the path belongs to.
    pub(crate) fn api(&self) -> &'static Api {
        self.rows[self.leaves[0].row].api
    }
}

/// The most bytes of a segment that is compared with those of routes letter by letter.
const LONGEST_SEGMENT: usize = 100;

/// Returns the distance of a requested path from a route's, unless it is more than `most`. For most routes it is, which
/// lengths show before letters are compared.
fn path_distance(known: &str, asked: &[&str], most: usize) -> Option<usize> {
    let length = known.split('/').count();
    // Paths of another API do not help the consumer, even if they look alike.
    let is_foreign = known.split('/').nth(1) != asked.get(1).copied();
    let mut total = length.abs_diff(asked.len()) * 6 + usize::from(is_foreign) * 24;
    let least: usize = known.split('/').zip(asked).map(|(known, asked)| least_distance(known, asked)).sum();
    if total + least > most {
        return None;
    }
    total += least;
    for (known, asked) in known.split('/').zip(asked) {
        total += distance(known, asked) - least_distance(known, asked);
        if total > most {
            return None;
        }
    }
    Some(total)
}

/// Returns the distance of a requested segment from a route's. A parameter takes any segment, but an equal name is
/// nearer.
fn distance(known: &str, asked: &str) -> usize {
    if known == asked || param_name(known).is_some() || asked.len() > LONGEST_SEGMENT {
        least_distance(known, asked)
    } else {
        strsim::damerau_levenshtein(known, asked)
    }
}

/// Returns the least distance that two segments can have, without a comparison of their letters.
fn least_distance(known: &str, asked: &str) -> usize {
    if param_name(known).is_some() {
        1
    } else if known == asked {
        0
    } else if asked.len() > LONGEST_SEGMENT {
        // So long a segment is like no name, and the comparison would take long.
        LONGEST_SEGMENT
    } else {
        known.chars().count().abs_diff(asked.chars().count()).max(1)
    }
}

fn param_name(segment: &str) -> Option<&str> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    Some(name.strip_prefix('*').unwrap_or(name))
}

/// Returns a segment, or `{}` for a parameter.
fn shape_of(segment: &str) -> &str {
    match param_name(segment) {
        Some(_) if is_tail(segment) => "{*}",
        Some(_) => "{}",
        None => segment,
    }
}

fn is_tail(segment: &str) -> bool {
    segment.starts_with("{*")
}

impl Leaf {
    /// Returns the parameters with their values in a path, not decoded.
    fn values<'l, 't>(&'l self, path: &'t str) -> impl Iterator<Item = (&'l Param, &'t str)> + use<'l, 't> {
        let mut rest = path;
        self.params.iter().map(move |param| {
            let from = rest.get(param.before..).unwrap_or_default();
            let end = if param.is_tail { None } else { memchr(b'/', from.as_bytes()) };
            let (value, after) = from.split_at(end.unwrap_or(from.len()));
            rest = after;
            (param, value)
        })
    }
}

/// Returns the parameters of a path that begins `base` bytes behind its start.
fn params_of(base: usize, path: &'static str) -> Vec<Param> {
    let mut before = base;
    let mut params = Vec::new();
    for segment in path.split('/').skip(1) {
        before += "/".len();
        match param_name(segment) {
            Some(name) => {
                params.push(Param { name, before, is_tail: is_tail(segment), words: Vec::new() });
                before = 0;
            }
            None => before += segment.len(),
        }
    }
    params
}

/// Sets for each parameter the words that stand in its place in other paths.
fn set_words(by_path: &mut [(String, String, Vec<Leaf>)]) {
    let mut words: HashMap<String, Vec<&'static str>> = HashMap::new();
    for (shape, ..) in &*by_path {
        for (start, segment) in segments(shape).filter(|(_, segment)| !segment.starts_with('{')) {
            let known = words.entry(shape[..start].to_owned()).or_default();
            if !known.contains(&segment) {
                known.push(segment.to_owned().leak());
            }
        }
    }
    for (shape, _, leaves) in by_path {
        let places = segments(shape).filter(|(_, segment)| segment.starts_with('{'));
        let words = places.map(|(start, _)| words.get(&shape[..start]).cloned().unwrap_or_default());
        let words: Vec<Vec<&'static str>> = words.collect();
        for leaf in leaves {
            for (param, words) in leaf.params.iter_mut().zip(&words).filter(|(param, _)| !param.is_tail) {
                param.words.clone_from(words);
            }
        }
    }
}

/// Returns the segments of a path, and where each starts.
fn segments(path: &str) -> impl Iterator<Item = (usize, &str)> {
    path.split('/').scan(0, |start, segment| {
        let here = *start;
        *start += segment.len() + 1;
        Some((here, segment))
    })
}
