//! Quotas, and what becomes of what is deleted or expires.

use std::time::Duration;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};

use crate::daemon::{Daemon, Start};
use crate::document::Document;
use crate::project::{Account, Project, eventually, take_turn};
use crate::support::pdf_with_pages;

const PATIENCE: Duration = Duration::from_secs(30);

async fn set_quota(project: &Project, owner: &Account, quota: &Value) {
    let mut arguments = json!({ "owner": owner.id });
    arguments.as_object_mut().expect("an object").extend(quota.as_object().expect("an object").clone());
    let answer = project.operator().rpc("set_quota", &arguments).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

/// A daemon that keeps house all the time.
async fn housekeeper(project: &Project) -> Daemon {
    let worker = project.worker().await;
    Start::new(project, &worker).with("ZONED_WORKER_HOUSEKEEPING_SECONDS", &1).ready().await
}

async fn exists(project: &Project, bucket: &str, path: &str) -> bool {
    let answer = project.operator().get(&format!("/storage/v1/object/{bucket}/{path}")).await;
    assert!(answer.status == 200 || answer.json()["statusCode"] == "404", "{}", answer.text);
    answer.status == 200
}

async fn vanishes(project: &Project, bucket: &str, path: &str) {
    eventually(&format!("{bucket}/{path} is gone"), PATIENCE, || async {
        (!exists(project, bucket, path).await).then_some(())
    })
    .await;
}

/// A document with a ready export, and the export's row.
async fn exported(owner: &Account) -> (Document, Value) {
    let document = Document::upload(owner, "kept.pdf", pdf_with_pages(2)).await;
    document.ready().await;
    document.export("json", &json!({})).await;
    let row = owner.http.rows(&format!("exports?document_id=eq.{}", document.id)).await.remove(0);
    (document, row)
}

fn path_of(export: &Value) -> &str {
    export["object_path"].as_str().expect("a path")
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_beyond_the_quota_are_refused_when_announced_and_when_they_arrive() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let _daemon = housekeeper(project).await;
    set_quota(project, &owner, &json!({ "max_bytes": 3000 })).await;
    let create = |size: u64| json!({ "name": "sized.pdf", "byte_size": size });
    let answer = owner.http.rpc("create_document", &create(3001)).await;
    assert_eq!((answer.status, answer.code()), (413, "PT413".into()), "{}", answer.text);
    assert!(
        answer.json()["details"].as_str().is_some_and(|text| text.contains("0 of 3000 bytes")),
        "{}",
        answer.text
    );
    assert!(answer.json()["hint"].as_str().is_some_and(|text| text.contains("Delete")), "{}", answer.text);
    owner.http.rpc("create_document", &create(2000)).await.ok();

    let sly = Document::upload(&owner, "undeclared.pdf", pdf_with_pages(20)).await;
    let (code, message) = sly.failed().await;
    assert_eq!(code, "quota_exceeded");
    assert!(message.contains("quota"), "{message}");
    vanishes(project, "documents", &sly.object_path).await;
    let usage = owner.http.rpc("quota_usage", &json!({})).await.ok();
    assert_eq!((&usage["bytes"], &usage["max_bytes"]), (&json!(2000), &json!(3000)), "{usage}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_with_more_pages_than_are_left_fails_without_being_read() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let _daemon = housekeeper(project).await;
    set_quota(project, &owner, &json!({ "max_pages": 12 })).await;
    Document::upload(&owner, "ten.pdf", pdf_with_pages(10)).await.ready().await;
    let more = Document::upload(&owner, "three.pdf", pdf_with_pages(3)).await;
    let (code, message) = more.failed().await;
    assert_eq!(code, "quota_exceeded");
    assert!(message.contains("more pages than the quota allows"), "{message}");
    assert!(more.page_numbers().await.is_empty());
    let jobs = owner.http.rows(&format!("jobs?document_id=eq.{}", more.id)).await;
    assert_eq!(
        (&jobs[0]["state"], &jobs[0]["attempts"]),
        (&json!("dead"), &json!(1)),
        "it is not tried again"
    );
    Document::upload(&owner, "two.pdf", pdf_with_pages(2)).await.ready().await;
    let usage = owner.http.rpc("quota_usage", &json!({})).await.ok();
    assert_eq!((&usage["pages"], &usage["max_pages"]), (&json!(12), &json!(12)), "{usage}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_jobs_wait_or_run_than_the_quota_allows() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    set_quota(project, &owner, &json!({ "max_active_jobs": 2 })).await;
    let one = Document::create(&owner, "one.pdf").await;
    let two = Document::create(&owner, "two.pdf").await;
    let answer = owner.http.rpc("create_document", &json!({ "name": "three.pdf" })).await;
    assert_eq!((answer.status, answer.code()), (429, "PT429".into()), "{}", answer.text);
    for document in [&one, &two] {
        document.send(pdf_with_pages(1)).await;
    }
    let _daemon = housekeeper(project).await;
    for document in [&one, &two] {
        document.ready().await;
    }
    let requests: Vec<Value> = (0..3).map(|_| json!({ "document_id": one.id, "format": "json" })).collect();
    let answer = owner.http.post("/rest/v1/exports", &requests.into()).await;
    assert_eq!((answer.status, answer.code()), (429, "PT429".into()), "all at once: {}", answer.text);
    assert!(owner.http.rows("exports").await.is_empty(), "all or nothing");
    one.export("json", &json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_at_the_same_moment_do_not_take_the_last_of_the_quota_twice() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let bytes = pdf_with_pages(1);
    let room = |files: usize| bytes.len() * files + bytes.len() / 2;
    let create = json!({ "name": "announced.pdf", "byte_size": bytes.len() });
    set_quota(project, &owner, &json!({ "max_bytes": room(3) })).await;
    let made = join_all((0..8).map(|_| owner.http.rpc("create_document", &create))).await;
    let count = |status: u16| made.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(200), count(413)), (3, 5), "{made:?}");

    // Sizes that nobody announced show when the files are there.
    let other = project.user().await;
    set_quota(project, &other, &json!({ "max_bytes": room(3) })).await;
    let documents = join_all((0..6).map(|_| Document::create(&other, "unannounced.pdf"))).await;
    join_all(documents.iter().map(|document| document.send(bytes.clone()))).await;
    let rows = other.http.rows("documents?select=status,error").await;
    let with = |status: &str| rows.iter().filter(|row| row["status"] == status).count();
    assert_eq!((with("queued"), with("failed")), (3, 3), "{rows:?}");
    let refused = |row: &&Value| row["error"]["code"] == "quota_exceeded";
    assert_eq!(rows.iter().filter(refused).count(), 3, "{rows:?}");
    let usage = other.http.rpc("quota_usage", &json!({})).await.ok();
    assert_eq!(usage["bytes"], json!(bytes.len() * 3), "{usage}");

    let third = project.user().await;
    set_quota(project, &third, &json!({ "max_active_jobs": 2 })).await;
    let create = json!({ "name": "job.pdf" });
    let made = join_all((0..6).map(|_| third.http.rpc("create_document", &create))).await;
    assert_eq!(made.iter().filter(|answer| answer.status == 200).count(), 2, "{made:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn quotas_are_set_by_operators_alone() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    for http in [&owner.http, &worker.http, &project.anonymous()] {
        let answer = http.rpc("set_quota", &json!({ "owner": owner.id, "max_bytes": 1 })).await;
        assert!(matches!(answer.status, 401 | 403), "{} {}", answer.status, answer.text);
        let answer = http.post("/rest/v1/quotas", &json!({ "owner": owner.id, "max_bytes": 1 })).await;
        assert!(matches!(answer.status, 401 | 403), "{} {}", answer.status, answer.text);
    }
    set_quota(project, &owner, &json!({ "max_pages": 7 })).await;
    assert_eq!(owner.http.rows("quotas").await.len(), 1, "owners see their own");
    assert!(worker.http.rows("quotas").await.is_empty());
    let nobody = json!({ "owner": uuid::Uuid::new_v4(), "max_pages": 7 });
    assert_eq!(project.operator().rpc("set_quota", &nobody).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_expires_with_its_file_and_the_document_stays() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let _daemon = housekeeper(project).await;
    set_quota(project, &owner, &json!({ "export_days": 30 })).await;
    let (document, export) = exported(&owner).await;
    let lives = |row: &Value| -> f64 {
        let time = |key: &str| row[key].as_str().expect("a time").parse::<jiff::Timestamp>().expect("a time");
        time("expires_at").duration_since(time("created_at")).as_secs_f64() / 86_400.0
    };
    assert!((lives(&export) - 30.0).abs() < 0.01, "{export}");
    assert!(exists(project, "exports", path_of(&export)).await);
    let headers = [("content-type", "application/json")];
    let body = json!({ "expires_at": "2020-01-01T00:00:00Z" }).to_string().into_bytes();
    let query = format!("/rest/v1/exports?id=eq.{}", export["id"].as_str().expect("an id"));
    project.operator().send(Method::PATCH, &query, &headers, Some(body)).await.ok();
    vanishes(project, "exports", path_of(&export)).await;
    let row = owner.http.rows(&format!("exports?document_id=eq.{}", document.id)).await.remove(0);
    assert_eq!(row["status"], "expired");
    assert!(exists(project, "documents", &document.object_path).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_document_takes_its_files_along() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let _daemon = housekeeper(project).await;
    let (document, export) = exported(&owner).await;
    let (other, _) = exported(&owner).await;
    owner
        .http
        .send(Method::DELETE, &format!("/rest/v1/documents?id=eq.{}", document.id), &[], None)
        .await
        .ok();
    vanishes(project, "documents", &document.object_path).await;
    vanishes(project, "exports", path_of(&export)).await;
    assert!(exists(project, "documents", &other.object_path).await, "and no others");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_arrives_after_its_document_is_gone_is_deleted() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let _daemon = housekeeper(project).await;
    let path = format!("{}/{}/source.pdf", owner.id, uuid::Uuid::new_v4());
    let headers = [("content-type", "application/pdf")];
    let answer = project
        .operator()
        .send(
            Method::POST,
            &format!("/storage/v1/object/documents/{path}"),
            &headers,
            Some(pdf_with_pages(1)),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    vanishes(project, "documents", &path).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_deletes_what_it_was_told_to_and_nothing_else() {
    let (project, _turn) = take_turn().await;
    let (owner, worker, other) = (project.user().await, project.worker().await, project.worker().await);
    let deleted = Document::upload(&owner, "deleted.pdf", pdf_with_pages(1)).await;
    let kept = Document::upload(&owner, "kept.pdf", pdf_with_pages(1)).await;
    owner
        .http
        .send(Method::DELETE, &format!("/rest/v1/documents?id=eq.{}", deleted.id), &[], None)
        .await
        .ok();
    let bucket = "/storage/v1/object/documents";
    let remove = async |account: &Account| {
        let paths = json!({ "prefixes": [deleted.object_path, kept.object_path] });
        let body = Some(paths.to_string().into_bytes());
        let headers = [("content-type", "application/json")];
        account.http.send(Method::DELETE, bucket, &headers, body).await.ok()
    };
    assert_eq!(remove(&worker).await, json!([]), "not before it is claimed");
    let claim = json!({ "max_objects": 1000, "seconds": 60 });
    let claimed = worker.http.worker_rpc("claim_deletions", &claim).await.ok();
    let wanted = json!({ "bucket_id": "documents", "name": deleted.object_path });
    assert!(claimed.as_array().expect("objects").contains(&wanted), "{claimed}");
    let confirm = json!({ "bucket_id": "documents", "names": [deleted.object_path] });
    assert_eq!(worker.http.worker_rpc("confirm_deletions", &confirm).await.ok(), 0, "it is still there");
    assert_eq!(remove(&other).await, json!([]), "claimed by another");
    let removed = remove(&worker).await;
    assert_eq!(removed.as_array().map(Vec::len), Some(1), "{removed}");
    assert!(!exists(project, "documents", &deleted.object_path).await);
    assert!(exists(project, "documents", &kept.object_path).await);
    assert_eq!(worker.http.worker_rpc("confirm_deletions", &confirm).await.ok(), 1);
    for (name, arguments) in [("claim_deletions", claim), ("confirm_deletions", confirm)] {
        let answer = owner.http.worker_rpc(name, &arguments).await;
        assert_eq!((answer.status, answer.code()), (403, "42501".into()), "{name}");
    }
}

/// Columns that name an account, found in the catalogue, so that a table made later is looked into, too.
const ACCOUNTS: &str = "
    select namespaces.nspname || '.' || tables.relname, quote_ident(attributes.attname)
    from pg_attribute attributes
    join pg_class tables on tables.oid = attributes.attrelid and tables.relkind in ('r', 'p')
    join pg_namespace namespaces on namespaces.oid = tables.relnamespace and namespaces.nspname in ('public', 'private')
    where attributes.attnum > 0 and not attributes.attisdropped and (
      attributes.attname in ('owner', 'owner_id', 'account', 'user_id', 'changed_by') or exists (
        select from pg_constraint keys
        where keys.conrelid = tables.oid and keys.confrelid = 'auth.users'::regclass and attributes.attnum = any (keys.conkey)
      )
    ) order by 1, 2";

/// Tables that name accounts, and no person who uses the project: a daemon's, and one that goes on with the deletion.
const NOT_OF_USERS: [&str; 2] = ["public.workers", "private.account_deletions"];

/// Every table of ours, and Storage's.
const TABLES: &str = "
    select namespaces.nspname || '.' || tables.relname
    from pg_class tables join pg_namespace namespaces on namespaces.oid = tables.relnamespace
    where tables.relkind in ('r', 'p') and namespaces.nspname in ('public', 'private', 'storage')
      and has_table_privilege(tables.oid, 'select') order by 1";

/// The database, where its address is known.
async fn database(project: &Project) -> Option<Client> {
    let url = project.database_url.as_ref()?;
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection");
    tokio::spawn(connection);
    Some(client)
}

/// Columns in which users are named and this one is not.
async fn columns_without(database: &Client, owner: &str) -> Vec<String> {
    let mut without = Vec::new();
    for row in database.query(ACCOUNTS, &[]).await.expect("the columns") {
        let (table, column): (String, String) = (row.get(0), row.get(1));
        if NOT_OF_USERS.contains(&table.as_str()) {
            continue;
        }
        let query = format!("select exists (select from {table} where {column}::text = $1)");
        if !database.query_one(&query, &[&owner]).await.expect("an answer").get::<_, bool>(0) {
            without.push(format!("{table}.{column}"));
        }
    }
    without
}

/// Tables with a row that has one of the texts anywhere in it: in a path, a payload, a message.
async fn tables_with(database: &Client, texts: &[String]) -> Vec<String> {
    let mut with = Vec::new();
    for row in database.query(TABLES, &[]).await.expect("the tables") {
        let table: String = row.get(0);
        let query = format!(
            "select exists (select from {table} as whole, unnest($1::text[]) as text where position(text in whole::text) > 0)"
        );
        if database.query_one(&query, &[&texts]).await.expect("an answer").get::<_, bool>(0) {
            with.push(table);
        }
    }
    with
}

/// An account with something in every table that names accounts.
struct Settled {
    owner: Account,
    document: String,
    objects: Vec<(&'static str, String)>,
}

async fn settled(project: &Project) -> Settled {
    let owner = project.user().await;
    let (document, export) = exported(&owner).await;
    set_quota(project, &owner, &json!({ "max_pages": 1000 })).await;
    let zone = document.zones().await.remove(0);
    let headers = [("content-type", "application/json")];
    let query = format!("/rest/v1/zones?id=eq.{}", zone["id"].as_str().expect("an id"));
    owner.http.send(Method::PATCH, &query, &headers, Some(br#"{"content":"Edited."}"#.to_vec())).await.ok();
    let webhook = uuid::Uuid::new_v4();
    for (table, row) in [
        ("export_presets", json!({ "name": "mine", "format": "csv" })),
        ("user_settings", json!({ "settings": { "theme": "dark" } })),
        ("view_states", json!({ "document_id": document.id, "state": {} })),
        ("webhooks", json!({ "id": webhook, "url": "https://example.com/", "events": ["document.ready"] })),
    ] {
        owner.http.post(&format!("/rest/v1/{table}"), &row).await.ok();
    }
    for (name, arguments) in [
        ("test_webhook", json!({ "webhook_id": webhook })),
        ("create_api_token", json!({ "name": "mine" })),
        ("begin_request", json!({ "idempotency_key": "once", "request_hash": "0".repeat(64) })),
    ] {
        owner.http.rpc(name, &arguments).await.ok();
    }
    let gone = owner.http.rpc("create_document", &json!({ "name": "gone.pdf" })).await.ok();
    let gone = format!("/rest/v1/documents?id=eq.{}", gone["id"].as_str().expect("an id"));
    owner.http.send(Method::DELETE, &gone, &[], None).await.ok();
    if let Some(database) = database(project).await {
        let without = columns_without(&database, &owner.id.to_string()).await;
        assert!(without.is_empty(), "have an account leave something here before it is deleted: {without:?}");
    }
    let objects = vec![("documents", document.object_path), ("exports", path_of(&export).to_owned())];
    Settled { owner, document: document.id, objects }
}

async fn leaves_nothing(
    project: &Project,
    owner: &Account,
    document: Option<&str>,
    objects: &[(&str, String)],
) {
    eventually("the account is gone", PATIENCE, || async {
        let answer = project.operator().get(&format!("/auth/v1/admin/users/{}", owner.id)).await;
        (answer.status == 404).then_some(())
    })
    .await;
    for (bucket, path) in objects {
        vanishes(project, bucket, path).await;
    }
    if let Some(database) = database(project).await {
        let mut texts = vec![owner.id.to_string(), owner.email.clone()];
        texts.extend(document.map(str::to_owned));
        eventually("no row has anything of the account", PATIENCE, || async {
            let with = tables_with(&database, &texts).await;
            if !with.is_empty() {
                eprintln!("still in {with:?}");
            }
            with.is_empty().then_some(())
        })
        .await;
    }
    let credentials = json!({ "email": owner.email, "password": owner.password });
    let answer = project.anonymous().post("/auth/v1/token?grant_type=password", &credentials).await;
    assert_eq!(answer.status, 400, "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_deletes_itself_and_leaves_nothing_behind() {
    let (project, _turn) = take_turn().await;
    let _daemon = housekeeper(project).await;
    let Settled { owner, document, objects } = settled(project).await;
    assert_eq!(owner.http.rpc("delete_account", &json!({})).await.ok(), json!({ "deleted": true }));
    leaves_nothing(project, &owner, Some(&document), &objects).await;
    let answer = owner.http.rpc("create_document", &json!({ "name": "ghost.pdf" })).await;
    assert!(answer.status >= 400, "its token is good for nothing any more: {}", answer.text);
    let worker = project.worker().await;
    assert_eq!(worker.http.rpc("delete_account", &json!({})).await.status, 403);
    assert_eq!(project.anonymous().rpc("delete_account", &json!({})).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_many_documents_is_deleted_in_the_background() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let rows: Vec<Value> = (0..150).map(|number| json!({ "name": format!("{number}.pdf") })).collect();
    owner.http.post("/rest/v1/documents", &rows.into()).await.ok();
    assert_eq!(owner.http.rpc("delete_account", &json!({})).await.ok(), json!({ "deleted": false }));
    let answer = owner.http.rpc("create_document", &json!({ "name": "late.pdf" })).await;
    assert_eq!((answer.status, answer.code()), (403, "PT403".into()), "{}", answer.text);
    let _daemon = housekeeper(project).await;
    leaves_nothing(project, &owner, None, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_deleted_by_an_operator_leaves_nothing_behind_either() {
    let (project, _turn) = take_turn().await;
    let _daemon = housekeeper(project).await;
    let Settled { owner, document, objects } = settled(project).await;
    let path = format!("/auth/v1/admin/users/{}", owner.id);
    let answer = project.operator().send(Method::DELETE, &path, &[], None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    leaves_nothing(project, &owner, Some(&document), &objects).await;
}
