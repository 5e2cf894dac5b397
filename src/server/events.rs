//! The numbers of new calls of a world, as server-sent events.

use std::fmt::Write;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, timeout};

use crate::control::Subscription;
use crate::server::context::{ServerContext, Stop};
use crate::server::race::first_of;

/// The pause between two looks at a busy world, which bounds what a stream costs the world's consumers.
const PAUSE: Duration = Duration::from_millis(50);

/// The interval between two looks at a world that sends no notification: calls without a socket send none.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// The time without an event after which a comment is sent: proxies end streams that are silent.
const BEAT: Duration = Duration::from_secs(15);

/// The most numbers in one piece.
const AT_A_TIME: u64 = 4_096;

/// The stream's first bytes: the time that a client waits before it connects again.
const HELLO: &str = "retry: 1000\n\n";

/// The next piece of a stream, and the feed it came from. `None` is the end.
type Next = Pin<Box<dyn Future<Output = Option<(Bytes, Box<Feed>)>> + Send>>;

/// The body of a stream.
pub(crate) struct Events(Next);

/// The state of a stream between two pieces. It holds no calls, so that a slow reader costs no memory.
struct Feed {
    serving: Arc<ServerContext>,
    subscription: Subscription,
    is_new: bool,
    sent_at: Instant,
}

impl Events {
    /// Makes the stream of a subscription.
    pub(crate) fn new(serving: Arc<ServerContext>, subscription: Subscription) -> Self {
        Self(Box::pin(Box::new(Feed { serving, subscription, is_new: true, sent_at: Instant::now() }).next()))
    }

    /// Polls for the next piece.
    pub(crate) fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some((piece, feed)) = ready!(self.0.as_mut().poll(cx)) else { return Poll::Ready(None) };
        self.0 = Box::pin(feed.next());
        Poll::Ready(Some(piece))
    }
}

impl Feed {
    /// Waits for news and returns them; `None` when the world is gone or the server stops.
    async fn next(mut self: Box<Self>) -> Option<(Bytes, Box<Self>)> {
        let mut signals = self.serving.signals.clone();
        let serving = Arc::clone(&self.serving);
        let news = async {
            if self.is_new {
                self.is_new = false;
                return Some(HELLO.to_owned());
            }
            sleep(PAUSE.saturating_sub(self.sent_at.elapsed())).await;
            let listener = serving.answered.listen(Arc::clone(self.subscription.world()));
            loop {
                let mut answered = pin!(listener.next());
                // No answer is missed from here on.
                answered.as_mut().enable();
                let news = self.look()?;
                if !news.is_empty() {
                    return Some(news);
                }
                if self.sent_at.elapsed() >= BEAT {
                    return Some(":\n\n".to_owned());
                }
                let _ = timeout(LOOK, answered).await;
            }
        };
        let stopped = async {
            drop(signals.wait_for(|signals| signals.stop != Stop::Running).await);
            None
        };
        let piece = first_of(pin!(news), pin!(stopped)).await?;
        self.sent_at = Instant::now();
        Some((piece.into(), self))
    }

    /// Returns the new numbers as events; `None` when the world is gone.
    fn look(&mut self) -> Option<String> {
        let news = self.subscription.news(&self.serving.registry, AT_A_TIME)?;
        let mut text = String::new();
        if news.is_restarted {
            // A comment, which is for people who read the stream.
            text += ": reset\n\n";
        }
        for number in news.numbers {
            let _ = write!(text, "id: {number}\ndata: {number}\n\n");
        }
        Some(text)
    }
}
