//! The end of a verification's wait.

use crate::scenario::model::format::FinalExpectation;
use crate::scenario::run::scenario_run::ScenarioRun;
use crate::scenario::verify::finals::FinalMatches;
use crate::scenario::verify::verify::Verification;

impl Verification<'_> {
    /// Tells whether a verification that waits may end now: every expected call came. An expectation that no call would
    /// meet is judged when the time is over.
    pub(crate) fn has_come_true(&self) -> bool {
        let Some(run) = self.run else { return true };
        let expect = &run.scenario().expect;
        run.expected().all(|(expected, count)| expected.times.min > 0 && expected.times.holds(count))
            && expect.order.iter().zip(&run.order).all(|((list, _), at)| *at >= list.len())
            && self.finals_hold(&expect.finals)
            && expect.reach.as_ref().is_none_or(|(wanted, _)| run.step_name().is_some_and(|now| **now == **wanted))
            && fired(run)
    }

    fn finals_hold(&self, finals: &[FinalExpectation]) -> bool {
        FinalMatches::of(self.state, finals).iter().zip(finals).all(|(found, expected)| found.meets(expected))
    }
}

fn fired(run: &ScenarioRun) -> bool {
    run.rules().all(|(rule, _, fired)| rule.optional || fired > 0)
}
