//! One request at a time for each resumable upload.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};
use uuid::Uuid;

/// Who works on what.
#[derive(Debug, Default)]
pub(crate) struct Locks(Mutex<HashMap<Uuid, Weak<AsyncMutex<()>>>>);

impl Locks {
    /// Waits for its turn on `upload`, no longer than `limit`; nothing when the one before does not end in time.
    pub(crate) async fn acquire(&self, upload: Uuid, limit: Duration) -> Option<OwnedMutexGuard<()>> {
        tokio::time::timeout(limit, self.entry(upload).lock_owned()).await.ok()
    }

    fn entry(&self, upload: Uuid) -> Arc<AsyncMutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| lock.strong_count() > 0);
        if let Some(lock) = locks.get(&upload).and_then(Weak::upgrade) {
            return lock;
        }
        let lock = Arc::new(AsyncMutex::new(()));
        locks.insert(upload, Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(10);

    #[tokio::test]
    async fn the_second_waits_for_the_first_and_gives_up_in_time() {
        let locks = Locks::default();
        let upload = Uuid::new_v4();
        let first = locks.acquire(upload, SOON).await;
        assert!(first.is_some());
        assert!(locks.acquire(upload, SOON).await.is_none());
        assert!(locks.acquire(Uuid::new_v4(), SOON).await.is_some());
        drop(first);
        assert!(locks.acquire(upload, SOON).await.is_some());
    }
}
