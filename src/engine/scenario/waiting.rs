//! Counting calls in the journal, for whoever waits for some.

use std::borrow::Cow;

use crate::engine::message::{Request, Verb};
use crate::engine::path::{Target, decode};
use crate::engine::router::Router;
use crate::engine::scenario::asked::Asked;
use crate::engine::scenario::rule::Operations;
use crate::engine::scenario::when::When;
use crate::engine::world::World;

impl World {
    /// How many calls in the journal are of these operations and, where it is given, look like this.
    pub fn called(&self, router: &Router, on: &Operations, when: Option<&When>) -> u64 {
        let Some(when) = when else {
            return self.journal.operations().filter(|operation| on.select(operation)).count() as u64;
        };
        let entries = self.journal.since(0);
        let of_kind = entries.filter(|entry| entry.answered.operation().is_some_and(|operation| on.select(operation)));
        let matching = of_kind.filter(|entry| {
            let headers: Vec<(&str, &[u8])> =
                entry.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
            let request = Request {
                method: &entry.method,
                target: &entry.target,
                headers: &headers,
                body: &entry.body,
                arrived_ms: entry.answered.elapsed_ms,
                believes_front: true,
            };
            let target = Target::parse(&entry.target);
            let found = router.find(target.path);
            let taken = found.as_ref().zip(Verb::of(&entry.method)).and_then(|(found, verb)| found.with(verb));
            let Some((row, params)) = taken else { return false };
            let params: Vec<(&'static str, Cow<'_, str>)> = params.map(|(name, raw)| (name, decode(raw))).collect();
            when.fault(&Asked::new(row, &request, &target, &params)).is_none()
        });
        matching.count() as u64
    }
}
