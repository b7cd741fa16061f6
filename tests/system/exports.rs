//! Exports: what may be asked for, and what comes.

use serde_json::json;

use crate::daemon::Start;
use crate::document::{Document, fixture};
use crate::project::take_turn;

#[tokio::test(flavor = "multi_thread")]
async fn the_same_document_exports_to_the_same_bytes_and_options_choose_what() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document =
        Document::upload(&owner, "long.pdf", std::fs::read(fixture("long.pdf")).expect("the fixture")).await;
    document.ready().await;
    let plain = document.export("markdown", &json!({})).await;
    assert_eq!(plain, document.export("markdown", &json!({})).await);
    let with_headers = document.export("markdown", &json!({ "headers_footers": true })).await;
    assert!(with_headers.len() > plain.len(), "running headers and footers are left out unless asked for");
    let some: serde_json::Value =
        serde_json::from_slice(&document.export("json", &json!({ "first_page": 2, "last_page": 4 })).await)
            .expect("JSON");
    let numbers: Vec<_> =
        some["pages"].as_array().expect("pages").iter().map(|page| page["page_number"].clone()).collect();
    assert_eq!(numbers, [2, 3, 4]);
    let headings =
        String::from_utf8(document.export("jsonl", &json!({ "kinds": ["heading"] })).await).expect("UTF-8");
    assert!(!headings.is_empty() && headings.lines().all(|line| line.contains("\"heading\"")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_not_ready_is_not_exported() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let document = Document::create(&owner, "later.pdf").await;
    let answer =
        owner.http.rpc("request_export", &json!({ "document_id": document.id, "format": "json" })).await;
    assert_eq!(answer.status, 409, "{}", answer.text);
    assert!(answer.json()["hint"].as_str().is_some_and(|hint| hint.contains("ready")), "{}", answer.text);
    let answer =
        owner.http.rpc("request_export", &json!({ "document_id": document.id, "format": "docx" })).await;
    assert_eq!((answer.status, answer.code()), (400, "22P02".into()), "{}", answer.text);
}
