//! Lags, made in code.

use crate::http::position::Position;
use crate::scenario::{Lag, LagSpan, Operations};

impl Lag {
    /// Makes a lag of the reads among these operations that hides nothing yet.
    pub fn on(operations: impl Into<Operations>) -> Self {
        let place = Position { line: 1, column: 1 };
        Self { on: operations.into(), span: LagSpan::Calls(0), path: Vec::new(), place }
    }

    /// Hides each change from this number of calls of the operations.
    pub fn calls(mut self, calls: u64) -> Self {
        self.span = LagSpan::Calls(calls);
        self
    }

    /// Hides each change for this time of the world's clock, in milliseconds.
    pub fn ms(mut self, ms: u64) -> Self {
        self.span = LagSpan::Ms(ms);
        self
    }
}
