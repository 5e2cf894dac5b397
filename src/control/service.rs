//! The control API's service: admits administrators and hands their requests to the functions of the table.

use std::borrow::Cow;
use std::cell::Cell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::control::effect::Effect;
use crate::control::error::Error;
use crate::control::page::is_asked_for;
use crate::control::path::ControlPath;
use crate::control::request::{ControlRequest, Supplies};
use crate::control::subscription::Subscription;
use crate::control::table::{ControlRoute, LARGE_BODY_BYTES};
use crate::control::waiting::Waiting;
use crate::engine::schema::problem::panic_text;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::http::caught::caught;
use crate::http::headers;
use crate::http::message::{Request, Response};
use crate::http::target::{Query, Target, decode};
use crate::scenario::WaitFor;
use crate::world::call_waits::CallWait;
use crate::world::error::WorldError;
use crate::world::registry::WorldRegistry;
use crate::world::select::chosen;
use crate::world::selector::WorldSelector;

/// The service of the control API.
pub(crate) struct ControlService {
    registry: Arc<WorldRegistry>,
    access_policy: AccessPolicy,
    supplies: Supplies,
    /// A count of the open streams: each holds a clone.
    streams: Arc<()>,
}

/// The conditions under which a caller is admitted.
#[derive(Clone, Debug)]
pub(crate) struct AccessPolicy {
    /// The address the server listens on: only requests to this address, or to `localhost`, are admitted.
    pub address: SocketAddr,
    /// The token a caller must show, in `Authorization: Bearer` or `standin-control-token`. With it, every host is
    /// admitted.
    pub token: Option<String>,
    /// Origins that are admitted like the address: those of the links in answers, behind a proxy.
    pub origins: Vec<String>,
}

/// The result of handling a request.
pub(crate) struct Handled {
    /// The answer, unless the request is handled again.
    pub response: Response,
    /// The wait in which the request is to be handled again.
    pub waits: Option<Waits>,
    /// The part that the request may have changed.
    pub changed: Option<Changed>,
    /// The stream that is the answer's body.
    pub subscription: Option<Box<Subscription>>,
    /// Warnings about the request, for the log.
    pub warnings: Vec<String>,
}

/// A wait of a request, which is to be handled again: at the end of its wait for calls if it has one, else after each
/// answer in a world.
pub(crate) struct Waits {
    /// The wait for calls.
    pub calls: Option<CallWait<WaitFor>>,
    /// The name of the world.
    pub world: Arc<str>,
    /// The time from the first call on.
    pub most: Duration,
}

/// The part that a request may have changed.
pub(crate) enum Changed {
    /// The world of that name.
    World(Arc<str>),
    /// Any world.
    Server,
}

/// The longest warning in a header, in bytes.
const LONGEST_WARNING: usize = 400;
/// The most warnings in headers: many clients take no answer of more than a hundred headers.
const MOST_WARNINGS: usize = 21;

impl ControlService {
    /// The beginning of all paths.
    pub(crate) const PREFIX: &'static str = "/_standin";

    /// Tells whether a path belongs to the control API. `/w/<name>/_standin/…` does too, so that a client needs only
    /// the URL of its world.
    pub(crate) fn serves(path: &str) -> bool {
        let below = path.strip_prefix("/w/").and_then(|below| Some(&below[below.find('/')?..]));
        below.unwrap_or(path).starts_with(Self::PREFIX)
    }

    /// Tells whether a request may take long, so that a server with one thread answers it on another: its body is
    /// large, it may make records, or its world is large or locked.
    pub(crate) fn takes_long(&self, request: &Request<'_>) -> bool {
        let target = Target::parse(request.target);
        let place = ControlPath::of(target.path.strip_prefix(Self::PREFIX).unwrap_or(target.path));
        let Ok((route, _, is_worlds)) = place.find(request.method) else { return false };
        if route.is_open {
            return false;
        }
        if request.body.len() >= LARGE_BODY_BYTES || (route.takes_long)(request.body) {
            return true;
        }
        let named = if is_worlds { Self::named(&place, &target, request) } else { Ok(None) };
        let world = match named {
            Ok(Some(name)) => self.registry.world(&name, request.arrived_ms),
            _ => Ok(Arc::clone(self.registry.default_world())),
        };
        world.is_ok_and(|world| WorldRegistry::is_busy_or_large(&world))
            || (!is_worlds && self.registry.has_many_worlds())
    }

    /// Creates the service of a registry of worlds.
    pub(crate) fn new(registry: Arc<WorldRegistry>, access_policy: AccessPolicy, supplies: Supplies) -> Self {
        Self { registry, access_policy, supplies, streams: Arc::default() }
    }

