//! Containers rented by vCPU and memory, task by task, without machines of one's own: Fargate and its like.

use crate::machine::{Machine, Prices};
use crate::units::GIB;

/// What tasks cost and which sizes there are.
#[derive(Debug, Clone, PartialEq)]
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
#[derive(Debug, Clone, Copy, PartialEq)]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Purchase;

    #[test]
    fn half_a_vcpu_is_a_vcpu_of_half_the_speed() {
        let terms = TaskTerms {
            name: "Tasks".into(),
            usd_per_vcpu_hour: 0.04,
            usd_per_gib_hour: 0.005,
            sizes: vec![
                TaskSizes { vcpus: 0.5, least_gib: 1.0, most_gib: 2.0, step_gib: 0.5 },
                TaskSizes { vcpus: 4.0, least_gib: 8.0, most_gib: 8.0, step_gib: 1.0 },
            ],
        };
        let machines = terms.machines("cloud", "here", "today", 0.6);
        let seen: Vec<_> = machines
            .iter()
            .map(|it| (it.instance_type.as_str(), it.vcpus, it.vcpu_speed.unwrap(), it.memory_bytes / GIB))
            .collect();
        assert_eq!(seen[0], ("0.5 vCPU/1 GiB", 1, 0.3, 1.0));
        assert_eq!(seen[1], ("0.5 vCPU/1.5 GiB", 1, 0.3, 1.5));
        assert_eq!(seen[2], ("0.5 vCPU/2 GiB", 1, 0.3, 2.0));
        assert_eq!(seen[3], ("4 vCPU/8 GiB", 4, 0.6, 8.0));
        // 0.5 x 0.04 + 1 x 0.005; 4 x 0.04 + 8 x 0.005.
        let price = |index: usize| machines[index].usd_per_hour(Purchase::OnDemand).unwrap();
        assert!((price(0) - 0.025).abs() < 1e-12 && (price(3) - 0.20).abs() < 1e-12);
    }
}
