//! The settings of `serve` and those of the builder are the same list, in the same words.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::binary::{said, standin};

/// Flags without a setting in process, and why.
const FLAGS_ALONE: &[(&str, &str)] = &[
    ("drain", "a test calls `Standin::drain` and `stop` itself"),
    ("exit-with-stdin", "a server in process ends with its handle"),
    ("help", "it prints and ends"),
    ("intercept-print", "it prints and ends"),
    ("isolate", "it is about a command"),
    ("no-page", "the builder has no page unless one is asked for"),
    ("port-file", "a test has `Standin::address`"),
    ("quiet", "the log is of the command line"),
    ("report-all-coverage", "a test writes reports with `standin::reports`"),
    ("report-json", "a test writes reports with `standin::reports`"),
    ("report-junit", "a test writes reports with `standin::reports`"),
    ("report-tap", "a test writes reports with `standin::reports`"),
    ("threads", "a server in process answers on the runtime of its test, or on one thread"),
    ("verbose", "the log is of the command line"),
    ("world-idle-s", "`world_idle` takes a Duration, which brings its unit"),
];

/// Settings without a flag, and why.
const SETTINGS_ALONE: &[(&str, &str)] = &[
    ("base-url-of", "`--base-url celigo=URL` is the same flag as `--base-url URL`"),
    ("credential", "a folder of fixtures lists credentials in its tokens.json"),
    ("user", "a file of a scenario or of fixtures says who made a record"),
    ("world-idle", "`--world-idle-s` says its unit, because a number has none"),
];

/// Returns the long flags of a command, from its help.
fn flags(command: &str) -> BTreeSet<String> {
    let (_, help, _) = said(&mut standin(&[command, "--help"]));
    let flag = |line: &str| {
        let rest = line.trim_start();
        let rest = rest.strip_prefix("--").or_else(|| rest.get(2..)?.strip_prefix(", --"))?;
        Some(rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect())
    };
    help.lines().filter(|line| line.trim_start().starts_with('-')).filter_map(flag).collect()
}

/// Returns the settings of the builder, from its source, in the words of flags.
fn settings() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/embed/builder");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let names = files.flat_map(|text| {
        let found = text.lines().filter_map(|line| line.trim_start().strip_prefix("pub fn "));
        found.map(|rest| rest.split(['(', '<']).next().unwrap().replace('_', "-")).collect::<Vec<_>>()
    });
    names.collect()
}

#[test]
fn every_flag_of_serve_is_a_setting_of_the_builder_and_the_reverse() {
    let (flags, settings) = (flags("serve"), settings());
    assert!(flags.len() > 50 && settings.len() > 40, "{} flags, {} settings", flags.len(), settings.len());
    let known = |list: &[(&str, &str)], name: &str| list.iter().any(|(known, _)| *known == name);
    let mut wrong = Vec::new();
    for flag in flags.difference(&settings).filter(|flag| !known(FLAGS_ALONE, flag)) {
        wrong.push(format!("--{flag} is no setting of the builder: add it, or say why in FLAGS_ALONE"));
    }
    for setting in settings.difference(&flags).filter(|setting| !known(SETTINGS_ALONE, setting)) {
        wrong.push(format!("{setting} is no flag of serve: add it, or say why in SETTINGS_ALONE"));
    }
    for (flag, _) in FLAGS_ALONE.iter().filter(|(flag, _)| settings.contains(*flag) || !flags.contains(*flag)) {
        wrong.push(format!("--{flag} is in FLAGS_ALONE, and is none or has its setting"));
    }
    for (setting, _) in SETTINGS_ALONE.iter().filter(|(name, _)| flags.contains(*name) || !settings.contains(*name)) {
        wrong.push(format!("{setting} is in SETTINGS_ALONE, and is none or has its flag"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
