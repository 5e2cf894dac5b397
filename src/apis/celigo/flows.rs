//! The consequences of a change of a flow.

use crate::apis::celigo::{cascade, connection_registrations};
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::state::hooks::Change;

/// Does what follows from a change of a flow.
pub(super) fn changed(state: &mut State, change: Change<'_>, by: Actor) -> Result<(), Problem> {
    match change {
        Change::Removed(flow) => cascade::flow_removed(state, flow, by),
        // Fixtures list the registrations themselves.
        Change::Created(_) if by == Actor::Fixture => Ok(()),
        Change::Created(flow) => connection_registrations::of_flow(state, flow, by),
        Change::Replaced(old, flow) => {
            cascade::steps_removed(state, old, flow);
            connection_registrations::of_flow(state, flow, by)
        }
    }
}
