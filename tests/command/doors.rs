//! Files that would end a reader, at each command that reads one: refused or taken in words, and nothing dies of them.

use crate::binary::{Folder, said, standin};

/// JSON values that some reader cannot hold, each with its name and whether every door must refuse it.
fn hostile() -> Vec<(&'static str, String, bool)> {
    let members: Vec<String> = (0..20_000).map(|n| format!("\"k{n}\":{n}")).collect();
    vec![
        ("129 levels", format!("{}1{}", "[".repeat(129), "]".repeat(129)), true),
        ("129 objects", format!("{}1{}", "{\"a\":".repeat(129), "}".repeat(129)), true),
        ("a million brackets", "[".repeat(1_000_000), true),
        ("1e400", "1e400".to_owned(), true),
        ("-1e999999", "-1e999999".to_owned(), true),
        ("a million digits", "9".repeat(1_000_000), false),
        ("20,000 members", format!("{{{}}}", members.join(",")), false),
    ]
}

#[test]
fn every_command_that_reads_a_file_takes_or_refuses_it_in_words() {
    let folder = Folder::new("doors");
    std::fs::create_dir_all(folder.path("fixtures/celigo")).unwrap();
    for (name, value, must_fail) in hostile() {
        let record = format!("{{\"_id\":\"i1\",\"name\":\"n\",\"settings\":{{\"a\":{value}}}}}");
        let scenario = |data: &str| format!("{{\"scenario\":1,\"api\":[\"celigo\"],{data}}}");
        let added = scenario(&format!("\"data\":{{\"add\":{{\"celigo.integrations\":[{record}]}}}}"));
        let added = folder.file("added.json", &added);
        let answer =
            format!("{{\"id\":\"r\",\"on\":\"celigo.flows.list\",\"do\":{{\"status\":200,\"body\":{value}}}}}");
        let faults = folder.file("faults.json", &scenario(&format!("\"faults\":[{answer}]")));
        let extending = folder.file("extending.json", r#"{"scenario":1,"extends":"added.json"}"#);
        folder.file("fixtures/celigo/integrations.json", &format!("[{record}]"));
        let fixtures = folder.path("fixtures");
        let report = folder.file("report.json", &format!("{{\"standin\":1,\"worlds\":{value}}}"));
        let page = folder.path("page.html");
        let doors: [&[&str]; 7] = [
            &["check", &added],
            &["check", &faults],
            &["check", &extending],
            &["explain", &added],
            &["run", "-q", "--scenario", &added, "--", "true"],
            &["run", "-q", "--fixtures", &fixtures, "--", "true"],
            &["report", "html", &report, "--output", &page],
        ];
        for door in doors {
            // A signal would have no exit code.
            let (code, out, err) = said(&mut standin(door));
            let told = format!("{name} {door:?}: {code} {}", err.chars().take(400).collect::<String>());
            assert!(!err.contains("panicked") && !err.contains("stack overflow") && code < 128, "{told}");
            assert!(!must_fail || code != 0, "{told}");
            assert!(err.len() < 20_000 && (door[0] == "explain" || out.len() < 20_000), "{told}");
        }
    }
}
