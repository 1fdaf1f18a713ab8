//! Which stage of a pipeline runs where, on pipelines small enough to try out every way by hand.

use crate::command::one_line;
use crate::common::{linear, machine, runtime, workload};
use assert_cmd::Command;
use proptest::prelude::*;
use tonnage::input::catalogs::{embedded, lists};
use tonnage::input::diagnostic::Source;
use tonnage::input::pipelines::{self, Kinds};
use tonnage::input::workloads::Reader;
use tonnage_model::catalog::{Catalog, Home};
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::cost::cross_zone::CrossZone;
use tonnage_model::decide::terms::Terms;
use tonnage_model::machine::Machine;
use tonnage_model::plan::Plan;
use tonnage_model::policy::Policy;
use tonnage_model::problem::RangeEnd;
use tonnage_model::runtime::{Deployment, Runtime};
use tonnage_model::scenario::pipeline::{PipelineVerdict, StageOption, Study};
use tonnage_model::scenario::segment::{Link, Segment};
use tonnage_model::scenario::stage::{Pipeline, Stage};
use tonnage_model::workload::Workload;

/// Half of the cores with all up, no zone to survive: n = ceil(cores / 0.5) of one vCPU each.
fn policy() -> Policy {
    Policy {
        max_utilization: 0.5,
        max_utilization_degraded: 1.0,
        survive_zone_loss: false,
        min_instances: 1,
        ..Policy::default()
    }
}

/// Reads, decodes (1,000 B) and writes in 10 us each; runs today; has pandas.
fn slow() -> Runtime {
    Runtime { capabilities: vec!["pandas".into()], ..runtime("now", Deployment::Processes) }
}

/// Reads, decodes and writes in 5 us each, and runs own code in a tenth of the time.
fn fast() -> Runtime {
    let mut fast = runtime("fast", Deployment::Threads);
    fast.cpu.consume = linear(5e-6, 0.0);
    fast.cpu.handler.insert("decode".into(), linear(0.0, 5e-9));
    fast.cpu.produce = Some(linear(5e-6, 0.0));
    fast.language.own_code = crate::common::figure(0.1);
    fast
}

/// One vCPU at $100 a month.
fn catalog(runtimes: Vec<Runtime>) -> Catalog {
    Catalog { runtimes, machines: vec![machine("small", 1, 4.0, 100.0 / 730.0)].into(), ..Catalog::default() }
}

/// A stage of 1,000 B events with `own_us` of own code.
fn stage(name: &str, own_us: f64, fan_out: f64) -> Stage {
    let workload = Workload { name: name.into(), handler_seconds: Some(own_us * 1e-6), ..workload(1.0) };
    Stage { workload, fan_out, boundary: false, requires: Vec::new() }
}

fn pipeline(events_per_second: f64, mut stages: Vec<Stage>) -> Pipeline {
    stages[0].workload.events_per_day = events_per_second * 86_400.0;
    Pipeline::new("test".into(), stages)
}

fn needs_pandas(stage: Stage) -> Stage {
    Stage { requires: vec!["pandas".into()], ..stage }
}

/// a drops nine of ten of 10,000/s, c needs pandas.
fn three_stages() -> Pipeline {
    pipeline(
        10_000.0,
        vec![stage("a", 90.0, 0.1), stage("b", 180.0, 1.0), needs_pandas(stage("c", 470.0, 0.0))],
    )
}

