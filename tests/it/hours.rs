//! What the hours of a day make of the bill, by hand and by rule.

use crate::command::{one_line, with_rows};
use crate::common::{figure, linear, machine, runtime, workload};
use crate::random::{Case, case};
#[allow(dead_code, reason = "the other property tests use the rest")]
use assert_cmd::Command;
use proptest::prelude::*;
use tonnage::input::catalogs::embedded;
use tonnage::input::catalogs::serverless;
use tonnage::input::diagnostic::Source;
use tonnage::input::hourly;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::catalog::{Catalog, Home};
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::terms::Terms;
use tonnage_model::policy::Policy;
use tonnage_model::problem::RangeEnd;
use tonnage_model::runtime::{Deployment, Runtime};
use tonnage_model::scenario::autoscale::{Autoscaler, Schedule, instance_hours_at_least};
use tonnage_model::scenario::functions::{FunctionLoad, FunctionTerms, NoFunction};
use tonnage_model::scenario::hours::{Day, HourTerms, Instances, Offer, Runs, Supply, study};
use tonnage_model::scenario::series::Hours;
use tonnage_model::units::MIB;
use tonnage_model::workload::Workload;

fn near(value: f64, expected: f64) {
    assert!((value / expected - 1.0).abs() < 1e-9, "{value} is not {expected}");
}

/// 5 ms of CPU an event at speed 1.0, nothing else.
fn plain(startup_seconds: f64) -> Runtime {
    let mut plain = runtime("now", Deployment::Processes);
    plain.cpu.consume = linear(5e-3, 0.0);
    plain.cpu.handler.insert("decode".into(), linear(0.0, 0.0));
    plain.startup_seconds = Some(figure(startup_seconds));
    plain
}

/// At 70 % of its cores, one instance at least and no zone to lose.
fn policy() -> Policy {
    Policy { survive_zone_loss: false, min_instances: 1, ..Policy::default() }
}

fn one_vcpu(startup_seconds: f64) -> Catalog {
    Catalog {
        runtimes: vec![plain(startup_seconds)],
        machines: vec![machine("one", 1, 4.0, 0.10)].into(),
        ..Catalog::default()
    }
}

/// Half a day at 100/s and half at 300/s, on machines of 1 vCPU at $0.10 an hour.
fn two_levels(startup_seconds: f64, autoscaler: Autoscaler) -> Vec<(Supply, Offer)> {
    let catalog = one_vcpu(startup_seconds);
    let rates: Vec<f64> = (0..24).map(|hour| if hour < 12 { 100.0 } else { 300.0 }).collect();
    let hours = Hours::new(&rates).unwrap();
    supplies_of(&catalog, workload(200.0 * 86_400.0), hours, autoscaler)
}

/// Every supply of a workload with its hours.
fn supplies_of(
    catalog: &Catalog,
    workload: Workload,
    hours: Hours,
    autoscaler: Autoscaler,
) -> Vec<(Supply, Offer)> {
    let prices = embedded::serverless_prices().unwrap();
    let days = [Day::new(workload, hours)];
    let terms = HourTerms { autoscaler, serverless: &prices, batch: 100 };
    let workloads = [days[0].workload.clone()];
    let runtimes = vec![&catalog.runtimes[0]];
    let fleet = Fleet::plan(catalog, runtimes, &workloads, policy(), Terms::default(), None).unwrap();
    let entries = study(&fleet.entries, &days, terms);
    let supplies = entries[0].runtimes[0].supplies.iter();
    supplies.map(|(supply, offer)| (*supply, offer.clone().unwrap())).collect()
}

fn offer(offers: &[(Supply, Offer)], wanted: Supply) -> &Offer {
    &offers.iter().find(|(supply, _)| *supply == wanted).unwrap().1
}

fn instances(offer: &Offer) -> &Instances {
    match &offer.runs {
        Runs::Instances(instances) => instances,
        Runs::Function(_) => panic!("a function"),
    }
}

mod machines {
    use super::*;

    const INSTANT: Autoscaler = Autoscaler::INSTANT;

    // A vCPU takes 1/5 ms = 200/s, 140/s at 70 %: one instance for 100/s, three for 300/s.
    #[test]
    fn a_fixed_fleet_has_the_busiest_hours_count_all_day() {
        let offers = two_levels(0.0, INSTANT);
        let fixed = offer(&offers, Supply::Fixed);
        near(instances(fixed).schedule.instance_hours_per_month(), 3.0 * 730.0);
        near(fixed.usd_per_month, 219.0);
    }

    #[test]
    fn a_scaled_one_has_each_hours() {
        // 12 x 1 + 12 x 3 = 48 instance-hours of 24, two on average: 2 x 730 x $0.10.
        let offers = two_levels(0.0, INSTANT);
        let scaled = offer(&offers, Supply::Autoscaled);
        near(instances(scaled).schedule.instance_hours_per_month(), 1460.0);
        near(scaled.usd_per_month, 146.0);
        assert_eq!(instances(scaled).hours_at_minimum, 12.0);
    }

    #[test]
    fn scaling_in_late_costs_the_hour_after_the_fall() {
        // A quarter of an hour before midnight's hour the rate was 100 + 200/4 = 150/s: two instances there, 49 of 24.
        let offers = two_levels(0.0, Autoscaler { scale_in_seconds: 900.0, ..INSTANT });
        near(offer(&offers, Supply::Autoscaled).usd_per_month, 49.0 / 24.0 * 73.0);
    }

    #[test]
    fn scaling_out_late_costs_the_hour_before_the_rise() {
        // In 5 min the rate rises by 200/12 to 116.7/s, which one instance takes; in 15 min to 150/s, which needs two.
        let after = |seconds| {
            let offers = two_levels(0.0, Autoscaler { reaction_seconds: seconds, ..INSTANT });
            offer(&offers, Supply::Autoscaled).usd_per_month
        };
        near(after(300.0), 146.0);
        near(after(900.0), 49.0 / 24.0 * 73.0);
    }

