//! How fast pages go by, how long the rest takes, and when that is worth telling.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// At most five reports a second.
const INTERVAL: Duration = Duration::from_millis(200);
/// The rate is that of the last so many samples, so that it follows a document that changes character.
const SAMPLES: usize = 64;

/// Progress through the pages of a document.
#[derive(Debug)]
pub(super) struct Progress {
    done: u32,
    total: Option<u32>,
    samples: VecDeque<(Instant, u32)>,
    told: Option<Instant>,
}

impl Progress {
    /// `done` pages are behind us from an earlier attempt.
    pub(super) fn new(done: u32, total: Option<u32>, now: Instant) -> Self {
        Self { done, total, samples: VecDeque::from([(now, done)]), told: None }
    }

    /// The number of pages became known.
    pub(super) fn set_total(&mut self, total: u32) {
        self.total = Some(total);
    }

    /// All pages up to `done` are behind us.
    pub(super) fn reached(&mut self, done: u32, now: Instant) {
        self.done = done;
        self.samples.push_back((now, done));
        if self.samples.len() > SAMPLES {
            self.samples.pop_front();
        }
    }

    /// Pages behind us.
    pub(super) fn done(&self) -> u32 {
        self.done
    }

    /// Of so many.
    pub(super) fn total(&self) -> Option<u32> {
        self.total
    }

    /// Seconds left at the rate of late.
    pub(super) fn eta_seconds(&self) -> Option<u64> {
        let left = self.total?.checked_sub(self.done)?;
        let ((first, from), (last, to)) = (self.samples.front()?, self.samples.back()?);
        let (pages, seconds) = (to.checked_sub(*from)?, last.duration_since(*first).as_secs_f64());
        (pages > 0 && seconds > 0.0).then(|| (f64::from(left) * seconds / f64::from(pages)).ceil() as u64)
    }

    /// Whether it is time for a report; if so, the next one is due later. The last page is always worth one.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        let due = self.told.is_none_or(|told| now >= told + INTERVAL) || Some(self.done) == self.total;
        if due {
            self.told = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_expected_at_the_rate_of_late() {
        let start = Instant::now();
        let mut progress = Progress::new(0, Some(1000), start);
        assert_eq!(progress.eta_seconds(), None, "no page, no rate");
        for second in 1..=100u32 {
            progress.reached(second, start + Duration::from_secs(second.into()));
        }
        assert_eq!(progress.eta_seconds(), Some(900));
        for tenth in 1..=SAMPLES as u32 {
            progress.reached(100 + tenth, start + Duration::from_millis(100_000 + u64::from(tenth) * 100));
        }
        assert_eq!(progress.eta_seconds(), Some(84), "836 pages at ten a second");
    }

    #[test]
    fn pages_of_an_earlier_attempt_do_not_count_as_speed() {
        let start = Instant::now();
        let mut progress = Progress::new(500, Some(600), start);
        progress.reached(510, start + Duration::from_secs(10));
        assert_eq!(progress.eta_seconds(), Some(90));
    }

    #[test]
    fn reports_come_at_most_five_times_a_second_but_the_last_page_is_always_told() {
        let start = Instant::now();
        let mut progress = Progress::new(0, Some(2), start);
        assert!(progress.is_due(start));
        progress.reached(1, start + Duration::from_millis(1));
        assert!(!progress.is_due(start + Duration::from_millis(199)));
        progress.reached(2, start + Duration::from_millis(199));
        assert!(progress.is_due(start + Duration::from_millis(199)));
    }
}
