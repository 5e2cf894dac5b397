//! The first of two futures, without tokio's `select!`, for which embedders would have to build procedural macros.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Waits for the first of two futures. If both are ready, the former wins.
pub(crate) fn first_of<T>(
    mut one: Pin<&mut impl Future<Output = T>>,
    mut other: Pin<&mut impl Future<Output = T>>,
) -> impl Future<Output = T> {
    poll_fn(move |context| match one.as_mut().poll(context) {
        Poll::Pending => other.as_mut().poll(context),
        ready @ Poll::Ready(_) => ready,
    })
}
