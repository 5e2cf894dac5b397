//! The memory of rules and expected calls, as it is estimated.

/// The memory of each byte of a text: the text itself, and copies of its strings.
const PER_BYTE: usize = 4;
/// The memory of each element and member of a text, beside its bytes.
const PER_PART: usize = 64;
/// The memory of a rule or an expected call that was made in code.
const IN_CODE: usize = 512;

/// Returns the bytes that a rule or an expected call takes that was read from this text, or made in code.
pub(super) fn bytes_of(source: Option<&str>) -> usize {
    let Some(text) = source else { return IN_CODE };
    let parts = text.bytes().filter(|byte| matches!(byte, b',' | b':' | b'[' | b'{')).count();
    text.len() * PER_BYTE + parts * PER_PART
}