    /// Tells whether a request is for the page. The same path without `Accept: text/html` is for an API.
    pub(crate) fn shows_page(&self, method: &str, path: &str, accept: impl FnOnce() -> Option<String>) -> bool {
        self.supplies.page.is_some() && is_asked_for(method, path, accept)
    }

    /// Handles an administrator's request, or refuses it. A request that waits is handled again with the same
    /// `waiting`; `is_last` says that its time is over.
    pub(crate) fn answer(&self, request: &Request<'_>, waiting: &Waiting, is_last: bool) -> Handled {
        let (mut waits, mut changed) = (None, None);
        let (mut subscription, mut lost, mut warnings) = (None, 0, Vec::new());
        let target = Target::parse(request.target);
        let host = target.authority.or_else(|| request.header("host"));
        let own = target.path.strip_prefix(Self::PREFIX);
        let page = self.supplies.page.and_then(|page| page.answer(request, own.unwrap_or_default(), own.is_none()));
        if let Some(response) = page {
            return Handled { response, waits: None, changed: None, subscription: None, warnings: Vec::new() };
        }
        let path = own.unwrap_or(target.path);
        let path = if path.is_empty() { "/" } else { path };
        let place = ControlPath::of(path);
        let found = place.find(request.method);
        let admitted = self.authorize(request, host);
        let is_admitted = admitted.is_ok();
        let is_open = found.as_ref().is_ok_and(|(route, ..)| route.is_open);
        let response = if is_open { Ok(()) } else { admitted }.and_then(|()| {
            self.check_body(request)?;
            let (route, params, is_worlds) = found?;
            let query = Query::parse(target.query);
            route.check_query(&query)?;
            let params = params.into_iter().map(decode).collect();
            let named = if is_worlds { Self::named(&place, &target, request)? } else { None };
            let world = match &named {
                Some(name) if !route.makes_world => self.registry.world(name, request.arrived_ms)?,
                None if is_worlds && !self.registry.has_default_world() => return Err(WorldError::NoDefault.into()),
                _ => Arc::clone(self.registry.default_world()),
            };
            let name: Arc<str> = named.as_deref().unwrap_or(DEFAULT_WORLD).into();
            if route.method != "GET" && route.effect != Effect::Looks {
                changed = Some(if is_worlds { Changed::World(Arc::clone(&name)) } else { Changed::Server });
            }
            // The latest request sets a real clock, be it a consumer's or an administrator's.
            if !route.is_open {
                world.lock().state.clock.arrive(request.arrived_ms);
            }
            let control_request = ControlRequest {
                registry: &self.registry,
                world,
                http: request,
                is_admitted,
                named,
                target,
                supplies: &self.supplies,
                params,
                query,
                body: request.body,
                waits: Cell::new(None),
                waiting,
                is_last,
                names_a_world: place.world.is_some() || target.world.is_some(),
                streams: &self.streams,
                subscription: Cell::new(None),
                response: Cell::new(None),
                lost: Cell::new(0),
                warnings: Cell::default(),
            };
            if route.body.is_none() && route.method != "GET" {
                control_request.nothing()?;
            }
            if route.effect == Effect::Leaves {
                self.check_left()?;
            }
            let done = self.handle(route, &control_request);
            if changed.is_some() {
                control_request.world.lock().count_left();
            }
            waits = control_request.waits.get().map(|most| Waits { calls: waiting.calls(), world: name, most });
            subscription = control_request.subscription.take();
            lost = control_request.lost.get();
            warnings = control_request.warnings.take();
            Ok((done?, control_request.response.take()))
        });
        let response = match response {
            Ok(_) if subscription.is_some() => {
                Response::empty(200).with("content-type", "text/event-stream").with("cache-control", "no-cache")
            }
            Ok((_, Some(response))) => response,
            Ok((Value::Null, None)) => Response::empty(204),
            Ok((value, None)) => Response::json(200, &value),
            Err(refusal) => refusal.response(),
        };
        let response = if lost > 0 { response.with(headers::LOST, &lost.to_string()) } else { response };
        let told = warnings.iter().take(MOST_WARNINGS).map(|warning| in_a_header(warning));
        let more = warnings.len().saturating_sub(MOST_WARNINGS);
        let more = (more > 0).then(|| format!("{more} more warnings are not told here"));
        let response = told.chain(more).fold(response, |response, warning| response.with(headers::WARNING, &warning));
        Handled { response, waits, changed, subscription, warnings }
    }

