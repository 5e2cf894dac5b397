//! Standard error and standard output, each written by a thread of its own, so that threads that answer requests or
//! handle signals never wait for a reader.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::http::caught::is_caught;
use crate::http::redact::Redactor;

/// The most bytes of log lines that wait to be written; lines beyond are dropped and counted.
const MOST_WAITING: usize = 256 * 1024;

/// Lines are written together up to this size, which a pipe takes in one piece.
const BATCH: usize = 4 * 1024;

/// The time for which the end of a process waits for a reader that takes nothing.
const STUCK: Duration = Duration::from_secs(1);

/// The time for which the end of a process waits for a slow reader.
const SLOW: Duration = Duration::from_secs(3);

/// Standard error: log, messages, reports.
pub(super) static STDERR: Output = Output::new(|| Box::new(io::stderr()));

/// Standard output of commands that serve: the ready line, and their result.
pub(super) static STDOUT: Output = Output::new(|| Box::new(io::stdout()));

/// A stream that a thread writes to.
pub(super) struct Output {
    state: Mutex<State>,
    /// The signal that the queue has changed, or that a write has ended.
    changed: Condvar,
    open: fn() -> Box<dyn Write>,
    writer: OnceLock<bool>,
}

struct State {
    waiting: VecDeque<String>,
    waiting_bytes: usize,
    /// Bytes taken from the queue and not written yet.
    writing_bytes: usize,
    /// The number of writes that have ended.
    writes: u64,
    dropped: u64,
    /// The function that makes the line about dropped log lines.
    loss: fn(u64) -> String,
}

impl Output {
    const fn new(open: fn() -> Box<dyn Write>) -> Self {
        let state = State {
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            writing_bytes: 0,
            writes: 0,
            dropped: 0,
            loss: |dropped| format!("{dropped} log lines were dropped\n"),
        };
        Self { state: Mutex::new(state), changed: Condvar::new(), open, writer: OnceLock::new() }
    }

    /// Queues a text that must not be lost while it has a reader: a message or a report. Returns at once.
    pub(super) fn say(&'static self, text: impl Into<String>) {
        let text = text.into();
        if self.has_writer() {
            self.state.lock().add(text);
            self.changed.notify_all();
        } else {
            // Without a thread, the text is written here, and this thread waits for the reader.
            let _ = (self.open)().write_all(text.as_bytes());
        }
    }

    /// Queues a line of the log, or drops and counts it when the reader is too far behind. Returns at once.
    pub(super) fn log(&'static self, line: String, loss: fn(u64) -> String) {
        if !self.has_writer() {
            return;
        }
        let mut state = self.state.lock();
        state.loss = loss;
        if state.waiting_bytes + line.len() > MOST_WAITING {
            state.dropped += 1;
            return;
        }
        state.tell_loss();
        state.add(line);
        drop(state);
        self.changed.notify_all();
    }

    /// Waits until all is written. Gives up when the reader takes nothing for a second, or not all within three.
    pub(super) fn finish(&'static self) {
        if self.writer.get() != Some(&true) {
            return;
        }
        let end = Instant::now() + SLOW;
        let mut state = self.state.lock();
        let mut stuck = Instant::now() + STUCK;
        while !state.is_written() {
            let writes = state.writes;
            let timed_out = self.changed.wait_until(&mut state, stuck.min(end)).timed_out();
            if state.writes > writes {
                stuck = Instant::now() + STUCK;
            } else if timed_out {
                return;
            }
            if Instant::now() >= end {
                return;
            }
        }
    }

    /// Starts the writer with the first text. Without a thread, log lines are lost.
    fn has_writer(&'static self) -> bool {
        *self.writer.get_or_init(|| {
            let name = "standin-output".to_owned();
            thread::Builder::new().name(name).spawn(|| self.write_all()).is_ok()
        })
    }

    fn write_all(&self) {
        let mut stream = (self.open)();
        loop {
            let mut state = self.state.lock();
            while state.is_written() {
                self.changed.wait(&mut state);
            }
            let batch = state.take();
            drop(state);
            write(&mut stream, batch.as_bytes());
            let mut state = self.state.lock();
            state.writing_bytes = 0;
            state.writes += 1;
            drop(state);
            self.changed.notify_all();
        }
    }
}

/// Writes all bytes. A closed stream is no failure; a write that would block is tried again.
fn write(stream: &mut impl Write, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match stream.write(bytes) {
            Ok(written) if written > 0 => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(5)),
            _ => return,
        }
    }
    let _ = stream.flush();
}

impl State {
    fn add(&mut self, text: String) {
        self.waiting_bytes += text.len();
        self.waiting.push_back(text);
    }

    fn tell_loss(&mut self) {
        if self.dropped > 0 {
            let line = (self.loss)(self.dropped);
            self.dropped = 0;
            self.add(line);
        }
    }

    fn is_written(&self) -> bool {
        self.waiting.is_empty() && self.writing_bytes == 0 && self.dropped == 0
    }

    /// Takes whole texts from the queue, at least one.
    fn take(&mut self) -> String {
        if self.waiting.is_empty() {
            self.tell_loss();
        }
        let mut batch = self.waiting.pop_front().unwrap_or_default();
        while self.waiting.front().is_some_and(|next| batch.len() + next.len() <= BATCH) {
            batch += &self.waiting.pop_front().unwrap_or_default();
        }
        self.waiting_bytes -= batch.len();
        self.writing_bytes = batch.len();
        batch
    }
}

/// Makes panics write their messages as all messages are written, so that a panic does not wait for a reader either.
pub(super) fn catch_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = thread::current();
        let backtrace = std::backtrace::Backtrace::capture();
        let place = panic.location().map(|place| format!(" at {place}")).unwrap_or_default();
        let name = thread.name().unwrap_or_default();
        let mut text = if is_caught() {
            // It may quote what a consumer sent, and its world knows which parts of that are credentials.
            format!("thread {name:?} panicked{place}; the answer and the journal tell what it said\n")
        } else {
            format!("thread {name:?} panicked: {panic}\n")
        };
        if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
            text += &format!("{backtrace}\n");
        }
        STDERR.say(Redactor::default().text(&text));
    }));
}

/// Waits for the readers of both streams, within bounds.
pub(super) fn finish() {
    STDERR.finish();
    STDOUT.finish();
}
