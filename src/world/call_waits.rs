//! Waits for calls of a world. A call costs the waits for its operation one look each, and wakes those alone that it
//! ends.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::sync::{Condvar, Mutex};

/// The most waits of a world at a time.
pub(crate) const MOST_WAITS: usize = 1_024;

/// Returns the refusal of a further wait: its code, its sentence and a hint.
pub(crate) fn many_waits() -> (&'static str, String, &'static str) {
    let message = format!("{MOST_WAITS} requests wait for calls of this world, which takes no more.");
    ("too_many_waits", message, "Wait for several calls in one request, by `on` and `times`.")
}

/// A wait until some calls were answered. As a future, it ends with the last of them, or with its world.
#[derive(Debug)]
pub(crate) struct CallWait<W>(Arc<Waited<W>>);

#[derive(Debug)]
struct Waited<W> {
    wanted: W,
    times: u64,
    state: Mutex<Progress>,
    told: Condvar,
}

#[derive(Debug, Default)]
struct Progress {
    called: u64,
    is_over: bool,
    waker: Option<Waker>,
}

/// The state of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// All calls came: their number.
    Called(u64),
    /// This number of calls came so far.
    Missing(u64),
    /// The world is gone.
    Gone,
}

/// The waits for calls of a world. Dropping it ends them.
#[derive(Debug)]
pub(crate) struct CallWaits<W> {
    /// The waits of each operation, in which those that were given up stay for a while.
    by_operation: BTreeMap<&'static str, Vec<Weak<Waited<W>>>>,
    all: Vec<Weak<Waited<W>>>,
    /// The number of waits that are left in `by_operation` alone.
    given_up: usize,
    /// True when the world is gone.
    is_over: bool,
}

impl<W> Clone for CallWait<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W> CallWait<W> {
    /// Returns the calls that it waits for.
    pub(crate) fn wanted(&self) -> &W {
        &self.0.wanted
    }

    /// Returns its state.
    pub(crate) fn awaited(&self) -> Awaited {
        let state = self.0.state.lock();
        match state.called {
            called if called >= self.0.times => Awaited::Called(called),
            _ if state.is_over => Awaited::Gone,
            called => Awaited::Missing(called),
        }
    }

    /// Blocks until it ends, for at most `most`; returns its state.
    pub(crate) fn block(&self, most: Duration) -> Awaited {
        let mut state = self.0.state.lock();
        self.0.told.wait_while_for(&mut state, |state| self.0.lasts(state), most);
        drop(state);
        self.awaited()
    }
}

impl<W> Waited<W> {
    fn lasts(&self, state: &Progress) -> bool {
        state.called < self.times && !state.is_over
    }

    /// Changes the state, and wakes the waiter if that ends the wait. Tells whether it lasts.
    fn change(&self, change: impl FnOnce(&mut Progress)) -> bool {
        let mut state = self.state.lock();
        let lasted = self.lasts(&state);
        if lasted {
            change(&mut state);
        }
        let lasts = self.lasts(&state);
        if lasted && !lasts {
            self.told.notify_all();
            if let Some(waker) = state.waker.take() {
                waker.wake();
            }
        }
        lasts
    }
}

impl<W> Future for CallWait<W> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.state.lock();
        if !self.0.lasts(&state) {
            return Poll::Ready(());
        }
        state.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl<W> Default for CallWaits<W> {
    fn default() -> Self {
        Self { by_operation: BTreeMap::new(), all: Vec::new(), given_up: 0, is_over: false }
    }
}

impl<W> CallWaits<W> {
    /// Tells whether a call needs to be counted.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_operation.is_empty()
    }

    /// Begins a wait for `times` calls of these operations, of which `called` came before. Returns nothing if the world
    /// has as many waits as it may.
    pub(crate) fn begin(
        &mut self,
        wanted: W,
        times: u64,
        called: u64,
        operations: impl Iterator<Item = &'static str>,
    ) -> Option<CallWait<W>> {
        let state = Mutex::new(Progress { called, is_over: self.is_over, waker: None });
        let wait = Arc::new(Waited { wanted, times, state, told: Condvar::default() });
        if called >= times {
            return Some(CallWait(wait));
        }
        self.forget_given_up();
        if self.all.len() >= MOST_WAITS {
            return None;
        }
        for operation in operations {
            self.by_operation.entry(operation).or_default().push(Arc::downgrade(&wait));
        }
        self.all.push(Arc::downgrade(&wait));
        Some(CallWait(wait))
    }

    /// Forgets waits that were given up. The operations are looked through once for many of them.
    fn forget_given_up(&mut self) {
        let before = self.all.len();
        self.all.retain(|wait| wait.strong_count() > 0);
        self.given_up += before - self.all.len();
        if self.given_up > self.all.len() {
            self.given_up = 0;
            self.by_operation.retain(|_, waits| {
                waits.retain(|wait| wait.strong_count() > 0);
                !waits.is_empty()
            });
        }
    }

    /// Counts a call of an operation for each wait that it matches.
    pub(crate) fn count(&mut self, operation: &'static str, matches: impl Fn(&W) -> bool) {
        let Some(waits) = self.by_operation.get_mut(operation) else { return };
        waits.retain(|wait| {
            let Some(wait) = wait.upgrade() else { return false };
            !matches(&wait.wanted) || wait.change(|state| state.called += 1)
        });
        if waits.is_empty() {
            self.by_operation.remove(operation);
        }
    }

    /// Counts from 0 again: the journal began anew.
    pub(crate) fn restart(&mut self) {
        self.change_each(|state| state.called = 0);
    }

    /// Ends all waits, and those that begin later: the world is gone.
    pub(crate) fn end(&mut self) {
        self.is_over = true;
        self.change_each(|state| state.is_over = true);
    }

    fn change_each(&self, change: impl Fn(&mut Progress)) {
        for wait in self.all.iter().filter_map(Weak::upgrade) {
            wait.change(&change);
        }
    }
}

impl<W> Drop for CallWaits<W> {
    fn drop(&mut self) {
        self.end();
    }
}
