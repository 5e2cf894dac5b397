//! A running server.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use http::HeaderValue;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::control::{AccessPolicy, Availability, ControlService, Page, Replica, Supplies};
use crate::embed::builder::Builder;
use crate::embed::error::StartError;
#[cfg(feature = "tls")]
use crate::embed::front;
use crate::embed::handle::WorldHandle;
use crate::embed::scenarios;
use crate::embed::worlds::now_ms;
use crate::server::{
    AnsweredNotify, Budget, Busy, BusyWorker, IdleWorker, Links, Log, Networks, Port, ServerContext, Signals, Stop,
    carry, serve,
};
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

/// A running server. It ends when it is dropped.
pub struct Standin {
    address: SocketAddr,
    pub(super) engine: Arc<WorldRegistry>,
    gatekeeper: AvailabilityKeeper,
    replica: Arc<Replica>,
    has_control: bool,
    reload: Reload,
    running: Option<Running>,
    #[cfg(feature = "tls")]
    pub(super) front: Option<front::Running>,
}

/// A switch of a server's availability.
#[derive(Clone)]
struct AvailabilityKeeper {
    orders: watch::Sender<Signals>,
    port: Arc<Port>,
    /// Further ports.
    also: Vec<Arc<Port>>,
}

impl AvailabilityKeeper {
    fn set(&self, gate: Availability) -> io::Result<()> {
        if gate == Availability::Down {
            self.close();
        } else {
            self.ports().try_for_each(|port| port.reopen())?;
        }
        self.orders.send_modify(|orders| orders.gate = gate);
        Ok(())
    }

    fn ports(&self) -> impl Iterator<Item = &Arc<Port>> {
        std::iter::once(&self.port).chain(&self.also)
    }

    fn close(&self) {
        self.ports().for_each(|port| port.close());
    }

    fn stop(&self, stop: Stop) {
        self.orders.send_modify(|orders| orders.stop = stop);
    }
}

/// The thread or the task that runs the server.
enum Running {
    Thread(BusyWorker),
    Task(tokio::task::JoinHandle<()>),
}

/// A server to start, complete except for its port.
pub(super) struct Starting {
    pub(super) engine: Arc<WorldRegistry>,
    pub(super) address: SocketAddr,
    pub(super) both_families: bool,
    pub(super) control_token: Option<String>,
    pub(super) no_control: bool,
    pub(super) body_limit_bytes: usize,
    pub(super) log: Option<Log>,
    pub(super) trusted: Networks,
    pub(super) replica: Arc<Replica>,
    pub(super) page: Option<Page>,
    pub(super) allows_outbound: bool,
    pub(super) reload: Reload,
    #[cfg(feature = "tls")]
    pub(super) front: Option<front::Running>,
    #[cfg(feature = "tls")]
    pub(super) also_listens: Vec<SocketAddr>,
}

/// A function that reads fixtures and scenario again.
pub(super) type Reload = Arc<dyn Fn() -> Result<(), StartError> + Send + Sync>;

impl Starting {
    /// Listens, and prepares everything except the running. The caller must be in the runtime that will run the server.
    fn listen(self) -> Result<Listening, StartError> {
        let open = |address| Port::open(address).map_err(|error| StartError::Listen { address, error });
        let port = if self.both_families {
            let address = self.address;
            Port::open_localhost(address.port()).map_err(|error| StartError::Listen { address, error })?
        } else {
            open(self.address)?
        };
        let (address, port) = (port.address(), Arc::new(port));
        let (sender, orders) = watch::channel(Signals::default());
        #[cfg(feature = "tls")]
        let also = self.also_listens.iter().map(|at| open(*at).map(Arc::new)).collect::<Result<_, _>>()?;
        #[cfg(not(feature = "tls"))]
        let also = Vec::new();
        let gatekeeper = AvailabilityKeeper { orders: sender, port, also };
        let mover = gatekeeper.clone();
        let access_policy =
            AccessPolicy { address, token: self.control_token, origins: self.engine.settings().origins() };
        let engine = Arc::clone(&self.engine);
        let set_availability = Box::new(move |gate| mover.set(gate));
        let shown = self.replica.name.as_ref().filter(|_| self.engine.settings().headers);
        let replica = shown.and_then(|name| HeaderValue::from_str(name).ok());
        let of_control = Arc::clone(&self.replica);
        let of_files = Arc::clone(&self.reload);
        let reload = Box::new(move || of_files().map_err(|error| error.to_string()));
        let (runtime, stops) = (tokio::runtime::Handle::current(), orders.clone());
        let send_courier = Box::new(move |world| drop(runtime.spawn(carry(world, stops.clone()))));
        let supplies = Supplies {
            set_availability,
            reload,
            builtin_scenarios: scenarios::names_and_texts,
            replica: of_control,
            page: self.page,
            allows_outbound: self.allows_outbound,
            send_courier,
        };
        let control = (!self.no_control).then(|| ControlService::new(engine, access_policy, supplies));
        let unfinished = Budget::new(self.engine.limits().unfinished_bytes);
        let serving = Arc::new(ServerContext {
            unfinished,
            busy: Busy::here(),
            links: Arc::new(Links::new(self.engine.limits())),
            is_ending: AtomicBool::new(false),
            engine: self.engine,
            control,
            body_limit_bytes: self.body_limit_bytes,
            orders,
            log: self.log,
            trusted: self.trusted,
            replica,
            answered: AnsweredNotify::default(),
            #[cfg(feature = "tls")]
            front: self.front.as_ref().map(|running| Arc::clone(&running.front)),
        });
        #[cfg(feature = "tls")]
        if let Some(running) = &self.front {
            running.front.listens_at(address);
            serving.engine.open_entrance(running.entrance(reachable(address)));
        }
        Ok(Listening {
            serving,
            gatekeeper,
            #[cfg(feature = "tls")]
            front: self.front,
            replica: self.replica,
            reload: self.reload,
        })
    }
}

