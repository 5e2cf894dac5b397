//! All targets under libFuzzer; the environment names one: TARGET=patch cargo +nightly fuzz run any --features libfuzzer
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;

thread_local! {
    static TARGET: RefCell<Option<standin_fuzz::Target>> = const { RefCell::new(None) };
}

fuzz_target!(|input: &[u8]| {
    TARGET.with_borrow_mut(|target| {
        let name = std::env::var("TARGET").expect("TARGET names a target");
        target.get_or_insert_with(|| standin_fuzz::target(&name).expect("there is that target")).run(input);
    });
});
