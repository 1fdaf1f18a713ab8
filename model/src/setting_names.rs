//! What a runtime calls its settings, so that a plan can say what to set.

use crate::units::{KIB, MIB};
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a setting sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Set {
    /// The longest that a fetch waits for more events.
    FetchMaxWait,
    /// The least bytes that a fetch is answered with at once.
    FetchMinBytes,
    /// The longest from one poll to the next before the consumer leaves its group.
    PollInterval,
    /// Events that one poll returns at most.
    PollRecords,
    /// The longest without a heartbeat, of clients that send none while a handler runs.
    SessionTimeout,
    /// Payload that one client reads ahead at most, bytes.
    ClientBytes,
    /// Messages that it does.
    ClientMessages,
    /// Payload of one broker's answer, bytes.
    BrokerBytes,
    /// Payload of one partition in it, bytes.
    PartitionBytes,
    /// Messages of one partition that are read ahead.
    PartitionMessages,
    /// Threads, by an environment variable.
    Threads,
    /// Memory that a collector keeps to, by an environment variable.
    MemoryLimit,
    /// Memory that a collector's heap alone keeps to, MiB, by an environment variable.
    HeapLimit,
}

words!(Set {
    FetchMaxWait = "fetch_max_wait",
    FetchMinBytes = "fetch_min_bytes",
    PollInterval = "poll_interval",
    PollRecords = "poll_records",
    SessionTimeout = "session_timeout",
    ClientBytes = "client_bytes",
    ClientMessages = "client_messages",
    BrokerBytes = "broker_bytes",
    PartitionBytes = "partition_bytes",
    PartitionMessages = "partition_messages",
    Threads = "threads",
    MemoryLimit = "memory_limit",
    HeapLimit = "heap_limit",
});

impl Set {
    /// Whether it is set by an environment variable, and not in the client.
    pub fn is_environment(self) -> bool {
        matches!(self, Self::Threads | Self::MemoryLimit | Self::HeapLimit)
    }
}

/// The names of those that a runtime has; of fetches Kafka's own unless a profile says otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SettingNames(BTreeMap<Set, String>);

impl Default for SettingNames {
    fn default() -> Self {
        let own = [(Set::FetchMaxWait, "fetch.max.wait.ms"), (Set::FetchMinBytes, "fetch.min.bytes")];
        Self(own.map(|(set, name)| (set, name.to_owned())).into())
    }
}

/// A setting with its value, in the unit of its name.
pub type Assignment = (String, String);

impl SettingNames {
    /// The default, with the environment variables of another runtime of the language.
    pub fn with_environment_of(other: &Self) -> Self {
        let environment = other.0.iter().filter(|(set, _)| set.is_environment());
        let mut names = Self::default();
        names.0.extend(environment.map(|(set, name)| (*set, name.clone())));
        names
    }

    /// Names what sets something.
    pub fn insert(&mut self, set: Set, name: String) {
        self.0.insert(set, name);
    }

    /// All names.
    pub fn iter(&self) -> impl Iterator<Item = (Set, &str)> {
        self.0.iter().map(|(set, name)| (*set, name.as_str()))
    }

    /// What something is called.
    pub fn get(&self, set: Set) -> Option<&str> {
        self.0.get(&set).map(String::as_str)
    }

    /// A setting at a value, in seconds, bytes, messages or threads; `None` where the runtime has none. A name in `ms` or
    /// `kbytes` takes a bare number, another time or limit of memory one with its unit. Where a variable holds options, as in
    /// `NODE_OPTIONS=--max-old-space-size={}`, the name has the option with a place for the number.
    ///
    /// ```
    /// use tonnage_model::runtime::{Set, SettingNames};
    ///
    /// let names = SettingNames::default();
    /// let wait = names.at(Set::FetchMaxWait, 0.01);
    /// assert_eq!(wait, Some(("fetch.max.wait.ms".to_owned(), "10".to_owned())));
    /// assert_eq!(names.at(Set::Threads, 2.0), None);
    /// ```
    pub fn at(&self, set: Set, value: f64) -> Option<Assignment> {
        let name = self.get(set)?;
        let value = match set {
            // kafkajs has maxWaitTimeInMs.
            Set::FetchMaxWait if name.to_lowercase().ends_with("ms") => format!("{}", value * 1e3),
            Set::FetchMaxWait => format!("{}ms", value * 1e3),
            Set::MemoryLimit => format!("{}MiB", (value / MIB).floor()),
            Set::HeapLimit => format!("{}", (value / MIB).floor()),
            _ if name.ends_with("kbytes") => format!("{}", (value / KIB).round()),
            _ => format!("{}", value.round()),
        };
        Some(match name.split_once('=') {
            Some((variable, option)) => (variable.to_owned(), option.replace("{}", &value)),
            None => (name.to_owned(), value),
        })
    }
}
