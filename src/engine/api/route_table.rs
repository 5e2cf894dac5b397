//! Tables of routes as one, so that an API can keep one for each of its subjects.

use crate::engine::api::route::Route;

/// Returns the number of all rows of several tables.
pub(crate) const fn length(tables: &[&[Route]]) -> usize {
    let (mut table, mut rows) = (0, 0);
    while table < tables.len() {
        rows += tables[table].len();
        table += 1;
    }
    rows
}

/// Joins several tables. `N` is the number of all their rows.
pub(crate) const fn joined<const N: usize>(tables: &[&[Route]]) -> [Route; N] {
    let mut all = [tables[0][0]; N];
    let (mut table, mut next) = (0, 0);
    while table < tables.len() {
        let mut row = 0;
        while row < tables[table].len() {
            all[next] = tables[table][row];
            next += 1;
            row += 1;
        }
        table += 1;
    }
    assert!(next == N, "N is the number of all rows");
    all
}
