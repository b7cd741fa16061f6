//! The supabase CLI against the database: what a developer does with migrations.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may end")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use local_supabase::{LocalSupabase, Options};
use tempfile::TempDir;
use tokio_postgres::NoTls;

const MIGRATION: &str = "
create table public.notes (
  id bigint generated always as identity primary key,
  owner uuid not null default auth.uid() references auth.users on delete cascade,
  body text not null
);
alter table public.notes enable row level security;
create policy own on public.notes for all to authenticated using (owner = (select auth.uid()));
grant select, insert on public.notes to authenticated;
create policy own_files on storage.objects for select to authenticated
  using ((storage.foldername(name))[1] = (select auth.uid())::text);
create policy own_topic on realtime.messages for select to authenticated
  using ((select realtime.topic()) = 'user:' || (select auth.uid())::text);
create function public.noted() returns trigger language plpgsql security definer set search_path = '' as
  $$ begin return new; end $$;
create trigger noted after insert on storage.objects for each row execute function public.noted();
";

struct Cli {
    program: PathBuf,
    directory: TempDir,
    database: String,
}

impl Cli {
    fn new(database: String) -> Self {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/.bin/supabase");
        let directory = tempfile::tempdir().unwrap();
        let migrations = directory.path().join("supabase/migrations");
        std::fs::create_dir_all(&migrations).unwrap();
        std::fs::write(directory.path().join("supabase/config.toml"), "project_id = \"notes\"\n").unwrap();
        std::fs::write(migrations.join("20260101000000_notes.sql"), MIGRATION).unwrap();
        Self { program, directory, database }
    }

    /// What the command prints; it must succeed.
    async fn run(&self, arguments: &str) -> String {
        let run = tokio::process::Command::new(&self.program)
            .args(arguments.split(' '))
            .arg(format!("--remote={}", self.database))
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(Duration::from_mins(2), run).await.unwrap().unwrap();
        let text =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        assert!(output.status.success(), "supabase {arguments}: {text}");
        text
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_are_pushed_listed_reset_and_described() {
    let project = LocalSupabase::start(Options::default()).await.unwrap();
    let cli = Cli::new(project.database_url());
    cli.run("db push --yes").await;
    assert!(cli.run("db push --yes").await.contains("up to date"));
    assert_eq!(cli.run("migration list").await.matches("20260101000000").count(), 2, "here and there");

    let (database, connection) = tokio_postgres::connect(&project.database_url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    database.batch_execute("create table public.forgotten ()").await.unwrap();
    cli.run("db reset --yes").await;
    let tables =
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'";
    let tables = database.query(tables, &[]).await.unwrap();
    assert_eq!(tables.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["notes"]);
    let policies = "select count(*) from pg_policies where schemaname in ('storage', 'realtime')";
    assert_eq!(database.query_one(policies, &[]).await.unwrap().get::<_, i64>(0), 2);

    let types = cli.run("gen types").await;
    assert!(types.contains("notes") && types.contains("\"body\": string"), "{types}");
    cli.run("db advisors").await;
}
