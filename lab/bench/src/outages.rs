//! What a kill, a deploy and a pause did to groups, beside what the simulation says they would, as Markdown: the worst first.

use crate::outage::{Outage, Part, Row, condition, defaults};
use crate::predict::{Prediction, one_core};
use crate::runtimes::Runtime;
use anyhow::{Result, bail};
use tonnage_measure::statistics::median;
use tonnage_model::runtime::Runtime as Profile;
use tonnage_model::scenario::failure::{Assignor, FailureScenario, GroupSettings};
use tonnage_simulate::arrivals::Arrivals;
use tonnage_simulate::change::Change;
use tonnage_simulate::course::Course;
use tonnage_simulate::ids::Ids;
use tonnage_simulate::random::Random;
use tonnage_simulate::run::run;
use tonnage_simulate::system::System;
use tonnage_simulate::{Horizon, Outcome};

/// Runs of a prediction, and the time of the failure in each, s.
const RUNS: u64 = 20;
const FAILS_AT: f64 = 30.0;
/// How long a run is followed from the end of the last standstill on, s.
const FOLLOWED: f64 = 400.0;
/// Errors that are aimed at.
const AIM: f64 = 0.15;
/// Shorter times are not told apart from chance, s: a difference of so much is no error.
const CHANCE: f64 = 2.0;
/// A generator that is later than this, or calls whose p99 is longer than their mean by this factor, disturb a run.
const LATE_MS: f64 = 100.0;
const SLOW_CALLS: f64 = 2.0;
/// As is a machine of two cores with so many processes that want one, or a core that is full for such a share of the time.
const BUSY: f64 = 8.0;
const FULL: f64 = 0.1;

/// franz-go's cooperative members send one so soon after a rebalance (`cooperativeFastCheck`), s; a deploy has its next one then.
const FIRST_HEARTBEAT: f64 = 0.5;

/// What the simulation says of a row.
struct Predicted {
    resumed: f64,
    /// The mean over runs, and the shortest and longest; `None` where a run did not catch up.
    drain: Option<f64>,
    drains: [f64; 2],
    most_lag: f64,
    redone: f64,
}

/// The order of members before the failure, where a row has it; a run draws what is not known.
fn ids(row: &Row, system: &System, number: u64) -> Ids {
    let random = Random::new(1, u64::MAX - number);
    let mut order: Vec<u32> = Vec::new();
    for owner in row.owners.split(' ').filter_map(|it| it.parse().ok()) {
        if !order.contains(&owner) {
            order.push(owner);
        }
    }
    match order.len() == system.members() {
        true => Ids::known(system, order, random),
        false => Ids::drawn(system, random),
    }
}

fn predict(row: &Row, profile: &Profile) -> Result<Predicted> {
    let condition = condition(row.in_flight, row.events_per_second);
    let prediction = Prediction::new(profile, &condition, 0.0, row.call_ms / 1000.0, 1.0)?
        .with_wait_p99(row.call_p99_ms / row.call_ms);
    let machine = one_core(1.0);
    let plan = prediction.plan(profile, &machine, row.members as u64);
    let system = System::of_plan(&plan, plan.runtime.fetching.discipline);
    let (session_timeout_seconds, assignor) = defaults(&row.runtime);
    let mut group = GroupSettings { session_timeout_seconds, assignor, ..GroupSettings::default() };
    if row.outage == Outage::Deploy && assignor == Assignor::Cooperative {
        group.rebalance_seconds = FIRST_HEARTBEAT;
    }
    let startup = profile.seconds_to_first_event();
    let (scenario, startup) = match (row.outage, row.pause_seconds) {
        (Outage::Kill, _) => (Some(FailureScenario::Crash), startup),
        (Outage::Lost, _) => (Some(FailureScenario::InstanceLost), startup),
        (Outage::Deploy, _) => (Some(FailureScenario::Deploy), startup),
        // One that is held for longer than the group waits for it is gone, and comes back.
        (Outage::Fenced, Some(held)) => (Some(FailureScenario::Crash), held),
        (Outage::Pause, Some(held)) => (None, held),
        (Outage::Fenced | Outage::Pause, None) => bail!("a row has no pause"),
    };
    let course = |number| match scenario {
        Some(scenario) => Course::of(scenario, &system, &group, startup, 1, ids(row, &system, number)),
        None => {
            let owners = system.owners();
            let its = (0..owners.len() as u32).filter(|partition| owners[*partition as usize] == 0).collect();
            let changes = vec![(0.0, Change::Revoke(its)), (startup, Change::Assign(owners))];
            Course { changes, resumes: startup }
        }
    };
    let resumes = course(0).resumes;
    let horizon = Horizon {
        from_seconds: FAILS_AT / 5.0,
        to_seconds: FAILS_AT + resumes + FOLLOWED,
        look_seconds: f64::INFINITY,
    };
    let arrivals = Arrivals::steady(row.events_per_second);
    let simulate = |number| run(&system, &arrivals, &course(number).later(FAILS_AT), &horizon, (1, number));
    let outcomes: Vec<Outcome> = (0..RUNS).map(simulate).collect();
    let mean = |of: &dyn Fn(&Outcome) -> f64| outcomes.iter().map(of).sum::<f64>() / RUNS as f64;
    let drains: Option<Vec<f64>> =
        outcomes.iter().map(|it| Some(it.caught_up? - FAILS_AT - resumes)).collect();
    let end = |of: fn(f64, f64) -> f64| drains.iter().flatten().copied().reduce(of).unwrap_or(f64::NAN);
    Ok(Predicted {
        resumed: resumes,
        drains: [end(f64::min), end(f64::max)],
        drain: drains.map(|drains| drains.iter().sum::<f64>() / RUNS as f64),
        most_lag: mean(&|it| it.most_lag),
        redone: mean(&|it| it.redone),
    })
}

