//! Replays of measured rates: by hand, as properties, and as whole commands.

use crate::command::{one_line, printed, refused};
use assert_cmd::Command;
use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::Value;
use std::path::Path;
use tonnage_model::scenario::failure::Assignor;
use tonnage_model::scenario::replay::autoscaler::{Metric, Rule};
use tonnage_model::scenario::replay::consumers::Consumers;
use tonnage_model::scenario::replay::series::RateSeries;
use tonnage_model::scenario::replay::simulation::{Delays, Outage, Outcome, Replay};
use tonnage_model::scenario::replay::study::{Follows, Goal, Scene, Study};
use tonnage_model::workload::CatchUp;

/// Pods of 100 events/s, a core each.
struct Hundred;

impl Consumers for Hundred {
    fn capacity(&self, pods: u64) -> f64 {
        100.0 * pods as f64
    }

    fn cores(&self, rate: f64, _: u64) -> f64 {
        rate / 100.0
    }
}

const AT_ONCE: Delays = Delays {
    startup_seconds: 0.0,
    rebalance_seconds: 0.0,
    assignor: Assignor::Eager,
    uncommitted_seconds: 0.0,
};

fn replay(series: &RateSeries, delays: Delays, planned: u64) -> Replay<'_> {
    Replay { series, consumers: &Hundred, delays, goal_seconds: 25.0, most_busy: f64::INFINITY, planned }
}

fn rule(metric: Metric) -> Rule {
    Rule { metric, least: 1, most: 10, window_seconds: 30.0 }
}

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{value} is not {expected}");
}

mod by_hand {
    use super::*;

    // 150/s for a minute leave 3,000 events behind one pod of 100/s, and 50/s let it work them off in another. The event that is
    // handled at 60 s came at 40 s; the oldest of all is handled at 90 s and came at 60 s. From 75 s on events are older than
    // 25 s, until 95 s, where the one of 70 s is handled: 20 s of 100/s.
    #[test]
    fn a_backlog_grows_and_drains() {
        let series = RateSeries::new(vec![150.0, 50.0], 60.0);
        let outcome = replay(&series, AT_ONCE, 1).run(None);
        near(outcome.most_waiting, 3000.0);
        near(outcome.longest_wait_seconds, 30.0);
        near(outcome.late_seconds, 20.0);
        near(outcome.late_events, 2000.0);
        near(outcome.handled, 12_000.0);
        assert_eq!((outcome.waiting, outcome.mean_pods, outcome.scalings), (0.0, 1.0, 0));
    }

    // 300/s ask for three pods at the first look, after 15 s. They start by 25 s and rebalance until 28 s: 25 s x 200/s and
    // 3 s x 300/s wait, and three pods keep up with no more than what comes.
    #[test]
    fn pods_come_late() {
        let series = RateSeries::new(vec![300.0; 10], 60.0);
        let delays = Delays { startup_seconds: 10.0, rebalance_seconds: 3.0, ..AT_ONCE };
        let outcome = replay(&series, delays, 1).run(Some(&rule(Metric::Rate(100.0))));
        near(outcome.most_waiting, 5900.0);
        near(outcome.waiting, 5900.0);
        // One for 15 s, three for 585 s.
        near(outcome.mean_pods, 1.0 + 2.0 * 585.0 / 600.0);
        assert_eq!((outcome.scalings, outcome.least_pods, outcome.most_pods), (1, 1, 3));
    }

    // With the cooperative assignor the one that is there goes on with half of its partitions, at 100/s x 1/2: of 3 s
    // 3 x (300 - 50) come to wait and not 3 x 300. Two more pods make a third of the first's: 100/s x 1/3.
    #[test]
    fn what_does_not_move_is_read_on() {
        let series = RateSeries::new(vec![300.0; 10], 60.0);
        let delays = Delays { rebalance_seconds: 3.0, assignor: Assignor::Cooperative, ..AT_ONCE };
        let outcome = replay(&series, delays, 1).run(Some(&rule(Metric::Rate(100.0))));
        near(outcome.most_waiting, 15.0 * 200.0 + 3.0 * (300.0 - 100.0 / 3.0));
    }

