//! The operations of the Graph, read side.

use crate::apis::edlink::errors::{
    INVALID_CURSOR, INVALID_FILTER, INVALID_INTEGRATION_STATE, INVALID_PAGE_SIZE, INVALID_TOKEN, INVALID_UUID,
    MISSING_TOKEN, NO_PERMISSION, NOT_FOUND,
};
use crate::apis::edlink::graph::records::REQUESTS;
use crate::apis::edlink::graph::records::{LICENSES, MATERIALIZATIONS};
use crate::apis::edlink::graph::requests;
use crate::apis::edlink::graph::resources::{
    AGENTS, CLASSES, COURSES, DEPARTMENTS, DISTRICTS, ENROLLMENTS, EVENTS, PEOPLE, PERIODS, SCHOOLS, SECTIONS,
    SESSIONS, SUBJECTS,
};
use crate::apis::edlink::graph::v1_schema::{ENROLLMENTS_V1, EVENTS_V1, ORGANIZATIONS_V1, PEOPLE_V1, TERMS_V1};
use crate::apis::edlink::graph::{lists, v1};
use crate::engine::api::context::Context;
use crate::engine::api::route::Action::{Custom, List, Read};
use crate::engine::api::route::{Access, Action, ResponseShape, Route, get};
use crate::engine::schema::error_def::ErrorDef;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::http::message::Response;

const V2: &str = "Edlink documentation, API v2.0, Graph API";
const V1: &str = "Edlink documentation, API v1.0, Graph API";

const fn row(path: &'static str, name: &'static str, action: Action, source: &'static str) -> Route {
    get(path, name, action).access(Access::Integration).documented(source)
}

/// Makes the row that lists all records of a kind.
const fn list(path: &'static str, name: &'static str, action: Action) -> Route {
    row(path, name, action, V2).fails(&[
        MISSING_TOKEN,
        INVALID_TOKEN,
        INVALID_INTEGRATION_STATE,
        NO_PERMISSION,
        INVALID_PAGE_SIZE,
        INVALID_CURSOR,
        INVALID_UUID,
        INVALID_FILTER,
    ])
}

/// Makes the row that shows one record, or the fields of it that are asked for.
const fn one(path: &'static str, name: &'static str, action: Action) -> Route {
    let shows = match action {
        Read(resource) => ResponseShape::Part(resource),
        _ => ResponseShape::Action,
    };
    row(path, name, action, V2).shows(shows).fails(&[
        MISSING_TOKEN,
        INVALID_TOKEN,
        INVALID_INTEGRATION_STATE,
        NO_PERMISSION,
        INVALID_UUID,
        NOT_FOUND,
    ])
}

