//! Panics that the fake survives, whose messages are told in an answer, redacted by its world.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// A guard of the code whose panics are caught.
struct Entered;

impl Drop for Entered {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Calls a function, and returns its result, or the panic in which it ended.
pub(crate) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    DEPTH.set(DEPTH.get() + 1);
    // The panic hook runs before the panic is caught, and so must know that it will be.
    let _entered = Entered;
    catch_unwind(AssertUnwindSafe(run))
}

/// Tells whether a panic of this thread would be caught, and told with its answer.
#[cfg(feature = "cli")]
pub(crate) fn is_caught() -> bool {
    DEPTH.get() > 0
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_knows_where_its_panics_are_caught() {
        assert!(!is_caught());
        assert!(caught(|| caught(is_caught).unwrap() && is_caught()).unwrap());
        assert!(caught(|| std::panic::resume_unwind(Box::new("it ends"))).is_err());
        assert!(!is_caught(), "a panic leaves, too");
    }
}
