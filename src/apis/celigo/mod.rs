//! Celigo integrator.io, as its *Integrations API Reference* and *Integration* documents say.
//!
//! The tables are in [`routes`]. How the API speaks stands in [`dialect`]: [`access`] says who asks, [`filters`],
//! [`paging`] and [`lists`] what a list shows, [`words`] how errors read. The kinds of records are in [`resources`], what belongs to what in [`contents`],
//! and what goes with what in [`cascade`]. The other files hold one subject each. `NOTES.md` beside this file tells
//! what is assumed and what is not modelled.

mod access;
mod ashares;
mod audit;
mod cascade;
mod clone;
mod connection_registrations;
mod connector;
mod dependencies;
mod dialect;
mod error_summary;
mod errors;
mod filters;
mod generator;
mod jobs;
mod lists;
mod membership;
mod openapi;
mod paging;
mod patch;
pub mod resources;
mod revisions;
mod routes;
mod secrets;
mod step_errors;
mod template;
#[cfg(test)]
mod tests;
mod token;

use resources::{
    ASHARES, AUDIT, CONNECTIONS, CONNECTORS, ERRORS, EXPORTS, FLOWS, IMPORTS, INTEGRATIONS, JOBS, REVISIONS, SCRIPTS,
};

use crate::engine::api::api::Api;
use crate::engine::state::hooks::Resource;

/// Celigo integrator.io.
pub static API: Api = Api {
    name: "celigo",
    title: "Celigo integrator.io",
    base: "/v1",
    hosts: &["api.integrator.io", "api.eu.integrator.io", ".integrator.io"],
    other_bases: &[],
    routes: &routes::ROUTES,
    resources: &[
        Resource::new(&INTEGRATIONS)
            .before_write(resources::integrations::prepared)
            .guard(resources::integrations::guard)
            .after_remove(cascade::integration_removed)
            .audit(audit::note)
            .scope(access::itself)
            .generator(generator::integration),
        Resource::new(&FLOWS)
            .after_change(resources::flows::changed)
            .scope(access::in_integration)
            .generator(generator::flow)
            .after_generate(generator::register),
        Resource::new(&EXPORTS).guard(cascade::export_guard).scope(access::in_flows).generator(generator::export),
        Resource::new(&IMPORTS).guard(cascade::import_guard).scope(access::in_flows).generator(generator::import),
        Resource::new(&CONNECTIONS)
            .before_write(secrets::kept)
            .guard(cascade::connection_guard)
            .after_change(cascade::connection_changed)
            .scope(access::registered)
            .generator(generator::connection),
        Resource::new(&SCRIPTS).generator(generator::script),
        Resource::new(&CONNECTORS).guard(cascade::connector_guard).generator(generator::connector),
        Resource::new(&ASHARES).scope(access::shared).generator(generator::share),
        Resource::new(&AUDIT).scope(access::told_of).generator(generator::entry),
        Resource::new(&ERRORS).scope(access::as_flow).generator(generator::error),
        Resource::new(&JOBS).timer(jobs::go_on).scope(access::in_integration).generator(generator::job),
        Resource::new(&REVISIONS).scope(access::in_integration).generator(generator::revision),
    ],
    errors: errors::ERRORS,
    common_errors: &[errors::RATE_LIMITED],
    dialect: &dialect::Celigo,
    webhook: None,
};
