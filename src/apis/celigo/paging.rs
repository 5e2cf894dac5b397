//! Paging: the part of a list that a query selects, and the links to the other parts.

use http::header::{HeaderValue, LINK};
use serde_json::Value;

use crate::apis::celigo::filters::NOT_TAKEN;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::profile::Profile;
use crate::engine::store::{Page, Record, Window};
use crate::http::message::Response;
use crate::http::target::{Query, world_prefix};

/// The most records of one answer.
const CAP: usize = 1_000;

/// The parameters of paging, with the least value of each, in the order in which faults are told.
const PARAMETERS: [(&str, usize); 5] = [("page", 1), ("limit", 1), ("pageSize", 1), ("offset", 0), ("skip", 0)];

/// The room for links: most have no more bytes.
const LINK_BYTES: usize = 128;

/// Reads a whole number of a query. A number too large for this machine is read as the largest.
fn whole(name: &str, text: &str, least: usize) -> Result<usize, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse().unwrap_or(usize::MAX)).filter(|number| *number >= least);
    number.ok_or_else(|| Problem::Query {
        parameter: name.to_owned(),
        reason: format!("must be a whole number, at least {least}"),
    })
}

/// Returns the part of a list that a query selects: `offset` or `skip` is the start, `limit` the most records; without
/// them, `page` and `pageSize` count, from 1.
pub(super) fn window(query: &Query<'_>) -> Result<Window, Problem> {
    window_up_to(query, CAP)
}

/// Returns the part of a list that the query asks for, at most `cap` records.
pub(super) fn window_up_to(query: &Query<'_>, cap: usize) -> Result<Window, Problem> {
    let mut given = [None; PARAMETERS.len()];
    for (name, value) in query.pairs() {
        if let Some(place) = PARAMETERS.iter().position(|(known, _)| *known == name) {
            if given[place].is_some_and(|first| first != value) {
                return Err(Problem::Query { parameter: name.to_owned(), reason: "is given twice".to_owned() });
            }
            given[place] = Some(value);
        }
    }
    let mut numbers = [None; PARAMETERS.len()];
    for ((number, given), (name, least)) in numbers.iter_mut().zip(given).zip(PARAMETERS) {
        *number = given.map(|text| whole(name, text, least)).transpose()?;
    }
    let [page, limit, page_size, offset, skip] = numbers;
    let limit = limit.or(page_size).unwrap_or(cap).min(cap);
    let pages = page.map(|page| (page - 1).saturating_mul(limit));
    Ok(Window::Offset { skip: offset.or(skip).or(pages).unwrap_or(0), limit })
}

/// Parameters of lists of records, which other lists do not take.
const OF_RECORDS: [&str; 6] = ["after", "include", "exclude", "search", "sort", "sort_by"];

/// Returns the part of a list that takes the parameters of paging only. Other parameters of lists are refused.
pub(super) fn window_alone(query: &Query<'_>) -> Result<Window, Problem> {
    let given = |name: &&&str| query.get(name).is_some_and(|value| !value.is_empty());
    match OF_RECORDS.iter().find(given) {
        Some(name) => Err(Problem::Query { parameter: (*name).to_owned(), reason: NOT_TAKEN.to_owned() }),
        None => window(query),
    }
}

/// Returns the answer with the part of a list that the query selects, with a row for each record.
pub(super) fn rows(
    context: &Context<'_>,
    records: &[Record],
    row: impl Fn(&Record) -> Value,
) -> Result<Response, Problem> {
    let page = Page::of(records, &window_alone(context.query)?);
    if page.records.is_empty()
        && let Some(status) = context.route.live_empty.filter(|_| context.profile() == Profile::Live)
    {
        return Ok(Response::empty(status));
    }
    let body = page.records.iter().map(row).collect::<Value>().to_string();
    Ok(response(context, &page, body))
}

/// Returns the answer with one part of a list: a JSON array, and links to the parts next to it if more follows because
/// of a limit of the consumer or the cap.
pub(super) fn response(context: &Context<'_>, page: &Page, body: impl Into<bytes::Bytes>) -> Response {
    let mut response = Response::json_bytes(context.success(), body);
    // A page with further records was cut by one of the two limits.
    let Window::Offset { skip, limit } = page.window else { return response };
    if !page.more {
        return response;
    }
    let origin = context.origin();
    let mut links = String::with_capacity(2 * LINK_BYTES);
    // The running service's next link names the last record shown.
    if context.profile() == Profile::Live
        && !context.route.pages
        && let Some(last) = page.records.last()
    {
        let limit = limit.to_string();
        let changes = [("limit", Some(limit.as_str())), ("after", Some(last.id()))];
        let gone = ["offset", "skip", "page", "pageSize"].map(|name| (name, None));
        let query = context.query.with(&[&changes[..], &gone[..]].concat());
        response.add("link", &format!("<{origin}{}?{query}>; rel=\"next\"", context.target.path));
        return response;
    }
    let mut link = |start: usize, relation: &str| {
        links.push_str(if links.is_empty() { "<" } else { ", <" });
        links.push_str(&origin);
        write_part(context, start, limit, &mut links);
        [">; rel=\"", relation, "\""].iter().for_each(|text| links.push_str(text));
    };
    link(skip.saturating_add(limit), "next");
    if skip > 0 {
        link(skip.saturating_sub(limit), "prev");
    }
    // Only a request without a socket can have a host that no header can carry.
    if let Ok(links) = HeaderValue::try_from(links) {
        response.headers.append(LINK, links);
    }
    response
}

/// Returns the next link for a body: a path, with the world's prefix if the caller used it.
pub(super) fn next(context: &Context<'_>, page: &Page) -> Option<String> {
    let Window::Offset { skip, limit } = page.window else { return None };
    let mut next = context.target.world.map(world_prefix).unwrap_or_default();
    write_part(context, skip.saturating_add(limit), limit, &mut next);
    Some(next).filter(|_| page.more)
}

/// Adds to a text the path and query of the part of a list that starts at `start`.
fn write_part(context: &Context<'_>, start: usize, limit: usize, text: &mut String) {
    let word = if context.query.get("offset").is_some() { "offset" } else { "skip" };
    let other = if word == "offset" { "skip" } else { "offset" };
    let mut digits = [itoa::Buffer::new(), itoa::Buffer::new()];
    let [start_digits, limit_digits] = &mut digits;
    let (start, limit) = (Some(start_digits.format(start)), Some(limit_digits.format(limit)));
    let changes = [("limit", limit), (word, start), (other, None), ("page", None), ("pageSize", None)];
    text.push_str(context.target.path);
    text.push('?');
    context.query.write_with(&changes, text);
}

/// Returns the next link in an answer.
pub(super) fn next_link(response: &Response) -> Option<String> {
    let links = response.header("link")?.split(", <").find(|link| link.contains("rel=\"next\""))?;
    links.trim_start_matches('<').split_once('>').map(|(link, _)| link.to_owned())
}

/// Tells whether a query selects a part of a list that is not its first.
pub(super) fn is_further(query: &Query<'_>) -> bool {
    query.get("after").is_some_and(|after| !after.is_empty())
        || window(query).is_ok_and(|window| matches!(window, Window::Offset { skip: 1.., .. }))
}
