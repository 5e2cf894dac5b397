//! A request as matchers see it: each part is read when a matcher first looks at it.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;

use serde_json::Value;
use smallvec::SmallVec;

use crate::engine::api::router::{Router, Row};
use crate::history::entry::Entry;
use crate::history::trace::Part;
use crate::http::message::{Method, Request};
use crate::http::target::{Query, Target, decode};
use crate::http::tree::{MEMBERS, TreeLimits};
use crate::scenario::model::texts::Texts;

/// A request as matchers see it, and as a function of a test that answers gets it.
///
/// ```
/// use standin::{Answer, Rule, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.fault(Rule::on("celigo.integrations.get").answer(|request, _| {
///     Answer::of_json(200, &serde_json::json!({ "_id": request.param("id"), "name": request.operation() }))
/// }));
/// let answer = world.answer("GET", "/v1/integrations/abc123", &[("authorization", "Bearer any")], b"");
/// assert_eq!(answer.json(), serde_json::json!({ "_id": "abc123", "name": "celigo.integrations.get" }));
/// # Ok::<(), standin::StartError>(())
/// ```
pub struct RequestView<'a> {
    /// The operation.
    pub(crate) row: &'a Row,
    /// The request.
    pub(crate) request: &'a Request<'a>,
    /// Its target.
    pub(crate) target: &'a Target<'a>,
    given: &'a [(&'static str, Cow<'a, str>)],
    pairs: OnceCell<Query<'a>>,
    params: OnceCell<Value>,
    query: OnceCell<Texts>,
    headers: OnceCell<Texts>,
    body: OnceCell<Option<Value>>,
}

impl fmt::Debug for RequestView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestView").field("operation", &self.operation()).finish_non_exhaustive()
    }
}

impl<'a> RequestView<'a> {
    /// Makes the view of a request for an operation.
    pub(crate) fn new(
        row: &'a Row,
        request: &'a Request<'a>,
        target: &'a Target<'a>,
        given: &'a [(&'static str, Cow<'a, str>)],
    ) -> Self {
        let (pairs, params, query) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        let (headers, body) = (OnceCell::new(), OnceCell::new());
        Self { row, request, target, given, pairs, params, query, headers, body }
    }

    /// Returns the operation, with the API's name: `celigo.integrations.get`.
    pub fn operation(&self) -> &'static str {
        self.row.operation
    }

    /// Returns the method.
    pub fn method(&self) -> &str {
        self.request.method
    }

    /// Returns a parameter of the path, decoded.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.given.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    /// Returns the first header of that (lower-case) name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name)
    }

    /// Returns the parameters of the path, decoded.
    pub fn params(&self) -> &Value {
        let given = || self.given.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_ref())));
        self.params.get_or_init(|| given().collect())
    }

    /// Returns the parameters of the query, decoded; the first of each name.
    pub fn query(&self) -> &Value {
        self.query_texts().whole()
    }

    /// Returns all parameters of the query, decoded.
    pub(in crate::scenario) fn query_texts(&self) -> &Texts {
        self.query.get_or_init(|| Texts::of_query(self.pairs().pairs()))
    }

    /// Returns the query as pairs, without the cost of JSON.
    fn pairs(&self) -> &Query<'a> {
        self.pairs.get_or_init(|| Query::parse(self.target.query))
    }

    /// Returns the headers, names in lower case; the values of one name are joined by commas.
    pub fn headers(&self) -> &Value {
        self.header_texts().whole()
    }

    /// Returns all headers, names in lower case.
    pub(in crate::scenario) fn header_texts(&self) -> &Texts {
        self.headers.get_or_init(|| Texts::of_headers(self.request.headers.iter().copied()))
    }

    /// Returns the body, when it is JSON.
    pub fn body(&self) -> Option<&Value> {
        // A rule sees a body before its API does.
        let is_bounded = || TreeLimits::body(MEMBERS).check(self.request.body).is_ok();
        let read = || is_bounded().then(|| serde_json::from_slice(self.request.body).ok()).flatten();
        self.body.get_or_init(read).as_ref()
    }

    /// Returns the text of a part, or of a member of the part.
    pub(in crate::scenario) fn text(&self, part: Part, member: Option<&str>) -> Spotted<'_> {
        let value = match (part, member) {
            (Part::Token, None) => return self.token().into(),
            (Part::Token, Some(_)) => return Spotted::Nothing,
            (Part::Params, Some(name)) => return self.param(name).into(),
            (Part::Params, None) => Some(self.params()),
            (Part::Query, Some(name)) => return Spotted::of(self.pairs().pairs().filter(|(known, _)| *known == name)),
            (Part::Query, None) => Some(self.query()),
            (Part::Headers, Some(name)) => {
                let values = self.request.headers.iter().filter(|(known, _)| *known == name);
                let texts: Result<SmallVec<[(&str, &str); 2]>, _> =
                    values.map(|(known, value)| std::str::from_utf8(value).map(|text| (*known, text))).collect();
                // Headers that are not UTF-8 are left to the matcher itself.
                return texts.map_or(Spotted::Several, |texts| Spotted::of(texts.into_iter()));
            }
            (Part::Headers, None) => Some(self.headers()),
            (Part::Body, _) => self.body(),
        };
        value.and_then(|value| member.map_or(Some(value), |name| value.get(name))?.as_str()).into()
    }

    /// Returns the bearer token.
    pub fn token(&self) -> Option<&str> {
        self.request.bearer()
    }
}

