//! `/rest/v1` as a service: real clients, a schema that changes, callers that mean harm.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may end")]

mod node;

use std::time::Duration;

use local_supabase::{LocalSupabase, Options};
use postgrest::Postgrest;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};

/// A stand-in with the tests' schema.
struct Project {
    stand_in: LocalSupabase,
    database: Client,
    http: reqwest::Client,
}

struct Answer {
    status: StatusCode,
    body: Value,
}

impl Project {
    async fn start(options: Options) -> Self {
        // The client is built with TLS, though loopback needs none; several tests may have set it up already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let stand_in = LocalSupabase::start(options).await.unwrap();
        let database = connect(&stand_in.database_url()).await;
        database.batch_execute(include_str!("rest.sql")).await.unwrap();
        Self { stand_in, database, http: reqwest::Client::new() }
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let url = format!("{}/rest/v1{path}", self.stand_in.url());
        let mut request = self
            .http
            .request(method, url)
            .timeout(Duration::from_secs(20))
            .header("apikey", &self.stand_in.keys().secret_key)
            .header("content-type", "application/json")
            .body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "").await
    }
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn supabase_js_reads_writes_embeds_and_calls() {
    let project = Project::start(Options::default()).await;
    node::run_client(&project.stand_in, "rest.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_a_changing_schema_and_hostile_requests() {
    let project = Project::start(Options::default()).await;
    the_postgrest_crate_works(&project).await;
    a_change_of_the_schema_is_seen_at_once(&project).await;
    settings_in_the_database_are_followed(&project).await;
    hostile_requests_get_client_errors(&project).await;
    what_is_left_out_says_so(&project).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_options_name_the_exposed_schemas() {
    let schemas = vec!["worker".to_owned(), "absent".to_owned()];
    let project = Project::start(Options { exposed_schemas: schemas, ..Options::default() }).await;
    let called = project.send(Method::POST, "/rpc/hello", &[], r#"{"version": 2}"#).await;
    assert_eq!(called.body, json!({"version": 2, "host": "here"}));
    let hidden = project.send(Method::GET, "/films", &[("accept-profile", "public")], "").await;
    assert_eq!(hidden.body["hint"], "Only the following schemas are exposed: worker");
}

async fn the_postgrest_crate_works(project: &Project) {
    let key = &project.stand_in.keys().secret_key;
    let client = Postgrest::new(format!("{}/rest/v1", project.stand_in.url())).insert_header("apikey", key);
    let made =
        client.from("films").insert(r#"[{"title": "By crate"}]"#).select("id,title").execute().await.unwrap();
    assert_eq!(made.status().as_u16(), 201);
    let films =
        client.from("films").select("title").eq("title", "By crate").single().execute().await.unwrap();
    assert_eq!(json_of(&films.text().await.unwrap()), json!({"title": "By crate"}));
    let deleted = client.from("films").eq("title", "By crate").delete().execute().await.unwrap();
    assert!(deleted.status().is_success());
    let called = client.clone().schema("worker").rpc("hello", r#"{"version": 1}"#).execute().await.unwrap();
    assert_eq!(json_of(&called.text().await.unwrap())["version"], 1);
    let refused = client.rpc("too_old", "{}").execute().await.unwrap();
    assert_eq!(refused.status().as_u16(), 426);
}

async fn a_change_of_the_schema_is_seen_at_once(project: &Project) {
    assert_eq!(project.get("/notes").await.status, StatusCode::NOT_FOUND);
    let change = "create table public.notes (id int primary key, film int references public.films); \
                  grant select, insert on public.notes to service_role;";
    project.database.batch_execute(change).await.unwrap();
    assert_eq!(project.get("/notes").await.body, json!([]));
    assert_eq!(project.get("/notes?select=films(title)").await.body, json!([]));
    project.database.batch_execute("alter table public.notes add column body text").await.unwrap();
    project
        .database
        .batch_execute(
            "drop function public.too_old(); create function public.too_old(why text) returns text \
             language sql as 'select why'; drop type if exists mood; create type mood as enum ('good'); \
             alter table public.notes add column mood mood;",
        )
        .await
        .unwrap();
    let called = project.send(Method::POST, "/rpc/too_old", &[], r#"{"why": "age"}"#).await;
    assert_eq!(called.body, json!("age"));
    let body = r#"{"id": 1, "body": "x", "mood": "good"}"#;
    let made = project.send(Method::POST, "/notes", &[], body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
}

async fn settings_in_the_database_are_followed(project: &Project) {
    let admin = connect(&project.stand_in.admin_database_url()).await;
    let settings = "alter role authenticator set pgrst.db_max_rows = '2'; \
                    alter role service_role set statement_timeout = '1234ms'; notify pgrst, 'reload config';";
    admin.batch_execute(settings).await.unwrap();
    let mut rows = 0;
    for _ in 0..100 {
        rows = project.get("/films").await.body.as_array().map_or(0, Vec::len);
        if rows == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(rows, 2, "the limit on rows was not read anew");
    assert_eq!(project.get("/rpc/seen").await.body["timeout"], "1234ms");
}

async fn hostile_requests_get_client_errors(project: &Project) {
    let nested = format!("/films?or={}id.eq.1{}", "(and".repeat(5000), ")".repeat(5000));
    let paths = [
        "/films?id=eq.1;drop%20table%20films",
        "/films?id=eq.%00",
        "/films?select=%22%22%22",
        "/films?select=id::text)%20from%20films--",
        "/films?select=id::%22x",
        "/films?select=title,studios!%22%29%3B(name)",
        "/films?order=id.asc.desc",
        "/films?limit=99999999999999999999999&offset=x",
        "/films?offset=18446744073709551615&limit=18446744073709551615",
        "/films?a=in.(1",
        "/films?details-%3E%3E=eq.1",
        "/films?or=(",
        "/films?title=fts(%27).x",
        "/films?title=fts(nosuch).x",
        "/%00",
        "/fil%ffms",
        "/rpc/named?a=1&a=2&b=%27",
        "/rpc/named?a=x",
        "/rpc/%22",
        "/studios?select=films(title)&films.or=(title.eq.%22)",
        &nested,
    ];
    for path in paths {
        let answer = project.get(path).await;
        assert!(!answer.status.is_server_error(), "{path}: {} {}", answer.status, answer.body);
    }
    let bodies = [
        "[[1]]",
        "[null]",
        "\"x\"",
        "{\"title\": \"\\u0000\"}",
        "{\"\": 1}",
        "[{\"title\":1},{\"title\":{}}]",
    ];
    for body in bodies {
        let answer = project.send(Method::POST, "/films", &[], body).await;
        assert!(!answer.status.is_server_error(), "{body}: {} {}", answer.status, answer.body);
    }
    let forged = project.send(Method::GET, "/films", &[("accept-profile", "public\"; drop")], "").await;
    assert_eq!(forged.status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(project.get("/films?id=eq.1&select=id").await.body, json!([{"id": 1}]), "nothing was harmed");
}

async fn what_is_left_out_says_so(project: &Project) {
    let left_out = [
        ("/dramas?select=title,studios(name)", "embedding of views"),
        ("/studios?select=name,...films(title)", "spreading a to-many relationship"),
    ];
    for (path, feature) in left_out {
        let answer = project.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_IMPLEMENTED, "{path}");
        assert!(answer.body["message"].as_str().unwrap().contains(feature), "{}", answer.body);
    }
}
