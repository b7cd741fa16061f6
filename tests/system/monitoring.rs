//! What an operator sees of a daemon.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::daemon::{Daemon, Start};
use crate::document::Document;
use crate::project::{Account, Project, eventually, take_turn};
use crate::support::pdf_with_pages;

async fn get(url: &str) -> (u16, String) {
    let response = reqwest::get(url).await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a body"))
}

/// The value of a series, written as in the text format.
fn value(metrics: &str, series: &str) -> f64 {
    let line = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("no {series} in {metrics}"))
}

/// A daemon that serves its metrics and has processed and exported a document of 40 pages.
async fn busy(project: &Project, owner: &Account, settings: &[(&str, &str)]) -> (Daemon, Document) {
    let worker = project.worker().await;
    let start = Start::new(project, &worker)
        .with("ZONED_METRICS_LISTEN", &"127.0.0.1:0")
        .with("ZONED_METRICS_QUEUE_SECONDS", &1);
    let start = settings.iter().fold(start, |start, (name, value)| start.with(name, value));
    let daemon = start.ready().await;
    let document = Document::upload(owner, "confidential-name.pdf", pdf_with_pages(40)).await;
    document.ready().await;
    document.export("markdown", &json!({})).await;
    (daemon, document)
}

/// Names that an expression or a dashboard mentions.
fn names_in(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| {
            word.starts_with("zoned_") || word.starts_with("process_c") || word.starts_with("process_r")
        })
        .map(str::to_owned)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_tells_of_its_work_its_requests_and_the_queue() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let (mut daemon, _) = busy(project, &owner, &[]).await;
    let url = daemon.monitor_url();
    let metrics = eventually("the figures arrive", Duration::from_secs(20), || async {
        let (status, metrics) = get(&format!("{url}/metrics")).await;
        assert_eq!(status, 200);
        (value(&metrics, "zoned_queue_workers") >= 1.0).then_some(metrics)
    })
    .await;
    assert!(metrics.ends_with("# EOF\n"));
    for (series, least) in [
        ("zoned_job_attempts_total{kind=\"process_document\",outcome=\"succeeded\"}", 1.0),
        ("zoned_job_attempts_total{kind=\"export\",outcome=\"succeeded\"}", 1.0),
        ("zoned_pages_total{outcome=\"whole\"}", 40.0),
        ("zoned_child_starts_total", 1.0),
        ("zoned_stage_duration_seconds_count{stage=\"download\"}", 1.0),
        ("zoned_stage_duration_seconds_count{stage=\"page\"}", 40.0),
        ("zoned_stage_duration_seconds_count{stage=\"save\"}", 1.0),
        ("zoned_stage_duration_seconds_count{stage=\"export\"}", 1.0),
        ("zoned_request_duration_seconds_count{service=\"rest\",operation=\"save_pages\"}", 1.0),
        ("zoned_request_duration_seconds_count{service=\"storage\",operation=\"get\"}", 1.0),
        ("zoned_request_duration_seconds_count{service=\"auth\",operation=\"sign_in\"}", 1.0),
        ("zoned_stage_duration_seconds_bucket{le=\"600.0\",stage=\"page\"}", 40.0),
        ("zoned_request_duration_seconds_count{service=\"rest\",operation=\"queue_figures\"}", 1.0),
        ("zoned_job_attempts_total{kind=\"process_document\",outcome=\"lease_lost\"}", 0.0),
        ("zoned_lease_renewals_total{outcome=\"lost\"}", 0.0),
        ("zoned_child_losses_total{reason=\"crashed\"}", 0.0),
        ("zoned_queue_jobs{kind=\"process_document\",state=\"due\"}", 0.0),
        ("zoned_queue_oldest_seconds{kind=\"export\"}", 0.0),
        ("zoned_request_errors_total{service=\"rest\",error=\"unavailable\"}", 0.0),
        ("zoned_realtime_connections_total", 1.0),
        ("process_resident_memory_bytes", 1e6),
    ] {
        assert!(value(&metrics, series) >= least, "{series} is {}", value(&metrics, series));
    }
    assert!(value(&metrics, "zoned_jobs_running{kind=\"export\"}").abs() < f64::EPSILON);
    eventually("Realtime wakes it", Duration::from_secs(20), || async {
        let (_, metrics) = get(&format!("{url}/metrics")).await;
        (value(&metrics, "zoned_realtime_joined") > 0.0).then_some(())
    })
    .await;
    assert_eq!(get(&format!("{url}/livez")).await, (200, "ok\n".into()));
    assert_eq!(get(&format!("{url}/readyz")).await, (200, "ok\n".into()));
    assert_eq!(get(&format!("{url}/")).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_metric_of_the_alerts_and_the_dashboard_is_there() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let (mut daemon, _) = busy(project, &owner, &[]).await;
    let (_, metrics) = get(&format!("{}/metrics", daemon.monitor_url())).await;
    let served: BTreeSet<String> = metrics
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split(['{', ' ']).next().unwrap_or_default().to_owned())
        .collect();

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("ops");
    let alerts = std::fs::read_to_string(root.join("alerts.yml")).expect("the alerts");
    let parsed: Value = serde_saphyr::from_str(&alerts).expect("YAML");
    let rules: Vec<&Value> = parsed["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .flat_map(|group| group["rules"].as_array().expect("rules"))
        .collect();
    assert!(rules.len() > 5);
    for rule in &rules {
        for key in ["/alert", "/expr", "/labels/severity", "/annotations/summary", "/annotations/description"]
        {
            assert!(rule.pointer(key).is_some_and(Value::is_string), "{key} of {rule}");
        }
    }
    let dashboard = std::fs::read_to_string(root.join("grafana/zoned.json")).expect("the dashboard");
    let panels = serde_json::from_str::<Value>(&dashboard).expect("JSON")["panels"].clone();
    let expressions: Vec<String> = panels
        .as_array()
        .expect("panels")
        .iter()
        .flat_map(|panel| panel["targets"].as_array().cloned().unwrap_or_default())
        .map(|target| target["expr"].as_str().expect("an expression").to_owned())
        .collect();
    for text in rules.iter().map(|rule| rule["expr"].to_string()).chain(expressions) {
        let named = names_in(&text);
        assert!(!named.is_empty(), "{text} names no metric");
        for name in named {
            assert!(served.contains(&name), "{name} is not served; {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_have_ids_and_neither_secrets_nor_text() {
    let (project, _turn) = take_turn().await;
    let owner = project.user().await;
    let settings = [("ZONED_LOG_FORMAT", "json"), ("ZONED_LOG_FILTER", "trace")];
    let (mut daemon, document) = busy(project, &owner, &settings).await;
    let job = owner.http.rows(&format!("jobs?document_id=eq.{}&kind=eq.process_document", document.id)).await;
    let job_id = job[0]["id"].as_str().expect("an id").to_owned();
    let log = daemon.log();
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect();
    let spans_of = |line: &Value, name: &str| {
        let spans = line["spans"].as_array().cloned().unwrap_or_default();
        spans.into_iter().find(|span| span["name"] == *name)
    };
    let of_job: Vec<&Value> = lines
        .iter()
        .filter(|line| spans_of(line, "job").is_some_and(|job| job["job_id"] == *job_id))
        .collect();
    assert!(of_job.iter().any(|line| line["fields"]["message"] == "job done"), "{log}");
    let trace = job_id.replace('-', "");
    for line in &of_job {
        let job = spans_of(line, "job").expect("the job");
        assert_eq!((&job["document_id"], &job["trace_id"]), (&json!(document.id), &json!(trace)), "{line}");
    }
    let saved = of_job.iter().filter_map(|line| spans_of(line, "request"));
    let saved: Vec<Value> = saved.filter(|request| request["operation"] == "save_pages").collect();
    assert!(saved.iter().all(|request| request["request_id"].as_str().is_some_and(|id| id.len() == 16)));
    assert!(!saved.is_empty(), "{log}");

    let keys = project.other_keys.clone().unwrap_or_default();
    for secret in [&project.publishable_key, &project.secret_key, &keys.0, &keys.1] {
        assert!(secret.is_empty() || !log.contains(secret.as_str()), "a key is in the log");
    }
    // Every token of the project begins so.
    assert!(!log.contains("eyJ"), "a token is in the log: {log}");
    for text in ["quick brown fox", "Section 1", "confidential-name", &owner.email] {
        assert!(!log.contains(text), "{text} is in the log");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_taken_is_said_and_not_waited_for() {
    let (project, _turn) = take_turn().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    for (listen, complaint) in [(address.as_str(), "in use"), ("nonsense", "invalid socket address")] {
        let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_zoned"))
            .arg("work")
            .env("SUPABASE_URL", &project.url)
            .env("SUPABASE_PUBLISHABLE_KEY", &project.publishable_key)
            .env("ZONED_WORKER_EMAIL", "nobody@example.com")
            .env("ZONED_WORKER_PASSWORD", "unused")
            .env("ZONED_METRICS_LISTEN", listen)
            .output()
            .await
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            !output.status.success() && said.contains("metrics.listen") && said.contains(complaint),
            "{said}"
        );
    }
}
