//! TLS and the proxy of a server, and the environment of a command that uses the proxy.

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{ArgAction, Args, ValueEnum};

use crate::cli::exit::{Exit, Failed, print};
use crate::cli::isolate;
use crate::cli::log::Logger;
use crate::cli::trust_variables::{ADDING, REPLACING, advice};
use crate::embed::{Builder, Standin, Untrusting, read_bounded};
use crate::http;
use crate::scenario::{Elsewhere, OtherHost, RefusedHandshake};

/// TLS and the proxy.
#[derive(Args, Debug)]
#[command(next_help_heading = "TLS and proxy")]
pub(super) struct Intercept {
    /// Be a proxy for the services' own hosts, with certificates of an authority that lives as long as the server; a command
    /// that is run goes by it without being changed
    #[arg(long, env = "STANDIN_INTERCEPT", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    intercept: bool,
    /// Further host to be a proxy for, such as api.example.org or .example.org; repeatable, or with commas between;
    /// implies --intercept
    #[arg(long, env = "STANDIN_INTERCEPT_HOST", value_name = "HOST", value_delimiter = ',')]
    intercept_host: Vec<String>,
    /// Treatment of other hosts that the proxy is asked for [default: refuse]
    #[arg(long, env = "STANDIN_INTERCEPT_OTHERS", value_name = "WHAT")]
    intercept_others: Option<OtherHosts>,
    /// With --intercept-others tunnel: let hosts in private networks be reached too
    #[arg(long, env = "STANDIN_ALLOW_PRIVATE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    allow_private: bool,
    /// Print the variables that a command would get by --intercept, and run nothing
    #[arg(long, env = "STANDIN_INTERCEPT_PRINT", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    intercept_print: bool,
    /// Put the command into a network of its own, in which only this server is, under the services' names: for programs that
    /// read no variable, and as proof that nothing else is talked to; implies --intercept (Linux)
    #[arg(long, env = "STANDIN_ISOLATE", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    isolate: bool,
    /// Speak TLS on the port too
    #[arg(long, env = "STANDIN_TLS", value_parser = BoolishValueParser::new(), action = ArgAction::SetTrue)]
    tls: bool,
    /// File with a certificate chain of your own, as PEM; with --tls-key
    #[arg(long, env = "STANDIN_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// File with its key, as PEM
    #[arg(long, env = "STANDIN_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Make every TLS handshake fail
    #[arg(long, env = "STANDIN_TLS_FAULT", value_name = "FAULT")]
    tls_fault: Option<TlsFault>,
}

/// The treatment of other hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OtherHosts {
    /// They are refused, and named at the end
    Refuse,
    /// They get through, unseen
    Tunnel,
}

/// A fault of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum TlsFault {
    /// The certificate is no longer valid
    Expired,
    /// The certificate is for another host
    WrongHost,
    /// The certificate is signed by an authority that no client knows
    Untrusted,
    /// The connection is reset
    HandshakeReset,
}

impl From<TlsFault> for http::message::TlsFault {
    fn from(fault: TlsFault) -> Self {
        match fault {
            TlsFault::Expired => Self::Expired,
            TlsFault::WrongHost => Self::WrongHost,
            TlsFault::Untrusted => Self::Untrusted,
            TlsFault::HandshakeReset => Self::HandshakeReset,
        }
    }
}

impl Intercept {
    /// Tells whether the variables are to be printed, and no command run.
    pub(super) fn prints(&self) -> bool {
        self.intercept_print
    }

    /// Tells whether the proxy is on.
    fn is_on(&self) -> bool {
        self.intercept || self.intercept_print || self.isolate || !self.intercept_host.is_empty()
    }

    /// Tells whether the command is to be in a network of its own.
    pub(super) fn isolates(&self) -> bool {
        self.isolate
    }

    /// Adds TLS and the proxy to a server.
    pub(super) fn add(&self, mut builder: Builder, logger: Logger, always: bool) -> Result<Builder, Failed> {
        let is_on = always || self.is_on();
        if is_on {
            builder = builder.intercept();
        } else if self.intercept_others.is_some() || self.allow_private {
            return Err(Failed::usage("--intercept-others and --allow-private change nothing without --intercept"));
        }
        for host in &self.intercept_host {
            builder = builder.intercept_host(host);
        }
        if self.intercept_others == Some(OtherHosts::Tunnel) {
            builder = builder.intercept_others(crate::embed::OtherHosts::Tunnel);
        } else if self.allow_private {
            return Err(Failed::usage("--allow-private changes nothing without --intercept-others tunnel"));
        }
        if self.allow_private {
            builder = builder.allow_private();
        }
        if let (Some(chain), Some(key)) = (&self.tls_cert, &self.tls_key) {
            let read = |file: &PathBuf| {
                read_bounded(file).map_err(|error| Failed::usage(format!("cannot read {}: {error}", file.display())))
            };
            builder = builder.tls_cert(&read(chain)?).tls_key(&read(key)?);
        }
        if self.tls {
            builder = builder.tls();
        }
        if self.isolate {
            builder = builder.also_listen(isolate::ADDRESSES.to_vec());
        }
        if let Some(fault) = self.tls_fault {
            builder = builder.tls_fault(fault.into());
        }
        if is_on || self.tls || self.tls_cert.is_some() {
            let (replacing, adding) = (named(&REPLACING), named(&ADDING));
            let note = Box::new(move |untrusting: &Untrusting| logger.note(&refused_handshake(untrusting).sentence()));
            builder = builder.trusted_bundles(replacing, adding).note_untrusting(note);
        }
        Ok(builder)
    }
}

/// Returns the existing files that these variables name.
fn named(variables: &[&str]) -> Vec<PathBuf> {
    let files = variables.iter().filter_map(std::env::var_os).map(PathBuf::from);
    files.filter(|file| file.is_file()).collect()
}

/// Prints the variables that a command would get.
pub(super) fn print_variables(standin: &Standin) -> Result<Exit, Failed> {
    let Some(entrance) = standin.entrance() else { return Ok(Exit::Good) };
    let variables =
        crate::cli::trust_variables::variables(&entrance, standin.world().name(), |name| std::env::var(name).ok());
    let line = |(name, value): (&str, String)| format!("export {name}='{}'\n", value.replace('\'', "'\\''"));
    print(&variables.into_iter().map(line).collect::<String>())
}

/// Returns a refused handshake, with the setting that makes its client trust the certificate.
fn refused_handshake(untrusting: &Untrusting) -> RefusedHandshake {
    let Untrusting { host, client, reason } = untrusting;
    let (host, client, reason) = (host.clone(), client.clone(), (*reason).to_owned());
    RefusedHandshake { host, reason, help: advice(client.as_deref()), client, times: 1 }
}

/// Returns the traffic of a command that came to no world of this server.
pub(super) fn elsewhere(standin: &Standin) -> Elsewhere {
    let others = standin.other_hosts().into_iter();
    let other_hosts = others.map(|(host, times)| OtherHost { host, times }).collect();
    let mut elsewhere = Elsewhere { other_hosts, ..Elsewhere::default() };
    standin.untrusting().iter().for_each(|untrusting| elsewhere.refuse(refused_handshake(untrusting)));
    elsewhere
}

/// Returns the sentences about that traffic, one a line.
pub(super) fn told(elsewhere: &Elsewhere) -> String {
    elsewhere.lines().into_iter().map(|line| line + "\n").collect()
}
