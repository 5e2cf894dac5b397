//! The bounds of a request's head.

use hyper::Request as HttpRequest;

/// The most bytes of a request's head: its first line and its headers.
pub(super) const HEAD_BYTES: usize = 128 * 1024;

/// The most headers of a request. hyper has the same number for HTTP/1.1.
pub(super) const HEADERS: usize = 100;

/// Returns the bytes of a head, as HTTP/1.1 would send it.
pub(super) fn head_bytes<B>(request: &HttpRequest<B>) -> usize {
    let first =
        request.method().as_str().len() + request.uri().path_and_query().map_or(1, |target| target.as_str().len());
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    first + "  HTTP/1.1\r\n".len() + headers.sum::<usize>()
}

/// Returns the fault of an HTTP/2 head that is too large: true for too many headers, false for too many bytes. hyper
/// checks heads of HTTP/1.1 only.
pub(super) fn too_large<B>(request: &HttpRequest<B>) -> Option<bool> {
    let has_many = request.headers().len() > HEADERS;
    (has_many || head_bytes(request) > HEAD_BYTES).then_some(has_many)
}
