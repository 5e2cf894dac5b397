//! Texts of consumers, made safe for reports, which consist of lines.

/// Returns the text with its control characters written as in JSON, so that a consumer can neither begin a line of a
/// report nor control a terminal.
pub(in crate::scenario) fn on_one_line(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |line, letter| match letter {
        '\n' => line + "\\n",
        '\r' => line + "\\r",
        '\t' => line + "\\t",
        // The last two end lines in YAML.
        letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}') => {
            line + &format!("\\u{:04x}", u32::from(letter))
        }
        letter => line + letter.encode_utf8(&mut [0; 4]),
    })
}
