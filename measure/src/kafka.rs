//! What a measurement needs of a Kafka cluster: topics made and deleted, filled, and a group's progress read.

use crate::events::Event;
use futures_executor::block_on;
use rdkafka::ClientConfig;
use rdkafka::TopicPartitionList;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::{ClientContext, DefaultClientContext};
use rdkafka::config::FromClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The header that says when an event was due, in microseconds since the epoch, 8 bytes big-endian.
pub const DUE_HEADER: &str = "due";

const PATIENCE: Duration = Duration::from_secs(30);
/// How long the first answer of a broker may take.
const FIRST_ANSWER: Duration = Duration::from_secs(8);

/// A cluster by its address, with whatever client settings it asks for.
#[derive(Debug, Clone)]
pub struct Cluster {
    settings: ClientConfig,
    bootstrap_servers: String,
}

/// What the cluster answered that it should not have.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// librdkafka or the broker refused.
    #[error("{doing}: {reason}")]
    Kafka {
        /// What was being done.
        doing: String,
        /// Why it failed; not called the source, or it would be told twice.
        reason: KafkaError,
    },
    /// Nobody is there, or nobody that is understood.
    #[error("no broker answers at {address}: {reason}")]
    Unreachable {
        /// Where it should be.
        address: String,
        /// What librdkafka says of it.
        reason: KafkaError,
    },
    /// The broker refused one topic.
    #[error("{doing}: {code}")]
    Topic {
        /// What was being done.
        doing: String,
        /// Why it failed.
        code: RDKafkaErrorCode,
    },
}

/// How a topic's batches are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// LZ4.
    Lz4,
}

impl Compression {
    /// As in Kafka's settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Lz4 => "lz4",
        }
    }
}

fn failed(doing: impl Into<String>) -> impl FnOnce(KafkaError) -> ClusterError {
    let doing = doing.into();
    move |reason| ClusterError::Kafka { doing, reason }
}

impl Cluster {
    /// The cluster at this address, with further librdkafka settings (`security.protocol` and so on).
    pub fn new(bootstrap_servers: &str, settings: &[(String, String)]) -> Self {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", bootstrap_servers);
        for (key, value) in settings {
            config.set(key, value);
        }
        Self { settings: config, bootstrap_servers: bootstrap_servers.to_string() }
    }

    /// Its address, as given.
    pub fn bootstrap_servers(&self) -> &str {
        &self.bootstrap_servers
    }

    fn admin(&self) -> Result<AdminClient<DefaultClientContext>, ClusterError> {
        AdminClient::from_config(&self.settings).map_err(failed("cannot connect"))
    }

    /// Asks for an answer, so that a wrong address is told within seconds.
    pub fn reach(&self) -> Result<(), ClusterError> {
        let answer = self.reader("tonnage-measure")?.fetch_metadata(None, FIRST_ANSWER);
        let unreachable =
            |reason| ClusterError::Unreachable { address: self.bootstrap_servers.clone(), reason };
        answer.map(|_| ()).map_err(unreachable)
    }

    /// Makes a topic with a replica on each of `replication` brokers.
    pub fn create_topic(&self, name: &str, partitions: i32, replication: i32) -> Result<(), ClusterError> {
        let topic = NewTopic::new(name, partitions, TopicReplication::Fixed(replication));
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
        let doing = format!("cannot make topic {name}");
        let results = block_on(self.admin()?.create_topics([&topic], &options)).map_err(failed(&*doing))?;
        for result in results {
            result.map_err(|(_, code)| ClusterError::Topic { doing: doing.clone(), code })?;
        }
        self.wait_for_leaders(name, partitions)
    }

