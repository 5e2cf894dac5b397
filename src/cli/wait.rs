//! `standin wait`

use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;

use crate::cli::client::ServerArgs;
use crate::cli::exit::{Exit, Failed};
use crate::cli::values::duration;

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(50);

/// Wait until a server is ready
#[derive(Args, Debug)]
pub(super) struct Wait {
    #[command(flatten)]
    to: ServerArgs,
    /// Time to wait, such as 500ms or 2min; then it exits with 3
    #[arg(long, env = "STANDIN_TIMEOUT", value_name = "TIME", default_value = "30s", value_parser = duration)]
    timeout: Duration,
}

impl Wait {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        let server = self.to.server()?;
        let started = Instant::now();
        loop {
            let left = self.timeout.saturating_sub(started.elapsed());
            let said = match server.get("/ready", left.max(PAUSE)) {
                Ok(answered) if answered.status == 200 => return Ok(Exit::Good),
                // The token is wrong, and further attempts would not change that.
                Ok(answered) if answered.status == 401 => return Err(server.unauthorized(&answered)),
                Ok(answered) => format!("it answers /_standin/ready with {}", answered.status),
                Err(why) => why,
            };
            if left <= PAUSE {
                let (url, timeout) = (self.to.url(), humantime::format_duration(self.timeout));
                return Err(Failed::not_ready(format!(
                    "{url} is not ready after {timeout}: {said}. Is `standin serve` running there, with its control API?"
                )));
            }
            sleep(PAUSE);
        }
    }
}
