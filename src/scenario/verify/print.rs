//! A report for people and for the tools of continuous integration.

use std::collections::BTreeSet;
use std::fmt;

use crate::history::coverage::CoverageCell;
use crate::http::clip::{clipped, column_width};
use crate::scenario::verify::one_line::on_one_line;
use crate::scenario::verify::report::{Check, Report, Violation};

/// The most calls of the journal that a report prints: the newest.
const JOURNAL_SHOWN: usize = 12;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.checks.len();
        let failed = self.failed().count();
        if self.passed {
            let checks = if all == 1 { "check" } else { "checks" };
            write!(f, "PASS {}   {all} {checks}   world {}   seed {}", self.scenario, self.world, self.seed)?;
            return self.write_notes(f);
        }
        write!(
            f,
            "FAIL {}   {failed} of {all} checks failed   world {}   seed {}",
            self.scenario, self.world, self.seed
        )?;
        for check in self.failed() {
            let id = clipped(&*check.id);
            for violation in &check.violations {
                write!(f, "\n  {id}: {}", violation.message)?;
                for detail in &violation.details {
                    write!(f, "\n      {detail}")?;
                }
            }
        }
        if !self.journal.is_empty() {
            let from = self.journal.len().saturating_sub(JOURNAL_SHOWN);
            let cut = if from > 0 || self.journal_lost > 0 { "… " } else { "" };
            write!(f, "\n  journal: {cut}{}", self.journal[from..].join(" · "))?;
        }
        self.write_notes(f)
    }
}

impl Report {
    fn write_notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.notes().iter().try_for_each(|line| write!(f, "\n  {line}"))
    }

    /// Returns the sentences that every format tells of a passed report, too: calls that were lost or not judged, calls
    /// elsewhere.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.loss().into_iter().chain(self.unjudged()).chain(self.elsewhere.lines()).collect()
    }

    /// Says which calls, and which worlds, no verification looked at.
    fn unjudged(&self) -> Vec<String> {
        let (number, worlds) = (self.calls_unjudged, self.worlds_unjudged.join(", "));
        let calls = match number {
            0 => None,
            1 => Some("1 call was".to_owned()),
            number => Some(format!("{number} calls were")),
        };
        let why = "not judged, because the world was reset, restored or given another scenario before a verification";
        let calls = calls.map(|calls| format!("unjudged: {calls} {why}"));
        let worlds = (!worlds.is_empty())
            .then(|| format!("unjudged: worlds whose expectations were never verified: {}", on_one_line(&worlds)));
        calls.into_iter().chain(worlds).collect()
    }

    /// Says that the journal lost calls, and which checks that affects.
    fn loss(&self) -> Option<String> {
        let lost = self.journal_lost;
        if lost == 0 {
            return None;
        }
        let calls = if lost == 1 { "call" } else { "calls" };
        let read_it: Vec<&str> =
            self.checks.iter().filter(|check| check.reads_journal()).map(|check| check.id.as_str()).collect();
        let rest = match read_it.as_slice() {
            [] => "near misses are sought among the rest".to_owned(),
            ids => format!("but these could not be judged: {}", ids.join(", ")),
        };
        Some(format!(
            "lost: the journal lost its {lost} oldest {calls}; counts of calls, order and cover are exact without them, {rest}"
        ))
    }
}

impl Check {
    /// Tells whether the check needs all calls of the journal.
    fn reads_journal(&self) -> bool {
        self.id.starts_with("conduct.") && self.id != "conduct.paging"
    }
}

impl Check {
    fn text(&self) -> String {
        self.violations.iter().flat_map(Violation::lines).collect::<Vec<_>>().join("\n")
    }
}

impl Violation {
    /// Returns the message, then the details behind it.
    fn lines(&self) -> Vec<String> {
        let details = self.details.iter().map(|detail| format!("    {detail}"));
        std::iter::once(self.message.clone()).chain(details).collect()
    }
}

