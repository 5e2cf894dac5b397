//! The tables: one for each subject, put together into one.

mod bodies;
mod clones_and_revisions;
mod collections;
mod configuration;
mod flows;
mod history;
mod integrations;
mod jobs;
mod lookup_caches;
mod not_modelled;
mod resources;
mod state;
mod users;
mod webhooks;

use crate::apis::celigo::errors::{
    CONFLICT, FORBIDDEN, INVALID_JSON, INVALID_OPERATION, INVALID_QUERY_PARAMS, INVALID_REF, MISSING_REQUIRED_FIELD,
    NOT_FOUND, UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::engine::api::route::Route;
use crate::engine::api::route_table::{joined, length};
use crate::engine::schema::error_def::ErrorDef;

const TABLES: &[&[Route]] = &[
    integrations::ROUTES,
    clones_and_revisions::ROUTES,
    flows::ROUTES,
    resources::ROUTES,
    jobs::ROUTES,
    configuration::ROUTES,
    collections::ROUTES,
    lookup_caches::ROUTES,
    state::ROUTES,
    history::ROUTES,
    users::ROUTES,
    webhooks::ROUTES,
    not_modelled::ROUTES,
];

/// All rows.
pub(super) static ROUTES: [Route; length(TABLES)] = joined(TABLES);

// Errors of each kind of operation. The profile `live` answers `missing_required_field` where the other one
// answers `validation_error`.

const LIST: &[&ErrorDef] = &[UNAUTHORIZED, INVALID_QUERY_PARAMS];

const LIST_WITHIN: &[&ErrorDef] = &[UNAUTHORIZED, NOT_FOUND, INVALID_QUERY_PARAMS];

const READ: &[&ErrorDef] = &[UNAUTHORIZED, NOT_FOUND];

const REMOVE: &[&ErrorDef] = &[UNAUTHORIZED, FORBIDDEN, NOT_FOUND];

const REMOVE_FIXED: &[&ErrorDef] = &[UNAUTHORIZED, FORBIDDEN, NOT_FOUND, INVALID_OPERATION];

const REMOVE_UNUSED: &[&ErrorDef] = &[UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT];

const CREATE: &[&ErrorDef] =
    &[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, VALIDATION_ERROR, MISSING_REQUIRED_FIELD];

const CREATE_UNIQUE: &[&ErrorDef] = &[
    UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_JSON,
    FORBIDDEN,
    VALIDATION_ERROR,
    MISSING_REQUIRED_FIELD,
    CONFLICT,
];

const CREATE_EXPORT: &[&ErrorDef] = &[
    UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_JSON,
    FORBIDDEN,
    VALIDATION_ERROR,
    MISSING_REQUIRED_FIELD,
    INVALID_OPERATION,
];

// Every call with a required body has these too.
const REPLACE: &[&ErrorDef] = &[
    UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_JSON,
    FORBIDDEN,
    NOT_FOUND,
    VALIDATION_ERROR,
    MISSING_REQUIRED_FIELD,
];

const REPLACE_UNIQUE: &[&ErrorDef] = &[
    UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_JSON,
    FORBIDDEN,
    NOT_FOUND,
    VALIDATION_ERROR,
    MISSING_REQUIRED_FIELD,
    CONFLICT,
];

const CHANGE: &[&ErrorDef] =
    &[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, NOT_FOUND, VALIDATION_ERROR];

// A replacement that may be refused as a whole, because a field must not change or the record is too large.
const REPLACE_FIXED: &[&ErrorDef] = &[
    UNAUTHORIZED,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID_JSON,
    FORBIDDEN,
    NOT_FOUND,
    VALIDATION_ERROR,
    MISSING_REQUIRED_FIELD,
    INVALID_OPERATION,
];

/// Returns a list of errors with `invalid_ref` behind it: the profile `live` answers that where a reference leads nowhere.
const fn referring<const N: usize>(errors: &[&'static ErrorDef]) -> [&'static ErrorDef; N] {
    let mut all = [INVALID_REF; N];
    let mut place = 0;
    while place < errors.len() {
        all[place] = errors[place];
        place += 1;
    }
    all
}

const CHANGE_REFERRING: &[&ErrorDef] = &referring::<{ CHANGE.len() + 1 }>(CHANGE);

const CREATE_EXPORT_REFERRING: &[&ErrorDef] = &referring::<{ CREATE_EXPORT.len() + 1 }>(CREATE_EXPORT);

const CREATE_REFERRING: &[&ErrorDef] = &referring::<{ CREATE.len() + 1 }>(CREATE);

const CREATE_UNIQUE_REFERRING: &[&ErrorDef] = &referring::<{ CREATE_UNIQUE.len() + 1 }>(CREATE_UNIQUE);

const REPLACE_FIXED_REFERRING: &[&ErrorDef] = &referring::<{ REPLACE_FIXED.len() + 1 }>(REPLACE_FIXED);

const REPLACE_REFERRING: &[&ErrorDef] = &referring::<{ REPLACE.len() + 1 }>(REPLACE);

const REPLACE_UNIQUE_REFERRING: &[&ErrorDef] = &referring::<{ REPLACE_UNIQUE.len() + 1 }>(REPLACE_UNIQUE);
