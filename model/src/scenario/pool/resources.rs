//! What nodes have and replicas ask for, in the whole units that container schedulers count in.

use std::fmt;

/// Amounts of everything that a node can run out of. They are whole, so that sums and comparisons are exact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resources {
    /// CPU, thousandths of a vCPU.
    pub millicores: u64,
    /// Memory, MiB.
    pub mebibytes: u64,
    /// Network, kbit/s.
    pub kilobits_per_second: u64,
    /// Replicas: 1 of a replica, and of a node as many as it may have.
    pub replicas: u64,
}

/// One thing that a node can run out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// CPU.
    Cpu,
    /// Memory.
    Memory,
    /// Network.
    Network,
    /// Places for replicas.
    Replicas,
}

impl Resource {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cpu, Self::Memory, Self::Network, Self::Replicas];

    /// An amount of it with its unit.
    pub fn amount(self, units: u64) -> String {
        match self {
            Self::Cpu => format!("{:.3} vCPUs", units as f64 / 1000.0),
            Self::Memory => format!("{units} MiB"),
            Self::Network => format!("{:.1} Mbit/s", units as f64 / 1000.0),
            Self::Replicas => format!("{units} replicas"),
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpu => "CPU",
            Self::Memory => "memory",
            Self::Network => "network",
            Self::Replicas => "replicas",
        })
    }
}

impl Resources {
    fn from_each(amount: impl Fn(Resource) -> u64) -> Self {
        Self {
            millicores: amount(Resource::Cpu),
            mebibytes: amount(Resource::Memory),
            kilobits_per_second: amount(Resource::Network),
            replicas: amount(Resource::Replicas),
        }
    }

    /// The amount of one resource.
    pub fn of(self, resource: Resource) -> u64 {
        match resource {
            Resource::Cpu => self.millicores,
            Resource::Memory => self.mebibytes,
            Resource::Network => self.kilobits_per_second,
            Resource::Replicas => self.replicas,
        }
    }

    /// How many replicas of `each` fit into these.
    pub fn holds(self, each: Self) -> u64 {
        let by = |resource| self.of(resource).checked_div(each.of(resource)).unwrap_or(u64::MAX);
        Resource::ALL.into_iter().map(by).min().unwrap_or(0)
    }

    /// What is left when `count` of `each` are taken; nothing where they are more.
    pub fn less(self, each: Self, count: u64) -> Self {
        Self::from_each(|resource| self.of(resource).saturating_sub(each.of(resource).saturating_mul(count)))
    }

    /// These and `count` of `each`.
    pub fn plus(self, each: Self, count: u64) -> Self {
        Self::from_each(|resource| self.of(resource).saturating_add(each.of(resource).saturating_mul(count)))
    }

    /// The share of `whole` that these take of one resource; 0 of what there is none of.
    pub fn share_of(self, whole: Self, resource: Resource) -> f64 {
        match whole.of(resource) {
            0 => 0.0,
            all => self.of(resource) as f64 / all as f64,
        }
    }

    /// The largest of these shares.
    pub fn largest_share_of(self, whole: Self) -> f64 {
        Resource::ALL.into_iter().map(|resource| self.share_of(whole, resource)).fold(0.0, f64::max)
    }
}
