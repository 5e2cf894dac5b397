//! Files that this program writes: what they may replace, and what is said, before anything runs, of a path that will not do.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::binary::{Folder, said, standin};

const RUN: [&str; 3] = ["run", "--scenario", "celigo-empty-is-204"];
/// A shell command that lists the integrations.
const LIST: &str = "curl -s -o /dev/null -H 'authorization: Bearer x' \"$CELIGO_BASE_URL/integrations\"";

/// Runs a command with more arguments behind it, the last of which is a shell script that leaves a trace.
fn run(folder: &Folder, settings: &[&str]) -> (i32, String, bool) {
    let trace = folder.path("trace");
    let script = format!("touch '{trace}'; {LIST}");
    let (code, _, err) = said(&mut standin(&[&RUN[..], settings, &["--", "sh", "-c", &script]].concat()));
    let ran = std::fs::remove_file(&trace).is_ok();
    (code, folder.said(&err), ran)
}

#[test]
fn a_report_replaces_nothing_that_is_no_earlier_report() {
    let folder = Folder::new("own-else");
    let others = [
        ("README.md", "# Ours\n"),
        ("scenario.json", "{\n  \"scenario\": 1,\n  \"api\": \"celigo\"\n}\n"),
        ("pom.xml", "<?xml version=\"1.0\"?><project></project>"),
        ("list.json", "[{ \"reporter\": 1 }]"),
        ("tap.txt", "TAP is a format\n"),
        ("bytes", "\u{0}\u{1}\u{2}"),
    ];
    for (name, text) in others {
        let file = folder.file(name, text);
        for setting in ["--report-json", "--report-junit", "--report-tap"] {
            let (code, err, ran) = run(&folder, &[setting, &file]);
            let told =
                format!("error: DIR/{name} holds something else than a report of standin, so it is left as it is");
            assert!(code == 2 && err.contains(&told) && !ran, "{code} {err}");
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    }
    for text in ["", "\n", "[]\n", "{\"report\": 1}", "\u{feff}TAP version 13\n1..0\n", "<testsuite/>"] {
        let file = folder.file("earlier", text);
        let (code, err, ran) = run(&folder, &["--report-tap", &file]);
        assert!(code == 4 && ran, "{text:?}: {code} {err}");
        assert!(std::fs::read_to_string(&file).unwrap().contains("Subtest"));
    }
}

#[test]
fn a_file_that_the_command_writes_to_the_path_of_a_report_stays() {
    let folder = Folder::new("own-shared");
    let file = folder.path("junit.xml");
    let script = format!("{LIST}; echo mine > '{file}'");
    let whole = [&RUN[..], &["--report-junit", &file, "--", "sh", "-c", &script]].concat();
    let (code, _, err) = said(&mut standin(&whole));
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("junit.xml holds something else than a report of standin"), "{err}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine\n");
}

#[test]
fn a_path_that_will_not_do_is_told_before_the_command_runs() {
    let folder = Folder::new("own-paths");
    let (below, long) = (folder.path("notes/r.json"), folder.path(&"r".repeat(300)));
    folder.file("notes", "a file");
    let locked = folder.file("locked", "[]");
    let mut mode = std::fs::metadata(&locked).unwrap().permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(&locked, mode).unwrap();
    for (path, why) in [
        (&below, "cannot write the report DIR/notes/r.json: DIR/notes is no folder; give another path"),
        (&long, "File name too long"),
        (&locked, "error: DIR/locked is read-only, so it is left as it is; give another path"),
        (&folder.path("new/"), "error: DIR/new/ names a folder, so it is left as it is; give another path"),
        (&folder.text().to_owned(), "error: DIR is a folder, so it is left as it is; give another path"),
    ] {
        let (code, err, ran) = run(&folder, &["--report-json", path]);
        assert!(code == 2 && err.contains(why) && !ran, "{code} {err}");
    }
    let (circle, back) = (folder.path("circle"), folder.path("back"));
    std::os::unix::fs::symlink(&back, &circle).unwrap();
    std::os::unix::fs::symlink(&circle, &back).unwrap();
    let (code, err, ran) = run(&folder, &["--report-json", &circle]);
    assert!(code == 2 && err.contains("its links lead in a circle") && !ran, "{code} {err}");
}

