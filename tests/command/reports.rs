//! The reports of a run: what each reader finds in them, and what is never left behind.

use crate::binary::{Folder, said, standin};
use serde_json::Value;

/// A scenario that fails when nothing but a list is asked.
const SCENARIO: &str = r#"{
  "scenario": 1,
  "api": "celigo",
  "expect": {
    "calls": [
      { "id": "look", "on": "celigo.integrations.list", "times": 1 },
      { "id": "create", "on": "celigo.integrations.create", "when": { "body": { "name": "<&\"Orders\">" } } }
    ]
  }
}
"#;

/// A shell command that lists the integrations.
const LIST: &str = "curl -s -o /dev/null -H 'authorization: Bearer x' \"$CELIGO_BASE_URL/integrations\"";
/// A shell command that makes an integration of another name.
const CREATE: &str = "curl -s -o /dev/null -H 'authorization: Bearer x' -H 'content-type: application/json' \
    -d '{\"name\":\"<&Order>\"}' \"$CELIGO_BASE_URL/integrations\"";

#[test]
fn junit_has_times_totals_places_readable_names_and_the_calls() {
    let folder = Folder::new("junit");
    let (scenario, xml) = (folder.file("s.json", SCENARIO), folder.path("r.xml"));
    let script = format!("{LIST}; {CREATE}");
    let (code, _, _) =
        said(&mut standin(&["run", "--scenario", &scenario, "--report-junit", &xml, "--", "sh", "-c", &script]));
    assert_eq!(code, 4);
    let xml = std::fs::read_to_string(xml).unwrap();
    for part in [
        "<testsuites name=\"standin\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"",
        "<testsuite id=\"0\" name=\"s\" tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"0\" time=\"",
        "\" timestamp=\"2",
        "name=\"calls.look: celigo.integrations.list exactly 1 time\"",
        &format!("file=\"{scenario}\" line=\"7\" time=\"0.000\">"),
        "call 2: body.name is &quot;&lt;&amp;Order&gt;&quot;, expected &quot;&lt;&amp;\\&quot;Orders\\&quot;&gt;&quot;",
        "<system-out>1 list → 200\n2 create → 201</system-out>",
    ] {
        assert!(xml.contains(part), "{part}\n{xml}");
    }
}

#[test]
fn a_json_report_is_small_unless_all_coverage_is_asked_for_and_merging_knows_the_rest() {
    let folder = Folder::new("small");
    let (small, all) = (folder.path("small.json"), folder.path("all.json"));
    let run = |more: &[&str]| {
        let whole = [&["run", "--scenario", "celigo-lost-create"], more, &["--", "sh", "-c", LIST]].concat();
        assert_eq!(said(&mut standin(&whole)).0, 4);
    };
    run(&["--report-json", &small]);
    run(&["--report-json", &all, "--report-all-coverage"]);
    let cells = |file: &str| {
        let reports: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        reports[0]["coverage"].as_array().unwrap().len()
    };
    assert_eq!(cells(&small), 1);
    assert!(cells(&all) > 50);
    let merged = |file: &str| said(&mut standin(&["report", "merge", file])).1;
    assert_eq!(merged(&small), merged(&all));
    assert!(merged(&small).contains("operations were never called"), "{}", merged(&small));
}

#[test]
fn a_command_that_made_no_call_is_told_what_it_must_read() {
    let (code, _, err) = said(&mut standin(&["run", "--scenario", "celigo-lost-create", "--", "true"]));
    assert_eq!(code, 6);
    let told = "nothing was tested: the command made no call; it must read ";
    assert!(err.contains(told), "{err}");
    for name in ["CELIGO_BASE_URL=http://127.0.0.1:", "CELIGO_API_TOKEN", "EDLINK_BASE_URL=", "--intercept"] {
        assert!(err.contains(name), "{name}: {err}");
    }
    assert!(!err.contains("CELIGO_API_TOKEN="), "a credential is not told: {err}");
}

