//! Files of reports: the old one is removed before a run, the new one is written as a whole or not at all.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::cli::exit::Failed;

/// Removes the report of an earlier run. Only a regular file is removed: a report may go to a pipe or a device.
pub(super) fn remove(file: &Path) -> Result<(), Failed> {
    match regular(file) {
        Some(file) => match fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Failed::usage(format!("cannot remove the report of an earlier run {}: {error}", file.display())))
            }
            _ => Ok(()),
        },
        None => Ok(()),
    }
}

/// Writes a report beside its place and renames it, so that a full disk leaves no half of it.
pub(super) fn write(file: &Path, text: &str) -> Result<(), Failed> {
    let written = match fs::metadata(file) {
        Ok(found) if !found.is_file() => fs::write(file, text),
        _ => beside(&regular(file).unwrap_or_else(|| file.to_owned()), text),
    };
    written.map_err(|error| cannot(file, &error))
}

fn beside(file: &Path, text: &str) -> io::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, file));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Returns the regular file of a path, links followed.
fn regular(file: &Path) -> Option<PathBuf> {
    fs::canonicalize(file).ok().filter(|found| found.is_file())
}

/// Makes the failure of a report that cannot be written.
pub(super) fn cannot(file: &Path, error: &io::Error) -> Failed {
    Failed::usage(format!("cannot write the report {}: {error}", file.display()))
}
