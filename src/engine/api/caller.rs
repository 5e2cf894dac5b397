//! The caller of an operation.

use crate::engine::store::Record;

/// Who asks, as the dialect made out.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The only records the caller may see, or the only ones that what it sees may hang on; `None` is all.
    pub sees: Option<Vec<String>>,
    /// May read, but not write.
    pub read_only: bool,
    /// The record the credential belongs to: the integration of an access token.
    pub subject: Option<Record>,
}
