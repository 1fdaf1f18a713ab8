//! Where the cheapest runtime changes, against hand-worked cases and against looking everywhere.

// Its other helpers are for tests/properties.rs.

use crate::command::{one_line, printed, tonnage};
use crate::common::{figure, machine, runtime, workload};
use crate::random::case;
use assert_cmd::Command;
use proptest::prelude::*;
use serde_json::Value;
use tonnage::input::columns;
use tonnage::input::number::Unit;
use tonnage_model::catalog::{Catalog, Home};
use tonnage_model::cost::bill::micro_usd;
use tonnage_model::decide::terms::Terms;
use tonnage_model::machine::Machine;
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::runtime::{Deployment, Runtime};
use tonnage_model::scenario::crossings::{
    Axis, CrossingSearch, CrossingsError, IO_RATIO_STEP, Interval, MOST_PLANS,
};
use tonnage_model::workload::{Outlook, Workload};

/// A runtime that takes `us` for an event of 1,000 B: 10 us of it for its bytes.
fn taking(name: &str, us: f64, days_per_feature: f64) -> Runtime {
    let mut it = runtime(name, Deployment::Threads);
    it.language.days_per_feature = Some(figure(days_per_feature));
    it.cpu.consume = crate::common::linear((us - 10.0) * 1e-6, 0.0);
    it
}

/// One vCPU, $100 a month.
fn small() -> Machine {
    machine("small", 1, 4.0, 100.0 / 730.0)
}

/// No zone is lost, one instance will do: n = ceil(L s / 0.7).
fn lean() -> Policy {
    Policy { survive_zone_loss: false, min_instances: 1, ..Policy::default() }
}

/// What a test looks at of an interval.
type Seen = (f64, f64, Option<String>, Vec<String>);

fn names(runtimes: &[&Runtime]) -> Vec<String> {
    runtimes.iter().map(|runtime| runtime.name.clone()).collect()
}

fn seen(interval: &Interval<'_>) -> Seen {
    (interval.from, interval.to, interval.cheapest.map(|it| it.name.clone()), names(&interval.tied))
}

/// `look` at a search over the costs of a workload on small machines.
fn searching<T>(
    runtimes: Vec<Runtime>,
    workload: Workload,
    most_plans: usize,
    look: impl FnOnce(&CrossingSearch<'_, '_>) -> T,
) -> T {
    let catalog = Catalog { runtimes, machines: vec![small()].into(), ..Catalog::default() };
    let problem = catalog.problem(&workload).unwrap();
    let (runtimes, machines): (Vec<_>, _) =
        (catalog.runtimes.iter().collect(), catalog.candidates(Home::ANYWHERE));
    look(&search_in(&problem, &runtimes, &machines, lean(), most_plans))
}

fn search_in<'s, 'a>(
    problem: &'s Problem<'a>,
    runtimes: &'s [&'a Runtime],
    machines: &'s [&'a Machine],
    policy: Policy,
    most_plans: usize,
) -> CrossingSearch<'s, 'a> {
    CrossingSearch { problem, runtimes, machines, policy, terms: Terms::default(), most_plans, change: None }
}

fn along(
    runtimes: Vec<Runtime>,
    workload: Workload,
    axis: Axis,
    (from, to): (f64, f64),
) -> Result<Vec<Seen>, CrossingsError> {
    searching(runtimes, workload, MOST_PLANS, |search| {
        Ok(search.along(axis, from, to)?.intervals.iter().map(seen).collect())
    })
}

// An instance takes 0.7 x 86,400 s / 30 us = 2.016e9 events a day today, and 0.7 x 86,400 s / 20 us = 3.024e9 in the
// other runtime.
//
//   events a day up to   2.016e9  3.024e9  4.032e9  6.048e9  8.064e9
//   instances today            1        2        2        3        4
//   in the other               1        1        2        2        3
#[test]
fn two_staircases_of_instances() {
    let runtimes = || vec![taking("now", 30.0, 1.0), taking("other", 20.0, 1.0)];
    let found = along(runtimes(), workload(1e9), Axis::EventsPerDay, (1e9, 8e9)).unwrap();
    let choices: Vec<_> =
        found.iter().map(|(_, _, cheapest, tied)| (cheapest.clone().unwrap(), tied.clone())).collect();
    let now = || ("now".to_owned(), vec!["other".to_owned()]);
    let other = || ("other".to_owned(), vec![]);
    assert_eq!(choices, [now(), other(), now(), other()]);
    let ends: Vec<f64> = found.iter().map(|(_, to, _, _)| *to).collect();
    for (end, by_hand) in ends.iter().zip([2.016e9, 3.024e9, 4.032e9, 8e9]) {
        // A utilization of exactly 0.7 may round to either side.
        assert!((end - by_hand).abs() <= 1.0, "{end} is not {by_hand}");
    }
    assert!(found.windows(2).all(|pair| pair[1].0 == pair[0].1 + 1.0));
}

