//! When to look for work: at once when the database says so over Realtime, from time to time anyway.

use std::time::Duration;

use futures_util::future::OptionFuture;
use tokio::time::Instant;

use crate::supabase::backoff::jittered;
use crate::supabase::error::SupabaseError;
use crate::supabase::realtime::{Next, Notice, Realtime, Subscription};
use crate::telemetry::metrics::metrics;

/// The topic on which the database tells of new jobs.
pub const TOPIC: &str = "worker:jobs";

/// Times between looks.
#[derive(Debug, Clone, Copy)]
pub struct Intervals {
    /// While Realtime does not wake us.
    pub poll: Duration,
    /// While it does: only jobs whose waiting time ends, and messages lost on the way.
    pub idle: Duration,
}

/// A source of wake-ups.
#[derive(Debug)]
pub struct Wake {
    subscription: Option<Subscription>,
    intervals: Intervals,
    joined: bool,
    next_poll: Instant,
}

impl Wake {
    /// Listens on [`TOPIC`].
    pub async fn by_realtime(realtime: &Realtime, intervals: Intervals) -> Result<Self, SupabaseError> {
        let subscription = realtime.join(TOPIC).await?;
        Ok(Self { subscription: Some(subscription), ..Self::by_polling(intervals) })
    }

    /// Only looks from time to time.
    pub fn by_polling(intervals: Intervals) -> Self {
        let next_poll = Instant::now() + intervals.poll;
        Self { subscription: None, intervals, joined: false, next_poll }
    }

    /// Waits until it is worth looking for work. Safe to cancel.
    pub async fn next(&mut self) {
        loop {
            let hearing = OptionFuture::from(self.subscription.as_mut().map(Subscription::next));
            let heard = tokio::select! {
                () = tokio::time::sleep_until(self.next_poll) => None,
                Some(heard) = hearing => Some(heard),
            };
            let worth_looking = heard.is_none_or(|heard| self.hear(heard));
            if worth_looking {
                self.looked();
                return;
            }
        }
    }

    /// Puts the next look off, as after a wake-up.
    pub fn looked(&mut self) {
        let interval = if self.joined { self.intervals.idle } else { self.intervals.poll };
        self.next_poll = Instant::now() + jittered(interval, 0.2);
    }

    /// Whether what was heard is a reason to look.
    fn hear(&mut self, heard: Result<Next, SupabaseError>) -> bool {
        match heard {
            Ok(Next::Notice(Notice::Joined)) => {
                if !self.joined {
                    tracing::info!("woken by Realtime");
                }
                self.joined = true;
                metrics().realtime_joined(true);
                true
            }
            Ok(Next::Notice(Notice::Interrupted)) => {
                self.fall_back("the connection is gone");
                false
            }
            Ok(Next::Notice(Notice::Refused(reason))) => {
                self.fall_back(&reason);
                false
            }
            Ok(Next::Notice(Notice::Broadcast(_)) | Next::Missed) => true,
            Err(error) => {
                self.fall_back(&error.to_string());
                self.subscription = None;
                false
            }
        }
    }

    fn fall_back(&mut self, reason: &str) {
        if self.joined {
            tracing::warn!(reason, "not woken by Realtime; polling");
        } else {
            tracing::debug!(reason, "still not woken by Realtime");
        }
        self.joined = false;
        metrics().realtime_joined(false);
        self.next_poll = self.next_poll.min(Instant::now() + jittered(self.intervals.poll, 0.2));
    }
}
