//! The load generator: sockets, requests made beforehand, and no more of HTTP than finding where an answer ends.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

use crate::cores::{Apart, Cores, others_processor_ns};

/// The place in a request where each one gets a number of its own.
pub const NUMBER: &str = "##########";

/// A request, ready to be sent again and again.
#[derive(Clone)]
pub struct Shot {
    bytes: Vec<u8>,
    number_at: Option<usize>,
    /// The numbers begin again here.
    below: u64,
    status: u16,
}

/// An answer.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names and values, in the order sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Shot {
    /// A request that must be answered with that status.
    pub fn new(method: &str, target: &str, body: &str, status: u16) -> Self {
        Self::to("127.0.0.1", method, target, body, status)
    }

    /// Returns a request to that host: administrators must name the right one.
    pub fn to(host: &str, method: &str, target: &str, body: &str, status: u16) -> Self {
        let mut text = format!(
            "{method} {target} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer 7c2f0b9e4a5d4c7f\r\naccept: application/json\r\n"
        );
        if !body.is_empty() {
            text += &format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
        }
        let bytes = format!("{text}\r\n{body}").into_bytes();
        let number_at = memmem::find(&bytes, NUMBER.as_bytes());
        Self { bytes, number_at, below: u64::MAX, status }
    }

    /// Returns the request with numbers below that one.
    pub fn below(self, below: u64) -> Self {
        Self { below, ..self }
    }

    /// Tells whether the request changes the server.
    pub fn changes(&self) -> bool {
        !self.bytes.starts_with(b"GET ")
    }

    /// Makes it different from all that were sent before.
    fn renumber(&mut self, number: &Cell<u64>) {
        if let Some(at) = self.number_at {
            number.set(number.get() + 1);
            let digits = format!("{:010}", number.get() % self.below);
            self.bytes[at..at + digits.len()].copy_from_slice(digits.as_bytes());
        }
    }
}

/// Figures of a turn.
#[derive(Clone, Copy)]
pub struct Turn {
    /// Requests answered per second.
    pub per_second: f64,
    /// Processor time per request of everything but the load generator, in microseconds.
    pub processor_us: f64,
}

/// Asks over so many connections at once, from this thread; several servers share them. Asks one request at a time on
/// each.
pub fn turn(
    cores: Cores<'_>,
    addresses: &[SocketAddr],
    shot: &Shot,
    connections: usize,
    lasting: Duration,
    number: &Rc<Cell<u64>>,
) -> Turn {
    let runtime = runtime();
    let local = LocalSet::new();
    let _apart = Apart::new(cores);
    local.block_on(&runtime, async {
        let mut open = Vec::new();
        for address in addresses.iter().cycle().take(connections) {
            let mut shot = shot.clone();
            let mut connection = Connection::open(*address).await;
            // The first request of a connection pays for the connection.
            shot.renumber(number);
            connection.ask(&shot).await;
            open.push((connection, shot));
        }
        let awake = cores.are_apart().then(|| tokio::task::spawn_local(stay_awake()));
        let (begin, processor_begin) = (Instant::now(), others_processor_ns());
        let end = begin + lasting;
        let askers: Vec<_> = open
            .into_iter()
            .map(|(mut connection, mut shot)| {
                let number = Rc::clone(number);
                tokio::task::spawn_local(async move {
                    let mut answered = 0_u32;
                    while Instant::now() < end {
                        shot.renumber(&number);
                        connection.ask(&shot).await;
                        answered += 1;
                    }
                    answered
                })
            })
            .collect();
        let mut answered = 0.0;
        for asker in askers {
            answered += f64::from(asker.await.expect("asking does not panic"));
        }
        awake.iter().for_each(tokio::task::JoinHandle::abort);
        let (seconds, processor_ns) = (begin.elapsed().as_secs_f64(), others_processor_ns() - processor_begin);
        Turn { per_second: answered / seconds, processor_us: processor_ns / answered / 1_000.0 }
    })
}

