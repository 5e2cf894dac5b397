//! Filters and orders of lists.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::apis::celigo::secrets::is_secret;
use crate::engine::api::context::{Keep, Order};
use crate::engine::schema::field::{Field, Kind, PRIVATE_PREFIX};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Meaning, Schema};
use crate::engine::schema::time::{LAST_MS, read_ms};
use crate::engine::store::Record;
use crate::http::target::Query;

/// Parameters of every list, which are no filters even where a field has their name.
pub(super) const NO_FILTERS: &[&str] =
    &["limit", "offset", "skip", "page", "pageSize", "after", "include", "exclude", "search", "sort", "sort_by"];

/// The fields that `search` looks at.
const SEARCHED: [&str; 2] = ["name", "description"];

/// The reason for refusing a parameter that a list does not know.
pub(super) const NOT_TAKEN: &str = "is not taken by this list";

/// The ending of a filter by one of several values, with commas between.
const AMONG: &str = "_in";

/// The most milliseconds that a moment may lie before or after 1970.
pub(super) const MOST_MS: i64 = LAST_MS.cast_signed();

/// A test of the order of a value and the wanted one.
type OrderTest = fn(Ordering) -> bool;

/// Endings of a field's name, each with its comparison.
const COMPARISONS: [(&str, OrderTest); 4] =
    [("", Ordering::is_eq), (AMONG, Ordering::is_eq), ("_gte", Ordering::is_ge), ("_lte", Ordering::is_le)];

/// A field, or a text in it, that a list can be filtered and ordered by.
#[derive(Clone, Copy)]
struct Column {
    field: &'static Field,
    /// The member of the field that is meant.
    member: Option<&'static str>,
}

impl Column {
    fn find(resource: &'static Schema, name: &str) -> Option<Self> {
        let other = resource.parameters.iter().find(|(known, _)| *known == name);
        let (name, member) = match other.map(|(_, meaning)| *meaning) {
            Some(Meaning::Field(stored)) => (stored, None),
            Some(Meaning::Member(stored, member)) => (stored, Some(member)),
            _ => (name, None),
        };
        let field = resource.field(name).or_else(|| resource.field(&id_field(name)?))?;
        let is_plain = member.is_some() || !matches!(field.kind, Kind::List | Kind::Object | Kind::Objects(_));
        (is_plain && !field.name.starts_with(PRIVATE_PREFIX) && !is_secret(field.name))
            .then_some(Self { field, member })
    }

    /// Tells whether records can be ordered by it; a column with several values has no order.
    fn is_ordered(self) -> bool {
        !matches!(self.kind(), Kind::Any | Kind::Strings | Kind::EnumList(_) | Kind::References(_))
    }

    fn kind(self) -> Kind {
        if self.member.is_some() { Kind::String } else { self.field.kind }
    }

    fn value(self, record: &Record) -> Option<&Value> {
        let value = record.get(self.field.name)?;
        self.member.map_or(Some(value), |member| value.get(member))
    }

    /// Returns the values to compare: each value of a list; `false` for an absent flag.
    fn values(self, record: &Record) -> &[Value] {
        match self.value(record) {
            Some(Value::Array(values)) => values,
            Some(value) => std::slice::from_ref(value),
            None if matches!(self.kind(), Kind::Bool) => std::slice::from_ref(&Value::Bool(false)),
            None => &[],
        }
    }
}

/// Returns the name of the field for another spelling of it: `flow_id` is `_flowId`.
fn id_field(name: &str) -> Option<String> {
    let words = name.strip_suffix("_id").filter(|words| !words.is_empty() && !words.starts_with('_'))?;
    let mut field = String::from("_");
    for (n, word) in words.split('_').enumerate() {
        let (first, rest) = word.split_at_checked(1)?;
        field.push_str(&if n == 0 { first.to_owned() } else { first.to_ascii_uppercase() });
        field.push_str(rest);
    }
    field.push_str("Id");
    Some(field)
}

/// A value that a query wants, read by the kind of its field.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum WantedValue {
    Flag(bool),
    Whole(i64),
    Time(i64),
    Text(String),
}

