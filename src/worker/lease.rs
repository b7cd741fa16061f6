//! The leases this daemon holds: renewed together, and each job told at once when its own is gone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use crate::pipeline::protocol::{Lease, Outcome, WorkerRpc};
use crate::supabase::backoff::jittered;
use crate::telemetry::health::{Health, Task};
use crate::telemetry::metrics::metrics;

/// Where a lease stands, as far as this daemon knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseState {
    /// Ours.
    Held,
    /// Somebody else's, or it ran out without our hearing.
    Lost,
    /// The user gave the job up.
    Canceled,
}

/// All leases held.
#[derive(Debug, Clone, Default)]
pub struct Leases(Arc<Mutex<HashMap<Uuid, Entry>>>);

#[derive(Debug)]
struct Entry {
    token: Uuid,
    /// Until then the database gives the job to nobody else.
    until: Instant,
    state: watch::Sender<LeaseState>,
}

/// One job's view of its lease. Dropping it gives up renewal.
#[derive(Debug)]
pub struct HeldLease {
    lease: Lease,
    state: watch::Receiver<LeaseState>,
    leases: Leases,
}

impl HeldLease {
    /// Waits until the lease is gone; answers how.
    pub async fn ended(&mut self) -> LeaseState {
        match self.state.wait_for(|state| *state != LeaseState::Held).await {
            Ok(state) => *state,
            Err(_) => LeaseState::Lost,
        }
    }
}

impl Drop for HeldLease {
    fn drop(&mut self) {
        let mut entries = self.leases.lock();
        if entries.get(&self.lease.job_id).is_some_and(|entry| entry.token == self.lease.token) {
            entries.remove(&self.lease.job_id);
            metrics().leases(entries.len());
        }
    }
}

impl Leases {
    /// Adds a lease that holds until then.
    pub fn hold(&self, lease: Lease, until: Instant) -> HeldLease {
        let (sender, state) = watch::channel(LeaseState::Held);
        // The same job claimed again means that its old lease ran out: the old entry's job is told by the drop.
        let mut entries = self.lock();
        entries.insert(lease.job_id, Entry { token: lease.token, until, state: sender });
        metrics().leases(entries.len());
        drop(entries);
        HeldLease { lease, state, leases: self.clone() }
    }

    /// The leases still held.
    pub fn held(&self) -> Vec<Lease> {
        let is_held = |entry: &&Entry| *entry.state.borrow() == LeaseState::Held;
        self.lock()
            .iter()
            .filter(|(_, entry)| is_held(entry))
            .map(|(job_id, entry)| Lease { job_id: *job_id, token: entry.token })
            .collect()
    }

    /// Takes the database's answer to a renewal that was asked for `asked` and holds until `until`.
    pub fn renewed(&self, asked: &[Lease], outcomes: &[(Uuid, Outcome)], until: Instant) {
        let mut entries = self.lock();
        for lease in asked {
            let Some(entry) = entries.get_mut(&lease.job_id).filter(|entry| entry.token == lease.token)
            else {
                continue;
            };
            match outcomes.iter().find(|(job_id, _)| *job_id == lease.job_id) {
                Some((_, Outcome::Ok)) => {
                    metrics().renewed("ok", 1);
                    entry.until = until;
                }
                Some((_, Outcome::Canceled)) => {
                    metrics().renewed("canceled", 1);
                    entry.end(LeaseState::Canceled);
                }
                Some((_, Outcome::LeaseLost)) | None => {
                    metrics().renewed("lost", 1);
                    entry.end(LeaseState::Lost);
                }
            }
        }
    }

    /// Ends the leases that ran out by our own clock, which may be before the database's: never after.
    pub fn expire(&self, now: Instant) {
        for entry in self.lock().values().filter(|entry| now >= entry.until) {
            entry.end(LeaseState::Lost);
        }
    }

