//! The commands an operator uses.

use std::process::{Command, Output};

use serde_json::Value;

use crate::document::Document;
use crate::project::{Project, take_turn};

fn zoned(project: &Project, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_zoned"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("SUPABASE_URL", &project.url)
        .env("SUPABASE_PUBLISHABLE_KEY", &project.publishable_key)
        .env_remove("SUPABASE_ANON_KEY")
        .env_remove("SUPABASE_SERVICE_ROLE_KEY")
        .env_remove("SUPABASE_SECRET_KEY")
        .env_remove("ZONED_WORKER_EMAIL")
        .env_remove("ZONED_WORKER_PASSWORD")
        .envs(environment.iter().copied())
        .output()
        .expect("the command runs")
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "{error}: {} {}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_makes_a_worker_and_the_doctor_finds_it_well() {
    let (project, _turn) = take_turn().await;
    let made =
        zoned(project, &["worker", "create", "--json"], &[("SUPABASE_SECRET_KEY", &project.secret_key)]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let account = json(&made);
    let text = |key: &str| account[key].as_str().expect("text").to_owned();
    let (email, password) = (text("email"), text("password"));
    let worker = [("ZONED_WORKER_EMAIL", email.as_str()), ("ZONED_WORKER_PASSWORD", password.as_str())];

    let doctor = zoned(project, &["doctor", "--json"], &worker);
    let report = json(&doctor);
    assert!(doctor.status.success(), "{report}");
    let checks = report["checks"].as_array().expect("checks");
    assert!(checks.len() >= 6 && checks.iter().all(|check| check["ok"] == true), "{report}");

    let doctor = zoned(project, &["doctor", "--json"], &[worker[0], ("ZONED_WORKER_PASSWORD", "wrong")]);
    assert_eq!(doctor.status.code(), Some(1));
    let report = json(&doctor);
    let failed = report["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .find(|check| check["ok"] == false)
        .expect("a failure");
    assert!(
        failed["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()),
        "it says what to do: {failed}"
    );
    assert!(!String::from_utf8_lossy(&doctor.stdout).contains(&project.publishable_key), "no key is shown");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_lists_shows_cancels_and_retries_jobs() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let document = Document::upload(&owner, "operated.pdf", b"%PDF-1.7 not read by anyone".to_vec()).await;
    let job = owner.http.rows(&format!("jobs?document_id=eq.{}", document.id)).await.remove(0);
    let id = job["id"].as_str().expect("an id");
    let key = [("SUPABASE_SECRET_KEY", project.secret_key.as_str())];

    let listed = zoned(project, &["jobs", "list", "--json"], &key);
    assert!(
        String::from_utf8_lossy(&listed.stdout).contains(id),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    assert_eq!(json(&zoned(project, &["jobs", "show", id, "--json"], &key))["state"], "queued");
    assert_eq!(json(&zoned(project, &["jobs", "cancel", id, "--json"], &key))["state"], "canceled");
    assert_eq!(document.row().await["status"], "failed");
    let again = zoned(project, &["jobs", "cancel", id], &key);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&again.stderr).contains("over already"),
        "{}",
        String::from_utf8_lossy(&again.stderr)
    );
    assert_eq!(json(&zoned(project, &["jobs", "retry", id, "--json"], &key))["state"], "queued");
    zoned(project, &["jobs", "cancel", id], &key);
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_settings_are_named_with_a_remedy() {
    let (project, _turn) = take_turn().await;
    let output = zoned(project, &["work"], &[]);
    assert!(!output.status.success());
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("ZONED_WORKER_EMAIL"), "{message}");
}
