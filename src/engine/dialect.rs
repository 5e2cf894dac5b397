//! How an API speaks.

use std::borrow::Cow;

use serde_json::Value;

use crate::engine::action::{Call, Order, Page, Selection};
use crate::engine::api::{Api, Caller, ErrorDef, Profile, Resource, Route};
use crate::engine::message::{Reply, Request};
use crate::engine::openapi::Parameter;
use crate::engine::path::{Query, Target};
use crate::engine::problem::Problem;
use crate::engine::rate::Rate;
use crate::engine::store::Record;
use crate::engine::world::World;

/// What a dialect knows while it words something: a call may not exist yet.
pub struct Situation<'a> {
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
pub struct Worded {
    /// The error, of the API's table.
    pub error: &'static ErrorDef,
    /// The reply.
    pub reply: Reply,
}

/// How next links are told.
#[derive(Clone, Copy)]
pub struct NextLinks {
    /// The next link in an answer.
    pub next: fn(&Reply) -> Option<String>,
    /// Whether a query asks for a further page.
    pub has_cursor: fn(&Query<'_>) -> bool,
}

/// How an API's credentials are written in a scenario.
#[derive(Clone, Copy, Debug)]
pub struct CredentialForm {
    /// The key below which the list stands, if it does not stand alone.
    pub list: Option<&'static str>,
    /// The key of the credential itself, where an entry is an object.
    pub key: &'static str,
    /// The access levels an entry may name, and whether they only read.
    pub access: &'static [(&'static str, bool)],
}

/// How an API speaks: credentials, paging, envelope, errors.
pub trait Dialect: Sync {
    /// Who asks. For unknown routes too: many services check the credential first.
    fn caller(&self, world: &World, situation: &Situation<'_>) -> Result<Caller, Problem>;

    /// The environment variables that point a consumer at this API of a world, with values that work: where it is
    /// below an origin, and credentials it takes.
    fn environment(&self, world: &World, api: &Api, origin: &str) -> Vec<(&'static str, String)>;

    /// A path parameter as an id of this API.
    fn id<'p>(&self, parameter: &'static str, raw: &'p str) -> Result<Cow<'p, str>, Problem>;

    /// Whether the caller may see the record at all.
    fn sees(&self, world: &World, caller: &Caller, resource: &'static Resource, record: &Record) -> bool;

    /// Which records a list shows, from the query.
    fn selection(&self, call: &Call<'_>, resource: &'static Resource) -> Result<Selection, Problem>;

    /// The order of a list, where it is not that of creation.
    fn order(&self, _: &Call<'_>, _: &'static Resource) -> Result<Option<Order>, Problem> {
        Ok(None)
    }

    /// How much a profile lets through, unless a world says.
    fn rate(&self, _: Profile) -> Option<Rate> {
        None
    }

    /// The query parameters of a route.
    fn parameters(&self, _: &Route) -> Vec<Parameter> {
        Vec::new()
    }

    /// The JSON Schema of a body of a route that shows one record, or a list, of that schema.
    fn envelope(&self, _: &Route, _many: bool, schema: Value) -> Value {
        schema
    }

    /// A JSON Schema of the bodies of its errors.
    fn error_schema(&self) -> Value {
        Value::Bool(true)
    }

    /// One page of records.
    fn page(&self, call: &mut Call<'_>, page: &Page) -> Reply;

    /// One record.
    fn record(&self, call: &mut Call<'_>, status: u16, record: &Record) -> Reply;

    /// A problem.
    fn problem(&self, world: &mut World, situation: &Situation<'_>, problem: &Problem) -> Worded;

    /// The status of an error on a route.
    fn status(&self, route: &Route, error: &ErrorDef) -> u16 {
        let _ = route;
        error.status
    }

    /// How its next links are told, if it issues any.
    fn next_links(&self) -> Option<NextLinks> {
        None
    }

    /// How scenarios write its credentials.
    fn credential_form(&self) -> CredentialForm {
        CredentialForm { list: None, key: "token", access: &[] }
    }

    /// Adds the headers that every answer of this API carries.
    fn always(&self, _: &mut Reply) {}
}