impl WantedValue {
    /// Reads a value; the error says what it must be.
    fn read(kind: Kind, text: &str) -> Result<Self, String> {
        match kind {
            Kind::Bool => text.parse().map(Self::Flag).map_err(|_| "must be true or false".to_owned()),
            Kind::Integer => text.parse().map(Self::Whole).map_err(|_| "must be a whole number".to_owned()),
            Kind::Enum(words) if !words.contains(&text) => Err(format!("must be one of {}", words.join(", "))),
            Kind::Time => read_ms(text)
                .or_else(|| text.parse().ok().filter(|ms| (-MOST_MS..=MOST_MS).contains(ms)))
                .map(Self::Time)
                .ok_or_else(|| "must be an ISO 8601 time, or milliseconds since 1970".to_owned()),
            _ => Ok(Self::Text(text.to_owned())),
        }
    }

    /// Returns the order of the wanted value and one of a record, which lies behind all if it is of another kind.
    fn side(&self, value: &Value) -> Ordering {
        self.order(value).map_or(Ordering::Less, Ordering::reverse)
    }

    /// Returns the order of a value of a record and the wanted one.
    fn order(&self, value: &Value) -> Option<Ordering> {
        match self {
            Self::Flag(wanted) => Some(value.as_bool()?.cmp(wanted)),
            Self::Whole(wanted) => Some(value.as_i64()?.cmp(wanted)),
            Self::Time(wanted) => Some(read_ms(value.as_str()?)?.cmp(wanted)),
            Self::Text(wanted) => Some(value.as_str()?.cmp(wanted)),
        }
    }
}

/// Returns the problem of a parameter that is wrong for this reason.
pub(super) fn wrong(parameter: &str, reason: impl Into<String>) -> Problem {
    Problem::Query { parameter: parameter.to_owned(), reason: reason.into() }
}

/// Returns a parameter that is there and not empty.
pub(super) fn given<'q>(query: &'q Query<'_>, name: &str) -> Option<&'q str> {
    query.get(name).filter(|text| !text.is_empty())
}

/// Returns the names that a list can be filtered and ordered by, with their kinds.
pub(super) fn names(resource: &'static Schema) -> impl Iterator<Item = (&'static str, Kind)> {
    let others = resource.parameters.iter().map(|(name, _)| *name);
    let names = resource.fields.iter().map(|field| field.name).chain(others);
    names.filter_map(move |name| Some((name, Column::find(resource, name)?.kind())))
}