    /// Refuses a body that is too large, or encoded.
    fn check_body(&self, request: &Request<'_>) -> Result<(), Error> {
        let limit = self.registry.settings().body_limit_bytes;
        if request.body.len() > limit {
            let message = format!("the body has more than {limit} bytes, and none of it was used");
            return Err(Error::new(413, "too_large", message).hint("The setting body-limit raises this."));
        }
        let encoding = request.header("content-encoding").filter(|it| !it.eq_ignore_ascii_case("identity"));
        if let Some(encoding) = encoding.filter(|_| !request.body.is_empty()) {
            let message = format!("a body with the Content-Encoding {encoding:?} is not taken");
            return Err(Error::new(415, "encoded_body", message).hint("Send plain JSON."));
        }
        Ok(())
    }

    /// Rejects a request that leaves something in a world where all worlds have as much of that as they may.
    fn check_left(&self) -> Result<(), Error> {
        let left = &self.registry.settings().control;
        if left.held() < left.limit() {
            return Ok(());
        }
        let most = left.limit();
        let message =
            format!("scenarios, rules, snapshots and webhooks take {most} bytes in all worlds, which is the most");
        Err(Error::new(507, "full", message)
            .hint("Delete worlds or reset them; the setting total-control-bytes raises this."))
    }

    /// Calls the route's handler. A panic of it is an answer too.
    fn handle(&self, route: &ControlRoute, request: &ControlRequest<'_>) -> Result<Value, Error> {
        caught(|| (route.handler)(request)).unwrap_or_else(|panic| {
            let redactor = self.registry.redactor().of_request(request.http);
            let what = redactor.text(panic_text(panic.as_ref())).into_owned();
            Err(Error::new(500, "internal", format!("standin failed here, which is its own fault: {what}")))
        })
    }

    /// Returns the name of the request's world: from the path, or as a consumer would name it.
    fn named<'r>(
        place: &ControlPath<'r>,
        target: &Target<'r>,
        request: &Request<'r>,
    ) -> Result<Option<Cow<'r, str>>, Error> {
        let by_path = place.world.map(decode);
        let chosen = chosen(by_path.as_deref().map(|name| (WorldSelector::ControlPath, name)), target, request)?;
        Ok(chosen.map(|name| name.into_owned().into()))
    }

    /// Rejects requests that a web page could have sent: by a host name that resolves to this machine, or across
    /// origins.
    fn authorize(&self, request: &Request<'_>, host: Option<&str>) -> Result<(), Error> {
        if let Some(token) = &self.access_policy.token {
            let shown = request.header(headers::CONTROL_TOKEN).or_else(|| request.bearer());
            return if shown == Some(token) {
                Ok(())
            } else {
                let hint = "Send the control token as `standin-control-token: <token>`.";
                Err(Error::new(401, "unauthorized", "The control API of this server needs its token.").hint(hint))
            };
        }
        let origins = &self.access_policy.origins;
        let own = |host: &str| {
            let port = self.access_policy.address.port();
            let names = [
                "localhost".to_owned(),
                "127.0.0.1".to_owned(),
                "[::1]".to_owned(),
                self.access_policy.address.ip().to_string(),
            ];
            let named =
                |origin: &String| origin.split_once("://").is_some_and(|(_, own)| own.eq_ignore_ascii_case(host));
            names.iter().any(|name| host.eq_ignore_ascii_case(&format!("{name}:{port}"))) || origins.iter().any(named)
        };
        if !host.is_some_and(own) {
            let message = format!("The control API does not answer to the host {:?}.", host.unwrap_or_default());
            return Err(Error::new(403, "foreign_host", message).hint(format!(
                "Use {}. Behind a proxy, start the server with the setting base-url or with a control token.",
                self.access_policy.address
            )));
        }
        let foreign_origin = request.header("origin").is_some_and(|origin| {
            let is_own = origin.strip_prefix("http://").is_some_and(own);
            !is_own && !origins.iter().any(|known| known.eq_ignore_ascii_case(origin))
        });
        let foreign_site = request.header("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none"));
        if foreign_origin || foreign_site {
            return Err(Error::new(403, "foreign_origin", "The control API does not answer to other web pages."));
        }
        Ok(())
    }
}

/// Returns a warning for a header: on one line, and short.
fn in_a_header(warning: &str) -> String {
    let line = warning.lines().map(str::trim).collect::<Vec<_>>().join("; ");
    let mut shown = String::new();
    for letter in line.chars() {
        if letter == ' ' || letter.is_ascii_graphic() {
            shown.push(letter);
        } else {
            shown.extend(letter.escape_unicode());
        }
        if shown.len() > LONGEST_WARNING {
            return shown + "...";
        }
    }
    shown
}
