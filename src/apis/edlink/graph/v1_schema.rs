//! The shapes of v1, for the `OpenAPI` document. No world stores such records: [`v1`](super::v1) makes them from
//! others.

use crate::apis::edlink::meta::{CREATED, ID, UPDATED};
use crate::engine::schema::field::{Kind, field, text};
use crate::engine::schema::schema::{IdFormat, Schema};

/// An organization: a district, a school, a course or a section.
pub(super) static ORGANIZATIONS_V1: Schema = Schema::new(
    "edlink.organizations_v1",
    "Organization",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        field("type", Kind::Enum(&["district", "school", "course", "section"])),
        CREATED,
        UPDATED,
        text("name").nullable(),
        text("description").nullable(),
        field("ancestry", Kind::Strings),
        text("icon_url").nullable(),
        text("state"),
        text("time_zone").nullable(),
        field("terms", Kind::Strings),
        field("source", Kind::Object).nullable(),
    ],
);

/// A person.
pub(crate) static PEOPLE_V1: Schema = Schema::new(
    "edlink.people_v1",
    "Person",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        text("first_name").nullable(),
        text("middle_name").nullable(),
        text("last_name").nullable(),
        text("display_name").nullable(),
        text("picture_url").nullable(),
        text("birthday").nullable(),
        text("gender").nullable(),
        text("email").nullable(),
        text("phone").nullable(),
        field("grades", Kind::Strings),
        field("grade_levels", Kind::Strings),
        text("locale").nullable(),
        text("time_zone").nullable(),
        field("source", Kind::Object).nullable(),
    ],
);

/// A term.
pub(super) static TERMS_V1: Schema = Schema::new(
    "edlink.terms_v1",
    "Term",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        text("name"),
        CREATED,
        UPDATED,
        field("start_date", Kind::Time).nullable(),
        field("end_date", Kind::Time).nullable(),
        field("source", Kind::Object).nullable(),
    ],
);

/// An enrollment.
pub(super) static ENROLLMENTS_V1: Schema = Schema::new(
    "edlink.enrollments_v1",
    "Enrollment",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        CREATED,
        UPDATED,
        field("start_date", Kind::Time).nullable(),
        field("end_date", Kind::Time).nullable(),
        text("type"),
        field("person", Kind::Object).nullable(),
        field("organization", Kind::Object),
    ],
);

/// An event.
pub(super) static EVENTS_V1: Schema = Schema::new(
    "edlink.events_v1",
    "Event",
    "id",
    IdFormat::Uuid,
    &[ID, CREATED, text("type"), field("data", Kind::Object)],
);
