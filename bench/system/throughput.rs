//! Pages a second through the whole system, over pages a second of `zoned process` on the same files.

use std::process::Stdio;
use std::time::Instant;

use serde_json::{Value, json};

use crate::daemon::Start;
use crate::document::{Document, fixture};
use crate::project::Project;

const COPIES: usize = 16;
const JOBS: usize = 2;
const ROUNDS: usize = 3;

pub(crate) async fn measure(project: &Project) -> Value {
    let bytes = std::fs::read(fixture("long.pdf")).expect("the fixture");
    let mut ratios = Vec::new();
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let (local, pages) = local(&bytes).await;
        let system = system(project, &bytes).await;
        ratios.push(system / local);
        rates.push((pages, local, system));
    }
    ratios.sort_by(f64::total_cmp);
    let round = |value: f64| (value * 100.0).round() / 100.0;
    json!({
        "documents": COPIES, "rounds": ROUNDS, "at_a_time": JOBS,
        "pages_per_second_local": rates.iter().map(|rate| rate.1.round()).collect::<Vec<_>>(),
        "pages_per_second_system": rates.iter().map(|rate| rate.2.round()).collect::<Vec<_>>(),
        "ratio_median": round(ratios[ratios.len() / 2]),
    })
}

/// Pages a second of the command line, and the pages of all files.
async fn local(bytes: &[u8]) -> (f64, u64) {
    let dir = tempfile::tempdir().expect("a directory");
    let files: Vec<_> = (0..COPIES).map(|number| dir.path().join(format!("{number}.pdf"))).collect();
    for file in &files {
        std::fs::write(file, bytes).expect("written");
    }
    let start = Instant::now();
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_zoned"))
        .args(["process", "--format", "jsonl", "--jobs", &JOBS.to_string(), "--out"])
        .arg(dir.path().join("out"))
        .args(&files)
        .stderr(Stdio::null())
        .status()
        .await
        .expect("it runs");
    let elapsed = start.elapsed().as_secs_f64();
    assert!(output.success());
    let first = std::fs::read_to_string(dir.path().join("out/0.jsonl")).expect("an export");
    let pages = first.lines().filter_map(page_number).max().expect("zones") * COPIES as u64;
    (pages as f64 / elapsed, pages)
}

fn page_number(line: &str) -> Option<u64> {
    serde_json::from_str::<Value>(line).ok()?["page_number"].as_u64()
}

/// The same files, all uploaded before the daemon starts; from its being ready to the last document's being so.
async fn system(project: &Project, bytes: &[u8]) -> f64 {
    let (owner, worker) = (project.user().await, project.worker().await);
    let mut documents = Vec::new();
    for number in 0..COPIES {
        documents.push(Document::upload(&owner, &format!("{number}.pdf"), bytes.to_vec()).await);
    }
    let _daemon = Start::new(project, &worker).with("ZONED_WORKER_CAPACITY", &JOBS).ready().await;
    let start = Instant::now();
    let mut pages = 0;
    for document in &documents {
        pages += document.ready().await["page_count"].as_u64().expect("a count");
    }
    pages as f64 / start.elapsed().as_secs_f64()
}
