//! What a measurement needs of a Kafka cluster: topics made and deleted, filled, and a group's progress read.

use crate::events::Event;
use futures_executor::block_on;
use rdkafka::ClientConfig;
use rdkafka::TopicPartitionList;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::FromClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::DefaultProducerContext;
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The header that says when an event was due, in microseconds since the epoch, 8 bytes big-endian.
pub const DUE_HEADER: &str = "due";

const PATIENCE: Duration = Duration::from_secs(30);

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
    #[error("{doing}: {source}")]
    Kafka {
        /// What was being done.
        doing: String,
        /// Why it failed.
        source: KafkaError,
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
    move |source| ClusterError::Kafka { doing, source }
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
        let doing = format!("cannot delete group {name}");
        let results =
            block_on(self.admin()?.delete_groups(&[name], &AdminOptions::new())).map_err(failed(&*doing))?;
        for result in results {
            match result {
                Ok(_) | Err((_, Code::GroupIdNotFound | Code::NonEmptyGroup)) => {}
                Err((_, code)) => return Err(ClusterError::Topic { doing, code }),
            }
        }
        Ok(())
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
    /// far, whether to go on.
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
        let producer: ThreadedProducer<DefaultProducerContext> =
            config.create().map_err(failed("cannot connect"))?;
        let mut written = 0;
        for (index, event) in events.iter().cycle().take(count).enumerate() {
            if index % 1024 == 0 && !going(index) {
                break;
            }
            let record = BaseRecord::to(topic)
                .partition((index % partitions as usize) as i32)
                .key(&event.key)
                .payload(&event.value);
            send_waiting(&producer, record).map_err(failed(format!("cannot write to {topic}")))?;
            written += 1;
        }
        producer.flush(PATIENCE * 4).map_err(failed(format!("cannot write to {topic}")))?;
        Ok(written)
    }

    /// A writer of events at their due times.
    pub fn writer(&self) -> Result<Writer, ClusterError> {
        let mut config = self.settings.clone();
        config.set("linger.ms", "0").set("batch.size", "16384");
        Ok(Writer { producer: config.create().map_err(failed("cannot connect"))? })
    }
}

fn send_waiting(
    producer: &ThreadedProducer<DefaultProducerContext>,
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
    producer: ThreadedProducer<DefaultProducerContext>,
}

impl Writer {
    /// Writes one event with the time it was due in its header.
    pub fn write(&self, topic: &str, partition: i32, event: &Event, due_us: u64) -> Result<(), ClusterError> {
        let due = due_us.to_be_bytes();
        let headers = OwnedHeaders::new().insert(Header { key: DUE_HEADER, value: Some(&due) });
        let record =
            BaseRecord::to(topic).partition(partition).key(&event.key).payload(&event.value).headers(headers);
        send_waiting(&self.producer, record).map_err(failed(format!("cannot write to {topic}")))
    }

    /// Waits until everything is written.
    pub fn flush(&self) -> Result<(), ClusterError> {
        self.producer.flush(PATIENCE).map_err(failed("cannot write"))
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
        let mut list = TopicPartitionList::new();
        list.add_partition_range(&self.topic, 0, self.partitions - 1);
        let offsets = self
            .reader
            .committed_offsets(list, PATIENCE)
            .map_err(failed(format!("cannot read what is committed in {}", self.topic)))?;
        let elements = offsets.elements();
        Ok(
            elements
                .iter()
                .filter_map(|element| element.offset().to_raw())
                .filter(|&raw| raw > 0)
                .sum::<i64>() as u64,
        )
    }

    /// Events that the topic holds.
    pub fn written(&self) -> Result<u64, ClusterError> {
        (0..self.partitions)
            .map(|partition| {
                let (low, high) = self
                    .reader
                    .fetch_watermarks(&self.topic, partition, PATIENCE)
                    .map_err(failed(format!("cannot read the end of {}", self.topic)))?;
                Ok((high - low) as u64)
            })
            .sum()
    }
}

/// Now, in microseconds since the epoch.
pub fn now_us() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as u64
}
