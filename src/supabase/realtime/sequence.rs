//! Gap detection: events of a document are numbered 1, 2, 3 … without gaps.

/// How far a document's events have been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sequence {
    last: i64,
}

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The one that follows.
    Next,
    /// Seen before.
    Seen,
    /// Some before it have not been seen.
    Ahead,
}

impl Sequence {
    /// Everything up to `last` has been seen.
    pub(super) fn after(last: i64) -> Self {
        Self { last }
    }

    pub(super) fn last(self) -> i64 {
        self.last
    }

    /// Places an event, and moves on if it is the next.
    pub(super) fn offer(&mut self, seq: i64) -> Place {
        if seq <= self.last {
            Place::Seen
        } else if seq == self.last + 1 {
            self.last = seq;
            Place::Next
        } else {
            Place::Ahead
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Events arrive late, twice or not at all; whoever is told of a gap asks for what follows the last one.
        #[test]
        fn with_backfill_every_event_comes_once_and_in_order(
            arrivals in prop::collection::vec(1i64..40, 0..200)
        ) {
            let mut sequence = Sequence::after(0);
            let mut taken = Vec::new();
            for arrival in arrivals {
                if sequence.offer(arrival) == Place::Next {
                    taken.push(arrival);
                } else if arrival > sequence.last() {
                    let missed = sequence.last() + 1..=arrival;
                    taken.extend(missed.filter(|seq| sequence.offer(*seq) == Place::Next));
                }
            }
            let expected: Vec<_> = (1..=sequence.last()).collect();
            prop_assert_eq!(taken, expected);
        }
    }
}
