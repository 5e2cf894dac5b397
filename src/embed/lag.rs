//! Lags, made in code.

use crate::http::position::Position;
use crate::scenario::{Lag, LagSpan, Operations};

impl Lag {
    /// Makes a lag of the reads among these operations. It hides nothing until [`calls`](Self::calls) or
    /// [`ms`](Self::ms) is set.
    pub fn on(operations: impl Into<Operations>) -> Self {
        let place = Position { line: 1, column: 1 };
        Self { on: operations.into(), span: LagSpan::Calls(0), path: Vec::new(), place }
    }

    /// Hides each change from the next `calls` calls of the operations.
    pub fn calls(mut self, calls: u64) -> Self {
        self.span = LagSpan::Calls(calls);
        self
    }

    /// Hides each change for `ms` milliseconds of the world's clock.
    pub fn ms(mut self, ms: u64) -> Self {
        self.span = LagSpan::Ms(ms);
        self
    }
}
