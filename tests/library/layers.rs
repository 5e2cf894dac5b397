//! The arrows of ARCHITECTURE.md, kept: which part may mention which, and what must not stand where.

use std::fs;
use std::path::{Path, PathBuf};

/// Each part, the parts of this crate it may mention, and what it must not mention from outside.
const LAYERS: &[(&str, &[&str], &[&str])] = &[
    ("http", &["http"], OUTSIDE),
    ("engine", &["http", "engine"], OUTSIDE),
    ("history", &["http", "engine", "history"], OUTSIDE),
    ("scenario", &["http", "engine", "history", "scenario"], OUTSIDE),
    ("world", &["http", "engine", "history", "scenario", "world"], OUTSIDE),
    ("apis", &["http", "engine", "apis"], OUTSIDE),
    (
        "control",
        &["http", "engine", "history", "scenario", "world", "control"],
        &["hyper", "hyper_util", "tokio", "clap", "include_dir", "std::fs", "std::env"],
    ),
    (
        "server",
        &["http", "engine", "history", "world", "control", "server"],
        &["clap", "include_dir", "std::fs", "std::env"],
    ),
    (
        "embed",
        &["http", "engine", "history", "scenario", "world", "apis", "control", "server", "embed"],
        &["clap", "std::env"],
    ),
    (
        "cli",
        &["http", "engine", "history", "scenario", "world", "control", "embed", "cli"],
        &["hyper", "hyper_util", "include_dir"],
    ),
];