    // 95 quarters of an hour at 100/s and one at 300/s. 15 min after it and in it three instances run; 5 min before it the
    // rate is a third of the way up, 167/s, which takes two: 96 + 2 + 2 + 1 quarters. As the hour's mean the spike is
    // 150/s: two instances in it and, 15 min after it, for 112.5/s one: 24 + 1 hours.
    #[test]
    fn a_spike_of_a_quarter_costs_that_and_the_reaction() {
        let autoscaler = Autoscaler { reaction_seconds: 300.0, scale_in_seconds: 900.0 };
        let scaled = |hours: Hours| {
            let workload = workload(9800.0 / 96.0 * 86_400.0);
            let offers = supplies_of(&one_vcpu(0.0), workload, hours, autoscaler);
            instances(offer(&offers, Supply::Autoscaled)).schedule.instance_hours_per_month()
        };
        let mut quarters = [100.0; 96];
        quarters[40] = 300.0;
        near(scaled(Hours::with_step(&quarters, 900.0).unwrap()), 101.0 / 96.0 * 730.0);
        let hours: Vec<f64> = quarters.chunks(4).map(|four| four.iter().sum::<f64>() / 4.0).collect();
        near(scaled(Hours::new(&hours).unwrap()), 25.0 / 24.0 * 730.0);
    }

    // One instance carries next to nothing, but with its zone nobody is left: two, at rate 0 as well.
    #[test]
    fn a_rate_of_0_keeps_what_a_small_one_keeps() {
        let catalog = one_vcpu(0.0);
        let workload = workload(100.0 * 86_400.0);
        let problem = catalog.problem(&workload).unwrap();
        let policy = Policy { min_instances: 1, ..Policy::default() };
        let plan = problem
            .cheapest(&catalog.runtimes[0], &catalog.candidates(Home::ANYWHERE), policy, RangeEnd::Best)
            .unwrap();
        let count = |rate| plan.sizing.at_rate(rate).count().unwrap();
        assert_eq!(count(0.0), count(0.001));
        assert_eq!(count(0.0).instances, 2);
    }

    #[test]
    fn startup_counts_where_it_tips_the_scales() {
        // 710 s take the rate to 100 + 200 x 710/3600 = 139.4/s, and 30 s more to 141.1/s: above 140/s, an instance more
        // in one of 24 hours, 730/24 = 30.4 hours a month. 50 ms more take it to 139.4/s still.
        let autoscaler = Autoscaler { reaction_seconds: 710.0, ..INSTANT };
        let delays =
            |startup| instances(offer(&two_levels(startup, autoscaler), Supply::Autoscaled)).delays.unwrap();
        near(delays(30.0).startup, 730.0 / 24.0);
        near(delays(30.0).all, 730.0 / 24.0);
        assert_eq!((delays(0.05).startup, delays(0.05).all), (0.0, 0.0));
    }

    #[test]
    fn a_peak_factor_above_the_busiest_hour_is_bursts_within_hours() {
        // 300/s are 1.5 x the mean of 200/s. A peak factor of 3 leaves bursts of 2: 200/s and 600/s, of 140/s each 2 and
        // 5 instances.
        let rates: Vec<f64> = (0..24).map(|hour| if hour < 12 { 1.0 } else { 3.0 }).collect();
        let asked = tonnage_model::workload::Workload { peak_factor: 3.0, ..workload(200.0 * 86_400.0) };
        let day = Day::new(asked, Hours::new(&rates).unwrap());
        assert_eq!((day.burst, day.workload.peak_factor), (2.0, 3.0));
        let flat = Day::new(workload(200.0 * 86_400.0), Hours::new(&rates).unwrap());
        assert_eq!((flat.burst, flat.workload.peak_factor), (1.0, 1.5));
    }
}

mod tasks {
    use super::*;

    // Half a vCPU of speed 0.5 does 0.25 of a core: 0.25/5 ms = 50/s, 35/s at 70 %. 300/s need 9 tasks of 0.5 vCPU and 1
    // GiB, at 0.5 x 0.04048 + 0.004445 = $0.024685/h. A quarter takes 17.5/s: 18 at half the price, the same bill.
    #[test]
    fn a_fargate_bill() {
        let offers = two_levels(0.0, Autoscaler::INSTANT);
        let fixed = offer(&offers, Supply::FixedTasks);
        assert_eq!(instances(fixed).instance_type, "0.5 vCPU/1 GiB");
        near(fixed.usd_per_month, 9.0 * 0.024685 * 730.0);
        // 100/s need 3: six on average.
        let scaled = offer(&offers, Supply::AutoscaledTasks);
        near(scaled.usd_per_month, 6.0 * 0.024685 * 730.0);
    }

    #[test]
    fn faster_vcpus_cost_less_and_slower_ones_more() {
        let offers = two_levels(0.0, Autoscaler::INSTANT);
        for supply in [Supply::FixedTasks, Supply::AutoscaledTasks, Supply::Functions] {
            let offer = offer(&offers, supply);
            let ends = offer.usd_at_ends.unwrap();
            assert!(ends.fast.unwrap() < offer.usd_per_month && offer.usd_per_month < ends.slow.unwrap());
        }
    }
}

mod functions {
    use super::*;

    /// $10 a million GiB-seconds and $0.20 a million calls; a vCPU comes with 1 GiB.
    fn terms() -> FunctionTerms {
        FunctionTerms {
            name: "Function".into(),
            usd_per_gib_second: 1e-5,
            usd_per_million_calls: 0.20,
            billing_step_seconds: 1e-3,
            least_mib: 128,
            most_mib: 10_240,
            mib_per_vcpu: 1024.0,
            longest_seconds: 900.0,
            payload_bytes: 6e6,
            payload_per_byte: 1.5,
            window_seconds: 0.5,
            environment_seconds: 36_000.0,
        }
    }

