//! Hooks of an assignment: the consequences of a change, and its timer.

use crate::apis::edlink::coursework::phantoms;
use crate::apis::edlink::coursework::resources::ASSIGNMENTS;
use crate::apis::edlink::coursework::states::settle;
use crate::apis::edlink::graph::changed;
use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;
use crate::engine::state::hooks::Change;
use crate::engine::store::Record;

/// Does what follows from a change of an assignment.
pub(crate) fn assignment_changed(state: &mut State, change: Change<'_>, by: Actor) -> Result<(), Problem> {
    changed(&ASSIGNMENTS, state, change, by)?;
    phantoms::follow(state, change, by)
}

/// Moves an assignment to the state that its times give it now, across all states since the last look: every change
/// brings it there, so that the date is all that is written here.
pub(crate) fn moved(state: &mut State, assignment: &Record) -> Result<(), Problem> {
    let since = settle(&mut assignment.fields().clone(), state.clock.now_ms()).map(format_ms);
    let mut patch = Document::new();
    // An assignment may be made after its end.
    patch.insert("updated_date", since.as_deref().max(assignment.text("updated_date")).into());
    state.patch(&ASSIGNMENTS, assignment, &patch, Actor::Service).map(|_| ())
}
