//! The files of the page for people, inside the library.

use include_dir::{Dir, include_dir};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/page");

/// Returns a file of the page by its name.
pub(super) fn file(name: &str) -> Option<&'static [u8]> {
    FILES.get_file(name).map(include_dir::File::contents)
}
