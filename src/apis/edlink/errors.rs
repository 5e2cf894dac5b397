//! The errors of Edlink, a row each.

use crate::engine::api::route::Route;
use crate::engine::schema::error_def::Evidence::{Assumed, Documented, Observed};
use crate::engine::schema::error_def::{ErrorDef, Evidence, Variant, error_table};
use crate::engine::schema::profile::Profile;

/// The mark in a message for the parameter, field or permission that it is about.
pub(super) const WHAT: &str = "<what>";

const fn error(
    name: &'static str,
    code: &'static str,
    status: u16,
    evidence: Evidence,
    message: &'static str,
    source: &'static str,
) -> ErrorDef {
    ErrorDef::new(name, status, message).code(code).known(evidence, source)
}

const fn on(path: &'static str, status: u16, evidence: Evidence, source: &'static str) -> Variant {
    Variant { path, profile: None, status, evidence, source }
}

const fn live(path: &'static str, status: u16, evidence: Evidence, source: &'static str) -> Variant {
    Variant { path, profile: Some(Profile::Live), status, evidence, source }
}

/// The errors of a part of the API that are `$error`, one text, in the running service, and not the array `$errors`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OneText {
    /// None of them.
    Never,
    /// Those with the status 401.
    Unauthorized,
    /// All of them.
    Always,
}

/// The parts of the API, by the beginning of their rows' paths: the last that fits counts.
pub(super) const ONE_TEXT: &[(&str, OneText)] = &[
    // Seen on the Graph, assumed elsewhere.
    ("", OneText::Unauthorized),
    // The vendor's client shows the array.
    ("/v2/my/", OneText::Never),
    // Public clients read a text, whatever the status.
    ("/authentication/token", OneText::Always),
];

impl OneText {
    /// Returns the errors of the part that a row belongs to; a path that no row has is the fake's own miss.
    pub(super) fn of(route: Option<&Route>) -> Self {
        let part = route.and_then(|route| ONE_TEXT.iter().rfind(|(part, _)| route.path.starts_with(part)));
        part.map_or(Self::Never, |(_, one_text)| *one_text)
    }

    /// Tells whether an error of that status is one text.
    pub(super) fn holds(self, status: u16) -> bool {
        self == Self::Always || (self == Self::Unauthorized && status == 401)
    }
}

const SIGNING_IN: [Variant; 2] = [
    on("/sso/", 400, Assumed, "the vendor's page on sign-on errors names no status"),
    on("/v1/authentication/", 400, Assumed, "the vendor's page on sign-on errors names no status"),
];

