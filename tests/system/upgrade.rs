//! The order of upgrades is: the database, then the daemons. Between the two, daemons of the version before work on the
//! new database. What they say is written down here as they said it; it changes only when `worker.hello` stops
//! accepting their protocol.

use reqwest::Method;
use serde_json::{Value, json};

use crate::document::Document;
use crate::http::Http;
use crate::project::{Account, take_turn};

/// What a daemon of protocol 1 reads of a claimed job; a missing column would stop it.
const CLAIM_COLUMNS_1: [&str; 15] = [
    "job_id",
    "kind",
    "params",
    "document_id",
    "attempts",
    "lease_token",
    "checkpoint",
    "object_path",
    "document_name",
    "document_metadata",
    "byte_size",
    "page_count",
    "export_format",
    "export_options",
    "export_path",
];

/// A daemon of protocol 1.
struct Daemon1 {
    http: Http,
    worker_id: Value,
}

impl Daemon1 {
    async fn start(account: &Account) -> Self {
        let hello = json!({ "protocol_version": 1, "host": "before", "version": "0.1.0", "capacity": 2 });
        let answer = account.http.worker_rpc("hello", &hello).await.ok();
        assert!(answer["protocol_version"].as_i64() >= Some(1), "{answer}");
        assert!(answer["minimum_protocol_version"].as_i64() <= Some(1), "{answer}");
        Self { http: account.http.clone(), worker_id: answer["worker_id"].clone() }
    }

    async fn claim(&self, document: &Document, kind: &str) -> Value {
        let arguments = json!({ "worker_id": self.worker_id, "max_jobs": 2,
            "kinds": ["process_document", "process_zone", "export"], "lease_seconds": 60 });
        let jobs = self.http.worker_rpc("claim", &arguments).await.ok();
        let job = jobs
            .as_array()
            .expect("jobs")
            .iter()
            .find(|job| job["document_id"] == *document.id && job["kind"] == kind)
            .expect("the job is there")
            .clone();
        let missing: Vec<_> = CLAIM_COLUMNS_1.iter().filter(|column| job.get(**column).is_none()).collect();
        assert!(missing.is_empty(), "a daemon of protocol 1 needs {missing:?}");
        job
    }

    /// A call about a job, and its answer.
    async fn say(&self, job: &Value, name: &str, mut arguments: Value) -> Value {
        arguments["job_id"] = job["job_id"].clone();
        arguments["lease_token"] = job["lease_token"].clone();
        self.http.worker_rpc(name, &arguments).await.ok()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_of_protocol_1_does_every_kind_of_job_on_this_database() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let daemon = Daemon1::start(&worker).await;
    let document = Document::upload(&owner, "before.pdf", b"%PDF-1.7 read by nobody".to_vec()).await;

    let job = daemon.claim(&document, "process_document").await;
    let source = daemon.http.get(&format!("/storage/v1/object/documents/{}", document.object_path)).await;
    assert_eq!(source.status, 200, "the source of a leased job is readable: {}", source.text);
    let progress =
        json!({ "stage": "pages", "pages_done": 1, "pages_total": 1, "eta_seconds": 0, "message": null });
    assert_eq!(daemon.say(&job, "report_progress", json!({ "progress": progress })).await, "ok");
    let renewed =
        json!({ "job_ids": [job["job_id"]], "lease_tokens": [job["lease_token"]], "lease_seconds": 60 });
    let renewed = daemon.http.worker_rpc("renew", &renewed).await.ok();
    assert_eq!(renewed[0]["outcome"], "ok");
    let table = json!({ "rows": 1, "columns": 2, "cells": [
        { "row": 0, "column": 0, "row_span": 1, "column_span": 1, "header": true, "content": "a", "bbox": { "x": 1.0, "y": 30.0, "width": 9.0, "height": 9.0 } },
        { "row": 0, "column": 1, "row_span": 1, "column_span": 1, "header": true, "content": "b", "bbox": { "x": 10.0, "y": 30.0, "width": 9.0, "height": 9.0 } } ] });
    let page = json!({ "page_number": 1, "width": 612.0, "height": 792.0, "rotation": 0, "text_source": "native", "error": null,
        "engine_version": "0.1.0", "zones": [
        { "kind": "heading", "level": 1, "bbox": { "x": 1.0, "y": 1.0, "width": 9.0, "height": 9.0 }, "reading_order": 0, "content": "Before", "table": null, "confidence": 0.9 },
        { "kind": "table", "level": null, "bbox": { "x": 1.0, "y": 30.0, "width": 20.0, "height": 9.0 }, "reading_order": 1, "content": "a\tb", "table": table, "confidence": 0.8 } ] });
    let saved = json!({ "pages": [page], "document": { "page_count": 1, "sha256": null, "metadata": { "title": "Before" } },
        "progress": progress, "checkpoint": { "next_page": 2 } });
    assert_eq!(daemon.say(&job, "save_pages", saved).await, "ok");
    assert_eq!(daemon.say(&job, "finish", json!({ "result": {} })).await, "ok");
    let zones = document.zones().await;
    assert_eq!((zones.len(), document.row().await["status"].as_str()), (2, Some("ready")));

    let asked = owner.http.rpc("reprocess_zone", &json!({ "zone_id": zones[0]["id"] })).await.ok();
    assert_eq!(asked["kind"], "process_zone");
    let job = daemon.claim(&document, "process_zone").await;
    let zone = json!({ "kind": "paragraph", "level": null, "bbox": { "x": 1.0, "y": 1.0, "width": 9.0, "height": 9.0 },
        "reading_order": 0, "content": "Anew", "table": null, "confidence": 0.7 });
    assert_eq!(daemon.say(&job, "save_zone", json!({ "zone": zone, "engine_version": "0.1.0" })).await, "ok");

    owner.http.rpc("request_export", &json!({ "document_id": document.id, "format": "markdown" })).await.ok();
    let job = daemon.claim(&document, "export").await;
    let pages = daemon.say(&job, "read_pages", json!({ "from_page": 1, "max_pages": 50 })).await;
    let zones = pages[0]["page"]["zones"].as_array().expect("zones").clone();
    let expected: Vec<_> =
        ["kind", "level", "reading_order", "content", "table", "confidence", "bbox"].into();
    for zone in &zones {
        assert!(expected.iter().all(|key| zone.get(*key).is_some()), "{zone}");
    }
    assert_eq!(zones[0]["content"], "Anew");
    let path = format!("/storage/v1/object/exports/{}", job["export_path"].as_str().expect("a path"));
    let sent = daemon
        .http
        .send(Method::POST, &path, &[("content-type", "text/markdown")], Some(b"Anew\n".to_vec()))
        .await;
    assert_eq!(sent.status, 200, "the file of a leased export is taken: {}", sent.text);
    let sha256 = "0".repeat(64);
    assert_eq!(daemon.say(&job, "save_export", json!({ "byte_size": 5, "sha256": sha256 })).await, "ok");
    let exports = owner.http.rows(&format!("exports?document_id=eq.{}", document.id)).await;
    assert_eq!((exports[0]["status"].as_str(), exports[0]["byte_size"].as_u64()), (Some("ready"), Some(5)));
}
