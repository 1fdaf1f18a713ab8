//! Ranges in, ranges out: cases whose answer is known, and whole commands on files.

use crate::command::one_line;
use crate::common::{figure, machine, runtime, workload};
use assert_cmd::Command;
use std::fs;
use tonnage::input::catalogs::{embedded, lists};
use tonnage::input::columns;
use tonnage::input::workloads::Reader;
use tonnage_model::catalog::Catalog;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::terms::Terms;
use tonnage_model::machine::Machine;
use tonnage_model::policy::Policy;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::{Deployment, Figure, Runtime};
use tonnage_model::uncertain::catalog::family_name;
use tonnage_model::uncertain::distribution::Distribution;
use tonnage_model::uncertain::latin_hypercube::{Sampling, quantile};
use tonnage_model::uncertain::monte_carlo::{Market, Risk, Simulation, WorkloadSampler};
use tonnage_model::uncertain::sensitivity::{of_fleet, tornado};
use tonnage_model::workload::Uncertain;
use tonnage_model::workload::{Outlook, Workload};

const SAMPLING: Sampling = Sampling { samples: 256, seed: 1 };

fn uncertain(column: &str, low: f64, high: f64) -> Uncertain {
    let (number, input) = columns::number(column).unwrap();
    Uncertain { input, distribution: number.distribution(low, high) }
}

/// So many events that machines come by the hundred thousand, and rounding up to a whole one is lost.
fn torrent() -> Workload {
    let range = uncertain("events_per_day", 2e14, 4.5e14);
    Workload { ranges: vec![range], ..workload(range.distribution.median()) }
}

/// No zone is lost and nothing is kept but 30 % of the CPU, so that the bill is linear in the rate.
fn linear_policy() -> Policy {
    Policy { survive_zone_loss: false, ..Policy::default() }
}

/// One vCPU and 4 GiB at $1 a month.
fn dollar_a_month(name: &str) -> Machine {
    machine(name, 1, 4.0, 1.0 / 730.0)
}

