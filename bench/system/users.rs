//! How long users wait for their own data while daemons work, beside how long they wait while nobody does.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::daemon::Start;
use crate::document::{Document, fixture};
use crate::project::{Account, Project};
use crate::summary;

const DAEMONS: usize = 4;
const USERS: usize = 8;
/// Documents that keep the daemons busy.
const BACKLOG: usize = 24;
/// Rounds of reading by each user while nobody works.
const QUIET_ROUNDS: usize = 25;
/// How long a daemon without jobs is watched.
const IDLE: Duration = Duration::from_secs(40);
/// Between a user's calls.
const THINKING: Duration = Duration::from_millis(200);

/// A user with a document to read.
struct Reader {
    account: Account,
    document: String,
}

pub(crate) async fn measure(project: &Project) -> Value {
    let worker = project.worker().await;
    let bytes = std::fs::read(fixture("long.pdf")).expect("the fixture");
    let readers = {
        let _daemon = Start::new(project, &worker).ready().await;
        join_all((0..USERS).map(|_| reader(project, &bytes))).await
    };
    let quiet = join_all(readers.iter().map(|reader| read_rounds(reader, QUIET_ROUNDS))).await.concat();

    let owner = project.user().await;
    let mut backlog = Vec::new();
    for number in 0..BACKLOG {
        backlog.push(Document::upload(&owner, &format!("{number}.pdf"), bytes.clone()).await);
    }
    let mut daemons = Vec::new();
    for _ in 0..DAEMONS {
        daemons.push(Start::new(project, &worker).ready().await);
    }
    let work = async {
        for document in &backlog {
            document.ready().await;
        }
    };
    let (busy, working) = while_working(&readers, work).await;
    drop(daemons);
    json!({
        "connections_of_an_idle_daemon": connections_of_an_idle_daemon(project).await,
        "connections_of_a_call_a_second": {
            "idle": mean(&quiet).round() / 1000.0, "daemons_at_work": mean(&busy).round() / 1000.0,
        },
        "daemons": DAEMONS, "users": USERS, "documents": BACKLOG, "seconds_of_work": (working.as_secs_f64() * 10.0).round() / 10.0,
        "idle": summary(quiet), "daemons_at_work": summary(busy),
    })
}

fn mean(milliseconds: &[f64]) -> f64 {
    milliseconds.iter().sum::<f64>() / milliseconds.len().max(1) as f64
}

/// The share of time in which a daemon with nothing to do waits for the database all the same.
async fn connections_of_an_idle_daemon(project: &Project) -> f64 {
    let worker = project.worker().await;
    let mut daemon = Start::new(project, &worker).with("ZONED_METRICS_LISTEN", &"127.0.0.1:0").ready().await;
    let url = format!("{}/metrics", daemon.monitor_url());
    let waited = async || -> f64 {
        let metrics = reqwest::get(&url).await.expect("an answer").text().await.expect("a body");
        let sums = metrics.lines().filter(|line| {
            line.starts_with("zoned_request_duration_seconds_sum{") && line.contains("service=\"rest\"")
        });
        sums.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    };
    let before = waited().await;
    tokio::time::sleep(IDLE).await;
    let share = (waited().await - before) / IDLE.as_secs_f64();
    (share * 10_000.0).round() / 10_000.0
}

async fn reader(project: &Project, bytes: &[u8]) -> Reader {
    let account = project.user().await;
    let document = Document::upload(&account, "mine.pdf", bytes.to_vec()).await;
    document.ready().await;
    Reader { account, document: document.id }
}

/// Reads until the work is done; the times of all calls that ended before, and how long the work took.
async fn while_working(readers: &[Reader], work: impl Future<Output = ()>) -> (Vec<f64>, Duration) {
    let begun = Instant::now();
    let times = std::sync::Mutex::new(Vec::new());
    let reading = join_all(readers.iter().map(|reader| async {
        loop {
            let round = read_rounds(reader, 1).await;
            times.lock().expect("no call panicked").extend(round);
        }
    }));
    tokio::select! {
        () = work => {}
        _ = reading => {}
    }
    let working = begun.elapsed();
    (times.into_inner().expect("no call panicked"), working)
}

/// What opening the library and turning a page asks for; milliseconds of each call.
async fn read_rounds(reader: &Reader, rounds: usize) -> Vec<f64> {
    let document = &reader.document;
    let mut times = Vec::new();
    for round in 0..rounds {
        let page = 1 + round % 20;
        for query in [
            "documents?select=*,jobs(id,kind,state,job_progress(*))&order=created_at.desc,id.desc&limit=50"
                .to_owned(),
            format!("zones?document_id=eq.{document}&page_number=eq.{page}&order=reading_order,id"),
            format!("pages?document_id=eq.{document}&order=page_number&limit=100"),
        ] {
            let asked = Instant::now();
            reader.account.http.rows(&query).await;
            times.push(asked.elapsed().as_secs_f64() * 1000.0);
            tokio::time::sleep(THINKING).await;
        }
        let asked = Instant::now();
        reader
            .account
            .http
            .rpc("events_since", &json!({ "document_id": document, "after_seq": 3 }))
            .await
            .ok();
        times.push(asked.elapsed().as_secs_f64() * 1000.0);
        tokio::time::sleep(THINKING).await;
    }
    times
}
