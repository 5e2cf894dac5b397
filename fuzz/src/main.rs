//! All targets under libFuzzer: the variable `TARGET` names one. `fuzz/run` builds it with coverage and runs it.
#![no_main]

use std::cell::RefCell;

use libfuzzer_sys::fuzz_target;
use standin_fuzz::Target;

thread_local! {
    static TARGET: RefCell<Option<Target>> = const { RefCell::new(None) };
}

fn named() -> Target {
    let name = std::env::var("TARGET").unwrap_or_default();
    standin_fuzz::target(&name).unwrap_or_else(|| {
        let known: Vec<&str> = standin_fuzz::names().collect();
        eprintln!("TARGET={name:?} is no target; there are {}", known.join(", "));
        std::process::exit(2)
    })
}

fuzz_target!(|input: &[u8]| {
    TARGET.with_borrow_mut(|target| target.get_or_insert_with(named).run(input));
});
