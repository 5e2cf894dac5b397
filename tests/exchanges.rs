//! The documented exchanges: `tests/exchanges/<api>/<operation>/<status>[-<case>].txt`.
//!
//! A file begins with `#` lines (its source, and settings: `tokens`, `profile`, `rate-limit`, `body-limit`, and `data`: records to add), followed by pairs of a request
//! (`>>> METHOD target`, headers, blank line, body; the line `advance-ms: 5000` among the headers moves the clock before) and the answer it must get (`<<< status`, headers, blank line, body).
//! Where a source says `assumed`, an answer must say so; where a file shows an answer's `assumed`, a source says which part is. The headers listed must be equal; the body must be equal as JSON, key order included. Each file has a world of its own:
//! the embedded records, seed 0, and a clock frozen at 2024-01-20T10:00:00.000Z.
//!
//! `UPDATE_EXCHANGES=1 cargo test --test exchanges` writes the actual answers into the files where they differ: read the difference.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use libtest_mimic::{Arguments, Trial};
use serde_json::Value;
use standin::{Action, Answer, Api, Builder, Clock, Credential, Standin, WorldHandle, operations};

/// The line among the headers of a request that moves the clock before it is asked.
const ADVANCE: &str = "advance-ms";

const CLOCK: &str = "2024-01-20T10:00:00.000Z";

struct Message {
    first: String,
    headers: Vec<(String, String)>,
    body: String,
}

struct Exchange {
    request: Message,
    answer: Message,
}