#[test]
fn the_rate_is_moved_and_not_what_an_event_takes() {
    // One core is observed at 1e9 a day, 86.4 us an event, of which plain code is 56.4 us today and in the other
    // runtime: 86.4 and 76.4 us, 0.7 x 86,400 s / 86.4 us = 7e8 events a day for an instance today. If the same core
    // were read at each rate, no rate would need a second instance of both.
    let observed = Workload { observed_cores: Some(1.0), ..workload(1e9) };
    let runtimes = vec![taking("now", 30.0, 1.0), taking("other", 20.0, 1.0)];
    let found = along(runtimes, observed, Axis::EventsPerDay, (6e8, 7.5e8)).unwrap();
    assert_eq!(found.len(), 2);
    assert!((found[0].1 - 7e8).abs() <= 1.0, "{}", found[0].1);
    assert_eq!(found[1].2.as_deref(), Some("other"));
}

// 2e9 events a day take one instance of both; 4e9 two; 5e9 three today and two in the other: $300 + $800 f against
// $200 + $1,600 f, equal at 100/800 = 0.125 features a month.
#[test]
fn lines_of_features_cross_where_the_saving_is_eaten() {
    let runtimes = || vec![taking("now", 30.0, 1.0), taking("other", 20.0, 2.0)];
    let found = along(runtimes(), workload(5e9), Axis::FeaturesPerMonth, (0.0, 10.0)).unwrap();
    let end = found[0].1;
    assert!((end - 0.125).abs() < 1e-9, "{end}");
    assert_eq!(found[0].2.as_deref(), Some("other"));
    assert_eq!((found[1].0, found[1].1, found[1].2.as_deref()), (end, 10.0, Some("now")));
    // With equal machines, the fewer days win from the first feature on.
    let found = along(runtimes(), workload(4e9), Axis::FeaturesPerMonth, (0.0, 10.0)).unwrap();
    assert_eq!(found, [(0.0, 10.0, Some("now".to_owned()), vec![])]);
}

#[test]
fn features_count_along_the_other_axes_too() {
    // An eighth of a feature a month costs $100 more in the other runtime: it needs two instances less to win.
    let outlook = Outlook { features_per_month: 0.125, ..Outlook::default() };
    let runtimes = vec![taking("now", 30.0, 1.0), taking("other", 20.0, 2.0)];
    let found =
        along(runtimes, Workload { outlook, ..workload(1e9) }, Axis::EventsPerDay, (1e9, 2e10)).unwrap();
    assert_eq!(found[0].2.as_deref(), Some("now"));
    // ceil(E/2.016e9) - ceil(E/3.024e9) is 2 first after 4 x 2.016e9: five against three.
    assert!((found[0].1 - 8.064e9).abs() <= 1.0, "{}", found[0].1);
    assert_eq!(found[1].2.as_deref(), Some("other"));
}

#[test]
fn a_runtime_whose_features_are_not_known_is_left_out() {
    let mut unknown = taking("other", 20.0, 2.0);
    unknown.language.days_per_feature = None;
    searching(vec![taking("now", 30.0, 1.0), unknown], workload(5e9), MOST_PLANS, |search| {
        let found = search.along(Axis::FeaturesPerMonth, 0.0, 1.0).unwrap();
        assert_eq!(names(&found.left_out), ["other"]);
        assert_eq!(found.intervals.len(), 1);
        // Along the volume no features are built, and it counts.
        assert!(search.along(Axis::EventsPerDay, 1e9, 8e9).unwrap().left_out.is_empty());
    });
}

