//! The effect of control requests on worlds.

/// The effect of the requests to a path, unless it is a `GET`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// They change nothing that others wait for.
    Looks,
    /// They may change a world.
    Changes,
    /// They leave something in a world that counts for total-control-bytes.
    Leaves,
}
