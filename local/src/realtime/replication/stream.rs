//! One replication slot, followed for as long as somebody needs it.

use std::time::Duration;

use pgwire_replication::{Lsn, ReplicationClient, ReplicationConfig, ReplicationEvent};
use rand::Rng as _;
use tokio::sync::watch;
use tokio_postgres::{Config, NoTls};

use super::Commit;
use super::pgoutput::{Decoder, RowChange, Unreadable};
use crate::postgres::PASSWORD;

/// Largest message of the log taken, in bytes: a row may hold a few large values.
const MAX_MESSAGE_BYTES: usize = 256 << 20;
/// Messages read ahead.
const BUFFER: usize = 256;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Failures at one place of the log after which what is there is given up.
const FAILURES_BEFORE_SKIPPING: u32 = 5;
const CONNECT_LIMIT: Duration = Duration::from_secs(20);

/// What takes the changes.
pub(in crate::realtime) trait Consumer: Send + 'static {
    /// False once the changes go nowhere.
    fn is_needed(&self) -> bool;

    /// Takes one change of a committed transaction.
    fn consume(&mut self, change: RowChange, commit: Commit) -> impl Future<Output = ()> + Send;
}

/// A slot and the publication read through it.
#[derive(Debug)]
pub(in crate::realtime) struct Stream {
    pub(in crate::realtime) superuser: Config,
    pub(in crate::realtime) slot: &'static str,
    pub(in crate::realtime) publication: &'static str,
}

/// Why a stream ended.
#[derive(Debug, thiserror::Error)]
enum StreamError {
    #[error("the replication slot cannot be made: {0}")]
    Slot(#[from] tokio_postgres::Error),
    #[error("{0}")]
    Replication(#[from] pgwire_replication::PgWireError),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("PostgreSQL did not answer in time")]
    TimedOut,
    #[error("PostgreSQL ended the stream")]
    Ended,
}

impl StreamError {
    /// Trying again at the same place of the log would end the same way.
    fn is_permanent(&self) -> bool {
        match self {
            Self::Replication(error) => error.is_server() || error.is_message_too_large(),
            Self::Unreadable(_) => true,
            Self::Slot(_) | Self::TimedOut | Self::Ended => false,
        }
    }
}

/// How far the log has been consumed: a stream that resumes repeats the transaction it was in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Position {
    /// Commit of the last transaction begun.
    transaction: Lsn,
    /// How many of its changes were consumed.
    consumed: u64,
}

impl Stream {
    /// Consumes what is committed from now on, reconnecting whenever the stream breaks.
    pub(in crate::realtime) async fn follow(self, mut consumer: impl Consumer, started: watch::Sender<bool>) {
        let mut position = Position::default();
        let mut has_slot = false;
        let mut failures = 0_u32;
        while consumer.is_needed() {
            let before = position.transaction;
            let result = self.run(&mut has_slot, &mut position, &mut consumer, &started).await;
            let Err(error) = result else { return };
            if !consumer.is_needed() {
                return;
            }
            failures = if position.transaction == before { failures + 1 } else { 1 };
            tracing::warn!(%error, slot = self.slot, failures, "reading the database's log was interrupted");
            if failures >= FAILURES_BEFORE_SKIPPING && error.is_permanent() {
                has_slot = false;
            }
            tokio::time::sleep(pause(failures)).await;
        }
    }

    /// Runs one connection; returns without an error when nobody needs the changes any more.
    async fn run(
        &self,
        has_slot: &mut bool,
        position: &mut Position,
        consumer: &mut impl Consumer,
        started: &watch::Sender<bool>,
    ) -> Result<(), StreamError> {
        let mut client = tokio::time::timeout(CONNECT_LIMIT, async {
            if !*has_slot {
                self.make_slot().await?;
                *has_slot = true;
                *position = Position::default();
            }
            let mut client = ReplicationClient::connect(self.config()).await?;
            client.wait_started().await?;
            Ok::<_, StreamError>(client)
        })
        .await
        .map_err(|_| StreamError::TimedOut)??;
        let _ = started.send(true);
        let mut reading = Reading::default();
        while let Some(event) = client.recv().await? {
            reading.take(event, &client, position, consumer).await?;
            if !consumer.is_needed() {
                return Ok(());
            }
        }
        Err(StreamError::Ended)
    }

    /// A slot that starts here and now: what an earlier run of the service left is of no use to anyone.
    async fn make_slot(&self) -> Result<(), tokio_postgres::Error> {
        let (client, connection) = self.superuser.connect(NoTls).await?;
        let connection = tokio::spawn(connection);
        client
            .execute(
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1",
                &[&self.slot],
            )
            .await?;
        client.execute("select pg_create_logical_replication_slot($1, 'pgoutput')", &[&self.slot]).await?;
        drop(client);
        connection.abort();
        Ok(())
    }

    fn config(&self) -> ReplicationConfig {
        let port = self.superuser.get_ports().first().copied().unwrap_or(5432);
        ReplicationConfig::new(
            "127.0.0.1",
            "supabase_admin",
            PASSWORD,
            "postgres",
            self.slot,
            self.publication,
        )
        .with_port(port)
        .with_buffer_size(BUFFER)
        .with_status_interval(Duration::from_secs(1))
        .with_max_message_size(MAX_MESSAGE_BYTES)
        .with_options("-c timezone=UTC -c datestyle=ISO,MDY -c intervalstyle=postgres -c bytea_output=hex")
        .with_application_name("local-supabase realtime")
    }
}

/// One connection's view of the log.
#[derive(Debug, Default)]
struct Reading {
    decoder: Decoder,
    commit: Commit,
    is_in_transaction: bool,
    /// Changes of this transaction seen on this connection.
    seen: u64,
}

impl Reading {
    async fn take(
        &mut self,
        event: ReplicationEvent,
        client: &ReplicationClient,
        position: &mut Position,
        consumer: &mut impl Consumer,
    ) -> Result<(), StreamError> {
        match event {
            ReplicationEvent::Begin { final_lsn, xid, commit_time_micros } => {
                self.is_in_transaction = true;
                self.commit = Commit { transaction: xid, at: commit_time_micros };
                self.seen = 0;
                if final_lsn > position.transaction {
                    *position = Position { transaction: final_lsn, consumed: 0 };
                } else if final_lsn < position.transaction {
                    // Consumed before the connection broke.
                    self.seen = u64::MAX;
                }
            }
            ReplicationEvent::XLogData { data, .. } => {
                if let Some(change) = self.decoder.decode(data)?
                    && self.seen != u64::MAX
                {
                    self.seen += 1;
                    if self.seen > position.consumed {
                        consumer.consume(change, self.commit).await;
                        position.consumed = self.seen;
                    }
                }
            }
            ReplicationEvent::Commit { end_lsn, .. } => {
                self.is_in_transaction = false;
                client.update_applied_lsn(end_lsn);
            }
            // Nothing published up to there: PostgreSQL need not keep it.
            ReplicationEvent::KeepAlive { wal_end, .. } if !self.is_in_transaction => {
                client.update_applied_lsn(wal_end);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Doubles with each failure, up to a limit; between half of it and all of it.
fn pause(failures: u32) -> Duration {
    let longest = FIRST_PAUSE.saturating_mul(1 << failures.min(8)).min(LONGEST_PAUSE);
    longest.mul_f64(rand::rng().random_range(0.5..1.0))
}
