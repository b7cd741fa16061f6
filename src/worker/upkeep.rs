//! What any daemon does for all from time to time: lets the database expire what has to, and deletes the objects of what
//! was deleted or has expired.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::pipeline::step::Services;
use crate::supabase::backoff::jittered;
use crate::supabase::error::SupabaseError;
use crate::telemetry::metrics::metrics;

/// Objects deleted at once. The service looks at each, so not all that one request may name.
const SLICE: usize = 200;
/// Time to delete them; then any daemon may try again, and has twice as long.
const LIMIT: Duration = Duration::from_mins(1);

/// Keeps house at these intervals, which the database makes cheap for all but one daemon, until dropped.
pub(super) async fn keep(services: Services, pause: Duration) {
    loop {
        tokio::time::sleep(jittered(pause, 0.3)).await;
        match services.rpc.housekeep().await {
            Ok(counts) => tracing::debug!(%counts, "kept house"),
            Err(error) => tracing::warn!(%error, "could not keep house"),
        }
        match delete_objects(&services).await {
            Ok(0) => {}
            Ok(objects) => tracing::info!(objects, "objects of deleted and expired rows deleted"),
            Err(error) => tracing::warn!(%error, "objects could not be deleted yet"),
        }
    }
}

/// Deletes all there are to delete; answers how many are gone. What cannot be deleted now is tried again when its time is
/// over; it keeps nothing else waiting.
async fn delete_objects(services: &Services) -> Result<usize, SupabaseError> {
    let mut deleted = 0;
    loop {
        let claimed = services.rpc.claim_deletions(SLICE, LIMIT.as_secs()).await?;
        let is_last = claimed.len() < SLICE;
        let mut buckets: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for object in claimed {
            buckets.entry(object.bucket_id).or_default().push(object.name);
        }
        let mut failed = None;
        for (bucket, names) in buckets {
            match delete_from(services, &bucket, &names).await {
                Ok(gone) => deleted += gone,
                Err(error) => failed = Some(error),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        if is_last {
            return Ok(deleted);
        }
    }
}

async fn delete_from(services: &Services, bucket: &str, names: &[String]) -> Result<usize, SupabaseError> {
    services.s3.delete(bucket, names).await?;
    let gone = services.rpc.confirm_deletions(bucket, names).await?;
    metrics().objects_deleted(gone);
    Ok(gone)
}
