//! The courier of a world, beside an administrator who adds deliveries and drops them.

use std::sync::Arc;

use shuttle::thread;

use super::courier_duty::{CourierState, Duty, MOST_AT_ONCE};
use super::{FOREVER, in_each_order};
use crate::sync::{Condvar, Mutex};

/// A delivery: its number, its receiver, and whether it is on its way.
type Delivery = (u64, char, bool);

#[derive(Default)]
struct Outbox {
    courier: CourierState,
    deliveries: Vec<Delivery>,
    last_number: u64,
    /// The tries that receivers see.
    open: Vec<(u64, char)>,
    /// The tries that were begun.
    sent: Vec<u64>,
    /// The couriers at the same time.
    couriers: usize,
}

/// A world, and the notice of each change.
#[derive(Default)]
struct World(Mutex<Outbox>, Condvar);

fn add(world: &Arc<World>, receiver: char) -> Option<thread::JoinHandle<()>> {
    let mut outbox = world.0.lock();
    outbox.last_number += 1;
    let number = outbox.last_number;
    outbox.deliveries.push((number, receiver, false));
    world.1.notify_all();
    outbox.courier.send().then(|| {
        let world = Arc::clone(world);
        thread::spawn(move || carry(&world))
    })
}

#[allow(clippy::ptr_arg)] // `duty` takes what `is_pending` looks at.
fn take_due(deliveries: &mut Vec<Delivery>) -> Option<(u64, char)> {
    let is_busy = |receiver| deliveries.iter().any(|(_, other, on_its_way)| *other == receiver && *on_its_way);
    let due = deliveries.iter().position(|(_, receiver, on_its_way)| !on_its_way && !is_busy(*receiver))?;
    deliveries[due].2 = true;
    Some((deliveries[due].0, deliveries[due].1))
}

/// Does what the library's courier does. A try is a thread: it ends by itself, or is broken off.
fn carry(world: &Arc<World>) {
    let mut tries = Vec::new();
    let mut outbox = world.0.lock();
    outbox.couriers += 1;
    assert_eq!(outbox.couriers, 1, "one courier at a time");
    let mut run = outbox.courier.run();
    loop {
        let at_once = outbox.open.len();
        let mut deliveries = std::mem::take(&mut outbox.deliveries);
        let duty = outbox.courier.duty(run, at_once, &mut deliveries, take_due, |left| !left.is_empty());
        outbox.deliveries = deliveries;
        match duty {
            Duty::Try((number, receiver)) => {
                assert!(outbox.open.iter().all(|(_, other)| *other != receiver), "one try to a receiver at a time");
                outbox.open.push((number, receiver));
                assert!(outbox.open.len() <= MOST_AT_ONCE);
                outbox.sent.push(number);
                let world = Arc::clone(world);
                tries.push(thread::spawn(move || {
                    let mut outbox = world.0.lock();
                    outbox.open.retain(|(open, _)| *open != number);
                    outbox.deliveries.retain(|(known, ..)| *known != number);
                    world.1.notify_all();
                }));
            }
            Duty::BreakOff(next) => {
                run = next;
                outbox.open.clear();
            }
            Duty::Wait => world.1.wait_for(&mut outbox, FOREVER),
            Duty::Leave => break,
        }
    }
    outbox.couriers -= 1;
    outbox.open.clear();
    drop(outbox);
    tries.into_iter().for_each(|one| one.join().unwrap());
}

#[test]
fn a_courier_carries_each_delivery_that_a_reset_does_not_drop() {
    in_each_order(|| {
        let world = Arc::new(World::default());
        let other = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                let mut outbox = world.0.lock();
                outbox.deliveries.clear();
                outbox.courier.drop_all();
                let kept = outbox.last_number + 1;
                drop(outbox);
                let courier = add(&world, 'a');
                (courier, kept)
            })
        };
        let mut couriers = vec![add(&world, 'a'), add(&world, 'b')];
        let (courier, kept) = other.join().unwrap();
        couriers.push(courier);
        couriers.into_iter().flatten().for_each(|courier| courier.join().unwrap());
        let outbox = world.0.lock();
        assert!(outbox.deliveries.is_empty() && outbox.couriers == 0);
        assert!((kept..=outbox.last_number).all(|number| outbox.sent.contains(&number)), "{:?}", outbox.sent);
    });
}

#[test]
fn a_world_that_is_deleted_sends_nothing_more() {
    in_each_order(|| {
        let world = Arc::new(World::default());
        let deleted = {
            let world = Arc::clone(&world);
            thread::spawn(move || {
                let mut outbox = world.0.lock();
                outbox.courier.drop_all();
                outbox.courier.end();
                world.1.notify_all();
                outbox.sent.len()
            })
        };
        let couriers = [add(&world, 'a'), add(&world, 'a')];
        let sent = deleted.join().unwrap();
        couriers.into_iter().flatten().for_each(|courier| courier.join().unwrap());
        assert_eq!(world.0.lock().sent.len(), sent);
    });
}
