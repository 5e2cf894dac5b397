//! State that flows keep: of the account, or of one record.

use crate::apis::celigo::errors::{
    FORBIDDEN, INVALID_JSON, MISSING_REQUIRED_FIELD, UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, VALIDATION_ERROR,
};
use crate::apis::celigo::routes::{LIST, LIST_WITHIN, READ, REMOVE, REPLACE};
use crate::apis::celigo::state;
use crate::engine::api::route::Action::Custom;
use crate::engine::api::route::ResponseShape::File;
use crate::engine::api::route::{Route, delete, get, put};
use crate::engine::api::route_table::{joined, length};
use crate::engine::schema::error_def::ErrorDef;

const STATE_API: &str = "the vendor's API documents, \"State API\"";

const PUT_VALUE: &[&ErrorDef] =
    &[UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE, INVALID_JSON, FORBIDDEN, VALIDATION_ERROR, MISSING_REQUIRED_FIELD];

/// The five rows of the state of the account, or of one kind of record.
macro_rules! state {
    ($path:literal, $names:expr, $list:expr, $put:expr, $of:literal) => {
        [
            get(concat!($path, "/state"), $names[0], Custom(state::keys))
                .documented(STATE_API)
                .empty_live(204)
                .pages()
                .fails($list)
                .about(concat!("Lists the keys of ", $of, ".")),
            delete(concat!($path, "/state"), $names[1], Custom(state::clear))
                .documented(STATE_API)
                .fails(if $list.len() == 2 { &[UNAUTHORIZED, FORBIDDEN] } else { REMOVE })
                .about(concat!("Deletes all keys of ", $of, ".")),
            get(concat!($path, "/state/{key}"), $names[2], Custom(state::get))
                .documented(STATE_API)
                .fails(READ)
                .about(concat!("Shows the value of a key of ", $of, ".")),
            put(concat!($path, "/state/{key}"), $names[3], Custom(state::put))
                .documented(STATE_API)
                .fails($put)
                .needs_body()
                .or_answers(201, "text/plain")
                .shows(File("text/plain"))
                .about(concat!("Sets the value of a key of ", $of, ": 201 where it is new.")),
            delete(concat!($path, "/state/{key}"), $names[4], Custom(state::delete))
                .documented(STATE_API)
                .fails(REMOVE)
                .about(concat!("Deletes a key of ", $of, ".")),
        ]
    };
}

const ACCOUNT_STATE: [Route; 5] =
    state!("", ["state.list", "state.clear", "state.get", "state.put", "state.delete"], LIST, PUT_VALUE, "the account");
const EXPORT_STATE: [Route; 5] = state!(
    "/exports/{id}",
    ["exports.keys", "exports.clearKeys", "exports.getKey", "exports.putKey", "exports.deleteKey"],
    LIST_WITHIN,
    REPLACE,
    "an export"
);
const IMPORT_STATE: [Route; 5] = state!(
    "/imports/{id}",
    ["imports.keys", "imports.clearKeys", "imports.getKey", "imports.putKey", "imports.deleteKey"],
    LIST_WITHIN,
    REPLACE,
    "an import"
);
const INTEGRATION_STATE: [Route; 5] = state!(
    "/integrations/{id}",
    [
        "integrations.keys",
        "integrations.clearKeys",
        "integrations.getKey",
        "integrations.putKey",
        "integrations.deleteKey"
    ],
    LIST_WITHIN,
    REPLACE,
    "an integration"
);

const TABLES: &[&[Route]] = &[&ACCOUNT_STATE, &EXPORT_STATE, &IMPORT_STATE, &INTEGRATION_STATE];

/// The rows.
pub(super) const ROUTES: &[Route] = &{
    #[allow(clippy::large_const_arrays)]
    const ALL: [Route; length(TABLES)] = joined(TABLES);
    ALL
};
