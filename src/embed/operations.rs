//! Lists of what is served, for people and programs.

use crate::apis::APIS;
use crate::control::{CONTROL_API, control_openapi};
use crate::embed::fixtures::ROUTER;
use crate::engine::api::router::Row;

/// An operation, as its table describes it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The name, such as `celigo.integrations.create`.
    pub name: &'static str,
    /// The name of the API in prose: `Celigo integrator.io`.
    pub api: &'static str,
    /// The method.
    pub method: &'static str,
    /// The whole path, with parameters in braces.
    pub path: &'static str,
    /// The kind of action: `list`, `read`, `create`, `replace`, `remove`, `custom`, `not modelled`.
    pub action: &'static str,
    /// The documented outcomes: first success, then the errors by name, each with its status.
    pub outcomes: Vec<(u16, &'static str)>,
    /// The evidence: `documented`, `observed` or `assumed`.
    pub evidence: &'static str,
    /// The document that says so, or the reason why it is assumed.
    pub source: &'static str,
    /// A sentence about what the operation does.
    pub about: &'static str,
}

/// Returns every operation, in the order of the tables.
pub fn operations() -> Vec<Operation> {
    ROUTER.rows().iter().map(operation).collect()
}

/// Returns every documented outcome of every operation, none of them served.
#[cfg(feature = "cli")]
pub(crate) fn documented_outcomes() -> Vec<crate::history::coverage::CoverageCell> {
    crate::history::coverage::Coverage::default().table(&ROUTER)
}

/// Returns the `OpenAPI` 3.1 document of an API (`celigo`, `edlink`) or of the control API (`control`), from its table;
/// `None` for an unknown name.
pub fn openapi(api: &str) -> Option<serde_json::Value> {
    if api == CONTROL_API {
        return Some(control_openapi());
    }
    APIS.iter().find(|known| known.name == api).map(|api| crate::engine::api::openapi::openapi(api))
}

fn operation(row: &'static Row) -> Operation {
    let route = row.route;
    let errors = row.errors().map(|error| (row.api.dialect.status(route, error), error.name));
    Operation {
        name: row.operation,
        api: row.api.title,
        method: route.verb.as_str(),
        path: &row.path,
        action: route.action.as_str(),
        outcomes: std::iter::once((route.success, "success")).chain(errors).collect(),
        evidence: route.evidence.as_str(),
        source: route.source,
        about: route.about,
    }
}
