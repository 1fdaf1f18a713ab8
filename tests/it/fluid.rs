//! Failures held against a fluid simulation: the backlog of every partition, step by step, served by the members that
//! hold them, with no formula of the model in it.

use crate::common::{figure, linear, machine, runtime, workload};
use crate::failures::{COOPERATIVE, EAGER};
use proptest::prelude::any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::plan::Plan;
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::runtime::{Concurrency, Deployment};
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings};
use tonnage_model::workload::Workload;

/// One step, s.
const STEP: f64 = 0.1;

/// Drains that take longer do not end, s.
const LONGEST: f64 = 1800.0;

/// What a simulation saw.
#[derive(Debug, Clone, Copy)]
struct Seen {
    lag: f64,
    oldest: f64,
    drain: f64,
}

/// A consumer group with the backlog of each partition.
struct Group {
    /// Arrivals of each partition, events/s.
    rates: Vec<f64>,
    /// The member that holds each partition when all is well.
    home: Vec<usize>,
    /// The member that reads it now; nobody where it stands still.
    reader: Vec<Option<usize>>,
    backlog: Vec<f64>,
    members: usize,
    per_instance: usize,
    of_member: f64,
    of_instance: f64,
    /// The in-flight limit of a holder, events/s.
    of_holder: f64,
    concurrency: Concurrency,
    lag: f64,
    oldest: f64,
}

/// Divides what there is so that nobody gets more than asked for, and those who get less all get the same.
fn shared(asked: &[f64], there_is: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..asked.len()).collect();
    order.sort_by(|&one, &other| asked[one].total_cmp(&asked[other]));
    let (mut given, mut left) = (vec![0.0; asked.len()], there_is);
    for (done, &at) in order.iter().enumerate() {
        given[at] = asked[at].min(left / (asked.len() - done) as f64);
        left -= given[at];
    }
    given
}

impl Group {
    /// The group of a plan; the first member has the hottest partition and as many as any.
    fn of(plan: &Plan<'_>, rate: f64) -> Self {
        let (sizing, count) = (&plan.sizing, plan.count);
        let partitions = sizing.topic.partitions.unwrap() as usize;
        let (members, per_instance) = (count.members() as usize, count.members_per_instance as usize);
        let cores = per_instance.min(sizing.vcpus as usize) as f64;
        let hot = sizing.topic.skew / partitions as f64;
        let cold = (1.0 - hot) / (partitions.max(2) - 1) as f64;
        let rates = (0..partitions).map(|at| rate * if at == 0 { hot } else { cold });
        // One after the other to all instances first, so that these have as many as can be too.
        let instances = members / per_instance;
        let home: Vec<usize> = (0..partitions)
            .map(|at| at % members)
            .map(|turn| turn % instances * per_instance + turn / instances)
            .collect();
        Self {
            rates: rates.collect(),
            reader: home.iter().map(|&member| Some(member)).collect(),
            home,
            backlog: vec![0.0; partitions],
            members,
            per_instance,
            of_member: 1.0 / sizing.service.handling_seconds,
            of_instance: cores / sizing.service.handling_seconds,
            of_holder: f64::from(sizing.in_flight) / sizing.own_seconds(),
            concurrency: sizing.concurrency,
            lag: 0.0,
            oldest: 0.0,
        }
    }

