//! Files of reports: the old one is removed before a run, the new one is written as a whole or not at all.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::cli::exit::Failed;

/// Removes the report of an earlier run. Only a regular file is removed: a report may go to a pipe, a device or an open
/// stream.
pub(super) fn remove(file: &Path) -> Result<(), Failed> {
    match fs::metadata(file) {
        Ok(found) if found.is_dir() => Err(cannot(file, &ErrorKind::IsADirectory.into())),
        Ok(found) if found.is_file() && !is_stream(file) => match place(file).and_then(fs::remove_file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(Failed::usage(format!("cannot remove the report of an earlier run {}: {error}", file.display())))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Writes a report beside its place and renames it, so that a full disk leaves no half of it.
pub(super) fn write(file: &Path, text: &str) -> Result<(), Failed> {
    let written = match fs::metadata(file) {
        Ok(found) if !found.is_file() || is_stream(file) => into_stream(file, text.as_bytes()),
        _ => place(file).and_then(|place| beside(&place, text)),
    };
    written.map_err(|error| cannot(file, &error))
}

/// Appends a report to a file that others write to as well, or to a pipe.
pub(super) fn append(file: &Path, text: &str) -> Result<(), Failed> {
    into_stream(file, text.as_bytes()).map_err(|error| cannot(file, &error))
}

/// Tells whether a path leads to a stream that is open, such as standard output. A file behind it holds what others wrote.
fn is_stream(file: &Path) -> bool {
    let open = ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd"];
    links(file).any(|step| open.iter().any(|stream| step.starts_with(stream)))
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

fn beside(file: &Path, text: &str) -> io::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(format!(".{}", std::process::id()));
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, file));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Makes the failure of a report that cannot be written.
fn cannot(file: &Path, error: &io::Error) -> Failed {
    Failed::usage(format!("cannot write the report {}: {error}", file.display()))
}
