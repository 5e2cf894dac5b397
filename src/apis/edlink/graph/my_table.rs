//! The operations of the User API, which take the token of a person.

use crate::apis::edlink::errors::{
    EXPIRED_TOKEN, INVALID_CURSOR, INVALID_FILTER, INVALID_INTEGRATION_STATE, INVALID_PAGE_SIZE, INVALID_TOKEN,
    INVALID_UUID, MISSING_TOKEN, NO_PERMISSION, NOT_FOUND, UNSHARED_TOKEN,
};
use crate::apis::edlink::graph::resources::{AGENTS, CLASSES, DISTRICTS, ENROLLMENTS, PEOPLE, SCHOOLS, SECTIONS};
use crate::apis::edlink::graph::v1_schema::ORGANIZATIONS_V1;
use crate::apis::edlink::graph::{lists, mine, v1};
use crate::engine::api::route::{Access, Action, Handler, ResponseShape, Route, get};
use crate::engine::schema::schema::Schema;

const USER: &str = "Edlink documentation, API v2.0, User API";
const USER_V1: &str = "Edlink documentation, API v1.0, User Data API, Organizations";

const fn row(path: &'static str, name: &'static str, operation: Handler) -> Route {
    get(path, name, Action::Custom(operation)).access(Access::Person).documented(USER)
}

/// Makes the row that lists the person's own records of a kind.
const fn list(path: &'static str, name: &'static str, operation: Handler, shows: &'static Schema) -> Route {
    row(path, name, operation).shows(ResponseShape::Many(shows)).fails(&[
        MISSING_TOKEN,
        INVALID_TOKEN,
        EXPIRED_TOKEN,
        INVALID_INTEGRATION_STATE,
        UNSHARED_TOKEN,
        INVALID_PAGE_SIZE,
        INVALID_CURSOR,
        INVALID_UUID,
        INVALID_FILTER,
    ])
}

/// Makes the row that shows one of the person's own records.
const fn one(path: &'static str, name: &'static str, operation: Handler, shows: &'static Schema) -> Route {
    row(path, name, operation).shows(ResponseShape::Part(shows)).fails(&[
        MISSING_TOKEN,
        INVALID_TOKEN,
        EXPIRED_TOKEN,
        INVALID_INTEGRATION_STATE,
        UNSHARED_TOKEN,
        INVALID_UUID,
        NOT_FOUND,
    ])
}

/// Makes the row that lists records of one of the person's own records.
const fn part(path: &'static str, name: &'static str, operation: Handler, shows: &'static Schema) -> Route {
    row(path, name, operation).shows(ResponseShape::Many(shows)).fails(&[
        MISSING_TOKEN,
        INVALID_TOKEN,
        EXPIRED_TOKEN,
        INVALID_INTEGRATION_STATE,
        UNSHARED_TOKEN,
        INVALID_PAGE_SIZE,
        INVALID_CURSOR,
        INVALID_UUID,
        INVALID_FILTER,
        NOT_FOUND,
    ])
}

/// The rows.
pub(crate) const ROUTES: &[Route] = &[
    list("/v2/my/districts", "my.districts", mine::districts, &DISTRICTS).about("Lists the district of the person."),
    one("/v2/my/districts/{district_id}", "my.districts.get", mine::district, &DISTRICTS)
        .about("Shows one district of the person."),
    list("/v2/my/schools", "my.schools", mine::schools, &SCHOOLS).about("Lists the schools of the person."),
    one("/v2/my/schools/{school_id}", "my.schools.get", mine::school, &SCHOOLS)
        .about("Shows one school of the person."),
    list("/v2/my/classes", "my.classes", mine::classes, &CLASSES).about("Lists the classes of the person."),
    one("/v2/my/classes/{class_id}", "my.classes.get", mine::class, &CLASSES).about("Shows one class of the person."),
    part("/v2/my/classes/{class_id}/sections", "my.classes.sections", lists::class_sections, &SECTIONS)
        .about("Lists the sections of a class."),
    part("/v2/my/classes/{class_id}/enrollments", "my.classes.enrollments", lists::class_enrollments, &ENROLLMENTS)
        .about("Lists the enrollments in a class."),
    part("/v2/my/classes/{class_id}/people", "my.classes.people", lists::class_people, &PEOPLE)
        .about("Lists everybody who is enrolled in a class."),
    part("/v2/my/classes/{class_id}/teachers", "my.classes.teachers", lists::class_teachers, &PEOPLE)
        .about("Lists who is enrolled in a class as a teacher."),
    part("/v2/my/classes/{class_id}/students", "my.classes.students", lists::class_students, &PEOPLE)
        .about("Lists who is enrolled in a class as a student."),
    list("/v2/my/sections", "my.sections", mine::sections, &SECTIONS).about("Lists the sections of the person."),
    one("/v2/my/sections/{section_id}", "my.sections.get", mine::section, &SECTIONS)
        .about("Shows one section of the person."),
    part(
        "/v2/my/sections/{section_id}/enrollments",
        "my.sections.enrollments",
        lists::section_enrollments,
        &ENROLLMENTS,
    )
    .about("Lists the enrollments in a section."),
    part("/v2/my/sections/{section_id}/people", "my.sections.people", lists::section_people, &PEOPLE)
        .about("Lists everybody who is enrolled in a section."),
    part("/v2/my/sections/{section_id}/teachers", "my.sections.teachers", lists::section_teachers, &PEOPLE)
        .about("Lists who is enrolled in a section as a teacher."),
    part("/v2/my/sections/{section_id}/students", "my.sections.students", lists::section_students, &PEOPLE)
        .about("Lists who is enrolled in a section as a student."),
    list("/v2/my/enrollments", "my.enrollments", mine::enrollments, &ENROLLMENTS)
        .about("Lists the person's own enrollments."),
    one("/v2/my/enrollments/{enrollment_id}", "my.enrollments.get", mine::enrollment, &ENROLLMENTS)
        .about("Shows one of the person's own enrollments."),
    list("/v2/my/agents", "my.agents", mine::agents, &AGENTS)
        .about("Lists the agents on either side of which the person is."),
    one("/v2/my/agents/{agent_id}", "my.agents.get", mine::agent, &AGENTS).about("Shows one agent of the person."),
    row("/v1/my/organizations", "my.organizations_v1", v1::own_organizations)
        .documented(USER_V1)
        .shows(ResponseShape::Many(&ORGANIZATIONS_V1))
        .fails(&[
            MISSING_TOKEN,
            INVALID_TOKEN,
            EXPIRED_TOKEN,
            INVALID_INTEGRATION_STATE,
            UNSHARED_TOKEN,
            NO_PERMISSION,
            INVALID_PAGE_SIZE,
            INVALID_CURSOR,
            INVALID_UUID,
        ])
        .about("Lists the organizations of the person, each with the person's own enrollments."),
    row("/v1/my/organizations/{id}", "my.organizations.get_v1", v1::own_organization)
        .documented(USER_V1)
        .shows(ResponseShape::Part(&ORGANIZATIONS_V1))
        .fails(&[
            MISSING_TOKEN,
            INVALID_TOKEN,
            EXPIRED_TOKEN,
            INVALID_INTEGRATION_STATE,
            UNSHARED_TOKEN,
            NO_PERMISSION,
            INVALID_UUID,
            NOT_FOUND,
        ])
        .about("Shows one organization of the person, with the person's own enrollments."),
];
