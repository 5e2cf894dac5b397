//! Answers that are held back until their world releases them.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Waker};

use crate::sync::Mutex;

/// An answer that a fault rule holds back. As a future, it ends when the world releases it: when the world is deleted,
/// reset or restored, or when the rule is removed.
#[derive(Clone, Debug)]
pub(crate) struct Hold(Arc<Held>);

#[derive(Debug)]
struct Held {
    world: Arc<str>,
    number: u64,
    rules: Vec<Arc<str>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    released: bool,
    waiting: Vec<Waker>,
}

impl Hold {
    /// Returns the name of the world that answers.
    pub(crate) fn world(&self) -> &Arc<str> {
        &self.0.world
    }

    /// Returns the number of the call in the world's journal.
    pub(crate) fn number(&self) -> u64 {
        self.0.number
    }

    /// Returns the ids of the fault rules that hold it back.
    pub(crate) fn rules(&self) -> impl Iterator<Item = &str> {
        self.0.rules.iter().map(|rule| &**rule)
    }

    /// Tells whether the world has released the answer.
    pub(crate) fn is_released(&self) -> bool {
        self.0.state.lock().released
    }
}

impl Held {
    fn release(&self) {
        let mut state = self.state.lock();
        state.released = true;
        for waker in state.waiting.drain(..) {
            waker.wake();
        }
    }
}

impl Future for Hold {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.state.lock();
        if state.released {
            return Poll::Ready(());
        }
        if !state.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            state.waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }
}

/// The answers that a world holds back. Dropping it releases them.
#[derive(Debug, Default)]
pub(crate) struct Holds {
    held: Vec<Weak<Held>>,
    /// True when the world is gone: the answer to a request that found the world before is not held back any more.
    is_over: bool,
}

impl Holds {
    /// Holds back the answer to a call, because of these rules.
    pub(crate) fn hold(&mut self, world: &Arc<str>, number: u64, rules: Vec<Arc<str>>) -> Hold {
        self.held.retain(|held| held.strong_count() > 0);
        let state = Mutex::new(State { released: self.is_over, waiting: Vec::new() });
        let held = Arc::new(Held { world: Arc::clone(world), number, rules, state });
        self.held.push(Arc::downgrade(&held));
        Hold(held)
    }

    /// Releases all answers.
    pub(crate) fn release(&mut self) {
        self.held.drain(..).filter_map(|held| held.upgrade()).for_each(|held| held.release());
    }

    /// Releases all answers, and lets none be held back from now on: the world is gone.
    pub(crate) fn end(&mut self) {
        self.is_over = true;
        self.release();
    }

    /// Releases the answers that are held back by a rule which is no longer there.
    pub(crate) fn release_without(&mut self, is_there: impl Fn(&str) -> bool) {
        self.held.retain(|held| {
            let Some(held) = held.upgrade() else { return false };
            let stays = held.rules.iter().all(|rule| is_there(rule));
            if !stays {
                held.release();
            }
            stays
        });
    }
}

impl Drop for Holds {
    fn drop(&mut self) {
        self.release();
    }
}
