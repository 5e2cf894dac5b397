//! The looks and the memory that waits for calls cost.

use std::cell::Cell;

use allocation_counter::measure;

use crate::world::call_waits::{Awaited, CallWait, CallWaits, MOST_WAITS};

fn begin(waits: &mut CallWaits<u8>, times: u64, operations: &[&'static str]) -> CallWait<u8> {
    waits.begin(1, times, 0, operations.iter().copied()).expect("there is room")
}

#[test]
fn a_call_is_matched_once_by_each_wait_for_its_operation() {
    let (mut waits, looks) = (CallWaits::default(), Cell::new(0));
    let kept: Vec<_> = (0..MOST_WAITS).map(|n| begin(&mut waits, 2, &[["get", "list"][n % 2]])).collect();
    let mut count = |operation, matching| {
        waits.count(operation, |wanted| {
            looks.set(looks.get() + 1);
            *wanted == matching
        });
        looks.take()
    };
    assert_eq!((count("get", 1), count("list", 2), count("delete", 1)), (MOST_WAITS / 2, MOST_WAITS / 2, 0));
    // Those that have all their calls are looked at no more.
    assert_eq!((count("get", 1), count("get", 1)), (MOST_WAITS / 2, 0));
    assert_eq!((kept[0].awaited(), kept[1].awaited()), (Awaited::Called(2), Awaited::Missing(0)));
}

#[test]
fn waits_that_were_given_up_are_forgotten() {
    let mut waits = CallWaits::default();
    let given_up = measure(|| (0..10 * MOST_WAITS).for_each(|_| drop(begin(&mut waits, 1, &["get", "list"]))));
    assert!(given_up.bytes_current < 4_096, "{} bytes are kept", given_up.bytes_current);
    let kept: Vec<_> = (0..MOST_WAITS).map(|_| begin(&mut waits, 1, &["get"])).collect();
    assert!(waits.begin(1, 1, 0, ["get"].into_iter()).is_none(), "no more than {}", kept.len());
    drop(kept);
    let last = begin(&mut waits, 1, &["get"]);
    waits.count("get", |_| true);
    assert_eq!(last.awaited(), Awaited::Called(1));
}
