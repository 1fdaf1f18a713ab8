//! Every formula against a value worked out by hand; the working stands beside it.

use crate::common::{figure, linear, machine, runtime, workload};
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::capacity::constraint::{BoundBy, Constraint};
use tonnage_model::capacity::infeasible::{Infeasible, Remedies};
use tonnage_model::capacity::sizing::{Count, Sizing};
use tonnage_model::cost::bill::{usd_per_million_events, usd_per_month};
use tonnage_model::demand::event::{DemandError, Lacking, Today, WaitBasis, base};
use tonnage_model::demand::fetch::{FetchCost, Service};
use tonnage_model::demand::vcpu::VcpuToday;
use tonnage_model::machine::{Machine, Prices, Purchase};
use tonnage_model::plan::NoPlan;
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::ranked::{greatest_first, least_first};
use tonnage_model::runtime::{Concurrency, Deployment, Discipline, FetchFigures, Member, Runtime};
use tonnage_model::scenario::compound::compounded;
use tonnage_model::uncertain::split_mix::SplitMix64;
use tonnage_model::workload::{CatchUp, Outlook, Workload};

/// A machine of a speed.
fn at(speed: f64) -> Machine {
    Machine { vcpu_speed: Some(speed), ..machine("any", 1, 4.0, 0.1) }
}

/// What an event takes today on a machine.
fn read(workload: &Workload, current: &Runtime, machine: &Machine) -> Result<Today, DemandError> {
    let machine = Some(machine);
    Today::read(workload, current, machine, VcpuToday::of(workload, current, machine, 0.5))
}

#[track_caller]
fn close(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * expected.abs().max(1e-12), "{actual} is not {expected}");
}

/// A runtime on a machine of speed 0.5: consume 10 us + 2 ns/B, decode 4 us + 6 ns/B, a call 100 us, a write
/// 20 us + 1 ns/B, 0.01 cores idle.
fn slow() -> Runtime {
    let mut it = runtime("slow", Deployment::Processes);
    it.provenance.vcpu_speed = 0.5;
    it.cpu.idle_cores = figure(0.01);
    it.cpu.consume = linear(10e-6, 2e-9);
    it.cpu.handler.insert("decode".into(), linear(4e-6, 6e-9));
    it.cpu.io_call = Some(linear(100e-6, 0.0));
    it.cpu.produce = Some(linear(20e-6, 1e-9));
    it
}

mod rates {
    use super::*;

    #[test]
    fn mean_peak_and_design() {
        let mut it = workload(8_640_000.0);
        it.peak_factor = 3.0;
        close(it.mean_rate(), 100.0);
        close(it.peak_rate(), 300.0);
        close(it.design_rate(), 300.0);
        // 30 min lost, 2 h to drain: 300 * (1 + 1800/7200) = 375.
        it.catch_up = Some(CatchUp { outage_seconds: 1800.0, drain_seconds: 7200.0 });
        close(it.design_rate(), 375.0);
    }
}

mod demand {
    use super::*;

    #[test]
    fn base_sums_its_parts_at_speed_one() {
        let mut it = workload(1e6);
        it.produces = 2.0;
        let parts = base(&it, &slow(), 3.0).unwrap();
        close(parts.consume, 0.5 * 12e-6);
        close(parts.handler_kind, 0.5 * 10e-6);
        close(parts.io_calls, 0.5 * 300e-6);
        close(parts.produce, 0.5 * 2.0 * 21e-6);
        // 0.5 * (12 + 10 + 300 + 42) = 182 us.
        close(parts.handling(), 182e-6);
    }

    #[test]
    fn a_figure_that_is_missing_is_named() {
        let mut it = workload(1e6);
        it.handler = "validate".into();
        assert_eq!(
            base(&it, &slow(), 0.0).unwrap_err().to_string(),
            "slow has no figure for handler kind \"validate\" (it has decode)"
        );
        it.handler = "decode".into();
        let mut bare = slow();
        bare.cpu.io_call = None;
        bare.cpu.produce = None;
        assert!(base(&it, &bare, 0.0).is_ok());
        assert_eq!(base(&it, &bare, 1.0).unwrap_err().lacking, Lacking::IoCall);
        it.produces = 0.5;
        assert_eq!(base(&it, &bare, 0.0).unwrap_err().lacking, Lacking::Produce);
    }

    #[test]
    fn a_handler_time_splits_into_wait_and_cpu() {
        let mut it = workload(1e6);
        it.handler_seconds = Some(10e-3);
        it.io_ratio = 0.8;
        let today = read(&it, &slow(), &at(0.8)).unwrap();
        close(today.wait_seconds, 8e-3);
        assert_eq!(today.wait_basis, WaitBasis::ShareOfHandler);
        close(today.io_calls, 1.0);
        // (10 - 8) ms * 0.8 - 1 call * 100 us * 0.5 = 1.6 ms - 0.05 ms.
        close(today.handler_core_seconds, 1.55e-3);
    }

    #[test]
    fn a_given_wait_stands_instead_of_the_ratio() {
        let mut it = workload(1e6);
        it.handler_seconds = Some(10e-3);
        it.io_ratio = 0.8;
        it.io_wait_seconds = Some(4e-3);
        it.io_calls = Some(2.0);
        let today = read(&it, &slow(), &at(1.0)).unwrap();
        close(today.wait_seconds, 4e-3);
        // (10 - 4) ms - 2 * 50 us.
        close(today.handler_core_seconds, 5.9e-3);
        it.io_wait_seconds = Some(11e-3);
        let error = read(&it, &slow(), &at(1.0)).unwrap_err();
        assert_eq!(error, DemandError::WaitExceedsHandler { wait_seconds: 11e-3, handler_seconds: 10e-3 });
    }

    #[test]
    fn own_cpu_is_never_below_zero() {
        let mut it = workload(1e6);
        it.handler_seconds = Some(1e-5);
        it.io_ratio = 0.5;
        // 5 us of waiting are no call.
        let today = read(&it, &slow(), &at(1.0)).unwrap();
        close(today.io_calls, 0.0);
        close(today.handler_core_seconds, 5e-6);
        // A call of 50 us takes no more than the 5 us that the handler works, and as small a part elsewhere.
        it.io_calls = Some(1.0);
        let today = read(&it, &slow(), &at(1.0)).unwrap();
        close(today.handler_core_seconds, 0.0);
        close(today.demand_in(&it, &slow(), 1.0).unwrap().io_calls, 5e-6);
    }

    #[test]
    fn a_ratio_alone_infers_the_wait_from_cpu() {
        let mut it = workload(1e6);
        it.io_ratio = 0.75;
        // base(0) = 0.5 * 22 us = 11 us at speed 1; 13.75 us at speed 0.8; times 0.75/0.25.
        let today = read(&it, &slow(), &at(0.8)).unwrap();
        close(today.wait_seconds, 3.0 * 13.75e-6);
        assert_eq!(today.wait_basis, WaitBasis::InferredFromCpu);
        close(today.handler_core_seconds, 0.0);
    }

