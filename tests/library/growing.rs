//! All that a client can make grow, kept: each struct of the library that holds a container stands in `growing.txt` with
//! what bounds it, and so does each thing that is shared by all servers of a process, and each task and channel.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::readers::{code, rust_files};

/// The parts of the library that a server runs.
const PARTS: [&str; 8] = ["world/", "history/", "engine/", "scenario/run/", "server/", "control/", "embed/", "apis/"];

/// The types that can grow. What stands behind a lock, a pointer or an option is found by its name too.
const CONTAINERS: &[&str] = &[
    "HashMap",
    "GenericHashMap",
    "BTreeMap",
    "HashSet",
    "BTreeSet",
    "Vec",
    "VecDeque",
    "BinaryHeap",
    "OverlayMap",
    "OrdMap",
    "Vector",
    "Map",
    "SmallVec",
    "String",
    "Bytes",
    "BytesMut",
    "str",
    "Sender",
    "Receiver",
    "JoinSet",
    "OnceLock",
    "OnceCell",
    "RefCell",
    "JoinHandle",
];

/// The types through which a static can change.
const CHANGING: [&str; 8] =
    ["Mutex", "RwLock", "OnceLock", "LazyLock", "OnceCell", "RefCell", "Atomic", "thread_local!"];

/// The calls that begin a task, a thread or a channel.
const BEGINNINGS: [&str; 5] = ["spawn(", "spawn_blocking(", "channel(", "unbounded_channel(", "JoinSet::new("];

/// A row: what bounds the growth, and the test that strikes the bound.
struct Bound<'t> {
    fields: BTreeSet<&'t str>,
    kind: &'t str,
    names: Vec<&'t str>,
    test: &'t str,
}

fn rows(text: &str) -> BTreeMap<(&str, &str), Bound<'_>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows = lines.map(|line| {
        let parts: Vec<&str> = line.split(" | ").collect();
        let [what, bound, rest @ ..] = parts.as_slice() else { panic!("{line}") };
        let (mut what, mut bound) = (what.split(' '), bound.split(' '));
        let place = (what.next().unwrap(), what.next().unwrap());
        let kind = bound.next().unwrap();
        (place, Bound { fields: what.collect(), kind, names: bound.collect(), test: rest.first().unwrap_or(&"") })
    });
    let all: Vec<_> = rows.collect();
    let (many, map): (usize, BTreeMap<_, _>) = (all.len(), all.into_iter().collect());
    assert_eq!(map.len(), many, "a row stands twice");
    map
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

/// Returns the containers in the fields of a file's structs: the name of each struct, and its fields.
fn structs(code: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let alias = |line: &'_ str| {
        let (name, kind) = line.strip_prefix("type ")?.split_once(" = ")?;
        words(kind).any(|word| CONTAINERS.contains(&word)).then(|| name.to_owned())
    };
    let aliases: Vec<String> = code.lines().filter_map(alias).collect();
    let grows = |kind: &str| {
        let is_borrowed = kind.starts_with("&'static") || kind.starts_with("fn(");
        let word = |word: &str| CONTAINERS.contains(&word) || aliases.iter().any(|alias| alias == word);
        !is_borrowed && words(&kind.replace("&'static str", "")).any(word)
    };
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut open = None;
    for line in code.lines() {
        let declared = line.split_once("struct ").filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
        if let Some((_, rest)) = declared {
            let name = words(rest).next().unwrap();
            let behind = &rest[rest.find(name).unwrap() + name.len()..];
            if line.ends_with(");") && grows(&behind[behind.find('(').unwrap()..]) {
                found.entry(name).or_default().insert("0");
            }
            open = line.ends_with('{').then_some(name);
        } else if line == "}" {
            open = None;
        } else if let (Some(name), Some((field, kind))) = (open, line.trim().split_once(": ")) {
            let field = field.rsplit(' ').next().unwrap();
            if line.starts_with("    ") && !line.starts_with("     ") && grows(kind) {
                found.entry(name).or_default().insert(field);
            }
        }
    }
    found
}

