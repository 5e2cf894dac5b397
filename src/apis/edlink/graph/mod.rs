//! The data behind an integration: districts, schools, people and how they belong together.
//!
//! [`table`] names the operations; [`scope`] says what a token sees, [`list_query`] and [`filter`] what a v2 request
//! may ask for, [`shape`] and [`envelope`] how v2 shows it, [`v1`] how v1 does; [`integrity`] and [`events`] say what
//! follows from a change. [`generator`] makes districts up.

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
