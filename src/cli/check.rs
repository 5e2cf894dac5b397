//! `standin check`

use std::path::{Path, PathBuf};
use std::slice;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};

use crate::cli::exit::{Exit, Failed, print};
use crate::cli::findings::with_pointers;
use crate::embed::{Standin, WorldHandle, read_bounded};

/// Check scenario files and folders of records
///
/// Prints everything that is wrong, each with file, line, column and remedy: E… refuses a file, W… warns. A scenario's
/// probe is played against the fake.
#[derive(Args, Debug)]
pub(super) struct Check {
    /// Scenario files or folders of them, names of ready-made scenarios, folders of records, or single files of records in such a folder
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Folder of records whose sets the scenarios may start from
    #[arg(long, env = "STANDIN_FIXTURES", value_name = "FOLDER")]
    fixtures: Option<PathBuf>,
    /// No embedded records: only those of the folders
    #[arg(long, env = "STANDIN_NO_EMBEDDED_FIXTURES", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    no_embedded_fixtures: bool,
    /// Refuse scenarios that depend on assumed behaviour
    #[arg(long, env = "STANDIN_STRICT_FIDELITY", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    strict_fidelity: bool,
}

impl Check {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        let builder = Standin::builder();
        let builder = match &self.fixtures {
            Some(folder) => builder.fixtures(folder),
            None => builder,
        };
        let builder = if self.strict_fidelity { builder.strict_fidelity() } else { builder };
        let builder = if self.no_embedded_fixtures { builder.no_embedded_fixtures() } else { builder };
        let world = builder.offline()?;
        let mut exit = Exit::Good;
        let files = self.files.iter().flat_map(|file| scenarios_of(file).unwrap_or_else(|| vec![file.clone()]));
        for file in &files.collect::<Vec<_>>() {
            let said = match folder_of(file) {
                Some(folder) => self.check_folder(folder),
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

impl Check {
    fn check_folder(&self, folder: &Path) -> Result<Vec<String>, String> {
        let builder = Standin::builder().fixtures(folder);
        let builder = if self.no_embedded_fixtures { builder.no_embedded_fixtures() } else { builder };
        let notes = builder.fixture_notes();
        builder.offline().map(|_| notes).map_err(|error| error.to_string())
    }
}

/// Returns the scenarios of a folder that holds some: files of JSON that are objects.
fn scenarios_of(folder: &Path) -> Option<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let is_scenario = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
            && path.file_name().is_some_and(|name| name != "tokens.json")
            && path.is_file()
            && folder_of(path).is_none()
    };
    let mut scenarios: Vec<PathBuf> = entries.filter(is_scenario).collect();
    scenarios.sort();
    (!scenarios.is_empty()).then_some(scenarios)
}

fn check(world: &WorldHandle, file: &Path) -> Result<Vec<String>, String> {
    match world.checked(file) {
        Ok((_, warnings)) => Ok(warnings.iter().map(|warning| with_pointers(slice::from_ref(warning))).collect()),
        Err(error) => Err(with_pointers(&error.diagnostics)),
    }
}

/// Returns the folder of records that a path means: itself, or, for a file that holds an array, the one it lies in.
fn folder_of(path: &Path) -> Option<&Path> {
    if path.is_dir() {
        return Some(path);
    }
    let text = String::from_utf8(read_bounded(path).ok()?).ok()?;
    let is_array = text.trim_start_matches('\u{feff}').trim_start().starts_with('[');
    if is_array { path.parent()?.parent() } else { None }
}