#[test]
fn where_no_runtime_can_carry_it_there_is_no_choice() {
    // One partition is one core at most: 3.024e9 events a day at 70 %.
    let mut bound = workload(1e9);
    bound.topic.partitions = Some(1);
    let found = along(vec![taking("now", 20.0, 1.0)], bound, Axis::EventsPerDay, (1e9, 8e9)).unwrap();
    assert_eq!(found.len(), 2);
    assert!((found[0].1 - 3.024e9).abs() <= 1.0, "{}", found[0].1);
    assert_eq!(found[1].2, None);
}

#[test]
fn questions_without_an_answer() {
    let ask = |workload, axis, range| along(vec![taking("now", 30.0, 1.0)], workload, axis, range);
    let waiting = Workload { io_wait_seconds: Some(0.01), ..workload(1e6) };
    assert_eq!(ask(waiting, Axis::IoRatio, (0.0, 0.9)), Err(CrossingsError::WaitGiven));
    for axis in [Axis::EventsPerDay, Axis::IoRatio, Axis::FeaturesPerMonth] {
        let empty = ask(workload(1e6), axis, (0.5, 0.5));
        assert!(matches!(empty, Err(CrossingsError::EmptyRange { .. })), "{empty:?}");
    }
}

/// The cheapest runtimes of a problem, by planning it in each.
fn cheapest(
    problem: &Problem<'_>,
    runtimes: &[&Runtime],
    machines: &[&Machine],
    policy: Policy,
) -> Vec<String> {
    let bill = |runtime: &Runtime| {
        let plan = problem.cheapest(runtime, machines, policy, RangeEnd::Best);
        plan.map_or(u64::MAX, |plan| micro_usd(plan.usd_per_month))
    };
    let least = runtimes.iter().map(|runtime| bill(runtime)).min().unwrap();
    let is_least = |runtime: &&&Runtime| least != u64::MAX && bill(runtime) == least;
    runtimes.iter().filter(is_least).map(|runtime| runtime.name.clone()).collect()
}

#[test]
fn along_the_io_ratio_as_looking_everywhere_finds_it() {
    // 1 ms of wall time: the more of it is waiting, the less plain code there is to run faster, and the more of it is
    // calls, at 100 us today and 600 us in the other runtime.
    let mut other = taking("other", 20.0, 1.0);
    other.language.own_code = figure(0.5);
    other.cpu.io_call = Some(crate::common::linear(600e-6, 0.0));
    let runtimes = [taking("now", 30.0, 1.0), other];
    let asked = Workload { handler_seconds: Some(1e-3), in_flight: Some(1000), ..workload(1e9) };
    let found = along(runtimes.to_vec(), asked.clone(), Axis::IoRatio, (0.0, 0.9)).unwrap();
    assert!(found.len() > 1, "{found:?}");
    let (all, small) = (runtimes.iter().collect::<Vec<_>>(), small());
    for step in 0..=9000u32 {
        let value = f64::from(step) * IO_RATIO_STEP;
        let moved = Workload { io_ratio: value, ..asked.clone() };
        let problem = Problem::new(&moved, &runtimes[0], None).unwrap();
        let expected = cheapest(&problem, &all, &[&small], lean());
        let at = found.iter().find(|(from, to, _, _)| (from - 1e-9..=to + 1e-9).contains(&value)).unwrap();
        assert!(expected.contains(at.2.as_ref().unwrap()), "{value}: {expected:?}, not {at:?}");
    }
}

/// `look` at what 1e9 events a day cost at a few values of a column, as above.
fn over(
    column: &str,
    (from, to): (f64, f64),
    most_plans: usize,
) -> Result<(Vec<f64>, Vec<[f64; 2]>), CrossingsError> {
    let runtimes = vec![taking("now", 30.0, 1.0), taking("other", 20.0, 1.0)];
    let (number, input) = columns::numbers().find(|(_, input)| input.column() == column).unwrap();
    searching(runtimes, workload(1e9), most_plans, |search| {
        search.over(Axis::of(input), from, to, number.unit == Unit::Whole).map(|found| {
            let changes = found.changes.iter().map(|change| [change.below, change.above]).collect();
            (found.points.iter().map(|point| point.value).collect(), changes)
        })
    })
}

