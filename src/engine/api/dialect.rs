//! Dialects: the ways in which APIs speak.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::engine::api::api::Api;
use crate::engine::api::caller::Caller;
use crate::engine::api::context::{Context, Order, Selection};
use crate::engine::api::openapi::Parameter;
use crate::engine::api::route::Route;
use crate::engine::schema::error_def::{ErrorDef, Evidence, Variant};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::engine::state::rate_limit::RateLimit;
use crate::engine::store::Page;
use crate::engine::store::Record;
use crate::http::message::{Request, Response};
use crate::http::target::{Query, Target};

/// The facts of a request that a dialect renders a problem for, before there may be a [`Context`].
pub struct RequestContext<'a> {
    /// The API asked.
    pub api: &'static Api,
    /// The route, once found.
    pub route: Option<&'static Route>,
    /// The request.
    pub request: &'a Request<'a>,
    /// Its target.
    pub target: &'a Target<'a>,
}

/// A problem put into an API's words.
#[derive(Debug)]
pub struct RenderedError {
    /// The error, of the API's table.
    pub error: &'static ErrorDef,
    /// The evidence for this answer.
    pub evidence: Evidence,
    /// The answer.
    pub response: Response,
}

/// The form of an API's next links.
#[derive(Clone, Copy)]
pub struct NextLinks {
    /// The next link in an answer.
    pub next: fn(&Response) -> Option<String>,
    /// Tells whether a query asks for a further page.
    pub has_cursor: fn(&Query<'_>) -> bool,
}

/// The form in which an API's credentials are written in a scenario.
#[derive(Clone, Copy, Debug)]
pub struct CredentialForm {
    /// The key below which the list stands, if it does not stand alone.
    pub list: Option<&'static str>,
    /// The key of the credential itself, where an entry is an object.
    pub key: &'static str,
    /// The access levels an entry may name, and whether they only read.
    pub access: &'static [(&'static str, bool)],
}

/// The way in which an API speaks: credentials, paging, envelope, errors.
pub trait Dialect: Sync {
    /// Returns the caller that the credential stands for. This is called for unknown routes too: many services check
    /// the credential first.
    fn caller(&self, state: &State, request_context: &RequestContext<'_>) -> Result<Caller, Problem>;

    /// Returns the environment variables that point a consumer at this API of a world: its URL below an origin, and
    /// credentials that it takes.
    fn environment(&self, state: &State, api: &Api, origin: &str) -> Vec<(&'static str, String)>;

    /// Reads a path parameter as an id of this API.
    fn id<'p>(&self, _parameter: &'static str, raw: &'p str) -> Result<Cow<'p, str>, Problem> {
        Ok(Cow::Borrowed(raw))
    }

    /// Tells whether the caller may see the record at all.
    fn is_visible(&self, _: &State, _: &Caller, _resource: &'static Schema, _record: &Record) -> bool {
        true
    }

    /// Selects the records that a list shows, from the query.
    fn selection(&self, context: &Context<'_>, resource: &'static Schema) -> Result<Selection, Problem>;

    /// Returns the order of a list, where it is not that of creation.
    fn order(&self, _: &Context<'_>, _: &'static Schema) -> Result<Option<Order>, Problem> {
        Ok(None)
    }

    /// Returns the id of the record behind which a list starts, where the query names one.
    fn after<'c>(&self, _: &'c Context<'_>) -> Option<&'c str> {
        None
    }

    /// Returns the rate that a profile lets through, unless a world sets another.
    fn rate(&self, _: Profile) -> Option<RateLimit> {
        None
    }

    /// Returns the JSON Schema of a parameter of a route's path.
    fn path_parameter(&self, _: &Route, _name: &str) -> Value {
        json!({ "type": "string", "minLength": 1 })
    }

    /// Returns the query parameters of a route.
    fn parameters(&self, _: &Route) -> Vec<Parameter> {
        Vec::new()
    }

    /// Returns the JSON Schema of a body of a route that shows one record, or a list, of that schema.
    fn envelope(&self, _: &Route, _many: bool, schema: Value) -> Value {
        schema
    }

    /// Returns a JSON Schema of the bodies of its errors.
    fn error_schema(&self) -> Value {
        Value::Bool(true)
    }

    /// Writes one page of records.
    fn page(&self, context: &mut Context<'_>, page: &Page) -> Response;

    /// Writes one record.
    fn record(&self, context: &mut Context<'_>, status: u16, record: &Record) -> Response;

    /// Writes a problem.
    fn problem(&self, state: &mut State, request_context: &RequestContext<'_>, problem: &Problem) -> RenderedError;

    /// Returns an error as it is on a route, in a profile.
    fn variant(&self, route: &Route, error: &ErrorDef, profile: Profile) -> Variant {
        error.on(route.path, profile)
    }

    /// Returns the status of an error on a route, in a profile.
    fn status(&self, route: &Route, error: &ErrorDef, profile: Profile) -> u16 {
        self.variant(route, error, profile).status
    }

    /// Returns the query parameters that choose a page of a list, and nothing else.
    fn page_parameters(&self) -> &'static [&'static str] {
        &[]
    }

    /// Returns the form of its next links, if it issues any.
    fn next_links(&self) -> Option<NextLinks> {
        None
    }

    /// Returns the form in which scenarios write its credentials.
    fn credential_form(&self) -> CredentialForm {
        CredentialForm { list: None, key: "token", access: &[] }
    }

    /// Adds the headers that every answer of this API carries.
    fn common_headers(&self, _: &mut Response) {}
}
