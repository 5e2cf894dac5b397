//! Edlink: the table.
//!
//! Two kinds of route: *Meta*, which an application asks with its secret key, and the *Graph*, which an integration's
//! access token opens. [`dialect`] says how all of them speak, [`integrations`] holds the rules of the one kind of
//! record this API is about. What is documented, what is assumed and what is missing stands in `NOTES.md`.

mod access;
mod dialect;
mod errors;
mod graph;
mod integrations;
mod made_up;
mod meta;
mod paging;

use crate::engine::api::{Access, Action, Api, Route, get};

use integrations::INTEGRATIONS;
use meta::{PERMISSIONS, PROVIDERS, SOURCES};

/// The document of the integrations, with both operations.
const SEED: &str = "Edlink documentation, Integrations";
const PROVIDER: &str = "Edlink documentation, Providers";
const PERMISSION: &str = "Edlink documentation, Permissions";

/// What a list can answer but success.
const LIST: &[&str] = &["invalid_page_size", "invalid_cursor", "invalid_uuid"];

/// The same for a list that takes a token.
const LIST_WITH_TOKEN: &[&str] = &["invalid_token", "invalid_page_size", "invalid_cursor", "invalid_uuid"];

const ROUTES: &[Route] = &[
    get("/v1/integrations", "integrations.list", Action::List(&INTEGRATIONS))
        .access(Access::Application)
        .fails(LIST_WITH_TOKEN)
        .documented(SEED)
        .about("Lists the integrations of the application, in the order they were made."),
    get("/v1/integrations/{id}", "integrations.get", Action::Read(&INTEGRATIONS))
        .access(Access::Application)
        .fails(&["invalid_token", "invalid_uuid", "not_found"])
        .documented(SEED)
        .about("Shows one integration, with the access token for its data."),
    get("/v1/providers", "providers.list", Action::List(&PROVIDERS))
        .access(Access::Open)
        .fails(LIST)
        .documented(PROVIDER)
        .about("Lists the source systems Edlink connects to."),
    get("/v1/providers/{id}", "providers.get", Action::Read(&PROVIDERS))
        .access(Access::Open)
        .fails(&["invalid_uuid", "not_found"])
        .documented(PROVIDER)
        .about("Shows one source system."),
    get("/v1/permissions", "permissions.list", Action::List(&PERMISSIONS))
        .access(Access::Open)
        .fails(LIST)
        .documented(PERMISSION)
        .about("Lists what an integration can be allowed to do."),
    get("/v1/permissions/{id}", "permissions.get", Action::Read(&PERMISSIONS))
        .access(Access::Open)
        .fails(&["invalid_uuid", "not_found"])
        .documented(PERMISSION)
        .about("Shows one permission."),
    get("/up", "up", Action::Custom(meta::up))
        .access(Access::Open)
        .observed("Edlink's public clients ask for it")
        .about("Says that the service runs."),
];

/// Edlink.
pub static API: Api = Api {
    name: "edlink",
    title: "Edlink",
    base: "/api",
    routes: ROUTES,
    resources: &[
        &INTEGRATIONS,
        &SOURCES,
        &PROVIDERS,
        &PERMISSIONS,
        &graph::DISTRICTS,
        &graph::SCHOOLS,
        &graph::SESSIONS,
        &graph::COURSES,
        &graph::CLASSES,
        &graph::SECTIONS,
        &graph::PEOPLE,
        &graph::ENROLLMENTS,
        &graph::AGENTS,
        &graph::EVENTS,
    ],
    errors: errors::ERRORS,
    common_errors: &["rate_limited"],
    dialect: &dialect::Edlink,
    made_up: made_up::made_up,
};

#[cfg(test)]
mod tests;
