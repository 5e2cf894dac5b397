//! `standin completions`

use clap::Args;
use clap_complete::Shell;

use crate::cli::examples::command;
use crate::cli::exit::{Exit, Failed, print};

/// Print completions for a shell
#[derive(Args, Debug)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command(), "standin", &mut script);
        print(&String::from_utf8_lossy(&script))
    }
}
