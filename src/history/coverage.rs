//! Coverage: the operations and documented outcomes that a consumer has met.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::engine::api::router::{Router, Row};
use crate::history::exchange::Exchange;
use crate::http::json_object::json_object;

/// Number of times an outcome was served.
///
/// ```
/// use standin::Standin;
///
/// let world = Standin::builder().offline()?;
/// world.answer("GET", "/v1/integrations/nope", &[("authorization", "Bearer any")], b"");
/// let report = world.report();
/// let served = report.coverage.iter().find(|cell| cell.is_served()).unwrap();
/// assert_eq!((served.operation.as_str(), served.outcome.as_str()), ("celigo.integrations.get", "not_found"));
/// assert_eq!((served.natural, served.injected), (1, 0));
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoverageCell {
    /// The operation.
    pub operation: String,
    /// A status of success, or the name of an error.
    pub outcome: String,
    /// True when the operation documents it.
    pub documented: bool,
    /// By the operation itself.
    pub natural: u64,
    /// By a fault rule.
    pub injected: u64,
}

json_object!(both CoverageCell strict { operation, outcome, documented, natural, injected });

impl CoverageCell {
    /// Tells whether the outcome was served at all.
    #[must_use]
    pub fn is_served(&self) -> bool {
        self.natural + self.injected > 0
    }
}

/// Number of times each outcome of each operation was served.
#[derive(Clone, Debug, Default)]
pub(crate) struct Coverage {
    /// The counts, by the row's number, because every answer looks that up, and by the outcome.
    cells: BTreeMap<(usize, Cow<'static, str>), Served>,
}

#[derive(Clone, Copy, Debug)]
struct Served {
    operation: &'static str,
    cell: Cell,
}

/// Number of times one outcome of one operation was served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// By the operation itself.
    pub natural: u64,
    /// By a fault rule.
    pub injected: u64,
}

impl Coverage {
    /// Counts the outcome of an exchange, an error's name or a status. A miss and an aborted answer have none.
    pub(crate) fn count(&mut self, exchange: &Exchange<'_>) {
        let Some(row) = exchange.row.filter(|_| !exchange.delivery.is_abort()) else { return };
        let outcome = exchange.error.map_or_else(|| exchange.response.status_text(), Cow::Borrowed);
        let new = || Served { operation: row.operation, cell: Cell::default() };
        let cell = &mut self.cells.entry((row.number, outcome)).or_insert_with(new).cell;
        if exchange.injected {
            cell.injected += 1;
        } else {
            cell.natural += 1;
        }
    }

    /// Takes back one count: the answer did not arrive.
    pub(crate) fn take_back(&mut self, row: &Row, outcome: Cow<'static, str>, injected: bool) {
        let place = (row.number, outcome);
        let Some(Served { cell, .. }) = self.cells.get_mut(&place) else { return };
        let count = if injected { &mut cell.injected } else { &mut cell.natural };
        *count = count.saturating_sub(1);
        if *cell == Cell::default() {
            self.cells.remove(&place);
        }
    }

    /// Returns every outcome that was served, in the order of operation and outcome.
    pub(crate) fn cells(&self) -> impl Iterator<Item = (&'static str, &str, Cell)> {
        let cells = self.cells.iter().map(|((_, outcome), served)| (served.operation, outcome.as_ref(), served.cell));
        let mut cells: Vec<_> = cells.collect();
        cells.sort_by_key(|(operation, outcome, _)| (*operation, *outcome));
        cells.into_iter()
    }

    /// Tells whether an outcome was served, by the operation or by a fault rule.
    pub(crate) fn served(&self, operation: &'static str, outcome: &str) -> bool {
        self.cells().any(|(known, served, _)| known == operation && served == outcome)
    }

    /// Returns every documented outcome of every modelled operation, and what else was served, in the order of the
    /// tables.
    pub(crate) fn table(&self, router: &Router) -> Vec<CoverageCell> {
        let mut table = Vec::new();
        for row in router.rows() {
            let served = |outcome: &str| {
                let served = self.cells.get(&(row.number, Cow::Borrowed(outcome)));
                served.map(|served| served.cell).unwrap_or_default()
            };
            let mut tell = |outcome: &str, documented: bool| {
                let Cell { natural, injected } = served(outcome);
                let (operation, outcome) = (row.operation.to_owned(), outcome.to_owned());
                table.push(CoverageCell { operation, outcome, documented, natural, injected });
            };
            let success = Cow::Owned(row.route.success.to_string());
            let other = row.route.other_success.map(|(status, _)| Cow::Owned(status.to_string()));
            let mut documented: Vec<Cow<'static, str>> = std::iter::once(success)
                .chain(other)
                .chain(row.errors().map(|error| Cow::Borrowed(error.name)))
                .collect();
            if !row.route.is_modelled() {
                documented.clear();
            }
            for outcome in &documented {
                tell(outcome, true);
            }
            let others = self.cells.keys().filter(|(number, _)| *number == row.number);
            for (_, outcome) in others.filter(|(_, outcome)| !documented.contains(outcome)) {
                tell(outcome, false);
            }
        }
        table
    }
}
