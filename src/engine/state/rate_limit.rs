//! Limits on the requests in a time: a bucket of requests for each API, refilled by the world's clock.

use std::collections::BTreeMap;

/// A bucket of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// The number of requests it holds, at least 1: at most this number can come at once.
    pub burst: u64,
    /// The number of requests that flow back each second, at least 1.
    pub per_second: u64,
}

/// The requests that are left in the buckets of a world.
#[derive(Clone, Debug, Default)]
pub struct Buckets(BTreeMap<&'static str, Bucket>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// In thousandths of a request, so that a bucket fills evenly from one millisecond to the next.
    left: u64,
    /// When it was last looked at, by the world's clock.
    at_ms: u64,
}

/// Thousandths.
const ONE: u64 = 1_000;

impl Buckets {
    /// Takes one request out of the bucket of that name; the error is the seconds until the next one is there.
    pub fn take_permit(&mut self, name: &'static str, limit: RateLimit, now_ms: u64) -> Result<(), u64> {
        let bucket = self.0.entry(name).or_insert(Bucket { left: limit.burst * ONE, at_ms: now_ms });
        // Requests a second are thousandths of a request a millisecond.
        let refill = now_ms.saturating_sub(bucket.at_ms).saturating_mul(limit.per_second);
        *bucket = Bucket { left: bucket.left.saturating_add(refill).min(limit.burst * ONE), at_ms: now_ms };
        if bucket.left >= ONE {
            bucket.left -= ONE;
            return Ok(());
        }
        Err((ONE - bucket.left).div_ceil(limit.per_second * ONE))
    }
}