    /// 10/s all day, 5 ms of CPU and 20 ms of waiting each, in a process of 512 MiB that takes 2 s to start.
    fn load() -> FunctionLoad {
        FunctionLoad {
            rates: vec![10.0; 24],
            step_seconds: 3600.0,
            burst: 1.0,
            core_seconds: 0.005,
            wait_seconds: 0.020,
            in_flight: 1,
            event_bytes: 1000.0,
            topic: Topic { partitions: None, skew: 1.0, ..Topic::default() },
            startup_seconds: 2.0,
            process_bytes: 512.0 * MIB,
            in_flight_event_bytes: 0.0,
            batch: 100,
            memory_headroom: 0.0,
            max_utilization: 0.7,
            goal_seconds: None,
        }
    }

    // 512 MiB have half a vCPU: 10 ms of work and 20 ms of waiting an event. In 0.5 s come 5 more: 6 events a call, 180
    // ms. 10/6 calls a second are 10/6 x 3600 x 730 = 4,380,000 a month.
    //
    //   4.38M x 0.180 s x 0.5 GiB = 394,200 GiB-s at 1e-5     $3.942, a third of it work
    //   4.38M calls                                           $0.876
    //   one environment, new every 10 h: 73 starts x 2 s x 0.5 GiB x 1e-5     $0.00073
    #[test]
    fn a_bill() {
        let bill = terms().cheapest(&load(), 1.0).unwrap();
        assert_eq!(bill.memory_mib, 512);
        near(bill.calls_per_month, 4_380_000.0);
        near(bill.events_per_call, 6.0);
        near(bill.usd_cpu, 1.314);
        near(bill.usd_waiting, 2.628);
        near(bill.usd_calls, 0.876);
        near(bill.cold_starts_per_month, 73.0);
        near(bill.usd_cold_starts, 0.00073);
        near(bill.usd_per_month(), 4.81873);
        // 24 equal hours, of which a month has 730.
        assert_eq!(bill.usd_of_steps.len(), 24);
        bill.usd_of_steps.iter().for_each(|usd| near(*usd, 4.81873 / 730.0));
    }

    #[test]
    fn events_in_flight_share_their_waits() {
        // Three at a time: a call of 6 waits twice, 40 ms, and works 60 ms.
        let bill = terms().cheapest(&FunctionLoad { in_flight: 3, ..load() }, 1.0).unwrap();
        near(bill.usd_waiting, 4.38e6 * 0.040 * 0.5 * 1e-5);
        near(bill.usd_cpu, 4.38e6 * 0.060 * 0.5 * 1e-5);
        // All at a time: it waits once, not less.
        let bill = terms().cheapest(&FunctionLoad { in_flight: 100, ..load() }, 1.0).unwrap();
        near(bill.usd_waiting, 4.38e6 * 0.020 * 0.5 * 1e-5);
    }

    // Half a vCPU: 0.8 ms of work, and 100 in progress wait 1 s together. A full batch takes 1.08 s, so 1,000/s are 10.8
    // in progress: 11 consumers with 90.9/s. Of these 46.5 come in the window, but during a call
    //
    //   k = 90.9 (1 s + k 0.8 ms), k = 90.9 / (1 - 0.0727) = 98.04
    //
    // So a call lasts 98.04 x 0.8 ms + 1 s = 1.0784 s, and 11 / 1.0784 s = 10.2 begin a second: none of the consumers is
    // ever idle, and none has two.
    #[test]
    fn what_comes_during_a_call_is_in_the_next() {
        let waiting = FunctionLoad {
            rates: vec![1000.0],
            core_seconds: 0.0004,
            wait_seconds: 1.0,
            in_flight: 100,
            ..load()
        };
        let bill = terms().cheapest(&waiting, 1.0).unwrap();
        assert_eq!((bill.memory_mib, bill.concurrency_at_peak), (512, 11.0));
        let (rate, events) = (1000.0 / 11.0, bill.events_per_call);
        near(events, rate / (1.0 - rate * 0.0008));
        near(events, rate * (1.0 + events * 0.0008));
        let calls_per_second = bill.calls_per_month / (730.0 * 3600.0);
        near(calls_per_second * (1.0 + events * 0.0008), 11.0);
        // The first of a batch waits for the others to come, 97.04 / 90.9 s, which is longer than the window: 2.146 s with
        // the call. With a whole vCPU k is 94.34, a call 1.0377 s, and both together 93.34 / 90.9 + 1.0377 = 2.0645 s.
        let within =
            |goal| terms().cheapest(&FunctionLoad { goal_seconds: Some(goal), ..waiting.clone() }, 1.0);
        assert_eq!(within(2.15).unwrap().memory_mib, 512);
        assert!(within(2.1).unwrap().memory_mib > 512);
        let NoFunction::TooSlow { seconds, .. } = within(2.05).unwrap_err() else { panic!() };
        assert!((seconds - 2.0645).abs() < 1e-4, "{seconds}");
    }

    #[test]
    fn more_memory_where_time_would_be_rounded_up() {
        // One event a call and 0.15 ms of work: 1.2 ms on 128 MiB, billed as 2 x 128; 1 ms on 0.15 x 1024 = 153.6 MiB.
        let small =
            FunctionLoad { core_seconds: 0.00015, wait_seconds: 0.0, process_bytes: 1.0, batch: 1, ..load() };
        assert_eq!(terms().cheapest(&small, 1.0).unwrap().memory_mib, 154);
    }

