//! Made-up integrations and sources: invented places, in the documented shape.

use fake::Fake;
use fake::faker::address::en::{BuildingNumber, CityName, StateAbbr, StreetName, ZipCode};
use fake::faker::name::en::LastName;
use serde_json::{Value, json};

use crate::apis::edlink::graph;
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::meta::{PERMISSIONS, PROVIDERS, SOURCES};
use crate::engine::api::Resource;
use crate::engine::chance::Chance;
use crate::engine::clock::format_ms;
use crate::engine::problem::Problem;
use crate::engine::store::Fields;
use crate::engine::world::World;

/// The permission of the documented sample: to read everything.
pub const READ_EVERYTHING: &str = "39a69700-0fe8-43a7-afa7-bd4ecc936412";

/// Id, name and application of the providers that made-up sources run on, and whether they allow data sync. The default
/// fixture has the same.
const SYSTEMS: [(&str, &str, &str, bool); 2] = [
    ("035d6dd6-1569-47b2-8ed8-63435be58078", "Canvas", "canvas", true),
    ("c42943d2-037c-4ea4-9aad-1c021e836148", "Schoology", "schoology", false),
];

/// Sources are connected in the year from here, 2019-01-01: earlier than any clock is likely to stand.
const CONNECTED_FROM_MS: u64 = 1_546_300_800_000;
const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1_000;

/// The fields of a made-up record.
pub fn made_up(world: &mut World, resource: &'static Resource, place: usize) -> Result<Option<Fields>, Problem> {
    match resource {
        it if *it == INTEGRATIONS => Ok(Some(integration(&mut world.chance))),
        it if *it == SOURCES => Ok(surroundings(&mut world.chance).remove("source").and_then(fields)),
        it if *it == PROVIDERS => {
            let name: String = LastName().fake_with_rng(world.chance.rng());
            let application = format!("{}-{place}", name.to_lowercase().replace('\'', ""));
            Ok(fields(json!({ "application": application, "name": name, "allows_data_sync": true })))
        }
        it if *it == PERMISSIONS => {
            let name = format!("Read Data {place}");
            Ok(fields(json!({ "name": name, "description": "Read data of one kind." })))
        }
        _ => graph::made_up::made_up(world, resource, place),
    }
}

fn fields(value: Value) -> Option<Fields> {
    if let Value::Object(fields) = value { Some(fields) } else { None }
}

fn integration(chance: &mut Chance) -> Fields {
    let status = match chance.between(1, 10) {
        1 => "inactive",
        2 => "disabled",
        _ => "active",
    };
    let mut fields = Fields::new();
    fields.insert("status".to_owned(), status.into());
    fields.insert("scope".to_owned(), "all".into());
    fields.insert("permissions".to_owned(), vec![READ_EVERYTHING].into());
    fields.insert("targets".to_owned(), Value::Array(Vec::new()));
    fields.extend(surroundings(chance));
    let team = &fields["team"];
    let entity = json!({ "id": chance.uuid().to_string(), "name": team["name"], "type": team["type"] });
    fields.insert("entity".to_owned(), if chance.between(1, 2) == 1 { entity } else { Value::Null });
    fields
}

/// The source, provider and team of a made-up integration, which belong together.
pub fn surroundings(chance: &mut Chance) -> Fields {
    let [first, second] = SYSTEMS;
    let (id, name, application, allows_data_sync) = if chance.between(1, 2) == 1 { first } else { second };
    let provider = json!({ "id": id, "name": name, "application": application, "allows_data_sync": allows_data_sync });
    let city: String = CityName().fake_with_rng(chance.rng());
    let (kind, suffix) =
        if chance.between(1, 3) == 1 { ("school", "Academy") } else { ("district", "Unified School District") };
    let connected = format_ms(CONNECTED_FROM_MS + chance.between(0, YEAR_MS));
    let source = json!({
        "id": chance.uuid().to_string(),
        "status": "active",
        "name": format!("{city} {suffix} {name}"),
        "created_date": connected,
        "updated_date": connected,
        "import_interval": 3_600,
        "log_retention_time": 604_800,
    });
    let number: String = BuildingNumber().fake_with_rng(chance.rng());
    let street: String = StreetName().fake_with_rng(chance.rng());
    let state: &str = StateAbbr().fake_with_rng(chance.rng());
    let zip: String = ZipCode().fake_with_rng(chance.rng());
    let alias: String = city.chars().filter(char::is_ascii_alphanumeric).collect();
    let team = json!({
        "id": chance.uuid().to_string(),
        "type": kind,
        "name": format!("{city} {suffix}"),
        "alias": alias.to_ascii_lowercase(),
        "street_address": format!("{number} {street}"),
        "unit_number": format!("Ste {}", chance.between(1, 999)),
        "city": city,
        "state": state,
        "zip": zip,
        "country": "United States",
    });
    let parts = [("source", source), ("provider", provider), ("team", team)];
    parts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
