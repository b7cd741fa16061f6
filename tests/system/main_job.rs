//! The main job: upload a PDF, watch it, read its zones, download an export.

use serde_json::json;

use crate::daemon::Start;
use crate::document::{Document, fixture};
use crate::project::take_turn;
use crate::support::pdf_with_pages;

#[tokio::test(flavor = "multi_thread")]
async fn every_fixture_becomes_pages_zones_and_exports() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    // Whether a scan's text is read depends on the machine; that it can be is tested beside the engine.
    let _daemon = Start::new(project, &worker).with("ZONED_OCR_ENABLED", &"never").ready().await;
    for name in ["long.pdf", "paper.pdf", "scan.pdf"] {
        let bytes = std::fs::read(fixture(name)).expect("the fixture");
        let document = Document::upload(&owner, name, bytes.clone()).await;
        let row = document.ready().await;
        assert_eq!(row["byte_size"].as_u64(), Some(bytes.len() as u64), "{name}: the size is what arrived");
        assert_eq!(row["sha256"].as_str().map(str::len), Some(64), "{name}: the hash is known");

        let pages = row["page_count"].as_u64().expect("a page count");
        assert_eq!(document.page_numbers().await, (1..=pages).collect::<Vec<_>>(), "{name}: every page once");
        let zones = document.zones().await;
        if name == "scan.pdf" {
            let sources =
                owner.http.rows(&format!("pages?document_id=eq.{}&select=text_source", document.id)).await;
            assert!(
                sources.iter().all(|page| page["text_source"] == "none"),
                "a scan has no text of its own"
            );
            assert!(zones.iter().any(|zone| zone["kind"] == "figure"), "a scanned page is a figure");
        } else {
            for kind in ["heading", "paragraph", "table"] {
                assert!(zones.iter().any(|zone| zone["kind"] == kind), "{name} has a {kind}");
            }
            let markdown = String::from_utf8(document.export("markdown", &json!({})).await).expect("UTF-8");
            assert!(markdown.lines().any(|line| line.starts_with("# ")), "{name}: Markdown has a heading");
        }

        let exported: serde_json::Value =
            serde_json::from_slice(&document.export("json", &json!({})).await).expect("the export is JSON");
        let title = &row["metadata"]["title"];
        assert_eq!(&exported["metadata"]["title"], title, "{name}: the document's own title");
        assert_eq!(
            exported["pages"].as_array().map(Vec::len),
            Some(pages as usize),
            "{name}: every page is exported"
        );
        let lines = String::from_utf8(document.export("jsonl", &json!({})).await).expect("UTF-8");
        assert_eq!(lines.lines().count(), zones.len(), "{name}: a line for each zone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_numbered_without_gaps_and_end_with_the_document_ready() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document =
        Document::upload(&owner, "paper.pdf", std::fs::read(fixture("paper.pdf")).expect("the fixture"))
            .await;
    document.ready().await;
    let numbers = document.event_numbers().await;
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
    let progress = owner
        .http
        .rows(&format!("job_progress?document_id=eq.{}", document.id))
        .await
        .pop()
        .expect("progress");
    assert_eq!((progress["stage"].as_str(), progress["percent"].as_f64()), (Some("done"), Some(100.0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_logs_ids_and_never_keys_passwords_or_what_documents_say() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let mut daemon = Start::new(project, &worker).with("ZONED_LOG_FILTER", &"debug").ready().await;
    let document = Document::upload(&owner, "Confidential Plan.pdf", pdf_with_pages(2)).await;
    document.ready().await;
    daemon.wait_for_line("job done").await;
    let log = daemon.log();
    assert!(log.contains(&document.id), "what was worked on is said: {log}");
    for secret in [
        &*project.publishable_key,
        &*worker.password,
        worker.http.token(),
        "Confidential",
        "quick brown",
        "eyJ",
    ] {
        assert!(!log.contains(secret), "the log holds {secret:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_edit_is_what_an_export_says() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document =
        Document::upload(&owner, "paper.pdf", std::fs::read(fixture("paper.pdf")).expect("the fixture"))
            .await;
    document.ready().await;
    let zone =
        document.zones().await.into_iter().find(|zone| zone["kind"] == "paragraph").expect("a paragraph");
    let id = zone["id"].as_str().expect("an id");
    let headers = [("content-type", "application/json"), ("prefer", "return=representation")];
    let patch = |revision: u64| {
        let body = json!({ "content": "Edited by hand." }).to_string().into_bytes();
        let path = format!("/rest/v1/zones?id=eq.{id}&revision=eq.{revision}");
        let http = owner.http.clone();
        async move { http.send(reqwest::Method::PATCH, &path, &headers, Some(body)).await.ok() }
    };
    assert_eq!(patch(1).await[0]["revision"], 2, "an edit counts up the revision");
    assert_eq!(patch(1).await, json!([]), "a second edit from the old revision changes nothing");
    let history = owner.http.rows(&format!("zone_revisions?zone_id=eq.{id}")).await;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0]["content"], zone["content"], "the old text is kept");
    let markdown = String::from_utf8(document.export("markdown", &json!({})).await).expect("UTF-8");
    assert!(markdown.contains("Edited by hand."));
}
