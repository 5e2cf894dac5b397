//! The operations of coursework, on the Graph and for the person of a token.

use crate::apis::edlink::coursework::resources::{ASSIGNMENTS, CATEGORIES, SUBMISSIONS};
use crate::apis::edlink::coursework::{assignments, categories, openapi, submissions};
use crate::apis::edlink::errors::{
    ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS, EXPIRED_TOKEN, IDEMPOTENCY_KEY_TOO_LONG, INVALID_ASSIGNEES, INVALID_CURSOR,
    INVALID_INTEGRATION_STATE, INVALID_PAGE_SIZE, INVALID_REQUEST_BODY, INVALID_SUBMISSION_TYPE, INVALID_TOKEN,
    INVALID_UUID, MISSING_REQUIRED_FIELD, MISSING_TOKEN, NO_PERMISSION, NOT_FOUND, NOT_MODELLED, UNSHARED_TOKEN,
};
use crate::engine::api::route::Action::Custom;
use crate::engine::api::route::{Access, ResponseShape, Route, delete, get, patch, post};
use crate::engine::api::route_table::{joined, length};

const GRAPH: &str = "Edlink documentation, API v2.0, Graph API";
const USER: &str = "Edlink documentation, API v2.0, User API";

const fn graph(needs: &'static str, route: Route) -> Route {
    route.needs(needs).documented(GRAPH).access(Access::Integration).answers(200).body_last()
}

const fn my(_: &'static str, route: Route) -> Route {
    route.documented(USER).access(Access::Person).answers(200).body_last()
}

macro_rules! coursework {
    ($row:ident, $base:literal, $prefix:literal, $changed:ident, [$($read:ident),*], [$($write:ident),*]) => {
        [
            $row(
                "assignments",
                get(
                    concat!($base, "/classes/{class_id}/assignments"),
                    concat!($prefix, "assignments.list"),
                    Custom(assignments::list),
                ),
            )
            .shows(ResponseShape::Many(&ASSIGNMENTS))
            .fails(&[$($read,)* INVALID_PAGE_SIZE, INVALID_CURSOR])
            .about("Lists the assignments of a class."),
            $row(
                "assignments",
                post(
                    concat!($base, "/classes/{class_id}/assignments"),
                    concat!($prefix, "assignments.create"),
                    Custom(assignments::create),
                ),
            )
            .takes(assignments::NEW)
            .body_schema(openapi::new_assignment)
            .shows(ResponseShape::One(&ASSIGNMENTS))
            .fails(&[
                $($read,)*
                $($write,)*
                INVALID_REQUEST_BODY,
                MISSING_REQUIRED_FIELD,
                ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS,
                INVALID_SUBMISSION_TYPE,
                INVALID_ASSIGNEES,
                IDEMPOTENCY_KEY_TOO_LONG,
                NOT_MODELLED,
            ])
            .about("Creates an assignment in a class."),
            $row(
                "assignments",
                get(
                    concat!($base, "/classes/{class_id}/assignments/{assignment_id}"),
                    concat!($prefix, "assignments.get"),
                    Custom(assignments::get),
                ),
            )
            .shows(ResponseShape::One(&ASSIGNMENTS))
            .fails(&[$($read),*])
            .about("Shows one assignment."),
            $row(
                "assignments",
                patch(
                    concat!($base, "/classes/{class_id}/assignments/{assignment_id}"),
                    concat!($prefix, "assignments.update"),
                    Custom(assignments::update),
                ),
            )
            .takes(assignments::$changed)
            .body_schema(openapi::changed_assignment)
            .shows(ResponseShape::One(&ASSIGNMENTS))
            .fails(&[
                $($read,)*
                $($write,)*
                INVALID_REQUEST_BODY,
                MISSING_REQUIRED_FIELD,
                ASSIGNMENT_CANNOT_HAVE_ZERO_POINTS,
                INVALID_SUBMISSION_TYPE,
                INVALID_ASSIGNEES,
            ])
            .about("Changes an assignment."),
            $row(
                "assignments",
                delete(
                    concat!($base, "/classes/{class_id}/assignments/{assignment_id}"),
                    concat!($prefix, "assignments.delete"),
                    Custom(assignments::delete),
                ),
            )
            .fails(&[$($read,)* $($write),*])
            .about("Deletes an assignment, with its submissions."),
            $row(
                "submissions",
                get(
                    concat!($base, "/classes/{class_id}/assignments/{assignment_id}/submissions"),
                    concat!($prefix, "submissions.list"),
                    Custom(submissions::list),
                ),
            )
            .shows(ResponseShape::Many(&SUBMISSIONS))
            .fails(&[$($read,)* INVALID_PAGE_SIZE, INVALID_CURSOR])
            .about("Lists the submissions to an assignment."),
            $row(
                "submissions",
                get(
                    concat!($base, "/classes/{class_id}/assignments/{assignment_id}/submissions/{submission_id}"),
                    concat!($prefix, "submissions.get"),
                    Custom(submissions::get),
                ),
            )
            .shows(ResponseShape::One(&SUBMISSIONS))
            .fails(&[$($read),*])
            .about("Shows one submission."),
            $row(
                "categories",
                get(
                    concat!($base, "/classes/{class_id}/categories"),
                    concat!($prefix, "categories.list"),
                    Custom(categories::list),
                ),
            )
            .shows(ResponseShape::Many(&CATEGORIES))
            .fails(&[$($read,)* INVALID_PAGE_SIZE, INVALID_CURSOR])
            .about("Lists the categories of a class."),
            $row(
                "categories",
                post(
                    concat!($base, "/classes/{class_id}/categories"),
                    concat!($prefix, "categories.create"),
                    Custom(categories::create),
                ),
            )
            .takes(categories::FIELDS)
            .body_schema(openapi::category)
            .shows(ResponseShape::One(&CATEGORIES))
            .fails(&[
                $($read,)*
                $($write,)*
                INVALID_REQUEST_BODY,
                MISSING_REQUIRED_FIELD,
                IDEMPOTENCY_KEY_TOO_LONG,
            ])
            .about("Creates a category in a class."),
            $row(
                "categories",
                get(
                    concat!($base, "/classes/{class_id}/categories/{category_id}"),
                    concat!($prefix, "categories.get"),
                    Custom(categories::get),
                ),
            )
            .shows(ResponseShape::One(&CATEGORIES))
            .fails(&[$($read),*])
            .about("Shows one category."),
            $row(
                "categories",
                patch(
                    concat!($base, "/classes/{class_id}/categories/{category_id}"),
                    concat!($prefix, "categories.update"),
                    Custom(categories::update),
                ),
            )
            .takes(categories::FIELDS)
            .body_schema(openapi::changed_category)
            .shows(ResponseShape::One(&CATEGORIES))
            .fails(&[$($read,)* $($write,)* INVALID_REQUEST_BODY, MISSING_REQUIRED_FIELD])
            .about("Changes a category."),
            $row(
                "categories",
                delete(
                    concat!($base, "/classes/{class_id}/categories/{category_id}"),
                    concat!($prefix, "categories.delete"),
                    Custom(categories::delete),
                ),
            )
            .fails(&[$($read,)* $($write),*])
            .about("Deletes a category; its assignments stay."),
        ]
    };
}

