//! Listening, before anything is spawned: whoever starts a server knows at once whether it has its port.

use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpStream;
use tokio::runtime::Handle;

/// Connections that may wait to be accepted: a burst of parallel consumers must not be refused.
const BACKLOG: i32 = 1024;

/// Binds and listens. Port 0 takes any free one.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // On Windows the option would let two servers share a port.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// A listening port that can be closed and opened again from anywhere, at once.
pub struct Port {
    address: SocketAddr,
    runtime: Handle,
    /// The listener while the port is open, and who waits for a connection.
    open: Mutex<(Option<tokio::net::TcpListener>, Option<Waker>)>,
}

impl Port {
    /// Takes over a listener. Must be called in the runtime that will accept.
    pub fn new(listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        Ok(Self { address, runtime: Handle::current(), open: Mutex::new((Some(listener), None)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next connection. While the port is closed, there is none.
    pub async fn accept(&self) -> io::Result<TcpStream> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<TcpStream>> {
        let (listener, waiting) = &mut *self.open.lock();
        *waiting = Some(cx.waker().clone());
        match listener {
            Some(listener) => listener.poll_accept(cx).map_ok(|(stream, _)| stream),
            None => Poll::Pending,
        }
    }

    /// Closes the port: connections are refused from now on.
    pub fn close(&self) {
        self.open.lock().0 = None;
    }

    /// Opens the port again, if it is closed.
    pub fn reopen(&self) -> io::Result<()> {
        let (listener, waiting) = &mut *self.open.lock();
        if listener.is_none() {
            let _in_runtime = self.runtime.enter();
            *listener = Some(tokio::net::TcpListener::from_std(bind(self.address)?)?);
            if let Some(waiting) = waiting.take() {
                waiting.wake();
            }
        }
        Ok(())
    }
}
