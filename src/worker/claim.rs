//! The claim loop: as many jobs as there is room for, each in its own task.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use super::job::{self, JobContext, JobOutcome};
use super::lease::{HeldLease, Leases};
use super::shutdown::Phase;
use super::wake::Wake;
use crate::pipeline::protocol::{Claim, JobKind, Lease};
use crate::supabase::backoff::Backoff;
use crate::supabase::error::SupabaseError;
use crate::telemetry::health::Task;
use crate::telemetry::metrics::metrics;
use crate::telemetry::trace::{TraceId, job_span};

/// Time to give jobs back at the end.
const RELEASE_LIMIT: Duration = Duration::from_secs(10);
/// Longest the loop waits for anything before it says that it is still there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// How much to take, and who takes it.
#[derive(Debug, Clone)]
pub struct Taking {
    /// This daemon, as `hello` named it.
    pub worker_id: Uuid,
    /// Name of the machine.
    pub host: String,
    /// Jobs at a time.
    pub capacity: u32,
    /// Kinds to take.
    pub kinds: Vec<JobKind>,
    /// Length of a lease.
    pub lease: Duration,
    /// The longest that claiming may take.
    pub patience: Duration,
}

/// Claims and runs jobs until the daemon ends.
#[derive(Debug)]
pub struct ClaimLoop {
    taking: Taking,
    context: JobContext,
    leases: Leases,
    running: JoinSet<Option<Lease>>,
    /// Jobs to be given back.
    released: Vec<Lease>,
    backoff: Backoff,
}

impl ClaimLoop {
    /// A loop that holds no job yet.
    pub fn new(taking: Taking, context: JobContext, leases: Leases) -> Self {
        let backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        Self { taking, context, leases, running: JoinSet::new(), released: Vec::new(), backoff }
    }

    /// Works until a shutdown is asked for and the jobs at hand have ended or been given back.
    pub async fn run(mut self, mut wake: Wake) {
        let shutdown = self.context.shutdown.clone();
        while shutdown.phase() == Phase::Running {
            self.context.health.promise(Task::Claims, self.taking.patience);
            let pause = self.fill(&mut wake).await;
            self.context.health.promise(Task::Claims, SIGN_OF_LIFE);
            tokio::select! {
                () = tokio::time::sleep(SIGN_OF_LIFE) => {}
                () = shutdown.reached(Phase::Draining) => {}
                Some(ended) = self.running.join_next() => self.ended(ended),
                () = tokio::time::sleep(pause.unwrap_or_default()), if pause.is_some() => {}
                () = wake.next(), if pause.is_none() && self.free() > 0 => {}
            }
        }
        while let Some(ended) = self.running.join_next().await {
            self.ended(ended);
        }
        self.give_back().await;
    }

    fn free(&self) -> u32 {
        self.taking.capacity.saturating_sub(self.running.len() as u32)
    }

    /// Claims until there is no room or no work. Answers how long to wait if the database cannot be asked.
    async fn fill(&mut self, wake: &mut Wake) -> Option<Duration> {
        loop {
            let free = self.free();
            if free == 0 || self.context.shutdown.phase() != Phase::Running {
                return None;
            }
            let asked = Instant::now();
            match self.claim(free).await {
                Ok(claims) => {
                    self.backoff.reset();
                    self.context.health.contacted();
                    wake.looked();
                    let found_all = (claims.len() as u32) < free;
                    for claim in claims {
                        self.start(claim, asked);
                    }
                    if found_all {
                        return None;
                    }
                }
                Err(error) => {
                    let delay = self.backoff.next_delay();
                    tracing::warn!(%error, delay_ms = delay.as_millis() as u64, "no jobs could be claimed");
                    return Some(delay);
                }
            }
        }
    }

    async fn claim(&mut self, free: u32) -> Result<Vec<Claim>, SupabaseError> {
        let rpc = &self.context.services.rpc;
        let seconds = self.taking.lease.as_secs();
        match rpc.claim(self.taking.worker_id, free, &self.taking.kinds, seconds).await {
            // The database forgets daemons it has not heard of for days.
            Err(SupabaseError::NotFound { .. }) => {
                self.taking.worker_id = rpc.hello(&self.taking.host, self.taking.capacity).await?.worker_id;
                rpc.claim(self.taking.worker_id, free, &self.taking.kinds, seconds).await
            }
            answer => answer,
        }
    }

    fn start(&mut self, claim: Claim, asked: Instant) {
        let held = self.leases.hold(claim.lease(), asked + self.taking.lease);
        let span = job_span(claim.job_id, claim.document_id);
        let attempt = TraceId::of_job(claim.job_id).scope(attempt(claim, held, self.context.clone()));
        self.running.spawn(attempt.instrument(span));
    }

    fn ended(&mut self, ended: Result<Option<Lease>, tokio::task::JoinError>) {
        match ended {
            Ok(lease) => self.released.extend(lease),
            // Its lease was dropped with it and will run out: another attempt follows.
            Err(error) => tracing::error!(%error, "a job's task broke"),
        }
    }

    async fn give_back(&mut self) {
        if self.released.is_empty() {
            return;
        }
        let released = std::mem::take(&mut self.released);
        match tokio::time::timeout(RELEASE_LIMIT, self.context.services.rpc.release(&released)).await {
            Ok(Ok(_)) => tracing::info!(jobs = released.len(), "jobs given back"),
            Ok(Err(error)) => {
                tracing::warn!(%error, "jobs could not be given back; their leases will run out");
            }
            Err(_) => tracing::warn!("no answer when giving jobs back; their leases will run out"),
        }
    }
}

/// One attempt; answers the lease if the job is to be given back.
async fn attempt(claim: Claim, mut held: HeldLease, context: JobContext) -> Option<Lease> {
    let begun = Instant::now();
    let kind = claim.kind.name();
    let _running = metrics().attempt(kind);
    tracing::info!(kind, attempts = claim.attempts, next_page = claim.checkpoint.next_page, "job started");
    let outcome = Box::pin(job::run(&claim, &mut held, &context)).await;
    let elapsed_ms = begun.elapsed().as_millis() as u64;
    metrics().attempt_ended(kind, outcome.name(), begun.elapsed());
    match &outcome {
        JobOutcome::Succeeded => tracing::info!(elapsed_ms, "job done"),
        JobOutcome::Failed { error, retryable } => {
            tracing::warn!(elapsed_ms, code = error.code, retryable, "job failed");
        }
        JobOutcome::LeaseLost => tracing::warn!(elapsed_ms, "lease lost; job dropped"),
        JobOutcome::Canceled => tracing::info!(elapsed_ms, "job canceled; dropped"),
        JobOutcome::Released => tracing::info!(elapsed_ms, "job to be given back"),
    }
    (outcome == JobOutcome::Released).then(|| claim.lease())
}