    // One pod takes 100 of 150/s. After 15 s 750 wait, three quarters of a pod's 1,000: still one. After 30 s 1,500 make it
    // two, which have them by 60 s. From 45 s on one would do; it goes once none of the last 30 s has asked for two, at 75 s.
    #[test]
    fn lag_calls_and_the_window_keeps() {
        let series = RateSeries::new(vec![150.0; 6], 15.0);
        let outcome = replay(&series, AT_ONCE, 1).run(Some(&rule(Metric::Lag(1000.0))));
        near(outcome.most_waiting, 1500.0);
        near(outcome.mean_pods, (30.0 + 2.0 * 45.0 + 15.0) / 90.0);
        near(outcome.waiting, 750.0);
        assert_eq!(outcome.scalings, 2);
    }

    // 0.8 cores over half a core a pod are 1.6 pods. 0.52 are 1.04, within the tolerance.
    #[test]
    fn cpu_within_the_tolerance_changes_nothing() {
        let most = |rate: f64| {
            let series = RateSeries::new(vec![rate; 60], 60.0);
            replay(&series, AT_ONCE, 1).run(Some(&rule(Metric::Cpu(0.5)))).most_pods
        };
        assert_eq!((most(80.0), most(55.0), most(56.0), most(52.0)), (2, 1, 2, 1));
    }

    // Handled events count as lag for 2.5 s: 80/s are 200 of them, for which 100 a pod ask for two pods.
    #[test]
    fn uncommitted_events_are_lag() {
        let series = RateSeries::new(vec![80.0; 60], 60.0);
        let delays = Delays { uncommitted_seconds: 2.5, ..AT_ONCE };
        let outcome = replay(&series, delays, 1).run(Some(&rule(Metric::Lag(100.0))));
        assert_eq!((outcome.most_pods, outcome.most_waiting), (2, 0.0));
    }

    // From one pod five more at most within a sync, from six twice as many.
    #[test]
    fn not_all_pods_come_at_once() {
        let series = RateSeries::new(vec![2000.0; 2], 60.0);
        let wide = Rule { most: 20, ..rule(Metric::Rate(100.0)) };
        let outcome = replay(&series, AT_ONCE, 1).run(Some(&wide));
        // 1 for 15 s, 5 for 15 s, 10 for 15 s, 20 for 75 s.
        near(outcome.mean_pods, (15.0 + 75.0 + 150.0 + 20.0 * 75.0) / 120.0);
    }

    // 90 of 100/s are busier than 80 %, 50 are not: a minute of 90/s.
    #[test]
    fn queues_alone_make_events_late() {
        let series = RateSeries::new(vec![90.0, 50.0], 60.0);
        let outcome = Replay { most_busy: 0.8, ..replay(&series, AT_ONCE, 1) }.run(None);
        near(outcome.late_events, 5400.0);
        near(outcome.late_seconds, 60.0);
    }

    // A minute without work leaves 3,000 of 50/s, and 50/s are to spare.
    #[test]
    fn an_outage_drains() {
        let series = RateSeries::new(vec![50.0; 10], 60.0);
        let outage = Outage { begin: 100.0, seconds: 60.0 };
        let outcome = replay(&series, AT_ONCE, 1).run_outage(None, outage);
        near(outcome.drained_seconds.unwrap(), 60.0);
        near(outcome.most_waiting, 3000.0);
        let none = Outage { begin: 100.0, seconds: 0.0 };
        assert_eq!(replay(&series, AT_ONCE, 1).run_outage(None, none).drained_seconds, Some(0.0));
        let full = RateSeries::new(vec![100.0; 10], 60.0);
        assert_eq!(replay(&full, AT_ONCE, 1).run_outage(None, outage).drained_seconds, None);
    }

