//! Several daemons, no coordination but the database.

use std::collections::HashMap;

use futures_util::future::join_all;

use crate::daemon::Start;
use crate::document::Document;
use crate::project::take_turn;
use crate::support::pdf_with_pages;

#[tokio::test(flavor = "multi_thread")]
async fn two_daemons_share_fifty_documents() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let uploads = (0..50).map(|number| {
        let owner = &owner;
        async move { Document::upload(owner, &format!("shared-{number}.pdf"), pdf_with_pages(3)).await }
    });
    let documents = join_all(uploads).await;
    let _daemons = [Start::new(project, &worker).ready().await, Start::new(project, &worker).ready().await];
    for document in &documents {
        document.ready().await;
        assert_eq!(document.page_numbers().await, [1, 2, 3]);
    }
    let jobs =
        owner.http.rows("jobs?select=state,attempts,lease_owner&kind=eq.process_document&limit=100").await;
    assert_eq!(jobs.len(), 50, "one job for each document");
    let mut shares: HashMap<String, usize> = HashMap::new();
    for job in &jobs {
        assert_eq!(
            (job["state"].as_str(), job["attempts"].as_u64()),
            (Some("succeeded"), Some(1)),
            "done once, at the first try"
        );
        *shares.entry(job["lease_owner"].as_str().expect("who did it").to_owned()).or_default() += 1;
    }
    assert_eq!(shares.len(), 2, "both daemons worked: {shares:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_with_one_document_does_not_wait_for_anothers_many() {
    let (project, _turn) = take_turn().await;
    let (many, one) = (project.user().await, project.user().await);
    let worker = project.worker().await;
    for number in 0..20 {
        Document::upload(&many, &format!("many-{number}.pdf"), pdf_with_pages(1)).await;
    }
    let single = Document::upload(&one, "single.pdf", pdf_with_pages(1)).await;
    let worker_id = worker.http.hello().await;
    let arguments = serde_json::json!({ "worker_id": worker_id, "max_jobs": 2, "kinds": ["process_document"], "lease_seconds": 60 });
    let claimed = worker.http.worker_rpc("claim", &arguments).await.ok();
    let documents: Vec<_> =
        claimed.as_array().expect("jobs").iter().map(|job| job["document_id"].clone()).collect();
    assert!(documents.contains(&single.id.clone().into()), "two claims serve two owners");
    let _daemon = Start::new(project, &worker).ready().await;
    let leases: Vec<_> =
        claimed.as_array().expect("jobs").iter().map(|job| job["lease_token"].clone()).collect();
    let ids: Vec<_> = claimed.as_array().expect("jobs").iter().map(|job| job["job_id"].clone()).collect();
    worker
        .http
        .worker_rpc("release", &serde_json::json!({ "job_ids": ids, "lease_tokens": leases }))
        .await
        .ok();
    single.ready().await;
}
