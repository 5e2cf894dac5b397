//! The kinds of records, with their documented fields.

use crate::apis::edlink::graph::records::PRODUCTS;
use crate::apis::edlink::meta::{CREATED, ID, SOURCES, UPDATED};
use crate::engine::schema::document::Document;
use crate::engine::schema::field::{Constant, DefaultValue, Field, Kind, Owner, field, text};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::{Actor, IdFormat, Schema};
use crate::engine::schema::time::parse_ms;
use crate::engine::state::State;
use crate::engine::store::Record;
use serde_json::Value;

/// A kind of record with the fields all of them share, then its own.
macro_rules! resource {
    ($(#[$doc:meta])* $resource:ident, $name:literal, $title:literal, [$($field:expr),* $(,)?]) => {
        $(#[$doc])*
        pub(crate) static $resource: Schema = Schema::new($name, $title, "id", IdFormat::Uuid, {
            static FIELDS: &[Field] = &[
                ID,
                CREATED,
                UPDATED,
                field("properties", Kind::Object).or(DefaultValue::EmptyObject),
                field("identifiers", Kind::List).or(DefaultValue::EmptyList),
                $($field),*
            ];
            FIELDS
        });
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
    "staff",
    "member",
];

/// Relationships of an agent to a person. Samples show the last four.
const RELATIONSHIPS: &[&str] = &["parent", "guardian", "aide", "mother", "father", "sister", "other"];

/// The flags of an agent.
const AGENT_FLAGS: &[&str] = &[
    "emergency_contact",
    "pickup_rights",
    "legal_guardian",
    "has_custody",
    "lives_with",
    "access_to_records",
    "primary_care_provider",
];

/// The parts of an unknown address.
static NO_ADDRESS: Constant = Constant::new(
    r#"{"street":null,"unit":null,"postal_code":null,"city":null,"state":null,"country":null,"phone":null,
    "latitude":null,"longitude":null}"#,
);

/// The unknown demographics of a person.
static NO_DEMOGRAPHICS: Constant = Constant::new(
    r#"{"birthday":null,"gender":null,"residence_status":null,"english_language_learner":null,"country_of_birth":null,
    "state_of_birth":null,"city_of_birth":null,"hispanic_or_latino_ethnicity":null,"races":[],"homeless":null,
    "disability":null,"gifted_talented":null,"food_service_program_eligibility":null,"economically_disadvantaged":null,
    "migrant":null,"public_assistance":null,"rural_residency":null,"individualized_education_plan":null}"#,
);

/// Objects that always have all their parts; a part without a value is taken from the constant.
const WHOLE: [(&str, &Constant); 2] = [("address", &NO_ADDRESS), ("demographics", &NO_DEMOGRAPHICS)];

/// Completes the objects of [`WHOLE`] that a record has.
pub(crate) fn complete(_: &mut State, _: &str, mut given: Document, _: Option<&Record>, _: Actor) -> Document {
    for (name, constant) in WHOLE {
        let Some(Value::Object(said)) = given.get_mut(name) else { continue };
        let Some(all) = constant.value().as_object() else { continue };
        let mut whole = all.clone();
        whole.extend(std::mem::take(said));
        *said = whole;
    }
    given
}

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
const DEPARTMENT_ID: Field = may_lead_to("department_id", &DEPARTMENTS);
const SUBJECT_ID: Field = may_lead_to("subject_id", &SUBJECTS);
const PRODUCT_IDS: Field = lead_to("product_ids", &PRODUCTS);

/// The district of a record whose kind has none in the documents; without one, the record belongs to every source.
pub(super) const DISTRICT_OF: &str = "standin_district_id";

const fn state(states: &'static [&'static str]) -> Field {
    field("state", Kind::Enum(states)).required().or(DefaultValue::Text("active"))
}

const fn lead_to(name: &'static str, to: &'static Schema) -> Field {
    field(name, Kind::References(to)).or(DefaultValue::EmptyList)
}

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
    ]
);

resource!(
    /// Schools of a district.
    SCHOOLS,
    "edlink.schools",
    "School",
    [NAME, PICTURE_URL, LOCALE, TIME_ZONE, ADDRESS, texts("grade_levels"), DISTRICT_ID, PRODUCT_IDS]
);

