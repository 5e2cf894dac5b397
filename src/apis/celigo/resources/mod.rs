//! The kinds of records of an account, with the rules of their fields.

mod adaptors;
pub mod audit;
mod collections;
mod connectors;
pub mod flows;
pub mod integrations;
pub mod jobs;
pub mod shares;
mod webhooks;

pub use adaptors::{CONNECTION_TYPES, CONNECTIONS, EXPORTS, IMPORTS, SCRIPTS};
pub use audit::AUDIT;
pub use collections::{
    ACCESS_TOKENS, APIS, ASYNC_HELPERS, CACHE_ENTRIES, EDI_PROFILES, EDI_TRANSACTIONS, FILE_DEFINITIONS, ICLIENTS,
    LICENSES, LOOKUP_CACHES, MCP_SERVERS, NOTIFICATIONS, RECYCLE_BIN, STACKS, STATE, TAGS, TEMPLATES, TOOLS,
};
pub use connectors::CONNECTORS;
pub use flows::{FLOWS, generators, processors};
pub use integrations::{INTEGRATIONS, REVISIONS};
pub use jobs::{ERRORS, JOBS};
pub use shares::{ACCESS, ASHARES};
pub use webhooks::{DELIVERIES, LISTENER};

/// The name among the fields always shown that stands for all of them: entries of such a kind are never cut.
pub const WHOLE: &str = "*";