/// A server that listens.
struct Listening {
    serving: Arc<ServerContext>,
    gatekeeper: AvailabilityKeeper,
    #[cfg(feature = "tls")]
    front: Option<front::Running>,
    replica: Arc<Replica>,
    reload: Reload,
}

impl Listening {
    /// Serves until told to stop; `run` runs the future.
    fn run(self, run: impl FnOnce(Pin<Box<dyn Future<Output = ()> + Send>>) -> Running) -> Standin {
        let (port, engine) = (Arc::clone(&self.gatekeeper.port), Arc::clone(&self.serving.engine));
        let has_control = self.serving.control.is_some();
        let address = port.address();
        #[cfg(feature = "tls")]
        let also: Vec<_> =
            self.gatekeeper.also.iter().map(|port| serve(Arc::clone(port), Arc::clone(&self.serving))).collect();
        let main = serve(port, self.serving);
        #[cfg(feature = "tls")]
        let main = async move {
            let mut tasks: tokio::task::JoinSet<()> = also.into_iter().collect();
            main.await;
            while tasks.join_next().await.is_some() {}
        };
        Standin {
            address,
            engine,
            gatekeeper: self.gatekeeper,
            replica: self.replica,
            reload: self.reload,
            has_control,
            running: Some(run(Box::pin(main))),
            #[cfg(feature = "tls")]
            front: self.front,
        }
    }
}

/// Returns the address by which clients on this machine reach the server: no client can call "any address", and this
/// machine is one of them.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

impl Standin {
    /// Starts both APIs with the embedded records, on a thread of its own and any free port of 127.0.0.1. When a server
    /// has ended, its thread waits for the next one; at most 16 threads do.
    ///
    /// # Panics
    ///
    /// Panics with the text of the [`StartError`] when the server cannot start.
    #[track_caller]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// Starts both APIs with the embedded records, on a thread of its own and any free port of 127.0.0.1, like
    /// [`start`](Self::start).
    pub fn try_start() -> Result<Self, StartError> {
        Self::builder().try_start()
    }

    /// Starts the server as a task on the current tokio runtime, which costs two thirds as much as
    /// [`start`](Self::start).
    ///
    /// The server answers on the threads of that runtime, and ends with it. On a runtime with one thread, which is the default
    /// of `#[tokio::test]`, a *blocking* client or [`WorldHandle::wait_for`] would wait for the very thread that must answer:
    /// use [`start`](Self::start), or call them in `tokio::task::spawn_blocking`. A server that many tests share, in a
    /// `static`, must not end with the runtime of the first of them: use [`start`](Self::start) there too.
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

    pub(super) fn on_a_thread(starting: Starting) -> Result<Self, StartError> {
        let thread = IdleWorker::take().map_err(|error| StartError::Thread { error })?;
        let listening = {
            let _in_runtime = thread.enter();
            starting.listen()?
        };
        Ok(listening.run(|server| Running::Thread(thread.run(server))))
    }

    pub(super) fn as_a_task(starting: Starting) -> Result<Self, StartError> {
        Ok(starting.listen()?.run(|server| Running::Task(tokio::spawn(server))))
    }

    /// Returns the address the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the server's origin: `http://127.0.0.1:49213`.
    pub fn url(&self) -> String {
        format!("http://{}", self.reachable())
    }

    fn reachable(&self) -> SocketAddr {
        reachable(self.address)
    }

    /// Returns the base URL of Celigo's API, for the place where a consumer has `https://api.integrator.io/v1`.
    pub fn celigo_url(&self) -> String {
        format!("{}/v1", self.url())
    }

    /// Returns the base URL of Edlink's API, for the place where a consumer has `https://ed.link/api`.
    pub fn edlink_url(&self) -> String {
        format!("{}/api", self.url())
    }

