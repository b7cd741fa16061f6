//! How messages travel between the parent and a child: frames on one socket, in both directions.
//!
//! A frame is two little-endian `u32`, the length of its head and of its attachment, then these: the head is a message as
//! JSON, the attachment bytes it speaks of (pixels, mostly none). Whoever reads states the most it accepts before a
//! byte is stored, so a peer that writes garbage, or a length and nothing more, costs no memory; what was begun and not
//! finished is an error, what was not begun is the end.

use std::io::{self, ErrorKind, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Bytes before a frame's content.
const PREFIX: usize = 8;

/// The most a reader accepts and a writer sends, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameLimits {
    /// Of a message as JSON.
    pub head: usize,
    /// Of what is attached to it.
    pub attachment: usize,
}

impl FrameLimits {
    /// Messages of at most so many bytes, with attachments of as many.
    pub fn of_messages(bytes: usize) -> Self {
        Self { head: bytes, attachment: bytes }
    }
}

/// A message and what is attached to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<T> {
    /// What is said.
    pub message: T,
    /// The bytes it speaks of; mostly none.
    pub attachment: Vec<u8>,
}

impl<T> From<T> for Frame<T> {
    fn from(message: T) -> Self {
        Self { message, attachment: Vec::new() }
    }
}

impl<T: Serialize> Frame<T> {
    /// The frame's bytes; none when they are more than `limits` allow.
    pub fn encode(&self, limits: FrameLimits) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = vec![0; PREFIX];
        serde_json::to_writer(&mut bytes, &self.message)?;
        let head = bytes.len() - PREFIX;
        if head > limits.head || self.attachment.len() > limits.attachment {
            return Ok(None);
        }
        let (Ok(head), Ok(attachment)) = (u32::try_from(head), u32::try_from(self.attachment.len())) else {
            return Ok(None);
        };
        bytes[..4].copy_from_slice(&head.to_le_bytes());
        bytes[4..PREFIX].copy_from_slice(&attachment.to_le_bytes());
        bytes.extend_from_slice(&self.attachment);
        Ok(Some(bytes))
    }
}

/// Writes a frame; too large a one is an error before a byte is written.
pub fn write<T: Serialize>(output: &mut impl Write, frame: &Frame<T>, limits: FrameLimits) -> io::Result<()> {
    output.write_all(&frame.encode(limits)?.ok_or_else(too_large)?)
}

/// Reads a frame; none at the end of the input.
pub fn read<T: DeserializeOwned>(input: &mut impl Read, limits: FrameLimits) -> io::Result<Option<Frame<T>>> {
    let mut prefix = Vec::new();
    input.by_ref().take(PREFIX as u64).read_to_end(&mut prefix)?;
    let Some(lengths) = Lengths::parse(&prefix, limits)? else { return Ok(None) };
    let mut content = Vec::new();
    input.by_ref().take(lengths.total()).read_to_end(&mut content)?;
    lengths.split(content).map(Some)
}

/// As [`write`], where nothing may block.
pub async fn send<T: Serialize>(
    output: &mut (impl AsyncWrite + Unpin),
    frame: &Frame<T>,
    limits: FrameLimits,
) -> io::Result<()> {
    output.write_all(&frame.encode(limits)?.ok_or_else(too_large)?).await
}

/// As [`read`], where nothing may block; with the number of bytes read. A read that is given up leaves the input inside
/// a frame.
pub async fn receive<T: DeserializeOwned>(
    input: &mut (impl AsyncRead + Unpin),
    limits: FrameLimits,
) -> io::Result<Option<(Frame<T>, usize)>> {
    let mut prefix = Vec::new();
    input.take(PREFIX as u64).read_to_end(&mut prefix).await?;
    let Some(lengths) = Lengths::parse(&prefix, limits)? else { return Ok(None) };
    let mut content = Vec::new();
    input.take(lengths.total()).read_to_end(&mut content).await?;
    let bytes = PREFIX + content.len();
    lengths.split(content).map(|frame| Some((frame, bytes)))
}

