//! The data that is served and asked for: Celigo's integrations.

use serde_json::{Value, json};
use standin::Standin;

use crate::load::{NUMBER, Shot};

/// The collection that is asked.
pub const COLLECTION: &str = "celigo.integrations";

/// Its path.
pub const PATH: &str = "/v1/integrations";

/// Records of a page.
pub const PAGE: usize = 50;

/// A standin with so many records and no others.
pub fn standin(records: usize) -> Standin {
    Standin::builder().no_embedded_fixtures().generate(COLLECTION, records).start()
}

/// Starts standin with twenty fault rules on these operations, none of which matches.
pub fn with_rules(records: usize, operations: &str) -> Standin {
    let rule = |n: usize| {
        let when = json!({ "query": { "trace": n.to_string() } });
        json!({ "id": n.to_string(), "on": operations, "when": when, "do": { "respond": { "status": 503, "undocumented": true } } })
    };
    let standin = standin(records);
    let scenario = json!({ "scenario": 1, "api": "celigo", "faults": (0..20).map(rule).collect::<Vec<_>>() });
    standin.world().load_text("twenty rules", &scenario.to_string()).expect("the scenario is good");
    standin
}

/// Its records.
pub fn records(standin: &Standin) -> Vec<Value> {
    let records = standin.world().records(COLLECTION).expect("the collection exists");
    records.into_iter().map(Value::from).collect()
}

/// The id of a record.
pub fn id(record: &Value) -> &str {
    record["_id"].as_str().expect("a record has an id")
}

/// Asks for one record.
pub fn get(id: &str) -> Shot {
    Shot::new("GET", &format!("{PATH}/{id}"), "", 200)
}

/// Asks for a record that is not there.
pub fn missing() -> Shot {
    Shot::new("GET", &format!("{PATH}/ffffffffffffffffffffffff"), "", 404)
}

/// Asks for a page.
pub fn page(offset: usize) -> Shot {
    let first = format!("{PATH}?limit={PAGE}");
    Shot::new("GET", &if offset == 0 { first } else { format!("{first}&offset={offset}") }, "", 200)
}

/// Asks for a page, each time for another one of a collection of that size.
pub fn another_page(size: usize) -> Shot {
    let pages_begin_below = (size - PAGE).max(1);
    let below = u64::try_from(pages_begin_below).expect("no collection is that large");
    Shot::new("GET", &format!("{PATH}?limit={PAGE}&offset={NUMBER}"), "", 200).below(below)
}

/// Makes a record, each time with another name.
pub fn create() -> Shot {
    let body = format!(
        r#"{{"name":"Moore Invoices to Ledger {NUMBER}","description":"Sends what was invoiced to the ledger.","sandbox":false}}"#
    );
    Shot::new("POST", PATH, &body, 201)
}
