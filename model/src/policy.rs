//! How much headroom a plan keeps, and what it has to survive.

use crate::cost::cross_zone::CrossZone;
use crate::machine::Purchase;

/// The rules that a plan keeps to. Shares are between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// rho: CPU utilization at most, with all instances up.
    pub max_utilization: f64,
    /// rho_d: CPU utilization at most while a zone is lost or a backlog is drained.
    pub max_utilization_degraded: f64,
    /// How busy a consumer may be all the same, as today's busiest is; 0 where limits are kept.
    pub busiest_consumer: f64,
    /// CPU busy on a machine at most, fetches, idling and the system included, at peak with all instances up.
    pub max_cpu: f64,
    /// Whether fetches may be told to wait.
    pub fetch_waits: bool,
    /// Cores of each dedicated machine that its system takes.
    pub system_cores: f64,
    /// Memory of each dedicated machine that its system takes, bytes.
    pub system_memory_bytes: f64,
    /// Z: zones that instances are spread over evenly.
    pub zones: u32,
    /// Whether the plan has to carry the peak with one zone lost.
    pub survive_zone_loss: bool,
    /// Instances at least.
    pub min_instances: u32,
    /// Share of the cheapest bill that a plan of fewer instances may cost more, and that several processes of a binary
    /// on a machine have to save.
    pub cost_tolerance: f64,
    /// vCPUs of a machine at most, unless smaller ones cost more than the tolerance: of large machines a fleet has few, each of
    /// which takes much with it.
    pub max_vcpus: u32,
    /// Share of memory kept free.
    pub memory_headroom: f64,
    /// Most bytes that a client keeps fetched and unhandled, where a workload does not say; `None` for the client's
    /// default.
    pub prefetch_bytes: Option<f64>,
    /// Share of the network baseline kept free.
    pub network_headroom: f64,
    /// How machines are paid for.
    pub purchase: Purchase,
    /// Whether a workload's bill over the list price of its machines is what it pays of every list price, as it is where
    /// no discount is given.
    pub discount_by_bill: bool,
    /// Traffic between zones.
    pub cross_zone: CrossZone,
}

/// A machine is taken to be the workload's alone, with nothing for its system, and the cheapest plan is chosen.
impl Default for Policy {
    fn default() -> Self {
        Self {
            max_utilization: 0.70,
            max_utilization_degraded: 0.90,
            busiest_consumer: 0.0,
            max_cpu: 0.85,
            fetch_waits: true,
            system_cores: 0.0,
            system_memory_bytes: 0.0,
            zones: 3,
            survive_zone_loss: true,
            min_instances: 2,
            cost_tolerance: 0.0,
            max_vcpus: u32::MAX,
            memory_headroom: 0.15,
            prefetch_bytes: None,
            network_headroom: 0.30,
            purchase: Purchase::OnDemand,
            discount_by_bill: true,
            cross_zone: CrossZone::default(),
        }
    }
}

impl Policy {
    /// The same for a workload that runs on `current_instances` today: where that is one, one may do again, and it need
    /// not survive the loss of its zone.
    pub fn for_today(self, current_instances: Option<u32>) -> Self {
        match current_instances {
            Some(1) if self.min_instances <= Self::default().min_instances => {
                Self { min_instances: 1, survive_zone_loss: false, ..self }
            }
            _ => self,
        }
    }

    /// The same for machines that run by the hour, on demand, of whose prices a bill by another purchase says nothing.
    pub(crate) fn by_the_hour(self) -> Self {
        let discount_by_bill = self.discount_by_bill && self.purchase == Purchase::OnDemand;
        Self { purchase: Purchase::OnDemand, discount_by_bill, ..self }
    }

    /// Instances left of n when the fullest zone is lost: `n - ceil(n/Z)`; n itself where the plan need not
    /// survive that.
    ///
    /// ```
    /// use tonnage_model::policy::Policy;
    ///
    /// // Seven instances in three zones: the fullest has three.
    /// assert_eq!(Policy::default().alive(7), 4);
    /// ```
    pub fn alive(&self, instances: u64) -> u64 {
        if self.survive_zone_loss {
            instances - instances.div_ceil(u64::from(self.zones.max(1)))
        } else {
            instances
        }
    }

    /// Instances that leave `alive` when the fullest zone is lost, the inverse of [`Policy::alive`]: `ceil(alive Z/(Z-1))`.
    pub fn instances_for_alive(&self, alive: u64) -> u64 {
        match u64::from(self.zones) {
            zones if self.survive_zone_loss && zones > 1 => {
                let instances = u128::from(alive) * u128::from(zones);
                u64::try_from(instances.div_ceil(u128::from(zones - 1))).unwrap_or(u64::MAX)
            }
            _ => alive,
        }
    }

    /// Events/s that all instances together have to be able to handle, CPU fully used: at peak within the limit, with a
    /// zone lost and while draining within the degraded one.
    pub(crate) fn rate_to_provide(&self, peak_rate: f64, design_rate: f64) -> f64 {
        let zones = f64::from(self.zones);
        let lost = if self.survive_zone_loss { zones / (zones - 1.0) } else { 1.0 };
        self.full_rate(0.0, peak_rate, design_rate).max(peak_rate / self.max_utilization_degraded * lost)
    }

    /// The same without a zone lost, which is what all have to handle of a partition too, of what may be `busy` whatever the limits are.
    pub(crate) fn full_rate(&self, busy: f64, peak_rate: f64, design_rate: f64) -> f64 {
        let [limit, degraded] = [self.max_utilization, self.max_utilization_degraded].map(|it| it.max(busy));
        (peak_rate / limit).max(peak_rate.max(design_rate) / degraded)
    }

    /// How many times its bill a plan of several binaries on a machine counts for, so that these are run only where they
    /// save more than the tolerance.
    pub(crate) fn split_counts(&self) -> f64 {
        1.0 + self.cost_tolerance
    }

    /// Zones that what runs of one workload has to be kept apart in, so that no more of it is lost with one than
    /// `alive` takes: Z, or 1 where the plan need not survive that and anything may be anywhere.
    pub fn zones_kept_apart(&self) -> u32 {
        if self.survive_zone_loss { self.zones.max(1) } else { 1 }
    }
}
