//! How many instances, on workloads small enough to see why.

use crate::common::{linear, machine, runtime, workload};
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::machine::Machine;
use tonnage_model::plan::{NoPlan, Plan};
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::runtime::{Deployment, Runtime};
use tonnage_model::workload::Workload;

/// One zone's worth of nothing to lose, and one instance at least.
fn bare() -> Policy {
    Policy { survive_zone_loss: false, min_instances: 1, ..Policy::default() }
}

fn plan<'a>(
    workload: &Workload,
    runtime: &'a Runtime,
    machine: &'a Machine,
    policy: Policy,
) -> Result<Plan<'a>, NoPlan> {
    Problem::new(workload, runtime, None).unwrap().cheapest(runtime, &[machine], policy, RangeEnd::Best)
}

mod whole_partitions {
    use super::*;

    /// 1,000 events/s of 1.345 ms, in `processes` of one core each or in one binary, and three partitions.
    fn instances(deployment: Deployment, vcpus: u32) -> u64 {
        let mut it = runtime("now", deployment);
        it.cpu.consume = linear(15e-6, 0.0);
        it.cpu.handler.insert("decode".into(), linear(0.0, 0.0));
        let topic = Topic { partitions: Some(3), skew: 1.0, ..Topic::default() };
        let asked = Workload { topic, handler_seconds: Some(1.33e-3), ..workload(86_400e3) };
        plan(&asked, &it, &machine("m", vcpus, 4.0, 0.1), bare()).unwrap().count.instances
    }

    #[test]
    fn on_machines_of_one_vcpu_each_has_its_own() {
        // Two machines: one holds two partitions, 667/s x 1.345 ms = 0.90 of its vCPU, above 0.70. Three: 0.45.
        // Halves would have been 0.67 on each of two.
        assert_eq!(instances(Deployment::Processes, 1), 3);
        assert_eq!(instances(Deployment::Threads, 1), 3);
    }

    #[test]
    fn two_fit_a_machine_that_carries_two() {
        // 1.345 cores on two vCPUs are 0.67 of them, on one machine.
        assert_eq!(instances(Deployment::Threads, 2), 1);
        // Two processes hold two partitions and one, and the busier needs 0.90 of a core: three processes, and on one
        // machine 1.345 cores of 2.
        assert_eq!(instances(Deployment::Processes, 2), 1);
    }
}
