//! Lists: which records, in which order, and what is shown of each.

use std::cmp::Ordering;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::engine::action::{Call, Keep, Order, Page};
use crate::engine::api::{Profile, Resource};
use crate::engine::clock::parse_ms;
use crate::engine::field::{Field, Kind};
use crate::engine::message::Reply;
use crate::engine::path::Query;
use crate::engine::problem::Problem;
use crate::engine::store::Record;

use crate::apis::celigo::resources::SCRIPTS;
use crate::apis::celigo::{API, paging};

/// Parameters of every list, which are no filters even where a field has their name.
pub const NO_FILTERS: &[&str] =
    &["limit", "offset", "skip", "page", "pageSize", "include", "exclude", "search", "sort"];

/// Lists that the running service answers with 204 when they are empty.
pub const NO_CONTENT: &[&str] = &["flows.list", "connections.list", "integrations.flows", "integrations.connections"];

/// What lists of scripts leave out: only a script asked for by its id shows it.
const CONTENT: &str = "content";

fn wrong(parameter: &str, reason: impl Into<String>) -> Problem {
    Problem::Query { parameter: parameter.to_owned(), reason: reason.into() }
}

/// The records that a query asks for: those whose fields have the given values and that hold the text searched for.
pub fn keep(query: &Query<'_>, resource: &'static Resource) -> Result<Option<Keep>, Problem> {
    let mut tests: Vec<Keep> = Vec::new();
    for (name, value) in query.pairs().filter(|(name, _)| !NO_FILTERS.contains(name)) {
        tests.extend(filter(resource, name, value)?);
    }
    if let Some(text) = given(query, "search") {
        let text = text.to_lowercase();
        let holds =
            move |record: &Record, field| record.text(field).is_some_and(|it| it.to_lowercase().contains(&text));
        tests.push(Box::new(move |record| ["name", "description"].iter().any(|field| holds(record, field))));
    }
    Ok(match tests.len() {
        0 => None,
        1 => tests.pop(),
        _ => Some(Box::new(move |record| tests.iter().all(|test| test(record)))),
    })
}

/// `field=value`, or with `_gte`, `_lte` or `_in` behind the field. Other parameters are no filters.
fn filter(resource: &'static Resource, name: &str, value: &str) -> Result<Option<Keep>, Problem> {
    if let Some(field) = resource.field(name) {
        return equal(field, value);
    }
    let field = |suffix| name.strip_suffix(suffix).and_then(|name| resource.field(name));
    if let Some(field) = field("_in") {
        let wanted: Vec<String> = value.split(',').map(str::to_owned).collect();
        return Ok(Some(Box::new(move |record| {
            record.text(field.name).is_some_and(|text| wanted.iter().any(|wanted| wanted == text))
        })));
    }
    let (field, refused) = match (field("_gte"), field("_lte")) {
        (Some(field), _) => (field, Ordering::Less),
        (_, Some(field)) => (field, Ordering::Greater),
        _ => return Ok(None),
    };
    let Some(bound) = number(field, &Value::from(value)) else {
        return match field.kind {
            Kind::Time => Err(wrong(name, "must be an ISO 8601 time")),
            Kind::Integer => Err(wrong(name, "must be a whole number")),
            _ => Ok(None),
        };
    };
    Ok(Some(Box::new(move |record| {
        let number = record.get(field.name).and_then(|value| number(field, value));
        number.is_some_and(|number| number.cmp(&bound) != refused)
    })))
}

fn equal(field: &'static Field, wanted: &str) -> Result<Option<Keep>, Problem> {
    let name = field.name;
    let text = wanted.to_owned();
    Ok(Some(match field.kind {
        Kind::Flag => {
            let wanted = match wanted {
                "true" => true,
                "false" => false,
                _ => return Err(wrong(name, "must be true or false")),
            };
            Box::new(move |record| (record.get(name) == Some(&Value::Bool(true))) == wanted)
        }
        Kind::Texts | Kind::SomeOf(_) | Kind::References(_) => Box::new(move |record| {
            let values = record.get(name).and_then(Value::as_array);
            values.into_iter().flatten().any(|value| value.as_str() == Some(&text))
        }),
        Kind::List | Kind::Object => return Ok(None),
        _ => Box::new(move |record| match record.get(name) {
            Some(Value::String(value)) => *value == text,
            Some(Value::Number(value)) => text.parse().is_ok_and(|number: serde_json::Number| number == *value),
            _ => false,
        }),
    }))
}

/// A time in milliseconds, or a whole number; a bound of a query is text.
fn number(field: &Field, value: &Value) -> Option<i64> {
    match field.kind {
        Kind::Time => i64::try_from(parse_ms(value.as_str()?)?).ok(),
        Kind::Integer => value.as_i64().or_else(|| value.as_str()?.parse().ok()),
        _ => None,
    }
}