fn study<T>(catalog: &Catalog, pipeline: &Pipeline, min_saving: f64, look: impl Fn(&Study<'_>) -> T) -> T {
    study_under(policy(), catalog, pipeline, min_saving, look)
}

fn study_under<T>(
    policy: Policy,
    catalog: &Catalog,
    pipeline: &Pipeline,
    min_saving: f64,
    look: impl Fn(&Study<'_>) -> T,
) -> T {
    let runtimes: Vec<&Runtime> = catalog.runtimes.iter().collect();
    let terms = Terms::with_min_saving(800.0, min_saving);
    look(&Study::new(catalog, &runtimes, pipeline, policy, terms).unwrap())
}

/// `ab fast | c now`.
fn written(way: &StageOption<'_>) -> String {
    let consumer = |it: &tonnage_model::scenario::consumer::Consumer<'_>| {
        format!("{} {}", &"abcdef"[it.first..=it.last], it.plan.runtime.name)
    };
    way.consumers.iter().map(consumer).collect::<Vec<_>>().join(" | ")
}

fn links<'a>(catalog: &'a Catalog, pipeline: &'a Pipeline) -> Vec<Link<'a>> {
    let link = |(at, stage): (usize, &'a Stage)| Link {
        stage,
        problem: catalog.problem(&stage.workload).unwrap(),
        output_bytes: pipeline.output_bytes(at),
    };
    pipeline.stages.iter().enumerate().map(link).collect()
}

/// The plan of stages `first..=last` in one consumer.
fn fused<T>(
    catalog: &Catalog,
    pipeline: &Pipeline,
    (first, last): (usize, usize),
    runtime: &str,
    look: impl Fn(&Plan<'_>) -> T,
) -> T {
    let links = links(catalog, pipeline);
    let segment = Segment { first: &links[first], later: &links[first + 1..=last] };
    let plan =
        segment.cheapest(catalog.runtime(runtime).unwrap(), &catalog.candidates(Home::ANYWHERE), policy());
    look(&plan.unwrap())
}

mod three_stages_by_hand {
    use super::*;

    // Cores at 10,000/s into a and 1,000/s into b and c, and machines at half a core each:
    //
    // now   a     10,000 (10 + 10 + 90 + 0.1 x 10) us               1.11    3
    //       b      1,000 (10 + 10 + 180 + 10) us                    0.21    1
    //       c      1,000 (10 + 10 + 470) us                         0.49    1
    //       ab    10,000 (10 + 10 + 90) + 1,000 (180 + 10) us       1.29    3
    //       bc     1,000 (10 + 10 + 180 + 470) us                   0.67    2
    //       abc   10,000 (10 + 10 + 90) + 1,000 (180 + 470) us      1.75    4
    // fast  a     10,000 (5 + 5 + 9 + 0.1 x 5) us                   0.195   1
    //       b      1,000 (5 + 5 + 18 + 5) us                        0.033   1
    //       ab    10,000 (5 + 5 + 9) + 1,000 (18 + 5) us            0.213   1
    const CONSUMERS: [(&str, (usize, usize), f64, u64); 9] = [
        ("now", (0, 0), 1.11, 3),
        ("now", (1, 1), 0.21, 1),
        ("now", (2, 2), 0.49, 1),
        ("now", (0, 1), 1.29, 3),
        ("now", (1, 2), 0.67, 2),
        ("now", (0, 2), 1.75, 4),
        ("fast", (0, 0), 0.195, 1),
        ("fast", (1, 1), 0.033, 1),
        ("fast", (0, 1), 0.213, 1),
    ];

    #[test]
    fn every_consumer() {
        let (catalog, pipeline) = (catalog(vec![slow(), fast()]), three_stages());
        for (runtime, stages, cores, machines) in CONSUMERS {
            fused(&catalog, &pipeline, stages, runtime, |plan| {
                let busy = plan.sizing.peak_rate * plan.core_seconds_per_event();
                assert!((busy - cores).abs() < 1e-9, "{runtime} {stages:?}: {busy} cores");
                assert_eq!(plan.count.instances, machines, "{runtime} {stages:?}");
            });
        }
    }

    // Two thirds cross zones at $0.02 a GB. 1,000/s of 1,000 B are 2,628 GB a month, $35.04 once. The source has ten
    // times that, $350.40 in every way; each hop is written and read, $70.08.
    //
    //                          machines    hops
    // abc now                       400       0     $750.40
    // a now | bc now                500       1      920.48
    // ab now | c now                400       1      820.48
    // a now | b now | c now         500       2      990.56
    // a fast | bc now               300       1      720.48
    // a fast | b now | c now        300       2      790.56
    // a now | b fast | c now        500       2      990.56
    // ab fast | c now               200       1      620.48
    // a fast | b fast | c now       300       2      790.56
    #[test]
    fn the_cheapest_of_all_ways() {
        study(&catalog(vec![slow(), fast()]), &three_stages(), 100.0, |study| {
            let cheapest = study.cheapest.as_ref().unwrap();
            assert_eq!(written(cheapest), "ab fast | c now");
            assert_eq!(micro_usd(cheapest.usd_per_month()), 620_480_000);
            assert_eq!(micro_usd(cheapest.compute_usd_per_month()), 200_000_000);
            assert_eq!(micro_usd(cheapest.traffic_usd_per_month()), 420_480_000);
            let today = study.today.as_ref().unwrap();
            assert_eq!(written(today), "abc now");
            assert_eq!(micro_usd(today.usd_per_month()), 750_400_000);
            assert_eq!(study.verdict, PipelineVerdict::Mix);
            assert_eq!(study.in_one_runtime.len(), 2);
            let reasons = study.in_one_runtime[1].1.as_ref().unwrap_err();
            let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
            assert_eq!(reasons, ["c requires pandas, which fast does not have"]);
        });
    }

    // 1,000/s of 1,000 B: written in 5 us, read in 10 us, decoded in 10 us, 0.025 cores. Of 2,628 GB a month 1,752
    // cross zones when written and again when read.
    #[test]
    fn its_hop() {
        study(&catalog(vec![slow(), fast()]), &three_stages(), 0.0, |study| {
            let hops = study.cheapest.as_ref().unwrap().hops(&study.links);
            let [hop] = hops.as_slice() else { panic!("{hops:?}") };
            assert_eq!((hop.from.as_str(), hop.to.as_str(), hop.is_there_anyway), ("b", "c", false));
            let figures = [
                (hop.peak_events_per_second, 1000.0),
                (hop.peak_bytes_per_second, 1e6),
                (hop.write_core_seconds, 5e-6),
                (hop.read_core_seconds, 10e-6),
                (hop.parse_core_seconds, 10e-6),
                (hop.cores(), 0.025),
                (hop.cross_zone_gb_per_month, 2.0 * 1752.0),
                (hop.traffic_usd_per_month, 70.08),
            ];
            for (actual, expected) in figures {
                assert!((actual - expected).abs() <= 1e-9 * expected, "{actual} is not {expected}");
            }
        });
    }

    #[test]
    fn a_saving_below_what_a_change_has_to_be_worth() {
        let verdict = |min_saving| {
            study(&catalog(vec![slow(), fast()]), &three_stages(), min_saving, |study| study.verdict)
        };
        // 750.40 - 620.48 = 129.92.
        assert_eq!(verdict(129.91), PipelineVerdict::Mix);
        assert_eq!(verdict(129.93), PipelineVerdict::Stay);
    }

    // At $0.10 a GB a hop is $350.40, and ab fast | c now saves $200 of machines. At $0.05 it is $175.20. Where the
    // reader has a replica in its zone, half of a hop crosses: $175.20 again at $0.10.
    #[test]
    fn traffic_makes_one_language_win() {
        let cheapest = |usd_per_gb, fetch_from_follower| {
            let policy = Policy {
                cross_zone: CrossZone { fetch_from_follower, ..CrossZone::at(usd_per_gb) },
                ..policy()
            };
            study_under(policy, &catalog(vec![slow(), fast()]), &three_stages(), 0.0, |study| {
                (written(study.cheapest.as_ref().unwrap()), study.mix().is_some(), study.verdict)
            })
        };
        let one = ("abc now".to_owned(), false, PipelineVerdict::Stay);
        let mix = ("ab fast | c now".to_owned(), true, PipelineVerdict::Mix);
        assert_eq!(cheapest(0.10, false), one);
        assert_eq!(cheapest(0.05, false), mix);
        assert_eq!(cheapest(0.10, true), mix);
    }

    // abc in fast: 10,000 x 19 + 1,000 x (18 + 47) us, 0.255 cores, one machine: $100.
    #[test]
    fn one_language_wins_where_nothing_is_required() {
        let stages = vec![stage("a", 90.0, 0.1), stage("b", 180.0, 1.0), stage("c", 470.0, 0.0)];
        study(&catalog(vec![slow(), fast()]), &pipeline(10_000.0, stages), 200.0, |study| {
            assert_eq!(written(study.cheapest.as_ref().unwrap()), "abc fast");
            assert_eq!(study.verdict, PipelineVerdict::OneRuntime);
            assert!(study.mix().is_none());
        });
    }
}

mod fused_stages {
    use super::*;

    #[test]
    fn a_stage_alone_is_a_workload() {
        let (catalog, pipeline) =
            (catalog(vec![slow(), fast()]), pipeline(3000.0, vec![stage("a", 90.0, 0.2)]));
        let workload = Workload { produces: 0.2, ..pipeline.stages[0].workload.clone() };
        let problem = catalog.problem(&workload).unwrap();
        for name in ["now", "fast"] {
            let runtime = catalog.runtime(name).unwrap();
            let alone = problem
                .cheapest(runtime, &catalog.candidates(Home::ANYWHERE), policy(), RangeEnd::Best)
                .unwrap();
            fused(&catalog, &pipeline, (0, 0), name, |plan| {
                assert_eq!(plan.demand, alone.demand);
                assert_eq!(plan.count, alone.count);
                assert_eq!(plan.usd_per_month, alone.usd_per_month);
            });
        }
    }

    #[test]
    fn cutting_a_stage_in_two_that_pass_on_everything_changes_nothing() {
        let catalog = catalog(vec![slow(), fast()]);
        let whole = pipeline(3000.0, vec![stage("a", 500.0, 0.0)]);
        let halves = pipeline(3000.0, vec![stage("a", 200.0, 1.0), stage("b", 300.0, 0.0)]);
        let of = |pipeline, stages| {
            fused(&catalog, pipeline, stages, "now", |plan| {
                (plan.count.instances, plan.p99_seconds(), plan.cpu_at_peak(), plan.sizing.scv)
            })
        };
        let (one, two) = (of(&whole, (0, 0)), of(&halves, (0, 1)));
        assert_eq!((one.0, one.3), (two.0, two.3));
        assert!((one.1 - two.1).abs() < 1e-12 && (one.2 - two.2).abs() < 1e-12);
    }

    // a takes 20 us + 980 us, b behind it 10 ms, for one event of five: 3 ms on average, and
    // V = 0.2 x 0.8 x 10^2 = 16 ms2, over 3^2: scv = (1 + 1)(1 + 16/9) - 1.
    #[test]
    fn events_that_stop_early_spread_the_time() {
        let catalog = catalog(vec![slow()]);
        let pipeline = pipeline(10.0, vec![stage("a", 980.0, 0.2), stage("b", 10_000.0, 0.0)]);
        fused(&catalog, &pipeline, (0, 1), "now", |plan| {
            assert!((plan.sizing.service.handling_seconds - 3e-3).abs() < 1e-15);
            assert!((plan.sizing.scv - (2.0 * (1.0 + 16.0 / 9.0) - 1.0)).abs() < 1e-12);
        });
    }

    // 2.5 events for each one taken, two or three: 1 ms + 2.5 x 1 ms, V = 0.5 x 0.5 x 1, written 2.5 x 4 times.
    #[test]
    fn a_stage_that_passes_on_more_than_it_takes() {
        let catalog = catalog(vec![slow()]);
        let pipeline = pipeline(10.0, vec![stage("a", 980.0, 2.5), stage("b", 1000.0, 4.0)]);
        assert!((pipeline.stages[1].workload.mean_rate() - 25.0).abs() < 1e-12);
        fused(&catalog, &pipeline, (0, 1), "now", |plan| {
            assert!((plan.demand.own_code - 3.48e-3).abs() < 1e-15);
            assert!((plan.demand.produce - 100e-6).abs() < 1e-15);
            // b's time has 4 writes of 10 us in it.
            let (a, b) = (1000.0f64, 1040.0);
            let spread = 0.25 * b * b / (a + 2.5 * b).powi(2);
            assert!((plan.sizing.scv - (1.0 + 2.0 * spread)).abs() < 1e-9);
        });
    }

    // decode looks at fields in 10 us, parse takes 30 us for all, validate 50 us. Behind a decoding stage a
    // validating one has 40 us left to do; behind a validating one nothing but the rules is left of either.
    #[test]
    fn what_was_read_before_is_not_read_again() {
        let mut now = slow();
        now.cpu.handler.insert("parse".into(), linear(30e-6, 0.0));
        now.cpu.handler.insert("validate".into(), linear(50e-6, 0.0));
        let catalog = catalog(vec![now]);
        let kind = |name: &str, kind: &str| {
            let stage = stage(name, 0.0, 1.0);
            Stage { workload: Workload { handler: kind.into(), ..stage.workload }, ..stage }
        };
        let handler_kinds = |kinds: [&str; 3]| {
            let stages = vec![kind("a", kinds[0]), kind("b", kinds[1]), kind("c", kinds[2])];
            let pipeline = pipeline(10.0, stages);
            fused(&catalog, &pipeline, (0, 2), "now", |plan| (plan.demand.handler_kind * 1e6).round())
        };
        assert_eq!(handler_kinds(["decode", "validate", "decode"]), 10.0 + 40.0);
        assert_eq!(handler_kinds(["validate", "validate", "parse"]), 50.0 + 20.0);
        assert_eq!(handler_kinds(["decode", "decode", "parse"]), 10.0 + 20.0);
    }

    // Order, the strictest goal, the largest event, and the bytes in and out: 1,000 + 0.5 x 0.5 x 1,000, as b writes
    // what it takes.
    #[test]
    fn the_strictest_of_the_stages_holds() {
        let catalog = catalog(vec![slow()]);
        let mut stages = vec![stage("a", 10.0, 0.5), stage("b", 10.0, 0.5)];
        stages[0].workload.in_flight = Some(8);
        stages[1].workload.in_flight = Some(2);
        stages[1].workload.p99_seconds = Some(0.5);
        stages[1].workload.event_bytes = 3000.0;
        fused(&catalog, &pipeline(10.0, stages), (0, 1), "now", |plan| {
            assert_eq!(plan.sizing.in_flight, 2);
            assert_eq!(plan.sizing.goal_seconds, Some(0.5));
            assert_eq!(plan.sizing.in_flight_event_bytes, 1000.0 + 2.0 * 3000.0);
            assert_eq!(plan.sizing.bits_per_event, 8.0 * (1000.0 + 0.25 * 3000.0));
        });
    }

    #[test]
    fn a_boundary_is_never_fused_over() {
        let mut pipeline = three_stages();
        pipeline.stages[1].boundary = true;
        study(&catalog(vec![slow(), fast()]), &pipeline, 0.0, |study| {
            // a fast | b fast | c now has as many machines and a hop more.
            assert_eq!(written(study.cheapest.as_ref().unwrap()), "a fast | bc now");
            assert_eq!(written(study.today.as_ref().unwrap()), "a now | bc now");
            assert!(study.cheapest.as_ref().unwrap().hops(&study.links)[0].is_there_anyway);
        });
    }

    // One event at a time on one partition: a and b fused take 1.2 ms of each 1 ms, by themselves 0.6 each.
    #[test]
    fn a_topic_between_stages_of_one_runtime_where_one_consumer_cannot() {
        let catalog = catalog(vec![slow()]);
        let mut stages = vec![stage("a", 560.0, 1.0), stage("b", 560.0, 0.0)];
        for stage in &mut stages {
            stage.workload.topic.partitions = Some(1);
        }
        let pipeline = pipeline(800.0, stages);
        study(&catalog, &pipeline, 0.0, |study| {
            assert_eq!(written(study.cheapest.as_ref().unwrap()), "a now | b now");
        });
    }
}

// Machines here are $100 a month, so ab fast | c now is $200. There the two are $205 each, or all of it $410 on one.
// At $10 four of them carry abc now, and the $20 that the mix would save of $40 are less than its hop: with the source,
// $40 + $350.40.
#[test]
fn a_way_keeps_to_one_region() {
    let mut catalog = catalog(vec![slow(), fast()]);
    let abroad = |name: &str, vcpus, usd_per_month: f64| Machine {
        region: "there".into(),
        ..machine(name, vcpus, 8.0, usd_per_month / 730.0)
    };
    let here = machine("small", 1, 4.0, 100.0 / 730.0);
    catalog.machines = vec![here.clone(), abroad("cheap", 1, 205.0), abroad("large", 4, 410.0)].into();
    study(&catalog, &three_stages(), 0.0, |study| {
        assert_eq!(study.places, 2);
        for way in [&study.cheapest, &study.today, &study.in_one_runtime[0].1] {
            let consumers = &way.as_ref().unwrap().consumers;
            assert!(consumers.iter().all(|consumer| consumer.plan.machine.region == "here"));
        }
    });
    catalog.machines = vec![here, abroad("cheap", 1, 10.0), abroad("large", 4, 410.0)].into();
    study(&catalog, &three_stages(), 0.0, |study| {
        let cheapest = study.cheapest.as_ref().unwrap();
        assert_eq!(written(cheapest), "abc now");
        assert_eq!(micro_usd(cheapest.usd_per_month()), 390_400_000);
        assert!(cheapest.consumers.iter().all(|consumer| consumer.plan.machine.region == "there"));
    });
}

mod optimality {
    use super::*;

    fn runtimes() -> impl Strategy<Value = Vec<Runtime>> {
        let one = (1.0..40.0f64, 1.0..40.0f64, 0.02..1.0f64, any::<bool>(), any::<bool>());
        prop::collection::vec(one, 1..=2).prop_map(|all| {
            let others = all.into_iter().enumerate().map(|(at, (read, write, factor, pandas, threads))| {
                let deployment = if threads { Deployment::Threads } else { Deployment::Processes };
                let mut other = runtime(["x", "y"][at], deployment);
                other.cpu.consume = linear(read * 1e-6, 0.0);
                other.cpu.produce = Some(linear(write * 1e-6, 1e-9));
                other.language.own_code = crate::common::figure(factor);
                if pandas {
                    other.capabilities.push("pandas".into());
                }
                other
            });
            std::iter::once(slow()).chain(others).collect()
        })
    }

    fn pipelines() -> impl Strategy<Value = Pipeline> {
        let one = (1.0..2000.0f64, 0.05..3.0f64, any::<bool>(), any::<bool>(), 100.0..5000.0f64);
        (10.0..3000.0f64, prop::collection::vec(one, 1..=4)).prop_map(|(rate, stages)| {
            let stages =
                stages.into_iter().enumerate().map(|(at, (own, fan_out, pandas, boundary, bytes))| {
                    let mut stage = stage(&"abcd"[at..=at], own, fan_out);
                    stage.workload.event_bytes = bytes;
                    stage.boundary = boundary && at % 2 == 1;
                    if pandas && at > 0 { needs_pandas(stage) } else { stage }
                });
            pipeline(rate, stages.collect())
        })
    }

    /// The least bill of stages `first..` over every cut and every runtime of every consumer, one by one.
    fn least(
        links: &[Link<'_>],
        first: usize,
        bill: &dyn Fn(usize, usize, usize) -> Option<f64>,
        runtimes: usize,
    ) -> Option<f64> {
        if first == links.len() {
            return Some(0.0);
        }
        let mut bills = Vec::new();
        for last in first..links.len() {
            if links[first + 1..=last].iter().any(|link| link.stage.boundary) {
                break;
            }
            for runtime in 0..runtimes {
                let rest = least(links, last + 1, bill, runtimes);
                bills.extend(bill(first, last, runtime).zip(rest).map(|(one, rest)| one + rest));
            }
        }
        bills.into_iter().reduce(f64::min)
    }

    proptest! {
        #![proptest_config(crate::random::cases(48))]

        #[test]
        fn nothing_is_cheaper(runtimes in runtimes(), pipeline in pipelines()) {
            let catalog = catalog(runtimes);
            let links = links(&catalog, &pipeline);
            let bill = |first: usize, last: usize, runtime: usize| {
                let runtime = &catalog.runtimes[runtime];
                let required = links[first..=last].iter().flat_map(|link| &link.stage.requires);
                if required.into_iter().any(|it| !runtime.capabilities.contains(it)) {
                    return None;
                }
                let segment = Segment { first: &links[first], later: &links[first + 1..=last] };
                let plan = segment.cheapest(runtime, &catalog.candidates(Home::ANYWHERE), policy()).ok()?;
                // Two thirds of what is read and of what is written, at $0.02 a GB.
                let (reads, last) = (links[first].problem.workload, &links[last]);
                let read = reads.events_per_day * reads.event_bytes;
                let written = last.problem.workload.events_per_day * last.stage.fan_out * last.output_bytes;
                let traffic = (read + written) * 730.0 / 24.0 * 2.0 / 3.0 * 0.02 / 1e9;
                Some(plan.usd_per_month + traffic)
            };
            let least = least(&links, 0, &bill, catalog.runtimes.len()).unwrap();
            study(&catalog, &pipeline, 0.0, |study| {
                let cheapest = study.cheapest.as_ref().unwrap();
                // Each consumer's bill is rounded to a millionth of a dollar.
                prop_assert!((cheapest.usd_per_month() - least).abs() < 1e-5);
                let covered: Vec<usize> =
                    cheapest.consumers.iter().flat_map(|consumer| consumer.first..=consumer.last).collect();
                prop_assert_eq!(covered, (0..pipeline.stages.len()).collect::<Vec<_>>());
                for consumer in &cheapest.consumers {
                    for stage in &pipeline.stages[consumer.first..=consumer.last] {
                        let has = &consumer.plan.runtime.capabilities;
                        prop_assert!(stage.requires.iter().all(|it| has.contains(it)));
                    }
                }
                Ok(())
            })?;
        }
    }
}

mod files {
    use super::*;

    fn read(text: &str) -> Result<Vec<Pipeline>, Vec<String>> {
        let mut catalog = embedded::published().unwrap();
        catalog.machines = lists::machines();
        let source = Source::new("p.toml", text.as_bytes()).unwrap();
        pipelines::read(source, &catalog)
            .map_err(|error| error.to_string().lines().map(str::to_owned).collect())
    }

    #[test]
    fn a_stage_takes_what_the_pipeline_gives() {
        let text = r#"
            [[pipeline]]
            name = "clicks"
            events_per_day = "10M"
            peak_factor = 2
            partitions = 12
            in_flight = 4
            [[pipeline.stage]]
            name = "route"
            event_size = "1KB"
            fan_out = "20%"
            [[pipeline.stage]]
            name = "score"
            event_size = 2000
            partitions = 6
            boundary = true
            requires = ["pandas"]
        "#;
        let [pipeline] = read(text).unwrap().try_into().unwrap();
        let [route, score] = pipeline.stages.as_slice() else { panic!() };
        assert_eq!((route.fan_out, route.boundary, score.fan_out, score.boundary), (0.2, false, 0.0, true));
        assert_eq!((route.workload.events_per_day, score.workload.events_per_day), (10e6, 2e6));
        assert_eq!((score.workload.peak_factor, score.workload.in_flight), (2.0, Some(4)));
        assert_eq!((route.workload.topic.partitions, score.workload.topic.partitions), (Some(12), Some(6)));
        assert_eq!(score.requires, ["pandas"]);
        assert_eq!((pipeline.output_bytes(0), pipeline.output_bytes(1)), (2000.0, 2000.0));
    }

    #[test]
    fn every_mistake_has_its_place() {
        let text = r#"[[pipeline]]
name = "clicks"
events_per_day = "1e300"
peak_facto = 2
[[pipeline.stage]]
name = "route"
event_size = "1Q"
fan_out = 0
[[pipeline.stage]]
name = "route"
event_size = "1KB"
handler_ms = 5
io_wait_ms = 6
fan_out = "-1"
boundary = "yes"
requires = ["panda"]
[[pipeline.stage]]
event_size = 10
current_runtime = "python-aiokafk"
produces = 1
[[pipeline]]
name = "clicks"
events_per_day = 5
stage = []
"#;
        let errors = read(text).unwrap_err();
        let expected = [
            "p.toml:3:18: events_per_day is \"1e300\", but must be",
            "p.toml:4:1: unknown pipeline key \"peak_facto\"; did you mean \"peak_factor\"?",
            "p.toml:7:14: event_size is \"1Q\", but must be a size",
            "p.toml:8:11: pipeline.stage.fan_out is 0, but must be above 0",
            "p.toml:10:8: name \"route\" is taken already by p.toml:6",
            "p.toml:13:14: io_wait_ms is \"6\", but must be at most handler_ms",
            "p.toml:14:11: pipeline.stage.fan_out is \"-1\", but must be a number of events from 0 to 1e6",
            "p.toml:15:12: pipeline.stage.boundary is \"yes\", but must be true or false",
            "p.toml:16:12: unknown capability \"panda\"; did you mean \"pandas\"?",
            "p.toml:17:1: name is missing",
            "p.toml:19:19: unknown current_runtime \"python-aiokafk\"; did you mean \"python-aiokafka\"?",
            "p.toml:20:1: unknown pipeline.stage key \"produces\"",
            "p.toml:22:8: name \"clicks\" is taken already by p.toml:2",
            "p.toml:24:9: pipeline.stage is [], but must be a list of tables",
        ];
        for (error, expected) in errors.iter().zip(expected) {
            assert!(error.starts_with(expected), "{error}\nis not\n{expected}");
        }
        assert_eq!(errors.len(), expected.len(), "{errors:#?}");
    }

    #[test]
    fn a_file_may_have_workloads_and_pipelines() {
        let kinds = |text: &str| {
            let Kinds { workloads, pipelines } = pipelines::kinds(Source { file: "p.toml", text });
            (workloads, pipelines)
        };
        let (workload, pipeline) = (
            "[[workload]]\nname = \"w\"\nevents_per_day = 1\nevent_size = 1\nio_ratio = 0\n",
            "[[pipeline]]\nname = \"p\"\nevents_per_day = 1\n[[pipeline.stage]]\nname = \"s\"\nevent_size = 1\n",
        );
        let both = format!("{workload}{pipeline}");
        assert_eq!(kinds(workload), (true, false));
        assert_eq!(kinds(pipeline), (false, true));
        assert_eq!(kinds(&both), (true, true));
        assert_eq!((kinds(""), kinds("[[")), ((true, false), (true, false)));
        assert_eq!(read(&both).unwrap()[0].name, "p");
        let catalog = embedded::published().unwrap();
        let entries = Reader::new(&catalog).read_bytes("p.toml", both.as_bytes(), true).unwrap();
        assert_eq!(entries[0].workload.name, "w");
    }

    #[test]
    fn what_is_missing_and_what_nobody_takes() {
        assert_eq!(read("").unwrap_err(), ["p.toml: there is no pipeline; each starts with [[pipeline]]"]);
        let errors = read("[[workloads]]\nname = \"x\"\n").unwrap_err();
        assert_eq!(
            errors,
            ["p.toml:1:3: unknown key \"workloads\"; did you mean \"workload\"? Known: pipeline, workload."]
        );
        let errors = read("[[pipeline]]\nname = \"x\"\n[[pipeline.stage]]\nname = \"a\"\n").unwrap_err();
        assert!(errors[0].starts_with("p.toml:1:1: events_per_day is missing"), "{errors:?}");
        assert!(errors[1].starts_with("p.toml:3:1: event_size is missing"), "{errors:?}");
        assert_eq!(errors.len(), 2);
        let errors = read(
            "[[pipeline]]\nname = \"x\"\nevents_per_day = 10\n[[pipeline.stage]]\nname = \"a\"\nevent_size = 1\n\
             fan_out = 0.05\n[[pipeline.stage]]\nname = \"b\"\nevent_size = 1\n",
        )
        .unwrap_err();
        assert_eq!(errors, ["p.toml:8:1: \"b\" would take 0.5 events a day, but must take 1 to 1e15"]);
    }
}

mod commands {
    use super::*;

    const EXAMPLE: &str = "examples/pipeline.toml";

    fn tonnage(args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(["plan", "--published", "--provider", "aws"]).args(args).env("COLUMNS", "80");
        command
    }

    fn printed(args: &[&str]) -> String {
        crate::command::printed(tonnage(args))
    }

    #[test]
    fn all_forms_say_the_same() {
        let json: serde_json::Value = serde_json::from_str(&printed(&[EXAMPLE, "--format", "json"])).unwrap();
        let [clicks, payments] = json["pipelines"].as_array().unwrap().as_slice() else { panic!() };
        assert_eq!((&clicks["verdict"], &payments["verdict"]), (&"mix".into(), &"stay".into()));
        // Nobody says of payments in what or on what it runs, so there is nothing to keep.
        assert!(payments["sentence"].as_str().unwrap().starts_with("run all stages in "), "{payments}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("named.toml");
        let example = std::fs::read_to_string(EXAMPLE).unwrap();
        let named = "partitions = 24\ncurrent_runtime = \"python-aiokafka\"";
        std::fs::write(&file, example.replace("partitions = 24", named)).unwrap();
        let text = printed(&[file.to_str().unwrap()]);
        assert!(text.contains("payments: keep all stages in python-aiokafka"), "{text}");
        assert_eq!(clicks["languages"], serde_json::json!(["python", "rust"]));
        assert_eq!(clicks["hops"][0]["to"], "enrich");
        // 640M events of 900 B, two thirds of them, written and read: 23,360 GB at $0.02.
        assert!((clicks["hops"][0]["traffic_usd_per_month"].as_f64().unwrap() - 467.2).abs() < 1e-6);
        let bill = |key: &str| clicks[key].as_f64().unwrap();
        assert!(bill("cheapest_usd_per_month") < bill("one_runtime_usd_per_month"));
        let saves = bill("today_usd_per_month") - bill("usd_per_month");
        assert!((bill("saves_usd_per_month") - saves).abs() < 1e-9);

        let csv = printed(&[EXAMPLE, "--format", "csv"]);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header = reader.headers().unwrap().clone();
        let consumers = json["consumers"].as_array().unwrap();
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), consumers.len());
        for (row, consumer) in rows.iter().zip(consumers) {
            for (name, cell) in header.iter().zip(row) {
                match &consumer[name] {
                    serde_json::Value::Null => assert_eq!(cell, ""),
                    serde_json::Value::String(text) => assert_eq!(cell, text),
                    serde_json::Value::Number(number) => {
                        let (one, other) = (cell.parse::<f64>().unwrap(), number.as_f64().unwrap());
                        assert!((one - other).abs() <= 1e-12 * other.abs(), "{name}");
                    }
                    other => assert_eq!(cell, other.to_string()),
                }
            }
        }
        let of_cheapest = |consumer: &&serde_json::Value| {
            consumer["pipeline"] == "clickstream" && consumer["option"] == "cheapest"
        };
        let cheapest: Vec<_> = consumers.iter().filter(of_cheapest).collect();
        assert_eq!(cheapest[1]["stages"], "enrich+score");
        let sum: f64 = cheapest.iter().map(|consumer| consumer["usd_per_month"].as_f64().unwrap()).sum();
        assert!((sum - bill("cheapest_usd_per_month")).abs() < 1e-9);

        for form in ["table", "markdown"] {
            let text = printed(&[EXAMPLE, "--format", form]);
            let flat = one_line(&text).replace('\\', "");
            for entry in [clicks, payments] {
                assert!(flat.contains(entry["sentence"].as_str().unwrap()), "{form}: {flat}");
            }
        }
    }

    #[test]
    fn every_key_is_described() {
        let page = std::fs::read_to_string("docs/guide/pipelines.md").unwrap();
        let keys = [&pipelines::FOR_ALL[..], &pipelines::FOR_EITHER[..], &pipelines::FOR_STAGE[..]].concat();
        for key in keys.into_iter().chain(["fan_out", "boundary", "requires"]) {
            assert!(page.contains(&format!("`{key}`")), "docs/guide/pipelines.md lacks {key}");
        }
    }

    /// What decides stands in every table, however narrow, and the whole answer on one screen.
    #[test]
    fn the_answer_is_on_one_screen() {
        let at = |width: &str| {
            crate::command::printed({
                let mut command = tonnage(&[EXAMPLE]);
                command.env("COLUMNS", width);
                command
            })
        };
        let wide = at("100");
        assert!(wide.starts_with("2 pipelines: $"), "{wide}");
        assert!(wide.lines().count() <= 40 && wide.lines().all(|line| line.chars().count() <= 100), "{wide}");
        let narrow = at("80");
        let header = narrow.lines().find(|line| line.starts_with("stages ")).unwrap();
        for title in ["runtime", "instances", "type", "$/month"] {
            assert!(header.contains(title), "{header}");
        }
        let details = printed(&[EXAMPLE, "--details"]);
        assert!(!narrow.contains("one_runtime") && details.contains("one_runtime"), "{details}");
    }

    #[test]
    fn strict_fails_where_no_runtime_carries_a_stage() {
        let args = [EXAMPLE, "--runtimes", "go-kafka-go", "--strict", "--format", "json"];
        let output = tonnage(&args).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        // What runs today is planned, so that there is something to stay with.
        assert_eq!(json["pipelines"][0]["verdict"], "stay");
    }

    #[test]
    fn mistakes_leave_the_output_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (file, output) = (folder.path().join("p.toml"), folder.path().join("out.csv"));
        std::fs::write(&file, "[[pipeline]]\nname = 1\n").unwrap();
        let run = tonnage(&[file.to_str().unwrap(), "-o", output.to_str().unwrap()]).output().unwrap();
        assert_eq!(run.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&run.stderr).contains("p.toml:2:8: pipeline.name is 1"));
        assert!(!output.exists());
    }
}
