//! Made-up records.

use serde_json::{Value, json};

use crate::apis::edlink::API;
use crate::apis::edlink::integrations::INTEGRATIONS;
use crate::apis::edlink::tests::{SAMPLE, empty, fields, integration, settings, world};
use crate::engine::schema::document::Document;
use crate::engine::schema::schema::Actor;
use crate::engine::state::State;
use crate::engine::state::settings::Settings;
use crate::engine::store::{Collection, Record};

#[test]
fn an_integration_made_from_nothing_is_complete() {
    let mut world = world();
    let made = world.state.create(&INTEGRATIONS, &Document::new(), Actor::Administrator).expect("made");
    let names: Vec<&str> = made.fields().keys().collect();
    let sample = integration(&world, SAMPLE);
    assert_eq!(names, sample.fields().keys().collect::<Vec<_>>());
    for part in ["source", "provider", "team"] {
        let keys = |record: &Record| record.get(part).and_then(Value::as_object).map(|it| it.keys().cloned().collect());
        let (keys, documented): (Option<Vec<String>>, _) = (keys(&made), keys(&sample));
        assert_eq!(keys, documented);
    }
}

#[test]
fn the_same_seed_makes_up_the_same_integrations() {
    let make = |seed| {
        let mut world = empty(Settings { seed, ..settings() });
        let like = fields(json!({ "status": "paused", "team": { "state": "TX" } }));
        world.state.generate(&[&API], "edlink.integrations", 3, Some(&like)).expect("generated");
        world.state.generate(&[&API], "edlink.integrations", 2, None).expect("generated again");
        let all: Vec<Record> = world.state.store.of(&INTEGRATIONS).iter().cloned().collect();
        assert_eq!(all.len(), 5);
        assert_eq!(
            (all[0].text("status"), &all[0].get("team").expect("a team")["state"]),
            (Some("paused"), &json!("TX"))
        );
        all.iter().map(|record| record.bytes().clone()).collect::<Vec<_>>()
    };
    assert_eq!(make(1), make(1));
    assert_ne!(make(1), make(2));
}

#[test]
fn generating_what_cannot_be_made_up_is_refused_whole() {
    let mut world = empty(settings());
    let mut generate = |collection, like: Value| {
        let like = fields(like);
        world.state.generate(&[&API], collection, 2, Some(&like)).expect_err("refused").plain()
    };
    assert_eq!(
        generate("edlink.integration", json!({})),
        "there is no collection edlink.integration; did you mean edlink.integrations?"
    );
    let refused = generate("edlink.cursors", json!({}));
    let said = "records of edlink.cursors cannot be made up; those of edlink.integrations and edlink.sources and ";
    assert!(refused.starts_with(said), "{refused}");
    assert_eq!(
        generate("edlink.integrations", json!({ "access_token": "same" })),
        "another record of edlink.integrations has the same access_token; it must be unique"
    );
    assert!(world.state.store.of(&INTEGRATIONS).is_empty());
}

#[test]
fn what_comes_with_made_up_records_is_reckoned_before() {
    let counted = |state: &State| state.store.collections().map(Collection::len).sum::<usize>();
    let mut world = empty(settings());
    for (collection, counts, slack) in [
        ("edlink.schools", vec![1, 6, 20], 3 + 1),
        ("edlink.people", vec![5, 1, 1_700, 900], 900),
        ("edlink.assignments", vec![3, 400, 1], 0),
    ] {
        let schema = world.state.resource(collection).expect("known");
        let reckon = world.state.hooks.of(schema).comes_with.expect("it is reckoned");
        for count in counts {
            let (before, reckoned) = (counted(&world.state), reckon(&world.state, count, None));
            world.state.generate(&[&API], collection, count, None).expect("generated");
            let made = counted(&world.state) - before - count;
            assert!(reckoned <= made && made <= reckoned + slack, "{count} {collection}: {reckoned}, {made} came");
        }
    }
}
