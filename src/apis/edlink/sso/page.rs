//! The pages of a sign-on, for a person at a browser, without script, cookie or a file from another place.

use std::fmt::Write as _;

use crate::apis::edlink::graph::people_of;
use crate::apis::edlink::sso::back::{DECLINED, OUTCOME, PERSON};
use crate::engine::api::context::Context;
use crate::engine::store::Record;
use crate::http::html::{escaped, page as html};
use crate::http::message::Response;

pub(super) use crate::http::html::MEDIA;

/// The most people a page lists.
const MOST: usize = 200;

/// Shows the page on which a person chooses who signs in.
pub(super) fn choice(context: &Context<'_>, integration: &Record) -> Response {
    let link = |name: &str, value: &str| escaped(&format!("?{}", context.query.with(&[(name, Some(value))])));
    let mut page = String::new();
    for person in people_of(context.state, integration).take(MOST) {
        let id = person.id();
        let name = person.text("display_name").or(person.text("email")).unwrap_or(id);
        let roles = person.get("roles").and_then(|roles| roles.as_array()).map(Vec::as_slice).unwrap_or_default();
        let roles: Vec<&str> = roles.iter().filter_map(|role| role.as_str()).collect();
        let (href, name, roles) = (link(PERSON, id), escaped(name), escaped(&roles.join(", ")));
        let _ = writeln!(page, "<li><a data-standin-person=\"{id}\" href=\"{href}\">{name}</a> {roles}</li>");
    }
    let kept = context.query.pairs().filter(|(name, _)| ![PERSON, OUTCOME].contains(name)).map(|(name, value)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", escaped(name), escaped(value))
    });
    let body = format!(
        "<h1>Who signs in?</h1>\n<ul>\n{page}</ul>\n<form method=\"get\">\n{}\
         <label>E-mail address or id <input name=\"{PERSON}\"></label>\n<button>Sign in</button>\n</form>\n\
         <p><a data-standin-outcome=\"{DECLINED}\" href=\"{}\">Decline</a></p>\n",
        kept.collect::<String>(),
        link(OUTCOME, DECLINED),
    );
    html(200, "Sign in", &body)
}

/// Shows an error.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Response {
    let body = format!("<h1 data-standin-error=\"{0}\">{0}</h1>\n<p>{1}</p>\n", escaped(code), escaped(message));
    html(status, code, &body)
}
