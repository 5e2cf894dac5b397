//! `when`: a matcher for each part of a request.

use serde_json::Value;

use crate::history::trace::Part;
use crate::scenario::model::matchers::Matcher;
use crate::scenario::model::request_view::RequestView;

/// The matchers of a request's parts. All of them must match.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct When {
    /// The parameters of its path.
    pub params: Option<Matcher>,
    /// The parameters of its query: texts; of several of one name, one that matches is enough.
    pub query: Option<Matcher>,
    /// Its headers, names in lower case; of several of one name, one that matches is enough.
    pub headers: Option<Matcher>,
    /// Its body, as JSON.
    pub body: Option<Matcher>,
    /// Its bearer token.
    pub token: Option<Matcher>,
}

impl When {
    /// Returns the first part of a request that does not match; `None` if all match. Reads no part without a matcher.
    pub(crate) fn fault(&self, view: &RequestView<'_>) -> Option<Part> {
        if !holds(self.params.as_ref(), || Some(view.params())) {
            return Some(Part::Params);
        }
        if self.query.as_ref().is_some_and(|matcher| !view.query_texts().fit(matcher)) {
            return Some(Part::Query);
        }
        if self.headers.as_ref().is_some_and(|matcher| !view.header_texts().fit(matcher)) {
            return Some(Part::Headers);
        }
        if self.token.as_ref().is_some_and(|matcher| !matcher.matches(view.token().map(Value::from).as_ref())) {
            return Some(Part::Token);
        }
        if !holds(self.body.as_ref(), || view.body()) {
            return Some(Part::Body);
        }
        None
    }

    /// Returns a text that the request must have in the first part with a matcher: the part, the member of the part if
    /// the text is one, and the text.
    pub(in crate::scenario) fn first_text(&self) -> Option<(Part, Option<&str>, &str)> {
        let parts = [
            (Part::Params, &self.params),
            (Part::Query, &self.query),
            (Part::Headers, &self.headers),
            (Part::Token, &self.token),
            (Part::Body, &self.body),
        ];
        let (part, matcher) = parts.into_iter().find_map(|(part, matcher)| Some((part, matcher.as_ref()?)))?;
        match matcher {
            Matcher::Equals(Value::String(text)) => Some((part, None, text)),
            matcher => matcher.member_text().map(|(name, text)| (part, Some(name), text)),
        }
    }
}

fn holds<'v>(wanted: Option<&Matcher>, value: impl FnOnce() -> Option<&'v Value>) -> bool {
    wanted.is_none_or(|wanted| wanted.matches(value()))
}
