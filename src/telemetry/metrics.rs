//! The metrics, in the OpenMetrics text format. One set a process: what is counted is the process's own doing, except
//! for the queue, which the database is asked about.

use std::sync::LazyLock;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use serde::Deserialize;

use super::process::ProcessFigures;

/// Bounds of durations, seconds: from a fast request to a large document.
const BOUNDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0];

/// Kinds of jobs, for series that are there from the start.
const KINDS: [&str; 3] = ["process_document", "process_zone", "export"];
/// How attempts end.
const OUTCOMES: [&str; 5] = ["succeeded", "failed", "lease_lost", "canceled", "released"];
/// States of waiting and running jobs that the database tells of.
const STATES: [&str; 5] = ["due", "delayed", "running", "abandoned", "dead"];
/// What is timed.
const STAGES: [&str; 6] = ["download", "open", "page", "recognise", "save", "export"];
/// Services requests go to.
const SERVICES: [&str; 5] = ["auth", "rest", "storage", "realtime", "functions"];

type Durations<L> = Family<L, Histogram, NewHistogram>;

/// Makes histograms with [`BOUNDS`].
#[derive(Debug, Clone, Copy, Default)]
struct NewHistogram;

impl MetricConstructor<Histogram> for NewHistogram {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BOUNDS)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Queued {
    kind: String,
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueueKind {
    kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stage {
    stage: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Reason {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    service: &'static str,
    operation: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestError {
    service: &'static str,
    error: &'static str,
}

/// What the database says of the queue.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct QueueFigures {
    /// Jobs by kind and state.
    pub jobs: Vec<QueuedJobs>,
    /// Daemons heard of within the last minute.
    pub workers: i64,
    /// Objects of deleted and expired rows that are still to be deleted.
    #[serde(default)]
    pub deletions: i64,
}

/// Jobs of one kind in one state.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct QueuedJobs {
    /// As in the database.
    pub kind: String,
    /// `due`, `delayed` (to be tried again later), `running`, `abandoned` (its lease ran out) or `dead`.
    pub state: String,
    /// How many.
    pub jobs: i64,
    /// How long the one that waits longest has been waiting, seconds.
    pub oldest_seconds: f64,
}

/// Every metric.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    jobs_running: Family<Kind, Gauge>,
    attempts: Family<Ended, Counter>,
    attempt_durations: Durations<Ended>,
    queue_jobs: Family<Queued, Gauge>,
    queue_oldest: Family<QueueKind, Gauge<f64, AtomicU64>>,
    queue_workers: Gauge,
    queue_deletions: Gauge,
    queue_errors: Counter,
    leases_held: Gauge,
    renewals: Family<Outcome, Counter>,
    pages: Family<Outcome, Counter>,
    stages: Durations<Stage>,
    children: Counter,
    children_lost: Family<Reason, Counter>,
    requests: Durations<Request>,
    request_errors: Family<RequestError, Counter>,
    realtime_connected: Gauge,
    realtime_joined: Gauge,
    realtime_connections: Counter,
    objects_deleted: Counter,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

/// The process's metrics.
pub fn metrics() -> &'static Metrics {
    &METRICS
}

impl Metrics {
    fn new() -> Self {
        let mut registry = Registry::with_prefix("zoned");
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "What runs here", build);
        let metrics = Self {
            jobs_running: register(&mut registry, "jobs_running", "Jobs this daemon works on"),
            attempts: register(&mut registry, "job_attempts", "Attempts that ended, by kind and outcome"),
            attempt_durations: durations(
                &mut registry,
                "job_attempt_duration_seconds",
                "How long attempts took",
            ),
            queue_jobs: register(
                &mut registry,
                "queue_jobs",
                "Jobs in the database that are not over, and dead ones, by kind and state; the same from every daemon",
            ),
            queue_oldest: register(
                &mut registry,
                "queue_oldest_seconds",
                "How long the job that waits longest has been due; the same from every daemon",
            ),
            queue_workers: register(
                &mut registry,
                "queue_workers",
                "Daemons the database has heard of within a minute",
            ),
            queue_deletions: register(
                &mut registry,
                "queue_deletions",
                "Objects of deleted and expired rows still to be deleted",
            ),
            queue_errors: register(
                &mut registry,
                "queue_errors",
                "Times the database did not tell of the queue",
            ),
            leases_held: register(&mut registry, "leases_held", "Leases this daemon holds"),
            renewals: register(&mut registry, "lease_renewals", "Renewals of single leases, by outcome"),
            pages: register(&mut registry, "pages", "Pages saved, whole or failed"),
            stages: durations(&mut registry, "stage_duration_seconds", "How long steps of jobs took"),
            children: register(&mut registry, "child_starts", "Child processes started to read PDFs"),
            children_lost: register(
                &mut registry,
                "child_losses",
                "Child processes that ended before their work did, by reason; each is replaced or its document fails",
            ),
            requests: durations(
                &mut registry,
                "request_duration_seconds",
                "How long requests to services took, failed ones included",
            ),
            request_errors: register(&mut registry, "request_errors", "Requests to services that failed"),
            realtime_connected: register(
                &mut registry,
                "realtime_connected",
                "Whether the Realtime socket is open",
            ),
            realtime_joined: register(&mut registry, "realtime_joined", "Whether Realtime wakes this daemon"),
            realtime_connections: register(&mut registry, "realtime_connections", "Realtime sockets opened"),
            objects_deleted: register(
                &mut registry,
                "objects_deleted",
                "Objects of deleted and expired rows that this daemon deleted",
            ),
            registry,
        };
        metrics.prepare();
        metrics
    }

