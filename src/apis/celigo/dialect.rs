//! The dialect of Celigo.

use serde_json::{Value, json};

use crate::apis::celigo::{API, access, filters, lists, openapi, paging, wording};
use crate::engine::api::api::Api;
use crate::engine::api::caller::Caller;
use crate::engine::api::context::{Context, Order, Selection};
use crate::engine::api::dialect::{CredentialForm, Dialect, NextLinks, RenderedError, RequestContext};
use crate::engine::api::openapi::Parameter;
use crate::engine::api::route::Route;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::engine::state::rate_limit::RateLimit;
use crate::engine::store::{Page, Record};
use crate::http::message::Response;

/// The rate that the running service lets through.
const LIVE_RATE: RateLimit = RateLimit { burst: 1_000, per_second: 300 };

/// Celigo's dialect.
pub(super) struct Celigo;

impl Dialect for Celigo {
    fn caller(&self, state: &State, request_context: &RequestContext<'_>) -> Result<Caller, Problem> {
        access::caller(state, request_context)
    }

    fn environment(&self, state: &State, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
        access::environment(state, api, origin)
    }

    fn is_visible(&self, state: &State, caller: &Caller, resource: &'static Schema, record: &Record) -> bool {
        access::is_visible(state, caller, resource, record)
    }

    fn selection(&self, context: &Context<'_>, resource: &'static Schema) -> Result<Selection, Problem> {
        lists::check_projection(context.query)?;
        let keep = filters::keep(context.query, resource)?;
        Ok(Selection { keep, window: paging::window(context.query)? })
    }

    fn order(&self, context: &Context<'_>, resource: &'static Schema) -> Result<Option<Order>, Problem> {
        filters::order(context.query, resource)
    }

    fn after<'c>(&self, context: &'c Context<'_>) -> Option<&'c str> {
        filters::given(context.query, "after")
    }

    fn rate(&self, profile: Profile) -> Option<RateLimit> {
        (profile == Profile::Live).then_some(LIVE_RATE)
    }

    fn path_parameter(&self, _: &Route, name: &str) -> Value {
        // A key of spaces alone is none.
        let is_key = name == "key";
        if is_key { json!({ "type": "string", "pattern": r"\S" }) } else { json!({ "type": "string", "minLength": 1 }) }
    }

    fn parameters(&self, route: &Route) -> Vec<Parameter> {
        openapi::parameters(route)
    }

    fn error_schema(&self) -> Value {
        openapi::error_schema()
    }

    fn page(&self, context: &mut Context<'_>, page: &Page) -> Response {
        let response = lists::response(context, page);
        // Public clients show the form of the running service's links.
        if context.profile() == Profile::Live && response.header("link").is_some() {
            context.rests_on(Evidence::Observed);
        }
        response
    }

    fn record(&self, context: &mut Context<'_>, status: u16, record: &Record) -> Response {
        lists::one(context, status, record)
    }

    fn page_parameters(&self) -> &'static [&'static str] {
        &["page", "limit", "pageSize", "offset", "skip"]
    }

    fn next_links(&self) -> Option<NextLinks> {
        Some(NextLinks { next: paging::next_link, has_cursor: paging::is_further })
    }

    fn credential_form(&self) -> CredentialForm {
        let access = &[("administrator", false), ("manage", false), ("monitor", true)];
        CredentialForm { list: None, key: "token", access }
    }

    fn problem(&self, state: &mut State, request_context: &RequestContext<'_>, problem: &Problem) -> RenderedError {
        wording::problem(state.settings.profile(API.name), request_context, problem)
    }
}
