//! The expectations that one call comes near to without meeting them, for a person who looks at that call.

use crate::history::entry::{Entry, presented_by};
use crate::http::json_object::json_object;
use crate::scenario::model::difference::NearMiss;
use crate::scenario::verify::called::kind_of_call;
use crate::scenario::verify::near::{CallKind, Calls};
use crate::scenario::verify::one_line::on_one_line;
use crate::scenario::verify::verify::{Verification, in_times, name_of_calls};

/// An expectation that too few calls have met so far, and the parts in which a call differs from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NearExpectation {
    /// The name of its check: `calls.lookup`.
    pub id: String,
    /// The check in words.
    pub title: String,
    /// The parts that differ.
    pub near: NearMiss,
}

json_object!(write NearExpectation { id, title, near: flat });

impl Verification<'_> {
    /// Returns the expectations that a call comes near to: those that too few calls have met so far, and that are about
    /// its operation or a neighbour.
    pub(crate) fn near_to(&self, entry: &Entry) -> Vec<NearExpectation> {
        let Some(run) = self.run else { return Vec::new() };
        let journal = std::slice::from_ref(entry);
        let redactor = self.state.redactor().with(presented_by(journal).iter().map(String::as_str));
        let calls = Calls::new(journal, self.router);
        let open = run.expected().enumerate().filter(|(_, (expected, count))| *count < expected.times.min);
        let near = open.filter_map(|(n, (expected, _))| {
            let near = calls.nearest(&CallKind::from(expected))?.redacted(&redactor);
            let title = format!("{} {}", kind_of_call(expected), in_times(expected.times));
            let title = redactor.text(&on_one_line(&title)).into_owned();
            Some(NearExpectation { id: name_of_calls(n, expected), title, near })
        });
        near.collect()
    }
}
