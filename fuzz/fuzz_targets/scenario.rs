//! Any text: it is a scenario, or what is wrong with it is told with its place and remedy. Nothing panics, and what was
//! accepted can be played.
//!
//! `cargo +nightly fuzz run scenario tests/scenario-corpus/accepted scenarios`. The same holds in `cargo test` for the
//! damaged scenarios of `tests/scenarios/scenario_properties.rs`, which need no nightly compiler.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use standin::{Standin, WorldHandle};

static WORLD: LazyLock<WorldHandle> = LazyLock::new(|| Standin::builder().offline().unwrap());

fuzz_target!(|text: &str| {
    match WORLD.load_text("fuzz.json", text) {
        Ok(_) => {
            for target in ["/v1/integrations?limit=2", "/v1/integrations/x", "/api/v1/integrations"] {
                WORLD.answer("GET", target, &[("authorization", "Bearer any")], b"");
            }
            let _ = WORLD.report().to_string();
        }
        Err(error) => assert!(error.diagnostics.iter().all(|diagnostic| diagnostic.place.line > 0 && !diagnostic.help.is_empty())),
    }
});
