//! The settings of a server, for every command that starts one.

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};
use rand::TryRng;
use rand::rngs::SysRng;
use tokio::runtime::Runtime;

use crate::cli::exit::{Exit, Failed};
use crate::cli::intercept::Intercept;
use crate::cli::isolate;
use crate::cli::log::{LogSettings, Logger};
use crate::cli::values::{Clock, Host, base_url, clock, duration, generate, host, profile, rate_limit, threads};
use crate::embed::{self, Api, Builder, Error, Standin, WorldHandle};
use crate::engine::schema::time::format_ms;
use crate::engine::state::clock::DEFAULT_START_MS;
use crate::engine::state::settings::JournalBounds;
use crate::engine::state::settings::Settings as World;
use crate::world::registry_limits::Limits as WorldLimits;

/// The settings of a server.
#[derive(Args, Debug)]
pub(super) struct Settings {
    #[command(flatten)]
    listening: Listening,
    #[command(flatten)]
    intercept: Intercept,
    #[command(flatten)]
    contents: Contents,
    #[command(flatten)]
    bounds: LimitArgs,
    #[command(flatten)]
    log: LogSettings,
    /// Show credentials in logs, journals and reports, which are blacked out otherwise
    #[arg(long, env = "STANDIN_SHOW_SECRETS", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    show_secrets: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Listening")]
struct Listening {
    /// IP address to listen on, or localhost, which is 127.0.0.1 and ::1; one that other machines can reach needs --expose
    #[arg(long, env = "STANDIN_HOST", value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = host)]
    host: Host,
    /// Port to listen on; 0 is any free one [default: 4780 for serve, else any free one]
    #[arg(long, env = "STANDIN_PORT", value_name = "PORT")]
    port: Option<u16>,
    /// Threads that answer; one suits a single consumer best
    #[arg(long, env = "STANDIN_THREADS", value_name = "N", default_value = "1", value_parser = threads)]
    threads: NonZeroUsize,
    /// File to write {"url","port","pid"} to, whole, once the server listens; an old one is removed first
    #[arg(long, env = "STANDIN_PORT_FILE", value_name = "FILE")]
    port_file: Option<PathBuf>,
    /// Allow an address that other machines can reach; the control API then wants a token
    #[arg(long, env = "STANDIN_EXPOSE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    expose: bool,
    /// Token the control API wants [default: none, with --expose a random one that is printed to stderr]
    #[arg(long, env = "STANDIN_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    control_token: Option<String>,
    /// No control API: /_standin/… is a path like any other
    #[arg(long, env = "STANDIN_NO_CONTROL", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    no_control: bool,
    /// Origins whose pages may ask the APIs, for a front-end under test, such as http://localhost:5173; * is all; off leaves
    /// it to what the services say
    #[arg(long, env = "STANDIN_CORS", value_name = "ORIGINS", value_delimiter = ',', default_value = "off")]
    cors: Vec<String>,
    /// Page for people at / and below /w/<name>/: full, or read-only without what changes anything
    #[arg(long, env = "STANDIN_PAGE", value_name = "MODE", default_value = "full")]
    page: PageMode,
    /// No page for people
    #[arg(long, env = "STANDIN_NO_PAGE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    no_page: bool,
    /// Origin of the links in answers, or of those of an API, such as celigo=https://api.example.org; repeatable, or with
    /// commas between [default: the one each caller used]
    #[arg(long, env = "STANDIN_BASE_URL", value_name = "[API=]URL", value_delimiter = ',', value_parser = base_url)]
    base_url: Vec<(String, String)>,
    /// Address or network of a proxy whose Forwarded and X-Forwarded-… headers are believed, such as 10.0.0.0/8;
    /// repeatable, or with commas between [default: this machine's own]
    #[arg(long, env = "STANDIN_TRUSTED_PROXY", value_name = "ADDRESS", value_delimiter = ',')]
    trusted_proxy: Vec<String>,
    /// POST /_standin/deliver may send to other machines too [default: to this one only]
    #[arg(long, env = "STANDIN_ALLOW_OUTBOUND", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    allow_outbound: bool,
    /// No standin-… headers on the answers of the APIs
    #[arg(long, env = "STANDIN_NO_HEADERS", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    no_headers: bool,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "World")]
struct Contents {
    /// APIs to serve, with commas between them [default: all]
    #[arg(long, env = "STANDIN_API", value_name = "NAMES", value_delimiter = ',')]
    api: Option<Vec<String>>,
    /// Folder of records, <api>/<collection>.json, each in place of the embedded ones of its collection; a
    /// tokens.json in it lists the only good credentials
    #[arg(long, env = "STANDIN_FIXTURES", value_name = "FOLDER")]
    fixtures: Option<PathBuf>,
    /// No embedded records: only those of --fixtures, if any
    #[arg(long, env = "STANDIN_NO_EMBEDDED_FIXTURES", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    no_embedded_fixtures: bool,
    /// Make up records, such as celigo.integrations=1000; repeatable, or with commas between
    #[arg(long, env = "STANDIN_GENERATE", value_name = "COLLECTION=N", value_delimiter = ',', value_parser = generate)]
    generate: Vec<(String, usize)>,
    /// Seed of ids, tokens, draws and made-up records [default: 0, or what the scenario says]
    #[arg(long, env = "STANDIN_SEED", value_name = "N")]
    seed: Option<u64>,
    /// Refuse scenarios that depend on assumed behaviour
    #[arg(long, env = "STANDIN_STRICT_FIDELITY", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    strict_fidelity: bool,
    /// Profile of an API, such as celigo=live: documented, or live where the running service is known to differ
    /// [default: documented]
    #[arg(long, env = "STANDIN_PROFILE", value_name = "API=PROFILE", value_delimiter = ',', value_parser = profile)]
    profile: Vec<(String, String)>,
    /// Requests an API lets through at once, and how many more each second, such as celigo=1000/300 [default: no limit]
    #[arg(long, env = "STANDIN_RATE_LIMIT", value_name = "API=N/N", value_delimiter = ',', value_parser = rate_limit)]
    rate_limit: Vec<(String, u64, u64)>,
    /// Clock: frozen, step (1 ms after each answer), real, or a time like 2024-01-20T10:00:00.000Z to stand
    /// still at [default: what the scenario says, else real for serve and step for other commands]
    #[arg(long, env = "STANDIN_CLOCK", value_name = "CLOCK", value_parser = clock)]
    clock: Option<Clock>,
}

#[derive(Args, Debug)]
#[command(next_help_heading = "Limits")]
struct LimitArgs {
    /// Most entries the journal keeps; the oldest are lost first
    #[arg(long, env = "STANDIN_JOURNAL_ENTRIES", value_name = "N", default_value_t = JournalBounds::default().entries)]
    journal_entries: usize,
    /// Most bytes the journal keeps
    #[arg(long, env = "STANDIN_JOURNAL_BYTES", value_name = "N", default_value_t = JournalBounds::default().bytes)]
    journal_bytes: usize,
    /// Most bytes of the journals of all worlds together; the largest lose their oldest entries first
    #[arg(long, env = "STANDIN_TOTAL_JOURNAL_BYTES", value_name = "N", default_value_t = World::default().journals.limit())]
    total_journal_bytes: usize,
    /// Most bytes of memory that scenarios, rules, snapshots and webhooks take in all worlds; beyond is 507
    #[arg(long, env = "STANDIN_TOTAL_CONTROL_BYTES", value_name = "N", default_value_t = World::default().control.limit())]
    total_control_bytes: usize,
    /// Most records of each kind that a service writes by itself, such as events; the oldest are lost first
    #[arg(long, env = "STANDIN_HISTORY_RECORDS", value_name = "N", default_value_t = World::default().history.records)]
    history_records: usize,
    /// Most bytes of them
    #[arg(long, env = "STANDIN_HISTORY_BYTES", value_name = "N", default_value_t = World::default().history.bytes)]
    history_bytes: usize,
    /// Most bytes of them in all worlds together
    #[arg(long, env = "STANDIN_TOTAL_HISTORY_BYTES", value_name = "N", default_value_t = World::default().history.total.limit())]
    total_history_bytes: usize,
    /// Most bytes of memory of the records that requests, scenarios and imports make in a world; beyond is 507
    #[arg(long, env = "STANDIN_RECORD_BYTES", value_name = "N", default_value_t = World::default().records.bytes)]
    record_bytes: usize,
    /// Most bytes of them in all worlds together; those that forks share count once
    #[arg(long, env = "STANDIN_TOTAL_RECORD_BYTES", value_name = "N", default_value_t = World::default().records.total_limit())]
    total_record_bytes: usize,
    /// Most records that can be made up in a world, with what comes with them
    #[arg(long, env = "STANDIN_GENERATED_RECORDS", value_name = "N", default_value_t = World::default().generate.records)]
    generated_records: usize,
    /// Most records that can be made up in all worlds together
    #[arg(long, env = "STANDIN_TOTAL_GENERATED_RECORDS", value_name = "N", default_value_t = World::default().generate.total.limit())]
    total_generated_records: usize,
    /// Most bytes a request's body may have; beyond is 413. Where it is not set, Celigo takes 10485760 [default: 33554432]
    #[arg(long, env = "STANDIN_BODY_LIMIT", value_name = "BYTES")]
    body_limit: Option<usize>,
    /// Most elements and members a request's body may have, all together; beyond is 400
    #[arg(long, env = "STANDIN_BODY_MEMBERS", value_name = "N", default_value_t = World::default().body_members)]
    body_members: usize,
    /// Time a request's head may be on its way, and a new connection silent; 0s is for ever, beyond is 408
    #[arg(long, env = "STANDIN_HEADER_TIMEOUT", value_name = "TIME", default_value = "30s", value_parser = duration)]
    header_timeout: Duration,
    /// Time a client may take nothing of its answer, then its connection is closed; 0s is for ever
    #[arg(long, env = "STANDIN_SEND_TIMEOUT", value_name = "TIME", default_value = "30s", value_parser = duration)]
    send_timeout: Duration,
    /// Time a connection may be idle between requests, then it is closed; 0s is for ever
    #[arg(long, env = "STANDIN_IDLE_TIMEOUT", value_name = "TIME", default_value = "5min", value_parser = duration)]
    idle_timeout: Duration,
    /// Most connections at a time; beyond, the oldest idle one is closed, and where none is idle, a new one gets 503
    #[arg(long, env = "STANDIN_MAX_CONNECTIONS", value_name = "N", default_value_t = WorldLimits::default().connections)]
    max_connections: usize,
    /// Time a request's body may be on its way behind its head, such as 30s; 0s is for ever, beyond is 408
    #[arg(long, env = "STANDIN_BODY_TIMEOUT", value_name = "TIME", default_value = "30s", value_parser = duration)]
    body_timeout: Duration,
    /// Most bytes of all bodies together that are on their way; beyond is 503
    #[arg(long, env = "STANDIN_UNFINISHED_BYTES", value_name = "N", default_value_t = WorldLimits::default().unfinished_bytes)]
    unfinished_bytes: usize,
    /// Most worlds at a time, beside the default one
    #[arg(long, env = "STANDIN_MAX_WORLDS", value_name = "N", default_value_t = WorldLimits::MOST_WORLDS)]
    max_worlds: usize,
    /// Most worlds of one label at a time
    #[arg(long, env = "STANDIN_MAX_WORLDS_PER_LABEL", value_name = "N", default_value_t = WorldLimits::MOST_WORLDS)]
    max_worlds_per_label: usize,
    /// Seconds after which a world without a request is deleted; 0 is never
    #[arg(long, env = "STANDIN_WORLD_IDLE_S", value_name = "SECONDS", default_value_t = WorldLimits::IDLE_S)]
    world_idle_s: u64,
}

/// The page for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PageMode {
    /// Shows and changes
    Full,
    /// Only shows
    ReadOnly,
}

/// The differences between the commands that start a server.
pub(super) struct Defaults {
    /// The port.
    pub port: u16,
    /// The clock.
    pub clock: Clock,
    /// True when requests are logged unless a flag says otherwise.
    pub log_requests: bool,
    /// True when the proxy is on unless a flag says otherwise.
    pub intercept: bool,
}

impl Settings {
    /// Tells whether a command is to be in a network of its own.
    pub(super) fn isolates(&self) -> bool {
        self.intercept.isolates()
    }

