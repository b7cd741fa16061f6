//! One job from claim to outcome.

use std::sync::Arc;
use std::time::Duration;

use super::lease::{HeldLease, LeaseState};
use super::shutdown::{Phase, Shutdown};
use crate::pipeline::export::export;
use crate::pipeline::process_document::{DocumentOptions, process_document};
use crate::pipeline::process_zone::process_zone;
use crate::pipeline::protocol::{Claim, JobError, JobKind};
use crate::pipeline::step::{Services, StepError};
use crate::telemetry::health::Health;

/// How long a call may still be on its way when its lease is lost.
const LAST_CALL: Duration = Duration::from_secs(1);

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// The database has it as done.
    Succeeded,
    /// It did not work; the database knows, and decides whether it is tried again.
    Failed {
        /// Why.
        error: JobError,
        /// Whether another attempt makes sense.
        retryable: bool,
    },
    /// The job is somebody else's; nothing more was changed.
    LeaseLost,
    /// The user gave it up.
    Canceled,
    /// To be given back, because the daemon ends.
    Released,
}

impl JobOutcome {
    /// As it is counted.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed { .. } => "failed",
            Self::LeaseLost => "lease_lost",
            Self::Canceled => "canceled",
            Self::Released => "released",
        }
    }
}

/// What every job needs.
#[derive(Debug, Clone)]
pub struct JobContext {
    /// Database and buckets.
    pub services: Services,
    /// How documents are processed.
    pub document: Arc<DocumentOptions>,
    /// Pages read at once for an export.
    pub export_pages: u32,
    /// The daemon's end.
    pub shutdown: Shutdown,
    /// Whom to tell that the daemon is well.
    pub health: Health,
}

/// Runs a job until it ends, its lease is gone or the daemon gives up its jobs. What it was doing is dropped then, its child
/// process killed.
pub async fn run(claim: &Claim, lease: &mut HeldLease, context: &JobContext) -> JobOutcome {
    let mut working = Box::pin(work(claim, context));
    tokio::select! {
        biased;
        state = lease.ended() => match state {
            LeaseState::Canceled => JobOutcome::Canceled,
            LeaseState::Held | LeaseState::Lost => last_call(working).await,
        },
        () = context.shutdown.reached(Phase::Releasing) => JobOutcome::Released,
        done = &mut working => settle(claim, context, done).await,
    }
}

/// A lease also ends with its job: a renewal may hear so before the call that ended the job is answered. Any other call
/// changes nothing any more.
async fn last_call(working: impl Future<Output = Result<(), StepError>>) -> JobOutcome {
    match tokio::time::timeout(LAST_CALL, working).await {
        Ok(Ok(())) => JobOutcome::Succeeded,
        _ => JobOutcome::LeaseLost,
    }
}

async fn work(claim: &Claim, context: &JobContext) -> Result<(), StepError> {
    match claim.kind {
        JobKind::ProcessDocument => process_document(&context.services, claim, &context.document).await,
        JobKind::Export => {
            let extract = &context.document.extract;
            Box::pin(export(&context.services, claim, context.export_pages, extract)).await
        }
        JobKind::ProcessZone => process_zone(&context.services, claim, &context.document).await,
    }
}

/// Tells the database of a failure.
async fn settle(claim: &Claim, context: &JobContext, done: Result<(), StepError>) -> JobOutcome {
    let (error, retryable) = match done {
        Ok(()) => return JobOutcome::Succeeded,
        Err(StepError::LeaseLost) => return JobOutcome::LeaseLost,
        Err(StepError::Canceled) => return JobOutcome::Canceled,
        Err(StepError::Final(error)) => (error, false),
        Err(StepError::Passing(error)) => (error, true),
    };
    // If this does not arrive either, the lease runs out and the job is claimed again.
    if let Err(failure) = context.services.rpc.fail(claim.lease(), &error, retryable).await {
        tracing::warn!(error = %failure, "the failure could not be reported; the lease will run out");
    }
    JobOutcome::Failed { error, retryable }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_job_whose_end_is_being_answered_when_its_lease_goes_has_succeeded() {
        let ending = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            Ok(())
        };
        assert_eq!(last_call(ending).await, JobOutcome::Succeeded);
        assert_eq!(
            last_call(std::future::pending()).await,
            JobOutcome::LeaseLost,
            "nothing is waited for long"
        );
        assert_eq!(last_call(async { Err(StepError::LeaseLost) }).await, JobOutcome::LeaseLost);
    }
}
