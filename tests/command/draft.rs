//! `standin draft`: a scenario from what a command does.

use std::fs;

use serde_json::Value;

use crate::binary::{Folder, said, standin};

/// The beginning of each script: `ask METHOD PATH [BODY]` prints the answer.
const ASK: &str = r#"
ask() {
  curl -s -X "$1" "$STANDIN_URL$2" -H "authorization: Bearer ${TOKEN:-$CELIGO_API_TOKEN}" -H 'content-type: application/json' ${3:+-d "$3"}
}
"#;

const SYNC: &str = r#"
ask GET '/v1/integrations?limit=2' > /dev/null
id=$(ask POST /v1/integrations '{"name":"Orders"}' | sed 's/.*"_id":"\([0-9a-f]*\)".*/\1/')
ask GET /v1/integrations/$id > /dev/null
ask PUT /v1/integrations/$id "{\"name\":\"Orders 2\",\"description\":\"at $(date -u +%Y-%m-%dT%H:%M:%SZ)\"}" > /dev/null
ask DELETE /v1/integrations/$id > /dev/null
for n in 1 2 3; do ask GET /v1/flows > /dev/null; done
echo done
"#;

/// Drafts from a script; the scenario, and what was said.
fn drafted(folder: &Folder, script: &str) -> (Value, String) {
    folder.file("script.sh", &format!("{ASK}{script}"));
    let (code, out, err) = said(standin(&["draft", "--", "sh", "script.sh"]).current_dir(&folder.0));
    assert_eq!(code, 0, "{err}");
    folder.file("draft.json", &out);
    (serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}")), err)
}

/// Runs a script against the draft; the exit code and the report.
fn run(folder: &Folder, script: &str) -> (i32, String) {
    folder.file("script.sh", &format!("{ASK}{script}"));
    let arguments = ["run", "-q", "--scenario", "draft.json", "--", "sh", "script.sh"];
    let (code, _, err) = said(standin(&arguments).current_dir(&folder.0));
    (code, err)
}

#[test]
fn a_draft_passes_with_the_command_and_says_what_it_does() {
    let folder = Folder::new("draft-passes");
    let (draft, err) = drafted(&folder, SYNC);
    assert!(err.starts_with("done\nnote: for an editor"), "the command's output goes to standard error: {err}");
    let calls = draft["expect"]["calls"].as_array().unwrap();
    let told: Vec<String> = calls
        .iter()
        .map(|call| format!("{} {} {}", call["id"].as_str().unwrap(), call["status"], call["times"]))
        .collect();
    let expected = [
        "integrations-list 200 1",
        "integrations-create 201 1",
        "integrations-get 200 1",
        "integrations-update 200 1",
        "integrations-delete 204 1",
        "flows-list 200 3",
    ];
    assert_eq!(told, expected);
    assert_eq!(calls[2]["when"]["params"]["id"], serde_json::json!({ "@type": "objectid" }), "the server made it");
    assert_eq!(
        calls[3]["when"]["body"]["description"],
        serde_json::json!({ "@type": "string" }),
        "it has a time in it"
    );
    assert_eq!(run(&folder, SYNC), (0, String::new()));
    assert_eq!(said(standin(&["check", "draft.json"]).current_dir(&folder.0)).0, 0);
}

#[test]
fn a_draft_fails_when_the_command_does_something_else() {
    let folder = Folder::new("draft-fails");
    drafted(&folder, SYNC);
    let changes = [
        ("one call more", SYNC.replace("1 2 3", "1 2 3 4")),
        ("one call less", SYNC.replace("1 2 3", "1 2")),
        ("another name", SYNC.replace("\"Orders\"", "\"Order\"")),
        ("one field more", SYNC.replace("{\"name\":\"Orders\"}", "{\"name\":\"Orders\",\"sandbox\":true}")),
        ("another query", SYNC.replace("limit=2", "limit=3")),
        ("no query", SYNC.replace("?limit=2", "")),
        ("a query more", SYNC.replace("/v1/flows >", "'/v1/flows?limit=9' >")),
        ("another operation", format!("{SYNC}\nask GET /v1/exports > /dev/null")),
        (
            "another order",
            SYNC.replace("ask GET '/v1/integrations?limit=2' > /dev/null", "")
                + "ask GET '/v1/integrations?limit=2' > /dev/null",
        ),
        (
            "another outcome",
            SYNC.replace("ask GET /v1/integrations/$id", "ask GET /v1/integrations/aaaaaaaaaaaaaaaaaaaaaaaa"),
        ),
    ];
    for (what, script) in changes {
        assert_ne!(script, SYNC, "{what}");
        let (code, report) = run(&folder, &script);
        assert_eq!(code, 4, "{what}: {report}");
    }
}

#[test]
fn credentials_are_not_written_down() {
    let folder = Folder::new("draft-secrets");
    let script = r#"
ask POST /v1/connections '{"name":"C","type":"http","http":{"auth":{"type":"basic","basic":{"username":"u","password":"hunter2"}}}}' > /dev/null
TOKEN=canary-of-a-token ask GET '/v1/flows?access_token=canary-of-a-query' > /dev/null
ask POST /v1/integrations '{"name":"N","description":"canary-of-a-token"}' > /dev/null
"#;
    let (draft, _) = drafted(&folder, script);
    let text = fs::read_to_string(folder.0.join("draft.json")).unwrap();
    assert!(!text.contains("hunter2") && !text.contains("canary-of-a-query"), "{text}");
    let password = &draft["expect"]["calls"][0]["when"]["body"]["http"]["auth"]["basic"]["password"];
    assert_eq!(*password, serde_json::json!({ "@any": true }));
    assert_eq!(run(&folder, script), (0, String::new()));
}

