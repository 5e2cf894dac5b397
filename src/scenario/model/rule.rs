//! Fault rules: when these calls come, then this goes wrong.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::engine::schema::rng::fnv1a64;
use crate::engine::state::State;
use crate::http::message::{Delivery, Response, TlsFault};
use crate::http::position::Position;
use crate::scenario::model::matchers::Matcher;
use crate::scenario::model::request_view::RequestView;
use crate::scenario::model::when::When;

/// A fault rule.
///
/// ```
/// use standin::Rule;
/// let lost_create = Rule::on("celigo.integrations.create").nth(1).after().close();
/// ```
#[derive(Clone)]
pub struct Rule {
    /// Its id; draws depend on it.
    pub id: Arc<str>,
    /// The operations, as they were selected.
    pub on: Operations,
    /// The matcher of the request.
    pub when: Option<When>,
    /// Which of the matching requests.
    pub at: Trigger,
    /// The most times it fires.
    pub limit: Option<u64>,
    /// The phase: the service sees the request, or does not.
    pub phase: Phase,
    /// May remain unfired.
    pub optional: bool,
    /// The effect that replaces the answer.
    pub effect: Option<Effect>,
    /// Milliseconds for which the answer is held back: from, to.
    pub delay_ms: Option<(u64, u64)>,
    /// The rate at which the body travels.
    pub slow_bytes_per_s: Option<u64>,
    /// The place where it is written, for a rule from a file.
    pub place: Option<Position>,
    /// The JSON it was sent as, for one that was added to a running scenario.
    pub source: Option<Arc<str>>,
}

/// Operations, selected by name: `celigo.integrations.create`, `celigo.*`, `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operations(pub Vec<String>);

impl Operations {
    /// Tells whether an operation is selected.
    pub fn select(&self, operation: &str) -> bool {
        self.0.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => operation.starts_with(start),
            None => pattern == operation,
        })
    }
}

impl fmt::Display for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl From<&str> for Operations {
    fn from(pattern: &str) -> Self {
        Self(vec![pattern.to_owned()])
    }
}

impl<const N: usize> From<[&str; N]> for Operations {
    fn from(patterns: [&str; N]) -> Self {
        Self(patterns.map(str::to_owned).to_vec())
    }
}

/// Which of the matching requests, counted from 1.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Trigger {
    /// All.
    Always,
    /// These.
    Nth(Vec<u64>),
    /// Every n-th.
    Every(u64),
    /// From this to that one, both included.
    Between(u64, u64),
    /// Each with this probability, drawn from seed, rule and ordinal alone.
    Chance(f64),
}

/// The service sees the request, or does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// It does not: not even the credential is looked at.
    #[default]
    Before,
    /// It does, and carries it out; then the answer is replaced, delayed or lost.
    After,
}

/// The replacement of an answer.
#[derive(Clone)]
#[non_exhaustive]
pub enum Effect {
    /// A documented error, by name.
    Error {
        /// Its name in the API's table.
        name: String,
        /// Words in place of the table's own.
        message: Option<String>,
        /// The field it is about.
        field: Option<String>,
        /// Seconds to wait before the next try.
        retry_after_s: Option<u64>,
    },
    /// A reply as written.
    Respond {
        /// The status.
        status: u16,
        /// The headers.
        headers: Vec<(String, String)>,
        /// The body: JSON, or, with a content type that is not, the text itself.
        body: Option<Value>,
        /// Said to be one that not every selected operation documents.
        undocumented: bool,
    },
    /// No usable answer.
    Abort(Delivery),
    /// The connection is closed, and the next TLS handshake of the world fails.
    Tls(TlsFault),
    /// The answer of a function.
    Answer(Answerer),
}

/// A function that answers in a rule's place, with the world's lock held; where it gives no answer, the connection is
/// closed.
pub type Answerer = Arc<dyn Fn(&RequestView<'_>, &mut State) -> Option<Response> + Send + Sync>;

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({} on {})", self.id, self.on)
    }
}

impl Rule {
    /// Makes a rule on these operations that does nothing yet.
    pub fn on(operations: impl Into<Operations>) -> Self {
        Self {
            id: Arc::from(""),
            on: operations.into(),
            when: None,
            at: Trigger::Always,
            limit: None,
            phase: Phase::Before,
            optional: false,
            effect: None,
            delay_ms: None,
            slow_bytes_per_s: None,
            place: None,
            source: None,
        }
    }

