//! Storage: the S3 protocol for the daemon, resumable uploads and signed URLs for users.

pub mod objects;
pub mod s3;
pub mod signed;
pub mod tus;

/// Bucket of the sources.
pub const DOCUMENTS: &str = "documents";
/// Bucket of the exports.
pub const EXPORTS: &str = "exports";

/// What was read or written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transferred {
    /// Length, bytes.
    pub bytes: u64,
    /// SHA-256 of the content, lower-case hexadecimal.
    pub sha256: String,
}

/// Counts and hashes what passes by.
#[derive(Debug, Default, Clone)]
struct Tally {
    bytes: u64,
    hash: sha2::Sha256,
}

impl Tally {
    fn add(&mut self, chunk: &[u8]) {
        use sha2::Digest as _;
        self.bytes += chunk.len() as u64;
        self.hash.update(chunk);
    }

    fn finish(self) -> Transferred {
        use sha2::Digest as _;
        use std::fmt::Write as _;
        let sha256 = self.hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        });
        Transferred { bytes: self.bytes, sha256 }
    }
}

/// An object's name as path segments of a URL: everything but unreserved characters is percent-encoded.
fn encode_path(path: &str) -> String {
    use std::fmt::Write as _;
    path.bytes().fold(String::with_capacity(path.len()), |mut encoded, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(byte as char);
            }
            // Writing to a string cannot fail.
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_is_the_length_and_the_sha_256() {
        let mut tally = Tally::default();
        tally.add(b"a");
        tally.add(b"bc");
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
        assert_eq!(tally.finish(), Transferred { bytes: 3, sha256 });
    }

    #[test]
    fn object_names_are_encoded_segment_by_segment() {
        assert_eq!(encode_path("a b/ü?.pdf"), "a%20b/%C3%BC%3F.pdf");
    }
}
