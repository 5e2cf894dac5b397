//! Made-up records.

use fake::Fake;
use fake::faker::lorem::en::Sentence;
use fake::faker::name::en::LastName;
use serde_json::Value;

use crate::apis::celigo::resources::INTEGRATIONS;
use crate::engine::api::Resource;
use crate::engine::chance::Chance;
use crate::engine::store::Fields;

/// What flows between the two systems of a made-up integration.
const SUBJECTS: &[&str] =
    &["Orders", "Invoices", "Customers", "Items", "Payments", "Returns", "Shipments", "Stock", "Vendors", "Leads"];

/// Where it flows to.
const SYSTEMS: &[&str] = &["Ledger", "Storefront", "Warehouse", "ERP", "CRM", "Payroll", "Helpdesk", "Data Lake"];

/// The fields of the integration at that place of its collection; the place makes its name unique. Other records are
/// not made up.
pub fn fields(resource: &'static Resource, place: usize, chance: &mut Chance) -> Fields {
    if *resource != INTEGRATIONS {
        return Fields::new();
    }
    let company: String = LastName().fake_with_rng(chance.rng());
    let (subject, system) = (pick(SUBJECTS, chance), pick(SYSTEMS, chance));
    let name = format!("{company} {subject} to {system} {}", place + 1);
    let description: String = Sentence(4..9).fake_with_rng(chance.rng());
    let sandbox = chance.between(1, 4) == 1;
    Fields::from_iter([
        ("name".to_owned(), Value::from(name)),
        ("description".to_owned(), Value::from(description)),
        ("sandbox".to_owned(), Value::from(sandbox)),
    ])
}

fn pick(words: &[&'static str], chance: &mut Chance) -> &'static str {
    words[(0..words.len()).fake_with_rng::<usize, _>(chance.rng())]
}
