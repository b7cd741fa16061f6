//! The content encoding `aws-chunked`: chunks with their length, each signed or none, and trailers.
//!
//! Source: S3 API Reference, "Signature calculations: transferring payload in multiple chunks" and "… with trailing
//! headers".

use bytes::{Buf as _, Bytes, BytesMut};
use sha2::{Digest as _, Sha256};

use super::signature::{Signed, SigningKey};
use crate::storage::blobs::hex;
use crate::storage::failure::Failure;

/// Longest line between chunks, in bytes.
const MAX_LINE: usize = 4096;
/// Most trailers.
const MAX_TRAILERS: usize = 16;

/// What the decoder has to give.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Data(Bytes),
    /// Nothing, before more is pushed.
    More,
    /// All chunks and trailers are through.
    End,
}

/// Takes the encoding apart, piece by piece: chunks are never held whole.
#[derive(Debug)]
pub(crate) struct Decoder {
    buffer: BytesMut,
    state: State,
    signer: Option<ChainedSignature>,
    has_trailer: bool,
    /// Names in small letters.
    pub(crate) trailers: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Header,
    Data { left: u64, signature: String },
    DataEnd { signature: String },
    Trailers,
    End,
}

/// The signature of each chunk covers the one before it.
#[derive(Debug)]
pub(crate) struct ChainedSignature {
    key: SigningKey,
    time: String,
    scope: String,
    previous: String,
    hash: Sha256,
}

impl ChainedSignature {
    /// The chain that starts with the request's own signature.
    pub(crate) fn new(key: SigningKey, signed: &Signed) -> Self {
        let (time, scope) = (signed.time.clone(), signed.scope.clone());
        Self { key, time, scope, previous: signed.signature.clone(), hash: Sha256::new() }
    }

    fn check(&mut self, kind: &str, content: &str, signature: &str) -> Result<(), Failure> {
        let text =
            format!("AWS4-HMAC-SHA256-{kind}\n{}\n{}\n{}\n{content}", self.time, self.scope, self.previous);
        if !self.key.verifies(&text, signature) {
            return Err(Failure::s3(
                403,
                "SignatureDoesNotMatch",
                "The signature of a chunk does not match it.",
            ));
        }
        signature.clone_into(&mut self.previous);
        Ok(())
    }

    fn check_chunk(&mut self, signature: &str) -> Result<(), Failure> {
        let hash = hex(&std::mem::take(&mut self.hash).finalize());
        let content = format!("{}\n{hash}", hex(&Sha256::digest(b"")));
        self.check("PAYLOAD", &content, signature)
    }

    fn check_trailers(&mut self, trailers: &[(String, String)], signature: &str) -> Result<(), Failure> {
        let mut hash = Sha256::new();
        for (name, value) in trailers {
            hash.update(format!("{name}:{value}\n"));
        }
        self.check("TRAILER", &hex(&hash.finalize()), signature)
    }
}

impl Decoder {
    pub(crate) fn new(signer: Option<ChainedSignature>, has_trailer: bool) -> Self {
        Self { buffer: BytesMut::new(), state: State::Header, signer, has_trailer, trailers: Vec::new() }
    }

    /// Adds what came in.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next piece.
    pub(crate) fn step(&mut self) -> Result<Step, Failure> {
        loop {
            match self.state.clone() {
                State::Header => {
                    let Some(line) = self.line()? else { return Ok(Step::More) };
                    let (left, signature) = chunk_header(&line)?;
                    self.state = State::Data { left, signature };
                    if left == 0 {
                        self.last_chunk()?;
                    }
                }
                State::Data { left: 0, signature } => self.state = State::DataEnd { signature },
                State::Data { left, signature } => {
                    if self.buffer.is_empty() {
                        return Ok(Step::More);
                    }
                    let count = left.min(self.buffer.len() as u64);
                    let data = self.buffer.split_to(count as usize).freeze();
                    if let Some(signer) = &mut self.signer {
                        signer.hash.update(&data);
                    }
                    self.state = State::Data { left: left - count, signature };
                    return Ok(Step::Data(data));
                }
                State::DataEnd { signature } => {
                    let Some(line) = self.line()? else { return Ok(Step::More) };
                    if !line.is_empty() {
                        return Err(malformed());
                    }
                    if let Some(signer) = &mut self.signer {
                        signer.check_chunk(&signature)?;
                    }
                    self.state = State::Header;
                }
                State::Trailers => {
                    let Some(line) = self.line()? else { return Ok(Step::More) };
                    if line.is_empty() { self.end()? } else { self.trailer(&line)? }
                }
                State::End => return Ok(Step::End),
            }
        }
    }

    fn last_chunk(&mut self) -> Result<(), Failure> {
        if let (State::Data { signature, .. }, Some(signer)) = (&self.state, &mut self.signer) {
            signer.check_chunk(signature)?;
        }
        self.state = State::Trailers;
        Ok(())
    }

    fn trailer(&mut self, line: &str) -> Result<(), Failure> {
        let (name, value) = line.split_once(':').ok_or_else(malformed)?;
        if self.trailers.len() == MAX_TRAILERS {
            return Err(malformed());
        }
        self.trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        Ok(())
    }

