//! The texts of errors for people.

use std::fmt;

/// Writes a message, and its hint on a line of its own.
pub(crate) fn write_with_hint(f: &mut fmt::Formatter<'_>, message: &str, hint: &str) -> fmt::Result {
    f.write_str(message)?;
    if hint.is_empty() { Ok(()) } else { write!(f, "\n    {hint}") }
}

/// Implements `Debug` by the text of `Display`: a test that unwraps or returns the error prints its `Debug`.
macro_rules! debug_is_display {
    ($type:ty) => {
        /// Writes the text of [`Display`](std::fmt::Display), because `unwrap` prints `Debug`.
        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    };
}
pub(crate) use debug_is_display;
