//! The signs that a server is ready: a line on standard output, and a file.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::exit::Failed;
use crate::cli::output::STDOUT;
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
        let cannot = |error| Failed::usage(format!("cannot remove the old port file {}: {error}", file.display()));
        match fs::symlink_metadata(file) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self(file)),
            Err(error) => return Err(cannot(error)),
            Ok(found) if !found.is_file() => return Err(not_ours(file, "is no regular file")),
            Ok(found) if found.len() > MOST_BYTES => return Err(not_ours(file, "holds something else than a port")),
            Ok(_) => {}
        }
        let text = fs::read(file).map_err(cannot)?;
        let is_port_file = || {
            let value: Value = serde_json::from_slice(&text).unwrap_or_default();
            ["url", "port", "pid"].iter().all(|key| value.get(key).is_some())
        };
        if !text.trim_ascii().is_empty() && !is_port_file() {
            return Err(not_ours(file, "holds something else than a port"));
        }
        fs::remove_file(file).map_err(cannot)?;
        Ok(Self(file))
    }

    /// Writes the file beside its place and renames it, so that a reader never finds half of it.
    pub(super) fn write(&self, standin: &Standin) -> Result<(), Failed> {
        let (file, pid) = (self.0, std::process::id());
        let text = json!({ "url": standin.url(), "port": standin.address().port(), "pid": pid });
        let mut beside = file.as_os_str().to_owned();
        beside.push(format!(".{pid}"));
        // Another file may have come to that path meanwhile, so it is checked again.
        Self::claim(file).map(std::mem::forget)?;
        let written = fs::write(&beside, format!("{text}\n")).and_then(|()| fs::rename(&beside, file));
        written.map_err(|error| {
            let _ = fs::remove_file(&beside);
            Failed::usage(format!("cannot write the port file {}: {error}", file.display()))
        })
    }
}

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

/// The most bytes of a port file.
const MOST_BYTES: u64 = 4_096;

fn not_ours(file: &Path, why: &str) -> Failed {
    Failed::usage(format!("{} {why}, so it is left as it is; give another path with --port-file", file.display()))
}
