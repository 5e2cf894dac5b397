//! Findings of a scenario file, as the command line shows them.

use std::fmt::Write;

use crate::scenario::Diagnostic;

/// Returns findings as the command line shows them: each ends with the command that explains its code.
pub(super) fn with_pointers(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for (n, diagnostic) in diagnostics.iter().enumerate() {
        let separator = if n == 0 { "" } else { "\n" };
        let _ = write!(text, "{separator}{diagnostic} (standin explain {})", diagnostic.code);
    }
    text
}
