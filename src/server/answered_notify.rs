//! A notification for tasks, which wait for answers without blocking a thread.

use crate::sync::{AtomicUsize, Notified, Notify, Ordering};

/// A notification sent whenever a consumer's request was answered. Without listeners, it costs one atomic load.
#[derive(Default)]
pub(crate) struct AnsweredNotify {
    listeners: AtomicUsize,
    notify: Notify,
}

/// A listener, until this is dropped.
pub(crate) struct Listener<'a>(&'a AnsweredNotify);

impl AnsweredNotify {
    /// Tells the listeners that a consumer's request was answered.
    pub(crate) fn notify(&self) {
        // A task that begins to listen later looks at the world later, and sees what this answer did.
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
    /// Returns a future that ends with the next answer. Nothing is missed once it is enabled.
    pub(crate) fn next(&self) -> Notified<'_> {
        self.0.notify.notified()
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        self.0.listeners.fetch_sub(1, Ordering::SeqCst);
    }
}
