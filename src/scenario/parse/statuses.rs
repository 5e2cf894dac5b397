//! Checks that something answers with the statuses that a scenario names.

use std::collections::HashSet;

use crate::engine::api::router::Router;
use crate::engine::schema::profile::Profile;
use crate::http::position::PathSegment;
use crate::scenario::model::diagnostics::{Code, Diagnostics};
use crate::scenario::model::format::{EndKind, Scenario};
use crate::scenario::model::rule::{Effect, Operations, Rule};
use crate::scenario::parse::paths::{all_rules, at, below, item, key};

/// Warns of statuses with which neither a documented operation nor a fault rule answers.
pub(super) fn statuses(found: &mut Diagnostics<'_>, scenario: &Scenario, router: &Router) {
    let made = Made::by(all_rules(scenario).map(|(_, _, rule)| &**rule));
    let mut tell = |on: Option<&Operations>, status: u16, path: &[PathSegment]| {
        undocumented(found, (on, status), &made, router, path);
    };
    for (n, call) in scenario.expect.calls.iter().enumerate().filter(|(_, call)| call.fault.is_none()) {
        let path = at(&[&key("expect"), &key("calls"), &item(n), &key("status")]);
        call.status.iter().for_each(|status| tell(call.on.as_ref(), *status, &path));
    }
    for end in scenario.steps.iter().flat_map(|step| &step.ends) {
        if let EndKind::Calls { on, status: Some(status), .. } = &end.kind {
            tell(Some(on), *status, &below(&end.path, "status"));
        }
    }
}

/// The statuses that rules answer with.
pub(in crate::scenario) enum Made {
    Any,
    Only(HashSet<u16>),
}

impl Made {
    pub(in crate::scenario) fn by<'r>(rules: impl Iterator<Item = &'r Rule>) -> Self {
        let mut statuses = HashSet::new();
        for rule in rules {
            match &rule.effect {
                Some(Effect::Respond { status, .. }) => drop(statuses.insert(*status)),
                // A function can answer with any status.
                Some(Effect::Answer(_)) => return Self::Any,
                _ => {}
            }
        }
        Self::Only(statuses)
    }

    fn has(&self, status: u16) -> bool {
        match self {
            Self::Any => true,
            Self::Only(statuses) => statuses.contains(&status),
        }
    }
}

/// Warns of a status with which neither these operations, as documented, nor one of the rules answers.
pub(in crate::scenario) fn undocumented(
    found: &mut Diagnostics<'_>,
    (on, status): (Option<&Operations>, u16),
    made: &Made,
    router: &Router,
    path: &[PathSegment],
) {
    let is_for = |operation: &str| on.is_none_or(|on| on.select(operation));
    let mut rows = router.rows().iter().filter(|row| is_for(row.operation) && row.route.is_modelled());
    // The statuses of the server itself, and of an empty list in the profile `live`.
    let of_server = matches!(status, 204 | 408 | 413 | 414 | 431 | 501);
    if !of_server && !made.has(status) && !rows.any(|row| row.documents_status(status, Profile::Live)) {
        let what = format!("is {status}, which none of these operations documents");
        found.tell(Code::W06, path, what, "correct it, or let a fault rule \"respond\" with it");
    }
}
