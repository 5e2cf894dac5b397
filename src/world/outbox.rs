//! The outbox of a world: the webhooks that a fake service sends, their tries, and the time of the next. It is plain
//! data; only the server opens a socket.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::engine::schema::time::format_ms;
use crate::world::courier_duty::{CourierState, Duty};

/// The most tries of one delivery.
pub(crate) const MOST_TRIES: usize = 10;

/// The most deliveries that are kept; the oldest finished ones are dropped first.
pub(crate) const MOST_DELIVERIES: usize = 1_000;

/// Milliseconds between the first try and the second; each further wait is twice as long.
const FIRST_WAIT_MS: u64 = 1_000;

/// The deliveries of a world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outbox {
    deliveries: Vec<WebhookDelivery>,
    last_number: u64,
    courier: CourierState,
}

/// A webhook that is sent until its receiver takes it.
#[derive(Clone, Debug)]
struct WebhookDelivery {
    number: u64,
    to: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    most_tries: usize,
    tries: Vec<Try>,
    next_ms: Option<u64>,
    is_on_its_way: bool,
}

/// The result of one try.
#[derive(Clone, Debug)]
struct Try {
    at_ms: u64,
    result: Result<u16, String>,
}

/// A webhook as the courier sends it.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    /// The delivery.
    pub number: u64,
    /// The address.
    pub to: String,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Outbox {
    /// Adds a webhook to be sent at once. Returns its number; `None` when too many are pending.
    pub(crate) fn add(
        &mut self,
        to: String,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
        most_tries: usize,
        now_ms: u64,
    ) -> Option<u64> {
        if self.deliveries.len() >= MOST_DELIVERIES {
            let over = self.deliveries.iter().position(|delivery| delivery.next_ms.is_none())?;
            self.deliveries.remove(over);
        }
        self.last_number += 1;
        let (number, next_ms) = (self.last_number, Some(now_ms));
        let tries = Vec::new();
        let delivery = WebhookDelivery { number, to, headers, body, most_tries, tries, next_ms, is_on_its_way: false };
        self.deliveries.push(delivery);
        Some(number)
    }

    /// Returns the webhook that is due first, if one is due to a receiver to whom none is on its way.
    pub(crate) fn take_due(&mut self, now_ms: u64) -> Option<Parcel> {
        let on_their_way = self.deliveries.iter().filter(|delivery| delivery.is_on_its_way);
        let busy: HashSet<String> = on_their_way.map(|delivery| delivery.receiver().to_owned()).collect();
        let is_due = |delivery: &&mut WebhookDelivery| {
            delivery.next_ms.is_some_and(|next_ms| next_ms <= now_ms) && !busy.contains(delivery.receiver())
        };
        let due =
            self.deliveries.iter_mut().filter(is_due).min_by_key(|delivery| (delivery.next_ms, delivery.number))?;
        due.is_on_its_way = true;
        let WebhookDelivery { number, to, headers, body, .. } = due.clone();
        Some(Parcel { number, to, headers, body })
    }

    /// Notes the result of a try: a status from 200 to 299 ends the delivery; else the next try follows, each after
    /// twice the wait.
    pub(crate) fn tried(&mut self, number: u64, result: Result<u16, String>, now_ms: u64) {
        let Some(delivery) = self.deliveries.iter_mut().find(|delivery| delivery.number == number) else { return };
        delivery.is_on_its_way = false;
        let is_taken = matches!(result, Ok(200..=299));
        delivery.tries.push(Try { at_ms: now_ms, result });
        let tries = delivery.tries.len();
        let wait_ms = FIRST_WAIT_MS << (tries - 1).min(20);
        delivery.next_ms = (!is_taken && tries < delivery.most_tries).then(|| now_ms.saturating_add(wait_ms));
        if delivery.next_ms.is_none() {
            // It is not sent again.
            (delivery.body, delivery.headers) = (Vec::new(), Vec::new());
        }
    }

    /// Drops all deliveries, and breaks off their tries. Numbers go on, so that the result of a pending one is not noted
    /// for another.
    pub(crate) fn clear(&mut self) {
        self.deliveries.clear();
        self.courier.drop_all();
    }

    /// Ends all sending: the world is gone.
    pub(crate) fn end(&mut self) {
        self.clear();
        self.courier.end();
    }

    /// Tells whether a courier must be sent to a world that got a delivery. One that is there carries it too.
    pub(crate) fn needs_courier(&mut self) -> bool {
        self.courier.send()
    }

    /// Returns the run of the deliveries, which a courier begins with.
    #[cfg_attr(not(feature = "webhooks"), allow(dead_code))]
    pub(crate) fn run(&self) -> u64 {
        self.courier.run()
    }

    /// Returns the duty of the courier, who makes this many tries for deliveries of that run.
    #[cfg_attr(not(feature = "webhooks"), allow(dead_code))]
    pub(crate) fn duty(&mut self, run: u64, at_once: usize, now_ms: u64) -> Duty<Parcel> {
        let mut courier = self.courier;
        let duty = courier.duty(run, at_once, self, |outbox| outbox.take_due(now_ms), Self::is_pending);
        self.courier = courier;
        duty
    }

    /// Returns the bytes of memory that the deliveries take.
    pub(crate) fn bytes(&self) -> usize {
        self.deliveries.iter().map(WebhookDelivery::bytes).sum()
    }

    /// Tells whether a delivery is still to be sent.
    pub(crate) fn is_pending(&self) -> bool {
        self.deliveries.iter().any(|delivery| delivery.is_on_its_way || delivery.next_ms.is_some())
    }

    /// Returns all deliveries with their tries.
    pub(crate) fn to_value(&self) -> Value {
        self.deliveries.iter().map(WebhookDelivery::to_value).collect()
    }

    /// Returns one delivery with its tries.
    pub(crate) fn delivery(&self, number: u64) -> Option<Value> {
        self.deliveries.iter().find(|delivery| delivery.number == number).map(WebhookDelivery::to_value)
    }
}

