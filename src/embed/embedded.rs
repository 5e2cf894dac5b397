//! The files inside the library, by their paths. They are listed, because a macro that looks into folders would be a crate more
//! for embedders to build; a test compares the lists with the folders.

macro_rules! texts {
    ($folder:literal: $($path:literal)*) => {
        &[$(($path, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/", $folder, "/", $path)))),*]
    };
}

/// The records, by API and collection.
pub(super) static RECORDS: &[(&str, &str)] = texts! { "fixtures":
    "celigo/accesstokens.json" "celigo/apis.json" "celigo/ashares.json" "celigo/asynchelpers.json"
    "celigo/audit.json" "celigo/connections.json" "celigo/connectors.json" "celigo/deliveries.json"
    "celigo/ediTransactions.json" "celigo/ediprofiles.json" "celigo/errors.json" "celigo/exports.json"
    "celigo/filedefinitions.json" "celigo/flows.json" "celigo/iclients.json" "celigo/imports.json"
    "celigo/integrations.json" "celigo/jobs.json" "celigo/licenses.json" "celigo/lookupcachedata.json"
    "celigo/lookupcaches.json" "celigo/mcpservers.json" "celigo/recycleBin.json" "celigo/revisions.json"
    "celigo/scripts.json" "celigo/stacks.json" "celigo/state.json" "celigo/tags.json" "celigo/templates.json"
    "celigo/tools.json" "edlink/agents.json" "edlink/assignments.json" "edlink/categories.json"
    "edlink/classes.json" "edlink/courses.json" "edlink/departments.json" "edlink/districts.json"
    "edlink/enrollments.json" "edlink/events.json" "edlink/integrations.json" "edlink/licenses.json"
    "edlink/logins.json" "edlink/materializations.json" "edlink/people.json" "edlink/periods.json"
    "edlink/permissions.json" "edlink/products.json" "edlink/providers.json" "edlink/schools.json"
    "edlink/sections.json" "edlink/sessions.json" "edlink/sources.json" "edlink/states/integrations.json"
    "edlink/subjects.json" "edlink/submissions.json"
};

/// The ready-made scenarios, in the order of their names.
pub(super) static SCENARIOS: &[(&str, &str)] = texts! { "scenarios":
    "celigo-bad-afternoon.json" "celigo-cut-off-body.json" "celigo-empty-is-204.json"
    "celigo-half-installed.json" "celigo-lost-create.json" "celigo-masked-secrets.json"
    "celigo-names-are-not-unique.json" "celigo-one-write-at-a-time.json" "celigo-paging-under-change.json"
    "celigo-put-wipes.json" "celigo-retry-of-edited-data.json" "celigo-retry-storm.json"
    "celigo-run-fails-in-one-step.json" "celigo-slow-answers.json" "celigo-token-refused.json"
    "celigo-tolerant-reader.json" "celigo-webhook-delivered-twice.json" "edlink-cursor-expired.json"
    "edlink-cursor-gone.json" "edlink-disabled-in-the-middle-of-a-sync.json"
    "edlink-disabled-in-the-middle.json" "edlink-first-page-only.json" "edlink-login-code-expired.json"
    "edlink-nulls.json" "edlink-paging-under-change.json" "edlink-people-without-names.json"
    "edlink-repeated-create.json" "edlink-sign-in-declined.json" "edlink-stale-event-cursor.json"
    "edlink-submission-after-due.json" "edlink-token-replaced.json" "edlink-unusable-integrations.json"
    "edlink-wrong-token.json"
};

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{RECORDS, SCENARIOS};

    #[test]
    fn lists_of_embedded_files_are_the_folders() {
        for (folder, embedded) in [("fixtures", RECORDS), ("scenarios", SCENARIOS)] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            let listed: Vec<String> = embedded.iter().map(|(path, _)| (*path).to_owned()).collect();
            assert_eq!(listed, below(&folder, ""), "of {}, in src/embed/embedded.rs", folder.display());
        }
    }

    /// Returns the paths of all files in a folder, in order.
    fn below(folder: &Path, path: &str) -> Vec<String> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder.join(path)).unwrap() {
            let entry = entry.unwrap();
            let path = Path::new(path).join(entry.file_name()).to_str().unwrap().to_owned();
            if entry.path().is_dir() { found.extend(below(folder, &path)) } else { found.push(path) }
        }
        found.sort();
        found
    }
}
