//! `standin report merge` and `standin report html`

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, Subcommand};
use serde_json::Value;

use crate::cli::exit::{Exit, Failed, print};
use crate::cli::own_file::{self, PAGE};
use crate::cli::report_html::html;
use crate::cli::reports::say;
use crate::embed::{documented_outcomes, read_bounded};
use crate::history::coverage::CoverageCell;
use crate::scenario::{Report as Found, coverage, merged};

/// Work with reports
#[derive(Args, Debug)]
pub(super) struct Report {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    Merge(Merge),
    Html(Html),
}

/// Join JSON reports of many processes into one table of coverage
#[derive(Args, Debug)]
struct Merge {
    /// Files that --report-json wrote
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print the table as JSON
    #[arg(long, env = "STANDIN_JSON", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    json: bool,
}

/// Show JSON reports of many processes as one page
///
/// Prints one HTML file that loads nothing: failures with what came nearest, calls in order, and coverage as a grid.
#[derive(Args, Debug)]
struct Html {
    /// Files that --report-json wrote
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// File to write the page to [default: standard output]
    #[arg(long, env = "STANDIN_OUTPUT", value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Html {
    fn run(&self) -> Result<Exit, Failed> {
        let reports = read(&self.files)?;
        let page = html(&reports, &whole_coverage(&reports));
        match &self.output {
            Some(file) => own_file::write(file, &page, &PAGE).map(|()| Exit::Good),
            None => print(&page),
        }
    }
}

impl Report {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        match &self.action {
            Action::Merge(merge) => merge.run(),
            Action::Html(html) => html.run(),
        }
    }
}

impl Merge {
    fn run(&self) -> Result<Exit, Failed> {
        let reports = read(&self.files)?;
        tell_failures(&reports);
        let cells = whole_coverage(&reports);
        print(&if self.json {
            serde_json::to_string_pretty(&cells).map(|text| text + "\n").unwrap_or_default()
        } else {
            coverage(&cells)
        })
    }
}

/// Reads the reports in these files.
fn read(files: &[PathBuf]) -> Result<Vec<Found>, Failed> {
    let mut reports = Vec::new();
    for file in files {
        let wrong = |what: String| Failed::usage(format!("{} is no report: {what}", file.display()));
        let text = read_bounded(file).map_err(|error| wrong(error.to_string()))?;
        let value: Value = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
        let list = match value {
            Value::Array(list) => list,
            one => vec![one],
        };
        for one in list {
            let report: Found = serde_json::from_value(one).map_err(|error| wrong(error.to_string()))?;
            if report.report != Found::VERSION {
                return Err(wrong(format!("it has version {}, this program knows {}", report.report, Found::VERSION)));
            }
            reports.push(report);
        }
    }
    remark(files, &reports);
    Ok(reports)
}

/// Says what a reader of the result would not see: a file that counts twice, and that there is nothing at all.
fn remark(files: &[PathBuf], reports: &[Found]) {
    let mut seen = HashSet::new();
    for file in files {
        if !seen.insert(std::fs::canonicalize(file).unwrap_or_else(|_| file.clone())) {
            say(&format!("{} is given twice, and counts twice\n", file.display()));
        }
    }
    if reports.is_empty() {
        say("nothing was tested: there is no report in these files\n");
    }
}

/// Says which scenarios failed, and what the reports themselves do not know. A page of reports shows both.
fn tell_failures(reports: &[Found]) {
    let failed: Vec<&str> =
        reports.iter().filter(|report| !report.passed).map(|report| report.scenario.as_str()).collect();
    if !failed.is_empty() {
        let named = failed.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        let more = if failed.len() > NAMED { ", …" } else { "" };
        say(&format!("{} of {} reports failed: {named}{more}\n", failed.len(), reports.len()));
    }
    let notes: BTreeSet<String> = reports.iter().flat_map(Found::notes).collect();
    notes.iter().take(NAMED).for_each(|note| say(&format!("{note}\n")));
    if notes.len() > NAMED {
        say(&format!("{} more remarks are not told\n", notes.len() - NAMED));
    }
}

/// The most scenarios and remarks that are told.
const NAMED: usize = 10;

/// Returns the coverage of all reports together, with the outcomes that were never served, which reports leave out.
fn whole_coverage(reports: &[Found]) -> Vec<CoverageCell> {
    let apis: HashSet<&str> = reports.iter().flat_map(|report| &report.apis).map(String::as_str).collect();
    let served = |operation: &str| apis.contains(operation.split('.').next().unwrap_or_default());
    let zeros: Vec<CoverageCell> = documented_outcomes().into_iter().filter(|cell| served(&cell.operation)).collect();
    merged(zeros.iter().chain(reports.iter().flat_map(|report| &report.coverage)))
}