    fn step(&mut self) {
        for (backlog, rate) in self.backlog.iter_mut().zip(&self.rates) {
            *backlog += rate * STEP;
        }
        let of_holder = self.of_holder * STEP;
        for instance in 0..self.members.div_ceil(self.per_instance) {
            let on_it = instance * self.per_instance..(instance + 1) * self.per_instance;
            let held: Vec<Vec<usize>> = on_it
                .map(|member| (0..self.rates.len()).filter(|&at| self.reader[at] == Some(member)).collect())
                .collect();
            let asked = |at: &usize| match self.concurrency {
                Concurrency::Partition => self.backlog[*at].min(of_holder),
                Concurrency::Consumer => self.backlog[*at],
            };
            let limit = match self.concurrency {
                Concurrency::Partition => self.of_member * STEP,
                Concurrency::Consumer => (self.of_member * STEP).min(of_holder),
            };
            let by_member: Vec<f64> =
                held.iter().map(|held| held.iter().map(asked).sum::<f64>().min(limit)).collect();
            let granted = shared(&by_member, self.of_instance * STEP);
            let done: Vec<Vec<f64>> = held
                .iter()
                .zip(granted)
                .map(|(held, granted)| shared(&held.iter().map(asked).collect::<Vec<f64>>(), granted))
                .collect();
            for (&at, done) in held.iter().flatten().zip(done.iter().flatten()) {
                self.backlog[at] -= done;
            }
        }
        self.lag = self.lag.max(self.backlog.iter().sum());
        let ages = self.backlog.iter().zip(&self.rates).map(|(backlog, rate)| backlog / rate);
        self.oldest = ages.fold(self.oldest, f64::max);
    }

    fn run(&mut self, seconds: f64) {
        (0..(seconds / STEP).round() as u64).for_each(|_| self.step());
    }

    /// The partitions of some members stand still, and where all do, the others too.
    fn stop(&mut self, gone: &[usize], all: bool) {
        for (reader, home) in self.reader.iter_mut().zip(&self.home) {
            if all || gone.contains(home) {
                *reader = None;
            }
        }
    }

    /// Members go, and what of the last seconds is not done or not committed is left to be done again.
    fn lose(&mut self, gone: &[usize], redone: f64) {
        for (at, home) in self.home.iter().enumerate() {
            self.backlog[at] += if gone.contains(home) { self.rates[at] * redone } else { 0.0 };
        }
    }

    /// All go on but for the partitions of `gone`, which go to those who hold least, a member that has taken over least first.
    fn go_on_without(&mut self, gone: &[usize]) {
        self.go_on();
        self.stop(gone, false);
        let mut held = vec![(0, 0); self.members];
        self.reader.iter().flatten().for_each(|&member| held[member].0 += 1);
        for reader in self.reader.iter_mut().filter(|reader| reader.is_none()) {
            let heirs = (0..self.members).filter(|member| !gone.contains(member));
            let Some(heir) = heirs.min_by_key(|&heir| held[heir]) else { return };
            held[heir] = (held[heir].0 + 1, held[heir].1 + 1);
            *reader = Some(heir);
        }
    }

    /// What is back joins: eager members read on until all have heard, others give up what it is to have before.
    fn join(&mut self, back: &[usize], settings: &GroupSettings) {
        if settings.assignor == Assignor::Cooperative {
            self.stop(back, false);
        }
        self.run(settings.rebalance_seconds);
    }

    fn go_on(&mut self) {
        self.reader = self.home.iter().map(|&member| Some(member)).collect();
    }

    /// Seconds until nothing waits.
    fn drain(&mut self) -> f64 {
        let mut seconds = 0.0;
        while self.backlog.iter().sum::<f64>() > 1e-6 && seconds < LONGEST {
            self.step();
            seconds += STEP;
        }
        seconds
    }
}