#[test]
fn a_quiet_run_says_what_failed_and_nothing_else() {
    let script = "curl -s -o /dev/null \"$CELIGO_BASE_URL/integrations\"";
    let folder = Folder::new("quiet");
    let good = folder
        .file("good.json", r#"{"scenario":1,"api":"celigo","expect":{"calls":[{"on":"celigo.integrations.list"}]}}"#);
    let run = |scenario: &str| said(&mut standin(&["run", "-q", "--scenario", scenario, "--", "sh", "-c", script]));
    assert_eq!(run(&good), (0, String::new(), String::new()));
    let (code, _, err) = run("celigo-lost-create");
    assert_eq!(code, 4);
    assert!(err.starts_with("FAIL celigo-lost-create") && !err.contains("coverage:"), "{err}");
}

#[test]
fn a_report_of_an_earlier_run_is_gone_before_the_command_runs() {
    let folder = Folder::new("stale");
    // Reports whose ends were lost, too.
    let earlier = [
        ("r.json", "[\n  {\n    \"report\": 1,\n    \"scenario\": \"of an earlier run"),
        ("r.xml", "<?xml version=\"1.0\"?>\n<testsuites name=\"standin\" tests=\"1\"><!-- of an earlier run"),
        ("r.tap", "TAP version 14\n# Subtest: of an earlier run"),
    ];
    let files = earlier.map(|(name, text)| folder.file(name, text));
    let script = format!("ls {} > {}; {LIST}", folder.text(), folder.path("seen"));
    let [json, xml, tap] = &files;
    let reports = ["--report-json", json, "--report-junit", xml, "--report-tap", tap];
    let whole = [&["run", "--scenario", "celigo-lost-create"], &reports[..], &["--", "sh", "-c", &script]].concat();
    assert_eq!(said(&mut standin(&whole)).0, 4);
    assert_eq!(std::fs::read_to_string(folder.path("seen")).unwrap(), "seen\n");
    for file in &files {
        assert!(!std::fs::read_to_string(file).unwrap().contains("of an earlier run"));
    }
    let names = std::fs::read_dir(&folder.0).unwrap().count();
    assert_eq!(names, 4, "nothing lies beside them");
}

#[test]
fn a_report_may_go_to_what_is_no_file() {
    let whole = ["run", "--scenario", "celigo-lost-create", "--report-tap", "/dev/stdout", "--", "sh", "-c", LIST];
    let (code, out, err) = said(&mut standin(&whole));
    assert_eq!(code, 4, "{err}");
    assert!(out.contains("TAP version 14"), "{out}");
}

#[cfg(unix)]
#[test]
fn a_report_never_waits_for_a_reader_of_its_pipe() {
    let folder = Folder::new("unread");
    let pipe = folder.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let whole = ["run", "--scenario", "celigo-lost-create", "--report-json", &pipe, "--", "sh", "-c", LIST];
    let (code, _, err) = said(&mut standin(&whole));
    assert_eq!(code, 4, "{err}");
    assert!(err.contains(&format!("cannot write the report {pipe}: no program reads from it; start its")), "{err}");
    let mut command = standin(&["run", "--scenario", "celigo-lost-create", "--", "sh", "-c", LIST]);
    let (code, _, err) = said(command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &pipe));
    assert_eq!(code, 4, "{err}");
    assert!(err.contains(&format!("cannot write the report {pipe}: no program reads from it")), "{err}");
    let script = format!("cat '{pipe}' > '{}' & {LIST}", folder.path("taken"));
    let read = ["run", "--scenario", "celigo-lost-create", "--report-json", &pipe, "--", "sh", "-c", &script];
    assert_eq!(said(&mut standin(&read)).0, 4);
    assert!(std::fs::metadata(&pipe).is_ok(), "the pipe stays");
}

#[cfg(unix)]
#[test]
fn a_report_keeps_links_and_what_a_stream_holds() {
    let folder = Folder::new("links");
    let (real, link, out) = (folder.file("real.tap", "TAP version 14"), folder.path("link"), folder.path("out"));
    std::os::unix::fs::symlink("real.tap", &link).unwrap();
    let run = ["run", "--scenario", "celigo-lost-create", "--report-tap"];
    said(&mut standin(&[&run[..], &[&link, "--", "sh", "-c", LIST]].concat()));
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(std::fs::read_to_string(&real).unwrap().contains("calls"));
    let script = format!("echo mine; {LIST}");
    let mut command = standin(&[&run[..], &["/dev/fd/1", "--", "sh", "-c", &script]].concat());
    let status = command.stdout(std::fs::File::create(&out).unwrap()).status().unwrap();
    assert_eq!(status.code(), Some(4));
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.starts_with("mine\n") && text.contains("TAP version 14"), "{text}");
}

#[test]
fn a_proxy_of_the_environment_does_not_come_between() {
    let script = "test \"$no_proxy\" = example.com,127.0.0.1,localhost && curl -s -o /dev/null \"$CELIGO_BASE_URL/integrations\"";
    let mut command = standin(&["run", "--scenario", "celigo-lost-create", "--report-json", "/dev/stdout", "--"]);
    let (_, out, err) = said(command.args(["sh", "-c", script]).envs([
        ("HTTP_PROXY", "http://127.0.0.1:9"),
        ("http_proxy", "http://127.0.0.1:9"),
        ("NO_PROXY", "example.com"),
    ]));
    let reports: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out} {err}"));
    assert_eq!(reports[0]["calls"], 1, "{err}");
}

