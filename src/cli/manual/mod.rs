//! `standin manual`: the manual pages, and the parts of the reference that are made from code.

mod commands;
mod control_api;
mod formats;
mod scenario_keys;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::examples::command;
use crate::cli::exit::{CODES, Exit, Failed, print};
use crate::http::headers::HEADERS;
use crate::scenario::Code;
use crate::world::limits::LIMITS;

/// Write the manual pages, one per command, into a folder, or print a part of the reference
#[derive(Args, Debug)]
pub(super) struct Manual {
    /// An existing folder
    #[arg(required_unless_present = "reference")]
    folder: Option<PathBuf>,
    /// Print this part as Markdown
    #[arg(long, value_name = "PART", conflicts_with = "folder")]
    reference: Option<Part>,
}

/// A part of the reference that is made from what the code knows.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// Every command, from its definition
    Commands,
    /// The paths of the control API, from its table
    ControlApi,
    /// The keys of scenario files, from their schema
    ScenarioKeys,
    /// The codes that commands end with
    ExitCodes,
    /// The headers of standin's own
    Headers,
    /// The limits
    Limits,
    /// The codes of findings
    Codes,
    /// The public formats and their versions
    Formats,
    /// Notes on what is known and assumed of Celigo
    CeligoNotes,
    /// Notes on what is known and assumed of Edlink
    EdlinkNotes,
}

impl Manual {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        if let Some(part) = self.reference {
            return print(&part.markdown());
        }
        let folder = self.folder.as_deref().unwrap_or(".".as_ref());
        let written = clap_mangen::generate_to(command(), folder);
        let folder = folder.display();
        written.map_err(|error| Failed::usage(format!("the manual cannot be written to {folder}: {error}")))?;
        Ok(Exit::Good)
    }
}

impl Part {
    fn markdown(self) -> String {
        match self {
            Self::Commands => commands::markdown(),
            Self::ControlApi => control_api::markdown(),
            Self::ScenarioKeys => scenario_keys::markdown(),
            Self::ExitCodes => {
                table(["exit code", "means"], CODES.iter().map(|(code, about)| [(*code).to_owned(), prose(about)]))
            }
            Self::Headers => table(
                ["header", "in", "says"],
                HEADERS
                    .iter()
                    .map(|header| [code(header.name), header.within.as_str().to_owned(), prose(header.about)]),
            ),
            Self::Limits => table(
                ["limit", "default", "setting", "what is limited, and what happens beyond"],
                LIMITS.iter().map(|limit| {
                    let setting = limit.flag().map_or_else(|| "fixed".to_owned(), |flag| code(&flag));
                    [
                        code(limit.name),
                        format!("{} {}", limit.usual(), limit.unit.as_str()),
                        setting,
                        prose(limit.about),
                    ]
                }),
            ),
            Self::Codes => table(
                ["code", "means", "the file is"],
                Code::ALL.iter().map(|it| {
                    let verdict = if it.refuses() { "refused" } else { "accepted, with a warning" };
                    [format!("[{it}](#{})", it.to_string().to_lowercase()), prose(it.about()), verdict.to_owned()]
                }),
            ),
            Self::Formats => formats::markdown(),
            Self::CeligoNotes => one_level_lower(include_str!("../../apis/celigo/NOTES.md")),
            Self::EdlinkNotes => one_level_lower(include_str!("../../apis/edlink/NOTES.md")),
        }
    }
}

/// Returns a table of Markdown.
fn table<const N: usize>(heads: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let line = |cells: &[String; N]| format!("| {} |\n", cells.join(" | "));
    let heads = format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(N));
    heads + &rows.map(|cells| line(&cells)).collect::<String>()
}

/// Returns text as prose within a cell: characters that would end the cell or begin a tag are escaped.
fn prose(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.split('`')
        .enumerate()
        .map(|(n, part)| {
            let part = part.replace('|', "\\|");
            if n % 2 == 0 {
                part.replace('<', "&lt;").replace('>', "&gt;").replace('*', "\\*")
            } else {
                format!("`{part}`")
            }
        })
        .collect()
}

/// Returns a word of code within a cell.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// Returns the anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-').collect::<String>().replace(' ', "-")
}

/// Returns a page as a section of another one.
fn one_level_lower(page: &str) -> String {
    let lines = page.lines().map(|line| if line.starts_with('#') { format!("#{line}\n") } else { format!("{line}\n") });
    lines.collect()
}
