//! What a workload is called in Kafka and in its cluster.

use crate::words::words;

/// What may have a name other than the workload's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameOf {
    /// The topic that it reads.
    Topic,
    /// Its consumer group.
    Group,
    /// The Deployment or StatefulSet that runs it; `namespace/name` where a name alone does not tell.
    Deployment,
}

words!(NameOf { Topic = "topic", Group = "group", Deployment = "deployment" });

/// Names other than the workload's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OtherNames([Option<String>; 3]);

impl OtherNames {
    /// The name of one of these; `None` where nobody has given it.
    pub fn get(&self, of: NameOf) -> Option<&str> {
        self.0[of as usize].as_deref()
    }

    /// Gives it.
    pub fn set(&mut self, of: NameOf, name: &str) {
        self.0[of as usize] = Some(name.to_owned());
    }
}
