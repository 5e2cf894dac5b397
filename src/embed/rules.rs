//! Fault rules and expectations, made in code.

use std::sync::Arc;

use serde_json::Value;

use crate::embed::answer::Answer;
use crate::embed::error::Error;
use crate::embed::handle::{WorldHandle, object};
use crate::embed::record::Record;
use crate::engine::state::State;
use crate::http::message::Response;
use crate::scenario::{CallExpectation, Matcher, Operations, Range, RequestView, Rule};

/// The records of the world that answers, for a rule that answers with a function.
pub struct Data<'w>(&'w mut State);

impl Data<'_> {
    /// Returns all records of a collection, in creation order.
    pub fn records(&mut self, collection: &str) -> Result<Vec<Record>, Error> {
        Ok(self.0.records(collection)?.into_iter().map(Record).collect())
    }

    /// Creates a record, as an administrator would.
    pub fn create(&mut self, collection: &str, fields: impl Into<Value>) -> Result<Record, Error> {
        Ok(Record(self.0.admin_create(collection, object(fields.into())?)?))
    }

    /// Changes some fields of a record, as RFC 7396 says.
    pub fn patch(&mut self, collection: &str, id: &str, fields: impl Into<Value>) -> Result<Record, Error> {
        Ok(Record(self.0.admin_patch(collection, id, &object(fields.into())?)?))
    }

    /// Removes a record.
    pub fn remove(&mut self, collection: &str, id: &str) -> Result<(), Error> {
        Ok(self.0.admin_remove(collection, id)?)
    }
}

impl Rule {
    /// Answers with the result of a function. It runs while the world is locked, and may change its records.
    ///
    /// ```
    /// use standin::{Answer, Rule};
    /// let teapot = Rule::on("celigo.integrations.get").answer(|request, _data| {
    ///     Answer::of_json(418, &serde_json::json!({ "asked": request.param("id") }))
    /// });
    /// ```
    pub fn answer(self, function: impl Fn(&RequestView<'_>, &mut Data<'_>) -> Answer + Send + Sync + 'static) -> Self {
        self.answered_by(Arc::new(move |asked, state| {
            let answer = function(asked, &mut Data(state));
            let response = Response { body: answer.body.into(), ..Response::empty(answer.status?) };
            Some(answer.headers.iter().fold(response, |response, (name, value)| response.with(name, value)))
        }))
    }
}

/// The number of calls that a consumer must make: at least one, unless the expectation says otherwise.
#[derive(Clone, Debug)]
pub struct Expectation(CallExpectation);

impl Expectation {
    /// Expects calls of these operations: `celigo.integrations.create`, `celigo.*`.
    pub fn on(operations: impl Into<Operations>) -> Self {
        Self(CallExpectation {
            id: None,
            on: Some(operations.into()),
            when: None,
            fault: None,
            step: None,
            status: Vec::new(),
            gave_up: false,
            times: Range::at_least(1),
            place: None,
            source: None,
        })
    }

    /// Sets the expectation's name in reports.
    pub fn id(mut self, id: &str) -> Self {
        self.0.id = Some(id.to_owned());
        self
    }

    /// Counts only calls whose body matches, written as a scenario writes it.
    ///
    /// # Panics
    ///
    /// Panics when it is no matcher.
    #[track_caller]
    pub fn body(mut self, matcher: &Value) -> Self {
        self.0.when.get_or_insert_default().body = Some(Matcher::from_json(matcher));
        self
    }

    /// Counts only calls whose query matches.
    ///
    /// # Panics
    ///
    /// Panics when it is no matcher.
    #[track_caller]
    pub fn query(mut self, matcher: &Value) -> Self {
        self.0.when.get_or_insert_default().query = Some(Matcher::from_json(matcher));
        self
    }

    /// Counts only calls whose path parameters match.
    ///
    /// # Panics
    ///
    /// Panics when it is no matcher.
    #[track_caller]
    pub fn params(mut self, matcher: &Value) -> Self {
        self.0.when.get_or_insert_default().params = Some(Matcher::from_json(matcher));
        self
    }

    /// Counts only calls whose client gave up before the answer came, for instance because a rule delays it.
    pub fn gave_up(mut self) -> Self {
        self.0.gave_up = true;
        self
    }

    /// Counts only calls answered with this status.
    pub fn status(mut self, status: u16) -> Self {
        self.0.status.push(status);
        self
    }

    /// Counts only calls answered by the fault rule of this id.
    pub fn by_rule(mut self, id: &str) -> Self {
        self.0.fault = Some(id.to_owned());
        self
    }

    /// Counts only calls made while the scenario is in this step.
    pub fn in_step(mut self, name: &str) -> Self {
        self.0.step = Some(name.to_owned());
        self
    }

    /// Expects exactly `times` calls.
    pub fn times(mut self, times: u64) -> Self {
        self.0.times = Range::exactly(times);
        self
    }

    /// Expects at least `times` calls.
    pub fn at_least(mut self, times: u64) -> Self {
        self.0.times.min = times;
        self
    }

    /// Expects at most `times` calls. Without [`at_least`](Self::at_least), no call is fine too.
    pub fn at_most(mut self, times: u64) -> Self {
        let min = if self.0.times == Range::at_least(1) { 0 } else { self.0.times.min };
        self.0.times = Range { min, max: times };
        self
    }

    /// Expects no call.
    pub fn never(self) -> Self {
        self.times(0)
    }
}

impl WorldHandle {
    /// Adds a fault rule. It comes before those of a scenario, behind those added before.
    ///
    /// # Panics
    ///
    /// Panics when the rule selects no operation, names an error that is not documented, or does nothing.
    #[track_caller]
    pub fn fault(&self, rule: Rule) {
        if let Err(error) = self.try_fault(rule) {
            panic!("{error}");
        }
    }

    /// Adds a fault rule like [`fault`](Self::fault), and returns its id.
    pub fn try_fault(&self, rule: Rule) -> Result<String, Error> {
        let mut world = self.world.lock();
        let router = self.engine.router();
        let added = world.run_mut(router).add(router, rule);
        added.map(|id| id.to_string()).map_err(|message| Error::invalid(message))
    }

    /// Adds a fault rule as a scenario writes it.
    #[cfg(feature = "cli")]
    pub(crate) fn fault_as_written(&self, rule: &serde_json::Value) -> Result<(), Error> {
        let rules = crate::scenario::read_rules(&serde_json::json!([rule]).to_string(), self.engine.router())?;
        rules.into_iter().try_for_each(|rule| self.try_fault(rule).map(|_| ()))
    }

    /// Removes the fault rules that were added; those of a scenario stay.
    pub fn clear_faults(&self) {
        self.world.lock().clear_added_rules();
    }

    /// Expects calls, counted from now on. [`verify`](Self::verify) tells whether they came.
    ///
    /// # Panics
    ///
    /// Panics when no operation is selected.
    #[track_caller]
    pub fn expect(&self, expectation: Expectation) {
        let router = self.engine.router();
        let on = expectation.0.on.clone().unwrap_or_default();
        assert!(
            router.rows().iter().any(|row| on.select(row.operation)),
            "{on} selects no operation; standin::operations lists them"
        );
        self.world.lock().run_mut(router).expect(expectation.0);
        self.declared();
    }

    /// Returns the current step of the scenario's timeline, if it has one.
    pub fn step(&self) -> Option<String> {
        self.world.lock().run.as_ref().and_then(|run| run.step_name().map(ToString::to_string))
    }
}
