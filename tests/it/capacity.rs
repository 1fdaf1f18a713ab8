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

mod cost_tolerance {
    use super::*;

    /// 1,000 events/s of 10 ms are 10 cores, 14.3 of them at 70 %.
    fn machines(tolerance: f64, max_vcpus: u32, price_of_large: f64) -> (u64, String, f64) {
        let mut it = runtime("now", Deployment::Processes);
        it.cpu.consume = linear(10e-3, 0.0);
        it.cpu.handler.insert("decode".into(), linear(0.0, 0.0));
        let asked = workload(86_400e3);
        // Eight of 2 vCPUs cost 8 x 0.10 = 0.80 USD/h; two of 8 vCPUs 2 x 0.43 = 0.86, 7.5 % more.
        let [small, large] = [machine("small", 2, 8.0, 0.10), machine("large", 8, 32.0, price_of_large)];
        let policy = Policy { cost_tolerance: tolerance, max_vcpus, ..bare() };
        let problem = Problem::new(&asked, &it, None).unwrap();
        let plan = problem.cheapest(&it, &[&small, &large], policy, RangeEnd::Best).unwrap();
        (plan.count.instances, plan.machine.instance_type.clone(), plan.cheapest_usd_per_month)
    }

    #[test]
    fn fewer_machines_are_worth_a_tenth_of_the_bill() {
        let least = 8.0 * 0.10 * 730.0;
        assert_eq!(machines(0.05, 8, 0.43), (8, "small".to_owned(), least));
        assert_eq!(machines(0.10, 8, 0.43), (2, "large".to_owned(), least));
    }

    // Two of 8 vCPUs at 0.38 USD/h cost 0.76, and eight of 2 vCPUs 5 % more: large ones only where that is over the tolerance.
    #[test]
    fn large_machines_are_run_where_small_ones_cost_more_than_the_tolerance() {
        let least = 2.0 * 0.38 * 730.0;
        assert_eq!(machines(0.10, 4, 0.43), (8, "small".to_owned(), 8.0 * 0.10 * 730.0));
        assert_eq!(machines(0.10, 4, 0.38), (8, "small".to_owned(), least));
        assert_eq!(machines(0.04, 4, 0.38), (2, "large".to_owned(), least));
        assert_eq!(machines(0.10, 8, 0.38), (2, "large".to_owned(), least));
    }
}

mod several_binaries {
    use super::*;

    /// 1,000 events/s of 10 ms in a binary whose threads contend: sigma 0.1. 10 cores.
    fn binaries(tolerance: f64) -> (u64, u64, u64) {
        let mut it = runtime("now", Deployment::Threads);
        it.cpu.consume = linear(10e-3, 0.0);
        it.cpu.handler.insert("decode".into(), linear(0.0, 0.0));
        it.scaling.sigma.value = 0.1;
        let policy = Policy { cost_tolerance: tolerance, ..bare() };
        let machine = machine("m", 8, 32.0, 0.4);
        let plan = plan(&workload(86_400e3), &it, &machine, policy).unwrap();
        (plan.count.instances, plan.processes_per_instance(), plan.workers_per_instance())
    }

    #[test]
    fn they_run_where_they_save_more_than_the_tolerance_or_on_fewer_machines() {
        // One of 8 threads is worth 8 / (1 + 0.7) = 4.71 cores, 3.29 at 70 %: four machines. Two of 4 are worth
        // 2 x 4 / 1.3 = 6.15, 4.31 at 70 %: three. Four of 2 are worth 4 x 2 / 1.1 = 7.27, 5.09 at 70 %: two, half of the
        // bill. So are eight of one, and the fewest that do are run. At less on fewer machines they run at any tolerance.
        assert_eq!(binaries(0.0), (2, 4, 8));
        assert_eq!(binaries(0.9), (2, 4, 8));
        assert_eq!(binaries(1.1), (2, 4, 8));
    }
}

mod several_binaries_for_latency {
    use super::*;
    use crate::common::figure;
    use tonnage_model::runtime::FetchFigures;

    /// 20,000 events/s of 10 us, whose fetches take 50 us and 1 ms, in 1.5 ms.
    fn binaries(tolerance: f64) -> (u64, u64, f64) {
        let mut it = runtime("now", Deployment::Threads);
        it.cpu.consume = linear(10e-6, 0.0);
        it.cpu.handler.insert("decode".into(), linear(0.0, 0.0));
        it.cpu.fetch = Some(FetchFigures { core_seconds: figure(50e-6), round_trip_seconds: figure(1e-3) });
        it.scaling.sigma.value = 0.0;
        let asked = Workload { p99_seconds: Some(1.5e-3), ..workload(1728e6) };
        let policy = Policy { cost_tolerance: tolerance, ..bare() };
        let machine = machine("m", 2, 64.0, 0.1);
        let plan = plan(&asked, &it, &machine, policy).unwrap();
        (plan.count.instances, plan.processes_per_instance(), plan.cheapest_usd_per_month)
    }

    #[test]
    fn members_that_read_less_than_an_event_a_fetch_wait_for_none() {
        // Below one event a cycle of 1 ms, fetching adds F + T = 1.05 ms and not 2.05: so more than 20 members, 21
        // machines of one binary, or 11 of two at 803 USD. 10 x 2 are too few.
        assert_eq!(binaries(0.0), (11, 2, 11.0 * 0.1 * 730.0));
        let (instances, processes, compared) = binaries(0.1);
        assert_eq!((instances, processes), (11, 2));
        assert!((compared - 803.0 * 1.1).abs() < 1e-9);
        // 803 x 2 is more than 21 x 73, which is compared then; still 11 machines for less are run.
        assert_eq!(binaries(0.99), (11, 2, 21.0 * 0.1 * 730.0));
    }
}

mod several_readers {
    use super::*;
    use tonnage_model::runtime::Concurrency;

    #[test]
    fn a_plain_loop_of_a_binary_has_as_many_readers_as_it_needs() {
        // 100 events/s of 20 ms of waiting and 1 ms of CPU, one at a time: 2.1 events in flight, which at 70 % are three
        // readers; but three on two vCPUs wait for these at times, so four. One machine does, with one binary.
        let mut it = runtime("now", Deployment::Threads);
        it.cpu.consume = linear(1e-3, 0.0);
        it.cpu.handler.insert("decode".into(), linear(0.0, 0.0));
        it.scaling.sigma.value = 0.0;
        let asked = Workload {
            concurrency: Some(Concurrency::Consumer),
            in_flight: Some(1),
            io_wait_seconds: Some(20e-3),
            io_calls: Some(0.0),
            ..workload(8_640e3)
        };
        let machine = machine("m", 2, 4.0, 0.1);
        let plan = plan(&asked, &it, &machine, bare()).unwrap();
        assert_eq!((plan.count.instances, plan.count.members_per_instance), (1, 4));
        assert_eq!((plan.processes_per_instance(), plan.workers_per_instance()), (1, 2));
        // They share the binary: 1/4 of what four would be.
        assert_eq!(plan.memory().processes, it.process_bytes(2));
    }
}
