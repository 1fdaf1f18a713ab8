//! Rules that every plan keeps, on random workloads, runtimes and machines.

use crate::common::{figure, linear};
use crate::random::{Case, case};
use proptest::prelude::*;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::capacity::constraint::{BoundBy, Constraint};
use tonnage_model::capacity::infeasible::Infeasible;
use tonnage_model::capacity::sizing::{Count, Member, Sizing};
use tonnage_model::catalog::{Catalog, Home};
use tonnage_model::cost::bill::usd_per_month;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planner::Planners;
use tonnage_model::decide::terms::Terms;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::machine::{Machine, Prices, Purchase};
use tonnage_model::offers::frontier;
use tonnage_model::plan::Priced;
use tonnage_model::policy::Policy;
use tonnage_model::problem::RangeEnd;
use tonnage_model::runtime::FetchFigures;
use tonnage_model::workload::Workload;

/// Instances on one machine type (the case's first), and the bill by which plans on all are compared, with a cost
/// tolerance too; infinite where there is no plan.
fn count_and_bill(case: &Case) -> (u64, f64) {
    let one = case.cheapest_on(&case.machines[..1]).map_or(u64::MAX, |plan| plan.count.instances);
    let case = Case { policy: Policy { cost_tolerance: 0.1, ..case.policy }, ..case.clone() };
    let bill = case.cheapest_on(&case.machines).map_or(f64::INFINITY, |plan| plan.cheapest_usd_per_month);
    (one, bill)
}

/// More of something never needs fewer instances of a type and never yields a cheaper plan.
fn never_less(before: &Case, after: &Case) -> Result<(), TestCaseError> {
    let ((count, bill), (more_count, more_bill)) = (count_and_bill(before), count_and_bill(after));
    prop_assert!(more_count >= count, "{count} instances became {more_count}");
    prop_assert!(more_bill >= bill * (1.0 - 1e-9), "${bill} became ${more_bill}");
    Ok(())
}

/// With cores observed, more or larger events leave less work in each: such cases are taken without.
fn unobserved(mut case: Case) -> Case {
    case.workload.observed_cores = None;
    case
}

/// A little wait beside CPU that is more spread has a p99 of up to 5 % less than the CPU alone, by their two moments: such cases
/// are taken without.
fn evenly_spread(mut case: Case) -> Case {
    let scv = &mut case.runtime.service_scv;
    *scv = figure(scv.value.min(1.0));
    case
}