    /// Series that are always there: an alert on one that never came would never fire.
    fn prepare(&self) {
        for kind in KINDS {
            drop(self.jobs_running.get_or_create(&Kind { kind }));
            drop(self.queue_oldest.get_or_create(&QueueKind { kind: kind.into() }));
            for outcome in OUTCOMES {
                drop(self.attempts.get_or_create(&Ended { kind, outcome }));
                drop(self.attempt_durations.get_or_create(&Ended { kind, outcome }));
            }
            for state in STATES {
                drop(self.queue_jobs.get_or_create(&Queued { kind: kind.into(), state: state.into() }));
            }
        }
        for stage in STAGES {
            drop(self.stages.get_or_create(&Stage { stage }));
        }
        for service in SERVICES {
            drop(self.request_errors.get_or_create(&RequestError { service, error: "unavailable" }));
        }
        for outcome in ["ok", "lost", "canceled", "unanswered"] {
            drop(self.renewals.get_or_create(&Outcome { outcome }));
        }
        for outcome in ["whole", "failed"] {
            drop(self.pages.get_or_create(&Outcome { outcome }));
        }
        drop(self.children_lost.get_or_create(&Reason { reason: "crashed" }));
    }

    /// All of them, as text.
    ///
    /// # Errors
    /// When formatting fails, which it does not.
    pub fn encode(&self) -> Result<String, std::fmt::Error> {
        // The process's figures have customary names, without our prefix.
        let mut process = Registry::default();
        process.register_collector(Box::new(ProcessFigures));
        let mut text = String::new();
        encode(&mut text, &process)?;
        text.truncate(text.len() - "# EOF\n".len());
        encode(&mut text, &self.registry)?;
        Ok(text)
    }

    /// An attempt begins; ends with the guard.
    pub fn attempt(&self, kind: &'static str) -> RunningJob {
        let gauge = self.jobs_running.get_or_create_owned(&Kind { kind });
        gauge.inc();
        RunningJob(gauge)
    }

    /// An attempt ended.
    pub fn attempt_ended(&self, kind: &'static str, outcome: &'static str, took: Duration) {
        self.attempts.get_or_create(&Ended { kind, outcome }).inc();
        self.attempt_durations.get_or_create(&Ended { kind, outcome }).observe(took.as_secs_f64());
    }

    /// What the database says of the queue; none when it does not.
    pub fn queue(&self, figures: Option<&QueueFigures>) {
        let Some(figures) = figures else {
            self.queue_errors.inc();
            return;
        };
        for kind in KINDS {
            for state in STATES {
                self.queue_jobs.get_or_create(&Queued { kind: kind.into(), state: state.into() }).set(0);
            }
            self.queue_oldest.get_or_create(&QueueKind { kind: kind.into() }).set(0.0);
        }
        for entry in &figures.jobs {
            let (kind, state) = (entry.kind.clone(), entry.state.clone());
            if state == "due" {
                self.queue_oldest.get_or_create(&QueueKind { kind: kind.clone() }).set(entry.oldest_seconds);
            }
            self.queue_jobs.get_or_create(&Queued { kind, state }).set(entry.jobs);
        }
        self.queue_workers.set(figures.workers);
        self.queue_deletions.set(figures.deletions);
    }

    /// Leases held now.
    pub fn leases(&self, held: usize) {
        self.leases_held.set(held as i64);
    }

