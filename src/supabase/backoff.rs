//! Waiting times between attempts.

use std::time::Duration;

use rand::Rng as _;

/// Exponential backoff with full jitter: the n-th wait is uniform between 0 and min(cap, base·2ⁿ), which keeps
/// many clients that failed together from coming back together (Brooker, "Exponential Backoff And Jitter", 2015).
#[derive(Debug, Clone)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
    attempt: u32,
}

impl Backoff {
    /// Waits of up to `base` at first, up to `cap` in the end.
    pub fn new(base: Duration, cap: Duration) -> Self {
        Self { base, cap, attempt: 0 }
    }

    /// The next wait. Never less than a tenth of its upper bound, so that jitter cannot make a busy loop.
    pub fn next_delay(&mut self) -> Duration {
        let bound = self.base.saturating_mul(1 << self.attempt.min(20)).min(self.cap);
        self.attempt = self.attempt.saturating_add(1);
        bound.mul_f64(rand::rng().random_range(0.1..=1.0))
    }

    /// How many waits there have been since the last success.
    pub fn attempts(&self) -> u32 {
        self.attempt
    }

    /// To be called after a success.
    pub fn reset(&mut self) {
        self.attempt = 0;
    }
}

/// `around`, more or less by a share of it: `jittered(10 s, 0.2)` is between 8 and 12 s.
pub fn jittered(around: Duration, share: f64) -> Duration {
    around.mul_f64(rand::rng().random_range((1.0 - share).max(0.0)..=1.0 + share))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_cap_and_start_over_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
        for attempt in 0..40 {
            let bound = Duration::from_millis(100 * (1 << attempt.min(10))).min(Duration::from_secs(2));
            let delay = backoff.next_delay();
            assert!(delay <= bound && delay >= bound / 10, "{attempt}: {delay:?}");
        }
        backoff.reset();
        assert!(backoff.next_delay() <= Duration::from_millis(100));
    }

    #[test]
    fn jitter_stays_within_its_share() {
        for _ in 0..100 {
            let delay = jittered(Duration::from_secs(10), 0.2);
            assert!((8.0..=12.0).contains(&delay.as_secs_f64()), "{delay:?}");
        }
    }
}
