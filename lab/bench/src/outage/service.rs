//! The service that consumers of an outage call: it knows each event by the sku of its first item, so that what is handled, when and
//! how often is known of consumers that are killed as well.

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::{Path, Query};
use axum::routing::get;
use serde::Deserialize;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tonnage_measure::affinity;
use tonnage_measure::kafka::now_us;

/// Events that skus can tell apart.
pub const MOST_EVENTS: usize = 26 * 26 * 1000;

/// One call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    pub event: usize,
    /// Who called.
    pub member: usize,
    /// When it came, µs since the epoch.
    pub begun_us: u64,
    /// When it was answered; `None` where the caller was gone.
    pub answered_us: Option<u64>,
}

/// A service on a loopback port, for as long as the program runs.
pub struct Service {
    pub address: SocketAddr,
    calls: Arc<Mutex<Vec<Call>>>,
}

#[derive(Deserialize)]
struct Asked {
    sku: String,
}

impl Service {
    /// Starts it on one CPU; it takes `delay` for each call.
    pub fn start(delay: Duration, cpu: usize) -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").context("no port for the service")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let calls = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&calls);
        std::thread::spawn(move || -> Result<()> {
            affinity::pin(cpu)?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async move {
                let of_member = move |Path(member): Path<usize>, Query(asked): Query<Asked>| {
                    let noted = Arc::clone(&noted);
                    async move {
                        let number = event_of(&asked.sku).and_then(|event| begin(&noted, event, member));
                        tokio::time::sleep(delay).await;
                        if let (Some(number), Ok(mut calls)) = (number, noted.lock()) {
                            calls[number].answered_us = Some(now_us());
                        }
                        ANSWER
                    }
                };
                let of_probe = move || async move {
                    tokio::time::sleep(delay).await;
                    ANSWER
                };
                let router =
                    Router::new().route("/{member}/price", get(of_member)).route("/price", get(of_probe));
                axum::serve(tokio::net::TcpListener::from_std(listener)?, router).await?;
                Ok(())
            })
        });
        Ok(Self { address, calls })
    }

    /// What a member is told.
    pub fn url(&self, member: usize) -> String {
        format!("http://{}/{member}", self.address)
    }

    /// All calls so far, in the order in which they came.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().map(|calls| calls.clone()).unwrap_or_default()
    }
}

const ANSWER: &str = "{\"price\":12.5}";

fn begin(calls: &Mutex<Vec<Call>>, event: usize, member: usize) -> Option<usize> {
    let mut calls = calls.lock().ok()?;
    calls.push(Call { event, member, begun_us: now_us(), answered_us: None });
    Some(calls.len() - 1)
}

/// The sku that stands for an event.
pub fn sku(event: usize) -> String {
    let letter = |number: usize| char::from(b'A' + (number % 26) as u8);
    let block = event / 1000;
    format!("{}{}-{:03}", letter(block / 26), letter(block), event % 1000)
}

fn event_of(sku: &str) -> Option<usize> {
    let [first, second, b'-', digits @ ..] = sku.as_bytes() else { return None };
    let letter = |byte: &u8| byte.checked_sub(b'A').filter(|it| *it < 26).map(usize::from);
    let rest: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some((letter(first)? * 26 + letter(second)?) * 1000 + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skus_tell_events_apart() {
        assert_eq!((sku(0), sku(27_005)), ("AA-000".to_string(), "BB-005".to_string()));
        for event in [0, 999, 1000, 25_999, 26_000, MOST_EVENTS - 1] {
            assert_eq!(event_of(&sku(event)), Some(event));
        }
        assert_eq!(event_of("probe"), None);
    }
}
