//! `standin openapi`

use clap::Args;

use crate::cli::exit::{Exit, Failed, print};
use crate::embed::{control_openapi, openapi};

/// Print the OpenAPI 3.1 document of an API
///
/// It describes what standin models. What it knows but answers with 501 is listed under x-standin-not-modelled.
#[derive(Args, Debug)]
pub(super) struct Openapi {
    /// The API: celigo, edlink, or control for the control API below /_standin
    api: String,
}

impl Openapi {
    /// Runs it.
    pub(super) fn run(&self) -> Result<Exit, Failed> {
        let document = match (self.api.as_str(), self.api.parse()) {
            ("control", _) => control_openapi(),
            (_, Ok(api)) => openapi(api),
            (unknown, Err(_)) => {
                return Err(Failed::usage(format!("there is no API {unknown:?}; name celigo, edlink or control")));
            }
        };
        print(&format!("{document:#}\n"))
    }
}
