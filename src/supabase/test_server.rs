//! A small HTTP server for tests: one handler answers every request.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::project::{ApiKey, Project};

#[derive(Debug, Clone, Default)]
pub(super) struct Request {
    /// `POST /auth/v1/token?grant_type=password`
    pub(super) line: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { status, headers: vec![("content-type", "application/json".into())], body: body.to_string() }
    }
}

/// What has been asked, in order.
pub(super) type Log = Arc<Mutex<Vec<Request>>>;

/// Serves until the test's runtime ends. `None` from the handler cuts the connection instead of answering.
pub(super) async fn serve(
    handler: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static,
) -> (Project, Log) {
    super::install_tls();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (log, handler) = (Log::default(), Arc::new(handler));
    let kept = log.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, handler.clone(), kept.clone()));
        }
    });
    (Project::new(&url, ApiKey::parse("sb_publishable_x", "K").unwrap()).unwrap(), log)
}

async fn converse(
    stream: TcpStream,
    handler: Arc<impl Fn(&Request) -> Option<Answer>>,
    log: Log,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let request = read(&mut stream).await?;
        log.lock().unwrap().push(request.clone());
        let answer = handler(&request)?;
        let mut head = format!("HTTP/1.1 {} X\r\ncontent-length: {}\r\n", answer.status, answer.body.len());
        for (name, value) in &answer.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        let body = if request.line.starts_with("HEAD") { "" } else { &answer.body };
        stream.get_mut().write_all(format!("{head}\r\n{body}").as_bytes()).await.ok()?;
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut request = Request::default();
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
    request.line = line.trim().trim_end_matches(" HTTP/1.1").to_owned();
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        request.headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = request.header("content-length").parse().unwrap_or(0);
    request.body.resize(length, 0);
    stream.read_exact(&mut request.body).await.ok()?;
    Some(request)
}