/// Keeps this thread looking for answers.
async fn stay_awake() {
    loop {
        tokio::task::yield_now().await;
    }
}

/// Asks so many times in all, over so many connections.
pub fn ask(address: SocketAddr, shot: &Shot, times: usize, connections: usize) {
    let (runtime, local, number) = (runtime(), LocalSet::new(), Rc::new(Cell::new(0)));
    local.block_on(&runtime, async {
        let ask = |_| {
            let (mut shot, number) = (shot.clone(), Rc::clone(&number));
            tokio::task::spawn_local(async move {
                let mut connection = Connection::open(address).await;
                for _ in 0..times / connections {
                    shot.renumber(&number);
                    connection.ask(&shot).await;
                }
            })
        };
        for asker in (0..connections).map(ask).collect::<Vec<_>>() {
            asker.await.expect("asking does not panic");
        }
    });
}

/// Asks once, from a thread that has no runtime.
pub fn ask_blocking(address: SocketAddr, shot: &Shot) {
    let mut stream = std::net::TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("a socket has this option");
    stream.write_all(&shot.bytes).expect("the server reads");
    let mut answer = Vec::with_capacity(4_096);
    let mut buffer = [0; 4_096];
    while answer_length(&answer, shot.status).is_none_or(|length| answer.len() < length) {
        let read = stream.read(&mut buffer).expect("the server answers");
        assert!(read > 0, "the server closed the connection");
        answer.extend_from_slice(&buffer[..read]);
    }
}

/// One answer, taken apart.
pub fn answer(address: SocketAddr, shot: &Shot) -> Answer {
    let mut shot = shot.clone();
    shot.renumber(&Cell::new(0));
    runtime().block_on(async {
        let mut connection = Connection::open(address).await;
        let length = connection.ask(&shot).await;
        let whole = &connection.buffer[..length];
        let head = memmem::find(whole, b"\r\n\r\n").expect("an answer has a head");
        let text = String::from_utf8_lossy(&whole[..head]);
        let headers = text.lines().skip(1).filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Answer { status: shot.status, headers, body: Bytes::copy_from_slice(&whole[head + 4..]) }
    })
}

/// A runtime on this thread.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made")
}

/// One connection.
pub struct Connection {
    address: SocketAddr,
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket has this option");
        Self { address, stream, buffer: vec![0; 64 * 1024] }
    }

    /// Sends the request and waits for the whole answer, whose length is returned. Where the server closes the
    /// connection instead of answering, as some do after each answer, asks again on a new one.
    pub async fn ask(&mut self, shot: &Shot) -> usize {
        loop {
            if let Ok(length) = self.try_ask(shot).await {
                return length;
            }
            self.stream = TcpStream::connect(self.address).await.expect("the server listens");
            self.stream.set_nodelay(true).expect("a socket has this option");
        }
    }

    async fn try_ask(&mut self, shot: &Shot) -> std::io::Result<usize> {
        self.stream.write_all(&shot.bytes).await?;
        let (mut filled, mut length) = (0, None);
        loop {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            let read = self.stream.read(&mut self.buffer[filled..]).await?;
            if read == 0 {
                return Err(std::io::ErrorKind::ConnectionReset.into());
            }
            filled += read;
            if length.is_none() {
                length = answer_length(&self.buffer[..filled], shot.status);
            }
            if length.is_some_and(|length| filled >= length) {
                return Ok(filled);
            }
        }
    }
}

/// Returns the length of the answer, once its head is there.
fn answer_length(bytes: &[u8], status: u16) -> Option<usize> {
    let head = memmem::find(bytes, b"\r\n\r\n")?;
    let said = &bytes[9..12];
    assert_eq!(said, status.to_string().as_bytes(), "the answer is {}", String::from_utf8_lossy(bytes));
    let at = memmem::find(&bytes[..head], b"content-length: ").expect("an answer tells its length");
    let digits = bytes[at + 16..].iter().take_while(|byte| byte.is_ascii_digit());
    Some(head + 4 + digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0')))
}