/// The order that `sort` asks for: fields with commas between, `-` before one that falls. Records without the field
/// come first.
pub fn order(query: &Query<'_>, resource: &'static Resource) -> Result<Option<Order>, Problem> {
    let Some(sort) = given(query, "sort") else { return Ok(None) };
    let mut keys: Vec<(&'static str, bool)> = Vec::new();
    for part in sort.split(',') {
        let (name, falls) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        let field = resource.field(name).filter(|field| !matches!(field.kind, Kind::List | Kind::Object));
        let field = field.ok_or_else(|| wrong("sort", format!("has no field {name:?}")))?;
        keys.push((field.name, falls));
    }
    Ok(Some(Box::new(move |one, other| {
        keys.iter().fold(Ordering::Equal, |order, (name, falls)| {
            order.then_with(|| {
                let order = compare(one.get(name), other.get(name));
                if *falls { order.reverse() } else { order }
            })
        })
    })))
}

fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(Value::String(one)), Some(Value::String(other))) => one.cmp(other),
        (Some(Value::Bool(one)), Some(Value::Bool(other))) => one.cmp(other),
        (Some(Value::Number(one)), Some(Value::Number(other))) => {
            one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal)
        }
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

/// What is shown of each record: all of it, or what `include` names, or all but what `exclude` names.
enum Projection<'q> {
    Whole,
    Include(Vec<&'q str>),
    Exclude(Vec<&'q str>),
}

/// Whether `include` and `exclude` make sense.
pub fn check_projection(query: &Query<'_>) -> Result<(), Problem> {
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

/// A parameter that is there and not empty.
fn given<'q>(query: &'q Query<'_>, name: &str) -> Option<&'q str> {
    query.get(name).filter(|text| !text.is_empty())
}

/// The reply that shows a page of records, as consumers see them.
pub fn reply(call: &Call<'_>, page: &Page) -> Reply {
    let live = call.world.settings.profile(&API) == Profile::Live;
    if live && page.records.is_empty() && NO_CONTENT.contains(&call.route.name) {
        return Reply::empty(204);
    }
    paging::reply(call, page, array(call, page))
}

/// A page of records as a JSON array, as consumers see them.
pub fn array(call: &Call<'_>, page: &Page) -> Bytes {
    let brief = call.route.action.resource() == Some(&SCRIPTS);
    match projection(call.query) {
        Ok(Projection::Whole) | Err(_) if !brief => page.json().clone(),
        _ => array_of(
            call,
            page.records.iter().map(|record| {
                let mut fields: Map<String, Value> =
                    serde_json::from_slice(record.bytes()).expect("a record's bytes are JSON");
                if brief {
                    fields.shift_remove(CONTENT);
                }
                fields
            }),
        )
        .into(),
    }
}

/// Records as a JSON array, with what the query wants of each.
pub fn array_of(call: &Call<'_>, records: impl Iterator<Item = Map<String, Value>>) -> Vec<u8> {
    let projection = projection(call.query).unwrap_or(Projection::Whole);
    let shown = records.map(|record| match &projection {
        Projection::Whole => Value::Object(record),
        Projection::Include(paths) => {
            let mut some = Value::Object(Map::new());
            for path in ["_id", "name"].iter().chain(paths) {
                copy(&record, path, &mut some);
            }
            some
        }
        Projection::Exclude(paths) => {
            let mut rest = Value::Object(record);
            paths.iter().filter(|path| **path != "_id").for_each(|path| leave_out(&mut rest, path));
            rest
        }
    });
    Value::from(shown.collect::<Vec<_>>()).to_string().into_bytes()
}

fn copy(from: &Map<String, Value>, path: &str, to: &mut Value) {
    let (name, deeper) = path.split_once('.').map_or((path, None), |(name, deeper)| (name, Some(deeper)));
    let (Some(value), Value::Object(to)) = (from.get(name), to) else { return };
    match (deeper, value) {
        (None, value) => {
            to.insert(name.to_owned(), value.clone());
        }
        (Some(deeper), Value::Object(inner)) => {
            copy(inner, deeper, to.entry(name).or_insert_with(|| Value::Object(Map::new())));
        }
        _ => {}
    }
}

fn leave_out(from: &mut Value, path: &str) {
    let Value::Object(fields) = from else { return };
    match path.split_once('.') {
        None => {
            fields.shift_remove(path);
        }
        Some((name, deeper)) => {
            if let Some(inner) = fields.get_mut(name) {
                leave_out(inner, deeper);
            }
        }
    }
}
