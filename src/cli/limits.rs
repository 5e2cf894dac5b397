//! `standin limits`

use std::fmt::Write;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::exit::{Exit, Failed, print};
use crate::cli::format::Format;
use crate::world::limits::{LIMITS, Limit};

/// List every limit of a server with its default and its setting
///
/// A running server tells its own values at GET /_standin/limits.
#[derive(Args, Debug)]
pub(super) struct Limits {
    /// Format of the list
    #[arg(long, env = "STANDIN_FORMAT", value_name = "FORMAT", default_value = "text")]
    format: Format,
}

impl Limits {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        print(&match self.format {
            Format::Text => text(),
            Format::Json => {
                format!("{:#}\n", json!({ "limits": LIMITS.iter().map(|it| it.shown(None)).collect::<Value>() }))
            }
        })
    }
}

fn text() -> String {
    let mut text = String::new();
    for limit in LIMITS {
        let Limit { name, unit, about, .. } = limit;
        let setting = limit.flag().unwrap_or_else(|| "fixed".to_owned());
        let _ = writeln!(text, "{name}   {} {}   {setting}\n    {about}", limit.usual(), unit.as_str());
    }
    text
}
