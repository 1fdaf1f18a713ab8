//! Exact results of queueing theory, each within the confidence interval of ten runs.

use crate::arrivals::Arrivals;
use crate::course::Course;
use crate::estimate::Estimate;
use crate::ids::Ids;
use crate::outcome::{Horizon, Outcome};
use crate::random::Random;
use crate::run::run;
use crate::system::{Fetch, System};
use proptest::prelude::*;
use tonnage_model::runtime::{Assignment, Concurrency, Discipline};
use tonnage_model::scenario::failure::{FailureScenario, GroupSettings};

const RUNS: u64 = 10;

/// Ten runs of so many events each, of which the first tenth does not count.
fn runs(system: &System, arrivals: &Arrivals, events: f64) -> Vec<Outcome> {
    let to_seconds = events / arrivals.mean_rate();
    let horizon = Horizon { from_seconds: 0.1 * to_seconds, to_seconds, look_seconds: f64::INFINITY };
    (0..RUNS).map(|stream| run(system, arrivals, &[], &horizon, (1, stream))).collect()
}

fn estimate(runs: &[Outcome], of: fn(&Outcome) -> f64) -> Estimate {
    Estimate::of(&runs.iter().map(of).collect::<Vec<_>>())
}

#[track_caller]
fn meets(what: &str, estimate: Estimate, theory: f64, precision: f64) {
    let Estimate { mean, half_width } = estimate;
    assert!(estimate.covers(theory), "{what}: {mean} +- {half_width} is not {theory}");
    assert!(half_width < precision * theory, "{what}: {mean} +- {half_width} says too little");
}

#[track_caller]
fn mean_is(system: &System, arrivals: &Arrivals, theory: f64) -> Vec<Outcome> {
    let runs = runs(system, arrivals, 400_000.0);
    meets("mean", estimate(&runs, |it| it.times.mean()), theory, 0.06);
    for it in &runs {
        // Little's law holds in each run, but for the events at its ends.
        let by_law = it.times.total() as f64 / it.seconds * it.times.mean();
        assert!((it.mean_lag / by_law - 1.0).abs() < 0.01, "{} {by_law}", it.mean_lag);
    }
    runs
}

#[test]
fn one_exponential_server() {
    // M/M/1 at rho 0.8: 10 ms / (1 - 0.8) = 50 ms; p99 = -ln(0.01) 50 ms = 230.26 ms.
    let runs = mean_is(&System::server(0.010), &Arrivals::steady(80.0), 0.050);
    meets("p99", estimate(&runs, |it| it.times.quantile(0.99)), 0.230_26, 0.06);
    meets("p50", estimate(&runs, |it| it.times.quantile(0.50)), 0.050 * 2f64.ln(), 0.06);
    meets("utilization", estimate(&runs, |it| it.core_seconds / it.seconds), 0.8, 0.01);
}

/// Erlang C at a = 3.2, c = 4: B runs 1, 0.761905, 0.549356, 0.369475, 0.228145; C = 0.228145 / (1 - 0.8 * 0.771855) =
/// 0.596432; a wait is 0.596432 * 10 ms / (4 * 0.2) = 7.4554 ms on average, and a time 17.4554 ms.
const FOUR_SERVERS: f64 = 0.017_455_4;

#[test]
fn four_exponential_threads() {
    let system = System { threads: 4, member_cores: 4.0, instance_cores: 4.0, ..System::server(0.010) };
    mean_is(&system, &Arrivals::steady(320.0), FOUR_SERVERS);
}

#[test]
fn four_calls_in_flight() {
    // The same queue for an in-flight limit of 4 with 10 ms of waiting each.
    let system = System { wait_seconds: 0.010, in_flight: 4, ..System::server(0.0) };
    mean_is(&system, &Arrivals::steady(320.0), FOUR_SERVERS);
}

#[test]
fn one_steady_server() {
    // M/D/1 at rho 0.8: 0.8 * 10 ms / (2 * 0.2) = 20 ms of waiting, 30 ms in all.
    mean_is(&System { scv: 0.0, ..System::server(0.010) }, &Arrivals::steady(80.0), 0.030);
}

#[test]
fn one_varying_server() {
    // Pollaczek and Khinchine with scv 4: 0.8 * 10 ms * (1 + 4) / (2 * 0.2) = 100 ms of waiting, 110 ms in all.
    let system = System { scv: 4.0, ..System::server(0.010) };
    let runs = runs(&system, &Arrivals::steady(80.0), 1_500_000.0);
    meets("mean", estimate(&runs, |it| it.times.mean()), 0.110, 0.06);
}