error_table! {
    /// The errors, with their statuses on v1.
    pub static ERRORS;

    INVALID_TOKEN = error(
        "invalid_token",
        "INVALID_TOKEN",
        401,
        Documented,
        "You must supply a valid access token to access this endpoint.",
        "the vendor's pages on errors, and recorded answers",
    )
    .varying(&[
        on("/v2/", 400, Documented, "the vendor's pages on errors, and recorded answers"),
        live("/v1/", 401, Assumed, "`$error` was seen on v2"),
        live("/v2/graph/", 401, Observed, "public clients read 401 with `$error`, a text"),
        live("/v2/my/", 401, Assumed, "the vendor's client shows the body; the status is that of the Graph"),
        on("/authentication/token", 401, Assumed, "no document shows how the token endpoint refuses"),
        live("/authentication/token", 401, Observed, "public clients read `$error`, a text"),
    ]);
    MISSING_TOKEN = error(
        "missing_token",
        "INVALID_TOKEN",
        401,
        Assumed,
        "You must supply a valid access token to access this endpoint.",
        "no document says what answers a request without a token; 401 is what HTTP has for it, on both versions",
    );
    EXPIRED_TOKEN = error(
        "expired_token",
        "EXPIRED_TOKEN",
        401,
        Documented,
        "The token you provided is now expired.",
        "the vendor's pages on authorization; its words are assumed",
    )
    .in_own_words()
    .varying(&[live("/v1/", 401, Assumed, "`$error` was seen for wrong tokens")]);
    INVALID_UUID = error(
        "invalid_uuid",
        "INVALID_UUID",
        400,
        Observed,
        "A valid v4 or v5 UUID or Alias is expected for parameter '<what>'.",
        "recorded answers",
    );
    NOT_FOUND = error(
        "not_found",
        "NOT_FOUND",
        404,
        Observed,
        "The requested resource could not be found.",
        "recorded answers",
    )
    .saying(&[
        ("<kind> with id <id> not found for this integration.", Observed),
        ("<kind> with id <id> not found for this person.", Observed),
        ("<kind> with id <id> not found.", Observed),
    ]);
    INVALID_INTEGRATION_STATE = error(
        "invalid_integration_state",
        "INVALID_INTEGRATION_STATE",
        403,
        Documented,
        "The integration associated with your access token is not marked as 'active' or 'paused'.",
        "the vendor's pages on errors, and recorded answers",
    )
    .varying(&[
        on("/v2/", 400, Documented, "the vendor's pages on errors, and recorded answers"),
        live("/v2/", 403, Assumed, "as a missing permission, of which public clients know"),
        SIGNING_IN[0],
        SIGNING_IN[1],
    ]);
    NO_PERMISSION = error(
        "no_permission",
        "NO_PERMISSION",
        403,
        Documented,
        "The permission '<what>' is required for this request.",
        "the vendor's pages on errors; its words are assumed",
    )
    .in_own_words()
    .varying(&[
        on("/v2/", 400, Documented, "the vendor's pages on errors; its words are assumed"),
        live("/v2/graph/", 403, Observed, "a public client's schema of the Graph"),
        live("/v2/my/", 403, Assumed, "the Graph has it, the User API was not seen"),
    ]);
    NO_CLIENT_ID = error(
        "no_client_id",
        "NO_CLIENT_ID",
        400,
        Documented,
        "The parameter 'client_id' is required.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    )
    .in_own_words();
    NO_REDIRECT_URI = error(
        "no_redirect_uri",
        "NO_REDIRECT_URI",
        400,
        Documented,
        "The parameter 'redirect_uri' is required.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    )
    .in_own_words();
    INVALID_CLIENT_ID = error(
        "invalid_client_id",
        "INVALID_CLIENT_ID",
        400,
        Assumed,
        "No application has this client id.",
        "the vendor's page on sign-on errors is cut",
    );
    NO_PRIMARY_REDIRECT_URI = error(
        "no_primary_redirect_uri",
        "NO_PRIMARY_REDIRECT_URI",
        400,
        Documented,
        "The application has no redirect address.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    )
    .in_own_words();
    INVALID_REDIRECT_URI = error(
        "invalid_redirect_uri",
        "INVALID_REDIRECT_URI",
        400,
        Documented,
        "The parameter 'redirect_uri' is none of the application's addresses.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    )
    .in_own_words();
    NO_SSO_PROVIDER = error(
        "no_sso_provider",
        "NO_SSO_PROVIDER",
        400,
        Documented,
        "The application has no integration to sign in by.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    )
    .in_own_words();
    PERSON_NOT_SHARED = error(
        "person_not_shared",
        "PERSON_NOT_SHARED",
        400,
        Documented,
        "The person is not shared with this application.",
        "the vendor's pages on sign-on errors; its status and words are assumed",
    )
    .in_own_words();
    DECLINED_AUTHORIZATION = error(
        "declined_authorization",
        "declined_authorization",
        302,
        Documented,
        "The person did not agree.",
        "the vendor's pages on authorization",
    );
    UNSHARED_TOKEN = error(
        "unshared_token",
        "UNSHARED_TOKEN",
        400,
        Documented,
        "The person that this token belongs to is not shared with the application any more.",
        "the vendor's pages on errors; its words are assumed",
    )
    .in_own_words();
    INVALID_PAGE_SIZE = error(
        "invalid_page_size",
        "INVALID_PAGE_SIZE",
        400,
        Documented,
        "The requested page size must be between 1 and 10000.",
        "the vendor's pages on paging; its words are assumed",
    )
    .in_own_words();
    INVALID_CURSOR = error(
        "invalid_cursor",
        "INVALID_CURSOR",
        400,
        Documented,
        "The supplied cursor is invalid.",
        "the vendor's pages on paging; its words are assumed",
    )
    .in_own_words();
    INVALID_FILTER = error(
        "invalid_filter",
        "INVALID_FILTER",
        400,
        Assumed,
        "The supplied filter is invalid.",
        "no document says what answers a filter that is not good",
    )
    .varying(&[live("/v2/graph/", 400, Observed, "a public client's schema of the Graph; its code is assumed")]);
    INVALID_REQUEST_BODY = error(
        "invalid_request_body",
        "INVALID_REQUEST_BODY",
        400,
        Documented,
        "Your request body was invalid.",
        "the vendor's pages on errors; its words are assumed",
    )
    .in_own_words()
    .varying(&[
        on("/authentication/token", 400, Assumed, "no document shows how the token endpoint refuses"),
        live("/authentication/token", 400, Observed, "public clients read `$error`, a text"),
    ]);
    MISSING_REQUIRED_FIELD = error(
        "missing_required_field",
        "MISSING_REQUIRED_FIELD",
        400,
        Documented,
        "A required field is missing.",
        "the vendor's pages on errors; its words are assumed",
    )
    .in_own_words();
    INVALID_SUBMISSION_TYPE = error(
        "invalid_submission_type",
        "INVALID_SUBMISSION_TYPE",
        400,
        Documented,
        "The submission type is invalid.",
        "the vendor's pages on errors; its words are assumed",
    )
    .in_own_words();
    INVALID_ASSIGNEES = error(
        "invalid_assignees",
        "INVALID_ASSIGNEES",
        400,
        Documented,
        "The assignees are invalid.",
        "the vendor's pages on errors; its words are assumed",
    )
    .in_own_words();
    ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS = error(
        "assignment_cannot_have_zero_points",
        "ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS",
        400,
        Documented,
        "The field 'points_possible' must be greater than zero.",
        "the vendor's pages on errors; its words are assumed",
    )
    .in_own_words();
    IDEMPOTENCY_KEY_TOO_LONG = error(
        "idempotency_key_too_long",
        "IDEMPOTENCY_KEY_TOO_LONG",
        400,
        Documented,
        "An idempotency key has at most 255 characters.",
        "the vendor's pages on errors; its words are assumed",
    )
    .in_own_words();
    INVALID_REQUEST = error(
        "invalid_request",
        "INVALID_REQUEST",
        400,
        Assumed,
        "The request is invalid.",
        "no document says what answers a request that cannot be read",
    );
    UNSUPPORTED_MEDIA_TYPE = error(
        "unsupported_media_type",
        "UNSUPPORTED_MEDIA_TYPE",
        415,
        Assumed,
        "The request body is encoded in a way that is not supported.",
        "no document says what answers a body that is encoded",
    );
    PAYLOAD_TOO_LARGE = error(
        "payload_too_large",
        "PAYLOAD_TOO_LARGE",
        413,
        Assumed,
        "The request is too large.",
        "the vendor's pages on errors say how large a body may be; status, code and words are assumed",
    );
    RATE_LIMITED = error(
        "rate_limited",
        "RATE_LIMITED",
        429,
        Assumed,
        "Too many requests. Try again later.",
        "no document says what answers too many requests",
    );
    INTERNAL = error(
        "internal",
        "INTERNAL",
        500,
        Assumed,
        "The server encountered an unexpected condition.",
        "standin's own",
    );
    FULL = error("full", "FULL", 507, Assumed, "standin holds as many records as it may.", "standin's own");
    NOT_MODELLED = error(
        "not_modelled",
        "NOT_MODELLED",
        501,
        Assumed,
        "standin does not model this.",
        "standin's own",
    );
}