/// A part of a room, and the parts beside it that it may mention.
type Floor = (&'static str, &'static [&'static str]);

/// The floors inside rooms.
const FLOORS: &[(&str, &[Floor])] = &[
    (
        "engine",
        &[
            ("schema", &[]),
            ("store", &["schema"]),
            ("state", &["schema", "store"]),
            ("api", &["schema", "store", "state"]),
        ],
    ),
    (
        "scenario",
        &[
            ("model", &[]),
            ("parse", &["model"]),
            ("run", &["model", "parse"]),
            ("verify", &["model", "run"]),
            ("probe", &["model", "parse"]),
            ("draft", &["model"]),
        ],
    ),
];

/// Libraries and parts of the standard library that the rooms below the server must not mention.
const OUTSIDE: &[&str] =
    &["hyper", "hyper_util", "tokio", "clap", "include_dir", "std::fs", "std::net", "std::env", "std::thread"];

const APIS: &[&str] = &["celigo", "edlink"];

#[test]
fn every_part_mentions_only_what_lies_below_it() {
    let mut wrong = Vec::new();
    for (part, below, never) in LAYERS {
        for (path, line, code) in lines_of(part) {
            for mentioned in mentions(&code, "crate::") {
                let is_part = LAYERS.iter().any(|(name, ..)| *name == mentioned);
                if is_part && !below.contains(&mentioned.as_str()) {
                    wrong.push(format!("{}:{line}: {part} mentions {mentioned}", path.display()));
                }
            }
            for outside in *never {
                if mentions_path(&code, outside) {
                    wrong.push(format!("{}:{line}: {part} mentions {outside}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_floor_inside_a_room_mentions_only_those_below_it() {
    let mut wrong = Vec::new();
    for (room, floors) in FLOORS {
        for (floor, below) in *floors {
            for (path, line, code) in lines_of(&format!("{room}/{floor}")) {
                for mentioned in mentions(&code, &format!("crate::{room}::")) {
                    let is_floor = floors.iter().any(|(name, _)| *name == mentioned);
                    if is_floor && mentioned != *floor && !below.contains(&mentioned.as_str()) {
                        wrong.push(format!("{}:{line}: {floor} mentions {mentioned}: {}", path.display(), code.trim()));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_api_is_named_in_the_engine_and_none_mentions_another() {
    let mut wrong = Vec::new();
    for part in ["http", "engine", "history", "scenario", "world", "control", "server"] {
        for (path, line, code) in lines_of(part) {
            for api in APIS.iter().filter(|api| code.to_lowercase().contains(**api)) {
                wrong.push(format!("{}:{line}: {part} names {api}", path.display()));
            }
        }
    }
    for api in APIS {
        for (path, line, code) in lines_of(&format!("apis/{api}")) {
            for other in APIS.iter().filter(|other| *other != api && code.to_lowercase().contains(**other)) {
                wrong.push(format!("{}:{line}: {api} mentions {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_text_of_the_library_names_a_flag_of_the_command_line() {
    let mut wrong = Vec::new();
    for part in ["http", "engine", "history", "scenario", "world", "control", "server", "embed", "apis"] {
        for (path, line, code) in lines_of(part) {
            let flags = code.match_indices("--").filter(|(at, _)| {
                code[at + 2..].starts_with(|next: char| next.is_ascii_lowercase()) && !code[..*at].ends_with('-')
            });
            if flags.count() > 0 {
                wrong.push(format!("{}:{line}: name the setting: {}", path.display(), code.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_mod_file_holds_no_logic() {
    let mut wrong = Vec::new();
    for part in [
        "http",
        "engine",
        "engine/api",
        "engine/schema",
        "engine/state",
        "engine/store",
        "history",
        "scenario",
        "world",
        "control",
        "server",
        "embed",
        "cli",
    ] {
        let path = root().join(part).join("mod.rs");
        let text = fs::read_to_string(&path).unwrap();
        wrong.extend(
            code_lines(&text)
                .filter(|(_, code)| code.contains("fn "))
                .map(|(line, _)| format!("{}:{line}", path.display())),
        );
    }
    assert!(wrong.is_empty(), "functions in mod.rs:\n{}", wrong.join("\n"));
}

/// A file that nothing names is compiled by nobody, tests and all.
#[test]
fn every_source_file_belongs_to_the_crate() {
    let is_root = |path: &Path| ["lib.rs", "main.rs"].iter().any(|name| path == root().join(name));
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let is_named = |path: &PathBuf| {
        let folder = path.parent().expect("a folder");
        let (name, folder) = match stem(path).as_str() {
            "mod" => (stem(folder), folder.parent().expect("a folder")),
            name => (name.to_owned(), folder),
        };
        let parents =
            [folder.join("mod.rs"), folder.join("lib.rs"), folder.join("main.rs"), folder.with_extension("rs")];
        let line = format!("mod {name};");
        let texts = parents.iter().filter_map(|parent| fs::read_to_string(parent).ok());
        // Behind how far the module is seen.
        let names_it = |code: &str| code.trim_start().strip_suffix(&line).is_some_and(|seen| !seen.starts_with("//"));
        texts.into_iter().any(|text| text.lines().any(names_it))
    };
    let stray: Vec<String> = rust_files(&root())
        .into_iter()
        .filter(|path| !is_root(path) && !is_named(path))
        .map(|path| path.display().to_string())
        .collect();
    assert!(stray.is_empty(), "no module names these files:\n{}", stray.join("\n"));
}

/// The most lines of a source file, its tests included: longer ones are about more than one thing.
const MOST_LINES: usize = 450;

#[test]
fn no_source_file_is_longer_than_a_subject_takes() {
    let lines = |path: &PathBuf| fs::read_to_string(path).unwrap().lines().count();
    let long =
        rust_files(&root()).into_iter().map(|path| (lines(&path), path)).filter(|(count, _)| *count > MOST_LINES);
    let long: Vec<String> = long.map(|(count, path)| format!("{}: {count} lines", path.display())).collect();
    assert!(long.is_empty(), "longer than {MOST_LINES} lines, divide by subject:\n{}", long.join("\n"));
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every line of code of a part, without comments and without test modules, with its file and number.
fn lines_of(part: &str) -> Vec<(PathBuf, usize, String)> {
    let folder = root().join(part);
    let files = rust_files(&folder);
    assert!(!files.is_empty(), "no Rust files below {}", folder.display());
    let lines = files.iter().flat_map(|path| {
        let text = fs::read_to_string(path).unwrap();
        code_lines(&text).map(|(line, code)| (path.clone(), line, code.to_owned())).collect::<Vec<_>>()
    });
    lines.collect()
}

pub fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // Tests stand at the end of a file, or in one of their own, which one line names.
    let mut lines = text.lines().enumerate().peekable();
    let code = std::iter::from_fn(move || {
        let (n, line) = lines.next()?;
        let ends = line.trim() == "#[cfg(test)]" && lines.peek().is_some_and(|(_, next)| !next.ends_with(';'));
        (!ends).then_some((n, line))
    });
    code.map(|(n, line)| (n + 1, line.split("//").next().unwrap_or_default()))
        .filter(|(_, line)| !line.trim().is_empty())
}

pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.ends_with("tests") {
            continue; // Unit tests see what a test sees.
        }
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The names that follow `prefix`, also those in braces right behind it.
fn mentions(code: &str, prefix: &str) -> Vec<String> {
    code.match_indices(prefix)
        .flat_map(|(at, _)| {
            let rest = &code[at + prefix.len()..];
            let (list, grouped) = match rest.strip_prefix('{') {
                Some(inner) => (inner.split('}').next().unwrap_or_default(), true),
                None => (rest, false),
            };
            let names = list.split(if grouped { ',' } else { ':' }).take(if grouped { usize::MAX } else { 1 });
            names
                .map(|name| name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>())
                .collect::<Vec<_>>()
        })
        .collect()
}

fn mentions_path(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + path.len()..];
        let whole_word = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        whole_word
            && (after.starts_with("::")
                || (path.starts_with("std::") && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')))
    })
}
