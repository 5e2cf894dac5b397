//! `standin scenarios` and `standin schema`

use clap::Args;
use serde_json::Value;

use crate::cli::exit::{Exit, Failed, print};
use crate::embed::{BuiltinScenario, builtin_scenarios};
use crate::engine::schema::suggest::nearest;
use crate::scenario::SCHEMA;

/// List the ready-made scenarios, or print one
#[derive(Args, Debug)]
pub struct Scenarios {
    /// Print the file of this one
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

impl Scenarios {
    /// Runs it.
    pub fn run(&self) -> Result<Exit, Failed> {
        let all = builtin_scenarios();
        let Some(name) = &self.name else {
            return print(&all.iter().map(line).collect::<String>());
        };
        let found = all.iter().find(|scenario| scenario.name == name).ok_or_else(|| {
            let nearest = nearest(name, all.iter().map(|scenario| scenario.name)).unwrap_or_default();
            Failed::usage(format!("there is no ready-made scenario {name:?}; did you mean {nearest}?"))
        })?;
        print(found.text)
    }
}

fn line(scenario: &BuiltinScenario) -> String {
    let file: Value = serde_json::from_str(scenario.text).unwrap_or_default();
    let about = file.get("about").and_then(Value::as_str).unwrap_or_default();
    format!("{}\n    {about}\n", scenario.name)
}

/// Print the JSON schema of scenario files
#[derive(Args, Debug)]
pub struct Schema {}

impl Schema {
    /// Runs it.
    #[allow(clippy::unused_self)] // Every command has this method.
    pub fn run(&self) -> Result<Exit, Failed> {
        print(SCHEMA)
    }
}
