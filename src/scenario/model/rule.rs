//! Fault rules: an effect on the answers to certain calls.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::engine::api::router::Router;
use crate::engine::schema::rng::fnv1a64;
use crate::engine::schema::suggest::did_you_mean;
use crate::engine::state::State;
use crate::http::message::{Delivery, Response, TlsFault};
use crate::http::position::Position;
use crate::scenario::model::request_view::RequestView;
use crate::scenario::model::when::When;

/// A fault rule.
///
/// ```
/// use standin::Rule;
/// let lost_create = Rule::on("celigo.integrations.create").nth(1).after().close();
/// ```
#[derive(Clone)]
#[must_use]
pub struct Rule {
    /// Its id; draws depend on it.
    pub(crate) id: Arc<str>,
    /// The operations, as they were selected.
    pub(crate) on: Operations,
    /// The matcher of the request.
    pub(crate) when: Option<When>,
    /// The trigger: the matching requests at which it fires.
    pub(crate) at: Trigger,
    /// The most times it fires.
    pub(crate) limit: Option<u64>,
    /// The phase in which it decides.
    pub(crate) phase: Phase,
    /// True if a verification does not demand that it fired.
    pub(crate) optional: bool,
    /// The effect that replaces the answer.
    pub(crate) effect: Option<Effect>,
    /// Milliseconds for which the answer is held back: from, to.
    pub(crate) delay_ms: Option<(u64, u64)>,
    /// The rate at which the body travels.
    pub(crate) slow_bytes_per_s: Option<u64>,
    /// The place where it is written, for a rule from a file.
    pub(crate) place: Option<Position>,
    /// The JSON it was sent as, for one that was added to a running scenario.
    pub(crate) source: Option<Arc<str>>,
    /// The first fault of a rule that a test made.
    pub(crate) invalid: Option<String>,
}

/// Operations, selected by name: `celigo.integrations.create`, `celigo.*`, `*`.
///
/// ```
/// let both: standin::Operations = ["celigo.flows.*", "celigo.exports.list"].into();
/// assert!(both.select("celigo.flows.create"));
/// assert!(!both.select("celigo.exports.create"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operations(pub(crate) Vec<String>);

impl Operations {
    /// Tells whether an operation is selected.
    #[must_use]
    pub fn select(&self, operation: &str) -> bool {
        self.0.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => operation.starts_with(start),
            None => pattern == operation,
        })
    }

    /// Rejects a pattern that selects no operation of these.
    pub(in crate::scenario) fn check(&self, router: &Router) -> Result<(), String> {
        let known = || router.rows().iter().map(|row| row.operation);
        let selects = |pattern: &String| known().any(|operation| Self(vec![pattern.clone()]).select(operation));
        match self.0.iter().find(|pattern| !selects(pattern)) {
            Some(stranger) => Err(format!("{stranger:?} selects no operation; {}", did_you_mean(stranger, known()))),
            None => Ok(()),
        }
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

/// The matching requests at which a rule fires, counted from 1.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub(crate) enum Trigger {
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

/// The phase of a request in which a rule decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Before the service sees the request: not even the credential is checked.
    #[default]
    Before,
    /// After the service has executed the request: then the answer is replaced, delayed or lost.
    After,
}

/// The replacement of an answer.
#[derive(Clone)]
#[non_exhaustive]
pub(crate) enum Effect {
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
    /// An answer as the scenario writes it.
    Respond {
        /// The status.
        status: u16,
        /// The headers.
        headers: Vec<(String, String)>,
        /// The body: JSON, or, with a content type that is not, the text itself.
        body: Option<Value>,
        /// True if the scenario says that not every selected operation documents the answer.
        undocumented: bool,
    },
    /// No usable answer.
    Abort(Delivery),
    /// The connection is closed, and the next TLS handshake of the world fails.
    Tls(TlsFault),
    /// The answer of a function.
    Answer(Answerer),
}

/// A function of a test that answers, with the world's lock held; where it returns no answer, the connection is closed.
pub(crate) type Answerer = Arc<dyn Fn(&RequestView<'_>, &mut State) -> Option<Response> + Send + Sync>;

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rule({} on {})", self.id, self.on)
    }
}

impl Rule {
    /// Tells whether it holds answers back or slows them down; it does so with the answers of other rules too.
    pub(crate) fn slows(&self) -> bool {
        self.delay_ms.is_some() || self.slow_bytes_per_s.is_some()
    }

    /// Returns the milliseconds for which the answer to its n-th matching request is held back.
    pub(crate) fn delay_of(&self, seed: u64, n: u64) -> u64 {
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
    /// Tells whether the rule fires at the n-th matching request.
    pub(crate) fn fires(&self, n: u64, seed: u64, id: &str) -> bool {
        match self {
            Self::Always => true,
            Self::Nth(ordinals) => ordinals.contains(&n),
            Self::Every(step) => n.is_multiple_of(*step),
            Self::Between(from, to) => (*from..=*to).contains(&n),
            Self::Chance(p) => chance(seed, id, n) < *p,
        }
    }

    /// Returns the ordinals that fire, in order, up to `last`.
    pub(crate) fn ordinals(&self, seed: u64, id: &str, last: u64) -> impl Iterator<Item = u64> {
        (1..=last).filter(move |&n| self.fires(n, seed, id))
    }
}

/// Returns the published draw of rule and ordinal: at least 0, below 1. It may never change.
pub(crate) fn chance(seed: u64, id: &str, n: u64) -> f64 {
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
