//! A document as its owner sees it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::project::{Account, eventually};

/// How long a document may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);

/// A document and its owner.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) object_path: String,
    owner: Account,
}

/// A PDF of `tests/fixtures/`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

impl Document {
    /// Makes the row; nothing is uploaded.
    pub(crate) async fn create(owner: &Account, name: &str) -> Self {
        Self::create_for(owner, name, 86_400).await
    }

    /// Makes the row; its file must come within so many seconds.
    pub(crate) async fn create_for(owner: &Account, name: &str, upload_seconds: u32) -> Self {
        let arguments = json!({ "name": name, "upload_seconds": upload_seconds });
        let row = owner.http.rpc("create_document", &arguments).await.ok();
        let text = |key: &str| row[key].as_str().expect("text").to_owned();
        Self { id: text("id"), object_path: text("object_path"), owner: owner.clone() }
    }

    /// The same document, its owner having signed in again.
    #[allow(dead_code)] // the bench has no need of it
    pub(crate) fn of(mut self, owner: &Account) -> Self {
        self.owner = owner.clone();
        self
    }

    /// Makes the row and uploads `bytes` in one request.
    pub(crate) async fn upload(owner: &Account, name: &str, bytes: Vec<u8>) -> Self {
        let document = Self::create(owner, name).await;
        document.send(bytes).await;
        document
    }

    /// Uploads the file of a document that awaits it.
    pub(crate) async fn send(&self, bytes: Vec<u8>) {
        let path = format!("/storage/v1/object/documents/{}", self.object_path);
        let answer = self
            .owner
            .http
            .send(Method::POST, &path, &[("content-type", "application/pdf")], Some(bytes))
            .await;
        assert_eq!(answer.status, 200, "the upload is taken: {}", answer.text);
    }

    pub(crate) async fn row(&self) -> Value {
        self.owner.http.rows(&format!("documents?id=eq.{}", self.id)).await.pop().expect("the document")
    }

    /// Waits until the document is ready or failed, and gives its row.
    pub(crate) async fn settled(&self) -> Value {
        eventually("the document is ready or failed", PATIENCE, || async {
            let row = self.row().await;
            matches!(row["status"].as_str(), Some("ready" | "failed")).then_some(row)
        })
        .await
    }

    /// Waits until the document is ready, and gives its row.
    pub(crate) async fn ready(&self) -> Value {
        let row = self.settled().await;
        assert_eq!(row["status"], "ready", "{row}");
        row
    }

    /// Waits until the document has failed, and gives the error's code and message.
    pub(crate) async fn failed(&self) -> (String, String) {
        let row = self.settled().await;
        assert_eq!(row["status"], "failed", "{row}");
        let text = |key: &str| row["error"][key].as_str().expect("text").to_owned();
        (text("code"), text("message"))
    }

    /// Page numbers, in the order stored.
    pub(crate) async fn page_numbers(&self) -> Vec<u64> {
        let query =
            format!("pages?document_id=eq.{}&select=page_number&order=page_number&limit=1000", self.id);
        let mut numbers = Vec::new();
        loop {
            let rows = self.owner.http.rows(&format!("{query}&offset={}", numbers.len())).await;
            if rows.is_empty() {
                return numbers;
            }
            numbers.extend(rows.iter().map(|row| row["page_number"].as_u64().expect("a number")));
        }
    }

    /// Number of zones on each page that has any.
    pub(crate) async fn zones(&self) -> Vec<Value> {
        let query = format!("zones?document_id=eq.{}&order=page_number,reading_order,id&limit=1000", self.id);
        let mut zones = Vec::new();
        loop {
            let rows = self.owner.http.rows(&format!("{query}&offset={}", zones.len())).await;
            if rows.is_empty() {
                return zones;
            }
            zones.extend(rows);
        }
    }

    /// The numbers of its events, in the order of `seq`.
    pub(crate) async fn event_numbers(&self) -> Vec<i64> {
        let mut numbers: Vec<i64> = Vec::new();
        loop {
            let after = numbers.last().copied().unwrap_or(0);
            let rows = self
                .owner
                .http
                .rpc(
                    "events_since",
                    &json!({ "document_id": self.id, "after_seq": after, "max_events": 1000 }),
                )
                .await
                .ok();
            let rows = rows.as_array().expect("events").clone();
            if rows.is_empty() {
                return numbers;
            }
            numbers.extend(rows.iter().map(|row| row["seq"].as_i64().expect("a number")));
        }
    }

    /// Asks for an export, waits for it, and downloads it by signed URL.
    pub(crate) async fn export(&self, format: &str, options: &Value) -> Vec<u8> {
        let arguments = json!({ "document_id": self.id, "format": format, "options": options });
        let row = self.owner.http.rpc("request_export", &arguments).await.ok();
        let id = row["id"].as_str().expect("an id").to_owned();
        let row = eventually("the export is ready or failed", PATIENCE, || async {
            let row = self.owner.http.rows(&format!("exports?id=eq.{id}")).await.pop().expect("the export");
            matches!(row["status"].as_str(), Some("ready" | "failed")).then_some(row)
        })
        .await;
        assert_eq!(row["status"], "ready", "{row}");
        let bytes = self.download("exports", row["object_path"].as_str().expect("a path")).await;
        assert_eq!(row["byte_size"].as_u64(), Some(bytes.len() as u64));
        bytes
    }

    /// Fetches an object by a signed URL, which needs no key and no token.
    async fn download(&self, bucket: &str, path: &str) -> Vec<u8> {
        let signed = self
            .owner
            .http
            .post(&format!("/storage/v1/object/sign/{bucket}/{path}"), &json!({ "expiresIn": 60 }))
            .await
            .ok();
        let url = format!(
            "{}/storage/v1{}",
            self.owner.http.url(),
            signed["signedURL"].as_str().expect("a signed URL")
        );
        let response = reqwest::get(url).await.expect("an answer");
        assert_eq!(response.status(), 200);
        response.bytes().await.expect("the bytes").to_vec()
    }
}
