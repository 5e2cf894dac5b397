//! `standin routes`

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::exit::{Exit, Failed, print};
use crate::embed::{Operation, operations};

/// List the operations that are served
#[derive(Args, Debug)]
pub struct Routes {
    /// How to list them
    #[arg(long, env = "STANDIN_FORMAT", value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One line each
    Text,
    /// Everything the tables know
    Json,
    /// The table of the README
    Markdown,
}

impl Routes {
    /// Runs it.
    pub fn run(&self) -> Result<Exit, Failed> {
        let operations = operations();
        print(&match self.format {
            Format::Text => text(&operations),
            Format::Json => format!("{:#}\n", operations.iter().map(structured).collect::<Value>()),
            Format::Markdown => markdown(&operations),
        })
    }
}

/// `201 success, 409 conflict`.
fn outcomes(operation: &Operation) -> String {
    let shown = operation.outcomes.iter().map(|(status, outcome)| format!("{status} {outcome}"));
    if operation.action == "not modelled" {
        "501 not modelled".to_owned()
    } else {
        shown.collect::<Vec<_>>().join(", ")
    }
}

fn text(operations: &[Operation]) -> String {
    let widest = |cell: fn(&Operation) -> usize| operations.iter().map(cell).max().unwrap_or_default();
    let (names, paths) = (widest(|operation| operation.name.len()), widest(|operation| operation.path.len()));
    let line = |operation: &Operation| {
        let (name, method, path, evidence) = (operation.name, operation.method, operation.path, operation.evidence);
        format!("{name:names$}  {method:6}  {path:paths$}  {evidence:10}  {}\n", outcomes(operation))
    };
    operations.iter().map(line).collect()
}

fn markdown(operations: &[Operation]) -> String {
    let line = |operation: &Operation| {
        let (name, method, path, evidence) = (operation.name, operation.method, operation.path, operation.evidence);
        format!("| `{name}` | `{method} {path}` | {} | {evidence} |\n", outcomes(operation))
    };
    let lines: String = operations.iter().map(line).collect();
    format!("| operation | method and path | outcomes | evidence |\n|---|---|---|---|\n{lines}")
}

fn structured(operation: &Operation) -> Value {
    let outcomes = operation.outcomes.iter().map(|(status, name)| json!({ "status": status, "outcome": name }));
    json!({
        "operation": operation.name,
        "api": operation.api,
        "method": operation.method,
        "path": operation.path,
        "action": operation.action,
        "outcomes": outcomes.collect::<Vec<_>>(),
        "evidence": operation.evidence,
        "source": operation.source,
        "about": operation.about,
    })
}
