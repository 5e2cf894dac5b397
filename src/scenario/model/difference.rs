//! Near misses: the parts of a value that a matcher rejects, and how far apart they are from what it wants.

use std::fmt;

use serde_json::Value;

use crate::http::json_object::json_object;
use crate::http::position::{PathSegment, show};
use crate::http::redact::Redactor;
use crate::scenario::model::matchers::Matcher;

/// The distance of two values that have nothing in common.
const APART: u64 = 1_000;
/// The distance of the two booleans: half of all booleans are equal by accident, so that one says less than a name.
const OTHER_BOOLEAN: u64 = 250;
/// The most characters that are compared letter by letter.
const SHORT_TEXT: usize = 64;
/// The most characters of a value that are shown.
const SHOWN_TEXT: usize = 120;
/// The characters shown before and behind the part in which two long texts differ.
const CONTEXT: usize = 16;
/// The most differences that are told of one call or record.
const TOLD: usize = 5;

/// One part of a call or record that is not as it is expected to be.
///
/// ```
/// use serde_json::json;
/// use standin::{Expectation, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.expect(Expectation::on("celigo.integrations.list").query(json!({ "limit": "2" })));
/// world.answer("GET", "/v1/integrations?limit=3", &[("authorization", "Bearer any")], b"");
/// let report = world.report();
/// let near = report.checks[0].violations[0].near.as_ref().unwrap();
/// assert_eq!(near.differences[0].to_string(), r#"query.limit is "3", expected "2""#);
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The path to the part: `body.nested.a[2]`.
    pub path: String,
    /// The value there; of a long text, the part that differs.
    pub got: String,
    /// The value expected there; of a long text, the part that differs.
    pub expected: String,
}

json_object!(both Difference { path, got, expected });

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}, expected {}", self.path, self.got, self.expected)
    }
}

/// The call or the record that comes nearest to an expectation that failed.
///
/// ```
/// use serde_json::json;
/// use standin::{Expectation, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.expect(Expectation::on("celigo.integrations.create").body(json!({ "name": "Final" })));
/// let headers = [("authorization", "Bearer any"), ("content-type", "application/json")];
/// world.answer("POST", "/v1/integrations", &headers, br#"{"name": "Draft"}"#);
///
/// let report = world.report();
/// let near = report.failed().next().unwrap().violations[0].near.as_ref().unwrap();
/// assert_eq!((near.call, near.differences[0].path.as_str()), (Some(1), "body.name"));
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMiss {
    /// The number of the call, when it is one.
    pub call: Option<u64>,
    /// The id of the record, when it is one.
    pub record: Option<String>,
    /// The parts that differ.
    pub differences: Vec<Difference>,
    /// The number of further parts that differ.
    pub more: usize,
}

json_object!(both NearMiss { call: omitted, record: omitted, differences, more: omitted });

impl NearMiss {
    /// Returns the near miss without credentials.
    pub(in crate::scenario) fn redacted(mut self, redactor: &Redactor) -> Self {
        for part in &mut self.differences {
            part.got = redactor.value_at(&part.path, &part.got);
            part.expected = redactor.value_at(&part.path, &part.expected);
        }
        self
    }

    /// Returns its text, line by line: `call 2: body.nested.a[2] is 4, expected 3`.
    pub(in crate::scenario) fn lines(&self) -> Vec<String> {
        let subject = match (&self.call, &self.record) {
            (Some(call), _) => format!("call {call}"),
            (None, Some(id)) => format!("record {id:?}"),
            (None, None) => "nearest".to_owned(),
        };
        let mut lines: Vec<String> = self.differences.iter().map(|part| format!("{subject}: {part}")).collect();
        if self.more > 0 {
            let parts = if self.more == 1 { "part differs" } else { "parts differ" };
            lines.push(format!("{subject}: {} more {parts}", self.more));
        }
        lines
    }
}

/// A collector of differences. One that only measures keeps no texts.
#[derive(Debug, Default)]
pub(in crate::scenario) struct Differences {
    path: Vec<PathSegment>,
    list: Vec<Difference>,
    count: usize,
    distance: u64,
    keeps: bool,
}

impl Differences {
    /// Makes a collector that finds the distance and nothing else.
    pub(in crate::scenario) fn measuring() -> Self {
        Self::default()
    }

    /// Makes a collector that keeps the first differences.
    pub(in crate::scenario) fn keeping() -> Self {
        Self { keeps: true, ..Self::default() }
    }