fn with_fleet<T>(
    runtimes: Vec<Runtime>,
    machines: Vec<Machine>,
    workload: Workload,
    confidence: Option<(f64, Sampling)>,
    look: impl Fn(Fleet<'_>) -> T,
) -> T {
    let catalog = Catalog { runtimes, machines: machines.into(), ..Catalog::default() };
    let workloads = [workload];
    let runtimes = catalog.runtimes.iter().collect();
    look(Fleet::plan(&catalog, runtimes, &workloads, linear_policy(), Terms::default(), confidence).unwrap())
}

fn risk(runtimes: Vec<Runtime>, machines: Vec<Machine>, workload: Workload, sampling: Sampling) -> Risk {
    with_fleet(runtimes, machines, workload, None, |fleet| {
        Simulation::new(&fleet.entries, sampling).run().remove(0)
    })
}

fn embedded_catalog() -> Catalog {
    Catalog { machines: lists::machines(), ..embedded::published().unwrap() }
}

fn read(catalog: &Catalog, path: &str) -> Vec<Workload> {
    let entries = Reader::new(catalog).read_all(&[path]).unwrap();
    entries.into_iter().map(|entry| entry.workload).collect()
}

mod monte_carlo {
    use super::*;

    /// The bill is `$1 L s / 0.7` with L = E / 86,400 and s = 20 us v_p / v. E is log-normal with
    /// `sigma = ln(4.5/2) / (2 * 1.644854) = 0.246504`, v_p (the machine measured on) and v (that planned) are log-normal with
    /// `ln(1.15) / 1.959964 = 0.0713083`. A product of log-normals is log-normal, so that of the bill is
    /// `sqrt(0.246504^2 + 2 * 0.0713083^2) = 0.266335`, and P10 and P90 are its median times
    /// `exp(-+1.281552 * 0.266335) = 0.710836` and 1.406794.
    #[test]
    fn a_log_normal_rate_through_a_linear_cost() {
        let median = 9e14f64.sqrt() * 1e7 / 86_400.0 * 20e-6 / 0.7;
        let sampling = Sampling { samples: 2048, ..SAMPLING };
        let now = runtime("now", Deployment::Processes);
        let risk = risk(vec![now], vec![dollar_a_month("small")], torrent(), sampling);
        let usd = risk.runtimes[0].usd_per_month;
        let off = |actual: Option<f64>, expected: f64| (actual.unwrap() / expected - 1.0).abs();
        // The standard error of independent draws: sqrt(0.1 * 0.9 / 2048) / 0.1755 * 0.2663 = 1.0 % at the ends.
        assert!(off(usd.p50, median) < 0.01, "{usd:?} {median}");
        assert!(off(usd.p10, median * 0.710_836) < 0.02, "{usd:?} {median}");
        assert!(off(usd.p90, median * 1.406_794) < 0.02, "{usd:?} {median}");
    }

    /// Of one quantity, a Latin hypercube has one value in every Nth part, so the quantile is right to 1/N of the
    /// probability, and not to sqrt(p (1 - p) / N) as with independent draws.
    #[test]
    fn one_quantity_is_right_to_a_sample() {
        let rate = Distribution::LogNormal { above: 0.0, low: 40e6, high: 60e6 };
        for samples in [20, 64, 500] {
            let sampling = Sampling { samples, ..SAMPLING };
            let mut drawn: Vec<f64> =
                sampling.shares("rate").into_iter().map(|share| rate.quantile(share)).collect();
            drawn.sort_by(f64::total_cmp);
            for p in [0.1, 0.5, 0.9] {
                let found = quantile(&drawn, p).unwrap();
                let part = |up: f64| rate.quantile(p + up / samples as f64);
                assert!(part(-1.0) <= found && found <= part(1.0), "{samples} {p}");
            }
        }
    }

    #[test]
    fn samples_are_alike_in_any_order() {
        let catalog = embedded_catalog();
        let workloads = read(&catalog, "examples/ranges.csv");
        let policy = Policy::default();
        let plan = || {
            let runtimes = catalog.runtimes.iter().collect();
            Fleet::plan(&catalog, runtimes, &workloads, policy, Terms::default(), None).unwrap()
        };
        let fleet = plan();
        let sampling = Sampling { samples: 21, seed: 3 };
        let simulation = Simulation::new(&fleet.entries, sampling);
        // Backwards, and each in a world of its own.
        let mut samples: Vec<_> =
            (0..21).rev().map(|number| simulation.sample(&mut simulation.start(), number)).collect();
        samples.reverse();
        let risks: Vec<Risk> =
            plan().sampled(sampling).entries.into_iter().map(|entry| entry.risk.unwrap()).collect();
        assert_eq!(simulation.risks(&samples), risks);
    }

    /// A plan of the best estimates, and the bill of the world at its medians, found with the usual winner first.
    #[test]
    fn at_the_medians_it_is_the_plan_to_the_cent() {
        let catalog = embedded_catalog();
        for file in ["examples/workloads.csv", "examples/ranges.csv"] {
            let workloads = read(&catalog, file);
            let runtimes = catalog.runtimes.iter().collect();
            let fleet =
                Fleet::plan(&catalog, runtimes, &workloads, Policy::default(), Terms::default(), None)
                    .unwrap();
            let world = fleet.world();
            let median = world.median();
            let market = Market::new(&median, &world.positions(&fleet.machines), &fleet.entries[0].planner);
            for entry in &fleet.entries {
                let at_median = entry.problem.workload.drawn(|_| 0.5);
                assert_eq!(at_median, *entry.problem.workload);
                let outcomes =
                    WorkloadSampler::new(entry, 0..entry.plans.len(), &world).outcomes(&at_median, &market);
                for ((_, plan), outcome) in entry.plans.iter().zip(outcomes) {
                    let planned = plan.as_ref().ok().map(|plan| plan.usd_per_month);
                    assert_eq!(outcome.usd_per_month, planned, "{}", entry.problem.workload.name);
                    assert_eq!((outcome.holds, outcome.broken), (planned.is_some(), None));
                }
            }
        }
    }

    /// Trying the usual winner first only saves time: in every sample the bill is the least of all machine types'.
    #[test]
    fn the_order_of_machine_types_changes_no_bill() {
        let catalog = embedded_catalog();
        let workloads = read(&catalog, "examples/ranges.csv");
        let runtimes: Vec<&Runtime> = catalog.runtimes.iter().collect();
        let fleet =
            Fleet::plan(&catalog, runtimes, &workloads, Policy::default(), Terms::default(), None).unwrap();
        let world = fleet.world();
        let sampling = Sampling { samples: 3, ..SAMPLING };
        let shares = world.shares(&sampling);
        let mut draw = world.median();
        for sample in 0..sampling.samples {
            world.draw(&mut draw, &shares, sample);
            let positions: Vec<usize> = world.positions(&fleet.machines).into_iter().rev().collect();
            let machines: Vec<&Machine> = positions.iter().map(|&index| &draw.machines[index]).collect();
            let market = Market::new(&draw, &positions, &fleet.entries[0].planner);
            for entry in &fleet.entries {
                let outcomes = WorkloadSampler::new(entry, 0..entry.plans.len(), &world)
                    .outcomes(entry.problem.workload, &market);
                let current = &draw.runtimes[world.runtime(entry.problem.current).unwrap()];
                let today =
                    entry.problem.current_machine.map(|it| &draw.machines[world.machine(it).unwrap()]);
                let (workload, gain) = (entry.problem.workload, draw.idle_sibling);
                let problem = Problem::with_idle_sibling(workload, current, today, gain).unwrap();
                for ((runtime, _), outcome) in entry.plans.iter().zip(outcomes) {
                    let runtime = &draw.runtimes[world.runtime(runtime).unwrap()];
                    let all = problem.candidates(
                        runtime,
                        &machines,
                        fleet.policy,
                        tonnage_model::problem::RangeEnd::Best,
                    );
                    let least = all.ok().map(|plans| plans[0].usd_per_month);
                    assert_eq!(outcome.usd_per_month, least);
                }
            }
        }
    }

    #[test]
    fn a_tie_with_today_is_no_reason_to_move() {
        let quiet = workload(86_400.0);
        let runtimes = || ["now", "other", "third"].map(|name| runtime(name, Deployment::Threads)).to_vec();
        let same = risk(runtimes(), vec![dollar_a_month("small")], quiet.clone(), SAMPLING);
        let shares: Vec<(f64, f64)> = same.runtimes.iter().map(|it| (it.cheapest, it.tied)).collect();
        // All three are held at two machines.
        assert_eq!(shares, [(1.0, 1.0), (0.0, 0.0), (0.0, 0.0)]);
        let moving = same.moving.unwrap();
        assert_eq!((moving.saves.p10, moving.saves.p90, moving.worth_it), (Some(0.0), Some(0.0), 0.0));

        // Where today's costs more, both others are the cheapest.
        let mut costly = runtimes();
        costly[0].memory.base = figure(3e9);
        let machines = vec![machine("small", 1, 2.0, 1.0 / 730.0), machine("large", 1, 4.0, 2.0 / 730.0)];
        let tie = risk(costly, machines, quiet, SAMPLING);
        let shares: Vec<(f64, f64)> = tie.runtimes.iter().map(|it| (it.cheapest, it.tied)).collect();
        assert_eq!(shares, [(0.0, 0.0), (1.0, 1.0), (1.0, 1.0)]);
        assert_eq!(tie.moving.unwrap().saves.p50, Some(2.0));
    }

    /// Held at two machines of $1 or $2 in every sample, moving saves $2. A feature in two months that takes two days in
    /// place of one, at $1 a day, costs $0.50 more, which leaves $1.50, a day and a half. A rewrite of 30 days is paid back
    /// by that in 20 months of the 24, and one of 40 days would be by the $2, but is not by what is left.
    #[test]
    fn features_and_the_rewrite_count_in_samples_too() {
        let fleet = |features_per_month, rewrite_days| {
            let mut runtimes = ["now", "other"].map(|name| runtime(name, Deployment::Threads)).to_vec();
            runtimes[0].memory.base = figure(3e9);
            for (runtime, days) in runtimes.iter_mut().zip([1.0, 2.0]) {
                runtime.language.days_per_feature = Some(figure(days));
            }
            let outlook =
                Outlook { features_per_month, rewrite_days: Some(rewrite_days), ..Outlook::default() };
            let machines = vec![machine("small", 1, 2.0, 1.0 / 730.0), machine("large", 1, 4.0, 2.0 / 730.0)];
            let catalog = Catalog { runtimes, machines: machines.into(), ..Catalog::default() };
            // The rate is a range, as only what is one is sampled; it moves no bill.
            let ranges = vec![uncertain("events_per_day", 80_000.0, 90_000.0)];
            let workloads = [Workload { outlook, ranges, ..workload(86_400.0) }];
            let runtimes = catalog.runtimes.iter().collect();
            let terms = Terms::at_day_rate(1.0);
            let fleet = Fleet::plan(&catalog, runtimes, &workloads, linear_policy(), terms, None).unwrap();
            let fleet = fleet.sampled(SAMPLING);
            let entry = &fleet.entries[0];
            let moving = entry.risk.as_ref().unwrap().moving.clone().unwrap();
            (moving.saves.p50.unwrap(), moving.worth_it, crate::common::said(&fleet))
        };
        let (saves, worth_it, _) = fleet(0.0, 40.0);
        assert!((saves - 2.0).abs() < 1e-9 && worth_it == 1.0, "{saves} {worth_it}");
        let (saves, worth_it, said) = fleet(0.5, 30.0);
        assert!((saves - 1.5).abs() < 1e-9 && worth_it == 1.0, "{saves} {worth_it}");
        assert!(said.contains("moving to other saves $1.50 a month with features counted"), "{said}");
        assert!(said.contains("worth 1.5 engineer-days. 2 x small in other hold in 100 %."), "{said}");
        assert_eq!(fleet(0.5, 40.0).1, 0.0);
    }

    /// The plan of the median rate holds for the lower half of all rates.
    #[test]
    fn a_plan_of_the_medians_holds_in_half_of_the_samples() {
        let now = runtime("now", Deployment::Processes);
        let it = risk(vec![now], vec![dollar_a_month("small")], torrent(), SAMPLING);
        let it = &it.runtimes[0];
        assert!((it.holds.unwrap() - 0.5).abs() < 0.05, "{it:?}");
        let (rule, share) = it.weakest.unwrap();
        assert_eq!((rule.to_string().as_str(), share), ("cpu", 1.0 - it.holds.unwrap()));
    }

    #[test]
    fn samples_without_a_plan_are_the_most_expensive() {
        // One core a partition carries 0.7 / 20 us = 35,000 events/s, the median.
        let range = uncertain("events_per_day", 20_000.0 * 86_400.0, 61_250.0 * 86_400.0);
        let mut stuck = Workload { ranges: vec![range], ..workload(range.distribution.median()) };
        stuck.topic.partitions = Some(1);
        let it =
            risk(vec![runtime("now", Deployment::Processes)], vec![dollar_a_month("small")], stuck, SAMPLING);
        let it = &it.runtimes[0];
        assert!((it.feasible - 0.5).abs() < 0.05, "{it:?}");
        assert_eq!((it.usd_per_month.p10, it.usd_per_month.p90), (Some(2.0), None));
    }
}

mod confidence {
    use super::*;

    /// With one machine type and one member an instance, a count holds in 90 % of samples from the 90th percentile of the
    /// counts on: the bill is the P90 of what each sample by itself needs.
    #[test]
    fn the_count_is_a_percentile_of_the_counts() {
        let runtimes = || vec![runtime("now", Deployment::Threads)];
        let machines = || vec![dollar_a_month("small")];
        let needed = risk(runtimes(), machines(), torrent(), SAMPLING).runtimes[0].usd_per_month.p90.unwrap();
        let sure = with_fleet(runtimes(), machines(), torrent(), Some((0.9, SAMPLING)), |fleet| {
            let fleet = fleet.sampled(SAMPLING);
            let entry = &fleet.entries[0];
            let plan = entry.plans[0].1.as_ref().unwrap();
            assert_eq!(plan.bound_by().to_string(), "confidence");
            let holds = entry.risk.as_ref().unwrap().runtimes[0].holds.unwrap();
            assert!((0.9..0.9 + 1.0 / 256.0).contains(&holds), "{holds}");
            plan.usd_per_month
        });
        assert!((sure - needed).abs() < 0.005, "{sure} {needed}");
    }

    #[test]
    fn every_plan_of_a_fleet_holds_as_surely_as_asked() {
        let catalog = embedded_catalog();
        let workloads = read(&catalog, "examples/ranges.csv");
        let sampling = Sampling { samples: 40, ..SAMPLING };
        let plan = |confidence| {
            let runtimes = catalog.runtimes.iter().collect();
            let (policy, terms) = (Policy::default(), Terms::default());
            Fleet::plan(&catalog, runtimes, &workloads, policy, terms, confidence).unwrap()
        };
        let best = plan(None);
        let sure = plan(Some((0.9, sampling))).sampled(sampling);
        let mut more_expensive = 0;
        for (best, sure) in best.entries.iter().zip(&sure.entries) {
            for ((one, other), risk) in
                best.plans.iter().zip(&sure.plans).zip(&sure.risk.as_ref().unwrap().runtimes)
            {
                let (Ok(one), Ok(other)) = (&one.1, &other.1) else { continue };
                assert!(risk.holds.unwrap() >= 0.9, "{} {risk:?}", best.problem.workload.name);
                assert!(other.usd_per_month >= one.usd_per_month - 1e-9);
                more_expensive += u32::from(other.usd_per_month > one.usd_per_month + 0.01);
            }
        }
        assert!(more_expensive > 0);
    }

    #[test]
    fn what_holds_too_rarely_has_no_plan() {
        let range = uncertain("events_per_day", 20_000.0 * 86_400.0, 50_000.0 * 86_400.0);
        let mut stuck = Workload { ranges: vec![range], ..workload(range.distribution.median()) };
        stuck.topic.partitions = Some(1);
        let runtimes = vec![runtime("now", Deployment::Processes)];
        with_fleet(runtimes, vec![dollar_a_month("small")], stuck, Some((0.9, SAMPLING)), |fleet| {
            let reason = fleet.entries[0].plans[0].1.as_ref().unwrap_err().to_string();
            assert!(
                reason.starts_with("no count holds in 90.2 % of samples; more machines bring it to"),
                "{reason}"
            );
        });
    }
}

mod what_matters {
    use super::*;

    /// The bill is linear in the rate and the event's cost, so each swings it by the ratio of its own ends.
    #[test]
    fn the_most_uncertain_number_comes_first() {
        let mut now = runtime("now", Deployment::Processes);
        let consume = &mut now.cpu.consume.per_event;
        *consume = Figure { low: 9e-6, high: 11e-6, ..consume.clone() };
        with_fleet(vec![now], vec![dollar_a_month("small")], torrent(), None, |fleet| {
            let found = tornado(&fleet.entries[0], &fleet.world()).unwrap();
            let names: Vec<&str> = found.swings.iter().map(|swing| swing.input.as_str()).collect();
            assert_eq!(names[0], "events_per_day");
            assert_eq!(names[3], "now: consume, an event");
            assert!(names[1..3].iter().all(|name| name.starts_with("speed of")), "{names:?}");
            assert_eq!((found.swings.len(), found.without_effect), (4, 0));
            let swing = &found.swings[0];
            let ratio = swing.usd_per_month_at_p90.unwrap() / swing.usd_per_month_at_p10.unwrap();
            assert!((ratio / (swing.p90 / swing.p10) - 1.0).abs() < 1e-4, "{swing:?}");
            // 2.25^(2 * 1.281552 / 3.289707).
            assert!((ratio - 2.25f64.powf(0.779_128)).abs() < 1e-3, "{ratio}");
        });
    }

    /// A speed moves the bills of all workloads at once, by the sum of what it moves each; a column that of its own alone.
    #[test]
    fn a_fleet_moves_by_the_sum_of_its_workloads() {
        let now = runtime("now", Deployment::Processes);
        let catalog = Catalog {
            runtimes: vec![now],
            machines: vec![dollar_a_month("small")].into(),
            ..Catalog::default()
        };
        let steady = Workload { name: "steady".into(), ranges: Vec::new(), ..torrent() };
        let workloads = [torrent(), steady];
        let runtimes = catalog.runtimes.iter().collect();
        let fleet =
            Fleet::plan(&catalog, runtimes, &workloads, linear_policy(), Terms::default(), None).unwrap();
        let entries: Vec<_> = fleet.entries.iter().collect();
        let found = of_fleet(&entries);
        let each: Vec<_> = entries.iter().map(|it| tornado(it, &fleet.world()).unwrap()).collect();
        let more = |of: usize, input: &str| {
            let swing = each[of].swings.iter().find(|it| it.input == input).unwrap();
            swing.usd_per_month_at_p90.unwrap() - each[of].usd_per_month
        };
        let names: Vec<&str> = found.iter().map(|it| it.input.as_str()).collect();
        assert_eq!(names.len(), 3, "{names:?}");
        let column = format!("{}: events_per_day", workloads[0].name);
        for it in &found {
            let expected = match it.input == column {
                true => more(0, "events_per_day"),
                false => more(0, &it.input) + more(1, &it.input),
            };
            assert!((it.more_at_p90 / expected - 1.0).abs() < 1e-9, "{it:?}: {expected}");
            assert_eq!(it.evidence.is_none(), it.input == column);
            assert_eq!(it.without_plan, 0);
        }
        // Both bills are inverse to the speed of the machines, so at its P90 they are less.
        assert!(
            found.iter().any(|it| it.input == "speed of cloud small" && it.more_at_p90 < 0.0),
            "{names:?}"
        );
    }

    #[test]
    fn a_number_that_moves_nothing_is_only_counted() {
        let days = uncertain("rewrite_days", 10.0, 40.0);
        let quiet = Workload { ranges: vec![days], ..workload(86_400.0) };
        with_fleet(
            vec![runtime("now", Deployment::Processes)],
            vec![dollar_a_month("small")],
            quiet,
            None,
            |fleet| {
                let found = tornado(&fleet.entries[0], &fleet.world()).unwrap();
                // The days, the machine measured on, and the one machine family.
                assert_eq!((found.swings.len(), found.without_effect), (0, 3));
            },
        );
    }
}

mod families {
    use super::*;
    use tonnage_model::decide::families::ties;

    fn of(family: &str, usd_per_hour: f64) -> Machine {
        Machine {
            family: family.into(),
            cpu: format!("{family} cpu"),
            ..machine(family, 1, 4.0, usd_per_hour)
        }
    }

    #[test]
    fn closer_than_speeds_are_known_is_a_tie() {
        let machines = vec![of("a", 1.0), of("b", 1.1), of("c", 1.2)];
        let names = |workload: Workload| {
            with_fleet(
                vec![runtime("now", Deployment::Processes)],
                machines.clone(),
                workload,
                None,
                |fleet| ties(&fleet.entries[0]).into_iter().map(|tie| tie.family).collect::<Vec<_>>(),
            )
        };
        assert_eq!(names(torrent()), ["cloud b"]);
        // At two machines in any case, speed does not matter, and the cheaper is cheaper.
        assert_eq!(names(workload(86_400.0)), Vec::<String>::new());
    }

    #[test]
    fn types_with_one_processor_are_one_family() {
        let catalog = embedded_catalog();
        let machines: Vec<&Machine> =
            catalog.machines.region(None, Some("us-east-1")).unwrap().machines().iter().collect();
        let named: Vec<String> = tonnage_model::uncertain::catalog::families(&machines)
            .into_iter()
            .map(|members| family_name(members.into_iter().map(|index| machines[index])))
            .collect();
        assert!(named.contains(&"aws c6i, m6i, r6i".to_owned()), "{named:?}");
    }
}

mod commands {
    use super::*;

    const HEADER: &str = "name,events_per_day,event_size,io_ratio";

    fn run(args: &[&str]) -> (i32, String, String) {
        let output = Command::cargo_bin("tonnage").unwrap().env("COLUMNS", "80").args(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn mistakes(more_columns: &str, row: &str) -> String {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("w.csv");
        fs::write(&path, format!("{HEADER}{more_columns}\n{row}\n")).unwrap();
        let (status, stdout, stderr) = run(&["plan", path.to_str().unwrap()]);
        assert_eq!((status, stdout.as_str()), (1, ""), "{stderr}");
        stderr.replace(path.to_str().unwrap(), "w.csv")
    }

    #[test]
    fn bad_ranges_are_refused_at_their_place() {
        assert_eq!(
            mistakes("", "a,60M..40M,1KB,0.5"),
            "error: w.csv:2:3: events_per_day is \"60M..40M\", but a range is LOW..HIGH, the 5th and the 95th \
             percentile, so the first must be below the second\n"
        );
        assert_eq!(
            mistakes("", "a,5..,1KB,0.5"),
            "error: w.csv:2:3: events_per_day is \"5..\", but each end of a range must be a number of events from 1 \
             to 1e15, such as 50M, 1.2B, 800k, 5e7 or 580/s\n"
        );
        assert_eq!(
            mistakes(",partitions", "a,1M,1KB,0.5,1.5..3"),
            "error: w.csv:2:14: partitions is \"1.5..3\", but each end of a range must be a whole number from 1\n"
        );
        assert_eq!(
            mistakes("", "a,40..60M,1KB,0.5"),
            "error: w.csv:2:3: events_per_day is \"40..60M\", but both ends of a range must have their unit; \
             \"40M..60M\" may be meant\n"
        );
        assert_eq!(
            mistakes("", "a,1M,1KB..2GiB,0.5"),
            "error: w.csv:2:6: event_size is \"1KB..2GiB\", but each end of a range must be a size from 1 B to 1 GiB, \
             such as 1.2KB, 4KiB or 900 (bytes)\n"
        );
        assert_eq!(
            mistakes("", "a,1M,1KB,0.5..1"),
            "error: w.csv:2:10: io_ratio is \"0.5..1\", but each end of a range must be a share from 0 to below 1, \
             such as 0.85 or 85%\n"
        );
        assert_eq!(
            mistakes(",catch_up", "a,1M,1KB,0.5,30m/1h..2h"),
            "error: w.csv:2:14: catch_up is \"30m/1h..2h\", but must be two times such as 30m/2h, each up to 1e6 s, \
             the second above 0, and not a range\n"
        );
    }

    #[test]
    fn ranges_may_stand_in_toml_and_flags() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("w.toml");
        let table =
            "[[workload]]\nname = \"a\"\nevents_per_day = \"40M..60M\"\nevent_size = 900\nio_ratio = 0.5\n";
        fs::write(&path, table).unwrap();
        let args = ["--provider", "aws", "--samples", "20", "--format", "csv", "--published"];
        let (status, by_file, stderr) =
            run(&[&["plan", "--by", "runtime", path.to_str().unwrap()], &args[..]].concat());
        assert_eq!(status, 0, "{stderr}");
        let flags = [
            "plan",
            "--by",
            "runtime",
            "--name",
            "a",
            "--events-per-day",
            "40M..60M",
            "--event-size",
            "900",
            "--io-ratio",
            "0.5",
        ];
        let (status, by_flag, stderr) = run(&[&flags[..], &args[..]].concat());
        assert_eq!(status, 0, "{stderr}");
        assert_eq!(by_file, by_flag);
        assert_eq!(by_file.lines().count(), 4);
    }

    #[test]
    fn plans_with_ranges_have_percentiles_in_every_format() {
        let args = |format| {
            let base =
                ["plan", "examples/ranges.csv", "--by", "runtime", "--provider", "aws", "--samples", "20"];
            [&base[..], &["--published", "--format", format]].concat()
        };
        let (status, json, _) = run(&args("json"));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let plans = json["plans"].as_array().unwrap();
        assert_eq!((status, plans.len(), json["decisions"].as_array().unwrap().len()), (0, 12, 4));
        for plan in plans.iter().filter(|plan| !plan["usd_per_month_p90"].is_null()) {
            let bill = |name: &str| plan[name].as_f64().unwrap();
            assert!(bill("usd_per_month_p10") <= bill("usd_per_month_p50"));
            assert!(bill("usd_per_month_p50") <= bill("usd_per_month_p90"));
            assert!((0.0..=1.0).contains(&bill("cheapest")) && (0.0..=1.0).contains(&bill("holds")));
        }
        let (_, csv, _) = run(&args("csv"));
        assert_eq!(csv.lines().count(), 13);
        let (_, lines, _) = run(&args("jsonl"));
        assert_eq!(lines.lines().count(), 12);
        let (_, markdown, _) = run(&args("markdown"));
        assert!(markdown.contains("| P10 | P90 | cheapest in | holds in |"), "{markdown}");
        let (_, again, _) = run(&args("csv"));
        assert_eq!(csv, again);
        let (_, other, _) = run(&[&args("csv")[..], &["--seed", "2"]].concat());
        assert_ne!(csv, other);
    }

    #[test]
    fn a_plan_tells_how_sure_it_is_where_there_are_ranges() {
        let sentence = |file: &str| {
            let args =
                ["plan", file, "--provider", "aws", "--samples", "20", "--published", "--format", "json"];
            let json: serde_json::Value = serde_json::from_str(&run(&args).1).unwrap();
            json["decisions"][0].clone()
        };
        let with = sentence("examples/ranges.csv");
        assert!(with["sentence"].as_str().unwrap().contains("cheapest in"), "{with}");
        assert_eq!(with["samples"], 20);
        let without = sentence("examples/workloads.csv");
        assert!(!without["sentence"].as_str().unwrap().contains("samples"));
        assert!(without["samples"].is_null());
    }

    #[test]
    fn a_row_is_sampled_for_its_own_ranges_in_every_format() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("w.csv");
        let rows = "name,events_per_day,event_size,io_ratio\nranged,40M..400M,1KB,0.7\nplain,40M,1KB,0.7\n";
        fs::write(&file, rows).unwrap();
        let printed =
            |format| run(&["plan", file.to_str().unwrap(), "--samples", "20", "--format", format]).1;
        let json: serde_json::Value = serde_json::from_str(&printed("json")).unwrap();
        let csv = printed("csv");
        let (header, rows) = csv.split_once('\n').unwrap();
        let position = header.split(',').position(|name| name == "holds").unwrap();
        let in_csv: Vec<Option<f64>> =
            rows.lines().map(|row| row.split(',').nth(position).unwrap().parse().ok()).collect();
        let in_json = [0, 1].map(|row| json["decisions"][row]["holds"].as_f64());
        assert_eq!(in_csv, in_json);
        assert!(in_json[0].is_some_and(|share| share > 0.0) && in_json[1].is_none(), "{in_json:?}");
    }

    #[test]
    fn a_confidence_is_refused_where_it_would_change_nothing() {
        let folder = tempfile::TempDir::new().unwrap();
        let config = folder.path().join("sure.toml");
        fs::write(&config, "provider = \"aws\"\nconfidence = 0.9\n").unwrap();
        let config = config.to_str().unwrap();
        for command in [
            &["sweep", "--over", "months", "examples/growth.csv"][..],
            &["failures", "examples/growth.csv"],
            &["hours", "examples/hours.csv"],
            &["sweep", "examples/article.toml", "--over", "io_ratio"],
            &["explain", "examples/article.toml"],
        ] {
            let (status, stdout, by_flag) = run(&[command, &["--confidence", "0.9"]].concat());
            assert_eq!((status, stdout.as_str()), (2, ""), "{command:?}");
            assert!(by_flag.starts_with("error: unexpected argument '--confidence' found"), "{by_flag}");
            // The file serves all commands, so there it may stand.
            let plain = run(&[command, &["--provider", "aws"]].concat());
            assert_eq!(run(&[command, &["--config", config]].concat()), plain, "{command:?}");
        }
        let why =
            "a shared pool is planned at the best estimates, which no confidence changes; leave it out\n";
        let pool = ["plan", "examples/workloads.csv", "--pool", "shared"];
        let (status, stdout, by_flag) = run(&[&pool[..], &["--confidence", "0.9"]].concat());
        assert_eq!((status, stdout, by_flag), (1, String::new(), format!("error: --confidence: {why}")));
        let (status, _, by_file) = run(&[&pool[..], &["--config", config]].concat());
        assert_eq!((status, by_file), (1, format!("error: {config}:2:14: {why}")));
        let pipelines = ["plan", "examples/pipeline.toml"];
        for flag in [["--by", "runtime"], ["--pool", "shared"], ["--confidence", "0.9"]] {
            let why = "the files hold pipelines only, to which it does not apply; leave it out";
            let refused = run(&[&pipelines[..], &flag].concat());
            assert_eq!(refused, (1, String::new(), format!("error: {}: {why}\n", flag[0])));
        }
        let by_flag = run(&[&pipelines[..], &["--provider", "aws"]].concat());
        assert_eq!(run(&[&pipelines[..], &["--config", config]].concat()), by_flag);
    }

    #[test]
    fn what_is_planned_at_medians_says_so() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("w.csv");
        let row = format!("a,4M..6M,1KB,70%..85%,{},c6i.large,2", ["1"; 24].join(" "));
        fs::write(&path, format!("{HEADER},hourly,current_machine,current_instances\n{row}\n")).unwrap();
        let path = path.to_str().unwrap();
        let note = "Planned at the medians of events_per_day, io_ratio: `tonnage plan` samples the ranges, and withholds a step that seldom holds.";
        for command in [
            &["sweep", "--over", "months"][..],
            &["failures"],
            &["hours"],
            &["sweep", "--over", "features_per_month"],
            &["calibrate", "--utilization", "0.4"],
            &["explain"],
            &["plan", "--pool", "shared"],
        ] {
            let printed = |more: &[&str]| {
                let args = [command, &[path, "--published", "--provider", "aws"], more].concat();
                let (status, stdout, stderr) = run(&args);
                assert_eq!(status, 0, "{stderr}");
                one_line(&stdout)
            };
            let with_ranges = printed(&[]);
            assert_eq!(with_ranges.matches(note).count(), 1, "{command:?}: {with_ranges}");
            let without = printed(&["--events-per-day", "5M", "--io-ratio", "0.8"]);
            assert!(!without.contains("at the medians"), "{command:?}: {without}");
        }
    }
}
