//! What the policies on `realtime.messages` let a caller do with a private topic.

use deadpool_postgres::Pool;

use super::token::Caller;

const AUTHORIZE: &str = "select * from _realtime.authorize($1, $2, $3)";

/// The answers of the policies, for broadcasts and for presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four independent answers of the database")]
pub(super) struct Permissions {
    pub(super) read_broadcast: bool,
    pub(super) read_presence: bool,
    pub(super) write_broadcast: bool,
    pub(super) write_presence: bool,
}

/// The policies could not be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum AuthorizationError {
    #[error("no database connection: {0}")]
    Pool(#[from] deadpool_postgres::PoolError),
    #[error("the policies could not be evaluated: {0}")]
    Database(#[from] tokio_postgres::Error),
}

impl Permissions {
    /// A public topic, in which everyone may do everything.
    pub(super) const PUBLIC: Self =
        Self { read_broadcast: true, read_presence: true, write_broadcast: true, write_presence: true };

    /// Asks PostgreSQL, as the caller, about a private topic.
    pub(super) async fn of(pool: &Pool, caller: &Caller, topic: &str) -> Result<Self, AuthorizationError> {
        let client = pool.get().await?;
        let statement = client.prepare_cached(AUTHORIZE).await?;
        let row = client.query_one(&statement, &[&topic, &caller.role, &caller.claims]).await?;
        Ok(Self {
            read_broadcast: row.try_get(0)?,
            read_presence: row.try_get(1)?,
            write_broadcast: row.try_get(2)?,
            write_presence: row.try_get(3)?,
        })
    }

    /// True when the caller may join at all: presence alone is no channel.
    pub(super) fn may_join(self) -> bool {
        self.read_broadcast
    }
}
