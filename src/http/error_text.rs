//! The texts of errors, as people read them.

use std::fmt;

/// Shows a message, and a remedy on a line of its own.
pub(crate) fn write_with_hint(f: &mut fmt::Formatter<'_>, message: &str, hint: &str) -> fmt::Result {
    f.write_str(message)?;
    if hint.is_empty() { Ok(()) } else { write!(f, "\n    {hint}") }
}

/// Implements `Debug` by the text of `Display`, because `unwrap`, and a test that returns the error, show that one.
macro_rules! debug_is_display {
    ($type:ty) => {
        /// Shows the text of [`Display`](std::fmt::Display), because `unwrap` shows this one.
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    };
}
pub(crate) use debug_is_display;
