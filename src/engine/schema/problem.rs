//! Problems with a request, in no API's words.

use std::borrow::Cow;

use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::schema::Schema;
use crate::http::clip::{MOST_TOLD, clip};
use crate::http::message::Method;

/// A problem with a request. The dialect of the API asked finds the status, the code and the words.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Problem {
    /// No credential, a malformed one, an unknown one, or one of the wrong kind.
    Credential,
    /// A credential that was good once.
    CredentialExpired,
    /// The caller may not do this. `needs` names what is missing.
    Forbidden {
        /// The permission or access level that would be needed.
        needs: Cow<'static, str>,
    },
    /// No row of any table has this path: a miss.
    NoRoute {
        /// The nearest routes, method and path.
        nearest: Vec<String>,
    },
    /// A known operation that is not modelled: a miss.
    NotModelled {
        /// The operation's name.
        operation: String,
    },
    /// The path exists, but not with this method.
    WrongMethod {
        /// The methods it does have.
        allowed: Vec<Method>,
    },
    /// The body is not of a media type the operation takes.
    MediaType {
        /// The content type that was sent.
        sent: String,
    },
    /// The body is encoded, as with gzip.
    Encoded {
        /// The encoding.
        encoding: String,
    },
    /// The body is larger than the server reads.
    TooLarge {
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// The body is not JSON.
    Syntax {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// The form that was expected, in words.
        reason: String,
    },
    /// No such record, or none this caller may see.
    NotFound {
        /// The kind of record.
        resource: &'static Schema,
        /// The id asked for.
        id: String,
    },
    /// A path parameter that cannot be an id of this API.
    BadId {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// The body's fields break the rules. Never empty.
    Fields(Vec<FieldFault>),
    /// Another record has this unique value already.
    Taken {
        /// The kind of record.
        resource: &'static Schema,
        /// The unique field.
        field: &'static str,
    },
    /// Others refer to the record, so it cannot go.
    InUse {
        /// The kind of record.
        resource: &'static Schema,
        /// The records that refer to it, in words.
        by: String,
    },
    /// A query parameter has a value it cannot have.
    Query {
        /// The parameter's name.
        parameter: String,
        /// The values it may have, in words.
        reason: String,
    },
    /// More was asked than the rate lets through.
    RateLimited {
        /// The time until the next try, in seconds.
        retry_after_s: u64,
    },
    /// An error that only this API knows.
    Named {
        /// The error, of the API's table.
        error: &'static ErrorDef,
        /// Words in place of the table's own.
        message: Option<String>,
        /// The field it is about.
        field: Option<String>,
        /// The time until the next try, in seconds, for errors that say so.
        retry_after_s: Option<u64>,
    },
    /// Several faults of one kind. Never empty.
    Several {
        /// The error, of the API's table.
        error: &'static ErrorDef,
        /// The messages that say what is wrong, one for each fault.
        messages: Vec<String>,
    },
    /// A change that an administrator, a file or a test wants and that is not possible. No consumer gets this.
    Refused {
        /// The reason, and the remedy.
        reason: String,
    },
    /// The records hold as many bytes as a setting allows. No real service says so.
    Full {
        /// The setting that raises the limit.
        setting: &'static str,
        /// The most bytes.
        limit_bytes: usize,
    },
    /// The fake itself failed, by no fault of the consumer.
    Internal {
        /// The event, in words.
        what: String,
    },
}

impl Problem {
    /// Makes a problem of an error that only this API knows, with these words.
    pub fn named(error: &'static ErrorDef, message: impl Into<String>) -> Self {
        Self::Named { error, message: Some(message.into()), field: None, retry_after_s: None }
    }

    /// Makes a problem of an error that only this API knows, in the words of its table.
    pub fn usual(error: &'static ErrorDef) -> Self {
        Self::Named { error, message: None, field: None, retry_after_s: None }
    }

    /// Makes the problem of a change that an administrator, a file or a test wants and that is not possible, for this
    /// reason.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into() }
    }

    /// Returns the problem, about that field.
    pub fn about(mut self, name: impl Into<String>) -> Self {
        if let Self::Named { field, .. } = &mut self {
            *field = Some(name.into());
        }
        self
    }

    /// Makes the problem of one field at fault.
    pub fn field(field: impl Into<Cow<'static, str>>, kind: FieldFaultKind) -> Self {
        Self::Fields(vec![FieldFault { field: field.into(), kind }])
    }

    /// Makes the problem that none of these fields is there, of which one is required.
    pub fn missing_all(names: &'static [&'static str]) -> Self {
        Self::field(names[0], FieldFaultKind::MissingAll { names })
    }

    /// Tells whether the answer is the fake's own, and none that the real service would give.
    pub fn is_miss(&self) -> bool {
        matches!(self, Self::NoRoute { .. } | Self::NotModelled { .. } | Self::Full { .. } | Self::Internal { .. })
    }

    /// Tells whether it is about the fields alone: in no state of the world would they be right.
    pub fn is_lasting(&self) -> bool {
        let depends = |kind: &FieldFaultKind| matches!(kind, FieldFaultKind::Dangling { .. } | FieldFaultKind::Fixed);
        matches!(self, Self::Fields(faults) if faults.iter().any(|fault| !depends(&fault.kind)))
    }

    /// Tells whether it is about a field that cannot change once its record is made.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Self::Fields(faults) if faults.iter().any(|fault| matches!(fault.kind, FieldFaultKind::Fixed)))
    }

    /// Clips the texts that repeat what the client sent.
    pub(crate) fn clip(&mut self) {
        match self {
            Self::MediaType { sent: text }
            | Self::Encoded { encoding: text }
            | Self::Syntax { reason: text, .. }
            | Self::NotFound { id: text, .. }
            | Self::InUse { by: text, .. }
            | Self::Refused { reason: text }
            | Self::Internal { what: text } => clip(text),
            Self::Query { parameter, reason } => [parameter, reason].into_iter().for_each(clip),
            Self::Named { message, field, .. } => message.iter_mut().chain(field).for_each(clip),
            Self::Several { messages, .. } => {
                messages.truncate(MOST_TOLD);
                messages.iter_mut().for_each(clip);
            }
            Self::Fields(faults) => {
                faults.truncate(MOST_TOLD);
                for FieldFault { field, kind } in faults {
                    if let Cow::Owned(field) = field {
                        clip(field);
                    }
                    if let FieldFaultKind::Dangling { id, .. } = kind {
                        clip(id);
                    }
                }
            }
            Self::Credential
            | Self::CredentialExpired
            | Self::Forbidden { .. }
            | Self::NoRoute { .. }
            | Self::NotModelled { .. }
            | Self::WrongMethod { .. }
            | Self::TooLarge { .. }
            | Self::BadId { .. }
            | Self::Taken { .. }
            | Self::RateLimited { .. }
            | Self::Full { .. } => {}
        }
    }

    /// Returns the problem in plain words, for administrators and files rather than consumers.
    pub fn plain(&self) -> String {
        match self {
            Self::NotFound { resource, id } => format!("{} has no record {id:?}", resource.name),
            Self::Fields(faults) => faults.iter().map(FieldFault::plain).collect::<Vec<_>>().join("; "),
            Self::Taken { resource, field } => {
                format!("another record of {} has the same {field}; it must be unique", resource.name)
            }
            Self::InUse { resource, by } => {
                format!("this record of {} is in use by {by}; remove that first", resource.name)
            }
            Self::BadId { parameter } => format!("{parameter} is not an id of this API"),
            Self::Query { parameter, reason } => format!("{parameter}: {reason}"),
            Self::Named { message: Some(message), .. } => message.clone(),
            Self::Named { error, .. } => (if error.message.is_empty() { error.name } else { error.message }).to_owned(),
            Self::RateLimited { retry_after_s } => format!("too many requests; try again in {retry_after_s} s"),
            Self::Refused { reason } => reason.clone(),
            Self::Forbidden { needs } => format!("needs {needs}"),
            Self::Several { messages, .. } => messages.join("; "),
            Self::Syntax { line, column, reason } => format!("{reason} at line {line}, column {column}"),
            Self::Full { setting, limit_bytes } => format!(
                "standin holds no more than {limit_bytes} bytes of records, by the setting {setting}; delete records or worlds, \
                 or raise it"
            ),
            Self::Internal { what } => what.clone(),
            Self::Credential => "the credential is missing or not good".to_owned(),
            Self::CredentialExpired => "the credential has expired".to_owned(),
            Self::NoRoute { nearest } => format!("there is no such route; the nearest are {}", nearest.join(", ")),
            Self::NotModelled { operation } => format!("{operation} is known, but not modelled"),
            Self::WrongMethod { allowed } => {
                let allowed: Vec<&str> = allowed.iter().map(|method| method.as_str()).collect();
                format!("the path takes {}", allowed.join(", "))
            }
            Self::MediaType { sent } if sent.is_empty() => "the body has no Content-Type".to_owned(),
            Self::MediaType { sent } => format!("a body of the Content-Type {sent:?} is not taken"),
            Self::Encoded { encoding } => format!("a body with the Content-Encoding {encoding:?} is not taken"),
            Self::TooLarge { limit_bytes } => format!("the body is larger than {limit_bytes} bytes"),
        }
    }
}

