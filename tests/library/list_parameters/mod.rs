//! Every parameter of every list: it filters, orders or pages, or the call is refused; none is ignored. The parameters are
//! those of the documents that the tables make, and the data are such that each makes a difference.

mod celigo;
mod edlink;

use serde_json::Value;
use standin::{Answer, WorldHandle, openapi};

/// A list of an API: an operation whose success is an array.
struct List {
    operation: String,
    path: String,
    parameters: Vec<Value>,
}

impl List {
    fn has(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter["name"] == name)
    }
}

/// The operations of a document that read.
fn reads(api: &str) -> Vec<List> {
    let document = openapi(api.parse().unwrap());
    let base = document["servers"][0]["url"].as_str().unwrap().to_owned();
    let paths = document["paths"].as_object().unwrap();
    let reads = paths.iter().filter_map(|(path, verbs)| {
        let get = verbs.get("get").filter(|_| verbs.get("servers").is_none())?;
        let queries = get["parameters"].as_array().unwrap().iter().filter(|parameter| parameter["in"] == "query");
        Some(List {
            operation: get["operationId"].as_str().unwrap().to_owned(),
            path: format!("{base}{path}"),
            parameters: queries.cloned().collect(),
        })
    });
    reads.collect()
}

fn ask(world: &WorldHandle, token: &str, target: &str) -> Answer {
    let authorization = format!("Bearer {token}");
    world.answer("GET", target, &[("host", "h"), ("authorization", &authorization)], b"")
}

/// A target with a parameter more.
fn with(target: &str, name: &str, value: &str) -> String {
    let encode = |text: &str| -> String {
        let byte = |byte: u8| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let joint = if target.contains('?') { '&' } else { '?' };
    format!("{target}{joint}{}={}", encode(name), encode(value))
}

/// All ways to put known ids in place of the parameters of a path.
fn filled(path: &str, ids: &dyn Fn(&str, &str) -> Vec<String>) -> Vec<String> {
    let Some((before, rest)) = path.split_once('{') else { return vec![path.to_owned()] };
    let (name, behind) = rest.split_once('}').unwrap();
    let mut all = Vec::new();
    for id in ids(before, name) {
        all.extend(filled(&format!("{before}{id}{behind}"), ids));
    }
    all
}
