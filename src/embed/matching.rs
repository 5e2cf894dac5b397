//! Matchers, made in code.

use std::fmt;

use serde_json::Value;

use crate::scenario::{Matcher, Range, Type};

/// A matcher of a part of a request, for a [`Rule`](crate::Rule) or an [`Expectation`](crate::Expectation). JSON is
/// read as a scenario writes it: a scalar matches an equal one, an array matches element by element, an object matches
/// one with at least its members, and operators such as `{"@glob": "Leg*"}` work anywhere in it.
///
/// ```
/// use serde_json::json;
/// use standin::{Expectation, Match, Rule, Standin};
///
/// let world = Standin::builder().offline()?;
/// let drafts = Match::members([("name", Match::glob("Draft *")), ("sandbox", Match::equal(true))]);
/// world.fault(Rule::on("celigo.integrations.create").body(drafts).error("conflict"));
/// world.expect(Expectation::on("celigo.integrations.create").body(json!({ "name": "Final" })).never());
///
/// let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
/// let answer = world.answer("POST", "/v1/integrations", &headers, br#"{"name": "Draft 1", "sandbox": true}"#);
/// assert_eq!(answer.status, Some(409));
/// assert!(world.verify().is_ok());
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Match(Result<Matcher, String>);

impl Match {
    /// Matches a value that equals this one; an object must have no further members.
    pub fn equal(value: impl Into<Value>) -> Self {
        Self(Ok(Matcher::exactly(&value.into())))
    }

    /// Matches any value that is there.
    pub fn any() -> Self {
        Self(Ok(Matcher::Any))
    }

    /// Matches the absence of a value.
    pub fn absent() -> Self {
        Self(Ok(Matcher::Absent))
    }

    /// Matches one of these values.
    pub fn one_of<V: Into<Value>>(values: impl IntoIterator<Item = V>) -> Self {
        let values: Vec<Value> = values.into_iter().map(Into::into).collect();
        Self(if values.is_empty() {
            Err("one_of needs at least one value".to_owned())
        } else {
            Ok(Matcher::In(values))
        })
    }

    /// Matches text of this pattern, in which `*` stands for any characters and `?` for one.
    pub fn glob(pattern: &str) -> Self {
        Self(Ok(Matcher::Glob(pattern.to_owned())))
    }

    /// Matches text in the form of a UUID.
    pub fn uuid() -> Self {
        Self(Ok(Matcher::Type(Type::Uuid)))
    }

    /// Matches text of 24 hexadecimal digits.
    pub fn object_id() -> Self {
        Self(Ok(Matcher::Type(Type::ObjectId)))
    }

    /// Matches text that is an ISO 8601 time in UTC.
    pub fn date_time() -> Self {
        Self(Ok(Matcher::Type(Type::DateTime)))
    }

    /// Matches text, an array or an object of at least `least` and at most `most` characters, elements or members.
    pub fn length(least: u64, most: u64) -> Self {
        let range = Range { min: least, max: most };
        let fault = || format!("no length is at least {least} and at most {most}");
        Self(if least > most { Err(fault()) } else { Ok(Matcher::Len(range)) })
    }

    /// Matches an object with at least these members.
    pub fn members<'n>(members: impl IntoIterator<Item = (&'n str, Match)>) -> Self {
        let all = members.into_iter().map(|(name, member)| Ok((name.to_owned(), member.0?)));
        Self(all.collect::<Result<_, _>>().map(Matcher::Subset))
    }

    /// Matches an array that has an element for each of these.
    pub fn has(elements: impl IntoIterator<Item = Match>) -> Self {
        let all = elements.into_iter().map(|element| element.0);
        Self(all.collect::<Result<_, _>>().map(Matcher::Has))
    }

    /// Matches every value that `unwanted` does not match.
    pub fn not(unwanted: impl Into<Match>) -> Self {
        Self(unwanted.into().0.map(|matcher| Matcher::Not(Box::new(matcher))))
    }

    /// Returns the matcher. The error says why the JSON is none.
    pub(super) fn read(self) -> Result<Matcher, String> {
        self.0
    }
}

impl From<&Value> for Match {
    fn from(written: &Value) -> Self {
        Self(Matcher::of_json(written))
    }
}

impl From<Value> for Match {
    fn from(written: Value) -> Self {
        Self::from(&written)
    }
}

impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(matcher) => write!(f, "Match({})", matcher.words()),
            Err(fault) => write!(f, "Match({fault})"),
        }
    }
}

/// Adds to a type that selects calls a setting for each part of a request. Its method `part` takes them.
macro_rules! part_matchers {
    ($type:ty, $selects:literal) => {
        impl $type {
            #[doc = concat!($selects, " whose body looks like this.")]
            pub fn body(self, look: impl Into<Match>) -> Self {
                self.part(look.into(), |when| &mut when.body)
            }

            #[doc = concat!(
                $selects,
                " whose query looks like this: an object of texts. Of several parameters of one name, one that matches is enough."
            )]
            pub fn query(self, look: impl Into<Match>) -> Self {
                self.part(look.into(), |when| &mut when.query)
            }

            #[doc = concat!($selects, " whose headers look like this: an object of texts, with names in lower case.")]
            pub fn headers(self, look: impl Into<Match>) -> Self {
                self.part(look.into(), |when| &mut when.headers)
            }

            #[doc = concat!($selects, " whose path parameters look like this: an object of texts.")]
            pub fn params(self, look: impl Into<Match>) -> Self {
                self.part(look.into(), |when| &mut when.params)
            }

            #[doc = concat!($selects, " whose bearer token looks like this.")]
            pub fn token(self, look: impl Into<Match>) -> Self {
                self.part(look.into(), |when| &mut when.token)
            }
        }
    };
}
pub(super) use part_matchers;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_matcher_is_no_deeper_than_in_a_file() {
        let nested = |levels| (0..levels).fold(Value::from(1), |inner, _| Value::from(vec![inner]));
        assert!(Match::from(nested(96)).read().is_ok());
        assert_eq!(Match::from(nested(97)).read().unwrap_err(), "it is nested more than 96 levels deep");
    }
}
