//! How long an event takes to reach a client.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zoned::supabase::realtime::{EventFeed, Realtime};
use zoned::supabase::{Password, Rest, Session};

use crate::daemon::Start;
use crate::document::Document;
use crate::project::{Account, Project};
use crate::summary;
use crate::support::pdf_with_pages;

const COMMITS: usize = 200;
const UPLOADS: usize = 20;

pub(crate) async fn measure(project: &Project) -> Value {
    let owner = project.user().await;
    let mut feed = feed(project, &owner).await;
    let commits = commit_to_event(&owner, &mut feed).await;
    let worker = project.worker().await;
    let _daemon = Start::new(project, &worker).ready().await;
    json!({
        "commit_to_event_at_client": summary(commits),
        "upload_complete_to_first_progress_at_client": summary(upload_to_progress(&owner, &mut feed).await),
    })
}

async fn feed(project: &Project, owner: &Account) -> EventFeed {
    let client = project.client_at(&project.url);
    let session =
        Session::sign_in(&client, Password::new(&owner.email, &owner.password)).await.expect("signs in");
    let rest = Rest::as_account(&client, &session);
    let realtime = Realtime::connect(&client, &session);
    EventFeed::of_user(&realtime, &rest, owner.id).await.expect("a feed")
}

/// From the start of the transaction, by the database's clock, to the event at the client, by ours: an upper bound where
/// both run on one machine.
async fn commit_to_event(owner: &Account, feed: &mut EventFeed) -> Vec<f64> {
    let mut times = Vec::with_capacity(COMMITS);
    for number in 0..COMMITS {
        Document::create(owner, &format!("latency-{number}.pdf")).await;
        let event = next(feed).await;
        let at: jiff::Timestamp = event.at.parse().expect("a time");
        times.push(jiff::Timestamp::now().duration_since(at).as_secs_f64() * 1000.0);
    }
    times
}

/// From the answer to the upload to the first event with progress.
async fn upload_to_progress(owner: &Account, feed: &mut EventFeed) -> Vec<f64> {
    let bytes = pdf_with_pages(30);
    let mut times = Vec::with_capacity(UPLOADS);
    for number in 0..UPLOADS {
        let document = Document::create(owner, &format!("upload-{number}.pdf")).await;
        document.send(bytes.clone()).await;
        let complete = Instant::now();
        let mut first = None;
        loop {
            let event = next(feed).await;
            if event.document_id.to_string() == document.id {
                if event.kind == "progress" {
                    first.get_or_insert_with(|| complete.elapsed());
                }
                if event.kind == "job.state" && event.payload["state"] == "succeeded" {
                    break;
                }
            }
        }
        times.push(first.expect("progress before the end").as_secs_f64() * 1000.0);
    }
    times
}

async fn next(feed: &mut EventFeed) -> zoned::supabase::realtime::JobEvent {
    tokio::time::timeout(Duration::from_mins(1), feed.next()).await.expect("in time").expect("an event")
}
