//! The functions of schema `worker`: what a daemon and the database say to each other.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::layout::{ENGINE_VERSION, Page, Zone};
use crate::supabase::error::SupabaseError;
use crate::supabase::rest::{Repeat, Rest, Schema};
use crate::telemetry::metrics::QueueFigures;

/// The version spoken here; `hello` refuses one the database no longer understands.
pub const PROTOCOL_VERSION: i32 = 1;

/// Kinds of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// A PDF to pages and zones.
    ProcessDocument,
    /// One zone anew.
    ProcessZone,
    /// Zones to a file.
    Export,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::ProcessDocument, Self::ProcessZone, Self::Export];

    /// As in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::ProcessDocument => "process_document",
            Self::ProcessZone => "process_zone",
            Self::Export => "export",
        }
    }
}

/// The right to work on a job. The token is the fence: with an old one nothing can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job_id: Uuid,
    /// Made anew by each claim.
    pub token: Uuid,
}

/// What the database says to a call about a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Ok,
    /// The job is no longer this daemon's; nothing was changed.
    LeaseLost,
    /// The user gave it up; nothing was changed.
    Canceled,
}

/// What the database says to a zone read anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneOutcome {
    /// It is saved and the job is over.
    Ok,
    /// The job is no longer this daemon's; nothing was changed.
    LeaseLost,
    /// The user gave it up; nothing was changed.
    Canceled,
    /// Somebody edited the zone after it was asked for; nothing was changed.
    ZoneChanged,
    /// Somebody deleted it.
    ZoneGone,
}

/// The answer to `hello`.
#[derive(Debug, Clone, Deserialize)]
pub struct Hello {
    /// This daemon's row.
    pub worker_id: Uuid,
    /// The database's version.
    pub protocol_version: i32,
    /// The oldest one it understands.
    pub minimum_protocol_version: i32,
}

/// A claimed job.
#[derive(Debug, Clone, Deserialize)]
pub struct Claim {
    /// The job.
    pub job_id: Uuid,
    /// What to do.
    pub kind: JobKind,
    /// The details, by kind.
    #[serde(default)]
    pub params: Value,
    /// The document it is about.
    pub document_id: Uuid,
    /// How often it has been claimed since it last got further.
    pub attempts: i32,
    /// The fence.
    pub lease_token: Uuid,
    /// Where an earlier attempt got to.
    #[serde(default)]
    pub checkpoint: Checkpoint,
    /// The source's name in bucket `documents`.
    pub object_path: String,
    /// What the user calls the document.
    pub document_name: String,
    /// What the document says about itself, and what its owner added.
    #[serde(default)]
    pub document_metadata: Value,
    /// Length of the source as announced, bytes.
    pub byte_size: Option<u64>,
    /// Number of pages, once known.
    pub page_count: Option<u32>,
    /// Of an export: its format,
    pub export_format: Option<String>,
    /// options,
    pub export_options: Option<Value>,
    /// and name in bucket `exports`.
    pub export_path: Option<String>,
}

impl Claim {
    /// The right to work on it.
    pub fn lease(&self) -> Lease {
        Lease { job_id: self.job_id, token: self.lease_token }
    }
}

/// How far the pages of a document are saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checkpoint {
    /// The first page not saved yet, from 1.
    pub next_page: u32,
}

impl Default for Checkpoint {
    fn default() -> Self {
        Self { next_page: 1 }
    }
}

/// What a running job is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The source is on its way here.
    Download,
    /// Pages are read and saved.
    Pages,
    /// The file of an export is written.
    Export,
}

/// What the user sees of a running job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProgressReport {
    /// What is being done.
    pub stage: Stage,
    /// Pages behind us.
    pub pages_done: u32,
    /// Of so many.
    pub pages_total: Option<u32>,
    /// Seconds until the end, if there is anything to say.
    pub eta_seconds: Option<u64>,
    /// For people, when something is worth saying.
    pub message: Option<String>,
}

/// A batch of pages and what goes with it; the database saves all of it or nothing.
#[derive(Debug, Default, Serialize)]
pub struct SavedPages {
    /// Pages with their zones and `engine_version`, as JSON.
    pub pages: Vec<Box<RawValue>>,
    /// `{page_count, sha256, metadata}`, with the first batch.
    pub document: Option<Value>,
    /// What the user sees.
    pub progress: Option<ProgressReport>,
    /// Where to continue after a crash.
    pub checkpoint: Option<Checkpoint>,
}

/// Why an attempt or a job failed, as it is stored and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobError {
    /// For programs.
    pub code: String,
    /// For the document's owner: what was wrong and what to do.
    pub message: String,
}

/// An object to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ObjectName {
    /// Its bucket.
    pub bucket_id: String,
    /// Its name in it.
    pub name: String,
}

