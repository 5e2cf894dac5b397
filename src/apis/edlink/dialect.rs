//! The dialect of Edlink: UUIDs, the `$data` envelope, cursors that are records.

use std::borrow::Cow;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, HeaderValue,
};
use serde_json::Value;

use crate::apis::edlink::graph::{EVENTS, ListQuery, Viewer, envelope, v1};
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::{access, openapi, paging, wording};
use crate::engine::api::api::Api;
use crate::engine::api::caller::Caller;
use crate::engine::api::context::{Context, Keep, Selection};
use crate::engine::api::dialect::{CredentialForm, Dialect, NextLinks, RenderedError, RequestContext};
use crate::engine::api::openapi::Parameter;
use crate::engine::api::route::Route;
use crate::engine::schema::error_def::Evidence;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::state::State;
use crate::engine::state::mutate::is_uuid;
use crate::engine::store::Page;
use crate::engine::store::Record;
use crate::http::message::Response;

/// The dialect.
pub(super) struct Edlink;

/// The versions of the API, which show the same records in different shapes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    V1,
    V2,
}

impl Version {
    fn of(route: &Route) -> Self {
        if route.path.starts_with("/v2/") { Self::V2 } else { Self::V1 }
    }
}

/// Headers that browsers may send, and the origins whose pages may read the answer.
const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");

/// Notes that an answer shows what hangs on selected targets: the documents say that it does, not what that is.
fn rests_on_scope(context: &mut Context<'_>) {
    if context.caller.subject.is_some() && context.caller.sees.is_some() {
        context.rests_on(Evidence::Assumed);
    }
}

impl Dialect for Edlink {
    fn caller(&self, state: &State, request_context: &RequestContext<'_>) -> Result<Caller, Problem> {
        access::caller(state, request_context)
    }

    fn environment(&self, state: &State, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
        access::environment(state, api, origin)
    }

    fn id<'p>(&self, parameter: &'static str, raw: &'p str) -> Result<Cow<'p, str>, Problem> {
        if !is_uuid(raw) {
            return Err(Problem::BadId { parameter });
        }
        let lower = !raw.bytes().any(|byte| byte.is_ascii_uppercase());
        Ok(if lower { Cow::Borrowed(raw) } else { Cow::Owned(raw.to_ascii_lowercase()) })
    }

    fn is_visible(&self, state: &State, caller: &Caller, resource: &'static Schema, record: &Record) -> bool {
        match Viewer::of_caller(state, caller) {
            None => *resource != INTEGRATIONS || access::is_visible(caller, record),
            Some(viewer) => viewer.scope().is_visible(resource, record),
        }
    }

    fn selection(&self, context: &Context<'_>, resource: &'static Schema) -> Result<Selection, Problem> {
        match (Version::of(context.route), &context.caller.subject) {
            (Version::V2, Some(_)) => {
                let asked = ListQuery::read(context, resource)?;
                let hidden = Viewer::of(context).hidden(resource);
                let keep =
                    asked.filter.map(|filter| -> Keep { Box::new(move |record| filter.passes(record, &hidden)) });
                Ok(Selection { keep, window: asked.list.window() })
            }
            (Version::V1, Some(_)) if *resource == EVENTS => {
                let known: Keep = Box::new(|event| event.text("target").is_some_and(v1::has_events_about));
                Ok(Selection { keep: Some(known), window: paging::window(context, resource)? })
            }
            _ => Ok(Selection::of(paging::window(context, resource)?)),
        }
    }

    fn page(&self, context: &mut Context<'_>, page: &Page) -> Response {
        rests_on_scope(context);
        let resource = context.route.action.resource().expect("a list shows a resource");
        match (Version::of(context.route), context.caller.subject.is_some()) {
            (Version::V2, true) => {
                let asked =
                    ListQuery::read(context, resource).expect("what was asked was read once to choose the page");
                envelope::page(context, resource, page, asked)
            }
            (Version::V1, true) => v1::page(context, resource, page),
            _ => {
                let end = paging::next(context, page)
                    .map_or_else(|| "}".to_owned(), |next| format!(",\"$next\":{}}}", Value::from(next)));
                let body = [b"{\"$data\":", &page.json()[..], end.as_bytes()].concat();
                Response::json_bytes(context.route.success, body)
            }
        }
    }

    fn record(&self, context: &mut Context<'_>, status: u16, record: &Record) -> Response {
        rests_on_scope(context);
        let resource = context.route.action.resource();
        match (Version::of(context.route), resource.filter(|_| context.caller.subject.is_some())) {
            (Version::V2, Some(resource)) => envelope::record(context, resource, record),
            (Version::V1, Some(resource)) => v1::record(context, resource, record),
            _ => {
                let (before, after) = (b"{\"$data\":", b"}");
                let mut body = Vec::with_capacity(before.len() + record.bytes().len() + after.len());
                body.extend_from_slice(before);
                body.extend_from_slice(record.bytes());
                body.extend_from_slice(after);
                Response::json_bytes(status, body)
            }
        }
    }

    fn path_parameter(&self, route: &Route, name: &str) -> Value {
        openapi::path_parameter(route, name)
    }

    fn parameters(&self, route: &Route) -> Vec<Parameter> {
        openapi::parameters(route)
    }

    fn envelope(&self, route: &Route, many: bool, schema: Value) -> Value {
        openapi::envelope(Version::of(route) == Version::V2, many, &schema)
    }

    fn error_schema(&self) -> Value {
        openapi::error_schema()
    }

    fn page_parameters(&self) -> &'static [&'static str] {
        &paging::PARAMETERS
    }

    fn next_links(&self) -> Option<NextLinks> {
        Some(NextLinks { next: paging::next_link, has_cursor: paging::is_further })
    }

    fn credential_form(&self) -> CredentialForm {
        CredentialForm { list: Some("secrets"), key: "secret", access: &[] }
    }

    fn problem(&self, state: &mut State, request_context: &RequestContext<'_>, problem: &Problem) -> RenderedError {
        wording::worded(state, request_context, problem)
    }

    fn common_headers(&self, response: &mut Response) {
        if let Some(methods) = response.headers.get(ALLOW).cloned() {
            response.headers.append(ACCESS_CONTROL_ALLOW_METHODS, methods);
            response.headers.append(ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
        }
        response.headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, ANY_ORIGIN);
    }
}
