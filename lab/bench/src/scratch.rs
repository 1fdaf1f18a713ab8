//! Topics and the group of one run, deleted whatever becomes of it.

use anyhow::Result;
use tonnage_measure::kafka::Cluster;

/// What a run makes on the cluster.
pub struct Scratch<'c> {
    cluster: &'c Cluster,
    replication: i32,
    group: String,
    topics: Vec<String>,
}

impl<'c> Scratch<'c> {
    /// Nothing yet but a group that the run will use.
    pub fn new(cluster: &'c Cluster, replication: i32, group: &str) -> Self {
        Self { cluster, replication, group: group.to_string(), topics: Vec::new() }
    }

    /// Makes a topic; its name.
    pub fn topic(&mut self, name: &str, partitions: i32) -> Result<String> {
        self.topics.push(name.to_string());
        self.cluster.create_topic(name, partitions, self.replication)?;
        Ok(name.to_string())
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        let topics = self.topics.iter().map(|topic| self.cluster.delete_topic(topic));
        for error in topics.chain([self.cluster.delete_group(&self.group)]).filter_map(Result::err) {
            eprintln!("warning: {error}");
        }
    }
}
