//! The figures of the whole system, as one JSON object on standard output. `make bench` runs it.
//!
//! On the project the environment names, or on a stand-in of its own. Each figure is a median, a percentile or a ratio
//! of two things measured in this run; none says how fast a machine is. `BENCH=users` measures only how long users wait.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a bench that cannot go on has nothing to print

mod jobs;
mod latency;
mod memory;
mod throughput;
mod users;

#[path = "../../tests/system/daemon.rs"]
#[allow(dead_code)]
mod daemon;
#[path = "../../tests/system/document.rs"]
#[allow(dead_code)]
mod document;
#[path = "../../tests/system/http.rs"]
#[allow(dead_code)]
mod http;
#[path = "../../tests/system/project.rs"]
#[allow(dead_code)]
mod project;
#[path = "../../tests/support/mod.rs"]
#[allow(dead_code)]
mod support;

use serde_json::json;

#[tokio::main]
async fn main() {
    let (project, _turn) = project::take_turn().await;
    if std::env::var("BENCH").is_ok_and(|part| part == "users") {
        println!("{:#}", users::measure(project).await);
        return;
    }
    let figures = json!({
        "latency": latency::measure(project).await,
        "throughput": throughput::measure(project).await,
        "memory": memory::measure(project).await,
        "jobs": jobs::measure(project).await,
        "users": users::measure(project).await,
    });
    println!("{figures:#}");
}

/// The value below which `share` of the sorted values lie.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted[place.clamp(1, sorted.len()) - 1]
}

/// Median and 95th percentile, in milliseconds, one decimal.
fn summary(mut milliseconds: Vec<f64>) -> serde_json::Value {
    milliseconds.sort_by(f64::total_cmp);
    let rounded = |share| (percentile(&milliseconds, share) * 10.0).round() / 10.0;
    json!({ "p50_ms": rounded(0.5), "p95_ms": rounded(0.95), "samples": milliseconds.len() })
}
