//! Reports: the findings of a verification, as data. All printed forms derive from it.

use crate::history::coverage::CoverageCell;

use crate::http::json_object::json_object;
use crate::http::redact::Redactor;
use crate::scenario::model::difference::NearMiss;
use crate::scenario::verify::elsewhere::Elsewhere;
use crate::scenario::verify::one_line::on_one_line;

/// The findings of a verification. `report` is the version of this shape.
///
/// ```
/// use standin::{Expectation, Rule, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.fault(Rule::on("celigo.integrations.list").id("busy").error("rate_limited").optional());
/// world.expect(Expectation::on("edlink.events.list").id("events"));
/// let report = world.report();
/// let failed = report.failed().next().unwrap();
/// assert_eq!((report.passed, failed.id.as_str()), (false, "calls.events"));
/// assert_eq!(failed.violations[0].message, "edlink.events.list called 0 times, expected at least 1");
/// assert_eq!((report.rules[0].id.as_str(), report.rules[0].fired), ("busy", 0));
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// 1.
    pub report: u32,
    /// The scenario's name; `-` when everything was declared in code.
    pub scenario: String,
    /// The scenario's file; empty when there is none.
    pub file: String,
    /// The world.
    pub world: String,
    /// Its seed.
    pub seed: u64,
    /// The APIs served.
    pub apis: Vec<String>,
    /// The time of the first call, by the world's clock.
    pub started: String,
    /// The time from the first call to the verification, by the world's clock, in milliseconds.
    pub duration_ms: u64,
    /// Start and duration in milliseconds by the machine's clock, for `JUnit`. They differ between runs, so they are
    /// not part of the JSON.
    pub measured: Option<(String, u64)>,
    /// True when every check passed.
    pub passed: bool,
    /// Calls answered.
    pub calls: u64,
    /// Every check, in the order of the file.
    pub checks: Vec<Check>,
    /// Every fault rule.
    pub rules: Vec<RuleReport>,
    /// The steps entered, in order.
    pub steps: Vec<StepReport>,
    /// The newest calls in a few words each, oldest first.
    pub journal: Vec<String>,
    /// Number of calls that the journal has lost.
    pub journal_lost: u64,
    /// Number of calls that went unjudged since the last verification, because the world was reset, restored or given
    /// another scenario.
    pub calls_unjudged: u64,
    /// Other worlds whose expectations were never verified: of `standin run` and `standin serve`.
    pub worlds_unjudged: Vec<String>,
    /// Traffic of the command that came to no world: of `standin run` with the proxy.
    pub elsewhere: Elsewhere,
    /// Documented outcomes, and the number of times each was served. A report in a file has only those that were
    /// served, unless the user asked for all.
    pub coverage: Vec<CoverageCell>,
}

json_object!(write Report {
    report, scenario, file, world, seed, apis, started, duration_ms, passed, calls, checks, rules, steps, journal,
    journal_lost, calls_unjudged: omitted, worlds_unjudged: omitted, elsewhere: flat, coverage,
});
json_object!(read Report {
    report, scenario, file, world, seed, apis: default, started: default, duration_ms: default, passed, calls, checks,
    rules, steps, journal, journal_lost, calls_unjudged: default, worlds_unjudged: default, coverage;
    other_hosts: default, refused_handshakes: default
        => elsewhere: Elsewhere { other_hosts, refused_handshakes }, measured: None
});

/// One check of a [`Report`].
///
/// ```
/// use standin::{Expectation, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.expect(Expectation::on("edlink.events.list").id("events").times(2));
/// let report = world.report();
/// let check = &report.checks[0];
/// assert_eq!((check.id.as_str(), check.title.as_str()), ("calls.events", "edlink.events.list exactly 2 times"));
/// assert!(!check.passed);
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// Its name: `calls.lookup`, `conduct.no_retry_on`.
    pub id: String,
    /// The check in words: `celigo.integrations.list at least 1 time`.
    pub title: String,
    /// True when the check found no violation.
    pub passed: bool,
    /// The violations found.
    pub violations: Vec<Violation>,
    /// The line of the file that declares it; 0 when none does.
    pub line: usize,
}

json_object!(both Check { id, title: default, passed, violations, line });

