//! `standin check`

use std::path::{Path, PathBuf};

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};

use crate::cli::exit::{Exit, Failed, print};
use crate::embed::{Standin, WorldHandle};

/// Check scenario files and folders of records
///
/// Prints everything that is wrong, each with file, line, column and remedy: E… refuses a file, W… warns. A scenario's
/// probe is played against the fake.
#[derive(Args, Debug)]
pub struct Check {
    /// Scenario files, names of ready-made scenarios, folders of records, or single files of records in such a folder
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Folder of records whose sets the scenarios may start from
    #[arg(long, env = "STANDIN_FIXTURES", value_name = "FOLDER")]
    fixtures: Option<PathBuf>,
    /// Refuse scenarios that depend on assumed behaviour
    #[arg(long, env = "STANDIN_STRICT_FIDELITY", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    strict_fidelity: bool,
}

impl Check {
    /// Runs it.
    pub fn run(&self) -> Result<Exit, Failed> {
        let builder = Standin::builder();
        let builder = match &self.fixtures {
            Some(folder) => builder.fixtures(folder),
            None => builder,
        };
        let builder = if self.strict_fidelity { builder.strict_fidelity() } else { builder };
        let world = builder.offline()?;
        let mut exit = Exit::Good;
        for file in &self.files {
            let said = match folder_of(file) {
                Some(folder) => {
                    Standin::builder().fixtures(folder).offline().map(|_| Vec::new()).map_err(|error| error.to_string())
                }
                None => check(&world, file),
            };
            let text = match said {
                Ok(warnings) if warnings.is_empty() => format!("{}: good\n", file.display()),
                Ok(warnings) => warnings.join("\n") + "\n",
                Err(errors) => {
                    exit = Exit::Usage;
                    errors + "\n"
                }
            };
            print(&text)?;
        }
        Ok(exit)
    }
}

fn check(world: &WorldHandle, file: &Path) -> Result<Vec<String>, String> {
    world.check(file).map_err(|error| error.to_string())
}

/// The folder of records that a path means: itself, or, for a file that holds an array, the one it lies in.
fn folder_of(path: &Path) -> Option<&Path> {
    if path.is_dir() {
        return Some(path);
    }
    let text = std::fs::read_to_string(path).ok()?;
    let is_array = text.trim_start_matches('\u{feff}').trim_start().starts_with('[');
    if is_array { path.parent()?.parent() } else { None }
}
