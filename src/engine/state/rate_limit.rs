//! How much may be asked in which time: a bucket of requests for each API, refilled by the world's clock.

use std::collections::BTreeMap;

use crate::engine::api::api::Api;
use crate::engine::schema::problem::Problem;
use crate::engine::state::State;

/// A bucket of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests it holds, at least 1: so many can come at once.
    pub burst: u64,
    /// How many flow back each second, at least 1.
    pub per_second: u64,
}

/// What is left in the buckets of a world.
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

impl State {
    /// Takes one request out of the bucket of an API, if the API has one.
    pub fn take_permit(&mut self, api: &'static Api) -> Result<(), Problem> {
        let usual = || api.dialect.rate(self.settings.profile(api));
        let Some(rate) = self.settings.rate(api).or_else(usual) else { return Ok(()) };
        let now_ms = self.clock.now_ms();
        let bucket = self.buckets.0.entry(api.name).or_insert(Bucket { left: rate.burst * ONE, at_ms: now_ms });
        // Requests a second are thousandths of a request a millisecond.
        let refill = now_ms.saturating_sub(bucket.at_ms).saturating_mul(rate.per_second);
        *bucket = Bucket { left: bucket.left.saturating_add(refill).min(rate.burst * ONE), at_ms: now_ms };
        if bucket.left >= ONE {
            bucket.left -= ONE;
            return Ok(());
        }
        let wait_s = (ONE - bucket.left).div_ceil(rate.per_second * ONE);
        Err(Problem::RateLimited { retry_after_s: wait_s })
    }
}
