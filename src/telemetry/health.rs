//! Whether the daemon lives and is ready: each task that must not stand still says by when it will be heard of again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What a task may be late by: a busy machine is no dead daemon.
const SLACK: Duration = Duration::from_secs(30);

/// Tasks that must not stand still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Looks for work.
    Claims,
    /// Renews leases.
    Leases,
}

/// How far the daemon is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Starting,
    Working,
    Stopping,
}

/// The daemon's health; clones share it.
#[derive(Debug, Clone)]
pub struct Health(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    phase: Phase,
    claims_until: Option<Instant>,
    leases_until: Option<Instant>,
    /// The database is to have answered by then.
    contact_until: Option<Instant>,
    contact_limit: Duration,
}

/// What is wrong, for people.
pub type Complaints = Vec<&'static str>;

impl Health {
    /// Of a daemon that starts. While it works, the database has to answer something within `contact_limit`.
    pub fn new(contact_limit: Duration) -> Self {
        Self(Arc::new(Mutex::new(State {
            phase: Phase::Starting,
            claims_until: None,
            leases_until: None,
            contact_until: None,
            contact_limit,
        })))
    }

    /// The task will be heard of again within `within`.
    pub fn promise(&self, task: Task, within: Duration) {
        let until = Some(Instant::now() + within + SLACK);
        match task {
            Task::Claims => self.lock().claims_until = until,
            Task::Leases => self.lock().leases_until = until,
        }
    }

    /// The database answered.
    pub fn contacted(&self) {
        let mut state = self.lock();
        state.contact_until = Some(Instant::now() + state.contact_limit);
    }

    /// The daemon is registered and takes jobs.
    pub fn working(&self) {
        self.contacted();
        self.lock().phase = Phase::Working;
    }

    /// It takes no more jobs. The claim loop waits for those at hand, which may take its time.
    pub fn stopping(&self) {
        let mut state = self.lock();
        state.phase = Phase::Stopping;
        state.claims_until = None;
    }

    /// Why it does not live; nothing if it does. A daemon that waits for its project lives.
    pub fn complaints(&self) -> Complaints {
        let (state, now) = (self.lock(), Instant::now());
        let late = |until: Option<Instant>| until.is_some_and(|until| now > until);
        let all = [
            (late(state.claims_until), "the search for work stands still"),
            (late(state.leases_until), "the renewal of leases stands still"),
        ];
        all.into_iter().filter_map(|(applies, complaint)| applies.then_some(complaint)).collect()
    }

    /// Why it is not ready for work; nothing if it is.
    pub fn obstacles(&self) -> Complaints {
        let mut obstacles = self.complaints();
        let state = self.lock();
        match state.phase {
            Phase::Starting => obstacles.push("not registered with the project yet"),
            Phase::Working => {}
            Phase::Stopping => obstacles.push("stopping"),
        }
        if state.contact_until.is_some_and(|until| Instant::now() > until) {
            obstacles.push("the database has not answered for a while");
        }
        obstacles
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while holding it; and if it did, the state would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_daemon_lives_from_the_start_and_is_ready_once_it_works() {
        let health = Health::new(Duration::from_mins(1));
        assert!(health.complaints().is_empty());
        assert_eq!(health.obstacles(), ["not registered with the project yet"]);
        health.working();
        assert!(health.obstacles().is_empty());
        health.stopping();
        assert_eq!(health.obstacles(), ["stopping"]);
        assert!(health.complaints().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_is_not_heard_of_in_time_is_told_of() {
        let health = Health::new(Duration::from_mins(10));
        health.working();
        health.promise(Task::Claims, Duration::from_secs(10));
        tokio::time::advance(Duration::from_secs(39)).await;
        assert!(health.complaints().is_empty(), "a little late is not dead");
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(health.complaints(), ["the search for work stands still"]);
        health.promise(Task::Claims, Duration::from_secs(10));
        assert!(health.complaints().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_database_that_does_not_answer_makes_it_unready_and_leaves_it_alive() {
        let health = Health::new(Duration::from_mins(1));
        health.working();
        tokio::time::advance(Duration::from_secs(61)).await;
        assert!(health.complaints().is_empty());
        assert_eq!(health.obstacles(), ["the database has not answered for a while"]);
        health.contacted();
        assert!(health.obstacles().is_empty());
    }
}
