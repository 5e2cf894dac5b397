//! The kinds of records of an account, with the rules of their fields.

mod account;
mod adaptors;
mod collections;
pub mod flows;
pub mod integrations;
mod webhooks;

pub use account::{ACCESS, ASHARES, AUDIT, CONNECTORS};
pub use adaptors::{CONNECTIONS, EXPORTS, IMPORTS, SCRIPTS};
pub use collections::{
    ACCESS_TOKENS, APIS, ASYNC_HELPERS, CACHE_ENTRIES, EDI_PROFILES, EDI_TRANSACTIONS, FILE_DEFINITIONS, ICLIENTS,
    LICENSES, LOOKUP_CACHES, MCP_SERVERS, NOTIFICATIONS, RECYCLE_BIN, STACKS, STATE, TAGS, TEMPLATES, TOOLS,
};
pub use flows::{ERRORS, FLOWS, JOBS, generators, processors};
pub use integrations::{INTEGRATIONS, REVISIONS};
pub use webhooks::DELIVERIES;
