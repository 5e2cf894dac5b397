//! A fake of an API that standin does not know: a small shop, with products, orders, and orders that are cancelled.
//!
//!     cargo run --features api --example own_api

use serde_json::{Value, json};
use standin::Standin;
use standin::api::{
    Action, Actor, Api, Caller, Context, DefaultValue, Dialect, Document, ErrorDef, Field, IdFormat, Kind, NextLinks,
    Owner, Page, Parameter, Problem, Record, RenderedError, RequestContext, Resource, Response, Route, Schema,
    Selection, State, Window, field, get, post, text,
};

const GUIDE: &str = "the shop's developer guide";

// Errors: a row names each error it can answer with.
const UNAUTHORIZED: &ErrorDef = &ErrorDef::new("unauthorized", 401, "Send a key of the shop").documented(GUIDE);
const FORBIDDEN: &ErrorDef = &ErrorDef::new("forbidden", 403, "The key only reads").documented(GUIDE);
const INVALID: &ErrorDef = &ErrorDef::new("invalid", 400, "The request is invalid").documented(GUIDE);
const NOT_FOUND: &ErrorDef = &ErrorDef::new("not_found", 404, "Not found").documented(GUIDE);
const CONFLICT: &ErrorDef = &ErrorDef::new("conflict", 409, "In the way of something else").documented(GUIDE);
const BUSY: &ErrorDef = &ErrorDef::new("busy", 429, "Too many requests").documented(GUIDE);
const UNKNOWN: &ErrorDef = &ErrorDef::new("unknown", 501, "The fake does not know this");
const ERRORS: &[&ErrorDef] = &[UNAUTHORIZED, FORBIDDEN, INVALID, NOT_FOUND, CONFLICT, BUSY, UNKNOWN];

// Kinds of records, and the records that every world starts with.
static PRODUCTS: Schema = Schema::new("shop.products", "Product", "id", IdFormat::ObjectId, PRODUCT).unique(&["sku"]);
const PRODUCT: &[Field] = &[
    text("id"),
    text("sku").required().at_most(20),
    text("name").required(),
    field("price", Kind::Integer).required(),
    field("updated", Kind::Time).by(Owner::UpdatedAt),
];
const SOME_PRODUCTS: &str = r#"[{"id": "tea", "sku": "T-1", "name": "Tea", "price": 450},
    {"id": "pot", "sku": "P-1", "name": "Tea pot", "price": 2900}, {"id": "cup", "sku": "C-1", "name": "Cup", "price": 700}]"#;

static ORDERS: Schema = Schema::new("shop.orders", "Order", "id", IdFormat::ObjectId, ORDER);
const ORDER: &[Field] = &[
    text("id"),
    field("product", Kind::Reference(&PRODUCTS)).required(),
    field("quantity", Kind::Integer).or(DefaultValue::Number(1)),
    field("status", Kind::Enum(&["open", "cancelled"])).by(Owner::Service).or(DefaultValue::Text("open")),
    text("reason").by(Owner::Service),
];
const SOME_ORDERS: &str = r#"[{"id": "first", "product": "tea", "quantity": 2}]"#;

// Operations.
const ROUTES: &[Route] = &[
    get("/products", "products.list", Action::List(&PRODUCTS)).fails(&[INVALID]).documented(GUIDE),
    post("/products", "products.create", Action::Create(&PRODUCTS)).fails(&[INVALID, CONFLICT]).documented(GUIDE),
    get("/products/{id}", "products.get", Action::Read(&PRODUCTS)).fails(&[NOT_FOUND]).documented(GUIDE),
    get("/orders", "orders.list", Action::List(&ORDERS)).fails(&[INVALID]).documented(GUIDE),
    post("/orders", "orders.create", Action::Create(&ORDERS)).fails(&[INVALID]).documented(GUIDE),
    get("/orders/{id}", "orders.get", Action::Read(&ORDERS)).fails(&[NOT_FOUND]).documented(GUIDE),
    post("/orders/{id}/cancel", "orders.cancel", Action::Custom(cancel))
        .answers(200)
        .takes(&[text("reason")])
        .fails(&[INVALID, NOT_FOUND, CONFLICT])
        .documented(GUIDE)
        .about("Cancels an order that is open."),
];