/// One violation that a check found.
///
/// ```
/// use standin::{Expectation, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.expect(Expectation::on("celigo.integrations.delete").never());
/// world.answer("DELETE", "/v1/integrations/abc123", &[("authorization", "Bearer any")], b"");
/// let report = world.report();
/// let violation = &report.checks[0].violations[0];
/// assert_eq!(violation.message, "celigo.integrations.delete called 1 time, expected exactly 0");
/// assert_eq!(violation.details, ["call 1"]);
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The finding, in a sentence.
    pub message: String,
    /// The number of the call, if it is about one.
    pub call: Option<u64>,
    /// Lines that help to understand it; the last are about the nearest call or record.
    pub details: Vec<String>,
    /// The call or record that came nearest to what was expected.
    pub near: Option<NearMiss>,
}

json_object!(both Violation { message, call: default, details, near: omitted });

impl Check {
    /// Returns the check without credentials.
    pub(in crate::scenario) fn redacted(mut self, redactor: &Redactor) -> Self {
        self.title = redactor.text(&self.title).into_owned();
        for violation in &mut self.violations {
            if let Some(near) = violation.near.take() {
                // The lines about the near miss are the last.
                violation.details.truncate(violation.details.len().saturating_sub(near.lines().len()));
                let near = near.redacted(redactor);
                violation.details.extend(near.lines().iter().map(|line| on_one_line(line)));
                violation.near = Some(near);
            }
            let texts = std::iter::once(&mut violation.message).chain(&mut violation.details);
            texts.for_each(|text| *text = redactor.text(text).into_owned());
        }
        self
    }
}

impl Violation {
    pub(in crate::scenario) fn new(message: String) -> Self {
        Self { message, call: None, details: Vec::new(), near: None }
    }

    /// Adds details, a line each.
    pub(in crate::scenario) fn detailed(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }

    /// Adds the near miss, if there is one.
    pub(in crate::scenario) fn near(mut self, near: Option<NearMiss>) -> Self {
        self.details.extend(near.iter().flat_map(NearMiss::lines));
        self.near = near;
        self
    }

    /// Returns the violation in one sentence: the finding and, with a near miss, its first difference.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self.near.as_ref().and_then(|near| near.lines().into_iter().next()) {
            Some(line) => format!("{}; {}", self.message, on_one_line(&line)),
            None => self.message.clone(),
        }
    }

    /// Returns the violation with each text on one line.
    pub(in crate::scenario) fn on_one_line(self) -> Self {
        let details = self.details.iter().map(|detail| on_one_line(detail)).collect();
        Self { message: on_one_line(&self.message), details, ..self }
    }
}

/// The counters of a fault rule.
///
/// ```
/// use standin::{Rule, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.fault(Rule::on("celigo.integrations.list").id("second").nth(2).close());
/// world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"");
/// let rules = world.report().rules;
/// assert_eq!((rules[0].id.as_str(), rules[0].matched, rules[0].fired), ("second", 1, 0));
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleReport {
    /// The rule.
    pub id: String,
    /// Requests that matched.
    pub matched: u64,
    /// Times that it took effect.
    pub fired: u64,
}

json_object!(both RuleReport { id, matched, fired });

/// A step that was entered.
///
/// ```
/// use standin::Standin;
///
/// let world = Standin::builder().offline()?;
/// world.load("celigo-bad-afternoon")?;
/// let report = world.report();
/// assert_eq!(report.steps[0].call, 0, "{:?}", report.steps);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepReport {
    /// Its name.
    pub name: String,
    /// The number of the call that led there; 0 is the start.
    pub call: u64,
}

json_object!(both StepReport { name, call });

impl Report {
    /// The version of this shape.
    pub const VERSION: u32 = 1;

    /// Tells whether the verification tested nothing: there was no call, or no check.
    #[must_use]
    pub fn tested_nothing(&self) -> bool {
        self.calls == 0 || self.checks.is_empty()
    }

    /// Returns the checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.passed)
    }

    /// Returns the report with only the outcomes that were served.
    #[must_use]
    pub fn without_zeros(mut self) -> Self {
        self.coverage.retain(CoverageCell::is_served);
        self
    }

    /// Returns the report as JSON, with only the outcomes that were served.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&self.clone().without_zeros()).expect("a report is JSON")
    }
}
