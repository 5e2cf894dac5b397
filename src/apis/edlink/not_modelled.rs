//! Operations that are known and not modelled: each answers 501 in the fake's own words.

use crate::engine::api::route::Action::NotModelled;
use crate::engine::api::route::{Access, Route, delete, get, patch, post, put};
use crate::engine::api::route_table::{joined, length};

const GRAPH: &str = "Edlink documentation, API v2.0, Graph API";
const GRAPH_V1_SOURCE: &str = "Edlink documentation, API v1.0, Graph API, Organizations";
const USER: &str = "Edlink documentation, API v2.0, User API";
const USER_V1: &str = "Edlink documentation, API v1.0, User Data API";
const OIDC_SOURCE: &str = "Edlink documentation, API v2.0, OIDC";
const META: &str = "Edlink documentation, API v2.0, Authorization, Meta";
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

/// Makes a row that is seen in the vendor's client only.
const fn my_in_sdk(route: Route, about: &'static str) -> Route {
    of(route.observed(SDK), Access::Person, about)
}

const fn oidc(route: Route, about: &'static str) -> Route {
    of(route.documented(OIDC_SOURCE), Access::Public, about)
}

const ABOUT_ONE: &[Route] = &[
    graph(get("/v2/graph/calendars", "calendars.list", NotModelled), "Lists calendars."),
    graph(get("/v2/graph/calendars/{id}", "calendars.get", NotModelled), "Shows one calendar."),
    graph(get("/v2/graph/attendance", "attendance.list", NotModelled), "Lists attendance."),
    graph(get("/v2/graph/classes/{class_id}/meetings", "meetings.list", NotModelled), "Lists the meetings of a class."),
    graph(
        get("/v2/graph/classes/{class_id}/meetings/{meeting_id}", "meetings.get", NotModelled),
        "Shows one meeting of a class.",
    ),
    graph(
        post("/v2/graph/classes/{class_id}/rubrics", "rubrics.create", NotModelled).answers(200),
        "Creates a rubric in a class.",
    ),
    graph(
        patch("/v2/graph/classes/{class_id}/rubrics/{rubric_id}", "rubrics.update", NotModelled).answers(200),
        "Changes a rubric.",
    ),
    graph(
        post(
            "/v2/graph/classes/{class_id}/assignments/{assignment_id}/submissions/{submission_id}/return",
            "submissions.return",
            NotModelled,
        )
        .answers(200)
        .observed(SDK),
        "Returns a graded submission to its student.",
    ),
    of(
        get("/v1/teams/{team_id}/integrations", "teams.integrations", NotModelled).documented(META),
        Access::Application,
        "Lists the integrations of a team, for a service account.",
    ),
    of(
        delete("/v1/integrations/{id}", "integrations.delete", NotModelled).observed("one public client"),
        Access::Application,
        "Revokes an integration.",
    ),
    of(
        delete("/v1/sources/{id}", "sources.delete", NotModelled).observed("one public client"),
        Access::Application,
        "Removes a source.",
    ),
];

macro_rules! coursework {
    ($row:ident, $base:literal, $prefix:literal) => {
        [
            $row(
                post(
                    concat!($base, "/classes/{class_id}/assignments/{assignment_id}/aliases"),
                    concat!($prefix, "assignments.aliases.create"),
                    NotModelled,
                )
                .answers(200),
                "Gives an assignment an alias.",
            ),
            $row(
                patch(
                    concat!($base, "/classes/{class_id}/assignments/{assignment_id}/aliases/{alias_id}"),
                    concat!($prefix, "assignments.aliases.update"),
                    NotModelled,
                )
                .answers(200),
                "Changes an alias of an assignment.",
            ),
            $row(
                get(
                    concat!(
                        $base,
                        "/classes/{class_id}/assignments/{assignment_id}/submissions/{submission_id}",
                        "/files/{file_id}/download"
                    ),
                    concat!($prefix, "submissions.files.download"),
                    NotModelled,
                ),
                "Shows a file that was handed in.",
            ),
        ]
    };
}

const GRAPH_COURSEWORK: [Route; 3] = coursework!(graph, "/v2/graph", "");
const MY_COURSEWORK: [Route; 3] = coursework!(my, "/v2/my", "my.");

const OIDC: &[Route] = &[
    oidc(
        get("/authentication/oidc/.well-known/openid-configuration", "oidc.configuration", NotModelled),
        "Shows where the OpenID provider is.",
    ),
    oidc(get("/authentication/oidc/authorize", "oidc.authorize", NotModelled), "Signs a person in by OpenID."),
    oidc(post("/authentication/oidc/token", "oidc.token", NotModelled).answers(200), "Gives an OpenID token."),
    oidc(get("/authentication/oidc/userinfo", "oidc.userinfo", NotModelled), "Shows the person of an OpenID token."),
    oidc(
        get("/authentication/oidc/jwks", "oidc.jwks", NotModelled),
        "Shows the keys that OpenID tokens are signed by.",
    ),
    oidc(
        post("/authentication/oidc/introspect", "oidc.introspect", NotModelled).answers(200),
        "Tells of an OpenID token whether it is good.",
    ),
    oidc(post("/authentication/oidc/revoke", "oidc.revoke", NotModelled).answers(200), "Revokes an OpenID token."),
];

const MY: &[Route] = &[
    my_in_sdk(get("/v2/my/people", "my.people", NotModelled), "Lists the people around the person."),
    my_in_sdk(get("/v2/my/schools/{id}/classes", "my.schools.classes", NotModelled), "Lists the classes of a school."),
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
    my_in_sdk(
        get("/v2/my/districts/{id}/administrators", "my.districts.administrators", NotModelled),
        "Lists the administrators of a district.",
    ),
];

const MY_V1: &[Route] = &[
    my_v1(get("/v1/my/terms", "my.terms_v1", NotModelled), "Lists the terms of the person."),
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

const TABLES: [&[Route]; 7] = [ABOUT_ONE, &GRAPH_COURSEWORK, &MY_COURSEWORK, OIDC, MY, MY_V1, &GRAPH_V1];

/// The rows.
pub(super) const ROUTES: &[Route] = &joined::<{ length(&TABLES) }>(&TABLES);