    /// Sets its id. Without one, it is numbered: `rule-1`.
    pub fn id(mut self, id: &str) -> Self {
        self.id = id.into();
        self
    }

    /// Matches only requests that look like this.
    pub fn when(mut self, when: When) -> Self {
        self.when = Some(when);
        self
    }

    /// Matches only requests whose body looks like this, written as a scenario writes it; operators work too.
    ///
    /// # Panics
    ///
    /// When it is no matcher.
    #[track_caller]
    pub fn body(mut self, matcher: &Value) -> Self {
        self.when.get_or_insert_default().body = Some(Matcher::from_json(matcher));
        self
    }

    /// Matches only requests whose query looks like this.
    ///
    /// # Panics
    ///
    /// When it is no matcher.
    #[track_caller]
    pub fn query(mut self, matcher: &Value) -> Self {
        self.when.get_or_insert_default().query = Some(Matcher::from_json(matcher));
        self
    }

    /// Matches only requests whose path parameters look like this.
    ///
    /// # Panics
    ///
    /// When it is no matcher.
    #[track_caller]
    pub fn params(mut self, matcher: &Value) -> Self {
        self.when.get_or_insert_default().params = Some(Matcher::from_json(matcher));
        self
    }

    /// Fires only at the n-th matching request.
    pub fn nth(mut self, n: u64) -> Self {
        self.at = Trigger::Nth(vec![n]);
        self
    }

    /// Fires at every n-th matching request.
    pub fn every(mut self, n: u64) -> Self {
        self.at = Trigger::Every(n.max(1));
        self
    }

    /// Fires from the matching request `from` to the matching request `to`, both included.
    pub fn between(mut self, from: u64, to: u64) -> Self {
        self.at = Trigger::Between(from, to);
        self
    }

    /// Fires at each matching request with this probability.
    pub fn chance(mut self, p: f64) -> Self {
        self.at = Trigger::Chance(p);
        self
    }

    /// Fires at most `times` times.
    pub fn limit(mut self, times: u64) -> Self {
        self.limit = Some(times);
        self
    }

    /// Lets the service carry the operation out first.
    pub fn after(mut self) -> Self {
        self.phase = Phase::After;
        self
    }

    /// Allows the rule to remain unfired.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Answers with a documented error, by name.
    pub fn error(mut self, name: &str) -> Self {
        self.effect = Some(Effect::Error { name: name.to_owned(), message: None, field: None, retry_after_s: None });
        self
    }

    /// Adds to the error when to try again, in seconds.
    pub fn retry_after_s(mut self, seconds: u64) -> Self {
        if let Some(Effect::Error { retry_after_s, .. }) = &mut self.effect {
            *retry_after_s = Some(seconds);
        }
        self
    }

    /// Answers with this status and JSON.
    pub fn respond(mut self, status: u16, body: Value) -> Self {
        self.effect = Some(Effect::Respond { status, headers: Vec::new(), body: Some(body), undocumented: true });
        self
    }

    /// Answers with what a function says.
    pub(crate) fn answered_by(mut self, function: Answerer) -> Self {
        self.effect = Some(Effect::Answer(function));
        self
    }

    /// Resets the connection.
    pub fn reset(self) -> Self {
        self.abort(Delivery::Reset)
    }

    /// Closes the connection before the answer's first byte.
    pub fn close(self) -> Self {
        self.abort(Delivery::Closed)
    }

    /// Sends half the body, then closes the connection.
    pub fn truncate(self) -> Self {
        self.abort(Delivery::Truncated)
    }

    /// Sends bytes that are not HTTP, then closes the connection.
    pub fn garbage(self) -> Self {
        self.abort(Delivery::Garbage)
    }

    /// Sends nothing until the peer gives up.
    pub fn stall(self) -> Self {
        self.abort(Delivery::Hang)
    }

