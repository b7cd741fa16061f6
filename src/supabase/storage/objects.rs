//! Whole objects by Storage's own API, in the name of a key: what an operator reads and writes with the secret key.

use std::time::Duration;

use futures_util::stream;
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, BufWriter};

use super::{Tally, Transferred, encode_path};
use crate::supabase::backoff::Backoff;
use crate::supabase::error::{Service, SupabaseError, refusal_from};
use crate::supabase::http::describe;
use crate::supabase::observe::{TRACEPARENT, observe};
use crate::supabase::project::Project;

/// Attempts of a transfer, each from its beginning.
const ATTEMPTS: u32 = 4;
/// Bytes handed to the connection, or to the file, at a time.
const CHUNK: usize = 256 << 10;
/// The slowest upload that is waited for, bytes a second.
const SLOWEST: u64 = 64 << 10;
/// Largest error answer read, bytes.
const ANSWER_LIMIT: usize = 1 << 16;

/// The objects of a project.
#[derive(Debug, Clone)]
pub struct Objects {
    client: Client,
    project: Project,
}

impl Objects {
    /// A client for `project`, with the rights of its key.
    pub fn new(project: &Project) -> Result<Self, SupabaseError> {
        let limits = project.limits();
        let client = Client::builder()
            .connect_timeout(limits.connect)
            // Of silence: a large object may take its time.
            .read_timeout(limits.request)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| SupabaseError::network(Service::Storage, describe(&error)))?;
        Ok(Self { client, project: project.clone() })
    }

    /// Streams an object into `file`, from the file's start.
    pub async fn get(&self, bucket: &str, name: &str, file: &mut File) -> Result<Transferred, SupabaseError> {
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
        loop {
            let got = observe(Service::Storage, "download", |trace| {
                self.try_get(self.request(Method::GET, bucket, name, trace), file)
            });
            match got.await {
                Err(error) if error.is_retryable() && backoff.attempts() + 1 < ATTEMPTS => {
                    tokio::time::sleep(backoff.next_delay()).await;
                }
                answer => return answer,
            }
        }
    }

    async fn try_get(&self, request: RequestBuilder, file: &mut File) -> Result<Transferred, SupabaseError> {
        let local = |error: std::io::Error| SupabaseError::local(Service::Storage, &error);
        file.rewind().await.map_err(local)?;
        file.set_len(0).await.map_err(local)?;
        let mut response = self.accepted(request.send().await.map_err(|error| self.failed(&error))?).await?;
        let announced = response.content_length();
        let mut tally = Tally::default();
        // A file hands each write to another thread: few large ones, then.
        let mut gathered = BufWriter::with_capacity(CHUNK, file);
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(&error))? {
            gathered.write_all(&chunk).await.map_err(local)?;
            tally.add(&chunk);
        }
        gathered.flush().await.map_err(local)?;
        if announced.is_some_and(|announced| announced != tally.bytes) {
            return Err(SupabaseError::network(Service::Storage, "the object ended early"));
        }
        Ok(tally.finish())
    }

    /// Whether the object's bytes can be read: its row in the database alone does not tell.
    pub async fn is_readable(&self, bucket: &str, name: &str) -> Result<bool, SupabaseError> {
        let asked = observe(Service::Storage, "probe", |trace| async {
            let request = self.request(Method::GET, bucket, name, trace).header("range", "bytes=0-0");
            let response = request.send().await.map_err(|error| self.failed(&error))?;
            // An empty object has no first byte.
            if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
                return Ok(());
            }
            self.accepted(response).await.map(drop)
        });
        match asked.await {
            Err(SupabaseError::NotFound { .. }) => Ok(false),
            answer => answer.map(|()| true),
        }
    }

    /// Writes an object of `length` bytes from `file`, from its start; one that is there is replaced.
    pub async fn put(
        &self,
        bucket: &str,
        name: &str,
        content_type: &str,
        file: &File,
        length: u64,
    ) -> Result<(), SupabaseError> {
        let limit = self.project.limits().request + Duration::from_secs(length / SLOWEST);
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
        loop {
            let put = observe(Service::Storage, "upload", |trace| async {
                let local = |error: std::io::Error| SupabaseError::local(Service::Storage, &error);
                let mut file = file.try_clone().await.map_err(local)?;
                file.rewind().await.map_err(local)?;
                let request = self
                    .request(Method::POST, bucket, name, trace)
                    .header("content-type", content_type)
                    .header("content-length", length)
                    .header("x-upsert", "true")
                    .timeout(limit)
                    .body(content(file));
                let response = request.send().await.map_err(|error| self.failed(&error))?;
                self.accepted(response).await.map(drop)
            });
            match put.await {
                Err(error) if error.is_retryable() && backoff.attempts() + 1 < ATTEMPTS => {
                    tokio::time::sleep(backoff.next_delay()).await;
                }
                answer => return answer,
            }
        }
    }

    fn request(&self, method: Method, bucket: &str, name: &str, trace: String) -> RequestBuilder {
        let key = self.project.key();
        let url = self.project.endpoint(&format!("/storage/v1/object/{bucket}/{}", encode_path(name)));
        let request =
            self.client.request(method, url).header("apikey", key.expose()).header(TRACEPARENT, trace);
        match key.bearer() {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn accepted(&self, mut response: Response) -> Result<Response, SupabaseError> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(&error))? {
            if body.len() + chunk.len() > ANSWER_LIMIT {
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Err(SupabaseError::refused(Service::Storage, refusal_from(status.as_u16(), &body)))
    }

    fn failed(&self, error: &reqwest::Error) -> SupabaseError {
        if error.is_timeout() && !error.is_connect() {
            let after = self.project.limits().request;
            return SupabaseError::Timeout { service: Service::Storage, after };
        }
        SupabaseError::network(Service::Storage, describe(error))
    }
}

/// The rest of a file, in chunks.
fn content(file: File) -> Body {
    Body::wrap_stream(stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let length = file.read(&mut chunk).await?;
        chunk.truncate(length);
        Ok::<_, std::io::Error>((length > 0).then_some((chunk, file)))
    }))
}
