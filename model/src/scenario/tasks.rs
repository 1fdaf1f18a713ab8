//! Containers rented by vCPU and memory, task by task, without machines of one's own: Fargate and its like.

use crate::machine::{Machine, Prices};
use crate::units::GIB;
use serde::{Deserialize, Serialize};

/// What tasks cost and which sizes there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskTerms {
    /// What the provider calls them.
    pub name: String,
    /// Price of a vCPU, USD/h.
    pub usd_per_vcpu_hour: f64,
    /// Price of a GiB of memory, USD/h.
    pub usd_per_gib_hour: f64,
    /// Sizes that can be had.
    pub sizes: Vec<TaskSizes>,
}

/// Tasks with the same vCPUs and memory in even steps.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TaskSizes {
    /// vCPUs: a whole number, or a part of one.
    pub vcpus: f64,
    /// Least memory, GiB.
    pub least_gib: f64,
    /// Most memory, GiB.
    pub most_gib: f64,
    /// From one size to the next, GiB.
    pub step_gib: f64,
}

impl TaskSizes {
    /// Memory of each size, GiB.
    fn gib(self) -> impl Iterator<Item = f64> {
        let steps = ((self.most_gib - self.least_gib) / self.step_gib).round() as u32;
        (0..=steps).map(move |step| self.least_gib + f64::from(step) * self.step_gib)
    }
}

impl TaskTerms {
    /// Price of a task, USD/h: `vCPUs x price + GiB x price`.
    pub fn usd_per_hour(&self, vcpus: f64, gib: f64) -> f64 {
        vcpus * self.usd_per_vcpu_hour + gib * self.usd_per_gib_hour
    }

    /// Each size as a machine type on which the planner works as on any other, at a speed of one vCPU.
    ///
    /// A part of a vCPU is a vCPU of that part of the speed: the quota lets it work for so much of the time.
    pub fn machines(&self, provider: &str, region: &str, price_date: &str, vcpu_speed: f64) -> Vec<Machine> {
        let each = self.sizes.iter().flat_map(|sizes| sizes.gib().map(|gib| (sizes.vcpus, gib)));
        each.map(|(vcpus, gib)| Machine {
            provider: provider.to_owned(),
            region: region.to_owned(),
            instance_type: format!("{vcpus} vCPU/{gib} GiB"),
            family: self.name.clone(),
            vcpus: (vcpus as u32).max(1),
            memory_bytes: gib * GIB,
            vcpu_speed: Some(vcpu_speed * vcpus.min(1.0)),
            speed_basis: "assumed".to_owned(),
            prices: Prices::on_demand(self.usd_per_hour(vcpus, gib)),
            price_date: price_date.to_owned(),
            ..Machine::default()
        })
        .collect()
    }
}
