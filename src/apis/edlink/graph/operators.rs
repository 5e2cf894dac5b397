//! The operators of filters.

/// A way to compare a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// Is this.
    Equals,
    /// Is one of these.
    In,
    /// Is none of these.
    NotIn,
    /// Begins so, in any case.
    StartsWith,
    /// Has this in it, in any case.
    Contains,
    /// Has a value.
    IsKnown,
    /// Has none.
    IsUnknown,
    /// Is later, or more.
    Greater,
    /// Is this, later or more.
    AtLeast,
    /// Is earlier, or less.
    Less,
    /// Is this, earlier or less.
    AtMost,
}

impl Operator {
    /// Returns its name in a filter.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::In => "in",
            Self::NotIn => "not in",
            Self::StartsWith => "starts with",
            Self::Contains => "contains",
            Self::IsKnown => "is known",
            Self::IsUnknown => "is unknown",
            Self::Greater => "gt",
            Self::AtLeast => "gte",
            Self::Less => "lt",
            Self::AtMost => "lte",
        }
    }
}
