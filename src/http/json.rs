//! JSON that is put together piece by piece.

/// An object that is added to a text member by member.
pub(crate) struct Object<'t> {
    text: &'t mut Vec<u8>,
    before: u8,
}

impl<'t> Object<'t> {
    /// Begins an object at the end of a text.
    pub(crate) fn new(text: &'t mut Vec<u8>) -> Self {
        Self { text, before: b'{' }
    }

    /// Begins a member whose name needs no escapes. The caller adds its value to the returned text.
    pub(crate) fn member(&mut self, name: &'static str) -> &mut Vec<u8> {
        self.text.push(std::mem::replace(&mut self.before, b','));
        quote(name, self.text);
        self.text.push(b':');
        self.text
    }

    /// Adds a member that is text.
    pub(crate) fn text(&mut self, name: &'static str, value: &str) {
        write_text(value, self.member(name));
    }

    /// Ends the object.
    pub(crate) fn end(self) {
        self.text.extend_from_slice(if self.before == b'{' { b"{}" } else { b"}" });
    }
}

/// Adds a list, each item written by a function.
pub(crate) fn write_list<T>(items: &[T], text: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    text.push(b'[');
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            text.push(b',');
        }
        write(item, text);
    }
    text.push(b']');
}

/// Adds a text as a JSON string. Most texts need no escapes, and a look at eight bytes at once sees that quickest.
pub(crate) fn write_text(value: &str, text: &mut Vec<u8>) {
    let special = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    let some = |bytes: &[u8]| bytes.iter().fold(false, |found, byte| found | special(byte));
    // Each eight bytes are compared as one number.
    let (eights, rest) = value.as_bytes().as_chunks::<8>();
    if eights.iter().any(|eight| some(eight)) || some(rest) {
        serde_json::to_writer(text, value).expect("a text is JSON");
    } else {
        quote(value, text);
    }
}

/// Adds a text that needs no escapes: documented names have letters, digits and underscores only.
pub(crate) fn quote(plain: &str, text: &mut Vec<u8>) {
    debug_assert!(!plain.contains(['"', '\\']), "{plain} needs escapes");
    text.reserve(plain.len() + 2);
    text.push(b'"');
    text.extend_from_slice(plain.as_bytes());
    text.push(b'"');
}
