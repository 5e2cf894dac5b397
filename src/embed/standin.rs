//! A running server.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::Handle;

use crate::control::{Availability, ControlService, Replica};
#[cfg(feature = "tls")]
use crate::embed::front_settings::Running;
use crate::embed::guard::now_ms;
use crate::embed::handle::WorldHandle;
use crate::embed::start_error::StartError;
use crate::embed::starting::{AvailabilityKeeper, Listening, Reload, Starting, reachable};
use crate::embed::verify;
use crate::embed::words::Api;
use crate::server::{BusyWorker, IdleWorker, Stop, Task, serve};
use crate::world::registry::WorldRegistry;
use crate::world::world::World;

/// A running server. It ends when it is dropped.
///
/// ```
/// use standin::{Api, Standin};
///
/// let standin = Standin::start();
/// assert_eq!(standin.apis(), Api::ALL);
/// let port = standin.address().port();
/// drop(standin); // and the port is free
/// assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
/// ```
pub struct Standin {
    address: SocketAddr,
    pub(super) registry: Arc<WorldRegistry>,
    gatekeeper: AvailabilityKeeper,
    replica: Arc<Replica>,
    has_control: bool,
    reload: Reload,
    running: Option<Background>,
    #[cfg(feature = "tls")]
    pub(super) front: Option<Running>,
}

impl fmt::Debug for Standin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standin").field("address", &self.address).field("apis", &self.apis()).finish_non_exhaustive()
    }
}

/// The thread or the task that runs the server.
enum Background {
    Thread(BusyWorker),
    Task(tokio::task::JoinHandle<()>),
}

