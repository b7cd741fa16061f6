//! `/auth/v1` as a service: accounts, sessions, keys, and what the database sees of them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may end")]

mod node;

use std::time::Duration;

use local_supabase::{LocalSupabase, Options, Signing};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_postgres::{Client, NoTls};

/// A stand-in and a client of it.
struct Project {
    stand_in: LocalSupabase,
    http: reqwest::Client,
}

struct Answer {
    status: StatusCode,
    body: Value,
}

impl Project {
    async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    async fn start_with(options: Options) -> Self {
        // The client is built with TLS, though loopback needs none; several tests may have set it up already.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let stand_in = LocalSupabase::start(options).await.unwrap();
        Self { stand_in, http: reqwest::Client::new() }
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        key: &str,
        bearer: Option<&str>,
        body: &Value,
    ) -> Answer {
        let mut request = self
            .http
            .request(method, format!("{}/auth/v1{path}", self.stand_in.url()))
            .timeout(Duration::from_secs(20))
            .header("apikey", key)
            .body(body.to_string());
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        let key = self.stand_in.keys().publishable_key.clone();
        self.send(Method::POST, path, &key, None, &body).await
    }

    async fn as_admin(&self, method: Method, path: &str, body: Value) -> Answer {
        let key = self.stand_in.keys().secret_key.clone();
        self.send(method, path, &key, None, &body).await
    }

    async fn sign_up(&self, email: &str) -> Answer {
        self.post("/signup", json!({"email": email, "password": "a password"})).await
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.post("/token?grant_type=refresh_token", json!({"refresh_token": token})).await
    }

    async fn show_user(&self, token: &str) -> Answer {
        let key = self.stand_in.keys().publishable_key.clone();
        self.send(Method::GET, "/user", &key, Some(token), &Value::Null).await
    }

