//! Resumable uploads (TUS 1.0.0, <https://tus.io/protocols/resumable-upload>), as a user's client makes them.

use std::io::SeekFrom;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Method, RequestBuilder};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeek, AsyncSeekExt as _};

use crate::supabase::backoff::Backoff;
use crate::supabase::error::{Service, SupabaseError};
use crate::supabase::http::Http;
use crate::supabase::project::Project;
use crate::supabase::session::Session;

/// Size of a chunk, bytes: the one Supabase Storage requires of all but the last.
pub const CHUNK_BYTES: usize = 6 << 20;
/// Attempts in a row without progress.
const ATTEMPTS: u32 = 6;

const VERSION: (&str, &str) = ("tus-resumable", "1.0.0");

/// An object to be uploaded.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Bucket.
    pub bucket: &'a str,
    /// Name in it.
    pub key: &'a str,
    /// MIME type.
    pub content_type: &'a str,
    /// Length, bytes.
    pub length: u64,
}

/// An upload that has been begun.
#[derive(Debug)]
pub struct Upload {
    http: Http,
    session: Session,
    location: String,
    length: u64,
}

impl Upload {
    /// Begins an upload; nothing is sent yet.
    pub async fn begin(
        project: &Project,
        session: &Session,
        target: Target<'_>,
    ) -> Result<Self, SupabaseError> {
        let http = Http::new(project, Service::Storage)?;
        let token = session.token().await?;
        let request = http
            .request(Method::POST, "/storage/v1/upload/resumable", Some(token.expose()))
            .header(VERSION.0, VERSION.1)
            .header("upload-length", target.length)
            .header("upload-metadata", metadata(target));
        let response = http.send("upload_begin", request).await?;
        let location = header(response.headers(), LOCATION.as_str())?;
        let location = own_address(project, location)?;
        Ok(Self { http, session: session.clone(), location, length: target.length })
    }

