//! The operators of filters.

/// A way to compare a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// Equals the operand.
    Equals,
    /// Is one of the operands.
    In,
    /// Is none of the operands.
    NotIn,
    /// Begins with the operand, in any case.
    StartsWith,
    /// Contains the operand, in any case.
    Contains,
    /// Has a value.
    IsKnown,
    /// Has no value.
    IsUnknown,
    /// Is later, or larger.
    Greater,
    /// Is equal, later or larger.
    AtLeast,
    /// Is earlier, or smaller.
    Less,
    /// Is equal, earlier or smaller.
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
