//! Operations on the records of the person whose token the caller presents.

use crate::apis::edlink::graph::envelope;
use crate::apis::edlink::graph::lists;
use crate::apis::edlink::graph::own::{named, own};
use crate::apis::edlink::graph::resources::{AGENTS, CLASSES, DISTRICTS, ENROLLMENTS, SCHOOLS, SECTIONS};
use crate::apis::edlink::graph::viewer::Viewer;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::http::message::Response;

fn list(context: &mut Context<'_>, resource: &'static Schema) -> Result<Response, Problem> {
    let all = own(&Viewer::of(context), resource);
    lists::answer(context, resource, all)
}

fn get(context: &mut Context<'_>, resource: &'static Schema) -> Result<Response, Problem> {
    let record = named(context, resource)?;
    Ok(envelope::record(context, resource, &record))
}

macro_rules! operations {
    ($($list:ident, $get:ident: $resource:ident;)*) => {$(
        #[doc = concat!("Lists the person's own `", stringify!($resource), "`.")]
        pub(super) fn $list(context: &mut Context<'_>) -> Result<Response, Problem> {
            list(context, &$resource)
        }

        #[doc = concat!("Shows one of the person's own `", stringify!($resource), "`.")]
        pub(super) fn $get(context: &mut Context<'_>) -> Result<Response, Problem> {
            get(context, &$resource)
        }
    )*};
}

operations! {
    districts, district: DISTRICTS;
    schools, school: SCHOOLS;
    classes, class: CLASSES;
    sections, section: SECTIONS;
    enrollments, enrollment: ENROLLMENTS;
    agents, agent: AGENTS;
}