/// Returns all that a file shares between servers, and the tasks and channels that it begins.
fn shared(code: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in code.lines().map(str::trim) {
        let declared = line.split_once("static ").filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
        if let Some((_, rest)) = declared
            && CHANGING.iter().any(|kind| rest.contains(kind))
        {
            found.entry("static").or_default().insert(words(rest).next().unwrap());
        }
        if line.starts_with("thread_local!") {
            found.entry("static").or_default().insert("thread_local");
        }
        let is_declared = line.contains("fn spawn") || line.contains("fn try_spawn");
        if !is_declared && let Some(begun) = BEGINNINGS.iter().find(|begun| line.contains(**begun)) {
            found.entry("begins").or_default().insert(begun.trim_end_matches('('));
        }
    }
    found
}

#[test]
fn all_that_can_grow_stands_in_the_list_with_its_bound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = fs::read_to_string(root.join("tests/library/growing.txt")).unwrap();
    let limits = fs::read_to_string(root.join("docs/reference/limits.md")).unwrap();
    let listed = rows(&list);
    let mut files = Vec::new();
    rust_files(&root.join("src"), &mut files);
    rust_files(&root.join("tests"), &mut files);
    let all: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for path in &files {
        let Ok(name) = path.strip_prefix(root.join("src")) else { continue };
        let name = name.to_string_lossy().replace('\\', "/");
        if !PARTS.iter().any(|part| name.starts_with(part)) || name.contains("/tests") {
            continue;
        }
        let code = code(path);
        let code = &code[..code.find("mod tests {").unwrap_or(code.len())];
        for (owner, fields) in structs(code).into_iter().chain(shared(code)) {
            let place = listed.keys().find(|(file, known)| *file == name && *known == owner);
            let Some(bound) = place.map(|place| &listed[place]) else {
                wrong.push(format!("{name} {owner} {fields:?} can grow: give it a row, and a bound if it has none"));
                continue;
            };
            seen.insert(place);
            if bound.fields != fields {
                wrong.push(format!("{name} {owner} has {fields:?}, its row {:?}", bound.fields));
            }
            let is_good = |known: &str| match bound.kind {
                "limit" => limits.contains(&format!("| `{known}` |")),
                "constant" => {
                    code.contains(&format!("const {known}: usize"))
                        || all.contains(&format!("pub(crate) const {known}: usize"))
                }
                _ => false,
            };
            let has_test = bound.test == "untried" || all.contains(&format!("fn {}()", bound.test));
            match bound.kind {
                "limit" | "constant" if bound.names.is_empty() || !bound.names.iter().all(|known| is_good(known)) => {
                    wrong.push(format!("{name} {owner}: there is no {} {:?}", bound.kind, bound.names));
                }
                "limit" | "constant" if !has_test => {
                    wrong.push(format!("{name} {owner}: there is no test {:?}", bound.test));
                }
                "limit" | "constant" | "tables" | "start" | "brief" => {}
                other => wrong.push(format!("{name} {owner}: {other:?} is no kind of bound")),
            }
        }
    }
    let gone = listed.keys().filter(|place| !seen.contains(&Some(*place)));
    wrong.extend(gone.map(|(file, owner)| format!("{file} {owner} holds nothing that grows any more: take it out")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(listed.values().filter(|bound| bound.test == "untried").count() <= 4);
}

#[test]
fn the_scan_finds_fields_statics_tasks_and_aliases() {
    let code = "type Made = HashMap<u8, u8>;\nstruct A<'a> {\n    x: u8,\n    pub(super) y: Mutex<Made>,\n    z: &'static str,\n}\n\
                pub struct B(Vec<u8>);\nstatic NAMES: Mutex<Vec<u8>> = x;\nstatic TABLE: &[u8] = &[];\n    tokio::spawn(x);\n";
    let found: Vec<_> = structs(code).into_iter().chain(shared(code)).collect();
    let set = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
    let wanted = [("A", set(&["y"])), ("B", set(&["0"])), ("begins", set(&["spawn"])), ("static", set(&["NAMES"]))];
    assert_eq!(found, wanted);
}
