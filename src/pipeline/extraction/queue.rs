//! Pages on their way from the children to whoever wants them in order.
//!
//! Each part has a queue of its own, and the queues are emptied one after the other. Memory is bounded: a queue holds at
//! most so many bytes, and parts are given out at most so far ahead of the one being emptied. The first unfinished part
//! is always given out and always emptied, so nobody waits for ever.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::failure::ExtractError;
use crate::export::PageImages;
use crate::layout::Page;

/// Pages to be read, and where they go.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) pages: RangeInclusive<u32>,
    pub(super) queue: Sender,
}

/// The parts nobody reads yet.
#[derive(Debug)]
pub(super) struct Assignments {
    waiting: Mutex<VecDeque<Assignment>>,
    /// How many more may be given out before the first unfinished one is emptied.
    ahead: Semaphore,
}

impl Assignments {
    /// The next part, as soon as it may be begun; none when all have been given out.
    pub(super) async fn next(&self) -> Option<Assignment> {
        if self.is_empty() {
            return None;
        }
        self.ahead.acquire().await.ok()?.forget();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

enum Item {
    Page(Page, PageImages, OwnedSemaphorePermit),
    End(Result<(), ExtractError>),
}

/// A part's end of its queue for the child's pages.
#[derive(Debug)]
pub(super) struct Sender {
    items: mpsc::UnboundedSender<Item>,
    /// Free bytes of the queue.
    room: Arc<Semaphore>,
    capacity: u32,
}

impl Sender {
    /// Puts in a page that takes so many bytes with the pictures of its figures, once there is room. A page larger than the queue fills it alone.
    pub(super) async fn page(&self, page: Page, images: PageImages, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.capacity);
        if let Ok(room) = self.room.clone().acquire_many_owned(bytes).await {
            // Nobody there any more: the document was given up.
            let _ = self.items.send(Item::Page(page, images, room));
        }
    }

    /// Says how the part ended.
    pub(super) fn end(self, outcome: Result<(), ExtractError>) {
        let _ = self.items.send(Item::End(outcome));
    }
}

/// The pages of all parts in order.
pub(super) struct Pages {
    queues: VecDeque<mpsc::UnboundedReceiver<Item>>,
    assignments: Arc<Assignments>,
}

/// Queues for these parts, `ahead` of which may be given out at once, holding together no more than about `bytes`.
pub(super) fn queues(parts: Vec<RangeInclusive<u32>>, ahead: usize, bytes: usize) -> Pages {
    let ahead = ahead.max(1);
    let capacity = u32::try_from(bytes / ahead).unwrap_or(u32::MAX).max(1);
    let mut queues = VecDeque::new();
    let mut waiting = VecDeque::new();
    for pages in parts {
        let (items, queue) = mpsc::unbounded_channel();
        let room = Arc::new(Semaphore::new(capacity as usize));
        waiting.push_back(Assignment { pages, queue: Sender { items, room, capacity } });
        queues.push_back(queue);
    }
    let assignments = Arc::new(Assignments { waiting: Mutex::new(waiting), ahead: Semaphore::new(ahead) });
    Pages { queues, assignments }
}

impl Pages {
    pub(super) fn assignments(&self) -> &Arc<Assignments> {
        &self.assignments
    }

    /// The next page, or that a part has ended; none after the last part.
    pub(super) async fn next(&mut self) -> Result<Option<Next>, ExtractError> {
        let Some(queue) = self.queues.front_mut() else { return Ok(None) };
        match queue.recv().await {
            Some(Item::Page(page, images, room)) => {
                drop(room);
                Ok(Some(Next::Page(page, images)))
            }
            Some(Item::End(outcome)) => {
                self.queues.pop_front();
                self.assignments.ahead.add_permits(1);
                outcome.map(|()| Some(Next::PartEnd))
            }
            None => Err(std::io::Error::other("who read the pages is gone").into()),
        }
    }
}

/// What comes next.
pub(super) enum Next {
    Page(Page, PageImages),
    PartEnd,
}

impl std::fmt::Debug for Pages {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Pages").field("parts", &self.queues.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::pipeline::extraction::blank_page as page;

    async fn numbers(pages: &mut Pages) -> Vec<u32> {
        let mut numbers = Vec::new();
        while let Some(next) = pages.next().await.unwrap() {
            if let Next::Page(page, _) = next {
                numbers.push(page.page_number);
            }
        }
        numbers
    }

    #[tokio::test]
    async fn pages_come_in_order_whichever_part_is_done_first() {
        let mut pages = queues(vec![1..=1, 2..=2], 2, 1000);
        let first = pages.assignments().next().await.unwrap();
        let second = pages.assignments().next().await.unwrap();
        assert!(pages.assignments().next().await.is_none());
        for (assignment, number) in [(second, 2), (first, 1)] {
            assignment.queue.page(page(number), PageImages::default(), 10).await;
            assignment.queue.end(Ok(()));
        }
        assert_eq!(numbers(&mut pages).await, [1, 2]);
    }

    #[tokio::test]
    async fn a_full_queue_and_parts_too_far_ahead_wait() {
        let mut pages = queues(vec![1..=2, 3..=3, 4..=4], 2, 200);
        let assignments = pages.assignments().clone();
        let first = assignments.next().await.unwrap();
        let second = assignments.next().await.unwrap();
        assert!(assignments.next().now_or_never().is_none(), "the third part is too far ahead");
        second.queue.page(page(3), PageImages::default(), 90).await;
        assert!(
            second.queue.page(page(3), PageImages::default(), 20).now_or_never().is_none(),
            "110 bytes do not fit into 100"
        );
        first.queue.page(page(1), PageImages::default(), 1_000_000).await;
        first.queue.end(Ok(()));
        assert!(matches!(pages.next().await, Ok(Some(Next::Page(..)))));
        assert!(matches!(pages.next().await, Ok(Some(Next::PartEnd))));
        assert!(assignments.next().now_or_never().is_some(), "the first part is emptied");
    }

    #[tokio::test]
    async fn a_part_whose_reader_vanishes_is_an_error() {
        let mut pages = queues(vec![1..=1], 1, 1000);
        drop(pages.assignments().next().await);
        assert!(pages.next().await.is_err());
    }
}
