//! Who may do what: every table, function, bucket and topic × owner, another user, nobody, a worker without and with
//! a lease × every verb. What is not written here as allowed is refused.

use reqwest::Method;
use serde_json::{Value, json};

use crate::document::Document;
use crate::http::{Answer, Http};
use crate::project::{Account, Project, take_turn};
use crate::realtime::join;

const CALLERS: [&str; 5] = ["owner", "other", "anon", "worker", "leased worker"];

/// What an answer means for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It was done, or rows were seen.
    Done,
    /// No error, and nothing seen or changed.
    Nothing,
    /// An error: not permitted, or no such thing for this caller.
    Refused,
}
use Outcome::{Done, Nothing, Refused};

fn outcome(answer: &Answer) -> Outcome {
    match answer.status {
        204 => Done,
        200..300 if answer.json().as_array().is_some_and(Vec::is_empty) => Nothing,
        200..300 => Done,
        401 | 403 | 404 | 406 | 409 => Refused,
        other => panic!("unexpected status {other}: {}", answer.text),
    }
}

/// A document of one owner in the middle of its processing, its lease held by one worker.
struct Scene {
    owner: Account,
    document: Document,
    zone_id: String,
    job_id: String,
    lease_token: String,
    worker_id: String,
    callers: Vec<Http>,
}

impl Scene {
    async fn set(project: &Project) -> Self {
        let (owner, other) = (project.user().await, project.user().await);
        let (idle, leased) = (project.worker().await, project.worker().await);
        idle.http.hello().await;
        let worker_id = leased.http.hello().await;
        let document = Document::upload(&owner, "matrix.pdf", b"%PDF-1.7 not read by anyone".to_vec()).await;
        let job = claim_of(&leased.http, &worker_id, &document.id).await;
        let (job_id, lease_token) = (text(&job["job_id"]), text(&job["lease_token"]));
        let page = json!({ "page_number": 1, "width": 612, "height": 792, "rotation": 0, "text_source": "native",
            "engine_version": "test", "zones": [{ "kind": "paragraph", "bbox": { "x": 1, "y": 1, "width": 9, "height": 9 },
            "reading_order": 0, "content": "Of the owner only.", "confidence": 0.5 }] });
        let saved = json!({ "job_id": job_id, "lease_token": lease_token, "pages": [page], "document": { "page_count": 1 },
            "progress": { "stage": "pages", "pages_done": 1, "pages_total": 1 } });
        assert_eq!(leased.http.worker_rpc("save_pages", &saved).await.ok(), "ok");
        let zone_id = text(&document.zones().await[0]["id"]);
        let edit = json!({ "content": "Edited." }).to_string().into_bytes();
        let json_type = [("content-type", "application/json")];
        owner
            .http
            .send(Method::PATCH, &format!("/rest/v1/zones?id=eq.{zone_id}"), &json_type, Some(edit))
            .await
            .ok();
        for (table, row) in [
            ("export_presets", json!({ "name": "Mine", "format": "json" })),
            ("user_settings", json!({ "settings": { "theme": "dark" } })),
            ("view_states", json!({ "document_id": document.id, "state": { "page": 1 } })),
        ] {
            owner.http.post(&format!("/rest/v1/{table}"), &row).await.ok();
        }
        let callers = vec![
            owner.http.clone(),
            other.http.clone(),
            project.anonymous(),
            idle.http.clone(),
            leased.http.clone(),
        ];
        Self { owner, document, zone_id, job_id, lease_token, worker_id, callers }
    }

