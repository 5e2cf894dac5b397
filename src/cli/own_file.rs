//! Files that this program writes: reports, drafts, saved scenarios. It replaces only what it may have written itself, as a
//! whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::exit::Failed;

/// A kind of file that this program writes. An older file of any version is known by its form.
#[derive(Debug)]
pub(super) struct FileKind {
    /// Its name.
    pub name: &'static str,
    /// Tells whether a file that begins with this text is of the kind.
    pub is_it: fn(&str) -> bool,
    /// The end of a sentence that says which setting names another path, where one setting does.
    pub by_setting: &'static str,
}

/// A report of one of the formats that a setting asks for. One format may replace another, as a setting may change, and
/// reports of other tools may be replaced where these have a format in common.
pub(super) const REPORT: FileKind = FileKind {
    name: "report",
    by_setting: "",
    is_it: |text| {
        let compact: String = text.chars().filter(|letter| !letter.is_whitespace()).take(16).collect();
        let json = ["[]", "[{\"report\":", "{\"report\":"];
        json.iter().any(|begin| compact.starts_with(begin))
            || text.contains("<testsuite")
            || text.starts_with("TAP version")
    },
};

/// The page of reports. It replaces no report, which would be one that it shows.
pub(super) const PAGE: FileKind = FileKind {
    name: "page of reports",
    by_setting: " with --output",
    is_it: |text| text.contains("<title>standin report</title>"),
};

/// A scenario, drafted or ready-made.
pub(super) const SCENARIO: FileKind = FileKind {
    name: "scenario",
    by_setting: "",
    is_it: |text| text.starts_with('{') && text.contains("\"scenario\":"),
};

/// The schema of scenarios.
pub(super) const SCHEMA: FileKind = FileKind {
    name: "schema of scenarios",
    by_setting: " with --save",
    is_it: |text| text.contains("\"$id\": \"scenario-1.schema.json\""),
};

/// The bytes at the beginning of a file by which its kind is known.
const BEGINNING: u64 = 4 * 1024;

/// Makes sure, before any work is done, that a file can be written when it is done. Creates nothing that stays.
pub(super) fn prepare(file: &Path, kind: &FileKind) -> Result<(), Failed> {
    let Some(place) = replaceable(file, kind)? else { return Ok(()) };
    let folder = place.ancestors().skip(1).map(or_here).find(|folder| folder.exists());
    let name = place.file_name().unwrap_or_default();
    let folder = folder.unwrap_or(Path::new("."));
    let not_there = |error: &io::Error| {
        let why = cannot(file, kind, error).message;
        Failed::usage(format!("{why}; give another path{}", kind.by_setting))
    };
    if !folder.is_dir() {
        return Err(not_there(&io::Error::other(format!("{} is no folder", folder.display()))));
    }
    let tried = folder.join(name_beside(name));
    let made = fs::File::create_new(&tried).map(drop).and_then(|()| fs::remove_file(&tried));
    made.map_err(|error| not_there(&error))
}

/// Removes the file of an earlier run, so that a run that is interrupted leaves none that looks like its own. Only a
/// regular file is removed: a report may go to a pipe, a device or an open stream.
pub(super) fn remove(file: &Path, kind: &FileKind) -> Result<(), Failed> {
    prepare(file, kind)?;
    match replaceable(file, kind)?.map(fs::remove_file) {
        Some(Err(error)) if error.kind() != ErrorKind::NotFound => {
            Err(Failed::usage(format!("cannot remove the {} of an earlier run {}: {error}", kind.name, file.display())))
        }
        _ => Ok(()),
    }
}

/// Writes a file beside its place and renames it, so that a full disk leaves no half of it. A missing folder is made, as
/// other writers of reports do.
pub(super) fn write(file: &Path, text: &str, kind: &FileKind) -> Result<(), Failed> {
    // The command that ran meanwhile may have written a file of its own to that path.
    let written = match replaceable(file, kind)? {
        None => into_stream(file, text.as_bytes()),
        Some(place) => fs::create_dir_all(folder(&place)).and_then(|()| beside(&place, text)),
    };
    written.map_err(|error| cannot(file, kind, &error))
}

