//! The tables: one for each subject, put together into one.

mod flows;
mod integrations;
mod life;
mod resources;
mod runs;
mod unmodelled;

use crate::engine::api::Route;
use crate::engine::table::{joined, length};

const TABLES: &[&[Route]] =
    &[integrations::ROUTES, life::ROUTES, flows::ROUTES, resources::ROUTES, runs::ROUTES, unmodelled::ROUTES];

/// All of them.
pub static ROUTES: [Route; length(TABLES)] = joined(TABLES);

// What goes wrong with each kind of operation. The profile `live` answers `missing_required_field` where the other one
// answers `validation_error`.

const LIST: &[&str] = &["unauthorized", "invalid_query_params"];

const LIST_WITHIN: &[&str] = &["unauthorized", "not_found", "invalid_query_params"];

const READ: &[&str] = &["unauthorized", "not_found"];

const REMOVE: &[&str] = &["unauthorized", "forbidden", "not_found"];

const REMOVE_UNUSED: &[&str] = &["unauthorized", "forbidden", "not_found", "conflict"];

const CREATE: &[&str] = &[
    "unauthorized",
    "unsupported_media_type",
    "invalid_json",
    "forbidden",
    "validation_error",
    "missing_required_field",
];

const CREATE_UNIQUE: &[&str] = &[
    "unauthorized",
    "unsupported_media_type",
    "invalid_json",
    "forbidden",
    "validation_error",
    "missing_required_field",
    "conflict",
];

// So does every call whose body must hold something.
const REPLACE: &[&str] = &[
    "unauthorized",
    "unsupported_media_type",
    "invalid_json",
    "forbidden",
    "not_found",
    "validation_error",
    "missing_required_field",
];

const REPLACE_UNIQUE: &[&str] = &[
    "unauthorized",
    "unsupported_media_type",
    "invalid_json",
    "forbidden",
    "not_found",
    "validation_error",
    "missing_required_field",
    "conflict",
];

const CHANGE: &[&str] =
    &["unauthorized", "unsupported_media_type", "invalid_json", "forbidden", "not_found", "validation_error"];
