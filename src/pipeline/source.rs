//! The file of a job's document, from storage to this machine.

use std::fs::File;
use std::io::Seek as _;
use std::time::Instant;

use super::extraction::{ExtractError, Failure};
use super::protocol::{Claim, ProgressReport, Stage};
use super::step::{Services, StepError, still_ours};
use crate::supabase::error::SupabaseError;
use crate::supabase::storage::{DOCUMENTS, Transferred};
use crate::telemetry::metrics::metrics;

/// Says that the job has begun, with so many pages of so many done already, and fetches its source, both at once. A source
/// of more than `limit` bytes is refused.
pub(super) async fn begin(
    services: &Services,
    claim: &Claim,
    pages_done: u32,
    pages_total: Option<u32>,
    limit: u64,
) -> Result<(File, Transferred), StepError> {
    let started =
        ProgressReport { stage: Stage::Download, pages_done, pages_total, eta_seconds: None, message: None };
    let announce = services.rpc.report_progress(claim.lease(), &started);
    let (announced, fetched) = tokio::join!(announce, fetch(services, claim, limit));
    still_ours(announced?)?;
    fetched
}

/// Streams the source into a temporary file without a name.
async fn fetch(services: &Services, claim: &Claim, limit: u64) -> Result<(File, Transferred), StepError> {
    let local = |error: std::io::Error| {
        tracing::error!(%error, "no temporary file");
        StepError::passing(
            "no_space",
            "There is no room for the file on the processing machine. It is tried again.",
        )
    };
    let file = tokio::task::spawn_blocking(tempfile::tempfile)
        .await
        .map_err(|error| local(std::io::Error::other(error)))?
        .map_err(local)?;
    let mut target = tokio::fs::File::from_std(file);
    let begun = Instant::now();
    let source = match services.s3.get(DOCUMENTS, &claim.object_path, limit, &mut target).await {
        Ok(source) => source,
        Err(SupabaseError::TooLarge { .. }) => {
            let length = claim.byte_size.filter(|length| *length > limit).unwrap_or(limit + 1);
            return Err(ExtractError::Document(Failure::file_too_large(length, limit)).into());
        }
        Err(SupabaseError::Local { detail, .. }) => return Err(local(std::io::Error::other(detail))),
        Err(error) => return Err(error.into()),
    };
    metrics().stage("download", begun.elapsed());
    let mut file = target.into_std().await;
    file.rewind().map_err(local)?;
    Ok((file, source))
}
