//! Edlink: the table.
//!
//! There are three kinds of route: *Meta* takes the secret key of an application, the *Graph* the access token of an
//! integration, *User* the token of a person. [`access`] tells the tokens apart, [`dialect`] is how all routes speak,
//! [`integrations`] and [`graph`] hold the rules of the records. `NOTES.md` tells what is documented, assumed and
//! missing.

mod access;
mod coursework;
mod dialect;
mod errors;
mod generator;
mod graph;
mod integration_guard;
mod integrations;
mod meta;
mod not_modelled;
mod openapi;
mod paging;
mod revoked_tokens;
mod sso;
#[cfg(test)]
mod tests;
mod user_api;
mod webhook;
mod wording;

use crate::engine::api::api::Api;
use crate::engine::api::route::{Access, Action, ResponseShape, Route, get};
use crate::engine::api::route_table::{joined, length};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::state::hooks::Resource;

use errors::{
    EXPIRED_TOKEN, INTERNAL, INVALID_CURSOR, INVALID_INTEGRATION_STATE, INVALID_PAGE_SIZE, INVALID_TOKEN, INVALID_UUID,
    MISSING_TOKEN, NOT_FOUND, RATE_LIMITED, UNSHARED_TOKEN,
};
use integrations::INTEGRATIONS;
use meta::{PERMISSIONS, PROVIDERS, SOURCES};

/// The document of the integrations, with both operations.
const SEED: &str = "seeds 000 and 001, Integrations";
const PROVIDER: &str = "Edlink documentation, Providers";
const PERMISSION: &str = "Edlink documentation, Permissions";

const USER: &str = "Edlink documentation, API v2.0, User API";

/// Errors that a request with a person's token can answer.
const WITH_PERSON: &[&ErrorDef] =
    &[MISSING_TOKEN, INVALID_TOKEN, EXPIRED_TOKEN, INVALID_INTEGRATION_STATE, UNSHARED_TOKEN];

/// Errors that a list can answer.
const LIST: &[&ErrorDef] = &[INVALID_PAGE_SIZE, INVALID_CURSOR, INVALID_UUID];

/// Errors that a list that takes a token can answer.
const LIST_WITH_TOKEN: &[&ErrorDef] = &[MISSING_TOKEN, INVALID_TOKEN, INVALID_PAGE_SIZE, INVALID_CURSOR, INVALID_UUID];

/// Integrations and what they are made of, people's tokens, and whether the service runs.
const OWN: &[Route] = &[
    get("/v1/integrations", "integrations.list", Action::List(&INTEGRATIONS))
        .access(Access::Application)
        .fails(LIST_WITH_TOKEN)
        .documented(SEED)
        .about("Lists the integrations of the application, in the order they were made."),
    get("/v1/integrations/{id}", "integrations.get", Action::Read(&INTEGRATIONS))
        .access(Access::Application)
        .fails(&[MISSING_TOKEN, INVALID_TOKEN, INVALID_UUID, NOT_FOUND])
        .documented(SEED)
        .about("Shows one integration, with the access token for its data."),
    get("/v1/providers", "providers.list", Action::List(&PROVIDERS))
        .access(Access::Public)
        .fails(LIST)
        .documented(PROVIDER)
        .about("Lists the source systems Edlink connects to."),
    get("/v1/providers/{id}", "providers.get", Action::Read(&PROVIDERS))
        .access(Access::Public)
        .fails(&[INVALID_UUID, NOT_FOUND])
        .documented(PROVIDER)
        .about("Shows one source system."),
    get("/v1/permissions", "permissions.list", Action::List(&PERMISSIONS))
        .access(Access::Public)
        .fails(LIST)
        .documented(PERMISSION)
        .about("Lists what an integration can be allowed to do."),
    get("/v1/permissions/{id}", "permissions.get", Action::Read(&PERMISSIONS))
        .access(Access::Public)
        .fails(&[INVALID_UUID, NOT_FOUND])
        .documented(PERMISSION)
        .about("Shows one permission."),
    get("/up", "up", Action::Custom(meta::up))
        .access(Access::Public)
        .shows(ResponseShape::File("text/plain"))
        .observed("Edlink's public clients ask for it")
        .about("Says that the service runs."),
    get("/v2/my/profile", "my.profile", Action::Custom(user_api::profile))
        .access(Access::Person)
        .fails(WITH_PERSON)
        .documented(USER)
        .shows(ResponseShape::Part(&graph::PEOPLE))
        .about("Shows the person a token belongs to."),
    get("/v2/my/integration", "my.integration", Action::Custom(user_api::integration))
        .access(Access::Person)
        .fails(WITH_PERSON)
        .documented(USER)
        .about("Shows the integration a person's token came from."),
    get("/v2/my/source", "my.source", Action::Custom(user_api::source))
        .access(Access::Person)
        .fails(WITH_PERSON)
        .documented(USER)
        .about("Shows the source a person's token came from."),
    get("/v1/my/profile", "my.profile_v1", Action::Custom(user_api::profile_v1))
        .access(Access::Person)
        .fails(WITH_PERSON)
        .shows(ResponseShape::One(&graph::PEOPLE_V1))
        .documented("Edlink documentation, API v1.0, User Data API")
        .about("Shows the person a token belongs to, in the shape of v1."),
];