    /// Returns the distance of all differences together; 0 is a match.
    pub(in crate::scenario) fn distance(&self) -> u64 {
        self.distance
    }

    /// Returns the differences as a near miss of a call or a record.
    pub(in crate::scenario) fn into_near_miss(self, call: Option<u64>, record: Option<String>) -> NearMiss {
        let more = self.count - self.list.len();
        NearMiss { call, record, differences: self.list, more }
    }

    /// Adds a difference at a path of one name.
    pub(in crate::scenario) fn add_at(
        &mut self,
        name: &str,
        distance: u64,
        got: impl FnOnce() -> String,
        expected: &str,
    ) {
        self.below(name.into(), |it| it.add(distance, || (got(), expected.to_owned())));
    }

    /// Compares the member of that name.
    pub(in crate::scenario) fn compare_at(&mut self, name: &str, matcher: &Matcher, value: Option<&Value>) {
        self.below(name.into(), |it| it.compare(matcher, value));
    }

    /// Makes a comparison one step deeper.
    pub(in crate::scenario) fn below(&mut self, step: PathSegment, compare: impl FnOnce(&mut Self)) {
        self.path.push(step);
        compare(self);
        self.path.pop();
    }

    fn add(&mut self, distance: u64, texts: impl FnOnce() -> (String, String)) {
        self.distance = self.distance.saturating_add(distance.max(1));
        self.count += 1;
        if self.keeps && self.list.len() < TOLD {
            let (got, expected) = texts();
            self.list.push(Difference { path: show(&self.path), got, expected });
        }
    }

    /// Adds the differences that keep a value from matching.
    pub(in crate::scenario) fn compare(&mut self, matcher: &Matcher, value: Option<&Value>) {
        match (matcher, value) {
            (Matcher::Subset(members), Some(Value::Object(fields))) => {
                for (name, member) in members {
                    self.below(name.as_str().into(), |it| match fields.get(name) {
                        None if !member.matches(None) => it.miss(member, name, fields, members),
                        value => it.compare(member, value),
                    });
                }
            }
            (Matcher::Exact(wanted), Some(Value::Object(fields))) => {
                for (name, member) in wanted {
                    let exactly = Matcher::exactly(member);
                    self.below(name.as_str().into(), |it| it.compare(&exactly, fields.get(name)));
                }
                for (name, value) in fields.iter().filter(|(name, _)| !wanted.contains_key(*name)) {
                    self.below(name.as_str().into(), |it| it.compare(&Matcher::Absent, Some(value)));
                }
            }
            (Matcher::Items(items), Some(Value::Array(values))) => self.items(items, values),
            (Matcher::Has(wanted), Some(Value::Array(values))) if !values.is_empty() => {
                for matcher in wanted.iter().filter(|wanted| !values.iter().any(|it| wanted.matches(Some(it)))) {
                    self.nearest_element(matcher, values);
                }
            }
            (matcher, value) if matcher.matches(value) => {}
            (Matcher::Equals(Value::String(wanted)), Some(Value::String(got))) => {
                self.add(text_distance(wanted, got), || differing(got, wanted));
            }
            (Matcher::Equals(wanted @ Value::Bool(_)), Some(got @ Value::Bool(_))) => {
                self.add(OTHER_BOOLEAN, || (in_words(Some(got)), in_words(Some(wanted))));
            }
            (matcher, value) => {
                self.add(APART.saturating_mul(leaves(matcher)), || (in_words(value), matcher.words()));
            }
        }
    }

    /// Adds a member that is missing; a member of almost that name is told beside it.
    fn miss(
        &mut self,
        member: &Matcher,
        name: &str,
        fields: &serde_json::Map<String, Value>,
        wanted: &[(String, Matcher)],
    ) {
        let others = fields.keys().filter(|other| !wanted.iter().any(|(known, _)| known == *other));
        let alike = others.map(|other| (strsim::damerau_levenshtein(name, other), other));
        let misspelt = alike.filter(|(extras, _)| *extras <= 2.min(name.len() / 2)).min_by_key(|(extras, _)| *extras);
        let distance = if misspelt.is_some() { APART / 2 } else { APART };
        self.add(distance.saturating_mul(leaves(member)), || {
            let beside = misspelt.map(|(_, other)| format!(" (there is {other:?})")).unwrap_or_default();
            (format!("absent{beside}"), member.words())
        });
    }

