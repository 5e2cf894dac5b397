//! The kinds of records, with their documented fields.

use crate::apis::edlink::graph::enrollment_generator::enroll;
use crate::apis::edlink::graph::generator;
use crate::apis::edlink::graph::integrity::changed;
use crate::apis::edlink::meta::{CREATED, ID, SOURCES, UPDATED};
use crate::engine::schema::field::{DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::resource::{Actor, IdFormat, Schema, Timer};
use crate::engine::state::clock::parse_ms;

/// A kind of record with the fields all of them share, then its own, then hooks. What leads to a record that goes is let go.
macro_rules! resource {
    ($(#[$doc:meta])* $resource:ident, $name:literal, $title:literal, [$($field:expr),* $(,)?] $(, $hook:ident($made:expr))*) => {
        $(#[$doc])*
        pub static $resource: Schema = Schema::new($name, $title, "id", IdFormat::Uuid, {
            static FIELDS: &[Field] = &[
                ID,
                CREATED,
                UPDATED,
                field("properties", Kind::Object).or(DefaultValue::EmptyObject),
                field("identifiers", Kind::List).or(DefaultValue::EmptyList),
                $($field),*
            ];
            FIELDS
        })
        .after_change(|state, change, by| changed(&$resource, state, change, by))
        $(.$hook($made))*;
    };
}

const ROLES: &[&str] = &[
    "student",
    "teacher",
    "ta",
    "administrator",
    "district-administrator",
    "observer",
    "parent",
    "guardian",
    "aide",
    "designer",
];

const NAME: Field = text("name").required();
const PICTURE_URL: Field = text("picture_url").nullable();
const LOCALE: Field = text("locale").nullable();
const TIME_ZONE: Field = text("time_zone").nullable();
const DESCRIPTION: Field = text("description").nullable();
const ADDRESS: Field = field("address", Kind::Object).nullable();
const START_DATE: Field = field("start_date", Kind::Time).nullable();
const END_DATE: Field = field("end_date", Kind::Time).nullable();
const DISTRICT_ID: Field = field("district_id", Kind::Reference(&DISTRICTS)).required();
const CLASS_ID: Field = field("class_id", Kind::Reference(&CLASSES)).required();
const ROOM_STATE: Field =
    field("state", Kind::Enum(&["template", "upcoming", "inactive", "active", "completed", "archived"]))
        .required()
        .or(DefaultValue::Text("active"));

const fn texts(name: &'static str) -> Field {
    field(name, Kind::Strings).or(DefaultValue::EmptyList)
}

const fn may_lead_to(name: &'static str, to: &'static Schema) -> Field {
    field(name, Kind::Reference(to)).nullable()
}

resource!(
    /// Districts: the top of a source.
    DISTRICTS,
    "edlink.districts",
    "District",
    [
        NAME,
        PICTURE_URL,
        LOCALE,
        TIME_ZONE,
        ADDRESS,
        field("standin_source_id", Kind::Reference(&SOURCES)),
    ],
    generator(generator::districts),
    after_generate(generator::sessions_of)
);

resource!(
    /// Schools of a district.
    SCHOOLS,
    "edlink.schools",
    "School",
    [NAME, PICTURE_URL, LOCALE, TIME_ZONE, ADDRESS, texts("grade_levels"), DISTRICT_ID],
    generator(generator::schools),
    after_generate(generator::furnish_schools)
);

resource!(
    /// School years, terms and the like.
    SESSIONS,
    "edlink.sessions",
    "Session",
    [
        NAME,
        field("type", Kind::Enum(&["semester", "term", "grading_period", "school_year"])).required(),
        field("state", Kind::Enum(&["upcoming", "active", "completed"])).required().or(DefaultValue::Text("active")),
        START_DATE,
        END_DATE,
        may_lead_to("school_id", &SCHOOLS),
        DISTRICT_ID,
    ],
    generator(generator::sessions)
);

resource!(
    /// What is taught.
    COURSES,
    "edlink.courses",
    "Course",
    [
        NAME,
        text("code").nullable(),
        texts("subjects"),
        texts("grade_levels"),
        DISTRICT_ID,
        may_lead_to("school_id", &SCHOOLS),
        may_lead_to("session_id", &SESSIONS),
    ],
    generator(generator::courses)
);

resource!(
    /// Classes at a school.
    CLASSES,
    "edlink.classes",
    "Class",
    [
        text("name").nullable(),
        DESCRIPTION,
        PICTURE_URL,
        LOCALE,
        TIME_ZONE,
        texts("subjects"),
        texts("grade_levels"),
        texts("periods"),
        ROOM_STATE,
        field("session_ids", Kind::References(&SESSIONS)).or(DefaultValue::EmptyList),
        may_lead_to("course_id", &COURSES),
        field("school_id", Kind::Reference(&SCHOOLS)).required(),
    ],
    generator(generator::classes)
);

resource!(
    /// Parts of a class.
    SECTIONS,
    "edlink.sections",
    "Section",
    [NAME, DESCRIPTION, PICTURE_URL, LOCALE, TIME_ZONE, ROOM_STATE, texts("periods"), CLASS_ID],
    generator(generator::sections)
);

resource!(
    /// Students, teachers, parents and everybody else.
    PEOPLE,
    "edlink.people",
    "Person",
    [
        text("first_name").nullable(),
        text("middle_name").nullable(),
        text("last_name").nullable(),
        text("display_name").nullable(),
        PICTURE_URL,
        field("roles", Kind::EnumList(ROLES)).or(DefaultValue::EmptyList),
        text("email").nullable(),
        text("phone").nullable(),
        LOCALE,
        TIME_ZONE,
        field("graduation_year", Kind::Integer).nullable(),
        texts("grade_levels"),
        field("demographics", Kind::Object).or(DefaultValue::EmptyObject),
        DISTRICT_ID,
        field("school_ids", Kind::References(&SCHOOLS)).or(DefaultValue::EmptyList),
    ],
    generator(generator::people),
    after_generate(enroll)
);

resource!(
    /// Who is in which class, and as what.
    ENROLLMENTS,
    "edlink.enrollments",
    "Enrollment",
    [
        field("state", Kind::Enum(&["active", "inactive", "dropped", "upcoming", "pending", "completed"]))
            .required()
            .or(DefaultValue::Text("active")),
        field("role", Kind::Enum(ROLES)).required(),
        START_DATE,
        END_DATE,
        field("primary", Kind::Bool).nullable(),
        field("person_id", Kind::Reference(&PEOPLE)).required(),
        CLASS_ID,
        may_lead_to("section_id", &SECTIONS),
    ],
    generator(generator::enrollments)
);

resource!(
    /// Who looks after whom.
    AGENTS,
    "edlink.agents",
    "Agent",
    [
        text("relationship").required(),
        field("observer_id", Kind::Reference(&PEOPLE)).required(),
        field("target_id", Kind::Reference(&PEOPLE)).required(),
    ],
    generator(generator::agents)
);

/// What happened to the records above. It outlives them, so nothing in it is a reference.
pub static EVENTS: Schema = Schema::new(
    "edlink.events",
    "Event",
    "id",
    IdFormat::Uuid,
    &[
        ID,
        field("date", Kind::Time).by(Owner::CreatedAt),
        field("type", Kind::Enum(&["created", "updated", "deleted"])).required(),
        text("target").required(),
        text("target_id").required(),
        text("integration_id").required(),
        text("materialization_id").nullable(),
        field("data", Kind::Object).or(DefaultValue::EmptyObject),
    ],
)
.indexed(&["integration_id", "target_id"])
.generator(generator::events)
.timer(Timer {
    at: |fields| Some(parse_ms(fields.get("date")?.as_str()?)? + EVENT_LIFE_MS),
    happens: |state, event| state.remove(&EVENTS, event, Actor::Fixture),
});

/// How long an event is kept.
const EVENT_LIFE_MS: u64 = 30 * 24 * 60 * 60 * 1_000;
