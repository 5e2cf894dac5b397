//! How what was found is printed.

use clap::ValueEnum;

/// For people, or for programs.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// Sentences
    Text,
    /// Everything, versioned
    Json,
}