/// Returns the names that a list can be ordered by.
pub(super) fn ordered(resource: &'static Schema) -> impl Iterator<Item = &'static str> {
    let is_ordered = move |name: &str| Column::find(resource, name).is_some_and(Column::is_ordered);
    names(resource).map(|(name, _)| name).filter(move |name| is_ordered(name))
}

/// Returns the parameters that are bounds of a field, with its kind.
pub(super) fn bounds(resource: &'static Schema) -> impl Iterator<Item = (&'static str, Meaning)> {
    let is_column = move |name: &str| Column::find(resource, name).is_some();
    resource.parameters.iter().copied().filter(move |(name, _)| !is_column(name))
}

/// Returns the name of the field of a parameter, without the suffix of a comparison.
pub(super) fn field_of(parameter: &str) -> &str {
    let suffixes = COMPARISONS.iter().map(|(suffix, _)| *suffix).filter(|suffix| !suffix.is_empty());
    suffixes.into_iter().find_map(|suffix| parameter.strip_suffix(suffix)).unwrap_or(parameter)
}

/// Returns the test of the records that a query selects: their fields have the given values, and they have the text of
/// `search`.
pub(super) fn keep(query: &Query<'_>, resource: &'static Schema) -> Result<Option<Keep>, Problem> {
    let mut tests: Vec<Keep> = Vec::new();
    let mut read: BTreeMap<&str, (&str, bool)> = BTreeMap::new();
    // A filter without a value is ignored.
    for (name, value) in query.pairs().filter(|(_, value)| !value.is_empty()) {
        // One that is repeated selects nothing more.
        if read.get(name).is_some_and(|(before, _)| *before == value) {
            continue;
        }
        let is_general = NO_FILTERS.contains(&name);
        let test = if is_general { None } else { filter(resource, name, value)? };
        let counts = is_general || test.is_some();
        // Of two different values, one would be ignored.
        if read.insert(name, (value, counts)).is_some_and(|(_, did)| did || counts) {
            return Err(wrong(name, "is given twice"));
        }
        tests.extend(test);
    }
    if let Some(text) = given(query, "search") {
        if !is_searched(resource) {
            return Err(wrong("search", NOT_TAKEN));
        }
        let text = text.to_lowercase();
        let holds =
            move |record: &Record, field| record.text(field).is_some_and(|it| it.to_lowercase().contains(&text));
        tests.push(Box::new(move |record| SEARCHED.iter().any(|field| holds(record, field))));
    }
    Ok(match tests.len() {
        0 => None,
        1 => tests.pop(),
        _ => Some(Box::new(move |record| tests.iter().all(|test| test(record)))),
    })
}

/// Tells whether records of that kind hold a text that `search` looks at.
pub(super) fn is_searched(resource: &'static Schema) -> bool {
    SEARCHED.iter().any(|name| resource.field(name).is_some())
}

/// Reads a filter: `field=value`, or with `_gte`, `_lte` or `_in` behind the field. Other parameters are no filters.
fn filter(resource: &'static Schema, name: &str, value: &str) -> Result<Option<Keep>, Problem> {
    let bound;
    let long = match resource.parameters.iter().find(|(known, _)| *known == name).map(|(_, meaning)| *meaning) {
        Some(Meaning::AtLeast(field)) => {
            bound = format!("{field}_gte");
            &bound
        }
        Some(Meaning::AtMost(field)) => {
            bound = format!("{field}_lte");
            &bound
        }
        Some(meaning @ (Meaning::Only(_) | Meaning::NotModelled)) => return only(meaning, name, value),
        Some(Meaning::Field(_) | Meaning::Member(..)) | None => name,
    };
    let asked = COMPARISONS.iter().find_map(|(suffix, holds)| {
        let column = Column::find(resource, long.strip_suffix(suffix)?)?;
        // Only a kind with an order can have bounds.
        let fits =
            holds(Ordering::Less) == holds(Ordering::Greater) || matches!(column.kind(), Kind::Time | Kind::Integer);
        fits.then_some((*suffix, *holds, column))
    });
    let Some((suffix, holds, column)) = asked else { return Ok(None) };
    // Words of an enumeration have no commas, so that several can be given.
    let is_among = suffix == AMONG || matches!(column.kind(), Kind::Enum(_));
    let texts: Vec<&str> = if is_among { value.split(',').collect() } else { vec![value] };
    let wanted = texts.into_iter().map(|text| WantedValue::read(column.kind(), text)).collect::<Result<Vec<_>, _>>();
    let mut wanted = wanted.map_err(|reason| wrong(name, reason))?;
    wanted.sort_unstable();
    let is_wanted = move |value: &Value| match &*wanted {
        [one] => one.order(value).is_some_and(holds),
        // All are of one kind, so that each knows on which side a value lies.
        several => several.binary_search_by(|wanted| wanted.side(value)).is_ok(),
    };
    Ok(Some(Box::new(move |record| column.values(record).iter().any(&is_wanted))))
}

/// Reads a flag that narrows a list.
fn only(meaning: Meaning, name: &str, value: &str) -> Result<Option<Keep>, Problem> {
    match (value, meaning) {
        ("true", Meaning::Only(field)) => {
            Ok(Some(Box::new(move |record| record.get(field) == Some(&Value::Bool(true)))))
        }
        ("true", _) => Err(wrong(name, "asks for records that standin does not model; leave it out")),
        ("false", _) => Ok(None),
        _ => Err(wrong(name, "must be true or false")),
    }
}

/// Returns the order of `sort`, or `sort_by`: fields with commas between, `-` before a falling one. Records without the
/// field come first.
pub(super) fn order(query: &Query<'_>, resource: &'static Schema) -> Result<Option<Order>, Problem> {
    let Some((parameter, sort)) = ["sort", "sort_by"].into_iter().find_map(|name| Some((name, given(query, name)?)))
    else {
        return Ok(None);
    };
    let (mut keys, mut sorted): (Vec<(Column, bool)>, BTreeSet<&str>) = (Vec::new(), BTreeSet::new());
    for part in sort.split(',') {
        let (name, falls) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        // A column orders nothing that it has ordered before.
        if !sorted.insert(name) {
            continue;
        }
        let column = Column::find(resource, name).filter(|column| column.is_ordered());
        keys.push((column.ok_or_else(|| wrong(parameter, format!("cannot order by {name:?}")))?, falls));
    }
    Ok(Some(Box::new(move |one, other| {
        keys.iter().fold(Ordering::Equal, |order, (column, falls)| {
            order.then_with(|| {
                let order = compare(column.value(one), column.value(other));
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