    // The busiest two of five steps are the last and the first, over and over; a step before them is the fourth.
    #[test]
    fn the_busiest_time_of_a_week_may_be_its_end() {
        let series = RateSeries::new(vec![8.0, 1.0, 2.0, 3.0, 9.0], 60.0);
        let (turned, begin) = series.around_busiest(120.0, 60.0);
        assert_eq!((turned.rates(), begin), (&[3.0, 9.0, 8.0, 1.0, 2.0][..], 60.0));
    }
}

prop_compose! {
    fn rates()(rates in prop::collection::vec(prop_oneof![Just(0.0), 0.0..800.0f64], 4..40)) -> Vec<f64> { rates }
}

prop_compose! {
    fn rules()(
        kind in 0..3, target in 10.0..500.0f64, least in 1..4u64, more in 0..8u64, window_seconds in 0.0..600.0f64,
    ) -> Rule {
        let metric = [Metric::Cpu(target / 500.0), Metric::Rate(target), Metric::Lag(10.0 * target)][kind as usize];
        Rule { metric, least, most: least + more, window_seconds }
    }
}

prop_compose! {
    fn delays()(startup in 0.0..200.0f64, rebalance in 0.0..40.0f64, eager: bool, uncommitted in 0.0..5.0f64) -> Delays {
        Delays {
            startup_seconds: startup,
            rebalance_seconds: rebalance,
            assignor: if eager { Assignor::Eager } else { Assignor::Cooperative },
            uncommitted_seconds: uncommitted,
        }
    }
}

proptest! {
    /// What comes is handled or waits.
    #[test]
    fn no_event_is_lost(rates in rates(), step in 60.0..3600.0f64, rule in rules(), delays in delays(), planned in 1..6u64) {
        let series = RateSeries::new(rates, step);
        let Outcome { handled, waiting, most_waiting, late_events, late_seconds, mean_pods, least_pods, most_pods, .. } =
            replay(&series, delays, planned).run(Some(&rule));
        prop_assert!((handled + waiting - series.events()).abs() <= 1e-6 * series.events().max(1.0));
        prop_assert!(waiting >= 0.0 && waiting <= most_waiting * (1.0 + 1e-9));
        prop_assert!(late_events <= series.events() * (1.0 + 1e-9) && late_seconds <= series.seconds() * (1.0 + 1e-9));
        prop_assert!((least_pods as f64..=most_pods as f64).contains(&mean_pods) || (mean_pods - most_pods as f64).abs() < 1e-6);
    }

    /// A rule that allows one number of pods is a fixed number of pods, to the last bit.
    #[test]
    fn without_room_to_scale_it_is_fixed(rates in rates(), step in 60.0..3600.0f64, rule in rules(), delays in delays(), planned in 1..6u64) {
        let series = RateSeries::new(rates, step);
        let replay = replay(&series, delays, planned);
        let rule = Rule { least: planned, most: planned, ..rule };
        prop_assert_eq!(replay.run(Some(&rule)), replay.run(None));
    }

    /// More pods at any time never leave more waiting.
    #[test]
    fn more_pods_leave_less(rates in rates(), planned in 1..6u64) {
        let series = RateSeries::new(rates, 300.0);
        let [few, many] = [planned, planned + 1].map(|pods| replay(&series, AT_ONCE, pods).run(None));
        prop_assert!(many.most_waiting <= few.most_waiting && many.late_events <= few.late_events + 1e-6);
    }
}

mod choice {
    use super::*;

    /// Two days, half of each of 300/s and half of 30/s, on four pods that cost $40.
    fn study(goal: Goal, delays: Delays) -> Study {
        let series = RateSeries::new([[300.0; 144], [30.0; 144]].concat().repeat(2), 300.0);
        let replay = Replay { goal_seconds: goal.wait_seconds, ..replay(&series, delays, 4) };
        let scene = Scene {
            replay,
            goal,
            least: 1,
            most: 8,
            window_seconds: 60.0,
            threshold: Some(5000.0),
            peak_rate_per_pod: 75.0,
            request_cores: 1.0,
            usd_per_month: 40.0,
            cost_tolerance: 0.1,
        };
        scene.study()
    }