    fn end(&mut self) -> Result<(), Failure> {
        let signature = self.trailers.iter().position(|(name, _)| name == "x-amz-trailer-signature");
        let signature = signature.map(|at| self.trailers.remove(at).1);
        if let (Some(signer), true) = (&mut self.signer, self.has_trailer) {
            signer.check_trailers(&self.trailers, &signature.ok_or_else(malformed)?)?;
        }
        self.state = State::End;
        Ok(())
    }

    /// The next line without its end; nothing while it is not complete.
    fn line(&mut self) -> Result<Option<String>, Failure> {
        let Some(end) = self.buffer.windows(2).position(|pair| pair == b"\r\n") else {
            return if self.buffer.len() > MAX_LINE { Err(malformed()) } else { Ok(None) };
        };
        if end > MAX_LINE {
            return Err(malformed());
        }
        let line = String::from_utf8(self.buffer.split_to(end).to_vec()).map_err(|_| malformed())?;
        self.buffer.advance(2);
        Ok(Some(line))
    }
}

/// `length in hexadecimal[;chunk-signature=…]`.
fn chunk_header(line: &str) -> Result<(u64, String), Failure> {
    let mut parts = line.split(';');
    let length = parts.next().unwrap_or_default().trim();
    if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(malformed());
    }
    let length = u64::from_str_radix(length, 16).map_err(|_| malformed())?;
    let signature = parts.find_map(|part| part.trim().strip_prefix("chunk-signature="));
    Ok((length, signature.unwrap_or_default().to_owned()))
}

fn malformed() -> Failure {
    Failure::s3(400, "IncompleteBody", "The body is not in the encoding aws-chunked.")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(pieces: &[&[u8]]) -> Result<(Vec<u8>, bool, Decoder), Failure> {
        let mut decoder = Decoder::new(None, true);
        let (mut data, mut ended) = (Vec::new(), false);
        for piece in pieces {
            decoder.push(piece);
            loop {
                match decoder.step()? {
                    Step::Data(bytes) => data.extend_from_slice(&bytes),
                    Step::More => break,
                    Step::End => {
                        ended = true;
                        break;
                    }
                }
            }
        }
        Ok((data, ended, decoder))
    }

    const BODY: &[u8] = b"5\r\nhello\r\n6\r\n world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n";

    #[test]
    fn chunks_and_trailers_are_told_apart_wherever_the_pieces_end() {
        for at in 0..BODY.len() {
            let (data, ended, decoder) = decode(&[&BODY[..at], &BODY[at..]]).unwrap();
            assert_eq!((data.as_slice(), ended), (b"hello world".as_slice(), true));
            assert_eq!(decoder.trailers, [("x-amz-checksum-crc32".to_owned(), "DUoRhQ==".to_owned())]);
        }
    }

    #[test]
    fn a_body_that_breaks_off_does_not_end() {
        assert!(!decode(&[&BODY[..BODY.len() - 2]]).unwrap().1);
    }

    #[test]
    fn another_encoding_is_refused() {
        for body in [
            b"hello\r\n".as_slice(),
            b"+5\r\nhello\r\n",
            b"5\r\nhello!\r\n",
            b"\r\n",
            b"fffffffffffffffff\r\n",
        ] {
            assert!(decode(&[body]).is_err(), "{body:?}");
        }
        assert!(decode(&[&[b'1'; MAX_LINE + 1]]).is_err());
    }

    #[test]
    fn every_chunk_carries_the_signature_that_follows_from_the_one_before() {
        let scope = "20130524/us-east-1/s3/aws4_request";
        let (secret, time, seed) = ("secret", "20130524T000000Z", "00");
        let chunk = |previous: &str, data: &str| {
            let (empty, hash) = (hex(&Sha256::digest(b"")), hex(&Sha256::digest(data)));
            let text = format!("AWS4-HMAC-SHA256-PAYLOAD\n{time}\n{scope}\n{previous}\n{empty}\n{hash}");
            SigningKey::sign(secret, scope, &text)
        };
        let first = chunk(seed, "hello");
        let last = chunk(&first, "");
        let body = format!("5;chunk-signature={first}\r\nhello\r\n0;chunk-signature={last}\r\n\r\n");
        let run = |body: &str| {
            let mut headers = axum::http::HeaderMap::new();
            let authorization =
                format!("AWS4-HMAC-SHA256 Credential=k/{scope}, SignedHeaders=host, Signature={seed}");
            headers.insert("authorization", authorization.parse().unwrap());
            headers.insert("x-amz-date", time.parse().unwrap());
            headers.insert("x-amz-content-sha256", "x".parse().unwrap());
            let request =
                super::super::signature::Covered { method: "PUT", path: "/", query: &[], headers: &headers };
            let signed = Signed::parse(&request).unwrap();
            let mut decoder =
                Decoder::new(Some(ChainedSignature::new(SigningKey::of(secret, scope), &signed)), false);
            decoder.push(body.as_bytes());
            loop {
                match decoder.step()? {
                    Step::Data(_) => {}
                    step => return Ok::<_, Failure>(step),
                }
            }
        };
        assert_eq!(run(&body).unwrap(), Step::End);
        assert!(run(&body.replace("hello", "hallo")).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(&[&body]);
        }
    }
}
