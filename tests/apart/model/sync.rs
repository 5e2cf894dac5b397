//! Locks, waits and counts whose threads a scheduler orders. A wait has no time limit here: one that no thread ends is found.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

pub use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[derive(Debug, Default)]
pub struct Mutex<T>(shuttle::sync::Mutex<T>);

/// A held lock; `None` while its holder waits.
pub struct MutexGuard<'a, T>(Option<shuttle::sync::MutexGuard<'a, T>>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Self {
        Self(shuttle::sync::Mutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard(Some(self.0.lock().expect("no thread panicked")))
    }

    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.0.try_lock().ok().map(|held| MutexGuard(Some(held)))
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_deref().expect("its holder does not wait")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_deref_mut().expect("its holder does not wait")
    }
}

#[derive(Debug, Default)]
pub struct Condvar(shuttle::sync::Condvar);

impl Condvar {
    pub fn wait_for<T>(&self, guard: &mut MutexGuard<'_, T>, _most: Duration) {
        let held = guard.0.take().expect("its holder does not wait");
        guard.0 = Some(self.0.wait(held).expect("no thread panicked"));
    }

    pub fn wait_while_for<T>(&self, guard: &mut MutexGuard<'_, T>, lasts: impl Fn(&mut T) -> bool, most: Duration) {
        while lasts(&mut **guard) {
            self.wait_for(guard, most);
        }
    }

    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// Tells all that wait. Like tokio's, it wakes those too that have only said that they will wait.
#[derive(Default)]
pub struct Notify {
    times: shuttle::sync::Mutex<u64>,
    told: shuttle::sync::Condvar,
}

pub struct Notified<'a> {
    notify: &'a Notify,
    since: u64,
}

impl Notify {
    pub fn notify_waiters(&self) {
        *self.times.lock().unwrap() += 1;
        self.told.notify_all();
    }

    pub fn notified(&self) -> Notified<'_> {
        Notified { notify: self, since: *self.times.lock().unwrap() }
    }
}

impl Notified<'_> {
    pub fn is_told(&self) -> bool {
        *self.notify.times.lock().unwrap() != self.since
    }

    pub fn wait(self) {
        let mut times = self.notify.times.lock().unwrap();
        while *times == self.since {
            times = self.notify.told.wait(times).unwrap();
        }
    }
}
