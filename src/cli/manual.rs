//! `standin manual`

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use crate::cli::Cli;
use crate::cli::exit::{Exit, Failed};

/// Write the manual pages, one per command, into a folder
#[derive(Args, Debug)]
pub struct Manual {
    /// An existing folder
    folder: PathBuf,
}

impl Manual {
    /// Runs it.
    pub fn run(&self) -> Result<Exit, Failed> {
        let written = clap_mangen::generate_to(Cli::command(), &self.folder);
        let folder = self.folder.display();
        written.map_err(|error| Failed::usage(format!("the manual cannot be written to {folder}: {error}")))?;
        Ok(Exit::Good)
    }
}
