//! Realtime as its clients meet it: channels over a websocket, fed by the database.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may end")]

use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use local_supabase::{LocalSupabase, Options};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_postgres::NoTls;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// Longest wait for anything that must come.
const LIMIT: Duration = Duration::from_secs(10);
/// How long something must stay away to count as not coming.
const SILENCE: Duration = Duration::from_millis(400);

const ALICE: &str = "11111111-1111-4111-8111-111111111111";
const BOB: &str = "22222222-2222-4222-8222-222222222222";

const SCHEMA: &str = "
create table public.notes (id int primary key, owner uuid not null, body text, shout text generated always as (upper(body)) stored);
alter table public.notes enable row level security;
grant select, insert on public.notes to authenticated;
create policy own on public.notes to authenticated using (owner = auth.uid());
alter publication supabase_realtime add table public.notes;
create policy listen on realtime.messages for select to authenticated using (realtime.topic() = 'user:' || auth.uid());
create policy speak on realtime.messages for insert to authenticated with check (realtime.topic() = 'user:' || auth.uid());
create function public.notes_broadcast() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  perform realtime.broadcast_changes('user:' || new.owner, 'note', tg_op, tg_table_name, tg_table_schema, new, null);
  return null;
end $$;
create trigger notes_broadcast after insert on public.notes for each row execute function public.notes_broadcast();
";

struct Project {
    stand_in: LocalSupabase,
    database: tokio_postgres::Client,
}

impl Project {
    async fn start() -> Self {
        // Another test of this process may have been first.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let stand_in = LocalSupabase::start(Options::default()).await.unwrap();
        let database = connect(&stand_in.database_url()).await;
        database.batch_execute(SCHEMA).await.unwrap();
        Self { stand_in, database }
    }

    fn token(&self, user: &str) -> String {
        let expires_at = jiff::Timestamp::now().as_second() + 600;
        let claims = json!({"sub": user, "role": "authenticated", "exp": expires_at});
        let secret = jsonwebtoken::EncodingKey::from_secret(self.stand_in.keys().jwt_secret.as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &secret).unwrap()
    }

    async fn insert_note(&self, id: i32, owner: &str) {
        let owner: uuid::Uuid = owner.parse().unwrap();
        let insert = "insert into public.notes (id, owner, body) values ($1, $2, 'text')";
        self.database.execute(insert, &[&id, &owner]).await.unwrap();
    }

    async fn socket(&self) -> Socket {
        let keys = self.stand_in.keys();
        let base = self.stand_in.url().replace("http", "ws");
        let url = format!("{base}/realtime/v1/websocket?vsn=2.0.0&apikey={}", keys.publishable_key);
        let (stream, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        Socket { stream, next: 0 }
    }

    async fn member(&self, topic: &str, user: &str, config: Value) -> Socket {
        let mut socket = self.socket().await;
        let reply = socket.join(topic, json!({"config": config, "access_token": self.token(user)})).await;
        assert_eq!(reply["status"], "ok", "{reply}");
        socket
    }
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next: u32,
}

impl Socket {
    async fn push(&mut self, topic: &str, event: &str, payload: Value) -> String {
        self.next += 1;
        let reference = self.next.to_string();
        let frame = json!(["1", reference, topic, event, payload]).to_string();
        self.stream.send(Message::text(frame)).await.unwrap();
        reference
    }

    async fn join(&mut self, topic: &str, payload: Value) -> Value {
        self.push(topic, "phx_join", payload).await;
        self.wait_for("phx_reply").await
    }

    /// The next frame, binary broadcasts as their payload; `None` when none comes in time.
    async fn next(&mut self, limit: Duration) -> Option<(String, Value)> {
        let message = tokio::time::timeout(limit, self.stream.next()).await.ok()??.unwrap();
        match message {
            Message::Text(text) => {
                let frame: Value = serde_json::from_str(&text).unwrap();
                Some((frame[3].as_str().unwrap().to_owned(), frame[4].clone()))
            }
            Message::Binary(bytes) => {
                let head: usize = bytes[1..4].iter().map(|length| usize::from(*length)).sum();
                Some(("broadcast".to_owned(), serde_json::from_slice(&bytes[5 + head..]).unwrap()))
            }
            other => panic!("unexpected frame {other:?}"),
        }
    }

