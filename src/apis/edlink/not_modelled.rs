//! Operations that are known and not modelled: each answers 501 in the fake's own words.

use crate::engine::api::api::Action::NotModelled;
use crate::engine::api::api::{Access, Route, delete, get, post, put};
use crate::engine::api::route_table::{joined, length};

const GRAPH: &str = "Edlink documentation, API v2.0, Graph API";
const GRAPH_V1_SOURCE: &str = "Edlink documentation, API v1.0, Graph API, Organizations";
const USER: &str = "Edlink documentation, API v2.0, User API";
const USER_V1: &str = "Edlink documentation, API v1.0, User Data API";
const SDK: &str = "@edlink/typescript 1.0.16";

const fn of(route: Route, access: Access, about: &'static str) -> Route {
    route.access(access).about(about)
}

const fn graph(route: Route, about: &'static str) -> Route {
    of(route.documented(GRAPH), Access::Integration, about)
}

const fn graph_v1(route: Route, about: &'static str) -> Route {
    of(route.documented(GRAPH_V1_SOURCE), Access::Integration, about)
}

const fn my(route: Route, about: &'static str) -> Route {
    of(route.documented(USER), Access::Person, about)
}

const fn my_v1(route: Route, about: &'static str) -> Route {
    of(route.documented(USER_V1), Access::Person, about)
}

/// Seen in the vendor's client only.
const fn my_in_sdk(route: Route, about: &'static str) -> Route {
    of(route.observed(SDK), Access::Person, about)
}

const METADATA: [Route; 5] = [
    graph(get("/v2/graph/requests", "requests.list", NotModelled), "Lists the requests made for the integration."),
    graph(get("/v2/graph/requests/{id}", "requests.get", NotModelled), "Shows one request made for the integration."),
    graph(
        get("/v2/graph/materializations", "materializations.list", NotModelled),
        "Lists the imports the integration's data came with.",
    ),
    graph(get("/v2/graph/materializations/{id}", "materializations.get", NotModelled), "Shows one import."),
    graph(get("/v2/graph/licenses", "licenses.list", NotModelled), "Lists the licenses assigned to the integration."),
];

const MY: &[Route] = &[
    my(get("/v2/my/districts", "my.districts", NotModelled), "Lists the districts of the person."),
    my_in_sdk(get("/v2/my/districts/{id}", "my.districts.get", NotModelled), "Shows one district of the person."),
    my(get("/v2/my/schools", "my.schools", NotModelled), "Lists the schools of the person."),
    my_in_sdk(get("/v2/my/schools/{id}", "my.schools.get", NotModelled), "Shows one school of the person."),
    my_in_sdk(get("/v2/my/schools/{id}/classes", "my.schools.classes", NotModelled), "Lists the classes at a school."),
    my_in_sdk(get("/v2/my/schools/{id}/courses", "my.schools.courses", NotModelled), "Lists the courses of a school."),
    my_in_sdk(
        get("/v2/my/schools/{id}/sessions", "my.schools.sessions", NotModelled),
        "Lists the sessions of a school.",
    ),
    my_in_sdk(get("/v2/my/schools/{id}/people", "my.schools.people", NotModelled), "Lists the people of a school."),
    my_in_sdk(
        get("/v2/my/schools/{id}/administrators", "my.schools.administrators", NotModelled),
        "Lists the administrators of a school.",
    ),
    my_in_sdk(
        get("/v2/my/schools/{id}/teachers", "my.schools.teachers", NotModelled),
        "Lists the teachers of a school.",
    ),
    my_in_sdk(
        get("/v2/my/schools/{id}/students", "my.schools.students", NotModelled),
        "Lists the students of a school.",
    ),
    my(get("/v2/my/classes", "my.classes", NotModelled), "Lists the classes of the person."),
    my(get("/v2/my/classes/{id}", "my.classes.get", NotModelled), "Shows one class of the person."),
    my(get("/v2/my/classes/{id}/sections", "my.classes.sections", NotModelled), "Lists the sections of a class."),
    my(
        get("/v2/my/classes/{id}/enrollments", "my.classes.enrollments", NotModelled),
        "Lists the enrollments in a class.",
    ),
    my(get("/v2/my/classes/{id}/people", "my.classes.people", NotModelled), "Lists the people of a class."),
    my(get("/v2/my/classes/{id}/teachers", "my.classes.teachers", NotModelled), "Lists the teachers of a class."),
    my(get("/v2/my/classes/{id}/students", "my.classes.students", NotModelled), "Lists the students of a class."),
    my(get("/v2/my/sections", "my.sections", NotModelled), "Lists the sections of the person."),
    my(get("/v2/my/sections/{id}", "my.sections.get", NotModelled), "Shows one section of the person."),
    my(
        get("/v2/my/sections/{id}/enrollments", "my.sections.enrollments", NotModelled),
        "Lists the enrollments in a section.",
    ),
    my(get("/v2/my/sections/{id}/people", "my.sections.people", NotModelled), "Lists the people of a section."),
    my(get("/v2/my/sections/{id}/teachers", "my.sections.teachers", NotModelled), "Lists the teachers of a section."),
    my(get("/v2/my/sections/{id}/students", "my.sections.students", NotModelled), "Lists the students of a section."),
    my(get("/v2/my/agents", "my.agents", NotModelled), "Lists the agents on either side of which the person is."),
    my_in_sdk(get("/v2/my/agents/{id}", "my.agents.get", NotModelled), "Shows one agent of the person."),
    my_in_sdk(
        get("/v2/my/districts/{id}/administrators", "my.districts.administrators", NotModelled),
        "Lists the administrators of a district.",
    ),
];

