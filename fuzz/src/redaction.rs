//! The redaction, by itself: no part of a secret comes out, whatever stands around it and wherever the text is cut.

use std::cell::RefCell;

use serde_json::{Value, json};
use standin::Standin;
use standin::api::{
    Action, Api, Caller, Context, Dialect, ErrorDef, Page, Problem, Record, RenderedError, RequestContext, Response,
    Route, Schema, Selection, State, Window, post,
};

use crate::bounded;

/// The secret. What stands around it has none of its letters.
const SECRET: &str = "Q7Q7Q7Q7Q7Q7Q7Q7";
/// A credential that a request presents, which no name tells.
const PRESENTED: &str = "QzQz+QzQz/QzQz=";

const NAMES: [&str; 10] = [
    "password",
    "access_token",
    "apiKey",
    "client-secret",
    "pass phrase",
    "X-Api-Key",
    "my.pwd",
    "encrypted",
    "Signature",
    "jwt",
];

type Shown = Box<dyn Fn(&[u8]) -> (String, String, String)>;

thread_local! {
    static SHOWN: RefCell<Option<Shown>> = const { RefCell::new(None) };
}

/// An API with one operation, which hands out the redaction of its world.
static LENDER: Api = Api::new("lender", "Lender", "/lender", &Lender).routes(ROUTES).errors(&[FAILED], &[]);
const ROUTES: &[Route] = &[post("/lend", "lend", Action::Custom(lend)).answers(200).documented("itself")];
const FAILED: &ErrorDef = &ErrorDef::new("failed", 400, "It failed");

fn lend(context: &mut Context<'_>) -> Result<Response, Problem> {
    let known = format!("Bearer {PRESENTED}");
    let redactor = context.state.redactor().of_parts("/", [("authorization", known.as_str())].into_iter());
    let shown = move |text: &[u8]| {
        let read = String::from_utf8_lossy(text);
        let bytes = String::from_utf8_lossy(&redactor.bytes(text)).into_owned();
        (redactor.text(&read).into_owned(), redactor.target(&read).into_owned(), bytes)
    };
    SHOWN.set(Some(Box::new(shown)));
    Ok(Response::json(200, &json!({})))
}

struct Lender;

impl Dialect for Lender {
    fn caller(&self, state: &State, asked: &RequestContext<'_>) -> Result<Caller, Problem> {
        Ok(Caller::of(state, asked.api.name, "any"))
    }

    fn environment(&self, _: &State, _: &Api, _: &str) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn selection(&self, _: &Context<'_>, _: &'static Schema) -> Result<Selection, Problem> {
        Ok(Selection::of(Window::Offset { skip: 0, limit: 1 }))
    }

    fn page(&self, _: &mut Context<'_>, _: &Page) -> Response {
        Response::json(200, &json!([]))
    }

    fn record(&self, _: &mut Context<'_>, status: u16, record: &Record) -> Response {
        Response::json(status, &record.shown())
    }

    fn problem(&self, _: &mut State, _: &RequestContext<'_>, problem: &Problem) -> RenderedError {
        let response = Response::json(FAILED.status, &json!({ "detail": problem.plain() }));
        RenderedError { error: FAILED, evidence: FAILED.evidence, response }
    }
}

