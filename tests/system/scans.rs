//! No query of users or daemons reads a growing table from end to end.
//!
//! `EXPLAIN` cannot look into functions and policies, so PostgreSQL's own count of sequential scans is taken before and
//! after: the tables are large and analysed, so that a scan would be chosen only for want of an index.

use std::collections::BTreeMap;
use std::time::Duration;

use local_supabase::Options;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};

use crate::project::{Account, Project, is_stand_in, stand_in_with};

/// Many owners with many documents each, and nobody's daemons. Triggers run as they always do.
const FILL: &str = "
    insert into public.workers (account, host, version, protocol_version, capacity, last_seen)
    select (array(select id from auth.users))[1 + n % 40], 'h' || n, '1', 1, 1, now() - make_interval(mins => n) from generate_series(1, 3000) n;
    insert into public.documents (id, owner, name, byte_size, status, page_count, sha256, metadata)
    select gen_random_uuid(), (array(select id from auth.users))[1 + n % 40], 'Document ' || n || '.pdf', 1000, 'ready', 8, md5(n::text) || md5(n::text), '{}'
    from generate_series(1, 6000) n;
    insert into public.pages (document_id, page_number, owner, width, height, text_source)
    select id, page, owner, 612, 792, 'native' from public.documents, generate_series(1, 4) page;
    insert into public.zones (document_id, page_number, owner, kind, bbox_x, bbox_y, bbox_width, bbox_height, reading_order, content)
    select document_id, page_number, owner, 'paragraph', 1, 1, 9, 9, zone, 'Text ' || zone from public.pages, generate_series(0, 3) zone;
    update public.zones set content = 'Edited' where reading_order = 0 and page_number = 1;
    insert into public.exports (document_id, owner, format, expires_at)
    select id, owner, 'markdown', now() + interval '1 day' from public.documents;
    update public.jobs set state = 'canceled', finished_at = now() - interval '1 minute';
    insert into public.job_progress (job_id, document_id, owner, stage)
    select id, document_id, owner, 'done' from public.jobs on conflict do nothing;
    insert into public.quotas (owner, max_pages) select id, 1000000 from auth.users;
    insert into private.object_deletions (bucket_id, name) select 'exports', 'x/' || n from generate_series(1, 5000) n;
    insert into private.document_deletions (document_id, owner)
    select gen_random_uuid(), (array(select id from auth.users))[1 + n % 40] from generate_series(1, 6000) n;
    insert into public.export_presets (owner, name, format) select id, 'Preset ' || n, 'csv' from auth.users, generate_series(1, 100) n;
    insert into public.webhooks (owner, url, events, description)
    select id, 'https://example.com/' || n, array['export.ready'], repeat('x', 200) from auth.users, generate_series(1, 18) n;
    insert into public.webhook_deliveries (webhook_id, owner, event, payload, state, delivered_at)
    select id, owner, 'export.ready', '{}', 'delivered', now() from public.webhooks, generate_series(1, 10);
    insert into public.view_states (owner, document_id, state) select owner, id, '{}' from public.documents;
    analyze;";

/// Tables that do not grow with use, or by one row an owner.
const SMALL: [&str; 4] = ["user_settings", "quotas", "quota_defaults", "account_deletions"];

async fn scans(database: &Client) -> BTreeMap<String, i64> {
    // A session hands in its counts when it has been idle for a second, at the latest.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    database.batch_execute("select pg_stat_clear_snapshot()").await.expect("a fresh look");
    let rows = database
        .query("select schemaname || '.' || relname, seq_scan from pg_stat_user_tables where schemaname in ('public', 'private', 'worker')", &[])
        .await
        .expect("the counts");
    rows.iter()
        .map(|row| (row.get::<_, String>(0), row.get::<_, i64>(1)))
        .filter(|(name, _)| !SMALL.iter().any(|small| name.ends_with(small)))
        .collect()
}

/// What is called, and the tables it read from end to end.
struct Watched<'a> {
    database: &'a Client,
    found: Vec<String>,
}

impl Watched<'_> {
    async fn during(&mut self, what: &str, call: impl Future<Output = ()>) {
        let before = scans(self.database).await;
        call.await;
        for (table, after) in scans(self.database).await {
            if after > before.get(&table).copied().unwrap_or_default() {
                self.found.push(format!("{what}: {table}"));
            }
        }
    }
}

async fn users_reads(owner: &Account, document: &str, zone: &str) {
    let http = &owner.http;
    for query in [
        "documents?select=*&order=created_at.desc,id.desc&limit=50".to_owned(),
        "documents?select=*,jobs(state)&status=in.(ready,failed)&order=name,id&limit=50".to_owned(),
        format!("documents?id=eq.{document}"),
        format!("pages?document_id=eq.{document}&order=page_number&limit=100"),
        format!("zones?document_id=eq.{document}&page_number=eq.1&order=reading_order,id"),
        format!("zones?id=eq.{zone}"),
        format!("zone_revisions?zone_id=eq.{zone}&order=revision.desc"),
        format!("zone_revisions?document_id=eq.{document}&order=changed_at.desc&limit=50"),
        format!("jobs?document_id=eq.{document}&order=created_at.desc&limit=1"),
        "jobs?order=created_at.desc&limit=50".to_owned(),
        format!("job_progress?document_id=eq.{document}"),
        format!("job_events?document_id=eq.{document}&order=seq.desc&limit=1"),
        format!("exports?document_id=eq.{document}&order=created_at.desc"),
        "exports?order=created_at.desc&limit=50".to_owned(),
        "export_presets?order=name&limit=100".to_owned(),
        format!("view_states?document_id=eq.{document}"),
        "user_settings".to_owned(),
    ] {
        http.rows(&query).await;
    }
    http.rpc("quota_usage", &json!({})).await.ok();
    http.rpc("events_since", &json!({ "document_id": document, "after_seq": 1 })).await.ok();
    http.rpc("user_events_since", &json!({ "after_cursor": "0", "max_events": 50 })).await.ok();
}

