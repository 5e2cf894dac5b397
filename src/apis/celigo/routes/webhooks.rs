//! Webhook listeners.

use crate::apis::celigo::errors::{
    INVALID_JSON, METHOD_NOT_ALLOWED, NOT_FOUND, TOO_LARGE, UNAUTHORIZED, UNSUPPORTED_MEDIA_TYPE,
};
use crate::apis::celigo::webhook::receive;
use crate::engine::api::route::Action::Custom;
use crate::engine::api::route::ResponseShape::Nothing;
use crate::engine::api::route::{Access, Listed, Route, any};
use crate::http::message::Method;

const WEBHOOKS: &str = "the vendor's help centre, on webhook listeners";
const SENDERS: &str = "public senders of webhooks call it";

const DELIVERED: Listed = Listed { methods: &[Method::Get, Method::Post, Method::Put], headers: &[] };

const fn listener(route: Route) -> Route {
    route.access(Access::Public).answers(204).shows(Nothing).takes_raw().unmetered().lists(&DELIVERED).fails(&[
        METHOD_NOT_ALLOWED,
        NOT_FOUND,
        TOO_LARGE,
        UNAUTHORIZED,
        UNSUPPORTED_MEDIA_TYPE,
        INVALID_JSON,
    ])
}

/// The rows.
pub(super) const ROUTES: &[Route] = &[
    listener(any("/exports/{id}/{token}/data", "exports.receive", Custom(receive)))
        .observed(SENDERS)
        .about("Takes what another system delivers to a listener, and runs its flows. By POST or PUT."),
    listener(any("/exports/{id}/data", "exports.receiveOpen", Custom(receive)))
        .documented(WEBHOOKS)
        .about("Takes what another system delivers to a listener whose address holds no token."),
];
