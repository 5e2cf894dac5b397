//! The ways to start a server, or a world without one.

use std::sync::Arc;

use crate::embed::builder::Builder;
use crate::embed::handle::WorldHandle;
use crate::embed::standin::Standin;
use crate::embed::start_error::StartError;

impl Builder {
    /// Starts the server on its own thread.
    ///
    /// # Panics
    ///
    /// Panics with the text of the [`StartError`] when the server cannot start.
    #[track_caller]
    #[must_use]
    pub fn start(self) -> Standin {
        // With a closure, the panic would name the closure's line instead of the caller's.
        match self.try_start() {
            Ok(standin) => standin,
            Err(error) => panic!("standin cannot start: {error}"),
        }
    }

    /// Starts the server on its own thread. The error says why it cannot start: its port, its settings or its records.
    pub fn try_start(self) -> Result<Standin, StartError> {
        Standin::on_a_thread(self.starting()?)
    }

    /// Starts the server as a task on the current tokio runtime, which costs two thirds as much as
    /// [`start`](Self::start).
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime, or with the text of the [`StartError`] when the server cannot start.
    pub async fn spawn(self) -> Standin {
        self.try_spawn().await.unwrap_or_else(|error| panic!("standin cannot start: {error}"))
    }

    /// Starts the server as a task on the current tokio runtime. The error says why it cannot start: its port, its
    /// settings or its records.
    #[allow(clippy::unused_async)] // The caller must be in a runtime; `async` says so.
    pub async fn try_spawn(self) -> Result<Standin, StartError> {
        Standin::as_a_task(self.starting()?)
    }

    /// Makes a world without a server: [`WorldHandle::answer`] answers its requests. Fails for wrong settings or
    /// records.
    pub fn offline(self) -> Result<WorldHandle, StartError> {
        let registry = Arc::new(self.registry()?);
        let world = Arc::clone(registry.default_world());
        Ok(WorldHandle::new(registry, world, None))
    }
}

impl Standin {
    /// Starts both APIs with the embedded records, on a thread of its own and any free port of 127.0.0.1. When a server
    /// has ended, its thread waits for the next one; at most 16 threads do.
    ///
    /// # Panics
    ///
    /// Panics with the text of the [`StartError`] when the server cannot start.
    #[track_caller]
    #[must_use]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Starts both APIs with the embedded records, on a thread of its own and any free port of 127.0.0.1, like
    /// [`start`](Self::start). Fails when the system gives no port or thread.
    pub fn try_start() -> Result<Self, StartError> {
        Self::builder().try_start()
    }

    /// Starts the server as a task on the current tokio runtime, which costs two thirds as much as
    /// [`start`](Self::start).
    ///
    /// The server answers on the threads of that runtime, and ends with it. On a runtime with one thread, which is the
    /// default of `#[tokio::test]`, a *blocking* client or [`WorldHandle::wait_for`] would wait for the very thread
    /// that must answer: use [`start`](Self::start), or call them in `tokio::task::spawn_blocking`. A server that many
    /// tests share, in a `static`, must not end with the runtime of the first of them: use [`start`](Self::start) there
    /// too. A server that has ended with its runtime panics, with that reason, when a test asks for its URL or a world.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime, or with the text of the [`StartError`] when the server cannot start.
    pub async fn spawn() -> Self {
        Self::builder().spawn().await
    }

    /// Returns the settings of a server to start.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Returns the names of all variables that an environment can have. The default records give all of them.
    #[cfg(feature = "cli")]
    pub(crate) fn environment_names() -> Result<Vec<&'static str>, StartError> {
        let full = Self::builder().offline()?;
        let variables = full.registry.environment(&full.world.lock(), "");
        Ok(variables.into_iter().map(|(name, _)| name).collect())
    }
}
