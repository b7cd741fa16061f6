//! The project the tests run against.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use local_supabase::{LocalSupabase, Options};
use serde_json::json;
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use crate::http::Http;

/// A project with the migrations applied.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    pub(crate) url: String,
    /// What clients hold: the publishable (or anon) key.
    pub(crate) publishable_key: String,
    /// What operators hold: the secret (or `service_role`) key.
    pub(crate) secret_key: String,
    /// The other generation of the same two keys, where the project has both.
    pub(crate) other_keys: Option<(String, String)>,
    pub(crate) database_url: Option<String>,
}

/// A person, or a worker's account, signed in.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) http: Http,
}

static PROJECT: OnceLock<Project> = OnceLock::new();
static TURN: Mutex<()> = Mutex::const_new(());

/// The project, for this test alone until the guard is dropped.
pub(crate) async fn take_turn() -> (&'static Project, MutexGuard<'static, ()>) {
    let guard = TURN.lock().await;
    zoned::supabase::install_tls();
    let project = tokio::task::spawn_blocking(|| PROJECT.get_or_init(open)).await.expect("the project opens");
    (project, guard)
}

fn open() -> Project {
    let project = from_environment().unwrap_or_else(|| start_stand_in(Options::default()));
    migrated(project)
}

/// Whether the project is one we may start others beside, with settings of our choice.
pub(crate) fn is_stand_in() -> bool {
    from_environment().is_none()
}

/// A stand-in of its own for a test that needs a project with other settings.
pub(crate) async fn stand_in_with(options: Options) -> Project {
    tokio::task::spawn_blocking(|| migrated(start_stand_in(options))).await.expect("the stand-in starts")
}

fn migrated(project: Project) -> Project {
    if let Some(database_url) = &project.database_url {
        push_migrations(database_url);
    }
    project
}

fn variable(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| std::env::var(name).ok()).filter(|value| !value.is_empty())
}

fn from_environment() -> Option<Project> {
    let url = variable(&["SUPABASE_URL"])?;
    let new_style = variable(&["SUPABASE_PUBLISHABLE_KEY"]).zip(variable(&["SUPABASE_SECRET_KEY"]));
    let legacy = variable(&["SUPABASE_ANON_KEY"]).zip(variable(&["SUPABASE_SERVICE_ROLE_KEY"]));
    let (first, second) = if new_style.is_some() { (new_style, legacy) } else { (legacy, None) };
    let (publishable_key, secret_key) =
        first.expect("set SUPABASE_PUBLISHABLE_KEY and SUPABASE_SECRET_KEY with SUPABASE_URL");
    Some(Project {
        url,
        publishable_key,
        secret_key,
        other_keys: second,
        database_url: variable(&["DATABASE_URL"]),
    })
}

/// Starts a stand-in that lives as long as this process, on a thread with a runtime of its own: each test's runtime
/// ends with its test.
fn start_stand_in(options: Options) -> Project {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async move {
            let stand_in = LocalSupabase::start(options)
                .await
                .expect("the stand-in starts; 'make setup' installs what it needs");
            sender.send(Project::of(&stand_in)).expect("the tests wait");
            std::future::pending::<()>().await;
        });
    });
    receiver.recv_timeout(Duration::from_mins(6)).expect("the stand-in starts")
}

/// `supabase db push`: what an operator does.
pub(crate) fn push_migrations(database_url: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(root.join("node_modules/.bin/supabase"))
        .args(["db", "push", "--yes", &format!("--remote={database_url}")])
        .current_dir(root)
        .output()
        .expect("the supabase CLI runs; 'make setup' installs it");
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "supabase db push failed: {text}");
    text
}

impl Project {
    /// What a stand-in is to its callers.
    pub(crate) fn of(stand_in: &LocalSupabase) -> Self {
        let keys = stand_in.keys();
        Self {
            url: stand_in.url().to_owned(),
            publishable_key: keys.publishable_key.clone(),
            secret_key: keys.secret_key.clone(),
            other_keys: Some((keys.anon_key.clone(), keys.service_role_key.clone())),
            database_url: Some(stand_in.database_url()),
        }
    }

    /// Calls with the publishable key and nobody signed in.
    pub(crate) fn anonymous(&self) -> Http {
        Http::new(&self.url, &self.publishable_key, None)
    }

    /// Calls with the secret key.
    pub(crate) fn operator(&self) -> Http {
        Http::new(&self.url, &self.secret_key, None)
    }

    /// A new person.
    pub(crate) async fn user(&self) -> Account {
        self.account(&json!({})).await
    }

    /// A new worker's account.
    pub(crate) async fn worker(&self) -> Account {
        self.account(&json!({ "role": "worker" })).await
    }

    async fn account(&self, app_metadata: &serde_json::Value) -> Account {
        let email = format!("test-{}@example.com", Uuid::new_v4());
        let password = Uuid::new_v4().to_string();
        let made = self
            .operator()
            .post("/auth/v1/admin/users", &json!({ "email": email, "password": password, "email_confirm": true, "app_metadata": app_metadata }))
            .await;
        assert_eq!(made.status, 200, "an account is made: {}", made.text);
        let http = self.sign_in(&email, &password).await;
        Account {
            id: made.json()["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"),
            email,
            password,
            http,
        }
    }

    /// Signs in and calls as that account from then on.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Http {
        let answer = self
            .anonymous()
            .post("/auth/v1/token?grant_type=password", &json!({ "email": email, "password": password }))
            .await;
        assert_eq!(answer.status, 200, "signs in: {}", answer.text);
        let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
        Http::new(&self.url, &self.publishable_key, Some(token))
    }

    /// The library's view of the project at this address: its own, or a proxy's.
    pub(crate) fn client_at(&self, url: &str) -> zoned::supabase::Project {
        let key =
            zoned::supabase::ApiKey::parse(&self.publishable_key, "SUPABASE_PUBLISHABLE_KEY").expect("a key");
        zoned::supabase::Project::new(url, key).expect("a project").with_s3("us-east-1", "stub")
    }
}

/// Waits until `check` gives something, polling; panics naming `what` after `limit`.
pub(crate) async fn eventually<T, F>(what: &str, limit: Duration, mut check: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let deadline = tokio::time::Instant::now() + limit;
    loop {
        if let Some(value) = check().await {
            return value;
        }
        assert!(tokio::time::Instant::now() < deadline, "{what}: not within {limit:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
