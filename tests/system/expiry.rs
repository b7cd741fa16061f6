//! Tokens that expire while work is going on.

use std::time::Duration;

use crate::daemon::Start;
use crate::document::Document;
use crate::project::{eventually, take_turn};
use crate::support::pdf_with_pages;

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_signed_out_everywhere_in_mid_job_signs_in_again_and_finishes() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document = Document::upload(&owner, "signed-out.pdf", pdf_with_pages(3000)).await;
    eventually("work has begun", Duration::from_mins(1), || async {
        (!document.page_numbers().await.is_empty()).then_some(())
    })
    .await;
    let answer = worker.http.post("/auth/v1/logout?scope=global", &serde_json::json!({})).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    document.ready().await;
    assert_eq!(document.page_numbers().await.len(), 3000);
}
