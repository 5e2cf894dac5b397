//! The webhooks that a fake service sends its customers: signed on demand, and posted to the test's own address.

use std::net::IpAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::control::error::Error;
use crate::control::request::ControlRequest;
use crate::engine::api::api::{SignedRequest, WebhookOrder};
use crate::http::json_object::json_object;
use crate::world::outbox::{MOST_DELIVERIES, MOST_TRIES};
use crate::world::world::World;

struct Sign {
    kind: String,
    payload: Option<Value>,
    secret: Option<String>,
    t: Option<u64>,
    api: Option<String>,
}

json_object!(read Sign strict { kind = "type", payload: default, secret: default, t: default, api: default });

struct Deliver {
    to: String,
    kind: String,
    payload: Option<Value>,
    secret: Option<String>,
    t: Option<u64>,
    api: Option<String>,
    tries: Option<usize>,
}

json_object!(read Deliver strict {
    to, kind = "type", payload: default, secret: default, t: default, api: default, tries: default,
});

fn invalid(message: impl Into<String>) -> Error {
    Error::new(400, "invalid", message.into())
}

fn signed(request: &ControlRequest<'_>, order: &WebhookOrder, api: Option<&str>) -> Result<SignedRequest, Error> {
    let apis = request.registry.router().apis();
    let mut senders = apis.iter().filter_map(|api| Some((api.name, api.webhook?)));
    let sender = senders.clone().find(|(name, _)| api.is_none_or(|api| api == *name));
    let Some((_, sign)) = sender else {
        let names: Vec<&str> = senders.by_ref().map(|(name, _)| name).collect();
        let message = match api {
            Some(api) => format!("no API {api:?} sends webhooks here"),
            None => "no API that is served sends webhooks".to_owned(),
        };
        let hint =
            if names.is_empty() { "Serve one that does.".to_owned() } else { format!("{} does.", names.join(", ")) };
        return Err(invalid(message).hint(hint));
    };
    let world = request.world.lock();
    sign(&world.state, order).map_err(|problem| invalid(problem.plain()))
}

/// Handles `POST /webhooks`: the headers and the body of a webhook, ready to be posted.
pub(super) fn sign(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let Sign { kind, payload, secret, t, api } = request.object()?;
    let signed = signed(request, &WebhookOrder { kind, payload, secret, at_s: t }, api.as_deref())?;
    let headers: serde_json::Map<String, Value> =
        signed.headers.into_iter().map(|(name, value)| (name, value.into())).collect();
    Ok(json!({ "headers": headers, "body": String::from_utf8_lossy(&signed.body) }))
}

/// Handles `POST /deliver`: signs a webhook like [`sign`], and posts it until the receiver takes it.
pub(super) fn deliver(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let Deliver { to, kind, payload, secret, t, api, tries } = request.object()?;
    let send_courier = request.supplies.send_courier.as_ref().ok_or_else(|| {
        let message = "this build of standin leaves out the sending of webhooks";
        Error::new(501, "left_out", message).hint("Build it with its cargo feature `webhooks`.")
    })?;
    check_address(&to, request.supplies.allows_outbound)?;
    let tries = tries.unwrap_or(MOST_TRIES);
    if !(1..=MOST_TRIES).contains(&tries) {
        return Err(invalid(format!("tries must be from 1 to {MOST_TRIES}")));
    }
    let signed = signed(request, &WebhookOrder { kind, payload, secret, at_s: t }, api.as_deref())?;
    let mut world = request.world.lock();
    let now_ms = world.state.clock.now_ms();
    let number = world
        .outbox
        .add(to, signed.headers, signed.body, tries, now_ms)
        .ok_or_else(|| Error::new(409, "too_many", format!("{MOST_DELIVERIES} deliveries are under way")))?;
    let needs_courier = world.outbox.needs_courier();
    let shown = world.outbox.delivery(number).map(|delivery| shown(&world, delivery));
    drop(world);
    if needs_courier {
        send_courier(Arc::clone(&request.world));
    }
    Ok(shown.unwrap_or_default())
}

/// Handles `GET /deliveries`: the deliveries, with their tries.
pub(super) fn deliveries(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let world = request.world.lock();
    Ok(match world.outbox.to_value() {
        Value::Array(all) => all.into_iter().map(|delivery| shown(&world, delivery)).collect(),
        other => other,
    })
}

/// Returns a delivery without credentials: its address may hold one.
fn shown(world: &World, mut delivery: Value) -> Value {
    if let Some(to) = delivery["to"].as_str() {
        delivery["to"] = world.state.redactor().target(to).into();
    }
    delivery
}

/// Handles `GET /deliveries/{n}`.
pub(super) fn delivery(request: &ControlRequest<'_>) -> Result<Value, Error> {
    let text = request.params.first().map(AsRef::as_ref).unwrap_or_default();
    let number: u64 = text.parse().map_err(|_| invalid(format!("{text} is not a number")))?;
    let world = request.world.lock();
    let found = world.outbox.delivery(number).map(|delivery| shown(&world, delivery));
    found.ok_or_else(|| Error::new(404, "no_such_delivery", format!("there is no delivery {number}")))
}

/// Rejects an address that is not one of this machine, unless others are allowed.
fn check_address(to: &str, allows_outbound: bool) -> Result<(), Error> {
    let uri: http::Uri = to.parse().map_err(|error| invalid(format!("{to} is not an address: {error}")))?;
    if uri.scheme_str() != Some("http") {
        return Err(invalid(format!("{to} is not an http:// address")).hint("Only plain HTTP is sent."));
    }
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        let refusal = invalid("the address names a user, and a webhook is posted without credentials");
        return Err(refusal.hint("Leave out what stands before the @."));
    }
    let host = uri.host().unwrap_or_default();
    let port = uri.authority().and_then(|authority| authority.as_str().strip_prefix(host)?.strip_prefix(':'));
    if let Some(port) = port.filter(|port| port.parse::<u16>().is_err()) {
        return Err(invalid(format!("{port} in {to} is no port")).hint("A port is a number up to 65535."));
    }
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    let is_own = host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback());
    if is_own || allows_outbound {
        return Ok(());
    }
    let refusal = Error::new(403, "outbound", format!("{to} is not an address of this machine"));
    Err(refusal.hint("Start the server with the setting allow-outbound to send to others."))
}
