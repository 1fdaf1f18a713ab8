//! The events of a file, handled again and again in a thread for each core, without any client.

use anyhow::{Context, Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use tokio::signal::unix::Signal;

use crate::handler::{Counts, Handler};
use crate::reports;
use crate::worker::{Job, Outcome};

/// Handles them until the signal comes; what came of it.
pub async fn until(mut terminated: Signal, job: &Arc<Job>, path: &str) -> Result<Outcome> {
    let text = std::fs::read(path).with_context(|| format!("reading {path}"))?;
    let values: Arc<Vec<Vec<u8>>> =
        Arc::new(text.trim_ascii_end().split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect());
    let stopped = Arc::new(AtomicBool::new(false));
    let threads: Vec<_> = (0..job.settings.cores)
        .map(|_| {
            let (job, values, stopped) = (job.clone(), values.clone(), stopped.clone());
            thread::spawn(move || repeat(&job, &values, &stopped))
        })
        .collect();
    terminated.recv().await;
    stopped.store(true, Relaxed);
    let mut outcome = Outcome::default();
    for thread in threads {
        let counts = thread.join().map_err(|_| Error::msg("a thread panicked"))??;
        outcome.add(Outcome { counts, ..Outcome::default() });
    }
    Ok(outcome)
}

fn repeat(job: &Job, values: &[Vec<u8>], stopped: &AtomicBool) -> Result<Counts> {
    let progress = job.workers.join();
    let mut handler = Handler::new(&job.settings);
    while !stopped.load(Relaxed) {
        for value in values {
            handler.handle(0, value)?;
            progress.handled(value.len());
            if !job.begun.swap(true, Relaxed) {
                reports::first()?;
            }
        }
    }
    Ok(handler.finish())
}
