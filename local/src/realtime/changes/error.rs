//! What can go wrong between the log and a subscriber.

/// Why a change is not delivered.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeliveryError {
    #[error("no database connection: {0}")]
    Pool(#[from] deadpool_postgres::PoolError),
    #[error("{0}")]
    Database(#[from] tokio_postgres::Error),
    #[error("a column is gone")]
    ColumnGone,
    #[error("PostgreSQL's JSON is none")]
    NotJson,
}
