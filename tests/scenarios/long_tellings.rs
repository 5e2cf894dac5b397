//! Texts about a long scenario or a long report are in proportion to it, and so is the work to write them.

use allocation_counter::measure;
use serde_json::{Value, json};
use standin::reports::{coverage, github_annotations, junit, markdown, merged_coverage, tap};
use standin::{Report, Standin};

/// Asserts that four times as much costs little more than four times as many bytes.
fn is_in_proportion(name: &str, cost: impl Fn(usize) -> u64) {
    let (short, long) = (cost(250), cost(1_000));
    println!("{name}: {short} and {long} bytes");
    assert!(long < 7 * short, "{name}: {short} bytes became {long}");
}

#[test]
fn a_scenario_is_explained_in_proportion_to_its_length() {
    let on = "celigo.flows.list";
    let rule = |n| json!({ "id": format!("r{n}"), "on": on, "at": { "nth": n + 1 }, "do": { "abort": "reset" } });
    let rules = |n: usize| (0..n).map(rule).collect::<Value>();
    let steps = |n: usize| {
        let ends = |at: usize| json!([{ "on": on, "to": format!("s{}", (at + 1) % n) }, { "on": "celigo.flows.get", "to": "s0" }]);
        (0..n).map(|at| json!({ "name": format!("s{at}"), "ends": ends(at) })).collect::<Value>()
    };
    type Part<'p> = (&'p str, &'p dyn Fn(usize) -> Value);
    let parts: [Part<'_>; 4] = [
        ("rules that hold in many steps", &|n| json!({ "steps": steps(n), "faults": rules(n) })),
        ("steps that lead to one", &|n| json!({ "steps": steps(n) })),
        ("a long list of operations among many", &|n| {
            let mut all = rules(n);
            all[0]["on"] = vec![on; n].into();
            json!({ "faults": all })
        }),
        ("checks", &|n| {
            let calls: Value = (0..n).map(|n| json!({ "id": format!("c{n}"), "on": on, "times": 1 })).collect();
            json!({ "expect": { "calls": calls } })
        }),
    ];
    let world = Standin::builder().offline().unwrap();
    let file = std::env::temp_dir().join(format!("standin-long-{}.json", std::process::id()));
    for (name, part) in parts {
        is_in_proportion(name, |n| {
            let mut scenario = part(n);
            (scenario["scenario"], scenario["api"]) = (json!(1), json!("celigo"));
            std::fs::write(&file, scenario.to_string()).unwrap();
            let mut text = String::new();
            let cost = measure(|| text = world.explain(&file).unwrap());
            assert!(text.lines().count() >= n, "{name}: {text}");
            cost.bytes_total
        });
    }
    // A format takes no width beyond 65,535.
    let mut both = rules(2);
    both[0]["on"] = vec![on; 5_000].into();
    let long = json!({ "scenario": 1, "api": "celigo", "faults": both });
    std::fs::write(&file, long.to_string()).unwrap();
    assert!(world.explain(&file).unwrap().len() < 3 * 5_000 * (on.len() + 2));
    std::fs::remove_file(&file).unwrap();
}

