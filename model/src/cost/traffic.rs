//! Bytes that cross zones between consumers and brokers: the same whatever language handles them.

use crate::cost::bill::events_per_month;
pub use crate::cost::cross_zone::CrossZone;
use crate::policy::Policy;
use crate::workload::Workload;

/// Bytes of the GB that transfer is priced by.
pub const BYTES_PER_GB: f64 = 1e9;

/// Bytes of one workload that cross zones in a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traffic {
    /// Read from partitions whose leader is in another zone.
    pub read_bytes_per_month: f64,
    /// Written to such.
    pub written_bytes_per_month: f64,
}

impl Traffic {
    /// Leaders and consumers are spread over Z zones evenly and independently of each other, so a share `(Z-1)/Z`
    /// of all bytes read and of all bytes written crosses; nothing of those read with a replica in each zone:
    /// `read = E 730/24 b (Z-1)/Z`, `written = produces read`.
    pub fn of(workload: &Workload, policy: &Policy) -> Self {
        let read = workload.event_bytes;
        Self::of_consumer(workload.events_per_day, read, workload.produces * read, policy)
    }

    /// The same for a consumer that reads `read_bytes` and writes `written_bytes` for each of `events_per_day`.
    pub fn of_consumer(events_per_day: f64, read_bytes: f64, written_bytes: f64, policy: &Policy) -> Self {
        let zones = f64::from(policy.zones.max(1));
        let crossing = events_per_month(events_per_day) * (zones - 1.0) / zones;
        let near = policy.cross_zone.fetch_from_follower;
        Self {
            read_bytes_per_month: if near { 0.0 } else { crossing * read_bytes },
            written_bytes_per_month: crossing * written_bytes,
        }
    }

    /// What reading from the replica in one's own zone saves at a provider, USD a month; 0 where that is done already.
    pub fn saved_by_followers(workload: &Workload, policy: &Policy, provider: &str) -> f64 {
        let read = Self { written_bytes_per_month: 0.0, ..Self::of(workload, policy) };
        read.usd_per_month(policy.cross_zone, provider)
    }

    /// All bytes that cross in a month.
    pub fn bytes_per_month(&self) -> f64 {
        self.read_bytes_per_month + self.written_bytes_per_month
    }

    /// Their price at a provider, USD a month.
    pub fn usd_per_month(&self, price: CrossZone, provider: &str) -> f64 {
        self.bytes_per_month() / BYTES_PER_GB * price.usd_per_gb(provider)
    }
}
