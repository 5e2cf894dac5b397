//! `standin tail`

use std::io::{BufRead, BufReader, Read, Write};
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::Value;

use crate::cli::client::{HttpResponse, Server, ServerArgs};
use crate::cli::exit::{Exit, Failed};
use crate::cli::output::STDERR;

/// The time that a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most entries of one request.
const AT_A_TIME: usize = 500;

/// Follow the calls of a running server, one line each
///
/// A line has the call's number, the world's time, the world, what was asked, the operation and what was answered; then,
/// where there is any, the error, the fault rule, the delay, the way the answer travelled and why a call was a miss. It
/// ends with 0 when the world or the server does.
#[derive(Args, Debug)]
pub(super) struct Tail {
    #[command(flatten)]
    to: ServerArgs,
    /// World whose calls to follow
    #[arg(long, env = "STANDIN_WORLD", value_name = "NAME", default_value = "default")]
    world: String,
    /// Only calls of this operation; a trailing * selects all that begin so
    #[arg(long, env = "STANDIN_OP", value_name = "OPERATION")]
    op: Option<String>,
    /// Only answers of this status; 4xx selects a class
    #[arg(long, env = "STANDIN_STATUS", value_name = "STATUS")]
    status: Option<String>,
    /// Only calls that a fault rule answered, that are not modelled, or that failed
    #[arg(long, env = "STANDIN_IS", value_name = "KIND")]
    is: Option<Kind>,
    /// Number of earlier calls to begin with
    #[arg(long, env = "STANDIN_LAST", value_name = "N", default_value_t = 10)]
    last: usize,
    /// Format of the lines; json is an entry of the journal, with its world
    #[arg(long, env = "STANDIN_FORMAT", value_name = "FORMAT", default_value = "text")]
    format: TailFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TailFormat {
    /// One line for people
    Text,
    /// One object a line
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// A fault rule answered
    Fault,
    /// Not modelled
    Miss,
    /// Answered with 400 or more, or not at all
    Error,
}

impl Tail {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        let server = self.to.server()?;
        let known = self.ask(&server, "&only=numbers")?;
        let numbers = known["numbers"].as_array().map(Vec::as_slice).unwrap_or_default();
        // The shown entries follow the one before the first.
        let before = numbers.len().checked_sub(self.last + 1).and_then(|place| numbers[place].as_u64());
        let mut since = if self.last == 0 { number(&known["next"]) } else { before.unwrap_or_default() };
        loop {
            let Ok(stream) = server.stream(&format!("{}/events?since={since}", self.path()), PATIENCE) else {
                return Ok(ended("the server does not answer any more"));
            };
            if !self.follow(&server, BufReader::new(stream), &mut since)? {
                return Ok(Exit::Good);
            }
            // A proxy may have cut the stream, or the world may be gone.
            match server.get(&format!("{}/clock", self.path()), PATIENCE) {
                Ok(answered) if answered.status == 200 => std::thread::sleep(Duration::from_secs(1)),
                Ok(_) => return Ok(ended(&format!("the world {:?} is gone", self.world))),
                Err(_) => return Ok(ended("the server does not answer any more")),
            }
        }
    }

    /// Prints the calls of a stream until it ends; returns false when no reader is left.
    fn follow(&self, server: &Server<'_>, mut stream: BufReader<impl Read>, since: &mut u64) -> Result<bool, Failed> {
        let mut line = String::new();
        let (mut latest, mut is_first) = (None, true);
        loop {
            line.clear();
            if !matches!(stream.read_line(&mut line), Ok(1..)) {
                return Ok(true);
            }
            if line.starts_with(": reset") {
                *since = 0;
            } else if let Some(id) = line.strip_prefix("id: ") {
                latest = id.trim().parse::<u64>().ok();
                if let Some(number) = latest.filter(|number| is_first && *number <= *since) {
                    // The journal began anew while the stream was broken.
                    *since = number - 1;
                }
                is_first = false;
            }
            // Many numbers may come at a time: their entries are requested together.
            if let Some(number) = latest.filter(|_| line.trim().is_empty() && stream.buffer().is_empty()) {
                while *since < number {
                    let part = self.ask(server, &format!("&since={since}&limit={AT_A_TIME}"))?;
                    let next = self::number(&part["next"]);
                    let entries = part["entries"].as_array().map(Vec::as_slice).unwrap_or_default();
                    if !self.print(entries)? {
                        return Ok(false);
                    }
                    if next <= *since {
                        break;
                    }
                    *since = next;
                }
                latest = None;
            }
        }
    }

