//! Profiles: the ways in which the same service is known to answer.

/// A profile of a service.
///
/// ```
/// use standin::{Api, Profile, Standin};
///
/// let world = Standin::builder().profile(Api::Celigo, Profile::Live).offline()?;
/// let answer = world.answer("GET", "/v1/integrations", &[], b"");
/// assert_eq!(answer.status, Some(401));
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// Exactly as the documents say.
    #[default]
    Documented,
    /// As the running service is known to answer.
    Live,
}

impl Profile {
    /// All profiles.
    pub const ALL: &[Self] = &[Self::Documented, Self::Live];

    /// Returns its name in settings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Live => "live",
        }
    }
}