    /// Returns the environment variables that point a consumer at this server, with values that work: `STANDIN_URL`,
    /// and for each API its base URL and credentials.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.engine.environment(&self.engine.default_world().lock(), &self.url())
    }

    /// Returns the names of all variables that such an environment can have. The default records suffice for all of
    /// them.
    #[cfg(feature = "cli")]
    pub(crate) fn environment_names() -> Result<Vec<&'static str>, StartError> {
        let full = Self::builder().offline()?;
        let variables = full.engine.environment(&full.world.lock(), "");
        Ok(variables.into_iter().map(|(name, _)| name).collect())
    }

    /// Returns a token that Celigo's API accepts.
    ///
    /// # Panics
    ///
    /// Panics when Celigo's API is not served.
    #[track_caller]
    pub fn celigo_token(&self) -> String {
        self.variable("CELIGO_API_TOKEN").expect("Celigo's API is not served")
    }

    /// Returns an application secret key that Edlink's API accepts.
    ///
    /// # Panics
    ///
    /// Panics when Edlink's API is not served.
    #[track_caller]
    pub fn edlink_application_secret(&self) -> String {
        self.variable("EDLINK_APPLICATION_SECRET").expect("Edlink's API is not served")
    }

    /// Returns the access token of the first active Edlink integration; `None` when there is none.
    pub fn edlink_access_token(&self) -> Option<String> {
        self.variable("EDLINK_ACCESS_TOKEN")
    }

    fn variable(&self, wanted: &str) -> Option<String> {
        self.environment().into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| value)
    }

    /// Returns the names of the APIs that the server serves.
    pub fn apis(&self) -> Vec<&'static str> {
        self.engine.router().apis().iter().map(|api| api.name).collect()
    }

    /// Returns the URL of the control API, if the server has one.
    pub fn control_url(&self) -> Option<String> {
        self.has_control.then(|| format!("{}{}", self.url(), ControlService::PREFIX))
    }

    /// Returns the default world.
    pub fn world(&self) -> WorldHandle {
        self.handle(Arc::clone(self.engine.default_world()))
    }

    /// Returns the world of that name, made by this test or by any other client. This handle does not keep it from
    /// being deleted or expiring.
    pub fn find_world(&self, name: &str) -> Option<WorldHandle> {
        self.engine.world(name, now_ms()).ok().map(|world| self.handle(world))
    }

    fn handle(&self, world: Arc<Mutex<World>>) -> WorldHandle {
        WorldHandle::new(Arc::clone(&self.engine), world, Some(self.reachable()))
    }

    /// Returns the names of all worlds besides the default one, in alphabetical order, including those made by other
    /// clients.
    pub fn worlds(&self) -> Vec<String> {
        self.engine.names().iter().map(|name| (**name).to_owned()).collect()
    }

    /// Reads fixtures and the scenario again, from the files the server was started with: the default world begins
    /// anew, other existing worlds stay, and those made later start from the new files. Files with faults leave
    /// everything as it was.
    pub fn reload(&self) -> Result<(), StartError> {
        (self.reload)()
    }

    /// Pauses the server: consumers connect, and get no answer until [`resume`](Self::resume).
    pub fn pause(&self) -> io::Result<()> {
        self.gatekeeper.set(Availability::Paused)
    }

    /// Closes the port until [`resume`](Self::resume): connections are refused, open ones end after their answer.
    pub fn refuse(&self) {
        // Only opening a port can fail.
        let _ = self.gatekeeper.set(Availability::Down);
    }

    /// Serves consumers again, on the same port. Fails when another process has taken the port meanwhile.
    pub fn resume(&self) -> io::Result<()> {
        self.gatekeeper.set(Availability::Up)
    }

    /// Answers `/_standin/ready` with 503 from now on, and everything else as before: a balancer sends no new work,
    /// while work in progress goes on until [`stop`](Self::stop).
    pub fn drain(&self) {
        self.replica.drain();
    }

    /// Ends the server at once and returns when its port is free. This blocks: in async code, use [`stop`](Self::stop).
    pub fn shutdown(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.gatekeeper.stop(Stop::Now);
        match self.running.take() {
            Some(Running::Thread(thread)) => thread.finish(),
            // The task would free the port only when its runtime runs it.
            Some(Running::Task(_)) => self.gatekeeper.close(),
            None => {}
        }
    }

    /// Accepts no more connections, finishes the requests in flight for at most `within`, and returns when the port is
    /// free.
    pub async fn stop(mut self, within: Duration) {
        self.gatekeeper.stop(Stop::Within(within));
        match self.running.take() {
            Some(Running::Task(task)) => drop(task.await),
            Some(Running::Thread(thread)) => {
                let _ = tokio::task::spawn_blocking(move || thread.finish()).await;
            }
            None => {}
        }
    }
}

impl Drop for Standin {
    /// Verifies the expectations of the default world that were never verified, then ends the server; its port is free
    /// afterwards. Connections of a server that is a task end as soon as its runtime runs it. Panics with the report of
    /// the unmet expectations, unless the thread panics already.
    fn drop(&mut self) {
        let forgotten = self.world().unmet_on_drop();
        self.end();
        if let Some(unmet) = forgotten.filter(|_| !thread::panicking()) {
            panic!("expectations were declared and never verified:\n{unmet}");
        }
    }
}
