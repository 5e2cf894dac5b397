//! A notification of answers for tasks, which wait without blocking a thread.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sync::{AtomicUsize, Mutex, Notified, Notify, Ordering};

/// The worlds that are listened to.
type Listened = BTreeMap<Arc<str>, (usize, Arc<Notify>)>;

/// A notification that is sent to the listeners of a world whenever a consumer's request to it was answered. Without
/// listeners, it costs one atomic load.
#[derive(Default)]
pub(crate) struct AnsweredNotify {
    listeners: AtomicUsize,
    /// The worlds that are listened to, with the number of listeners of each.
    worlds: Mutex<Listened>,
}

/// A guard that listens to a world until it is dropped.
pub(crate) struct Listener<'a> {
    answered: &'a AnsweredNotify,
    world: Arc<str>,
    notify: Arc<Notify>,
}

impl AnsweredNotify {
    /// Wakes the listeners of a world after an answer to a consumer. Its name is asked for only where there are
    /// listeners.
    pub(crate) fn notify(&self, world: impl FnOnce() -> Arc<str>) {
        // A task that begins to listen later also looks at the world later, and so sees this answer.
        if self.listeners.load(Ordering::SeqCst) > 0 {
            let world = world();
            let notify = self.worlds.lock().get(&world).map(|(_, notify)| Arc::clone(notify));
            if let Some(notify) = notify {
                notify.notify_waiters();
            }
        }
    }

    /// Wakes the listeners of all worlds, after what may have changed any.
    pub(crate) fn notify_all(&self) {
        let all: Vec<Arc<Notify>> = self.worlds.lock().values().map(|(_, notify)| Arc::clone(notify)).collect();
        all.iter().for_each(|notify| notify.notify_waiters());
    }

    /// Listens to a world from now on.
    pub(crate) fn listen(&self, world: Arc<str>) -> Listener<'_> {
        self.listeners.fetch_add(1, Ordering::SeqCst);
        let mut worlds = self.worlds.lock();
        let (listeners, notify) = worlds.entry(Arc::clone(&world)).or_default();
        *listeners += 1;
        let notify = Arc::clone(notify);
        drop(worlds);
        Listener { answered: self, world, notify }
    }
}

impl Listener<'_> {
    /// Returns the number of listeners of the world.
    pub(crate) fn count(&self) -> usize {
        self.answered.worlds.lock().get(&self.world).map_or(0, |(listeners, _)| *listeners)
    }

    /// Returns a future that ends with the next answer. It misses no answer once it is enabled.
    pub(crate) fn next(&self) -> Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        let mut worlds = self.answered.worlds.lock();
        if let Some((listeners, _)) = worlds.get_mut(&self.world) {
            *listeners -= 1;
            if *listeners == 0 {
                worlds.remove(&self.world);
            }
        }
        drop(worlds);
        self.answered.listeners.fetch_sub(1, Ordering::SeqCst);
    }
}
