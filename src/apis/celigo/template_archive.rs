//! The archive of an integration's template.

use std::io::{Cursor, Write};

use serde_json::Value;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::apis::celigo::membership;
use crate::apis::celigo::resources::{CONNECTIONS, EXPORTS, FLOWS, IMPORTS};
use crate::engine::schema::problem::Problem;
use crate::engine::state::State;
use crate::engine::store::Record;

/// Returns the archive of an integration.
pub(super) fn archive(state: &State, integration: &Record) -> Result<Vec<u8>, Problem> {
    let broken = |error| Problem::Internal { what: format!("an archive in memory cannot be written: {error}") };
    written(state, integration).map_err(broken)
}

/// Writes one file for the integration, and one for each kind of record it contains, as consumers see them.
fn written(state: &State, integration: &Record) -> ZipResult<Vec<u8>> {
    let kinds = [("flows", &FLOWS), ("exports", &EXPORTS), ("imports", &IMPORTS), ("connections", &CONNECTIONS)];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    add(&mut archive, "integration.json", &seen(integration))?;
    for (name, resource) in kinds {
        let records = membership::of(state, integration, resource);
        add(&mut archive, &format!("{name}.json"), &records.iter().map(seen).collect())?;
    }
    Ok(archive.finish()?.into_inner())
}

fn add(archive: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, value: &Value) -> ZipResult<()> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    archive.start_file(name, options)?;
    archive.write_all(format!("{value:#}\n").as_bytes())?;
    Ok(())
}

fn seen(record: &Record) -> Value {
    serde_json::from_slice(record.bytes()).expect("a record's bytes are JSON")
}