    #[test]
    fn observed_cores_leave_the_handler_what_the_profile_does_not_take() {
        let mut it = workload(8_640_000.0); // 100 events/s
        it.observed_cores = Some(0.6);
        it.current_processes = Some(8);
        it.io_ratio = 0.5;
        it.io_calls = Some(1.0);
        let today = read(&it, &slow(), &at(1.0)).unwrap();
        // o = (0.6 - 8 * 0.01 * 0.5/1.0)/100 = 5.6 ms; w = 0.5/0.5 * o.
        close(today.wait_seconds, 5.6e-3);
        // H = 5.6 ms - base(1 call) = 5.6 ms - 0.5 * (12 + 10 + 100) us.
        close(today.handler_core_seconds, 5.6e-3 - 61e-6);
    }

    /// Handled 1.5 times.
    fn retried() -> Workload {
        Workload {
            outlook: Outlook { attempts_per_event: 1.5, ..Outlook::default() },
            ..workload(8_640_000.0)
        }
    }

    #[test]
    fn each_attempt_handles_calls_and_waits_and_reading_and_writing_are_done_once() {
        let mut it = retried();
        it.produces = 2.0;
        it.handler_seconds = Some(10e-3);
        it.io_ratio = 0.8;
        let today = read(&it, &slow(), &at(0.8)).unwrap();
        close(today.wait_seconds, 1.5 * 8e-3);
        close(today.io_calls, 1.0);
        // 1.5 times the 1.55 ms of one attempt.
        close(today.handler_core_seconds, 1.5 * 1.55e-3);
        let demand = today.demand_in(&it, &slow(), 1.0).unwrap();
        close(demand.consume, 0.5 * 12e-6);
        close(demand.handler_kind, 1.5 * 0.5 * 10e-6);
        close(demand.io_calls, 1.5 * 0.5 * 100e-6);
        close(demand.own_code, 1.5 * 1.55e-3);
        close(demand.produce, 0.5 * 2.0 * 21e-6);
    }

    #[test]
    fn cores_observed_have_all_attempts_in_them() {
        let mut it = retried();
        it.observed_cores = Some(0.6);
        it.current_processes = Some(8);
        it.io_ratio = 0.5;
        it.io_calls = Some(1.0);
        // 5.6 ms an event and as long a wait, as with one attempt; the profile takes 0.5 * (12 + 1.5 * (10 + 100)) us of it.
        let today = read(&it, &slow(), &at(1.0)).unwrap();
        close(today.wait_seconds, 5.6e-3);
        close(today.handler_core_seconds, 5.6e-3 - 88.5e-6);
        close(today.demand_in(&it, &slow(), 1.0).unwrap().handling(), 5.6e-3);
        // The half that is not native code goes ten times as fast; kind and calls are the other's, 1.5 times.
        it.native_share = 0.5;
        let demand = today.demand_in(&it, &slow(), 0.1).unwrap();
        close(demand.handling(), 0.55 * (5.6e-3 - 88.5e-6) + 88.5e-6);
    }

    #[test]
    fn a_wait_from_cpu_is_that_of_all_attempts() {
        let mut it = retried();
        it.io_ratio = 0.75;
        // base(0) = 0.5 * (12 + 1.5 * 10) us = 13.5 us; times 0.75/0.25.
        close(read(&it, &slow(), &at(1.0)).unwrap().wait_seconds, 3.0 * 13.5e-6);
    }

    #[test]
    fn the_wait_of_one_attempt_may_be_all_of_its_time() {
        let mut it = retried();
        it.handler_seconds = Some(10e-3);
        it.io_wait_seconds = Some(10e-3);
        let today = read(&it, &slow(), &at(1.0)).unwrap();
        close(today.wait_seconds, 15e-3);
        assert_eq!(today.handler_core_seconds, 0.0);
        it.io_wait_seconds = Some(11e-3);
        let error = read(&it, &slow(), &at(1.0)).unwrap_err();
        assert_eq!(error, DemandError::WaitExceedsHandler { wait_seconds: 11e-3, handler_seconds: 10e-3 });
    }

    #[test]
    fn a_floor_above_what_was_observed_leaves_nothing() {
        let mut it = workload(8_640_000.0);
        it.observed_cores = Some(0.0005);
        let today = read(&it, &slow(), &at(1.0)).unwrap();
        // (0.0005 - 0.005) is cut off at 0.
        assert_eq!([today.handler_core_seconds, today.carried.core_seconds], [0.0; 2]);
    }

    #[test]
    fn another_runtime_speeds_up_only_what_is_not_native() {
        let mut it = workload(1e6);
        it.handler_seconds = Some(1e-3);
        it.native_share = 0.25;
        let mut fast = slow();
        fast.name = "fast".into();
        fast.language = "fast".into();
        fast.language.own_code = figure(0.1);
        let current = slow();
        let problem = Problem::new(&it, &current, None).unwrap();
        // v_now is the profile's own 0.5: H = 1 ms * 0.5.
        close(problem.today.handler_core_seconds, 0.5e-3);
        let factor = problem.own_code_factor(&fast, RangeEnd::Best);
        close(factor, 0.1);
        let demand = problem.today.demand_in(&it, &fast, factor).unwrap();
        // 0.5 ms * (0.25 + 0.75 * 0.1), and the base of 11 us.
        close(demand.own_code, 0.5e-3 * 0.325);
        close(demand.handling(), 0.5e-3 * 0.325 + 11e-6);
    }

    #[test]
    fn the_range_of_own_code() {
        let it = workload(1e6);
        let mut current = slow();
        current.language.own_code.low = 0.8;
        current.language.own_code.high = 1.25;
        let mut fast = slow();
        fast.name = "fast".into();
        fast.language = "fast".into();
        fast.language.own_code = figure(0.1);
        fast.language.own_code.low = 0.05;
        fast.language.own_code.high = 0.4;
        let problem = Problem::new(&it, &current, None).unwrap();
        close(problem.own_code_factor(&fast, RangeEnd::Low), 0.05 / 1.25);
        close(problem.own_code_factor(&fast, RangeEnd::High), 0.4 / 0.8);
        close(problem.own_code_factor(&current, RangeEnd::High), 1.0);
    }
}

fn on(instances: u64, members_per_instance: u64) -> Count {
    Count { instances, members_per_instance }
}

/// A workload of `rate` events/s in a runtime that takes 1 ms of CPU for an event, on machines of 4 vCPUs
/// and 8 GiB.
fn sizing(rate: f64, deployment: Deployment, change: impl FnOnce(&mut Sizing)) -> Sizing {
    let it = workload(rate * 86_400.0);
    let mut sizing = Sizing::new(
        &it,
        &runtime("it", deployment),
        &machine("m", 4, 8.0, 0.1),
        1.0,
        Service { handling_seconds: 1e-3, fetch: FetchCost::default() },
        0.0,
        Policy::default(),
    );
    change(&mut sizing);
    sizing
}

/// The least number of instances, and what sets it.
fn set_by(it: &Sizing) -> (u64, BoundBy) {
    let instances = it.count().unwrap().instances;
    (instances, it.bound_by(instances))
}

mod capacity {
    use super::*;
    use Deployment::{Processes, Threads};

    #[test]
    fn what_a_member_takes() {
        // (1 - 0.1)/1 ms; threads: (4/(1 + 0.1*3) - 0.1)/1 ms.
        close(sizing(1.0, Processes, |it| it.idle_cores = 0.1).member_rate(), 900.0);
        let threads = sizing(1.0, Threads, |it| {
            it.idle_cores = 0.1;
            it.worth = 1.0 / 1.3;
        });
        close(threads.member_rate(), (4.0 / 1.3 - 0.1) * 1000.0);
    }

