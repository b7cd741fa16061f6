//! What a daemon's memory does as documents grow.

use serde_json::{Value, json};

use crate::daemon::Start;
use crate::document::Document;
use crate::project::Project;
use crate::support::pdf_with_pages;

pub(crate) async fn measure(project: &Project) -> Value {
    let small = peak(project, 20).await;
    let large = peak(project, 2000).await;
    let ratio = (large as f64 / small as f64 * 100.0).round() / 100.0;
    json!({ "rss_kib_20_pages": small, "rss_kib_2000_pages": large, "ratio": ratio })
}

/// The largest resident set of a daemon that processed one document, in KiB.
async fn peak(project: &Project, pages: usize) -> u64 {
    let (owner, worker) = (project.user().await, project.worker().await);
    let daemon = Start::new(project, &worker).ready().await;
    Document::upload(&owner, "memory.pdf", pdf_with_pages(pages)).await.ready().await;
    let status = std::fs::read_to_string(format!("/proc/{}/status", daemon.id())).expect("Linux tells");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("the peak");
    line.split_whitespace().nth(1).and_then(|value| value.parse().ok()).expect("a number")
}
