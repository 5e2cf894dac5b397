//! The signs that a server is ready: a line on standard output, and a file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::exit::Failed;
use crate::cli::output::STDOUT;
use crate::cli::own_file::{self, FileKind};
use crate::embed::{Api, Standin};

/// The version of the ready line.
pub(super) const READY_VERSION: u32 = 1;

/// Prints the ready line, without waiting for a reader.
pub(super) fn print_line(standin: &Standin, seed: u64) {
    let mut line = json!({
        "ready": READY_VERSION,
        "url": standin.url(),
        "port": standin.address().port(),
        "control": standin.control_url(),
        "apis": standin.apis().into_iter().map(Api::as_str).collect::<Vec<_>>(),
        "seed": seed,
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id(),
    });
    if let Some(entrance) = standin.entrance() {
        if entrance.intercepts {
            line["proxy"] = entrance.proxy_url(standin.world().name()).into();
        }
        line["ca"] = entrance.ca.as_str().into();
    }
    STDOUT.say(format!("{line}\n"));
}

/// The port file of a server. Dropping it removes the file, so that a client that waits for a server does not find a
/// stopped one.
pub(super) struct PortFile<'p>(&'p Path);

impl<'p> PortFile<'p> {
    /// Removes the port file of an earlier server. Any other file with that path is kept, and refused.
    pub(super) fn claim(file: &'p Path) -> Result<Self, Failed> {
        if fs::symlink_metadata(file).is_ok_and(|found| !found.is_file()) {
            let path = file.display();
            let message =
                format!("{path} is no regular file, so it is left as it is; give another path with --port-file");
            return Err(Failed::usage(message));
        }
        own_file::remove(file, &PORT_FILE)?;
        Ok(Self(file))
    }

    /// Writes the file as a whole, so that a reader never finds half of it.
    pub(super) fn write(&self, standin: &Standin) -> Result<(), Failed> {
        let (file, pid) = (self.0, std::process::id());
        let text = json!({ "url": standin.url(), "port": standin.address().port(), "pid": pid });
        // Another file may have come to that path meanwhile, so it is checked again.
        Self::claim(file).map(std::mem::forget)?;
        own_file::write(file, &format!("{text}\n"), &PORT_FILE)
    }
}

const PORT_FILE: FileKind = FileKind {
    name: "port file",
    by_setting: " with --port-file",
    is_it: |text| {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        ["url", "port", "pid"].iter().all(|key| value.get(key).is_some())
    },
};

impl Drop for PortFile<'_> {
    fn drop(&mut self) {
        let text = fs::symlink_metadata(self.0).ok().filter(fs::Metadata::is_file).and_then(|_| fs::read(self.0).ok());
        let value: Value = text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        // The file may be another server's by now.
        if value["pid"] == std::process::id() {
            let _ = fs::remove_file(self.0);
        }
    }
}
