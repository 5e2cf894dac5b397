//! The error of a verification.

use std::fmt;

use parking_lot::Mutex;

use crate::http::error_text::debug_is_display;
use crate::scenario::Report;
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

/// The error of a verification: a consumer did not do what it must. [`Display`](fmt::Display) shows the whole report.
///
/// ```
/// use standin::{Expectation, Standin};
///
/// let world = Standin::builder().offline()?;
/// world.expect(Expectation::on("edlink.events.list").id("events"));
/// let unmet = world.verify().unwrap_err();
/// assert_eq!(unmet.report().failed().count(), 1);
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyError {
    report: Box<Report>,
    /// True when a request was in flight during the verification.
    is_early: bool,
}

impl VerifyError {
    /// Returns the report.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.report.fmt(f)?;
        if self.is_early {
            f.write_str("\n  a request was still on its way, and does not count: wait with settle before")?;
        }
        Ok(())
    }
}

debug_is_display!(VerifyError);

impl std::error::Error for VerifyError {}

/// Verifies a world by the calls so far.
pub(super) fn judged(registry: &WorldRegistry, world: &Mutex<World>) -> Result<Report, VerifyError> {
    let mut world = world.lock();
    let report = world.verify(registry.router());
    world.mark_verified();
    if report.passed {
        return Ok(report);
    }
    let is_early = registry.in_flight().has(&world.state.name);
    Err(VerifyError { report: Box::new(report), is_early })
}

/// Returns the error of expectations that were never verified and are not met.
pub(super) fn unmet_on_drop(registry: &WorldRegistry, world: &Mutex<World>) -> Option<VerifyError> {
    let forgotten = world.lock().run.as_ref().is_some_and(|run| run.needs_verification());
    if forgotten { judged(registry, world).err() } else { None }
}
