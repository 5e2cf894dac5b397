//! `standin explain`

use std::path::Path;

use clap::Args;

use crate::cli::exit::{Exit, Failed, print};
use crate::embed::{Standin, builtin_scenarios};

/// Tell what a scenario will do, or what an operation does
///
/// Of a scenario: its timeline, and the forecast of which calls its rules strike. Of an operation: method and path,
/// documented outcomes, sources.
#[derive(Args, Debug)]
pub struct Explain {
    /// A scenario file, the name of a ready-made scenario, or an operation such as celigo.integrations.create
    #[arg(value_name = "WHAT")]
    what: String,
}

impl Explain {
    /// Runs it.
    pub fn run(&self) -> Result<Exit, Failed> {
        let world = Standin::builder().offline()?;
        let path = Path::new(&self.what);
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let is_scenario =
            is_json || path.exists() || builtin_scenarios().iter().any(|scenario| scenario.name == self.what);
        print(&if is_scenario {
            world.explain(path)?
        } else {
            world.explain_operation(&self.what).map_err(|refusal| Failed::usage(refusal.to_string()))?
        })
    }
}
