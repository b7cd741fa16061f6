//! How many child processes there may be at a time, over all documents this process is at.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places for child processes; clones share them.
#[derive(Debug, Clone)]
pub struct ChildPool {
    places: Arc<Semaphore>,
    size: usize,
    waiting: Arc<AtomicUsize>,
}

/// A place for one child process, free again when dropped.
#[derive(Debug)]
pub(super) struct Place(#[allow(dead_code)] OwnedSemaphorePermit); // held, never read

impl ChildPool {
    /// A pool of this many places; 0 means one for each processor.
    pub fn new(processes: u32) -> Self {
        let size = match processes {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            processes => processes as usize,
        };
        let size = size.min(Semaphore::MAX_PERMITS);
        Self { places: Arc::new(Semaphore::new(size)), size, waiting: Arc::default() }
    }

    /// Number of places.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// A place, once there is one: first come, first served. Those who hold them are bounded in time by their documents'
    /// limits, and give up all but one each as soon as somebody waits.
    pub(super) async fn take(&self) -> Option<Place> {
        if let Some(place) = self.try_take() {
            return Some(place);
        }
        let _waiting = Waiting::new(&self.waiting);
        self.places.clone().acquire_owned().await.ok().map(Place)
    }

    /// A place, if there is one and nobody waits for it.
    pub(super) fn try_take(&self) -> Option<Place> {
        self.places.clone().try_acquire_owned().ok().map(Place)
    }

    /// Whether somebody waits for a place.
    pub(super) fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }
}

/// Counts one who waits, as long as it does.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_is_served_when_a_place_is_free_and_is_seen_waiting_until_then() {
        let pool = ChildPool::new(1);
        let place = pool.take().await.unwrap();
        assert!(pool.try_take().is_none() && !pool.is_wanted());
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.take().await.is_some() }
        });
        while !pool.is_wanted() {
            tokio::task::yield_now().await;
        }
        drop(place);
        assert!(waiting.await.unwrap() && !pool.is_wanted());
        assert!(pool.try_take().is_some());
    }
}
