//! Taking in the chunks of an upload, and making the object of them.

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use tokio::fs::OpenOptions;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use super::answer::Refusal;
use super::state::Upload;
use super::text;
use crate::storage::blobs::{Written, md5_of, next};
use crate::storage::failure::Failure;
use crate::storage::service::Storage;

/// The content type of a chunk.
pub(crate) const CHUNK_TYPE: &str = "application/offset+octet-stream";

/// Whether the body is a chunk.
pub(crate) fn is_chunk(headers: &HeaderMap) -> bool {
    text(headers, &CONTENT_TYPE) == Some(CHUNK_TYPE)
}

/// Writes the body of `request` at `offset`. What came before a break stays, so that the client can go on from there.
/// Returns the new offset.
pub(crate) async fn append(
    storage: &Storage,
    upload: &mut Upload,
    offset: u64,
    request: Request,
) -> Result<u64, Refusal> {
    let end = upload.length.unwrap_or(upload.limit);
    let announced = text(request.headers(), &CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    let exceeded = || Refusal::text(413, "upload's size exceeded");
    if announced.is_some_and(|length| length > end.saturating_sub(offset)) {
        return Err(exceeded());
    }
    let path = storage.blobs.resumable(upload.version);
    let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path).await?;
    file.seek(std::io::SeekFrom::Start(offset)).await?;
    let mut position = offset;
    let mut body = request.into_body().into_data_stream();
    loop {
        let bytes = match next(&mut body).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => break,
            Err(failure) => {
                file.flush().await?;
                return Err(failure.into());
            }
        };
        if bytes.len() as u64 > end - position {
            file.flush().await?;
            return Err(exceeded());
        }
        file.write_all(&bytes).await?;
        position += bytes.len() as u64;
    }
    file.flush().await?;
    Ok(position)
}

/// Makes the object once all bytes are here. False while some are missing.
pub(crate) async fn finish(storage: &Storage, upload: &mut Upload, upsert: bool) -> Result<bool, Refusal> {
    let Some(length) = upload.length.filter(|_| !upload.complete) else { return Ok(false) };
    if upload.offset(&storage.blobs).await? < length {
        return Ok(false);
    }
    let path = storage.blobs.resumable(upload.version);
    if length == 0 {
        tokio::fs::write(&path, b"").await?;
    }
    let written = Written { size: length, md5: md5_of(&path).await? };
    storage.adopt(&upload.object(upsert), upload.version, &path, &written).await?;
    upload.complete = true;
    upload.save(&storage.blobs).await.map_err(|_| {
        Refusal::from(Failure::internal("The object is stored, but its upload could not be closed"))
    })?;
    Ok(true)
}