    /// Closes the connection before the answer's first byte, and lets the next TLS handshake of this world fail: `expired`,
    /// `wrong_host`, `untrusted` or `handshake_reset`.
    ///
    /// # Panics
    ///
    /// When it is none of these.
    pub fn tls(mut self, fault: &str) -> Self {
        let known = TlsFault::ALL.into_iter().find(|known| known.as_str() == fault);
        self.effect = Some(Effect::Tls(known.unwrap_or_else(|| panic!("there is no TLS fault {fault:?}"))));
        self
    }

    fn abort(mut self, delivery: Delivery) -> Self {
        self.effect = Some(Effect::Abort(delivery));
        self
    }

    /// Holds the answer back.
    pub fn delay_ms(mut self, ms: u64) -> Self {
        self.delay_ms = Some((ms, ms));
        self
    }

    /// Holds the answer back, for as long as the seed says, from `least` to `most`.
    pub fn delay_between_ms(mut self, least: u64, most: u64) -> Self {
        self.delay_ms = Some((least, most.max(least)));
        self
    }

    /// Sends the body slowly.
    pub fn slow_bytes_per_s(mut self, bytes: u64) -> Self {
        self.slow_bytes_per_s = Some(bytes.max(1));
        self
    }

    /// Tells whether it holds answers back or makes them travel slowly, which it does to those of other rules too.
    pub fn slows(&self) -> bool {
        self.delay_ms.is_some() || self.slow_bytes_per_s.is_some()
    }

    /// Returns how long its n-th matching request is held back.
    pub fn delay_of(&self, seed: u64, n: u64) -> u64 {
        let Some((least, most)) = self.delay_ms else { return 0 };
        let span = most.saturating_sub(least).saturating_add(1);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "in range"
        )]
        let part = (draw(seed, fnv1a64(&self.id) ^ fnv1a64("delay_ms"), n) * span as f64) as u64;
        least.saturating_add(part.min(span - 1))
    }
}

impl Trigger {
    /// Tells whether the n-th matching request is one of them.
    pub fn fires(&self, n: u64, seed: u64, id: &str) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(ordinals) => ordinals.contains(&n),
            Self::Every(step) => n.is_multiple_of(*step),
            Self::Between(from, to) => (*from..=*to).contains(&n),
            Self::Chance(p) => chance(seed, id, n) < *p,
        }
    }

    /// Returns the ordinals that fire, in order, up to `last`.
    pub fn ordinals(&self, seed: u64, id: &str, last: u64) -> impl Iterator<Item = u64> {
        (1..=last).filter(move |&n| self.fires(n, seed, id))
    }
}

/// Returns the published draw of rule and ordinal: at least 0, below 1. It may never change.
pub fn chance(seed: u64, id: &str, n: u64) -> f64 {
    draw(seed, fnv1a64(id), n)
}

/// Draws a number that depends on nothing but seed, purpose and ordinal.
pub(in crate::scenario) fn draw(seed: u64, purpose: u64, n: u64) -> f64 {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let bits = splitmix64((seed ^ purpose).wrapping_add(n.wrapping_mul(GOLDEN))) >> 11;
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    let whole = bits as f64;
    whole / 9_007_199_254_740_992.0
}

fn splitmix64(state: u64) -> u64 {
    let z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_those_of_the_published_formula() {
        let fires = |seed| Trigger::Chance(0.2).ordinals(seed, "flake", 26).collect::<Vec<_>>();
        assert_eq!(fires(2), [6, 7, 14, 20, 24]);
        assert_eq!(fires(42), [10, 21, 25]);
    }

    #[test]
    fn what_fires_at_p_fires_at_every_larger_p() {
        let at = |p| Trigger::Chance(p).ordinals(9, "x", 500).collect::<Vec<_>>();
        let (few, many) = (at(0.1), at(0.3));
        assert!(few.len() < many.len() && few.iter().all(|n| many.contains(n)));
    }

    #[test]
    fn delays_stay_in_their_bounds_and_differ() {
        let rule = Rule::on("*").id("d").delay_between_ms(20, 60);
        let delays: Vec<u64> = (1..100).map(|n| rule.delay_of(1, n)).collect();
        assert!(delays.iter().all(|delay| (20..=60).contains(delay)));
        assert!(delays.iter().any(|delay| *delay != delays[0]));
        assert_eq!(Rule::on("*").id("d").delay_ms(7).delay_of(1, 3), 7);
    }
}