    #[test]
    fn cold_starts_follow_the_hours() {
        // 30 ms x 100/s are 3 in progress, 10/s one: each day rises by 2 once, and 12 x 3 + 12 x 1 = 48
        // environment-hours make 4.8 more. 6.8 x 730/24 a month.
        let rates = (0..24).map(|hour| if hour < 12 { 10.0 } else { 100.0 }).collect();
        let bill = terms().cheapest(&FunctionLoad { rates, ..load() }, 1.0).unwrap();
        near(bill.cold_starts_per_month, 6.8 * 730.0 / 24.0);
        near(bill.usd_of_steps.iter().sum::<f64>() * 730.0 / 24.0, bill.usd_per_month());
        assert_eq!(bill.concurrency_at_peak, 3.0);
        // 3 of one call at 70 %: 4.29, so 5 partitions.
        assert_eq!(bill.partitions_required, 5.0);
    }

    #[test]
    fn what_no_function_can_do() {
        let refused = |load: FunctionLoad| terms().cheapest(&load, 1.0).unwrap_err();
        let large = refused(FunctionLoad { event_bytes: 5e6, ..load() });
        assert_eq!(large, NoFunction::EventTooLarge { needed_bytes: 7.5e6, payload_bytes: 6e6 });
        let heavy = refused(FunctionLoad { in_flight_event_bytes: 100.0 * MIB, ..load() });
        assert_eq!(heavy, NoFunction::TooMuchMemory { needed_mib: 10_512.0, most_mib: 10_240 });
        let slow = refused(FunctionLoad { wait_seconds: 899.9961, ..load() });
        assert!(matches!(slow, NoFunction::EventTooLong { .. }), "{slow}");
        // A full vCPU: 25 ms x 100/s = 2.5 in progress, at 70 % 3.6 partitions.
        let busy = FunctionLoad {
            rates: vec![100.0],
            topic: Topic { partitions: Some(3), skew: 1.0, ..Topic::default() },
            ..load()
        };
        assert_eq!(refused(busy), NoFunction::TooFewPartitions { given: 3, required: 4.0 });
        // The window is 0.5 s and a call of 6 takes 6 x 25 ms with a whole vCPU.
        let late = refused(FunctionLoad { goal_seconds: Some(0.6), ..load() });
        assert!(
            matches!(late, NoFunction::TooSlow { seconds, .. } if (seconds - 0.65).abs() < 1e-12),
            "{late}"
        );
    }

    #[test]
    fn a_goal_buys_memory() {
        // 0.67 s leave 170 ms for 6 events: 28.3 ms each, 8.3 ms of work, 5/8.33 of a vCPU: 614.4 MiB.
        let bill = terms().cheapest(&FunctionLoad { goal_seconds: Some(0.67), ..load() }, 1.0).unwrap();
        assert_eq!(bill.memory_mib, 615);
    }

    #[test]
    fn a_batch_is_no_longer_than_a_call_may_be() {
        // All 100 at a time wait 899.495 s together, and 0.505 s are left for work of 5.12 s/M each: B = floor(0.0986 M), or
        // 10.14 MiB an event. Any M costs about the same, and 730 with 72 events wastes least. 10/s x (899.495 + 0.505) s /
        // 72 = 125 calls in progress; during each of them 10/s x 900 s / 125 = 72 events come.
        let slow = FunctionLoad { wait_seconds: 899.495, in_flight: 100, ..load() };
        let bill = terms().cheapest(&slow, 1.0).unwrap();
        assert_eq!((bill.memory_mib, bill.concurrency_at_peak), (730, 125.0));
        assert!((bill.events_per_call - 72.0).abs() < 1e-3, "{}", bill.events_per_call);
    }
}

proptest! {
    #![proptest_config(crate::random::cases(200))]

    #[test]
    fn scaling_never_runs_more_than_a_fixed_fleet(
        case in case(),
        shape in prop::collection::vec(0.0f64..1.0, 24),
        reaction in 0.0f64..7200.0,
        longer in 1.0f64..3.0,
    ) {
        let Some((sizing, fixed)) = sized(&case) else { return Ok(()) };
        let busiest = shape.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let rates: Vec<f64> = shape.iter().map(|rate| rate / busiest * sizing.peak_rate).collect();
        let hours = |reaction: f64| {
            let autoscaler = Autoscaler { reaction_seconds: reaction, scale_in_seconds: reaction / 2.0 };
            let carried = autoscaler.rates_to_carry(&rates, 3600.0, 1.0);
            let schedule = Schedule::for_rates(&sizing, &carried).unwrap();
            for (rate, count) in carried.iter().zip(&schedule.counts) {
                assert_eq!(sizing.at_rate(*rate).count().unwrap().instances, *count);
            }
            let least = instance_hours_at_least(&sizing, &carried);
            let found = schedule.instance_hours_per_month();
            assert!(least <= found * (1.0 + 1e-9), "{least} is no lower bound of {found}");
            found
        };
        let (short, long) = (hours(reaction), hours(reaction * longer));
        prop_assert!(short <= long * (1.0 + 1e-9), "{short} h became {long} h");
        prop_assert!(long <= fixed as f64 * 730.0 * (1.0 + 1e-9));
    }
}

/// What a random case's first machine type needs at peak.
fn sized(case: &Case) -> Option<(tonnage_model::capacity::sizing::Sizing, u64)> {
    let sizing = case.sizing_on(&case.machines[0]);
    let count = sizing.count().ok()?;
    Some((sizing, count.instances))
}

