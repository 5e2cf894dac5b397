//! The kinds of records of an account, with the rules of their fields.

mod adaptors;
pub(crate) mod audit;
mod collections;
mod connectors;
pub(crate) mod flows;
pub(crate) mod integrations;
pub(crate) mod jobs;
pub(crate) mod shares;
mod webhooks;

pub(crate) use adaptors::{CONNECTION_TYPES, CONNECTIONS, EXPORTS, IMPORTS, SCRIPTS};
pub(crate) use audit::AUDIT;
pub(crate) use collections::{
    ACCESS_TOKENS, APIS, ASYNC_HELPERS, CACHE_ENTRIES, EDI_PROFILES, EDI_TRANSACTIONS, FILE_DEFINITIONS, ICLIENTS,
    LICENSES, LOOKUP_CACHES, MCP_SERVERS, NOTIFICATIONS, RECYCLE_BIN, STACKS, STATE, TAGS, TEMPLATES, TOOLS,
};
pub(crate) use connectors::CONNECTORS;
pub(crate) use flows::{FLOWS, generators, processors};
pub(crate) use integrations::{INTEGRATIONS, REVISIONS};
pub(crate) use jobs::{ERRORS, JOBS};
pub(crate) use shares::{ACCESS, ASHARES};
pub(crate) use webhooks::{DELIVERIES, LISTENER};

/// The name that stands for all fields among those that are always shown: lists show records of such a kind whole.
pub(crate) const WHOLE: &str = "*";
