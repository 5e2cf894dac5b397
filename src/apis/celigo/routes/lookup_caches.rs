//! Lookup caches and their data.

use crate::apis::celigo::lookup_caches;
use crate::apis::celigo::resources::LOOKUP_CACHES;
use crate::apis::celigo::routes::{CHANGE, CREATE, LIST, READ, REMOVE, REPLACE, REPLACE_FIXED, bodies};
use crate::engine::api::route::Action::{Create, Custom, List, Read, Replace};
use crate::engine::api::route::{Route, delete, get, post, put};
use crate::engine::schema::field::{Field, Kind, field, text};

const CACHES: &str = "the vendor's help centre, \"Lookup cache API\"";

const DATA: &[Field] = &[field("data", Kind::List).required()];
const KEYS: &[Field] = &[field("keys", Kind::Strings).required()];
const LOOK_UP: &[Field] = &[field("keys", Kind::Strings), text("startsWith")];

/// The rows.
pub(super) const ROUTES: &[Route] = &[
    get("/lookupcaches", "lookupcaches.list", List(&LOOKUP_CACHES))
        .also(&["/lookupCaches"])
        .documented(CACHES)
        .empty_live(204)
        .fails(LIST)
        .about("Lists lookup caches: filtered, then paged by limit and offset."),
    post("/lookupcaches", "lookupcaches.create", Create(&LOOKUP_CACHES))
        .also(&["/lookupCaches"])
        .documented(CACHES)
        .fails(CREATE)
        .about("Makes a lookup cache."),
    get("/lookupcaches/{id}", "lookupcaches.get", Read(&LOOKUP_CACHES))
        .also(&["/lookupCaches/{id}"])
        .documented(CACHES)
        .fails(READ)
        .about("Shows a lookup cache."),
    put("/lookupcaches/{id}", "lookupcaches.update", Replace(&LOOKUP_CACHES))
        .also(&["/lookupCaches/{id}"])
        .documented(CACHES)
        .fails(REPLACE)
        .about("Replaces a lookup cache: what the body leaves out is reset."),
    delete("/lookupcaches/{id}", "lookupcaches.delete", Custom(lookup_caches::delete_cache))
        .also(&["/lookupCaches/{id}"])
        .documented(CACHES)
        .assuming("its body")
        .answers(200)
        .fails(REMOVE)
        .about("Deletes a lookup cache, with its data."),
    post("/lookupcaches/{id}/getData", "lookupcaches.getData", Custom(lookup_caches::get))
        .also(&["/lookupCaches/{id}/getData"])
        .documented(CACHES)
        .answers(200)
        .fails(CHANGE)
        .takes(LOOK_UP)
        .body_schema(bodies::look_up)
        .about("Shows data of a lookup cache: all, or that of these keys, or of keys that begin so."),
    post("/lookupcaches/{id}/data", "lookupcaches.addData", Custom(lookup_caches::put))
        .also(&["/lookupCaches/{id}/data"])
        .documented(CACHES)
        .answers(200)
        .fails(REPLACE_FIXED)
        .takes(DATA)
        .body_schema(bodies::entries)
        .about("Puts data into a lookup cache."),
    put("/lookupcaches/{id}/data", "lookupcaches.putData", Custom(lookup_caches::put))
        .also(&["/lookupCaches/{id}/data"])
        .documented(CACHES)
        .fails(REPLACE_FIXED)
        .takes(DATA)
        .body_schema(bodies::entries)
        .about("Puts data into a lookup cache."),
    delete("/lookupcaches/{id}/data", "lookupcaches.deleteData", Custom(lookup_caches::delete))
        .also(&["/lookupCaches/{id}/data"])
        .documented(CACHES)
        .answers(200)
        .fails(REPLACE)
        .takes(KEYS)
        .about("Deletes the data of these keys."),
    delete("/lookupcaches/{id}/data/purge", "lookupcaches.purge", Custom(lookup_caches::purge))
        .also(&["/lookupCaches/{id}/data/purge"])
        .documented(CACHES)
        .fails(REMOVE)
        .about("Deletes all data of a lookup cache."),
];
