//! The project: a stand-in of our own, or the one the environment names.

use std::path::Path;

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use local_supabase::{LocalSupabase, Options};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::process::Command;
use uuid::Uuid;
use zoned::supabase::{ApiKey, Auth, Password, Project, Session};

/// Where webhooks may go beside the internet: this machine.
const PRIVATE_HOSTS: [&str; 2] = ["127.0.0.1", "localhost"];

/// The project, with a user and a worker.
#[derive(Debug)]
pub(crate) struct DemoProject {
    pub(crate) project: Project,
    pub(crate) publishable_key: String,
    pub(crate) user: Login,
    pub(crate) worker: Login,
    url: String,
    stand_in: Option<StandIn>,
}

/// A stand-in, and the file that holds the secrets of its Edge Functions.
#[derive(Debug)]
struct StandIn {
    local: LocalSupabase,
    function_secrets: NamedTempFile,
}

/// An account made for the demo.
#[derive(Debug)]
pub(crate) struct Login {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// Where the project is and how to get in.
struct Access {
    url: String,
    publishable_key: String,
    secret_key: String,
    database_url: Option<String>,
}

impl DemoProject {
    /// Starts or finds the project, applies the migrations, makes the accounts.
    pub(crate) async fn open(root: &Path) -> anyhow::Result<Self> {
        let (access, stand_in) = if let Some(access) = Access::from_environment()? {
            (access, None)
        } else {
            println!("Starting local-supabase, a development stand-in for a Supabase project");
            let stand_in = StandIn::start().await?;
            (Access::of(&stand_in.local), Some(stand_in))
        };
        if let Some(database_url) = &access.database_url {
            println!("Applying the migrations: supabase db push");
            push_migrations(root, database_url).await?;
        }
        let operator = Project::new(&access.url, ApiKey::parse(&access.secret_key, "SUPABASE_SECRET_KEY")?)?;
        let auth = Auth::new(&operator)?;
        let user = Login::make(&auth, "demo", &json!({})).await?;
        let worker = Login::make(&auth, "worker", &json!({ "role": "worker" })).await?;
        let project =
            Project::new(&access.url, ApiKey::parse(&access.publishable_key, "SUPABASE_PUBLISHABLE_KEY")?)?;
        Ok(Self { project, publishable_key: access.publishable_key, user, worker, url: access.url, stand_in })
    }

    /// Signs in as the demo user.
    pub(crate) async fn sign_in_user(&self) -> anyhow::Result<Session> {
        let password = Password::new(&self.user.email, &self.user.password);
        Session::sign_in(&self.project, password).await.context("the demo user cannot sign in")
    }

    /// Lets the Edge Function answer the web app, accept API tokens, and send webhooks to this machine too. Of a project that
    /// is not the demo's own, its operator says that.
    pub(crate) async fn admit_web_app(&self, url: &str) -> anyhow::Result<()> {
        match &self.stand_in {
            Some(stand_in) => stand_in.admit_web_app(url).await,
            None => Ok(()),
        }
    }

    /// Where to look around.
    pub(crate) fn print_addresses(&self, out: &Path, web_app: &str) {
        println!("\nWeb app     {web_app}");
        println!("Demo login  {} / {}", self.user.email, self.user.password);
        println!("Exports     {}", out.display());
        println!("Project     {}", self.url);
        println!("Key         {}", self.publishable_key);
        if let Some(stand_in) = &self.stand_in {
            println!("Database    {}", stand_in.local.database_url());
        }
    }
}

impl Access {
    fn from_environment() -> anyhow::Result<Option<Self>> {
        let variable = |names: [&str; 2]| {
            names.iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        };
        let Ok(url) = std::env::var("SUPABASE_URL") else { return Ok(None) };
        let key = |names: [&str; 2]| {
            variable(names).with_context(|| format!("SUPABASE_URL is set, so set {} too", names[0]))
        };
        Ok(Some(Self {
            url,
            publishable_key: key(["SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY"])?,
            secret_key: key(["SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY"])?,
            database_url: std::env::var("DATABASE_URL").ok(),
        }))
    }

    fn of(stand_in: &LocalSupabase) -> Self {
        Self {
            url: stand_in.url().to_owned(),
            publishable_key: stand_in.keys().publishable_key.clone(),
            secret_key: stand_in.keys().secret_key.clone(),
            database_url: Some(stand_in.database_url()),
        }
    }
}

impl Login {
    async fn make(auth: &Auth, name: &str, app_metadata: &Value) -> anyhow::Result<Self> {
        let unique = Uuid::new_v4().simple().to_string();
        let login =
            Self { email: format!("{name}-{}@example.com", &unique[..8]), password: unique[8..].to_owned() };
        auth.create_account(&login.email, &login.password, app_metadata)
            .await
            .with_context(|| format!("cannot make the account {}", login.email))?;
        Ok(login)
    }
}

impl StandIn {
    /// On the ports `supabase start` uses, or on free ones where those are taken.
    async fn start() -> anyhow::Result<Self> {
        let function_secrets = NamedTempFile::new().context("no file for the function's secrets")?;
        // The web app uploads from another origin.
        let free = Options {
            storage_preflights: true,
            functions_env_file: Some(function_secrets.path().to_owned()),
            ..Options::default()
        };
        let usual = Options { port: 54321, database_port: 54322, ..free.clone() };
        let local = match LocalSupabase::start(usual).await {
            Ok(local) => local,
            Err(_) => LocalSupabase::start(free).await.context("the stand-in did not start")?,
        };
        Ok(Self { local, function_secrets })
    }

    async fn admit_web_app(&self, url: &str) -> anyhow::Result<()> {
        let key = URL_SAFE_NO_PAD.encode(&self.local.keys().jwt_secret);
        let secrets = format!(
            "ZONED_ALLOWED_ORIGINS={url}\nZONED_PRIVATE_HOSTS={}\nZONED_TOKEN_SIGNING_KEY={}\n",
            PRIVATE_HOSTS.join(","),
            json!({ "kty": "oct", "k": key })
        );
        std::fs::write(self.function_secrets.path(), secrets)
            .context("the function's secrets are not written")?;
        let (database, connection) =
            tokio_postgres::connect(&self.local.database_url(), tokio_postgres::NoTls).await?;
        let connection = tokio::spawn(connection);
        let hosts = PRIVATE_HOSTS.as_slice();
        database
            .execute("select public.set_private_hosts($1)", &[&hosts])
            .await
            .context("the private hosts are not set")?;
        drop(database);
        connection.await?.context("the database's connection failed")
    }
}

async fn push_migrations(root: &Path, database_url: &str) -> anyhow::Result<()> {
    let output = Command::new(root.join("node_modules/.bin/supabase"))
        .args(["db", "push", "--yes", &format!("--remote={database_url}")])
        .current_dir(root)
        .output()
        .await
        .context("the supabase CLI does not run; 'make setup' installs it")?;
    ensure!(
        output.status.success(),
        "supabase db push failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}
