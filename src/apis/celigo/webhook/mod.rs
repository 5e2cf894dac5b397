//! Webhook listeners: where other systems call in.

mod answer;
mod body;
mod hmac;
mod listener;
mod verify;

pub(super) use listener::receive;
