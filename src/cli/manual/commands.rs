//! Every command, from the definition that makes its help.

use std::fmt::Write;

use clap::{Arg, Command};

use crate::cli::examples::{command, of};
use crate::cli::manual::{anchor, code, prose, table};

/// The heading of the flags that several commands share.
const SHARED: &str = "Flags of servers";

/// Returns a section for each command, and one for the flags that the commands which serve share.
pub(super) fn markdown() -> String {
    let mut whole = command();
    whole.build();
    let mut shared = Vec::new();
    let mut text = String::new();
    sections(&whole, "", &mut text, &mut shared);
    let _ = write!(text, "## {SHARED}\n\n");
    let mut headings: Vec<&str> = Vec::new();
    for (heading, _) in &shared {
        if !headings.contains(heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        let flags = shared.iter().filter(|(of, _)| *of == heading).map(|(_, argument)| *argument);
        let _ = write!(text, "### {heading}\n\n{}\n", flag_table(flags));
    }
    text
}

fn sections<'c>(of: &'c Command, before: &str, text: &mut String, shared: &mut Vec<(&'c str, &'c Arg)>) {
    for command in of.get_subcommands().filter(|it| it.get_name() != "help" && !it.is_hide_set()) {
        let name = format!("{before} {}", command.get_name()).trim().to_owned();
        section(command, &name, text, shared);
        sections(command, &name, text, shared);
    }
}

fn section<'c>(command: &'c Command, name: &str, text: &mut String, shared: &mut Vec<(&'c str, &'c Arg)>) {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let paragraphs = about.split("\n\n").map(prose).collect::<Vec<_>>().join("\n\n");
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let _ = write!(text, "## standin {name}\n\n{paragraphs}\n\n```text\n{usage}\n```\n\n");
    let shown = |argument: &&Arg| !argument.is_hide_set() && argument.get_id() != "help";
    let (placed, flags): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(shown).partition(|argument| argument.is_positional());
    let (of_servers, own): (Vec<&Arg>, Vec<&Arg>) =
        flags.into_iter().partition(|argument| argument.get_help_heading().is_some());
    if !placed.is_empty() {
        let rows = placed.iter().map(|argument| [code(&format!("<{}>", value_of(argument))), says(argument)]);
        *text += &(table(["argument", "is"], rows) + "\n");
    }
    if !own.is_empty() {
        *text += &(flag_table(own.into_iter()) + "\n");
    }
    let mut headings: Vec<&str> = of_servers.iter().filter_map(|argument| argument.get_help_heading()).collect();
    headings.dedup();
    if !headings.is_empty() {
        let links: Vec<String> = headings.iter().map(|it| format!("[{it}](#{})", anchor(it))).collect();
        let _ = write!(text, "And [the flags of servers](#{}): {}.\n\n", anchor(SHARED), links.join("; "));
    }
    for argument in of_servers {
        if !shared.iter().any(|(_, known)| known.get_id() == argument.get_id()) {
            shared.push((argument.get_help_heading().unwrap_or_default(), argument));
        }
    }
    for (about, line) in of(name) {
        let _ = write!(text, "{about}:\n\n```sh\n{line}\n```\n\n");
    }
}

fn flag_table<'c>(flags: impl Iterator<Item = &'c Arg>) -> String {
    table(["flag", "default", "does"], flags.map(|argument| [flag(argument), default_of(argument), says(argument)]))
}

fn value_of(argument: &Arg) -> String {
    argument.get_value_names().unwrap_or_default().join(" ")
}

fn flag(argument: &Arg) -> String {
    let long = argument.get_long().map(|long| format!("--{long}")).unwrap_or_default();
    let value = if argument.get_action().takes_values() { format!(" <{}>", value_of(argument)) } else { String::new() };
    match argument.get_short() {
        Some(short) => format!("{}, {}", code(&format!("-{short}")), code(&format!("{long}{value}"))),
        None => code(&format!("{long}{value}")),
    }
}

fn default_of(argument: &Arg) -> String {
    let defaults: Vec<String> =
        argument.get_default_values().iter().map(|value| code(&value.to_string_lossy())).collect();
    if argument.get_action().takes_values() { defaults.join(", ") } else { String::new() }
}

/// Returns the help of an argument, with its possible values.
fn says(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help()).map(ToString::to_string).unwrap_or_default();
    let names: Vec<String> = argument.get_possible_values().iter().map(|value| code(value.get_name())).collect();
    let values = if names.is_empty() || !argument.get_action().takes_values() {
        String::new()
    } else {
        format!(" One of {}.", names.join(", "))
    };
    let text = prose(&help);
    if values.is_empty() { text } else { format!("{}.{values}", text.trim_end_matches('.')) }
}
