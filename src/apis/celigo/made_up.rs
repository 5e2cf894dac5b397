//! Made-up records.

use fake::Fake;
use fake::faker::lorem::en::Sentence;
use fake::faker::name::en::LastName;
use serde_json::Value;

use crate::engine::api::Resource;
use crate::engine::chance::Chance;
use crate::engine::store::Fields;

/// What flows between the two systems of a made-up integration.
const SUBJECTS: &[&str] =
    &["Orders", "Invoices", "Customers", "Items", "Payments", "Returns", "Shipments", "Stock", "Vendors", "Leads"];

/// Where it flows to.
const SYSTEMS: &[&str] = &["Ledger", "Storefront", "Warehouse", "ERP", "CRM", "Payroll", "Helpdesk", "Data Lake"];

/// The fields of the n-th made-up record of a resource, those that have no default. The number makes names unique.
pub fn fields(resource: &'static Resource, number: usize, chance: &mut Chance) -> Fields {
    let mut fields = Fields::new();
    if resource.field("name").is_some() {
        let company: String = LastName().fake_with_rng(chance.rng());
        let (subject, system) = (pick(SUBJECTS, chance), pick(SYSTEMS, chance));
        fields.insert("name".to_owned(), format!("{company} {subject} to {system} {number}").into());
    }
    if resource.field("description").is_some() {
        let description: String = Sentence(4..9).fake_with_rng(chance.rng());
        fields.insert("description".to_owned(), description.into());
    }
    if resource.field("sandbox").is_some() {
        fields.insert("sandbox".to_owned(), Value::Bool(chance.between(1, 4) == 1));
    }
    fields
}

fn pick(words: &[&'static str], chance: &mut Chance) -> &'static str {
    words[(0..words.len()).fake_with_rng::<usize, _>(chance.rng())]
}
