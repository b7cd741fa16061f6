//! What is kept of an upload between requests: a file of its bytes, and beside it what it is to become.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::answer::Refusal;
use super::metadata::Metadata;
use crate::storage::blobs::Blobs;
use crate::storage::failure::Failure;
use crate::storage::objects::{NewObject, user_metadata};

/// How long an upload may take, first byte to last.
const LIFETIME: Duration = Duration::from_hours(24);

/// An upload: its id in URLs names the object and the version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub(crate) version: Uuid,
    pub(crate) metadata: Metadata,
    pub(crate) owner_id: Option<String>,
    pub(crate) upsert: bool,
    /// In bytes; unknown until the client says, when it deferred that.
    pub(crate) length: Option<u64>,
    /// At most this many bytes.
    pub(crate) limit: u64,
    /// The object is there, and the bytes are no longer here.
    pub(crate) complete: bool,
}

impl Upload {
    /// The object it is to become.
    pub(crate) fn object(&self, upsert: bool) -> NewObject {
        let text = |key: &str, default: &str| self.metadata.get(key).unwrap_or(default).to_owned();
        NewObject {
            bucket: text("bucketName", ""),
            name: text("objectName", ""),
            owner_id: self.owner_id.clone(),
            mime: text("contentType", "application/octet-stream"),
            cache_control: text("cacheControl", "no-cache"),
            user_metadata: user_metadata(self.metadata.get("metadata").unwrap_or_default()),
            upsert: self.upsert || upsert,
        }
    }

    /// Its id in URLs.
    pub(crate) fn id(&self) -> String {
        let object = self.object(false);
        URL_SAFE_NO_PAD.encode(format!("stub/{}/{}/{}", object.bucket, object.name, self.version))
    }

    /// The version that an id names.
    pub(crate) fn version_of(id: &str) -> Result<Uuid, Refusal> {
        let version = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(id.trim_end_matches('=')).ok()?).ok()?;
            text.rsplit_once('/')?.1.parse().ok()
        };
        version().ok_or_else(|| Refusal::Text(400, "Invalid upload id".to_owned()))
    }

    /// The upload whose id is `id`.
    pub(crate) async fn load(blobs: &Blobs, id: &str) -> Result<Self, Refusal> {
        let path = state_path(blobs, Self::version_of(id)?);
        let text = tokio::fs::read(path).await.map_err(|_| Refusal::not_found())?;
        let upload: Self = serde_json::from_slice(&text).map_err(|_| Refusal::not_found())?;
        if upload.id() == id.trim_end_matches('=') { Ok(upload) } else { Err(Refusal::not_found()) }
    }

    /// Keeps it.
    pub(crate) async fn save(&self, blobs: &Blobs) -> Result<(), Refusal> {
        let text = serde_json::to_vec(self).map_err(|error| Failure::internal(error.to_string()))?;
        let path = state_path(blobs, self.version);
        let written = path.with_extension("new");
        tokio::fs::write(&written, text).await?;
        tokio::fs::rename(written, path).await?;
        Ok(())
    }

    /// How many bytes are here.
    pub(crate) async fn offset(&self, blobs: &Blobs) -> Result<u64, Refusal> {
        if self.complete {
            return Ok(self.length.unwrap_or_default());
        }
        match tokio::fs::metadata(blobs.resumable(self.version)).await {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets it.
    pub(crate) async fn remove(&self, blobs: &Blobs) {
        let _ = tokio::fs::remove_file(state_path(blobs, self.version)).await;
        let _ = tokio::fs::remove_file(blobs.resumable(self.version)).await;
    }
}

fn state_path(blobs: &Blobs, version: Uuid) -> PathBuf {
    blobs.resumable(version).with_extension("json")
}

/// Removes uploads that were begun too long ago.
pub(crate) fn sweep(blobs: &Blobs) {
    let directory = blobs.resumable(Uuid::nil());
    let Some(files) = directory.parent().and_then(|dir| std::fs::read_dir(dir).ok()) else { return };
    let now = SystemTime::now();
    for file in files.flatten() {
        let changed = file.metadata().and_then(|metadata| metadata.modified());
        if changed.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > LIFETIME)) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload() -> Upload {
        Upload {
            version: Uuid::new_v4(),
            metadata: Metadata::parse("bucketName Yg==,objectName eC95").unwrap(),
            owner_id: None,
            upsert: false,
            length: Some(3),
            limit: 10,
            complete: false,
        }
    }

    #[test]
    fn an_id_names_its_version() {
        let upload = upload();
        assert_eq!(Upload::version_of(&upload.id()).unwrap(), upload.version);
    }

    #[test]
    fn another_text_is_no_id() {
        for id in ["", "bm9uZQ", "../../etc", "/", "%00"] {
            assert!(Upload::version_of(id).is_err(), "{id}");
        }
    }

    #[tokio::test]
    async fn a_kept_upload_is_found_by_its_own_id_only() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(dir.path().to_owned());
        let upload = upload();
        upload.save(&blobs).await.unwrap();
        assert_eq!(Upload::load(&blobs, &upload.id()).await.unwrap().length, Some(3));
        let other = URL_SAFE_NO_PAD.encode(format!("stub/b/other/{}", upload.version));
        assert!(Upload::load(&blobs, &other).await.is_err());
        upload.remove(&blobs).await;
        assert!(Upload::load(&blobs, &upload.id()).await.is_err());
    }
}
