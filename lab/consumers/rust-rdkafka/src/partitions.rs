//! The consumer, with a worker for each partition that it is assigned.

use anyhow::{Context, Error, Result};
use futures::stream::AbortHandle;
use rdkafka::client::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance, StreamConsumer};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::topic_partition_list::TopicPartitionList;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{JoinHandle, block_in_place};

use crate::settings::{Commit, Settings};
use crate::worker::{Job, Outcome, Source, Worker};

/// In the place of a partition, the worker of all of them.
const ALL: i32 = -1;

pub type PartitionsConsumer = StreamConsumer<Partitions>;

pub struct Partitions {
    job: Arc<Job>,
    runtime: Handle,
    failed: UnboundedSender<Error>,
    consumer: OnceLock<Weak<PartitionsConsumer>>,
    running: Mutex<HashMap<i32, Running>>,
    outcome: Mutex<Outcome>,
}

struct Running {
    stop: AbortHandle,
    task: JoinHandle<Option<Outcome>>,
}

/// What a fetch waits for where it is told to wait: more than comes in that time.
const FETCH_BYTES: &str = "1000000";

/// What librdkafka reads ahead by default.
const QUEUED_KIB: u32 = 65_536;
const QUEUED_MESSAGES: u32 = 100_000;

/// Joins the group. Whatever ends a worker early is sent to `failed`.
pub fn connect(job: &Arc<Job>, failed: UnboundedSender<Error>) -> Result<Arc<PartitionsConsumer>> {
    let Settings { servers, group, topic, commit, fetch_wait_ms, prefetch_divisor, .. } = &job.settings;
    let partitions = Partitions {
        job: job.clone(),
        runtime: Handle::current(),
        failed,
        consumer: OnceLock::new(),
        running: Mutex::default(),
        outcome: Mutex::default(),
    };
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", servers)
        .set("group.id", group)
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", if *commit == Commit::Interval { "true" } else { "false" })
        .set("auto.commit.interval.ms", "5000")
        // The workers do that, once an event is handled.
        .set("enable.auto.offset.store", "false")
        .set("statistics.interval.ms", "1000")
        .set_log_level(RDKafkaLogLevel::Warning);
    if *fetch_wait_ms > 0 {
        config.set("fetch.wait.max.ms", fetch_wait_ms.to_string()).set("fetch.min.bytes", FETCH_BYTES);
    }
    if *prefetch_divisor > 1 {
        config
            .set("queued.max.messages.kbytes", (QUEUED_KIB / prefetch_divisor).to_string())
            .set("queued.min.messages", (QUEUED_MESSAGES / prefetch_divisor).to_string());
    }
    let consumer: PartitionsConsumer =
        config.create_with_context(partitions).context("creating the consumer")?;
    let consumer = Arc::new(consumer);
    // Weak, since the consumer has the context.
    consumer.context().consumer.get_or_init(|| Arc::downgrade(&consumer));
    if job.settings.plain {
        consumer.context().start_plain()?;
    }
    consumer.subscribe(&[topic])?;
    Ok(consumer)
}

impl Partitions {
    fn start(&self, topic: &str, partition: i32) -> Result<()> {
        let consumer = self.consumer()?;
        let queue = consumer
            .split_partition_queue(topic, partition)
            .with_context(|| format!("no queue for partition {partition}"))?;
        self.spawn(partition, consumer, Source::Partition(queue));
        Ok(())
    }

    /// One worker for all partitions, which takes events as the consumer gives them.
    fn start_plain(&self) -> Result<()> {
        let consumer = self.consumer()?;
        self.spawn(ALL, consumer.clone(), Source::Consumer(consumer));
        Ok(())
    }

    fn consumer(&self) -> Result<Arc<PartitionsConsumer>> {
        self.consumer.get().and_then(Weak::upgrade).context("the consumer is gone")
    }

