//! Backup and recovery: everything is deleted and comes back as it was.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use local_supabase::Options;
use reqwest::Method;
use serde_json::{Value, json};

use crate::daemon::Start;
use crate::document::{Document, fixture};
use crate::project::{Account, Project, eventually, is_stand_in, stand_in_with, take_turn};
use crate::support::pdf_with_pages;

/// Tables users see, and the order their rows are compared in.
const TABLES: [(&str, &str); 13] = [
    ("documents", "id"),
    ("pages", "document_id,page_number"),
    ("zones", "id"),
    ("zone_revisions", "zone_id,revision"),
    ("exports", "id"),
    ("jobs", "id"),
    ("job_progress", "job_id"),
    ("job_events", "document_id,seq"),
    ("export_presets", "id"),
    ("user_settings", "owner"),
    ("view_states", "owner,document_id"),
    ("quotas", "owner"),
    ("workers", "id"),
];

struct Output {
    code: Option<i32>,
    figures: Value,
    said: String,
}

async fn zoned_backup(project: &Project, command: &str, dir: &Path) -> Output {
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_zoned"))
        .arg("backup")
        .args(command.split(' '))
        .arg("--json")
        .arg(dir)
        .env("SUPABASE_URL", &project.url)
        .env("SUPABASE_SECRET_KEY", &project.secret_key)
        .kill_on_drop(true)
        .output()
        .await
        .expect("it runs");
    Output {
        code: output.status.code(),
        figures: serde_json::from_slice(&output.stdout).unwrap_or_default(),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

async fn done(project: &Project, command: &str, dir: &Path) -> Value {
    let output = zoned_backup(project, command, dir).await;
    assert_eq!(output.code, Some(0), "{command}: {}", output.said);
    println!("{command}: {}", output.figures);
    output.figures
}

/// Every row an operator sees, as text.
async fn rows(project: &Project) -> BTreeMap<&'static str, Vec<String>> {
    let operator = project.operator();
    let mut all = BTreeMap::new();
    for (table, order) in TABLES {
        let mut rows = Vec::new();
        loop {
            let query = format!("{table}?order={order}&limit=1000&offset={}", rows.len());
            let slice = operator.rows(&query).await;
            if slice.is_empty() {
                break;
            }
            rows.extend(slice.into_iter().map(|mut row| {
                // The number of the transaction that wrote it: another one wrote it again.
                row.as_object_mut().expect("a row").remove("written_in");
                row.to_string()
            }));
        }
        all.insert(table, rows);
    }
    all
}

/// The bytes of every object, by bucket and name.
async fn objects(project: &Project, documents: &[Document]) -> BTreeMap<String, String> {
    let operator = project.operator();
    let mut all = BTreeMap::new();
    for document in documents {
        let folder = document.object_path.trim_end_matches("/source.pdf").to_owned();
        for bucket in ["documents", "exports", "pages"] {
            let listed = operator
                .post(&format!("/storage/v1/object/list/{bucket}"), &json!({ "prefix": folder }))
                .await
                .ok();
            for object in listed.as_array().expect("objects") {
                let path = format!("{bucket}/{folder}/{}", object["name"].as_str().expect("a name"));
                let answer = operator.get(&format!("/storage/v1/object/{path}")).await;
                assert_eq!(answer.status, 200, "{path}");
                all.insert(path, answer.text);
            }
        }
    }
    all
}

async fn delete_everything(project: &Project, accounts: &[&Account]) {
    let worker = project.worker().await;
    let daemon = Start::new(project, &worker).with("ZONED_WORKER_HOUSEKEEPING_SECONDS", &1).ready().await;
    let operator = project.operator();
    for account in accounts {
        let path = format!("/auth/v1/admin/users/{}", account.id);
        assert_eq!(operator.send(Method::DELETE, &path, &[], None).await.status, 200);
    }
    eventually("all objects are deleted", Duration::from_mins(1), || async {
        let mut left = 0;
        for bucket in ["documents", "exports"] {
            let listed = operator
                .post(&format!("/storage/v1/object/list/{bucket}"), &json!({ "prefix": "" }))
                .await
                .ok();
            left += listed.as_array().expect("folders").len();
        }
        (left == 0).then_some(())
    })
    .await;
    daemon.terminate().await;
    let path = format!("/auth/v1/admin/users/{}", worker.id);
    operator.send(Method::DELETE, &path, &[], None).await.ok();
    let left: Vec<_> = rows(project).await.into_iter().filter(|(_, rows)| !rows.is_empty()).collect();
    assert!(left.is_empty(), "not empty: {left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_deleted_and_comes_back_byte_for_byte() {
    let _turn = take_turn().await;
    if !is_stand_in() {
        return; // it deletes everything
    }
    let project = stand_in_with(Options::default()).await;
    let (one, two, worker) = (project.user().await, project.user().await, project.worker().await);
    let daemon = Start::new(&project, &worker).ready().await;
    let mut documents = Vec::new();
    for name in ["paper.pdf", "long.pdf", "typography.pdf"] {
        let bytes = std::fs::read(fixture(name)).expect("the fixture");
        documents.push(Document::upload(&one, name, bytes).await);
    }
    documents.push(Document::upload(&two, "made.pdf", pdf_with_pages(300)).await);
    documents.push(Document::upload(&two, "broken.pdf", b"not a PDF".to_vec()).await);
    for document in &documents {
        document.settled().await;
    }
    let before: Vec<Vec<u8>> = vec![
        documents[0].export("markdown", &json!({})).await,
        documents[1].export("xlsx", &json!({})).await,
    ];
    let zone = documents[0].zones().await.remove(0);
    let headers = [("content-type", "application/json")];
    let query = format!("/rest/v1/zones?id=eq.{}", zone["id"].as_str().expect("an id"));
    let edit = json!({ "content": "Edited \u{1F600} by hand." }).to_string().into_bytes();
    one.http.send(Method::PATCH, &query, &headers, Some(edit)).await.ok();
    for (table, row) in [
        ("export_presets", json!({ "name": "mine", "format": "csv" })),
        ("user_settings", json!({ "settings": { "theme": "dark" } })),
        ("view_states", json!({ "document_id": documents[0].id, "state": { "page": 3 } })),
    ] {
        one.http.post(&format!("/rest/v1/{table}"), &row).await.ok();
    }
    let quota = json!({ "owner": one.id, "max_pages": 123_456 });
    assert_eq!(project.operator().rpc("set_quota", &quota).await.status, 204);
    Document::create(&two, "awaited.pdf").await;
    daemon.terminate().await;

    let dir = tempfile::tempdir().expect("a directory");
    let first = done(&project, "create", dir.path()).await;
    assert_eq!((&first["documents"], &first["copied"]), (&json!(6), &json!(6)), "{first}");
    let again = done(&project, "create", dir.path()).await;
    assert_eq!(
        (&again["documents"], &again["copied"]),
        (&json!(6), &json!(0)),
        "nothing has changed: {again}"
    );
    assert_eq!(again["files"], first["files"]);
    let verified = done(&project, "verify", dir.path()).await;
    assert_eq!((&verified["faults"], &verified["files"]), (&json!([]), &first["files"]), "{verified}");

    let (rows_before, objects_before) = (rows(&project).await, objects(&project, &documents).await);
    assert!(rows_before.values().all(|rows| !rows.is_empty()), "something everywhere");
    assert_eq!(objects_before.len(), 7);
    delete_everything(&project, &[&one, &two, &worker]).await;

    let restored = done(&project, "restore", dir.path()).await;
    assert_eq!((&restored["documents"], &restored["objects"]), (&json!(6), &json!(7)), "{restored}");
    let rows_after = rows(&project).await;
    for (table, _) in TABLES {
        assert_eq!(rows_after[table], rows_before[table], "{table}");
    }
    assert_eq!(objects(&project, &documents).await, objects_before);
    let refused = zoned_backup(&project, "restore", dir.path()).await;
    assert!(refused.code == Some(1) && refused.said.contains("--resume"), "{}", refused.said);
    done(&project, "restore --resume", dir.path()).await;
    assert_eq!(rows(&project).await, rows_before, "a second time changes nothing");

    // A document's file lost, as by recovery of the database alone, is filled in; nothing else is touched.
    let path = format!("/storage/v1/object/documents/{}", documents[2].object_path);
    assert_eq!(project.operator().send(Method::DELETE, &path, &[], None).await.status, 200);
    let refilled = done(&project, "refill", dir.path()).await;
    assert_eq!((&refilled["documents"], &refilled["objects"]), (&json!(6), &json!(1)), "{refilled}");
    assert_eq!(objects(&project, &documents).await, objects_before);
    assert_eq!(rows(&project).await, rows_before);

    // People and daemons go on as before.
    let one = Account { http: project.sign_in(&one.email, &one.password).await, ..one };
    let documents: Vec<Document> = documents.into_iter().map(|document| document.of(&one)).collect();
    let _daemon = Start::new(&project, &worker).ready().await;
    let markdown = documents[0].export("markdown", &json!({})).await;
    assert!(String::from_utf8_lossy(&markdown).contains("by hand"), "the edit is in what is exported now");
    assert_eq!(documents[1].export("xlsx", &json!({})).await, before[1], "the same bytes as before");
    let numbers = documents[0].event_numbers().await;
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>(), "events go on without a gap");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_backup_goes_on_and_one_of_a_busy_project_is_whole() {
    let _turn = take_turn().await;
    if !is_stand_in() {
        return; // it copies the whole project
    }
    let project = stand_in_with(Options::default()).await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(&project, &worker).ready().await;
    let mut documents = Vec::new();
    for number in 0..12 {
        documents.push(Document::upload(&owner, &format!("{number}.pdf"), pdf_with_pages(60)).await);
    }
    let dir = tempfile::tempdir().expect("a directory");
    // Killed while documents are being copied, and while they are still being processed.
    let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_zoned"))
        .args(["backup", "create", "--parallel", "1"])
        .arg(dir.path())
        .env("SUPABASE_URL", &project.url)
        .env("SUPABASE_SECRET_KEY", &project.secret_key)
        .kill_on_drop(true)
        .spawn()
        .expect("it runs");
    let partial = dir.path().join("manifest.partial.jsonl");
    eventually("something is copied", Duration::from_mins(1), || async {
        std::fs::read_to_string(&partial).is_ok_and(|text| text.lines().count() >= 2).then_some(())
    })
    .await;
    child.kill().await.expect("it dies");
    let refused = zoned_backup(&project, "restore", dir.path()).await;
    assert!(refused.code == Some(1) && refused.said.contains("no complete backup"), "{}", refused.said);
    for document in &documents {
        document.ready().await;
    }
    let whole = done(&project, "create", dir.path()).await;
    assert_eq!(whole["documents"], 12);
    assert_eq!(done(&project, "verify", dir.path()).await["faults"], json!([]));
    let pages = |id: &str| {
        let path = dir.path().join(format!("documents/{id}/public.pages.jsonl"));
        std::fs::read_to_string(path).expect("pages").lines().count()
    };
    assert!(documents.iter().all(|document| pages(&document.id) == 60));

    let source = dir.path().join(format!("documents/{}/objects/documents/0000-source.pdf", documents[3].id));
    let mut bytes = std::fs::read(&source).expect("the source");
    bytes[100] ^= 1;
    std::fs::write(&source, bytes).expect("damaged");
    let output = zoned_backup(&project, "verify", dir.path()).await;
    assert!(
        output.code == Some(1) && output.said.contains("0000-source.pdf: its content has changed"),
        "{}",
        output.said
    );

    let other = stand_in_with(Options::default()).await;
    let stranger = other.user().await;
    Document::create(&stranger, "mine.pdf").await;
    let refused = zoned_backup(&other, "restore", dir.path()).await;
    assert!(
        refused.code == Some(1) && refused.said.contains("restore into an empty one"),
        "{}",
        refused.said
    );
}