    /// Compares the elements of two lists from both ends, so that one that is missing in the middle is one difference.
    fn items(&mut self, items: &[Matcher], values: &[Value]) {
        let fits = |(item, value): (&Matcher, &Value)| item.matches(Some(value));
        let before = items.iter().zip(values).take_while(|pair| fits(*pair)).count();
        let shorter = items.len().min(values.len()) - before;
        let behind = if items.len() == values.len() {
            0
        } else {
            items.iter().rev().zip(values.iter().rev()).take(shorter).take_while(|pair| fits(*pair)).count()
        };
        let (items, values) = (&items[before..items.len() - behind], &values[before..values.len() - behind]);
        for n in 0..items.len().max(values.len()) {
            self.below((before + n).into(), |it| match items.get(n) {
                Some(item) => it.compare(item, values.get(n)),
                None => it.compare(&Matcher::Absent, values.get(n)),
            });
        }
    }

    /// Compares a matcher with the nearest element of a list.
    fn nearest_element(&mut self, matcher: &Matcher, values: &[Value]) {
        let extras = |value: &Value| {
            let mut found = Self::measuring();
            found.compare(matcher, Some(value));
            found.distance
        };
        let nearest = values.iter().enumerate().min_by_key(|(_, value)| extras(value));
        if let Some((n, value)) = nearest {
            self.below(n.into(), |it| it.compare(matcher, Some(value)));
        }
    }
}

/// Counts the scalars that a matcher wants.
fn leaves(matcher: &Matcher) -> u64 {
    match matcher {
        Matcher::Items(items) | Matcher::Has(items) => items.iter().map(leaves).sum::<u64>().max(1),
        Matcher::Subset(members) => members.iter().map(|(_, member)| leaves(member)).sum::<u64>().max(1),
        Matcher::Exact(fields) => fields.len().max(1) as u64,
        _ => 1,
    }
}

/// Returns the share of letters that differ, in thousandths.
fn text_distance(a: &str, b: &str) -> u64 {
    let longest = a.chars().count().max(b.chars().count()).max(1);
    let differing = if longest <= SHORT_TEXT {
        strsim::damerau_levenshtein(a, b)
    } else {
        let (before, behind) = common_ends(a, b);
        longest - before - behind
    };
    (APART * differing as u64 / longest as u64).clamp(1, APART)
}

/// Counts the characters that two texts share at the beginning, and those of the rest that they share at the end.
fn common_ends(a: &str, b: &str) -> (usize, usize) {
    let before = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let rest = a.chars().count().min(b.chars().count()) - before;
    let behind = a.chars().rev().zip(b.chars().rev()).take(rest).take_while(|(a, b)| a == b).count();
    (before, behind)
}

/// Returns two texts as they are shown: of long texts, the part in which they differ, with a little context.
fn differing(got: &str, wanted: &str) -> (String, String) {
    let is_short = |text: &str| text.chars().count() <= SHOWN_TEXT / 2;
    if is_short(got) && is_short(wanted) {
        return (quoted(got), quoted(wanted));
    }
    let (before, behind) = common_ends(got, wanted);
    let cut = |text: &str| {
        let from = before.saturating_sub(CONTEXT);
        let to = text.chars().count() - behind.saturating_sub(CONTEXT);
        let shown: String = text.chars().skip(from).take((to - from).min(SHOWN_TEXT)).collect();
        let is_cut_behind = from + shown.chars().count() < text.chars().count();
        let (start, end) = (if from > 0 { "…" } else { "" }, if is_cut_behind { "…" } else { "" });
        format!("{start}{}{end}", quoted(&shown))
    };
    let place = format!("character {}", before + 1);
    (format!("{} from {place} on", cut(got)), cut(wanted))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Returns a value as it is shown; a long one is cut.
pub(in crate::scenario) fn in_words(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), |value| shortened(&value.to_string()))
}

