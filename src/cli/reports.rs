//! The files and streams that reports are written to.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};

use crate::cli::exit::{Exit, Failed};
use crate::cli::output::STDERR;
use crate::cli::own_file::{self, REPORT};
use crate::engine::schema::time::format_ms;
use crate::scenario::{Report, github_annotations, junit, markdown, tap};

/// The settings of reports.
#[derive(Args, Debug)]
#[command(next_help_heading = "Reports")]
#[allow(clippy::struct_field_names)] // They are the names of the flags.
pub(super) struct Reports {
    /// File for the report as JUnit XML: a suite per scenario, a case per check
    #[arg(long, env = "STANDIN_REPORT_JUNIT", value_name = "FILE")]
    report_junit: Option<PathBuf>,
    /// File for the report as JSON, which holds everything: an array with an object per scenario
    #[arg(long, env = "STANDIN_REPORT_JSON", value_name = "FILE")]
    report_json: Option<PathBuf>,
    /// File for the report as TAP 14
    #[arg(long, env = "STANDIN_REPORT_TAP", value_name = "FILE")]
    report_tap: Option<PathBuf>,
    /// Coverage in the report as JSON tells the outcomes that were never served, too
    #[arg(long, env = "STANDIN_REPORT_ALL_COVERAGE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    report_all_coverage: bool,
}

impl Reports {
    /// Removes the reports of an earlier run, so that a run that is interrupted leaves no report that looks like its
    /// own. Refuses a file that holds something else, a path that cannot be written, and one path for two files, of which
    /// `port_file` may be one.
    pub(super) fn clear(&self, port_file: Option<&PathBuf>) -> Result<(), Failed> {
        let port_file = port_file.map(|file| ("--port-file", file));
        let files: Vec<(&str, &PathBuf)> = self.named().chain(port_file).collect();
        for (at, (setting, file)) in files.iter().enumerate() {
            let identity = own_file::identity(file);
            let earlier =
                files[..at].iter().find(|(_, other)| identity.is_some() && own_file::identity(other) == identity);
            if let Some((other, _)) = earlier {
                let path = file.display();
                return Err(Failed::usage(format!("{other} and {setting} name one file, {path}; give each its own")));
            }
        }
        self.files().try_for_each(|file| own_file::remove(file, &REPORT))
    }

    /// Returns the files that reports are written to.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.named().map(|(_, file)| file)
    }

    fn named(&self) -> impl Iterator<Item = (&'static str, &PathBuf)> {
        let named = [
            ("--report-json", &self.report_json),
            ("--report-junit", &self.report_junit),
            ("--report-tap", &self.report_tap),
        ];
        named.into_iter().filter_map(|(setting, file)| Some((setting, file.as_ref()?)))
    }

    /// Writes reports to standard error, to the files of the settings and, in GitHub Actions, as annotations and into
    /// the summary of the job. A report that cannot be written does not keep the others from being written, and makes a
    /// good exit a failure. With `quiet`, standard error gets only the failures.
    pub(super) fn tell(&self, reports: &[Report], found: Exit, quiet: bool) -> Result<Exit, Failed> {
        for report in reports {
            if !quiet || !report.passed {
                say(&format!("{report}\n{}", again(report)));
            } else {
                report.notes().iter().for_each(|line| say(&format!("{line}\n")));
            }
        }
        let json = || {
            let written = |report: &Report| {
                if self.report_all_coverage { report.clone() } else { report.clone().without_zeros() }
            };
            let written: Vec<Report> = reports.iter().map(written).collect();
            serde_json::to_string_pretty(&written).map(|text| text + "\n").unwrap_or_default()
        };
        let mut written = vec![
            save(self.report_json.as_deref(), json),
            save(self.report_junit.as_deref(), || junit(reports)),
            save(self.report_tap.as_deref(), || tap(reports)),
        ];
        if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
            say(&github_annotations(reports));
            if let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from) {
                written.push(own_file::append(&summary, &markdown(reports)));
            }
        }
        let unwritten: Vec<String> = written.into_iter().filter_map(Result::err).map(|failed| failed.message).collect();
        match unwritten.as_slice() {
            [] => Ok(found),
            unwritten if found == Exit::Good => Err(Failed::usage(unwritten.join("\n"))),
            unwritten => {
                say(&format!("error: {}\n", unwritten.join("\n")));
                Ok(found)
            }
        }
    }
}

/// Returns the command that runs the scenario of a failed report again.
fn again(report: &Report) -> String {
    if report.passed || report.file.is_empty() {
        return String::new();
    }
    format!("  again: standin run --scenario {} -- <your test>\n", as_word(&report.file))
}

/// Returns a text as one word of a shell.
fn as_word(text: &str) -> Cow<'_, str> {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+:@%,=\\".contains(letter);
    if text.chars().all(is_plain) { text.into() } else { format!("'{}'", text.replace('\'', r"'\''")).into() }
}

fn save(file: Option<&Path>, text: impl FnOnce() -> String) -> Result<(), Failed> {
    file.map_or(Ok(()), |file| own_file::write(file, &text(), &REPORT))
}

/// A clock for the time that a report's calls took on this machine.
pub(super) struct Stopwatch {
    at: SystemTime,
    since: Instant,
}

impl Stopwatch {
    /// Starts the stopwatch.
    pub(super) fn start() -> Self {
        Self { at: SystemTime::now(), since: Instant::now() }
    }

    /// Writes start and duration into a report.
    pub(super) fn mark(&self, report: &mut Report) {
        let ms = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        let started = format_ms(ms(self.at.duration_since(UNIX_EPOCH).unwrap_or_default()));
        report.measured = Some((started, ms(self.since.elapsed())));
    }
}

/// Writes warnings to standard error.
pub(super) fn warn(warnings: &[String]) {
    for warning in warnings {
        say(&format!("{warning}\n"));
    }
}

/// Queues a text for standard error, because standard output is for results.
pub(super) fn say(text: &str) {
    STDERR.say(text);
}
