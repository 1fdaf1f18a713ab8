//! The service that consumers call: answers after a set delay, and knows how late it was.

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tonnage_measure::affinity;
use tonnage_measure::pace::percentile;

/// A stub on a loopback port, for as long as the program runs.
pub struct Stub {
    pub address: SocketAddr,
    answered: Arc<Mutex<Vec<u64>>>,
}

/// How long the stub really took.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    pub calls: usize,
    pub mean_ms: f64,
    pub p99_ms: f64,
}

impl Stub {
    /// Starts it on one CPU.
    pub fn start(delay: Duration, cpu: usize) -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").context("no port for the stub")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let answered = Arc::new(Mutex::new(Vec::new()));
        let times = Arc::clone(&answered);
        std::thread::spawn(move || -> Result<()> {
            affinity::pin(cpu)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async move {
                let router = Router::new().route(
                    "/price",
                    get(move || {
                        let times = Arc::clone(&times);
                        async move {
                            let start = Instant::now();
                            tokio::time::sleep(delay).await;
                            if let Ok(mut times) = times.lock() {
                                times.push(start.elapsed().as_micros() as u64);
                            }
                            "{\"price\":12.5}"
                        }
                    }),
                );
                axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await?;
                Ok(())
            })
        });
        Ok(Self { address, answered })
    }

    /// What consumers are told.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The answers since the last time this was asked.
    pub fn take_answers(&self) -> Answers {
        let mut times = self.answered.lock().map(|mut times| std::mem::take(&mut *times)).unwrap_or_default();
        times.sort_unstable();
        let mean_us = times.iter().sum::<u64>() as f64 / times.len().max(1) as f64;
        Answers {
            calls: times.len(),
            mean_ms: mean_us / 1000.0,
            p99_ms: percentile(&times, 0.99) as f64 / 1000.0,
        }
    }
}