/// The texts at a spot of a request.
pub(in crate::scenario) enum Spotted<'a> {
    /// No text.
    Nothing,
    /// One text.
    One(&'a str),
    /// Several texts, any of which may be the wanted one.
    Several,
}

impl<'a> Spotted<'a> {
    fn of(mut texts: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        match (texts.next(), texts.next()) {
            (None, _) => Self::Nothing,
            (Some((_, text)), None) => Self::One(text),
            (Some(_), Some(_)) => Self::Several,
        }
    }
}

impl<'a> From<Option<&'a str>> for Spotted<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Nothing, Self::One)
    }
}

/// Copies of the parts of a request that matchers look at.
pub(in crate::scenario) struct Parts {
    pub(in crate::scenario) params: Value,
    pub(in crate::scenario) query: Texts,
    pub(in crate::scenario) headers: Texts,
    pub(in crate::scenario) token: Option<Value>,
    pub(in crate::scenario) body: Option<Value>,
    /// The length of a body that is no JSON. Its text may hold credentials in any form, and is not shown.
    pub(in crate::scenario) other_body: Option<usize>,
}

impl Parts {
    pub(in crate::scenario) fn of(view: &RequestView<'_>) -> Self {
        Self {
            params: view.params().clone(),
            query: view.query_texts().clone(),
            headers: view.header_texts().clone(),
            token: view.token().map(Value::from),
            body: view.body().cloned(),
            other_body: Some(view.request.body.len()).filter(|length| *length > 0 && view.body().is_none()),
        }
    }
}

/// Calls `look` with the view of a journal entry's request, as matchers saw it. `None` when it was for no operation.
pub(crate) fn view_of_entry<T>(entry: &Entry, router: &Router, look: impl FnOnce(&RequestView<'_>) -> T) -> Option<T> {
    let headers: Vec<(&str, &[u8])> =
        entry.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = Request {
        method: &entry.method,
        target: &entry.target,
        headers: &headers,
        body: &entry.body,
        arrived_ms: entry.meta.elapsed_ms,
        believes_front: true,
    };
    let target = Target::parse(&entry.target);
    let found = router.find(target.path)?;
    let (row, params) = found.with(Method::of(&entry.method)?)?;
    let params: Vec<(&'static str, Cow<'_, str>)> = params.map(|(name, raw)| (name, decode(raw))).collect();
    Some(look(&RequestView::new(row, &request, &target, &params)))
}
