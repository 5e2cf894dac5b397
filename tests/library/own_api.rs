//! An API that standin does not know, served beside the others or alone: the shop of `examples/own_api.rs`.

use serde_json::{Value, json};
use standin::api::{Action, Api as Table, ErrorDef, Field, IdFormat, Kind, Resource, Schema, field, get, text};
use standin::{Api, Credential, Expectation, Rule, Standin, WorldHandle};

use crate::support::folder::Folder;
use crate::support::{Connection, Response};

#[allow(dead_code)] // Its `main` is for people.
#[path = "../../examples/own_api.rs"]
mod shop;

mod long_work;

use shop::SHOP;

fn standin() -> Standin {
    Standin::builder().api([Api::Celigo, Api::Edlink, Api::Own(&SHOP)]).start()
}

fn ask(standin: &Standin, method: &str, target: &str, body: &Value) -> Response {
    let headers = [("authorization", "Bearer any-key"), ("content-type", "application/json")];
    let body = if body.is_null() { String::new() } else { body.to_string() };
    Connection::open(standin.address()).ask(method, target, &headers, &body)
}

fn in_world(world: &WorldHandle, method: &str, target: &str, body: &Value) -> (u16, Value) {
    let headers = [("authorization", "Bearer any-key"), ("content-type", "application/json")];
    let answer = world.answer(method, target, &headers, body.to_string().as_bytes());
    (answer.status.unwrap(), serde_json::from_slice(&answer.body).unwrap_or_default())
}

/// The part of a link behind its origin.
fn path_of(link: &str) -> &str {
    &link[link.find("/shop").unwrap()..]
}

#[test]
fn lists_are_walked_to_their_end_by_the_apis_own_links() {
    let standin = standin();
    let (mut target, mut names) = (Some("/shop/products".to_owned()), Vec::new());
    while let Some(next) = target.filter(|_| names.len() < 10) {
        let page = ask(&standin, "GET", &next, &Value::Null);
        assert_eq!((page.status, page.header("standin-op")), (200, Some("shop.products.list")));
        assert_eq!(page.header("standin-source"), Some("documented"));
        let body = page.json();
        names.extend(body["data"].as_array().unwrap().iter().map(|product| product["name"].clone()));
        target = body["next"].as_str().map(|url| path_of(url).to_owned());
    }
    assert_eq!(names, ["Tea", "Tea pot", "Cup"]);
}

#[test]
fn errors_have_the_status_and_the_envelope_of_the_api() {
    let standin = standin();
    let tea = json!({ "sku": "T-1", "name": "Another tea", "price": 1 });
    for (method, target, body, status, code, detail) in [
        ("GET", "/shop/products/none", Value::Null, 404, "not_found", "shop.products has no record \"none\""),
        ("GET", "/shop/products?page=0", Value::Null, 400, "invalid", "page: must be a whole number, at least 1"),
        ("POST", "/shop/products", json!({ "sku": "N" }), 400, "invalid", "name is required; price is required"),
        ("POST", "/shop/orders", json!({ "product": "none" }), 400, "invalid", "product refers to \"none\""),
        ("POST", "/shop/products", tea, 409, "conflict", "the same sku"),
        ("POST", "/shop/orders/first/cancel", json!({ "reason": 7 }), 400, "invalid", "reason must be a string"),
        ("POST", "/shop/orders/none/cancel", json!({}), 404, "not_found", "no record \"none\""),
        ("GET", "/shop/product", Value::Null, 501, "unknown", "GET /shop/products"),
    ] {
        let answer = ask(&standin, method, target, &body);
        let said = answer.json();
        assert_eq!(
            (answer.status, &said["ok"], &said["error"]["code"]),
            (status, &json!(false), &json!(code)),
            "{said}"
        );
        assert!(said["error"]["detail"].as_str().unwrap().contains(detail), "{said}");
        assert_eq!(answer.header("standin-miss").is_some(), status == 501, "{said}");
    }
    let without = Connection::open(standin.address()).ask("GET", "/shop/orders", &[], "");
    assert_eq!((without.status, &without.json()["error"]["code"]), (401, &json!("unauthorized")));
}

