//! `standin doctor`

use std::ffi::OsString;

use clap::Args;

use crate::cli::consumer::{Consumer, OutputTarget};
use crate::cli::exit::{Exit, Failed, print};
use crate::cli::intercept;
use crate::cli::log::Logger;
use crate::cli::run::{DEFAULTS, start_as};
use crate::cli::settings::{Defaults, Settings};
use crate::cli::signals::Signals;
use crate::embed::{JournalEntry, Standin};

/// Find out whether a command reaches standin, and how
///
/// Runs the command with everything that could lead it here: the base URLs and tokens, and the proxy of --intercept. Says by
/// which of them its calls came, and what to set where they did not. Ends with 0 when all calls came, else with 6.
#[derive(Args, Debug)]
pub(super) struct Doctor {
    #[command(flatten)]
    settings: Settings,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// The ways by which the calls of a command came.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ways {
    /// To the address of this server, as the variables give it.
    base_url: usize,
    /// To the services' own hosts, by the proxy or a network of its own.
    own_hosts: usize,
    /// As plain HTTP with the real host in the target: by a proxy that ends no TLS.
    absolute: usize,
}

impl Ways {
    fn of(calls: &[JournalEntry], own: &str) -> Self {
        let mut ways = Self::default();
        for call in calls.iter().filter(|call| call.method != "CONNECT") {
            match call.target.split_once("://") {
                Some(("https", _)) => ways.own_hosts += 1,
                Some((_, rest)) if !rest.starts_with(own) => ways.absolute += 1,
                _ => ways.base_url += 1,
            }
        }
        ways
    }

    fn calls(&self) -> usize {
        self.base_url + self.own_hosts + self.absolute
    }

    /// Returns the number of calls by each way, in words.
    fn told(&self) -> String {
        let calls = |n: usize| if n == 1 { "1 call".to_owned() } else { format!("{n} calls") };
        let ways = [
            (self.base_url, "by the base URL: the command reads its variables, and needs no proxy"),
            (self.own_hosts, "by the services' own hosts: the command needs --intercept"),
            (self.absolute, "by the proxy, as plain HTTP with the host in the target: the command needs --intercept"),
        ];
        let lines = ways.iter().filter(|(n, _)| *n > 0).map(|(n, way)| format!("{} came {way}\n", calls(*n)));
        lines.collect()
    }
}

impl Doctor {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        self.settings.block_on(|logger| self.examine(logger))
    }

    async fn examine(&self, logger: Logger) -> Result<Exit, Failed> {
        if self.settings.prints_intercept() {
            let standin = start_as(&INTERCEPTING, &self.settings, None, logger).await?;
            return intercept::print_variables(&standin);
        }
        let mut signals = Signals::catch_for_command()?;
        let standin = start_as(&INTERCEPTING, &self.settings, None, logger).await?;
        let (ended, stopped) = Consumer::start(&self.command, &standin, OutputTarget::Shown)?.end(&mut signals).await?;
        if let Some(signal) = stopped {
            return Ok(Exit::Signal(signal));
        }
        let ways = Ways::of(&calls(&standin), &standin.address().to_string());
        let refused = !standin.untrusting().is_empty();
        let mut told = ways.told();
        if ways.calls() == 0 {
            told += if refused { "no call came\n" } else { NO_CALL };
        }
        told += &intercept::told(&intercept::elsewhere(&standin));
        if let Exit::Command(code) = ended {
            told += &format!("the command ended with {code}\n");
        }
        print(&told)?;
        Ok(if ways.calls() > 0 && !refused { Exit::Good } else { Exit::NothingTested })
    }
}

/// The advice for a command of which no request came.
const NO_CALL: &str = "no call came: the command reads neither the base URLs (STANDIN_URL, CELIGO_BASE_URL, EDLINK_BASE_URL) nor the \
                       proxy (HTTPS_PROXY, HTTP_PROXY; NODE_OPTIONS for Node.js, JAVA_TOOL_OPTIONS for Java), or it calls nothing\n\
                       give it one of them by its own settings, or put it into a network of its own: standin run --isolate -- \
                       COMMAND (Linux)\n";

/// The defaults with the proxy on.
const INTERCEPTING: Defaults = Defaults { intercept: true, ..DEFAULTS };

/// Returns the calls of all worlds.
fn calls(standin: &Standin) -> Vec<JournalEntry> {
    let others = standin.worlds().into_iter().filter_map(|name| standin.find_world(&name));
    std::iter::once(standin.world()).chain(others).flat_map(|world| world.journal()).collect()
}
