//! The body of a request as its bytes: decoded, and checked against every digest the request gives of it.

use std::collections::VecDeque;
use std::pin::Pin;

use axum::body::{Body, BodyDataStream};
use axum::http::HeaderMap;
use bytes::Bytes;
use futures_util::{Stream, stream};
use sha2::{Digest as _, Sha256};

use super::checksum::Checksum;
use super::chunked::{ChainedSignature, Decoder, Step};
use super::signature::{Signed, SigningKey};
use crate::storage::blobs::{hex, next};
use crate::storage::failure::Failure;

/// The bytes, checked by the time the stream ends.
pub(crate) type Payload = Pin<Box<dyn Stream<Item = Result<Bytes, Failure>> + Send>>;

struct Reader {
    body: BodyDataStream,
    decoder: Option<Decoder>,
    /// SHA-256 of the whole body, as the signature covers it.
    signed_hash: Option<(Sha256, String)>,
    checksums: Vec<Checksum>,
    ended: bool,
    waiting: VecDeque<Bytes>,
}

/// Starts reading `body` of a request that was found to be signed.
pub(crate) fn open(
    signed: &Signed,
    key: SigningKey,
    headers: &HeaderMap,
    body: Body,
) -> Result<Payload, Failure> {
    let (mut decoder, mut signed_hash) = (None, None);
    match signed.payload.as_str() {
        "UNSIGNED-PAYLOAD" => {}
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => decoder = Some(Decoder::new(None, true)),
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => {
            decoder = Some(Decoder::new(Some(ChainedSignature::new(key, signed)), false));
        }
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => {
            decoder = Some(Decoder::new(Some(ChainedSignature::new(key, signed)), true));
        }
        hash if hash.len() == 64 => signed_hash = Some((Sha256::new(), hash.to_ascii_lowercase())),
        _ => return Err(Failure::unsupported("this value of x-amz-content-sha256")),
    }
    let reader = Reader {
        body: body.into_data_stream(),
        decoder,
        signed_hash,
        checksums: Checksum::of(headers)?,
        ended: false,
        waiting: VecDeque::new(),
    };
    Ok(Box::pin(stream::try_unfold(reader, async |mut reader| {
        Ok(reader.next().await?.map(|bytes| (bytes, reader)))
    })))
}

/// How many bytes the object has, where the request says.
pub(crate) fn announced_size(headers: &HeaderMap) -> Option<u64> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.parse().ok();
    if let Some(size) = number("x-amz-decoded-content-length") {
        return Some(size);
    }
    let is_encoded =
        headers.get("x-amz-content-sha256").is_some_and(|value| value.as_bytes().starts_with(b"STREAMING-"));
    if is_encoded { None } else { number("content-length") }
}

impl Reader {
    async fn next(&mut self) -> Result<Option<Bytes>, Failure> {
        loop {
            if let Some(bytes) = self.waiting.pop_front() {
                self.checksums.iter_mut().for_each(|checksum| checksum.update(&bytes));
                return Ok(Some(bytes));
            }
            if self.ended {
                return Ok(None);
            }
            match next(&mut self.body).await? {
                Some(bytes) => self.take_in(bytes)?,
                None => self.finish()?,
            }
        }
    }

    fn take_in(&mut self, bytes: Bytes) -> Result<(), Failure> {
        if let Some((hash, _)) = &mut self.signed_hash {
            hash.update(&bytes);
        }
        let Some(decoder) = &mut self.decoder else {
            self.waiting.push_back(bytes);
            return Ok(());
        };
        decoder.push(&bytes);
        while let Step::Data(bytes) = decoder.step()? {
            self.waiting.push_back(bytes);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        self.ended = true;
        let mut trailers = &Vec::new();
        if let Some(decoder) = &mut self.decoder {
            if decoder.step()? != Step::End {
                return Err(Failure::interrupted());
            }
            trailers = &decoder.trailers;
        }
        if let Some((hash, expected)) = self.signed_hash.take()
            && hex(&hash.finalize()) != expected
        {
            let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
            return Err(Failure::s3(400, "XAmzContentSHA256Mismatch", message));
        }
        self.checksums.drain(..).try_for_each(|checksum| checksum.check(trailers))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;
    use crate::storage::s3::signature::Covered;

    async fn read(
        payload: &str,
        headers: &[(&'static str, &str)],
        body: &'static str,
    ) -> Result<String, Failure> {
        let mut map = HeaderMap::new();
        let authorization = "AWS4-HMAC-SHA256 Credential=k/s, SignedHeaders=host, Signature=00";
        map.insert("authorization", authorization.parse().unwrap());
        map.insert("x-amz-date", "20130524T000000Z".parse().unwrap());
        map.insert("x-amz-content-sha256", payload.parse().unwrap());
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let request = Covered { method: "PUT", path: "/", query: &[], headers: &map };
        let signed = Signed::parse(&request)?;
        let payload = open(&signed, SigningKey::of("secret", "scope"), &map, Body::from(body))?;
        let pieces: Vec<Bytes> = payload.try_collect().await?;
        Ok(String::from_utf8(pieces.concat()).unwrap())
    }

    #[tokio::test]
    async fn a_trailing_checksum_is_checked() {
        let headers = [("x-amz-trailer", "x-amz-checksum-crc32")];
        let kind = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
        let good = "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n";
        assert_eq!(read(kind, &headers, good).await.unwrap(), "hello world");
        let bad = "b\r\nhello_world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n";
        assert_eq!(read(kind, &headers, bad).await.unwrap_err().code, "BadDigest");
        let none = "b\r\nhello world\r\n0\r\n\r\n";
        assert!(read(kind, &headers, none).await.is_err());
        let cut = "b\r\nhello world\r\n0\r\n";
        assert!(read(kind, &headers, cut).await.is_err());
    }

    #[tokio::test]
    async fn the_signed_hash_of_the_body_is_checked() {
        let hash = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
        assert_eq!(read(hash, &[], "hello world").await.unwrap(), "hello world");
        assert_eq!(read(hash, &[], "hello").await.unwrap_err().code, "XAmzContentSHA256Mismatch");
    }

    #[tokio::test]
    async fn a_checksum_header_is_checked() {
        let headers = [("x-amz-checksum-crc32", "DUoRhQ==")];
        assert!(read("UNSIGNED-PAYLOAD", &headers, "hello world").await.is_ok());
        assert!(read("UNSIGNED-PAYLOAD", &headers, "hello").await.is_err());
    }
}
