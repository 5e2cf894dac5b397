//! Reading matchers, numbers of times and `when`.

use serde_json::Value;

use crate::http::tree::{TreeLimits, is_deeper};
use crate::scenario::model::diagnostics::{Code, Diagnostics, did_you_mean};
use crate::scenario::model::matchers::{Matcher, OPERATORS, Range, TYPES};
use crate::scenario::model::rule::Operations;
use crate::scenario::model::when::When;
use crate::scenario::parse::read::FileReader;
use crate::scenario::parse::reader::Node;
use crate::scenario::parse::unknown_fields::MARK;

impl Matcher {
    /// Reads a matcher as a scenario writes it. The error names the place of an unknown operator, or of one that does
    /// not stand alone.
    pub(crate) fn of_json(matcher: &Value) -> Result<Self, String> {
        if is_deeper(matcher, TreeLimits::FILE.depth) {
            return Err(format!("it is nested more than {} levels deep", TreeLimits::FILE.depth));
        }
        let text = matcher.to_string();
        let mut found = Diagnostics::new("matcher", &text);
        let read = found.matcher(&Node::root(matcher));
        read.ok_or_else(|| found.finish().first().map(ToString::to_string).unwrap_or_default())
    }
}

impl FileReader<'_, '_> {
    /// Reads the `when` of a rule, an end or a call of these operations.
    pub(in crate::scenario) fn when(&mut self, node: &Node<'_>, on: Option<&Operations>) -> Option<When> {
        let object = self.found.some_object(node, &["params", "query", "headers", "body", "token", MARK])?;
        let mut part = |key: &str| object.get(key).and_then(|node| self.found.matcher(&node));
        let mut when = When {
            params: part("params"),
            query: part("query"),
            headers: part("headers"),
            body: part("body"),
            token: part("token"),
        };
        self.tell_unmatched(node, &when, on);
        let allows_unknown = self.allows_unknown(&object);
        if let Some(body) = when.body.as_ref().filter(|_| !allows_unknown) {
            self.tell_unknown_in_body(&object.to("body"), body, on);
        }
        if let Some(Matcher::Subset(headers)) = &mut when.headers {
            for (name, _) in headers {
                name.make_ascii_lowercase();
            }
        }
        Some(when)
    }
}

impl Diagnostics<'_> {
    /// Reads a matcher.
    pub(in crate::scenario) fn matcher(&mut self, node: &Node<'_>) -> Option<Matcher> {
        match node.value {
            Value::Array(_) => {
                let items = self.list(node);
                items.iter().map(|item| self.matcher(item)).collect::<Option<Vec<_>>>().map(Matcher::Items)
            }
            Value::Object(fields) => match fields.iter().next() {
                Some((name, _)) if fields.len() == 1 && name.starts_with('@') => self.operator(node),
                _ => self.subset(node),
            },
            scalar => Some(Matcher::Equals(scalar.clone())),
        }
    }

    fn subset(&mut self, node: &Node<'_>) -> Option<Matcher> {
        let mut members = Vec::new();
        let mut good = true;
        for (name, member) in self.members(node) {
            if name.is_empty() || name.starts_with('@') {
                let help = "an operator stands alone in its object; other keys neither begin with @ nor are empty";
                self.tell(Code::E18, &member.path, "is no member to match", help);
                good = false;
            } else {
                match self.matcher(&member) {
                    Some(matcher) => members.push((name.to_owned(), matcher)),
                    None => good = false,
                }
            }
        }
        good.then_some(Matcher::Subset(members))
    }

    fn operator(&mut self, node: &Node<'_>) -> Option<Matcher> {
        let (name, operand) = self.members(node).into_iter().next()?;
        match name {
            "@any" => self.only_true(Some(operand)).then_some(Matcher::Any),
            "@absent" => self.only_true(Some(operand)).then_some(Matcher::Absent),
            "@not" => self.matcher(&operand).map(|inner| Matcher::Not(Box::new(inner))),
            "@in" => {
                let values: Vec<Value> = self.some_list(&operand, 1).iter().map(|item| item.value.clone()).collect();
                (!values.is_empty()).then_some(Matcher::In(values))
            }
            "@glob" => self.text(&operand).map(|pattern| Matcher::Glob(pattern.to_owned())),
            "@type" => {
                let words = TYPES.map(|(word, _)| word);
                self.one_of(&operand, &words).map(|place| Matcher::Type(TYPES[place].1))
            }
            "@len" => self.times(&operand).map(Matcher::Len),
            "@exact" => match operand.value {
                Value::Object(fields) => Some(Matcher::Exact(fields.clone())),
                _ => {
                    self.members(&operand);
                    None
                }
            },
            "@has" => {
                let items = self.some_list(&operand, 1);
                items.iter().map(|item| self.matcher(item)).collect::<Option<Vec<_>>>().map(Matcher::Has)
            }
            unknown => {
                self.tell(Code::E18, &operand.path, "is no operator", did_you_mean(unknown, OPERATORS));
                None
            }
        }
    }

    /// Reads a number of times: a number, or `{min, max}`.
    pub(in crate::scenario) fn times(&mut self, node: &Node<'_>) -> Option<Range> {
        if !node.value.is_object() {
            return self.whole(node, 0, u64::MAX).map(Range::exactly);
        }
        let object = self.some_object(node, &["min", "max"])?;
        if !object.has("min") && !object.has("max") {
            return None;
        }
        let min = object.get("min").map_or(Some(0), |node| self.whole(&node, 0, u64::MAX))?;
        let max = object.get("max").map_or(Some(u64::MAX), |node| self.whole(&node, 0, u64::MAX))?;
        if min > max {
            self.tell(Code::E08, &node.path, format!("asks for {min} to {max}"), "no number is both; swap them");
        }
        Some(Range { min, max })
    }
}
