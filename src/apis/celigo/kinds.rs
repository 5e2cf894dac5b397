//! The kinds of records that stand in the paths of their calls.

use crate::apis::celigo::resources::{
    APIS, ASYNC_HELPERS, CONNECTIONS, CONNECTORS, EDI_PROFILES, EXPORTS, FILE_DEFINITIONS, FLOWS, ICLIENTS, IMPORTS,
    INTEGRATIONS, LOOKUP_CACHES, MCP_SERVERS, SCRIPTS, STACKS, TAGS, TEMPLATES, TOOLS,
};
use crate::engine::api::route::Route;
use crate::engine::schema::schema::Schema;

/// A kind of record that stands in the paths of its calls.
pub(super) struct PathKind {
    /// The first word of its paths.
    pub(super) word: &'static str,
    /// The kind.
    pub(super) schema: &'static Schema,
    /// The words of the kinds whose records can name one of it.
    pub(super) named_by: &'static [&'static str],
}

/// The kinds that can name records of most kinds.
const MOST: &[&str] =
    &["integrations", "flows", "exports", "imports", "connections", "scripts", "apis", "tools", "mcpservers"];

const fn kind(word: &'static str, schema: &'static Schema, named_by: &'static [&'static str]) -> PathKind {
    PathKind { word, schema, named_by }
}

/// All kinds that stand in paths.
pub(super) const KINDS: &[PathKind] = &[
    kind("integrations", &INTEGRATIONS, &["flows", "exports", "imports", "connections", "apis", "tools", "mcpservers"]),
    kind("flows", &FLOWS, &["flows"]),
    kind("exports", &EXPORTS, &["flows"]),
    kind("imports", &IMPORTS, &["flows"]),
    kind("connections", &CONNECTIONS, &["exports", "imports", "integrations"]),
    kind("scripts", &SCRIPTS, MOST),
    kind("apis", &APIS, MOST),
    kind("tools", &TOOLS, MOST),
    kind("mcpservers", &MCP_SERVERS, MOST),
    kind("stacks", &STACKS, MOST),
    kind("iclients", &ICLIENTS, MOST),
    kind("lookupcaches", &LOOKUP_CACHES, MOST),
    kind("filedefinitions", &FILE_DEFINITIONS, MOST),
    kind("ediprofiles", &EDI_PROFILES, MOST),
    kind("connectors", &CONNECTORS, MOST),
    kind("templates", &TEMPLATES, MOST),
    kind("asynchelpers", &ASYNC_HELPERS, MOST),
    kind("tags", &TAGS, MOST),
];

/// Returns the kind of record that a route's path begins with.
///
/// # Panics
///
/// Panics if it begins with none.
pub(super) fn of_path(route: &Route) -> &'static PathKind {
    let word = route.path.split('/').nth(1).unwrap_or_default();
    let kind = KINDS.iter().find(|kind| kind.word == word);
    kind.unwrap_or_else(|| panic!("{} is about no kind of record", route.path))
}
