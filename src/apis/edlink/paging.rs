//! Paging by `$first`, `$last`, `$after`, `$before`. A cursor is the id of a record, so that no record is skipped or
//! repeated when others are added or removed.

use crate::apis::edlink::errors::{INVALID_CURSOR, INVALID_PAGE_SIZE};
use crate::apis::edlink::wording::request_id_of;
use crate::engine::api::context::Context;
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::engine::store::{Between, Page, Window};
use crate::http::message::Response;
use crate::http::target::Query;

/// The number of records of a page, unless the client gives one.
const USUAL: usize = 100;

/// The most records a page can have.
const MOST: usize = 10_000;

/// The parameters that page a list.
pub(super) const PARAMETERS: [&str; 4] = ["$first", "$last", "$after", "$before"];

/// The page that a query selects.
pub(super) struct PageQuery<'q> {
    /// True if the newest record comes first.
    pub backward: bool,
    /// The page size.
    pub count: usize,
    /// The record behind which the page starts.
    pub after: Option<&'q str>,
    /// The record before which the page ends.
    pub before: Option<&'q str>,
}

impl<'q> PageQuery<'q> {
    /// Reads the parameters.
    pub(super) fn read(query: &'q Query<'_>) -> Result<Self, Problem> {
        for (one, other) in [("$first", "$last"), ("$after", "$before")] {
            if query.get(one).is_some() && query.get(other).is_some() {
                let message = format!("'{one}' and '{other}' cannot be used together.");
                return Err(Problem::named(INVALID_CURSOR, message));
            }
        }
        let (first, last) = (size(query, "$first")?, size(query, "$last")?);
        let (after, before) = (once(query, "$after", INVALID_CURSOR)?, once(query, "$before", INVALID_CURSOR)?);
        // `$before` alone reads backwards, from the records next to the cursor.
        let backward = last.is_some() || (first.is_none() && before.is_some());
        Ok(Self { backward, count: first.or(last).unwrap_or(USUAL), after, before })
    }
}

/// Returns a parameter. Rejects two different values, of which one would be ignored.
pub(super) fn once<'q>(
    query: &'q Query<'_>,
    parameter: &str,
    error: &'static ErrorDef,
) -> Result<Option<&'q str>, Problem> {
    let mut values = query.pairs().filter(|(name, _)| *name == parameter).map(|(_, value)| value);
    let first = values.next();
    if values.any(|value| Some(value) != first) {
        return Err(Problem::named(error, format!("'{parameter}' is given twice.")));
    }
    Ok(first)
}

fn size(query: &Query<'_>, parameter: &str) -> Result<Option<usize>, Problem> {
    let Some(text) = once(query, parameter, INVALID_PAGE_SIZE)? else { return Ok(None) };
    let number = text.parse().ok().filter(|number| (1..=MOST).contains(number));
    number.map(Some).ok_or_else(|| {
        let message = format!("The value of '{parameter}' must be a whole number from 1 to {MOST}.");
        Problem::named(INVALID_PAGE_SIZE, message)
    })
}

/// Returns the page size of a list that is only read forward.
pub(super) fn first(query: &Query<'_>) -> Result<usize, Problem> {
    Ok(size(query, "$first")?.unwrap_or(USUAL))
}

/// Returns the part of a list that the query asks for.
pub(super) fn window(context: &Context<'_>, resource: &'static Schema) -> Result<Window, Problem> {
    let asked = PageQuery::read(context.query)?;
    let (count, between) = (asked.count, between(context, resource, &asked)?);
    Ok(if asked.backward { Window::Backward { count, between } } else { Window::Forward { count, between } })
}

/// Returns the records between which the query's part of a list lies.
pub(super) fn between(
    context: &Context<'_>,
    resource: &'static Schema,
    asked: &PageQuery<'_>,
) -> Result<Between, Problem> {
    Ok(Between {
        after: asked.after.map(|id| place_of(context, resource, "$after", id)).transpose()?,
        before: asked.before.map(|id| place_of(context, resource, "$before", id)).transpose()?,
    })
}

/// Returns the place of the record that a cursor names.
fn place_of(
    context: &Context<'_>,
    resource: &'static Schema,
    parameter: &'static str,
    id: &str,
) -> Result<u64, Problem> {
    let id = context.api.dialect.id(parameter, id)?;
    // Requests are made from the journal, and no world stores them.
    if !context.state.store.resources().any(|known| std::ptr::eq(known, resource)) {
        let call = context.past.numbers().rev().find(|call| request_id_of(context.state, *call) == *id);
        return call.ok_or_else(|| gone(parameter, &id));
    }
    let record = context.state.store.of(resource).get(&id).filter(|record| context.is_visible(resource, record));
    record.map(crate::engine::store::Record::sequence).ok_or_else(|| gone(parameter, &id))
}

/// Returns the problem of a cursor that names a missing record.
pub(super) fn gone(parameter: &str, id: &str) -> Problem {
    let message = format!("'{parameter}' names {id}, which does not exist any more or never did.");
    Problem::named(INVALID_CURSOR, message)
}

/// Returns the address of the next page, if there is one. A page bounded by the far end of its direction has none: its
/// address would need both `$after` and `$before`.
pub(super) fn next(context: &Context<'_>, page: &Page) -> Option<String> {
    next_behind(context, page.records.last().filter(|_| page.more)?.id())
}

/// Returns the address of the page that starts behind that record.
pub(super) fn next_behind(context: &Context<'_>, last: &str) -> Option<String> {
    let asked = PageQuery::read(context.query).ok()?;
    let (size, cursor, bound) =
        if asked.backward { ("$last", "$before", asked.after) } else { ("$first", "$after", asked.before) };
    if bound.is_some() {
        return None;
    }
    let origin = context.origin();
    let query = context.query.with(&[(size, Some(&asked.count.to_string())), (cursor, Some(last))]);
    Some(format!("{origin}{}?{query}", context.target.path))
}

/// Returns the next link in an answer.
pub(super) fn next_link(response: &Response) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&response.body).ok()?;
    body.get("$next")?.as_str().map(str::to_owned)
}

/// Tells whether a query selects a part of a list that is not its first.
pub(super) fn is_further(query: &Query<'_>) -> bool {
    ["$after", "$before", "$cursor"].iter().any(|name| query.get(name).is_some())
}
