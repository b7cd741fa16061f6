//! The queue's length and age, from the database to the metrics.

use std::time::Duration;

use crate::pipeline::protocol::WorkerRpc;
use crate::supabase::backoff::jittered;
use crate::telemetry::metrics::metrics;

/// Asks again and again, until dropped.
pub(super) async fn watch(rpc: WorkerRpc, pause: Duration) {
    loop {
        let figures = rpc.queue_figures().await;
        if let Err(error) = &figures {
            tracing::warn!(%error, "the database does not tell of the queue");
        }
        metrics().queue(figures.as_ref().ok());
        tokio::time::sleep(jittered(pause, 0.1)).await;
    }
}
