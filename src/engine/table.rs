//! Tables of routes put together, so that an API can keep one for each of its subjects.

use crate::engine::api::Route;

/// How many routes there are in all.
pub const fn count(tables: &[&[Route]]) -> usize {
    let (mut sum, mut table) = (0, 0);
    while table < tables.len() {
        sum += tables[table].len();
        table += 1;
    }
    sum
}

/// All routes, in the order of the tables. `N` is their [`count`].
pub const fn join<const N: usize>(tables: &[&[Route]]) -> [Route; N] {
    let mut all = [tables[0][0]; N];
    let (mut table, mut place) = (0, 0);
    while table < tables.len() {
        let mut row = 0;
        while row < tables[table].len() {
            all[place] = tables[table][row];
            place += 1;
            row += 1;
        }
        table += 1;
    }
    all
}
