//! Values of settings, read from text.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::time::Duration;

use crate::engine::schema::time::parse_ms;

/// The setting of the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Clock {
    /// The clock stands at the usual start.
    Frozen,
    /// The clock moves by 1 ms after each answer, from the usual start.
    Step,
    /// The clock moves as the machine's does.
    Real,
    /// The clock stands at this time.
    At(String),
}

/// The most threads: no machine gains from more, and some cannot start them.
const MOST_THREADS: usize = 1_024;

/// Reads a number of threads.
pub(super) fn threads(text: &str) -> Result<NonZeroUsize, String> {
    let threads = text.parse().ok().filter(|threads: &NonZeroUsize| threads.get() <= MOST_THREADS);
    threads.ok_or_else(|| format!("not a number from 1 to {MOST_THREADS}"))
}

/// An address to listen on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Host {
    /// The address.
    pub ip: IpAddr,
    /// True for `localhost`, which means 127.0.0.1 to some clients and ::1 to others.
    pub is_localhost: bool,
}

/// Reads an address to listen on.
pub(super) fn host(text: &str) -> Result<Host, String> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(Host { ip: Ipv4Addr::LOCALHOST.into(), is_localhost: true });
    }
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse().map_err(|_| "not an IP address such as 127.0.0.1, ::1 or 0.0.0.0".to_owned());
    Ok(Host { ip: ip?, is_localhost: false })
}

/// Reads a collection, and the number of records to generate.
pub(super) fn generate(text: &str) -> Result<(String, usize), String> {
    let wanted = "write it like celigo.integrations=1000";
    let (collection, count) = text.split_once('=').ok_or(wanted)?;
    Ok((collection.to_owned(), count.parse().map_err(|_| wanted)?))
}

/// Reads an API and its URL; the API is empty if the URL is for all.
#[allow(clippy::unnecessary_wraps)] // The builder says what is wrong with a URL.
pub(super) fn base_url(text: &str) -> Result<(String, String), String> {
    let api = text.split_once('=').filter(|(api, _)| !api.contains([':', '/']));
    let (api, url) = api.unwrap_or(("", text));
    Ok((api.to_owned(), url.to_owned()))
}

/// Reads an API, and its profile.
pub(super) fn profile(text: &str) -> Result<(String, String), String> {
    let (api, profile) = text.split_once('=').ok_or("write it like celigo=live")?;
    Ok((api.to_owned(), profile.to_owned()))
}

/// Reads an API, and its rate limit: the requests at once, and those that are added each second.
pub(super) fn rate_limit(text: &str) -> Result<(String, u64, u64), String> {
    let wanted = "write it like celigo=1000/300: a thousand at once, 300 more each second";
    let (api, rate) = text.split_once('=').ok_or(wanted)?;
    let (requests, per_second) = rate.split_once('/').ok_or(wanted)?;
    let number = |text: &str| text.parse().map_err(|_| wanted);
    Ok((api.to_owned(), number(requests)?, number(per_second)?))
}

/// Reads the way in which the clock moves, or the time at which it stands.
pub(super) fn clock(text: &str) -> Result<Clock, String> {
    Ok(match text {
        "frozen" => Clock::Frozen,
        "step" => Clock::Step,
        "real" => Clock::Real,
        at if parse_ms(at).is_some() => Clock::At(at.to_owned()),
        _ => return Err("neither frozen, step, real nor a time like 2024-01-20T10:00:00.000Z".to_owned()),
    })
}

/// Reads a duration such as `500ms` or `2min`.
pub(super) fn duration(text: &str) -> Result<Duration, &'static str> {
    humantime::parse_duration(text).map_err(|_| "write it like 30s, 500ms or 2min")
}
