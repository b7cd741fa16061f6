//! The life of one channel on one connection after another: a state machine without I/O.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::broadcast;
use tokio::time::Instant;

use crate::supabase::backoff::Backoff;

/// Time for an answer to a join; the service may take seconds to refuse one.
const JOIN_LIMIT: Duration = Duration::from_secs(15);
/// Messages kept for a subscriber that is slow; beyond it, it is told that it missed some.
const BUFFER: usize = 512;

/// What a subscriber of a channel gets.
#[derive(Debug, Clone)]
pub enum Notice {
    /// The channel is joined, for the first time or again: from here on nothing is missed.
    Joined,
    /// The connection or the channel is gone; it will be joined again.
    Interrupted,
    /// The service does not let us join, with its reason. It is tried again at growing intervals.
    Refused(String),
    /// Something was sent.
    Broadcast(Arc<Broadcast>),
}

/// A broadcast message.
#[derive(Debug, Clone)]
pub struct Broadcast {
    /// Its event name.
    pub event: String,
    /// Its content.
    pub payload: Value,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// To be joined at that time.
    Waiting(Instant),
    /// Join sent, no answer yet.
    Joining {
        reference: u64,
        until: Instant,
    },
    Joined {
        reference: u64,
    },
}

#[derive(Debug)]
pub(super) struct Channel {
    phase: Phase,
    backoff: Backoff,
    notices: broadcast::Sender<Notice>,
}

impl Channel {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            phase: Phase::Waiting(now),
            backoff: Backoff::new(Duration::from_millis(500), Duration::from_secs(30)),
            notices: broadcast::Sender::new(BUFFER),
        }
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<Notice> {
        let receiver = self.notices.subscribe();
        if matches!(self.phase, Phase::Joined { .. }) {
            // The newcomer has to know; the others do not mind.
            self.tell(Notice::Joined);
        }
        receiver
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.notices.receiver_count() > 0
    }

    /// When something is due without anything being received.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting(at) | Phase::Joining { until: at, .. } => Some(at),
            Phase::Joined { .. } => None,
        }
    }

    /// Whether a join is to be sent now; a join without an answer is given up.
    pub(super) fn wants_join(&mut self, now: Instant) -> bool {
        if let Phase::Joining { until, .. } = self.phase
            && now >= until
        {
            self.phase = Phase::Waiting(now + self.backoff.next_delay());
        }
        matches!(self.phase, Phase::Waiting(at) if now >= at)
    }

    pub(super) fn joining(&mut self, reference: u64, now: Instant) {
        self.phase = Phase::Joining { reference, until: now + JOIN_LIMIT };
    }

    /// The reference of the current join, if the channel is joined.
    pub(super) fn joined(&self) -> Option<u64> {
        match self.phase {
            Phase::Joined { reference } => Some(reference),
            _ => None,
        }
    }

    pub(super) fn reply(&mut self, answered: u64, refused: Option<String>, now: Instant) {
        let Phase::Joining { reference, .. } = self.phase else { return };
        if reference != answered {
            return;
        }
        if let Some(reason) = refused {
            self.phase = Phase::Waiting(now + self.backoff.next_delay());
            self.tell(Notice::Refused(reason));
        } else {
            self.phase = Phase::Joined { reference };
            self.backoff.reset();
            self.tell(Notice::Joined);
        }
    }

    /// The service ended a join; an earlier one's end is of no interest.
    pub(super) fn closed(&mut self, ended: Option<u64>, now: Instant) {
        let (Phase::Joined { reference } | Phase::Joining { reference, .. }) = self.phase else { return };
        if ended.is_none_or(|ended| ended == reference) {
            self.phase = Phase::Waiting(now + self.backoff.next_delay());
            self.tell(Notice::Interrupted);
        }
    }

    /// The connection is gone; the next one joins at once.
    pub(super) fn disconnected(&mut self, now: Instant) {
        if self.joined().is_some() {
            self.tell(Notice::Interrupted);
        }
        self.phase = Phase::Waiting(now);
    }

    pub(super) fn deliver(&self, event: String, payload: Value) {
        self.tell(Notice::Broadcast(Arc::new(Broadcast { event, payload })));
    }

    fn tell(&self, notice: Notice) {
        // Nobody listening is no failure: the driver leaves such channels.
        let _ = self.notices.send(notice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(receiver: &mut broadcast::Receiver<Notice>) -> Vec<String> {
        std::iter::from_fn(|| receiver.try_recv().ok()).map(|notice| format!("{notice:?}")).collect()
    }

    #[test]
    fn a_refused_join_is_tried_again_later_not_at_once() {
        let now = Instant::now();
        let mut channel = Channel::new(now);
        let mut notices = channel.subscribe();
        assert!(channel.wants_join(now));
        channel.joining(1, now);
        assert!(!channel.wants_join(now));
        channel.reply(1, Some("Unauthorized".into()), now);
        assert_eq!(seen(&mut notices), [r#"Refused("Unauthorized")"#]);
        assert!(!channel.wants_join(now) && channel.wants_join(now + Duration::from_secs(30)));
    }

    #[test]
    fn a_join_without_an_answer_is_given_up() {
        let now = Instant::now();
        let mut channel = Channel::new(now);
        channel.joining(1, now);
        assert!(!channel.wants_join(now + JOIN_LIMIT));
        assert!(channel.wants_join(now + JOIN_LIMIT + Duration::from_secs(30)));
        channel.reply(1, None, now);
        assert_eq!(channel.joined(), None, "a late answer to a join given up does not count");
    }

    #[test]
    fn only_the_end_of_the_current_join_interrupts() {
        let now = Instant::now();
        let mut channel = Channel::new(now);
        let mut notices = channel.subscribe();
        channel.joining(2, now);
        channel.reply(2, None, now);
        channel.closed(Some(1), now);
        assert_eq!(channel.joined(), Some(2));
        channel.closed(Some(2), now);
        channel.disconnected(now);
        assert!(channel.wants_join(now), "a new connection joins at once");
        assert_eq!(seen(&mut notices), ["Joined", "Interrupted"]);
    }

    #[test]
    fn a_slow_subscriber_is_told_that_it_missed_messages() {
        let channel = Channel::new(Instant::now());
        let mut notices = channel.subscribe();
        for _ in 0..=BUFFER {
            channel.deliver("x".into(), Value::Null);
        }
        assert!(matches!(notices.try_recv(), Err(broadcast::error::TryRecvError::Lagged(1))));
    }
}