/// A scenario step by step. `startup` and all settings are whole steps.
fn simulated(
    plan: &Plan<'_>,
    scenario: FailureScenario,
    settings: &GroupSettings,
    startup: f64,
    rate: f64,
) -> Seen {
    let mut group = Group::of(plan, rate);
    let is_eager = settings.assignor == Assignor::Eager;
    let GroupSettings { session_timeout_seconds: timeout, rebalance_seconds: rebalance, .. } = *settings;
    let of_instance = |instance: usize| {
        (instance * group.per_instance..(instance + 1) * group.per_instance).collect::<Vec<usize>>()
    };
    let instances = plan.count.instances as usize;
    // 5 s between commits, and the calls under way; whoever leaves by itself commits.
    let (call, uncommitted) = (plan.sizing.call_seconds(), 5.0 + plan.sizing.call_seconds());
    match scenario {
        FailureScenario::Deploy => {
            let all: Vec<Vec<usize>> = (0..instances).rev().map(of_instance).collect();
            for (round, gone) in all.iter().enumerate() {
                if round > 0 {
                    group.run(settings.deploy_pause_seconds);
                }
                group.lose(gone, call);
                // Heartbeats that have drifted apart until the first begin with it together.
                group.stop(gone, is_eager && round == 0);
                group.run(rebalance);
                if startup > rebalance {
                    group.go_on_without(gone);
                    group.run(startup - rebalance);
                    group.join(gone, settings);
                }
                group.go_on();
            }
        }
        FailureScenario::Crash if startup > timeout + rebalance => {
            let gone = [0];
            group.lose(&gone, uncommitted);
            group.stop(&gone, false);
            group.run(timeout);
            group.stop(&gone, is_eager);
            group.run(rebalance);
            group.go_on_without(&gone);
            group.run(startup - timeout - rebalance);
            group.join(&gone, settings);
            group.go_on();
        }
        FailureScenario::Crash => {
            group.lose(&[0], uncommitted);
            group.stop(&[0], false);
            let begins = startup.min(timeout);
            group.run(begins);
            group.stop(&[0], is_eager);
            group.run((timeout - begins).max(rebalance));
            group.go_on();
        }
        FailureScenario::InstanceLost | FailureScenario::ZoneLost => {
            let lost = match scenario {
                FailureScenario::ZoneLost => instances.div_ceil(plan.sizing.policy.zones as usize),
                _ => 1,
            };
            let gone: Vec<usize> = (0..lost).flat_map(of_instance).collect();
            group.lose(&gone, uncommitted);
            group.stop(&gone, false);
            group.run(timeout);
            group.stop(&gone, is_eager);
            group.run(rebalance);
            group.go_on_without(&gone);
        }
    }
    let (lag, oldest) = (group.lag, group.oldest);
    let drain = group.drain();
    Seen { lag, oldest, drain }
}

/// A group to try: 20 ms of CPU an event on machines of `vcpus`, some waiting.
#[derive(Debug, Clone, Copy)]
struct Case {
    partitions: u32,
    skew: f64,
    instances: u32,
    vcpus: u32,
    rate: f64,
    waiting: f64,
    concurrency: Concurrency,
    startup: f64,
}

