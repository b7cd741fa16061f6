//! Plain HTTP calls in one caller's name, as any client would make them.

use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

/// Who calls.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: Client,
    url: String,
    key: String,
    token: Option<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON; null where it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The body, of an answer that has to be good.
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "status {}: {}", self.status, self.text);
        self.json()
    }

    /// `code` of an error body.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl Http {
    pub(crate) fn new(url: &str, key: &str, token: Option<String>) -> Self {
        zoned::supabase::install_tls();
        let client = Client::builder().timeout(Duration::from_mins(1)).build().expect("an HTTP client");
        Self { client, url: url.trim_end_matches('/').to_owned(), key: key.to_owned(), token }
    }

    /// The project's address.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The caller's token.
    pub(crate) fn token(&self) -> &str {
        self.token.as_deref().unwrap_or(&self.key)
    }

    /// Any request. A new-style key never goes into `Authorization`.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        let mut request =
            self.client.request(method, format!("{}{path}", self.url)).header("apikey", &self.key);
        if let Some(token) =
            self.token.as_deref().or_else(|| (!self.key.starts_with("sb_")).then_some(&*self.key))
        {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        Answer { status, text: response.text().await.expect("a body") }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(
            Method::POST,
            path,
            &[("content-type", "application/json")],
            Some(body.to_string().into_bytes()),
        )
        .await
    }

    /// Rows of a table of `public`.
    pub(crate) async fn rows(&self, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/rest/v1/{query}")).await.ok();
        answer.as_array().expect("rows").clone()
    }

    /// A function of `public`.
    pub(crate) async fn rpc(&self, name: &str, arguments: &Value) -> Answer {
        self.post(&format!("/rest/v1/rpc/{name}"), arguments).await
    }

    /// A function of `worker`.
    pub(crate) async fn worker_rpc(&self, name: &str, arguments: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("content-profile", "worker")];
        self.send(
            Method::POST,
            &format!("/rest/v1/rpc/{name}"),
            &headers,
            Some(arguments.to_string().into_bytes()),
        )
        .await
    }

    /// Registers as a daemon would and gives the worker's id.
    pub(crate) async fn hello(&self) -> String {
        let arguments = json!({ "protocol_version": 1, "host": "test", "version": "0.0.0", "capacity": 4 });
        let answer = self.worker_rpc("hello", &arguments).await.ok();
        answer["worker_id"].as_str().expect("a worker id").to_owned()
    }
}
