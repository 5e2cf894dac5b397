//! The kinds of records that stand in the paths of their calls.

use crate::apis::celigo::resources::{
    APIS, ASYNC_HELPERS, CONNECTIONS, CONNECTORS, EDI_PROFILES, EXPORTS, FILE_DEFINITIONS, FLOWS, ICLIENTS, IMPORTS,
    INTEGRATIONS, LOOKUP_CACHES, MCP_SERVERS, SCRIPTS, STACKS, TAGS, TEMPLATES, TOOLS,
};
use crate::engine::api::route::Route;
use crate::engine::schema::schema::Schema;

/// The kinds, by the first words of their paths.
pub(super) const KINDS: &[(&str, &Schema)] = &[
    ("integrations", &INTEGRATIONS),
    ("flows", &FLOWS),
    ("exports", &EXPORTS),
    ("imports", &IMPORTS),
    ("connections", &CONNECTIONS),
    ("scripts", &SCRIPTS),
    ("apis", &APIS),
    ("tools", &TOOLS),
    ("mcpservers", &MCP_SERVERS),
    ("stacks", &STACKS),
    ("iclients", &ICLIENTS),
    ("lookupcaches", &LOOKUP_CACHES),
    ("filedefinitions", &FILE_DEFINITIONS),
    ("ediprofiles", &EDI_PROFILES),
    ("connectors", &CONNECTORS),
    ("templates", &TEMPLATES),
    ("asynchelpers", &ASYNC_HELPERS),
    ("tags", &TAGS),
];

/// Returns the kind of record that a route's path begins with.
///
/// # Panics
///
/// When it begins with none.
pub(super) fn of_path(route: &Route) -> &'static Schema {
    let word = route.path.split('/').nth(1).unwrap_or_default();
    let kind = KINDS.iter().find(|(known, _)| *known == word);
    kind.unwrap_or_else(|| panic!("{} is about no kind of record", route.path)).1
}
