//! Zones that users draw, and zones read anew.

use reqwest::Method;
use serde_json::{Value, json};

use crate::daemon::Start;
use crate::document::{Document, PATIENCE, fixture};
use crate::project::{Account, Project, eventually, take_turn};

async fn paper(owner: &Account) -> Document {
    Document::upload(owner, "paper.pdf", std::fs::read(fixture("paper.pdf")).expect("the fixture")).await
}

/// A document that is ready, and no daemon that would take its next job.
async fn ready_paper(project: &Project, owner: &Account, worker: &Account) -> Document {
    let daemon = Start::new(project, worker).ready().await;
    let document = paper(owner).await;
    document.ready().await;
    daemon.terminate().await;
    document
}

async fn over(owner: &Account, job: &Value) -> Value {
    let query = format!("jobs?id=eq.{}", job["id"].as_str().expect("a job"));
    eventually("the job is over", PATIENCE, || async {
        let row = owner.http.rows(&query).await.pop().expect("the job");
        matches!(row["state"].as_str(), Some("succeeded" | "dead")).then_some(row)
    })
    .await
}

async fn zone_of(owner: &Account, job: &Value) -> Value {
    let id = job["params"]["zone_id"].as_str().expect("a zone");
    owner.http.rows(&format!("zones?id=eq.{id}")).await.pop().expect("the zone")
}

async fn edit(owner: &Account, zone: &Value, change: &Value) {
    let path = format!("/rest/v1/zones?id=eq.{}", zone["id"].as_str().expect("an id"));
    let headers = [("content-type", "application/json")];
    let body = Some(change.to_string().into_bytes());
    assert_eq!(owner.http.send(Method::PATCH, &path, &headers, body).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drawn_zone_is_filled_with_the_text_under_it() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document = paper(&owner).await;
    document.ready().await;

    let bbox = json!({ "x": 95, "y": 125, "width": 420, "height": 40 });
    let drawn = json!({ "document_id": document.id, "page_number": 1, "box": bbox });
    let job = owner.http.rpc("draw_zone", &drawn).await.ok();
    assert_eq!(over(&owner, &job).await["state"], "succeeded");
    let zone = zone_of(&owner, &job).await;
    assert_eq!((zone["kind"].as_str(), zone["origin"].as_str()), (Some("paragraph"), Some("user")));
    let content = zone["content"].as_str().expect("text");
    assert!(content.starts_with("Abstract. We follow") && content.ends_with("within a tenth."), "{content}");

    let table = json!({ "document_id": document.id, "page_number": 2, "kind": "table",
        "box": { "x": 314, "y": 560, "width": 248, "height": 90 } });
    let job = owner.http.rpc("draw_zone", &table).await.ok();
    assert_eq!(over(&owner, &job).await["state"], "succeeded");
    assert_eq!(zone_of(&owner, &job).await["table"]["columns"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_read_anew_keeps_what_it_was_before() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker).ready().await;
    let document = paper(&owner).await;
    document.ready().await;
    let zones = document.zones().await;
    let zone = zones.iter().find(|zone| zone["kind"] == "table").expect("a table");
    edit(&owner, zone, &json!({ "kind": "paragraph", "table": null, "content": "Wrong." })).await;

    let job = owner.http.rpc("reprocess_zone", &json!({ "zone_id": zone["id"], "kind": "table" })).await.ok();
    assert_eq!(over(&owner, &job).await["state"], "succeeded");
    let anew = zone_of(&owner, &job).await;
    assert_eq!((&anew["content"], &anew["revision"]), (&zone["content"], &json!(3)));
    assert_eq!(anew["table"]["rows"], zone["table"]["rows"]);
    let id = zone["id"].as_str().expect("an id");
    let before = owner.http.rows(&format!("zone_revisions?zone_id=eq.{id}&revision=eq.2")).await;
    assert_eq!(before[0]["content"], "Wrong.", "what was there is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_made_in_the_meantime_is_kept_and_said_to_be() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let document = ready_paper(project, &owner, &worker).await;
    let zones = document.zones().await;
    let (edited, deleted) = (&zones[0], &zones[1]);
    let ask = |zone: &Value| {
        let arguments = json!({ "zone_id": zone["id"] });
        let http = owner.http.clone();
        async move { http.rpc("reprocess_zone", &arguments).await }
    };
    let job = ask(edited).await.ok();
    assert_eq!(ask(edited).await.status, 409, "one at a time");
    let hopeless = ask(deleted).await.ok();
    edit(&owner, edited, &json!({ "content": "Edited by hand." })).await;
    let path = format!("/rest/v1/zones?id=eq.{}", deleted["id"].as_str().expect("an id"));
    assert_eq!(owner.http.send(Method::DELETE, &path, &[], None).await.status, 204);

    let _daemon = Start::new(project, &worker).ready().await;
    let row = over(&owner, &job).await;
    assert_eq!((row["state"].as_str(), row["error"]["code"].as_str()), (Some("dead"), Some("zone_changed")));
    assert_eq!(zone_of(&owner, &job).await["content"], "Edited by hand.");
    assert_eq!(over(&owner, &hopeless).await["error"]["code"], "zone_gone");
    let stale = json!({ "zone_id": edited["id"], "revision": 1 });
    assert_eq!(owner.http.rpc("reprocess_zone", &stale).await.status, 409, "an old revision is told at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_owner_asks_and_only_for_a_box_on_the_page() {
    let (project, _turn) = take_turn().await;
    let (owner, other, worker) = (project.user().await, project.user().await, project.worker().await);
    let document = ready_paper(project, &owner, &worker).await;
    let zone = document.zones().await.remove(0);
    let again = json!({ "zone_id": zone["id"] });
    let bbox = json!({ "x": 10, "y": 10, "width": 20, "height": 20 });
    let drawn = |bbox: &Value| json!({ "document_id": document.id, "page_number": 1, "box": bbox });
    for http in [&other.http, &worker.http] {
        assert_eq!(http.rpc("reprocess_zone", &again).await.status, 404);
        assert_eq!(http.rpc("draw_zone", &drawn(&bbox)).await.status, 404);
    }
    assert_eq!(project.anonymous().rpc("reprocess_zone", &again).await.code(), "42501");
    assert_eq!(project.anonymous().rpc("draw_zone", &drawn(&bbox)).await.code(), "42501");

    for (bbox, reason) in [
        (json!({ "x": 700, "y": 10, "width": 20, "height": 20 }), "The box lies beside the page."),
        (json!({ "x": 10, "y": 10, "width": 0, "height": 20 }), "The box has no area."),
        (json!({ "x": 10, "y": 10, "width": "20", "height": 20 }), "The box has no number width."),
        (json!([1, 2, 3, 4]), "The box has no number x."),
    ] {
        let answer = owner.http.rpc("draw_zone", &drawn(&bbox)).await;
        assert_eq!((answer.status, answer.json()["message"].as_str()), (400, Some(reason)), "{bbox}");
        let answer = owner.http.rpc("reprocess_zone", &json!({ "zone_id": zone["id"], "box": bbox })).await;
        assert_eq!((answer.status, answer.json()["message"].as_str()), (400, Some(reason)), "{bbox}");
    }
    let held = json!({ "job_id": zone["id"], "lease_token": zone["id"], "zone": {}, "engine_version": "1" });
    assert_eq!(owner.http.worker_rpc("save_zone", &held).await.code(), "42501", "users save nothing");
    assert_eq!(worker.http.worker_rpc("save_zone", &held).await.ok(), "lease_lost");
}