    /// The payload of the next frame of an event; other events are passed over.
    async fn wait_for(&mut self, event: &str) -> Value {
        loop {
            let Some((name, payload)) = self.next(LIMIT).await else { panic!("no {event} in time") };
            if name == event {
                return payload;
            }
        }
    }

    async fn assert_silent(&mut self) {
        let frame = self.next(SILENCE).await;
        assert!(frame.is_none(), "unexpected {frame:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_reaches_those_who_may_hear_it() {
    let project = Project::start().await;
    private_topics_open_to_those_the_policies_let_in(&project).await;
    changes_go_to_those_who_may_see_the_row(&project).await;
    a_row_heard_of_can_be_read_at_once(&project).await;
    broadcasts_over_rest_need_the_right_to_write(&project).await;
    a_token_of_someone_else_ends_a_private_channel(&project).await;
    a_broken_stream_loses_and_repeats_nothing(&project).await;
    project.stand_in.stop();
}

async fn private_topics_open_to_those_the_policies_let_in(project: &Project) {
    let topic = format!("realtime:user:{ALICE}");
    let mut bob = project.socket().await;
    let payload = json!({"config": {"private": true}, "access_token": project.token(BOB)});
    let reply = bob.join(&topic, payload).await;
    assert_eq!(reply["status"], "error");

    let mut alice = project.member(&topic, ALICE, json!({"private": true})).await;
    let mut eavesdropper = project.member(&topic, BOB, json!({"private": false})).await;
    project.insert_note(1, ALICE).await;
    let committed = Instant::now();
    let broadcast = alice.wait_for("broadcast").await;
    assert!(committed.elapsed() < Duration::from_secs(1), "the broadcast took {:?}", committed.elapsed());
    assert_eq!(broadcast["record"]["id"], 1);
    assert_eq!(broadcast["old_record"], Value::Null);
    eavesdropper.assert_silent().await;
}

async fn changes_go_to_those_who_may_see_the_row(project: &Project) {
    let config = json!({"postgres_changes": [{"event": "INSERT", "schema": "public", "table": "notes"}]});
    let mut alice = project.member("realtime:changes", ALICE, config.clone()).await;
    let mut bob = project.member("realtime:changes", BOB, config).await;
    for socket in [&mut alice, &mut bob] {
        assert_eq!(socket.wait_for("system").await["status"], "ok");
    }
    project.insert_note(2, ALICE).await;
    let change = alice.wait_for("postgres_changes").await;
    let record = json!({"id": 2, "owner": ALICE, "body": "text", "shout": "TEXT"});
    assert_eq!(change["data"]["record"], record);
    bob.assert_silent().await;
}

/// A commit is in the log before it is visible; many rounds, as the moment is short.
async fn a_row_heard_of_can_be_read_at_once(project: &Project) {
    let mut alice = project.member(&format!("realtime:user:{ALICE}"), ALICE, json!({"private": true})).await;
    let reader = connect(&project.stand_in.database_url()).await;
    for id in 1000..1200 {
        let insert = project.insert_note(id, ALICE);
        let read = async {
            alice.wait_for("broadcast").await;
            reader.query("select from public.notes where id = $1", &[&id]).await.unwrap().len()
        };
        let ((), rows) = tokio::join!(insert, read);
        assert_eq!(rows, 1, "note {id} was broadcast before it could be read");
    }
}

async fn broadcasts_over_rest_need_the_right_to_write(project: &Project) {
    let topic = format!("user:{ALICE}");
    let mut alice = project.member(&format!("realtime:{topic}"), ALICE, json!({"private": true})).await;
    let base = format!("{}/realtime/v1/api/broadcast", project.stand_in.url());
    let single = format!("{base}/{topic}/events/hello?private=true");
    let batch =
        json!({"messages": [{"topic": topic, "event": "hello", "payload": {"from": BOB}, "private": true}]});
    for user in [BOB, ALICE] {
        let own = json!({"from": user});
        for (url, body) in [(&single, &own), (&base, &batch)] {
            let request = reqwest::Client::new().post(url).bearer_auth(project.token(user)).json(body);
            assert_eq!(request.send().await.unwrap().status(), 202);
        }
    }
    // Nothing of Bob's before Alice's own, of which the second came in a batch.
    assert_eq!(alice.wait_for("broadcast").await, json!({"from": ALICE}));
    assert_eq!(alice.wait_for("broadcast").await["payload"], json!({"from": BOB}));
    alice.assert_silent().await;
}

async fn a_token_of_someone_else_ends_a_private_channel(project: &Project) {
    let topic = format!("realtime:user:{ALICE}");
    let mut alice = project.member(&topic, ALICE, json!({"private": true})).await;
    alice.push(&topic, "access_token", json!({"access_token": project.token(ALICE)})).await;
    alice.assert_silent().await;
    alice.push(&topic, "access_token", json!({"access_token": project.token(BOB)})).await;
    assert_eq!(alice.wait_for("system").await["status"], "error");
    alice.wait_for("phx_close").await;
    project.insert_note(3, ALICE).await;
    alice.assert_silent().await;
}

async fn a_broken_stream_loses_and_repeats_nothing(project: &Project) {
    let mut alice = project.member(&format!("realtime:user:{ALICE}"), ALICE, json!({"private": true})).await;
    let admin = connect(&project.stand_in.admin_database_url()).await;
    for id in 4..10 {
        project.insert_note(id, ALICE).await;
        admin.execute("select pg_terminate_backend(pid) from pg_stat_replication", &[]).await.unwrap();
    }
    for id in 4..10 {
        assert_eq!(alice.wait_for("broadcast").await["record"]["id"], id);
    }
    alice.assert_silent().await;
}

/// Clients that are connected at a time in the test of many.
const CROWD: usize = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_clients_hear_each_broadcast_of_the_database() {
    allow_many_files();
    let project = Project::start().await;
    let project = &project;
    let topic = "realtime:crowd";
    let mut crowd: Vec<Socket> = futures_util::stream::iter(0..CROWD)
        .map(|_| project.member(topic, ALICE, json!({"private": false})))
        .buffer_unordered(32)
        .collect()
        .await;
    for number in 0..3 {
        let send = "select realtime.send(jsonb_build_object('number', $1::int), 'note', 'crowd', false)";
        project.database.execute(send, &[&number]).await.unwrap();
    }
    for socket in &mut crowd {
        for number in 0..3 {
            assert_eq!(socket.wait_for("broadcast").await["number"], number);
        }
    }
}

/// Both ends of every connection are in this process, and many systems allow 1024 files.
fn allow_many_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
}

/// Broadcasts of 200 KB each: more than a socket's buffers hold.
const LARGE: usize = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_disconnected_and_keeps_nobody_waiting() {
    let project = Project::start().await;
    let config = || json!({"private": false});
    let mut idle = project.member("realtime:crowd", ALICE, config()).await;
    let mut busy = project.member("realtime:crowd", BOB, config()).await;
    let reading = tokio::spawn(async move {
        for number in 1..=LARGE {
            assert_eq!(busy.wait_for("broadcast").await["number"], number);
        }
    });
    let send = "select realtime.send(jsonb_build_object('number', n, 'text', repeat('x', 200000)), 'note', 'crowd', false)
                from generate_series($1::int, $2::int) n";
    for first in (1..=LARGE as i32).step_by(10) {
        project.database.execute(send, &[&first, &(first + 9)]).await.unwrap();
    }
    tokio::time::timeout(Duration::from_secs(30), reading).await.expect("the reader is not held up").unwrap();
    let mut arrived = 0;
    while let Ok(Some(Ok(message))) = tokio::time::timeout(LIMIT, idle.stream.next()).await {
        arrived += usize::from(message.is_binary());
    }
    assert!(arrived < LARGE, "its connection ended before it had everything: {arrived}");
}

/// On one thread nothing of the service runs while it is stopped.
#[tokio::test]
async fn stopping_does_not_wait_for_open_channels() {
    let project = Project::start().await;
    let _alice = project.member(&format!("realtime:user:{ALICE}"), ALICE, json!({"private": true})).await;
    project.insert_note(1, ALICE).await;
    let stopping = Instant::now();
    project.stand_in.stop();
    assert!(stopping.elapsed() < Duration::from_secs(4), "stopping took {:?}", stopping.elapsed());
}
