//! The duty of a world's courier, of which there is one at a time.

/// The most tries at one time. Each holds a socket.
pub(crate) const MOST_AT_ONCE: usize = 32;

/// The state of a courier, which a reset of its world changes and no replacement of it ends.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CourierState {
    is_sent: bool,
    /// The number of times that all deliveries were dropped.
    run: u64,
    /// True when the world is gone: nothing is sent any more.
    is_over: bool,
}

/// The next thing that a courier does.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Duty<P> {
    /// It sends this.
    Try(P),
    /// It waits, until something is due or a try ends.
    Wait,
    /// It breaks off its tries, whose deliveries were dropped, and goes on in this run.
    BreakOff(u64),
    /// It leaves: nothing is left to be sent, or there is no world.
    Leave,
}

impl CourierState {
    /// Sends a courier for a new delivery; returns false if one is there, or the world is gone.
    pub(crate) fn send(&mut self) -> bool {
        !self.is_over && !std::mem::replace(&mut self.is_sent, true)
    }

    /// Notes that all deliveries were dropped.
    pub(crate) fn drop_all(&mut self) {
        self.run += 1;
    }

    /// Ends all sending: the world is gone.
    pub(crate) fn end(&mut self) {
        self.is_over = true;
    }

    /// Returns the run of the deliveries, which a new courier begins with.
    pub(crate) fn run(&self) -> u64 {
        self.run
    }

    /// Returns the duty of a courier that makes this many tries for deliveries of that run. `take_due` takes what is due
    /// to a receiver to whom nothing is on its way, `is_pending` tells whether something is left.
    pub(crate) fn duty<D, P>(
        &mut self,
        run: u64,
        at_once: usize,
        deliveries: &mut D,
        take_due: impl FnOnce(&mut D) -> Option<P>,
        is_pending: impl FnOnce(&D) -> bool,
    ) -> Duty<P> {
        if self.is_over {
            return Duty::Leave;
        }
        if run != self.run {
            return Duty::BreakOff(self.run);
        }
        let due = if at_once < MOST_AT_ONCE { take_due(deliveries) } else { None };
        match due {
            Some(due) => Duty::Try(due),
            None if is_pending(deliveries) => Duty::Wait,
            None => {
                self.is_sent = false;
                Duty::Leave
            }
        }
    }
}
