//! The reference in docs/, beside what the binary knows.

use std::fs;
use std::path::{Path, PathBuf};

use crate::binary::{Folder, said, standin};

const BEGINS: &str = "<!-- made by: standin ";
const ENDS: &str = "<!-- end -->";

/// Returns all pages below docs/.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.partition(|path| path.is_dir());
    let pages = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages.chain(folders.iter().flat_map(|folder| self::pages(folder))).collect()
}

/// Returns a page with each made part as the binary makes it, and how many there are.
fn made(text: &str) -> (String, usize) {
    let mut parts = text.split(BEGINS);
    let mut page = parts.next().unwrap().to_owned();
    let mut count = 0;
    for part in parts {
        let (command, rest) = part.split_once(" -->").expect("an end of the comment");
        let (_, after) = rest.split_once(ENDS).expect("an end of the made part");
        let (code, out, err) = said(&mut standin(&command.split(' ').collect::<Vec<_>>()));
        assert_eq!(code, 0, "standin {command}: {err}");
        page += &format!("{BEGINS}{command} -->\n{}\n{ENDS}{after}", out.trim());
        count += 1;
    }
    (page, count)
}

/// With `UPDATE_DOCS` in the environment, the pages are written instead.
#[test]
fn made_parts_of_the_reference_are_what_the_binary_prints() {
    let mut stale = Vec::new();
    let mut count = 0;
    for page in pages("docs".as_ref()) {
        let text = fs::read_to_string(&page).unwrap();
        let (wanted, parts) = made(&text);
        count += parts;
        if wanted == text {
            continue;
        }
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&page, wanted).unwrap();
        } else {
            stale.push(page.display().to_string());
        }
    }
    assert!(count >= 9, "{count} made parts were found");
    let how = "UPDATE_DOCS=1 cargo test --test command -- made_parts";
    assert!(stale.is_empty(), "{} is not what the binary prints; bring it up to date by: {how}", stale.join(", "));
}

/// Returns the blocks of a language in a section.
fn blocks<'t>(section: &'t str, language: &str) -> Vec<&'t str> {
    let begins = format!("```{language}\n");
    section.split(begins.as_str()).skip(1).map(|block| block.split("```").next().unwrap()).collect()
}

#[test]
fn each_code_refuses_its_file_before_and_takes_the_one_after() {
    let page = fs::read_to_string("docs/reference/codes.md").unwrap();
    let folder = Folder::new("codes");
    let mut checked = 0;
    for section in page.split("\n## ").skip(1) {
        let code = section.lines().next().unwrap();
        let (files, said_before) = (blocks(section, "json"), blocks(section, "text"));
        for (name, text) in ["before.json", "after.json"].into_iter().zip(&files) {
            folder.file(name, text);
        }
        let check = |name: &str| {
            let mut command = standin(&["check", name]);
            if code == "E21" {
                command.arg("--strict-fidelity");
            }
            said(command.current_dir(folder.path("")))
        };
        let (_, after, err) = check("after.json");
        assert_eq!(after.trim(), "after.json: good", "{code}: {err}");
        // Both embedded APIs have next links: only an API of one's own is refused for E15.
        if code == "E15" {
            continue;
        }
        let (status, before, _) = check("before.json");
        assert_eq!(before.trim(), said_before[0].trim(), "{code}");
        assert_eq!(status, if code.starts_with('E') { 2 } else { 0 }, "{code}: {before}");
        let all_point = before.lines().skip(1).step_by(2).all(|line| line.contains("(standin explain "));
        assert!(all_point && before.contains(&format!("(standin explain {code})")), "{before}");
        checked += 1;
    }
    assert_eq!(checked, standin::Code::ALL.len() - 1);
}

#[test]
fn a_code_is_explained_in_any_case_and_an_unknown_one_refused() {
    let (code, out, err) = said(&mut standin(&["explain", "e08"]));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.starts_with("## E08\n") && out.contains("Before:") && !out.contains("## E09"), "{out}");
    let of = |code: &str| said(&mut standin(&["explain", code]));
    assert_eq!(of("e8"), of("E08"));
    let (code, _, err) = of("E99");
    assert_eq!(code, 2);
    assert!(err.contains("there is no code E99; there are E01 to E23 and W01 to W08"), "{err}");
}
