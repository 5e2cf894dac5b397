//! Fakes of further APIs, written in the tables in which the built-in ones are.
//!
//! **Unstable until 1.0**: with the feature `api`, a new minor version may change anything in here.
//!
//! An [`Api`] is a table: its operations are [`Route`]s, its kinds of records [`Resource`]s, each with a [`Schema`], and
//! a [`Dialect`] says how it speaks: who may call, which part of a list is shown, how records and errors are written.
//! Standard actions ([`Action::List`] and the others) need no code; a custom one is a function of a [`Context`].
//! Everything else that standin does — worlds, scenarios, faults, verification, coverage, the `OpenAPI` document, the
//! control API — reads these tables, and knows of no API in particular.
//!
//! The guide *How to fake an API of your own* (`docs/how-to/own-api.md`) goes through `examples/own_api.rs`, a small shop.

pub use crate::engine::api::api::{Api, SignedRequest, Webhook, WebhookOrder};
pub use crate::engine::api::caller::Caller;
pub use crate::engine::api::context::{Body, Context, Keep, Order, Selection};
pub use crate::engine::api::dialect::{CredentialForm, Dialect, NextLinks, RenderedError, RequestContext};
pub use crate::engine::api::openapi::Parameter;
pub use crate::engine::api::route::{
    Access, Action, Handler, Listed, ResponseShape, Route, any, delete, get, patch, post, put,
};
pub use crate::engine::schema::document::Document;
pub use crate::engine::schema::error_def::{ErrorDef, Evidence, Variant};
pub use crate::engine::schema::field::{Constant, DefaultValue, Field, Kind, Owner, field, text};
pub use crate::engine::schema::problem::{FieldFault, FieldFaultKind, Problem};
pub use crate::engine::schema::profile::Profile;
pub use crate::engine::schema::schema::{Actor, IdFormat, Meaning, NestedReference, Schema};
pub use crate::engine::state::State;
pub use crate::engine::state::hooks::{Change, Hooks, PendingChange, Resource};
pub use crate::engine::state::rate_limit::RateLimit;
pub use crate::engine::store::{Between, Collection, Found, Page, Record, Store, Window};
pub use crate::http::message::{Method, Request, Response};
pub use crate::http::target::{Query, Target};
