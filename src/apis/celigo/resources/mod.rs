//! The kinds of records of an account, with the rules of their fields.

mod account;
mod adaptors;
pub mod flows;
pub mod integrations;

pub use account::{ACCESS, ASHARES, AUDIT, CONNECTORS};
pub use adaptors::{CONNECTIONS, EXPORTS, IMPORTS, SCRIPTS};
pub use flows::{ERRORS, FLOWS, JOBS};
pub use integrations::{INTEGRATIONS, REVISIONS};