    /// Tells whether the variables of --intercept are to be printed, and no command run.
    pub(super) fn prints_intercept(&self) -> bool {
        self.intercept.prints()
    }

    /// Returns the path of the port file.
    pub(super) fn port_file(&self) -> Option<&PathBuf> {
        self.listening.port_file.as_ref()
    }

    /// Returns the folder of records.
    pub(super) fn fixtures(&self) -> Option<&PathBuf> {
        self.contents.fixtures.as_ref()
    }

    /// Tells whether only failures are told.
    pub(super) fn is_quiet(&self) -> bool {
        self.log.is_quiet()
    }

    /// Runs a command to its end.
    pub(super) fn block_on<F>(&self, command: impl FnOnce(Logger) -> F) -> Result<Exit, Failed>
    where
        F: Future<Output = Result<Exit, Failed>>,
    {
        if self.intercept.isolates() {
            // This needs a process with one thread.
            isolate::enter()?;
        }
        let logger = self.log.logger()?;
        let runtime = self.runtime()?;
        let exit = runtime.block_on(command(logger));
        // Tasks that a second signal interrupted may never end.
        runtime.shutdown_background();
        exit
    }

    /// Returns the runtime, with the number of threads in the settings.
    fn runtime(&self) -> io::Result<Runtime> {
        let threads = self.listening.threads.get();
        let mut runtime = match threads {
            1 => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        runtime.worker_threads(threads).enable_all().build()
    }

    /// Returns the builder of a server with these settings.
    pub(super) fn builder(&self, defaults: &Defaults, logger: Logger) -> Result<Builder, Failed> {
        let listening = &self.listening;
        let port = listening.port.unwrap_or(defaults.port);
        let mut builder = self.contents(defaults)?.host(listening.host.ip).port(port);
        if listening.host.is_localhost {
            builder = builder.both_families();
        }
        builder.fixture_notes().iter().for_each(|line| logger.note(line));
        let builder = listening.guard(builder, logger)?;
        let mut builder = self.intercept.add(builder, logger, defaults.intercept)?;
        once("--base-url", listening.base_url.iter().map(|(api, _)| api))?;
        for (api, url) in &listening.base_url {
            builder = if api.is_empty() {
                builder.base_url(url)
            } else {
                builder.base_url_of(named("--base-url", api)?, url)
            };
        }
        for network in &listening.trusted_proxy {
            builder = builder.trusted_proxy(network);
        }
        if listening.cors != ["off"] {
            builder = builder.cors(listening.cors.iter().map(String::as_str));
        }
        builder = match listening.page {
            PageMode::Full if listening.no_page => builder,
            PageMode::Full => builder.page(embed::PageMode::Full),
            PageMode::ReadOnly if listening.no_page => {
                return Err(Failed::usage("--no-page and --page contradict each other; leave one out"));
            }
            PageMode::ReadOnly => builder.page(embed::PageMode::ReadOnly),
        };
        if listening.allow_outbound {
            builder = builder.allow_outbound();
        }
        if listening.no_headers {
            builder = builder.no_headers();
        }
        Ok(match logger.of_requests().filter(|_| defaults.log_requests || self.log.is_wanted()) {
            Some(log) => builder.events(log),
            None => builder,
        })
    }

    /// Makes a world with these settings and without a server, to check scenarios before the server starts.
    pub(super) fn offline(&self, defaults: &Defaults) -> Result<WorldHandle, Failed> {
        Ok(self.contents(defaults)?.offline()?)
    }

    /// Returns a builder with the settings of the worlds, without those of the server.
    fn contents(&self, defaults: &Defaults) -> Result<Builder, Failed> {
        let (contents, limits) = (&self.contents, &self.bounds);
        once("--generate", contents.generate.iter().map(|(collection, _)| collection))?;
        once("--profile", contents.profile.iter().map(|(api, _)| api))?;
        once("--rate-limit", contents.rate_limit.iter().map(|(api, ..)| api))?;
        let mut builder = Standin::builder()
            .journal_entries(limits.journal_entries)
            .journal_bytes(limits.journal_bytes)
            .total_journal_bytes(limits.total_journal_bytes)
            .total_control_bytes(limits.total_control_bytes)
            .header_timeout(limits.header_timeout)
            .send_timeout(limits.send_timeout)
            .idle_timeout(limits.idle_timeout)
            .max_connections(limits.max_connections)
            .body_timeout(limits.body_timeout)
            .unfinished_bytes(limits.unfinished_bytes)
            .body_members(limits.body_members)
            .history_records(limits.history_records)
            .history_bytes(limits.history_bytes)
            .total_history_bytes(limits.total_history_bytes)
            .record_bytes(limits.record_bytes)
            .total_record_bytes(limits.total_record_bytes)
            .generated_records(limits.generated_records)
            .total_generated_records(limits.total_generated_records)
            .max_worlds(limits.max_worlds)
            .max_worlds_per_label(limits.max_worlds_per_label)
            .world_idle(Some(limits.world_idle_s).filter(|idle_s| *idle_s > 0).map(Duration::from_secs));
        if let Some(bytes) = limits.body_limit {
            builder = builder.body_limit(bytes);
        }
        if let Some(seed) = contents.seed {
            builder = builder.seed(seed);
        }
        builder = builder.clock(match contents.clock.as_ref().unwrap_or(&defaults.clock) {
            Clock::Frozen => embed::Clock::frozen().at(&format_ms(DEFAULT_START_MS)),
            Clock::Step => embed::Clock::step().at(&format_ms(DEFAULT_START_MS)),
            Clock::Real => embed::Clock::real(),
            Clock::At(at) => embed::Clock::frozen().at(at),
        });
        if contents.clock.is_none() {
            builder = builder.usual_clock();
        }
        if self.show_secrets {
            builder = builder.show_secrets();
        }
        if let Some(names) = &contents.api {
            builder = builder.api(names.iter().map(|name| named("--api", name)).collect::<Result<Vec<_>, _>>()?);
        }
        if let Some(folder) = &contents.fixtures {
            builder = builder.fixtures(folder);
        }
        if contents.no_embedded_fixtures {
            builder = builder.no_embedded_fixtures();
        }
        if contents.strict_fidelity {
            builder = builder.strict_fidelity();
        }
        for (collection, count) in &contents.generate {
            builder = builder.generate(collection, *count);
        }
        for (api, profile) in &contents.profile {
            let profile = profile.parse().map_err(|error: Error| Failed::usage(format!("--profile: {error}")))?;
            builder = builder.profile(named("--profile", api)?, profile);
        }
        for (api, requests, per_second) in &contents.rate_limit {
            builder = builder.rate_limit(named("--rate-limit", api)?, *requests, *per_second);
        }
        Ok(builder)
    }
}

impl Listening {
    /// Adds the settings of the access to the control API.
    fn guard(&self, builder: Builder, logger: Logger) -> Result<Builder, Failed> {
        match (self.no_control, &self.control_token) {
            (true, Some(_)) => Err(Failed::usage(
                "--no-control and --control-token contradict each other; leave one out (STANDIN_… variables count too)",
            )),
            (true, None) => {
                let builder = builder.no_control();
                // Without a control API there is no use for a token.
                Ok(if self.expose { builder.expose() } else { builder })
            }
            (false, Some(token)) if token.is_empty() => Err(Failed::usage("--control-token must not be empty")),
            (false, Some(token)) => {
                let builder = builder.control_token(token);
                Ok(if self.expose { builder.expose() } else { builder })
            }
            (false, None) if self.expose => {
                let token = random_token()?;
                logger.control_token(&token);
                Ok(builder.expose().control_token(&token))
            }
            (false, None) => Ok(builder),
        }
    }
}

/// Returns the API of that name.
fn named(flag: &str, name: &str) -> Result<Api, Failed> {
    name.parse().map_err(|error: Error| Failed::usage(format!("{flag}: {error}")))
}

/// Rejects two values for one name, of which one would have no effect.
fn once<'n>(flag: &str, names: impl Iterator<Item = &'n String>) -> Result<(), Failed> {
    let mut seen: Vec<&String> = Vec::new();
    for name in names {
        if seen.contains(&name) {
            return Err(Failed::usage(format!("{flag} is given twice for {name}; leave one out")));
        }
        seen.push(name);
    }
    Ok(())
}

/// Draws a token from the system's random source, because one from the seed could be guessed.
fn random_token() -> Result<String, Failed> {
    let number: Result<[u64; 2], _> = SysRng.try_next_u64().and_then(|one| Ok([one, SysRng.try_next_u64()?]));
    let [one, two] = number.map_err(|error| Failed {
        exit: Exit::Failure,
        message: format!("the system gives no random numbers for a control token ({error}); set --control-token"),
    })?;
    Ok(format!("{one:016x}{two:016x}"))
}
