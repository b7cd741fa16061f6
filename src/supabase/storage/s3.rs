//! Objects over the S3 protocol, in the name of a session: access policies apply to it as to any user.
//! The only place that names `aws-sdk-s3`.

use std::fmt;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::future;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, IdentityCache, ProvideCredentials, Region, RequestChecksumCalculation,
    ResponseChecksumValidation, SharedCredentialsProvider, StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart, Delete, ObjectIdentifier};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt as _};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use super::{Tally, Transferred};
use crate::supabase::backoff::Backoff;
use crate::supabase::error::{Refusal, Service, SupabaseError};
use crate::supabase::observe::{TRACEPARENT, observe};
use crate::supabase::project::Project;
use crate::supabase::session::Session;

/// Size of an upload part, and the largest object written by a single request, bytes. S3's smallest part is 5 MiB.
const PART_BYTES: usize = 5 << 20;
/// Attempts of a request or of the rest of a download.
const ATTEMPTS: u32 = 4;

/// Most objects deleted by one request, as the protocol has it.
pub const DELETE_LIMIT: usize = 1000;

/// Sends a request of the SDK, counted as `$operation`.
macro_rules! send {
    ($operation:literal, $request:expr) => {
        observe(Service::Storage, $operation, |trace| async {
            let request = $request.customize().mutate_request(move |request| {
                request.headers_mut().insert(TRACEPARENT, trace.clone());
            });
            request.send().await.map_err(|error| translate(&error))
        })
        .await
    };
}

/// The S3 endpoint of a project, in one session's name.
#[derive(Debug, Clone)]
pub struct S3 {
    client: Client,
    silence: Duration,
}

/// Signs with the project's reference, its key and, as session token, the account's current access token.
struct SessionCredentials {
    project: Project,
    session: Session,
}

impl fmt::Debug for SessionCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionCredentials(…)")
    }
}

impl ProvideCredentials for SessionCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let token = self.session.token().await.map_err(CredentialsError::provider_error)?;
            Ok(Credentials::new(
                &self.project.s3().access_key,
                self.project.key().expose(),
                Some(token.expose().to_owned()),
                None,
                "supabase-session",
            ))
        })
    }
}

impl S3 {
    /// A client for `project` in the name of `session`.
    pub fn new(project: &Project, session: &Session) -> Self {
        let limits = project.limits();
        let credentials = SessionCredentials { project: project.clone(), session: session.clone() };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(limits.connect)
            .read_timeout(limits.request)
            // An attempt may have a whole part to send.
            .operation_attempt_timeout(limits.request * 4)
            .build();
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            // The SDK joins the bucket's name to it as it is, so the slash at the end is needed.
            .endpoint_url(project.endpoint("/storage/v1/s3/"))
            .region(Region::new(project.s3().region.clone()))
            .force_path_style(true)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            // The session renews its token itself: a cache would hand out old ones.
            .identity_cache(IdentityCache::no_cache())
            // Supabase implements the protocol without the checksum trailers that are the SDK's default.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(timeouts)
            .build();
        Self { client: Client::from_conf(config), silence: limits.request }
    }

    /// Whether the bucket is there and answers to this session. (A session may not ask for the bucket itself.)
    pub async fn probe(&self, bucket: &str) -> Result<(), SupabaseError> {
        let request = self.client.list_objects_v2().bucket(bucket).prefix("probe/").max_keys(1);
        request.send().await.map(drop).map_err(|error| translate(&error))
    }

    /// Streams an object into `file`. A broken connection continues where it broke.
    ///
    /// # Errors
    /// [`SupabaseError::TooLarge`] as soon as it is known that the object has more than `limit` bytes.
    pub async fn get(
        &self,
        bucket: &str,
        key: &str,
        limit: u64,
        file: &mut (impl AsyncWrite + Unpin),
    ) -> Result<Transferred, SupabaseError> {
        let mut tally = Tally::default();
        let mut version = None;
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
        loop {
            match self.get_rest(bucket, key, limit, &mut tally, &mut version, file).await {
                Ok(()) => break,
                Err(error) if error.is_retryable() && backoff.attempts() + 1 < ATTEMPTS => {
                    tracing::debug!(%error, received = tally.bytes, "download broke; continuing");
                    tokio::time::sleep(backoff.next_delay()).await;
                }
                Err(error) => return Err(error),
            }
        }
        file.flush().await.map_err(|error| SupabaseError::local(Service::Storage, &error))?;
        Ok(tally.finish())
    }