/// Cancels an order that is open.
fn cancel(context: &mut Context<'_>) -> Result<Response, Problem> {
    let order = context.record(&ORDERS, "id")?;
    if order.text("status") != Some("open") {
        return Err(Problem::named(CONFLICT, "only an open order can be cancelled"));
    }
    let reason = context.take_fields()?.remove("reason").unwrap_or_default();
    let change = Document::from_iter([("status", Value::from("cancelled")), ("reason", reason)]);
    let order = context.state.patch(&ORDERS, &order, &change, Actor::Service)?;
    Ok(context.show(&order))
}

/// The shop's way to speak: `{"ok": true, "data": …}`, `{"ok": false, "error": {…}}`, lists by page number.
struct Shop;

impl Dialect for Shop {
    fn caller(&self, state: &State, asked: &RequestContext<'_>) -> Result<Caller, Problem> {
        let key = asked.request.bearer().filter(|key| state.admits(asked.api.name, key)).ok_or(Problem::Credential)?;
        Ok(Caller::of(state, asked.api.name, key))
    }

    fn environment(&self, state: &State, api: &Api, origin: &str) -> Vec<(&'static str, String)> {
        let key = state.strongest_token(api.name).unwrap_or("any-key");
        vec![("SHOP_URL", format!("{origin}{}", api.base)), ("SHOP_KEY", key.to_owned())]
    }

    fn selection(&self, context: &Context<'_>, _: &'static Schema) -> Result<Selection, Problem> {
        let (page, size) = (context.number("page", 1)?, context.number("size", 2)?);
        Ok(Selection::of(Window::Offset { skip: (page - 1).saturating_mul(size), limit: size }))
    }

    fn page(&self, context: &mut Context<'_>, page: &Page) -> Response {
        let number = context.number("page", 1).map_or(2, |number| number + 1).to_string();
        let next = page.more.then(|| context.link(&[("page", Some(&number))]));
        let records: Vec<Value> = page.records.iter().map(Record::shown).collect();
        Response::json(context.success(), &json!({ "ok": true, "data": records, "next": next }))
    }

    fn record(&self, _: &mut Context<'_>, status: u16, record: &Record) -> Response {
        Response::json(status, &json!({ "ok": true, "data": record.shown() }))
    }

    fn problem(&self, _: &mut State, _: &RequestContext<'_>, problem: &Problem) -> RenderedError {
        let error = match problem {
            Problem::Named { error, .. } => error,
            Problem::Credential => UNAUTHORIZED,
            Problem::Forbidden { .. } => FORBIDDEN,
            Problem::NotFound { .. } => NOT_FOUND,
            Problem::Taken { .. } | Problem::InUse { .. } => CONFLICT,
            Problem::RateLimited { .. } => BUSY,
            miss if miss.is_miss() => UNKNOWN,
            _ => INVALID,
        };
        let body = json!({ "ok": false, "error": { "code": error.code, "detail": problem.plain() } });
        RenderedError { error, evidence: error.evidence, response: Response::json(error.status, &body) }
    }

    fn parameters(&self, route: &Route) -> Vec<Parameter> {
        let number = |name, about| Parameter::new(name, json!({ "type": "integer", "minimum": 1 }), about);
        let parameters = [number("page", "The part of the list, from 1."), number("size", "The records of a part.")];
        if matches!(route.action, Action::List(_)) { parameters.into() } else { Vec::new() }
    }

    fn envelope(&self, _: &Route, _: bool, data: Value) -> Value {
        json!({ "type": "object", "properties": { "ok": { "const": true }, "data": data } })
    }

    fn next_links(&self) -> Option<NextLinks> {
        let next = |answer: &Response| Some(answer.value()?["next"].as_str()?.to_owned());
        Some(NextLinks { next, has_cursor: |query| query.get("page").is_some_and(|page| page != "1") })
    }
}

/// The shop, with the records that every world starts with.
pub static SHOP: Api = Api::new("shop", "The Shop", "/shop", &Shop)
    .routes(ROUTES)
    .resources(&[Resource::new(&PRODUCTS), Resource::new(&ORDERS)])
    .errors(ERRORS, &[UNAUTHORIZED, FORBIDDEN, BUSY])
    .fixtures(&[("products", SOME_PRODUCTS), ("orders", SOME_ORDERS)]);

fn main() {
    let world = Standin::builder().api([standin::Api::Own(&SHOP)]).offline().expect("the shop's tables fit together");
    let answer = world.answer("GET", "/shop/products?page=2", &[("authorization", "Bearer any-key")], b"");
    println!("{}", answer.json());
}
