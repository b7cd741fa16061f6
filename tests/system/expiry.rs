//! Tokens that expire while work is going on.

use std::time::Duration;

use crate::daemon::Start;
use crate::document::Document;
use crate::project::{eventually, is_stand_in, stand_in_with, take_turn};
use crate::realtime::{feed, numbers_until_settled};
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

/// Two documents one after the other take longer than that.
const TOKEN_SECONDS: u32 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_expire_in_mid_job_are_renewed_and_nobody_notices() {
    let _turn = take_turn().await;
    // How long tokens live is a setting of the project: one from the environment keeps its own.
    if !is_stand_in() {
        return;
    }
    let options = local_supabase::Options { jwt_expiry_seconds: Some(TOKEN_SECONDS), ..Default::default() };
    let project = stand_in_with(options).await;
    let (mut owner, worker) = (project.user().await, project.worker().await);
    let first = Document::create(&owner, "first.pdf").await;
    let watched = feed(&project, &project.url, &owner.email, &owner.password, &first).await;
    let watching = tokio::spawn(numbers_until_settled(watched));
    let _daemon = Start::new(&project, &worker).with("ZONED_WORKER_CAPACITY", &1).ready().await;
    tokio::time::sleep(Duration::from_secs(u64::from(TOKEN_SECONDS) + 1)).await;
    owner.http = project.sign_in(&owner.email, &owner.password).await;
    let first = first.of(&owner);
    first.send(pdf_with_pages(4000)).await;
    let second = Document::upload(&owner, "second.pdf", pdf_with_pages(4000)).await;
    for document in [first, second] {
        document.ready().await;
        assert_eq!(document.page_numbers().await.len(), 4000);
    }
    let numbers = watching.await.expect("the watcher ends");
    assert_eq!(
        numbers,
        (1..=numbers.len() as i64).collect::<Vec<_>>(),
        "the watcher's token was renewed too"
    );
    let jobs = owner.http.rows("jobs?select=attempts").await;
    assert!(jobs.iter().all(|job| job["attempts"] == 1), "no attempt was lost: {jobs:?}");
}