    /// Sends the content, from wherever the service has got to; a failure continues there.
    /// `progress` is told the bytes the service holds.
    pub async fn send(
        &self,
        content: &mut (impl AsyncRead + AsyncSeek + Unpin),
        mut progress: impl FnMut(u64),
    ) -> Result<(), SupabaseError> {
        let mut backoff = Backoff::new(Duration::from_millis(300), Duration::from_secs(10));
        let mut offset = 0;
        let mut certain = true;
        while offset < self.length {
            let sent = async {
                let from = if certain { offset } else { self.offset().await? };
                self.send_chunk(content, from).await
            };
            match sent.await {
                Ok(reached) => {
                    offset = reached;
                    certain = true;
                    backoff.reset();
                    progress(offset);
                }
                // A conflict means that the service is elsewhere than we think: ask it.
                Err(error)
                    if (error.is_retryable() || matches!(error, SupabaseError::Conflict { .. }))
                        && backoff.attempts() + 1 < ATTEMPTS =>
                {
                    certain = false;
                    tracing::debug!(%error, offset, "upload broke; resuming");
                    tokio::time::sleep(backoff.next_delay()).await;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// How many bytes the service holds.
    pub async fn offset(&self) -> Result<u64, SupabaseError> {
        let request = self.request(Method::HEAD).await?;
        let response = self.http.send("upload_offset", request).await?;
        offset_of(response.headers(), self.length)
    }

    async fn send_chunk(
        &self,
        content: &mut (impl AsyncRead + AsyncSeek + Unpin),
        offset: u64,
    ) -> Result<u64, SupabaseError> {
        let chunk = read_chunk(content, offset).await?;
        if chunk.is_empty() && offset < self.length {
            let cut = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
            return Err(SupabaseError::local(Service::Storage, &cut));
        }
        let request = self
            .request(Method::PATCH)
            .await?
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream")
            .body(chunk);
        let response = self.http.send("upload_chunk", request).await?;
        offset_of(response.headers(), self.length)
    }

    async fn request(&self, method: Method) -> Result<RequestBuilder, SupabaseError> {
        let token = self.session.token().await?;
        let request = self.http.request_url(method, &self.location, Some(token.expose()));
        Ok(request.header(VERSION.0, VERSION.1))
    }
}

async fn read_chunk(
    content: &mut (impl AsyncRead + AsyncSeek + Unpin),
    offset: u64,
) -> Result<Bytes, SupabaseError> {
    let read = async {
        content.seek(SeekFrom::Start(offset)).await?;
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        content.take(CHUNK_BYTES as u64).read_to_end(&mut chunk).await?;
        std::io::Result::Ok(Bytes::from(chunk))
    };
    read.await.map_err(|error| SupabaseError::local(Service::Storage, &error))
}

fn metadata(target: Target<'_>) -> String {
    [("bucketName", target.bucket), ("objectName", target.key), ("contentType", target.content_type)]
        .map(|(name, value)| format!("{name} {}", STANDARD.encode(value)))
        .join(",")
}

/// The upload's address on the project's own origin: behind a gateway the service may name another scheme or host,
/// and the token goes to nobody else.
fn own_address(project: &Project, location: &str) -> Result<String, SupabaseError> {
    const ROUTE: &str = "/storage/v1/upload/resumable/";
    location
        .split_once(ROUTE)
        .map(|(_, id)| project.endpoint(&format!("{ROUTE}{id}")))
        .ok_or_else(|| SupabaseError::malformed(Service::Storage, "an upload at an unexpected place"))
}

fn offset_of(headers: &HeaderMap, length: u64) -> Result<u64, SupabaseError> {
    header(headers, "upload-offset")?
        .parse()
        .ok()
        .filter(|offset| *offset <= length)
        .ok_or_else(|| SupabaseError::malformed(Service::Storage, "an impossible upload offset"))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a str, SupabaseError> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| SupabaseError::malformed(Service::Storage, format!("no {name} header")))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::supabase::project::ApiKey;
    use crate::supabase::test_server::{Answer, serve};

    #[test]
    fn metadata_is_base64_by_name() {
        let target =
            Target { bucket: "documents", key: "a/ü.pdf", content_type: "application/pdf", length: 1 };
        assert_eq!(
            metadata(target),
            "bucketName ZG9jdW1lbnRz,objectName YS/DvC5wZGY=,contentType YXBwbGljYXRpb24vcGRm"
        );
    }

    #[test]
    fn the_token_is_only_ever_sent_to_the_project() {
        let key = ApiKey::parse("sb_publishable_x", "K").unwrap();
        let project = Project::new("http://127.0.0.1:54321", key).unwrap();
        let elsewhere = "https://evil.example/storage/v1/upload/resumable/abc";
        assert_eq!(
            own_address(&project, elsewhere).unwrap(),
            "http://127.0.0.1:54321/storage/v1/upload/resumable/abc"
        );
        assert!(own_address(&project, "https://evil.example/x").is_err());
    }

    #[tokio::test]
    async fn chunks_start_where_the_service_is() {
        let mut content = std::io::Cursor::new((0..=255u8).collect::<Vec<_>>());
        assert_eq!(
            read_chunk(&mut content, 250).await.unwrap(),
            Bytes::from_static(&[250, 251, 252, 253, 254, 255])
        );
        assert!(read_chunk(&mut content, 256).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_broken_upload_goes_on_from_where_the_service_is() {
        // The first PATCH is cut after the service kept 3 bytes of it.
        let patches = AtomicU64::new(0);
        let (project, log) = serve(move |request| {
            let offset = |offset: &str| vec![("upload-offset", offset.to_owned())];
            let method = request.line.split(' ').next().unwrap();
            let (status, headers) = match method {
                "POST" => (201, vec![("location", "https://h/storage/v1/upload/resumable/id".to_owned())]),
                "HEAD" => (200, offset("3")),
                _ if patches.fetch_add(1, Ordering::Relaxed) == 0 => return None,
                _ => (204, offset("10")),
            };
            Some(Answer { status, headers, body: String::new() })
        })
        .await;
        let session = Session::pretend(&project, "t1");
        let target = Target { bucket: "documents", key: "k", content_type: "application/pdf", length: 10 };
        let upload = Upload::begin(&project, &session, target).await.unwrap();
        let mut progress = Vec::new();
        let mut content = std::io::Cursor::new(b"0123456789".to_vec());
        upload.send(&mut content, |held| progress.push(held)).await.unwrap();
        assert_eq!(progress, [10]);
        let log = log.lock().unwrap();
        let last = log.last().unwrap();
        assert_eq!((last.header("upload-offset"), last.body.as_slice()), ("3", b"3456789".as_slice()));
    }
}
