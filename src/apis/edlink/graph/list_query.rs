//! Parameters of a v2 request beside the record or list itself: a page, a filter, expansions, fields.

use crate::apis::edlink::errors::{INVALID_CURSOR, INVALID_FILTER};
use crate::apis::edlink::graph::cursors;
use crate::apis::edlink::graph::cursors::Remembered;
use crate::apis::edlink::graph::filter::Filter;
use crate::apis::edlink::paging;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;
use crate::http::target::Query;

/// The parameter that a next link consists of.
const CURSOR: &str = "$cursor";

/// Parameters that a cursor remembers; beside a cursor, they are ignored.
const REMEMBERED: [&str; 3] = ["$filter", "$expand", "$fields"];

/// The parameters of a request for a list.
pub(crate) struct ListQuery {
    /// The page, and the parameters that a next link remembers.
    pub list: Remembered,
    /// The filter of records.
    pub filter: Option<Filter>,
    /// Warnings for the answer so far.
    pub warnings: Vec<Warning>,
}

/// A warning in an answer.
#[derive(Clone, Debug)]
pub(crate) struct Warning {
    /// The code in the body.
    pub code: &'static str,
    /// The message.
    pub message: String,
}

impl ListQuery {
    /// Reads the parameters of a list of that resource: from the cursor, if there is one, else from the query.
    pub(crate) fn read(context: &Context<'_>, resource: &'static Schema) -> Result<Self, Problem> {
        let mut warnings = Vec::new();
        let list = if let Some(cursor) = paging::once(context.query, CURSOR, INVALID_CURSOR)? {
            let beside = paging::PARAMETERS.iter().chain(&REMEMBERED).filter(|name| context.query.get(name).is_some());
            let beside: Vec<String> = beside.map(|name| format!("'{name}'")).collect();
            if !beside.is_empty() {
                let message =
                    format!("'{CURSOR}' remembers what the first page was asked with; {} ignored.", beside.join(", "));
                warnings.push(Warning { code: "PAGING_IGNORED", message });
            }
            cursors::find(context, cursor)?
        } else {
            let page = paging::PageQuery::read(context.query)?;
            let text = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
            Remembered {
                backward: page.backward,
                count: page.count,
                between: paging::between(context, resource, &page)?,
                filter: text(paging::once(context.query, "$filter", INVALID_FILTER)?),
                expand: names(context.query, "$expand"),
                fields: names(context.query, "$fields"),
            }
        };
        let filter = list.filter.as_deref().map(|text| Filter::read(text, resource)).transpose()?;
        Ok(Self { list, filter, warnings })
    }
}

/// Returns the names in a parameter, with commas between. They may stand in several parameters, too.
pub(super) fn names(query: &Query<'_>, parameter: &str) -> Option<String> {
    let given = query.pairs().filter(|(name, value)| *name == parameter && !value.is_empty());
    let given: Vec<&str> = given.map(|(_, value)| value).collect();
    (!given.is_empty()).then(|| given.join(","))
}
