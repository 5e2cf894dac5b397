//! No ring of files: each file can be read with those below it alone.
//!
//! A listed pair may use each other, for the reason beside it. The rooms of `LEFT` still have rings; no further file may
//! join them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::layers::{code_lines, root, rust_files};

/// Pairs of files that may use each other.
const PAIRS: &[(&str, &str, &str)] = &[
    ("engine::schema::schema", "engine::schema::field", "a field refers to a kind of record, which has fields"),
    ("engine::schema::schema", "engine::schema::document", "a document leaves out its schema's plain defaults"),
    ("engine::state::state", "engine::state::hooks", "hooks are functions over the state, which finds them"),
    ("engine::api::route", "engine::api::context", "a row names a function of a context, which names the row"),
    ("engine::api::api", "engine::api::dialect", "an API has a dialect, which words things of the API"),
    ("scenario::model::matchers", "scenario::model::difference", "a matcher tells in which words it is cut short"),
    ("scenario::parse::read", "scenario::parse::fidelity", "one reader of a file, in two files by subject"),
    ("world::world", "world::snapshot", "a world keeps snapshots, which are made of it"),
    (
        "apis::celigo::resources::integrations",
        "apis::celigo::resources::adaptors",
        "an integration lists connections, which name an integration",
    ),
    ("control::server", "control::table", "the handler of the table's list stands in the table"),
    ("server::context", "server::front", "the server has a front, which takes in for it"),
    ("server::tls::authority", "server::tls::settings", "an authority makes settings, which hold it"),
    ("embed::fixtures", "embed::tokens", "tokens are one of the files of a folder of fixtures"),
];

/// Rooms in which rings are left, with the number of files in them.
const LEFT: &[(&str, usize)] = &[];

#[test]
fn files_form_no_ring_but_listed_pairs() {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ring in rings(&arrows()) {
        match LEFT.iter().find(|(room, _)| ring.iter().all(|file| file.starts_with(room))) {
            Some((room, _)) => *left.entry(room).or_default() += ring.len(),
            None => wrong.push(format!("a ring of {}", ring.join(", "))),
        }
    }
    for (room, most) in LEFT {
        let now = left.get(room).copied().unwrap_or_default();
        if now > *most {
            wrong.push(format!("{room} has {now} files in rings, and had {most}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_ring_of_three_is_found_and_a_line_is_none() {
    let of = |arrows: &[(&str, &str)]| {
        let mut all = Arrows::new();
        for (from, to) in arrows {
            all.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        rings(&all)
    };
    assert_eq!(of(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]), [["a", "b", "c"]]);
    assert!(of(&[("a", "b"), ("b", "c"), ("a", "c")]).is_empty());
}

/// The files that each file uses, both as paths of modules.
type Arrows = BTreeMap<String, BTreeSet<String>>;

fn arrows() -> Arrows {
    let module_of = |path: &std::path::Path| {
        let relative = path.strip_prefix(root()).unwrap().with_extension("");
        relative.iter().map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("::")
    };
    let code_of = |path: &std::path::Path| {
        let text = fs::read_to_string(path).unwrap();
        code_lines(&text).map(|(_, line)| line).collect::<Vec<_>>().join("\n")
    };
    let files: BTreeMap<String, String> =
        rust_files(&root()).iter().map(|path| (module_of(path), code_of(path))).collect();
    let listed =
        |one: &str, other: &str| PAIRS.iter().any(|(a, b, _)| [(one, other), (other, one)].contains(&(*a, *b)));
    let mut all = Arrows::new();
    for (module, code) in &files {
        let name = plain(module);
        let used = paths(code).into_iter().filter_map(|path| file_of(&path, &files));
        // A folder's own mod.rs names its files; naming the folder is no use of a file.
        let others = used
            .map(|used| plain(&used).to_owned())
            .filter(|used| *used != name && !name.starts_with(&format!("{used}::")) && !listed(name, used));
        all.entry(name.to_owned()).or_default().extend(others);
    }
    all
}

fn plain(module: &str) -> &str {
    module.strip_suffix("::mod").unwrap_or(module)
}

/// The `crate::` paths of some code, those in braces too.
fn paths(code: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        expand(&code[at + "crate::".len()..], "", &mut all);
    }
    all
}

fn expand(rest: &str, before: &str, all: &mut Vec<String>) {
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if name.is_empty() {
        let Some(inner) = rest.strip_prefix('{') else { return };
        let (mut depth, mut start) = (0_usize, 0);
        for (place, c) in inner.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    expand(inner[start..place].trim(), before, all);
                    start = place + 1;
                    if c == '}' {
                        return;
                    }
                }
                _ => {}
            }
        }
        return;
    }
    let path = if before.is_empty() { name.clone() } else { format!("{before}::{name}") };
    match rest[name.len()..].strip_prefix("::") {
        Some(next) => expand(next, &path, all),
        None => all.push(path),
    }
}

/// The file that a path leads to; through a `mod.rs`, the file whose item it names again.
fn file_of(path: &str, files: &BTreeMap<String, String>) -> Option<String> {
    let parts: Vec<&str> = path.split("::").collect();
    for count in (1..=parts.len()).rev() {
        let module = parts[..count].join("::");
        if files.contains_key(&module) {
            return Some(module);
        }
        let folder = format!("{module}::mod");
        let Some(code) = files.get(&folder) else { continue };
        let named = parts.get(count).and_then(|item| {
            code.split(';').find_map(|statement| {
                let (_, tree) = statement.split_once("pub use ").or_else(|| statement.split_once("pub(crate) use "))?;
                let mut items = Vec::new();
                expand(tree.trim(), "", &mut items);
                items.into_iter().find(|known| known.rsplit("::").next() == Some(item))
            })
        });
        let file = named.and_then(|named| {
            let inner = format!("{module}::{}", named.rsplit_once("::")?.0);
            files.contains_key(&inner).then_some(inner)
        });
        return Some(file.unwrap_or(folder));
    }
    None
}

/// The rings of a graph: sets of files that all reach each other.
fn rings(arrows: &Arrows) -> Vec<Vec<String>> {
    let reach = |from: &str| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(file) = next.pop() {
            for to in arrows.get(&file).into_iter().flatten() {
                if seen.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&str, BTreeSet<String>> = arrows.keys().map(|file| (file.as_str(), reach(file))).collect();
    let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
    for (file, all) in &reached {
        if all.contains(*file) {
            let back = |other: &&String| reached.get(other.as_str()).is_some_and(|back| back.contains(*file));
            found.insert(all.iter().filter(back).cloned().collect());
        }
    }
    found.into_iter().collect()
}