#[test]
fn a_missing_folder_of_a_report_is_made() {
    let folder = Folder::new("own-folder");
    let file = folder.path("reports/today/r.json");
    let (code, err, _) = run(&folder, &["--report-json", &file]);
    assert_eq!(code, 4, "{err}");
    assert!(std::fs::read_to_string(&file).unwrap().starts_with("[\n"));
    let mut name = OsString::from(folder.path("odd/"));
    name.push(name_beyond_utf8());
    let mut command = standin(&RUN);
    command.arg("--report-tap").arg(&name).args(["--", "sh", "-c", LIST]);
    assert_eq!(said(&mut command).0, 4);
    assert!(std::fs::read_to_string(Path::new(&name)).unwrap().starts_with("TAP"));
}

/// A name that is not UTF-8.
fn name_beyond_utf8() -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(b"r\xff\xfe.tap".to_vec())
}

#[test]
fn two_settings_do_not_name_one_file() {
    let folder = Folder::new("own-two");
    let (file, link, dotted) = (folder.path("r"), folder.path("link"), format!("{}/./r", folder.text()));
    std::os::unix::fs::symlink("r", &link).unwrap();
    for (one, other, path) in [
        ("--report-json", "--report-junit", &file),
        ("--report-json", "--report-tap", &link),
        ("--report-junit", "--report-tap", &dotted),
        ("--report-tap", "--port-file", &dotted),
    ] {
        let (code, err, ran) = run(&folder, &[one, &file, other, path]);
        assert!(code == 2 && err.contains(&format!("{one} and {other} name one file")) && !ran, "{code} {err}");
    }
    let streams = ["--report-json", "/dev/stdout", "--report-tap", "/dev/stdout"];
    assert_eq!(run(&folder, &streams).0, 4);
}

#[test]
fn a_draft_and_a_saved_scenario_replace_scenarios_only() {
    let folder = Folder::new("own-draft");
    let (notes, trace) = (folder.file("notes.md", "# Ours\n"), folder.path("trace"));
    let script = format!("touch '{trace}'; {LIST}");
    let draft = |output: &str| said(&mut standin(&["draft", "--output", output, "--", "sh", "-c", &script]));
    let (code, _, err) = draft(&notes);
    assert!(code == 2 && err.contains("holds something else than a scenario of standin"), "{err}");
    assert!(!Path::new(&trace).exists(), "the command ran");
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "# Ours\n");
    let file = folder.path("drafts/one.json");
    for _ in 0..2 {
        let (code, _, err) = draft(&file);
        assert_eq!(code, 0, "{err}");
    }
    let save = |into: &str| said(&mut standin(&["scenarios", "celigo-lost-create", "--save", into]));
    let saved = folder.path("saved");
    assert_eq!((save(&saved).0, save(&saved).0), (0, 0));
    let schema = folder.file("saved/scenario-1.schema.json", "{}");
    folder.file("saved/celigo-lost-create.json", "{ \"scenario\": 1 }");
    let (code, _, err) = save(&saved);
    assert!(code == 2 && err.contains("holds something else than a schema of scenarios of standin"), "{err}");
    assert_eq!(std::fs::read_to_string(&schema).unwrap(), "{}");
    let kept = std::fs::read_to_string(folder.path("saved/celigo-lost-create.json")).unwrap();
    assert_eq!(kept, "{ \"scenario\": 1 }", "neither was written");
}

#[test]
fn a_page_of_reports_does_not_replace_a_report_that_it_shows() {
    let folder = Folder::new("own-page");
    let (json, page) = (folder.path("r.json"), folder.path("pages/r.html"));
    assert_eq!(run(&folder, &["--report-json", &json]).0, 4);
    let show = |output: &str| said(&mut standin(&["report", "html", "--output", output, &json]));
    let (code, _, err) = show(&json);
    assert!(code == 2 && err.contains("r.json holds something else than a page of reports of standin"), "{err}");
    assert_eq!((show(&page).0, show(&page).0), (0, 0));
    assert!(std::fs::read_to_string(&page).unwrap().ends_with("</html>\n"));
}

#[test]
fn a_full_disk_leaves_no_report_and_nothing_beside_it() {
    let folder = Folder::new("own-full");
    let file = folder.file("r.json", "[]");
    // No file of this process may be longer; the signal for that is ignored, as it is where a disk is full.
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let command = standin(&[&RUN[..], &["--report-json", &file, "--", "sh", "-c", LIST]].concat());
    let mut limited = Command::new("bash");
    limited.args(["-c", script]).arg(command.get_program()).args(command.get_args());
    let (code, _, err) = said(&mut limited);
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("cannot write the report") && err.contains("r.json: File too large"), "{err}");
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 0);
}
