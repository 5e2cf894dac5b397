//! `standin wait`

use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;

use crate::cli::client::Server;
use crate::cli::exit::{Exit, Failed};

/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// Wait until a server is ready
#[derive(Args, Debug)]
pub struct Wait {
    /// The server
    #[arg(env = "STANDIN_URL", value_name = "URL", default_value = "http://127.0.0.1:4780")]
    url: String,
    /// How long to wait, such as 500ms or 2min; then it exits with 3
    #[arg(long, env = "STANDIN_TIMEOUT", value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration)]
    timeout: Duration,
}

impl Wait {
    /// Runs it.
    pub fn run(&self) -> Result<Exit, Failed> {
        let server = Server::of(&self.url)?;
        let started = Instant::now();
        loop {
            let left = self.timeout.saturating_sub(started.elapsed());
            let said = match server.get("/ready", None, left.max(PAUSE)) {
                Ok(answered) if answered.status == 200 => return Ok(Exit::Good),
                Ok(answered) => format!("it answers /_standin/ready with {}", answered.status),
                Err(error) => error.to_string(),
            };
            if left <= PAUSE {
                let (url, timeout) = (&self.url, humantime::format_duration(self.timeout));
                return Err(Failed::not_ready(format!(
                    "{url} is not ready after {timeout}: {said}. Is `standin serve` running there, with its control API?"
                )));
            }
            sleep(PAUSE);
        }
    }
}
