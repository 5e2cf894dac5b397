//! `standin scenarios` and `standin schema`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::cli::exit::{Exit, Failed, print};
use crate::cli::own_file;
use crate::cli::reports::say;
use crate::embed::{BuiltinScenario, builtin_scenarios};
use crate::engine::schema::suggest::did_you_mean;
use crate::scenario::SCHEMA;

/// List the ready-made scenarios, or print one
#[derive(Args, Debug)]
pub(super) struct Scenarios {
    /// Print the file of this one
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Folder to write the file to, with the schema that its "$schema" names beside it
    #[arg(long, env = "STANDIN_SAVE", value_name = "DIR", requires = "name")]
    save: Option<PathBuf>,
}

impl Scenarios {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        let all = builtin_scenarios();
        let Some(name) = &self.name else {
            return print(&all.iter().map(line).collect::<String>());
        };
        let found = all.iter().find(|scenario| scenario.name == name).ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|scenario| scenario.name).collect();
            let meant = did_you_mean(name, known.iter().copied());
            Failed::usage(format!("there is no ready-made scenario {name:?}; {meant}"))
        })?;
        let text = with_schema(found.text);
        let Some(folder) = &self.save else {
            note_schema();
            return print(&text);
        };
        let file = folder.join(format!("{name}.json"));
        let files =
            [(&file, text.as_str(), &own_file::SCENARIO), (&folder.join(SCHEMA_FILE), SCHEMA, &own_file::SCHEMA)];
        files.iter().try_for_each(|(file, _, kind)| own_file::prepare(file, kind))?;
        files.iter().try_for_each(|(file, text, kind)| own_file::write(file, text, kind))?;
        say(&format!("{} and {SCHEMA_FILE}, which its \"$schema\" names, are written\n", file.display()));
        Ok(Exit::Good)
    }
}

/// The name of the schema's file, which stands beside printed scenarios.
pub(super) const SCHEMA_FILE: &str = "scenario-1.schema.json";

/// Returns a ready-made scenario with a `$schema` that names a file beside it.
fn with_schema(text: &str) -> String {
    let known = "../src/scenario/scenario-1.schema.json";
    text.replacen(known, &format!("./{SCHEMA_FILE}"), 1)
}

/// Writes how to get the file that the `$schema` of a printed scenario names, unless it is there.
pub(super) fn note_schema() {
    if !Path::new(SCHEMA_FILE).exists() {
        say(&format!("note: for an editor that reads \"$schema\": standin schema > {SCHEMA_FILE}\n"));
    }
}

fn line(scenario: &BuiltinScenario) -> String {
    let file: Value = serde_json::from_str(scenario.text).unwrap_or_default();
    let about = file.get("about").and_then(Value::as_str).unwrap_or_default();
    format!("{}\n    {about}\n", scenario.name)
}

/// Print the JSON schema of scenario files
#[derive(Args, Debug)]
pub(super) struct Schema {}

impl Schema {
    /// Runs it.
    #[allow(clippy::unused_self)] // Every command has this method.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        print(SCHEMA)
    }
}
