//! Celigo integrator.io, as its *Integrations API Reference* and *Integration* documents say.
//!
//! The tables are in [`routes`]. [`dialect`] is how the API speaks: [`access`] finds the caller, [`filters`],
//! [`paging`] and [`lists`] make lists, [`errors`] renders problems. The kinds of records are in [`resources`], the
//! records of an integration in [`membership`], and removals in [`cascade`]. The other files hold one subject each.
//! `NOTES.md` beside this file tells what is assumed and what is not modelled.

mod access;
mod access_tokens;
mod ashares;
mod audit;
mod cascade;
mod clone;
mod connection_registrations;
mod connections;
mod connector;
mod copies;
mod dependencies;
mod dialect;
mod ediprofiles;
mod error_summary;
mod errors;
mod filters;
mod flows;
mod generator;
mod guards;
mod invocations;
mod jobs;
mod json_patch;
mod kinds;
mod licenses;
mod lists;
mod lookup_caches;
mod membership;
mod mock_data;
mod openapi;
mod paging;
mod patch;
mod path_tree;
mod recycle_bin;
pub(crate) mod resources;
mod retries;
mod retry_data;
mod revisions;
mod routes;
mod runs;
mod secrets;
mod state;
mod step_errors;
mod template;
#[cfg(feature = "archive")]
mod template_archive;
#[cfg(test)]
mod tests;
mod token;
mod users;
mod webhook;
mod wording;

use crate::engine::api::api::Api;
use crate::engine::state::hooks::Resource;
use resources::{
    ACCESS_TOKENS, APIS, ASHARES, ASYNC_HELPERS, AUDIT, CACHE_ENTRIES, CONNECTIONS, CONNECTORS, DELIVERIES,
    EDI_PROFILES, EDI_TRANSACTIONS, ERRORS, EXPORTS, FILE_DEFINITIONS, FLOWS, ICLIENTS, IMPORTS, INTEGRATIONS, JOBS,
    LICENSES, LOOKUP_CACHES, MCP_SERVERS, NOTIFICATIONS, RECYCLE_BIN, REVISIONS, SCRIPTS, STACKS, STATE, TAGS,
    TEMPLATES, TOOLS,
};

/// Celigo integrator.io.
pub(crate) static API: Api = Api::new("celigo", "Celigo integrator.io", "/v1", &dialect::Celigo)
    .hosts(&["api.integrator.io", "api.eu.integrator.io", ".integrator.io"])
    .other_bases(&["/apis"])
    .routes(&routes::ROUTES)
    .errors(errors::ERRORS, &[errors::RATE_LIMITED])
    .resources(&[
        Resource::new(&INTEGRATIONS)
            .guard(guards::integration)
            .before_write(resources::integrations::prepared)
            .after_remove(cascade::integration_removed)
            .audit(recycle_bin::keep)
            .scope(access::itself)
            .generator(generator::integration),
        Resource::new(&FLOWS)
            .before_write(resources::flows::prepared)
            .guard(guards::flow)
            .after_change(flows::changed)
            .scope(access::in_integration)
            .audit(recycle_bin::keep)
            .generator(generator::flow)
            .after_generate(generator::register),
        Resource::new(&EXPORTS)
            .guard(guards::export)
            .before_write(secrets::listener_completed)
            .scope(access::in_flows)
            .audit(recycle_bin::keep)
            .generator(generator::export),
        Resource::new(&IMPORTS)
            .guard(cascade::import_guard)
            .scope(access::in_flows)
            .audit(recycle_bin::keep)
            .generator(generator::import),
        Resource::new(&CONNECTIONS)
            .before_write(secrets::kept)
            .guard(cascade::connection_guard)
            .after_change(cascade::connection_changed)
            .scope(access::registered)
            .audit(recycle_bin::keep)
            .generator(generator::connection),
        Resource::new(&SCRIPTS).audit(recycle_bin::keep).generator(generator::script),
        Resource::new(&CONNECTORS).guard(cascade::connector_guard).generator(generator::connector),
        Resource::new(&ASHARES).scope(access::shared).generator(generator::share),
        Resource::new(&AUDIT).scope(audit::told_of).generator(generator::entry),
        Resource::new(&ERRORS).scope(access::as_flow).generator(generator::error),
        Resource::new(&JOBS).timer(runs::go_on).scope(access::in_integration).generator(generator::job),
        Resource::new(&REVISIONS).scope(access::in_integration).generator(generator::revision),
        Resource::new(&DELIVERIES).generator(generator::delivery),
        Resource::new(&TAGS).generator(generator::tag),
        Resource::new(&LOOKUP_CACHES)
            .audit(recycle_bin::keep)
            .after_remove(lookup_caches::removed)
            .generator(generator::lookup_cache),
        Resource::new(&CACHE_ENTRIES).generator(generator::cache_entry),
        Resource::new(&STATE).generator(generator::state),
        Resource::new(&STACKS).audit(audit::note).generator(generator::stack),
        Resource::new(&APIS).audit(audit::note).generator(generator::api),
        Resource::new(&ICLIENTS).audit(audit::note).before_write(secrets::kept).generator(generator::iclient),
        Resource::new(&FILE_DEFINITIONS).generator(generator::file_definition),
        Resource::new(&EDI_PROFILES).guard(ediprofiles::guard).generator(generator::edi_profile),
        Resource::new(&EDI_TRANSACTIONS).generator(generator::edi_transaction),
        Resource::new(&TEMPLATES).generator(generator::described),
        Resource::new(&ASYNC_HELPERS).generator(generator::described),
        Resource::new(&TOOLS).generator(generator::described),
        Resource::new(&MCP_SERVERS).generator(generator::described),
        Resource::new(&ACCESS_TOKENS).generator(generator::access_token),
        Resource::new(&LICENSES).before_write(licenses::named).generator(generator::license),
        Resource::new(&NOTIFICATIONS).generator(generator::notification),
        Resource::new(&RECYCLE_BIN).timer(recycle_bin::expire),
    ]);