impl Case {
    fn with_plan<T>(self, look: impl Fn(&Plan<'_>) -> T) -> Option<T> {
        let mut now = runtime("now", Deployment::Processes);
        now.cpu.consume = linear(20e-3, 0.0);
        now.cpu.handler.insert("decode".into(), linear(0.0, 0.0));
        now.startup_seconds = Some(figure(self.startup));
        now.concurrency = self.concurrency;
        let workload = Workload {
            topic: Topic { partitions: Some(self.partitions), skew: self.skew, ..Topic::default() },
            io_wait_seconds: Some(self.waiting),
            io_calls: Some(0.0),
            ..workload(self.rate * 86_400.0)
        };
        let policy = Policy {
            min_instances: self.instances,
            survive_zone_loss: false,
            max_utilization: 1.0,
            zones: 3,
            ..Policy::default()
        };
        let machine = machine("some", self.vcpus, 64.0, 0.1);
        let problem = Problem::new(&workload, &now, None).unwrap();
        problem.cheapest(&now, &[&machine], policy, RangeEnd::Best).ok().map(|plan| look(&plan))
    }

    /// What the model tells, and what the simulation sees; nothing where no number of instances does.
    fn both(self, scenario: FailureScenario, settings: GroupSettings) -> Option<(Seen, Seen)> {
        self.with_plan(|plan| {
            let told = scenario.aftermath(plan, &settings, self.rate);
            let drain = told.drain_seconds.min(LONGEST);
            let told = Seen { lag: told.lag_events, oldest: told.oldest_seconds, drain };
            (told, simulated(plan, scenario, &settings, self.startup, self.rate))
        })
    }
}

/// Whole shares: 24 partitions on 4 members, and 6 of them on three. 100/s of 50/s each.
const EVEN: Case = Case {
    partitions: 24,
    skew: 1.0,
    instances: 4,
    vcpus: 1,
    rate: 100.0,
    waiting: 0.0,
    concurrency: Concurrency::Consumer,
    startup: 2.0,
};

fn agree(case: Case, scenario: FailureScenario, settings: GroupSettings) {
    let (told, seen) = case.both(scenario, settings).unwrap();
    // A member that is behind with its own return and inherits more is told with the mean of all.
    let is_spread = scenario == FailureScenario::Deploy;
    let within = if is_spread { 0.1 } else { 0.02 };
    let near = |told: f64, seen: f64| (told - seen).abs() <= within * seen + 2.0 * STEP;
    assert!(near(told.lag / case.rate, seen.lag / case.rate), "{scenario:?} {case:?}: lag {told:?} {seen:?}");
    assert!(near(told.oldest, seen.oldest) || is_spread, "{scenario:?} {case:?}: oldest {told:?} {seen:?}");
    assert!(near(told.drain, seen.drain), "{scenario:?} {case:?}: drain {told:?} {seen:?}");
}

#[test]
fn even_groups_do_what_the_model_tells() {
    for settings in [EAGER, COOPERATIVE, GroupSettings { deploy_pause_seconds: 5.0, ..EAGER }] {
        for scenario in FailureScenario::ALL {
            for startup in [2.0, 4.0, 10.0, 60.0] {
                for (vcpus, waiting) in [(1, 0.0), (2, 0.0), (1, 0.01)] {
                    agree(Case { startup, vcpus, waiting, ..EVEN }, scenario, settings);
                }
            }
        }
    }
}

#[test]
fn a_crash_gives_a_process_its_partitions_back() {
    // 25/s of 100/s stand still for 45 s and redo 5.02 s, 1,250.5 events, and go at 50 - 25 = 25/s: 50.02 s, not the 13 s of a
    // fourth each.
    let (told, seen) = EVEN.both(FailureScenario::Crash, COOPERATIVE).unwrap();
    assert!((told.drain - 50.02).abs() < 1e-9 && (seen.drain - 50.02).abs() < 0.1, "{told:?} {seen:?}");
}

/// How often the model is near the simulation in one scenario.
#[derive(Debug)]
struct Nearness {
    cases: usize,
    /// Lag within 0.7 to 1.5 times what is seen, and a drain no shorter than 0.8 times.
    near: usize,
}

/// Who holds what decides in uneven groups, and the model tells the worst member: over many cases it is near, and in none
/// is the lag off by more than a factor of 2.5.
#[test]
fn uneven_groups_are_near_in_97_of_100() {
    let groups =
        (6u32..40, 3u32..7, 1u32..3, 1.0f64..1.5, 0.2f64..0.95, 0u32..20, 0u32..6, any::<[bool; 2]>());
    let mut runner = TestRunner::deterministic();
    let mut seen = [const { Nearness { cases: 0, near: 0 } }; FailureScenario::ALL.len()];
    for case in 0..1000 {
        let (partitions, instances, vcpus, skew, load, startup, pause, [cooperative, by_partition]) =
            groups.new_tree(&mut runner).unwrap().current();
        let concurrency = if by_partition { Concurrency::Partition } else { Concurrency::Consumer };
        let rate = load * f64::from(instances * vcpus) * 50.0 / 1.6;
        let startup = f64::from(startup);
        let group = Case { partitions, skew, instances, vcpus, rate, startup, concurrency, waiting: 0.0 };
        let assignor = if cooperative { Assignor::Cooperative } else { Assignor::Eager };
        let settings = GroupSettings { assignor, deploy_pause_seconds: f64::from(pause), ..EAGER };
        let which = case % FailureScenario::ALL.len();
        let Some((told, simulated)) = group.both(FailureScenario::ALL[which], settings) else { continue };
        let (lag, drain) = (told.lag / simulated.lag, (told.drain + STEP) / simulated.drain);
        assert!((0.4..2.5).contains(&lag), "{group:?} {settings:?}: {told:?} {simulated:?}");
        seen[which].cases += 1;
        seen[which].near += usize::from((0.7..1.5).contains(&lag) && drain > 0.8);
    }
    for (scenario, Nearness { cases, near }) in FailureScenario::ALL.iter().zip(seen) {
        assert!(cases > 200 && 100 * near >= 97 * cases, "{scenario:?}: {near} of {cases}");
    }
}