impl Listening {
    /// Serves until told to stop; `run` runs the future.
    fn serve(self, run: impl FnOnce(Task) -> Background) -> Standin {
        let (port, registry) = (Arc::clone(&self.gatekeeper.port), Arc::clone(&self.serving.registry));
        let has_control = self.serving.control.is_some();
        let address = port.address();
        #[cfg(feature = "tls")]
        let also: Vec<_> =
            self.gatekeeper.also.iter().map(|port| serve(Arc::clone(port), Arc::clone(&self.serving))).collect();
        let main = serve(port, self.serving);
        #[cfg(feature = "tls")]
        let care = self.front.as_ref().and_then(|running| running.care(&registry));
        #[cfg(feature = "tls")]
        let main = async move {
            let mut tasks: tokio::task::JoinSet<()> = also.into_iter().collect();
            let care = care.map(|care| tokio::spawn(care.keep_fresh()));
            main.await;
            while tasks.join_next().await.is_some() {}
            care.iter().for_each(tokio::task::JoinHandle::abort);
        };
        Standin {
            address,
            registry,
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

impl Standin {
    pub(super) fn on_a_thread(starting: Starting) -> Result<Self, StartError> {
        let thread = IdleWorker::take().map_err(|error| StartError::Thread { error })?;
        let listening = {
            let _in_runtime = thread.enter();
            starting.listen()?
        };
        Ok(listening.serve(|server| Background::Thread(thread.run(server))))
    }

    pub(super) fn as_a_task(starting: Starting) -> Result<Self, StartError> {
        Ok(starting.listen()?.serve(|server| Background::Task(tokio::spawn(server))))
    }

    /// Returns the address the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the server's origin: `http://127.0.0.1:49213`.
    #[track_caller]
    pub fn url(&self) -> String {
        format!("http://{}", self.reachable())
    }

    /// Returns the address for clients.
    ///
    /// # Panics
    ///
    /// Panics when the server has ended with its runtime: its port is still open, and a client would wait for ever.
    #[track_caller]
    fn reachable(&self) -> SocketAddr {
        let ended = matches!(&self.running, Some(Background::Task(task)) if task.is_finished());
        assert!(
            !ended,
            "this server was spawned on a runtime that has ended, and ended with it; start a server that several tests \
             share with Standin::start(), which has a thread of its own"
        );
        reachable(self.address)
    }

    /// Returns the base URL of Celigo's API, for the place where a consumer has `https://api.integrator.io/v1`.
    #[track_caller]
    pub fn celigo_url(&self) -> String {
        self.api_url(Api::Celigo)
    }

    /// Returns the base URL of Edlink's API, for the place where a consumer has `https://ed.link/api`.
    #[track_caller]
    pub fn edlink_url(&self) -> String {
        self.api_url(Api::Edlink)
    }

    /// Returns the base URL of an API: where a consumer of the real service has the beginning of its paths.
    #[track_caller]
    pub fn api_url(&self, api: Api) -> String {
        format!("{}{}", self.url(), api.table().base)
    }

    /// Returns the environment variables that point a consumer at this server, with values that work: `STANDIN_URL`,
    /// and for each API its base URL and credentials.
    #[track_caller]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.registry.environment(&self.registry.default_world().lock(), &self.url())
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
    #[track_caller]
    pub fn edlink_access_token(&self) -> Option<String> {
        self.variable("EDLINK_ACCESS_TOKEN")
    }

    #[track_caller]
    fn variable(&self, wanted: &str) -> Option<String> {
        self.environment().into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| value)
    }

    /// Returns the APIs that the server serves.
    pub fn apis(&self) -> Vec<Api> {
        self.registry.router().apis().iter().map(|api| Api::of(api)).collect()
    }

    /// Returns the URL of the control API, if the server has one.
    #[track_caller]
    pub fn control_url(&self) -> Option<String> {
        self.has_control.then(|| format!("{}{}", self.url(), ControlService::PREFIX))
    }

    /// Returns the default world.
    #[track_caller]
    pub fn world(&self) -> WorldHandle {
        self.handle(Arc::clone(self.registry.default_world()))
    }

    /// Returns the world of that name, made by this test or by any other client. This handle does not keep it from
    /// being deleted or expiring.
    #[track_caller]
    pub fn find_world(&self, name: &str) -> Option<WorldHandle> {
        self.registry.world(name, now_ms()).ok().map(|world| self.handle(world))
    }

    #[track_caller]
    fn handle(&self, world: Arc<Mutex<World>>) -> WorldHandle {
        WorldHandle::new(Arc::clone(&self.registry), world, Some(self.reachable()))
    }

    /// Returns the names of all worlds besides the default one, in alphabetical order, including those made by other
    /// clients.
    pub fn worlds(&self) -> Vec<String> {
        self.registry.names().iter().map(|name| (**name).to_owned()).collect()
    }

    /// Returns the names of other worlds whose expectations were never verified.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn unjudged_worlds(&self) -> Vec<String> {
        self.registry.unjudged_worlds()
    }

    /// Reads fixtures and the scenario again, from the files the server was started with: the default world begins
    /// anew, other existing worlds stay, and those made later start from the new files. Files with faults leave
    /// everything as it was, and the error has the faults.
    pub fn reload(&self) -> Result<(), StartError> {
        (self.reload)()
    }

    /// Pauses the server: consumers connect, and get no answer until [`resume`](Self::resume). Fails when the port was
    /// closed and another process has taken it.
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

    /// Ends the server at once; its port is free afterwards. Outside a runtime, this returns when its connections have
    /// ended too; inside one it never blocks, and they end soon after: [`stop`](Self::stop) waits for them there.
    pub fn shutdown(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.gatekeeper.stop(Stop::Now);
        // The thread or task would free the port only when it runs next.
        self.gatekeeper.close();
        if let Some(Background::Thread(thread)) = self.running.take().filter(|_| Handle::try_current().is_err()) {
            thread.finish();
        }
    }

    /// Accepts no more connections, finishes the requests in flight for at most `within`, and returns when the port is
    /// free.
    pub async fn stop(mut self, within: Duration) {
        self.gatekeeper.stop(Stop::Within(within));
        match self.running.take() {
            Some(Background::Task(task)) => drop(task.await),
            Some(Background::Thread(thread)) => {
                let _ = tokio::task::spawn_blocking(move || thread.finish()).await;
            }
            None => {}
        }
    }
}

impl Drop for Standin {
    /// Verifies the expectations of the default world that were never verified, then ends the server like
    /// [`shutdown`](Standin::shutdown). Panics with the report of
    /// the unmet expectations, unless the thread panics already.
    fn drop(&mut self) {
        let forgotten = verify::unmet_on_drop(&self.registry, self.registry.default_world());
        self.end();
        if let Some(unmet) = forgotten.filter(|_| !thread::panicking()) {
            panic!("expectations were declared and never verified:\n{unmet}");
        }
    }
}
