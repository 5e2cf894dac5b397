//! The data behind an integration: districts, schools, people and how they belong together.
//!
//! [`table`] names the operations; [`scope`] says what a token sees, [`list_query`] and [`filter`] what a v2 request
//! may ask for, [`shape`] and [`envelope`] how v2 shows it, [`v1`] how v1 does; [`integrity`] and [`events`] say what
//! follows from a change. [`generator`] makes districts up.

pub mod cursors;
pub mod enrollment_generator;
pub mod envelope;
mod events;
mod filter;
mod generated;
pub mod generator;
mod integrity;
pub mod kinds;
mod list_query;
pub mod lists;
mod mine;
mod my_table;
mod operators;
mod own;
pub mod permissions;
mod records;
mod requests;
mod resources;
mod scope;
mod shape;
mod table;
pub mod v1;
mod v1_schema;
mod viewer;

pub use cursors::CURSORS;
pub use integrity::{changed, integration_changed};
pub use list_query::{ListQuery, Warning};
pub use my_table::ROUTES as MY_ROUTES;
pub use records::{LICENSES, MATERIALIZATIONS, PRODUCTS};
pub use resources::{
    AGENTS, CLASSES, COURSES, DEPARTMENTS, DISTRICTS, ENROLLMENTS, EVENTS, PEOPLE, PERIODS, SCHOOLS, SECTIONS,
    SESSIONS, SUBJECTS, complete, forget_event,
};
pub use scope::{is_shared, people_of, targets};
pub use table::ROUTES;
pub use v1_schema::PEOPLE_V1;
pub use viewer::Viewer;