/// Returns reports as `JUnit` XML: a suite per scenario, a case per check, the calls as output of the suite.
/// [`reports`](crate::reports) has an example.
#[must_use]
pub fn junit(reports: &[Report]) -> String {
    let failures = |report: &Report| report.failed().count();
    let total_ms = reports.iter().map(|report| report.time().1).sum();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"standin\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"0\" time=\"{}\">\n",
        reports.iter().map(|report| report.checks.len()).sum::<usize>(),
        reports.iter().map(failures).sum::<usize>(),
        seconds(total_ms),
    );
    for (id, report) in reports.iter().enumerate() {
        let (name, tests, failures) = (escape(&report.scenario), report.checks.len(), failures(report));
        let (started, duration_ms) = report.time();
        let (time, timestamp) = (seconds(duration_ms), escape(started));
        xml += &format!(
            "  <testsuite id=\"{id}\" name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\" time=\"{time}\""
        );
        if !timestamp.is_empty() {
            xml += &format!(" timestamp=\"{timestamp}\"");
        }
        xml += ">\n    <properties>\n";
        for (name, value) in
            [("world", &report.world), ("seed", &report.seed.to_string()), ("calls", &report.calls.to_string())]
        {
            xml += &format!("      <property name=\"{name}\" value=\"{}\"/>\n", escape(value));
        }
        xml += "    </properties>\n";
        for check in &report.checks {
            xml += &test_case(report, check);
        }
        if !report.journal.is_empty() {
            xml += &format!("    <system-out>{}</system-out>\n", escape(&report.journal.join("\n")));
        }
        if !report.notes().is_empty() {
            xml += &format!("    <system-err>{}</system-err>\n", escape(&report.notes().join("\n")));
        }
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>\n"
}