mod files {
    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let error = hourly::read(Source { file: "hours.csv", text }).unwrap_err().to_string();
        error.lines().map(str::to_owned).collect()
    }

    fn day(row: impl Fn(usize) -> String) -> String {
        (0..24).map(|hour| row(hour) + "\n").collect()
    }

    #[test]
    fn a_day_by_hour_and_two_by_time() {
        let text =
            "hour,rate\n".to_owned() + &day(|hour| format!("{hour},{}", if hour == 3 { 25 } else { 1 }));
        let hours = hourly::read(Source { file: "hours.csv", text: &text }).unwrap();
        // 25 of 48 in one hour: the mean is 2.
        assert_eq!((hours.rates(1.0).len(), hours.peak_over_mean()), (24, 12.5));
        // Half of the rows in another zone of time, over the end of a leap February.
        let times = day(|hour| format!("2024-02-28T{hour:02}:00Z,1k"))
            + &day(|hour| match hour {
                0 => "2024-02-29T02:00+02:00,1k".to_owned(),
                _ => format!("2024-02-29 {hour:02}:00:00,1k"),
            });
        let text = "timestamp,events\n".to_owned() + &times;
        assert_eq!(hourly::read(Source { file: "hours.csv", text: &text }).unwrap().rates(1.0).len(), 48);
    }

    #[test]
    fn a_week_begins_each_day_at_0() {
        let text = "hour,rate\n".to_owned() + &day(|hour| format!("{hour},1")).repeat(7);
        assert_eq!(hourly::read(Source { file: "hours.csv", text: &text }).unwrap().rates(1.0).len(), 168);
    }

    #[test]
    fn every_mistake_has_its_place() {
        let text = "hour,rate\n".to_owned()
            + &day(|hour| match hour {
                2 => "2,many".to_owned(),
                5 => "7,1".to_owned(),
                9 => "11,".to_owned(),
                _ => format!("{},1", if hour > 5 { hour + 2 } else { hour }),
            });
        assert_eq!(
            mistakes(&text),
            [
                "hours.csv:4:3: rate is \"many\", but must be a number from 0, such as 1200 or 1.2k",
                "hours.csv:7:1: hour is 3 h after the row before, but each row must be 60 min after it",
                "hours.csv:11:4: rate is missing; it must be a number from 0, such as 1200 or 1.2k",
            ]
        );
        let text = "timestamp,events\n2024-02-28T00:00,1\n2024-02-28T03:00,1\n28.2.2024,1\n";
        assert_eq!(
            mistakes(text),
            [
                "hours.csv:3:1: timestamp is 3 h after the row before, but each row must be 1 min to 1 h after it",
                "hours.csv:4:1: timestamp is \"28.2.2024\", but must be a time such as 2026-07-20T13:00, 2026-07-20 \
                 13:00:00Z or 2026-07-20T13:00+02:00",
            ]
        );
    }

    #[test]
    fn a_day_in_steps() {
        for (minutes, rows) in [(1, 1440), (5, 288), (15, 96), (60, 24)] {
            let row = |step: usize| {
                let at = step * minutes;
                format!("2026-07-20T{:02}:{:02}Z,{}", at / 60, at % 60, step + 1)
            };
            let rows: Vec<String> = (0..rows).map(row).collect();
            let text = format!("timestamp,rate\n{}\n", rows.join("\n"));
            let hours = hourly::read(Source { file: "hours.csv", text: &text }).unwrap();
            assert_eq!((hours.rates(1.0).len(), hours.step_seconds()), (rows.len(), minutes as f64 * 60.0));
            near(hours.total_hours(), 24.0);
        }
        let text: String =
            (0..96).map(|step| format!("{},1\n", f64::from(step) / 4.0)).collect::<String>().repeat(2);
        let text = format!("hour,rate\n{text}");
        let hours = hourly::read(Source { file: "hours.csv", text: &text }).unwrap();
        assert_eq!((hours.rates(1.0).len(), hours.step_seconds()), (192, 900.0));
    }

    // Most rows are a quarter of an hour apart; those that are not are named, the first of the file too.
    #[test]
    fn uneven_steps_have_their_lines() {
        let text = "timestamp,rate\n2026-07-20T00:00Z,1\n2026-07-20T00:05Z,1\n2026-07-20T00:20Z,1\n\
                    2026-07-20T00:35Z,1\n2026-07-20T01:05Z,1\n2026-07-20T01:05Z,1\n2026-07-20T01:20Z,1\n";
        let later = |line: u32, later: &str| {
            format!(
                "hours.csv:{line}:1: timestamp is {later} the row before, but each row must be 15 min after it"
            )
        };
        assert_eq!(
            mistakes(text),
            [later(3, "5 min after"), later(6, "30 min after"), later(7, "not after")]
        );
        assert_eq!(
            mistakes("timestamp,rate\n2026-07-20T00:00:00Z,1\n2026-07-20T00:00:30Z,1\n"),
            [
                "hours.csv:3:1: timestamp is 30 s after the row before, but each row must be 1 min to 1 h after it"
            ]
        );
        assert_eq!(
            mistakes("timestamp,rate\n2026-07-20T00:00Z,1\n2026-07-20T00:15Z,1\n"),
            ["hours.csv: there are 2 rows of 15 min, but there must be whole days, 31 at most"]
        );
    }

    #[test]
    fn what_is_no_day() {
        assert_eq!(
            mistakes("hour,rate\n0,1\n1,1\n"),
            ["hours.csv: there are 2 rows of 60 min, but there must be whole days, 31 at most"]
        );
        let zeros = "hour,rate\n".to_owned() + &day(|hour| format!("{hour},0"));
        assert_eq!(mistakes(&zeros), ["hours.csv: all rates are 0, but one must be above"]);
        assert_eq!(mistakes("hour\n0\n"), ["hours.csv: there must be a column rate or events"]);
        assert_eq!(
            mistakes("hour,timestamp,rate\n"),
            ["hours.csv: there is both hour and timestamp; give only one"]
        );
        assert_eq!(
            mistakes("hour,rates\n"),
            [
                "hours.csv:1:6: unknown column \"rates\"; did you mean \"rate\"? Known: hour, timestamp, rate, events."
            ]
        );
    }

    #[test]
    fn a_price_list_with_mistakes() {
        let (file, text) = embedded::SERVERLESS;
        let text = text
            .replace("low = 0.45", "low = 0.70")
            .replace("vcpus = 16", "vcpus = 1.5")
            .replace("least_mib = 128", "least_mib = 99999")
            .replace("usd_per_million_calls = 0.20", "usd_per_call = 0.20")
            .replace("window_ms = 500", "window_ms = 0");
        let error = serverless::read(Source { file, text: &text }).unwrap_err().to_string();
        for part in [
            "vcpu_speed must have low, value and high in this order",
            "tasks.sizes.vcpus is 1.5, but must be a whole number up to 1024, or a part of one vCPU above 0",
            "functions.least_mib must be at most most_mib",
            "functions.usd_per_million_calls is missing",
            "unknown functions key \"usd_per_call\"",
            "functions.window_ms is 0, but must be a number above 0 and below 1e9",
        ] {
            assert!(error.contains(part), "{part} is not in\n{error}");
        }
        assert!(error.lines().all(|line| line.starts_with("profiles/machines/serverless.toml:")), "{error}");
    }
}

