//! From the database's log to those who listen: one stream for the messages of `realtime.send`, one for the changes
//! of published tables, so that trouble with the users' publication does not stop the messages.

use std::sync::{Arc, Weak};

use tokio::sync::watch;

use super::changes::Changes;
use super::hub::Hub;
use super::messages::message;
use super::replication::{Commit, Consumer, RowChange, Stream, Visibility};
use crate::database::Database;

/// Starts both streams. They end when hub and changes are gone. The receiver becomes true once both run.
pub(super) fn start(database: &Database, hub: &Arc<Hub>, changes: &Arc<Changes>) -> watch::Receiver<bool> {
    let (ready, is_ready) = watch::channel(false);
    let visibility = || Visibility::new(database.realtime.clone());
    let messages = Stream {
        superuser: database.superuser.clone(),
        slot: "supabase_realtime_messages_replication_slot",
        publication: "supabase_realtime_messages_publication",
    };
    let tables = Stream {
        superuser: database.superuser.clone(),
        slot: "supabase_realtime_replication_slot",
        publication: "supabase_realtime",
    };
    let (messages_started, mut messages_running) = watch::channel(false);
    let (tables_started, mut tables_running) = watch::channel(false);
    let to_topics = ToTopics { hub: Arc::downgrade(hub), visibility: visibility() };
    let to_subscribers = ToSubscribers { changes: Arc::downgrade(changes), visibility: visibility() };
    tokio::spawn(messages.follow(to_topics, messages_started));
    tokio::spawn(tables.follow(to_subscribers, tables_started));
    tokio::spawn(async move {
        let both = (messages_running.wait_for(|running| *running).await.is_ok())
            && (tables_running.wait_for(|running| *running).await.is_ok());
        if both {
            // Nobody left to tell is no failure.
            let _ = ready.send(true);
            ready.closed().await;
        }
    });
    is_ready
}

struct ToTopics {
    hub: Weak<Hub>,
    visibility: Visibility,
}

impl Consumer for ToTopics {
    fn is_needed(&self) -> bool {
        self.hub.strong_count() > 0
    }

    async fn consume(&mut self, change: RowChange, commit: Commit) {
        let Some(hub) = self.hub.upgrade() else { return };
        if let Some((topic, broadcast)) = message(&change)
            && hub.has_members(&topic)
        {
            self.visibility.of(commit.transaction).await;
            hub.broadcast(&topic, &broadcast);
        }
    }
}

struct ToSubscribers {
    changes: Weak<Changes>,
    visibility: Visibility,
}

impl Consumer for ToSubscribers {
    fn is_needed(&self) -> bool {
        self.changes.strong_count() > 0
    }

    async fn consume(&mut self, change: RowChange, commit: Commit) {
        let Some(changes) = self.changes.upgrade() else { return };
        if changes.concern_anyone(&change) {
            self.visibility.of(commit.transaction).await;
            changes.publish(&change, commit.at).await;
        }
    }
}
