//! The errors of an API as constants, and the evidence for what a table says.

use http::HeaderValue;

use crate::engine::schema::profile::Profile;

/// The evidence for something: how well it is known.
///
/// ```
/// use standin::{Evidence, operations};
///
/// let assumed = operations().into_iter().filter(|operation| operation.evidence == Evidence::Assumed);
/// assert!(assumed.map(|operation| operation.source).all(|reason| !reason.is_empty()));
/// assert!(Evidence::Documented < Evidence::Assumed);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Evidence {
    /// A seed document or the vendor's documentation says so.
    Documented,
    /// A public client or a recorded answer shows it.
    Observed,
    /// No source says so: standin decides.
    Assumed,
}

impl Evidence {
    /// All kinds of evidence, the best first.
    pub const ALL: &[Self] = &[Self::Documented, Self::Observed, Self::Assumed];

    /// Returns the word used in headers and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Observed => "observed",
            Self::Assumed => "assumed",
        }
    }

    /// Returns the word as a header.
    #[must_use]
    pub(crate) fn header(self) -> HeaderValue {
        const DOCUMENTED: HeaderValue = HeaderValue::from_static("documented");
        const OBSERVED: HeaderValue = HeaderValue::from_static("observed");
        const ASSUMED: HeaderValue = HeaderValue::from_static("assumed");
        match self {
            Self::Documented => DOCUMENTED,
            Self::Observed => OBSERVED,
            Self::Assumed => ASSUMED,
        }
    }
}

/// The definition of one error an API can answer with.
#[derive(Clone, Copy, Debug)]
pub struct ErrorDef {
    /// The name scenarios use, lower case: `not_found`.
    pub name: &'static str,
    /// The code in the body.
    pub code: &'static str,
    /// The status, unless the dialect knows a reason for another.
    pub status: u16,
    /// The places where status or evidence are others: the last that fits counts.
    pub variants: &'static [Variant],
    /// The message of an answer that has no better one.
    pub message: &'static str,
    /// The evidence for these words.
    pub words: Evidence,
    /// Other sentences that a source shows, each with its evidence: `<kind>` stands for the title of a kind of record,
    /// any other name in angle brackets for any text. Words that neither these nor the message have are assumed.
    pub sentences: &'static [(&'static str, Evidence)],
    /// The evidence for the error: its code, and its status where no variant has another.
    pub evidence: Evidence,
    /// The source that shows it, or the reason why it is assumed.
    pub source: &'static str,
}

/// An error on some paths, or in a profile: its status there, and the evidence for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The beginning of the paths below the API's base; empty is any.
    pub path: &'static str,
    /// The profile; `None` is any.
    pub profile: Option<Profile>,
    /// The status.
    pub status: u16,
    /// The evidence for it.
    pub evidence: Evidence,
    /// The source that shows it, or the reason why it is assumed.
    pub source: &'static str,
}

impl PartialEq for ErrorDef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Declares the errors of an API: a constant for each, which rows and operations name, and a table of all of them.
macro_rules! error_table {
    ($(#[$about:meta])* pub static $table:ident; $($name:ident = $definition:expr;)+) => {
        $(
            #[doc = concat!("The error `", stringify!($name), "`.")]
            pub(super) const $name: &$crate::engine::schema::error_def::ErrorDef = &$definition;
        )+
        $(#[$about])*
        pub(super) static $table: &[&$crate::engine::schema::error_def::ErrorDef] = &[$($name),+];
    };
}
pub(crate) use error_table;

impl ErrorDef {
    /// Returns an error whose code in bodies is its name, and which rests on an assumption until a source is given.
    pub const fn new(name: &'static str, status: u16, message: &'static str) -> Self {
        let (words, evidence) = (Evidence::Assumed, Evidence::Assumed);
        Self { name, code: name, status, variants: &[], message, words, sentences: &[], evidence, source: "" }
    }

    /// Sets the code in bodies, where that is not the name.
    pub const fn code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// Sets the document that describes it and shows its message.
    pub const fn documented(self, source: &'static str) -> Self {
        self.known(Evidence::Documented, source)
    }

    /// Sets the evidence for it and its message.
    pub(crate) const fn known(mut self, evidence: Evidence, source: &'static str) -> Self {
        (self.evidence, self.words, self.source) = (evidence, evidence, source);
        self
    }

    /// Leaves the message without a source, whatever the evidence for code and status.
    pub const fn in_own_words(mut self) -> Self {
        self.words = Evidence::Assumed;
        self
    }

    /// Sets other sentences that a source shows.
    pub const fn saying(mut self, sentences: &'static [(&'static str, Evidence)]) -> Self {
        self.sentences = sentences;
        self
    }

    /// Sets the places where it is another.
    pub(crate) const fn varying(mut self, variants: &'static [Variant]) -> Self {
        self.variants = variants;
        self
    }

    /// Returns the error as it is on a path below the API's base.
    pub fn on(&self, path: &str, profile: Profile) -> Variant {
        let fits =
            |variant: &&Variant| path.starts_with(variant.path) && variant.profile.is_none_or(|when| when == profile);
        let usual =
            Variant { path: "", profile: None, status: self.status, evidence: self.evidence, source: self.source };
        self.variants.iter().rfind(fits).copied().unwrap_or(usual)
    }
}
