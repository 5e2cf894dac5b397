//! Requests to servers: a running server of this program, and the live service of a probe.

use std::error::Error;
use std::io::Read;
use std::time::Duration;

use clap::Args;
use http::{Request, Uri};
use serde_json::Value;
use ureq::Agent;
use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

use crate::cli::exit::Failed;
use crate::http::headers;

/// The most bytes of a body that are read.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// An answer.
pub(super) struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Returns the settings that all requests have in common: an answer of any status is returned, redirects too.
pub(super) fn settings(within: Duration) -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .timeout_global(Some(within))
        .http_status_as_error(false)
        .max_redirects(0)
        .user_agent(concat!("standin/", env!("CARGO_PKG_VERSION")))
}

/// Sends a request and reads the answer. The error says in a few words why there is none.
pub(super) fn ask(agent: &Agent, request: Request<Option<String>>) -> Result<HttpResponse, String> {
    let (parts, body) = request.into_parts();
    let answer = match body {
        Some(body) => agent.run(Request::from_parts(parts, body)),
        None => agent.run(Request::from_parts(parts, ())),
    };
    let read = answer.and_then(|mut answer| {
        let body = answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec()?;
        Ok(HttpResponse { status: answer.status().as_u16(), body })
    });
    read.map_err(|error| match &error {
        // A server that speaks plain HTTP answers with bytes that are no record of TLS.
        ureq::Error::Io(cause) if cause.to_string().contains("InvalidContentType") => {
            "it speaks plain HTTP: write http:// in place of https://".to_owned()
        }
        ureq::Error::Io(cause) => cause.get_ref().map_or_else(|| cause.to_string(), |inner| innermost(inner)),
        _ => error.to_string(),
    })
}

/// Returns the innermost cause of an error, which is the most specific.
fn innermost(error: &(dyn Error + 'static)) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

/// Returns the base URL of a service, without trailing slash. `None` for a text that is no URL of `http` or `https`, or
/// has more than a path behind the host.
pub(super) fn base_url(text: &str) -> Option<&str> {
    let url: Uri = text.parse().ok()?;
    let is_web = matches!(url.scheme_str(), Some("http" | "https"));
    let is_plain = url.query().is_none() && !text.contains('#') && !url.authority()?.as_str().contains('@');
    (is_web && is_plain).then(|| text.trim_end_matches('/'))
}

/// The settings by which a command finds a running server.
#[derive(Args, Debug)]
pub(super) struct ServerArgs {
    /// The server [default: http://127.0.0.1:4780]
    #[arg(long, env = "STANDIN_URL", value_name = "URL")]
    url: Option<String>,
    /// The server, in place of --url
    #[arg(value_name = "URL")]
    server: Option<String>,
    /// Token of the server's control API, if it wants one
    #[arg(long, env = "STANDIN_CONTROL_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    control_token: Option<String>,
}

impl ServerArgs {
    /// Returns the server's URL, as the user wrote it.
    pub(super) fn url(&self) -> &str {
        self.server.as_deref().or(self.url.as_deref()).unwrap_or("http://127.0.0.1:4780")
    }

    /// Returns the server.
    pub(super) fn server(&self) -> Result<Server<'_>, Failed> {
        let by_variable = std::env::var("STANDIN_URL").ok();
        if let (Some(server), Some(url)) = (&self.server, &self.url)
            && server != url
            && by_variable.as_ref() != Some(url)
        {
            return Err(Failed::usage(format!("there are two servers, {server} and --url {url}; leave one out")));
        }
        Server::of(self.url(), self.control_token.as_deref())
    }
}

/// A running server of this program.
#[derive(Debug)]
pub(super) struct Server<'u> {
    url: &'u str,
    token: Option<&'u str>,
}

impl<'u> Server<'u> {
    /// Returns the server of a URL such as `http://127.0.0.1:4780`, with the token of its control API.
    fn of(url: &'u str, token: Option<&'u str>) -> Result<Self, Failed> {
        let wrong = || Failed::usage(format!("{url:?} is no URL of a server; write it like http://127.0.0.1:4780"));
        Ok(Self { url: base_url(url).ok_or_else(wrong)?, token })
    }

    /// Requests a path of its control API, without a proxy, because no proxy reaches this machine.
    pub(super) fn get(&self, path: &str, within: Duration) -> Result<HttpResponse, String> {
        let agent = settings(within).proxy(None).build().new_agent();
        ask(&agent, self.request(path, None)?)
    }

    /// Opens a stream of its control API, which may be silent for any time once it began.
    pub(super) fn stream(&self, path: &str, within: Duration) -> Result<impl Read + use<>, String> {
        let agent = settings(within)
            .timeout_global(None)
            .timeout_connect(Some(within))
            .timeout_recv_response(Some(within))
            .proxy(None)
            .build()
            .new_agent();
        let answer = agent.run(self.request(path, ())?).map_err(|error| error.to_string())?;
        match answer.status().as_u16() {
            200 => Ok(answer.into_body().into_reader()),
            status => Err(format!("it answers {status}")),
        }
    }

    fn request<T>(&self, path: &str, body: T) -> Result<Request<T>, String> {
        let mut request = Request::get(format!("{}/_standin{path}", self.url));
        if let Some(token) = self.token {
            request = request.header(headers::CONTROL_TOKEN, token);
        }
        request.body(body).map_err(|error| error.to_string())
    }

    /// Returns the error for an answer 401 of the control API, or of an API that the URL leads to.
    pub(super) fn unauthorized(&self, answered: &HttpResponse) -> Failed {
        let body: Value = serde_json::from_slice(&answered.body).unwrap_or_default();
        Failed::usage(if body.pointer("/error/code").is_some() {
            format!("{} wants its control token: give the right one with --control-token", self.url)
        } else {
            format!("{} leads into an API: give the URL of the server, such as http://127.0.0.1:4780", self.url)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_taken_or_refused() {
        assert_eq!(base_url("http://[::1]:8080/behind/"), Some("http://[::1]:8080/behind"));
        assert_eq!(base_url("https://api.integrator.io/v1"), Some("https://api.integrator.io/v1"));
        for wrong in
            ["127.0.0.1:4780", "ftp://h", "http://", "http://h?x", "http://h#x", "http://a b", "http://me@h", ""]
        {
            assert_eq!(base_url(wrong), None, "{wrong}");
        }
    }
}