mod commands {
    use super::*;
    use serde_json::Value;

    fn tonnage(args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.arg("hours").args(args).args(["--published", "--provider", "aws"]).env("COLUMNS", "80");
        command
    }

    fn printed(args: &[&str]) -> String {
        crate::command::printed(tonnage(args))
    }

    fn refused(args: &[&str]) -> String {
        crate::command::refused(tonnage(args))
    }

    #[test]
    fn each_form_has_every_workload_runtime_and_supply() {
        let json: Value =
            serde_json::from_str(&printed(&["examples/hours.csv", "--format", "json"])).unwrap();
        let supplies = json["supplies"].as_array().unwrap();
        // Three workloads, three runtimes, five supplies.
        assert_eq!(supplies.len(), 45);
        assert_eq!(json["days"].as_array().unwrap().len(), 3);
        for supply in supplies.iter().filter(|supply| supply["supply"] == "autoscaled") {
            let same = |it: &&Value| {
                it["supply"] == "fixed"
                    && it["workload"] == supply["workload"]
                    && it["runtime"] == supply["runtime"]
            };
            let fixed = supplies.iter().find(same).unwrap();
            assert!(supply["usd_per_month"].as_f64() <= fixed["usd_per_month"].as_f64());
        }
        assert_eq!(supplies[0]["by_step"].as_array().unwrap().len(), 24);
        let csv = printed(&["examples/hours.csv", "--format", "csv"]);
        assert_eq!(csv.lines().count(), 46);
        let markdown = printed(&["examples/hours.csv", "--format", "markdown"]);
        assert!(markdown.contains(
            "| workload | runtime | supply | what runs | h/month | early or late | $/month | saves | below fixed | if vCPUs differ | set by |"
        ));
        for details in [&["examples/hours.csv"][..], &["examples/hours.csv", "--details"]] {
            assert!(printed(details).lines().all(|line| line.chars().count() <= 80), "{details:?}");
        }
        assert!(printed(&["examples/hours.csv"]).starts_with(
            "Cheapest in today's runtimes, $560 a month for 3 workloads: Lambda for 2,\nautoscaled for 1;"
        ));
    }

    #[test]
    fn a_file_of_hours_stands_for_every_workloads() {
        let args = ["examples/workloads.csv", "--hourly-csv", "examples/week.csv", "--format", "json"];
        let json: Value = serde_json::from_str(&printed(&args)).unwrap();
        for day in json["days"].as_array().unwrap() {
            assert_eq!(day["events_per_second"].as_array().unwrap().len(), 168);
        }
    }

    #[test]
    fn workloads_without_hours_are_left_out_by_name() {
        let hourly = "1 1 1 1 1 1 1 1 1 1 1 1 2 2 2 2 2 2 2 2 2 2 2 2";
        let rows = format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,hourly\nday,50M,1KB,0,1,{hourly}\nflat,50M,1KB,0,1,\n"
        );
        with_rows(&rows, |file| {
            let said = one_line(&printed(&[file]));
            assert!(
                said.contains(
                    "Left out, as no hours are known of them (column hourly, or --hourly-csv): flat."
                ),
                "{said}"
            );
            let json: Value = serde_json::from_str(&printed(&[file, "--format", "json"])).unwrap();
            assert_eq!(json["days"].as_array().unwrap().len(), 1);
        });
    }

    #[test]
    fn hours_that_nobody_gave_are_not_made_up() {
        let flags = ["--events-per-day", "50M", "--event-size", "1KB", "--io-ratio", "0"];
        assert_eq!(
            refused(&flags),
            "error: no hours are known of workload; give 24 rates in the column hourly (or --hourly), or a file with \
             --hourly-csv\n"
        );
        let hourly = "1 1 1 1 1 1 1 1 1 1 1 1 2 2 2 2 2 2 2 2 2 2 2 2";
        let json: Value =
            serde_json::from_str(&printed(&[&flags[..], &["--hourly", hourly, "--format", "json"]].concat()))
                .unwrap();
        assert!((json["days"][0]["peak_over_mean"].as_f64().unwrap() - 4.0 / 3.0).abs() < 1e-9, "{json}");
    }

    #[test]
    fn spans_and_batches_have_limits() {
        let asked = |flag, value| refused(&["examples/hours.csv", flag, value]);
        assert!(asked("--reaction", "5").contains("must be a span from 0s to 1d, such as 90s, 5m or 1h"));
        assert!(asked("--scale-in-after", "2d").contains("must be a span from 0s to 1d"));
        assert!(asked("--function-batch", "10001").contains("must be a whole number from 1 to 10000"));
        assert!(asked("--hourly-csv", "examples/none.csv").starts_with("error: examples/none.csv: "));
        assert!(asked("--serverless", "examples/article.toml").contains("unknown key \"workload\""));
    }
}

