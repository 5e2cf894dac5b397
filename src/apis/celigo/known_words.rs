//! Evidence for the messages of errors: the documents and public clients show some messages of a code, and standin
//! makes up others.

use crate::apis::celigo::API;
use crate::engine::schema::error_def::Evidence::{Assumed, Documented, Observed};
use crate::engine::schema::error_def::{ErrorDef, Evidence};
use crate::engine::schema::problem::{FieldFaultKind, Problem};

/// The words that the documents have for a flow with both kinds of steps.
pub(super) const STEPS_TWICE: &str = "\"pageProcessors\" is not allowed when \"routers\" is present";

/// The words that the documents have for a path that cannot be patched, behind that path.
pub(super) const NOT_OPEN: &str = " is not a whitelisted property";

/// Returns the evidence for the message of an answer, whose code may have better evidence.
pub(super) fn evidence_of(error: &ErrorDef, problem: &Problem) -> Evidence {
    let is_known = match problem {
        Problem::Fields(faults) if error.name == "validation_error" => {
            faults.iter().all(|fault| fault.kind == FieldFaultKind::Missing)
        }
        Problem::Query { .. } | Problem::InUse { .. } => false,
        Problem::Named { message: Some(message), .. } => return words_of(error, message),
        _ => true,
    };
    if is_known { Documented } else { Assumed }
}

fn words_of(error: &ErrorDef, message: &str) -> Evidence {
    let is_kind = |title: &str| API.schemas().any(|schema| schema.title == title);
    match error.name {
        "unauthorized" => Assumed,
        "validation_error" if message != STEPS_TWICE => Assumed,
        "invalid_field" if !message.ends_with(NOT_OPEN) => Assumed,
        // Public clients show these messages: for a path that the running service does not have, and for missing data.
        "not_found" if matches!(message, "Not found" | "Retry data not found") => Observed,
        "not_found" if message != "State key not found" && !message.strip_suffix(" not found").is_some_and(is_kind) => {
            Assumed
        }
        _ => Documented,
    }
}
