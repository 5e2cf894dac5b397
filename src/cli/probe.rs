//! `standin probe`

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args};
use http::Request;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::cli::client::{ask, base_url, settings};
use crate::cli::exit::{Exit, Failed, print};
use crate::cli::format::Format;
use crate::cli::values::duration;
use crate::embed::{Standin, WorldHandle, read_bounded};
use crate::scenario::{Comparison, ProbeAnswer, ProbeRequest, Scenario};

/// Compare the live service with a scenario's probe
///
/// Makes the requests of the probe, and compares status and shape of the answers with what is documented; values are never
/// compared. Faults and steps of the scenario are off. An error is what breaks a consumer that keeps to the documents
/// (another status or type, a documented field that is missing), and ends it with 5; a warning is what breaks a strict one
/// (an unknown field, an unknown value of an enumeration).
#[derive(Args, Debug)]
pub(super) struct Probe {
    /// Scenario file, or name of a ready-made scenario
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Base URL of the live service, such as https://api.integrator.io/v1; when the probe asks both APIs, twice:
    /// celigo=URL and edlink=URL
    #[arg(long, env = "STANDIN_AGAINST", value_name = "[API=]URL", required = true, value_delimiter = ',')]
    against: Vec<String>,
    /// Environment variable that holds the credential [default: the probe's token_env, else CELIGO_API_TOKEN,
    /// EDLINK_ACCESS_TOKEN or EDLINK_APPLICATION_SECRET, as the operation takes]
    #[arg(long, env = "STANDIN_TOKEN_ENV", value_name = "NAME")]
    token_env: Option<String>,
    /// Let a probe that says "writes": true change the live service
    #[arg(long, env = "STANDIN_ALLOW_WRITES", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    allow_writes: bool,
    /// Time one answer may take, such as 500ms or 2min
    #[arg(long, env = "STANDIN_TIMEOUT", value_name = "TIME", default_value = "30s", value_parser = duration)]
    timeout: Duration,
    /// PEM file with the certificates to trust, in place of the usual ones
    #[arg(long, env = "STANDIN_CA_FILE", value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Format of what was found
    #[arg(long, env = "STANDIN_FORMAT", value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// The base URLs and credentials of the live service.
struct Live {
    agent: Agent,
    /// Base URLs, by API.
    urls: BTreeMap<&'static str, String>,
    /// Credentials, by operation; public operations have none.
    credentials: BTreeMap<&'static str, String>,
}

impl Probe {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        let world = Standin::builder().offline()?;
        let (scenario, _) = world.checked(&self.file)?;
        let Some(probe) = &scenario.probe else {
            let message = format!("{} has no probe: there is nothing to ask", self.file.display());
            return Err(Failed { exit: Exit::NothingTested, message });
        };
        if probe.writes && !self.allow_writes {
            return Err(Failed::usage(
                "the probe says \"writes\": true: give --allow-writes if it may change the live service",
            ));
        }
        let live = Live {
            agent: self.agent()?,
            urls: self.urls(&scenario)?,
            credentials: self.credentials(&scenario, &world)?,
        };
        let compared = world.compare_with(&scenario, |request| live.ask(request));
        print(&match self.format {
            Format::Text => compared.to_string(),
            Format::Json => compared.to_json() + "\n",
        })?;
        verdict(&compared)
    }

    fn agent(&self) -> Result<Agent, Failed> {
        let settings = settings(self.timeout);
        let Some(file) = &self.ca_file else { return Ok(settings.build().new_agent()) };
        let wrong = |what: String| Failed::usage(format!("--ca-file {}: {what}", file.display()));
        let text = read_bounded(file).map_err(|error| wrong(error.to_string()))?;
        let mut trusted = Vec::new();
        for item in parse_pem(&text) {
            if let PemItem::Certificate(certificate) = item.map_err(|error| wrong(error.to_string()))? {
                trusted.push(certificate);
            }
        }
        if trusted.is_empty() {
            return Err(wrong("it holds no certificate; give a PEM file that does".to_owned()));
        }
        let tls = TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(trusted))).build();
        Ok(settings.tls_config(tls).build().new_agent())
    }

    /// Returns the base URL of each API that the probe calls.
    fn urls(&self, scenario: &Scenario) -> Result<BTreeMap<&'static str, String>, Failed> {
        let steps = scenario.probe.iter().flat_map(|probe| &probe.steps);
        let mut urls: BTreeMap<&'static str, Option<String>> = steps.map(|step| (step.row.api.name, None)).collect();
        let apis: Vec<&str> = urls.keys().copied().collect();
        for given in &self.against {
            let wrong = |what: String| Failed::usage(format!("--against {given}: {what}"));
            let (api, url) = match given.split_once('=').filter(|(api, _)| !api.contains(':')) {
                Some((api, url)) => (api, url),
                None if apis.len() == 1 => (apis[0], given.as_str()),
                None => {
                    let help = apis.iter().map(|api| format!("--against {api}=URL")).collect::<Vec<_>>().join(" ");
                    return Err(wrong(format!("the probe asks {}; write {help}", apis.join(" and "))));
                }
            };
            let Some(known) = urls.get_mut(api) else {
                return Err(wrong(format!("the probe does not ask {api:?}, but {}", apis.join(" and "))));
            };
            let url = base_url(url)
                .ok_or_else(|| wrong("is no base URL; write it like https://api.integrator.io/v1".to_owned()))?;
            if known.replace(url.to_owned()).is_some() {
                return Err(wrong(format!("{api} is given twice")));
            }
        }
        let missing = |api: &str| Failed::usage(format!("the probe asks {api} too: add --against {api}=URL"));
        urls.into_iter().map(|(api, url)| Ok((api, url.ok_or_else(|| missing(api))?))).collect()
    }

    /// Returns the credential for each operation that the probe calls.
    fn credentials(&self, scenario: &Scenario, world: &WorldHandle) -> Result<BTreeMap<&'static str, String>, Failed> {
        let mut credentials = BTreeMap::new();
        let Some(probe) = &scenario.probe else { return Ok(credentials) };
        for step in &probe.steps {
            let Some(usual) = world.credential_variable(step.row) else { continue };
            let variable = self.token_env.as_deref().or(probe.token_env.as_deref()).unwrap_or(usual);
            let Ok(credential) = std::env::var(variable) else {
                return Err(Failed::usage(format!(
                    "{} wants a credential, but the environment variable {variable} is not set (or no text): set it, or \
                     name another one with --token-env",
                    step.row.operation
                )));
            };
            credentials.insert(step.row.operation, credential);
        }
        Ok(credentials)
    }
}

impl Live {
    fn ask(&self, request: &ProbeRequest) -> Result<ProbeAnswer, String> {
        let mut sent = Request::builder()
            .method(request.method.as_str())
            .uri(format!("{}{}", self.urls[request.row.api.name], request.target))
            .header("accept", "application/json");
        if let Some(credential) = self.credentials.get(request.operation) {
            sent = sent.header("authorization", format!("Bearer {credential}"));
        }
        if request.body.is_some() {
            sent = sent.header("content-type", "application/json");
        }
        let sent = sent.body(request.body.as_ref().map(ToString::to_string)).map_err(|error| error.to_string())?;
        ask(&self.agent, sent).map(|answered| ProbeAnswer { status: answered.status, body: answered.body })
    }
}

fn verdict(compared: &Comparison) -> Result<Exit, Failed> {
    match compared.unanswered() {
        _ if compared.errors > 0 => Ok(Exit::Drift),
        Some(why) => Err(Failed::not_ready(format!("the live service does not answer: {why}"))),
        None => Ok(Exit::Good),
    }
}
