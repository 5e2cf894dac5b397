//! Rules of random `when`s against random requests: what matches, and the part that does not, told without standin.

use crate::support::Connection;
use proptest::prelude::*;
use serde_json::{Value, json};
use standin::{Rule, Standin};

/// The parts of a request that have members, in the order they are looked at.
const PARTS: [(&str, [&str; 2]); 4] =
    [("params", ["id", "none"]), ("query", ["x", "y"]), ("headers", ["x-one", "x-two"]), ("body", ["name", "tag"])];
const BODY: usize = 3;

/// For each part, the texts of its members.
type Texts = [[Option<&'static str>; 2]; 4];

/// A matcher of a text that may be there.
fn wanted() -> impl Strategy<Value = Value> {
    let text = || prop_oneof![Just(json!("a")), Just(json!("b"))];
    prop_oneof![
        6 => text(),
        1 => text().prop_map(|text| json!({ "@not": text })),
        1 => Just(json!({ "@any": true })),
        1 => Just(json!({ "@absent": true })),
        1 => Just(json!(1)),
    ]
}

fn fits(wanted: &Value, text: Option<&str>) -> bool {
    match wanted {
        Value::String(wanted) => text == Some(wanted),
        Value::Object(operator) if operator.contains_key("@any") => text.is_some(),
        Value::Object(operator) if operator.contains_key("@absent") => text.is_none(),
        Value::Object(operator) => text != operator["@not"].as_str(),
        _ => false,
    }
}

fn when() -> impl Strategy<Value = Value> {
    let member = |place: usize| (0..2_usize, wanted()).prop_map(move |(n, wanted)| (PARTS[place].1[n], wanted));
    let part = move |place: usize| {
        let members = proptest::collection::vec(member(place), 0..3);
        proptest::option::of(members.prop_map(|members| members.into_iter().collect::<Value>()))
    };
    let token = proptest::option::of(wanted());
    (part(0), part(1), part(2), token, part(3)).prop_map(|(params, query, headers, token, body)| {
        let parts = [("params", params), ("query", query), ("headers", headers), ("token", token), ("body", body)];
        parts.into_iter().filter_map(|(name, part)| Some((name, part?))).collect()
    })
}

/// The part of a request that does not match.
fn fault(when: &Value, texts: &Texts, token: Option<&str>) -> Option<&'static str> {
    let wrong = |place: usize| {
        let (part, members) = PARTS[place];
        let wrong = |name: &str, text| when[part].get(name).is_some_and(|wanted| !fits(wanted, text));
        members.into_iter().zip(texts[place]).any(|(name, text)| wrong(name, text)).then_some(part)
    };
    let token = when.get("token").filter(|wanted| !fits(wanted, token)).map(|_| "token");
    (0..BODY).find_map(wrong).or(token).or_else(|| wrong(BODY))
}

fn request() -> impl Strategy<Value = (Texts, Option<&'static str>)> {
    let text = || prop_oneof![Just(None), Just(Some("a")), Just(Some("b"))];
    let id = prop_oneof![Just("a"), Just("b")];
    (id, [text(), text()], [text(), text()], [text(), text()], text())
        .prop_map(|(id, query, headers, body, token)| ([[Some(id), None], query, headers, body], token))
}

fn send(connection: &mut Connection, texts: &Texts, token: Option<&str>) {
    let there = |place: usize| {
        let members = PARTS[place].1.into_iter().zip(texts[place]);
        members.filter_map(|(name, text)| Some((name, text?)))
    };
    let query: Vec<String> = there(1).map(|(name, text)| format!("{name}={text}")).collect();
    let target = format!("/v1/integrations/{}?{}", texts[0][0].unwrap_or_default(), query.join("&"));
    let token = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<_> = there(2).chain(token.iter().map(|token| ("authorization", token.as_str()))).collect();
    let body: Value = there(BODY).collect();
    connection.ask("PUT", &target, &headers, &body.to_string());
}

/// Returns the trace of the rules for a request.
fn why(connection: &mut Connection, standin: &Standin, number: usize) -> Value {
    let (target, host) = (format!("/_standin/journal/{number}"), standin.address().to_string());
    connection.ask("GET", &target, &[("host", &host)], "").json()["why"].take()
}

#[test]
fn a_rule_added_between_two_requests_is_considered_for_the_second() {
    let standin = Standin::start();
    let mut connection = Connection::open(standin.address());
    let rule = |id: &str| Rule::on("celigo.integrations.list").id(id).query(json!({ "x": id })).reset();
    let mut wanted = Vec::new();
    for (before, id) in ["a", "b"].into_iter().enumerate() {
        standin.world().fault(rule(id));
        connection.ask("GET", "/v1/integrations", &[], "");
        wanted.push(format!("{id}: did not fire, query does not match"));
        assert_eq!(why(&mut connection, &standin, before + 1), json!(wanted));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_match_what_they_describe_and_say_which_part_does_not(
        whens in proptest::collection::vec(when(), 1..12), requests in proptest::collection::vec(request(), 1..8),
    ) {
        let rule = |(n, when): (usize, &Value)| {
            let mut rule = json!({
                "id": format!("r{n}"), "on": "celigo.integrations.update", "at": { "nth": 1_000 }, "do": { "delay_ms": 1 },
            });
            // One that is empty is refused.
            if *when != json!({}) {
                rule["when"] = when.clone();
            }
            rule
        };
        let rules: Vec<Value> = whens.iter().enumerate().map(rule).collect();
        let standin = Standin::start();
        standin.world().load_text("rules", &json!({ "scenario": 1, "api": "celigo", "faults": rules }).to_string()).unwrap();
        let mut connection = Connection::open(standin.address());
        let mut matched = vec![0; whens.len()];
        for (before, (texts, token)) in requests.iter().enumerate() {
            send(&mut connection, texts, *token);
            let verdict = |(n, when): (usize, &Value)| {
                if let Some(part) = fault(when, texts, *token) {
                    return format!("r{n}: did not fire, {part} does not match");
                }
                matched[n] += 1;
                format!("r{n}: did not fire, this is its call {}", matched[n])
            };
            let wanted: Vec<String> = whens.iter().enumerate().map(verdict).collect();
            prop_assert_eq!(why(&mut connection, &standin, before + 1), json!(wanted));
        }
    }
}