    /// 1 ms of CPU and 1 ms of waiting.
    #[test]
    fn what_places_for_events_in_flight_take() {
        let it = sizing(300.0, Processes, |it| {
            it.vcpus = 2;
            it.policy.system_cores = 0.0;
            it.wait_seconds = 1e-3;
            it.concurrency = Concurrency::Consumer;
            it.in_flight = 2;
        });
        // Two places on a core: it is idle for (1/2)/(1 + 1 + 1/2).
        close(it.holder_rate(1, 2).unwrap(), 800.0);
        // Half of 300/s of 800/s are 0.375 places of two; 150/s x 2 ms are 0.3.
        close(it.in_flight_load(300.0, 1, 2), 0.375);
        close(it.least_in_flight(300.0, 2), 0.3);
        // Four of one place on two cores: of 0 to 4 at work 1, 4, 6, 6, 3; (4 + 2 x 15)/20 cores are busy.
        let ones = Sizing { in_flight: 1, ..it.clone() };
        close(ones.holder_rate(1, 4).unwrap(), 34.0 / 20.0 * 1000.0 / 4.0);
        // 6 partitions on two members are three each, with six places on a core of its own, of which one has two.
        let topic = Topic { partitions: Some(6), ..Topic::default() };
        let by_partition = Sizing { concurrency: Concurrency::Partition, topic, ..it };
        let idle = 1.0 / (1.0 + 6.0 + 30.0 + 120.0 + 360.0 + 720.0 + 720.0);
        close(by_partition.holder_rate(1, 2).unwrap(), (1.0 - idle) * 1000.0 / 3.0);
    }

    #[test]
    fn service_time_and_idling_follow_the_machine() {
        let mut python = slow();
        python.provenance.vcpu_speed = 0.5;
        let it = workload(1e6);
        let service = base(&it, &python, 0.0).unwrap().on(0.8);
        let sizing =
            Sizing::new(&it, &python, &machine("m", 2, 4.0, 0.1), 0.8, service, 0.0, Policy::default());
        close(sizing.service.handling_seconds, 13.75e-6);
        close(sizing.idle_cores, 0.01 * 0.5 / 0.8);
        // 1 KB event, 100 MiB a process, 1000 B + 2 x 1000 B an event in flight.
        close(sizing.process_bytes, 100.0 * 1_048_576.0);
        close(sizing.in_flight_event_bytes, 3000.0);
        close(sizing.bits_per_event, 8000.0);
    }

    #[test]
    fn the_least_processes_that_carry_the_peak() {
        // 2,000/s at 1 ms are 2 cores. With both up: 1,000 an instance over 0.7 * 1,000 a process: 2 each.
        // With one alive: 2,000 over 0.9 * 1,000: 3 on it, so W = 3.
        let it = sizing(2000.0, Processes, |_| {});
        let count = it.count().unwrap();
        assert_eq!((count.instances, count.members_per_instance), (2, 3));
        assert_eq!(it.bound_by(count.instances), BoundBy::Minimum);
        // 2,000 * 1 ms / 2 over 4 vCPUs.
        close(it.cpu_at_peak(on(2, 3), 0.0), 0.25);
    }

    #[test]
    fn utilization_counts_idling() {
        let busy = sizing(2000.0, Processes, |it| it.idle_cores = 0.02);
        close(busy.cpu_at_peak(on(2, 3), 0.0), (1.0 + 0.06) / 4.0);
        let threads = sizing(2000.0, Threads, |it| {
            it.idle_cores = 0.02;
            it.worth = 0.8;
        });
        close(threads.cpu_at_peak(on(2, 1), 0.0), (1.0 * 4.0 / 3.2 + 0.02) / 4.0);
    }

    #[test]
    fn a_lost_zone_sets_the_count() {
        // 10,000/s are 10 cores. All up, 0.7: n >= 3.57, so 4. Zone, 0.9: alive 2.78, so alive 3 and n 5.
        let it = sizing(10_000.0, Threads, |_| {});
        assert_eq!(set_by(&it), (5, BoundBy::Constraint(Constraint::Zone)));
    }

    #[test]
    fn cores_set_the_count_without_zones() {
        let it = sizing(10_000.0, Threads, |it| it.policy.survive_zone_loss = false);
        assert_eq!(set_by(&it), (4, BoundBy::Constraint(Constraint::Cpu)));
    }

    #[test]
    fn a_backlog_sets_the_count() {
        // 10,000/s doubled: 20 cores at 0.9: n >= 5.56, so 6.
        let it = sizing(10_000.0, Threads, |it| it.design_rate = 20_000.0);
        assert_eq!(set_by(&it), (6, BoundBy::Constraint(Constraint::CatchUp)));
    }

    #[test]
    fn whole_partitions_waste_members() {
        // 7 partitions on n binaries, 7,000/s: n = 4 has ceil(7/4) = 2 of 7, 2,000/s on one of 4,000 * 0.7;
        // alive(4) = 2: 4 of 7 is 4,000 > 3,600. n = 5: alive 3, 3 of 7 is 3,000.
        let it = sizing(7000.0, Threads, |it| {
            it.topic = Topic { partitions: Some(7), skew: 1.0, ..Topic::default() };
            it.in_flight = 10;
        });
        let count = it.count().unwrap();
        assert_eq!(
            (count.instances, it.bound_by(count.instances)),
            (5, BoundBy::Constraint(Constraint::Zone))
        );
        // 7,000 * 1 ms over 0.7 * 10 in flight is 1; 7,000 over 0.7 * 4,000 is 2.5; 5 members ask for 5.
        assert_eq!(it.partitions_required(count.members(), 0.0), Some(5));
    }

    #[test]
    fn consumers_wait_on_one_event_at_a_time() {
        // 100/s, 1 ms CPU and 99 ms wait: 10 events in flight. Each consumer holds 0.7: 15 in all, and 12
        // alive at 0.9: W = 12 on each of two.
        let it = sizing(100.0, Processes, |it| {
            it.wait_seconds = 99e-3;
            it.concurrency = Concurrency::Consumer;
        });
        let count = it.count().unwrap();
        assert_eq!((count.instances, count.members_per_instance), (2, 12));
        // 12 processes of 100 MiB, and of 3,000 B each 100/1 * (10 * 1 ms + 99 ms) = 10.9 events, less than 12.
        close(it.memory(2, 12).peak(), 12.0 * 104_857_600.0 + 10.9 * 3000.0);
        close(it.memory(2, 12).processes, 12.0 * 104_857_600.0);
        // 100 * 0.1 s over 0.7 are 15 partitions; members are 24.
        assert_eq!(it.partitions_required(count.members(), 0.0), Some(24));
    }

    #[test]
    fn the_in_flight_limit_sets_the_count_of_single_binaries() {
        // The same in threads: one event an instance, 10 in progress: n >= 14.3 all up; alive(n) >= 11.1, so
        // 12 alive of 18.
        let waiting = |it: &mut Sizing| {
            it.wait_seconds = 99e-3;
            it.concurrency = Concurrency::Consumer;
        };
        let it = sizing(100.0, Threads, waiting);
        assert_eq!(set_by(&it), (18, BoundBy::Constraint(Constraint::Zone)));
        let it = sizing(100.0, Threads, |it| {
            waiting(it);
            it.policy.survive_zone_loss = false;
        });
        assert_eq!(set_by(&it), (15, BoundBy::Constraint(Constraint::InFlight)));
    }

