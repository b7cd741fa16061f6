//! What was read from pictures that two parts of a document ask for: a page near the end of a part is looked at with that
//! part and with the next one ([`super::child::CONTEXT_PAGES`]), by two children, and its picture is read once.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::ocr::Word;
use crate::picture::GreyPicture;

/// Most words kept: about 10 MB.
const MAX_WORDS: usize = 100_000;
/// Most pictures whose words are kept.
const MAX_PICTURES: usize = 256;

type Reading = Arc<OnceCell<Vec<Word>>>;

/// The words of pictures, by the picture: the same pixels say the same. Bounded; the oldest go first, and what is gone is
/// read again.
#[derive(Debug, Default)]
pub(super) struct Readings(Mutex<VecDeque<(u64, Reading)>>);

impl Readings {
    /// The picture's words as they were read before, or by `read`. Who asks while it is being read waits for that; a
    /// reading that fails is not kept.
    pub(super) async fn of<F>(&self, picture: &GreyPicture, dpi: u32, read: F) -> Option<Vec<Word>>
    where
        F: Future<Output = Option<Vec<Word>>>,
    {
        let reading = self.reading(fingerprint(picture, dpi));
        reading.get_or_try_init(|| async { read.await.ok_or(()) }).await.ok().cloned()
    }

    fn reading(&self, key: u64) -> Reading {
        // Nothing that holds the lock panics half-way through a change.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, reading)) = kept.iter().find(|(other, _)| *other == key) {
            return reading.clone();
        }
        let words = |kept: &VecDeque<(u64, Reading)>| -> usize {
            kept.iter().filter_map(|(_, reading)| reading.get()).map(Vec::len).sum()
        };
        while kept.len() >= MAX_PICTURES || words(&kept) > MAX_WORDS {
            kept.pop_front();
        }
        let reading = Reading::default();
        kept.push_back((key, reading.clone()));
        reading
    }
}

/// Pictures of one document that it takes for each other can only be made on purpose, by and against that document.
fn fingerprint(picture: &GreyPicture, dpi: u32) -> u64 {
    let mut hasher = DefaultHasher::new();
    (picture.width, picture.height, dpi).hash(&mut hasher);
    hasher.write(&picture.pixels);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn picture(level: u8) -> GreyPicture {
        GreyPicture { width: 2, height: 1, pixels: vec![level; 2] }
    }

    fn words(count: usize) -> Vec<Word> {
        let text = "pier".to_owned();
        vec![Word { text, left: 0, top: 0, width: 1, height: 1, confidence: 0.9, line: 0 }; count]
    }

    #[tokio::test]
    async fn a_picture_is_read_once_even_when_two_ask_at_the_same_time() {
        let (readings, count) = (Readings::default(), AtomicU32::new(0));
        let ask = |level| {
            let picture = picture(level);
            let (readings, count) = (&readings, &count);
            async move {
                let read = async {
                    tokio::task::yield_now().await;
                    count.fetch_add(1, Ordering::Relaxed);
                    Some(words(1))
                };
                readings.of(&picture, 200, read).await
            }
        };
        let (one, same, other) = tokio::join!(ask(7), ask(7), ask(8));
        assert_eq!((one.as_ref(), other), (same.as_ref(), Some(words(1))));
        assert_eq!(ask(7).await, one);
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_reading_that_failed_is_tried_again() {
        let readings = Readings::default();
        assert_eq!(readings.of(&picture(7), 200, async { None }).await, None);
        assert_eq!(readings.of(&picture(7), 200, async { Some(words(2)) }).await, Some(words(2)));
    }

    #[tokio::test]
    async fn of_too_many_words_the_oldest_are_given_up() {
        let readings = Readings::default();
        for level in 0..3 {
            readings.of(&picture(level), 200, async { Some(words(MAX_WORDS / 2 + 1)) }).await;
        }
        let (newest, oldest) = (picture(2), picture(0));
        let kept = readings.of(&newest, 200, async { Some(Vec::new()) }).await;
        assert!(!kept.unwrap().is_empty(), "the newest is kept");
        assert_eq!(readings.of(&oldest, 200, async { Some(Vec::new()) }).await, Some(Vec::new()));
    }
}
