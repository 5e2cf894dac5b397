//! Files that are watched by polling, which works on every file system and in every container.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// The least time between two looks.
const INTERVAL: Duration = Duration::from_millis(200);
/// The least ratio of the time between two looks to the time of one.
const PART: u32 = 10;
/// The time in which a command may end by itself after a change.
const GRACE: Duration = Duration::from_secs(1);
/// The most files that are watched.
const MOST_FILES: usize = 20_000;
/// Folders that tools write.
const SKIPPED: [&str; 4] = ["target", "node_modules", "__pycache__", "dist"];

/// The changes of some files.
#[derive(Debug)]
pub(super) struct Changes {
    paths: Vec<PathBuf>,
    /// The files that this process writes, which are not watched.
    own: Vec<PathBuf>,
    known: Looks,
    /// The files that have changed.
    changed: Vec<PathBuf>,
    have_come: bool,
}

/// The time and length of each file; `None` for one that is not there.
type Looks = BTreeMap<PathBuf, Option<(Option<SystemTime>, u64)>>;

impl Changes {
    /// Watches these files and folders from now on, except the files that this process writes.
    pub(super) fn of(paths: Vec<PathBuf>, own: Vec<PathBuf>) -> Self {
        let known = look(&paths, &own);
        Self { paths, own, known, changed: Vec::new(), have_come: false }
    }

    /// Tells whether a file has changed.
    pub(super) fn have_come(&self) -> bool {
        self.have_come
    }

    /// Returns the changed file, and the number of others, in words: a command that writes a watched file runs for
    /// ever, and its user must see why.
    pub(super) fn words(&self) -> Option<String> {
        let first = self.changed.first()?.display();
        Some(match self.changed.len() - 1 {
            0 => format!("{first} has changed"),
            more => format!("{first} and {more} more have changed"),
        })
    }

    /// Returns the number of files.
    pub(super) fn files(&self) -> usize {
        self.known.len()
    }

    /// Waits until a file has changed and no file changes any more; after that, for the grace time of a command.
    pub(super) async fn next(&mut self) {
        if self.have_come {
            return tokio::time::sleep(GRACE).await;
        }
        let mut pause = INTERVAL;
        let mut latest = None;
        loop {
            tokio::time::sleep(pause).await;
            let (paths, own) = (self.paths.clone(), self.own.clone());
            let began = Instant::now();
            let Ok(found) = tokio::task::spawn_blocking(move || look(&paths, &own)).await else { continue };
            pause = INTERVAL.max(began.elapsed() * PART);
            if found != self.known && latest.as_ref() == Some(&found) {
                let all = self.known.keys().chain(found.keys().filter(|path| !self.known.contains_key(*path)));
                self.changed = all.filter(|path| self.known.get(*path) != found.get(*path)).cloned().collect();
                (self.known, self.have_come) = (found, true);
                return;
            }
            latest = Some(found);
        }
    }
}

fn look(paths: &[PathBuf], own: &[PathBuf]) -> Looks {
    let mut found = Looks::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => walk(path, own, &mut found),
            there => add(path.clone(), there.ok().as_ref(), own, &mut found),
        }
    }
    found
}

/// Finds the files in a folder and in those below it, at any depth: one folder is open at a time.
fn walk(folder: &Path, own: &[PathBuf], found: &mut Looks) {
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_skipped = name.to_str().is_some_and(|name| name.starts_with('.') || SKIPPED.contains(&name));
            let Ok(kind) = entry.file_type() else { continue };
            if is_skipped || found.len() >= MOST_FILES {
                continue;
            }
            // A link to a folder may lead to a folder above it.
            if kind.is_dir() {
                waiting.push(entry.path());
            } else {
                add(entry.path(), fs::metadata(entry.path()).ok().as_ref(), own, found);
            }
        }
    }
}

fn add(path: PathBuf, there: Option<&Metadata>, own: &[PathBuf], found: &mut Looks) {
    if !own.iter().any(|own| same(own, &path)) {
        found.insert(path, there.map(|there| (there.modified().ok(), there.len())));
    }
}

fn same(one: &Path, other: &Path) -> bool {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    one == other || one.file_name() == other.file_name() && absolute(one) == absolute(other)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn folders_may_be_as_deep_as_a_path_is_long() {
        let root = tempfile::tempdir().unwrap();
        let mut deepest = root.path().to_owned();
        while deepest.as_os_str().len() < 900 {
            deepest.push("d");
        }
        fs::create_dir_all(&deepest).unwrap();
        fs::write(deepest.join("file"), "").unwrap();
        let look_at = root.path().to_owned();
        let looking = std::thread::Builder::new().stack_size(128 * 1024);
        let found = looking.spawn(move || look(&[look_at], &[])).unwrap().join().unwrap();
        assert_eq!(found.into_keys().collect::<Vec<_>>(), [deepest.join("file")]);
    }
}