    fn wait_for_leaders(&self, name: &str, partitions: i32) -> Result<(), ClusterError> {
        let reader = self.reader("tonnage-measure")?;
        let end = std::time::Instant::now() + PATIENCE;
        loop {
            let metadata = reader
                .fetch_metadata(Some(name), PATIENCE)
                .map_err(failed(format!("cannot read the metadata of {name}")))?;
            let led = metadata.topics().iter().flat_map(|topic| topic.partitions());
            if led.filter(|partition| partition.leader() >= 0).count() as i32 == partitions {
                return Ok(());
            }
            if std::time::Instant::now() > end {
                let code = Code::LeaderNotAvailable;
                return Err(ClusterError::Topic { doing: format!("topic {name} has no leaders"), code });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Deletes a topic; none of that name is no error.
    pub fn delete_topic(&self, name: &str) -> Result<(), ClusterError> {
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
        let doing = format!("cannot delete topic {name}");
        let results = block_on(self.admin()?.delete_topics(&[name], &options)).map_err(failed(&*doing))?;
        for result in results {
            match result {
                Ok(_) | Err((_, Code::UnknownTopicOrPartition)) => {}
                Err((_, code)) => return Err(ClusterError::Topic { doing, code }),
            }
        }
        Ok(())
    }

    /// Deletes a consumer group; one that is not there, or still has members, is no error.
    pub fn delete_group(&self, name: &str) -> Result<(), ClusterError> {
        self.delete_empty_group(name).map(|_| ())
    }

    /// Deletes a consumer group unless it still has members; whether it is gone.
    pub fn delete_empty_group(&self, name: &str) -> Result<bool, ClusterError> {
        let doing = format!("cannot delete group {name}");
        let results =
            block_on(self.admin()?.delete_groups(&[name], &AdminOptions::new())).map_err(failed(&*doing))?;
        let mut gone = true;
        for result in results {
            match result {
                Ok(_) | Err((_, Code::GroupIdNotFound)) => {}
                Err((_, Code::NonEmptyGroup)) => gone = false,
                Err((_, code)) => return Err(ClusterError::Topic { doing, code }),
            }
        }
        Ok(gone)
    }

    fn reader(&self, group: &str) -> Result<BaseConsumer, ClusterError> {
        let mut config = self.settings.clone();
        config.set("group.id", group).set("enable.auto.commit", "false");
        config.create().map_err(failed("cannot connect"))
    }

    /// A view of how far a group has come in a topic.
    pub fn progress(&self, topic: &str, partitions: i32, group: &str) -> Result<Progress, ClusterError> {
        Ok(Progress { reader: self.reader(group)?, topic: topic.to_string(), partitions })
    }

    /// Writes `count` events, taken in turn from `events` and laid in turn on the partitions.
    ///
    /// Batches are of at most 16 KB, the default of Kafka's own producer: what a reader pays for an event
    /// depends on how many of them share a batch. `going` is asked now and then, with the events written so
    /// far, whether to go on. Returns how many the broker has confirmed; one that it did not is an error.
    pub fn fill(
        &self,
        topic: &str,
        partitions: i32,
        events: &[Event],
        count: usize,
        compression: Compression,
        mut going: impl FnMut(usize) -> bool,
    ) -> Result<usize, ClusterError> {
        let mut config = self.settings.clone();
        config
            .set("compression.type", compression.name())
            .set("batch.size", "16384")
            .set("linger.ms", "20")
            .set("queue.buffering.max.kbytes", "131072");
        let producer = producer(&config)?;
        for (index, event) in events.iter().cycle().take(count).enumerate() {
            if index % 1024 == 0 && (producer.context().failed() || !going(index)) {
                break;
            }
            let record = BaseRecord::to(topic)
                .partition((index % partitions as usize) as i32)
                .key(&event.key)
                .payload(&event.value);
            send_waiting(&producer, record).map_err(failed(format!("cannot write to {topic}")))?;
        }
        flush(&producer, PATIENCE * 4, topic)
    }

    /// A writer of events at their due times.
    pub fn writer(&self) -> Result<Writer, ClusterError> {
        let mut config = self.settings.clone();
        config.set("linger.ms", "0").set("batch.size", "16384");
        Ok(Writer { producer: producer(&config)? })
    }
}

/// What became of the events that were written.
#[derive(Default)]
struct Deliveries {
    delivered: AtomicUsize,
    failure: OnceLock<KafkaError>,
}

impl Deliveries {
    fn take(&self, result: Result<(), KafkaError>) {
        match result {
            Ok(()) => {
                self.delivered.fetch_add(1, Ordering::Relaxed);
            }
            // The first tells most.
            Err(error) => {
                let _ = self.failure.set(error);
            }
        }
    }

    fn failed(&self) -> bool {
        self.failure.get().is_some()
    }

    /// Events that the broker has confirmed, if it has not refused any.
    fn confirmed(&self, topic: &str) -> Result<usize, ClusterError> {
        let delivered = self.delivered.load(Ordering::Relaxed);
        match self.failure.get() {
            None => Ok(delivered),
            Some(error) => {
                let doing = format!("an event was not written to {topic}, after {delivered} that were");
                Err(failed(doing)(error.clone()))
            }
        }
    }
}

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        self.take(result.as_ref().map(|_| ()).map_err(|(error, _)| error.clone()));
    }
}

fn producer(config: &ClientConfig) -> Result<ThreadedProducer<Deliveries>, ClusterError> {
    config.create_with_context(Deliveries::default()).map_err(failed("cannot connect"))
}

/// Waits until everything is written; how many events that are, since the producer was made.
fn flush(
    producer: &ThreadedProducer<Deliveries>,
    patience: Duration,
    topic: &str,
) -> Result<usize, ClusterError> {
    let flushed = producer.flush(patience);
    // Why events were lost says more than that the time was up.
    let confirmed = producer.context().confirmed(topic)?;
    flushed.map_err(failed(format!("cannot write to {topic}")))?;
    Ok(confirmed)
}

fn send_waiting(
    producer: &ThreadedProducer<Deliveries>,
    mut record: BaseRecord<'_, String, String>,
) -> Result<(), KafkaError> {
    loop {
        match producer.send(record) {
            Ok(()) => return Ok(()),
            Err((KafkaError::MessageProduction(Code::QueueFull), returned)) => {
                record = returned;
                std::thread::sleep(Duration::from_millis(2));
            }
            Err((error, _)) => return Err(error),
        }
    }
}

/// Writes single events, without waiting for company.
pub struct Writer {
    producer: ThreadedProducer<Deliveries>,
}

impl Writer {
    /// Writes one event with the time it was due in its header.
    pub fn write(&self, topic: &str, partition: i32, event: &Event, due_us: u64) -> Result<(), ClusterError> {
        if self.producer.context().failed() {
            self.producer.context().confirmed(topic)?;
        }
        let due = due_us.to_be_bytes();
        let headers = OwnedHeaders::new().insert(Header { key: DUE_HEADER, value: Some(&due) });
        let record =
            BaseRecord::to(topic).partition(partition).key(&event.key).payload(&event.value).headers(headers);
        send_waiting(&self.producer, record).map_err(failed(format!("cannot write to {topic}")))
    }

