//! Bounds that requests and worlds share.

use std::sync::Arc;

use shuttle::thread;

use super::budget::Budget;
use super::ceiling::Ceiling;
use super::in_each_order;
use crate::engine::store::{Charge, Total};
use crate::sync::{AtomicUsize, Mutex, Ordering};

#[test]
fn what_is_given_back_can_be_held_again() {
    shuttle::check_random(
        || {
            let budget = Budget::new(100);
            let (mut one, mut other) = (budget.charge(), budget.charge());
            assert!(one.set(60) && !other.set(41) && other.set(40));
            drop(one);
            assert!(other.set(100) && !other.set(101) && budget.most() == 100);
        },
        1,
    );
}

#[test]
fn bodies_on_their_way_never_hold_more_than_their_budget() {
    in_each_order(|| {
        let (budget, held) = (Arc::new(Budget::new(10)), Arc::new(AtomicUsize::new(0)));
        let bodies: Vec<_> = [[4, 7], [6, 6], [1, 9]]
            .into_iter()
            .map(|sizes| {
                let (budget, held) = (Arc::clone(&budget), Arc::clone(&held));
                thread::spawn(move || {
                    let (mut charge, mut own) = (budget.charge(), 0);
                    for size in sizes {
                        // A body that does not fit is refused.
                        if !charge.set(size) {
                            break;
                        }
                        let all = held.fetch_add(size - own, Ordering::SeqCst) + size - own;
                        own = size;
                        assert!(all <= 10, "{all} bytes are held");
                    }
                    held.fetch_sub(own, Ordering::SeqCst);
                })
            })
            .collect();
        bodies.into_iter().for_each(|body| body.join().unwrap());
        assert!(budget.charge().set(10), "each gave back what it held");
    });
}

/// A world whose journal charges a total.
struct World {
    bytes: Charge,
}

fn answer(world: &Mutex<World>, bytes: usize, total: &Total) {
    let mut world = world.lock();
    // Far above the limit, a world that writes drops its own oldest at once.
    if total.held() + bytes > total.hard_limit() {
        world.bytes.set(0);
    }
    let held = world.bytes.amount() + bytes;
    world.bytes.set(held);
}

#[test]
fn worlds_together_stay_below_their_ceiling_and_none_waits_for_another() {
    in_each_order(|| {
        let total = Total::new(64);
        let worlds: Vec<_> =
            (0..2).map(|n| (n, Arc::new(Mutex::new(World { bytes: Charge::new(&total, 24) })))).collect();
        let ceiling = Arc::new(Ceiling::over(
            &total,
            |world: &World| world.bytes.amount(),
            |world: &mut World| {
                let half = world.bytes.amount() / 2;
                world.bytes.set(half);
            },
        ));
        let clients: Vec<_> = (0..2)
            .map(|n| {
                let (total, ceiling, worlds) = (Arc::clone(&total), Arc::clone(&ceiling), worlds.clone());
                thread::spawn(move || {
                    answer(&worlds[n].1, 10, &total);
                    if ceiling.is_reached() {
                        ceiling.lower(&worlds);
                    }
                })
            })
            .collect();
        // A world that is deleted gives back what it holds, whoever looks at it meanwhile.
        let gone = Arc::new(Mutex::new(World { bytes: Charge::new(&total, 1) }));
        drop(gone);
        clients.into_iter().for_each(|client| client.join().unwrap());
        let held: usize = worlds.iter().map(|(_, world)| world.lock().bytes.amount()).sum();
        assert_eq!(held, total.held(), "the total is what the worlds hold");
        // A world that was in use was skipped; the next answers, when none is, bring all below the limit.
        for _ in 0..2 {
            answer(&worlds[0].1, 2, &total);
            if ceiling.is_reached() {
                ceiling.lower(&worlds);
            }
        }
        assert!(total.held() <= total.limit(), "{} bytes are held", total.held());
        drop(worlds);
    });
}
