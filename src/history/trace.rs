//! The trace of a request: every fault rule that was considered, and the verdict on it.

use std::fmt;
use std::sync::Arc;

/// A part of a request that a `when` is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// The parameters of its path.
    Params,
    /// The parameters of its query.
    Query,
    /// Its headers.
    Headers,
    /// Its bearer token.
    Token,
    /// Its body.
    Body,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Params => "params",
            Self::Query => "query",
            Self::Headers => "headers",
            Self::Token => "token",
            Self::Body => "body",
        })
    }
}

/// A rule that was considered for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleTrace {
    /// The rule.
    pub rule: Arc<str>,
    /// The verdict on it.
    pub verdict: Verdict,
}

/// The verdict on a rule for one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) enum Verdict {
    /// This part of the request does not match its `when`.
    Mismatch(Part),
    /// The request is the n-th that matches, and the rule's `at` does not select the n-th.
    NotItsTurn(u64),
    /// It fired as often as it may.
    UsedUp(u64),
    /// It would have fired, but an earlier rule decided.
    Shadowed(u64),
    /// It answered.
    Answered(u64),
    /// It held the answer back or slowed it down.
    Delayed(u64),
}

impl fmt::Display for RuleTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = &self.rule;
        match self.verdict {
            Verdict::Mismatch(part) => write!(f, "{rule}: did not fire, {part} does not match"),
            Verdict::NotItsTurn(n) => write!(f, "{rule}: did not fire, this is its call {n}"),
            Verdict::UsedUp(n) => write!(f, "{rule}: did not fire at its call {n}, its limit is used up"),
            Verdict::Shadowed(n) => write!(f, "{rule}: did not answer its call {n}, an earlier rule did"),
            Verdict::Answered(n) => write!(f, "{rule}: fired at its call {n} and answered"),
            Verdict::Delayed(n) => write!(f, "{rule}: fired at its call {n} and slowed the answer down"),
        }
    }
}

/// Every rule that was considered for a request, and the verdict on it.
pub(crate) type Trace = Arc<[RuleTrace]>;

/// A builder of traces. Mostly no rule matches, as for the request before, and then both share one list.
pub(crate) struct TraceBuilder<'w> {
    latest: &'w mut Trace,
    same: usize,
    own: Vec<RuleTrace>,
}

impl<'w> TraceBuilder<'w> {
    pub(crate) fn new(latest: &'w mut Trace) -> Self {
        Self { latest, same: 0, own: Vec::new() }
    }

    pub(crate) fn add(&mut self, rule: &Arc<str>, verdict: Verdict) {
        let as_before = |latest: &RuleTrace| Arc::ptr_eq(&latest.rule, rule) && latest.verdict == verdict;
        if self.own.is_empty() {
            if self.latest.get(self.same).is_some_and(as_before) {
                self.same += 1;
                return;
            }
            self.own = self.latest[..self.same].to_vec();
        }
        self.own.push(RuleTrace { rule: Arc::clone(rule), verdict });
    }

    /// Adds all verdicts of a list that is often unchanged.
    pub(crate) fn add_all(&mut self, list: &Trace) {
        if self.own.is_empty() && self.same == 0 && self.latest.len() <= list.len() {
            if !Arc::ptr_eq(self.latest, list) {
                *self.latest = Arc::clone(list);
            }
            self.same = list.len();
            return;
        }
        list.iter().for_each(|considered| self.add(&considered.rule, considered.verdict));
    }

    pub(crate) fn finish(self) -> Option<Trace> {
        if self.own.is_empty() {
            if self.same < self.latest.len() {
                *self.latest = self.latest[..self.same].into();
            }
        } else {
            *self.latest = self.own.into();
        }
        Some(Arc::clone(self.latest)).filter(|why| !why.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tell(latest: &mut Trace, verdicts: &[(&Arc<str>, Verdict)]) -> Option<Trace> {
        let mut account = TraceBuilder::new(latest);
        verdicts.iter().for_each(|(rule, verdict)| account.add(rule, *verdict));
        account.finish()
    }

    #[test]
    fn an_account_that_is_the_same_again_is_shared_and_any_other_is_told_whole() {
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        let mut latest = Trace::default();
        let both = [(&a, Verdict::Mismatch(Part::Query)), (&b, Verdict::NotItsTurn(1))];
        let first = tell(&mut latest, &both).unwrap();
        assert!(Arc::ptr_eq(&first, &tell(&mut latest, &both).unwrap()));
        let other = tell(&mut latest, &[both[0], (&b, Verdict::NotItsTurn(2))]).unwrap();
        assert_eq!((&*other[0].rule, other[0].verdict), ("a", Verdict::Mismatch(Part::Query)));
        assert_eq!((&*other[1].rule, other[1].verdict), ("b", Verdict::NotItsTurn(2)));
        assert_eq!(tell(&mut latest, &both[..1]).unwrap().len(), 1);
        assert_eq!(tell(&mut latest, &[both[1]]).unwrap()[..], [RuleTrace { rule: b.clone(), verdict: both[1].1 }]);
        assert_eq!(tell(&mut latest, &[]), None);
        let list: Trace = first;
        let tell_all = |latest: &mut Trace, before: Option<&Arc<str>>, behind: Option<&Arc<str>>| {
            let mut account = TraceBuilder::new(latest);
            before.into_iter().for_each(|rule| account.add(rule, Verdict::NotItsTurn(7)));
            account.add_all(&list);
            behind.into_iter().for_each(|rule| account.add(rule, Verdict::NotItsTurn(8)));
            account.finish().unwrap().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let shown = |all: &[&str]| all.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let (query, turn) = ("a: did not fire, query does not match", "b: did not fire, this is its call 1");
        let (seven, eight) = ("b: did not fire, this is its call 7", "a: did not fire, this is its call 8");
        for _ in 0..2 {
            assert_eq!(tell_all(&mut latest, None, None), shown(&[query, turn]));
            assert_eq!(tell_all(&mut latest, Some(&b), None), shown(&[seven, query, turn]));
            assert_eq!(tell_all(&mut latest, None, Some(&a)), shown(&[query, turn, eight]));
        }
    }
}
