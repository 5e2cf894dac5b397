//! Cost of an embedder's build: a clean debug build of a crate that depends on one of them and on nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};

use crate::Effort;
use crate::table::{head, median, ratio, row};

/// The crates, as one writes them in Cargo.toml, and the names of their libraries.
const CRATES: [(&str, &str, &str); 4] = [
    (
        "wiremock",
        "libwiremock-",
        "wiremock = \"0.6\"\ntokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }",
    ),
    (
        "standin",
        "libstandin-",
        concat!("standin = { path = \"", env!("CARGO_MANIFEST_DIR"), "/..\", default-features = false }"),
    ),
    ("httpmock", "libhttpmock-", "httpmock = \"0.9\""),
    ("mockito", "libmockito-", "mockito = \"1.7\""),
];

/// Values of the setting `debug` of cargo's profile: its default, and what many embedders set for their dependencies.
const FULL_DEBUG_INFORMATION: &str = "2";
const WITHOUT_DEBUG_INFORMATION: &str = "0";

/// Builds each anew, in turns. Only processor time is told: the machine may be busy.
pub fn run(effort: Effort) {
    head(
        "A clean debug build of a crate that depends on it, without incremental compilation",
        &["", "processor time, s", "beside wiremock with tokio", "crates", "its library, MB", "without debug information, MB"],
    );
    let turns = if effort.turns > 1 { 3 } else { 1 };
    let folders = CRATES.map(|(name, _, dependency)| Folder::new(name, dependency));
    let mut seconds: [Vec<f64>; 4] = Default::default();
    for _ in 0..turns {
        for (folder, seconds) in folders.iter().zip(&mut seconds) {
            seconds.push(folder.build(FULL_DEBUG_INFORMATION).as_secs_f64());
        }
    }
    for (n, ((name, library, _), folder)) in CRATES.iter().zip(&folders).enumerate() {
        let (own, yardstick) = (median(seconds[n].iter().copied()), median(seconds[0].iter().copied()));
        let full = folder.megabytes(library);
        folder.build(WITHOUT_DEBUG_INFORMATION);
        let sizes = [full, folder.megabytes(library)].map(|size| format!("{size:.0}"));
        let cells = [format!("{own:.0}"), ratio(own / yardstick), folder.crates().to_string()];
        row([(*name).to_owned()].into_iter().chain(cells).chain(sizes));
    }
}

/// A folder with a crate, which goes in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, dependency: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("standin-build-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join("src")).expect("a folder for a crate");
        let manifest = format!(
            "[package]\nname = \"embedder\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n{dependency}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        fs::write(folder.join("src/lib.rs"), "").expect("a library");
        let made = Self(folder);
        made.cargo(&["fetch", "--quiet"]);
        made
    }

    fn cargo(&self, arguments: &[&str]) -> String {
        self.cargo_with(FULL_DEBUG_INFORMATION, arguments)
    }

    fn cargo_with(&self, debug_information: &str, arguments: &[&str]) -> String {
        let output = Command::new("cargo")
            .args(arguments)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", debug_information)
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "cargo {arguments:?} failed in {}", self.0.display());
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Builds from nothing, and returns the processor time of the compiler and all it starts.
    fn build(&self, debug_information: &str) -> Duration {
        let _ = fs::remove_dir_all(self.0.join("target"));
        let before = processor_time();
        self.cargo_with(debug_information, &["build", "--quiet", "--offline"]);
        processor_time().saturating_sub(before)
    }

    /// Counts the crates besides the embedder's: of the build, of proc macros, and its own.
    fn crates(&self) -> usize {
        let tree = self.cargo(&["tree", "--offline", "--edges", "normal,build", "--prefix", "none"]);
        let mut crates: Vec<&str> = tree.lines().map(|line| line.trim_end_matches(" (*)")).collect();
        crates.sort_unstable();
        crates.dedup();
        crates.len() - 1
    }

    fn megabytes(&self, library: &str) -> f64 {
        let is_it = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(library) && name.ends_with(".rlib")
        };
        let files = fs::read_dir(self.0.join("target/debug/deps")).expect("it is built");
        let found = files.flatten().find(|file| is_it(&file.path())).expect("there is a library");
        #[allow(clippy::cast_precision_loss)] // No library is that large.
        let bytes = found.metadata().expect("it can be looked at").len() as f64;
        bytes / 1e6
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns the processor time of the child processes that have ended.
fn processor_time() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("every process may ask");
    let of = |time: nix::sys::time::TimeVal| {
        Duration::new(time.tv_sec().unsigned_abs(), 0) + Duration::from_micros(time.tv_usec().unsigned_abs())
    };
    of(usage.user_time()) + of(usage.system_time())
}
