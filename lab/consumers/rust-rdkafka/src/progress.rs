//! How far the workers are, readable at any time.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Of one worker, which alone writes it.
#[derive(Default)]
pub struct Progress {
    handled: AtomicU64,
    bytes: AtomicU64,
    service_s: AtomicU64,
    service_s2: AtomicU64,
}

impl Progress {
    pub fn handled(&self, bytes: usize) {
        self.handled.store(self.handled.load(Relaxed) + 1, Relaxed);
        self.bytes.store(self.bytes.load(Relaxed) + bytes as u64, Relaxed);
    }

    pub fn took(&self, time: Duration) {
        let seconds = time.as_secs_f64();
        for (sum, value) in [(&self.service_s, seconds), (&self.service_s2, seconds * seconds)] {
            sum.store((f64::from_bits(sum.load(Relaxed)) + value).to_bits(), Relaxed);
        }
    }
}

/// Of all workers together.
#[derive(Debug, Default, Clone, Copy)]
pub struct Sums {
    pub handled: u64,
    pub bytes: u64,
    pub service_s: f64,
    pub service_s2: f64,
}

#[derive(Default)]
pub struct Workers(Mutex<Vec<Arc<Progress>>>);

impl Workers {
    pub fn join(&self) -> Arc<Progress> {
        let progress = Arc::new(Progress::default());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(progress.clone());
        progress
    }

    pub fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        for progress in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            sums.handled += progress.handled.load(Relaxed);
            sums.bytes += progress.bytes.load(Relaxed);
            sums.service_s += f64::from_bits(progress.service_s.load(Relaxed));
            sums.service_s2 += f64::from_bits(progress.service_s2.load(Relaxed));
        }
        sums
    }
}

/// Lets a number of events in, over all workers, and says when the last of them is in.
pub struct Limit {
    events: u64,
    admitted: AtomicU64,
    reached: Notify,
}

impl Limit {
    pub fn new(events: u64) -> Self {
        Self { events, admitted: AtomicU64::new(0), reached: Notify::new() }
    }

    pub fn admits(&self) -> bool {
        let before = self.admitted.fetch_add(1, Relaxed);
        if before + 1 == self.events {
            self.reached.notify_one();
        }
        before < self.events
    }

    pub async fn reached(&self) {
        self.reached.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_are_those_of_all_workers() {
        let workers = Workers::default();
        for (bytes, seconds) in [(100, 1), (50, 2)] {
            let progress = workers.join();
            progress.handled(bytes);
            progress.took(Duration::from_secs(seconds));
        }
        let sums = workers.sums();
        assert_eq!((sums.handled, sums.bytes), (2, 150));
        assert_eq!((sums.service_s, sums.service_s2), (3.0, 5.0));
    }

    #[tokio::test]
    async fn a_limit_lets_so_many_in() {
        let limit = Limit::new(2);
        assert_eq!([limit.admits(), limit.admits(), limit.admits()], [true, true, false]);
        limit.reached().await;
    }
}
