//! Fault rules, made in code.

use std::sync::Arc;

use serde_json::Value;

use crate::embed::answer::Answer;
use crate::embed::data::Data;
use crate::embed::matching::{Match, part_matchers};
use crate::http::message::{Delivery, Response, TlsFault};
use crate::scenario::{Effect, Matcher, Operations, Phase, RequestView, Rule, Trigger, When, servers_own};

impl Rule {
    /// Makes a rule on these operations. It has no effect until one is set.
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
            invalid: None,
        }
    }

    /// Sets the id. Without one, the rule is numbered: `rule-1`.
    pub fn id(mut self, id: &str) -> Self {
        self.id = id.into();
        self
    }

    fn part(mut self, look: Match, part: impl FnOnce(&mut When) -> &mut Option<Matcher>) -> Self {
        match look.read() {
            Ok(matcher) => *part(self.when.get_or_insert_default()) = Some(matcher),
            Err(fault) => self.refuse(&fault),
        }
        self
    }

    /// Notes a fault of the rule; adding the rule fails with the first.
    fn refuse(&mut self, why: &str) {
        self.invalid.get_or_insert_with(|| why.to_owned());
    }

    /// Fires only at the n-th matching request.
    pub fn nth(mut self, n: u64) -> Self {
        if n == 0 {
            self.refuse("nth counts from 1");
        }
        self.at = Trigger::Nth(vec![n]);
        self
    }

    /// Fires at every n-th matching request.
    pub fn every(mut self, n: u64) -> Self {
        if n == 0 {
            self.refuse("every counts from 1");
        }
        self.at = Trigger::Every(n.max(1));
        self
    }

    /// Fires from the matching request `from` to the matching request `to`, both included.
    pub fn between(mut self, from: u64, to: u64) -> Self {
        if from == 0 || from > to {
            self.refuse("between counts from 1, and its end is not before its beginning");
        }
        self.at = Trigger::Between(from, to);
        self
    }

    /// Fires at each matching request with the probability `p`, above 0 and at most 1.
    pub fn chance(mut self, p: f64) -> Self {
        if !(0.0..=1.0).contains(&p) {
            self.refuse("a probability is from 0 to 1");
        }
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

    /// Adds `Retry-After` to the error: the seconds until the next try.
    pub fn retry_after_s(mut self, seconds: u64) -> Self {
        match &mut self.effect {
            Some(Effect::Error { retry_after_s, .. }) => *retry_after_s = Some(seconds),
            _ => self.refuse("retry_after_s belongs to an error: say which one first"),
        }
        self
    }

    /// Answers with this status and JSON.
    pub fn respond(mut self, status: u16, body: Value) -> Self {
        self.effect = Some(Effect::Respond { status, headers: Vec::new(), body: Some(body), undocumented: true });
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

    /// Closes the connection before the answer's first byte, and lets the next TLS handshake of this world fail.
    pub fn tls(mut self, fault: TlsFault) -> Self {
        self.effect = Some(Effect::Tls(fault));
        self
    }

    fn abort(mut self, delivery: Delivery) -> Self {
        self.effect = Some(Effect::Abort(delivery));
        self
    }

    /// Holds the answer back for `ms` milliseconds.
    pub fn delay_ms(mut self, ms: u64) -> Self {
        self.delay_ms = Some((ms, ms));
        self
    }

    /// Holds the answer back for a time drawn from the seed: `least` to `most` milliseconds.
    pub fn delay_between_ms(mut self, least: u64, most: u64) -> Self {
        self.delay_ms = Some((least, most.max(least)));
        self
    }

    /// Sends the body at `bytes` bytes a second.
    pub fn slow_bytes_per_s(mut self, bytes: u64) -> Self {
        self.slow_bytes_per_s = Some(bytes.max(1));
        self
    }

    /// Answers with the result of a function. It runs while the world is locked, and may change its records.
    ///
    /// ```
    /// use standin::{Answer, Rule};
    /// let teapot = Rule::on("celigo.integrations.get").answer(|request, _data| {
    ///     Answer::of_json(418, &serde_json::json!({ "asked": request.param("id") }))
    /// });
    /// ```
    pub fn answer(
        mut self,
        function: impl Fn(&RequestView<'_>, &mut Data<'_>) -> Answer + Send + Sync + 'static,
    ) -> Self {
        self.effect = Some(Effect::Answer(Arc::new(move |asked, state| {
            let answer = function(asked, &mut Data(state));
            refuse_what_is_the_servers(&answer);
            let response = Response { body: answer.body.into(), ..Response::empty(answer.status?) };
            Some(answer.headers.iter().fold(response, |response, (name, value)| response.with(name, value)))
        })));
        self
    }
}

part_matchers!(Rule, "Matches only requests");

/// Panics for an answer with headers that only the server sets: the caller reports that as a panic of the test's
/// function.
fn refuse_what_is_the_servers(answer: &Answer) {
    for (name, _) in &answer.headers {
        if let Some(why) = servers_own(&name.to_ascii_lowercase()) {
            panic!("the header {name} of the answer {why}; leave it out");
        }
    }
    let has_no_body = answer.status.is_some_and(|status| status < 200 || matches!(status, 204 | 205 | 304));
    assert!(
        !has_no_body || answer.body.is_empty(),
        "an answer with status {:?} has no body; leave it out",
        answer.status
    );
}