    /// Requests the selected entries of the journal.
    fn ask(&self, server: &Server<'_>, more: &str) -> Result<Value, Failed> {
        let kind = self.is.map(|kind| match kind {
            Kind::Fault => "fault",
            Kind::Miss => "miss",
            Kind::Error => "error",
        });
        let mut query = form_urlencoded::Serializer::new(String::new());
        let wanted = [("op", self.op.as_deref()), ("status", self.status.as_deref()), ("is", kind)];
        wanted.into_iter().filter_map(|(name, value)| Some((name, value?))).for_each(|(name, value)| {
            query.append_pair(name, value);
        });
        let path = format!("{}/journal?{}{more}", self.path(), query.finish());
        let answered = server.get(&path.replace("?&", "?"), PATIENCE).map_err(|error| {
            Failed::not_ready(format!("{} does not answer: {error}. Is `standin serve` running there?", self.to.url()))
        })?;
        self.entries(server, &answered)
    }

    fn entries(&self, server: &Server<'_>, answered: &HttpResponse) -> Result<Value, Failed> {
        let body: Value = serde_json::from_slice(&answered.body).unwrap_or_default();
        match (answered.status, body.pointer("/error/message").and_then(Value::as_str)) {
            (200, _) if body["next"].is_u64() => Ok(body),
            (401, _) => Err(server.unauthorized(answered)),
            (_, Some(message)) => {
                let hint = body.pointer("/error/hint").and_then(Value::as_str).unwrap_or_default();
                let stop = if message.ends_with('.') || hint.is_empty() { "" } else { "." };
                Err(Failed::usage(format!("{message}{stop} {hint}").trim_end()))
            }
            (status, None) => Err(Failed::not_ready(format!(
                "{} answers /_standin/journal with {status}: it is no standin server, or has no control API",
                self.to.url()
            ))),
        }
    }

    fn path(&self) -> String {
        match self.world.as_str() {
            "default" => String::new(),
            name => {
                format!("/worlds/{}", percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC))
            }
        }
    }

    /// Prints entries; returns false when no reader is left.
    fn print(&self, entries: &[Value]) -> Result<bool, Failed> {
        let lines: String = entries
            .iter()
            .map(|entry| match self.format {
                TailFormat::Text => text(entry, &self.world),
                TailFormat::Json => {
                    let mut entry = entry.clone();
                    entry["world"] = self.world.as_str().into();
                    format!("{entry}\n")
                }
            })
            .collect();
        let mut out = std::io::stdout().lock();
        match out.write_all(lines.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
            done => Ok(done.map(|()| true)?),
        }
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

fn ended(why: &str) -> Exit {
    STDERR.say(format!("{why}\n"));
    Exit::Good
}

/// Returns the line of one call: `2 10:00:00.001 default POST /v1/integrations celigo.integrations.create 201 rule=…
/// +40ms`.
fn text(entry: &Value, world: &str) -> String {
    let part = |name: &str| entry[name].as_str().unwrap_or_default();
    let time = part("at").get(11..23).unwrap_or_default();
    let mut words = vec![
        number(&entry["n"]).to_string(),
        time.to_owned(),
        world.to_owned(),
        part("method").to_owned(),
        part("target").to_owned(),
        entry["op"].as_str().unwrap_or("-").to_owned(),
        entry["status"].as_u64().map_or_else(|| "-".to_owned(), |status| status.to_string()),
    ];
    let named = [("error", "error"), ("miss", "miss"), ("rule", "rule"), ("step", "step")];
    words.extend(
        named.iter().filter(|(name, _)| !part(name).is_empty()).map(|(name, shown)| format!("{shown}={}", part(name))),
    );
    let slowed_by = entry["slowed_by"].as_array().into_iter().flatten().filter_map(Value::as_str);
    words.extend(slowed_by.map(|rule| format!("slowed-by={rule}")));
    if number(&entry["delay_ms"]) > 0 {
        words.push(format!("+{}ms", number(&entry["delay_ms"])));
    }
    if let Some(call) = entry["shows_call"].as_u64() {
        words.push(format!("lags=after-call-{call}"));
    }
    if !matches!(part("manner"), "" | "whole") {
        words.push(part("manner").to_owned());
    }
    // A consumer's control characters must not reach the terminal.
    words.join(" ").chars().flat_map(shown).chain(['\n']).collect()
}

fn shown(letter: char) -> Vec<char> {
    if letter.is_control() { letter.escape_default().collect() } else { vec![letter] }
}
