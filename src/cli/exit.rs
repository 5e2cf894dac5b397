//! The ways in which a command ends, and their exit codes.

use std::fmt;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use crate::cli::findings::with_pointers;
use crate::embed::StartError;
use crate::scenario::ScenarioError;

/// The codes that commands end with, and their meaning.
pub(super) const CODES: &[(&str, &str)] = &[
    ("0", "good"),
    ("1", "own failure"),
    ("2", "usage, or an invalid scenario, fixture or setting"),
    ("3", "cannot listen, or not ready in time"),
    ("4", "expectations failed"),
    ("5", "drift: the live service answers otherwise than documented"),
    ("6", "nothing was tested: no scenario, no call or no check"),
    ("128+n", "ended by signal n (serve: when told twice)"),
];

/// Returns the codes and the rule of settings, for help texts.
pub(super) fn help() -> String {
    let mut codes = String::new();
    for (code, about) in CODES {
        let _ = writeln!(codes, "  {code:<5}  {about}");
    }
    format!(
        "Exit codes:\n{codes}\n\
        Every flag --some-flag can be set as STANDIN_SOME_FLAG; the flag wins. A STANDIN_… variable that is\n\
        almost a setting is an error, another one that is none a warning; an empty value is no value."
    )
}

/// The way a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It did what it should.
    Good,
    /// It failed by a fault of its own.
    Failure,
    /// It did not begin: wrong usage, or an invalid fixture or setting.
    Usage,
    /// It cannot listen, or something was not ready in time.
    NotReady,
    /// Expectations failed.
    ExpectationsFailed,
    /// A live service answers otherwise than documented.
    Drift,
    /// There was nothing to judge: no scenario, no call or no check.
    NothingTested,
    /// The command that it ran ended with this code.
    Command(u8),
    /// This signal ended it at once.
    Signal(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Good => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::NotReady => 3,
            Exit::ExpectationsFailed => 4,
            Exit::Drift => 5,
            Exit::NothingTested => 6,
            Exit::Command(code) => code,
            Exit::Signal(number) => 128 + number,
        })
    }
}

/// The failure of a command, for the user who typed it.
#[derive(Debug)]
pub(super) struct Failed {
    /// The way it ended.
    pub exit: Exit,
    /// The reason, and the remedy.
    pub message: String,
}

impl Failed {
    /// Makes the failure of a setting or an argument that is wrong.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into() }
    }

    /// Makes the failure of a server that was not ready in time.
    pub(super) fn not_ready(message: impl Into<String>) -> Self {
        Self { exit: Exit::NotReady, message: message.into() }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<StartError> for Failed {
    fn from(error: StartError) -> Self {
        let exit = match &error {
            StartError::Listen { .. } => Exit::NotReady,
            StartError::Exposed { .. }
            | StartError::Unreadable { .. }
            | StartError::Invalid { .. }
            | StartError::Scenario(_) => Exit::Usage,
            StartError::Thread { .. } | StartError::Tls { .. } => Exit::Failure,
        };
        let message = match &error {
            StartError::Scenario(error) => with_pointers(&error.diagnostics),
            StartError::Exposed { address } => {
                format!("{} can be reached from other machines; that needs --expose", address.ip())
            }
            StartError::Invalid { faults } if faults.len() > 1 => format!("{} faults:\n{error}", faults.len()),
            _ => error.to_string(),
        };
        Self { exit, message }
    }
}

impl From<ScenarioError> for Failed {
    fn from(error: ScenarioError) -> Self {
        Self::usage(format!("invalid scenario\n{}", with_pointers(&error.diagnostics)))
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self { exit: Exit::Failure, message: error.to_string() }
    }
}

/// Prints the result of a command. A reader that leaves early (`| head`) is no failure.
pub(super) fn print(text: &str) -> Result<Exit, Failed> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(Exit::Good),
    }
}