#[test]
fn shared_cores_do_not_feel_the_spread_of_service_times() {
    // Processor sharing at rho 0.8: 10 ms / 0.2 = 50 ms whatever the distribution.
    for scv in [0.0, 1.0, 4.0] {
        let system = System { threads: usize::MAX, scv, ..System::server(0.010) };
        mean_is(&system, &Arrivals::steady(80.0), 0.050);
    }
}

#[test]
fn bursts() {
    // M[X]/M/1, bursts of 5 on average, geometric: 5 * 2 ms / (1 - 0.8) = 50 ms.
    let runs = runs(&System::server(0.002), &Arrivals::steady(400.0).in_bursts(5.0), 1_000_000.0);
    meets("mean", estimate(&runs, |it| it.times.mean()), 0.050, 0.06);
}

fn fetch(discipline: Discipline) -> Fetch {
    Fetch {
        core_seconds: 0.0,
        network_seconds: 0.0,
        wait_seconds: f64::INFINITY,
        least_events: 1,
        most_events: usize::MAX,
        read_ahead: u64::MAX,
        discipline,
    }
}

#[test]
fn gated_polling() {
    // Takagi's vacation queue with gated service: the next fetch is sent as the last event of 10 ms is taken and held for
    // 210 ms, so a vacation is V = 200 ms. At rho 0.8: 20 ms (M/D/1) + V/2 + 0.8 V / 0.2 = 20 + 100 + 800 ms of waiting,
    // 930 ms in all. A fetch finds nothing once in exp(16).
    let gated = Fetch { wait_seconds: 0.210, least_events: u64::MAX, ..fetch(Discipline::Gated) };
    let system = System { scv: 0.0, in_flight: 1, fetch: Some(gated), ..System::server(0.010) };
    mean_is(&system, &Arrivals::steady(80.0), 0.930);
}

#[test]
fn fetches_that_take_nothing_change_nothing() {
    // M/M/1 again, for each discipline that reads ahead.
    for discipline in [Discipline::Fair, Discipline::Yielding] {
        let system = System { fetch: Some(fetch(discipline)), ..System::server(0.010) };
        mean_is(&system, &Arrivals::steady(80.0), 0.050);
    }
}

#[test]
fn events_of_a_fetch() {
    // A quiet member of 100 events/s and fetches of 10 ms, half a millisecond of it CPU: x T + exp(-x T) = 1 + 1/e events
    // a fetch. Handling takes next to nothing.
    let fair = Fetch { core_seconds: 0.0005, network_seconds: 0.0095, ..fetch(Discipline::Fair) };
    let system = System { fetch: Some(fair), ..System::server(1e-6) };
    let runs = runs(&system, &Arrivals::steady(100.0), 200_000.0);
    let events = |it: &Outcome| it.times.total() as f64 / it.fetches as f64;
    meets("events a fetch", estimate(&runs, events), 1.0 + (-1f64).exp(), 0.01);
}

#[test]
fn processes_share_the_cores_of_an_instance() {
    // Three processes of 0.5 of a core each on two cores: three quarters busy, whoever works.
    let system = System {
        members_per_instance: 3,
        instance_cores: 2.0,
        partitions: 3,
        busiest_share: 1.0 / 3.0,
        ..System::server(0.010)
    };
    let runs = runs(&system, &Arrivals::steady(150.0), 400_000.0);
    meets("utilization", estimate(&runs, |it| it.core_seconds / it.seconds / 2.0), 0.75, 0.01);
    // More than alone, 10 / 0.5 = 20 ms; less than at one server of two cores' speed for each, which is not there.
    let mean = estimate(&runs, |it| it.times.mean());
    assert!(mean.mean > 0.021 && mean.mean < 0.040, "{mean:?}");
}

/// Six members on three instances, 12 partitions; each member has 40 events/s of 10 ms.
fn group(discipline: Discipline, concurrency: Concurrency) -> System {
    let client = Fetch { core_seconds: 2e-4, network_seconds: 1e-3, read_ahead: 100, ..fetch(discipline) };
    System {
        instances: 3,
        members_per_instance: 2,
        instance_cores: 2.0,
        partitions: 12,
        busiest_share: 1.0 / 12.0,
        concurrency,
        in_flight: 1,
        fetch: Some(client),
        ..System::server(0.010)
    }
}

fn course(scenario: FailureScenario, system: &System, startup: f64, seed: u64) -> Course {
    let ids = Ids::drawn(system, Random::new(seed, 2));
    Course::of(scenario, system, &GroupSettings::default(), startup, 3, ids)
}

