//! The life of a server: accept, serve, pause or refuse, stop.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::server::Port;
use crate::server::connection::connection;
use crate::server::context::{ServerContext, Stop};
use crate::server::race::first_of;
use crate::server::refuse::turn_away;
use crate::server::task::Task;

/// Tells whether the process, or the system, has no descriptor left.
fn is_out_of_descriptors(error: &std::io::Error) -> bool {
    // EMFILE and ENFILE, which have the same numbers on all unixes.
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

/// The next event for a server.
enum Event {
    Told,
    /// The end of a connection.
    Ended,
    /// The time to look at connections that do not take their answers.
    Look,
    Accepted(io::Result<(TcpStream, SocketAddr)>),
}

/// Serves until the signal to stop; returns when the port is free.
pub(crate) async fn serve(port: Arc<Port>, serving: Arc<ServerContext>) {
    let mut signals = serving.signals.clone();
    let mut connections = JoinSet::new();
    {
        let mut told = pin!(async { drop(signals.wait_for(|signals| signals.stop != Stop::Running).await) });
        let period = serving.links.period();
        let mut look = pin!(tokio::time::sleep(period));
        loop {
            let event = poll_fn(|context| {
                if told.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::Told);
                }
                if !connections.is_empty() {
                    if connections.poll_join_next(context).is_ready() {
                        return Poll::Ready(Event::Ended);
                    }
                    if look.as_mut().poll(context).is_ready() {
                        return Poll::Ready(Event::Look);
                    }
                }
                port.poll_accept(context).map(Event::Accepted)
            });
            match event.await {
                Event::Told => break,
                Event::Ended => {}
                Event::Look => {
                    serving.links.look().for_each(|(kind, line)| serving.note(kind, line));
                    look.as_mut().reset(tokio::time::Instant::now() + period);
                }
                Event::Accepted(accepted) => match accepted {
                    Ok((stream, peer)) => {
                        if let Some(counted) = serving.links.open() {
                            let task: Task = Box::pin(connection(stream, peer, Arc::clone(&serving), counted));
                            connections.spawn(task);
                        } else {
                            let most = serving.registry.limits().connections;
                            serving.note("connections", "all connections are in use; new ones are refused with 503 (the setting max-connections)");
                            let task: Task = Box::pin(turn_away(stream, most));
                            connections.spawn(task);
                        }
                    }
                    Err(error) => {
                        if is_out_of_descriptors(&error) {
                            serving.note("descriptors", "the system gives no more descriptors; the oldest idle connections are closed (raise `ulimit -n`)");
                            serving.links.make_room();
                        }
                        // The client of this connection left before it was accepted; the next connection may succeed.
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                },
            }
        }
    }
    port.close();
    let ending = signals.borrow().stop;
    if let Stop::Within(limit) = ending {
        let finished = async { while connections.join_next().await.is_some() {} };
        let hurry = signals.wait_for(|signals| signals.stop == Stop::Now);
        let finished = tokio::time::timeout(limit, finished);
        first_of(pin!(async { drop(finished.await) }), pin!(async { drop(hurry.await) })).await;
    }
    serving.is_ending.store(true, Ordering::Relaxed);
    connections.shutdown().await;
}
