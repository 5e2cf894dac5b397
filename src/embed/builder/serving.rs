//! Settings of the way to a server: its address, its control API, its page, its log.

use std::net::IpAddr;
use std::sync::Arc;

#[cfg(feature = "page")]
use crate::control::Page;
use crate::embed::builder::fields::Builder;
use crate::embed::words::Api;
#[cfg(feature = "page")]
use crate::embed::words::PageMode;
use crate::http::cors::Cors;
use crate::server::{Log, log_text};
use crate::world::select::is_name;

impl Builder {
    /// Sets the address to listen on. Default: 127.0.0.1. One that other machines can reach needs
    /// [`expose`](Self::expose).
    pub fn host(mut self, address: IpAddr) -> Self {
        self.host = Some(address);
        self
    }

    /// Listens on the same port of `[::1]` too, where the machine has it.
    #[cfg_attr(not(feature = "cli"), allow(dead_code))]
    pub(crate) fn both_families(mut self) -> Self {
        self.both_families = true;
        self
    }

    /// Sets the port to listen on. Default: 0, which is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Allows an address that other machines can reach. The control API must have a [token](Self::control_token) then,
    /// or be [left out](Self::no_control).
    pub fn expose(mut self) -> Self {
        self.exposed = true;
        self
    }

    /// Makes the control API require this token.
    pub fn control_token(mut self, token: &str) -> Self {
        if token.is_empty() {
            self.faults.push("the token of the control API must not be empty".to_owned());
        }
        self.control_token = Some(token.to_owned());
        self
    }

    /// Leaves out the control API: `/_standin/…` is a path like any other.
    pub fn no_control(mut self) -> Self {
        self.no_control = true;
        self
    }

    /// Shows browsers a page at `/`, and below `/w/<name>/`: calls as they come, worlds, coverage, records, the
    /// scenario. The page uses the control API, and does not exist without it. Default: no page.
    #[cfg(feature = "page")]
    pub fn page(mut self, mode: PageMode) -> Self {
        self.page = Some(Page { file: crate::embed::page::file, is_read_only: mode == PageMode::ReadOnly });
        self
    }

    /// Sets the origin of the links in answers, for callers behind a proxy. Default: the one each caller used.
    pub fn base_url(mut self, url: &str) -> Self {
        self.check_base_url(url);
        self.settings.base_url = Some(url.to_owned());
        self
    }

    /// Sets the origin of the links in the answers of one API; it overrides [that of all](Self::base_url).
    pub fn base_url_of(mut self, api: Api, url: &str) -> Self {
        self.check_base_url(url);
        let api = api.as_str();
        self.settings.base_urls.retain(|(name, _)| *name != api);
        self.settings.base_urls.push((api, url.to_owned()));
        self
    }

    fn check_base_url(&mut self, url: &str) {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            self.faults.push(format!("the base URL {url:?} must begin with http:// or https://"));
        }
    }

    /// Trusts the `Forwarded` and `X-Forwarded-…` headers of a proxy at this address, or in this network, such as
    /// `10.0.0.0/8`. Those of this machine are always trusted.
    pub fn trusted_proxy(mut self, network: &str) -> Self {
        if let Err(wrong) = self.trusted.add(network) {
            self.faults.push(format!("the trusted proxy {network:?} is {wrong}"));
        }
        self
    }

    /// Lets the control API's `POST /deliver` send to other machines. Default: only to this one.
    pub fn allow_outbound(mut self) -> Self {
        self.allows_outbound = true;
        self
    }

    /// Lets pages of these origins (`http://localhost:5173`; `*` for all) call the APIs: preflights pass, and a page
    /// may read every header of an answer. The control API stays closed to them. Default: the origins that the services
    /// themselves allow.
    pub fn cors<'o>(mut self, origins: impl IntoIterator<Item = &'o str>) -> Self {
        match Cors::of(origins) {
            Ok(cors) => self.settings.cors = Some(cors),
            Err(message) => self.faults.push(format!("cors: {message}")),
        }
        self
    }

    /// Leaves out the `standin-…` headers of the APIs' answers.
    pub fn no_headers(mut self) -> Self {
        self.settings.headers = false;
        self
    }

    /// Names this server among several behind a balancer: `/_standin/health` shows the name, and every answer does, in
    /// the header `standin-replica`, unless there are [no headers](Self::no_headers).
    pub fn name(mut self, name: &str) -> Self {
        if !is_name(name) {
            let wanted = "a name has 1 to 64 letters, digits, '-', '_' and '.', and begins with a letter or digit";
            self.faults.push(format!("a server cannot be named {name:?}; {wanted}"));
        }
        self.name = Some(name.to_owned());
        self
    }

    /// Shows credentials in logs, journals and reports. Default: they are redacted.
    pub fn show_secrets(mut self) -> Self {
        self.settings.show_secrets = true;
        self
    }

    /// Sets a log: the function gets a line of text for each request that the server answers, and for each fault rule,
    /// lag, expectation and warning of what a test adds. It must not call the server.
    ///
    /// ```
    /// use std::sync::{Arc, Mutex};
    /// use standin::{Rule, Standin};
    ///
    /// let lines = Arc::new(Mutex::new(Vec::new()));
    /// let log = Arc::clone(&lines);
    /// let world = Standin::builder().log(move |line| log.lock().unwrap().push(line.to_owned())).offline()?;
    /// world.fault(Rule::on("celigo.flows.list").id("busy").error("rate_limited"));
    /// assert_eq!(lines.lock().unwrap()[0], "fault rule \"busy\" on celigo.flows.list was added in world default");
    /// # Ok::<(), standin::StartError>(())
    /// ```
    pub fn log(self, line: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.events(Arc::new(move |event| line(log_text(event, false).trim_end())))
    }

    /// Sets a log, which gets an event for every answered request.
    pub(crate) fn events(mut self, log: Log) -> Self {
        self.log = Some(log);
        self
    }
}
