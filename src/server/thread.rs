//! Threads for servers. A free one waits for the next server: making and ending a thread with its runtime costs more
//! than the rest of a test of a few requests.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc;
use std::thread;

use parking_lot::Mutex;
use tokio::runtime::{Builder, EnterGuard, Handle};
use tokio::sync::oneshot;

use crate::server::task::Task;

/// The most free threads that wait; further ones end.
const KEPT: usize = 16;

static FREE: Mutex<Vec<IdleWorker>> = Mutex::new(Vec::new());

/// A free thread with a runtime of its own.
pub(crate) struct IdleWorker {
    runtime: Handle,
    /// The sender whose drop ends the thread.
    end: oneshot::Sender<Infallible>,
    thread: thread::JoinHandle<()>,
}

/// A thread that serves. It is free again when its task is done.
pub(crate) struct BusyWorker {
    /// The receiver of a worker that is not kept; its channel closes when the task is done. It stands behind a lock
    /// because servers are shared between threads, and receivers are not.
    done: Mutex<mpsc::Receiver<IdleWorker>>,
}

impl IdleWorker {
    /// Returns a free worker, or a new one.
    pub(crate) fn take() -> io::Result<Self> {
        if let Some(free) = FREE.lock().pop() {
            return Ok(free);
        }
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let (end, ended) = oneshot::channel();
        let handle = runtime.handle().clone();
        let run = move || drop(runtime.block_on(ended));
        let thread = thread::Builder::new().name("standin".to_owned()).spawn(run)?;
        Ok(Self { runtime: handle, end, thread })
    }

    /// Enters the worker's runtime.
    pub(crate) fn enter(&self) -> EnterGuard<'_> {
        self.runtime.enter()
    }

    /// Runs a task on the worker.
    pub(crate) fn run(self, task: Task) -> BusyWorker {
        let (doing, done) = mpsc::channel();
        let runtime = self.runtime.clone();
        let whole: Task = Box::pin(async move {
            task.await;
            let mut free = FREE.lock();
            if free.len() < KEPT {
                free.push(self);
            } else {
                drop(free);
                // If no receiver waits for the worker, it ends by itself.
                let _ = doing.send(self);
            }
        });
        drop(runtime.spawn(whole));
        BusyWorker { done: Mutex::new(done) }
    }
}

impl BusyWorker {
    /// Waits until the worker's task is done. Must not be called where a runtime needs the thread.
    pub(crate) fn finish(self) {
        if let Ok(IdleWorker { end, thread, .. }) = self.done.into_inner().recv() {
            drop(end);
            let _ = thread.join();
        }
    }
}