    /// Puts the same request for every caller and compares the outcomes, in the order of `CALLERS`.
    async fn expect(&self, method: Method, path: &str, body: Option<Value>, expected: [Outcome; 5]) {
        for ((caller, http), expected) in CALLERS.iter().zip(&self.callers).zip(expected) {
            let headers = [("content-type", "application/json"), ("prefer", "return=representation")];
            let bytes = body.as_ref().map(|body| body.to_string().into_bytes());
            let answer = http.send(method.clone(), path, &headers, bytes).await;
            assert_eq!(
                outcome(&answer),
                expected,
                "{caller}: {method} {path} {body:?}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// Claims until the document's job comes, giving back what else comes.
async fn claim_of(http: &Http, worker_id: &str, document_id: &str) -> Value {
    let arguments = json!({ "worker_id": worker_id, "max_jobs": 100, "kinds": ["process_document"], "lease_seconds": 300 });
    let claimed = http.worker_rpc("claim", &arguments).await.ok();
    let (wanted, others): (Vec<Value>, Vec<Value>) =
        claimed.as_array().expect("jobs").iter().cloned().partition(|job| job["document_id"] == document_id);
    let column = |key: &str| others.iter().map(|job| job[key].clone()).collect::<Vec<_>>();
    http.worker_rpc(
        "release",
        &json!({ "job_ids": column("job_id"), "lease_tokens": column("lease_token") }),
    )
    .await
    .ok();
    wanted.into_iter().next().expect("the document's job is claimed")
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_show_their_rows_to_the_owner_alone() {
    let (project, _turn) = take_turn().await;
    let scene = Scene::set(project).await;
    let id = &scene.document.id;
    for query in [
        format!("documents?id=eq.{id}"),
        format!("pages?document_id=eq.{id}"),
        format!("zones?document_id=eq.{id}"),
        format!("zone_revisions?document_id=eq.{id}"),
        format!("jobs?document_id=eq.{id}"),
        format!("job_progress?document_id=eq.{id}"),
        format!("job_events?document_id=eq.{id}"),
        format!("export_presets?owner=eq.{}", scene.owner.id),
        format!("user_settings?owner=eq.{}", scene.owner.id),
        format!("view_states?document_id=eq.{id}"),
    ] {
        let path = format!("/rest/v1/{query}");
        scene.expect(Method::GET, &path, None, [Done, Nothing, Refused, Nothing, Nothing]).await;
    }
    let workers = format!("/rest/v1/workers?id=eq.{}", scene.worker_id);
    scene.expect(Method::GET, &workers, None, [Nothing, Nothing, Refused, Nothing, Done]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_made_by_their_owner_and_only_where_users_make_them() {
    let (project, _turn) = take_turn().await;
    let scene = Scene::set(project).await;
    let (id, owner) = (&scene.document.id, scene.owner.id);
    let nobody = [Refused; 5];
    scene
        .expect(
            Method::POST,
            "/rest/v1/documents",
            Some(json!({ "name": "a.pdf" })),
            [Done, Done, Refused, Done, Done],
        )
        .await;
    let zone = json!({ "document_id": id, "page_number": 1, "kind": "caption", "bbox_x": 0, "bbox_y": 0, "bbox_width": 1, "bbox_height": 1, "reading_order": 7 });
    scene
        .expect(Method::POST, "/rest/v1/zones", Some(zone), [Done, Refused, Refused, Refused, Refused])
        .await;
    let foreign = [
        ("documents", json!({ "name": "a.pdf", "owner": owner })),
        ("documents", json!({ "name": "a.pdf", "status": "ready", "page_count": 1 })),
        (
            "pages",
            json!({ "document_id": id, "page_number": 2, "owner": owner, "width": 1, "height": 1, "text_source": "none" }),
        ),
        ("zone_revisions", json!({ "zone_id": scene.zone_id, "revision": 9 })),
        ("jobs", json!({ "kind": "process_document", "document_id": id, "owner": owner })),
        (
            "job_progress",
            json!({ "job_id": scene.job_id, "document_id": id, "owner": owner, "stage": "done" }),
        ),
        ("job_events", json!({ "document_id": id, "owner": owner, "seq": 999, "kind": "progress" })),
        (
            "workers",
            json!({ "account": owner, "host": "h", "version": "1", "protocol_version": 1, "capacity": 1 }),
        ),
        ("exports", json!({ "document_id": id, "format": "json", "status": "ready" })),
    ];
    for (table, row) in foreign {
        scene.expect(Method::POST, &format!("/rest/v1/{table}"), Some(row), nobody).await;
    }
    for (table, row) in [
        ("user_settings", json!({ "owner": owner, "settings": {} })),
        ("view_states", json!({ "owner": owner, "document_id": id, "state": {} })),
    ] {
        // The owner's own row is there already: a conflict. Anyone else's attempt is a refusal.
        scene.expect(Method::POST, &format!("/rest/v1/{table}"), Some(row), nobody).await;
    }
    scene
        .expect(
            Method::POST,
            "/rest/v1/exports",
            Some(json!({ "document_id": id, "format": "json" })),
            nobody,
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_changed_by_their_owner_and_only_where_users_change_them() {
    let (project, _turn) = take_turn().await;
    let scene = Scene::set(project).await;
    let id = &scene.document.id;
    let own = [Done, Nothing, Refused, Nothing, Nothing];
    scene
        .expect(
            Method::PATCH,
            &format!("/rest/v1/documents?id=eq.{id}"),
            Some(json!({ "name": "b.pdf" })),
            own,
        )
        .await;
    scene
        .expect(
            Method::PATCH,
            &format!("/rest/v1/zones?document_id=eq.{id}"),
            Some(json!({ "content": "x" })),
            own,
        )
        .await;
    let settings = format!("/rest/v1/user_settings?owner=eq.{}", scene.owner.id);
    scene.expect(Method::PATCH, &settings, Some(json!({ "settings": {} })), own).await;
    let state = format!("/rest/v1/view_states?document_id=eq.{id}");
    scene.expect(Method::PATCH, &state, Some(json!({ "state": {} })), own).await;
    let presets = format!("/rest/v1/export_presets?owner=eq.{}", scene.owner.id);
    scene.expect(Method::PATCH, &presets, Some(json!({ "name": "Other" })), own).await;
    for (query, change) in [
        (format!("documents?id=eq.{id}"), json!({ "status": "ready" })),
        (format!("documents?id=eq.{id}"), json!({ "owner": scene.owner.id })),
        (format!("zones?document_id=eq.{id}"), json!({ "confidence": 1 })),
        (format!("zones?document_id=eq.{id}"), json!({ "revision": 1 })),
        (format!("pages?document_id=eq.{id}"), json!({ "width": 1 })),
        (format!("zone_revisions?document_id=eq.{id}"), json!({ "content": "" })),
        (format!("jobs?document_id=eq.{id}"), json!({ "state": "succeeded" })),
        (format!("job_progress?document_id=eq.{id}"), json!({ "stage": "done" })),
        (format!("job_events?document_id=eq.{id}"), json!({ "payload": {} })),
        (format!("exports?document_id=eq.{id}"), json!({ "status": "ready" })),
        (format!("workers?id=eq.{}", scene.worker_id), json!({ "capacity": 9 })),
    ] {
        scene.expect(Method::PATCH, &format!("/rest/v1/{query}"), Some(change), [Refused; 5]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_deleted_by_their_owner_and_only_where_users_delete_them() {
    let (project, _turn) = take_turn().await;
    let scene = Scene::set(project).await;
    let id = &scene.document.id;
    // The owner comes first in each round, so the others are asked about a second row of the same owner.
    for table in ["pages", "zone_revisions", "jobs", "job_progress", "job_events"] {
        scene
            .expect(Method::DELETE, &format!("/rest/v1/{table}?document_id=eq.{id}"), None, [Refused; 5])
            .await;
    }
    scene
        .expect(Method::DELETE, &format!("/rest/v1/workers?id=eq.{}", scene.worker_id), None, [Refused; 5])
        .await;
    for (caller, http) in CALLERS.iter().zip(&scene.callers).skip(1) {
        let headers = [("prefer", "return=representation")];
        for query in [
            format!("zones?document_id=eq.{id}"),
            format!("view_states?document_id=eq.{id}"),
            format!("user_settings?owner=eq.{}", scene.owner.id),
            format!("export_presets?owner=eq.{}", scene.owner.id),
            format!("documents?id=eq.{id}"),
        ] {
            let answer = http.send(Method::DELETE, &format!("/rest/v1/{query}"), &headers, None).await;
            let expected = if *caller == "anon" { Refused } else { Nothing };
            assert_eq!(
                outcome(&answer),
                expected,
                "{caller}: DELETE {query}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
    let gone =
        scene.owner.http.send(Method::DELETE, &format!("/rest/v1/documents?id=eq.{id}"), &[], None).await;
    assert_eq!(gone.status, 204);
    for table in ["pages", "zones", "zone_revisions", "jobs", "job_events", "view_states"] {
        let left = scene.owner.http.rows(&format!("{table}?document_id=eq.{id}")).await;
        assert!(left.is_empty(), "a deleted document leaves no {table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn user_functions_serve_users_on_what_is_theirs() {
    let (project, _turn) = take_turn().await;
    let scene = Scene::set(project).await;
    let id = &scene.document.id;
    let signed_in = [Done, Done, Refused, Done, Done];
    scene
        .expect(Method::POST, "/rest/v1/rpc/create_document", Some(json!({ "name": "c.pdf" })), signed_in)
        .await;
    let since = json!({ "document_id": id, "after_seq": 0 });
    scene
        .expect(
            Method::POST,
            "/rest/v1/rpc/events_since",
            Some(since),
            [Done, Nothing, Refused, Nothing, Nothing],
        )
        .await;
    let export = json!({ "document_id": id, "format": "json" });
    scene.expect(Method::POST, "/rest/v1/rpc/request_export", Some(export), [Refused; 5]).await;
    let job = json!({ "job_id": scene.job_id });
    scene.expect(Method::POST, "/rest/v1/rpc/retry_job", Some(job.clone()), [Refused; 5]).await;
    for (caller, http) in CALLERS.iter().zip(&scene.callers).skip(1) {
        let answer = http.rpc("cancel_job", &job).await;
        assert!(
            matches!(answer.status, 401 | 404),
            "{caller} cancels another's job: {} {}",
            answer.status,
            answer.text
        );
    }
    assert_eq!(scene.callers[0].rpc("cancel_job", &job).await.ok()["state"], "canceled");
    let held = json!({ "job_id": scene.job_id, "lease_token": scene.lease_token });
    assert_eq!(scene.callers[4].worker_rpc("finish", &held).await.ok(), "canceled", "its worker is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn worker_functions_serve_workers_and_only_on_jobs_they_hold() {
    let (project, _turn) = take_turn().await;
    let scene = Scene::set(project).await;
    let held = json!({ "job_id": scene.job_id, "lease_token": scene.lease_token });
    let with = |more: Value| {
        let mut arguments = held.clone();
        arguments.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        arguments
    };
    let calls = [
        ("report_progress", with(json!({ "progress": { "stage": "pages" } }))),
        ("save_pages", with(json!({ "pages": [] }))),
        ("save_export", with(json!({ "byte_size": 1, "sha256": "0".repeat(64) }))),
        ("fail", with(json!({ "error": { "code": "x", "message": "y" }, "retryable": false }))),
        ("finish", held.clone()),
    ];
    for (name, arguments) in &calls {
        for (caller, http) in CALLERS.iter().zip(&scene.callers).take(3) {
            let answer = http.worker_rpc(name, arguments).await;
            assert_eq!(answer.code(), "42501", "{caller} calls {name}: {} {}", answer.status, answer.text);
        }
        let answer = scene.callers[3].worker_rpc(name, arguments).await;
        assert_eq!(
            answer.json(),
            "lease_lost",
            "another worker with the right token calls {name}: {}",
            answer.text
        );
    }
    for (name, arguments) in [
        ("hello", json!({ "protocol_version": 1, "host": "h", "version": "1", "capacity": 1 })),
        (
            "claim",
            json!({ "worker_id": scene.worker_id, "max_jobs": 1, "kinds": ["export"], "lease_seconds": 9 }),
        ),
        ("renew", json!({ "job_ids": [], "lease_tokens": [], "lease_seconds": 9 })),
        ("release", json!({ "job_ids": [], "lease_tokens": [] })),
        ("read_pages", with(json!({ "from_page": 1, "max_pages": 9 }))),
        ("housekeep", json!({})),
        ("ping", json!({ "nonce": scene.job_id })),
    ] {
        for (caller, http) in CALLERS.iter().zip(&scene.callers).take(3) {
            let answer = http.worker_rpc(name, &arguments).await;
            assert_eq!(answer.code(), "42501", "{caller} calls {name}: {} {}", answer.status, answer.text);
        }
    }
    let foreign =
        json!({ "worker_id": scene.worker_id, "max_jobs": 1, "kinds": ["export"], "lease_seconds": 9 });
    assert_eq!(
        scene.callers[3].worker_rpc("claim", &foreign).await.status,
        404,
        "a worker claims as itself only"
    );
    let pages = scene.callers[3]
        .worker_rpc("read_pages", &with(json!({ "from_page": 1, "max_pages": 9 })))
        .await
        .ok();
    assert_eq!(pages, json!([]), "without the lease nothing is read");
    let pages = scene.callers[4]
        .worker_rpc("read_pages", &with(json!({ "from_page": 1, "max_pages": 9 })))
        .await
        .ok();
    assert_eq!(pages.as_array().map(Vec::len), Some(1));
    let old = json!({ "protocol_version": 0, "host": "h", "version": "0", "capacity": 1 });
    let answer = scene.callers[3].worker_rpc("hello", &old).await;
    assert_eq!(answer.status, 426, "a daemon that is too old is told so: {}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn helpers_are_out_of_reach() {
    let (project, _turn) = take_turn().await;
    let scene = Scene::set(project).await;
    for (caller, http) in CALLERS.iter().zip(&scene.callers) {
        let headers = [("content-type", "application/json"), ("content-profile", "private")];
        let answer = http.send(Method::POST, "/rest/v1/rpc/is_worker", &headers, Some(b"{}".to_vec())).await;
        assert_eq!(answer.code(), "PGRST106", "{caller}: {} {}", answer.status, answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_are_read_by_their_owner_and_by_the_worker_that_holds_the_lease() {
    let (project, _turn) = take_turn().await;
    let scene = Scene::set(project).await;
    let source = &scene.document.object_path;
    let export = source.replace("source.pdf", "export.json");
    let allowed = |allowed: [bool; 5]| CALLERS.into_iter().zip(scene.callers.clone()).zip(allowed);

    for ((caller, http), may) in allowed([true, false, false, false, true]) {
        let answer = http.get(&format!("/storage/v1/object/documents/{source}")).await;
        assert_eq!(answer.status == 200, may, "{caller} reads the source: {} {}", answer.status, answer.text);
    }
    let write = async |http: &Http, bucket: &str, path: &str, upsert: &str| {
        let mime = if bucket == "documents" { "application/pdf" } else { "application/json" };
        let headers = [("content-type", mime), ("x-upsert", upsert)];
        http.send(
            Method::POST,
            &format!("/storage/v1/object/{bucket}/{path}"),
            &headers,
            Some(b"{}".to_vec()),
        )
        .await
    };
    for ((caller, http), _) in allowed([false; 5]) {
        let answer = write(&http, "documents", source, "true").await;
        assert_ne!(answer.status, 200, "{caller} overwrites a source: {}", answer.text);
        let answer = write(&http, "documents", &format!("{}/elsewhere.pdf", scene.owner.id), "false").await;
        assert_ne!(answer.status, 200, "{caller} uploads where no document belongs: {}", answer.text);
    }
    for ((caller, http), may) in allowed([false, false, false, false, true]) {
        let answer = write(&http, "exports", &export, "true").await;
        assert_eq!(answer.status == 200, may, "{caller} writes an export: {} {}", answer.status, answer.text);
    }
    for ((caller, http), may) in allowed([true, false, false, false, true]) {
        let answer = http.get(&format!("/storage/v1/object/exports/{export}")).await;
        assert_eq!(answer.status == 200, may, "{caller} reads an export: {} {}", answer.status, answer.text);
        let listed = http
            .post("/storage/v1/object/list/exports", &json!({ "prefix": source.replace("/source.pdf", "") }))
            .await;
        let seen = listed.json().as_array().is_some_and(|objects| !objects.is_empty());
        assert_eq!(seen, may, "{caller} lists exports: {}", listed.text);
        let signed = http
            .post(&format!("/storage/v1/object/sign/exports/{export}"), &json!({ "expiresIn": 60 }))
            .await;
        assert_eq!(signed.status == 200, may, "{caller} signs an export: {} {}", signed.status, signed.text);
    }
    for ((caller, http), may) in allowed([false, false, false, false, false]) {
        let answer =
            http.send(Method::DELETE, &format!("/storage/v1/object/documents/{source}"), &[], None).await;
        if caller != "owner" {
            assert_eq!(
                answer.status == 200,
                may,
                "{caller} deletes a source: {} {}",
                answer.status,
                answer.text
            );
        }
    }
    let held = json!({ "job_ids": [scene.job_id], "lease_tokens": [scene.lease_token] });
    scene.callers[4].worker_rpc("release", &held).await.ok();
    let answer = scene.callers[4].get(&format!("/storage/v1/object/documents/{source}")).await;
    assert_ne!(answer.status, 200, "without its lease the worker reads nothing any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_are_heard_by_whom_they_concern() {
    let (project, _turn) = take_turn().await;
    let scene = Scene::set(project).await;
    let worker_topic = "worker:jobs".to_owned();
    for (topic, may) in [
        (format!("document:{}", scene.document.id), [true, false, false, false, false]),
        (format!("user:{}", scene.owner.id), [true, false, false, false, false]),
        (worker_topic, [false, false, false, true, true]),
        ("document:nonsense".to_owned(), [false; 5]),
        ("anything".to_owned(), [false; 5]),
    ] {
        for ((caller, http), may) in CALLERS.iter().zip(&scene.callers).zip(may) {
            let reply = join(project, http, &topic).await;
            assert_eq!(reply["status"] == "ok", may, "{caller} joins {topic}: {reply}");
        }
    }
}