/// Returns the place of a file that may be written as a whole: it is absent, empty, or of the kind; `None` for a stream,
/// a pipe or a device, to which all is appended.
fn replaceable(file: &Path, kind: &FileKind) -> Result<Option<PathBuf>, Failed> {
    let left = |why: &str| {
        Failed::usage(format!("{} {why}, so it is left as it is; give another path{}", file.display(), kind.by_setting))
    };
    if file.as_os_str().as_encoded_bytes().last() == Some(&b'/') {
        return Err(left("names a folder"));
    }
    match fs::metadata(file) {
        Ok(found) if found.is_dir() => return Err(left("is a folder")),
        Ok(found) if !found.is_file() || is_stream(file) => return Ok(None),
        Ok(found) if found.permissions().readonly() => return Err(left("is read-only")),
        Ok(found) if found.len() > 0 => {
            let mut begin = Vec::new();
            let read = fs::File::open(file).and_then(|file| file.take(BEGINNING).read_to_end(&mut begin));
            read.map_err(|error| cannot(file, kind, &error))?;
            let begin = String::from_utf8_lossy(&begin);
            let begin = begin.trim_start_matches('\u{feff}').trim_start();
            if !begin.is_empty() && !(kind.is_it)(begin) {
                return Err(left(&format!("holds something else than a {} of standin", kind.name)));
            }
        }
        _ => {}
    }
    place(file).map(Some).map_err(|error| cannot(file, kind, &error))
}

/// Returns a text that is equal for two paths of one file; `None` for what several reports may be appended to.
pub(super) fn identity(file: &Path) -> Option<PathBuf> {
    if fs::metadata(file).is_ok_and(|found| !found.is_file()) || is_stream(file) {
        return None;
    }
    let place = place(file).ok()?;
    let folder = folder(&place);
    Some(fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned()).join(place.file_name()?))
}

fn folder(place: &Path) -> &Path {
    or_here(place.parent().unwrap_or(Path::new("")))
}

/// Returns a folder, which is the current one if its path is empty.
fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Appends a report to a file that others write to as well, or to a pipe.
pub(super) fn append(file: &Path, text: &str) -> Result<(), Failed> {
    into_stream(file, text.as_bytes()).map_err(|error| cannot(file, &REPORT, &error))
}

/// Tells whether a path leads to a stream that is open, such as standard output. A file behind it holds what others wrote.
fn is_stream(file: &Path) -> bool {
    let open = ["/dev/stdout", "/dev/stderr", "/dev/fd"];
    let is_of_process = |step: &Path| step.starts_with("/proc") && step.parent().is_some_and(|it| it.ends_with("fd"));
    links(file).any(|step| is_of_process(&step) || open.iter().any(|stream| step.starts_with(stream)))
}

/// Follows the links of a path to the place that a file has or will have.
fn place(file: &Path) -> io::Result<PathBuf> {
    let last = links(file).last().filter(|last| fs::read_link(last).is_err());
    last.ok_or_else(|| io::Error::other("its links lead in a circle"))
}

/// Returns a path and each that its links lead to.
fn links(file: &Path) -> impl Iterator<Item = PathBuf> {
    let target = |link: &PathBuf| Some(link.parent().unwrap_or(Path::new("")).join(fs::read_link(link).ok()?));
    std::iter::successors(Some(file.to_owned()), target).take(MOST_LINKS)
}

/// The most links that a path is followed through.
const MOST_LINKS: usize = 40;

/// Writes to the end of a file, or to a pipe, a device or a stream, which is opened without waiting for a reader.
fn into_stream(file: &Path, mut text: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let mut stream = options.open(file).map_err(unread)?;
    let mut since = Instant::now();
    while !text.is_empty() {
        match stream.write(text) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(taken) => (text, since) = (&text[taken..], Instant::now()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock && since.elapsed() < STUCK => thread::sleep(PAUSE),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                return Err(io::Error::new(ErrorKind::TimedOut, "its reader takes nothing"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// The time for which a reader may take nothing.
const STUCK: Duration = Duration::from_secs(3);

/// The time between two tries to write to a full pipe.
const PAUSE: Duration = Duration::from_millis(5);

/// Says of a pipe or a socket that is refused that it has no reader.
fn unread(error: io::Error) -> io::Error {
    #[cfg(unix)]
    if error.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) {
        return io::Error::new(error.kind(), "no program reads from it; start its reader first, or give a file");
    }
    error
}

/// Writes a file beside its place and renames it.
pub(super) fn beside(place: &Path, text: &str) -> io::Result<()> {
    let beside = place.with_file_name(name_beside(place.file_name().unwrap_or_default()));
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, place));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn name_beside(name: &OsStr) -> OsString {
    let mut beside = name.to_owned();
    beside.push(format!(".{}", std::process::id()));
    beside
}

/// Makes the failure of a file that cannot be written.
fn cannot(file: &Path, kind: &FileKind, error: &io::Error) -> Failed {
    Failed::usage(format!("cannot write the {} {}: {error}", kind.name, file.display()))
}
