//! The events of one partition, or in a plain loop of all, in their order.

use anyhow::{Context, Error, Result};
use futures::stream::{self, AbortRegistration, Abortable, BoxStream, Stream, StreamExt};
use rdkafka::consumer::stream_consumer::StreamPartitionQueue;
use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::error::KafkaResult;
use rdkafka::message::{BorrowedMessage, Headers};
use rdkafka::{Message, Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::task::{coop, spawn_blocking};

use crate::handler::{Counts, Handler};
use crate::io::Prices;
use crate::partitions::{Partitions, PartitionsConsumer};
use crate::produce::{Output, acknowledged};
use crate::progress::{Limit, Progress, Workers};
use crate::reports;
use crate::settings::{Commit, Settings};

/// The most events of a partition whose copies may be on their way at once.
const UNACKNOWLEDGED: usize = 1000;

/// A stream has no batches, so a batch is what is at hand, up to as much as other clients' polls return.
const BATCH: usize = 500;

/// Boxed, like all streams of messages here: the compiler cannot prove of the stream types themselves that a
/// task with one of them may move to another thread.
type Messages<'a> = BoxStream<'a, KafkaResult<BorrowedMessage<'a>>>;

/// What all workers share.
pub struct Job {
    pub settings: Settings,
    pub prices: Option<Prices>,
    pub output: Option<Output>,
    pub limit: Option<Limit>,
    pub workers: Workers,
    pub fetches: AtomicU64,
    pub begun: AtomicBool,
}

/// What a worker leaves behind.
#[derive(Default)]
pub struct Outcome {
    pub counts: Counts,
    pub calls: u64,
    pub produced: u64,
    pub latencies: Vec<Latency>,
}

pub struct Latency {
    pub due_us: i64,
    pub latency_us: i64,
}

impl Outcome {
    pub fn add(&mut self, other: Self) {
        self.counts.add(&other.counts);
        self.calls += other.calls;
        self.produced += other.produced;
        self.latencies.extend(other.latencies);
    }
}

/// Where a worker's events come from.
pub enum Source {
    Partition(StreamPartitionQueue<Partitions>),
    Consumer(Arc<PartitionsConsumer>),
}

pub struct Worker {
    job: Arc<Job>,
    handler: Handler,
    ledger: Ledger,
}

/// What is noted of events that are done with.
struct Ledger {
    job: Arc<Job>,
    consumer: Arc<PartitionsConsumer>,
    progress: Arc<Progress>,
    begun: bool,
    /// Of each partition, to be committed.
    next_offsets: BTreeMap<i32, i64>,
    calls: u64,
    produced: u64,
    latencies: Vec<Latency>,
}

/// An event that is done with.
struct Handled<'a> {
    message: BorrowedMessage<'a>,
    service_time: Option<Duration>,
    calls: u64,
    produced: u64,
}

impl Worker {
    pub fn new(job: Arc<Job>, consumer: Arc<PartitionsConsumer>) -> Self {
        let ledger = Ledger {
            consumer,
            progress: job.workers.join(),
            begun: false,
            next_offsets: BTreeMap::new(),
            calls: 0,
            produced: 0,
            latencies: Vec::new(),
            job: job.clone(),
        };
        Self { handler: Handler::new(&job.settings), ledger, job }
    }

    /// Works until it is stopped, and then finishes what it has begun.
    pub async fn run(mut self, source: Source, stop: AbortRegistration) -> Result<Outcome> {
        let job = self.job.clone();
        let messages = match &source {
            Source::Partition(queue) => admitted(&job, Abortable::new(queue.stream(), stop)),
            Source::Consumer(consumer) => admitted(&job, Abortable::new(consumer.stream(), stop)),
        };
        match job.settings.commit {
            Commit::Interval => self.handle_all(messages).await?,
            commit @ (Commit::Batch | Commit::Each) => {
                let most = if commit == Commit::Each { 1 } else { BATCH };
                let mut batches = messages.ready_chunks(most);
                while let Some(batch) = batches.next().await {
                    self.handle_all(stream::iter(batch).boxed()).await?;
                    self.ledger.commit().await?;
                }
            }
        }
        Ok(Outcome {
            counts: self.handler.finish(),
            calls: self.ledger.calls,
            produced: self.ledger.produced,
            latencies: self.ledger.latencies,
        })
    }

    async fn handle_all(&mut self, messages: Messages<'_>) -> Result<()> {
        let waits = self.job.prices.is_some() || self.job.output.is_some();
        let handle = if waits { handle_waiting } else { handle_at_once };
        let mut handled = handle(&self.job, &mut self.handler, messages);
        while let Some(handled) = handled.next().await {
            self.ledger.note(&handled?)?;
            // A queue that never runs dry would keep the thread from all other partitions.
            coop::consume_budget().await;
        }
        Ok(())
    }
}

