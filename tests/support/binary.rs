//! The binary, as a shell sees it.
#![allow(dead_code)] // Each test binary uses its part.

use std::process::{Command, Output, Stdio};

pub use crate::support::folder::Folder;

/// The binary, with nothing of the caller's settings.
pub fn standin(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_standin"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_uppercase();
        if text.starts_with("STANDIN_") || text.starts_with("GITHUB_") || text.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs it: exit code, standard output and standard error.
pub fn said(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().expect("an exit code"), text(stdout), text(stderr))
}