#[test]
fn values_of_the_commands_own_making_are_expected_by_type() {
    let folder = Folder::new("draft-own-values");
    let script = r#"
key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
ask POST /v1/integrations "{\"name\":\"run $key\"}" > /dev/null
ask POST /v1/integrations "{\"name\":\"day $(date -u +%Y-%m-%d)\"}" > /dev/null
ask POST /v1/integrations "{\"name\":\"at $(date +%s)\"}" > /dev/null
"#;
    let (draft, _) = drafted(&folder, script);
    let calls = draft["expect"]["calls"].as_array().unwrap();
    let string = serde_json::json!({ "name": { "@type": "string" } });
    assert!(calls.iter().all(|call| call["when"]["body"] == string), "{draft}");
    assert_eq!(calls.iter().map(|call| call["times"].as_u64().unwrap()).sum::<u64>(), 3, "equal ones are one kind");
    assert_eq!(run(&folder, script), (0, String::new()));
}

#[test]
fn calls_that_wait_for_no_answer_are_in_no_order() {
    let folder = Folder::new("draft-parallel");
    let script = r#"
for n in 1 2 3 4 5 6; do ask POST /v1/integrations "{\"name\":\"P$n\"}" > /dev/null & done
wait
"#;
    let (draft, _) = drafted(&folder, script);
    assert_eq!(draft["expect"]["calls"].as_array().unwrap().len(), 6);
    assert_eq!(draft["expect"]["order"], Value::Null, "{draft}");
    assert_eq!(run(&folder, &script.replace("1 2 3 4 5 6", "6 5 4 3 2 1")), (0, String::new()));
}

#[test]
fn fields_that_no_document_knows_are_marked_as_meant() {
    let folder = Folder::new("draft-unknown");
    let script = r#"ask POST /v1/integrations '{"name":"N","nmae":"x"}' > /dev/null"#;
    let (draft, _) = drafted(&folder, script);
    assert_eq!(draft["expect"]["calls"][0]["when"]["unknown_fields"], "allow", "{draft}");
    let (code, out, _) = said(standin(&["check", "draft.json"]).current_dir(&folder.0));
    assert_eq!((code, out.contains("W06")), (0, false), "{out}");
}

#[test]
fn a_command_that_calls_nothing_or_fails_is_told() {
    let folder = Folder::new("draft-nothing");
    let (code, out, err) = said(standin(&["draft", "--", "true"]).current_dir(&folder.0));
    assert_eq!((code, out.as_str()), (6, ""));
    assert!(err.starts_with("there is nothing to draft: the command made no call; it must read STANDIN_URL="), "{err}");
    folder.file("lost.sh", &format!("{ASK}ask GET /v1/nonsense/x > /dev/null"));
    let (code, _, err) = said(standin(&["draft", "--", "sh", "lost.sh"]).current_dir(&folder.0));
    let wanted = "there is nothing to draft: the fake knows none of the command's calls: GET /v1/nonsense/x\n";
    assert_eq!((code, err.as_str()), (6, wanted));
    let script = format!("{ASK}ask GET /v1/flows > /dev/null; ask GET /v1/nonsense/x > /dev/null; exit 3");
    folder.file("script.sh", &script);
    let arguments = ["draft", "--output", "d.json", "--", "sh", "script.sh"];
    let (code, out, err) = said(standin(&arguments).current_dir(&folder.0));
    assert_eq!((code, out.as_str()), (3, ""), "the scenario is in the file, the code is the command's");
    assert!(err.contains("the fake does not know GET /v1/nonsense/x: the scenario fails until"), "{err}");
    assert!(folder.0.join("d.json").exists());
}

#[test]
fn runs_that_differ_are_told() {
    let folder = Folder::new("draft-differ");
    let script = "ask GET /v1/flows > /dev/null; [ -e seen ] || ask GET /v1/exports > /dev/null; touch seen";
    folder.file("script.sh", &format!("{ASK}{script}"));
    let (code, out, err) = said(standin(&["draft", "--", "sh", "script.sh"]).current_dir(&folder.0));
    assert!(code == 0 && !out.is_empty());
    assert!(err.contains("the two runs differ: celigo.exports.list was called 1 and 0 times\n"), "{err}");
}

#[test]
fn both_apis_are_drafted_together() {
    let folder = Folder::new("draft-both");
    let script = r#"
ask GET /v1/flows > /dev/null
curl -s "$EDLINK_BASE_URL/v2/graph/people" -H "authorization: Bearer $EDLINK_ACCESS_TOKEN" > /dev/null
"#;
    let (draft, _) = drafted(&folder, script);
    assert_eq!(draft["api"], serde_json::json!(["celigo", "edlink"]));
    assert_eq!(run(&folder, script), (0, String::new()));
}