/// Cuts a text where it is too long to be shown.
pub(in crate::scenario) fn shortened(text: &str) -> String {
    if text.chars().count() <= SHOWN_TEXT {
        return text.to_owned();
    }
    text.chars().take(SHOWN_TEXT).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(matcher: &Value, value: &Value) -> (u64, Vec<String>) {
        let mut found = Differences::keeping();
        found.compare_at("body", &Matcher::of_json(matcher).unwrap(), Some(value));
        let distance = found.distance();
        (distance, found.into_near_miss(Some(2), None).lines())
    }

    fn lines(matcher: &Value, value: &Value) -> Vec<String> {
        found(matcher, value).1
    }

    #[test]
    fn a_difference_names_path_value_and_what_was_expected() {
        let wanted = json!({"name": "Orders", "nested": {"a": [1, 2, 3]}});
        let sent = json!({"name": "Orders", "nested": {"a": [1, 2, 4]}, "more": true});
        assert_eq!(lines(&wanted, &sent), ["call 2: body.nested.a[2] is 4, expected 3"]);
        for (wanted, sent, said) in [
            (json!({"a": {"@absent": true}}), json!({"a": 1}), "body.a is 1, expected nothing"),
            (json!({"a": {"@any": true}}), json!({}), "body.a is absent, expected any value"),
            (json!({"name": 1}), json!({"nmae": 1}), "body.name is absent (there is \"nmae\"), expected 1"),
            (json!({"a": {"@in": [1, 2]}}), json!({"a": 3}), "body.a is 3, expected one of 1, 2"),
            (json!({"a": {"@glob": "x*"}}), json!({"a": "y"}), "body.a is \"y\", expected text like \"x*\""),
            (json!({"a": {"@type": "uuid"}}), json!({"a": "y"}), "body.a is \"y\", expected a value of type uuid"),
            (json!({"a": {"@len": {"min": 2}}}), json!({"a": "y"}), "body.a is \"y\", expected a length of at least 2"),
            (json!({"a": {"@not": 1}}), json!({"a": 1}), "body.a is 1, expected anything but 1"),
            (json!({"a": {"@exact": {"b": 1}}}), json!({"a": {"b": 1, "c": 2}}), "body.a.c is 2, expected nothing"),
            (
                json!({"a": {"@has": [{"b": 1, "c": 2}]}}),
                json!({"a": [5, {"b": 1}]}),
                "body.a[1].c is absent, expected 2",
            ),
            (json!({"a": {"@has": [1]}}), json!({"a": []}), "body.a is [], expected an array that has 1"),
            (json!({"a": 1}), json!([1]), "body is [1], expected {\"a\":1}"),
        ] {
            assert_eq!(lines(&wanted, &sent), [format!("call 2: {said}")], "{wanted} {sent}");
        }
    }

    #[test]
    fn an_element_that_is_missing_or_too_many_is_one_difference() {
        assert_eq!(lines(&json!([1, 2, 3]), &json!([1, 3])), ["call 2: body[1] is absent, expected 2"]);
        assert_eq!(lines(&json!([1, 3]), &json!([1, 2, 3])), ["call 2: body[1] is 2, expected nothing"]);
        assert_eq!(lines(&json!([1, 1]), &json!([1])), ["call 2: body[1] is absent, expected 1"]);
    }

    #[test]
    fn of_long_texts_the_part_that_differs_is_shown() {
        let text = |middle: &str| format!("{}{middle}{}", "a".repeat(300), "z".repeat(300));
        let said = lines(&json!({"s": text("one")}), &json!({"s": text("two")}));
        let context = ("a".repeat(CONTEXT), "z".repeat(CONTEXT));
        let (before, behind) = (context.0, context.1);
        let part = |middle: &str| format!("…\"{before}{middle}{behind}\"…");
        assert_eq!(
            said,
            [format!("call 2: body.s is {} from character 301 on, expected {}", part("two"), part("one"))]
        );
    }

    #[test]
    fn what_is_alike_is_nearer_and_a_match_has_no_distance() {
        let wanted = json!({"name": "Orders", "kind": 1});
        let extras = |sent: Value| found(&wanted, &sent).0;
        assert_eq!(extras(json!({"name": "Orders", "kind": 1.0})), 0);
        assert!(extras(json!({"name": "Order", "kind": 1})) < extras(json!({"name": "Invoices", "kind": 1})));
        assert!(extras(json!({"name": "Invoices", "kind": 1})) < extras(json!({"name": "Invoices", "kind": 2})));
        assert!(extras(json!({"nmae": "Orders", "kind": 1})) < extras(json!({"kind": 1})));
        assert!(extras(json!({})) <= extras(json!(1)));
    }

    #[test]
    fn many_differences_are_counted_and_the_first_are_told() {
        let wanted: Vec<u64> = (0..20).collect();
        let said = lines(&json!(wanted), &json!(vec![-1; 20]));
        assert_eq!(said.len(), TOLD + 1);
        assert_eq!(said[TOLD], "call 2: 15 more parts differ");
    }
}