#[test]
fn changes_over_any_number_are_near_those_by_hand() {
    // A peak factor multiplies the rate, so the second instance is needed in today's runtime from 2.016 on, and in the
    // other from 3.024 on, where today's is among the cheapest again.
    let (values, changes) = over("peak_factor", (1.0, 4.0), MOST_PLANS).unwrap();
    assert_eq!(values, [1.0, 1.38, 1.75, 2.13, 2.5, 2.88, 3.25, 3.63, 4.0]);
    assert_eq!(changes.len(), 2);
    for ([below, above], by_hand) in changes.into_iter().zip([2.016, 3.024]) {
        assert!(below <= by_hand && by_hand <= above && above - below <= 1e-3 * above, "{below} {above}");
    }
}

#[test]
fn values_are_whole_where_they_count_something_and_far_apart_in_equal_ratios() {
    let (values, changes) = over("partitions", (1.0, 100.0), MOST_PLANS).unwrap();
    assert_eq!(values, [1.0, 2.0, 3.0, 6.0, 10.0, 18.0, 32.0, 56.0, 100.0]);
    assert_eq!(changes, Vec::<[f64; 2]>::new());
    assert_eq!(over("partitions", (3.0, 5.0), MOST_PLANS).unwrap().0, [3.0, 4.0, 5.0]);
}

#[test]
fn a_sweep_that_may_make_no_more_plans_tells_what_it_has() {
    // Nine points in two runtimes are 18 plans; a change is then told no closer than the points are.
    let (values, changes) = over("peak_factor", (1.0, 4.0), 18).unwrap();
    assert_eq!((values.len(), changes), (9, vec![[1.75, 2.13], [2.88, 3.25]]));
    assert_eq!(
        over("partitions", (3.0, 3.4), MOST_PLANS),
        Err(CrossingsError::EmptyRange { from: 3.0, to: 3.4 })
    );
}

/// Three runtimes of which two cost the same to the cent at every rate, in a hundred thousand steps: what bounds cannot settle
/// ends by the plans that may be made, and says how closely it has looked.
#[test]
fn runtimes_that_tie_step_by_step_end_the_search_by_its_plans() {
    let runtimes = vec![taking("now", 30.0, 1.0), taking("one", 20.0, 1.0), taking("two", 20.0, 1.0)];
    searching(runtimes, workload(2e13), 2_000, |search| {
        let found = search.along(Axis::EventsPerDay, 2e12, 2e14).unwrap();
        assert_eq!(found.intervals.len(), 1, "{found:?}");
        let it = &found.intervals[0];
        assert_eq!((it.cheapest.unwrap().name.as_str(), names(&it.tied)), ("one", vec!["two".to_owned()]));
        assert!(0.0 < found.exact_to && found.exact_to < 0.05, "{}", found.exact_to);
        assert!(it.next.unwrap().1 >= 0.0);
    });
}

/// Where nothing is feasible anywhere, bounds at both ends settle it: no goal of 0 ms is ever met.
#[test]
fn a_goal_that_nothing_meets_takes_a_handful_of_plans() {
    let asked = Workload { handler_seconds: Some(5e-3), p99_seconds: Some(0.0), ..workload(5e7) };
    let runtimes = || vec![taking("now", 30.0, 1.0), taking("other", 20.0, 1.0)];
    searching(runtimes(), asked.clone(), 16, |search| {
        let found = search.along(Axis::IoRatio, 0.0, 0.99).unwrap();
        assert_eq!((found.intervals.len(), found.intervals[0].cheapest, found.exact_to), (1, None, 0.0));
    });
}

proptest! {
    #![proptest_config(crate::random::cases(60))]

    /// Every step is as planning there finds it, and no line contradicts its own costs.
    #[test]
    fn along_the_io_ratio_as_looking_there_finds_it(
        case in case(),
        places in proptest::collection::vec(0u32..9900, 30),
    ) {
        prop_assume!(case.workload.io_wait_seconds.is_none());
        let problem = Problem::new(&case.workload, &case.current, None).unwrap();
        let runtimes = [&case.current, &case.runtime];
        let machines: Vec<&Machine> = case.machines.iter().collect();
        let search = search_in(&problem, &runtimes, &machines, case.policy, MOST_PLANS);
        let found = search.along(Axis::IoRatio, 0.0, 0.99).unwrap();
        prop_assert!(found.intervals.iter().all(|it| it.next.is_none_or(|(_, more)| more > -1e-6)));
        prop_assume!(found.exact_to == 0.0);
        for step in places {
            let value = f64::from(step) * IO_RATIO_STEP;
            let moved = Workload { io_ratio: value, ..case.workload.clone() };
            let problem = Problem::new(&moved, &case.current, None).unwrap();
            let least = cheapest(&problem, &runtimes, &machines, case.policy);
            let is_in = |it: &&Interval<'_>| (it.from - 1e-9..=it.to + 1e-9).contains(&value);
            let interval = found.intervals.iter().find(is_in).unwrap();
            match interval.cheapest {
                Some(runtime) => prop_assert!(least.contains(&runtime.name), "{value}: {least:?} {interval:?}"),
                None => prop_assert!(least.is_empty(), "{value}: {least:?}"),
            }
        }
    }

}