    #[test]
    fn a_backlog_fills_the_in_flight_limit() {
        // 100/s of 0.1 s, one event an instance: 10 in progress all up (n = 15 at 0.7), 30 while draining three
        // times that at 0.9: n = 34.
        let it = sizing(100.0, Threads, |it| {
            it.wait_seconds = 99e-3;
            it.concurrency = Concurrency::Consumer;
            it.policy.survive_zone_loss = false;
            it.design_rate = 300.0;
        });
        assert_eq!(set_by(&it), (34, BoundBy::Constraint(Constraint::CatchUp)));
    }

    #[test]
    fn events_in_flight_and_memory() {
        // R = max(L/alive, Ld/n) = max(2000/2, 3000/3) = 1000; A = 1000 * (10 * 1 ms + 90 ms) = 100.
        let open = sizing(2000.0, Processes, |it| {
            it.wait_seconds = 90e-3;
            it.design_rate = 3000.0;
        });
        close(open.events_in_flight(3, 5), 100.0);
        close(open.memory(3, 5).peak(), 5.0 * 104_857_600.0 + 100.0 * 3000.0);
        // Capped by m P = 2 * 20, then by m W = 2 * 5.
        let capped = Sizing {
            in_flight: 2,
            topic: Topic { partitions: Some(20), skew: 1.0, ..Topic::default() },
            ..open
        };
        close(capped.events_in_flight(3, 5), 40.0);
        let by_consumer = Sizing { concurrency: Concurrency::Consumer, ..capped };
        close(by_consumer.events_in_flight(3, 5), 10.0);
        // One instance has none alive when its zone is lost: R = Ld/n.
        close(
            Sizing {
                topic: Topic { partitions: None, skew: 1.0, ..Topic::default() },
                ..by_consumer.clone()
            }
            .network_bits(1),
            3000.0 * 8000.0,
        );
    }

    #[test]
    fn memory_sets_the_count() {
        // An event of 10 MB for 1 s: 1,000/s hold R * 1.01 s * 10 MB; 0.85 * 8 GiB take 730.2 events, so
        // R <= 722.9: alive(n) >= 2 (1.38), n = 3; Ld/n would take 2.
        let it = sizing(1000.0, Threads, |it| {
            it.wait_seconds = 1.0;
            it.in_flight = 100_000;
            it.in_flight_event_bytes = 1e7;
            it.process_bytes = 0.0;
        });
        assert_eq!(set_by(&it), (3, BoundBy::Constraint(Constraint::Memory)));
        close(it.memory(3, 1).peak(), 500.0 * 1.01 * 1e7);
    }

    #[test]
    fn network_sets_the_count() {
        // 1,000/s of 100 KB are 0.8 Gbit/s; 0.7 of 0.5 Gbit/s is 0.35: alive(n) >= 2.29, so 3 of 5.
        let it = sizing(1000.0, Threads, |it| {
            it.bits_per_event = 8e5;
            it.network_bits_per_second = Some(0.5e9);
        });
        assert_eq!(set_by(&it), (5, BoundBy::Constraint(Constraint::Network)));
    }

    #[test]
    fn a_goal_sets_the_count() {
        // One vCPU, M/M/1: p99 = 4.605/(1000 - 1000/n) <= 5.5 ms asks for 1000/n <= 162.7, so n = 7.
        let it = sizing(1000.0, Threads, |it| {
            it.vcpus = 1;
            it.in_flight = 1000;
            it.goal_seconds = Some(5.5e-3);
        });
        assert_eq!(set_by(&it), (7, BoundBy::Constraint(Constraint::Latency)));
        close(it.percentile(on(7, 1), 0.0), -(0.01f64.ln()) / (1000.0 - 1000.0 / 7.0));
    }
}

mod latency {
    use super::*;
    use Deployment::{Processes, Threads};

    #[test]
    fn processes_queue_alone_up_to_the_vcpus_and_together_beyond() {
        let it = sizing(2000.0, Processes, |_| {});
        let alone = it.core_queue(2, 4);
        assert_eq!((alone.servers, alone.arrival_rate), (1, 250.0));
        let together = it.core_queue(2, 5);
        assert_eq!((together.servers, together.arrival_rate), (4, 1000.0));
    }

    #[test]
    fn threads_are_stretched_by_contention() {
        let it = sizing(2000.0, Threads, |it| {
            it.worth = 0.8;
            it.wait_seconds = 5e-3;
        });
        let queue = it.core_queue(2, 1);
        assert_eq!((queue.servers, queue.arrival_rate), (4, 1000.0));
        close(queue.service_seconds, 1e-3 * 4.0 / 3.2);
        close(queue.own_seconds, 1.25e-3 + 5e-3);
    }

    // 4 vCPUs are worth 3.2, so 1 ms of CPU takes 1.25 ms of a core, and with 5 ms of waiting an event is in flight for 6.25 ms: of
    // an exponential wait and CPU, with scv (1.25^2 + 5^2) / 6.25^2 = 0.68.
    #[test]
    fn an_event_is_in_flight_as_long_as_its_cpu_takes_of_a_core() {
        let it = sizing(2000.0, Threads, |it| {
            (it.worth, it.wait_seconds, it.in_flight, it.batch) = (0.8, 5e-3, 2, 10);
            it.topic = Topic { partitions: Some(20), ..Topic::default() };
        });
        let queue = it.in_flight_queue(2, 1, 0.0);
        // 100/s a partition come in ten calls, each of which takes as long as its ten events.
        assert_eq!((queue.servers, queue.arrival_rate), (2, 10.0));
        close(queue.service_seconds, 62.5e-3);
        close(queue.own_seconds, 62.5e-3);
        close(queue.scv, 0.68);
        close(queue.own_scv, 0.68);
        close(it.call_seconds(), 62.5e-3);
        // Of 100/s, 0.625 are in flight on average; of 1,000/s on an instance, 10 x 1.25 ms + 5 ms each, in calls of ten.
        close(it.least_in_flight(2000.0, 2), 0.625);
        let alone = Sizing { policy: Policy { survive_zone_loss: false, ..it.policy }, ..it };
        close(alone.events_in_flight(2, 1), 1000.0 * 17.5e-3 * 10.0);
    }

    #[test]
    fn the_in_flight_queue_of_each_kind() {
        let base = sizing(2000.0, Processes, |it| {
            it.wait_seconds = 9e-3;
            it.in_flight = 3;
        });
        let given = Topic { partitions: Some(20), skew: 2.0, ..Topic::default() };
        // Per partition: the hottest has 2/20 of 2,000.
        let per_partition = Sizing { topic: given, ..base.clone() }.in_flight_queue(2, 4, 0.0);
        assert_eq!(per_partition.servers, 3);
        close(per_partition.arrival_rate, 200.0);
        close(per_partition.service_seconds, 10e-3);
        // Per consumer: 8 members, the busiest with 3 partitions: (2 + 2 * 18/19)/20.
        let consumer = Sizing { topic: given, concurrency: Concurrency::Consumer, ..base.clone() };
        close(consumer.in_flight_queue(2, 4, 0.0).arrival_rate, 2000.0 * (2.0 + 36.0 / 19.0) / 20.0);
        // Free partitions: 2,000 * 10 ms / (0.7 * 3) = 9.52, so 10, and 16 for 8 members; 2,000/16 each.
        close(base.in_flight_queue(2, 4, 0.0).arrival_rate, 125.0);
    }
}