#[derive(Deserialize)]
struct JobOutcome {
    job_id: Uuid,
    outcome: Outcome,
}

#[derive(Deserialize)]
struct PageRow {
    page: Page,
}

/// A daemon's calls.
#[derive(Debug, Clone)]
pub struct WorkerRpc {
    rest: Rest,
}

#[derive(Serialize)]
struct Held<T> {
    job_id: Uuid,
    lease_token: Uuid,
    #[serde(flatten)]
    arguments: T,
}

impl WorkerRpc {
    /// Calls through `rest`, which has to be a worker account's.
    pub fn new(rest: Rest) -> Self {
        Self { rest }
    }

    /// Registers this daemon.
    pub async fn hello(&self, host: &str, capacity: u32) -> Result<Hello, SupabaseError> {
        let version = env!("CARGO_PKG_VERSION");
        let arguments = json!({
            "protocol_version": PROTOCOL_VERSION, "host": host, "version": version, "capacity": capacity,
        });
        self.call("hello", &arguments, Repeat::Safe).await
    }

    /// Takes up to `max_jobs` jobs. Not repeated: the jobs of an answer that got lost stay leased to nobody until
    /// their leases end, and the caller asks again anyway.
    pub async fn claim(
        &self,
        worker_id: Uuid,
        max_jobs: u32,
        kinds: &[JobKind],
        lease_seconds: u64,
    ) -> Result<Vec<Claim>, SupabaseError> {
        let arguments = json!({
            "worker_id": worker_id, "max_jobs": max_jobs, "kinds": kinds, "lease_seconds": lease_seconds,
        });
        let rows: Vec<Value> = self.call("claim", &arguments, Repeat::Never).await?;
        Ok(rows.into_iter().filter_map(readable).collect())
    }

    /// Extends leases, all in one call.
    pub async fn renew(&self, leases: &[Lease], seconds: u64) -> Result<Vec<(Uuid, Outcome)>, SupabaseError> {
        let (jobs, tokens) = columns(leases);
        let arguments = json!({ "job_ids": jobs, "lease_tokens": tokens, "lease_seconds": seconds });
        self.outcomes("renew", &arguments).await
    }

    /// Gives jobs back to the queue.
    pub async fn release(&self, leases: &[Lease]) -> Result<Vec<(Uuid, Outcome)>, SupabaseError> {
        let (jobs, tokens) = columns(leases);
        self.outcomes("release", &json!({ "job_ids": jobs, "lease_tokens": tokens })).await
    }

    /// Saves pages. Pages that are there already are left alone, so it may be repeated.
    pub async fn save_pages(&self, lease: Lease, pages: &SavedPages) -> Result<Outcome, SupabaseError> {
        self.held("save_pages", lease, pages).await
    }

    /// Tells the user how it goes.
    pub async fn report_progress(
        &self,
        lease: Lease,
        progress: &ProgressReport,
    ) -> Result<Outcome, SupabaseError> {
        self.held("report_progress", lease, json!({ "progress": progress })).await
    }

    /// Up to `max_pages` pages from `from_page` on, the users' edits included.
    /// None: there are no more, or the lease is lost.
    pub async fn read_pages(
        &self,
        lease: Lease,
        from_page: u32,
        max_pages: u32,
    ) -> Result<Vec<Page>, SupabaseError> {
        let arguments = json!({ "from_page": from_page, "max_pages": max_pages });
        let rows: Vec<PageRow> = self.held("read_pages", lease, arguments).await?;
        Ok(rows.into_iter().map(|row| row.page).collect())
    }

    /// Ends a job well. Sent twice, the second answer is `LeaseLost`.
    pub async fn finish(&self, lease: Lease, result: &Value) -> Result<Outcome, SupabaseError> {
        self.held("finish", lease, json!({ "result": result })).await
    }

    /// Ends an export well.
    pub async fn save_export(
        &self,
        lease: Lease,
        byte_size: u64,
        sha256: &str,
    ) -> Result<Outcome, SupabaseError> {
        self.held("save_export", lease, json!({ "byte_size": byte_size, "sha256": sha256 })).await
    }

    /// Saves what was read for the zone of a job and ends the job. Sent twice, the second answer is `LeaseLost`.
    pub async fn save_zone(&self, lease: Lease, zone: &Zone) -> Result<ZoneOutcome, SupabaseError> {
        self.held("save_zone", lease, json!({ "zone": zone, "engine_version": ENGINE_VERSION })).await
    }

    /// Ends an attempt badly.
    pub async fn fail(
        &self,
        lease: Lease,
        error: &JobError,
        retryable: bool,
    ) -> Result<Outcome, SupabaseError> {
        self.held("fail", lease, json!({ "error": error, "retryable": retryable })).await
    }