async fn users_writes(owner: &Account, document: &str, zone: &str) {
    let http = &owner.http;
    let patch = |path: String, body: Value| async move {
        let headers = [("content-type", "application/json")];
        http.send(Method::PATCH, &path, &headers, Some(body.to_string().into_bytes())).await.ok();
    };
    patch(format!("/rest/v1/documents?id=eq.{document}"), json!({ "name": "Renamed.pdf" })).await;
    patch(format!("/rest/v1/zones?id=eq.{zone}"), json!({ "content": "Edited again" })).await;
    let new = http.rpc("create_document", &json!({ "name": "new.pdf" })).await.ok();
    let new = new["id"].as_str().expect("an id");
    http.send(Method::DELETE, &format!("/rest/v1/documents?id=eq.{new}"), &[], None).await.ok();
    http.rpc("request_export", &json!({ "document_id": document, "format": "json" })).await.ok();
    let settings = json!({ "document_id": document, "state": {} });
    let headers = [("content-type", "application/json"), ("prefer", "resolution=merge-duplicates")];
    let body = Some(settings.to_string().into_bytes());
    http.send(Method::POST, "/rest/v1/view_states", &headers, body).await.ok();
    http.rpc("reprocess_zone", &json!({ "zone_id": zone })).await.ok();
}

async fn a_daemons_round(worker: &Account) {
    let http = &worker.http;
    let worker_id = http.hello().await;
    let claim = json!({ "worker_id": worker_id, "max_jobs": 10, "kinds": ["process_document", "process_zone", "export"], "lease_seconds": 60 });
    let jobs = http.worker_rpc("claim", &claim).await.ok();
    let jobs = jobs.as_array().expect("jobs");
    assert_eq!(jobs.len(), 2, "the export and the zone just asked for");
    for job in jobs {
        let held = json!({ "job_id": job["job_id"], "lease_token": job["lease_token"] });
        let with = |more: Value| {
            let mut arguments = held.clone();
            arguments
                .as_object_mut()
                .expect("an object")
                .extend(more.as_object().expect("an object").clone());
            arguments
        };
        let progress = json!({ "progress": { "stage": "export", "pages_done": 1, "pages_total": 4 } });
        http.worker_rpc("report_progress", &with(progress)).await.ok();
        if job["kind"] == "export" {
            http.worker_rpc("read_pages", &with(json!({ "from_page": 1, "max_pages": 50 }))).await.ok();
            let file = json!({ "byte_size": 5, "sha256": "0".repeat(64) });
            http.worker_rpc("save_export", &with(file)).await.ok();
        } else {
            let error = json!({ "error": { "code": "test", "message": "Test." }, "retryable": true });
            http.worker_rpc("fail", &with(error)).await.ok();
        }
    }
    http.worker_rpc("housekeep", &json!({})).await.ok();
    http.worker_rpc("queue_figures", &json!({})).await.ok();
    let claim = json!({ "max_objects": 10, "seconds": 60 });
    http.worker_rpc("claim_deletions", &claim).await.ok();
    http.worker_rpc("confirm_deletions", &json!({ "bucket_id": "exports", "names": ["none"] })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_reads_a_growing_table_from_end_to_end() {
    if !is_stand_in() {
        return; // it fills the database, and counts are only its own where nobody else calls
    }
    let project: Project = stand_in_with(Options::default()).await;
    let (owner, worker) = (project.user().await, project.worker().await);
    for _ in 0..38 {
        project.user().await;
    }
    let url = project.database_url.clone().expect("the stand-in's database");
    let (database, connection) = tokio_postgres::connect(&url, NoTls).await.expect("a connection");
    tokio::spawn(connection);
    database.batch_execute(FILL).await.expect("the tables are filled");
    let mine = owner.http.rows("documents?limit=1&order=id").await.remove(0);
    let document = mine["id"].as_str().expect("an id").to_owned();
    let zone = owner
        .http
        .rows(&format!("zones?document_id=eq.{document}&page_number=eq.1&order=reading_order&limit=1"))
        .await;
    let zone = zone[0]["id"].as_str().expect("an id").to_owned();

    let mut watched = Watched { database: &database, found: Vec::new() };
    watched.during("reading", users_reads(&owner, &document, &zone)).await;
    watched.during("writing", users_writes(&owner, &document, &zone)).await;
    watched.during("working", a_daemons_round(&worker)).await;
    watched
        .during("deleting", async {
            let path = format!("/rest/v1/documents?id=eq.{document}");
            owner.http.send(Method::DELETE, &path, &[], None).await.ok();
        })
        .await;
    assert!(watched.found.is_empty(), "read from end to end: {:#?}", watched.found);
}
