//! The formats in which a command prints.

use clap::ValueEnum;

/// For people, or for programs.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// Sentences
    Text,
    /// Everything, versioned
    Json,
}