    async fn get_rest(
        &self,
        bucket: &str,
        key: &str,
        limit: u64,
        tally: &mut Tally,
        version: &mut Option<String>,
        file: &mut (impl AsyncWrite + Unpin),
    ) -> Result<(), SupabaseError> {
        let range = (tally.bytes > 0).then(|| format!("bytes={}-", tally.bytes));
        let request = self.client.get_object().bucket(bucket).key(key).set_range(range);
        let object = send!("get", request)?;
        if version.is_some() && *version != object.e_tag {
            return Err(SupabaseError::malformed(Service::Storage, "the object changed while it was read"));
        }
        *version = object.e_tag;
        let announced = object.content_length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
        let too_large = SupabaseError::TooLarge { service: Service::Storage, limit };
        if tally.bytes + announced > limit {
            return Err(too_large);
        }
        let end = tally.bytes + announced;
        let mut body = object.body;
        loop {
            let chunk = tokio::time::timeout(self.silence, body.next())
                .await
                .map_err(|_| SupabaseError::Timeout { service: Service::Storage, after: self.silence })?;
            let Some(chunk) = chunk else { break };
            let chunk = chunk.map_err(|error| SupabaseError::network(Service::Storage, error))?;
            if tally.bytes + chunk.len() as u64 > limit {
                return Err(too_large);
            }
            file.write_all(&chunk).await.map_err(|error| SupabaseError::local(Service::Storage, &error))?;
            tally.add(&chunk);
        }
        if tally.bytes < end {
            return Err(SupabaseError::network(Service::Storage, "the object ended early"));
        }
        Ok(())
    }

    /// Deletes objects, at most [`DELETE_LIMIT`]. Those that are not there, or not the session's to delete, are passed
    /// over: whether an object is gone is for the database to say.
    pub async fn delete(&self, bucket: &str, keys: &[String]) -> Result<(), SupabaseError> {
        let unusable = |error: &dyn fmt::Display| SupabaseError::malformed(Service::Storage, error);
        let objects: Result<Vec<_>, _> =
            keys.iter().map(|key| ObjectIdentifier::builder().key(key).build()).collect();
        let objects = objects.map_err(|error| unusable(&error))?;
        let delete = Delete::builder().set_objects(Some(objects)).quiet(true).build();
        let delete = delete.map_err(|error| unusable(&error))?;
        send!("delete", self.client.delete_objects().bucket(bucket).delete(delete)).map(drop)
    }

    /// Writes an object from a stream of unknown length, holding at most two parts in memory.
    /// Below 5 MiB it is one request, beyond a multipart upload, which leaves nothing behind when it fails.
    pub async fn put<E: fmt::Display>(
        &self,
        bucket: &str,
        key: &str,
        content_type: &str,
        content: impl Stream<Item = Result<Bytes, E>>,
    ) -> Result<Transferred, SupabaseError> {
        let mut parts = Parts { content: Box::pin(content), rest: BytesMut::new(), tally: Tally::default() };
        let first = parts.next().await?.unwrap_or_default();
        if first.len() < PART_BYTES {
            self.put_whole(bucket, key, content_type, first).await?;
        } else {
            self.put_parts(bucket, key, content_type, first, &mut parts).await?;
        }
        Ok(parts.tally.finish())
    }

    async fn put_whole(
        &self,
        bucket: &str,
        key: &str,
        kind: &str,
        content: Bytes,
    ) -> Result<(), SupabaseError> {
        let request = self.client.put_object().bucket(bucket).key(key).content_type(kind);
        send!("put", request.body(ByteStream::from(content))).map(drop)
    }

    async fn put_parts<S, E>(
        &self,
        bucket: &str,
        key: &str,
        kind: &str,
        first: Bytes,
        rest: &mut Parts<S>,
    ) -> Result<(), SupabaseError>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: fmt::Display,
    {
        let request = self.client.create_multipart_upload().bucket(bucket).key(key).content_type(kind);
        let created = send!("begin_parts", request)?;
        let Some(id) = created.upload_id else {
            return Err(SupabaseError::malformed(Service::Storage, "a multipart upload without an id"));
        };
        let upload = Multipart { client: &self.client, bucket, key, id: &id };
        match upload.send(first, rest).await {
            Ok(parts) => upload.complete(parts).await,
            Err(error) => {
                upload.abort().await;
                Err(error)
            }
        }
    }
}

/// A stream cut into parts of [`PART_BYTES`]; the last one is shorter.
struct Parts<S> {
    content: std::pin::Pin<Box<S>>,
    rest: BytesMut,
    tally: Tally,
}

impl<S, E> Parts<S>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: fmt::Display,
{
    async fn next(&mut self) -> Result<Option<Bytes>, SupabaseError> {
        while self.rest.len() < PART_BYTES {
            let Some(chunk) = self.content.next().await else { break };
            let chunk = chunk.map_err(|error| SupabaseError::Local {
                service: Service::Storage,
                detail: format!("the content to be stored failed: {error}"),
            })?;
            self.tally.add(&chunk);
            self.rest.extend_from_slice(&chunk);
        }
        let length = self.rest.len().min(PART_BYTES);
        Ok((length > 0).then(|| self.rest.split_to(length).freeze()))
    }
}

