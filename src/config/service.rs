//! The sections that concern the project and the daemon.

use std::net::{AddrParseError, SocketAddr};
use std::time::Duration;

use serde::Deserialize;

/// Section `[supabase]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supabase {
    /// The project's address; `SUPABASE_URL` comes first.
    pub url: String,
    /// Region name of the S3 endpoint.
    pub s3_region: String,
    /// Access key of the S3 endpoint; empty means the project reference.
    pub s3_access_key: String,
    /// Time to reach a service, seconds.
    pub connect_seconds: u64,
    /// Time for an answer, seconds.
    pub request_seconds: u64,
}

/// Section `[worker]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// Jobs at a time; 0 means one a processor.
    pub capacity: u32,
    /// Kinds of jobs to take.
    pub kinds: Vec<String>,
    /// How long a job stays ours without renewal, seconds.
    pub lease_seconds: u32,
    /// Whether to be woken by Realtime.
    pub realtime: bool,
    /// Between looks for work without Realtime, seconds.
    pub poll_seconds: u64,
    /// Between looks for work while Realtime wakes us, seconds.
    pub idle_poll_seconds: u64,
    /// Between rounds of expiring and deleting what has to be, seconds.
    pub housekeeping_seconds: u64,
    /// Time to finish jobs after SIGTERM, seconds.
    pub grace_seconds: u64,
    /// Most pages saved at once.
    pub batch_pages: usize,
    /// Most bytes of pages saved at once.
    pub batch_bytes: usize,
    /// Longest wait for a batch to fill, milliseconds.
    pub batch_milliseconds: u64,
    /// Pages read at once for an export.
    pub export_pages: u32,
}

impl Worker {
    /// The capacity, as a number of jobs the database accepts.
    pub fn jobs(&self) -> u32 {
        let jobs = match self.capacity {
            0 => std::thread::available_parallelism().map_or(1, |processors| processors.get() as u32),
            jobs => jobs,
        };
        jobs.min(1024)
    }

    /// The length of a lease.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(u64::from(self.lease_seconds.clamp(1, 3600)))
    }
}

/// Section `[log]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Form of a line.
    pub format: LogFormat,
    /// What to log, as `tracing`'s filters are written.
    pub filter: String,
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Section `[metrics]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Address and port of `/metrics`, `/livez` and `/readyz`; empty for none.
    pub listen: String,
    /// Between questions to the database about the queue, seconds.
    pub queue_seconds: u64,
}

impl Metrics {
    /// The address to listen on, if there is to be one.
    pub fn address(&self) -> Result<Option<SocketAddr>, AddrParseError> {
        if self.listen.is_empty() { Ok(None) } else { self.listen.parse().map(Some) }
    }
}
