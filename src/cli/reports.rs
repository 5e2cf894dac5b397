//! Where reports go.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{Exit, Failed};
use crate::cli::output::STDERR;
use crate::scenario::{Report, github_annotations, junit, markdown, tap};

/// Where reports go, besides standard error.
#[derive(Args, Debug)]
#[command(next_help_heading = "Reports")]
#[allow(clippy::struct_field_names)] // They are the names of the flags.
pub struct Reports {
    /// File for the report as JUnit XML: a suite per scenario, a case per check
    #[arg(long, env = "STANDIN_REPORT_JUNIT", value_name = "FILE")]
    report_junit: Option<PathBuf>,
    /// File for the report as JSON, which holds everything: an array with an object per scenario
    #[arg(long, env = "STANDIN_REPORT_JSON", value_name = "FILE")]
    report_json: Option<PathBuf>,
    /// File for the report as TAP 14
    #[arg(long, env = "STANDIN_REPORT_TAP", value_name = "FILE")]
    report_tap: Option<PathBuf>,
}

impl Reports {
    /// Tells what was found: to standard error, to the files that were asked for, and, in GitHub Actions, as annotations
    /// and in the summary of the job. What cannot be written keeps nothing else from being, and turns a good end into a
    /// bad one.
    pub fn tell(&self, reports: &[Report], found: Exit) -> Result<Exit, Failed> {
        for report in reports {
            say(&format!("{report}\n"));
        }
        let json = || serde_json::to_string_pretty(reports).map(|text| text + "\n").unwrap_or_default();
        let mut written = vec![
            save(self.report_json.as_deref(), json),
            save(self.report_junit.as_deref(), || junit(reports)),
            save(self.report_tap.as_deref(), || tap(reports)),
        ];
        if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
            say(&github_annotations(reports));
            if let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY").map(PathBuf::from) {
                let opened = OpenOptions::new().create(true).append(true).open(&summary);
                let appended = opened.and_then(|mut file| file.write_all(markdown(reports).as_bytes()));
                written.push(appended.map_err(|error| cannot(&summary, &error)));
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

fn save(file: Option<&Path>, text: impl FnOnce() -> String) -> Result<(), Failed> {
    let Some(file) = file else { return Ok(()) };
    fs::write(file, text()).map_err(|error| cannot(file, &error))
}

fn cannot(file: &Path, error: &std::io::Error) -> Failed {
    Failed::usage(format!("cannot write the report {}: {error}", file.display()))
}

/// Tells of warnings.
pub fn warn(warnings: &[String]) {
    for warning in warnings {
        say(&format!("{warning}\n"));
    }
}

/// Writes to standard error, and waits for no reader: standard output belongs to others.
pub fn say(text: &str) {
    STDERR.say(text);
}