    /// So many leases were renewed with this outcome: `ok`, `lost`, `canceled` or `unanswered`.
    pub fn renewed(&self, outcome: &'static str, leases: usize) {
        self.renewals.get_or_create(&Outcome { outcome }).inc_by(leases as u64);
    }

    /// Pages are saved.
    pub fn pages(&self, whole: u32, failed: u32) {
        self.pages.get_or_create(&Outcome { outcome: "whole" }).inc_by(u64::from(whole));
        self.pages.get_or_create(&Outcome { outcome: "failed" }).inc_by(u64::from(failed));
    }

    /// A step of a job took so long: `download`, `open`, `page`, `recognise`, `save` or `export`.
    pub fn stage(&self, stage: &'static str, took: Duration) {
        self.stages.get_or_create(&Stage { stage }).observe(took.as_secs_f64());
    }

    /// A child process started.
    pub fn child_started(&self) {
        self.children.inc();
    }

    /// One ended before its work did.
    pub fn child_lost(&self, reason: &'static str) {
        self.children_lost.get_or_create(&Reason { reason }).inc();
    }

    /// A request ended; `error` names the kind of error, if it was one.
    pub fn request(
        &self,
        service: &'static str,
        operation: &str,
        took: Duration,
        error: Option<&'static str>,
    ) {
        let labels = Request { service, operation: operation.to_owned() };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
        if let Some(error) = error {
            self.request_errors.get_or_create(&RequestError { service, error }).inc();
        }
    }

    /// The Realtime socket is open, or not.
    pub fn realtime_connected(&self, is_open: bool) {
        self.realtime_connected.set(i64::from(is_open));
        if is_open {
            self.realtime_connections.inc();
        }
    }

    /// Realtime wakes the daemon, or not.
    pub fn realtime_joined(&self, is_joined: bool) {
        self.realtime_joined.set(i64::from(is_joined));
    }

    /// Objects were deleted.
    pub fn objects_deleted(&self, objects: usize) {
        self.objects_deleted.inc_by(objects as u64);
    }
}

fn register<M>(registry: &mut Registry, name: &str, help: &str) -> M
where
    M: prometheus_client::registry::Metric + Clone + Default,
{
    let metric = M::default();
    registry.register(name, help, metric.clone());
    metric
}

fn durations<L>(registry: &mut Registry, name: &str, help: &str) -> Durations<L>
where
    L: EncodeLabelSet + Clone + std::hash::Hash + Eq + std::fmt::Debug + Send + Sync + 'static,
{
    let metric = Family::new_with_constructor(NewHistogram);
    registry.register(name, help, metric.clone());
    metric
}

/// Counts a job as running until dropped.
#[derive(Debug)]
pub struct RunningJob(Gauge);

impl Drop for RunningJob {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_shows_with_its_labels() {
        let metrics = Metrics::new();
        let running = metrics.attempt("export");
        metrics.request("rest", "claim", Duration::from_millis(30), Some("timeout"));
        let text = metrics.encode().unwrap();
        for line in [
            "zoned_jobs_running{kind=\"export\"} 1",
            "zoned_jobs_running{kind=\"process_zone\"} 0",
            "zoned_request_errors_total{service=\"rest\",error=\"timeout\"} 1",
            "zoned_request_duration_seconds_bucket{le=\"0.05\",service=\"rest\",operation=\"claim\"} 1",
            "# TYPE process_cpu_seconds counter",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        assert_eq!(text.matches("# EOF").count(), 1);
        drop(running);
        assert!(metrics.encode().unwrap().contains("zoned_jobs_running{kind=\"export\"} 0"));
    }

    #[test]
    fn a_queue_that_has_emptied_shows_as_empty() {
        let metrics = Metrics::new();
        let entry =
            |jobs| QueuedJobs { kind: "export".into(), state: "due".into(), jobs, oldest_seconds: 7.5 };
        metrics.queue(Some(&QueueFigures { jobs: vec![entry(3)], workers: 2, deletions: 1 }));
        let text = metrics.encode().unwrap();
        assert!(text.contains("zoned_queue_jobs{kind=\"export\",state=\"due\"} 3"), "{text}");
        assert!(text.contains("zoned_queue_oldest_seconds{kind=\"export\"} 7.5"), "{text}");
        metrics.queue(Some(&QueueFigures::default()));
        let text = metrics.encode().unwrap();
        assert!(text.contains("zoned_queue_jobs{kind=\"export\",state=\"due\"} 0"), "{text}");
        assert!(text.contains("zoned_queue_oldest_seconds{kind=\"export\"} 0.0"), "{text}");
    }
}
