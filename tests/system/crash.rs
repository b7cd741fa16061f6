//! Daemons die at any moment; documents come out whole.

use std::time::Duration;

use rand::Rng as _;
use serde_json::json;

use crate::daemon::Start;
use crate::document::Document;
use crate::project::{Account, eventually, take_turn};
use crate::support::pdf_with_pages;

/// Enough to be at work when the kill comes; 5,000 is the most a document may have.
const PAGES: u64 = 4500;
/// Kills of one document's daemons: one fewer than the attempts a job has without progress.
const KILLS: u32 = 4;

/// The lease a document's job is held under, if it is held.
async fn lease(document: &Document, owner: &Account) -> Option<String> {
    let query = format!("jobs?document_id=eq.{}&state=eq.running&select=lease_token", document.id);
    owner.http.rows(&query).await.first().and_then(|job| Some(job["lease_token"].as_str()?.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_every_page_is_there_exactly_once() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let document = Document::upload(&owner, "killed.pdf", pdf_with_pages(PAGES as usize)).await;
    let start = || {
        Start::new(project, &worker)
            .with("ZONED_WORKER_LEASE_SECONDS", &3)
            .with("ZONED_WORKER_IDLE_POLL_SECONDS", &1)
    };
    let (mut last, mut kills) = (None, 0);
    while kills < KILLS {
        let daemon = start().ready().await;
        let claimed = eventually("the daemon claims the job", Duration::from_secs(30), || async {
            let token = lease(&document, &owner).await.filter(|token| last.as_ref() != Some(token));
            (token.is_some() || document.row().await["status"] == "ready").then_some(token)
        })
        .await;
        // A fast machine may be done before the last kill.
        let Some(token) = claimed else { break };
        last = Some(token);
        let moment = rand::rng().random_range(0..400);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        daemon.kill().await;
        kills += 1;
    }
    assert!(kills >= 2, "the document was at work for {kills} kills only");
    let _daemon = start().ready().await;
    let row = document.ready().await;
    assert_eq!(row["page_count"], PAGES);
    assert_eq!(document.page_numbers().await, (1..=PAGES).collect::<Vec<_>>(), "every page exactly once");

    let zones = document.zones().await;
    let mut places: Vec<_> =
        zones.iter().map(|zone| (zone["page_number"].as_u64(), zone["reading_order"].as_u64())).collect();
    let all = places.len();
    places.dedup();
    assert_eq!(places.len(), all, "no zone twice");
    let numbers = document.event_numbers().await;
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>(), "no event lost, none twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_document_has_the_zones_of_an_uninterrupted_one() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let bytes = pdf_with_pages(PAGES as usize);
    let start = || {
        Start::new(project, &worker)
            .with("ZONED_WORKER_LEASE_SECONDS", &3)
            .with("ZONED_WORKER_IDLE_POLL_SECONDS", &1)
            .with("ZONED_WORKER_CAPACITY", &1)
    };
    let interrupted = Document::upload(&owner, "interrupted.pdf", bytes.clone()).await;
    let daemon = start().ready().await;
    eventually("some pages are saved", Duration::from_mins(1), || async {
        (!interrupted.page_numbers().await.is_empty()).then_some(())
    })
    .await;
    daemon.kill().await;
    let _daemon = start().ready().await;
    interrupted.ready().await;
    let whole = Document::upload(&owner, "whole.pdf", bytes).await;
    whole.ready().await;
    let strip = |export: Vec<u8>| {
        let mut value: serde_json::Value = serde_json::from_slice(&export).expect("JSON");
        value["pages"].take()
    };
    assert_eq!(
        strip(interrupted.export("json", &json!({})).await),
        strip(whole.export("json", &json!({})).await)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminated_daemon_gives_its_work_back_at_once() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let document = Document::upload(&owner, "returned.pdf", pdf_with_pages(PAGES as usize)).await;
    let daemon = Start::new(project, &worker)
        .with("ZONED_WORKER_LEASE_SECONDS", &600)
        .with("ZONED_WORKER_GRACE_SECONDS", &0)
        .ready()
        .await;
    eventually("work has begun", Duration::from_mins(1), || async {
        (!document.page_numbers().await.is_empty()).then_some(())
    })
    .await;
    assert_eq!(daemon.terminate().await, Some(0), "a wanted end is a success");
    let jobs = owner.http.rows(&format!("jobs?document_id=eq.{}", document.id)).await;
    assert_ne!(jobs[0]["state"], "running", "nobody has to wait for the lease to run out");
    let _daemon = Start::new(project, &worker).ready().await;
    document.ready().await;
    assert_eq!(document.page_numbers().await.len() as u64, PAGES);
}