    const MINUTE: Goal = Goal { wait_seconds: 60.0, is_given: true, catch_up: None };

    #[test]
    fn the_cheapest_that_keeps_the_goal() {
        let study = study(MINUTE, AT_ONCE);
        let (fixed, best) = (&study.tried[0], study.best());
        // To the last bit.
        assert_eq!(
            (fixed.follows, fixed.usd_per_month, fixed.outcome.mean_pods),
            (Follows::Nothing, 40.0, 4.0)
        );
        assert!(best.keeps && best.rule.is_some());
        // At most 75/s a pod by day, and one pod by night: no cheaper than (4 + 1) / 2 pods, but for lag that follows behind.
        let by_rate = study.tried.iter().find(|it| it.follows == Follows::Rate).unwrap();
        assert!(by_rate.keeps && (25.0..25.3).contains(&by_rate.usd_per_month), "{by_rate:?}");
        assert!(study.tried.iter().all(|it| !it.keeps || it.usd_per_month >= best.usd_per_month));
        near(study.peak_over_plan, 1.0);
    }

    // The night's pod works 70/s off beside what comes: 2 h of 30/s take 3 h. At noon four do with 300/s what leaves 100/s.
    #[test]
    fn an_outage_has_to_drain_too() {
        let catch_up = CatchUp { outage_seconds: 600.0, drain_seconds: 1200.0 };
        let goal = Goal { catch_up: Some(catch_up), ..MINUTE };
        let study = study(goal, AT_ONCE);
        // 600 s x 300/s at 100/s to spare.
        near(study.tried[0].drained_seconds.unwrap(), 1800.0);
        assert!(!study.tried[0].keeps);
        assert!(study.best().keeps && study.best().drained_seconds.unwrap() <= 1200.0);
    }

    // At noon one pod of 100/s has 300/s before it until others start: 0.04 % of all events are late, which they never are with four.
    #[test]
    fn what_is_longer_over_the_goal_than_planned_pods_does_not_keep_it() {
        let goal = Goal { wait_seconds: 0.5, ..MINUTE };
        let study = study(goal, Delays { startup_seconds: 10.0, ..AT_ONCE });
        assert_eq!((study.best().follows, study.tried[0].outcome.late_seconds), (Follows::Nothing, 0.0));
        assert!(study.tried.iter().all(|it| it.keeps && it.outcome.late_seconds == 0.0), "{study:?}");
    }

    // A pod that keeps up with 75/s has up to 375 events uncommitted where it commits each 5 s. Of these alone no pod is called
    // for, though fewer would be in time for a goal of 18 s.
    #[test]
    fn what_waits_for_its_commit_calls_for_no_pod() {
        let goal = Goal { wait_seconds: 18.0, ..MINUTE };
        let study = study(goal, Delays { uncommitted_seconds: 2.5, ..AT_ONCE });
        let by_lag = study.tried.iter().find(|it| it.follows == Follows::Lag).unwrap();
        assert!(by_lag.rule.unwrap().metric.target() >= 5.0 * 75.0, "{by_lag:?}");
    }

    #[test]
    fn where_rebalances_are_too_long_nothing_scales() {
        let goal = Goal { wait_seconds: 0.5, ..MINUTE };
        let study = study(goal, Delays { rebalance_seconds: 1500.0, ..AT_ONCE });
        assert!(study.tried[0].keeps && study.best().outcome.scalings == 0, "{study:?}");
    }
}

mod commands {
    use super::*;

    fn hours(folder: &Path, args: &[&str]) -> Command {
        let row = "name,events_per_day,event_size,io_ratio,handler_ms,partitions,current_machine\norders,8M,1KB,0,20,24,c7i.large\n";
        std::fs::write(folder.join("fleet.csv"), row).unwrap();
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.current_dir(folder).args(["hours", "fleet.csv"]).args(args);
        command
    }

