//! An answer in the hands of a test.

use serde_json::Value;

/// An answer: one that was received without a socket, or one that a rule's function gives.
///
/// ```
/// let world = standin::Standin::builder().offline()?;
/// let answer = world.answer("GET", "/v1/integrations", &[("authorization", "Bearer any")], b"");
/// assert_eq!(answer.status, Some(200));
/// assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
/// assert!(answer.json().is_array());
/// # Ok::<(), standin::StartError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The status code; `None` when the answer is aborted: then there are neither headers nor body.
    pub status: Option<u16>,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Makes an answer without body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status: Some(status), headers: Vec::new(), body: Vec::new() }
    }

    /// Makes an answer of JSON.
    #[must_use]
    pub fn of_json(status: u16, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { body, ..Self::empty(status) }.with_header("content-type", "application/json; charset=utf-8")
    }

    /// Makes no answer: the connection is closed before the first byte.
    #[must_use]
    pub fn aborted() -> Self {
        Self { status: None, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// Returns the first header of that (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the body as JSON; `null` when it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}