impl WebhookDelivery {
    /// Returns the host and port of the address.
    fn receiver(&self) -> &str {
        self.to.split('/').nth(2).unwrap_or_default()
    }

    fn bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        size_of::<Self>() + self.to.len() + headers + self.body.len() + self.most_tries * size_of::<Try>()
    }

    fn to_value(&self) -> Value {
        let is_taken = self.tries.last().is_some_and(|last| matches!(last.result, Ok(200..=299)));
        let state = match (is_taken, self.next_ms, self.is_on_its_way) {
            (true, ..) => "delivered",
            (_, None, false) => "failed",
            _ => "pending",
        };
        let tries: Vec<Value> = self.tries.iter().map(Try::to_value).collect();
        let next = self.next_ms.filter(|_| state == "pending").map(format_ms);
        json!({
            "number": self.number,
            "to": self.to,
            "state": state,
            "tries": tries,
            "most_tries": self.most_tries,
            "next_try": next,
        })
    }
}

impl Try {
    fn to_value(&self) -> Value {
        match &self.result {
            Ok(status) => json!({ "at": format_ms(self.at_ms), "status": status }),
            Err(error) => json!({ "at": format_ms(self.at_ms), "error": error }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_is_tried_ten_times_each_wait_twice_as_long() {
        let mut outbox = Outbox::default();
        outbox.add("http://127.0.0.1:1/".to_owned(), Vec::new(), Vec::new(), MOST_TRIES, 0);
        let (mut now_ms, mut tries) = (0, Vec::new());
        while outbox.is_pending() {
            while outbox.take_due(now_ms).is_none() {
                now_ms += 1_000;
            }
            assert!(outbox.take_due(now_ms).is_none(), "what is on its way is not sent twice");
            tries.push(now_ms / 1_000);
            outbox.tried(1, Ok(503), now_ms);
        }
        assert_eq!(tries, [0, 1, 3, 7, 15, 31, 63, 127, 255, 511]);
        assert_eq!(outbox.delivery(1).map(|delivery| delivery["state"].clone()), Some("failed".into()));
    }

    #[test]
    fn a_thousand_deliveries_are_kept_and_finished_ones_go_first() {
        let mut outbox = Outbox::default();
        let add = |outbox: &mut Outbox| outbox.add("http://127.0.0.1:1/".to_owned(), Vec::new(), vec![0; 1_000], 1, 0);
        assert_eq!((0..2 * MOST_DELIVERIES).filter_map(|_| add(&mut outbox)).count(), MOST_DELIVERIES);
        let pending = outbox.bytes();
        outbox.tried(7, Ok(204), 5);
        assert!(outbox.bytes() + 1_000 <= pending, "what is not sent again is not kept");
        assert!(add(&mut outbox).is_some() && outbox.delivery(7).is_none() && add(&mut outbox).is_none());
    }

    #[test]
    fn a_delivery_that_is_taken_is_not_sent_again() {
        let mut outbox = Outbox::default();
        outbox.add("http://127.0.0.1:1/".to_owned(), Vec::new(), Vec::new(), MOST_TRIES, 0);
        outbox.take_due(0);
        outbox.tried(1, Err("refused".to_owned()), 5);
        assert!(outbox.take_due(1_004).is_none());
        assert!(outbox.take_due(1_005).is_some());
        outbox.tried(1, Ok(204), 1_010);
        assert!(!outbox.is_pending());
        assert_eq!(outbox.to_value()[0]["tries"].as_array().map(Vec::len), Some(2));
    }
}
