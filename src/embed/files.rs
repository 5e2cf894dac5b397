//! Reading files of fixtures: bounded, as text, in the order of their names.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::embed::start_error::StartError;
use crate::http::document;
use crate::http::position::Position;
use crate::http::tree::FILE_BYTES;

/// Returns the bytes of a file of any kind. A file that is too large, or that has no end, fails.
pub(crate) fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    // A buffer that grows would need twice the room. The length of a pipe is not known.
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0).min(FILE_BYTES) + 1);
    let most = u64::try_from(FILE_BYTES).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > FILE_BYTES {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            format!("it has more than {FILE_BYTES} bytes; split it"),
        ));
    }
    Ok(bytes)
}

/// Returns the text of a file of records.
pub(super) fn text_of(path: &Path) -> Result<String, StartError> {
    let bytes = read_bounded(path).map_err(|error| StartError::Unreadable { path: path.to_owned(), error })?;
    document::text(bytes).map_err(|fault| {
        let (file, Position { line, column }, reason) = (path.display(), fault.place, fault.reason);
        StartError::Invalid { faults: vec![format!("{file}:{line}:{column}: {reason}; save it as UTF-8")] }
    })
}

/// Returns the entries of a folder, in the order of their names, so that nothing depends on the file system's order.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, StartError> {
    let unreadable = |error| StartError::Unreadable { path: folder.to_owned(), error };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

/// A file of records that was read.
pub(super) struct Read {
    pub name: String,
    pub collection: String,
    pub text: std::borrow::Cow<'static, str>,
}
