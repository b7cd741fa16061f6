//! The checksums S3 clients send of an object, in a header or behind the body.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crc_fast::{CrcAlgorithm, Digest};
use sha2::{Digest as _, Sha256};

use crate::storage::failure::Failure;

const PREFIX: &str = "x-amz-checksum-";

/// A checksum on its way, and what it is to be.
pub(crate) struct Checksum {
    /// The header's or trailer's name.
    name: String,
    /// `None` while the value is still to come, as a trailer.
    expected: Option<String>,
    hash: Hash,
}

enum Hash {
    /// The sum, and its width in bytes.
    Crc(Digest, usize),
    Sha256(Sha256),
}

impl Checksum {
    /// The checksums that the headers give, or announce as trailers.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Vec<Self>, Failure> {
        let mut checksums = Vec::new();
        for (name, value) in headers {
            let is_value = name.as_str().starts_with(PREFIX)
                && !matches!(
                    name.as_str(),
                    "x-amz-checksum-algorithm" | "x-amz-checksum-type" | "x-amz-checksum-mode"
                );
            if is_value {
                let value = value.to_str().unwrap_or_default().to_owned();
                checksums.push(Self::new(name.as_str(), Some(value))?);
            }
        }
        let announced =
            headers.get("x-amz-trailer").and_then(|value| value.to_str().ok()).unwrap_or_default();
        for name in announced.split(',').map(|name| name.trim().to_ascii_lowercase()) {
            if name.starts_with(PREFIX) {
                checksums.push(Self::new(&name, None)?);
            }
        }
        Ok(checksums)
    }

    fn new(name: &str, expected: Option<String>) -> Result<Self, Failure> {
        let hash = match name.strip_prefix(PREFIX) {
            Some("crc32") => Hash::Crc(Digest::new(CrcAlgorithm::Crc32IsoHdlc), 4),
            Some("crc32c") => Hash::Crc(Digest::new(CrcAlgorithm::Crc32Iscsi), 4),
            Some("crc64nvme") => Hash::Crc(Digest::new(CrcAlgorithm::Crc64Nvme), 8),
            Some("sha256") => Hash::Sha256(Sha256::new()),
            _ => {
                return Err(Failure::unsupported(
                    "this kind of checksum: use CRC32, CRC32C, CRC64NVME or SHA256",
                ));
            }
        };
        Ok(Self { name: name.to_owned(), expected, hash })
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match &mut self.hash {
            Hash::Crc(digest, _) => digest.update(bytes),
            Hash::Sha256(hash) => hash.update(bytes),
        }
    }

    /// Compares, once all bytes and trailers are there.
    pub(crate) fn check(self, trailers: &[(String, String)]) -> Result<(), Failure> {
        let trailer = || trailers.iter().find(|(name, _)| *name == self.name).map(|(_, value)| value.clone());
        let sum = match self.hash {
            Hash::Crc(digest, width) => digest.finalize().to_be_bytes()[8 - width..].to_vec(),
            Hash::Sha256(hash) => hash.finalize().to_vec(),
        };
        if self.expected.clone().or_else(trailer) == Some(STANDARD.encode(sum)) {
            return Ok(());
        }
        let message = format!("The value of {} does not match the bytes that came.", self.name);
        Err(Failure::s3(400, "BadDigest", &message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(name: &str, value: &str) -> bool {
        let mut checksum = Checksum::new(name, Some(value.to_owned())).unwrap();
        checksum.update(b"1234");
        checksum.update(b"56789");
        checksum.check(&[]).is_ok()
    }

    // The check values of the CRC catalogue, of "123456789".
    #[test]
    fn the_published_check_values_are_met() {
        assert!(matches("x-amz-checksum-crc32", &STANDARD.encode(0xcbf4_3926_u32.to_be_bytes())));
        assert!(matches("x-amz-checksum-crc32c", &STANDARD.encode(0xe306_9283_u32.to_be_bytes())));
        assert!(matches(
            "x-amz-checksum-crc64nvme",
            &STANDARD.encode(0xae8b_1486_0a79_9888_u64.to_be_bytes())
        ));
        assert!(!matches("x-amz-checksum-crc32", "AAAAAA=="));
    }

    #[test]
    fn the_choice_of_an_algorithm_is_no_checksum() {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-checksum-mode", "ENABLED".parse().unwrap());
        headers.insert("x-amz-sdk-checksum-algorithm", "CRC32".parse().unwrap());
        assert!(Checksum::of(&headers).unwrap().is_empty());
    }
}
