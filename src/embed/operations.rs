//! Lists of what is served, for people and programs.

use crate::control::control_openapi as openapi_of_control;
use crate::embed::fixtures::ROUTER;
use crate::embed::words::{Action, Api};
use crate::engine::api::router::Row;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::profile::Profile;
use crate::http::message::Method;

/// An operation, as its table describes it.
///
/// ```
/// use standin::{Action, Evidence, operations};
///
/// let all = operations();
/// let create = all.iter().find(|operation| operation.name == "celigo.integrations.create").unwrap();
/// assert_eq!((create.action, create.path), (Action::Create, "/v1/integrations"));
/// assert!(create.outcomes.contains(&(201, "success")));
/// assert_eq!(create.evidence, Evidence::Documented);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Operation {
    /// The name, such as `celigo.integrations.create`.
    pub name: &'static str,
    /// The API.
    pub api: Api,
    /// The method.
    pub method: Method,
    /// The whole path, with parameters in braces.
    pub path: &'static str,
    /// The kind of action.
    pub action: Action,
    /// The documented outcomes: first success, then the errors by name, each with its status.
    pub outcomes: Vec<(u16, &'static str)>,
    /// The evidence.
    pub evidence: Evidence,
    /// The source that documents it, or the reason why it is assumed.
    pub source: &'static str,
    /// A sentence about what the operation does.
    pub about: &'static str,
}

/// Returns every operation, in the order of the tables. [`Operation`] has an example.
#[must_use]
pub fn operations() -> Vec<Operation> {
    ROUTER.rows().iter().map(operation).collect()
}

/// Returns every documented outcome of every operation, each with a count of 0.
#[cfg(feature = "cli")]
pub(crate) fn documented_outcomes() -> Vec<crate::history::coverage::CoverageCell> {
    crate::history::coverage::Coverage::default().table(&ROUTER)
}

/// Returns the `OpenAPI` 3.1 document of an API, from its table.
///
/// ```
/// let document = standin::openapi(standin::Api::Edlink);
/// assert_eq!(document["paths"]["/v1/integrations"]["get"]["operationId"], "edlink.integrations.list");
/// ```
#[must_use]
pub fn openapi(api: Api) -> serde_json::Value {
    crate::engine::api::openapi::openapi(api.table())
}

/// Returns the `OpenAPI` 3.1 document of the control API, from its table.
///
/// ```
/// assert!(standin::control_openapi()["paths"]["/_standin/limits"]["get"].is_object());
/// ```
#[must_use]
pub fn control_openapi() -> serde_json::Value {
    openapi_of_control()
}

fn operation(row: &'static Row) -> Operation {
    let route = row.route;
    let errors = row.errors().map(|error| (row.api.dialect.status(route, error, Profile::Documented), error.name));
    Operation {
        name: row.operation,
        api: Api::of(row.api),
        method: route.method,
        path: &row.path,
        action: Action::of(route.action),
        outcomes: std::iter::once((route.success, "success")).chain(errors).collect(),
        evidence: route.evidence,
        source: route.source,
        about: route.about,
    }
}
