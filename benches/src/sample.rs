//! What is served and asked: Celigo's integrations.

use serde_json::Value;
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
    Standin::builder().without_embedded_fixtures().generate(COLLECTION, records).start()
}

/// Its records.
pub fn records(standin: &Standin) -> Vec<Value> {
    standin.world().records(COLLECTION).expect("the collection exists")
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

/// Makes a record, each time with another name.
pub fn create() -> Shot {
    let body = format!(
        r#"{{"name":"Moore Invoices to Ledger {NUMBER}","description":"Sends what was invoiced to the ledger.","sandbox":false}}"#
    );
    Shot::new("POST", PATH, &body, 201)
}