    async fn database(&self) -> Client {
        connect(&self.stand_in.database_url()).await
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Answer {
    fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_refreshes_of_one_session_agree_on_the_next_token() {
    let project = Project::start().await;
    let first = project.sign_up("ada@example.com").await;
    let token = first.text("refresh_token");
    let answers = futures_util::future::join_all((0..12).map(|_| project.refresh(token))).await;
    for answer in &answers {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.text("refresh_token"), answers[0].text("refresh_token"));
    }
    assert_ne!(answers[0].text("refresh_token"), token);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_refresh_token_ends_the_refreshing_of_its_session_alone() {
    let project = Project::start().await;
    let stolen = project.sign_up("ada@example.com").await;
    let other = project
        .post("/token?grant_type=password", json!({"email": "ada@example.com", "password": "a password"}))
        .await;
    let second = project.refresh(stolen.text("refresh_token")).await;
    let third = project.refresh(second.text("refresh_token")).await;
    let admin = connect(&project.stand_in.admin_database_url()).await;
    admin
        .execute("update auth.refresh_tokens set updated_at = now() - interval '1 minute'", &[])
        .await
        .unwrap();
    let reuse = project.refresh(stolen.text("refresh_token")).await;
    assert_eq!(reuse.text("error_code"), "refresh_token_already_used");
    let rightful = project.refresh(third.text("refresh_token")).await;
    assert_eq!(rightful.text("error_code"), "refresh_token_already_used");
    assert_eq!(project.refresh(other.text("refresh_token")).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_up_runs_the_projects_own_triggers_and_fails_with_them() {
    let project = Project::start().await;
    let database = project.database().await;
    database
        .batch_execute(
            "create table public.profiles (id uuid primary key references auth.users on delete cascade, name text not null);
             create function public.make_profile() returns trigger language plpgsql security definer set search_path = '' as
               $$ begin insert into public.profiles values (new.id, new.raw_user_meta_data ->> 'name'); return new; end $$;
             create trigger make_profile after insert on auth.users for each row execute function public.make_profile();",
        )
        .await
        .unwrap();
    let request = json!({"email": "ada@example.com", "password": "a password", "data": {"name": "Ada"}});
    let ada = project.post("/signup", request).await;
    let names = database.query("select name from public.profiles", &[]).await.unwrap();
    assert_eq!(names[0].get::<_, &str>("name"), "Ada");

    let nameless = project.sign_up("nobody@example.com").await;
    assert_eq!(nameless.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(nameless.text("msg"), "Database error saving new user");

    let path = format!("/admin/users/{}", ada.body["user"]["id"].as_str().unwrap());
    assert_eq!(project.as_admin(Method::DELETE, &path, Value::Null).await.status, StatusCode::OK);
    assert!(database.query("select from public.profiles", &[]).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_is_guarded_as_a_hosted_one_is() {
    let project = Project::start().await;
    let database = project.database().await;
    for allowed in [
        "create policy own on auth.users for select to authenticated using (id = (select auth.uid()))",
        "drop policy own on auth.users",
        "select id from auth.users",
        "create table public.things (owner uuid default auth.uid() references auth.users)",
        "alter role authenticated set statement_timeout = '9s'",
        "create extension pg_trgm schema extensions",
        "alter publication supabase_realtime add table public.things",
    ] {
        database.batch_execute(allowed).await.unwrap_or_else(|error| panic!("{allowed}: {error:?}"));
    }
    for refused in [
        "alter table auth.users add column extra int",
        "alter table auth.users disable row level security",
        "create table auth.extra (id int)",
        "drop schema auth cascade",
        "grant supabase_auth_admin to postgres",
        "alter role supabase_admin password 'mine'",
        "create role king superuser",
        "set role anon; select from auth.users",
        "set role service_role; select from auth.users",
        "set role anon; create table public.mine (id int)",
        "set role anon; select from public.things",
    ] {
        let error = database.batch_execute(refused).await.expect_err(refused);
        assert_eq!(
            error.code().map(tokio_postgres::error::SqlState::code),
            Some("42501"),
            "{refused}: {error}"
        );
        database.batch_execute("reset role").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_both_styles_open_what_they_stand_for() {
    let project = Project::start().await;
    let keys = project.stand_in.keys().clone();
    for (key, expected) in [
        (&keys.secret_key, StatusCode::OK),
        (&keys.publishable_key, StatusCode::FORBIDDEN),
        (&"sb_secret_of_another_project".to_owned(), StatusCode::UNAUTHORIZED),
    ] {
        let answer = project.send(Method::GET, "/admin/users", key, None, &Value::Null).await;
        assert_eq!(answer.status, expected, "{}", answer.body);
    }
    let legacy = project
        .send(Method::GET, "/admin/users", &keys.service_role_key, Some(&keys.service_role_key), &Value::Null)
        .await;
    assert_eq!(legacy.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_are_refused_and_nothing_is_made() {
    let project = Project::start().await;
    let long = "x".repeat(2_000_000);
    let huge = project.sign_up(&long).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    for (path, body) in [
        ("/signup", json!({"email": "a'; drop table auth.users; --@example.com", "password": "a password"})),
        ("/signup", json!({"email": ["a@example.com"], "password": {}})),
        ("/signup", json!({"email": "a@example.com", "password": "a password", "data": {"name": "\u{0}"}})),
        ("/token?grant_type=password", json!({"email": "\u{0}@example.com", "password": "\u{0}"})),
        ("/token?grant_type=refresh_token", json!({"refresh_token": "\u{0}"})),
        ("/token", json!(null)),
    ] {
        let status = project.post(path, body.clone()).await.status;
        assert!(status.is_client_error(), "{path} {body}: {status}");
    }
    let filtered =
        project.as_admin(Method::GET, "/admin/users?filter=%00&per_page=99999999999", Value::Null).await;
    assert!(filtered.status.is_client_error());
    let users = project.as_admin(Method::GET, "/admin/users?filter=a%25", Value::Null).await;
    assert_eq!(users.body["users"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn ending_a_session_ends_its_access_token_at_this_service() {
    let project = Project::start().await;
    let session = project.sign_up("ada@example.com").await;
    let token = session.text("access_token");
    assert_eq!(project.show_user(token).await.status, StatusCode::OK);
    let path = format!("/admin/users/{}", session.body["user"]["id"].as_str().unwrap());
    project.as_admin(Method::PUT, &path, json!({"password": "another password"})).await;
    assert_eq!(project.show_user(token).await.text("error_code"), "session_not_found");
    let old = json!({"email": "ada@example.com", "password": "a password"});
    assert_eq!(
        project.post("/token?grant_type=password", old).await.text("error_code"),
        "invalid_credentials"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn unconfirmed_accounts_do_not_sign_in() {
    let project = Project::start().await;
    let account = json!({"email": "ada@example.com", "password": "a password"});
    assert_eq!(project.as_admin(Method::POST, "/admin/users", account.clone()).await.status, StatusCode::OK);
    let answer = project.post("/token?grant_type=password", account).await;
    assert_eq!(answer.text("error_code"), "email_not_confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn supabase_js_signs_up_in_and_out_and_administers() {
    supabase_js(&Project::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_key_pair_supabase_js_checks_tokens_by_the_published_key_and_every_service_takes_them() {
    let options = Options { signing: Signing::Es256, ..Options::default() };
    let project = Project::start_with(options).await;
    supabase_js(&project).await;
    let key_set = project.http.get(format!("{}/auth/v1/.well-known/jwks.json", project.stand_in.url()));
    let key_set: Value = key_set.send().await.unwrap().json().await.unwrap();
    assert_eq!(key_set["keys"][0]["alg"], "ES256");
    assert!(key_set["keys"][0].get("d").is_none(), "the private half is not published");
    let session = project.sign_up("grace@example.com").await;
    for path in ["/rest/v1/", "/storage/v1/bucket"] {
        let keys = project.stand_in.keys();
        let request = project.http.get(format!("{}{path}", project.stand_in.url()));
        let request =
            request.header("apikey", &keys.publishable_key).bearer_auth(session.text("access_token"));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK, "{path}");
    }
}

async fn supabase_js(project: &Project) {
    node::run_client(&project.stand_in, "auth.mjs").await;
}
