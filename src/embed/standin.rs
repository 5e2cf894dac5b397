//! A running server.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use crate::control::{Control, Guarded};
use crate::embed::builder::Builder;
use crate::embed::error::StartError;
use crate::embed::handle::WorldHandle;
use crate::engine::Engine;
use crate::server::{Gate, Log, Serving, Stop, bind, serve};

/// A running server. Dropping it ends it.
pub struct Standin {
    address: SocketAddr,
    engine: Arc<Engine>,
    stop: watch::Sender<Stop>,
    gate: watch::Sender<Gate>,
    has_control: bool,
    running: Option<Running>,
}

/// Where the server runs.
enum Running {
    Thread(thread::JoinHandle<()>),
    Task(tokio::task::JoinHandle<()>),
}

/// A server with everything settled but its port.
pub(super) struct Starting {
    pub(super) engine: Arc<Engine>,
    pub(super) address: SocketAddr,
    pub(super) control_token: Option<String>,
    pub(super) without_control: bool,
    pub(super) body_limit_bytes: usize,
    pub(super) log: Option<Log>,
}

/// A server with its port, not yet running.
struct Bound {
    address: SocketAddr,
    listener: TcpListener,
    engine: Arc<Engine>,
    serving: Arc<Serving>,
    gate: watch::Sender<Gate>,
    has_control: bool,
}

impl Starting {
    fn bind(self) -> Result<Bound, StartError> {
        let failed = |error| StartError::Listen { address: self.address, error };
        let listener = bind(self.address).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let guarded = Guarded { address, token: self.control_token };
        let control = (!self.without_control).then(|| Control::new(Arc::clone(&self.engine), guarded));
        let (gate, watched) = watch::channel(Gate::Open);
        let serving = Arc::new(Serving {
            engine: Arc::clone(&self.engine),
            control,
            body_limit_bytes: self.body_limit_bytes,
            gate: watched,
            log: self.log,
            in_flight: AtomicUsize::new(0),
        });
        let has_control = serving.control.is_some();
        Ok(Bound { address, listener, engine: self.engine, serving, gate, has_control })
    }
}

impl Standin {
    /// Starts both APIs with the embedded records, on a thread of its own and any free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// With the text of the [`StartError`], when it cannot start.
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Starts both APIs with the embedded records, on a thread of its own and any free port of 127.0.0.1.
    pub fn try_start() -> Result<Self, StartError> {
        Self::builder().try_start()
    }

    /// Starts as a task on the tokio runtime this is called in: several times cheaper than a thread.
    ///
    /// # Panics
    ///
    /// With the text of the [`StartError`], when it cannot start.
    pub async fn spawn() -> Self {
        Self::builder().spawn().await
    }

    /// A server to be, with its settings.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(super) fn on_a_thread(starting: Starting) -> Result<Self, StartError> {
        let bound = starting.bind()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(|error| StartError::Thread { error })?;
        let (stop, stopped) = watch::channel(Stop::Running);
        let (listener, serving) = (bound.listener, bound.serving);
        let thread = thread::Builder::new()
            .name("standin".to_owned())
            .spawn(move || runtime.block_on(serve(listener, serving, stopped)))
            .map_err(|error| StartError::Thread { error })?;
        let running = Some(Running::Thread(thread));
        Ok(Self {
            address: bound.address,
            engine: bound.engine,
            stop,
            gate: bound.gate,
            has_control: bound.has_control,
            running,
        })
    }

    pub(super) fn as_a_task(starting: Starting) -> Result<Self, StartError> {
        let bound = starting.bind()?;
        let (stop, stopped) = watch::channel(Stop::Running);
        let task = tokio::spawn(serve(bound.listener, bound.serving, stopped));
        let running = Some(Running::Task(task));
        Ok(Self {
            address: bound.address,
            engine: bound.engine,
            stop,
            gate: bound.gate,
            has_control: bound.has_control,
            running,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its origin: `http://127.0.0.1:49213`.
    pub fn url(&self) -> String {
        // Nobody can call "any address"; this machine is one of them.
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// The base URL of Celigo's API, to put where a consumer has `https://api.integrator.io/v1`.
    pub fn celigo_url(&self) -> String {
        format!("{}/v1", self.url())
    }

    /// The base URL of Edlink's API, to put where a consumer has `https://ed.link/api`.
    pub fn edlink_url(&self) -> String {
        format!("{}/api", self.url())
    }

    /// The environment variables that point a consumer at this server, with values that work: `STANDIN_URL`, and for
    /// each API its base URL and credentials.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.engine.environment(&self.engine.default_world().lock(), &self.url())
    }

    /// A token that Celigo's API takes; `None` when it is not served.
    pub fn celigo_token(&self) -> Option<String> {
        self.variable("CELIGO_API_TOKEN")
    }

    /// An application secret key that Edlink's API takes; `None` when it is not served.
    pub fn edlink_application_secret(&self) -> Option<String> {
        self.variable("EDLINK_APPLICATION_SECRET")
    }

    /// The access token of the first active Edlink integration; `None` when there is none.
    pub fn edlink_access_token(&self) -> Option<String> {
        self.variable("EDLINK_ACCESS_TOKEN")
    }

    fn variable(&self, wanted: &str) -> Option<String> {
        self.environment().into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| value)
    }

    /// The names of the APIs it serves.
    pub fn apis(&self) -> Vec<&'static str> {
        self.engine.router().apis().iter().map(|api| api.name).collect()
    }

    /// Where its control API is, if it has one.
    pub fn control_url(&self) -> Option<String> {
        self.has_control.then(|| format!("{}{}", self.url(), Control::PREFIX))
    }

    /// The default world.
    pub fn world(&self) -> WorldHandle {
        WorldHandle { engine: Arc::clone(&self.engine), world: Arc::clone(self.engine.default_world()) }
    }

    /// Consumers connect, and get no answer until [`resume`](Self::resume).
    pub fn pause(&self) {
        self.gate.send_replace(Gate::Paused);
    }

    /// Connections are refused until [`resume`](Self::resume): the port is closed.
    pub fn refuse(&self) {
        self.gate.send_replace(Gate::Refusing);
    }

    /// Consumers get through again, on the same port.
    pub fn resume(&self) {
        self.gate.send_replace(Gate::Open);
    }

    /// Ends the server at once and returns when its port is free. Blocks: in async code, use [`stop`](Self::stop).
    pub fn shutdown(mut self) {
        self.stop.send_replace(Stop::Now);
        if let Some(Running::Thread(thread)) = self.running.take() {
            let _ = thread.join();
        }
    }

    /// Accepts no more, finishes what is in flight for at most that long, and returns when the port is free.
    pub async fn stop(mut self, within: Duration) {
        self.stop.send_replace(Stop::Within(within));
        match self.running.take() {
            Some(Running::Task(task)) => drop(task.await),
            Some(Running::Thread(thread)) => {
                let _ = tokio::task::spawn_blocking(move || thread.join()).await;
            }
            None => {}
        }
    }
}

impl Drop for Standin {
    /// Ends the server. One on a thread of its own has freed its port afterwards; one that is a task frees it as soon as
    /// its runtime gets to it.
    fn drop(&mut self) {
        self.stop.send_replace(Stop::Now);
        if let Some(Running::Thread(thread)) = self.running.take() {
            let _ = thread.join();
        }
    }
}