const MY_V1: [Route; 16] = [
    my_v1(get("/v1/my/organizations", "my.organizations_v1", NotModelled), "Lists the organizations of the person."),
    my_v1(
        get("/v1/my/organizations/{id}", "my.organizations.get_v1", NotModelled),
        "Shows one organization of the person.",
    ),
    my_v1(get("/v1/my/schools", "my.schools_v1", NotModelled), "Lists the schools of the person."),
    my_v1(get("/v1/my/courses", "my.courses_v1", NotModelled), "Lists the courses of the person."),
    my_v1(get("/v1/my/courses/{id}", "my.courses.get_v1", NotModelled), "Shows one course of the person."),
    my_v1(get("/v1/my/sections", "my.sections_v1", NotModelled), "Lists the sections of the person."),
    my_v1(
        get("/v1/my/courses/{id}/assignments", "my.assignments.list_v1", NotModelled),
        "Lists the assignments of a course.",
    ),
    my_v1(
        post("/v1/my/courses/{id}/assignments", "my.assignments.create_v1", NotModelled).answers(200),
        "Creates an assignment in a course.",
    ),
    my_v1(
        get("/v1/my/courses/{id}/assignments/{assignment_id}", "my.assignments.get_v1", NotModelled),
        "Shows one assignment.",
    ),
    my_v1(
        put("/v1/my/courses/{id}/assignments/{assignment_id}", "my.assignments.update_v1", NotModelled),
        "Changes an assignment.",
    ),
    my_v1(
        delete("/v1/my/courses/{id}/assignments/{assignment_id}", "my.assignments.delete_v1", NotModelled),
        "Deletes an assignment.",
    ),
    my_v1(
        get("/v1/my/courses/{id}/assignments/{assignment_id}/submissions", "my.submissions.list_v1", NotModelled),
        "Lists the submissions to an assignment.",
    ),
    my_v1(
        post("/v1/my/courses/{id}/assignments/{assignment_id}/submissions", "my.submissions.create_v1", NotModelled)
            .answers(200),
        "Submits an attempt at an assignment.",
    ),
    my_v1(
        get(
            "/v1/my/courses/{id}/assignments/{assignment_id}/submissions/{submission_id}",
            "my.submissions.get_v1",
            NotModelled,
        ),
        "Shows one submission.",
    ),
    my_v1(
        put(
            "/v1/my/courses/{id}/assignments/{assignment_id}/submissions/{submission_id}/grade",
            "my.submissions.grade_v1",
            NotModelled,
        ),
        "Grades a submission.",
    ),
    my_v1(get("/v1/my/schools/{id}", "my.schools.get_v1", NotModelled), "Shows one school of the person."),
];

macro_rules! enrolled {
    ($($organization:literal),*) => {
        [$(
            graph_v1(
                get(
                    concat!("/v1/graph/", $organization, "/{id}/enrollments"),
                    concat!($organization, ".enrollments_v1"),
                    NotModelled,
                ),
                "Lists the enrollments in an organization and those below it.",
            ),
            graph_v1(
                get(
                    concat!("/v1/graph/", $organization, "/{id}/students"),
                    concat!($organization, ".students_v1"),
                    NotModelled,
                ),
                "Lists the students of an organization and those below it.",
            ),
            graph_v1(
                get(
                    concat!("/v1/graph/", $organization, "/{id}/teachers"),
                    concat!($organization, ".teachers_v1"),
                    NotModelled,
                ),
                "Lists the teachers of an organization and those below it.",
            ),
            graph_v1(
                post(concat!("/v1/graph/", $organization), concat!($organization, ".create_v1"), NotModelled).answers(200),
                "Creates an organization in the source.",
            ),
        )*]
    };
}

const GRAPH_V1: [Route; 20] = enrolled!("organizations", "districts", "schools", "courses", "sections");

const TABLES: [&[Route]; 4] = [&METADATA, &GRAPH_V1, MY, &MY_V1];

/// The rows.
pub const ROUTES: &[Route] = &joined::<{ length(&TABLES) }>(&TABLES);
