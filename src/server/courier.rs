//! The courier, which sends the fake services' webhooks. No other part opens connections to receivers.

use std::future::pending;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::pin::pin;
use std::sync::Weak;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::engine::state::clock::ClockMode;
use crate::server::context::{Signals, Stop};
use crate::server::race::first_of;
use crate::server::task::Task;
use crate::world::courier_duty::Duty;
use crate::world::outbox::Parcel;
use crate::world::world::World;

/// The longest time of one try.
const PATIENCE: Duration = Duration::from_secs(10);

/// The interval between two looks at a world whose clock does not move by itself.
const LOOK: Duration = Duration::from_millis(20);

/// Sends the webhooks of a world when they are due, until none is left, the world is deleted or the server stops. No
/// answer to a client waits for it, and it does not keep a world. Receivers do not wait for each other; each gets its
/// own webhooks one after the other.
pub(crate) async fn carry(world: Weak<Mutex<World>>, mut signals: watch::Receiver<Signals>) {
    // Tries end with the set.
    let mut tries = JoinSet::new();
    let Some(mut run) = world.upgrade().map(|world| world.lock().outbox.run()) else { return };
    let carrying = async {
        loop {
            match look(&world, run, tries.len()) {
                Duty::Try(parcel) => {
                    let task: Task = Box::pin(deliver(world.clone(), parcel));
                    tries.spawn(task);
                    continue;
                }
                Duty::BreakOff(next) => {
                    run = next;
                    tries.shutdown().await;
                    continue;
                }
                Duty::Wait => {}
                Duty::Leave => break,
            }
            let ended = async {
                if tries.join_next().await.is_none() {
                    pending::<()>().await;
                }
            };
            first_of(pin!(ended), pin!(sleep(LOOK))).await;
        }
    };
    let stopped = async { drop(signals.wait_for(|signals| signals.stop != Stop::Running).await) };
    first_of(pin!(carrying), pin!(stopped)).await;
}

/// Looks at a world, while this many tries are made for deliveries of a run.
fn look(world: &Weak<Mutex<World>>, run: u64, at_once: usize) -> Duty<Parcel> {
    let Some(world) = world.upgrade() else { return Duty::Leave };
    let mut world = world.lock();
    let now_ms = now_ms(&mut world);
    world.outbox.duty(run, at_once, now_ms)
}

/// Makes one try, and notes its result.
async fn deliver(world: Weak<Mutex<World>>, parcel: Parcel) {
    let result = match timeout(PATIENCE, post(&parcel)).await {
        Ok(result) => result,
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    let Some(world) = world.upgrade() else { return };
    let mut world = world.lock();
    let now_ms = now_ms(&mut world);
    world.outbox.tried(parcel.number, result, now_ms);
}

fn now_ms(world: &mut World) -> u64 {
    if matches!(world.state.clock.mode(), ClockMode::Real) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        world.state.clock.arrive(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
    }
    world.state.clock.now_ms()
}

/// Sends one request, and returns the status of the answer.
async fn post(parcel: &Parcel) -> Result<u16, String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let uri: http::Uri = parcel.to.parse().map_err(|error: http::uri::InvalidUri| told(&error))?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().unwrap_or(80);
    let stream = if host.eq_ignore_ascii_case("localhost") {
        let addresses = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        match TcpStream::connect((addresses[0], port)).await {
            Err(_) => TcpStream::connect((addresses[1], port)).await,
            connected => connected,
        }
    } else {
        TcpStream::connect((host.as_str(), port)).await
    };
    let stream = stream.map_err(|error| told(&error))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| told(&error))?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    let mut request = http::Request::post(path).header("host", authority).header("connection", "close");
    for (name, value) in &parcel.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(parcel.body.clone()))).map_err(|error| told(&error))?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(|error| told(&error))?;
        Ok(response.status().as_u16())
    };
    let mut answer = pin!(answer);
    let ended = async { connection.await.map_err(|error| told(&error)).map(|()| None) };
    let answered = async { answer.as_mut().await.map(Some) };
    match first_of(pin!(answered), pin!(ended)).await? {
        Some(status) => Ok(status),
        // The connection may end before the answer is read.
        None => answer.await,
    }
}
