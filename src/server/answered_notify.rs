//! A notification of answers for tasks, which wait without blocking a thread.

use crate::sync::{AtomicUsize, Notified, Notify, Ordering};

/// A notification that is sent whenever a consumer's request was answered. Without listeners, it costs one atomic load.
#[derive(Default)]
pub(crate) struct AnsweredNotify {
    listeners: AtomicUsize,
    notify: Notify,
}

/// A guard that listens until it is dropped.
pub(crate) struct Listener<'a>(&'a AnsweredNotify);

impl AnsweredNotify {
    /// Wakes the listeners after an answer to a consumer.
    pub(crate) fn notify(&self) {
        // A task that begins to listen later also looks at the world later, and so sees this answer.
        if self.listeners.load(Ordering::SeqCst) > 0 {
            self.notify.notify_waiters();
        }
    }

    /// Listens from now on.
    pub(crate) fn listen(&self) -> Listener<'_> {
        self.listeners.fetch_add(1, Ordering::SeqCst);
        Listener(self)
    }
}

impl Listener<'_> {
    /// Returns a future that ends with the next answer. It misses no answer once it is enabled.
    pub(crate) fn next(&self) -> Notified<'_> {
        self.0.notify.notified()
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        self.0.listeners.fetch_sub(1, Ordering::SeqCst);
    }
}