proptest! {
    #![proptest_config(crate::random::cases(500))]

    /// The same along the volume.
    #[test]
    fn along_the_volume_as_looking_there_finds_it(
        case in case(),
        places in proptest::collection::vec(0.0f64..1.0, 30),
    ) {
        let problem = Problem::new(&case.workload, &case.current, None).unwrap();
        let runtimes = [&case.current, &case.runtime];
        let machines: Vec<&Machine> = case.machines.iter().collect();
        let (from, to) = (1e3, 1e9);
        let search = search_in(&problem, &runtimes, &machines, case.policy, usize::MAX);
        let found = search.along(Axis::EventsPerDay, from, to).unwrap().intervals;
        prop_assert_eq!((found[0].from, found[found.len() - 1].to), (from, to));
        let at = |events_per_day: f64| {
            let moved = Workload { events_per_day, ..case.workload.clone() };
            let problem = Problem { workload: &moved, ..problem.clone() };
            cheapest(&problem, &runtimes, &machines, case.policy)
        };
        let anywhere = places.iter().map(|place| (from * (to / from).powf(*place)).round());
        let ends = found.iter().flat_map(|interval| [interval.from, interval.to]);
        for place in anywhere.chain(ends) {
            let interval = found.iter().find(|it| (it.from..=it.to).contains(&place)).unwrap();
            let least = at(place);
            match interval.cheapest {
                Some(runtime) => {
                    prop_assert!(least.contains(&runtime.name), "{place}: {least:?}, not {}", runtime.name);
                    // Today's runtime wins where they cost the same.
                    prop_assert!(runtime.name == "now" || !least.contains(&"now".to_owned()));
                }
                None => prop_assert!(least.is_empty(), "{place}: {least:?}"),
            }
        }
    }
}

mod command {
    use super::*;

    fn run(args: &[&str]) -> (bool, String, String) {
        let flags = ["sweep", "examples/rewrite.csv", "--published", "--provider", "aws"];
        let output = Command::cargo_bin("tonnage")
            .unwrap()
            .args([&flags, args].concat())
            .env("COLUMNS", "80")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    }

    #[test]
    fn all_forms_have_the_same_intervals() {
        let asked = ["--workload", "geo-lookup", "--over", "features_per_month"];
        let (_, json, _) = run(&[&asked[..], &["--format", "json"]].concat());
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let intervals = json["intervals"].as_array().unwrap();
        let (_, csv, _) = run(&[&asked[..], &["--format", "csv"]].concat());
        assert_eq!(csv.lines().count(), intervals.len() + 1);
        let (_, markdown, _) = run(&[&asked[..], &["--format", "markdown"]].concat());
        // With a header, its line and today's row.
        assert_eq!(markdown.lines().filter(|line| line.starts_with('|')).count(), intervals.len() + 3);
        // Where the table of `total` says that features eat the saving: $333 / (1 day x $800) = 0.416.
        assert!((intervals[0]["to"].as_f64().unwrap() - 0.416).abs() < 0.01, "{json}");
    }

