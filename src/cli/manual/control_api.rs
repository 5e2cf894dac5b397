//! The paths of the control API, from its table.

use serde_json::Value;

use crate::cli::manual::{code, prose, table};
use crate::control::control_openapi;

/// Returns a table for the server's own paths, one for a world's, and one for a world itself.
pub(super) fn markdown() -> String {
    let document = control_openapi();
    let (mut server, mut world, mut itself) = (Vec::new(), Vec::new(), Vec::new());
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        let path = path.trim_start_matches("/_standin");
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let row = row(&method.to_uppercase(), path, operation);
            match path.strip_prefix("/worlds/{world}") {
                Some(rest) if world.iter().any(|(known, _): &(String, _)| known == rest) => {}
                Some(_) => itself.push(row),
                None if operation["tags"][0] == "world" => world.push((path.to_owned(), row)),
                None => server.push(row),
            }
        }
    }
    let heads = ["method and path", "does", "query", "body", "answers"];
    format!(
        "### The server\n\n{}\n### A world\n\n{}\n### A world by its name\n\n{}",
        table(heads, server.into_iter()),
        table(heads, world.into_iter().map(|(_, row)| row)),
        table(heads, itself.into_iter())
    )
}

fn row(method: &str, path: &str, operation: &Value) -> [String; 5] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let query: Vec<String> = parameters
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| format!("{}: {}", code(&text(&parameter["name"])), prose(&text(&parameter["description"]))))
        .collect();
    let schema = |content: &Value| {
        let reference = text(&content["content"]["application/json"]["schema"]["$ref"]);
        reference.rsplit('/').next().filter(|name| !name.is_empty()).map(code).unwrap_or_default()
    };
    let answers = operation["responses"].as_object().into_iter().flatten().filter(|(status, _)| *status != "default");
    let answers: Vec<String> =
        answers.map(|(status, answer)| format!("{status} {}", schema(answer)).trim().to_owned()).collect();
    [
        code(&format!("{method} {}", if path.is_empty() { "/" } else { path })),
        prose(&text(&operation["summary"])),
        query.join("<br>"),
        schema(&operation["requestBody"]),
        answers.join(", "),
    ]
}
