//! Parameters of a v2 request beside the record or list itself: a page, a filter, expansions, fields.

use crate::apis::edlink::graph::cursors;
use crate::apis::edlink::graph::cursors::Remembered;
use crate::apis::edlink::graph::filter::Filter;
use crate::apis::edlink::paging;
use crate::engine::api::context::Context;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::schema::Schema;

/// The parameter that a next link consists of.
const CURSOR: &str = "$cursor";

/// Parameters a cursor remembers; beside one, they count for nothing.
const REMEMBERED: [&str; 3] = ["$filter", "$expand", "$fields"];

/// The parameters of a request for a list.
pub struct ListQuery {
    /// The page and what else a next link remembers.
    pub list: Remembered,
    /// Which records pass.
    pub filter: Option<Filter>,
    /// Warnings for the answer so far.
    pub warnings: Vec<Warning>,
}

/// Something that is no error, but could surprise.
#[derive(Clone, Debug)]
pub struct Warning {
    /// The code in the body.
    pub code: &'static str,
    /// The meaning of the code here.
    pub message: String,
}

impl ListQuery {
    /// Reads what is asked of a list of that resource: from the cursor, if there is one, else from the query.
    pub fn read(context: &Context<'_>, resource: &'static Schema) -> Result<Self, Problem> {
        let mut warnings = Vec::new();
        let list = if let Some(cursor) = context.query.get(CURSOR) {
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
            let text = |name: &str| context.query.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
            Remembered {
                backward: page.backward,
                count: page.count,
                between: paging::between(context, resource, &page)?,
                filter: text("$filter"),
                expand: text("$expand"),
                fields: text("$fields"),
            }
        };
        let filter = list.filter.as_deref().map(|text| Filter::read(text, resource)).transpose()?;
        Ok(Self { list, filter, warnings })
    }
}
