//! The lab's consumer in Rust: rdkafka's `StreamConsumer`, tokio, and a worker task for each partition.
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod aggregate;
mod compute;
mod handler;
mod io;
mod order;
mod partitions;
mod produce;
mod progress;
mod repeat;
mod reports;
mod settings;
mod validate;
mod worker;

use anyhow::{Context, Result, bail};
use rdkafka::Message;
use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use std::process::ExitCode;
use std::sync::Arc;
use tokio::runtime::Builder;
use tokio::select;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::io::Prices;
use crate::partitions::connect;
use crate::produce::Output;
use crate::progress::{Limit, Workers};
use crate::reports::Reporter;
use crate::settings::Settings;
use crate::worker::Job;

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<()> {
    let settings = Settings::from_env()?;
    // With one core too: the main thread is then free to serve the group while the worker thread works, as
    // with any other number.
    let runtime = Builder::new_multi_thread().worker_threads(settings.cores).enable_all().build()?;
    let result = runtime.block_on(run(settings));
    // After an error there may be tasks left that wait for something.
    runtime.shutdown_background();
    result
}

async fn run(settings: Settings) -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    reports::start()?;

    let job = Arc::new(Job {
        prices: (settings.io_calls > 0).then(|| Prices::at(&settings.stub_url)),
        output: if settings.produces > 0 { Some(Output::connect(&settings)?) } else { None },
        limit: settings.events.map(Limit::new),
        workers: Workers::default(),
        fetches: 0.into(),
        begun: false.into(),
        settings,
    });
    if let Some(path) = &job.settings.events_file {
        let reporter = Reporter::start(job.clone());
        let outcome = repeat::until(terminated, &job, path).await?;
        reporter.stop()?;
        return reports::done(&job, &outcome);
    }
    let (failed, mut failures) = mpsc::unbounded_channel();
    let consumer = connect(&job, failed)?;
    let reporter = Reporter::start(job.clone());

    loop {
        select! {
            _ = terminated.recv() => break,
            () = limit_reached(&job) => break,
            Some(error) = failures.recv() => return Err(error),
            // Every partition has a queue of its own, so nothing but errors comes out of this one; but it is
            // this that serves the group.
            message = consumer.recv(), if !job.settings.plain => match message {
                Ok(message) => bail!("partition {} has no worker", message.partition()),
                Err(error) if is_passing(&error) => {}
                Err(error) => return Err(error.into()),
            },
        }
    }

    let outcome = consumer.context().finish().await?;
    if let Ok(error) = failures.try_recv() {
        return Err(error);
    }
    if let Some(output) = &job.output {
        output.flush()?;
    }
    match consumer.commit_consumer_state(CommitMode::Sync) {
        Ok(()) | Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => {}
        Err(error) => return Err(error).context("the last commit"),
    }
    // Leaves the group.
    drop(consumer);
    reporter.stop()?;
    if let Some(path) = &job.settings.latency_file {
        reports::latencies(path, &outcome.latencies)?;
    }
    reports::done(&job, &outcome)
}

async fn limit_reached(job: &Job) {
    match &job.limit {
        Some(limit) => limit.reached().await,
        None => std::future::pending().await,
    }
}

/// Whether librdkafka goes on trying. The consumer's context has told of the error.
fn is_passing(error: &KafkaError) -> bool {
    matches!(
        error.rdkafka_error_code(),
        Some(
            RDKafkaErrorCode::BrokerTransportFailure
                | RDKafkaErrorCode::AllBrokersDown
                | RDKafkaErrorCode::Resolve
                | RDKafkaErrorCode::OperationTimedOut
        )
    )
}