#[test]
fn rules_that_are_not_told_again_are_counted() {
    let rule = |n| json!({ "id": format!("r{n}"), "on": vec!["celigo.flows.list"; 50], "at": { "nth": n + 1 }, "do": { "abort": "reset" } });
    let step = |n| json!({ "name": format!("s{n}"), "ends": { "on": "celigo.flows.list" } });
    let scenario = json!({
        "scenario": 1,
        "api": "celigo",
        "steps": [step(0), step(1), { "name": "s2" }],
        "faults": (0..1_500).map(rule).collect::<Value>(),
    });
    let world = Standin::builder().offline().unwrap();
    let file = std::env::temp_dir().join(format!("standin-told-{}.json", std::process::id()));
    std::fs::write(&file, scenario.to_string()).unwrap();
    let text = world.explain(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let steps: Vec<&str> = text.split("\nstep ").skip(1).collect();
    assert_eq!(steps[0].matches("  reset\n").count(), 1_500);
    let left_out = |step: &str| {
        let line = step.lines().find(|line| line.starts_with("  … and "))?;
        assert!(line.ends_with(" more of the rules that hold all the time"), "{line}");
        line.split(' ').find_map(|word| word.parse::<usize>().ok())
    };
    assert_eq!(left_out(steps[0]), None);
    for step in &steps[1..] {
        let told = step.matches("  reset\n").count();
        assert_eq!(left_out(step).unwrap_or_default() + told, 1_500, "{}", &step[..200]);
    }
    assert_eq!(left_out(steps[2]), Some(1_500));
}

#[test]
fn a_report_is_written_in_proportion_to_its_length() {
    let check = |id: String, violations: usize| {
        let violation = json!({ "message": "was not called", "details": [] });
        json!({ "id": id, "passed": violations == 0, "line": 1, "violations": vec![violation; violations] })
    };
    let cell = |operation: String, outcome: String| json!({ "operation": operation, "outcome": outcome, "documented": true, "natural": 1, "injected": 0 });
    type Part<'p> = (&'p str, &'p dyn Fn(usize) -> Value);
    let parts: [Part<'_>; 5] = [
        (
            "checks of a scenario with a long name",
            &|n| json!({ "scenario": "s".repeat(5 * n), "file": format!("{}.json", "f".repeat(5 * n)), "checks": (0..n).map(|n| check(format!("c{n}"), 1)).collect::<Value>() }),
        ),
        ("violations of a check with a long id", &|n| json!({ "checks": [check("c".repeat(5 * n), n)] })),
        ("operations", &|n| {
            let cells: Value = (0..n).map(|n| cell(format!("celigo.x{n}.list"), format!("2{n}"))).collect();
            json!({ "coverage": cells })
        }),
        (
            "outcomes of an operation",
            &|n| json!({ "coverage": (0..n).map(|n| cell("celigo.x.list".to_owned(), format!("2{n}"))).collect::<Value>() }),
        ),
        ("a long operation among many", &|n| {
            let name = |at: usize| if at == 0 { "x".repeat(16 * n) } else { format!("celigo.x{at}.list") };
            json!({ "coverage": (0..n).map(|at| cell(name(at), "200".to_owned())).collect::<Value>() })
        }),
    ];
    for (name, part) in parts {
        let report = |n: usize| -> Report {
            let mut whole = json!({
                "report": 1, "scenario": "s", "file": "s.json", "world": "default", "seed": 0, "apis": ["celigo"], "passed": false, "calls": 1,
                "checks": [], "rules": [], "steps": [], "journal": [], "journal_lost": 0, "coverage": [],
            });
            whole.as_object_mut().unwrap().extend(part(n).as_object().unwrap().clone());
            serde_json::from_value(whole).unwrap()
        };
        type Writer = fn(&[Report]) -> String;
        let writers: [(&str, Writer); 6] = [
            ("text", |reports| reports[0].to_string()),
            ("junit", junit),
            ("tap", tap),
            ("github", github_annotations),
            ("markdown", markdown),
            ("coverage", |reports| coverage(&merged_coverage(reports))),
        ];
        for (format, write) in writers {
            is_in_proportion(&format!("{name}, {format}"), |n| {
                let reports = [report(n), report(n)];
                measure(|| drop(write(&reports))).bytes_total
            });
        }
    }
}

#[test]
fn counts_beyond_what_a_number_holds_stay_at_the_most() {
    let report = json!({
        "report": 1, "scenario": "s", "file": "", "world": "default", "seed": 0, "passed": true, "calls": 1, "checks": [], "rules": [],
        "steps": [], "journal": [], "journal_lost": 0,
        "coverage": [{ "operation": "celigo.flows.list", "outcome": "200", "documented": true, "natural": u64::MAX, "injected": u64::MAX }],
    });
    let report: Report = serde_json::from_value(report).unwrap();
    let merged = merged_coverage(&[report.clone(), report]);
    assert_eq!((merged[0].natural, merged[0].injected), (u64::MAX, u64::MAX));
}
