//! How others learn that a server is ready: a line on standard output, and a file.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_json::json;

use crate::cli::exit::Failed;
use crate::cli::output::STDOUT;
use crate::embed::Standin;

/// Prints the ready line, and waits for no reader.
pub fn print_line(standin: &Standin, seed: u64) {
    let mut line = json!({
        "ready": 1,
        "url": standin.url(),
        "port": standin.address().port(),
        "control": standin.control_url(),
        "apis": standin.apis(),
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

/// Takes an old port file away: whoever waits for the file must not find the one of a server that is gone.
pub fn remove_port_file(file: &Path) -> Result<(), Failed> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Failed::usage(format!("cannot remove the old port file {}: {error}", file.display())))
        }
        _ => Ok(()),
    }
}

/// Writes the port file: beside its place first, so that nobody reads half of it.
pub fn write_port_file(file: &Path, standin: &Standin) -> Result<(), Failed> {
    let pid = std::process::id();
    let text = json!({ "url": standin.url(), "port": standin.address().port(), "pid": pid });
    let mut beside = file.as_os_str().to_owned();
    beside.push(format!(".{pid}"));
    let written = fs::write(&beside, format!("{text}\n")).and_then(|()| fs::rename(&beside, file));
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        Failed::usage(format!("cannot write the port file {}: {error}", file.display()))
    })
}