/// A shape of a text with a secret, what it stands in, where that is cut, and what stands around it.
pub fn redaction() -> Box<dyn FnMut(&[u8])> {
    let world = Standin::builder().api([standin::Api::Own(&LENDER)]).offline().expect("a world starts");
    let lent = world.answer("POST", "/lender/lend", &[], b"");
    assert_eq!(lent.status, Some(200), "{}", String::from_utf8_lossy(&lent.body));
    let shown = SHOWN.take().expect("it was lent");
    Box::new(move |input| {
        let (head, rest) = input.split_at(input.len().min(8));
        let byte = |n: usize| usize::from(head.get(n).copied().unwrap_or_default());
        let (before, after) = rest.split_at(rest.len() / 2);
        let cut = byte(3) | byte(4) << 8;
        let (before, after) = (any(before), any(after));
        let whole = wrapped(byte(2), &shape(byte(0), NAMES[byte(1) % NAMES.len()], byte(5) % 8, [&before, &after]));
        let mut end = if cut == 0 { whole.len() } else { whole.len() - cut % (whole.len() + 1) };
        end = (end..=whole.len()).find(|end| whole.is_char_boundary(*end)).unwrap_or(whole.len());
        let mark = if cut > 0 && byte(6) % 3 == 1 { "… (900 characters)" } else { "" };
        let text = format!("{}{mark}", &whole[..end]);
        let (plain, target, bytes) = bounded(text.as_bytes(), || shown(text.as_bytes()));
        assert!(!bytes.contains("Q7"), "{text:?} is shown as {bytes:?}");
        assert!(!plain.contains("Q7"), "{text:?} is shown as {plain:?}");
        // A target's query is parameters, whatever else it looks like.
        drop(target);
        let known = format!("{before}{}{after}", written(byte(7)));
        let known = &known[..(end.min(known.len())..=known.len()).find(|end| known.is_char_boundary(*end)).unwrap()];
        let (plain, target, bytes) = bounded(known.as_bytes(), || shown(known.as_bytes()));
        for way in [plain, target, bytes] {
            // A shorter beginning could be any word.
            assert!(!way.contains("QzQz+QzQ") && !way.contains("QzQz%2BQ"), "{known:?} is shown as {way:?}");
        }
    })
}

/// Any text without the letters of the secrets, however they are written.
fn any(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace(['Q', 'z', '7', '5'], "x");
    text.chars().take(2_000).collect()
}

fn words(bytes: &[u8]) -> String {
    any(bytes).chars().map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).take(900).collect()
}

/// A credential that a request presents, in one of the forms that it is written in.
fn written(how: usize) -> String {
    let encoded: String = PRESENTED
        .bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect();
    if how % 2 == 0 { PRESENTED.to_owned() } else { encoded }
}

fn shape(which: usize, name: &str, depth: usize, [before, after]: [&str; 2]) -> String {
    let tree = match which % 14 {
        0 => json!({ "a": before, name: SECRET, "b": after }),
        1 => json!({ "a": before, name: [before, { "x": SECRET }], "b": after }),
        2 => json!({ "name": name, "a": before, "value": SECRET, "b": after }),
        3 => json!({ "a": before, "value": SECRET, "b": after, "name": name }),
        4 => json!([name, SECRET]),
        5 => json!(["a", before, name, SECRET]),
        6 => json!({ "grant_type": before, "code": SECRET }),
        7 => json!({ "code": SECRET, "b": after, "client_id": after }),
        8 => json!({ "a": format!("https://{SECRET}@h/"), "b": after }),
        9 => json!({ "a": format!("Bearer {SECRET}"), "b": after }),
        10 => {
            return format!(
                "/v1/x?a={}&{}={SECRET}&b=1",
                words(before.as_bytes()).replace(' ', "+"),
                name.replace(' ', "+")
            );
        }
        11 => return format!("<a>x</a><{0}>{SECRET}</{0}>", name.replace(' ', "-")),
        12 => return format!("<p value=\"{SECRET}\" name=\"{name}\"/>"),
        _ => return format!("/v1/x?name={}&value={SECRET}", name.replace(' ', "+")),
    };
    (0..depth).fold(tree, |inner, n| if n % 2 == 0 { json!({ "in": inner }) } else { json!([inner]) }).to_string()
}

/// Puts a text into another one.
fn wrapped(how: usize, text: &str) -> String {
    let encode = |text: &str| -> String {
        let encoded = text.bytes().map(|byte| {
            if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        });
        encoded.collect()
    };
    match how % 5 {
        0 | 1 => text.to_owned(),
        2 => json!({ "message": text }).to_string(),
        3 => format!("/v1/x?q={}&n=1", encode(text)),
        _ => json!({ "to": format!("https://h/?q={}", encode(&encode(text))), "why": Value::Null }).to_string(),
    }
}