/// A fetch of 2 ms every 10 ms at most, on top of the 1 ms of an event.
mod fetch {
    use super::*;
    use Deployment::{Processes, Threads};

    fn fetching(rate: f64, deployment: Deployment, change: impl FnOnce(&mut Sizing)) -> Sizing {
        let fetch = FetchCost { core_seconds: 2e-3, round_trip_seconds: 10e-3 };
        sizing(rate, deployment, |it| {
            it.service.fetch = fetch;
            change(it);
        })
    }

    /// [`slow`] with a fetch of 300 us every 5 ms.
    fn slow_fetching() -> Runtime {
        let mut it = slow();
        it.cpu.fetch = Some(FetchFigures { core_seconds: figure(300e-6), round_trip_seconds: figure(5e-3) });
        it
    }

    #[test]
    fn a_profile_is_carried_to_another_machine() {
        let demand = base(&workload(1e6), &slow_fetching(), 0.0).unwrap();
        close(demand.handling(), 11e-6);
        // 100/s * 5 ms = 0.5 arrive meanwhile, 0.5 * 300 us at speed 1.
        let share = 150e-6 / (0.5 + (-0.5f64).exp());
        close(demand.total_at(100.0, 1.0, 0.8, 0.0), 11e-6 + share);
        close(demand.on(0.8).seconds_at(100.0, 1.0, 0.0), (11e-6 + share) / 0.8);
        // The round trip is no CPU: it stays.
        close(demand.on(0.8).fetch.round_trip_seconds, 5e-3);
        // 0.0011 of a core are 0.00088 core-s a second at speed 1, of which 80 events take 11 us each.
        close(demand.total_at(80.0, 1.1e-3, 0.8, 0.0), 11e-6);
        close(demand.total_at(50.0, 1.1e-3, 0.8, 0.0), 17.6e-6);
    }

    #[test]
    fn todays_members_fetch_at_their_rate() {
        let mut it = workload(8_640_000.0 * 2.0); // 200 events/s
        it.current_processes = Some(2);
        it.io_ratio = 0.5;
        // 100/s each: base(0) = 11 us and the share above, and as long a wait.
        let share = 150e-6 / (0.5 + (-0.5f64).exp());
        close(read(&it, &slow_fetching(), &at(1.0)).unwrap().wait_seconds, 11e-6 + share);
        it.observed_cores = Some(0.21);
        it.io_calls = Some(0.0);
        // o = (0.21 - 2 * 0.01 * 0.5)/200 = 1 ms.
        let own =
            |it: &Workload, runtime: &Runtime| read(it, runtime, &at(1.0)).unwrap().handler_core_seconds;
        close(own(&it, &slow_fetching()), 1e-3 - 11e-6 - share);
        // Of binaries of threads one runs on each instance, unless somebody says how many.
        let threads = Runtime { deployment: Threads, ..slow_fetching() };
        close(it.member_rate_today(it.members_today(Member::Binary, None)), 100.0);
        (it.current_processes, it.current_instances) = (None, Some(4));
        // 50/s; o = (0.21 - 4 * 0.01 * 0.5)/200 = 0.95 ms.
        close(own(&it, &threads), 0.95e-3 - 11e-6 - 150e-6 / (0.25 + (-0.25f64).exp()));
    }

    /// What cores leave to own code is least beside fetches that never wait, and plans carry the most.
    #[test]
    fn plans_carry_the_most_that_cores_may_leave() {
        let mut it = workload(8_640_000.0 * 2.0); // 200 events/s
        it.current_instances = Some(2);
        it.observed_cores = Some(2.5);
        let today = read(&it, &slow_fetching(), &at(1.0)).unwrap();
        // 3 processes fetch: 200/3 s each, o = (2.5 - 3 * 0.01 * 0.5)/200.
        close(today.members, 3.0);
        let share = 150e-6 / (1.0 / 3.0 + (-1.0f64 / 3.0).exp());
        close(today.handler_core_seconds, (2.5 - 0.015) / 200.0 - 11e-6 - share);
        // No more than 2.5 that are busy, each asking every 5 + 100 ms: 150 us / (80/s * 105 ms).
        close(today.carried.members, 2.5);
        close(today.carried.fetch_wait_seconds, 0.1);
        close(today.carried.core_seconds, (2.5 - 0.0125) / 200.0 - 11e-6 - 150e-6 / 8.4);
        // Given, both are what they are.
        it.current_processes = Some(3);
        it.current_fetch_wait_seconds = Some(0.0);
        let given = read(&it, &slow_fetching(), &at(1.0)).unwrap();
        assert_eq!(given.carried.core_seconds, given.handler_core_seconds);
        // Of a handler that was timed, cores count for what they leave beside fetches that never wait.
        it.current_fetch_wait_seconds = None;
        it.handler_seconds = Some(12.3e-3);
        let timed = read(&it, &slow_fetching(), &at(1.0)).unwrap();
        close(timed.carried.core_seconds, 12.3e-3);
    }

    /// 120,000 events/s at 5.6 us each drain a backlog, though F/T = 0.41 cores go into fetches at a lower rate.
    #[test]
    fn what_a_member_carries_is_a_matter_of_handling() {
        let it = sizing(80_000.0, Processes, |it| {
            it.service.handling_seconds = 5.6e-6;
            it.service.fetch = FetchCost { core_seconds: 0.58e-3, round_trip_seconds: 1.4e-3 };
        });
        close(it.member_rate(), 1.0 / 5.6e-6);
        // 80,000/s take 0.448 of a core and the fetches 0.414; 120,000/s leave 0.328 for them.
        close(it.cpu_at_peak(on(1, 1), 0.0) * 4.0, 0.448 + 0.58 / 1.4);
        let full = Sizing { peak_rate: 120_000.0, ..it };
        close(full.cpu_at_peak(on(1, 1), 0.0) * 4.0, 1.0);
        close(full.service_at(full.peak_rate, on(1, 1), 0.0), 1.0 / 120_000.0);
    }

    #[test]
    fn a_fetch_leaves_the_count_as_it_is() {
        for (rate, deployment) in [(1200.0, Processes), (9000.0, Threads)] {
            let it = |core_seconds: f64| {
                fetching(rate, deployment, |it| it.service.fetch.core_seconds = core_seconds)
            };
            let (without, with) = (it(0.0), it(5e-3));
            let count = with.count().unwrap();
            assert_eq!(without.count().unwrap(), count);
            let required = |it: &Sizing| it.partitions_required(count.members(), 0.0);
            assert_eq!(required(&with), required(&without));
            let busy = |it: &Sizing| it.cpu_at_peak(count, 0.0);
            assert!(busy(&with) > busy(&without));
            let p99 = |it: &Sizing| it.percentile(count, 0.0);
            assert!(p99(&with) > p99(&without) + 4.9e-3);
        }
    }

