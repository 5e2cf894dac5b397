//! Generated integrations and sources: invented places, in the documented shape.

use fake::Fake;
use fake::faker::address::en::{BuildingNumber, CityName, StateAbbr, StreetName};
use fake::faker::name::en::LastName;
use serde_json::{Value, json};

use crate::engine::schema::document::Document;
use crate::engine::schema::problem::Problem;
use crate::engine::schema::rng::SeededRng;
use crate::engine::schema::time::format_ms;
use crate::engine::state::State;

/// The permission of the documented sample, which allows to read everything.
pub(super) const READ_EVERYTHING: &str = "39a69700-0fe8-43a7-afa7-bd4ecc936412";

/// The providers that generated sources run on: id, name, application, and whether they allow data sync. The default
/// fixture has the same ones.
const SYSTEMS: [(&str, &str, &str, bool); 2] = [
    ("035d6dd6-1569-47b2-8ed8-63435be58078", "Canvas", "canvas", true),
    ("c42943d2-037c-4ea4-9aad-1c021e836148", "Schoology", "schoology", false),
];

/// The start of the year in which generated sources were connected, 2019-01-01: before the likely start of any clock.
const CONNECTED_FROM_MS: u64 = 1_546_300_800_000;
const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1_000;

/// Makes up a source.
// A generator may fail; these do not.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn source(state: &mut State, _: usize) -> Result<Document, Problem> {
    let [(_, source), ..] = surroundings(&mut state.rng);
    Ok(fields(source))
}

/// Makes up a provider.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn provider(state: &mut State, place: usize) -> Result<Document, Problem> {
    let name: String = LastName().fake_with_rng(state.rng.inner());
    let application = format!("{}-{place}", name.to_lowercase().replace('\'', ""));
    Ok(fields(json!({ "application": application, "name": name, "allows_data_sync": true })))
}

/// Makes up a permission.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn permission(_: &mut State, place: usize) -> Result<Document, Problem> {
    Ok(fields(json!({ "name": format!("Read Data {place}"), "description": "Read data of one kind." })))
}

/// Returns the fields of a made-up record that was written as JSON.
pub(super) fn fields(made: Value) -> Document {
    Document::of(made).expect("a record is an object")
}

/// Makes up an integration.
#[allow(clippy::unnecessary_wraps)]
pub(super) fn integration(state: &mut State, _: usize) -> Result<Document, Problem> {
    let rng = &mut state.rng;
    let status = match rng.between(1, 10) {
        1 => "inactive",
        2 => "disabled",
        _ => "active",
    };
    let surroundings = surroundings(rng);
    let [.., (_, team)] = &surroundings;
    let entity = if rng.between(1, 2) == 1 {
        let id = rng.uuid().to_string().into();
        object([("id", id), ("name", team["name"].clone()), ("type", team["type"].clone())])
    } else {
        Value::Null
    };
    let mut fields = Document::from_iter([
        ("status", status.into()),
        ("scope", "all".into()),
        ("permissions", vec![READ_EVERYTHING].into()),
        ("targets", Value::Array(Vec::new())),
    ]);
    fields.extend(surroundings);
    fields.push("entity", entity);
    Ok(fields)
}

/// Makes up a zip code within the range that is given out.
pub(super) fn zip(rng: &mut SeededRng) -> String {
    format!("{:05}", rng.between(501, 99_950))
}

/// Returns the source, provider and team of a made-up integration, which belong together.
pub(super) fn surroundings(rng: &mut SeededRng) -> [(&'static str, Value); 3] {
    let [first, second] = SYSTEMS;
    let (id, name, application, allows_data_sync) = if rng.between(1, 2) == 1 { first } else { second };
    let provider = object([
        ("id", id.into()),
        ("name", name.into()),
        ("application", application.into()),
        ("allows_data_sync", allows_data_sync.into()),
    ]);
    let city: String = CityName().fake_with_rng(rng.inner());
    let (kind, suffix) =
        if rng.between(1, 3) == 1 { ("school", "Academy") } else { ("district", "Unified School District") };
    let connected = format_ms(CONNECTED_FROM_MS + rng.between(0, YEAR_MS));
    let source = object([
        ("id", rng.uuid().to_string().into()),
        ("status", "active".into()),
        ("name", format!("{city} {suffix} {name}").into()),
        ("created_date", connected.clone().into()),
        ("updated_date", connected.into()),
        ("import_interval", 3_600.into()),
        ("log_retention_time", 604_800.into()),
    ]);
    let number: String = BuildingNumber().fake_with_rng(rng.inner());
    let street: String = StreetName().fake_with_rng(rng.inner());
    let state: &str = StateAbbr().fake_with_rng(rng.inner());
    let alias: String = city.chars().filter(char::is_ascii_alphanumeric).collect();
    let team = object([
        ("id", rng.uuid().to_string().into()),
        ("type", kind.into()),
        ("name", format!("{city} {suffix}").into()),
        ("alias", alias.to_ascii_lowercase().into()),
        ("street_address", format!("{number} {street}").into()),
        ("unit_number", format!("Ste {}", rng.between(1, 999)).into()),
        ("city", city.into()),
        ("state", state.into()),
        ("zip", zip(rng).into()),
        ("country", "United States".into()),
    ]);
    [("source", source), ("provider", provider), ("team", team)]
}

/// Makes an object with exactly the room for its members, because a hundred thousand may be made at once.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
