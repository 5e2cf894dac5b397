//! Listening, before anything is spawned: the caller that starts a server learns at once whether it has its port.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::{Context, Poll, Waker};

use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;

/// The number of connections that may wait to be accepted: a burst of parallel consumers must not be refused.
const BACKLOG: u32 = 1024;

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // On Windows the option would let two servers share a port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A listening port that any thread can close and open again at once.
pub(crate) struct Port {
    address: SocketAddr,
    runtime: Handle,
    /// The listeners while the port is open, and the waker of the task that waits for a connection.
    open: Mutex<(Vec<TcpListener>, Option<Waker>)>,
    /// The other loopback address with this port, where the server listens on it as well.
    other_family: Option<SocketAddr>,
}

/// The number of free ports that are tried, if the first one is in use in the other family.
const TRIES: usize = 16;

impl Port {
    /// Binds and listens. Port 0 takes any free one. The caller must be in the runtime that will accept.
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let listener = listen(address)?;
        let address = listener.local_addr()?;
        let open = Mutex::new((vec![listener], None));
        Ok(Self { address, runtime: Handle::current(), open, other_family: None })
    }

    /// Binds and listens on 127.0.0.1 and, if the machine has it, on the same port of `[::1]`: clients resolve
    /// `localhost` to either.
    pub(crate) fn open_localhost(port: u16) -> io::Result<Self> {
        let mut tries = if port == 0 { TRIES } else { 1 };
        loop {
            let mut opened = Self::open((Ipv4Addr::LOCALHOST, port).into())?;
            let other = SocketAddr::from((Ipv6Addr::LOCALHOST, opened.address.port()));
            tries -= 1;
            match listen(other) {
                Ok(listener) => {
                    opened.open.get_mut().0.push(listener);
                    opened.other_family = Some(other);
                    return Ok(opened);
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse && tries > 0 => {}
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
                // The machine has no IPv6.
                Err(_) => return Ok(opened),
            }
        }
    }

    /// Returns the address it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the next connection and its peer. While the port is closed, there is none.
    pub(crate) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        let (listeners, waiting) = &mut *self.open.lock();
        *waiting = Some(cx.waker().clone());
        let accepted = listeners.iter().map(|listener| listener.poll_accept(cx)).find(Poll::is_ready);
        accepted.unwrap_or(Poll::Pending)
    }

    /// Closes the port: connections are refused from now on.
    pub(crate) fn close(&self) {
        self.open.lock().0.clear();
    }

    /// Opens the port again, if it is closed.
    pub(crate) fn reopen(&self) -> io::Result<()> {
        let (listeners, waiting) = &mut *self.open.lock();
        if listeners.is_empty() {
            let _in_runtime = self.runtime.enter();
            let addresses = std::iter::once(self.address).chain(self.other_family);
            *listeners = addresses.map(listen).collect::<Result<_, _>>()?;
            if let Some(waiting) = waiting.take() {
                waiting.wake();
            }
        }
        Ok(())
    }
}