struct Compared<'a> {
    row: &'a Row,
    predicted: Predicted,
}

impl Compared<'_> {
    /// How far the time from the failure until all have caught up is off, as a share of what was measured.
    fn error(&self) -> f64 {
        let predicted = self.predicted.drain.map(|drain| self.predicted.resumed + drain);
        error(predicted, self.row.caught_up_seconds)
    }

    /// The same of the time from the end of the last standstill.
    fn drain_error(&self) -> f64 {
        error(self.predicted.drain, self.row.drain_seconds())
    }

    fn is_within(&self) -> bool {
        let difference =
            self.predicted.drain.zip(self.row.drain_seconds()).map(|(one, other)| (one - other).abs());
        self.drain_error().abs() <= AIM || difference.is_some_and(|it| it <= CHANCE)
    }

    fn is_disturbed(&self) -> bool {
        !self.disturbances().is_empty()
    }

    /// Why it does not count.
    fn disturbances(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.row.late_p99_ms > LATE_MS || self.row.call_p99_ms > SLOW_CALLS * self.row.call_ms {
            notes.push("disturbed".to_string());
        }
        if self.row.load_average > BUSY {
            notes.push(format!("disturbed: load {:.0}", self.row.load_average));
        }
        if let Some(share) = self.row.full_share.filter(|share| *share > FULL) {
            notes.push(format!("disturbed: core full for {:.0} %", 100.0 * share));
        }
        if self.row.resumed_seconds.is_none() {
            notes.push("not counted: a later gap was taken for the standstill".to_string());
        }
        if self.row.p99_before_ms <= 0.0 {
            notes.push("disturbed: behind before the failure".to_string());
        }
        notes
    }

    fn note(&self) -> String {
        let mut notes = self.disturbances();
        let (mean, [low, high]) = (self.predicted.drain.unwrap_or(0.0), self.predicted.drains);
        if high - low > (2.0 * AIM * mean).max(2.0 * CHANCE) {
            notes.push(format!("simulated runs {low:.0} to {high:.0} s"));
        }
        if self.row.ended > 0 {
            notes.push(format!("ended by itself {} times", self.row.ended));
        }
        if self.row.never_handled > 0 {
            notes.push(format!("{} never handled", self.row.never_handled));
        }
        notes.join(", ")
    }
}

fn error(predicted: Option<f64>, measured: Option<f64>) -> f64 {
    match (predicted, measured) {
        (Some(predicted), Some(measured)) => (predicted - measured) / measured.max(1.0),
        (None, None) => 0.0,
        _ => f64::INFINITY,
    }
}

/// Prints a summary and all rows of each part.
pub fn print(rows: &[Row], runtimes: &[(Runtime, Profile)]) -> Result<()> {
    for (part, title) in [
        (Part::Later, "Held out later"),
        (Part::Again, "Held out again"),
        (Part::HeldOut, "Held out at first"),
        (Part::Seen, "Looked at while the simulation was mended"),
    ] {
        let mut all = Vec::new();
        for row in rows.iter().filter(|row| row.part == part) {
            let Some((_, profile)) = runtimes.iter().find(|(it, _)| it.name == row.runtime) else {
                bail!("no profile of {}", row.runtime);
            };
            all.push(Compared { row, predicted: predict(row, profile)? });
        }
        if all.is_empty() {
            continue;
        }
        all.sort_by(|one, other| other.drain_error().abs().total_cmp(&one.drain_error().abs()));
        let counted: Vec<&Compared<'_>> = all.iter().filter(|it| !it.is_disturbed()).collect();
        let within = counted.iter().filter(|it| it.is_within()).count();
        let percent = |of: &dyn Fn(&Compared<'_>) -> f64| {
            let errors: Vec<f64> = counted.iter().map(|it| of(it).abs()).collect();
            if errors.is_empty() { 0.0 } else { 100.0 * median(&errors) }
        };
        println!(
            "**{title}**: of {} undisturbed runs (of {}), drain time is within {:.0} % or {CHANCE:.0} s in {within}, {:.0} % off in the \
             median; caught up after the failure: {:.0} % off.\n",
            counted.len(),
            all.len(),
            100.0 * AIM,
            percent(&|it| it.drain_error()),
            percent(&|it| it.error()),
        );
        println!(
            "| runtime | outage | events/s | caught up after, s | simulated | error | drain, s | simulated | error | most lag | \
             simulated | done again | simulated | note |"
        );
        println!("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|");
        for it in &all {
            let (row, predicted) = (it.row, &it.predicted);
            let seconds = |value: Option<f64>| value.map_or("none".to_string(), |it| format!("{it:.1}"));
            let held = row.pause_seconds.map_or(String::new(), |held| format!(" {held:.0} s"));
            println!(
                "| {} | {}{held} | {:.0} | {} | {} | {:+.0} % | {} | {} | {:+.0} % | {:.0} | {:.0} | {} | {:.0} | {} |",
                row.runtime,
                row.outage.name(),
                row.events_per_second,
                seconds(row.caught_up_seconds),
                seconds(predicted.drain.map(|drain| predicted.resumed + drain)),
                100.0 * it.error(),
                seconds(row.drain_seconds()),
                seconds(predicted.drain),
                100.0 * it.drain_error(),
                row.most_lag,
                predicted.most_lag,
                row.redone,
                predicted.redone,
                it.note(),
            );
        }
        println!();
    }
    Ok(())
}
