//! The service that consumers call: answers after a set delay; and a probe that says how long that takes.

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tonnage_measure::affinity;
use tonnage_measure::pace::percentile;

/// How often the probe calls.
const PROBING: Duration = Duration::from_millis(10);

/// A stub on a loopback port, for as long as the program runs.
pub struct Stub {
    pub address: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Stub {
    /// Starts it on one CPU.
    pub fn start(delay: Duration, cpu: usize) -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").context("no port for the stub")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let calls = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&calls);
        std::thread::spawn(move || -> Result<()> {
            affinity::pin(cpu)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async move {
                let answer = move || {
                    count.fetch_add(1, Ordering::Relaxed);
                    async move {
                        tokio::time::sleep(delay).await;
                        "{\"price\":12.5}"
                    }
                };
                let router = Router::new().route("/price", get(answer));
                axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await?;
                Ok(())
            })
        });
        Ok(Self { address, calls })
    }

    /// What consumers are told.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Calls since this was last asked.
    pub fn take_calls(&self) -> usize {
        self.calls.swap(0, Ordering::Relaxed)
    }
}

/// How long calls took, from sending to the last byte.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    pub mean_ms: f64,
    pub p99_ms: f64,
}

/// One more caller, one call after the other on a kept connection: what it waits, every caller waits, also in
/// the queues before the stub that the stub itself does not see.
pub struct Probe {
    going: Arc<AtomicBool>,
    calling: JoinHandle<Result<Vec<u64>>>,
}

impl Probe {
    /// Starts to call.
    pub fn start(address: SocketAddr) -> Self {
        let going = Arc::new(AtomicBool::new(true));
        let asked = Arc::clone(&going);
        let calling = std::thread::spawn(move || {
            let mut stream = BufReader::new(TcpStream::connect(address).context("the stub does not answer")?);
            stream.get_ref().set_nodelay(true)?;
            let mut times = Vec::new();
            while asked.load(Ordering::Relaxed) {
                let start = Instant::now();
                call(&mut stream)?;
                times.push(start.elapsed().as_micros() as u64);
                std::thread::sleep(PROBING);
            }
            Ok(times)
        });
        Self { going, calling }
    }

    /// Stops it and says how long its calls took.
    pub fn stop(self) -> Result<Answers> {
        self.going.store(false, Ordering::Relaxed);
        let mut times = self.calling.join().map_err(|_| anyhow::anyhow!("the probe panicked"))??;
        times.sort_unstable();
        let mean_us = times.iter().sum::<u64>() as f64 / times.len().max(1) as f64;
        Ok(Answers { mean_ms: mean_us / 1000.0, p99_ms: percentile(&times, 0.99) as f64 / 1000.0 })
    }
}

fn call(stream: &mut BufReader<TcpStream>) -> Result<()> {
    stream.get_mut().write_all(b"GET /price?sku=probe HTTP/1.1\r\nHost: stub\r\n\r\n")?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            anyhow::bail!("the stub closed the connection");
        }
        if line == "\r\n" {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse()?;
        }
    }
    stream.read_exact(&mut vec![0; length])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_probe_waits_for_the_delay() {
        let stub = Stub::start(Duration::from_millis(20), 0).unwrap();
        let probe = Probe::start(stub.address);
        std::thread::sleep(Duration::from_millis(200));
        let answers = probe.stop().unwrap();
        assert!(answers.mean_ms >= 20.0 && answers.p99_ms >= answers.mean_ms, "{answers:?}");
        assert!(stub.take_calls() > 2);
        assert_eq!(stub.take_calls(), 0);
    }
}
