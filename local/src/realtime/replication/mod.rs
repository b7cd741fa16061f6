//! Reading the database's log: one stream for the messages of `realtime.send`, one for the changes of published
//! tables, so that trouble with the users' publication does not stop the messages.

mod pgoutput;
mod stream;

use std::sync::{Arc, Weak};

use tokio::sync::watch;
use tokio_postgres::Config;

use super::changes::Changes;
use super::hub::Hub;
use super::messages::deliver_message;
#[cfg(test)]
pub(super) use pgoutput::Column;
pub(super) use pgoutput::{Cell, Operation, Relation, Row, RowChange};
use stream::{Consumer, Stream};

/// Microseconds since 2000-01-01, as the log counts time.
pub(super) type LogTime = i64;

/// Starts both streams. They end when hub and changes are gone. The receiver becomes true once both run.
pub(super) fn start(superuser: &Config, hub: &Arc<Hub>, changes: &Arc<Changes>) -> watch::Receiver<bool> {
    let (ready, is_ready) = watch::channel(false);
    let messages = Stream {
        superuser: superuser.clone(),
        slot: "supabase_realtime_messages_replication_slot",
        publication: "supabase_realtime_messages_publication",
    };
    let tables = Stream {
        superuser: superuser.clone(),
        slot: "supabase_realtime_replication_slot",
        publication: "supabase_realtime",
    };
    let (messages_started, mut messages_running) = watch::channel(false);
    let (tables_started, mut tables_running) = watch::channel(false);
    tokio::spawn(messages.follow(ToTopics(Arc::downgrade(hub)), messages_started));
    tokio::spawn(tables.follow(ToSubscribers(Arc::downgrade(changes)), tables_started));
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

struct ToTopics(Weak<Hub>);

impl Consumer for ToTopics {
    fn is_needed(&self) -> bool {
        self.0.strong_count() > 0
    }

    async fn consume(&mut self, change: RowChange, _committed_at: LogTime) {
        if let Some(hub) = self.0.upgrade() {
            deliver_message(&hub, &change);
        }
    }
}

struct ToSubscribers(Weak<Changes>);

impl Consumer for ToSubscribers {
    fn is_needed(&self) -> bool {
        self.0.strong_count() > 0
    }

    async fn consume(&mut self, change: RowChange, committed_at: LogTime) {
        if let Some(changes) = self.0.upgrade() {
            changes.publish(&change, committed_at).await;
        }
    }
}
