//! Reports as one page, which loads nothing, runs nothing, and shows everything from outside as text.

use std::collections::HashMap;
use std::fmt::Write;

use crate::history::coverage::CoverageCell;
use crate::scenario::{Check, Report, Violation};

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>standin report</title>
<style>
:root { color-scheme: light dark; --line: #8884; --good: #2a7d46; --bad: #c2352b; --note: #8a6100; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; } h3 { font-size: 1rem; }
code, pre, .calls { font: 13px/1.5 ui-monospace, monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .2rem 0 .8rem 1.5rem; }
table { border-collapse: collapse; } th, td { border: 1px solid var(--line); padding: .15rem .5rem; text-align: left; }
.passed { color: var(--good); } .failed { color: var(--bad); } .near { color: var(--note); }
.grid { overflow-x: auto; } .grid td { text-align: center; } .grid th.outcome { writing-mode: vertical-rl; }
.grid td.served { background: #2a7d4633; } .grid td.injected { background: #c98a0044; } .grid td.never { color: #8888; }
.calls { overflow-wrap: anywhere; }
</style>
</head>
<body>
"#;

/// Returns the page of these reports, with their merged coverage.
pub(super) fn html(reports: &[Report], coverage: &[CoverageCell]) -> String {
    let failed = reports.iter().filter(|report| !report.passed).count();
    let verdict = match (reports.len(), failed) {
        (0, _) => "<span class=\"failed\">nothing was tested</span>".to_owned(),
        (all, 0) => format!("<span class=\"passed\">{all} passed</span>"),
        (all, failed) => format!("<span class=\"failed\">{failed} of {all} failed</span>"),
    };
    let mut page = format!("{HEAD}<h1>standin report: {verdict}</h1>\n");
    summary(&mut page, reports);
    for (n, report) in reports.iter().enumerate() {
        scenario(&mut page, n, report);
    }
    page += "<h2 id=\"coverage\">Coverage</h2>\n";
    page += "<p>How often each documented outcome was served: by the operation itself, and by a fault rule (+n). \
        A dot is one that never was.</p>\n";
    for cells in coverage.chunk_by(|cell, next| api_of(&cell.operation) == api_of(&next.operation)) {
        grid(&mut page, cells);
    }
    page + "</body>\n</html>\n"
}

fn summary(page: &mut String, reports: &[Report]) {
    *page +=
        "<table>\n<tr><th>scenario</th><th>result</th><th>checks</th><th>calls</th><th>world</th><th>seed</th></tr>\n";
    for (n, report) in reports.iter().enumerate() {
        let (failed, all) = (report.failed().count(), report.checks.len());
        let checks = if failed == 0 { all.to_string() } else { format!("{failed} of {all} failed") };
        let name = text(&report.scenario);
        let _ = writeln!(
            page,
            "<tr><td><a href=\"#report-{n}\">{name}</a></td>{}<td>{checks}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            verdict("td", report.passed),
            report.calls,
            text(&report.world),
            report.seed,
        );
    }
    *page += "</table>\n";
}

fn verdict(element: &str, passed: bool) -> String {
    let word = if passed { "passed" } else { "failed" };
    format!("<{element} class=\"{word}\">{word}</{element}>")
}

fn scenario(page: &mut String, n: usize, report: &Report) {
    let name = text(&report.scenario);
    let _ = writeln!(page, "<h2 id=\"report-{n}\">{name} {}</h2>", verdict("span", report.passed));
    if !report.file.is_empty() {
        let _ = writeln!(page, "<p><code>{}</code></p>", text(&report.file));
    }
    for check in report.failed() {
        failed_check(page, check);
    }
    let passed: Vec<String> = report.checks.iter().filter(|check| check.passed).map(|check| text(&check.id)).collect();
    if !passed.is_empty() {
        let _ = writeln!(page, "<p class=\"passed\">held: {}</p>", passed.join(", "));
    }
    if !report.steps.is_empty() {
        let steps: Vec<String> =
            report.steps.iter().map(|step| format!("{} (call {})", text(&step.name), step.call)).collect();
        let _ = writeln!(page, "<p>steps: {}</p>", steps.join(" → "));
    }
    if !report.rules.is_empty() {
        let rules: Vec<String> = report
            .rules
            .iter()
            .map(|rule| format!("{}: {} of {} matching calls", text(&rule.id), rule.fired, rule.matched))
            .collect();
        let _ = writeln!(page, "<p>fault rules: {}</p>", rules.join(" · "));
    }
    for line in report.notes() {
        let _ = writeln!(page, "<p>{}</p>", text(&line));
    }
    if report.journal.is_empty() {
        return;
    }
    *page += "<h3>Calls</h3>\n";
    let told = report.journal.len() as u64;
    if report.calls > told {
        let _ = writeln!(page, "<p>the last {told} of {}</p>", report.calls);
    }
    *page += "<div class=\"calls\">\n";
    for call in &report.journal {
        let _ = writeln!(page, "<div>{}</div>", text(call));
    }
    *page += "</div>\n";
}

fn failed_check(page: &mut String, check: &Check) {
    let place = if check.line > 0 { format!(", line {}", check.line) } else { String::new() };
    let title = if check.title.is_empty() { String::new() } else { format!(": {}", text(&check.title)) };
    let _ = writeln!(page, "<h3 class=\"failed\">{}{title}{place}</h3>", text(&check.id));
    for Violation { message, details, near, .. } in &check.violations {
        let _ = writeln!(page, "<p>{}</p>", text(message));
        let of_near = near.as_ref().map_or(0, |near| near.differences.len() + usize::from(near.more > 0));
        let (others, nearest) = details.split_at(details.len().saturating_sub(of_near));
        for (class, lines) in [("", others), (" class=\"near\"", nearest)] {
            if !lines.is_empty() {
                let _ = writeln!(page, "<pre{class}>{}</pre>", text(&lines.join("\n")));
            }
        }
    }
}

fn api_of(operation: &str) -> &str {
    operation.split('.').next().unwrap_or_default()
}

/// The most outcomes that are columns of a grid; no API has half as many.
const MOST_OUTCOMES: usize = 100;

/// Writes the coverage of one API.
fn grid(page: &mut String, coverage: &[CoverageCell]) {
    let api = coverage.first().map(|cell| api_of(&cell.operation)).unwrap_or_default();
    let mut outcomes: Vec<&str> = coverage.iter().map(|cell| cell.outcome.as_str()).collect();
    // Statuses of success first, then the errors by name.
    outcomes.sort_by_key(|outcome| (!outcome.starts_with(|first: char| first.is_ascii_digit()), *outcome));
    outcomes.dedup();
    let left_out = outcomes.len().saturating_sub(MOST_OUTCOMES);
    outcomes.truncate(MOST_OUTCOMES);
    let mut operations: Vec<&str> = coverage.iter().map(|cell| cell.operation.as_str()).collect();
    operations.dedup();
    let cells: HashMap<(&str, &str), &CoverageCell> =
        coverage.iter().map(|cell| ((cell.operation.as_str(), cell.outcome.as_str()), cell)).collect();
    let documented = coverage.iter().filter(|cell| cell.documented);
    let (served, all) = (documented.clone().filter(|cell| cell.is_served()).count(), documented.count());
    let _ = writeln!(page, "<h3>{}: {served} of {all} documented outcomes served</h3>", text(api));
    *page += "<div class=\"grid\"><table>\n<tr><th>operation</th>";
    for outcome in &outcomes {
        let _ = write!(page, "<th class=\"outcome\">{}</th>", text(outcome));
    }
    *page += "</tr>\n";
    for operation in operations {
        let _ = write!(page, "<tr><th>{}</th>", text(operation));
        for outcome in &outcomes {
            *page += &match cells.get(&(operation, *outcome)) {
                None => "<td></td>".to_owned(),
                Some(cell) => grid_cell(cell),
            };
        }
        *page += "</tr>\n";
    }
    *page += "</table></div>\n";
    if left_out > 0 {
        let _ = writeln!(page, "<p>{left_out} more outcomes are not shown</p>");
    }
}

fn grid_cell(cell: &CoverageCell) -> String {
    match (cell.natural, cell.injected) {
        (0, 0) => "<td class=\"never\">·</td>".to_owned(),
        (natural, 0) => format!("<td class=\"served\">{natural}</td>"),
        (0, injected) => format!("<td class=\"injected\">+{injected}</td>"),
        (natural, injected) => format!("<td class=\"served\">{natural}+{injected}</td>"),
    }
}

/// Returns a text from outside with its markup escaped.
fn text(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, letter| {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            '\n' | '\t' => escaped.push(letter),
            // Characters that change the direction of a line would make the page show another text.
            letter if letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
                escaped.push('\u{fffd}');
            }
            letter => escaped.push(letter),
        }
        escaped
    })
}