    #[test]
    fn any_number_has_a_line_a_value_and_a_column_a_runtime() {
        let asked = ["--workload", "geo-lookup", "--over", "handler_ms"];
        let (_, json, _) = run(&[&asked[..], &["--format", "json"]].concat());
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        // A tenth of its 4 ms to ten times them, in three runtimes.
        let points = json["points"].as_array().unwrap();
        assert_eq!(
            (points.len(), &points[0]["value"], &points[26]["value"]),
            (27, &0.4.into(), &40.0.into())
        );
        let cheapest = points.iter().filter(|point| point["is_cheapest"] == true);
        assert_eq!(cheapest.count(), 9);
        let change = &json["changes"][0];
        assert!(
            change["below"].as_f64() < change["above"].as_f64() && change["from"] == "python-aiokafka",
            "{json}"
        );
        let (_, csv, _) = run(&[&asked[..], &["--format", "csv"]].concat());
        assert_eq!(csv.lines().count(), 28);
        let (_, table, _) = run(&asked);
        let title = "geo-lookup at today's handler_ms of 4 ms: right-size (3 x c7a.xlarge, $450 a month, saves $791? of $1,241; \
                     $692 in all). By cost alone python-aiokafka is cheapest";
        assert!(one_line(&table).starts_with(title), "{table}");
        assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
        let (_, table, _) = run(&["--workload", "geo-lookup", "--over", "rewrite_days"]);
        assert!(
            one_line(&table).contains("and no cost changes from 1.5 to 150") && !table.contains("15  "),
            "{table}"
        );
    }

    #[test]
    fn mistakes_are_told() {
        let one = ["--workload", "geo-lookup"];
        for (args, said) in [
            (vec!["--over", "events_per_day"], "there are 4 workloads; choose one with --workload NAME"),
            (
                vec!["--over", "volume"],
                "it must be months or a column that holds a number; did you mean \"events_per_day\"?",
            ),
            (
                [&one[..], &["--over", "io_ratio", "--to", "1.5"]].concat(),
                "--to: it is \"1.5\", but must be a share from 0 to below 1",
            ),
            (
                [&one[..], &["--over", "events_per_day", "--from", "0"]].concat(),
                "--from: it is \"0\", but must be a number of events from 1 to 1e15",
            ),
            (
                [&one[..], &["--over", "io_ratio", "--to", "0.12345"]].concat(),
                "--to: it is \"0.12345\", but must be a multiple of 0.0001",
            ),
            (
                [&one[..], &["--over", "p99_ms", "--to", "50"]].concat(),
                "--from is missing: geo-lookup has no p99_ms above 0 to begin with",
            ),
            (
                [&one[..], &["--over", "skew", "--details"]].concat(),
                "--details is for --over months; leave it out",
            ),
            (
                [&one[..], &["--over", "features_per_month", "--from", "3", "--to", "2"]].concat(),
                "the range is empty: it goes from 3 to 2",
            ),
            (
                [&one[..], &["--over", "io_ratio", "--io-wait-ms", "0.5"]].concat(),
                "no cost changes with io_ratio",
            ),
        ] {
            let (success, out, err) = run(&args);
            assert!(!success && out.is_empty() && err.contains(said), "{err}");
        }
    }
}