/// One partition of 0.5 s an event carries two events/s, and 50M a day are 579.
#[test]
fn what_nothing_carries_is_named() {
    let output = Command::cargo_bin("tonnage")
        .unwrap()
        .args(["hours", "--name=stuck", "--events-per-day=50M", "--event-size=1KB", "--io-ratio=0.9"])
        .args(["--handler-ms=500", "--partitions=1", "--in-flight=1", "--p99-ms=100"])
        .arg(format!("--hourly={}", ["1"; 24].join(" ")))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let named =
        "Not counted, as no fixed machines carry them in today's runtime: stuck; --details tells why.";
    assert!(one_line(&said).contains(named), "{said}");
}

/// The headline is of today's runtime, and so is what is drawn, though another costs less.
#[test]
fn a_day_is_drawn_in_the_runtime_of_its_headline() {
    let hours = |format: &str| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(["hours", "examples/hours.csv", "--workload", "price-updates", "--format", format]);
        crate::command::printed(command)
    };
    let page = hours("html");
    assert!(
        page.contains("<title>Cheapest in today&#39;s runtime, $384 a month: autoscaled; that is"),
        "{page}"
    );
    assert!(page.contains("<figcaption>price-updates in python-aiokafka: cost over the day; autoscaled costs least, $384 a month"), "{page}");
    assert!(
        page.contains(">Lambda</text>")
            && page.contains("Not drawn, as it costs the same all day: Fargate fixed."),
        "{page}"
    );
    assert!(hours("markdown").contains("| price-updates | rust-rdkafka | Lambda |"));
}

/// 8/s of 200 ms each are 1.6 cores for the one process that reads the one partition; no core is so fast, and another language takes
/// less. What another runtime alone carries is in no sum.
#[test]
fn what_another_runtime_alone_carries_is_named() {
    let day = ["1"; 24].join(" ");
    let row = |name: &str, ms: u32| format!("{name},8/s,1KB,0,{ms},1,1,python-aiokafka,{day}\n");
    let header =
        "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,partitions,current_runtime,hourly\n";
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["hours", "-"]).write_stdin(header.to_owned() + &row("light", 10) + &row("heavy", 200));
    let said = one_line(&crate::command::printed(command));
    assert!(
        said.starts_with("Cheapest in today's runtimes, $13 a month for 1 of 2 workloads: Lambda for 1; "),
        "{said}"
    );
    assert!(
        said.contains(
            "Not counted, as no fixed machines carry them in today's runtime: heavy; --details tells why."
        ),
        "{said}"
    );
}

/// 2,824/s at peak, of which two of three instances carry what a zone leaves: with one binary 1,412/s of 1,566/s are 90.2 % of
/// what each may, with two of 1,596/s 88.5 %. What is scaled has two as well, and costs no more where nothing changes.
#[test]
fn what_is_scaled_runs_as_many_binaries_as_what_is_fixed() {
    let mut run = Command::cargo_bin("tonnage").unwrap();
    let header = "name,events_per_day,event_size,io_ratio,handler,handler_ms,io_calls,current_runtime,peak_factor,partitions,in_flight,hourly";
    let row = format!("hx,61M,1.5KB,0.35,parse,2.4,1,go-franz,4,64,2,{}", ["1"; 24].join(" "));
    run.args(["hours", "-", "--format=json", "--runtimes=go-franz,rust-rdkafka"])
        .write_stdin(format!("{header}\n{row}\n"));
    let json: serde_json::Value = serde_json::from_str(&crate::command::printed(run)).unwrap();
    let bill = |runtime: &str, supply: &str| {
        let of = |it: &&serde_json::Value| it["runtime"] == runtime && it["supply"] == supply;
        json["supplies"].as_array().unwrap().iter().find(of).unwrap()["usd_per_month"].as_f64().unwrap()
    };
    near(bill("go-franz", "fixed"), 236.0163);
    for runtime in ["go-franz", "rust-rdkafka"] {
        assert_eq!(bill(runtime, "autoscaled"), bill(runtime, "fixed"));
        assert!(bill(runtime, "autoscaled_tasks") <= bill(runtime, "fixed_tasks"));
    }
}

/// 23 hours at 1 and one at 3 are 26/24 on average, of which the busiest is 36/13 = 2.769: no other peak is asked for.
#[test]
fn hourly_rates_give_a_blank_peak() {
    let day = format!("{} 3", ["1"; 23].join(" "));
    let given = |command: &str, peak: &str, record: &str| -> Vec<serde_json::Value> {
        let mut run = Command::cargo_bin("tonnage").unwrap();
        let header = "name,events_per_day,event_size,io_ratio,observed_cores,current_machine,current_instances,peak_factor,hourly";
        let row = format!("a,100M,1KB,0,7,c6i.xlarge,8,{peak},{day}");
        run.args([command, "-", "--format=json"]).write_stdin(format!("{header}\n{row}\n"));
        let json: serde_json::Value = serde_json::from_str(&crate::command::printed(run)).unwrap();
        json[record].as_array().unwrap().clone()
    };
    let [blank, said] = ["", "2.769230769230769"].map(|peak| given("plan", peak, "decisions").swap_remove(0));
    assert_eq!(blank, said);
    assert_ne!(blank["depends_on_column"], "peak_factor", "{blank}");
    // Nothing is known of bursts within the hour, so that none is paid for.
    assert_eq!(given("hours", "", "days")[0]["burst"], 1.0);
    assert_eq!(given("hours", "", "supplies"), given("hours", "2.769230769230769", "supplies"));
}

