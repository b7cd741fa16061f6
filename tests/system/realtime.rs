//! Live progress: broadcasts that arrive at once, and none lost when connections are cut.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use rand::Rng as _;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use zoned::supabase::{EventFeed, Password, Realtime, Rest, Session};

use crate::daemon::Start;
use crate::document::{Document, PATIENCE};
use crate::http::Http;
use crate::project::{Project, take_turn};
use crate::proxy::Proxy;
use crate::support::pdf_with_pages;

/// Joins a private topic in a caller's name and gives the payload of the reply.
pub(crate) async fn join(project: &Project, http: &Http, topic: &str) -> Value {
    let url = format!(
        "{}/realtime/v1/websocket?vsn=1.0.0&apikey={}",
        project.url.replacen("http", "ws", 1),
        project.publishable_key
    );
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.expect("a websocket");
    // A new-style key is no token: without a user the channel is joined with the key's own rights.
    let token = Some(http.token()).filter(|token| !token.starts_with("sb_"));
    let payload = json!({ "config": { "private": true, "broadcast": {}, "presence": {}, "postgres_changes": [] }, "access_token": token });
    let message = json!({ "topic": format!("realtime:{topic}"), "event": "phx_join", "ref": "1", "join_ref": "1", "payload": payload });
    socket.send(Message::text(message.to_string())).await.expect("sent");
    let reply = async {
        while let Some(Ok(message)) = socket.next().await {
            let frame: Value = serde_json::from_slice(&message.into_data()).unwrap_or(Value::Null);
            if frame["event"] == "phx_reply" && frame["ref"] == "1" {
                return frame["payload"].clone();
            }
        }
        json!({ "status": "closed" })
    };
    tokio::time::timeout(Duration::from_secs(20), reply).await.expect("a reply to the join")
}

pub(crate) async fn feed(
    project: &Project,
    url: &str,
    email: &str,
    password: &str,
    document: &Document,
) -> EventFeed {
    let client = project.client_at(url);
    let session = Session::sign_in(&client, Password::new(email, password)).await.expect("signs in");
    let rest = Rest::as_account(&client, &session);
    let realtime = Realtime::connect(&client, &session);
    EventFeed::of_document(&realtime, &rest, document.id.parse().expect("an id"), 0).await.expect("a feed")
}

/// Reads a feed until the document is ready or failed, and gives the numbers in the order they came.
pub(crate) async fn numbers_until_settled(mut feed: EventFeed) -> Vec<i64> {
    let mut numbers = Vec::new();
    let reading = async {
        loop {
            let Ok(event) = feed.next().await else {
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            numbers.push(event.seq);
            if event.kind == "job.state" && event.payload["state"] == "succeeded" {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the last event arrives");
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_whose_connection_is_cut_at_random_sees_every_event_once_and_in_order() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let proxy = Proxy::start(&project.url).await;
    let document = Document::create(&owner, "watched.pdf").await;
    let feed = feed(project, &proxy.url, &owner.email, &owner.password, &document).await;
    let watching = tokio::spawn(numbers_until_settled(feed));
    let _daemon = Start::new(project, &worker).ready().await;
    document.send(pdf_with_pages(3000)).await;
    for _ in 0..6 {
        let moment = rand::rng().random_range(50..500);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        proxy.cut();
    }
    document.ready().await;
    let numbers = watching.await.expect("the watcher ends");
    assert_eq!(numbers, (1..=numbers.len() as i64).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_offline_through_the_whole_job_catches_up() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let proxy = Proxy::start(&project.url).await;
    let document = Document::create(&owner, "missed.pdf").await;
    let feed = feed(project, &proxy.url, &owner.email, &owner.password, &document).await;
    let watching = tokio::spawn(numbers_until_settled(feed));
    proxy.close();
    let _daemon = Start::new(project, &worker).ready().await;
    document.send(pdf_with_pages(20)).await;
    document.ready().await;
    proxy.open();
    let numbers = watching.await.expect("the watcher ends");
    assert_eq!(numbers, document.event_numbers().await[..numbers.len()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_whose_connections_are_cut_finishes_its_document() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let proxy = Proxy::start(&project.url).await;
    let _daemon =
        Start::new(project, &worker).at(&proxy.url).with("ZONED_WORKER_LEASE_SECONDS", &20).ready().await;
    let document = Document::upload(&owner, "cut.pdf", pdf_with_pages(3000)).await;
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        proxy.cut();
    }
    document.ready().await;
    assert_eq!(document.page_numbers().await.len(), 3000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_without_realtime_works_by_polling() {
    let (project, _turn) = take_turn().await;
    let (owner, worker) = (project.user().await, project.worker().await);
    let _daemon = Start::new(project, &worker)
        .with("ZONED_WORKER_REALTIME", &false)
        .with("ZONED_WORKER_POLL_SECONDS", &1)
        .ready()
        .await;
    let document = Document::upload(&owner, "polled.pdf", pdf_with_pages(2)).await;
    document.ready().await;
}