    fn spawn(&self, partition: i32, consumer: Arc<PartitionsConsumer>, source: Source) {
        let (stop, stopped) = AbortHandle::new_pair();
        let worker = Worker::new(self.job.clone(), consumer);
        let failed = self.failed.clone();
        let task = self.runtime.spawn(async move {
            match worker.run(source, stopped).await {
                Ok(outcome) => Some(outcome),
                Err(error) => {
                    // Nobody to tell is as good: the process is about to end.
                    let _ = failed.send(error);
                    None
                }
            }
        });
        lock(&self.running).insert(partition, Running { stop, task });
    }

    /// Stops the workers of the partitions that `which` picks, once they have finished what they have begun.
    async fn stop(&self, which: impl Fn(i32) -> bool) -> Result<()> {
        let stopped: Vec<_> = lock(&self.running).extract_if(|partition, _| which(*partition)).collect();
        for (_, running) in &stopped {
            running.stop.abort();
        }
        for (_, running) in stopped {
            if let Some(outcome) = running.task.await? {
                lock(&self.outcome).add(outcome);
            }
        }
        Ok(())
    }

    /// Stops all workers and returns what has come of all those that there ever were.
    pub async fn finish(&self) -> Result<Outcome> {
        self.stop(|_| true).await?;
        Ok(std::mem::take(&mut lock(&self.outcome)))
    }

    fn rebalanced(&self, rebalance: &Rebalance) -> Result<()> {
        match rebalance {
            // The one worker goes on with whatever comes.
            _ if self.job.settings.plain => Ok(()),
            Rebalance::Assign(partitions) => {
                // Before anything is fetched, or the first events would come out of the consumer's own queue.
                for partition in partitions.elements() {
                    self.start(partition.topic(), partition.partition())?;
                }
                Ok(())
            }
            Rebalance::Revoke(partitions) => {
                let topic = &self.job.settings.topic;
                let revoked = |partition| partitions.find_partition(topic, partition).is_some();
                // This is a callback, with nothing to await it. It is called by the main thread, which is
                // not one of those that work on events.
                block_in_place(|| self.runtime.block_on(self.stop(revoked)))
            }
            Rebalance::Error(error) => Err(error.clone().into()),
        }
    }
}

impl ConsumerContext for Partitions {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Err(error) = self.rebalanced(rebalance) {
            let _ = self.failed.send(error.context("rebalancing"));
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        match result {
            Ok(()) | Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => {}
            Err(error) => eprintln!("{error}"),
        }
    }
}

impl ClientContext for Partitions {
    fn log(&self, _: RDKafkaLogLevel, facility: &str, message: &str) {
        eprintln!("librdkafka: {facility}: {message}");
    }

    fn error(&self, error: KafkaError, reason: &str) {
        eprintln!("librdkafka: {error}: {reason}");
    }

    // Not `stats`, which parses everything that there is.
    fn stats_raw(&self, statistics: &[u8]) {
        match serde_json::from_slice::<Statistics>(statistics) {
            Ok(statistics) => self.job.fetches.store(statistics.fetches(), Relaxed),
            Err(error) => eprintln!("librdkafka's statistics: {error}"),
        }
    }
}

#[derive(Deserialize)]
struct Statistics {
    brokers: HashMap<String, Broker>,
}

#[derive(Deserialize)]
struct Broker {
    req: Requests,
}

#[derive(Deserialize)]
struct Requests {
    #[serde(rename = "Fetch", default)]
    fetch: u64,
}

impl Statistics {
    fn fetches(&self) -> u64 {
        self.brokers.values().map(|broker| broker.req.fetch).sum()
    }
}

// What is behind these locks is whole at any time, whoever panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fetches_are_those_of_all_brokers() {
        let statistics = r#"{"name":"rdkafka","brokers":{
            "a/1":{"name":"a/1","req":{"Fetch":3,"Metadata":1}},
            "b/2":{"name":"b/2","req":{"Fetch":4}},
            "GroupCoordinator":{"name":"GroupCoordinator","req":{"Heartbeat":2}}}}"#;
        assert_eq!(serde_json::from_str::<Statistics>(statistics).unwrap().fetches(), 7);
    }
}
