//! The fault rules, lags and expectations of a world.

use crate::embed::error::Error;
use crate::embed::expectation::Expectation;
use crate::embed::handle::{ADMIT, WorldHandle};
use crate::scenario::{Lag, Rule, warnings_of_fields};

impl WorldHandle {
    /// Adds a fault rule. It comes before those of a scenario, behind those added before.
    ///
    /// # Panics
    ///
    /// Panics when the rule selects no operation, names an error that is not documented, has an invalid matcher, or has
    /// no effect.
    #[track_caller]
    pub fn fault(&self, rule: Rule) {
        if let Err(error) = self.try_fault(rule) {
            panic!("{error}");
        }
    }

    /// Adds a fault rule like [`fault`](Self::fault), and returns its id. The error says what is wrong with the rule.
    pub fn try_fault(&self, rule: Rule) -> Result<String, Error> {
        let (router, on) = (self.registry.router(), rule.on.clone());
        let added = self.world.lock().run_mut(router).add(router, rule);
        let id = added.map_err(Error::invalid)?.to_string();
        self.note_added(&format!("fault rule {id:?} on {on}"), &format!("rule {id:?}: "));
        Ok(id)
    }

    /// Adds a fault rule as a scenario writes it.
    #[cfg(feature = "cli")]
    pub(crate) fn fault_as_written(&self, rule: &serde_json::Value) -> Result<(), Error> {
        let rules = crate::scenario::read_rules(&serde_json::json!([rule]).to_string(), self.registry.router())?;
        rules.into_iter().try_for_each(|rule| self.try_fault(rule).map(|_| ()))
    }

    /// Removes the fault rules that were added; those of a scenario stay.
    pub fn clear_faults(&self) {
        self.world.lock().clear_added_rules();
    }

    /// Lets reads see changes only later, from now on: eventual consistency. It comes before the lags of a scenario, behind
    /// those added before, and stays until the world begins again. [`Lag`] has an example.
    ///
    /// # Panics
    ///
    /// Panics when the lag selects no operation, or hides nothing.
    #[track_caller]
    pub fn lag(&self, lag: Lag) {
        if let Err(error) = self.try_lag(lag) {
            panic!("{error}");
        }
    }

    /// Lets reads see changes only later, like [`lag`](Self::lag). The error says what is wrong with the lag.
    pub fn try_lag(&self, lag: Lag) -> Result<(), Error> {
        let named = format!("lag on {}", lag.on);
        self.world.lock().add_lag(self.registry.router(), lag).map_err(Error::invalid)?;
        self.note_added(&named, &format!("{named}: "));
        Ok(())
    }

    /// Expects calls, counted from now on. [`verify`](Self::verify) tells whether they came.
    ///
    /// # Panics
    ///
    /// Panics when the expectation selects no operation, or has an invalid matcher.
    #[track_caller]
    pub fn expect(&self, expectation: Expectation) {
        if let Err(error) = self.try_expect(expectation) {
            panic!("{error}");
        }
    }

    /// Expects calls like [`expect`](Self::expect). The error says what is wrong with the expectation.
    pub fn try_expect(&self, expectation: Expectation) -> Result<(), Error> {
        let router = self.registry.router();
        let on = expectation.calls.on.clone().unwrap_or_default();
        if !router.rows().iter().any(|row| on.select(row.operation)) {
            return Err(Error::invalid(format!("{on} selects no operation; standin::operations lists them")));
        }
        if let Some(fault) = expectation.invalid {
            return Err(Error::invalid(fault));
        }
        let id = expectation.calls.id.clone();
        self.world.lock().run_mut(router).expect(expectation.calls);
        self.declared();
        let number = || self.world.lock().run.as_ref().map_or(0, |run| run.expected().count().saturating_sub(1));
        let name = id.map_or_else(|| format!("call {}", number()), |id| format!("call {id:?}"));
        self.note_added(&format!("expected {name} of {on}"), &format!("{name}: "));
        Ok(())
    }

    /// Writes into the log what was added, and the warnings that begin with its name.
    fn note_added(&self, what: &str, name: &str) {
        self.registry.note(|| {
            let own = self.warnings().into_iter().filter(|warning| warning.starts_with(name));
            let added = format!("{what} was added in world {}", self.name);
            std::iter::once(added).chain(own.map(|warning| format!("warning: {warning}"))).collect()
        });
    }

    /// Returns warnings about the fault rules, lags and expectations that were added to this world, and about the
    /// records that were written into it, one text each: a rule that can never fire because another always answers
    /// first, a field, parameter or status that no document knows. [`load`](Self::load) returns those about a scenario.
    ///
    /// ```
    /// use standin::{Expectation, Standin};
    ///
    /// let world = Standin::builder().offline()?;
    /// world.expect(Expectation::on("celigo.integrations.create").body(serde_json::json!({ "nmae": "Orders" })).never());
    /// assert!(world.warnings()[0].contains("when.body.nmae is no field of Integration"));
    /// # Ok::<(), standin::StartError>(())
    /// ```
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let (world, router) = (self.world.lock(), self.registry.router());
        let of_run = world.run.iter().flat_map(|run| {
            [run.warnings_of_rules(router), run.warnings_of_lags(router), run.warnings_of_calls(router)]
        });
        let of_fields = warnings_of_fields(&world.state.unknown_fields, ADMIT);
        of_run.flatten().chain(of_fields).collect()
    }

    /// Returns the current step of the scenario's timeline, if it has one.
    #[must_use]
    pub fn step(&self) -> Option<String> {
        self.world.lock().run.as_ref().and_then(|run| run.step_name().map(ToString::to_string))
    }
}