/// Between what the cheapest runtime carries and what none does lies a stretch of another: the heading has both its ends.
#[test]
fn a_heading_does_not_claim_more_than_a_stretch() {
    let args = [
        "--event-size=1.2KB",
        "--io-ratio=0.85",
        "--io-calls=1",
        "--peak-factor=4",
        "--partitions=24",
        "--p99-ms=250",
    ];
    let run = |more: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("tonnage").unwrap();
        command.args(["sweep", "--over=events_per_day", "--name=checkout", "--events-per-day=49M"]);
        let output = command.args(args).args(more).env("COLUMNS", "200").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let json: serde_json::Value = serde_json::from_str(&run(&["--format=json"])).unwrap();
    let stretches: Vec<&str> = json["intervals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["cheapest"].as_str().unwrap_or("none"))
        .collect();
    assert_eq!(stretches, ["python-aiokafka", "rust-rdkafka", "none"]);
    let heading = run(&[]);
    let heading = heading.lines().next().unwrap();
    assert!(heading.contains("; from ") && heading.ends_with(" rust-rdkafka is cheapest"), "{heading}");
}

/// What costs as much as another for a stretch is no change to tell: where today's runtime ties with the cheapest, that stays named.
#[test]
fn a_heading_names_no_change_of_equal_costs() {
    const ROWS: &str = "name,events_per_day,event_size,io_ratio,handler_ms,observed_cores,current_runtime,current_machine,\
        current_instances,current_processes,peak_factor,partitions,concurrency,memory_mib\n\
        fx,1.1B,220,0,0.02,3.1,go-franz,c7g.xlarge,3,3,4,24,consumer,120\n";
    crate::command::with_rows(ROWS, |file| {
        let over = |more: &[&str]| printed(tonnage(&[&["sweep", file, "--over"], more].concat()));
        let json: Value = serde_json::from_str(&over(&["events_per_day", "--format=json"])).unwrap();
        let intervals = json["intervals"].as_array().unwrap();
        // Below what rust-rdkafka carries at less, go-franz costs the same, again and again.
        let tied =
            intervals.iter().filter(|it| it["cheapest"] == "go-franz" && it["tied_with"] == "rust-rdkafka");
        assert!(tied.count() > 1, "{json}");
        let text = over(&["events_per_day", "--format=markdown"]);
        let heading = text.lines().next().unwrap();
        assert!(heading.contains("By cost alone rust-rdkafka is cheapest there; above "), "{heading}");
        assert!(!heading.contains("go-franz is cheapest"), "{heading}");
    });
}

/// On a narrow terminal the columns that are left out are not those that have the answer.
#[test]
fn a_narrow_table_keeps_what_is_the_cheapest() {
    let mut command =
        tonnage(&["sweep", "examples/workloads.csv", "--workload=email-sender", "--over=peak_factor"]);
    command.env("COLUMNS", "60");
    let text = printed(command);
    let table = text.split("\n\n").find(|it| it.starts_with("peak_factor ")).unwrap();
    let rows = table.lines().skip(2).filter(|line| line.contains('$'));
    assert!(rows.clone().count() > 4 && rows.clone().all(|row| row.contains('*')), "{text}");
    assert!(table.contains("(not shown at this width: "), "{text}");
}

/// Where no runtime can carry a volume as it is, the sweep says what `plan` recommends there, and so does the point of today.
#[test]
fn what_would_carry_a_volume_is_what_plan_says_there() {
    // An event waits 18 of 20 ms: of 12 partitions with one in flight each, batches carry what single events do not.
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,io_calls,current_machine,current_instances,partitions,\
                  peak_factor,in_flight,skew,observed_cores";
    let told = |args: &[&str], row: &str| -> Value {
        let mut command = tonnage(&[args, &["-", "--format=json"]].concat());
        command.write_stdin(format!("{header}\n{row}\n"));
        serde_json::from_str(&printed(command)).unwrap()
    };
    let row = |events: &str| format!("a,{events},1KB,90%,20,1,c6i.xlarge,4,12,2,1,1,");
    let over = ["sweep", "--over=events_per_day"];
    let json = told(&over, &row("5M"));
    let stuck: Vec<&Value> =
        json["intervals"].as_array().unwrap().iter().filter(|it| it["cheapest"].is_null()).collect();
    let [stuck] = stuck[..] else { panic!("{json}") };
    let planned = told(&["plan"], &row(&stuck["at"].to_string()));
    let decision = &planned["decisions"][0];
    let change = decision["to"].as_str().unwrap();
    assert!(change.starts_with("batch_size "), "{decision}");
    let would_do = format!(
        "with {change} (which changes code) {} would do, ${:.0} a month",
        decision["planned"].as_str().unwrap(),
        decision["usd_per_month"].as_f64().unwrap()
    );
    assert!(stuck["would_do"].as_str().unwrap().starts_with(&would_do), "{stuck}: {would_do}");
    // Three cores are measured, so that what runs is kept; what it would need instead is the same in both.
    let kept = "a,50M,1KB,50%..90%,,,c6i.xlarge,4,12,2,,1,3";
    let action = told(&["plan"], kept)["decisions"][0]["action"].clone();
    let asks = action.as_str().unwrap();
    assert!(asks.starts_with("keep; plan asks batch_size "), "{action}");
    let mut command = tonnage(&[&over[..], &["-", "--from=50M", "--to=51M", "--strict"]].concat());
    let output = command.write_stdin(format!("{header}\n{kept}\n")).output().unwrap();
    let text = one_line(&String::from_utf8(output.stdout).unwrap());
    assert!(text.contains(asks), "{text}");
    assert!(text.contains(" (which changes code)") && text.contains("with batch_size "), "{text}");
    assert_eq!(output.status.code(), Some(3));
}
