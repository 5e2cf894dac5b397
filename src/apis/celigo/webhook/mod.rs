//! Webhook listeners, which other systems call.

mod answer;
mod body;
mod hmac;
mod listener;
mod verify;

pub(super) use listener::receive;
