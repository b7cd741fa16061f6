//! The bytes of objects: one file for each version, which never changes once it is there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use axum::http::header::CONTENT_LENGTH;
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use md5::{Digest as _, Md5};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::failure::Failure;
use super::range::Span;

/// How long a sender may stay silent in the middle of a body.
const SILENCE: Duration = Duration::from_mins(1);
/// How much of a file is in memory at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// Where the bytes lie.
#[derive(Debug, Clone)]
pub(crate) struct Blobs {
    root: PathBuf,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// In bytes.
    pub(crate) size: u64,
    /// MD5 of the bytes, hexadecimal.
    pub(crate) md5: String,
}

impl Blobs {
    /// Uses `root`, and removes what uploads cut off by an earlier end left behind.
    pub(crate) fn new(root: PathBuf) -> Self {
        let blobs = Self { root };
        let _ = std::fs::remove_dir_all(blobs.root.join("incoming"));
        for name in ["versions", "incoming", "resumable", "multipart"] {
            if let Err(error) = std::fs::create_dir_all(blobs.root.join(name)) {
                tracing::error!(%error, "cannot make a directory for objects");
            }
        }
        blobs
    }

    /// The file of a version.
    pub(crate) fn version(&self, version: Uuid) -> PathBuf {
        self.root.join("versions").join(version.to_string())
    }

    /// A place for bytes that may yet be refused.
    pub(crate) fn incoming(&self, version: Uuid) -> PathBuf {
        self.root.join("incoming").join(version.to_string())
    }

    /// The bytes so far of a resumable upload.
    pub(crate) fn resumable(&self, version: Uuid) -> PathBuf {
        self.root.join("resumable").join(version.to_string())
    }

    /// The directory of the parts of a multipart upload.
    pub(crate) fn multipart(&self, upload: Uuid) -> PathBuf {
        self.root.join("multipart").join(upload.to_string())
    }

    /// Removes the files of versions that no row names any more. A file that is gone already is no error.
    pub(crate) async fn remove(&self, versions: Vec<String>) {
        for version in versions.iter().filter_map(|version| version.parse().ok()) {
            let _ = tokio::fs::remove_file(self.version(version)).await;
        }
    }

    /// A body of the bytes `span` of a version, streamed, with its length.
    pub(crate) async fn response(&self, version: &str, span: Span) -> Result<Response<Body>, Failure> {
        let version: Uuid = version.parse().map_err(|_| Failure::no_such_key())?;
        let mut file = File::open(self.version(version)).await?;
        file.seek(std::io::SeekFrom::Start(span.first)).await?;
        let stream = ReaderStream::with_capacity(file.take(span.length), CHUNK);
        let mut response = Response::new(Body::from_stream(stream));
        response.headers_mut().insert(CONTENT_LENGTH, span.length.into());
        Ok(response)
    }
}

/// A file that is being written and that vanishes unless it is kept.
#[derive(Debug)]
pub(crate) struct Sink {
    path: PathBuf,
    file: File,
    md5: Md5,
    size: u64,
    limit: u64,
    kept: bool,
}

impl Sink {
    /// Starts `path`, which takes at most `limit` bytes.
    pub(crate) async fn create(path: PathBuf, limit: u64) -> Result<Self, Failure> {
        let file = File::create(&path).await?;
        Ok(Self { path, file, md5: Md5::new(), size: 0, limit, kept: false })
    }

    /// Appends.
    pub(crate) async fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(Failure::too_large());
        }
        self.md5.update(bytes);
        self.file.write_all(bytes).await?;
        Ok(())
    }

    /// Appends all of `stream`.
    pub(crate) async fn fill<S, E>(&mut self, mut stream: S) -> Result<(), Failure>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: Into<Failure>,
    {
        while let Some(bytes) = next(&mut stream).await? {
            self.write(&bytes).await?;
        }
        Ok(())
    }

    /// Keeps the file, under the name `destination`.
    pub(crate) async fn keep(mut self, destination: &Path) -> Result<Written, Failure> {
        self.file.flush().await?;
        tokio::fs::rename(&self.path, destination).await?;
        self.kept = true;
        let md5 = hex(&std::mem::take(&mut self.md5).finalize());
        Ok(Written { size: self.size, md5 })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// The next piece of a body, or a refusal when its sender breaks off or is silent for too long.
pub(crate) async fn next<S, E>(stream: &mut S) -> Result<Option<Bytes>, Failure>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<Failure>,
{
    match tokio::time::timeout(SILENCE, stream.next()).await {
        Ok(None) => Ok(None),
        Ok(Some(Ok(bytes))) => Ok(Some(bytes)),
        Ok(Some(Err(error))) => Err(error.into()),
        Err(_) => Err(Failure::interrupted()),
    }
}

/// MD5 of a file, hexadecimal.
pub(crate) async fn md5_of(path: &Path) -> Result<String, Failure> {
    let mut file = File::open(path).await?;
    let mut buffer = vec![0; 1 << 20];
    let mut md5 = Md5::new();
    loop {
        let count = file.read(&mut buffer).await?;
        if count == 0 {
            return Ok(hex(&md5.finalize()));
        }
        md5.update(&buffer[..count]);
    }
}

/// Hexadecimal text, small letters.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn pieces(texts: &[&'static str]) -> impl Stream<Item = Result<Bytes, std::io::Error>> + Unpin {
        stream::iter(texts.iter().map(|text| Ok(Bytes::from_static(text.as_bytes()))).collect::<Vec<_>>())
    }

    #[tokio::test]
    async fn a_kept_file_has_its_size_and_digest() {
        let dir = tempfile::tempdir().unwrap();
        let mut sink = Sink::create(dir.path().join("in"), 11).await.unwrap();
        sink.fill(pieces(&["hello ", "world"])).await.unwrap();
        let written = sink.keep(&dir.path().join("out")).await.unwrap();
        assert_eq!(written, Written { size: 11, md5: "5eb63bbbe01eeed093cb22bb8f5acdc3".into() });
        assert_eq!(md5_of(&dir.path().join("out")).await.unwrap(), written.md5);
    }

    #[tokio::test]
    async fn a_file_over_the_limit_is_refused_and_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut sink = Sink::create(dir.path().join("in"), 10).await.unwrap();
        assert_eq!(sink.fill(pieces(&["hello ", "world"])).await, Err(Failure::too_large()));
        drop(sink);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