struct File {
    path: PathBuf,
    comments: Vec<String>,
    exchanges: Vec<Exchange>,
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchanges");
    let paths = text_files(&root);
    assert!(!paths.is_empty(), "no exchanges below {}", root.display());
    let name = |path: &Path| path.strip_prefix(&root).unwrap_or(path).with_extension("").display().to_string();
    let mut trials: Vec<Trial> = paths
        .iter()
        .map(|path| {
            let file = path.clone();
            Trial::test(name(path), move || Ok(replay(&file)?))
        })
        .collect();
    trials.push(Trial::test("the_tables_and_the_exchanges_name_the_same_outcomes", move || {
        Ok(compare_with_tables(&paths)?)
    }));
    trials
        .push(Trial::test("every_line_of_the_page_of_behaviour_is_shown_by_what_is_there", || Ok(check_behaviour()?)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Replays the exchanges of a file; the error tells all differences.
fn replay(path: &Path) -> Result<(), String> {
    let file = parse(path);
    let (_, answers) = ask_all(&file);
    let pairs = file.exchanges.iter().zip(&answers);
    let mut differences: Vec<String> = pairs
        .filter_map(|(exchange, answer)| {
            difference(&exchange.answer, answer).map(|told| format!("  {}\n{told}", exchange.request.first))
        })
        .collect();
    if !differences.is_empty() && std::env::var_os("UPDATE_EXCHANGES").is_some() {
        fs::write(&file.path, update(&file, &answers)).unwrap();
        differences.clear();
    }
    let says_so = |line: &String| line.starts_with("# source: ") && line.contains("assumed");
    let is_assumed = file.comments.iter().any(says_so);
    if is_assumed && !answers.iter().any(|answer| answer.header("standin-source") == Some("assumed")) {
        differences.push("  its source says that something is assumed, and no answer says so".to_owned());
    }
    let shows_so = |(name, value): &(String, String)| name == "standin-source" && value == "assumed";
    if !is_assumed && file.exchanges.iter().any(|exchange| exchange.answer.headers.iter().any(shows_so)) {
        differences.push("  it shows that something is assumed, and no source says which part".to_owned());
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{}", path.display(), differences.join("\n\n")))
}

fn ask_all(file: &File) -> (WorldHandle, Vec<Answer>) {
    let world = world(file);
    let answers = file.exchanges.iter().map(|exchange| ask(&world, &exchange.request)).collect();
    (world, answers)
}

/// Compares the outcomes that all files together were served with those that the tables document.
fn compare_with_tables(paths: &[PathBuf]) -> Result<(), String> {
    let mut served = BTreeSet::new();
    for path in paths {
        for call in ask_all(&parse(path)).0.journal() {
            let outcome = call.error.map_or_else(|| "success".to_owned(), str::to_owned);
            served.insert((call.operation.unwrap_or_default().to_owned(), outcome));
        }
    }
    let operations = operations();
    let declared = |operation: &str, outcome: &str| {
        let operation = operations.iter().find(|known| known.name == operation);
        operation.is_none_or(|operation| {
            operation.action == Action::NotModelled || operation.outcomes.iter().any(|(_, known)| *known == outcome)
        })
    };
    let undeclared: Vec<_> = served.iter().filter(|(operation, outcome)| !declared(operation, outcome)).collect();
    if !undeclared.is_empty() {
        return Err(format!("outcomes that the tables do not name:\n{undeclared:#?}"));
    }
    let missing: Vec<String> = operations
        .iter()
        .filter(|operation| operation.action != Action::NotModelled)
        .flat_map(|operation| operation.outcomes.iter().map(|(status, outcome)| (operation.name, *status, *outcome)))
        // Served by fault rules only: a request alone cannot bring it about.
        .filter(|(_, _, outcome)| !["rate_limited", "internal"].contains(outcome))
        // An operation that is documented as not modelled succeeds by a rule only.
        .filter(|(operation, _, outcome)| *outcome != "success" || !by_rule_only(operation))
        .filter(|(operation, _, outcome)| !served.contains(&((*operation).to_owned(), (*outcome).to_owned())))
        .map(|(operation, status, outcome)| format!("{operation} {status} {outcome}"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("{} documented outcomes have no exchange:\n{}", missing.len(), missing.join("\n")))
}

/// Checks the page that says where each rule is shown: its files and tests are there, and name each modelled operation.
fn check_behaviour() -> Result<(), String> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(home.join("docs/reference/behaviour.md")).map_err(|error| error.to_string())?;
    let root = home.join("tests/exchanges");
    let names = text_files(&root).into_iter().map(|path| {
        let name = path.strip_prefix(&root).unwrap_or(&path).with_extension("");
        name.to_string_lossy().replace('\\', "/")
    });
    let files: Vec<String> = names.collect();
    let mut code = String::new();
    for folder in ["tests", "src/apis"] {
        read_code(&home.join(folder), &mut code);
    }
    let mut wrong = Vec::new();
    let mut shown = BTreeSet::new();
    let rules = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| rule "));
    for rule in rules {
        let evidence = rule.trim_end_matches(['|', ' ']).rsplit(" | ").nth(1).unwrap_or_default();
        if !["documented", "observed", "assumed"].iter().any(|word| evidence.contains(word)) {
            wrong.push(format!("{evidence:?} is no evidence: {rule}"));
        }
        let column = rule.trim_end_matches(['|', ' ']).rsplit(" | ").next().unwrap_or_default();
        for name in column.split(", ").map(|name| name.trim_matches('`')) {
            let found: Vec<&String> = files.iter().filter(|file| fits(name, file)).collect();
            shown.extend(
                found.iter().filter_map(|file| file.rsplit_once('/')).map(|(operation, _)| operation.to_owned()),
            );
            let is_there = if name.contains('/') { !found.is_empty() } else { code.contains(&format!("fn {name}(")) };
            if !is_there {
                wrong.push(format!("{name} is named, and is not there"));
            }
        }
    }
    for operation in operations().iter().filter(|operation| operation.action != Action::NotModelled) {
        if !shown.contains(&operation.name.replacen('.', "/", 1)) {
            wrong.push(format!("{} is in no line", operation.name));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Tells whether a text fits a pattern, in which `*` stands for any letters but a slash.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((before, behind)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(before) else { return false };
    let ends = rest.char_indices().map(|(place, _)| place).chain([rest.len()]);
    ends.into_iter().take_while(|place| !rest[..*place].contains('/')).any(|place| fits(behind, &rest[place..]))
}

fn read_code(folder: &Path, code: &mut String) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_code(&path, code);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            code.push_str(&fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

fn by_rule_only(operation: &str) -> bool {
    let known = operations().into_iter().find(|known| known.name == operation);
    known.is_some_and(|known| known.outcomes.iter().any(|(_, outcome)| *outcome == "not_modelled"))
}

fn text_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files.extend(text_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            files.push(path);
        }
    }
    files
}

fn parse(path: &Path) -> File {
    let text = fs::read_to_string(path).unwrap();
    let (head, rest) = text.split_once(">>> ").unwrap_or_else(|| panic!("{}: no request", path.display()));
    let comments: Vec<String> = head.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    assert!(comments.iter().any(|line| line.starts_with("# source: ")), "{}: no source", path.display());
    let exchanges = format!("\n{rest}")
        .trim_start_matches('\n')
        .split("\n>>> ")
        .map(|pair| {
            let (request, answer) =
                pair.split_once("\n<<< ").unwrap_or_else(|| panic!("{}: no answer", path.display()));
            Exchange { request: message(request), answer: message(answer) }
        })
        .collect();
    File { path: path.to_owned(), comments, exchanges }
}

fn message(text: &str) -> Message {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default().trim().to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect();
    Message { first, headers, body: body.trim().to_owned() }
}

fn world(file: &File) -> WorldHandle {
    let mut builder = Standin::builder().seed(0).clock(Clock::frozen().at(CLOCK));
    for line in &file.comments {
        if let Some(tokens) = line.strip_prefix("# tokens: ") {
            builder = with_tokens(builder, &serde_json::from_str(tokens).unwrap());
        }
        if let Some(limit) = line.strip_prefix("# body-limit: ") {
            builder = builder.body_limit(limit.parse().expect("bytes"));
        }
        if let Some((api, profile)) = line.strip_prefix("# profile: ").and_then(|setting| setting.split_once('=')) {
            builder = builder.profile(api.parse().unwrap(), profile.parse().unwrap());
        }
        if let Some((api, rate)) = line.strip_prefix("# rate-limit: ").and_then(|setting| setting.split_once('=')) {
            let (requests, per_second) = rate.split_once('/').expect("requests/per second");
            builder = builder.rate_limit(api.parse().unwrap(), requests.parse().unwrap(), per_second.parse().unwrap());
        }
    }
    let world = builder.offline().unwrap_or_else(|error| panic!("{}: {error}", file.path.display()));
    for data in file.comments.iter().filter_map(|line| line.strip_prefix("# data: ")) {
        let data: serde_json::Map<String, Value> = serde_json::from_str(data).unwrap();
        for (collection, records) in data {
            for record in records.as_array().expect("an array of records") {
                world
                    .create(&collection, record.clone())
                    .unwrap_or_else(|refusal| panic!("{}: {refusal}", file.path.display()));
            }
        }
    }
    world
}

/// The `tokens` of the scenario format.
fn with_tokens(mut builder: Builder, tokens: &Value) -> Builder {
    let lists = [(Api::Celigo, &tokens["celigo"], "token"), (Api::Edlink, &tokens["edlink"]["secrets"], "secret")];
    for (api, list, key) in lists {
        for entry in list.as_array().into_iter().flatten() {
            let token = entry.as_str().or_else(|| entry[key].as_str()).expect("a token");
            let mut credential = Credential::new(token);
            if entry["access"] == "monitor" {
                credential = credential.read_only();
            }
            if let Some(ids) = entry["integrations"].as_array() {
                credential = credential.integrations(ids.iter().filter_map(Value::as_str));
            }
            builder = builder.credential(api, credential);
        }
    }
    builder
}

fn ask(world: &WorldHandle, request: &Message) -> Answer {
    let (method, target) = request.first.split_once(' ').expect("a method and a target");
    let (moves, headers): (Vec<_>, Vec<_>) = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .partition(|(name, _)| *name == ADVANCE);
    for (_, ms) in moves {
        world.advance(Duration::from_millis(ms.parse().expect("milliseconds")));
    }
    world.answer(method, target, &headers, request.body.as_bytes())
}

fn difference(wanted: &Message, answer: &Answer) -> Option<String> {
    let mut said = String::new();
    let got = answer.status.unwrap_or_default();
    if wanted.first != got.to_string() {
        let _ = writeln!(said, "  status: wanted {}, got {got}", wanted.first);
    }
    for (name, value) in &wanted.headers {
        let got = answer.header(name);
        if got != Some(value) {
            let _ = writeln!(said, "  header {name}: wanted {value:?}, got {got:?}");
        }
    }
    let got = String::from_utf8_lossy(&answer.body);
    let same = match serde_json::from_str::<Value>(&wanted.body) {
        // Compared as text, so that the order of keys counts.
        Ok(json) => {
            serde_json::to_string(&json).ok() == serde_json::to_string(&answer.json()).ok() && !answer.body.is_empty()
        }
        Err(_) => wanted.body == got,
    };
    if !same {
        let _ = writeln!(said, "  body: wanted\n{}\n  got\n{}", wanted.body, pretty(&answer.body));
    }
    (!said.is_empty()).then_some(said)
}

fn pretty(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(json) => serde_json::to_string_pretty(&json).unwrap(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}

fn update(file: &File, answers: &[Answer]) -> String {
    let mut text = file.comments.join("\n") + "\n";
    for (exchange, answer) in file.exchanges.iter().zip(answers) {
        let _ = writeln!(text, ">>> {}", exchange.request.first);
        for (name, value) in &exchange.request.headers {
            let _ = writeln!(text, "{name}: {value}");
        }
        text.push('\n');
        if !exchange.request.body.is_empty() {
            let _ = writeln!(text, "{}\n", exchange.request.body);
        }
        let _ = writeln!(text, "<<< {}", answer.status.unwrap_or_default());
        for (name, _) in &exchange.answer.headers {
            let _ = writeln!(text, "{name}: {}", answer.header(name).unwrap_or("(absent)"));
        }
        let _ = writeln!(text, "\n{}\n", pretty(&answer.body));
    }
    text.trim_end().to_owned() + "\n"
}
