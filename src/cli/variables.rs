//! The `STANDIN_…` variables of the environment: each must be a setting, or somebody believes in one that does nothing.

use std::ffi::OsString;

use clap::Command;

use crate::cli::exit::Failed;
use crate::engine::schema::suggest::nearest;

/// What they begin with.
const PREFIX: &str = "STANDIN_";

/// Refuses variables that no command has.
pub fn check(cli: &Command, environment: impl Iterator<Item = (OsString, OsString)>) -> Result<(), Failed> {
    let known = known(cli);
    let names = environment.map(|(name, _)| name.to_string_lossy().into_owned());
    let mut unknown: Vec<String> =
        names.filter(|name| name.starts_with(PREFIX) && !known.iter().any(|known| known == name)).collect();
    unknown.sort();
    let told: Vec<String> = unknown
        .iter()
        .map(|name| {
            let nearest = nearest(name, known.iter().map(String::as_str)).unwrap_or_default();
            format!("the environment variable {name} is no setting; did you mean {nearest}? Else unset it")
        })
        .collect();
    if told.is_empty() { Ok(()) } else { Err(Failed::usage(told.join("\n"))) }
}

fn known(cli: &Command) -> Vec<String> {
    let own = cli.get_arguments().filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned));
    own.chain(cli.get_subcommands().flat_map(known)).collect()
}
