//! Ctrl-C: what runs is stopped and what was made is removed, as at the end.

use anyhow::{Context, Result};
use std::sync::atomic::{AtomicBool, Ordering};

static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on an interrupt or a termination is only noted.
pub fn listen() -> Result<()> {
    ctrlc::set_handler(|| ASKED.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")
}

/// Whether one has come.
pub fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