    /// Samples at some minutes.
    fn history(folder: &Path, name: &str, minutes: impl Iterator<Item = usize>, rate: impl Fn(usize) -> f64) {
        let row = |at: usize| format!("{},orders,{}\n", 1_782_864_000 + at * 60, rate(at));
        let text = "timestamp,workload,rate\n".to_owned() + &minutes.map(row).collect::<String>();
        std::fs::write(folder.join(name), text).unwrap();
    }

    fn wave(minute: usize) -> f64 {
        if minute % 1440 < 720 { 150.0 } else { 30.0 }
    }

    #[test]
    fn a_week_is_replayed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        // Two samples are missing.
        history(folder, "rate.csv", (0..2 * 1440).step_by(10).filter(|at| !matches!(at, 100 | 110)), wave);
        let made = printed(hours(folder, &["--history", "rate.csv", "--format", "json"]));
        let made: Value = serde_json::from_str(&made).unwrap();
        let rows = made["replays"].as_array().unwrap();
        let follows: Vec<&str> = rows.iter().map(|row| row["follows"].as_str().unwrap()).collect();
        assert_eq!(follows, ["nothing", "cpu", "rate", "lag"]);
        let best: Vec<&Value> = rows.iter().filter(|row| row["is_best"] == true).collect();
        assert_eq!(best.len(), 1);
        let usd = |row: &Value| row["usd_per_month"].as_f64().unwrap();
        assert!(usd(best[0]) < usd(&rows[0]));
        // What stays is the plan by pods, to the last digit.
        let mut plan = Command::cargo_bin("tonnage").unwrap();
        plan.current_dir(folder).args(["plan", "fleet.csv", "--unit", "pods", "--format", "json"]);
        let plan: Value = serde_json::from_str(&printed(plan)).unwrap();
        let pods = plan["workloads"].as_array().unwrap();
        let today = pods.iter().find(|it| it["runtime"] == "python-aiokafka").unwrap();
        assert_eq!(rows[0]["usd_per_month"], today["allocated_usd_per_month"]);
        assert_eq!(rows[0]["least_pods"], today["replicas"]);
        let table = printed(hours(folder, &["--history", "rate.csv"]));
        assert!(table.contains("orders: 2 samples missing"), "{table}");
    }

    // 24 pods of one core handle 1,200/s of 20 ms at most.
    #[test]
    fn what_keeps_no_goal_is_in_no_sum() {
        let folder = tempfile::tempdir().unwrap();
        history(folder.path(), "rate.csv", (0..2880).step_by(10), |_| 5000.0);
        let table = printed(hours(folder.path(), &["--history", "rate.csv"]));
        assert!(table.starts_with("1 workload replayed, and none has an answer\n"), "{table}");
        assert!(table.contains("- Not counted: orders, as nothing keeps its goal.\n"), "{table}");
    }

    // Of two days "orders" misses three hours of the first: the 40 hours behind them are replayed. "clicks" has ten hours,
    // too few, and "mail" both days. "other" was not measured.
    #[test]
    fn a_gap_costs_its_workload_a_part_and_the_others_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let sample = |at: usize, name: &str| format!("{},{name},{}\n", 1_782_864_000 + at * 60, wave(at));
        let measured: String = (0..2880)
            .step_by(10)
            .flat_map(|at| {
                let names = [(!(300..480).contains(&at), "orders"), (at < 600, "clicks"), (true, "mail")];
                names.into_iter().filter(|it| it.0).map(move |(_, name)| sample(at, name))
            })
            .collect();
        std::fs::write(folder.join("rate.csv"), format!("timestamp,workload,rate\n{measured}")).unwrap();
        let row = |name: &str| format!("{name},8M,1KB,0,20,24,c7i.large\n");
        let rows = ["orders", "clicks", "mail", "other"].map(row).concat();
        let header = "name,events_per_day,event_size,io_ratio,handler_ms,partitions,current_machine";
        let run = |command: &[&str], more: &[&str]| {
            std::fs::write(folder.join("all.csv"), format!("{header}\n{rows}")).unwrap();
            let mut it = Command::cargo_bin("tonnage").unwrap();
            it.current_dir(folder).args(command).args(["all.csv", "--history", "rate.csv"]).args(more);
            it
        };
        let made: Value = serde_json::from_str(&printed(run(&["hours"], &["--format", "json"]))).unwrap();
        let rows = made["replays"].as_array().unwrap();
        let is_replayed = |name: &&str| rows.iter().any(|it| it["workload"] == *name);
        let names = ["orders", "clicks", "mail", "other"];
        assert_eq!(names.into_iter().filter(is_replayed).collect::<Vec<_>>(), ["orders", "mail"]);
        let table = printed(run(&["hours"], &[]));
        let plain = one_line(&table);
        for said in [
            "orders: its rate is missing for more than 1 h at one time; replayed are 40 h without a gap from 2026-07-01T08:00:00Z on.",
            "Left out: rate.csv:3:1: the rate of \"clicks\" covers 10 h; a replay needs a day, better a week: ask with an earlier start.",
            "Not in the history: other.",
        ] {
            assert!(plain.contains(said), "{said}\n{plain}");
        }
        let keda = run(&["export", "keda"], &[]).output().unwrap();
        let said = String::from_utf8(keda.stderr).unwrap();
        assert!(
            said.contains("clicks: not replayed, so lag scales it as planned: rate.csv:3:1: the rate"),
            "{said}"
        );
        assert!(said.contains("other: not in the history, so lag scales it as planned\n"), "{said}");
        assert!(keda.status.success(), "{said}");
    }

    #[test]
    fn what_cannot_be_replayed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let said = |minutes: &mut dyn Iterator<Item = usize>, rate: fn(usize) -> f64| {
            history(folder, "rate.csv", minutes, rate);
            refused(hours(folder, &["--history", "rate.csv"]))
        };
        assert_snapshot!(said(&mut (0..600).step_by(5), wave), @r#"error: rate.csv:2:1: the rate of "orders" covers 10 h; a replay needs a day, better a week: ask with an earlier start"#);
        assert_snapshot!(said(&mut (0..2880).step_by(5).map(|at| if at == 40 { 42 } else { at }), wave), @r#"error: rate.csv:10:1: the rate of "orders" at 2026-07-01T00:42:00Z is 7 min after the sample before, but steps are 5 min; export it in even steps, such as step=300"#);
        assert_snapshot!(said(&mut (0..2880).step_by(5).filter(|at| !(1400..1600).contains(at)), wave), @r#"error: rate.csv:2:1: the rate of "orders" covers 1400 min without a gap of more than 1 h; a replay needs a day, better a week: ask with an earlier start"#);
        assert_snapshot!(said(&mut (0..2880).step_by(5), |_| 0.0), @r#"error: rate.csv:2:1: no events of "orders" were measured: all rates are 0"#);
        history(folder, "rate.csv", (0..2880).step_by(5), wave);
        let with = |args: &[&str]| refused(hours(folder, &[&["--history", "rate.csv"], args].concat()));
        assert_snapshot!(with(&["--reaction", "2m"]), @"
        error: the argument '--history <FILE>' cannot be used with '--reaction <SPAN>'

        Usage: tonnage hours --history <FILE> <WORKLOADS>...

        For more information, try '--help'.
        ");
        assert_snapshot!(with(&["--boot", "2 parsecs"]), @"
        error: invalid value '2 parsecs' for '--boot <TIME>': must be a time with its unit, from 0s to 1h, such as 90s

        For more information, try '--help'.
        ");
        assert_snapshot!(refused(hours(folder, &["--node-type", "m6i.*"])), @"
        error: the following required arguments were not provided:
          --history <FILE>

        Usage: tonnage hours --history <FILE> --node-type <A,B> <WORKLOADS>...

        For more information, try '--help'.
        ");
    }
}
