//! Realtime: private broadcast channels over one socket that comes back by itself.

mod channel;
mod driver;
pub mod feed;
mod frame;
mod sequence;

use std::sync::Arc;

use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::task::AbortHandle;

pub use channel::{Broadcast, Notice};
pub use feed::{EventFeed, JobEvent};

use super::error::{Service, SupabaseError};
use super::project::Project;
use super::session::Session;
use driver::{Driver, Join};

/// Joins waiting to be taken by the connection's task.
const WAITING_JOINS: usize = 16;

/// Whether there is a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectionState {
    /// Not now; it is being tried.
    Disconnected,
    /// The socket is open. Whether a channel is joined is its own matter.
    Connected,
}

/// A realtime connection; clones share it. It ends with the last clone.
#[derive(Debug, Clone)]
pub struct Realtime {
    joins: mpsc::Sender<Join>,
    state: watch::Receiver<ConnectionState>,
    _tasks: Arc<Tasks>,
}

#[derive(Debug)]
struct Tasks([AbortHandle; 2]);

impl Drop for Tasks {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

/// A subscription to a channel. Dropping it leaves the channel a little later.
#[derive(Debug)]
pub struct Subscription {
    notices: broadcast::Receiver<Notice>,
    _connection: Realtime,
}

/// What the next message of a subscription is.
#[derive(Debug, Clone)]
pub enum Next {
    /// This.
    Notice(Notice),
    /// Some were missed, because they were not taken in time.
    Missed,
}

impl Realtime {
    /// Starts connecting, in the background, in the name of `session`.
    /// The session's token is renewed before it expires, whoever else uses the session, and given to every joined
    /// channel: the service ends channels whose token expires.
    pub fn connect(project: &Project, session: &Session) -> Self {
        let (joins, waiting) = mpsc::channel(WAITING_JOINS);
        let (state, observed) = watch::channel(ConnectionState::Disconnected);
        let driver = Driver::new(project.clone(), session.clone(), waiting, state);
        let tasks = [tokio::spawn(driver.run()), tokio::spawn(session.clone().keep_fresh())];
        Self { joins, state: observed, _tasks: Arc::new(Tasks(tasks.map(|task| task.abort_handle()))) }
    }

    /// The connection's state, to read or to wait for.
    pub fn state(&self) -> watch::Receiver<ConnectionState> {
        self.state.clone()
    }

    /// Subscribes to a private channel. [`Notice::Joined`] tells when it is there.
    pub async fn join(&self, topic: &str) -> Result<Subscription, SupabaseError> {
        let (answer, answered) = oneshot::channel();
        let stopped = || SupabaseError::network(Service::Realtime, "the connection has been ended");
        self.joins.send(Join { topic: topic.to_owned(), answer }).await.map_err(|_| stopped())?;
        let notices = answered.await.map_err(|_| stopped())?;
        Ok(Subscription { notices, _connection: self.clone() })
    }
}

impl Subscription {
    /// The next message. Safe to cancel.
    pub async fn next(&mut self) -> Result<Next, SupabaseError> {
        match self.notices.recv().await {
            Ok(notice) => Ok(Next::Notice(notice)),
            Err(broadcast::error::RecvError::Lagged(_)) => Ok(Next::Missed),
            Err(broadcast::error::RecvError::Closed) => {
                Err(SupabaseError::network(Service::Realtime, "the connection has been ended"))
            }
        }
    }
}

#[cfg(test)]
mod tests;
