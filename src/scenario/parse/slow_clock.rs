//! Steps and lags that end by time, compared with the clock of the world that will play them.

use crate::engine::state::clock::ClockMode;
use crate::http::position::show;
use crate::scenario::model::diagnostics::{Code, Diagnostic};
use crate::scenario::model::format::{EndKind, Scenario, Step};
use crate::scenario::model::lag::LagSpan;

/// The most answers that a step may wait for by a clock that moves with each answer, without a warning.
const FEW_ANSWERS: u64 = 20;

/// The remedy.
const HELP: &str = "with \"clock\": {\"mode\": \"real\"} it is time that passes";

impl Scenario {
    /// Warns of the steps that never end by this clock, or only after many answers. The scenario's own clock counts, if
    /// it has one.
    pub(crate) fn compare_with_clock(&self, usual: ClockMode) -> Vec<Diagnostic> {
        let step_ms = match self.clock_mode.unwrap_or(usual) {
            ClockMode::Real => return Vec::new(),
            ClockMode::Frozen => 0,
            ClockMode::Step { step_ms } => step_ms,
        };
        let by_calls = |step: &Step| step.ends.iter().any(|end| matches!(end.kind, EndKind::Calls { .. }));
        let ends = self.steps.iter().flat_map(|step| step.ends.iter().map(move |end| (end, by_calls(step))));
        let told = ends.filter_map(|(end, has_another)| {
            let EndKind::AfterMs(ms @ 1..) = end.kind else { return None };
            let (code, what) = match answers(ms, step_ms) {
                None => (Code::E22, "never comes: the clock stands still".to_owned()),
                Some(answers) if answers > FEW_ANSWERS && !has_another => {
                    (Code::W07, format!("is {answers} answers away: the clock moves {step_ms} ms with each answer"))
                }
                Some(_) => return None,
            };
            let message = format!("{}.after_ms {what}", show(&end.path));
            Some(Diagnostic { file: self.file.clone(), place: end.place, code, message, help: HELP.to_owned() })
        });
        told.chain(self.slow_lags(step_ms)).collect()
    }
}

impl Scenario {
    /// Warns of the lags that never end by this clock, or only after many answers.
    fn slow_lags(&self, step_ms: u64) -> impl Iterator<Item = Diagnostic> {
        self.lags.iter().filter_map(move |lag| {
            let LagSpan::Ms(ms) = lag.span else { return None };
            let (code, what) = match answers(ms, step_ms) {
                None => (Code::E22, "never ends: the clock stands still".to_owned()),
                Some(answers) if answers > FEW_ANSWERS => {
                    (Code::W07, format!("lasts {answers} answers: the clock moves {step_ms} ms with each answer"))
                }
                Some(_) => return None,
            };
            let message = format!("{}.ms {what}", show(&lag.path));
            Some(Diagnostic { file: self.file.clone(), place: lag.place, code, message, help: HELP.to_owned() })
        })
    }
}

/// Returns the number of answers a clock needs that moves with each of them; `None` when it stands still.
pub(in crate::scenario) fn answers(ms: u64, step_ms: u64) -> Option<u64> {
    (step_ms > 0).then(|| ms.div_ceil(step_ms))
}
