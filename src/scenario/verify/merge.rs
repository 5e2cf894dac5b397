//! The coverage of several reports, merged into one table.

use std::collections::BTreeMap;

use crate::history::coverage::CoverageCell;
use crate::scenario::verify::report::Report;

/// Merges the coverage of all reports. Operations stand in the order they first came in. [`reports`](crate::reports) has an
/// example.
#[must_use]
pub fn merged_coverage(reports: &[Report]) -> Vec<CoverageCell> {
    merged(reports.iter().flat_map(|report| &report.coverage))
}

/// Merges the cells of all tables. Operations stand in the order they first came in.
pub(crate) fn merged<'c>(all: impl Iterator<Item = &'c CoverageCell>) -> Vec<CoverageCell> {
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut cells: Vec<CoverageCell> = Vec::new();
    for cell in all {
        let key = (cell.operation.clone(), cell.outcome.clone());
        match places.get(&key) {
            Some(&place) => {
                let known = &mut cells[place];
                known.natural += cell.natural;
                known.injected += cell.injected;
                known.documented |= cell.documented;
            }
            None => {
                places.insert(key, cells.len());
                cells.push(cell.clone());
            }
        }
    }
    // An outcome that only one process met must stand with its operation.
    let mut order: Vec<String> = cells.iter().map(|cell| cell.operation.clone()).collect();
    order.dedup();
    let rank = |operation: &str| order.iter().position(|known| known == operation);
    cells.sort_by_key(|cell| (rank(&cell.operation), !cell.documented));
    cells
}
