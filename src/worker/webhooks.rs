//! Webhooks: the database writes down what is to be delivered, and the Edge Function `api` delivers it. Somebody has to
//! tell it when, and daemons are always there.

use std::time::Duration;

use serde_json::Value;

use crate::pipeline::protocol::WorkerRpc;
use crate::supabase::backoff::{Backoff, jittered};
use crate::supabase::error::SupabaseError;
use crate::supabase::functions::Functions;

/// Between looks at what is due, so the longest a delivery waits while all goes well. A look is one index probe.
const LOOK: Duration = Duration::from_secs(5);
/// Between looks of a daemon whose project has no such function, or cannot run it.
const LONGEST: Duration = Duration::from_mins(10);
const FUNCTION: &str = "api/v1/webhooks:deliver";

/// Has due deliveries sent until dropped. A failure is tried again later, and less and less often.
pub async fn keep_delivered(rpc: WorkerRpc, functions: Functions) {
    let mut backoff = Backoff::new(LOOK * 2, LONGEST);
    loop {
        let pause = match deliver(&rpc, &functions).await {
            Ok(counts) => {
                if let Some(counts) = counts {
                    tracing::debug!(%counts, "webhooks delivered");
                }
                backoff.reset();
                jittered(LOOK, 0.3)
            }
            Err(error) => {
                let delay = backoff.next_delay();
                tracing::warn!(%error, delay_ms = delay.as_millis() as u64, "webhooks could not be delivered");
                delay
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Nothing when nothing is due.
async fn deliver(rpc: &WorkerRpc, functions: &Functions) -> Result<Option<Value>, SupabaseError> {
    if rpc.webhook_deliveries_due().await? == 0 {
        return Ok(None);
    }
    functions.post(FUNCTION).await.map(Some)
}
