//! A request as matchers see it: read only as far as somebody looks.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde_json::{Map, Value};

use crate::engine::message::Request;
use crate::engine::path::{Query, Target};
use crate::engine::router::Row;
use crate::engine::scenario::when::Part;

/// A request as matchers see it, and functions that answer.
pub struct Asked<'a> {
    /// The operation.
    pub(in crate::engine) row: &'a Row,
    /// The request.
    pub(in crate::engine) request: &'a Request<'a>,
    /// Its target.
    pub(in crate::engine) target: &'a Target<'a>,
    given: &'a [(&'static str, Cow<'a, str>)],
    pairs: OnceCell<Query<'a>>,
    params: OnceCell<Value>,
    query: OnceCell<Value>,
    headers: OnceCell<Value>,
    body: OnceCell<Option<Value>>,
}

impl<'a> Asked<'a> {
    /// A request for an operation.
    pub(in crate::engine) fn new(
        row: &'a Row,
        request: &'a Request<'a>,
        target: &'a Target<'a>,
        given: &'a [(&'static str, Cow<'a, str>)],
    ) -> Self {
        let (pairs, params, query) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        let (headers, body) = (OnceCell::new(), OnceCell::new());
        Self { row, request, target, given, pairs, params, query, headers, body }
    }

    /// The operation: the API, then what is done.
    pub fn operation(&self) -> &'static str {
        self.row.operation
    }

    /// The method.
    pub fn method(&self) -> &str {
        self.request.method
    }

    /// A parameter of the path, decoded.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.given.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_ref())
    }

    /// The first header of that (lower-case) name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name)
    }

    /// The parameters of the path, decoded.
    pub fn params(&self) -> &Value {
        let given = || self.given.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_ref())));
        self.params.get_or_init(|| given().collect())
    }

    /// The parameters of the query, decoded; the first of each name.
    pub fn query(&self) -> &Value {
        self.query.get_or_init(|| {
            let mut all = Map::new();
            for (name, value) in self.pairs().pairs() {
                all.entry(name).or_insert_with(|| Value::from(value));
            }
            Value::Object(all)
        })
    }

    /// The same, not put together as JSON.
    fn pairs(&self) -> &Query<'a> {
        self.pairs.get_or_init(|| Query::parse(self.target.query))
    }

    /// The headers, names in lower case; the first of each name.
    pub fn headers(&self) -> &Value {
        self.headers.get_or_init(|| {
            let mut all = Map::new();
            for (name, value) in self.request.headers {
                all.entry(*name).or_insert_with(|| Value::from(String::from_utf8_lossy(value)));
            }
            Value::Object(all)
        })
    }

    /// The body, when it is JSON.
    pub fn body(&self) -> Option<&Value> {
        self.body.get_or_init(|| serde_json::from_slice(self.request.body).ok()).as_ref()
    }

    /// The text of a part, or of a member of it.
    pub(super) fn text(&self, part: Part, member: Option<&str>) -> Option<&str> {
        let value = match (part, member) {
            (Part::Token, None) => return self.token(),
            (Part::Token, Some(_)) => return None,
            (Part::Params, Some(name)) => return self.param(name),
            (Part::Params, None) => self.params(),
            (Part::Query, Some(name)) => return self.pairs().get(name),
            (Part::Query, None) => self.query(),
            (Part::Headers, _) => self.headers(),
            (Part::Body, _) => self.body()?,
        };
        member.map_or(Some(value), |name| value.get(name))?.as_str()
    }

    /// The bearer token.
    pub fn token(&self) -> Option<&str> {
        self.request.bearer()
    }
}