    #[test]
    fn utilization_shows_the_fetches_of_the_mean_member() {
        let it = fetching(1200.0, Processes, |_| {});
        // 1200 / (2 * 3) = 200/s a member: 2 ms over 2 + exp(-2) events.
        close(it.mean_member_rate(it.peak_rate, on(2, 3)), 200.0);
        close(it.cpu_at_peak(on(2, 3), 0.0), 600.0 * (1e-3 + 2e-3 / (2.0 + (-2.0f64).exp())) / 4.0);
        // Eight processes share 4 vCPUs, so each has half of one.
        let crowded = fetching(6400.0, Processes, |it| it.service.fetch.core_seconds = 8e-3);
        close(crowded.cpu_at_peak(on(2, 8), 0.0), 1.0);
        // Threads read as one, and contention stretches all.
        let threads = fetching(1200.0, Threads, |it| it.worth = 0.8);
        close(threads.cpu_at_peak(on(2, 1), 0.0), 600.0 * (1e-3 + 2e-3 / (6.0 + (-6.0f64).exp())) / 3.2);
    }

    #[test]
    fn a_wait_has_a_spread_of_its_own() {
        // 1 ms of CPU with scv 1 and 20 ms of waiting for calls of one length: (1 x 1 + 0 x 400) / 21^2.
        let quiet = fetching(1e-6, Processes, |it| {
            (it.wait_seconds, it.wait_scv) = (20e-3, 0.0);
        });
        close(quiet.own_scv(), 1.0 / 441.0);
        // Constant but for 1 ms: 20 ms and an exponential of 1 ms, after the fetch and its round trip of 12 ms.
        assert!((quiet.percentile(on(2, 1), 0.0) - (12e-3 + 20e-3 + 1e-3 * 100f64.ln())).abs() < 1e-6);
        // Of an exponential wait too, of which 21 ms r are exponential: r^2 = (1 x 1 + 1 x 400) / 21^2.
        let waits = Sizing { wait_scv: 1.0, ..quiet };
        let spread = 21e-3 * (401f64 / 441.0).sqrt();
        let p99 = 12e-3 + 21e-3 - spread + spread * 100f64.ln();
        assert!((waits.percentile(on(2, 1), 0.0) - p99).abs() < 1e-6);
    }

    #[test]
    fn the_spread_of_a_wait_is_that_of_its_calls() {
        // Batches of 10, tried twice: 2 x 20 ms / 10 = 4 ms an event of calls of 20 ms, of which 10 are exponential.
        let p99 = Some(10e-3 + 10e-3 * 100f64.ln());
        let mut it = Workload { batch_size: 10, io_wait_p99_seconds: p99, ..workload(1e6) };
        it.outlook.attempts_per_event = 2.0;
        close(it.wait_scv(4e-3), 0.25);
        it.io_wait_p99_seconds = None;
        close(it.wait_scv(4e-3), 1.0);
    }

    #[test]
    fn a_fetch_delays_in_whole_and_loads_nothing() {
        let it = fetching(1200.0, Processes, |it| it.wait_seconds = 5e-3);
        let alone = it.core_queue(2, 2);
        assert_eq!((alone.servers, alone.arrival_rate), (1, 300.0));
        close(alone.utilization(), 300.0 * 1e-3);
        close(alone.own_seconds, 6e-3);
        let threads = fetching(1200.0, Threads, |it| it.worth = 0.8);
        close(threads.core_queue(2, 1).utilization(), 600.0 * 1e-3 / 3.2);
        // No load: the fetch and its round trip of 10 ms, and 1 ms and 5 ms, both exponential, of which 6 ms r are: r^2 = (1 + 25) / 36.
        let quiet = fetching(1e-6, Processes, |it| it.wait_seconds = 5e-3);
        let spread = 6e-3 * (26f64 / 36.0).sqrt();
        assert!(
            (quiet.percentile(on(2, 1), 0.0) - (12e-3 + 6e-3 + spread * (100f64.ln() - 1.0))).abs() < 1e-6
        );
        close(quiet.fetch_delay(on(2, 1), 0.0), 12e-3);
        // 300/s bring 3 events in 10 ms, and an event waits for the fetch under way: 12 + 10 ms.
        close(it.fetch_delay(on(2, 2), 0.0), 22e-3);
        // Fetches that wait 20 ms come every 30 ms, of which handling takes 0.3: 9 ms for three partitions, 3 ms each. The last
        // is done at most 36 ms after an event of it came, and 0.01 x 3 of a width of 27 ms are the last 0.81 ms: 35.19 ms.
        let topic = Topic { partitions: Some(12), ..Topic::default() };
        let fair = Sizing { discipline: Discipline::Fair, topic, ..it };
        close(fair.fetch_delay(on(2, 2), 20e-3), 12e-3 + 35.19e-3);
        // Where they wait for the batch before as well, but for one of its 9 events, they come every 30 / (1 - 0.3 x 8/9) ms.
        let gated = Sizing {
            discipline: Discipline::Gated,
            in_flight: 1,
            concurrency: Concurrency::Consumer,
            wait_seconds: 0.0,
            ..fair
        };
        close(gated.fetch_delay(on(2, 2), 20e-3), 12e-3 + 35.19e-3 / (1.0 - 0.3 * 8.0 / 9.0));
        // 990/s leave 0.01 of a core, of which 2 ms take 200 ms.
        let busy = fetching(3960.0, Processes, |_| {});
        close(busy.fetch_delay(on(2, 2), 0.0), 12e-3 + 200e-3);
    }

    #[test]
    fn a_wait_takes_less_cpu() {
        // 200/s a member: 2 ms over 200/s (10 + 20) ms = 6 events.
        let it = fetching(1200.0, Processes, |_| {});
        close(it.cpu_at_peak(on(2, 3), 20e-3), 600.0 * (1e-3 + 2e-3 / 6.0) / 4.0);
        // Of 2 partitions only two members read, 600/s each: 2 ms over 6 events at B = 0, and they may use a core.
        let two = Sizing { topic: Topic { partitions: Some(2), ..Topic::default() }, ..it };
        close(two.cpu_at_peak(on(2, 3), 0.0), 600.0 * (1e-3 + 2e-3 / (6.0 + (-6.0f64).exp())) / 4.0);
    }

    #[test]
    fn a_plan_waits_only_where_machines_would_be_too_busy() {
        // 600/s a member handle 0.6 of a core and fetch 0.2 of one: 0.8 of one vCPU is within 0.85, though 20 ms of waiting save a
        // sixth of the machine.
        let it = |change: fn(&mut Sizing)| fetching(1200.0, Processes, change);
        assert_eq!(it(|_| {}).fetch_wait(on(2, 1)), 0.0);
        assert_eq!(it(|it| it.vcpus = 1).fetch_wait(on(2, 1)), 0.0);
        // With 6 ms a fetch, 6 ms/(10 ms + B) of a core, 0.4 at most: 0.4 at 0, 1, 2 and 5 ms, 0.3 at 10, and 0.2 at 20 ms.
        let costly = it(|it| {
            it.vcpus = 1;
            it.service.fetch.core_seconds = 6e-3;
        });
        assert_eq!(costly.fetch_wait(on(2, 1)), 20e-3);
        // A goal of 100 ms allows 25 ms at most, if p99 keeps it: 16 + 30 ms x (1.6 - 0.11) of fetching and 4.6 ms/(1 - 0.6).
        let goal = Sizing { goal_seconds: Some(0.1), discipline: Discipline::Fair, ..costly.clone() };
        assert_eq!(goal.fetch_wait(on(2, 1)), 20e-3);
        // 0.9 of the core handle alone: no wait helps, and the longest takes least.
        let busy = Sizing { peak_rate: 1800.0, ..costly };
        assert_eq!(busy.fetch_wait(on(2, 1)), 100e-3);
    }