/// Fargate and Lambda are sold by AWS: what runs in another cloud is not moved there for the sake of its night.
#[test]
fn tasks_and_functions_are_offered_in_their_own_cloud_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let day = "8 7 6 5 5 7 12 20 35 48 55 60 58 55 54 50 48 45 40 34 28 20 15 11";
    let rows = format!(
        "name,events_per_day,event_size,io_ratio,handler_ms,provider,region,hourly\n\
         inv,500k,2KB,0.5,20,azure,westeurope,{day}\naws,500k,2KB,0.5,20,aws,us-east-1,{day}\n"
    );
    std::fs::write(&file, rows).unwrap();
    let mut command = assert_cmd::Command::cargo_bin("tonnage").unwrap();
    command.args(["hours", file.to_str().unwrap(), "--details"]).env("COLUMNS", "100");
    let text = one_line(&crate::command::printed(command));
    assert!(text.contains("it is aws's, and the workload runs in azure"), "{text}");
    assert!(
        text.contains(
            "Cheapest in today's runtimes, $152 a month for 2 workloads: Lambda for 1, fixed for 1;"
        ),
        "{text}"
    );
}

#[test]
fn hours_of_two_levels() {
    // 1, 1, 2, 4: mean 2, the busiest twice that. A peak factor of 3 leaves bursts of 3/2.
    let hours = Hours::new(&[1.0, 1.0, 2.0, 4.0]).unwrap();
    assert_eq!(hours.peak_over_mean(), 2.0);
    assert_eq!(hours.burst(3.0), 1.5);
    assert_eq!(hours.peak_factor(3.0), 3.0);
    assert_eq!((hours.burst(1.5), hours.peak_factor(1.5)), (1.0, 2.0));
    assert_eq!(hours.rates(100.0), [50.0, 50.0, 100.0, 200.0]);
}

#[test]
fn what_is_no_series_of_hours() {
    for rates in [&[][..], &[0.0, 0.0], &[1.0, -1.0], &[f64::NAN], &[f64::INFINITY]] {
        assert_eq!(Hours::new(rates), None);
    }
}

/// A quarter less for machines makes no task or function cheaper, nor what is paid of a reservation machines by the hour.
#[test]
fn a_bill_of_machines_is_no_discount_on_tasks() {
    let rows = |paid: &str| {
        format!(
            "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,current_processes,\
             current_usd_per_month,purchase,peak_factor,partitions\na,8M,1.4KB,85%,12,c6i.xlarge,3,12,{paid},2.5,24\n"
        )
    };
    let bills = |paid: &str| -> Vec<(String, f64)> {
        with_rows(&rows(paid), |file| {
            let args = ["hours", file, "--hourly-csv", "examples/week.csv", "--format", "json"];
            let said = crate::command::tonnage(&args).output().unwrap();
            let it: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
            let of =
                it["supplies"].as_array().unwrap().iter().filter(|it| it["runtime"] == "python-aiokafka");
            of.filter_map(|it| Some((it["supply"].as_str()?.to_owned(), it["usd_per_month"].as_f64()?)))
                .collect()
        })
    };
    let (billed, listed) = (bills("279.225,"), bills(","));
    assert_eq!(billed.len(), 5, "{billed:?}");
    for ((supply, bill), (_, list)) in billed.iter().zip(&listed) {
        let share = if ["fixed", "autoscaled"].contains(&supply.as_str()) { 0.75 } else { 1.0 };
        assert!((bill / list - share).abs() < 1e-9, "{supply} {bill} of {list}");
    }
    let (reserved, listed) = (bills("150,reserved-3yr"), bills(",")[1].clone());
    assert_eq!((&reserved[1], listed.0.as_str()), (&listed, "autoscaled"));
}

// 400/s of 200 ms are 80 events in flight on 8 processes, so `open` is asked for in_flight. What is known of all is summed up: $372 of
// today and what 3 c6i.xlarge become, but not what nobody has a bill of, or a verdict.
#[test]
fn figures_of_a_sum_are_of_the_same_workloads() {
    let day = "1 1 1 1 1 1 2 3 4 4 4 4 4 4 4 4 4 3 3 2 2 1 1 1";
    let rows = format!(
        "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,current_processes,current_runtime,\
         hourly,skew,partitions\n\
         known,8M,1KB,60%,12,c6i.xlarge,3,12,python-aiokafka,{day},1,24\n\
         open,34.56M,1KB,98%,200,c7a.xlarge,4,8,python-aiokafka,{day},,\n\
         unbilled,8M,1KB,60%,12,,,,python-aiokafka,{day},1,24\n"
    );
    with_rows(&rows, |file| {
        let told = |args: &[&str]| {
            one_line(&crate::command::printed(crate::command::tonnage(
                &[&["hours", file, "--runtimes", "python-aiokafka"], args].concat(),
            )))
        };
        let said = told(&[]);
        assert!(
            said.starts_with(
                "Cheapest in today's runtimes, $67 a month for 1 of 3 workloads: Lambda for 1; "
            ),
            "{said}"
        );
        assert!(said.contains("that is $306 less than today's $372"), "{said}");
        let not = "Not counted, as they have no verdict yet: open. Not counted, as today's bill is not known of them: unbilled.";
        assert!(said.contains(not), "{said}");
        let alone = told(&["--workload", "unbilled"]);
        assert!(alone.contains("today's bill is not known: "), "{alone}");
    });
}

/// Without a bill of today it is what a supply saves of fixed machines that decides, at any width.
#[test]
fn a_narrow_table_keeps_what_decides() {
    let header =
        "name,events_per_day,event_size,io_ratio,observed_cores,current_machine,current_instances,hourly";
    let titles = |today: &str| {
        let row = format!("a,100M,1KB,0,7,{today},{} 9", ["1"; 23].join(" "));
        let mut run = Command::cargo_bin("tonnage").unwrap();
        run.args(["hours", "-"]).env("COLUMNS", "80").write_stdin(format!("{header}\n{row}\n"));
        let text = crate::command::printed(run);
        text.lines().find(|line| line.starts_with("workload ")).unwrap().to_owned()
    };
    let [billed, unknown] = ["c6i.xlarge,8", "c6i.xlarge,"].map(titles);
    assert!(billed.contains(" saves") && !billed.contains("below fixed"), "{billed}");
    assert!(unknown.contains("below fixed") && !unknown.contains(" saves"), "{unknown}");
}
