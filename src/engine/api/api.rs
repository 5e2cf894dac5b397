//! The description of one API: its resources, its routes, its errors, and how it speaks.
//!
//! Everything here is `const`-constructible, so that an API reads as a table.

use serde_json::Value;

use crate::engine::api::dialect::Dialect;
use crate::engine::api::route::Route;
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::engine::state::hooks::{HookTable, Resource};
use crate::engine::state::settings::Settings;

/// The description of one API: a table, made once and kept in a `static`.
#[non_exhaustive]
pub struct Api {
    /// The name in operations, collections and settings: `celigo`.
    pub name: &'static str,
    /// The name in prose.
    pub title: &'static str,
    /// The first path segment of nearly all its routes: `/v1`.
    pub base: &'static str,
    /// The hosts of the real service, which is spoken to over TLS. `.example.org` is every host below `example.org`.
    pub hosts: &'static [&'static str],
    /// First path segments of routes that lie [outside](Route::outside) of the base: `/sso`.
    pub other_bases: &'static [&'static str],
    /// Its operations.
    pub routes: &'static [Route],
    /// Its kinds of records, including those no route shows.
    pub resources: &'static [Resource],
    /// The errors it can answer with.
    pub errors: &'static [&'static ErrorDef],
    /// Errors that every operation can answer with.
    pub common_errors: &'static [&'static ErrorDef],
    /// The dialect it speaks.
    pub dialect: &'static dyn Dialect,
    /// Signs what it sends its customers, if it sends anything.
    pub webhook: Option<Webhook>,
    /// The most bytes of a body that the service takes.
    pub body_bytes: usize,
    /// The records that worlds start with: the name of a collection without the API's, and a JSON array.
    pub fixtures: &'static [(&'static str, &'static str)],
}

/// A request that a service would send to a customer.
#[derive(Clone, Debug)]
pub struct WebhookOrder {
    /// The type of the event.
    pub kind: String,
    /// The payload it carries.
    pub payload: Option<Value>,
    /// The secret to sign with, where the records hold another or none.
    pub secret: Option<String>,
    /// The time of the signature, in seconds since 1970; `None` is the world's time.
    pub at_s: Option<u64>,
}

/// A request that is ready to be sent.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Makes and signs a request to a customer.
pub type Webhook = fn(&State, &WebhookOrder) -> Result<SignedRequest, Problem>;

impl Api {
    /// Returns an API without operations, records or errors. `name` is that in operations, collections and settings,
    /// `base` the beginning of its paths, such as `/v1`.
    pub const fn new(
        name: &'static str,
        title: &'static str,
        base: &'static str,
        dialect: &'static dyn Dialect,
    ) -> Self {
        Self {
            name,
            title,
            base,
            hosts: &[],
            other_bases: &[],
            routes: &[],
            resources: &[],
            errors: &[],
            common_errors: &[],
            dialect,
            webhook: None,
            body_bytes: 10 * 1024 * 1024,
            fixtures: &[],
        }
    }

    /// Sets its operations.
    pub const fn routes(mut self, routes: &'static [Route]) -> Self {
        self.routes = routes;
        self
    }

    /// Sets its kinds of records, including those no route shows.
    pub const fn resources(mut self, resources: &'static [Resource]) -> Self {
        self.resources = resources;
        self
    }

    /// Sets the errors it can answer with; `common` are those that every operation can answer with.
    pub const fn errors(mut self, errors: &'static [&'static ErrorDef], common: &'static [&'static ErrorDef]) -> Self {
        self.errors = errors;
        self.common_errors = common;
        self
    }

    /// Sets the records that worlds start with: the name of each collection without the API's, and a JSON array.
    pub const fn fixtures(mut self, fixtures: &'static [(&'static str, &'static str)]) -> Self {
        self.fixtures = fixtures;
        self
    }

    /// Sets the most bytes of a body that the service takes. Without it: 10 MiB.
    pub const fn body_bytes(mut self, bytes: usize) -> Self {
        self.body_bytes = bytes;
        self
    }

    /// Returns the most bytes of a body: what the service takes, unless a setting says otherwise.
    pub fn body_limit_bytes(&self, settings: &Settings) -> usize {
        let limit = settings.body_limit_bytes;
        if settings.has_body_limit { limit } else { self.body_bytes.min(limit) }
    }

    /// Sets the hosts of the real service. `.example.org` is every host below `example.org`.
    pub const fn hosts(mut self, hosts: &'static [&'static str]) -> Self {
        self.hosts = hosts;
        self
    }

    /// Sets the first path segments of routes that lie [outside](Route::outside) of the base.
    pub const fn other_bases(mut self, bases: &'static [&'static str]) -> Self {
        self.other_bases = bases;
        self
    }

    /// Sets the function that makes and signs what the service sends its customers.
    pub const fn webhook(mut self, webhook: Webhook) -> Self {
        self.webhook = Some(webhook);
        self
    }

    /// Returns all first path segments of its routes.
    pub fn bases(&self) -> impl Iterator<Item = &'static str> + Clone {
        std::iter::once(self.base).chain(self.other_bases.iter().copied())
    }

    /// Tells whether a path lies below one of its bases.
    pub fn has_path(&self, path: &str) -> bool {
        self.bases().any(|base| is_below(path, base))
    }

    /// Tells whether a path lies below another base than the usual one.
    pub fn is_apart(&self, path: &str) -> bool {
        self.other_bases.iter().any(|base| is_below(path, base))
    }

    /// Returns what stands before the paths of a route.
    pub fn base_of(&self, route: &Route) -> &'static str {
        if route.outside { "" } else { self.base }
    }

    /// Returns the whole path of a route.
    pub fn path_of(&self, route: &Route) -> String {
        format!("{}{}", self.base_of(route), route.path)
    }

    /// Returns the row of an error, by name.
    pub fn error(&self, name: &str) -> Option<&'static ErrorDef> {
        self.errors.iter().copied().find(|error| error.name == name)
    }

    /// Returns the schemas of its kinds of records.
    pub fn schemas(&self) -> impl Iterator<Item = &'static Schema> + use<> {
        self.resources.iter().map(|resource| resource.schema)
    }

    /// Returns the resource of a collection name such as `celigo.flows`.
    pub fn resource(&self, collection: &str) -> Option<&'static Schema> {
        self.schemas().find(|schema| schema.name == collection)
    }
}

fn is_below(path: &str, base: &str) -> bool {
    path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the hooks of all kinds of records of these APIs.
pub(crate) fn hooks_of(apis: &[&'static Api]) -> HookTable {
    HookTable::new(apis.iter().flat_map(|api| api.resources))
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Compares names: a server refuses two APIs of one name.
impl PartialEq for Api {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Api {}

impl PartialOrd for Api {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Api {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name.cmp(other.name)
    }
}

impl std::hash::Hash for Api {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}
