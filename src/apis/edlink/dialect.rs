//! How Edlink speaks: UUIDs, the `$data` envelope, cursors that are records.

use std::borrow::Cow;

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW, HeaderValue,
};
use serde_json::Value;

use crate::apis::edlink::graph::{Asked, EVENTS, Scope, permissions, replies, v1};
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::{access, described, errors, paging};
use crate::engine::action::{Call, Keep, Page, Selection};
use crate::engine::api::{
    Api, Caller, CredentialForm, Dialect, ErrorDef, NextLinks, Resource, Route, Situation, Worded,
};
use crate::engine::data::is_uuid;
use crate::engine::message::Reply;
use crate::engine::openapi::Parameter;
use crate::engine::problem::Problem;
use crate::engine::store::Record;
use crate::engine::world::World;

/// The dialect.
pub struct Edlink;

/// The two versions speak differently of the same records.
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

/// What browsers may send, and whose pages may read the answer.
const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type");
const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");

impl Dialect for Edlink {
    fn caller(&self, world: &World, situation: &Situation<'_>) -> Result<Caller, Problem> {
        access::caller(world, situation)
    }

    fn environment(&self, world: &World, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
        access::environment(world, api, origin)
    }

    fn id<'p>(&self, parameter: &'static str, raw: &'p str) -> Result<Cow<'p, str>, Problem> {
        if !is_uuid(raw) {
            return Err(Problem::BadId { parameter });
        }
        let lower = !raw.bytes().any(|byte| byte.is_ascii_uppercase());
        Ok(if lower { Cow::Borrowed(raw) } else { Cow::Owned(raw.to_ascii_lowercase()) })
    }

    fn sees(&self, world: &World, caller: &Caller, resource: &'static Resource, record: &Record) -> bool {
        match &caller.subject {
            None => *resource != INTEGRATIONS || access::sees(caller, record),
            Some(integration) => Scope::new(&world.store, integration, caller.sees.as_deref()).sees(resource, record),
        }
    }

    fn selection(&self, call: &Call<'_>, resource: &'static Resource) -> Result<Selection, Problem> {
        match (Version::of(call.route), &call.caller.subject) {
            (Version::V2, Some(integration)) => {
                let asked = Asked::read(call, resource)?;
                let hidden = permissions::hidden(call.world, integration, resource);
                let keep =
                    asked.filter.map(|filter| -> Keep { Box::new(move |record| filter.passes(record, &hidden)) });
                Ok(Selection { keep, window: asked.list.window() })
            }
            (Version::V1, Some(_)) if *resource == EVENTS => {
                let known: Keep = Box::new(|event| event.text("target").is_some_and(v1::has_events_about));
                Ok(Selection { keep: Some(known), window: paging::window(call, resource)? })
            }
            _ => Ok(Selection { keep: None, window: paging::window(call, resource)? }),
        }
    }

    fn page(&self, call: &mut Call<'_>, page: &Page) -> Reply {
        let resource = call.route.action.resource().expect("a list shows a resource");
        match (Version::of(call.route), call.caller.subject.is_some()) {
            (Version::V2, true) => {
                let asked = Asked::read(call, resource).expect("what was asked was read once to choose the page");
                replies::page(call, resource, page, asked)
            }
            (Version::V1, true) => v1::page(call, resource, page),
            _ => {
                let end = paging::next(call, page)
                    .map_or_else(|| "}".to_owned(), |next| format!(",\"$next\":{}}}", Value::from(next)));
                let body = [b"{\"$data\":", &page.json()[..], end.as_bytes()].concat();
                Reply::json_bytes(call.route.success, body)
            }
        }
    }

    fn record(&self, call: &mut Call<'_>, status: u16, record: &Record) -> Reply {
        let resource = call.route.action.resource();
        match (Version::of(call.route), resource.filter(|_| call.caller.subject.is_some())) {
            (Version::V2, Some(resource)) => replies::record(call, resource, record),
            (Version::V1, Some(resource)) => v1::record(call, resource, record),
            _ => {
                let (before, after) = (b"{\"$data\":", b"}");
                let mut body = Vec::with_capacity(before.len() + record.bytes().len() + after.len());
                body.extend_from_slice(before);
                body.extend_from_slice(record.bytes());
                body.extend_from_slice(after);
                Reply::json_bytes(status, body)
            }
        }
    }

    fn parameters(&self, route: &Route) -> Vec<Parameter> {
        described::parameters(route)
    }

    fn envelope(&self, route: &Route, many: bool, schema: Value) -> Value {
        described::envelope(Version::of(route) == Version::V2, many, &schema)
    }

    fn error_schema(&self) -> Value {
        described::error_schema()
    }

    fn next_links(&self) -> Option<NextLinks> {
        Some(NextLinks { next: paging::next_link, has_cursor: paging::is_further })
    }

    fn credential_form(&self) -> CredentialForm {
        CredentialForm { list: Some("secrets"), key: "secret", access: &[] }
    }

    fn problem(&self, world: &mut World, situation: &Situation<'_>, problem: &Problem) -> Worded {
        errors::worded(world, situation, problem)
    }

    fn status(&self, route: &Route, error: &ErrorDef) -> u16 {
        errors::status(route.path, error)
    }

    fn always(&self, reply: &mut Reply) {
        if let Some(methods) = reply.headers.get(ALLOW).cloned() {
            reply.headers.append(ACCESS_CONTROL_ALLOW_METHODS, methods);
            reply.headers.append(ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
        }
        reply.headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, ANY_ORIGIN);
    }
}
