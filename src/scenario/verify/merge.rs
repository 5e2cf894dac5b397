//! The coverage of several reports, merged into one table.

use std::collections::{BTreeMap, HashMap};

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
                known.natural = known.natural.saturating_add(cell.natural);
                known.injected = known.injected.saturating_add(cell.injected);
                known.documented |= cell.documented;
            }
            None => {
                places.insert(key, cells.len());
                cells.push(cell.clone());
            }
        }
    }
    // Outcomes one process met and another did not must still stand with their operation.
    let mut ranks: HashMap<String, usize> = HashMap::new();
    for cell in &cells {
        let next = ranks.len();
        ranks.entry(cell.operation.clone()).or_insert(next);
    }
    cells.sort_by_key(|cell| (ranks[&cell.operation], !cell.documented));
    cells
}
