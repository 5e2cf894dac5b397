//! Listening, before anything is spawned: whoever starts a server knows at once whether it has its port.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;

/// Connections that may wait to be accepted: a burst of parallel consumers must not be refused.
const BACKLOG: u32 = 1024;

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows the option would let two servers share a port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A listening port that can be closed and opened again from anywhere, at once.
pub struct Port {
    address: SocketAddr,
    runtime: Handle,
    /// The listener while the port is open, and who waits for a connection.
    open: Mutex<(Option<TcpListener>, Option<Waker>)>,
}

impl Port {
    /// Binds and listens. Port 0 takes any free one. Must be called in the runtime that will accept.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        let listener = listen(address)?;
        let address = listener.local_addr()?;
        Ok(Self { address, runtime: Handle::current(), open: Mutex::new((Some(listener), None)) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the next connection and its peer. While the port is closed, there is none.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        let (listener, waiting) = &mut *self.open.lock();
        *waiting = Some(cx.waker().clone());
        match listener {
            Some(listener) => listener.poll_accept(cx),
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
            *listener = Some(listen(self.address)?);
            if let Some(waiting) = waiting.take() {
                waiting.wake();
            }
        }
        Ok(())
    }
}