struct Multipart<'a> {
    client: &'a Client,
    bucket: &'a str,
    key: &'a str,
    id: &'a str,
}

impl Multipart<'_> {
    /// Sends one part while the next is being made.
    async fn send<S, E>(&self, first: Bytes, rest: &mut Parts<S>) -> Result<Vec<CompletedPart>, SupabaseError>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: fmt::Display,
    {
        let mut done = Vec::new();
        let mut part = Some(first);
        while let Some(content) = part {
            let number = done.len() as i32 + 1;
            let (sent, next) = tokio::try_join!(self.send_part(number, content), rest.next())?;
            done.push(sent);
            part = next;
        }
        Ok(done)
    }

    async fn send_part(&self, number: i32, content: Bytes) -> Result<CompletedPart, SupabaseError> {
        let request = self.client.upload_part().bucket(self.bucket).key(self.key).upload_id(self.id);
        let sent = send!("put_part", request.part_number(number).body(ByteStream::from(content)))?;
        Ok(CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag).build())
    }

    async fn complete(&self, parts: Vec<CompletedPart>) -> Result<(), SupabaseError> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let request =
            self.client.complete_multipart_upload().bucket(self.bucket).key(self.key).upload_id(self.id);
        send!("complete_parts", request.multipart_upload(parts)).map(drop)
    }

    async fn abort(&self) {
        let request =
            self.client.abort_multipart_upload().bucket(self.bucket).key(self.key).upload_id(self.id);
        if let Err(error) = request.send().await {
            tracing::warn!(error = %translate(&error), "an unfinished upload is left to the bucket's clean-up");
        }
    }
}

fn translate<E>(error: &SdkError<E>) -> SupabaseError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let service = Service::Storage;
    match error {
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            let code = answer.err().code().unwrap_or_default().to_owned();
            let message = answer.err().message().unwrap_or("no reason given").to_owned();
            SupabaseError::refused(service, Refusal { status, code, message, hint: None })
        }
        SdkError::TimeoutError(_) => SupabaseError::network(service, "the request took too long"),
        SdkError::ResponseError(answer) => SupabaseError::malformed(
            service,
            format!("status {} with a body that is not S3's", answer.raw().status().as_u16()),
        ),
        // A session that cannot be renewed shows here as a construction failure, with its reason as the cause.
        SdkError::ConstructionFailure(_) | SdkError::DispatchFailure(_) | _ => session_error(error)
            .unwrap_or_else(|| SupabaseError::network(service, DisplayErrorContext(error))),
    }
}

/// The session's own error, if that is why a request could not be made.
fn session_error(error: &(dyn std::error::Error + 'static)) -> Option<SupabaseError> {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(found) = inner.downcast_ref::<SupabaseError>() {
            return Some(found.clone());
        }
        cause = inner.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    async fn lengths(chunks: Vec<usize>) -> Vec<usize> {
        let content =
            stream::iter(chunks.into_iter().map(|length| Ok::<_, String>(Bytes::from(vec![7; length]))));
        let mut parts = Parts { content: Box::pin(content), rest: BytesMut::new(), tally: Tally::default() };
        let mut lengths = Vec::new();
        while let Some(part) = parts.next().await.unwrap() {
            lengths.push(part.len());
        }
        assert_eq!(parts.tally.bytes as usize, lengths.iter().sum::<usize>());
        lengths
    }

    #[tokio::test]
    async fn content_is_cut_into_parts_of_five_mib_whatever_its_chunks_are() {
        assert_eq!(lengths(vec![]).await, Vec::<usize>::new());
        assert_eq!(lengths(vec![1, 2]).await, [3]);
        assert_eq!(lengths(vec![PART_BYTES]).await, [PART_BYTES]);
        assert_eq!(lengths(vec![PART_BYTES * 2 + 5]).await, [PART_BYTES, PART_BYTES, 5]);
        assert_eq!(lengths(vec![PART_BYTES - 1, 2]).await, [PART_BYTES, 1]);
    }

    #[tokio::test]
    async fn content_that_fails_is_not_stored_as_if_it_had_ended() {
        let content = stream::iter([Ok(Bytes::from_static(b"x")), Err("broken")]);
        let mut parts = Parts { content: Box::pin(content), rest: BytesMut::new(), tally: Tally::default() };
        assert!(matches!(parts.next().await, Err(SupabaseError::Local { .. })));
    }
}