    #[test]
    fn at_night_a_wait_may_burn_more() {
        // On average 6/s a member: in 20 ms 0.12 of an event is less than exp(-0.06) = 0.94. At peak nothing shorter keeps the
        // limit: 0.6 handle, 6 ms/(10 + 20) ms = 0.2 fetch.
        let costly = fetching(1200.0, Processes, |it| {
            it.vcpus = 1;
            it.mean_rate = 12.0;
            it.service.fetch.core_seconds = 6e-3;
        });
        assert_eq!(costly.fetch_wait(on(2, 1)), 20e-3);
    }
}

mod partitions {
    use super::*;
    use Deployment::{Processes, Threads};

    #[test]
    fn in_flight_limit_members_and_cores_ask_for_partitions() {
        // In flight: 2,000 * (1 + 9) ms / (0.7 * 1) = 28.57, so 29.
        let it = sizing(2000.0, Processes, |it| it.wait_seconds = 9e-3);
        assert_eq!(it.partitions_required(1, 0.0), Some(29));
        // Four members read as many each of 32.
        assert_eq!(it.partitions_required(4, 0.0), Some(32));
        assert_eq!(it.partitions_required(40, 0.0), Some(40));
        // Skew doubles it: 57.1, so 58.
        let skewed =
            Sizing { topic: Topic { partitions: None, skew: 2.0, ..Topic::default() }, ..it.clone() };
        assert_eq!(skewed.partitions_required(1, 0.0), Some(58));
        // With m = 100 a process's core binds: 2,000/(0.7 * 1,000) = 2.86, so 3; the drain: 4,000/900, so 5.
        let wide = Sizing { in_flight: 100, ..it.clone() };
        assert_eq!(wide.partitions_required(1, 0.0), Some(3));
        assert_eq!(Sizing { design_rate: 4000.0, ..wide }.partitions_required(1, 0.0), Some(5));
    }

    #[test]
    fn a_goal_asks_for_partitions() {
        // M/M/1 of one in flight: 4.605/(1000 - 2000/P) <= 5.5 ms asks for 2000/P <= 162.7: P = 13.
        let it = sizing(2000.0, Threads, |it| it.goal_seconds = Some(5.5e-3));
        assert_eq!(it.partitions_required(1, 0.0), Some(13));
        // 4.605 ms with no load at all.
        assert_eq!(Sizing { goal_seconds: Some(4.6e-3), ..it }.partitions_required(1, 0.0), None);
    }
}

mod infeasible {
    use super::*;
    use Deployment::{Processes, Threads};

    fn reason(sizing: &Sizing) -> String {
        let mut reason = sizing.count().unwrap_err();
        if let Infeasible::Unmet(stuck) = &mut reason {
            stuck.remedies = sizing.remedies();
        }
        reason.to_string()
    }

    #[test]
    fn idling_takes_a_whole_core() {
        let it = sizing(1.0, Processes, |it| it.idle_cores = 1.25);
        assert_eq!(it.count().unwrap_err(), Infeasible::IdleTakesAll { idle_cores: 1.25 });
    }

    #[test]
    fn a_process_larger_than_the_machine() {
        let it = sizing(1.0, Processes, |it| it.process_bytes = 7.0 * 1_073_741_824.0);
        assert_eq!(reason(&it), "one process needs 7168 MiB and the machine has 6963 MiB to give");
    }

    #[test]
    fn a_partition_hotter_than_a_core() {
        let it = sizing(3000.0, Processes, |it| {
            it.topic = Topic { partitions: Some(4), skew: 1.0, ..Topic::default() };
            it.in_flight = 10;
        });
        assert_eq!(
            reason(&it),
            "the busiest partition alone needs 0.750 cores at peak and its one consumer may use 0.700; at least 5 \
             partitions (which remaps keys) would do"
        );
    }

    /// Skew 1.9 of 4 partitions is a key of 0.9/3 = 30 % or many: 9 partitions would do with many, and none with one, which
    /// alone is more than the 700/s of a core.
    #[test]
    fn a_partition_that_may_have_a_hot_key() {
        let it = sizing(3000.0, Processes, |it| {
            it.topic = Topic { partitions: Some(4), skew: 1.9, ..Topic::default() };
            it.in_flight = 10;
        });
        assert_eq!(
            reason(&it),
            "the busiest partition alone needs 1.425 cores at peak and its one consumer may use 0.700; if one key has 30 % \
             of all events (hot_key_share), more partitions do not help"
        );
        // Of 1,500/s one key has 450, and of the other 1,050 a fifth is beside it: 660 <= 700.
        let it = Sizing { peak_rate: 1500.0, design_rate: 1500.0, ..it };
        assert!(
            reason(&it).ends_with("; at least 5 partitions (which remaps keys) would do"),
            "{}",
            reason(&it)
        );
    }

    #[test]
    fn too_few_partitions_or_too_little_in_flight() {
        let it = sizing(100.0, Processes, |it| {
            it.wait_seconds = 99e-3;
            it.topic = Topic { partitions: Some(4), skew: 1.0, ..Topic::default() };
        });
        assert_eq!(
            reason(&it),
            "the busiest partition is 250 % busy at peak with one event in flight; the limit is 70 %; at least 15 \
             partitions (which remaps keys) or in_flight 4 (which gives up order) would do"
        );
    }

    /// One event of 1 ms has a p99 of ln 100 = 4.605 ms without a queue, and on partitions of x/s 4.605 / (1000 - x) s: 4.7 ms allow 20/s on
    /// each.
    #[test]
    fn a_goal_below_the_events_own_time() {
        let it = sizing(100.0, Threads, |it| it.goal_seconds = Some(1e-3));
        assert_eq!(
            reason(&it),
            "p99 is 2.5 ms or more (4.6 ms by queueing) however many instances run, from the event's own 1.0 ms, its spread (service_scv 1.0) and \
             waiting behind others of its partition, above the goal of 1.0 ms; p99_ms is too low: 4.7 would do"
        );
        assert_eq!(Sizing { goal_seconds: Some(4.7e-3), ..it }.partitions_required(1, 0.0), Some(5));
    }

    /// 250 % busy with 4 partitions, and calls of 100 ms, 99 of them exponential waits, have a p99 of 457 ms beside nothing: for 300 ms no
    /// number of partitions does, for 460 ms many, and in flight few.
    #[test]
    fn a_goal_that_allows_no_change() {
        let it = sizing(100.0, Processes, |it| {
            (it.wait_seconds, it.goal_seconds) = (99e-3, Some(0.3));
            it.topic = Topic { partitions: Some(4), skew: 1.0, ..Topic::default() };
        });
        assert_eq!(it.count().unwrap_err().to_string().split("; ").last(), Some("the limit is 70 %"));
        let Remedies { partitions, in_flight, goal_seconds } = it.remedies();
        assert_eq!((goal_seconds, in_flight), (Some(0.46), Some(6)));
        assert_eq!(
            reason(&it).split("; ").last().unwrap(),
            format!(
                "p99_ms is too low: 460 with at least {} partitions (which remaps keys) or in_flight 6 (which gives up order) would do",
                partitions.unwrap()
            )
        );
        let free = Sizing { goal_seconds: None, ..it.clone() };
        assert_eq!(
            free.remedies(),
            Remedies { partitions: Some(15), in_flight: Some(4), goal_seconds: None }
        );
        assert_eq!(Sizing { goal_seconds: Some(0.45), ..it }.remedies().goal_seconds, Some(0.46));
    }
}

