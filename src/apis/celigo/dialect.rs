//! How Celigo speaks.

use std::borrow::Cow;

use serde_json::Value;

use crate::apis::celigo::{API, access, described, filters, lists, paging, words};
use crate::engine::action::{Call, Order, Page, Selection};
use crate::engine::api::{
    Api, Caller, CredentialForm, Dialect, NextLinks, Profile, Resource, Route, Situation, Worded,
};
use crate::engine::message::Reply;
use crate::engine::openapi::Parameter;
use crate::engine::problem::Problem;
use crate::engine::rate::Rate;
use crate::engine::store::Record;
use crate::engine::world::World;

/// What the running service lets through.
const LIVE_RATE: Rate = Rate { requests: 1_000, per_second: 300 };

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
        lists::check_projection(call.query)?;
        let keep = filters::keep(call.query, resource)?;
        Ok(Selection { keep, window: paging::window(call.query)? })
    }

    fn order(&self, call: &Call<'_>, resource: &'static Resource) -> Result<Option<Order>, Problem> {
        filters::order(call.query, resource)
    }

    fn rate(&self, profile: Profile) -> Option<Rate> {
        (profile == Profile::Live).then_some(LIVE_RATE)
    }

    fn parameters(&self, route: &Route) -> Vec<Parameter> {
        described::parameters(route)
    }

    fn error_schema(&self) -> Value {
        described::error_schema()
    }

    fn page(&self, call: &mut Call<'_>, page: &Page) -> Reply {
        lists::reply(call, page)
    }

    fn record(&self, call: &mut Call<'_>, status: u16, record: &Record) -> Reply {
        lists::one(call, status, record)
    }

    fn next_links(&self) -> Option<NextLinks> {
        Some(NextLinks { next: paging::next_link, has_cursor: paging::is_further })
    }

    fn credential_form(&self) -> CredentialForm {
        let access = &[("administrator", false), ("manage", false), ("monitor", true)];
        CredentialForm { list: None, key: "token", access }
    }

    fn problem(&self, world: &mut World, situation: &Situation<'_>, problem: &Problem) -> Worded {
        words::problem(world.settings.profile(&API), situation, problem)
    }
}