resource!(
    /// School years, terms and the like.
    SESSIONS,
    "edlink.sessions",
    "Session",
    [
        NAME,
        field("type", Kind::Enum(&["semester", "term", "grading_period", "school_year"])).required(),
        state(&["upcoming", "active", "completed", "template", "inactive"]),
        START_DATE,
        END_DATE,
        may_lead_to("school_id", &SCHOOLS),
        DISTRICT_ID,
    ]
);

resource!(
    /// Courses that are taught.
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
        DEPARTMENT_ID,
        SUBJECT_ID,
    ]
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
        state(&["template", "upcoming", "inactive", "active", "completed", "archived"]),
        field("session_ids", Kind::References(&SESSIONS)).or(DefaultValue::EmptyList),
        may_lead_to("course_id", &COURSES),
        field("school_id", Kind::Reference(&SCHOOLS)).required(),
        DEPARTMENT_ID,
        SUBJECT_ID,
        lead_to("period_ids", &PERIODS),
        PRODUCT_IDS,
    ]
);

resource!(
    /// Parts of a class.
    SECTIONS,
    "edlink.sections",
    "Section",
    [NAME, DESCRIPTION, PICTURE_URL, LOCALE, TIME_ZONE, state(&["upcoming", "inactive", "active", "completed", "archived"]), texts("periods"), CLASS_ID]
);

resource!(
    /// Students, teachers, parents and other people.
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
        field("demographics", Kind::Object).or(DefaultValue::Constant(&NO_DEMOGRAPHICS)),
        DISTRICT_ID,
        field("school_ids", Kind::References(&SCHOOLS)).or(DefaultValue::EmptyList),
        field("gpa", Kind::Number).nullable(),
        text("letter_grade").nullable(),
        ADDRESS,
        lead_to("department_ids", &DEPARTMENTS),
        texts("route_ids"),
        PRODUCT_IDS,
    ]
);

resource!(
    /// Enrollments of people in classes, with their roles.
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
        text("final_letter_grade").nullable(),
        field("final_numeric_grade", Kind::Number).nullable(),
    ]
);

resource!(
    /// Agents: people who look after others.
    AGENTS,
    "edlink.agents",
    "Agent",
    [
        field("relationship", Kind::Enum(RELATIONSHIPS)).required(),
        field("observer_id", Kind::Reference(&PEOPLE)).required(),
        field("target_id", Kind::Reference(&PEOPLE)).required(),
        field("flags", Kind::EnumList(AGENT_FLAGS)).or(DefaultValue::EmptyList),
    ]
);

resource!(
    /// Subjects that are taught, as Edlink numbers them.
    SUBJECTS,
    "edlink.subjects",
    "Subject",
    [
        NAME,
        text("code").nullable(),
        text("ceds_code").nullable(),
        DESCRIPTION,
        DEPARTMENT_ID,
        field(DISTRICT_OF, Kind::Reference(&DISTRICTS)),
    ]
);

resource!(
    /// Departments of schools.
    DEPARTMENTS,
    "edlink.departments",
    "Department",
    [NAME, DESCRIPTION, lead_to("school_ids", &SCHOOLS), field(DISTRICT_OF, Kind::Reference(&DISTRICTS))]
);

resource!(
    /// Parts of a school's day. Only the time of day in their times counts.
    PERIODS,
    "edlink.periods",
    "Period",
    [
        NAME,
        DESCRIPTION,
        field("start_time", Kind::Time).required(),
        field("end_time", Kind::Time).required(),
        text("type").required().or(DefaultValue::Text("class")),
        field("flags", Kind::EnumList(&["optional", "required", "elective"])).or(DefaultValue::EmptyList),
        lead_to("school_ids", &SCHOOLS),
        lead_to("session_ids", &SESSIONS),
        field(DISTRICT_OF, Kind::Reference(&DISTRICTS)),
    ]
);

/// Events that happened to the records above. An event outlives them, so nothing in it is a reference.
pub(crate) static EVENTS: Schema = Schema::new(
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
.due_at(|fields| Some(parse_ms(fields.get("date")?.as_str()?)? + EVENT_LIFE_MS));

/// Removes an event that is too old.
pub(crate) fn forget_event(state: &mut State, record: &Record) -> Result<(), Problem> {
    state.remove(&EVENTS, record, Actor::Fixture)
}

/// The time an event is kept.
const EVENT_LIFE_MS: u64 = 30 * 24 * 60 * 60 * 1_000;