fn too_large() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "a message is too large")
}

/// What a frame's prefix says.
struct Lengths {
    head: usize,
    attachment: usize,
}

impl Lengths {
    fn parse(prefix: &[u8], limits: FrameLimits) -> io::Result<Option<Self>> {
        if prefix.is_empty() {
            return Ok(None);
        }
        let prefix = <[u8; PREFIX]>::try_from(prefix).map_err(|_| ErrorKind::UnexpectedEof)?;
        let both = u64::from_le_bytes(prefix);
        let (head, attachment) = (both as u32 as usize, (both >> 32) as usize);
        if head > limits.head || attachment > limits.attachment {
            return Err(too_large());
        }
        Ok(Some(Self { head, attachment }))
    }

    fn total(&self) -> u64 {
        (self.head + self.attachment) as u64
    }

    fn split<T: DeserializeOwned>(&self, mut content: Vec<u8>) -> io::Result<Frame<T>> {
        if content.len() as u64 != self.total() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let message = serde_json::from_slice(&content[..self.head])?;
        content.drain(..self.head);
        Ok(Frame { message, attachment: content })
    }
}

/// Whether the process at the other end of a socket has ended.
pub(super) fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: FrameLimits = FrameLimits { head: 100, attachment: 1000 };

    fn read_all(mut bytes: &[u8]) -> io::Result<Vec<Frame<String>>> {
        std::iter::from_fn(|| read(&mut bytes, LIMITS).transpose()).collect()
    }

    #[tokio::test]
    async fn frames_come_out_as_they_went_in_on_either_side() {
        let frames =
            [Frame::from("one".to_owned()), Frame { message: "two".to_owned(), attachment: vec![10; 999] }];
        let mut bytes = Vec::new();
        for frame in &frames {
            write(&mut bytes, frame, LIMITS).unwrap();
        }
        assert_eq!(read_all(&bytes).unwrap(), frames);
        let mut input = bytes.as_slice();
        for frame in &frames {
            let (received, size) = receive::<String>(&mut input, LIMITS).await.unwrap().unwrap();
            assert_eq!((&received, size), (frame, PREFIX + 5 + frame.attachment.len()));
        }
        assert_eq!(receive::<String>(&mut input, LIMITS).await.unwrap(), None);
    }

    #[test]
    fn a_frame_over_a_limit_is_neither_written_nor_read() {
        let large = [
            Frame::from("x".repeat(99)),
            Frame { message: String::new(), attachment: vec![0; LIMITS.attachment + 1] },
        ];
        for frame in large {
            assert_eq!(write(&mut Vec::new(), &frame, LIMITS).unwrap_err().kind(), ErrorKind::InvalidData);
            let wide = FrameLimits { head: 1 << 20, attachment: 1 << 20 };
            let bytes = frame.encode(wide).unwrap().unwrap();
            assert_eq!(read_all(&bytes).unwrap_err().kind(), ErrorKind::InvalidData);
        }
    }

    #[test]
    fn a_frame_cut_off_anywhere_is_an_error() {
        let bytes = Frame { message: "cut".to_owned(), attachment: vec![1, 2, 3] };
        let bytes = bytes.encode(LIMITS).unwrap().unwrap();
        for length in 1..bytes.len() {
            assert_eq!(read_all(&bytes[..length]).unwrap_err().kind(), ErrorKind::UnexpectedEof, "{length}");
        }
    }

    proptest! {
        #[test]
        fn garbage_is_an_error_and_never_more(bytes in proptest::collection::vec(any::<u8>(), 1..2000)) {
            // The chance that random bytes are a valid frame is the chance of a valid JSON string of a given length.
            if let Ok(frames) = read_all(&bytes) {
                prop_assert!(frames.iter().all(|frame| frame.attachment.len() <= LIMITS.attachment));
            }
        }
    }
}
