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

/// Celigo integrator.io.
pub static API: Api = Api {
    name: "celigo",
    title: "Celigo integrator.io",
    base: "/v1",
    hosts: &["api.integrator.io", "api.eu.integrator.io", ".integrator.io"],
    other_bases: &[],
    routes: &routes::ROUTES,
    resources: &[
        &INTEGRATIONS,
        &FLOWS,
        &EXPORTS,
        &IMPORTS,
        &CONNECTIONS,
        &SCRIPTS,
        &CONNECTORS,
        &ASHARES,
        &AUDIT,
        &ERRORS,
        &JOBS,
        &REVISIONS,
    ],
    errors: errors::ERRORS,
    common_errors: &[errors::RATE_LIMITED],
    dialect: &dialect::Celigo,
};