const TABLES: [&[Route]; 6] =
    [OWN, sso::ROUTES, graph::ROUTES, graph::MY_ROUTES, coursework::ROUTES, not_modelled::ROUTES];

const ROUTES: &[Route] = &joined::<{ length(&TABLES) }>(&TABLES);

/// Edlink.
pub(crate) static API: Api = Api::new("edlink", "Edlink", "/api", &dialect::Edlink)
    .hosts(&["ed.link"])
    .other_bases(&["/sso"])
    .body_bytes(32 * 1024 * 1024)
    .routes(ROUTES)
    .errors(errors::ERRORS, &[RATE_LIMITED, INTERNAL])
    .resources(&[
        Resource::new(&INTEGRATIONS)
            .before_write(integrations::prepare)
            .guard(integration_guard::guard)
            .after_change(graph::integration_changed)
            .timer(integrations::start)
            .generator(generator::integration),
        Resource::new(&SOURCES)
            .after_change(|state, change, by| graph::changed(&SOURCES, state, change, by))
            .generator(generator::source),
        Resource::new(&PROVIDERS).generator(generator::provider),
        Resource::new(&PERMISSIONS).generator(generator::permission),
        Resource::new(&graph::DISTRICTS)
            .after_change(|state, change, by| graph::changed(&graph::DISTRICTS, state, change, by))
            .before_write(graph::complete)
            .generator(graph::generator::districts)
            .after_generate(graph::generator::sessions_of),
        Resource::new(&graph::SCHOOLS)
            .after_change(|state, change, by| graph::changed(&graph::SCHOOLS, state, change, by))
            .before_write(graph::complete)
            .generator(graph::generator::schools)
            .comes_with(graph::reckoned::come_with_schools)
            .after_generate(graph::generator::courses_of_schools),
        Resource::new(&graph::SESSIONS)
            .after_change(|state, change, by| graph::changed(&graph::SESSIONS, state, change, by))
            .generator(graph::generator::sessions),
        Resource::new(&graph::COURSES)
            .after_change(|state, change, by| graph::changed(&graph::COURSES, state, change, by))
            .generator(graph::generator::courses),
        Resource::new(&graph::CLASSES)
            .after_change(|state, change, by| graph::changed(&graph::CLASSES, state, change, by))
            .generator(graph::generator::classes),
        Resource::new(&graph::SECTIONS)
            .after_change(|state, change, by| graph::changed(&graph::SECTIONS, state, change, by))
            .generator(graph::generator::sections),
        Resource::new(&graph::PEOPLE)
            .after_change(|state, change, by| graph::changed(&graph::PEOPLE, state, change, by))
            .before_write(graph::complete)
            .generator(graph::generator::people)
            .comes_with(graph::reckoned::come_with_people)
            .after_generate(graph::enrollment_generator::enroll),
        Resource::new(&graph::ENROLLMENTS)
            .after_change(|state, change, by| graph::changed(&graph::ENROLLMENTS, state, change, by))
            .generator(graph::generator::enrollments),
        Resource::new(&graph::AGENTS)
            .after_change(|state, change, by| graph::changed(&graph::AGENTS, state, change, by))
            .generator(graph::generator::agents),
        Resource::new(&graph::SUBJECTS)
            .after_change(|state, change, by| graph::changed(&graph::SUBJECTS, state, change, by))
            .generator(graph::generator::subjects),
        Resource::new(&graph::DEPARTMENTS)
            .after_change(|state, change, by| graph::changed(&graph::DEPARTMENTS, state, change, by))
            .generator(graph::generator::departments),
        Resource::new(&graph::PERIODS)
            .after_change(|state, change, by| graph::changed(&graph::PERIODS, state, change, by))
            .generator(graph::generator::periods),
        Resource::new(&graph::EVENTS).timer(graph::forget_event).generator(graph::generator::events),
        Resource::new(&graph::MATERIALIZATIONS).generator(graph::generator::materializations),
        Resource::new(&graph::PRODUCTS).generator(graph::generator::products),
        Resource::new(&graph::LICENSES).generator(graph::generator::licenses),
        Resource::new(&graph::CURSORS).timer(graph::cursors::expire),
        Resource::new(&coursework::CATEGORIES)
            .after_change(|state, change, by| graph::changed(&coursework::CATEGORIES, state, change, by))
            .generator(coursework::generator::categories),
        Resource::new(&coursework::ASSIGNMENTS)
            .before_write(coursework::states::prepare)
            .after_change(coursework::hooks::assignment_changed)
            .timer(coursework::hooks::moved)
            .generator(coursework::generator::assignments)
            .comes_with(coursework::generator::come_with_assignments)
            .after_generate(coursework::generator::submissions_of),
        Resource::new(&coursework::SUBMISSIONS)
            .after_change(|state, change, by| graph::changed(&coursework::SUBMISSIONS, state, change, by))
            .generator(coursework::generator::submissions),
        Resource::new(&coursework::IDEMPOTENCY_KEYS).timer(coursework::idempotency::expire),
        Resource::new(&sso::APPLICATIONS),
        Resource::new(&sso::SIGN_ONS),
        Resource::new(&sso::LOGINS).generator(graph::generator::logins),
        Resource::new(&sso::EARLIER_TOKENS),
        Resource::new(&revoked_tokens::ENDED_TOKENS),
    ])
    .webhook(webhook::sign);
