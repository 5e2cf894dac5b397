//! `standin env`

use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};
use serde_json::{Map, Value};

use crate::cli::client::{Server, ServerArgs};
use crate::cli::exit::{Exit, Failed, print};
use crate::cli::trust_variables;
use crate::engine::state::world_token::DEFAULT_WORLD;
use crate::world::entrance::Entrance;

/// The time that a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Print the variables that point a consumer at a running server
///
/// STANDIN_URL, CELIGO_BASE_URL, CELIGO_API_TOKEN, EDLINK_BASE_URL, EDLINK_APPLICATION_SECRET and EDLINK_ACCESS_TOKEN, with
/// values that work: eval "$(standin env)", or standin env --format github >> "$GITHUB_ENV". EDLINK_ACCESS_TOKEN is
/// the access token of the first active integration.
#[derive(Args, Debug)]
pub(super) struct Env {
    #[command(flatten)]
    to: ServerArgs,
    /// Format of the variables
    #[arg(long, env = "STANDIN_FORMAT", value_name = "FORMAT", default_value = "sh")]
    format: EnvFormat,
    /// Print the variables of the proxy too, for clients with hard-coded hosts; the server must run with --intercept
    #[arg(long, env = "STANDIN_INTERCEPT", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    intercept: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EnvFormat {
    /// export NAME='value'
    Sh,
    /// NAME=value
    Github,
    /// {"NAME":"value"}
    Json,
}

impl Env {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        let server = self.to.server()?;
        let answered = server.get("/env", PATIENCE).map_err(|error| {
            Failed::not_ready(format!("{} does not answer: {error}. Is `standin serve` running there?", self.to.url()))
        })?;
        if answered.status == 401 {
            return Err(server.unauthorized(&answered));
        }
        let variables: Option<Map<String, Value>> = serde_json::from_slice(&answered.body).ok();
        let Some(mut variables) = variables.filter(|_| answered.status == 200) else {
            let (url, status) = (self.to.url(), answered.status);
            return Err(Failed::not_ready(format!(
                "{url} answers /_standin/env with {status}: it is no standin server, or has no control API"
            )));
        };
        if self.intercept {
            let own = self.of_proxy(&server)?;
            variables.extend(own.into_iter().map(|(name, value)| (name.to_owned(), value.into())));
        }
        print(&shown(self.format, variables))
    }

    /// Requests the server's proxy settings, and returns the variables that lead to the proxy.
    fn of_proxy(&self, server: &Server<'_>) -> Result<Vec<(&'static str, String)>, Failed> {
        let world = self.to.url().split_once("/w/").map_or(DEFAULT_WORLD, |(_, name)| name.trim_end_matches('/'));
        let answered = server.get(&format!("/worlds/{world}"), PATIENCE).map_err(Failed::not_ready)?;
        let shown: Value = serde_json::from_slice(&answered.body).unwrap_or_default();
        let (Some(proxy), Some(ca)) = (shown["proxy"].as_str(), shown["ca"].as_str()) else {
            return Err(Failed::usage(format!(
                "{} is no proxy: start it with `standin serve --intercept`",
                self.to.url()
            )));
        };
        let address = proxy.rsplit(['@', '/']).next().unwrap_or_default();
        let folder = ca.rsplit_once('/').map_or(".", |(folder, _)| folder);
        let entrance = Entrance::in_folder(address.to_owned(), folder);
        Ok(trust_variables::variables(&entrance, world, |name| std::env::var(name).ok()))
    }
}

fn shown(format: EnvFormat, variables: Map<String, Value>) -> String {
    let lines = |line: fn(&str, &str) -> String| {
        variables.iter().map(|(name, value)| line(name, value.as_str().unwrap_or_default())).collect()
    };
    match format {
        EnvFormat::Sh => lines(|name, value| format!("export {name}='{}'\n", value.replace('\'', "'\\''"))),
        EnvFormat::Github => lines(|name, value| format!("{name}={value}\n")),
        EnvFormat::Json => format!("{}\n", Value::Object(variables)),
    }
}