/// One field that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name.
    pub field: Cow<'static, str>,
    /// The rule it breaks.
    pub kind: FieldFaultKind,
}

/// The kind of fault that a field can have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldFaultKind {
    /// Required, but absent, null or blank.
    Missing,
    /// None of several fields is there, of which one is required.
    MissingAll {
        /// Those fields.
        names: &'static [&'static str],
    },
    /// Of another type than `expected`, which reads as in "must be a string".
    WrongType {
        /// With its article: `a string`, `an array`.
        expected: &'static str,
    },
    /// Longer than the limit of characters.
    TooLong {
        /// The most characters there may be.
        max_chars: usize,
    },
    /// Nested too deep, or made so by a change.
    TooDeep {
        /// The most levels of arrays and objects a record may have.
        max_depth: usize,
    },
    /// Not one of the values it may have.
    NotOneOf {
        /// Those values.
        values: &'static [&'static str],
    },
    /// Refers to a record that does not exist.
    Dangling {
        /// The kind of record it refers to.
        to: &'static str,
        /// The id that nothing has.
        id: String,
    },
    /// Set once, when the record is made.
    Fixed,
}

impl FieldFault {
    /// Returns the fault in plain words.
    pub fn plain(&self) -> String {
        let field = &self.field;
        match &self.kind {
            FieldFaultKind::Missing => format!("{field} is required"),
            FieldFaultKind::MissingAll { names } => format!("{} must be given", names.join(" or ")),
            FieldFaultKind::WrongType { expected } => format!("{field} must be {expected}"),
            FieldFaultKind::TooLong { max_chars } => format!("{field} must have at most {max_chars} characters"),
            FieldFaultKind::TooDeep { max_depth } => {
                format!("{field} makes the record more than {max_depth} levels deep")
            }
            FieldFaultKind::NotOneOf { values } => format!("{field} must be one of {}", values.join(", ")),
            FieldFaultKind::Dangling { to, id } => format!("{field} refers to {id:?}, which {to} does not have"),
            FieldFaultKind::Fixed => {
                format!("{field} cannot be changed after it is set; remove the record and create a new one")
            }
        }
    }
}

/// Returns the words of a panic.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or_default()
}
