//! The topics that are read, filled when first asked for.

use crate::condition::Condition;
use crate::stop;
use anyhow::Result;
use std::cell::RefCell;
use std::collections::HashMap;
use tonnage_measure::events;
use tonnage_measure::kafka::Cluster;

use crate::bench::SEED;

/// Distinct events of each size; a topic repeats them.
const DISTINCT: usize = 4096;

/// A topic's name and how many events it holds.
type Backlog = (String, usize);

/// Backlogs by the size of their events, their compression and their partitions.
pub struct Topics {
    pub cluster: Cluster,
    pub replication: i32,
    /// The most that one topic holds, B.
    pub most_bytes: usize,
    prefix: String,
    filled: RefCell<HashMap<(usize, &'static str, i32), Backlog>>,
}

impl Topics {
    /// None yet; their names begin with `prefix`.
    pub fn new(cluster: Cluster, replication: i32, prefix: &str, most_bytes: usize) -> Self {
        Self { cluster, replication, most_bytes, prefix: prefix.to_string(), filled: RefCell::default() }
    }

    /// The topic with the backlog of a condition, and how many events there are.
    pub fn filled(&self, condition: &Condition) -> Result<(String, usize)> {
        let &Condition { event_bytes: bytes, compression, partitions, .. } = condition;
        let key = (bytes, compression.name(), partitions);
        if let Some(topic) = self.filled.borrow().get(&key) {
            return Ok(topic.clone());
        }
        let count = self.most_bytes / bytes;
        let name = format!("{}-{bytes}-{}-{partitions}", self.prefix, compression.name());
        eprintln!("filling {name} with {count} events");
        self.cluster.create_topic(&name, partitions, self.replication)?;
        let events = events::generate(SEED, bytes, DISTINCT)?;
        let count = self.cluster.fill(&name, partitions, &events, count, compression, |_| !stop::asked())?;
        self.filled.borrow_mut().insert(key, (name.clone(), count));
        Ok((name, count))
    }
}

impl Drop for Topics {
    fn drop(&mut self) {
        for (name, _) in self.filled.borrow().values() {
            if let Err(error) = self.cluster.delete_topic(name) {
                eprintln!("warning: {error}");
            }
        }
    }
}
