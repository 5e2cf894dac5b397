//! The data behind an integration: districts, schools, people and how they belong together.
//!
//! [`table`] lists the operations; [`scope`] is the part of the data that a token sees; [`list_query`] and [`filter`]
//! read the parameters of v2; [`shape`] and [`envelope`] make the answers of v2, [`v1`] those of v1; [`integrity`] and
//! [`events`] handle the consequences of changes. [`generator`] generates districts.

pub(super) mod cursors;
pub(super) mod enrollment_generator;
pub(super) mod envelope;
mod events;
mod filter;
mod generated;
pub(super) mod generator;
mod integrity;
pub(super) mod kinds;
mod list_query;
pub(super) mod lists;
mod mine;
mod my_table;
mod operators;
mod own;
pub(super) mod permissions;
pub(super) mod reckoned;
mod records;
mod requests;
mod resources;
mod scope;
mod shape;
mod table;
pub(super) mod v1;
mod v1_schema;
mod viewer;

pub(super) use cursors::CURSORS;
pub(super) use filter::json_schema as filter_schema;
pub(super) use integrity::{changed, integration_changed};
pub(super) use list_query::{ListQuery, Warning};
pub(super) use my_table::ROUTES as MY_ROUTES;
pub(super) use records::{LICENSES, MATERIALIZATIONS, PRODUCTS};
pub(super) use resources::{
    AGENTS, CLASSES, COURSES, DEPARTMENTS, DISTRICTS, ENROLLMENTS, EVENTS, PEOPLE, PERIODS, SCHOOLS, SECTIONS,
    SESSIONS, SUBJECTS, complete, forget_event,
};
pub(super) use scope::{is_shared, people_of, targets};
pub(super) use table::ROUTES;
pub(super) use v1_schema::PEOPLE_V1;
pub(super) use viewer::Viewer;
