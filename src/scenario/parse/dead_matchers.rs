//! Matchers that no request can match: a parameter that no path has, a number where only texts stand.

use serde_json::Value;

use crate::engine::schema::suggest::nearest;
use crate::http::position::PathSegment;
use crate::scenario::model::diagnostics::{Code, Diagnostics, did_you_mean};
use crate::scenario::model::matchers::{Matcher, Type};
use crate::scenario::model::rule::Operations;
use crate::scenario::model::when::When;
use crate::scenario::parse::read::FileReader;
use crate::scenario::parse::reader::Node;

impl FileReader<'_, '_> {
    /// Warns of parts of a `when` that no request for these operations has. `None` is all operations.
    pub(in crate::scenario) fn tell_unmatched(&mut self, node: &Node<'_>, when: &When, on: Option<&Operations>) {
        let rows = on.map(|on| self.rows(on)).unwrap_or_default();
        let params: Vec<&str> = rows.iter().flat_map(|row| &row.params).copied().collect();
        let are_some = !rows.is_empty();
        let paths = on.filter(|_| are_some).map(|on| Paths { on, params });
        let part = |key: &str| node.path.iter().cloned().chain([PathSegment::from(key)]).collect::<Vec<_>>();
        for (key, matcher, paths) in
            [("params", &when.params, paths.as_ref()), ("query", &when.query, None), ("headers", &when.headers, None)]
        {
            if let Some(matcher) = matcher {
                self.found.tell_no_texts(&part(key), matcher, paths);
            }
        }
        if let Some(matcher) = &when.token {
            self.found.tell_no_text(&part("token"), matcher);
            self.found.tell_scheme(&part("token"), matcher);
        }
        if let Some(query) = when.query.as_ref().filter(|_| are_some && !node.allows_unknown()) {
            self.tell_unknown_parameters(&part("query"), query, on);
        }
    }
}

impl FileReader<'_, '_> {
    /// Warns of query parameters that no document of these operations knows.
    fn tell_unknown_parameters(&mut self, path: &[PathSegment], matcher: &Matcher, on: Option<&Operations>) {
        let rows = on.map(|on| self.rows(on)).unwrap_or_default();
        let known: Vec<String> =
            rows.iter().flat_map(|row| row.api.dialect.parameters(row.route)).map(|parameter| parameter.name).collect();
        if known.is_empty() || rows.iter().any(|row| !row.route.is_modelled()) {
            return;
        }
        for name in matcher.wanted_members() {
            let is_known = known.iter().any(|known| known == name || known.split(['[', '{', '<']).next() == Some(name));
            let nearest = nearest(name, known.iter().map(String::as_str)).filter(|_| !is_known);
            if let Some(nearest) = nearest {
                let at: Vec<PathSegment> = path.iter().cloned().chain([PathSegment::from(name)]).collect();
                let help =
                    format!("did you mean {nearest}? if it is meant, add \"unknown_fields\": \"allow\" beside it");
                self.found.tell(Code::W06, &at, "is no parameter that a document of these operations knows", help);
            }
        }
    }
}

impl Matcher {
    /// Returns the names of the members that the matcher requires.
    fn wanted_members(&self) -> Vec<&str> {
        match self {
            Self::Subset(members) => {
                let wanted = members.iter().filter(|(_, member)| !member.matches(None));
                wanted.map(|(name, _)| name.as_str()).collect()
            }
            Self::Exact(fields) => fields.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// Operations, and the parameters their paths have.
struct Paths<'p> {
    on: &'p Operations,
    params: Vec<&'p str>,
}

impl Diagnostics<'_> {
    /// Warns of a matcher that no object of texts matches.
    fn tell_no_texts(&mut self, path: &[PathSegment], matcher: &Matcher, paths: Option<&Paths<'_>>) {
        let fits = match matcher {
            Matcher::Subset(members) => {
                for (name, member) in members {
                    let path: Vec<PathSegment> =
                        path.iter().cloned().chain([PathSegment::from(name.as_str())]).collect();
                    match paths.filter(|paths| !paths.params.contains(&name.as_str())) {
                        None => self.tell_no_text(&path, member),
                        Some(_) if member.matches(None) => {}
                        Some(Paths { on, params }) => {
                            let what = format!("never matches: no path of {on} has this parameter");
                            self.tell(Code::W04, &path, what, did_you_mean(name, params.iter().copied()));
                        }
                    }
                }
                true
            }
            Matcher::In(values) => values.iter().any(Value::is_object),
            Matcher::Type(kind) => *kind == Type::Object,
            Matcher::Any | Matcher::Not(_) | Matcher::Len(_) | Matcher::Exact(_) => true,
            Matcher::Equals(_) | Matcher::Items(_) | Matcher::Absent | Matcher::Glob(_) | Matcher::Has(_) => false,
        };
        if !fits {
            let what = "never matches: it is compared with an object of texts";
            self.tell(Code::W04, path, what, "write it as {\"name\": \"value\"}");
        }
    }

    /// Warns of a token that is written with the scheme before it.
    fn tell_scheme(&mut self, path: &[PathSegment], matcher: &Matcher) {
        let texts: Vec<&str> = match matcher {
            Matcher::Equals(value) => value.as_str().into_iter().collect(),
            Matcher::In(values) => values.iter().filter_map(Value::as_str).collect(),
            Matcher::Glob(pattern) => vec![pattern],
            _ => Vec::new(),
        };
        let has_scheme = |text: &str| text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "));
        if texts.into_iter().any(has_scheme) {
            let what = "never matches: the token is what stands behind \"Bearer\"";
            self.tell(Code::W04, path, what, "leave \"Bearer \" out");
        }
    }

    /// Warns of a matcher that matches neither a text nor its absence.
    fn tell_no_text(&mut self, path: &[PathSegment], matcher: &Matcher) {
        let fits = match matcher {
            Matcher::Equals(value) => value.is_string(),
            Matcher::In(values) => values.iter().any(Value::is_string),
            Matcher::Type(kind) => matches!(kind, Type::String | Type::Uuid | Type::ObjectId | Type::DateTime),
            Matcher::Any | Matcher::Absent | Matcher::Not(_) | Matcher::Glob(_) | Matcher::Len(_) => true,
            Matcher::Items(_) | Matcher::Subset(_) | Matcher::Exact(_) | Matcher::Has(_) => false,
        };
        if !fits {
            let help = match matcher {
                Matcher::Equals(Value::Null) => "write {\"@absent\": true} if nothing may be there".to_owned(),
                Matcher::Equals(value) => format!("write \"{value}\""),
                _ => "match a text".to_owned(),
            };
            self.tell(Code::W04, path, "never matches: what is sent there is text", help);
        }
    }
}
