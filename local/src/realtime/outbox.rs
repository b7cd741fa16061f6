//! What waits to be written to one socket. Bounded: a reader too slow for its channels is disconnected, so that it
//! costs neither memory nor anyone else's time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::ws::Message;
use tokio::sync::{Notify, mpsc};

const MAX_FRAMES: usize = 16_384;
const MAX_BYTES: usize = 32 << 20;

/// The sending side; cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Outbox {
    frames: mpsc::Sender<Message>,
    waiting_bytes: Arc<AtomicUsize>,
    overflow: Arc<Notify>,
}

/// The writing side.
#[derive(Debug)]
pub(super) struct Outgoing {
    frames: mpsc::Receiver<Message>,
    waiting_bytes: Arc<AtomicUsize>,
}

impl Outbox {
    pub(super) fn new() -> (Self, Outgoing) {
        let (sender, receiver) = mpsc::channel(MAX_FRAMES);
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let outbox =
            Self { frames: sender, waiting_bytes: waiting_bytes.clone(), overflow: Arc::new(Notify::new()) };
        (outbox, Outgoing { frames: receiver, waiting_bytes })
    }

    /// Queues a frame; where there is no room the socket is given up.
    pub(super) fn send(&self, frame: Message) {
        let size = size(&frame);
        let before = self.waiting_bytes.fetch_add(size, Ordering::Relaxed);
        let full = before > 0 && before + size > MAX_BYTES;
        if full || matches!(self.frames.try_send(frame), Err(mpsc::error::TrySendError::Full(_))) {
            self.overflow.notify_one();
        }
    }

    /// Resolves once a frame found no room.
    pub(super) async fn overflowed(&self) {
        self.overflow.notified().await;
    }
}

impl Outgoing {
    /// The next frame to write.
    pub(super) async fn next(&mut self) -> Option<Message> {
        let frame = self.frames.recv().await?;
        self.waiting_bytes.fetch_sub(size(&frame), Ordering::Relaxed);
        Some(frame)
    }
}

fn size(frame: &Message) -> usize {
    match frame {
        Message::Text(text) => text.len(),
        Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
        Message::Close(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn is_overflowed(outbox: &Outbox) -> bool {
        tokio::time::timeout(Duration::from_millis(10), outbox.overflowed()).await.is_ok()
    }

    #[tokio::test]
    async fn too_many_waiting_frames_give_the_socket_up() {
        let (outbox, _outgoing) = Outbox::new();
        for _ in 0..MAX_FRAMES {
            outbox.send(Message::text("x"));
        }
        assert!(!is_overflowed(&outbox).await);
        outbox.send(Message::text("x"));
        assert!(is_overflowed(&outbox).await);
    }

    #[tokio::test]
    async fn too_many_waiting_bytes_give_the_socket_up_and_written_ones_do_not_count() {
        let (outbox, mut outgoing) = Outbox::new();
        let large = || Message::binary(vec![0; MAX_BYTES / 2 + 1]);
        outbox.send(large());
        outgoing.next().await;
        outbox.send(large());
        assert!(!is_overflowed(&outbox).await);
        outbox.send(large());
        assert!(is_overflowed(&outbox).await);
    }
}
