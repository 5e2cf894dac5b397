//! Fault rules and expectations, made in code.

use std::sync::Arc;

use serde_json::Value;

use crate::control::Error;
use crate::embed::handle::{Answer, WorldHandle, object};
use crate::embed::record::Record;
use crate::engine::state::State;
use crate::http::message::Response;
use crate::scenario::{CallExpectation, Matcher, Operations, Range, RequestView, Rule};

/// The records of the world that was asked, for a rule that answers with a function.
pub struct Data<'w>(&'w mut State);

impl Data<'_> {
    /// All records of a collection, in creation order.
    pub fn records(&mut self, collection: &str) -> Result<Vec<Record>, Error> {
        Ok(self.0.records(collection)?.into_iter().map(Record).collect())
    }

    /// Makes a record, as an administrator would.
    pub fn create(&mut self, collection: &str, fields: impl Into<Value>) -> Result<Record, Error> {
        Ok(Record(self.0.admin_create(collection, object(fields.into())?)?))
    }

    /// Changes some fields of a record: RFC 7396.
    pub fn patch(&mut self, collection: &str, id: &str, fields: impl Into<Value>) -> Result<Record, Error> {
        Ok(Record(self.0.admin_patch(collection, id, &object(fields.into())?)?))
    }

    /// Takes a record away.
    pub fn remove(&mut self, collection: &str, id: &str) -> Result<(), Error> {
        Ok(self.0.admin_remove(collection, id)?)
    }
}

impl Answer {
    /// An answer without body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// An answer of JSON.
    pub fn of_json(status: u16, body: &Value) -> Self {
        let kind = ("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
        Self { status, headers: vec![kind], body: body.to_string().into_bytes() }
    }
}

impl Rule {
    /// Answers with what a function says. It runs while the world is locked, and may change its records.
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
            let response = Response { body: answer.body.into(), ..Response::empty(answer.status) };
            answer.headers.iter().fold(response, |response, (name, value)| response.with(name, value))
        }))
    }
}

/// How many calls of a kind there must be: at least one, unless it says otherwise.
#[derive(Clone, Debug)]
pub struct Expectation(CallExpectation);

impl Expectation {
    /// Calls of these operations: `celigo.integrations.create`, `celigo.*`.
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

    /// Its name in reports.
    pub fn id(mut self, id: &str) -> Self {
        self.0.id = Some(id.to_owned());
        self
    }

    /// Only calls whose body looks like this, written as a scenario writes it.
    ///
    /// # Panics
    ///
    /// When it is no matcher.
    #[track_caller]
    pub fn body(mut self, matcher: &Value) -> Self {
        self.0.when.get_or_insert_default().body = Some(Matcher::from_json(matcher));
        self
    }

    /// Only calls whose query looks like this.
    ///
    /// # Panics
    ///
    /// When it is no matcher.
    #[track_caller]
    pub fn query(mut self, matcher: &Value) -> Self {
        self.0.when.get_or_insert_default().query = Some(Matcher::from_json(matcher));
        self
    }

    /// Only calls whose path parameters look like this.
    ///
    /// # Panics
    ///
    /// When it is no matcher.
    #[track_caller]
    pub fn params(mut self, matcher: &Value) -> Self {
        self.0.when.get_or_insert_default().params = Some(Matcher::from_json(matcher));
        self
    }

    /// Only calls whose client gave up before the answer came, such as one that a rule delays.
    pub fn gave_up(mut self) -> Self {
        self.0.gave_up = true;
        self
    }

    /// Only calls answered with this status.
    pub fn status(mut self, status: u16) -> Self {
        self.0.status.push(status);
        self
    }

    /// Only calls answered by the fault rule of this id.
    pub fn by_rule(mut self, id: &str) -> Self {
        self.0.fault = Some(id.to_owned());
        self
    }

    /// Only calls while the scenario is in this step.
    pub fn in_step(mut self, name: &str) -> Self {
        self.0.step = Some(name.to_owned());
        self
    }

    /// Exactly so many.
    pub fn times(mut self, times: u64) -> Self {
        self.0.times = Range::exactly(times);
        self
    }

    /// At least so many.
    pub fn at_least(mut self, times: u64) -> Self {
        self.0.times.min = times;
        self
    }

    /// At most so many. Without [`at_least`](Self::at_least), none is fine too.
    pub fn at_most(mut self, times: u64) -> Self {
        let min = if self.0.times == Range::at_least(1) { 0 } else { self.0.times.min };
        self.0.times = Range { min, max: times };
        self
    }

    /// None.
    pub fn never(self) -> Self {
        self.times(0)
    }
}

impl WorldHandle {
    /// Adds a fault rule. It comes before those of a scenario, behind those added before.
    ///
    /// # Panics
    ///
    /// When the rule selects no operation, names an error that is not documented, or does nothing.
    #[track_caller]
    pub fn fault(&self, rule: Rule) {
        if let Err(error) = self.try_fault(rule) {
            panic!("{error}");
        }
    }

    /// Adds a fault rule; its id.
    pub fn try_fault(&self, rule: Rule) -> Result<String, Error> {
        let mut world = self.world.lock();
        let router = self.engine.router();
        let added = world.run_mut(router).add(router, rule);
        added.map(|id| id.to_string()).map_err(|message| Error::new(400, "invalid_rule", message))
    }

    /// Adds a fault rule as a scenario writes it.
    #[cfg(feature = "cli")]
    pub(crate) fn fault_as_written(&self, rule: &serde_json::Value) -> Result<(), Error> {
        let rules = crate::scenario::read_rules(&serde_json::json!([rule]).to_string(), self.engine.router())?;
        rules.into_iter().try_for_each(|rule| self.try_fault(rule).map(|_| ()))
    }

    /// Takes away the fault rules that were added; those of a scenario stay.
    pub fn clear_faults(&self) {
        self.world.lock().clear_added_rules();
    }

    /// Expects calls, counted from now on. [`verify`](Self::verify) tells whether they came.
    ///
    /// # Panics
    ///
    /// When no operation is selected.
    #[track_caller]
    pub fn expect(&self, expectation: Expectation) {
        let router = self.engine.router();
        let on = expectation.0.on.clone().unwrap_or_default();
        assert!(
            router.rows().iter().any(|row| on.select(row.operation)),
            "{on:?} selects no operation; `standin routes` lists them"
        );
        self.world.lock().run_mut(router).expect(expectation.0);
        self.declared();
    }

    /// The step of the scenario's timeline, if it has one.
    pub fn step(&self) -> Option<String> {
        self.world.lock().run.as_ref().and_then(|run| run.step_name().map(ToString::to_string))
    }
}
