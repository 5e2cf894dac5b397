//! How Celigo speaks.

use std::borrow::Cow;

use crate::apis::celigo::resources::INTEGRATIONS;
use crate::apis::celigo::{access, paging, words};
use crate::engine::action::{Call, Keep, Page, Selection};
use crate::engine::api::{Api, Caller, CredentialForm, Dialect, NextLinks, Resource, Situation, Worded};
use crate::engine::message::Reply;
use crate::engine::problem::Problem;
use crate::engine::store::Record;
use crate::engine::world::World;

/// Celigo's dialect.
pub struct Celigo;

impl Dialect for Celigo {
    fn caller(&self, world: &World, situation: &Situation<'_>) -> Result<Caller, Problem> {
        access::caller(world, situation)
    }

    fn environment(&self, world: &World, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
        access::environment(world, api, origin)
    }

    fn id<'p>(&self, _: &'static str, raw: &'p str) -> Result<Cow<'p, str>, Problem> {
        Ok(Cow::Borrowed(raw))
    }

    fn sees(&self, world: &World, caller: &Caller, resource: &'static Resource, record: &Record) -> bool {
        access::sees(world, caller, resource, record)
    }

    fn selection(&self, call: &Call<'_>, resource: &'static Resource) -> Result<Selection, Problem> {
        let sandbox = if *resource == INTEGRATIONS { call.query.get("sandbox") } else { None };
        let sandbox = match sandbox {
            None => None,
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) => {
                let reason = "must be true or false".to_owned();
                return Err(Problem::Query { parameter: "sandbox".to_owned(), reason });
            }
        };
        let keep = sandbox.map(|wanted| -> Keep {
            Box::new(move |record| record.get("sandbox").and_then(serde_json::Value::as_bool) == Some(wanted))
        });
        Ok(Selection { keep, window: paging::window(call.query)? })
    }

    fn page(&self, call: &mut Call<'_>, page: Page) -> Reply {
        paging::reply(call, page.more, page.json("", ""))
    }

    fn record(&self, _: &mut Call<'_>, status: u16, record: &Record) -> Reply {
        Reply::json_bytes(status, record.bytes().clone())
    }

    fn next_links(&self) -> Option<NextLinks> {
        Some(NextLinks { next: paging::next_link, has_cursor: paging::is_further })
    }

    fn credential_form(&self) -> CredentialForm {
        let access = &[("administrator", false), ("manage", false), ("monitor", true)];
        CredentialForm { list: None, key: "token", access }
    }

    fn problem(&self, _: &mut World, situation: &Situation<'_>, problem: &Problem) -> Worded {
        words::problem(situation, problem)
    }
}
