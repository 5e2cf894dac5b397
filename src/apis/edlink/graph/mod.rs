//! The data behind an integration: districts, schools, people and how they belong together.
//!
//! [`table`] names the operations; [`scope`] says what a token sees, [`asked`] and [`filter`] what a v2 request
//! may ask for, [`shape`] and [`replies`] how v2 shows it, [`v1`] how v1 does; [`integrity`] and [`events`] say what
//! follows from a change. [`made_up`] makes districts up.

mod asked;
mod cursors;
mod events;
mod filter;
mod integrity;
mod lists;
pub mod made_up;
mod made_up_rooms;
pub mod permissions;
pub mod replies;
mod resources;
mod scope;
mod shape;
mod shapes_v1;
mod table;
pub mod v1;

pub use asked::Asked;
pub use cursors::CURSORS;
pub use integrity::{changed, integration_changed};
pub use resources::{AGENTS, CLASSES, COURSES, DISTRICTS, ENROLLMENTS, EVENTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS};
pub use scope::{Scope, targets};
pub use shapes_v1::PEOPLE_V1;
pub use table::ROUTES;
