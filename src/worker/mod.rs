//! The daemon: claims jobs, keeps their leases, and ends cleanly. Daemons share work through the database alone.

pub mod claim;
pub mod job;
pub mod lease;
pub mod service_manager;
pub mod shutdown;
pub mod wake;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::config::Config;
use crate::pipeline::process_document::DocumentOptions;
use crate::pipeline::protocol::{Hello, JobKind, WorkerRpc};
use crate::pipeline::step::Services;
use crate::pipeline::{BatchLimits, Options};
use crate::supabase::backoff::{Backoff, jittered};
use crate::supabase::error::SupabaseError;
use crate::supabase::realtime::Realtime;
use crate::supabase::rest::Rest;
use crate::supabase::session::{Password, Session};
use crate::supabase::storage::s3::S3;
use crate::supabase::{Project, install_tls};
use claim::{ClaimLoop, Taking};
use job::JobContext;
use lease::Leases;
use shutdown::{Phase, Shutdown};
use wake::{Intervals, Wake};

/// Between calls of `housekeep`, which the database makes cheap for all but one daemon.
const HOUSEKEEPING: Duration = Duration::from_mins(1);

/// Why the daemon cannot work.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// A service refused it.
    #[error(transparent)]
    Supabase(#[from] SupabaseError),
    /// The machine does not let it.
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
    /// A setting makes no sense.
    #[error("worker.kinds has {0:?}: the kinds are process_document, process_zone and export")]
    UnknownKind(String),
}

/// Works until a signal ends it.
///
/// # Errors
/// When the project refuses this account or this version. A project that cannot be reached is waited for.
pub async fn run(config: &Config, project: &Project, account: Password) -> Result<(), DaemonError> {
    install_tls();
    let shutdown = Shutdown::new(Duration::from_secs(config.worker.grace_seconds));
    let mut tasks = JoinSet::new();
    let signals = shutdown.clone();
    tasks.spawn(async move {
        if let Err(error) = signals.follow_signals().await {
            tracing::error!(%error, "signals cannot be followed");
        }
    });
    tasks.spawn(service_manager::keep_told(shutdown.clone()));
    work(config, project, account, &shutdown).await
}

async fn work(
    config: &Config,
    project: &Project,
    account: Password,
    shutdown: &Shutdown,
) -> Result<(), DaemonError> {
    let settings = &config.worker;
    let kinds = kinds(&settings.kinds)?;
    let document = document_options(config)?;
    let (host, capacity) = (host_name(), settings.jobs());
    let Some(registered) = until_draining(shutdown, register(project, account, &host, capacity)).await else {
        return Ok(());
    };
    let (session, rpc, hello) = registered?;
    tracing::info!(worker_id = %hello.worker_id, capacity, "ready to work");
    service_manager::tell_ready();

    let leases = Leases::default();
    // Dropped, and so ended, with this function.
    let mut tasks = JoinSet::new();
    tasks.spawn(lease::keep(leases.clone(), rpc.clone(), settings.lease()));
    tasks.spawn(housekeep(rpc.clone()));

    let services = Services { rpc, s3: S3::new(project, &session) };
    let context = JobContext {
        services,
        document: Arc::new(document),
        export_pages: settings.export_pages,
        shutdown: shutdown.clone(),
    };
    let taking = Taking { worker_id: hello.worker_id, host, capacity, kinds, lease: settings.lease() };
    let intervals = Intervals {
        poll: Duration::from_secs(settings.poll_seconds.max(1)),
        idle: Duration::from_secs(settings.idle_poll_seconds.max(1)),
    };
    let wake = if settings.realtime {
        Wake::by_realtime(&Realtime::connect(project, &session), intervals).await?
    } else {
        Wake::by_polling(intervals)
    };
    ClaimLoop::new(taking, context, leases).run(wake).await;
    tracing::info!("ended");
    Ok(())
}

async fn until_draining<T>(shutdown: &Shutdown, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = shutdown.reached(Phase::Draining) => None,
    }
}

async fn register(
    project: &Project,
    account: Password,
    host: &str,
    capacity: u32,
) -> Result<(Session, WorkerRpc, Hello), SupabaseError> {
    let session = sign_in(project, account).await?;
    let rpc = WorkerRpc::new(Rest::as_account(project, &session));
    let hello = rpc.hello(host, capacity).await?;
    Ok((session, rpc, hello))
}

/// A project that is restarting is waited for; a wrong password is not.
async fn sign_in(project: &Project, account: Password) -> Result<Session, SupabaseError> {
    let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));
    loop {
        match Session::sign_in(project, account.clone()).await {
            Err(error) if error.is_retryable() => {
                let delay = backoff.next_delay();
                tracing::warn!(%error, delay_ms = delay.as_millis() as u64, "cannot sign in yet");
                tokio::time::sleep(delay).await;
            }
            answer => return answer,
        }
    }
}

async fn housekeep(rpc: WorkerRpc) {
    loop {
        tokio::time::sleep(jittered(HOUSEKEEPING, 0.3)).await;
        match rpc.housekeep().await {
            Ok(counts) => tracing::debug!(%counts, "kept house"),
            Err(error) => tracing::warn!(%error, "could not keep house"),
        }
    }
}

fn document_options(config: &Config) -> std::io::Result<DocumentOptions> {
    let worker = &config.worker;
    let batch = BatchLimits {
        pages: worker.batch_pages,
        bytes: worker.batch_bytes,
        wait: Duration::from_millis(worker.batch_milliseconds),
    };
    Ok(DocumentOptions { extract: Options::new(config)?, batch })
}

fn kinds(names: &[String]) -> Result<Vec<JobKind>, DaemonError> {
    names
        .iter()
        .map(|name| match name.as_str() {
            "process_document" => Ok(JobKind::ProcessDocument),
            "process_zone" => Ok(JobKind::ProcessZone),
            "export" => Ok(JobKind::Export),
            _ => Err(DaemonError::UnknownKind(name.clone())),
        })
        .collect()
}

fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
