//! Binary frames of version 2.0.0: a broadcast pushed by a client is of kind 3, one delivered of kind 4. A head of
//! one-byte lengths, the texts they measure, then the payload to the end of the frame.

use bytes::{BufMut as _, Bytes, BytesMut};

const PUSH: u8 = 3;
const DELIVERY: u8 = 4;

/// How the payload is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Bytes = 0,
    Json = 1,
}

/// A broadcast pushed by a client.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UserPush<'a> {
    pub(super) join_ref: &'a str,
    pub(super) reference: &'a str,
    pub(super) topic: &'a str,
    pub(super) event: &'a str,
    /// JSON text, or nothing.
    pub(super) metadata: &'a str,
    pub(super) encoding: Encoding,
    pub(super) payload: Bytes,
}

/// Reads a frame of kind 3; `None` for anything else.
pub(super) fn parse_push(frame: &Bytes) -> Option<UserPush<'_>> {
    let [PUSH, join_ref, reference, topic, event, metadata, encoding, rest @ ..] = &frame[..] else {
        return None;
    };
    let encoding = match encoding {
        0 => Encoding::Bytes,
        1 => Encoding::Json,
        _ => return None,
    };
    let mut texts = rest;
    let mut cut = |length: &u8| {
        let (text, remainder) = texts.split_at_checked(usize::from(*length))?;
        texts = remainder;
        std::str::from_utf8(text).ok()
    };
    let (join_ref, reference, topic) = (cut(join_ref)?, cut(reference)?, cut(topic)?);
    let (event, metadata) = (cut(event)?, cut(metadata)?);
    let payload = frame.slice_ref(texts);
    Some(UserPush { join_ref, reference, topic, event, metadata, encoding, payload })
}

/// A frame of kind 4; `None` when a text is too long for its one-byte length.
pub(super) fn delivery(
    topic: &str,
    event: &str,
    metadata: &str,
    encoding: Encoding,
    payload: &[u8],
) -> Option<Bytes> {
    let length = |text: &str| u8::try_from(text.len()).ok();
    let mut frame = BytesMut::with_capacity(5 + topic.len() + event.len() + metadata.len() + payload.len());
    frame.put_slice(&[DELIVERY, length(topic)?, length(event)?, length(metadata)?, encoding as u8]);
    for text in [topic, event, metadata] {
        frame.put_slice(text.as_bytes());
    }
    frame.put_slice(payload);
    Some(frame.freeze())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_is_cut_at_its_lengths() {
        let frame = Bytes::from_static(b"\x03\x01\x02\x03\x04\x00\x01122topeven{}");
        let push = parse_push(&frame).unwrap();
        assert_eq!((push.join_ref, push.reference, push.topic, push.event), ("1", "22", "top", "even"));
        assert_eq!((push.metadata, push.encoding, &push.payload[..]), ("", Encoding::Json, &b"{}"[..]));
    }

    #[test]
    fn a_push_shorter_than_its_lengths_is_none() {
        assert_eq!(parse_push(&Bytes::from_static(b"\x03\x01\x01\xff\x00\x00\x01abc")), None);
    }

    #[test]
    fn a_delivery_holds_lengths_texts_and_payload() {
        let frame = delivery("top", "ev", "", Encoding::Bytes, &[0, 255]).unwrap();
        assert_eq!(&frame[..], b"\x04\x03\x02\x00\x00topev\x00\xff");
        assert_eq!(delivery(&"t".repeat(256), "ev", "", Encoding::Json, b"{}"), None);
    }
}