const ON_GRAPH: [Route; 12] = coursework!(
    graph,
    "/v2/graph",
    "",
    CHANGED_ON_GRAPH,
    [MISSING_TOKEN, INVALID_TOKEN, INVALID_INTEGRATION_STATE, NO_PERMISSION, INVALID_UUID, NOT_FOUND],
    []
);

const MY: [Route; 12] = coursework!(
    my,
    "/v2/my",
    "my.",
    CHANGED,
    [MISSING_TOKEN, INVALID_TOKEN, EXPIRED_TOKEN, INVALID_INTEGRATION_STATE, UNSHARED_TOKEN, INVALID_UUID, NOT_FOUND],
    [NO_PERMISSION]
);

/// Errors that a person's write of a submission can answer.
macro_rules! my_fails {
    ($($more:ident),*) => {
        &[
            MISSING_TOKEN,
            INVALID_TOKEN,
            EXPIRED_TOKEN,
            INVALID_INTEGRATION_STATE,
            UNSHARED_TOKEN,
            INVALID_UUID,
            NOT_FOUND,
            NO_PERMISSION,
            INVALID_REQUEST_BODY,
            $($more),*
        ]
    };
}

const SUBMITTING: [Route; 5] = [
    graph(
        "submissions",
        patch(
            "/v2/graph/classes/{class_id}/assignments/{assignment_id}/submissions/{submission_id}",
            "submissions.update",
            Custom(submissions::update),
        ),
    )
    .takes(submissions::CHANGED_ON_GRAPH)
    .body_schema(openapi::submission)
    .shows(ResponseShape::One(&SUBMISSIONS))
    .fails(&[
        MISSING_TOKEN,
        INVALID_TOKEN,
        INVALID_INTEGRATION_STATE,
        NO_PERMISSION,
        INVALID_UUID,
        NOT_FOUND,
        INVALID_REQUEST_BODY,
        MISSING_REQUIRED_FIELD,
        INVALID_SUBMISSION_TYPE,
    ])
    .about("Grades a submission, by its id or that of its person, or brings it to another state."),
    my(
        "",
        patch(
            "/v2/my/classes/{class_id}/assignments/{assignment_id}/submissions/{submission_id}",
            "my.submissions.update",
            Custom(submissions::update),
        ),
    )
    .takes(submissions::CHANGED)
    .body_schema(openapi::submission)
    .shows(ResponseShape::One(&SUBMISSIONS))
    .fails(my_fails!())
    .about("Grades a submission."),
    my(
        "",
        post(
            "/v2/my/classes/{class_id}/assignments/{assignment_id}/submissions/{submission_id}/return",
            "my.submissions.return",
            Custom(submissions::give_back),
        ),
    )
    .shows(ResponseShape::One(&SUBMISSIONS))
    .fails(my_fails!(IDEMPOTENCY_KEY_TOO_LONG))
    .about("Returns a graded submission to its student."),
    my(
        "",
        post(
            "/v2/my/classes/{class_id}/assignments/{assignment_id}/submit",
            "my.submissions.submit",
            Custom(submissions::submit),
        ),
    )
    .takes(submissions::HANDED_IN)
    .body_schema(openapi::handed_in)
    .shows(ResponseShape::One(&SUBMISSIONS))
    .fails(my_fails!(MISSING_REQUIRED_FIELD, INVALID_SUBMISSION_TYPE, IDEMPOTENCY_KEY_TOO_LONG))
    .about("Submits an attempt at an assignment."),
    my(
        "",
        post(
            "/v2/my/classes/{class_id}/assignments/{assignment_id}/reclaim",
            "my.submissions.reclaim",
            Custom(submissions::reclaim),
        ),
    )
    .shows(ResponseShape::One(&SUBMISSIONS))
    .fails(my_fails!(IDEMPOTENCY_KEY_TOO_LONG))
    .about("Takes a submission back to work on it."),
];

const TABLES: [&[Route]; 3] = [&ON_GRAPH, &MY, &SUBMITTING];

/// The rows.
pub(crate) const ROUTES: &[Route] = &joined::<{ length(&TABLES) }>(&TABLES);
