//! Rate limits: a bucket of permits for each API, refilled by the world's clock.

use std::collections::BTreeMap;

/// The limit of a rate: the size of a bucket, and its refill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// The most requests that can come at once, at least 1.
    pub burst: u64,
    /// The number of permits that come back each second, at least 1.
    pub per_second: u64,
}

/// The permits that are left in the buckets of a world.
#[derive(Clone, Debug, Default)]
pub struct Buckets(BTreeMap<&'static str, Bucket>);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// The permits left, in thousandths, so that a bucket fills evenly from one millisecond to the next.
    left: u64,
    /// The time of the last look, by the world's clock.
    at_ms: u64,
}

/// One permit, in thousandths.
const ONE: u64 = 1_000;

impl Buckets {
    /// Takes one permit from the bucket of that name; the error is the number of seconds until there is one.
    pub fn take_permit(&mut self, name: &'static str, limit: RateLimit, now_ms: u64) -> Result<(), u64> {
        let bucket = self.0.entry(name).or_insert(Bucket { left: limit.burst * ONE, at_ms: now_ms });
        // Permits per second are thousandths of a permit per millisecond.
        let refill = now_ms.saturating_sub(bucket.at_ms).saturating_mul(limit.per_second);
        *bucket = Bucket { left: bucket.left.saturating_add(refill).min(limit.burst * ONE), at_ms: now_ms };
        if bucket.left >= ONE {
            bucket.left -= ONE;
            return Ok(());
        }
        Err((ONE - bucket.left).div_ceil(limit.per_second * ONE))
    }
}
