//! Answers that wait: delays, and answers that never come.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Instant, SystemTime};

use tokio::time::sleep;

use crate::http::hold::Hold;
use crate::http::message::{Delivery, Outcome};
use crate::server::connection_context::ms_since_1970;
use crate::server::context::{LogEvent, ServerContext};
use crate::server::race::first_of;

/// Waits as long as an outcome says, or until its world releases it, and returns the delivery. A released answer that
/// was delayed is sent at once; for a released one that would never be sent, the connection is closed.
pub(super) async fn hold_back(serving: &ServerContext, outcome: &Outcome) -> Delivery {
    let mut waiting = Waiting { serving, hold: outcome.hold.as_ref(), since: Instant::now(), is_over: false };
    let released = async {
        match outcome.hold.clone() {
            Some(hold) => hold.await,
            None => pending().await,
        }
    };
    let delayed = async {
        sleep(outcome.delay).await;
        if outcome.delivery == Delivery::Hang {
            pending::<()>().await;
        }
    };
    first_of(pin!(released), pin!(delayed)).await;
    waiting.is_over = true;
    if outcome.delivery == Delivery::Hang { Delivery::Closed } else { outcome.delivery }
}

/// A client that waits. If this is dropped before its time is over, the client has given up.
struct Waiting<'a> {
    serving: &'a ServerContext,
    hold: Option<&'a Hold>,
    since: Instant,
    is_over: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // No client has given up when the server itself ends its connections.
        if self.is_over || self.serving.is_ending.load(Ordering::Relaxed) {
            return;
        }
        if let Some(hold) = self.hold {
            let waited_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.serving.registry.gave_up(hold, waited_ms);
            self.serving.answered.notify(|| Arc::clone(hold.world()));
            if let Some(log) = &self.serving.log {
                let (world, number, waited) = (hold.world(), hold.number(), self.since.elapsed());
                log(&LogEvent::GaveUp { at_ms: ms_since_1970(SystemTime::now()), world, number, waited });
            }
        }
    }
}
