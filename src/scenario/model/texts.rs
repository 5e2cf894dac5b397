//! Texts by name, as queries and headers have them: a name may come several times.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::scenario::model::difference::Differences;
use crate::scenario::model::matchers::Matcher;

/// Texts by name.
#[derive(Clone, Debug)]
pub(in crate::scenario) struct Texts {
    /// An object with one text for each name.
    whole: Value,
    /// All texts of the names that came several times.
    repeated: Vec<(String, Vec<Value>)>,
}

impl Texts {
    /// Collects the parameters of a query. The object has the first of each name.
    pub(in crate::scenario) fn of_query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self::collect(pairs.map(|(name, text)| (name, text.into())))
    }

    /// Collects the headers of a request. The object has all values of a name, joined by commas.
    pub(in crate::scenario) fn of_headers<'a>(headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut all = Self::collect(headers.map(|(name, value)| (name, String::from_utf8_lossy(value))));
        for (name, values) in &mut all.repeated {
            let joined = Value::from(values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "));
            all.whole[&*name] = joined.clone();
            values.push(joined);
        }
        all
    }

    fn collect<'a>(pairs: impl Iterator<Item = (&'a str, Cow<'a, str>)>) -> Self {
        let mut first = Map::new();
        let mut repeated: Vec<(String, Vec<Value>)> = Vec::new();
        for (name, text) in pairs {
            let text = Value::from(text);
            let Some(earlier) = first.get(name) else {
                first.insert(name.to_owned(), text);
                continue;
            };
            match repeated.iter_mut().find(|(known, _)| known == name) {
                Some((_, texts)) => texts.push(text),
                None => repeated.push((name.to_owned(), vec![earlier.clone(), text])),
            }
        }
        Self { whole: Value::Object(first), repeated }
    }

    /// Returns an object with one text for each name.
    pub(in crate::scenario) fn whole(&self) -> &Value {
        &self.whole
    }

    /// Tells whether the texts match. Of several texts of a name, one that matches is enough.
    pub(in crate::scenario) fn fit(&self, matcher: &Matcher) -> bool {
        match matcher {
            Matcher::Subset(members) => members.iter().all(|(name, member)| self.member_fits(name, member)),
            whole => whole.matches(Some(&self.whole)),
        }
    }

    fn member_fits(&self, name: &str, matcher: &Matcher) -> bool {
        match self.repeated.iter().find(|(known, _)| known == name) {
            Some((_, texts)) => matcher.matches_texts(texts),
            None => matcher.matches(self.whole.get(name)),
        }
    }

    /// Adds the differences that keep the texts from matching.
    pub(in crate::scenario) fn compare(&self, part: &str, matcher: &Matcher, found: &mut Differences) {
        let Matcher::Subset(members) = matcher else {
            found.compare_at(part, matcher, Some(&self.whole));
            return;
        };
        found.below(part.into(), |found| {
            for (name, member) in members.iter().filter(|(name, member)| !self.member_fits(name, member)) {
                let text = self.whole.get(name).and_then(Value::as_str);
                found.compare_at(name, member, text.map(Value::from).as_ref());
            }
        });
    }
}