/// Ten runs with a failure after 100 s.
fn failed(scenario: FailureScenario, system: &System, startup: f64, to_seconds: f64) -> Vec<Outcome> {
    let horizon = Horizon { from_seconds: 20.0, to_seconds, look_seconds: 1.0 };
    let changes = course(scenario, system, startup, 1).later(100.0);
    let arrivals = Arrivals::steady(240.0);
    (0..RUNS).map(|stream| run(system, &arrivals, &changes, &horizon, (1, stream))).collect()
}

#[test]
fn a_drained_failure_returns_to_what_was_before() {
    let system = group(Discipline::Fair, Concurrency::Consumer);
    // Five of six hear within 3 x 4/5 = 2.4 s; one that is back after 10 s is let in 1.5 s later, and the next leaves at once: heard of after
    // 3 s. So members go at 0, 11.5 and 23 s, and the last is back at 34.5 s.
    let all = failed(FailureScenario::Deploy, &system, 10.0, 400.0);
    let later = |it: &Outcome| it.lags[250..].iter().sum::<f64>() / 150.0;
    let after = estimate(&all, later);
    let before = estimate(&all, |it| it.mean_lag);
    assert!((after.mean - before.mean).abs() < after.half_width + before.half_width, "{before:?} {after:?}");
    assert!(all.iter().all(|it| it.most_lag > 10.0 * it.mean_lag));
    assert!(all.iter().all(|it| it.caught_up.is_some_and(|at| at > 134.5 && at < 200.0)));
}

#[test]
fn a_lost_instance_drains_as_a_fluid() {
    // Of 240 events/s a third stops for 45 - 3/2 + 3 x 4/5 = 45.9 s; the others, members 1, 2, 4 and 5 of 6, hear of it 1.8, 1.2, 0.6 and 0 s
    // before the end. Then four members with 60 events/s each of their 100 work: the busiest of them, that took over 20 events/s x 45.9 s
    // and has 40 x 1.8 s of its own, 990 events, gains 40 a second: 24.75 s.
    let system = System { scv: 0.0, ..group(Discipline::Gated, Concurrency::Consumer) };
    let all = failed(FailureScenario::InstanceLost, &system, 1.0, 300.0);
    let caught_up = estimate(&all, |it| it.caught_up.unwrap_or(f64::INFINITY) - 145.9);
    // Members also fetch, and the last to catch up is the latest of four.
    assert!(caught_up.mean > 24.0 && caught_up.mean < 32.0, "{caught_up:?}");
    // Events that wait when all work again: 80/s x 45.9 s + 160/s x 0.9 s = 3,816.
    let most = estimate(&all, |it| it.most_lag);
    assert!((most.mean / 3816.0 - 1.0).abs() < 0.02, "{most:?}");
}

const DISCIPLINES: [Discipline; 3] = [Discipline::Fair, Discipline::Gated, Discipline::Yielding];
const SCENARIOS: [Option<FailureScenario>; 4] =
    [None, Some(FailureScenario::Crash), Some(FailureScenario::ZoneLost), Some(FailureScenario::Deploy)];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// No event is lost or made, a seed gives one run, and each partition is handled in order.
    #[test]
    fn events_are_kept_and_in_order(
        discipline in proptest::sample::select(&DISCIPLINES[..]),
        scenario in proptest::sample::select(&SCENARIOS[..]),
        by_partition: bool,
        by_range: bool,
        batch in 1usize..4,
        wait in prop_oneof![Just(0.0), Just(0.002)],
        burst in 1.0f64..5.0,
        seed: u64,
    ) {
        let concurrency = if by_partition { Concurrency::Partition } else { Concurrency::Consumer };
        let assignment = if by_range { Assignment::Range } else { Assignment::Even };
        let system = System { assignment, batch, wait_seconds: wait, ..group(discipline, concurrency) };
        let arrivals = Arrivals::steady(200.0).in_bursts(burst);
        let changes = scenario.map_or_else(Vec::new, |it| course(it, &system, 7.0, seed).later(30.0));
        let horizon = Horizon { from_seconds: 10.0, to_seconds: 120.0, look_seconds: 5.0 };
        let outcome = run(&system, &arrivals, &changes, &horizon, (seed, 0));
        prop_assert_eq!(outcome.there[1] + outcome.times.total(), outcome.there[0] + outcome.arrived);
        prop_assert!(outcome.in_order);
        let again = run(&system, &arrivals, &changes, &horizon, (seed, 0));
        prop_assert_eq!((outcome.lags, outcome.alarms, outcome.mean_lag), (again.lags, again.alarms, again.mean_lag));
        let other = run(&system, &arrivals, &changes, &horizon, (seed ^ 1, 0));
        prop_assert!(outcome.alarms != other.alarms || outcome.core_seconds != other.core_seconds);
    }
}