/// Makes the row that lists records of another record.
const fn part(
    path: &'static str,
    name: &'static str,
    operation: fn(&mut Context<'_>) -> Result<Response, Problem>,
) -> Route {
    row(path, name, Custom(operation), V2).fails(&[
        MISSING_TOKEN,
        INVALID_TOKEN,
        INVALID_INTEGRATION_STATE,
        NO_PERMISSION,
        INVALID_PAGE_SIZE,
        INVALID_CURSOR,
        INVALID_UUID,
        INVALID_FILTER,
        NOT_FOUND,
    ])
}

const fn list_v1(path: &'static str, name: &'static str, action: Action, shape: &'static Schema) -> Route {
    row(path, name, action, V1).shows(ResponseShape::Many(shape)).fails(&[
        MISSING_TOKEN,
        INVALID_TOKEN,
        INVALID_INTEGRATION_STATE,
        NO_PERMISSION,
        INVALID_PAGE_SIZE,
        INVALID_CURSOR,
        INVALID_UUID,
    ])
}

const fn one_v1(path: &'static str, name: &'static str, action: Action, shape: &'static Schema) -> Route {
    Route { source: V1, shows: ResponseShape::Part(shape), ..one(path, name, action) }
}

/// Errors that a list about the integration itself can answer: no permission is asked.
const OF_INTEGRATION: &[&ErrorDef] = &[
    MISSING_TOKEN,
    INVALID_TOKEN,
    INVALID_INTEGRATION_STATE,
    INVALID_PAGE_SIZE,
    INVALID_CURSOR,
    INVALID_UUID,
    INVALID_FILTER,
];

/// Errors that one record about the integration itself can answer.
const ONE_OF_INTEGRATION: &[&ErrorDef] =
    &[MISSING_TOKEN, INVALID_TOKEN, INVALID_INTEGRATION_STATE, INVALID_UUID, NOT_FOUND];

/// The rows.
pub(crate) const ROUTES: &[Route] = &[
    list("/v2/graph/districts", "districts.list", List(&DISTRICTS))
        .needs("districts")
        .about("Lists districts; a source has one."),
    one("/v2/graph/districts/{id}", "districts.get", Read(&DISTRICTS)).needs("districts").about("Shows one district."),
    part("/v2/graph/districts/{id}/administrators", "districts.administrators", lists::district_administrators)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists the administrators of a district."),
    list("/v2/graph/schools", "schools.list", List(&SCHOOLS)).needs("schools").about("Lists schools."),
    one("/v2/graph/schools/{id}", "schools.get", Read(&SCHOOLS)).needs("schools").about("Shows one school."),
    part("/v2/graph/schools/{id}/classes", "schools.classes", lists::school_classes)
        .shows(ResponseShape::Many(&CLASSES))
        .needs("classes")
        .about("Lists the classes at a school."),
    part("/v2/graph/schools/{id}/courses", "schools.courses", lists::school_courses)
        .shows(ResponseShape::Many(&COURSES))
        .needs("courses")
        .about("Lists the courses of a school."),
    part("/v2/graph/schools/{id}/sessions", "schools.sessions", lists::school_sessions)
        .shows(ResponseShape::Many(&SESSIONS))
        .needs("sessions")
        .about("Lists the sessions of a school."),
    part("/v2/graph/schools/{id}/people", "schools.people", lists::school_people)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists the people of a school."),
    part("/v2/graph/schools/{id}/administrators", "schools.administrators", lists::school_administrators)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists the administrators of a school."),
    part("/v2/graph/schools/{id}/teachers", "schools.teachers", lists::school_teachers)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists the teachers of a school."),
    part("/v2/graph/schools/{id}/students", "schools.students", lists::school_students)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists the students of a school."),
    list("/v2/graph/sessions", "sessions.list", List(&SESSIONS))
        .needs("sessions")
        .about("Lists sessions: years, terms and the like."),
    one("/v2/graph/sessions/{id}", "sessions.get", Read(&SESSIONS)).needs("sessions").about("Shows one session."),
    list("/v2/graph/courses", "courses.list", List(&COURSES)).needs("courses").about("Lists courses: what is taught."),
    one("/v2/graph/courses/{id}", "courses.get", Read(&COURSES)).needs("courses").about("Shows one course."),
    part("/v2/graph/courses/{id}/classes", "courses.classes", lists::course_classes)
        .shows(ResponseShape::Many(&CLASSES))
        .needs("classes")
        .about("Lists the classes of a course."),
    list("/v2/graph/classes", "classes.list", List(&CLASSES)).needs("classes").about("Lists classes."),
    one("/v2/graph/classes/{id}", "classes.get", Read(&CLASSES)).needs("classes").about("Shows one class."),
    part("/v2/graph/classes/{id}/sections", "classes.sections", lists::class_sections)
        .shows(ResponseShape::Many(&SECTIONS))
        .needs("sections")
        .about("Lists the sections of a class."),
    part("/v2/graph/classes/{id}/enrollments", "classes.enrollments", lists::class_enrollments)
        .shows(ResponseShape::Many(&ENROLLMENTS))
        .needs("enrollments")
        .about("Lists the enrollments in a class."),
    part("/v2/graph/classes/{id}/people", "classes.people", lists::class_people)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists everybody who is enrolled in a class."),
    part("/v2/graph/classes/{id}/teachers", "classes.teachers", lists::class_teachers)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists who is enrolled in a class as a teacher."),
    part("/v2/graph/classes/{id}/students", "classes.students", lists::class_students)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists who is enrolled in a class as a student."),
    list("/v2/graph/sections", "sections.list", List(&SECTIONS))
        .needs("sections")
        .about("Lists sections: parts of classes."),
    one("/v2/graph/sections/{id}", "sections.get", Read(&SECTIONS)).needs("sections").about("Shows one section."),
    part("/v2/graph/sections/{id}/enrollments", "sections.enrollments", lists::section_enrollments)
        .shows(ResponseShape::Many(&ENROLLMENTS))
        .needs("enrollments")
        .about("Lists the enrollments in a section."),
    part("/v2/graph/sections/{id}/people", "sections.people", lists::section_people)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists everybody who is enrolled in a section."),
    part("/v2/graph/sections/{id}/teachers", "sections.teachers", lists::section_teachers)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists who is enrolled in a section as a teacher."),
    part("/v2/graph/sections/{id}/students", "sections.students", lists::section_students)
        .shows(ResponseShape::Many(&PEOPLE))
        .needs("people")
        .about("Lists who is enrolled in a section as a student."),
    list("/v2/graph/people", "people.list", List(&PEOPLE)).needs("people").about("Lists people, whatever their roles."),
    one("/v2/graph/people/{id}", "people.get", Read(&PEOPLE)).needs("people").about("Shows one person."),
    part("/v2/graph/people/{id}/enrollments", "people.enrollments", lists::person_enrollments)
        .shows(ResponseShape::Many(&ENROLLMENTS))
        .needs("enrollments")
        .about("Lists the enrollments of a person."),
    part("/v2/graph/people/{id}/districts", "people.districts", lists::person_districts)
        .shows(ResponseShape::Many(&DISTRICTS))
        .needs("districts")
        .about("Lists the district of a person."),
    part("/v2/graph/people/{id}/schools", "people.schools", lists::person_schools)
        .shows(ResponseShape::Many(&SCHOOLS))
        .needs("schools")
        .about("Lists the schools of a person."),
    part("/v2/graph/people/{id}/classes", "people.classes", lists::person_classes)
        .shows(ResponseShape::Many(&CLASSES))
        .needs("classes")
        .about("Lists the classes a person is enrolled in."),
    part("/v2/graph/people/{id}/sections", "people.sections", lists::person_sections)
        .shows(ResponseShape::Many(&SECTIONS))
        .needs("sections")
        .about("Lists the sections a person is enrolled in."),
    part("/v2/graph/people/{id}/agents", "people.agents", lists::person_agents)
        .shows(ResponseShape::Many(&AGENTS))
        .needs("agents")
        .about("Lists who looks after a person, and whom the person looks after."),
    list("/v2/graph/enrollments", "enrollments.list", List(&ENROLLMENTS))
        .needs("enrollments")
        .about("Lists enrollments."),
    one("/v2/graph/enrollments/{id}", "enrollments.get", Read(&ENROLLMENTS))
        .needs("enrollments")
        .about("Shows one enrollment."),
    list("/v2/graph/agents", "agents.list", List(&AGENTS)).needs("agents").about("Lists agents: who looks after whom."),
    one("/v2/graph/agents/{id}", "agents.get", Read(&AGENTS)).needs("agents").about("Shows one agent."),
    list("/v2/graph/events", "events.list", List(&EVENTS))
        .needs("events")
        .about("Lists what changed for the integration in the last 30 days, oldest first."),
    one("/v2/graph/events/{id}", "events.get", Read(&EVENTS)).needs("events").about("Shows one event."),
    list("/v2/graph/subjects", "subjects.list", List(&SUBJECTS)).needs("subjects").about("Lists subjects."),
    one("/v2/graph/subjects/{id}", "subjects.get", Read(&SUBJECTS)).needs("subjects").about("Shows one subject."),
    list("/v2/graph/departments", "departments.list", List(&DEPARTMENTS))
        .needs("departments")
        .about("Lists departments."),
    one("/v2/graph/departments/{id}", "departments.get", Read(&DEPARTMENTS))
        .needs("departments")
        .about("Shows one department."),
    list("/v2/graph/periods", "periods.list", List(&PERIODS))
        .needs("periods")
        .about("Lists periods of a school's day."),
    one("/v2/graph/periods/{id}", "periods.get", Read(&PERIODS))
        .needs("periods")
        .about("Shows one period of a school's day."),
    list("/v2/graph/requests", "requests.list", Custom(requests::list))
        .shows(ResponseShape::Many(&REQUESTS))
        .fails(OF_INTEGRATION)
        .about("Lists the requests made for the integration in the last 30 days."),
    one("/v2/graph/requests/{id}", "requests.get", Custom(requests::get))
        .shows(ResponseShape::Part(&REQUESTS))
        .fails(ONE_OF_INTEGRATION)
        .about("Shows one request made for the integration."),
    list("/v2/graph/materializations", "materializations.list", List(&MATERIALIZATIONS))
        .fails(OF_INTEGRATION)
        .about("Lists the imports the integration's data came with."),
    one("/v2/graph/materializations/{id}", "materializations.get", Read(&MATERIALIZATIONS))
        .fails(ONE_OF_INTEGRATION)
        .about("Shows one import."),
    list("/v2/graph/licenses", "licenses.list", List(&LICENSES))
        .fails(OF_INTEGRATION)
        .about("Lists the licenses assigned to the integration."),
    list_v1("/v1/graph/organizations", "organizations.list_v1", Custom(v1::organizations), &ORGANIZATIONS_V1)
        .about("Lists districts, schools, courses and sections as organizations."),
    one_v1("/v1/graph/organizations/{id}", "organizations.get_v1", Custom(v1::organization), &ORGANIZATIONS_V1)
        .about("Shows one organization."),
    list_v1("/v1/graph/districts", "districts.list_v1", List(&DISTRICTS), &ORGANIZATIONS_V1)
        .needs("districts")
        .about("Lists the organizations that are districts."),
    one_v1("/v1/graph/districts/{id}", "districts.get_v1", Read(&DISTRICTS), &ORGANIZATIONS_V1)
        .needs("districts")
        .about("Shows one district as an organization."),
    list_v1("/v1/graph/schools", "schools.list_v1", List(&SCHOOLS), &ORGANIZATIONS_V1)
        .needs("schools")
        .about("Lists the organizations that are schools."),
    one_v1("/v1/graph/schools/{id}", "schools.get_v1", Read(&SCHOOLS), &ORGANIZATIONS_V1)
        .needs("schools")
        .about("Shows one school as an organization."),
    list_v1("/v1/graph/courses", "courses.list_v1", List(&CLASSES), &ORGANIZATIONS_V1)
        .needs("classes")
        .about("Lists the organizations that are courses, which v2 calls classes."),
    one_v1("/v1/graph/courses/{id}", "courses.get_v1", Read(&CLASSES), &ORGANIZATIONS_V1)
        .needs("classes")
        .about("Shows one course, a class on v2, as an organization."),
    list_v1("/v1/graph/sections", "sections.list_v1", List(&SECTIONS), &ORGANIZATIONS_V1)
        .needs("sections")
        .about("Lists the organizations that are sections."),
    one_v1("/v1/graph/sections/{id}", "sections.get_v1", Read(&SECTIONS), &ORGANIZATIONS_V1)
        .needs("sections")
        .about("Shows one section as an organization."),
    list_v1("/v1/graph/people", "people.list_v1", List(&PEOPLE), &PEOPLE_V1)
        .needs("people")
        .about("Lists people, in the shape of v1."),
    one_v1("/v1/graph/people/{id}", "people.get_v1", Read(&PEOPLE), &PEOPLE_V1)
        .needs("people")
        .about("Shows one person, in the shape of v1."),
    list_v1("/v1/graph/enrollments", "enrollments.list_v1", List(&ENROLLMENTS), &ENROLLMENTS_V1)
        .needs("enrollments")
        .about("Lists enrollments, each with its person and organization."),
    one_v1("/v1/graph/enrollments/{id}", "enrollments.get_v1", Read(&ENROLLMENTS), &ENROLLMENTS_V1)
        .needs("enrollments")
        .about("Shows one enrollment, with its person and organization."),
    list_v1("/v1/graph/terms", "terms.list_v1", List(&SESSIONS), &TERMS_V1)
        .needs("sessions")
        .about("Lists terms, which v2 calls sessions."),
    one_v1("/v1/graph/terms/{id}", "terms.get_v1", Read(&SESSIONS), &TERMS_V1)
        .needs("sessions")
        .about("Shows one term, a session on v2."),
    list_v1("/v1/graph/events", "events.list_v1", List(&EVENTS), &EVENTS_V1)
        .needs("events")
        .about("Lists what changed for the integration in the last 30 days, oldest first, in the shape of v1."),
    one_v1("/v1/graph/events/{id}", "events.get_v1", Read(&EVENTS), &EVENTS_V1)
        .needs("events")
        .about("Shows one event, in the shape of v1."),
];
