//! `tonnage simulate`, and plans against what simulations of them come to.

use crate::command::{printed, refused, tonnage};
use crate::common::{figure, linear, machine, runtime, workload};
use serde_json::Value;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::latency::queue::BEYOND_P99;
use tonnage_model::plan::Plan;
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::runtime::{Deployment, Discipline};
use tonnage_simulate::Outcome;
use tonnage_simulate::arrivals::Arrivals;
use tonnage_simulate::study::{Findings, Study};
use tonnage_simulate::system::System;

fn simulate(arguments: &[&str], threads: &str) -> String {
    let mut command = tonnage(&["simulate", "examples/workloads.csv"]);
    command.args(arguments).env("RAYON_NUM_THREADS", threads);
    printed(command)
}

#[test]
fn a_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let few = ["--workload", "order-events", "--events", "50k", "--format", "json"];
    let one = simulate(&few, "1");
    assert_eq!(one, simulate(&few, "4"));
    assert_ne!(one, simulate(&[&few[..], &["--seed", "2"]].concat(), "1"));
}

#[test]
fn csv_has_the_lag_over_time_and_json_both() {
    let fails = ["--workload", "order-events", "--fail", "deploy", "--at", "20s"];
    let csv = simulate(&[&fails[..], &["--format", "csv"]].concat(), "2");
    assert!(
        csv.starts_with("workload,seconds,lag_events,lag_half_width,oldest_seconds,contradiction\n"),
        "{csv}"
    );
    let json: Value =
        serde_json::from_str(&simulate(&[&fails[..], &["--format", "json"]].concat(), "2")).unwrap();
    let number = |value: &Value| value.as_f64().unwrap();
    let looks = json["lag"].as_array().unwrap();
    let most = looks.iter().map(|look| number(&look["lag_events"])).fold(0.0, f64::max);
    let row = &json["simulations"][0];
    // Of the six that stay the last hears after 3 * 6/7 = 2.57 s, and all of them after 1.5 s on average: half of 370.37/s wait for 2.57
    // s, and half for 1.07 s, which are 198. These stop for 3 s more as they are replaced, 754 then. The others have worked off theirs.
    assert!(most > 700.0 && (number(&row["most_lag_events"]) - 754.0).abs() < 40.0, "{row}");
    assert!(number(&looks.last().unwrap()["lag_events"]) < 20.0);
    assert!(number(&row["drain_seconds"]) < 3.0 * number(&row["fluid_drain_seconds"]));
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    let refused =
        |arguments: &[&str]| refused(tonnage(&[&["simulate", "examples/workloads.csv"], arguments].concat()));
    assert!(refused(&["--fail", "flood"]).contains("[possible values: zone, instance, deploy, crash]"));
    assert!(refused(&["--load", "0"]).contains("must be a share above 0 and up to 1000%, such as 80%"));
    assert!(refused(&["--events", "5"]).contains("must be a number from 10k to 1G, such as 2M"));
    assert!(refused(&["--discipline", "polite"]).contains("must be fair, gated or yielding"));
    assert!(refused(&["--at", "5s"]).contains("--fail"));
    let long = refused(&["--workload", "clickstream", "--fail", "zone", "--until", "10d"]);
    assert!(long.contains("events would have to be simulated"), "{long}");
}

/// A day in steps: the rate of the file, and the lag over the day.
#[test]
fn a_series_is_run_through() {
    let arguments = "simulate --events-per-day 100k --event-size 1KB --io-ratio 80% --handler-ms 20 --partitions 6 --format json \
         --hourly-csv examples/week.csv";
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let json: Value = serde_json::from_str(&printed(tonnage(&arguments))).unwrap();
    let row = &json["simulations"][0];
    assert!(row["planned_p99_seconds"].is_null() && row["runs"] == 10, "{row}");
    assert!(json["lag"].as_array().unwrap().len() > 100);
}

/// Four machines of two vCPUs with one process each that takes 20 ms of CPU an event, without fetches; 35 events/s each.
fn simulated(deployment: Deployment, scv: f64, look: impl Fn(&Plan<'_>, &Findings)) {
    let mut now = runtime("now", deployment);
    now.cpu.consume = linear(10e-3, 0.0);
    now.cpu.handler.insert("decode".into(), linear(10e-3, 0.0));
    now.service_scv = figure(scv);
    let topic = Topic { partitions: Some(16), skew: 1.0, ..Topic::default() };
    let workload =
        tonnage_model::workload::Workload { topic, in_flight: Some(64), ..workload(140.0 * 86_400.0) };
    let policy =
        Policy { min_instances: 4, survive_zone_loss: false, system_cores: 0.0, ..Policy::default() };
    let machine = machine("small", 2, 4.0, 0.1);
    let problem = Problem::new(&workload, &now, None).unwrap();
    let plan = problem.cheapest(&now, &[&machine], policy, RangeEnd::Best).unwrap();
    assert_eq!(plan.count.instances, 4);
    let system = System::of_plan(&plan, Discipline::Fair);
    let study = Study::of(&plan, system, Arrivals::steady(plan.sizing.peak_rate), 2e6, 1);
    let outcomes: Vec<Outcome> = (0..study.runs).map(|number| study.run(number)).collect();
    look(&plan, &study.findings(&plan, &outcomes));
}

#[test]
fn without_fetches_a_plan_is_the_queue_that_its_formulas_are_exact_for() {
    for deployment in [Deployment::Processes, Deployment::Threads] {
        simulated(deployment, 1.0, |plan, found| {
            let queue = plan.sizing.core_queue(plan.count.instances, plan.count.members_per_instance);
            // M/M/1 and M/M/2.
            let exact = queue.percentile_beyond(BEYOND_P99);
            let difference = (found.p99_busiest.mean / exact - 1.0).abs();
            assert!(found.p99_busiest.covers(exact) || difference < 0.02, "{exact} {:?}", found.p99_busiest);
            assert!((found.cpu.mean / plan.cpu_at_peak() - 1.0).abs() < 0.01, "{:?}", found.cpu);
        });
    }
}

/// Little's law by the rate that the plan is made for: 140/s of the mean time.
#[test]
fn the_lag_is_the_rate_times_the_mean_time() {
    simulated(Deployment::Processes, 0.0, |plan, found| {
        let queue = plan.sizing.core_queue(plan.count.instances, plan.count.members_per_instance);
        // M/D/1: s + rho s / (2 (1 - rho)).
        let rho = queue.arrival_rate * queue.service_seconds;
        let mean = queue.service_seconds * (1.0 + rho / (2.0 * (1.0 - rho)));
        assert!(
            (found.lag.mean / (plan.sizing.peak_rate * mean) - 1.0).abs() < 0.02,
            "{:?} {mean}",
            found.lag
        );
    });
}