fn admitted<'a>(
    job: &'a Job,
    messages: impl Stream<Item = KafkaResult<BorrowedMessage<'a>>> + Send + 'a,
) -> Messages<'a> {
    match &job.limit {
        Some(limit) => messages.take_while(|_| ready(limit.admits())).boxed(),
        None => messages.boxed(),
    }
}

/// Handles events one by one: with nothing to wait for, none could overtake another.
fn handle_at_once<'a, 'm: 'a>(
    job: &'a Job,
    handler: &'a mut Handler,
    messages: Messages<'m>,
) -> BoxStream<'a, Result<Handled<'m>>> {
    let timed = job.settings.service_times;
    let handle = move |message: KafkaResult<BorrowedMessage<'m>>| {
        let message = message?;
        let started = timed.then(Instant::now);
        handler
            .handle(message.partition(), message.payload().unwrap_or_default())
            .with_context(|| place(&message))?;
        let service_time = started.map(|started| started.elapsed());
        Ok(Handled { message, service_time, calls: 0, produced: 0 })
    };
    messages.map(handle).boxed()
}

/// Handles events with as many in progress as are allowed. They are done with in their order, so that an
/// offset never gets ahead of an event in progress.
fn handle_waiting<'a, 'm: 'a>(
    job: &'a Job,
    handler: &'a mut Handler,
    messages: Messages<'m>,
) -> BoxStream<'a, Result<Handled<'m>>> {
    let begin = move |message: KafkaResult<BorrowedMessage<'m>>| {
        let started = job.settings.service_times.then(Instant::now);
        let begun = message.map_err(Error::from).and_then(|message| {
            let value = message.payload().unwrap_or_default();
            let sku = handler.handle(message.partition(), value).with_context(|| place(&message))?;
            Ok((message, sku))
        });
        async move {
            let (message, sku) = begun?;
            let mut calls = 0;
            if let (Some(prices), Some(sku)) = (&job.prices, sku) {
                for _ in 0..job.settings.io_calls {
                    prices.get(&sku).await?;
                    calls += 1;
                }
            }
            let deliveries = match &job.output {
                Some(output) => output.write(&message).await?,
                None => Vec::new(),
            };
            let service_time = started.map(|started| started.elapsed());
            anyhow::Ok((Handled { message, service_time, calls, produced: 0 }, deliveries))
        }
    };
    // Acknowledgements come some milliseconds later, for many events at once. An event that waits for its own
    // is no longer in progress, but not handled either.
    let acknowledge = |written: Result<(Handled<'m>, Vec<_>)>| async move {
        let (handled, deliveries) = written?;
        Ok(Handled { produced: acknowledged(deliveries).await?, ..handled })
    };
    messages.map(begin).buffered(job.settings.in_flight).map(acknowledge).buffered(UNACKNOWLEDGED).boxed()
}

impl Ledger {
    fn note(&mut self, handled: &Handled) -> Result<()> {
        let message = &handled.message;
        if !self.begun {
            self.begun = true;
            if !self.job.begun.swap(true, Relaxed) {
                reports::first()?;
            }
        }
        self.calls += handled.calls;
        self.produced += handled.produced;
        if let Some(time) = handled.service_time {
            self.progress.took(time);
        }
        self.progress.handled(message.payload_len());
        if self.job.settings.latency_file.is_some() {
            self.latencies.extend(latency(message));
        }
        match self.job.settings.commit {
            Commit::Interval => self.consumer.store_offset_from_message(message)?,
            Commit::Batch | Commit::Each => {
                self.next_offsets.insert(message.partition(), message.offset() + 1);
            }
        }
        Ok(())
    }

    /// Commits what is handled and waits for it. librdkafka can only block for that, so another thread does.
    async fn commit(&mut self) -> Result<()> {
        let mut offsets = TopicPartitionList::new();
        for (partition, offset) in std::mem::take(&mut self.next_offsets) {
            offsets.add_partition_offset(&self.job.settings.topic, partition, Offset::Offset(offset))?;
        }
        if offsets.count() == 0 {
            return Ok(());
        }
        let consumer = self.consumer.clone();
        spawn_blocking(move || consumer.commit(&offsets, CommitMode::Sync))
            .await?
            .context("committing a batch")
    }
}

fn place(message: &BorrowedMessage) -> String {
    format!("the event at offset {} of partition {}", message.offset(), message.partition())
}

fn latency(message: &BorrowedMessage) -> Option<Latency> {
    let due = message.headers()?.iter().find(|header| header.key == "due")?.value?;
    let due_us = i64::from_be_bytes(due.try_into().ok()?);
    Some(Latency { due_us, latency_us: now_us() - due_us })
}

/// Microseconds since the epoch.
pub fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
