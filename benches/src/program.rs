//! The release binary.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use nix::unistd::Pid;
use serde_json::Value;

/// The path to which `cargo build --release` writes it.
const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/standin");

/// The reason why it cannot be measured.
pub const NOT_BUILT: &str = "the binary is not there. `cargo build --release` makes it.";

/// The binary, serving. Dropping it ends it.
pub struct Program {
    /// The address it listens on.
    pub address: SocketAddr,
    child: Child,
}

impl Program {
    /// Tells whether there is one.
    pub fn is_built() -> bool {
        Path::new(PATH).exists()
    }

    /// Starts it, and waits until it is ready.
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(PATH)
            .args(["serve", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program can be started");
        let mut ready = String::new();
        let output = child.stdout.take().expect("its output is read");
        BufReader::new(output).read_line(&mut ready).expect("it says something");
        let ready: Value = serde_json::from_str(&ready).expect("its ready line is JSON");
        let port = ready["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let port = port.expect("its ready line has the port");
        Self { address: ([127, 0, 0, 1], port).into(), child }
    }

    /// Its process.
    pub fn process(&self) -> Pid {
        Pid::from_raw(self.child.id().try_into().expect("processes have small numbers"))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ended");
    }
}