mod choice {
    use super::*;

    fn choose(workload: &Workload, machines: &[Machine]) -> (String, u64) {
        let runtime = runtime("now", Deployment::Threads);
        let problem = Problem::new(workload, &runtime, None).unwrap();
        let machines: Vec<&Machine> = machines.iter().collect();
        let plan = problem.cheapest(&runtime, &machines, Policy::default(), RangeEnd::Best).unwrap();
        (plan.machine.instance_type.clone(), plan.count.instances)
    }

    #[test]
    fn the_cheapest_then_the_fewest_then_the_smallest_then_the_name() {
        let quiet = workload(1e6);
        let cheap = machine("z", 2, 8.0, 0.1);
        assert_eq!(choose(&quiet, &[machine("a", 2, 4.0, 0.2), cheap.clone()]).0, "z");
        assert_eq!(choose(&quiet, &[cheap.clone(), machine("a", 2, 16.0, 0.1)]).0, "z");
        assert_eq!(choose(&quiet, &[cheap, machine("y", 2, 8.0, 0.1)]).0, "y");
        // 20 us an event: 120,000/s are 2.4 cores. Three of 1 vCPU at 0.1 fail by the zone; 3 x 2 vCPUs at
        // 0.2 tie with 6 x 1 at 0.1: fewer win.
        let busy = workload(120_000.0 * 86_400.0);
        assert_eq!(
            choose(&busy, &[machine("a", 1, 8.0, 0.1), machine("b", 2, 8.0, 0.5 / 3.0)]),
            ("b".into(), 3)
        );
    }

    #[test]
    fn equal_bills_are_equal_whatever_their_last_bit() {
        // 100,000/s of 20 us are 2 cores: at 0.7 three machines of 1 vCPU, or two of 2. 3 x 3.28448 and
        // 2 x 4.92672 are both 9.85344, but not as floats.
        let busy = workload(100_000.0 * 86_400.0);
        let types = [machine("a", 1, 8.0, 3.28448), machine("b", 2, 8.0, 4.92672)];
        let runtime = runtime("now", Deployment::Threads);
        let problem = Problem::new(&busy, &runtime, None).unwrap();
        let policy = Policy { survive_zone_loss: false, ..Policy::default() };
        assert_ne!(3.0 * 3.28448 * 730.0, 2.0 * 4.92672 * 730.0);
        for order in [[0, 1], [1, 0]] {
            let machines = order.map(|index| &types[index]);
            let plan = problem.cheapest(&runtime, &machines, policy, RangeEnd::Best).unwrap();
            assert_eq!((plan.machine.instance_type.as_str(), plan.count.instances), ("b", 2));
        }
    }

    #[test]
    fn unknown_speed_or_price_is_never_chosen() {
        let it = workload(1e6);
        let runtime = runtime("now", Deployment::Threads);
        let problem = Problem::new(&it, &runtime, None).unwrap();
        let no_speed = Machine { vcpu_speed: None, ..machine("a", 2, 4.0, 0.1) };
        let no_price = Machine { prices: Prices::default(), ..machine("b", 2, 4.0, 0.1) };
        let none = problem.cheapest(&runtime, &[&no_speed, &no_price], Policy::default(), RangeEnd::Best);
        assert_eq!(
            none.unwrap_err(),
            NoPlan::NoMachines { place: String::new(), purchase: Purchase::OnDemand }
        );
    }

    #[test]
    fn the_reason_is_that_of_the_type_that_comes_furthest() {
        // 3,000/s on four partitions: too hot for a slow core, while a fast one only misses the goal.
        let mut it = workload(3000.0 * 86_400.0);
        it.topic = Topic { partitions: Some(4), skew: 1.0, ..Topic::default() };
        it.p99_seconds = Some(1e-9);
        let mut runtime = runtime("now", Deployment::Processes);
        runtime.cpu.consume = linear(1e-3, 0.0);
        let problem = Problem::new(&it, &runtime, None).unwrap();
        let tiny = machine("tiny", 1, 0.1, 0.1);
        let slow = machine("slow", 2, 8.0, 0.1);
        let fast = Machine { vcpu_speed: Some(10.0), ..machine("fast", 2, 8.0, 0.1) };
        let reason = |machines: &[&Machine]| {
            problem.cheapest(&runtime, machines, Policy::default(), RangeEnd::Best).unwrap_err()
        };
        for machines in [[&tiny, &slow, &fast], [&fast, &slow, &tiny]] {
            let NoPlan::NoneServes { machine, .. } = reason(&machines) else { panic!() };
            assert_eq!(machine.instance_type, "fast");
        }
        let NoPlan::NoneServes { machine, .. } = reason(&[&slow, &tiny]) else { panic!() };
        assert_eq!(machine.instance_type, "slow");
    }

    #[test]
    fn todays_bill() {
        let mut it = workload(1e6);
        it.current_instances = Some(3);
        let runtime = runtime("now", Deployment::Threads);
        let now = machine("m", 2, 4.0, 0.2);
        let problem = Problem::new(&it, &runtime, Some(&now)).unwrap();
        close(problem.usd_per_month_today(&Policy::default()).unwrap(), 3.0 * 0.2 * 730.0);
    }
}

#[test]
fn two_c6i_4xlarge_on_demand() {
    assert!((usd_per_month(2, 0.68) - 992.80).abs() < 1e-9);
}

#[test]
fn a_million_events_of_fifty_million_a_day() {
    // 992.80 / (50 * 730/24) = 0.65280...
    assert!((usd_per_million_events(992.8, 50e6) - 0.652_799_999_999).abs() < 1e-9);
}

#[test]
fn compound_interest_by_hand() {
    // 100 * 1.1^2 = 121; 0.5^3 = 1/8 of 80 is 10.
    assert!((compounded(100.0, 0.1, 2) - 121.0).abs() < 1e-10);
    assert!((compounded(80.0, -0.5, 3) - 10.0).abs() < 1e-12);
    assert_eq!(compounded(12_345_678.9, 0.07, 0), 12_345_678.9);
    assert_eq!(compounded(10.0, -0.9, 12), 1.0);
}

/// The first numbers of SplitMix64 with seed 1234567, as its authors' program prints them.
#[test]
fn random_numbers_are_those_of_the_generator() {
    let mut random = SplitMix64(1_234_567);
    assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
}

#[test]
fn equal_ones_keep_their_order() {
    let mut all = [("a", 2.0), ("b", 1.0), ("c", 3.0), ("d", 1.0), ("e", 2.0)];
    least_first(&mut all, |it| it.1);
    assert_eq!(all.map(|it| it.0), ["b", "d", "a", "e", "c"]);
    greatest_first(&mut all, |it| it.1);
    assert_eq!(all.map(|it| it.0), ["c", "a", "e", "b", "d"]);
}
