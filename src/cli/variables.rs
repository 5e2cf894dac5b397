//! The `STANDIN_…` variables of the environment. One that is almost a setting is refused, because its user would
//! believe that it has an effect. Others belong to other programs, and a warning names them.

use std::ffi::{OsStr, OsString};

use clap::Command;

use crate::cli::exit::Failed;

/// The prefix of all variables.
const PREFIX: &str = "STANDIN_";
/// The variables of plug-ins for test runners and build tools, which find the binary through them.
const BINARY: &str = "STANDIN_BIN";
const PLUGINS: &str = "STANDIN_PLUGIN_";
/// The variable that Kubernetes and Docker links set for a service of the name `standin`, and how its value begins.
const SERVICE_LINK: (&str, &str) = ("STANDIN_PORT", "tcp://");

/// Removes from a command line the variables without a usable value: an empty value is no value, and the address of a
/// service is no port.
pub(super) fn without_empty(cli: Command, environment: &impl Fn(&OsStr) -> Option<OsString>) -> Command {
    let says_nothing = |name: &OsStr| {
        let value = environment(name).map(|value| value.to_string_lossy().into_owned());
        value.is_some_and(|value| value.is_empty() || (name == SERVICE_LINK.0 && value.starts_with(SERVICE_LINK.1)))
    };
    let of_nothing = cli.get_arguments().filter(|argument| argument.get_env().is_some_and(says_nothing));
    let arguments: Vec<String> = of_nothing.map(|argument| argument.get_id().to_string()).collect();
    let commands: Vec<String> = cli.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let cli = arguments.into_iter().fold(cli, |cli, id| cli.mut_arg(id, |argument| argument.env(None::<&'static str>)));
    commands.into_iter().fold(cli, |cli, name| cli.mut_subcommand(name, |command| without_empty(command, environment)))
}

/// Rejects variables that are almost a setting. Returns a warning about others that no command has, if there are any.
pub(super) fn check(
    cli: &Command,
    environment: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Option<String>, Failed> {
    let known = known(cli);
    let names = environment.map(|(name, _)| name.to_string_lossy().into_owned());
    let is_reserved = |name: &str| name == BINARY || name.starts_with(PLUGINS);
    let mut unknown: Vec<String> = names
        .filter(|name| name.starts_with(PREFIX) && !is_reserved(name) && !known.iter().any(|known| known == name))
        .collect();
    unknown.sort();
    let (misspelt, strange): (Vec<_>, Vec<_>) =
        unknown.iter().map(|name| (name, close_to(name, &known))).partition(|(_, meant)| meant.is_some());
    let told = misspelt.iter().map(|(name, meant)| {
        let meant = meant.unwrap_or_default();
        format!("the environment variable {name} is no setting; did you mean {meant}? Else unset it")
    });
    let told: Vec<String> = told.collect();
    if !told.is_empty() {
        return Err(Failed::usage(told.join("\n")));
    }
    let names: Vec<&str> = strange.iter().map(|(name, _)| name.as_str()).collect();
    Ok(match names.as_slice() {
        [] => None,
        [one] => Some(format!("warning: the environment variable {one} is no setting, and changes nothing")),
        many => Some(format!(
            "warning: these environment variables are no settings, and change nothing: {}",
            many.join(", ")
        )),
    })
}

/// Returns the setting whose name is one slip away from a name.
fn close_to<'k>(name: &str, known: &'k [String]) -> Option<&'k str> {
    let own = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
    let given = own(name);
    let ranked = known.iter().map(|known| (strsim::damerau_levenshtein(&given, &own(known)), known.as_str()));
    let (apart, nearest) = ranked.min_by_key(|(apart, _)| *apart)?;
    (apart <= (own(nearest).len() / 4).clamp(1, 3)).then_some(nearest)
}

fn known(cli: &Command) -> Vec<String> {
    let own = cli.get_arguments().filter_map(|argument| argument.get_env()?.to_str().map(str::to_owned));
    own.chain(cli.get_subcommands().flat_map(known)).collect()
}
