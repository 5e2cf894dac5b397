//! A credential that an API accepts, as a setting.

use std::fmt;

use crate::engine::state::settings;

/// A credential that an API accepts. It sees and changes everything, unless it is narrowed.
///
/// ```
/// use standin::{Api, Credential, Standin};
///
/// let world = Standin::builder()
///     .credential(Api::Celigo, Credential::new("reader").read_only())
///     .offline()?;
/// let answer = world.answer("POST", "/v1/integrations", &[("authorization", "Bearer reader")], b"{}");
/// assert_eq!(answer.status, Some(403));
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Credential(pub(crate) settings::ListedCredential);

impl Credential {
    /// Makes a credential of this token or secret.
    pub fn new(token: &str) -> Self {
        Self(settings::ListedCredential { token: token.to_owned(), integrations: None, read_only: false })
    }

    /// Lets it see only the integrations of these ids.
    pub fn integrations<'i>(mut self, ids: impl IntoIterator<Item = &'i str>) -> Self {
        self.0.integrations = Some(ids.into_iter().map(str::to_owned).collect());
        self
    }

    /// Lets it change nothing.
    pub fn read_only(mut self) -> Self {
        self.0.read_only = true;
        self
    }
}

/// Shows what the credential may do, and not the credential itself.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("integrations", &self.0.integrations)
            .field("read_only", &self.0.read_only)
            .finish_non_exhaustive()
    }
}
