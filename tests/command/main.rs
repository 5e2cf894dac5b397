//! The binary, as a shell sees it.

#[path = "../support/binary.rs"]
mod binary;
#[path = "../support/mod.rs"]
mod support;

mod builder;
mod canary;
mod cli;
mod doors;
#[cfg(unix)]
mod draft;
mod drain;
mod ending;
mod fixed_strikes;
#[cfg(unix)]
mod intercept;
#[cfg(unix)]
mod own_files;
mod pipes;
mod probe;
mod reference;
mod reload;
mod reports;
mod scenario_run;
mod schema;
#[cfg(unix)]
mod second_user;
mod secrets;
mod settings;
mod small_stack;
mod strikes;
mod stumbles;
mod sweep;
mod tail;
#[cfg(unix)]
mod unjudged;
#[cfg(unix)]
mod watch;