#[test]
fn a_custom_operation_changes_a_record_once() {
    let standin = standin();
    let cancelled = ask(&standin, "POST", "/shop/orders/first/cancel", &json!({ "reason": "too late" }));
    let order = json!({ "id": "first", "product": "tea", "quantity": 2, "status": "cancelled", "reason": "too late" });
    assert_eq!((cancelled.status, cancelled.json()), (200, json!({ "ok": true, "data": order })));
    let again = ask(&standin, "POST", "/shop/orders/first/cancel", &json!({}));
    assert_eq!((again.status, &again.json()["error"]["code"]), (409, &json!("conflict")));
    assert_eq!(standin.world().record("shop.orders", "first").unwrap().unwrap()["status"], "cancelled");
}

#[test]
fn a_scenario_reads_the_apis_operations_and_records() {
    let standin = standin();
    let world = standin.world();
    let scenario = json!({
        "scenario": 1, "api": "shop", "name": "lost-order",
        "data": { "from": "shop/default", "add": { "shop.orders": [{ "id": "o1", "product": "pot" }] } },
        "faults": [{ "id": "lost", "on": "shop.orders.create", "at": { "nth": 1 }, "phase": "after", "do": { "abort": "close" } }],
        "expect": {
            "calls": [{ "id": "lookup", "on": "shop.orders.list", "when": { "query": { "page": "2" } }, "times": 1 }],
            "conduct": { "paging": "follow_next" },
            "final": { "shop.orders": [{ "where": { "product": "pot" }, "count": 2 }] }
        }
    });
    assert_eq!(world.load_text("shop.json", &scenario.to_string()).unwrap(), [""; 0]);
    let mut lost = Connection::open(standin.address());
    let body = json!({ "product": "pot" }).to_string();
    let head = format!(
        "POST /shop/orders HTTP/1.1\r\nhost: h\r\nauthorization: Bearer k\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    lost.send(head.as_bytes());
    assert!(lost.receive().is_err(), "the answer is lost");
    let first = ask(&standin, "GET", "/shop/orders?size=1", &Value::Null).json();
    let unmet = world.verify().unwrap_err().to_string();
    assert!(unmet.contains("call 2: query.page is absent, expected \"2\""), "{unmet}");
    ask(&standin, "GET", path_of(first["next"].as_str().unwrap()), &Value::Null);
    world.verify().unwrap();
    ask(&standin, "GET", "/shop/orders?page=9", &Value::Null);
    let unmet = world.verify().unwrap_err().to_string();
    assert!(unmet.contains("/shop/orders?page=9 is not a next link that was issued"), "{unmet}");
}

#[test]
fn a_scenario_that_misspells_an_operation_or_a_record_is_told_the_nearest() {
    let world = Standin::builder().api([Api::Own(&SHOP)]).offline().unwrap();
    for (scenario, told) in [
        (json!({ "faults": [{ "on": "shop.order.create", "do": { "abort": "close" } }] }), "shop.orders.create"),
        (json!({ "faults": [{ "on": "shop.orders.get", "do": { "error": "conflict" } }] }), "conflict"),
        (json!({ "data": { "add": { "shop.order": [] } } }), "shop.orders"),
        (json!({ "data": { "add": { "shop.orders": [{ "product": 7 }] } } }), "product must be a string"),
    ] {
        let mut whole = json!({ "scenario": 1, "api": ["shop"], "name": "wrong" });
        whole.as_object_mut().unwrap().extend(scenario.as_object().unwrap().clone());
        let error = world.load_text("wrong.json", &whole.to_string()).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn rules_and_expectations_from_rust_select_the_apis_operations() {
    let world = Standin::builder().api([Api::Own(&SHOP)]).offline().unwrap();
    world.fault(Rule::on("shop.products.get").nth(1).error("busy"));
    world.expect(Expectation::on("shop.products.get").status(200).times(1));
    let (status, body) = in_world(&world, "GET", "/shop/products/tea", &Value::Null);
    assert_eq!(
        (status, body),
        (429, json!({ "ok": false, "error": { "code": "busy", "detail": "Too many requests" } }))
    );
    assert_eq!(in_world(&world, "GET", "/shop/products/tea", &Value::Null).0, 200);
    world.verify().unwrap();
}

#[test]
fn each_world_has_records_of_the_api_to_itself() {
    let standin = standin();
    let (one, two) = (standin.new_world(), standin.new_world());
    one.create("shop.products", json!({ "id": "mug", "sku": "M-1", "name": "Mug", "price": 900 })).unwrap();
    assert_eq!(in_world(&one, "GET", "/shop/products/mug", &Value::Null).0, 200);
    assert_eq!(in_world(&two, "GET", "/shop/products/mug", &Value::Null).0, 404);
    let there = ask(&standin, "GET", &format!("/w/{}/shop/products/mug", one.name()), &Value::Null);
    assert_eq!(there.status, 200);
    one.reset();
    assert_eq!(in_world(&one, "GET", "/shop/products/mug", &Value::Null).0, 404);
    let environment = one.environment();
    let url = environment.iter().find(|(name, _)| *name == "SHOP_URL").map(|(_, url)| url.as_str());
    assert_eq!(url, Some(one.api_url(Api::Own(&SHOP)).as_str()));
}

#[test]
fn the_control_api_shows_the_document_the_routes_and_the_coverage_of_the_api() {
    let standin = standin();
    ask(&standin, "GET", "/shop/products/none", &Value::Null);
    let host = standin.address().to_string();
    let control = |path: &str| {
        let mut connection = Connection::open(standin.address());
        let head = format!("GET /_standin{path} HTTP/1.1\r\nhost: {host}\r\n\r\n");
        connection.send(head.as_bytes());
        connection.receive().unwrap().json()
    };
    let document = control("/openapi.json?api=shop");
    assert_eq!(document["info"]["title"], "The Shop, as standin answers");
    let list = &document["paths"]["/products"]["get"];
    assert_eq!((&list["parameters"][1]["name"], &list["parameters"][1]["in"]), (&json!("size"), &json!("query")));
    let shown = &list["responses"]["200"]["content"]["application/json"]["schema"]["properties"];
    assert_eq!((&shown["ok"], &shown["data"]["type"]), (&json!({ "const": true }), &json!("array")));
    let cancel = &document["paths"]["/orders/{id}/cancel"]["post"];
    assert_eq!(cancel["operationId"], "shop.orders.cancel", "{document}");
    let coverage = control("/coverage").to_string();
    assert!(coverage.contains("shop.products.get") && coverage.contains("not_found"), "{coverage}");
    assert!(control("/routes").to_string().contains("shop.orders.cancel"));
    assert_eq!(control("/data")["shop.orders"].as_array().map(Vec::len), Some(1));
}

#[test]
fn read_only_and_listed_keys_narrow_what_a_consumer_may_do() {
    let world = Standin::builder()
        .api([Api::Own(&SHOP)])
        .credential(Api::Own(&SHOP), Credential::new("reads").read_only())
        .offline()
        .unwrap();
    let ask = |key: &str, method: &str| {
        let headers = [("authorization", key), ("content-type", "application/json")];
        world.answer(method, "/shop/orders", &headers, br#"{"product": "tea"}"#).status.unwrap()
    };
    let answers = [ask("Bearer reads", "GET"), ask("Bearer reads", "POST"), ask("Bearer other", "GET")];
    assert_eq!(answers, [200, 403, 401]);
}

const LOST: &ErrorDef = &ErrorDef::new("lost", 404, "Lost");
static ELSEWHERE: Schema = Schema::new("other.things", "Thing", "id", IdFormat::Uuid, FIELDS);
static THINGS: Schema = Schema::new("wrong.things", "Thing", "key", IdFormat::Uuid, FIELDS);
const FIELDS: &[Field] = &[text("id"), field("other", Kind::Reference(&ELSEWHERE))];
static WRONG: Table = Table::new("wrong", "Wrong", "/_standin/wrong", SHOP.dialect)
    .routes(&[get("/things", "things.get", Action::Read(&ELSEWHERE)).fails(&[LOST])])
    .resources(&[Resource::new(&THINGS)]);
static CELIGO: Table = Table::new("celigo", "Another", "/another", SHOP.dialect);
static SAME_BASE: Table = Table::new("same", "Same", "/shop/sub", SHOP.dialect);

#[test]
fn faults_of_the_tables_are_told_at_the_start() {
    let error = Standin::builder().api([Api::Own(&WRONG)]).offline().err().unwrap().to_string();
    for fault in [
        "wrong: the base /_standin/wrong lies at /_standin, which is standin's own",
        "wrong.things: key is not among its fields",
        "wrong.things: other refers to other.things, which is not among the resources of wrong",
        "wrong.things.get: other.things is not among the resources of wrong",
        "wrong.things.get: its path /things names no record: add a parameter such as {id}",
        "wrong.things.get: lost is not among the errors of wrong",
    ] {
        assert!(error.contains(fault), "{fault}: {error}");
    }
    let error = Standin::builder().api([Api::Own(&CELIGO)]).offline().err().unwrap().to_string();
    assert!(error.contains("celigo is built in: give your API another name"), "{error}");
    let error = Standin::builder().api([Api::Own(&SHOP), Api::Own(&SAME_BASE)]).offline().err().unwrap().to_string();
    assert!(error.contains("/shop/sub is a base of shop and of same"), "{error}");
}

#[test]
fn an_own_api_is_served_alone_or_beside_the_built_in_ones() {
    let alone = Standin::builder().api([Api::Own(&SHOP)]).offline().unwrap();
    let beside = Standin::builder().api([Api::Own(&SHOP), Api::Celigo]).offline().unwrap();
    let status = |world: &WorldHandle, target: &str| in_world(world, "GET", target, &Value::Null).0;
    assert_eq!([status(&alone, "/shop/products"), status(&alone, "/v1/integrations")], [200, 501]);
    assert_eq!([status(&beside, "/shop/products"), status(&beside, "/v1/integrations")], [200, 200]);
    assert!(alone.records("celigo.integrations").is_err());
    let other = format!("{:?}", Standin::builder().api([Api::Own(&SHOP)]).start().apis());
    assert_eq!(other, "[Own(shop)]");
}

#[test]
fn files_hold_records_and_credentials_of_an_own_api() {
    let folder = Folder::new("own-api");
    folder.file("shop/products.json", r#"[{"id": "oil", "sku": "O-1", "name": "Oil", "price": 1}]"#);
    folder.file("shop/orders.json", r#"[{"product": "oil"}]"#);
    folder.file("shop/empty/orders.json", "[]");
    folder.file("tokens.json", r#"{"shop": ["any-key"]}"#);
    let world = Standin::builder().api([Api::Own(&SHOP)]).fixtures(&folder.0).offline().unwrap();
    let (_, list) = in_world(&world, "GET", "/shop/products", &Value::Null);
    assert_eq!(list["data"][0]["name"], "Oil");
    let other = world.answer("GET", "/shop/products", &[("authorization", "Bearer other")], b"");
    assert_eq!(other.status, Some(401));
    let scenario = r#"{"scenario": 1, "api": "shop", "name": "from-a-set", "data": {"from": "shop/empty"}}"#;
    world.load_text("set.json", scenario).unwrap();
    assert_eq!(in_world(&world, "GET", "/shop/orders", &Value::Null).1["data"], json!([]));
    folder.file("shop/orders.json", r#"[{"product": "none"}]"#);
    let error = Standin::builder().api([Api::Own(&SHOP)]).fixtures(&folder.0).offline().err().unwrap().to_string();
    assert!(error.contains("field product") && error.contains("none"), "{error}");
}
