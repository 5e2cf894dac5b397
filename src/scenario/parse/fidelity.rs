//! Strict fidelity: a file that depends on undocumented behaviour is refused.

use std::fmt::Display;

use crate::engine::api::api::Api;
use crate::engine::api::router::Row;
use crate::engine::schema::error_def::{Evidence, Variant};
use crate::engine::schema::profile::Profile;
use crate::http::position::PathSegment;
use crate::scenario::model::diagnostics::Code;
use crate::scenario::model::rule::Operations;
use crate::scenario::parse::read::FileReader;

/// The dependences of a file, noted while it is read.
#[derive(Default)]
pub(in crate::scenario) struct Fidelity {
    /// The operations that are not modelled, with the paths where the file names them.
    not_modelled: Vec<(Vec<PathSegment>, &'static str)>,
    /// The operations that a rule answers in the fake's place.
    answered: Vec<Operations>,
}

impl FileReader<'_, '_> {
    /// Returns the profile that an API has.
    pub(in crate::scenario) fn profile(&self, api: &Api) -> Profile {
        self.profiles.iter().find(|(name, _)| *name == api.name).map_or(Profile::default(), |(_, profile)| *profile)
    }

    /// Returns the operations of the scenario's APIs that are selected.
    pub(in crate::scenario) fn rows(&self, operations: &Operations) -> Vec<&Row> {
        let ours = |row: &&Row| self.apis.iter().any(|api| api.name == row.api.name);
        self.router.rows().iter().filter(ours).filter(|row| operations.select(row.operation)).collect()
    }

    /// Notes an operation that the file names at that path. A name with a star selects those there are, and depends on
    /// none.
    pub(in crate::scenario) fn depends_on_operation(&mut self, path: &[PathSegment], operation: &str) {
        let Some(fidelity) = &mut self.fidelity else { return };
        let Some(row) = self.router.operation(operation) else { return };
        if row.route.evidence == Evidence::Assumed {
            let what = format!("depends on {operation}, which is assumed: {}", row.route.source);
            self.assumes(path, what, "use an operation that is documented or observed");
        } else if !row.route.is_modelled() {
            fidelity.not_modelled.push((path.to_vec(), row.operation));
        }
    }

    /// Notes the outcome of an operation that the file names at that path: a status, or the name of an error.
    pub(in crate::scenario) fn depends_on_outcome(&mut self, path: &[PathSegment], row: &Row, outcome: &str) {
        if self.fidelity.is_none() {
            return;
        }
        let profile = self.profile(row.api);
        let on = |error| row.api.outcome(row.route, error, profile);
        let outcomes: Vec<Variant> = match outcome.parse::<u16>() {
            Ok(status) if row.route.success_in(profile) == status => {
                let is_known = row.route.evidence_in(profile, status) != Evidence::Assumed;
                // An operation that is assumed as a whole is told by itself.
                if !is_known && row.route.evidence != Evidence::Assumed {
                    let what = format!("depends on {outcome}; {} is assumed", row.route.assumes);
                    self.assumes(path, what, "expect an operation that is documented or observed");
                }
                return;
            }
            Ok(status) => row.errors().map(on).filter(|error| error.status == status).collect(),
            Err(_) => row.api.error(outcome).map(on).into_iter().collect(),
        };
        self.depends_on_one_of(path, outcome, &outcomes);
    }

    /// Returns an error as each of these operations answers it; none without strict fidelity.
    pub(in crate::scenario) fn ways(&self, name: &str, rows: &[&Row]) -> Vec<Variant> {
        let on = |row: &&Row| Some(row.api.outcome(row.route, row.api.error(name)?, self.profile(row.api)));
        rows.iter().filter(|_| self.fidelity.is_some()).filter_map(on).collect()
    }

    /// Notes an outcome that comes in one of these ways: one documented way is enough.
    pub(in crate::scenario) fn depends_on_one_of(&mut self, path: &[PathSegment], outcome: &str, ways: &[Variant]) {
        let known = ways.iter().any(|way| way.evidence != Evidence::Assumed);
        if let Some(way) = ways.first().filter(|_| !known) {
            let what = format!("depends on {outcome}, which is assumed: {}", way.source);
            self.assumes(path, what, "use an error that is documented or observed");
        }
    }

    /// Notes a key that departs from documented behaviour.
    pub(in crate::scenario) fn goes_beyond(&mut self, path: &[PathSegment], what: &str) {
        if self.fidelity.is_some() {
            self.assumes(path, what, "leave it out");
        }
    }

    /// Notes that a rule answers these operations in the fake's place.
    pub(in crate::scenario) fn answers(&mut self, on: &Operations) {
        if let Some(fidelity) = &mut self.fidelity {
            fidelity.answered.push(on.clone());
        }
    }

    /// Rejects the operations that neither the fake nor a rule of the file answers.
    pub(in crate::scenario) fn refuse_unanswered(&mut self) {
        let Some(Fidelity { not_modelled, answered }) = self.fidelity.take() else { return };
        for (path, operation) in not_modelled {
            if !answered.iter().any(|on| on.select(operation)) {
                let what = format!("depends on {operation}, which is not modelled: the fake answers 501");
                self.assumes(&path, what, "add a rule that answers it with \"respond\"");
            }
        }
    }

    fn assumes(&mut self, path: &[PathSegment], what: impl Display, help: &str) {
        self.found.tell(Code::E21, path, what, format!("{help}, or do without strict fidelity"));
    }
}