    /// Lets the database expire what has to.
    pub async fn housekeep(&self) -> Result<Value, SupabaseError> {
        self.call("housekeep", &json!({}), Repeat::Safe).await
    }

    /// Objects to be deleted, which this account may delete for so many seconds.
    pub async fn claim_deletions(
        &self,
        max_objects: usize,
        seconds: u64,
    ) -> Result<Vec<ObjectName>, SupabaseError> {
        let arguments = json!({ "max_objects": max_objects, "seconds": seconds });
        self.call("claim_deletions", &arguments, Repeat::Never).await
    }

    /// Says that objects were deleted; answers how many the database sees gone.
    pub async fn confirm_deletions(&self, bucket: &str, names: &[String]) -> Result<usize, SupabaseError> {
        self.call("confirm_deletions", &json!({ "bucket_id": bucket, "names": names }), Repeat::Safe).await
    }

    /// What the database says of the queue.
    pub async fn queue_figures(&self) -> Result<QueueFigures, SupabaseError> {
        self.call("queue_figures", &json!({}), Repeat::Never).await
    }

    /// How many deliveries to webhooks are due, up to a hundred.
    pub async fn webhook_deliveries_due(&self) -> Result<u32, SupabaseError> {
        self.call("webhook_deliveries_due", &json!({}), Repeat::Safe).await
    }

    /// Has the database broadcast `nonce` to `worker:{account}`.
    pub async fn ping(&self, nonce: Uuid) -> Result<(), SupabaseError> {
        self.call("ping", &json!({ "nonce": nonce }), Repeat::Safe).await
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
        arguments: &impl Serialize,
        repeat: Repeat,
    ) -> Result<T, SupabaseError> {
        self.rest.rpc(Schema::Worker, name, arguments, repeat).await
    }

    async fn held<T: serde::de::DeserializeOwned>(
        &self,
        name: &str,
        lease: Lease,
        arguments: impl Serialize,
    ) -> Result<T, SupabaseError> {
        let arguments = Held { job_id: lease.job_id, lease_token: lease.token, arguments };
        self.call(name, &arguments, Repeat::Safe).await
    }

    async fn outcomes(&self, name: &str, arguments: &Value) -> Result<Vec<(Uuid, Outcome)>, SupabaseError> {
        let rows: Vec<JobOutcome> = self.call(name, arguments, Repeat::Safe).await?;
        Ok(rows.into_iter().map(|row| (row.job_id, row.outcome)).collect())
    }
}

/// A job that cannot be read is left to its lease's end, so that it does not keep others from being worked on.
fn readable(row: Value) -> Option<Claim> {
    let job_id = row["job_id"].clone();
    Claim::deserialize(row)
        .inspect_err(|error| tracing::error!(%error, %job_id, "a claimed job cannot be read"))
        .ok()
}

fn columns(leases: &[Lease]) -> (Vec<Uuid>, Vec<Uuid>) {
    leases.iter().map(|lease| (lease.job_id, lease.token)).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_about_a_job_carries_its_lease_beside_its_arguments() {
        let pages = SavedPages {
            pages: vec![RawValue::from_string(r#"{"page_number":1}"#.into()).unwrap()],
            checkpoint: Some(Checkpoint { next_page: 2 }),
            ..SavedPages::default()
        };
        let held = Held { job_id: Uuid::nil(), lease_token: Uuid::max(), arguments: &pages };
        let sent: Value = serde_json::from_str(&serde_json::to_string(&held).unwrap()).unwrap();
        assert_eq!(
            sent,
            json!({
                "job_id": Uuid::nil(), "lease_token": Uuid::max(), "pages": [{"page_number": 1}],
                "document": null, "progress": null, "checkpoint": {"next_page": 2},
            })
        );
    }

    #[test]
    fn a_claim_of_each_kind_is_read() {
        let mut row = json!({
            "job_id": Uuid::nil(), "kind": "process_document", "params": {}, "document_id": Uuid::nil(),
            "export_id": null, "owner": Uuid::nil(), "attempts": 1, "max_attempts": 5, "lease_token": Uuid::nil(),
            "lease_expires_at": "2026-01-01T00:00:00+00:00", "checkpoint": {}, "object_path": "a/b/source.pdf",
            "document_name": "x", "byte_size": null, "page_count": null, "export_format": null,
            "export_options": null, "export_path": null,
        });
        let claim = Claim::deserialize(&row).unwrap();
        assert_eq!((claim.kind, claim.checkpoint.next_page), (JobKind::ProcessDocument, 1));
        row["kind"] = json!("export");
        row["checkpoint"] = json!({"next_page": 5});
        row["export_format"] = json!("csv");
        assert_eq!(Claim::deserialize(&row).unwrap().checkpoint.next_page, 5);
        row["kind"] = json!("unheard of");
        assert!(readable(row).is_none());
    }
}