fn test_case(report: &Report, check: &Check) -> String {
    let name = if check.title.is_empty() { check.id.clone() } else { format!("{}: {}", check.id, check.title) };
    let mut head =
        format!("<testcase classname=\"{}\" name=\"{}\"", escape(&clipped(&*report.scenario)), escape(&name));
    if let Some(file) = report.real_file() {
        head += &format!(" file=\"{}\"", escape(&clipped(file)));
        if check.line > 0 {
            head += &format!(" line=\"{}\"", check.line);
        }
    }
    // The checks are judged together, after the calls, so that only the suite has a time.
    head += " time=\"0.000\"";
    if check.passed {
        return format!("    {head}/>\n");
    }
    let message = check.violations.first().map(|violation| escape(&violation.sentence())).unwrap_or_default();
    let text = escape(&check.text());
    format!(
        "    {head}>\n      <failure message=\"{message}\" type=\"expectation\">{text}</failure>\n    </testcase>\n"
    )
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

impl Report {
    /// Returns start and duration in milliseconds: measured, else by the world's clock.
    fn time(&self) -> (&str, u64) {
        let by_world = (self.started.as_str(), self.duration_ms);
        self.measured.as_ref().map_or(by_world, |(started, duration_ms)| (started, *duration_ms))
    }

    /// Returns the scenario's file; `None` for a ready-made one, which has no line to look at.
    fn real_file(&self) -> Option<&str> {
        Some(self.file.as_str()).filter(|file| file.contains('.'))
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' | '\t' => escaped.push(letter),
            // XML 1.0 cannot write these characters.
            control if control.is_control() || matches!(control, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Returns reports as TAP 14: a subtest per scenario, a test point per check. [`reports`](crate::reports) has an example.
#[must_use]
pub fn tap(reports: &[Report]) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", reports.len());
    for (n, report) in reports.iter().enumerate() {
        text += &format!("# Subtest: {}\n    1..{}\n", hash_escaped(&report.scenario), report.checks.len());
        for (k, check) in report.checks.iter().enumerate() {
            let ok = if check.passed { "ok" } else { "not ok" };
            text += &format!("    {ok} {} - {}\n", k + 1, hash_escaped(&check.id));
            if !check.passed {
                text += "      ---\n      message: |\n";
                for line in check.text().lines() {
                    text += &format!("        {line}\n");
                }
                text += "      ...\n";
            }
        }
        for line in report.notes() {
            text += &format!("    # {line}\n");
        }
        let ok = if report.passed { "ok" } else { "not ok" };
        text += &format!("{ok} {} - {}\n", n + 1, hash_escaped(&report.scenario));
    }
    text
}

fn hash_escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}

/// Returns failures as annotations of GitHub Actions: lines for stdout. [`reports`](crate::reports) has an example.
#[must_use]
pub fn github_annotations(reports: &[Report]) -> String {
    let mut lines = String::new();
    for report in reports {
        let (title, file) = (property(&clipped(&*report.scenario)), report.real_file().map(clipped));
        for check in report.failed() {
            let id = clipped(&*check.id);
            for violation in &check.violations {
                let message = format!("{id}: {}", violation.lines().join("\n"));
                let place = match (&file, check.line) {
                    (None, _) => String::new(),
                    (Some(file), 0) => format!("file={},", property(file)),
                    (Some(file), line) => format!("file={},line={line},", property(file)),
                };
                lines += &format!("::error {place}title={title}::{}\n", data(&message));
            }
        }
        for line in report.notes() {
            lines += &format!("::warning title={title}::{}\n", data(&line));
        }
    }
    lines
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Returns reports as Markdown, for the summary of a GitHub Actions job. [`reports`](crate::reports) has an example.
#[must_use]
pub fn markdown(reports: &[Report]) -> String {
    let mut text = "### standin\n\n| scenario | result | checks | calls | seed |\n|---|---|---|---|---|\n".to_owned();
    for report in reports {
        let result = if report.passed { "passed" } else { "**failed**" };
        let (failed, all) = (report.failed().count(), report.checks.len());
        let checks = if failed == 0 { all.to_string() } else { format!("{failed} of {all} failed") };
        text += &format!("| {} | {result} | {checks} | {} | {} |\n", cell(&report.scenario), report.calls, report.seed);
    }
    let elsewhere: BTreeSet<String> = reports.iter().flat_map(Report::notes).collect();
    if !elsewhere.is_empty() {
        text.push('\n');
        elsewhere.iter().for_each(|line| text += &format!("- {}\n", cell(line)));
    }
    for report in reports.iter().filter(|report| !report.passed) {
        text += &format!("\n#### {}\n\n", cell(&report.scenario));
        for check in report.failed() {
            let id = clipped(&*check.id);
            for violation in &check.violations {
                text += &format!("- `{id}`: {}\n", cell(&violation.sentence()));
            }
        }
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', " ").replace('<', "&lt;")
}

/// Lists the documented outcomes that were served, a line per operation that was called, and counts the rest.
/// [`reports`](crate::reports) has an example.
#[must_use]
pub fn coverage(cells: &[CoverageCell]) -> String {
    let documented = || cells.iter().filter(|cell| cell.documented);
    let mut text = format!(
        "coverage: {} of {} documented outcomes served\n",
        documented().filter(|cell| cell.is_served()).count(),
        documented().count()
    );
    let operations = cells.chunk_by(|cell, next| cell.operation == next.operation);
    let (called, untouched): (Vec<_>, Vec<_>) = operations.partition(|cells| cells.iter().any(CoverageCell::is_served));
    let width = column_width(called.iter().map(|cells| cells[0].operation.as_str()));
    for cells in called {
        let words: Vec<String> = cells
            .iter()
            .map(|cell| match (cell.natural, cell.injected) {
                (0, 0) => format!("{} never", cell.outcome),
                (natural, 0) => format!("{} ×{natural}", cell.outcome),
                (0, injected) => format!("{} ×{injected} injected", cell.outcome),
                (natural, injected) => format!("{} ×{natural} +{injected} injected", cell.outcome),
            })
            .collect();
        text += &format!("  {:width$}  {}\n", cells[0].operation, words.join(", "));
    }
    if !untouched.is_empty() {
        text += &format!("  {} operations were never called\n", untouched.len());
    }
    text
}