    fn earliest_end(&self) -> Option<Instant> {
        let entries = self.lock();
        entries
            .values()
            .filter(|entry| *entry.state.borrow() == LeaseState::Held)
            .map(|entry| entry.until)
            .min()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Entry>> {
        // Nothing panics while holding it; and if it did, the map would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn end(&self, state: LeaseState) {
        self.state.send_if_modified(|current| {
            let ends = *current == LeaseState::Held;
            if ends {
                *current = state;
            }
            ends
        });
    }
}

/// Renews all leases at a third of their length, in one call, until dropped. A renewal that fails is tried again soon;
/// leases that run out meanwhile end their jobs.
pub async fn keep(leases: Leases, rpc: WorkerRpc, length: Duration, health: Health) {
    let mut next = Instant::now() + length / 3;
    loop {
        let wake = leases.earliest_end().map_or(next, |end| end.min(next));
        // Until the next round, and as long as that one may wait for an answer.
        health.promise(Task::Leases, wake.duration_since(Instant::now()) + length / 3);
        tokio::time::sleep_until(wake).await;
        leases.expire(Instant::now());
        if Instant::now() < next {
            continue;
        }
        next = Instant::now() + renew(&leases, &rpc, length, &health).await;
    }
}

/// Renews; answers when to do so again.
async fn renew(leases: &Leases, rpc: &WorkerRpc, length: Duration, health: &Health) -> Duration {
    let held = leases.held();
    if held.is_empty() {
        return length / 3;
    }
    let asked = Instant::now();
    match tokio::time::timeout(length / 3, rpc.renew(&held, length.as_secs())).await {
        Ok(Ok(outcomes)) => {
            health.contacted();
            leases.renewed(&held, &outcomes, asked + length);
            jittered(length / 3, 0.1)
        }
        Ok(Err(error)) => {
            metrics().renewed("unanswered", held.len());
            tracing::warn!(%error, jobs = held.len(), "leases could not be renewed yet");
            jittered(length / 12, 0.3)
        }
        Err(_) => {
            metrics().renewed("unanswered", held.len());
            tracing::warn!(jobs = held.len(), "no answer to the renewal of leases yet");
            jittered(length / 12, 0.3)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease() -> Lease {
        Lease { job_id: Uuid::new_v4(), token: Uuid::new_v4() }
    }

    #[tokio::test]
    async fn a_lease_that_was_not_renewed_in_time_is_lost() {
        let (leases, now) = (Leases::default(), Instant::now());
        let mut held = leases.hold(lease(), now + Duration::from_mins(1));
        leases.expire(now + Duration::from_secs(59));
        assert_eq!(leases.held().len(), 1);
        leases.expire(now + Duration::from_mins(1));
        assert_eq!(held.ended().await, LeaseState::Lost);
        assert!(leases.held().is_empty(), "a lost lease is not renewed");
    }

    #[tokio::test]
    async fn renewal_extends_cancels_and_loses_each_lease_by_its_own_outcome() {
        let (leases, now) = (Leases::default(), Instant::now());
        let all = [lease(), lease(), lease(), lease()];
        let mut held = all.map(|lease| leases.hold(lease, now));
        let outcomes = [
            (all[0].job_id, Outcome::Ok),
            (all[1].job_id, Outcome::Canceled),
            (all[2].job_id, Outcome::LeaseLost),
        ];
        leases.renewed(&all, &outcomes, now + Duration::from_mins(1));
        leases.expire(now + Duration::from_secs(1));
        assert_eq!(leases.held(), [all[0]]);
        assert_eq!(held[1].ended().await, LeaseState::Canceled);
        assert_eq!(held[2].ended().await, LeaseState::Lost);
        assert_eq!(held[3].ended().await, LeaseState::Lost, "not mentioned means not ours");
    }

    #[tokio::test]
    async fn an_answer_about_an_old_lease_does_not_touch_a_new_one_of_the_same_job() {
        let (leases, now) = (Leases::default(), Instant::now());
        let old = lease();
        let new = Lease { token: Uuid::new_v4(), ..old };
        let mut held_before = leases.hold(old, now);
        let held_now = leases.hold(new, now);
        leases.renewed(&[old], &[(old.job_id, Outcome::LeaseLost)], now);
        assert_eq!(leases.held(), [new]);
        assert_eq!(held_before.ended().await, LeaseState::Lost);
        drop(held_before);
        assert_eq!(leases.held(), [new], "the old job's end does not give up the new lease");
        drop(held_now);
        assert!(leases.held().is_empty());
    }
}
