//! A server that is starting: it opens its port here.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::HeaderValue;
use tokio::sync::{Semaphore, watch};

#[cfg(feature = "webhooks")]
use crate::control::SendCourier;
use crate::control::{AccessPolicy, Availability, ControlService, Page, Replica, Supplies};
#[cfg(feature = "tls")]
use crate::embed::front_settings::Running;
use crate::embed::scenarios;
use crate::embed::start_error::StartError;
#[cfg(feature = "webhooks")]
use crate::server::carry;
use crate::server::{AnsweredNotify, Budget, Busy, Links, Log, Networks, Port, ServerContext, Signals, Stop};
use crate::world::registry::WorldRegistry;

/// The most requests that may take long and are handled at a time. Each may hold as many records as a world may have.
const MOST_LONG_WORK: usize = 8;

/// The most answers to consumers that may take long and are made at a time: some of them wait for a locked world.
const MOST_LONG_ANSWERS: usize = 64;

/// A switch of a server's availability.
#[derive(Clone)]
pub(super) struct AvailabilityKeeper {
    signals: watch::Sender<Signals>,
    pub(super) port: Arc<Port>,
    /// Further ports.
    pub(super) also: Vec<Arc<Port>>,
}

impl AvailabilityKeeper {
    pub(super) fn set(&self, availability: Availability) -> io::Result<()> {
        if availability == Availability::Down {
            self.close();
        } else {
            self.ports().try_for_each(|port| port.reopen())?;
        }
        self.signals.send_modify(|signals| signals.availability = availability);
        Ok(())
    }

    fn ports(&self) -> impl Iterator<Item = &Arc<Port>> {
        std::iter::once(&self.port).chain(&self.also)
    }

    pub(super) fn close(&self) {
        self.ports().for_each(|port| port.close());
    }

    pub(super) fn stop(&self, stop: Stop) {
        self.signals.send_modify(|signals| signals.stop = stop);
    }
}

/// A server to start, complete except for its port.
pub(super) struct Starting {
    pub(super) registry: Arc<WorldRegistry>,
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
    pub(super) front: Option<Running>,
    #[cfg(feature = "tls")]
    pub(super) also_listens: Vec<SocketAddr>,
}

/// A function that reads fixtures and scenario again.
pub(super) type Reload = Arc<dyn Fn() -> Result<(), StartError> + Send + Sync>;

impl Starting {
    /// Listens, and prepares everything but the serving. The caller must be in the runtime that will run the server.
    pub(super) fn listen(self) -> Result<Listening, StartError> {
        let open = |address| Port::open(address).map_err(|error| StartError::Listen { address, error });
        let port = if self.both_families {
            let address = self.address;
            Port::open_localhost(address.port()).map_err(|error| StartError::Listen { address, error })?
        } else {
            open(self.address)?
        };
        let (address, port) = (port.address(), Arc::new(port));
        let (sender, signals) = watch::channel(Signals::default());
        #[cfg(feature = "tls")]
        let also = self.also_listens.iter().map(|at| open(*at).map(Arc::new)).collect::<Result<_, _>>()?;
        #[cfg(not(feature = "tls"))]
        let also = Vec::new();
        let gatekeeper = AvailabilityKeeper { signals: sender, port, also };
        let mover = gatekeeper.clone();
        let access_policy =
            AccessPolicy { address, token: self.control_token, origins: self.registry.settings().origins() };
        let registry = Arc::clone(&self.registry);
        let set_availability = Box::new(move |availability| mover.set(availability));
        let shown = self.replica.name.as_ref().filter(|_| self.registry.settings().headers);
        let replica = shown.and_then(|name| HeaderValue::from_str(name).ok());
        let of_control = Arc::clone(&self.replica);
        let of_files = Arc::clone(&self.reload);
        let reload = Box::new(move || of_files().map_err(|error| error.to_string()));
        #[cfg(feature = "webhooks")]
        let send_courier = {
            let (runtime, stops) = (tokio::runtime::Handle::current(), signals.clone());
            let send: SendCourier =
                Box::new(move |world| drop(runtime.spawn(carry(Arc::downgrade(&world), stops.clone()))));
            Some(send)
        };
        #[cfg(not(feature = "webhooks"))]
        let send_courier = None;
        let supplies = Supplies {
            set_availability,
            reload,
            builtin_scenarios: scenarios::names_and_texts,
            replica: of_control,
            page: self.page,
            allows_outbound: self.allows_outbound,
            send_courier,
        };
        let control = (!self.no_control).then(|| ControlService::new(registry, access_policy, supplies));
        let unfinished = Budget::new(self.registry.limits().unfinished_bytes);
        let serving = Arc::new(ServerContext {
            unfinished,
            busy: Busy::here(),
            long_work: Arc::new(Semaphore::new(MOST_LONG_WORK)),
            long_answers: Arc::new(Semaphore::new(MOST_LONG_ANSWERS)),
            links: Arc::new(Links::new(self.registry.limits())),
            is_ending: AtomicBool::new(false),
            registry: self.registry,
            control,
            body_limit_bytes: self.body_limit_bytes,
            signals,
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
            serving.registry.open_entrance(running.entrance(reachable(address)));
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
pub(super) struct Listening {
    pub(super) serving: Arc<ServerContext>,
    pub(super) gatekeeper: AvailabilityKeeper,
    #[cfg(feature = "tls")]
    pub(super) front: Option<Running>,
    pub(super) replica: Arc<Replica>,
    pub(super) reload: Reload,
}

/// Returns the address by which clients on this machine reach the server: for the unspecified address, that is the
/// loopback address.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