#[test]
fn reports_of_many_processes_are_one_page_that_shows_hostile_text_as_text() {
    let folder = Folder::new("html");
    let hostile = SCENARIO.replace("<&\\\"Orders\\\">", "</pre><script>alert(1)</script>");
    let scenario = folder.file("s.json", &hostile);
    let (one, two) = (folder.path("part-1.json"), folder.path("part-2.json"));
    let script = format!("{LIST}; {CREATE}; curl -s -o /dev/null \"$CELIGO_BASE_URL/<img%20src=x>\"");
    said(&mut standin(&["run", "--scenario", &scenario, "--report-json", &one, "--", "sh", "-c", &script]));
    said(&mut standin(&["run", "--scenario", "celigo-lost-create", "--report-json", &two, "--", "sh", "-c", LIST]));
    let (code, page, err) = said(&mut standin(&["report", "html", &one, &two]));
    assert_eq!((code, err.as_str()), (0, ""));
    for part in [
        "<!doctype html>",
        "Content-Security-Policy\" content=\"default-src 'none'",
        "2 of 2 failed",
        "call 2: body.name is &quot;&lt;&amp;Order&gt;&quot;, expected &quot;&lt;/pre&gt;&lt;script&gt;",
        "<div>1 list → 200</div>",
        "<tr><th>celigo.integrations.list</th><td class=\"served\">2</td>",
        "<td class=\"never\">·</td>",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    for part in ["<script", "<img", "http://", "https://", "src=\"", " on", "@import", "url("] {
        let elements = page.split('<').filter(|element| element.split('>').next().unwrap_or_default().contains(part));
        assert_eq!(elements.count(), 0, "{part}");
    }
    let file = folder.path("page.html");
    assert_eq!(said(&mut standin(&["report", "html", &one, &two, "--output", &file])).0, 0);
    assert_eq!(std::fs::read_to_string(file).unwrap(), page);
}

#[test]
fn each_format_says_that_the_journal_lost_calls() {
    let folder = Folder::new("lost");
    let good = r#"{"scenario":1,"api":"celigo","expect":{"calls":[{"on":"celigo.integrations.list","times":3}]}}"#;
    let scenario = folder.file("s.json", good);
    let [tap, xml, json, summary] = ["r.tap", "r.xml", "r.json", "summary.md"].map(|name| folder.path(name));
    let script = format!("{LIST}; {LIST}; {LIST}");
    let files = ["--report-tap", &tap, "--report-junit", &xml, "--report-json", &json];
    let run = ["run", "-q", "--journal-entries", "2", "--scenario", &scenario];
    let mut command = standin(&[&run[..], &files, &["--", "sh", "-c", &script]].concat());
    let (code, _, err) = said(command.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", &summary));
    assert_eq!(code, 0, "{err}");
    let page = said(&mut standin(&["report", "html", &json])).1;
    let read = |file: &str| std::fs::read_to_string(file).unwrap();
    for text in [err, read(&tap), read(&xml), read(&summary), page] {
        assert!(text.contains("the journal lost its 1 oldest call; counts"), "{text}");
    }
}

#[test]
fn joining_reports_says_what_failed_what_counts_twice_and_what_is_nothing() {
    let folder = Folder::new("joined");
    let (file, none) = (folder.path("r.json"), folder.file("none.json", "[]"));
    let run = ["run", "--scenario", "celigo-lost-create", "--report-json", &file, "--", "sh", "-c", LIST];
    assert_eq!(said(&mut standin(&run)).0, 4);
    let again = folder.path("./r.json");
    let (code, out, err) = said(&mut standin(&["report", "merge", &file, &none, &again]));
    assert!(code == 0 && out.starts_with("coverage: "), "{out}");
    assert_eq!(
        folder.said(&err),
        "DIR/./r.json is given twice, and counts twice\n2 of 2 reports failed: celigo-lost-create, celigo-lost-create\n"
    );
    let (code, page, err) = said(&mut standin(&["report", "html", &none]));
    assert_eq!((code, err.as_str()), (0, "nothing was tested: there is no report in these files\n"));
    assert!(page.contains("<span class=\"failed\">nothing was tested</span>"), "{page}");
    let half = std::fs::read_to_string(&file).unwrap();
    let half = folder.file("half.json", &half[..half.len() / 2]);
    let (code, _, err) = said(&mut standin(&["report", "merge", &file, &half]));
    assert!(code == 2 && err.contains("half.json is no report: "), "{err}");
}
