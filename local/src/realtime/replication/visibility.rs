//! Waiting for a transaction to be visible to everybody. A commit appears in the log a moment earlier: a client that
//! heard of it then would ask for the row and not find it.

use deadpool_postgres::{Pool, PoolError};

const AWAIT_COMMIT: &str = "select _realtime.await_commit($1)";

/// Waits once for each transaction.
#[derive(Debug)]
pub(in crate::realtime) struct Visibility {
    pool: Pool,
    awaited: Option<u32>,
}

/// The database could not be asked.
#[derive(Debug, thiserror::Error)]
enum VisibilityError {
    #[error("no database connection: {0}")]
    Pool(#[from] PoolError),
    #[error("{0}")]
    Database(#[from] tokio_postgres::Error),
}

impl Visibility {
    pub(in crate::realtime) fn new(pool: Pool) -> Self {
        Self { pool, awaited: None }
    }

    /// Returns once the transaction is visible, or cannot be asked for.
    pub(in crate::realtime) async fn of(&mut self, transaction: u32) {
        if self.awaited == Some(transaction) {
            return;
        }
        if let Err(error) = self.ask(transaction).await {
            tracing::warn!(%error, "it is not known whether a transaction is visible");
        }
        self.awaited = Some(transaction);
    }

    async fn ask(&self, transaction: u32) -> Result<(), VisibilityError> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(AWAIT_COMMIT).await?;
        client.execute(&statement, &[&i64::from(transaction)]).await?;
        Ok(())
    }
}
