//! `standin explain`

use std::path::Path;

use clap::Args;

use crate::cli::exit::{Exit, Failed, print};
use crate::embed::{Standin, builtin_scenarios, operations};

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
            world.explain_operation(&self.what).map_err(|refusal| Failed::usage(self.nearest(&refusal.to_string())))?
        })
    }
    /// Names the nearest scenario, where one is nearer than the operation that the message names.
    fn nearest(&self, message: &str) -> String {
        let distance = |name: &str| strsim::damerau_levenshtein(&self.what, name);
        let scenarios = builtin_scenarios();
        let scenario = scenarios.iter().map(|scenario| scenario.name).min_by_key(|name| distance(name));
        let operation = operations().iter().map(|operation| distance(operation.name)).min();
        match scenario.filter(|name| operation.is_none_or(|operation| distance(name) < operation)) {
            Some(name) => format!("there is no scenario or operation {:?}; did you mean {name}?", self.what),
            None => message.to_owned(),
        }
    }
}
