//! Leases and fencing tokens: whoever lost a lease changes nothing any more.

use std::time::Duration;

use serde_json::{Value, json};

use crate::document::Document;
use crate::http::Http;
use crate::project::{Account, Project, eventually, take_turn};

/// A worker with one claimed job.
struct Held {
    http: Http,
    worker_id: String,
    job: Value,
}

impl Held {
    fn call(&self, more: &Value) -> Value {
        let mut arguments = json!({ "job_id": self.job["job_id"], "lease_token": self.job["lease_token"] });
        arguments.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        arguments
    }

    async fn save(&self, first_page: u64, pages: u64) -> Value {
        let pages: Vec<Value> = (first_page..first_page + pages).map(page).collect();
        let arguments = self.call(&json!({ "pages": pages, "document": { "page_count": 3 } }));
        self.http.worker_rpc("save_pages", &arguments).await.ok()
    }
}

fn page(number: u64) -> Value {
    json!({ "page_number": number, "width": 612, "height": 792, "rotation": 0, "text_source": "native", "engine_version": "test",
        "zones": [{ "kind": "paragraph", "bbox": { "x": 1, "y": 1, "width": 9, "height": 9 }, "reading_order": 0,
        "content": format!("Page {number}."), "confidence": 1 }] })
}

async fn claim(http: &Http, worker_id: &str, document: &Document, lease_seconds: u32) -> Option<Value> {
    let arguments = json!({ "worker_id": worker_id, "max_jobs": 50, "kinds": ["process_document"], "lease_seconds": lease_seconds });
    let claimed = http.worker_rpc("claim", &arguments).await.ok();
    claimed.as_array().expect("jobs").iter().find(|job| job["document_id"] == *document.id).cloned()
}

/// A document whose job a new worker has claimed.
async fn held(project: &Project, owner: &Account, lease_seconds: u32) -> (Document, Held) {
    let document = Document::upload(owner, "leased.pdf", b"%PDF-1.7 not read by anyone".to_vec()).await;
    let worker = project.worker().await;
    let worker_id = worker.http.hello().await;
    let job = claim(&worker.http, &worker_id, &document, lease_seconds).await.expect("the job is claimed");
    (document, Held { http: worker.http, worker_id, job })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_lease_changes_nothing_and_says_so() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let (document, first) = held(project, &owner, 1).await;
    assert_eq!(first.save(1, 1).await, "ok");

    let (second_http, second_id) = {
        let worker = project.worker().await;
        let id = worker.http.hello().await;
        (worker.http, id)
    };
    let job =
        eventually("the lease runs out and the job is claimed again", Duration::from_secs(15), || async {
            claim(&second_http, &second_id, &document, 60).await
        })
        .await;
    assert_ne!(job["lease_token"], first.job["lease_token"], "every claim has a token of its own");
    let second = Held { http: second_http, worker_id: second_id, job };

    assert_eq!(first.save(2, 2).await, "lease_lost");
    assert_eq!(first.http.worker_rpc("finish", &first.call(&json!({}))).await.ok(), "lease_lost");
    let failure = json!({ "error": { "code": "late", "message": "Late." }, "retryable": false });
    assert_eq!(first.http.worker_rpc("fail", &first.call(&failure)).await.ok(), "lease_lost");
    assert_eq!(document.page_numbers().await, [1], "what the first sent late is nowhere");
    assert_eq!(document.row().await["status"], "processing");

    assert_eq!(second.save(1, 3).await, "ok", "a page that is there already is left as it is");
    assert_eq!(second.http.worker_rpc("finish", &second.call(&json!({}))).await.ok(), "ok");
    assert_eq!(document.row().await["status"], "ready");
    assert_eq!(document.page_numbers().await, [1, 2, 3]);
    assert_eq!(document.zones().await.len(), 3, "no zone twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_not_finished_with_pages_missing() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let (document, worker) = held(project, &owner, 60).await;
    assert_eq!(worker.save(1, 2).await, "ok");
    let answer = worker.http.worker_rpc("finish", &worker.call(&json!({}))).await;
    assert_eq!(answer.status, 409, "{}", answer.text);
    assert_eq!(document.row().await["status"], "processing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_lease_is_not_claimed_by_others() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let (document, worker) = held(project, &owner, 2).await;
    let renewal = json!({ "job_ids": [worker.job["job_id"]], "lease_tokens": [worker.job["lease_token"]], "lease_seconds": 60 });
    let answer = worker.http.worker_rpc("renew", &renewal).await.ok();
    assert_eq!(answer[0]["outcome"], "ok");
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert!(claim(&worker.http, &worker.worker_id, &document, 60).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_job_is_tried_again_later_and_is_dead_in_the_end() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let (document, worker) = held(project, &owner, 60).await;
    let failure = |retryable: bool| json!({ "error": { "code": "storage_down", "message": "Storage did not answer." }, "retryable": retryable });
    assert_eq!(worker.http.worker_rpc("fail", &worker.call(&failure(true))).await.ok(), "ok");
    let job = owner.http.rows(&format!("jobs?document_id=eq.{}", document.id)).await.remove(0);
    assert_eq!(
        (job["state"].as_str(), job["error"]["code"].as_str()),
        (Some("queued"), Some("storage_down"))
    );
    assert!(claim(&worker.http, &worker.worker_id, &document, 60).await.is_none(), "not before its time");
    let job = eventually("the job comes again", Duration::from_secs(20), || {
        claim(&worker.http, &worker.worker_id, &document, 60)
    })
    .await;
    assert_eq!(job["attempts"], 2);
    let again = Held { http: worker.http.clone(), worker_id: worker.worker_id.clone(), job };
    assert_eq!(again.http.worker_rpc("fail", &again.call(&failure(false))).await.ok(), "ok");
    assert_eq!(document.failed().await, ("storage_down".into(), "Storage did not answer.".into()));

    let retried = owner.http.rpc("retry_job", &json!({ "job_id": again.job["job_id"] })).await.ok();
    assert_eq!((retried["state"].as_str(), retried["attempts"].as_u64()), (Some("queued"), Some(0)));
    assert_eq!(document.row().await["status"], "queued", "the document follows its job");
    owner.http.rpc("cancel_job", &json!({ "job_id": again.job["job_id"] })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_never_comes_fails_its_document() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let document = Document::create_for(&owner, "never.pdf", 1).await;
    let row = eventually("the document expires", Duration::from_secs(20), || async {
        worker.http.worker_rpc("housekeep", &json!({})).await.ok();
        let row = document.row().await;
        (row["status"] == "failed").then_some(row)
    })
    .await;
    assert_eq!(row["error"]["code"], "upload_expired");
}
