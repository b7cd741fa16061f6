//! The driver against a small Phoenix server.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::*;
use crate::supabase::project::ApiKey;

struct Server(TcpListener);

struct Connection(WebSocketStream<TcpStream>);

impl Server {
    async fn start() -> (Self, Project) {
        crate::supabase::install_tls();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        (Self(listener), Project::new(&url, ApiKey::parse("sb_publishable_x", "K").unwrap()).unwrap())
    }

    async fn accept(&self) -> Connection {
        let (stream, _) = self.0.accept().await.unwrap();
        Connection(tokio_tungstenite::accept_async(stream).await.unwrap())
    }
}

impl Connection {
    /// The next frame that is not a heartbeat.
    async fn receive(&mut self) -> Value {
        loop {
            let message = self.0.next().await.unwrap().unwrap();
            let frame: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
            if frame["event"] != "heartbeat" {
                return frame;
            }
        }
    }

    async fn send(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn answer_join(&mut self, status: &str, reason: &str) -> Value {
        let join = self.receive().await;
        assert_eq!(join["event"], "phx_join");
        let payload = json!({"status": status, "response": {"reason": reason}});
        let reply =
            json!({"topic": join["topic"], "event": "phx_reply", "ref": join["ref"], "payload": payload});
        self.send(&reply).await;
        join
    }

    async fn broadcast(&mut self, topic: &str, event: &str) {
        let payload = json!({"type": "broadcast", "event": event, "payload": {}});
        let frame = json!({"topic": format!("realtime:{topic}"), "event": "broadcast", "ref": null, "payload": payload});
        self.send(&frame).await;
    }
}

async fn next(subscription: &mut Subscription) -> String {
    match tokio::time::timeout(Duration::from_secs(10), subscription.next()).await.unwrap().unwrap() {
        Next::Notice(Notice::Broadcast(broadcast)) => broadcast.event.clone(),
        Next::Notice(notice) => format!("{notice:?}"),
        Next::Missed => "Missed".into(),
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_comes_back_and_joins_again() {
    let (server, project) = Server::start().await;
    let realtime = Realtime::connect(&project, &Session::pretend(&project, "t1"));
    let mut connection = server.accept().await;
    let mut subscription = realtime.join("worker:jobs").await.unwrap();
    let join = connection.answer_join("ok", "").await;
    assert_eq!(join["payload"]["access_token"], "t1");
    connection.broadcast("worker:jobs", "first").await;
    assert_eq!(next(&mut subscription).await, "Joined");
    assert_eq!(next(&mut subscription).await, "first");
    drop(connection);
    assert_eq!(next(&mut subscription).await, "Interrupted");
    let mut connection = server.accept().await;
    connection.answer_join("ok", "").await;
    connection.broadcast("other", "not for us").await;
    connection.broadcast("worker:jobs", "second").await;
    assert_eq!(next(&mut subscription).await, "Joined");
    assert_eq!(next(&mut subscription).await, "second");
    assert_eq!(*realtime.state().borrow(), ConnectionState::Connected);
}

#[tokio::test]
async fn a_renewed_token_goes_to_the_channels_joined() {
    let (server, project) = Server::start().await;
    let session = Session::pretend(&project, "t1");
    let realtime = Realtime::connect(&project, &session);
    let mut connection = server.accept().await;
    let mut subscription = realtime.join("document:1").await.unwrap();
    let join = connection.answer_join("ok", "").await;
    assert_eq!(next(&mut subscription).await, "Joined");
    session.replace("t2");
    let push = connection.receive().await;
    assert_eq!((&push["event"], &push["join_ref"]), (&json!("access_token"), &join["ref"]));
    assert_eq!(push["payload"]["access_token"], "t2");
}

#[tokio::test]
async fn a_join_that_is_refused_says_why_and_is_tried_again() {
    let (server, project) = Server::start().await;
    let realtime = Realtime::connect(&project, &Session::pretend(&project, "t1"));
    let mut connection = server.accept().await;
    let mut subscription = realtime.join("document:2").await.unwrap();
    connection.answer_join("error", "Unauthorized: no").await;
    assert_eq!(next(&mut subscription).await, r#"Refused("Unauthorized: no")"#);
    connection.answer_join("ok", "").await;
    assert_eq!(next(&mut subscription).await, "Joined");
}

#[tokio::test]
async fn a_channel_the_service_closes_is_joined_again_on_the_same_connection() {
    let (server, project) = Server::start().await;
    let realtime = Realtime::connect(&project, &Session::pretend(&project, "t1"));
    let mut connection = server.accept().await;
    let mut subscription = realtime.join("document:3").await.unwrap();
    let join = connection.answer_join("ok", "").await;
    assert_eq!(next(&mut subscription).await, "Joined");
    let close = json!({"topic": join["topic"], "event": "phx_close", "ref": join["ref"], "payload": {}});
    connection.send(&close).await;
    assert_eq!(next(&mut subscription).await, "Interrupted");
    connection.answer_join("ok", "").await;
    assert_eq!(next(&mut subscription).await, "Joined");
}
