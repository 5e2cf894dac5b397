//! The one door for trees from outside, kept: each file that reads JSON stands here with what bounds the text that it reads.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The bound on what a file reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    /// It checks the tree itself, by `TreeLimits`.
    Door,
    /// It reads what is behind the door: records, and values and texts that were checked.
    Behind,
    /// It reads what the program itself wrote: answers, embedded files, constants.
    Own,
    /// A command reads the answer of a server or a file by `read_to_vec` or `read_bounded`, which bound the bytes; the
    /// reader stops at 127 levels.
    Command,
    /// Only tests are in there.
    Tests,
}

use Bound::{Behind, Command, Door, Own, Tests};

const READERS: &[(&str, Bound)] = &[
    ("apis/celigo/copies.rs", Behind),
    ("apis/celigo/dependencies.rs", Behind),
    ("apis/celigo/ediprofiles.rs", Behind),
    ("apis/celigo/jobs.rs", Behind),
    ("apis/celigo/json_patch.rs", Tests),
    ("apis/celigo/lists.rs", Behind),
    ("apis/celigo/recycle_bin.rs", Behind),
    ("apis/celigo/template_archive.rs", Behind),
    ("apis/celigo/users.rs", Behind),
    ("apis/celigo/webhook/body.rs", Door),
    ("apis/edlink/graph/filter.rs", Door),
    ("apis/edlink/graph/requests.rs", Behind),
    ("apis/edlink/paging.rs", Own),
    ("apis/mod.rs", Own),
    ("cli/client.rs", Command),
    ("cli/env.rs", Command),
    ("cli/manual/scenario_keys.rs", Own),
    ("cli/ready.rs", Command),
    ("cli/report.rs", Command),
    ("cli/scenarios.rs", Own),
    ("cli/tail.rs", Command),
    ("control/journal.rs", Behind),
    ("control/openapi.rs", Own),
    ("control/request.rs", Door),
    ("control/scenario.rs", Behind),
    ("control/server.rs", Own),
    ("embed/answer.rs", Own),
    ("embed/left_out.rs", Behind),
    ("embed/scenarios.rs", Behind),
    ("embed/survey.rs", Behind),
    ("embed/without_features.rs", Tests),
    ("engine/api/read_body.rs", Door),
    ("engine/schema/document/json.rs", Behind),
    ("engine/schema/field.rs", Own),
    ("engine/store/record.rs", Behind),
    ("http/document.rs", Door),
    ("http/json_object.rs", Tests),
    ("http/message.rs", Own),
    ("http/positions.rs", Behind),
    ("http/redact.rs", Door),
    ("scenario/model/request_view.rs", Door),
    ("scenario/probe/drift.rs", Command),
    ("scenario/probe/probe.rs", Command),
    ("scenario/run/added.rs", Own),
    ("scenario/run/perturb.rs", Own),
    ("scenario/verify/conduct.rs", Behind),
    ("server/log_text.rs", Own),
    ("world/export.rs", Behind),
    ("world/lifecycle.rs", Tests),
];

const READS: [&str; 4] = ["serde_json::from_", "serde_json::Deserializer", "from_str::<", "from_slice::<"];

pub fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The code of a file, without its comments.
pub fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).fold(String::new(), |all, line| all + line + "\n")
}

#[test]
fn all_that_reads_json_stands_in_the_list_with_its_bound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    let listed: BTreeMap<&str, Bound> = READERS.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut read = Vec::new();
    for path in files {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let code = code(&path);
        if name.contains("/tests/") || !READS.iter().any(|call| code.contains(call)) {
            continue;
        }
        let tests = code.find("mod tests {").unwrap_or(code.len());
        let is_read = READS.iter().any(|call| code[..tests].contains(call));
        match listed.get(name.as_str()) {
            None => wrong.push(format!("{name} reads JSON: pass http/tree.rs, and say so in READERS")),
            Some(Door) if !code[..tests].contains("TreeLimits::") => wrong.push(format!("{name} has no door")),
            Some(Tests) if is_read && !name.ends_with("without_features.rs") => {
                // Code for tests is not always in a module of tests.
                if !code.contains("#[cfg(test)]") {
                    wrong.push(format!("{name} reads JSON outside of its tests"));
                }
            }
            Some(_) => {}
        }
        read.push(name);
    }
    wrong.extend(
        READERS
            .iter()
            .filter(|(name, _)| !read.iter().any(|known| known == name))
            .map(|(name, _)| format!("{name} reads no JSON any more: take it out of READERS")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn commands_read_answers_and_files_within_bounds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in ["cli/client.rs", "cli/report.rs", "cli/probe.rs"] {
        let code = code(&root.join(file));
        assert!(["MOST_BYTES", "read_bounded"].iter().any(|bound| code.contains(bound)), "{file} bounds nothing");
    }
}
