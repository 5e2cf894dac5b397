//! The fields that are shown of each record.

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::apis::celigo::filters::{given, wrong};
use crate::apis::celigo::path_tree::PathTree;
use crate::apis::celigo::resources::{ASHARES, SCRIPTS, WHOLE};
use crate::apis::celigo::{ashares, openapi, paging};
use crate::engine::api::context::Context;
use crate::engine::api::route::Action;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::store::{Page, Record};
use crate::http::message::Response;
use crate::http::target::Query;

/// The field that lists of scripts leave out: only a script that is requested by its id shows it.
const CONTENT: &str = "content";

/// The fields shown of each record: all of it, or those that `include` names, or all but those that `exclude` names.
enum Projection<'q> {
    Whole,
    Include(Vec<&'q str>),
    Exclude(Vec<&'q str>),
}

/// Rejects `include` and `exclude` that make no sense.
pub(super) fn check_projection(query: &Query<'_>) -> Result<(), Problem> {
    projection(query).map(|_| ())
}

fn projection<'q>(query: &'q Query<'_>) -> Result<Projection<'q>, Problem> {
    let paths = |name| {
        let Some(text) = given(query, name) else { return Ok(None) };
        let good = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | ',');
        if text.chars().all(good) {
            Ok(Some(text.split(',').filter(|path| !path.is_empty()).collect::<Vec<_>>()))
        } else {
            Err(wrong(name, "may hold letters, digits, dots and underscores, with commas between"))
        }
    };
    match (paths("include")?, paths("exclude")?) {
        (Some(_), Some(_)) => Err(wrong("include", "and exclude cannot both be given; send one of them")),
        (Some(paths), None) => Ok(Projection::Include(paths)),
        (None, Some(paths)) => Ok(Projection::Exclude(paths)),
        (None, None) => Ok(Projection::Whole),
    }
}

/// Returns the answer with a page of records, as consumers see them.
pub(super) fn response(context: &Context<'_>, page: &Page) -> Response {
    if let Some(status) = context.route.live_empty
        && page.records.is_empty()
        && context.profile() == Profile::Live
    {
        return Response::empty(status);
    }
    paging::response(context, page, array(context, page))
}

/// Returns a page of records as a JSON array, as consumers see them.
pub(super) fn array(context: &Context<'_>, page: &Page) -> Bytes {
    let brief = context.route.action.resource() == Some(&SCRIPTS);
    let narrowed = context.caller.sees.is_some() && page.records.iter().any(|record| is_narrowed(context, record));
    match projection(context.query) {
        Ok(Projection::Whole) | Err(_) if !brief && !narrowed => page.json().clone(),
        _ => array_of(
            context,
            page.records.iter().map(|record| {
                let mut fields = object(context, record);
                if brief {
                    fields.shift_remove(CONTENT);
                }
                fields
            }),
        )
        .into(),
    }
}

/// Returns the answer with one record, as the caller sees it.
pub(super) fn one(context: &Context<'_>, status: u16, record: &Record) -> Response {
    if matches!(context.route.action, Action::Replace(it) if *it == SCRIPTS) && context.profile() == Profile::Live {
        let mut script = object(context, record);
        script.shift_remove(CONTENT);
        return Response::json(status, &script.into());
    }
    if is_narrowed(context, record) {
        return Response::json(status, &object(context, record).into());
    }
    Response::json_bytes(status, record.bytes().clone())
}

/// Tells whether the caller may see less of a record than it shows to others.
fn is_narrowed(context: &Context<'_>, record: &Record) -> bool {
    context.caller.sees.is_some() && *record.resource() == ASHARES
}

fn object(context: &Context<'_>, record: &Record) -> Map<String, Value> {
    let mut object = serde_json::from_slice(record.bytes()).expect("a record's bytes are JSON");
    if is_narrowed(context, record) {
        ashares::narrow(&context.caller, &mut object);
    }
    object
}

/// Writes records as a JSON array, with the fields that the query selects.
pub(super) fn array_of(context: &Context<'_>, records: impl Iterator<Item = Map<String, Value>>) -> Vec<u8> {
    let projection = projection(context.query).unwrap_or(Projection::Whole);
    let always = openapi::listed(context.route).map_or(&[][..], |resource| resource.always_shown);
    // The tree looks members up by name, so that many paths take no longer than few.
    let paths: PathTree = match &projection {
        Projection::Whole => PathTree::default(),
        Projection::Include(paths) => ["_id", "name"].iter().chain(always).chain(paths).copied().collect(),
        Projection::Exclude(paths) => paths.iter().filter(|path| **path != "_id").copied().collect(),
    };
    let shown = records.map(|record| match &projection {
        Projection::Whole => Value::Object(record),
        Projection::Include(_) if always.contains(&WHOLE) => Value::Object(record),
        Projection::Include(_) => Value::Object(paths.some_of(&record)),
        Projection::Exclude(_) => paths.rest_of(Value::Object(record)),
    });
    Value::from(shown.collect::<Vec<_>>()).to_string().into_bytes()
}
