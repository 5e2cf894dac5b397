//! How Edlink speaks: UUIDs, the `$data` envelope, cursors that are records.

use std::borrow::Cow;

use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::{access, errors, paging};
use crate::engine::action::{Call, Page, Selection};
use crate::engine::api::{Api, Caller, CredentialForm, Dialect, NextLinks, Resource, Situation, Worded};
use crate::engine::data::is_uuid;
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::Record;
use crate::engine::world::World;

/// The dialect.
pub struct Edlink;

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

    fn sees(&self, _: &World, caller: &Caller, resource: &'static Resource, record: &Record) -> bool {
        *resource != INTEGRATIONS || access::sees(caller, record)
    }

    fn selection(&self, call: &Call<'_>, resource: &'static Resource) -> Result<Selection, Problem> {
        Ok(Selection { keep: None, window: paging::window(call, resource)? })
    }

    fn page(&self, call: &mut Call<'_>, page: Page) -> Reply {
        let end = paging::next(call, &page)
            .map_or_else(|| "}".to_owned(), |next| format!(",\"$next\":{}}}", serde_json::Value::from(next)));
        Reply::json_bytes(call.route.success, page.json("{\"$data\":", &end))
    }

    fn record(&self, _: &mut Call<'_>, status: u16, record: &Record) -> Reply {
        let (before, after) = (b"{\"$data\":", b"}");
        let mut body = Vec::with_capacity(before.len() + record.bytes().len() + after.len());
        body.extend_from_slice(before);
        body.extend_from_slice(record.bytes());
        body.extend_from_slice(after);
        Reply::json_bytes(status, body)
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

    fn always(&self, reply: Reply) -> Reply {
        let reply = match reply.header("allow").map(str::to_owned) {
            Some(methods) => reply
                .with("access-control-allow-methods", methods)
                .with("access-control-allow-headers", "authorization, content-type"),
            None => reply,
        };
        reply.with("access-control-allow-origin", "*")
    }
}
