//! The data behind an integration: districts, schools, people and how they belong together.

mod integrity;
mod resources;

pub use integrity::follow;
pub use resources::{AGENTS, CLASSES, COURSES, DISTRICTS, ENROLLMENTS, EVENTS, PEOPLE, SCHOOLS, SECTIONS, SESSIONS};
