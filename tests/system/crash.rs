//! Daemons die at any moment; documents come out whole.

use std::time::Duration;

use rand::Rng as _;
use serde_json::json;

use crate::daemon::Start;
use crate::document::Document;
use crate::project::take_turn;
use crate::support::pdf_with_pages;

const PAGES: u64 = 3000;
/// Kills of one document's daemons.
const KILLS: u32 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_every_page_is_there_exactly_once() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let document = Document::upload(&owner, "killed.pdf", pdf_with_pages(PAGES as usize)).await;
    let start = || {
        Start::new(project, &worker)
            .with("ZONED_WORKER_LEASE_SECONDS", &3)
            .with("ZONED_WORKER_POLL_SECONDS", &1)
    };
    for _ in 0..KILLS {
        let daemon = start().ready().await;
        let moment = rand::rng().random_range(20..900);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        daemon.kill().await;
    }
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
            .with("ZONED_WORKER_POLL_SECONDS", &1)
            .with("ZONED_WORKER_CAPACITY", &1)
    };
    let interrupted = Document::upload(&owner, "interrupted.pdf", bytes.clone()).await;
    let daemon = start().ready().await;
    crate::project::eventually("some pages are saved", Duration::from_mins(1), || async {
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
    crate::project::eventually("work has begun", Duration::from_mins(1), || async {
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
