//! Jobs without work a second, through claim and finish.

use std::time::Instant;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::daemon::Start;
use crate::document::Document;
use crate::http::Http;
use crate::project::Project;
use crate::support::pdf_with_pages;

const JOBS: usize = 400;
/// Jobs a worker claims at once, as a daemon of that capacity would.
const CLAIM: usize = 4;

pub(crate) async fn measure(project: &Project) -> Value {
    let one = rate(project, 1).await;
    let four = rate(project, 4).await;
    json!({ "jobs": JOBS, "per_second_one_worker": one.round(), "per_second_four_workers": four.round(), "ratio": (four / one * 100.0).round() / 100.0 })
}

async fn rate(project: &Project, workers: usize) -> f64 {
    let owner = project.user().await;
    let document = {
        let worker = project.worker().await;
        let _daemon = Start::new(project, &worker).ready().await;
        let document = Document::upload(&owner, "jobs.pdf", pdf_with_pages(1)).await;
        document.ready().await;
        document
    };
    let requests: Vec<Value> =
        (0..JOBS).map(|_| json!({ "document_id": document.id, "format": "json" })).collect();
    owner.http.post("/rest/v1/exports", &requests.into()).await.ok();
    let mut hands = Vec::new();
    for _ in 0..workers {
        let http = project.worker().await.http;
        let id = http.hello().await;
        hands.push((http, id));
    }
    let start = Instant::now();
    let done: usize = join_all(hands.iter().map(|(http, id)| drain(http, id))).await.into_iter().sum();
    assert_eq!(done, JOBS, "every job once");
    JOBS as f64 / start.elapsed().as_secs_f64()
}

/// Claims and ends jobs until there are none.
async fn drain(http: &Http, worker_id: &str) -> usize {
    let mut done = 0;
    let mut empty = 0;
    while empty < 3 {
        let arguments =
            json!({ "worker_id": worker_id, "max_jobs": CLAIM, "kinds": ["export"], "lease_seconds": 60 });
        let claimed = http.worker_rpc("claim", &arguments).await.ok();
        let jobs = claimed.as_array().expect("jobs").clone();
        empty = if jobs.is_empty() { empty + 1 } else { 0 };
        let ends = jobs.iter().map(|job| async {
            let arguments = json!({ "job_id": job["job_id"], "lease_token": job["lease_token"], "byte_size": 0, "sha256": "0".repeat(64) });
            assert_eq!(http.worker_rpc("save_export", &arguments).await.ok(), "ok");
        });
        done += join_all(ends).await.len();
    }
    done
}