    /// Waits until everything is written; an event that was not is an error.
    pub fn flush(&self) -> Result<(), ClusterError> {
        flush(&self.producer, PATIENCE, "the topic").map(|_| ())
    }
}

/// How far a group has come in a topic.
pub struct Progress {
    reader: BaseConsumer,
    topic: String,
    partitions: i32,
}

impl Progress {
    /// Events of the topic that the group has committed.
    pub fn committed(&self) -> Result<u64, ClusterError> {
        Ok(self.committed_by_partition()?.iter().sum())
    }

    /// The same for each partition, from the first on.
    pub fn committed_by_partition(&self) -> Result<Vec<u64>, ClusterError> {
        let mut list = TopicPartitionList::new();
        list.add_partition_range(&self.topic, 0, self.partitions - 1);
        let offsets = self
            .reader
            .committed_offsets(list, PATIENCE)
            .map_err(failed(format!("cannot read what is committed in {}", self.topic)))?;
        let mut committed = vec![0; self.partitions.max(0) as usize];
        for element in offsets.elements() {
            if let (Some(raw), Some(place)) =
                (element.offset().to_raw(), committed.get_mut(element.partition() as usize))
            {
                // Below 0 stands for none.
                *place = u64::try_from(raw).unwrap_or(0);
            }
        }
        Ok(committed)
    }

    /// Events that the topic holds.
    pub fn written(&self) -> Result<u64, ClusterError> {
        Ok(self.written_by_partition()?.iter().sum())
    }

    /// The same for each partition, from the first on.
    pub fn written_by_partition(&self) -> Result<Vec<u64>, ClusterError> {
        (0..self.partitions)
            .map(|partition| {
                let (low, high) = self
                    .reader
                    .fetch_watermarks(&self.topic, partition, PATIENCE)
                    .map_err(failed(format!("cannot read the end of {}", self.topic)))?;
                Ok((high - low) as u64)
            })
            .collect()
    }
}

/// Now, in microseconds since the epoch.
pub fn now_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_event_that_is_lost_is_told() {
        let deliveries = Deliveries::default();
        deliveries.take(Ok(()));
        assert_eq!(deliveries.confirmed("events").unwrap(), 1);
        assert!(!deliveries.failed());
        deliveries.take(Err(KafkaError::MessageProduction(Code::MessageSizeTooLarge)));
        deliveries.take(Err(KafkaError::MessageProduction(Code::MessageTimedOut)));
        deliveries.take(Ok(()));
        let error = deliveries.confirmed("events").unwrap_err().to_string();
        assert!(error.contains("to events, after 2 that were") && error.contains("SizeTooLarge"), "{error}");
    }

    #[test]
    fn a_broker_that_is_not_there_is_told_with_its_address() {
        let begin = std::time::Instant::now();
        let error = Cluster::new("127.0.0.1:1", &[]).reach().unwrap_err().to_string();
        assert!(error.contains("no broker answers at 127.0.0.1:1"), "{error}");
        assert!(begin.elapsed() < Duration::from_secs(12));
    }
}