proptest! {
    #![proptest_config(crate::random::cases(1000))]

    #[test]
    fn more_events_never_cost_less(case in case(), factor in 1.0f64..20.0) {
        let mut case = unobserved(case);
        // A wait inferred from CPU shrinks with it where today's fetches bring more.
        let has_own_time = case.workload.handler_seconds.is_some();
        if case.workload.io_wait_seconds.is_none() && !has_own_time {
            case.current.cpu.fetch = None;
        }
        let mut more = case.clone();
        more.workload.events_per_day *= factor;
        never_less(&case, &more)?;
    }

    #[test]
    fn larger_events_never_cost_less(case in case(), factor in 1.0f64..20.0) {
        let mut case = unobserved(case);
        // Fewer larger events fit under a client's limit in bytes, and with them less of what each takes beside.
        case.runtime.memory.prefetch = None;
        let mut larger = case.clone();
        larger.workload.event_bytes *= factor;
        never_less(&case, &larger)?;
    }

    #[test]
    fn a_longer_handler_never_costs_less(case in case(), seconds in 0.0f64..0.1, more in 0.0f64..0.1) {
        let with = |seconds| {
            let mut case = evenly_spread(case.clone());
            case.workload.io_wait_seconds = None;
            case.workload.handler_seconds = Some(seconds);
            case
        };
        never_less(&with(seconds), &with(seconds + more))?;
    }

    #[test]
    fn more_cores_in_use_never_cost_less(
        case in case(),
        instances in 1u32..50,
        processes in proptest::option::of(1u32..50),
        wait in proptest::option::of(0.0f64..0.1),
        cores in 0.01f64..50.0,
        more in 0.0f64..5.0,
    ) {
        let with = |cores| {
            let mut case = evenly_spread(case.clone());
            let workload = &mut case.workload;
            workload.handler_seconds = None;
            workload.current_instances = Some(instances);
            workload.current_processes = processes;
            workload.current_fetch_wait_seconds = wait;
            workload.observed_cores = Some(cores);
            case
        };
        never_less(&with(cores), &with(cores + more))?;
    }

    #[test]
    fn more_state_never_costs_less(case in case(), state in 0.0f64..4e9, more in 0.0f64..4e9) {
        let with = |bytes| {
            let mut case = case.clone();
            case.workload.state_bytes = Some(bytes);
            case
        };
        never_less(&with(state), &with(state + more))?;
    }

    #[test]
    fn a_hotter_key_never_costs_less(case in case(), hotter in 0.0f64..1.0) {
        let mut more = case.clone();
        let share = &mut more.workload.topic.hot_key_share;
        *share += (1.0 - *share) * hotter;
        never_less(&case, &more)?;
    }

    #[test]
    fn a_longer_wait_never_costs_less(case in case(), seconds in 0.0f64..0.1, more in 0.0f64..0.1) {
        let with = |seconds| {
            let mut case = evenly_spread(case.clone());
            case.workload.handler_seconds = None;
            case.workload.observed_cores = None;
            case.workload.io_calls = Some(0.0);
            case.workload.io_wait_seconds = Some(seconds);
            case
        };
        never_less(&with(seconds), &with(seconds + more))?;
    }

    #[test]
    fn more_skew_never_costs_less(case in case(), partitions in 1u32..200, cool in 0.0f64..1.0, hot in 0.0f64..1.0) {
        let with = |hot: f64| {
            let mut case = case.clone();
            let skew = 1.0 + hot * f64::from(partitions - 1);
            case.workload.topic = Topic { partitions: Some(partitions), skew, ..case.workload.topic };
            case
        };
        never_less(&with(cool.min(hot)), &with(cool.max(hot)))?;
    }

    /// Each partition cut into several of the same weight. Events in flight and read ahead take no memory here: more
    /// partitions hold more of them. Nor is there a fetch, planned or today: members that stood by read then, and a wait
    /// that is inferred from today's CPU is another one.
    #[test]
    fn cut_partitions_never_cost_more(case in case(), partitions in 1u32..100, pieces in 2u32..6) {
        let with = |partitions| {
            let mut case = case.clone();
            case.workload.topic = Topic { partitions: Some(partitions), ..Topic::default() };
            case.runtime.cpu.fetch = None;
            case.current.cpu.fetch = None;
            case.runtime.memory.per_in_flight_event = linear(0.0, 0.0);
            case.runtime.memory.prefetch = None;
            case
        };
        never_less(&with(partitions * pieces), &with(partitions))?;
    }

    #[test]
    fn lower_limits_never_cost_less(case in case(), lower in 0.3f64..1.0) {
        let mut careful = case.clone();
        careful.policy.max_utilization *= lower;
        never_less(&case, &careful)?;
        careful.policy.max_utilization_degraded *= lower;
        never_less(&case, &careful)?;
    }

    #[test]
    fn a_tighter_goal_never_costs_less(case in case(), goal in 0.001f64..2.0, tighter in 0.2f64..1.0) {
        let with = |goal| {
            let mut case = case.clone();
            case.workload.p99_seconds = goal;
            case
        };
        never_less(&with(None), &with(Some(goal)))?;
        never_less(&with(Some(goal)), &with(Some(goal * tighter)))?;
    }

    #[test]
    fn surviving_a_zone_never_costs_less(case in case()) {
        let with = |survive_zone_loss| {
            let mut case = case.clone();
            case.policy = Policy { survive_zone_loss, ..case.policy };
            case
        };
        never_less(&with(false), &with(true))?;
    }

    /// A fetch that costs nothing leaves every number as it is, to the last bit.
    #[test]
    fn a_free_fetch_changes_nothing(case in case(), round_trip in 0.0f64..1.0) {
        let with = |fetch: Option<FetchFigures>| {
            let mut case = case.clone();
            case.runtime.cpu.fetch = fetch.clone();
            case.current.cpu.fetch = fetch;
            case
        };
        let free = FetchFigures { core_seconds: figure(0.0), round_trip_seconds: figure(round_trip) };
        let (without, with) = (with(None), with(Some(free)));
        for machine in &case.machines {
            prop_assert_eq!(without.sizing_on(machine).count(), with.sizing_on(machine).count());
        }
        let found = |case: &Case| {
            case.cheapest_on(&case.machines).map(|plan| (plan.usd_per_month, plan.service_seconds(), plan.count))
        };
        prop_assert_eq!(found(&without), found(&with));
    }

    #[test]
    fn without_limits_on_latency_and_cpu_a_fetch_costs_nothing(case in case(), core in 0.0f64..5e-3) {
        let mut case = case;
        case.workload.p99_seconds = None;
        case.policy.max_cpu = f64::INFINITY;
        let with = |core: f64| {
            let mut case = case.clone();
            case.runtime.cpu.fetch =
                Some(FetchFigures { core_seconds: figure(core), round_trip_seconds: figure(5e-3) });
            count_and_bill(&case)
        };
        prop_assert_eq!(with(0.0), with(core));
    }

    #[test]
    fn a_more_expensive_fetch_never_costs_less(case in case(), core in 0.0f64..1e-3, more in 0.0f64..5e-3) {
        let with = |core: f64| {
            let mut case = case.clone();
            case.runtime.cpu.fetch =
                Some(FetchFigures { core_seconds: figure(core), round_trip_seconds: figure(5e-3) });
            case
        };
        never_less(&with(core), &with(core + more))?;
    }

    /// A given count never spends more CPU on an event when more come, and never less on all of them.
    #[test]
    fn more_events_share_their_fetches(case in case(), factor in 1.0f64..20.0, n in 1u64..50, members in 1u64..20) {
        for machine in &case.machines {
            let sizing = case.sizing_on(machine);
            let members = if case.is_threads() { 1 } else { members };
            let count = Count { instances: n, members_per_instance: members };
            let more = Sizing { peak_rate: sizing.peak_rate * factor, ..sizing.clone() };
            let (few, many) = (sizing.peak_rate, more.peak_rate);
            prop_assert!(more.service_at(many, count, 0.0) <= sizing.service_at(few, count, 0.0) * (1.0 + 1e-12));
            prop_assert!(more.cpu_at_peak(count, 0.0) >= sizing.cpu_at_peak(count, 0.0) * (1.0 - 1e-12));
        }
    }

    /// The bisections find what a scan of all counts finds: the least n, with it the least W, and why.
    #[test]
    fn the_answer_is_the_first_that_a_scan_finds(case in case()) {
        const COUNTS: u64 = 60;
        const MEMBERS: u64 = 250;
        let split = |machine| {
            let whole = case.sizing_on(machine);
            let most = if whole.member == Member::Binary { whole.vcpus } else { 1 };
            let divisors = (1..=most).filter(|binaries| machine.vcpus.is_multiple_of(*binaries));
            divisors.map(|binaries| whole.clone().in_binaries(&case.runtime, binaries)).collect::<Vec<_>>()
        };
        for sizing in case.machines.iter().flat_map(split) {
            let minimum = u64::from(case.policy.min_instances);
            let processes = |members| sizing.processes(members) as f64;
            let fitting = |members: u64| processes(members) * sizing.fixed_process_bytes() <= sizing.usable_memory();
            let meets = |n: u64, rules: &[Constraint]| {
                let (least, most) = match sizing.member {
                    Member::Binary => (u64::from(sizing.binaries), u64::from(sizing.binaries)),
                    Member::Process | Member::Reader => (1, MEMBERS.min(sizing.most_processes)),
                };
                (least..=most).filter(|&w| fitting(w)).find(|&w| rules.iter().all(|&rule| sizing.meets(rule, n, w)))
            };
            let scanned = (minimum..minimum + COUNTS).find_map(|n| Some((n, meets(n, &Constraint::ALL)?)));
            match (sizing.count(), scanned) {
                (Ok(count), Some((n, members))) => {
                    prop_assert_eq!((count.instances, count.members_per_instance), (n, members));
                    let wait = sizing.fetch_wait(count);
                    prop_assert!(sizing.cpu_at_peak(count, wait) <= case.policy.max_cpu);
                    let p99 = sizing.percentile(count, wait);
                    prop_assert!(p99.is_finite() && sizing.goal_seconds.is_none_or(|goal| p99 <= goal * (1.0 + 1e-9)));
                    let delay = sizing.fetch_delay(count, wait);
                    prop_assert!(sizing.partitions_required(count.members(), delay).is_some());
                    if n > minimum {
                        let first = (1..=Constraint::ALL.len()).find(|&k| meets(n - 1, &Constraint::ALL[..k]).is_none());
                        let expected = first.map(|k| BoundBy::Constraint(Constraint::ALL[k - 1]));
                        prop_assert_eq!(Some(sizing.bound_by(n)), expected);
                    } else {
                        prop_assert_eq!(sizing.bound_by(n), BoundBy::Minimum);
                    }
                }
                (Ok(count), None) => {
                    let beyond = count.instances >= minimum + COUNTS || count.members_per_instance > MEMBERS;
                    prop_assert!(beyond, "{count:?}");
                }
                (Err(_), found) => prop_assert_eq!(found, None),
            }
        }
    }

    /// The pruned search for the cheapest type finds the first of all candidates.
    #[test]
    fn pruning_loses_no_winner(case in case(), priced_by_size in any::<bool>()) {
        let mut case = case;
        if priced_by_size {
            // As clouds do it, which makes many bills equal but for the last bit.
            case.machines.iter_mut().for_each(|it| it.prices = Prices::on_demand(f64::from(it.vcpus) * 0.05132));
        }
        let all = case.candidates();
        let cheapest = case.cheapest_on(&case.machines);
        let first = all.first().map(|plan| (&plan.machine.instance_type, plan.count.instances));
        prop_assert_eq!(cheapest.as_ref().map(|plan| (&plan.machine.instance_type, plan.count.instances)), first);
    }

    /// Nor does a bill that the cheapest may be no more than: it is found, or every plan costs more.
    #[test]
    fn a_bill_to_stay_within_loses_no_plan(case in case(), tolerance in 0.0f64..0.5, share in 0.5f64..1.5) {
        let (runtimes, machines) = (vec![case.runtime.clone()], case.machines.clone().into());
        let catalog = Catalog { runtimes, machines, ..Catalog::default() };
        let policy = Policy { cost_tolerance: tolerance, ..case.policy };
        let runtime = &catalog.runtimes[0];
        let planners = Planners::new(&catalog, &[runtime], policy, Terms::default(), None);
        let (planner, problem) = (planners.of(Home::ANYWHERE, runtime), case.problem());
        let Some(plan) = planner.priced(&problem, runtime, RangeEnd::Best) else { return Ok(()) };
        let most = Priced { usd_per_month: plan.cheapest_usd_per_month * share, ..plan };
        let of = |it: Priced<'_>| (it.machine.instance_type.clone(), it.count, it.usd_per_month.to_bits());
        match planner.priced_within(&problem, runtime, RangeEnd::Best, Some(most.machine), most.usd_per_month) {
            Some(within) => prop_assert_eq!(of(within), of(plan)),
            None => prop_assert!(share < 1.0),
        }
    }

    /// Within the tolerance of the cheapest the plan with the fewest instances is chosen, and several binaries on a machine
    /// only where they save more than that, or where fewer machines with a lower bill run them: none of these loses.
    #[test]
    fn the_fewest_instances_within_the_tolerance(case in case(), tolerance in 0.0f64..0.5) {
        let policy = Policy { cost_tolerance: tolerance, ..case.policy };
        let case = Case { policy, ..case };
        let on = |machine: &Machine| {
            let whole = case.sizing_on(machine);
            let most = if whole.member == Member::Binary { whole.vcpus } else { 1 };
            let divisors = (1..=most).filter(|binaries| machine.vcpus.is_multiple_of(*binaries));
            let price = machine.usd_per_hour(policy.purchase).unwrap();
            let sized = divisors.filter_map(|binaries| {
                let count = whole.clone().in_binaries(&case.runtime, binaries).count().ok()?;
                Some((binaries, count.instances, usd_per_month(count.instances, price)))
            });
            sized.collect::<Vec<_>>()
        };
        let all: Vec<(u32, u64, f64)> = case.machines.iter().flat_map(on).collect();
        let least = |all: &[(u32, u64, f64)]| all.iter().map(|it| it.2).fold(f64::INFINITY, f64::min);
        let whole: Vec<_> = all.iter().copied().filter(|it| it.0 == 1).collect();
        let is_split = least(&all) * (1.0 + tolerance) < least(&whole) - 1e-6;
        let may_be = if is_split { all.clone() } else { whole };
        let cheapest = least(&may_be);
        let near = may_be.iter().filter(|it| it.2 <= cheapest * (1.0 + tolerance) + 1e-6);
        let fewer = |one: &&(u32, u64, f64), other: &&(u32, u64, f64)| {
            one.1.cmp(&other.1).then(one.2.total_cmp(&other.2))
        };
        let fewest = near.min_by(fewer);
        let is_better =
            |it: &(u32, u64, f64)| fewest.is_some_and(|than| it.1 < than.1 && it.2 < than.2 - 1e-6);
        let better = all.iter().filter(|it| tolerance > 0.0 && is_better(it)).min_by(fewer);
        let fewest = better.or(fewest);
        let plan = case.cheapest_on(&case.machines);
        prop_assert_eq!(plan.is_some(), fewest.is_some());
        if let (Some(plan), Some(&(_, instances, usd))) = (plan, fewest) {
            prop_assert_eq!(plan.count.instances, instances);
            prop_assert!((plan.usd_per_month - usd).abs() < 1e-5, "{} {usd}", plan.usd_per_month);
            let counted = cheapest * if is_split { 1.0 + tolerance } else { 1.0 };
            prop_assert!((plan.cheapest_usd_per_month - counted).abs() < 1e-5);
            let loses = |it: &(u32, u64, f64)| it.1 >= instances || it.2 >= usd - 1e-6;
            prop_assert!(tolerance == 0.0 || all.iter().all(loses));
        }
    }

    /// Nor does leaving out the types that another stands for: the winner, and the one that comes closest, are the same.
    #[test]
    fn the_frontier_loses_no_winner(case in case(), priced_by_size in any::<bool>(), alike in 0usize..4) {
        let mut case = case;
        // Types of few sizes and speeds, so that some stand for others.
        let like = case.machines[0].clone();
        for (index, machine) in case.machines.iter_mut().enumerate() {
            machine.vcpus = 1 << (machine.vcpus % 4);
            if index < alike {
                machine.vcpus = like.vcpus;
                machine.vcpu_speed = like.vcpu_speed;
                machine.memory_bytes = like.memory_bytes;
            }
            if priced_by_size {
                machine.prices = Prices::on_demand(f64::from(machine.vcpus) * 0.05132);
            }
        }
        let mut all: Vec<&Machine> = case.machines.iter().collect();
        let price = |machine: &Machine| machine.usd_per_hour(Purchase::OnDemand).unwrap();
        all.sort_by(|one, other| price(one).total_cmp(&price(other)));
        let kept = frontier(&all, case.policy.purchase);
        let found = |machines: &[&Machine]| match case.cheapest_among(machines) {
            Ok(plan) => Ok((plan.machine.instance_type.clone(), plan.count)),
            Err(none) => Err(none.to_string()),
        };
        prop_assert_eq!(found(&kept), found(&all));
    }

    /// What a reason says would do, does; and one less of it would not.
    #[test]
    fn remedies_serve(case in case()) {
        for machine in &case.machines {
            let sizing = case.sizing_on(machine);
            if !matches!(sizing.count(), Err(Infeasible::Unmet(_))) {
                continue;
            }
            let remedies = sizing.remedies();
            // With the goal that it takes, as one of its changes alone does not.
            let sizing = Sizing { goal_seconds: remedies.goal_seconds.or(sizing.goal_seconds), ..sizing };
            if remedies.goal_seconds.is_some() {
                let is_enough = remedies.partitions.or(remedies.in_flight).is_none();
                prop_assert_eq!(sizing.count().is_ok(), is_enough);
            }
            let with_partitions = |number: u32| Sizing {
                topic: Topic { partitions: Some(number), ..sizing.topic.at_worst() },
                ..sizing.clone()
            };
            let with_in_flight = |number: u32| Sizing { in_flight: number, ..sizing.clone() };
            if let Some(number) = remedies.partitions {
                prop_assert!(with_partitions(number).count().is_ok());
                prop_assert!(with_partitions(number - 1).count().is_err());
            }
            if let Some(number) = remedies.in_flight {
                prop_assert!(with_in_flight(number).count().is_ok());
                prop_assert!(with_in_flight(number - 1).count().is_err());
            }
        }
    }

    /// In every plan the handling of an average instance keeps to the limit, and fetches take no more than it leaves.
    #[test]
    fn utilization_stays_within_the_limit(case in case()) {
        if let Some(plan) = case.cheapest_on(&case.machines) {
            let limit = case.policy.max_utilization;
            let vcpus = f64::from(plan.machine.vcpus);
            let idle = plan.count.members_per_instance as f64 * plan.sizing.idle_cores / vcpus;
            let instances = plan.count.instances as f64;
            let busy = |seconds: f64| plan.sizing.peak_rate * seconds / plan.sizing.worth / instances / vcpus;
            // carries() leaves idle CPU free of the limit: handled <= limit (1 - idle).
            prop_assert!(busy(plan.sizing.service.handling_seconds) <= limit * (1.0 - idle) + 1e-9);
            prop_assert!(plan.cpu_at_peak() <= case.policy.max_cpu);
            // And what it shows is the CPU of an event, as printed, times the events, and the idling.
            let handled = busy(plan.service_seconds());
            prop_assert!((plan.cpu_at_peak() - handled - idle).abs() <= 1e-9);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Where what a change has to save is a share of the bill, a discount on all prices changes no verdict; nor where another family
    /// saves exactly the share, 9 of 10 parts of a price, or a part in a thousand less.
    #[test]
    fn a_discount_leaves_verdicts_by_shares(case in case(), parts in 1u32..10_000, short in any::<bool>(), percent in 1u32..60) {
        let Some(plan) = case.cheapest_on(&case.machines[..1]) else { return Ok(()) };
        let verdict = |percent: u32| {
            let priced = |name: &str, family: &str, price: f64| Machine {
                instance_type: name.into(),
                family: family.into(),
                prices: Prices::on_demand(price * (1.0 - f64::from(percent) / 100.0)),
                ..case.machines[0].clone()
            };
            let (today, other) = (f64::from(parts) / 1e3, f64::from(9 * parts) / 1e4);
            let other = if short { other * 1.001 } else { other };
            let machines = vec![priced("today", "a", today), priced("other", "b", other)];
            let runtimes = vec![case.current.clone(), case.runtime.clone()];
            let catalog = Catalog { runtimes, machines: machines.into(), ..Catalog::default() };
            let workload = Workload {
                current_runtime: case.current.name.clone(),
                current_machine: Some("today".into()),
                current_instances: Some(plan.count.instances.min(1000) as u32),
                ..case.workload.clone()
            };
            let policy = Policy { cost_tolerance: 0.1, purchase: Purchase::OnDemand, ..case.policy };
            let terms = Terms::with_min_saving(800.0, 0.0);
            let workloads = [workload];
            let fleet = Fleet::plan(&catalog, catalog.usual().collect(), &workloads, policy, terms, None).ok()?;
            let it = &fleet.entries[0].recommendation;
            Some((it.verdict.clone(), it.machines.clone().map(|on| (on.instance_type, on.instances))))
        };
        let kind = |it: Option<(Verdict, Option<(String, u64)>)>| it.map(|(verdict, on)| (std::mem::discriminant(&verdict), on));
        prop_assert_eq!(kind(verdict(0)), kind(verdict(percent)));
    }
}
