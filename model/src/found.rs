//! A machine type that serves, and which of two is the better.

use crate::capacity::sizing::Count;
use crate::cost::bill::{micro_usd, usd_per_month};
use crate::machine::Machine;
use crate::offers::Offer;
use crate::plan::Priced;
use std::cmp::Reverse;

/// A machine type that serves, with as much as tells whether it wins.
#[derive(Clone, Copy)]
pub(crate) struct Found<'o> {
    pub offer: Offer<'o>,
    /// W of binaries.
    pub binaries: u32,
    pub count: Count,
    pub usd_per_month: f64,
}

impl<'o> Found<'o> {
    /// Its machines and bill, beside the bill by which it is compared.
    pub fn priced(self, cheapest_usd_per_month: f64) -> Priced<'o> {
        let Self { offer, count, usd_per_month, .. } = self;
        Priced { machine: offer.machine, count, usd_per_month, cheapest_usd_per_month }
    }

    /// Cheapest first, to a millionth of a dollar; then one binary, fewer instances, less memory, faster cores, fewer binaries,
    /// the name.
    pub fn rank(&self) -> impl Ord + '_ {
        let Machine { instance_type, provider, region, .. } = self.offer.machine;
        let (bill, instances, memory) = rank_without_name(&self.offer, self.count.instances);
        let (is_split, slowness) = (self.binaries > 1, Reverse(self.offer.speed.to_bits()));
        (bill, is_split, instances, memory, slowness, self.binaries, instance_type, provider, region)
    }

    /// Whether its machines have more vCPUs than wanted.
    pub fn is_large(&self, max_vcpus: u32) -> bool {
        self.offer.machine.vcpus > max_vcpus
    }

    /// Machines that are not too large first, then fewest instances, then the same.
    pub fn fewness(&self, max_vcpus: u32) -> impl Ord + '_ {
        (self.is_large(max_vcpus), self.count.instances, self.rank())
    }

    /// Whether a type on which no answer is below `instances` may be ranked before this one.
    pub fn may_lose_to(&self, offer: &Offer<'_>, instances: u64) -> bool {
        rank_without_name(offer, instances) <= rank_without_name(&self.offer, self.count.instances)
    }
}

/// The bill in millionths of a dollar a month, instances, bytes of memory.
fn rank_without_name(offer: &Offer<'_>, instances: u64) -> (u64, u64, u64) {
    let bill = micro_usd(usd_per_month(instances, offer.usd_per_hour));
    (bill, instances, offer.machine.memory_bytes.round() as u64)
}

/// The most instances that cost no more than `micro_usd` a month.
pub(crate) fn whole_instances(micro_usd: u64, usd_per_hour: f64) -> u64 {
    instances(micro_usd as f64, usd_per_hour).floor() as u64
}

/// The most instances whose bill is no more than `micro_usd` when it is rounded.
pub(crate) fn most_instances(micro_usd: u64, usd_per_hour: f64) -> u64 {
    instances(micro_usd as f64 + 0.5, usd_per_hour).floor() as u64
}

/// Instances for `micro_usd` a month, not whole, and a little more so that rounding takes none away.
fn instances(micro_usd: f64, usd_per_hour: f64) -> f64 {
    micro_usd / 1e6 / usd_per_month(1, usd_per_hour) * (1.0 + 1e-9)
}
