//! `standin routes`

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::cli::exit::{Exit, Failed, print};
use crate::embed::{Action, Operation, operations};
use crate::engine::schema::error_def::Evidence;

/// List the operations that are served
#[derive(Args, Debug)]
pub(super) struct Routes {
    /// Format of the list
    #[arg(long, env = "STANDIN_FORMAT", value_name = "FORMAT", default_value = "text")]
    format: RoutesFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoutesFormat {
    /// One line each
    Text,
    /// Everything the tables know
    Json,
    /// The table of the reference
    Markdown,
}

impl Routes {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        let operations = operations();
        print(&match self.format {
            RoutesFormat::Text => text(&operations),
            RoutesFormat::Json => format!("{:#}\n", operations.iter().map(structured).collect::<Value>()),
            RoutesFormat::Markdown => markdown(&operations),
        })
    }
}

/// Lists outcomes: `201 success, 409 conflict`.
fn outcomes(operation: &Operation) -> String {
    let shown = operation.outcomes.iter().map(|(status, outcome)| format!("{status} {outcome}"));
    if operation.action == Action::NotModelled {
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

/// Returns, for each API, the numbers of operations by evidence, the table, and the operations that are not modelled.
fn markdown(operations: &[Operation]) -> String {
    let apis = operations.chunk_by(|one, next| one.api == next.api);
    apis.map(markdown_of_api).collect::<Vec<_>>().join("\n")
}

fn markdown_of_api(operations: &[Operation]) -> String {
    let (unmodelled, modelled): (Vec<&Operation>, Vec<&Operation>) =
        operations.iter().partition(|operation| operation.action == Action::NotModelled);
    let api = operations.first().map_or("", |operation| operation.api.title());
    let known = |evidence: Evidence| modelled.iter().filter(|operation| operation.evidence == evidence).count();
    let counts = [Evidence::Documented, Evidence::Observed, Evidence::Assumed]
        .map(|evidence| format!("{} {evidence}", known(evidence)));
    let (models, others) = (modelled.len(), unmodelled.len());
    let line = |operation: &&Operation| {
        let (name, method, path, evidence) = (operation.name, operation.method, operation.path, operation.evidence);
        format!("| `{name}` | `{method} {path}` | {} | {evidence} |\n", outcomes(operation))
    };
    let lines: String = modelled.iter().map(line).collect();
    let mut text = format!(
        "{api}: {models} operations modelled ({}), {others} known but not modelled.\n\n\
         | operation | method and path | outcomes | evidence |\n|---|---|---|---|\n{lines}",
        counts.join(", ")
    );
    if others > 0 {
        let item = |operation: &&Operation| format!("`{}` `{} {}`", operation.name, operation.method, operation.path);
        let list: Vec<String> = unmodelled.iter().map(item).collect();
        text += &format!(
            "\n<details><summary>{api}: {others} known but not modelled; they answer 501</summary>\n\n{}\n\n</details>\n",
            list.join(",\n")
        );
    }
    text
}

fn structured(operation: &Operation) -> Value {
    let outcomes = operation.outcomes.iter().map(|(status, name)| json!({ "status": status, "outcome": name }));
    json!({
        "operation": operation.name,
        "api": operation.api.title(),
        "method": operation.method.as_str(),
        "path": operation.path,
        "action": operation.action.as_str(),
        "outcomes": outcomes.collect::<Vec<_>>(),
        "evidence": operation.evidence.as_str(),
        "source": operation.source,
        "about": operation.about,
    })
}
