//! A panic on demand, in debug builds only, by which tests see the binary's answer to a panic.

use crate::embed::WorldHandle;
use crate::scenario::Rule;

/// The variable that names the operation to fail.
const VARIABLE: &str = "STANDIN_PLUGIN_PANIC_ON";

/// Lets an operation of the default world end in a panic that quotes its request, if the environment asks for it.
pub(super) fn break_on_demand(world: &WorldHandle) {
    let Ok(operation) = std::env::var(VARIABLE) else { return };
    world.fault(Rule::on(operation.as_str()).answer(|request, _| {
        let body = request.body().map(ToString::to_string).unwrap_or_default();
        panic!("cannot read {body} of {:?}", request.token())
    }));
}
