//! Texts of many formats with secrets in them, and ordinary ones, as data files.

use crate::http::redact::Redactor;

const HIDDEN: &str = include_str!("../../tests/redaction/hidden.txt");
const SHOWN: &str = include_str!("../../tests/redaction/shown.txt");

/// Returns the texts of a file, one a line.
fn texts(file: &str) -> impl Iterator<Item = String> + '_ {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(|line| {
        let mut text = String::new();
        let mut rest = line;
        while let Some((before, escape)) = rest.split_once('⟨') {
            let (number, after) = escape.split_once('⟩').unwrap();
            text += before;
            text.push(char::from_u32(u32::from_str_radix(number, 16).unwrap()).unwrap());
            rest = after;
        }
        (text + rest).replace('⏎', "\n")
    })
}

/// Returns a text within other ones.
fn in_other_texts(text: &str) -> Vec<String> {
    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    vec![
        text.to_owned(),
        format!("it said:\n{text}\nand more"),
        serde_json::json!({ "n": 1, "message": text }).to_string(),
        format!("said {}x", serde_json::json!({ "n": [serde_json::json!({ "message": text }).to_string()] })),
        format!("/v1/x?q={encoded}&n=1"),
        format!("/v1/x?q={}&n=1", form_urlencoded::byte_serialize(encoded.as_bytes()).collect::<String>()),
    ]
}

/// Returns a text as each way of showing it does.
fn each_way(text: &str) -> [String; 3] {
    let redactor = Redactor::default();
    let bytes = String::from_utf8(redactor.bytes(text.as_bytes())).unwrap();
    [redactor.text(text).into_owned(), redactor.target(text).into_owned(), bytes]
}

#[test]
fn a_secret_is_black_in_texts_of_many_formats() {
    let mut leaks = String::new();
    for text in texts(HIDDEN) {
        assert!(text.contains("HUSH"), "{text}");
        for text in in_other_texts(&text) {
            for shown in each_way(&text).iter().filter(|shown| shown.contains("HUSH")).take(1) {
                leaks += &format!("{text:?}\n  is shown as {shown:?}\n");
            }
        }
    }
    assert!(leaks.is_empty(), "{} {leaks}", leaks.lines().count() / 2);
}

#[test]
fn ordinary_texts_are_shown_as_they_are() {
    let redactor = Redactor::default();
    let black: Vec<_> = texts(SHOWN).filter(|text| redactor.text(text) != *text).collect();
    let shown: Vec<_> = black.iter().map(|text| redactor.text(text)).collect();
    assert!(black.is_empty(), "{shown:#?}");
}
