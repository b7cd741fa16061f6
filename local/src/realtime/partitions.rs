//! The daily partitions of `realtime.messages`.

use std::sync::Weak;
use std::time::Duration;

use deadpool_postgres::Pool;

use super::hub::Hub;

/// Often enough that the three days ahead never run out, even after the machine slept.
const INTERVAL: Duration = Duration::from_mins(15);

/// Keeps the partitions as long as the service runs.
pub(super) fn keep(pool: Pool, service: Weak<Hub>) {
    tokio::spawn(async move {
        while service.strong_count() > 0 {
            if let Err(error) = maintain(&pool).await {
                tracing::warn!(%error, "the partitions of realtime.messages could not be made");
            }
            tokio::time::sleep(INTERVAL).await;
        }
    });
}

async fn maintain(pool: &Pool) -> Result<(), super::authorization::AuthorizationError> {
    pool.get().await?.execute("select _realtime.maintain_partitions()", &[]).await?;
    Ok(())
}
