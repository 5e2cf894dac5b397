//! The caller of an operation.

use crate::engine::state::State;
use crate::engine::store::Record;

/// The holder of the credential, as the dialect made out.
#[derive(Clone, Debug, Default)]
pub struct Caller {
    /// The ids of the only records that the caller sees, or to which a visible record must belong; `None` is all.
    pub sees: Option<Vec<String>>,
    /// True if the caller may read, but not write.
    pub read_only: bool,
    /// The record the credential belongs to: the integration of an access token.
    pub subject: Option<Record>,
}

impl Caller {
    /// Returns the caller that a credential of an API stands for: one that sees everything, unless the world lists the
    /// credential with what narrows it.
    pub fn of(state: &State, api: &str, token: &str) -> Self {
        let Some(listed) = state.settings.credential(api, token) else { return Self::default() };
        Self { sees: listed.integrations.clone(), read_only: listed.read_only, subject: None }
    }
}
