//! The public formats and their versions, from the constants that the code writes.

use crate::cli::manual::{code, prose, table};
use crate::cli::ready::READY_VERSION;
use crate::scenario::{Comparison, Report, SCENARIO_VERSION};
use crate::world::export::EXPORT_VERSION;

/// Returns the table.
pub(super) fn markdown() -> String {
    let rows = [
        (
            "scenario file",
            "scenario",
            SCENARIO_VERSION,
            "`standin schema`; a file that is accepted means the same for ever",
        ),
        ("ready line, port file", "ready", READY_VERSION, "one line of JSON on standard output of `standin serve`"),
        (
            "report as JSON",
            "report",
            Report::VERSION,
            "`--report-json`, `POST /_standin/verify`, `WorldHandle::verify`",
        ),
        ("drift as JSON", "drift", Comparison::VERSION, "`standin probe --format json`"),
        ("exported world", "world", EXPORT_VERSION, "`GET /_standin/worlds/<name>/export`"),
    ];
    table(
        ["format", "its version stands in the key", "version", "where"],
        rows.into_iter().map(|(name, key, version, place)| [prose(name), code(key), version.to_string(), prose(place)]),
    )
}
