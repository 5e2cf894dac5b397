//! The comparison of a probe's live answers with the documents.

use std::fmt;

use crate::http::json_object::json_object;
use crate::http::redact::Redactor;
use crate::scenario::model::format::Scenario;
use crate::scenario::probe::drift::{Documented, Drift, Ignored, Tier};
use crate::scenario::probe::probe::{Played, ProbeAnswer, ProbeRequest, StepOutcome, Wrong};

/// The result of a probe. `drift` is the version of this shape.
///
/// ```
/// use standin::{ProbeAnswer, Standin};
///
/// let world = Standin::builder().offline()?;
/// let compared = world.probe("celigo-bad-afternoon", |_| Err("no route to host".to_owned()))?;
/// assert_eq!((compared.drift, compared.scenario.as_str()), (1, "celigo-bad-afternoon"));
/// assert_eq!(compared.unanswered(), Some("no route to host"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Comparison {
    /// 1.
    pub drift: u32,
    /// The scenario's name.
    pub scenario: String,
    /// Number of differences that are errors.
    pub errors: usize,
    /// Number of differences that are warnings.
    pub warnings: usize,
    /// Number of differences that are infos.
    pub infos: usize,
    /// The requests, in the order of the file.
    pub steps: Vec<ComparedStep>,
}

json_object!(write Comparison { drift, scenario, errors, warnings, infos, steps });

/// One request of the probe, in a [`Comparison`].
///
/// ```
/// use standin::{ProbeAnswer, Standin};
///
/// let world = Standin::builder().offline()?;
/// let compared = world.probe("celigo-bad-afternoon", |_| Ok(ProbeAnswer::new(503, "")))?;
/// let step = &compared.steps[0];
/// assert_eq!((step.operation.as_str(), step.status), ("celigo.integrations.list", Some(503)));
/// assert_eq!(step.differences[0].what, "has status 503, expected 200");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComparedStep {
    /// The operation.
    pub operation: String,
    /// Method and target, below the API's base URL; `None` when it was not sent, because an earlier request went wrong.
    pub request: Option<String>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The reason why there was no answer.
    pub unanswered: Option<String>,
    /// The places where the answer differs from what is documented.
    pub differences: Vec<Drift>,
}

json_object!(write ComparedStep { operation, request, status, unanswered, differences });

impl Scenario {
    /// Plays the probe against a live service, to which `live` sends requests, and compares its answers with those that
    /// `fake` gets from the fake.
    pub(crate) fn compare_with(
        &self,
        fake: impl FnMut(&ProbeRequest) -> Result<ProbeAnswer, String>,
        live: impl FnMut(&ProbeRequest) -> Result<ProbeAnswer, String>,
    ) -> Comparison {
        let fakes = self.probe.as_ref().map(|probe| probe.run(fake)).unwrap_or_default();
        let lives = self.probe.as_ref().map(|probe| probe.run(live)).unwrap_or_default();
        let ignored = Ignored::new(self.probe.as_ref().map_or(&[], |probe| &probe.ignore));
        let mut documented = Documented::default();
        let compared = |(live, fake): (Played<'_>, Played<'_>)| compare(live, &fake, &mut documented, &ignored);
        let steps: Vec<ComparedStep> = lives.into_iter().zip(fakes).map(compared).collect();
        let count =
            |tier| steps.iter().flat_map(|step| &step.differences).filter(|difference| difference.tier == tier).count();
        let (errors, warnings, infos) = (count(Tier::Error), count(Tier::Warning), count(Tier::Info));
        Comparison { drift: Comparison::VERSION, scenario: self.name.clone(), errors, warnings, infos, steps }
    }
}

fn compare(live: Played<'_>, fake: &Played<'_>, documented: &mut Documented, ignored: &Ignored) -> ComparedStep {
    let nothing = ComparedStep {
        operation: live.step.row.operation.to_owned(),
        request: None,
        status: None,
        unanswered: None,
        differences: Vec::new(),
    };
    let told =
        |request: &ProbeRequest| Some(format!("{} {}", request.method, Redactor::default().target(&request.target)));
    match live.outcome {
        StepOutcome::Omitted => nothing,
        StepOutcome::Unanswered(request, why) => {
            ComparedStep { request: told(&request), unanswered: Some(why), ..nothing }
        }
        StepOutcome::Answered { request, heard, wrong } => {
            let error = |at: &str, what| Drift { tier: Tier::Error, at: at.to_owned(), what, times: 1 };
            let differences = match wrong {
                Some(Wrong::Status) => {
                    vec![error("", format!("has status {}, expected {}", heard.status, live.step.statuses()))]
                }
                other => {
                    // A fake's answer with another status is no example for this one.
                    let fake = match &fake.outcome {
                        StepOutcome::Answered { heard: said, .. } if said.status == heard.status => Some(said),
                        _ => None,
                    };
                    let unbound = other.and_then(|wrong| match wrong {
                        Wrong::Unbound { name, pointer } => {
                            Some(error(&pointer, format!("has no text to bind as {name}")))
                        }
                        Wrong::Status => None,
                    });
                    let drifts = documented.drifts(request.row, &heard, fake, ignored);
                    unbound.into_iter().chain(drifts).collect()
                }
            };
            ComparedStep { request: told(&request), status: Some(heard.status), differences, ..nothing }
        }
    }
}

impl Comparison {
    /// The version of this shape.
    pub const VERSION: u32 = 1;

    /// Returns the reason why a request had no answer, if one had none.
    #[must_use]
    pub fn unanswered(&self) -> Option<&str> {
        self.steps.iter().find_map(|step| step.unanswered.as_deref())
    }

    /// Returns the comparison as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a comparison is JSON")
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match (self.errors, self.unanswered()) {
            (1.., _) => "DRIFT",
            (0, Some(_)) => "UNANSWERED",
            (0, None) => "PASS",
        };
        let made = self.steps.iter().filter(|step| step.request.is_some()).count();
        let counted = [(self.errors, "error"), (self.warnings, "warning"), (self.infos, "info")];
        let counted: Vec<String> = counted
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        let counted = match (counted.as_slice(), self.unanswered()) {
            ([], Some(_)) => "one without an answer".to_owned(),
            ([], None) => "no difference".to_owned(),
            (counted, _) => counted.join(", "),
        };
        writeln!(f, "{verdict} {}   {made} of {} requests made   {counted}", self.scenario, self.steps.len())?;
        for (n, step) in self.steps.iter().enumerate() {
            write!(f, "  {} {}", n + 1, step.operation)?;
            match (&step.request, step.status, &step.unanswered) {
                (Some(request), Some(status), _) => writeln!(f, "   {request} → {status}")?,
                (Some(request), None, Some(why)) => writeln!(f, "   {request} → no answer: {why}")?,
                _ => writeln!(f, "   not asked: an earlier request went wrong")?,
            }
            for Drift { tier, at, what, times } in &step.differences {
                let tier = match tier {
                    Tier::Error => "error",
                    Tier::Warning => "warning",
                    Tier::Info => "info",
                };
                let at = if at.is_empty() { "the answer" } else { at };
                let times = if *times == 1 { String::new() } else { format!(" (at {times} places)") };
                writeln!(f, "      {tier}: {at} {what}{times}")?;
            }
        }
        Ok(())
    }
}
