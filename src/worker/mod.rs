//! The daemon: claims jobs, keeps their leases, and ends cleanly. Daemons share work through the database alone.

pub mod claim;
mod figures;
pub mod job;
pub mod lease;
pub mod service_manager;
pub mod shutdown;
mod upkeep;
pub mod wake;
pub mod webhooks;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::config::Config;
use crate::pipeline::process_document::DocumentOptions;
use crate::pipeline::protocol::{Hello, JobKind, WorkerRpc};
use crate::pipeline::step::Services;
use crate::pipeline::{BatchLimits, Options, OptionsError};
use crate::supabase::backoff::Backoff;
use crate::supabase::error::SupabaseError;
use crate::supabase::functions::Functions;
use crate::supabase::realtime::Realtime;
use crate::supabase::rest::Rest;
use crate::supabase::session::{Password, Session};
use crate::supabase::storage::s3::S3;
use crate::supabase::{Project, install_tls};
use crate::telemetry::health::Health;
use crate::telemetry::server;
use claim::{ClaimLoop, Taking};
use job::JobContext;
use lease::Leases;
use shutdown::{Phase, Shutdown};
use wake::{Intervals, Wake};

/// Why the daemon cannot work.
#[derive(Debug, thiserror::Error)]
pub enum DaemonError {
    /// A service refused it.
    #[error(transparent)]
    Supabase(#[from] SupabaseError),
    /// The machine does not let it.
    #[error("cannot start: {0}")]
    System(#[from] std::io::Error),
    /// It lacks what the settings ask for.
    #[error("cannot start: {0}")]
    Options(#[from] OptionsError),
    /// The address to be watched at is none, or not to be had.
    #[error(
        "metrics.listen is {address:?}: {reason}; it should be a free address such as \"127.0.0.1:9464\""
    )]
    Metrics {
        /// As set.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
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
    let health = Health::new(contact_limit(config));
    tasks.spawn(no_longer_ready(shutdown.clone(), health.clone()));
    let serves = listen(config, &health, &mut tasks).await?;
    tasks.spawn(service_manager::keep_told(health.clone()));
    work(config, project, account, &shutdown, &health, serves).await
}

/// Says in the health report that the end has begun, once it has.
async fn no_longer_ready(shutdown: Shutdown, health: Health) {
    shutdown.reached(Phase::Draining).await;
    health.stopping();
}

/// Listens, if that is set; answers whether it is.
async fn listen(config: &Config, health: &Health, tasks: &mut JoinSet<()>) -> Result<bool, DaemonError> {
    let unusable = |reason: &dyn std::fmt::Display| DaemonError::Metrics {
        address: config.metrics.listen.clone(),
        reason: reason.to_string(),
    };
    let Some(address) = config.metrics.address().map_err(|error| unusable(&error))? else { return Ok(false) };
    let listener = server::bind(address).await.map_err(|error| unusable(&error))?;
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "serving /metrics, /livez and /readyz");
    }
    tasks.spawn(server::serve(listener, health.clone()));
    Ok(true)
}

/// The longest a daemon that works hears nothing from the database: between two renewals or two looks for work, whichever
/// it does, and the time for an answer, twice.
fn contact_limit(config: &Config) -> Duration {
    let worker = &config.worker;
    let looks = Duration::from_secs(worker.poll_seconds.max(worker.idle_poll_seconds));
    (worker.lease().max(looks) + patience(config)) * 2
}

/// The longest one call to the database may take, a sign-in before it included.
fn patience(config: &Config) -> Duration {
    Duration::from_secs((config.supabase.connect_seconds + config.supabase.request_seconds) * 3)
}

async fn work(
    config: &Config,
    project: &Project,
    account: Password,
    shutdown: &Shutdown,
    health: &Health,
    serves_metrics: bool,
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
    health.working();
    service_manager::tell_ready();

    let leases = Leases::default();
    let services = Services { rpc, s3: S3::new(project, &session) };
    let functions = Functions::as_account(project, &session)?;
    // Dropped, and so ended, with this function.
    let mut companions = companions(config, &services, functions);
    companions.spawn(lease::keep(leases.clone(), services.rpc.clone(), settings.lease(), health.clone()));
    if serves_metrics {
        let pause = Duration::from_secs(config.metrics.queue_seconds.max(1));
        companions.spawn(figures::watch(services.rpc.clone(), pause));
    }
    let context = JobContext {
        services,
        document: Arc::new(document),
        export_pages: settings.export_pages,
        shutdown: shutdown.clone(),
        health: health.clone(),
    };
    let taking = Taking {
        worker_id: hello.worker_id,
        host,
        capacity,
        kinds,
        lease: settings.lease(),
        patience: patience(config),
    };
    ClaimLoop::new(taking, context, leases).run(wake(config, project, &session).await?).await;
    tracing::info!("ended");
    Ok(())
}

/// What goes on beside the jobs, for all daemons of the project.
fn companions(config: &Config, services: &Services, functions: Functions) -> JoinSet<()> {
    let mut companions = JoinSet::new();
    companions.spawn(webhooks::keep_delivered(services.rpc.clone(), functions));
    let housekeeping = Duration::from_secs(config.worker.housekeeping_seconds.max(1));
    companions.spawn(upkeep::keep(services.clone(), housekeeping));
    companions
}

/// What tells the daemon to look for work.
async fn wake(config: &Config, project: &Project, session: &Session) -> Result<Wake, SupabaseError> {
    let intervals = Intervals {
        poll: Duration::from_secs(config.worker.poll_seconds.max(1)),
        idle: Duration::from_secs(config.worker.idle_poll_seconds.max(1)),
    };
    if config.worker.realtime {
        Wake::by_realtime(&Realtime::connect(project, session), intervals).await
    } else {
        Ok(Wake::by_polling(intervals))
    }
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

fn document_options(config: &Config) -> Result<DocumentOptions, OptionsError> {
    let worker = &config.worker;
    let batch = BatchLimits {
        pages: worker.batch_pages,
        bytes: worker.batch_bytes,
        wait: Duration::from_millis(worker.batch_milliseconds),
    };
    Ok(DocumentOptions { extract: Options::new(config)?, batch })
}

fn kinds(names: &[String]) -> Result<Vec<JobKind>, DaemonError> {
    let named = |name: &String| JobKind::ALL.into_iter().find(|kind| kind.name() == name);
    names.iter().map(|name| named(name).ok_or_else(|| DaemonError::UnknownKind(name.clone()))).collect()
}

fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
