//! Totals over all worlds of a server, with a limit.

use std::sync::Arc;

use crate::sync::{AtomicUsize, Ordering};

/// A count of bytes, or of records, over all worlds of a server.
#[derive(Debug)]
pub struct Total {
    held: AtomicUsize,
    limit: usize,
}

impl Total {
    /// Makes a total with that limit.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { held: AtomicUsize::new(0), limit })
    }

    /// Returns the most that may be held.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Returns the amount held now.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Returns the amount beyond which a world that writes drops its own oldest at once. Between the limit and this
    /// amount, the largest worlds are shortened instead.
    pub fn hard_limit(&self) -> usize {
        self.limit.saturating_add(self.limit / 8)
    }
}

/// The part of a total that one holder has. Dropping it gives it back.
#[derive(Debug)]
pub struct Charge {
    /// The total; `None` where none counts it.
    total: Option<Arc<Total>>,
    amount: usize,
}

impl Charge {
    /// Charges a total with that amount.
    pub fn new(total: &Arc<Total>, amount: usize) -> Self {
        total.held.fetch_add(amount, Ordering::Relaxed);
        Self { total: Some(Arc::clone(total)), amount }
    }

    /// Returns an amount that no total counts.
    pub fn uncounted(amount: usize) -> Self {
        Self { total: None, amount }
    }

    /// Charges the same total with a further amount.
    pub fn beside(&self, amount: usize) -> Self {
        self.total.as_ref().map_or_else(|| Self::uncounted(amount), |total| Self::new(total, amount))
    }

    /// Returns the amount.
    pub fn amount(&self) -> usize {
        self.amount
    }

    /// Returns the amount that a total counts.
    pub fn counted(&self) -> usize {
        if self.total.is_some() { self.amount } else { 0 }
    }

    /// Changes the amount. Where it stays, other processors notice nothing.
    pub fn set(&mut self, amount: usize) {
        if let Some(total) = &self.total {
            if amount > self.amount {
                total.held.fetch_add(amount - self.amount, Ordering::Relaxed);
            } else if amount < self.amount {
                total.held.fetch_sub(self.amount - amount, Ordering::Relaxed);
            }
        }
        self.amount = amount;
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.set(0);
    }
}
