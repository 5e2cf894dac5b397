//! The errors of Celigo, a row each, with the sentences that sources show.

use crate::engine::schema::error_def::Evidence::{Assumed, Documented, Observed};
use crate::engine::schema::error_def::{ErrorDef, Evidence, Variant, error_table};
use crate::engine::schema::profile::Profile;

error_table! {
    /// Every error it can answer with.
    pub static ERRORS;

    UNAUTHORIZED = error("unauthorized", 401, "Invalid or missing API key", Observed, "public clients read it")
        .varying(&[live(401, Documented, "the vendor's developer portal")])
        .saying(&[(BAD_TOKEN, Documented), (NO_TOKEN, Documented)]);
    FORBIDDEN = error("forbidden", 403, "Insufficient permissions", Observed, "public clients read it");
    NOT_FOUND = error("not_found", 404, "Integration not found", Documented, "seed 003, \"Error Handling\"").saying(&[
        ("<kind> not found", Documented),
        ("State key not found", Documented),
        ("Retry data not found", Observed),
        // The running service has no such path.
        ("Not found", Observed),
    ]);
    VALIDATION_ERROR = error("validation_error", 400, "Name is required", Documented, "seed 003, \"Error Handling\"")
        .saying(&[("<field> is required", Documented), (STEPS_TWICE, Documented)]);
    CONFLICT = error(
        "conflict",
        409,
        "Integration with this name already exists",
        Documented,
        "seed 003, \"Error Handling\"",
    )
    .saying(&[("<kind> with this name already exists", Documented)]);
    INVALID_JSON = error(
        "invalid_json",
        400,
        "Invalid JSON",
        Assumed,
        "no document says what answers a body that is not JSON",
    );
    INVALID_QUERY_PARAMS = error(
        "invalid_query_params",
        400,
        "Invalid query parameters",
        Documented,
        "the vendor's API documents; when it is answered is assumed",
    );
    UNSUPPORTED_MEDIA_TYPE = error(
        "unsupported_media_type",
        415,
        "Content-Type must be application/json",
        Assumed,
        "no document says what answers a body of another type",
    );
    TOO_LARGE = error(
        "too_large",
        413,
        "Request body is too large",
        Assumed,
        "no document says how large a body may be",
    );
    METHOD_NOT_ALLOWED = error(
        "method_not_allowed",
        405,
        "Method not allowed",
        Assumed,
        "no document says what answers another method",
    );
    RATE_LIMITED = error(
        "rate_limited",
        429,
        "Too many requests. Retry after 1 seconds.",
        Documented,
        "the vendor's API documents",
    )
    .saying(&[("Too many requests. Retry after <n> seconds.", Documented)]);
    INVALID_OPERATION = error(
        "invalid_operation",
        422,
        "Integration does not belong to a connector",
        Assumed,
        "no document says what answers an operation that the record does not allow",
    );
    INVALID_FUNCTION = error(
        "invalid_function",
        422,
        "Unknown function",
        Assumed,
        "no document says what answers an unknown function",
    );
    INVALID_FIELD = error(
        "invalid_field",
        422,
        "Field cannot be patched",
        Documented,
        "the vendor's API documents, of a path that cannot be patched",
    )
    .in_own_words()
    .saying(&[("<field> is not a whitelisted property", Documented)]);
    INVALID_FLOW = error("invalid_flow", 422, "Flow is disabled", Observed, "public clients run into it");
    FIELD_LOCKED = error(
        "field_locked_by_integration_app",
        422,
        "Field is locked by the integration app",
        Observed,
        "public clients run into it",
    );
    INVALID_REF = error(
        "invalid_ref",
        422,
        "Connection not found for the given id",
        Assumed,
        "the vendor's schema of clones names it, and no status",
    )
    .varying(&[live(422, Observed, "public clients run into it")])
    .saying(&[("<kind> not found for the given id", Observed)]);
    INVALID_CONNECTION_MAP = error(
        "invalid_connectionMap",
        400,
        "connectionMap is required",
        Documented,
        "the vendor's schema of clones",
    );
    INVALID_USER = error(
        "invalid_user",
        422,
        "We were not able to find any user with the provided email address.",
        Assumed,
        "the vendor's API documents have its words, and no status",
    );
    INVALID_FIELDS = error(
        "invalid_fields",
        422,
        "Script fields are invalid",
        Assumed,
        "public clients run into it, and show no code",
    );
    INVALID_PATCH = error(
        "invalid_patch",
        422,
        "Patch cannot be applied",
        Assumed,
        "no document says what answers a patch that does not apply",
    );
    INVALID_QUERY = error(
        "invalid_query",
        400,
        "Please provide an integration, flow or job",
        Documented,
        "the vendor's developer portal",
    )
    .saying(&[(NO_STEP, Documented), (NO_SCOPE, Documented)]);
    MISSING_REQUIRED_FIELD = error(
        "missing_required_field",
        422,
        "A required field is missing",
        Documented,
        "the vendor's API documents",
    )
    .saying(&[("<field> is required", Documented)]);
    NOT_MODELLED = error("not_modelled", 501, "standin does not model this", Assumed, "standin's own");
    FULL = error("full", 507, "standin holds as many records as it may", Assumed, "standin's own");
    INTERNAL = error("internal", 500, "standin failed while answering", Assumed, "standin's own");
}

const fn error(
    name: &'static str,
    status: u16,
    message: &'static str,
    evidence: Evidence,
    source: &'static str,
) -> ErrorDef {
    ErrorDef::new(name, status, message).known(evidence, source)
}

const fn live(status: u16, evidence: Evidence, source: &'static str) -> Variant {
    Variant { path: "", profile: Some(Profile::Live), status, evidence, source }
}

/// The words of the running service for a bad token, and for none.
pub(super) const BAD_TOKEN: &str = "Bearer Authentication Failed";
pub(super) const NO_TOKEN: &str = "Unauthorized";

/// The words that the documents have for a flow with both kinds of steps.
pub(super) const STEPS_TWICE: &str = "\"pageProcessors\" is not allowed when \"routers\" is present";

/// The words that the documents have for a path that cannot be patched, behind that path.
pub(super) const NOT_OPEN: &str = " is not a whitelisted property";

/// The words of the running service for a list of jobs that names nothing to list them of.
pub(super) const NO_STEP: &str =
    "For child jobs, query parameters must contain either \"_flowJobId\" or \"resourceId\"";
pub(super) const NO_SCOPE: &str =
    "For parent jobs, query parameters must contain either \"_integrationId\" or \"_jobId\" or \"createdAt\"";
