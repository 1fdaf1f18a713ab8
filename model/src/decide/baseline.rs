//! What runs today, before any verdict: how busy it is, and whether what is said of it can be.

use crate::blank::Blank;
use crate::calibration::backtest::BELIEVED_WITHIN;
use crate::capacity::sizing::Sizing;
use crate::cost::surplus::Surplus;
pub use crate::decide::deployed::Busiest;
use crate::decide::deployed::{Deployed, anywhere, runs, vcpus_today, without_unknown_calls};
use crate::decide::extremes::Extremes;
use crate::decide::planner::Planner;
pub(crate) use crate::decide::proviso::falls_behind;
pub use crate::decide::proviso::{KNOWN_TO, Proviso};
use crate::decide::proviso::{least_peak, one_at_a_time};
pub use crate::decide::standing::{Footing, Standing};
pub use crate::decide::suspects::Contradiction;
use crate::decide::suspects::{Moved, Outcome, Suspects, suspects};
use crate::decide::threshold::before;
use crate::demand::vcpu::{share_in_use, speed_today};
use crate::machine::IDLE_SIBLING;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::uncertain::inputs::whole;
use crate::workload::{Uncertain, Workload};
use std::borrow::Cow;

/// Cores that are observed and those that handler_ms gives contradict each other where they differ by more than this.
pub const APART: f64 = 2.0;

/// Ends of a range between which what it stands for lies in 19 of 20 cases.
const ENDS: [f64; 2] = [0.025, 0.975];

/// What runs today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Baseline {
    /// What a verdict turns on of it.
    pub footing: Footing,
    /// Whether it can be, and whether it was measured.
    pub standing: Standing,
    /// The blank cell on which it turns whether it keeps up at peak, where it does with what suits it.
    pub keeps_up_if: Option<Proviso>,
    /// How busy it is at the mean rate where fetching yields, by the constraint that comes closest to its limit, and no less
    /// than was measured; `None` where its machines are not known. Of burstable machines, of whole vCPUs where the baseline
    /// is enough.
    pub busy: Option<f64>,
    /// The same at peak, and no less than `peak_factor` times what was measured.
    pub busy_at_peak: Option<f64>,
    /// What is so busy at peak.
    pub busiest_at_peak: Option<Busiest>,
    /// The mean share of its vCPUs that was observed to be busy.
    pub observed: Option<f64>,
    /// How busy it is at peak with fetching aside, which yields to handling and takes what the profile says.
    pub handling_at_peak: Option<f64>,
    /// What cannot be, with the columns to look at.
    pub contradiction: Option<(Contradiction, Suspects)>,
}

impl Baseline {
    /// Reads what runs today, with every figure that is assumed or known to a range at the end that lets it run.
    pub fn of(problem: &Problem<'_>, extremes: &Extremes, policy: &Policy) -> Self {
        let workload = problem.workload;
        let scene = Scene { problem, extremes, policy };
        let read = scene.read();
        let Read { ref lenient, ref several, tightest, contradiction } = read;
        let peak = scene.at_peak(&read, workload.peak_factor);
        let footing = scene.footing(&read, || peak);
        let needed = |factor: f64| scene.needed(factor, scene.at_peak(&read, factor));
        let assumed = workload.peak_factor;
        // Of what falls behind at a peak factor with one event at a time, as is usual, the cell by which it may take more.
        let usual = |factor: f64| {
            let (cell, usual) = one_at_a_time(problem, lenient)?;
            // A process has one core however many events it takes at a time.
            let parallel = Workload { concurrency: None, ..usual.clone() };
            let falls = |it| Some((it, scene.busy(it, factor).filter(|it| falls_behind(it.1))?.0));
            let (it, busiest) = [&parallel, &usual].into_iter().find_map(falls)?;
            let cell = if busiest == Busiest::Process { Blank::CurrentProcesses } else { cell };
            Some((cell, scene.busy(it, assumed)?.1))
        };
        let proviso = || {
            if several.is_some() {
                let (_, busy) = scene.busy(lenient, assumed)?;
                let (below_peak, unless_in_flight) = (None, None);
                return Some(Proviso { cell: Blank::InFlight, busy, below_peak, unless_in_flight });
            }
            let is_behind = falls_behind(needed(assumed));
            let is_blank = workload.blanks.has(Blank::PeakFactor);
            let below_peak = is_blank.then(|| least_peak(assumed, needed)).flatten();
            // What is usual is held against the highest peak factor at which what suits it keeps up.
            let of_usual = usual(if is_behind { before(below_peak?) } else { assumed });
            let below_peak = below_peak.filter(|_| is_behind || of_usual.is_none());
            let of_peak = || below_peak.map(|_| (Blank::PeakFactor, needed(assumed)));
            let (cell, busy) = of_usual.or_else(of_peak)?;
            Some(Proviso { cell, busy, below_peak, unless_in_flight: scene.enough_in_flight(&read, peak) })
        };
        let standing = match (&contradiction, workload.cores_in_use(problem.current_machine)) {
            (Some(_), _) => Standing::Contradictory,
            (None, Some(_)) => Standing::Consistent,
            (None, None) => Standing::Unchecked,
        };
        let at = |factor: f64, busy: Option<(Busiest, f64)>| busy.map(|_| scene.needed(factor, busy));
        let busy_at_peak = at(workload.peak_factor, peak);
        Self {
            footing,
            standing,
            keeps_up_if: if contradiction.is_none() && !footing.lags { proviso() } else { None },
            busy: at(1.0, several.as_ref().map_or(tightest, |it| scene.busy(it, 1.0))),
            busy_at_peak,
            busiest_at_peak: peak.map(
                |(constraint, busy)| {
                    if busy_at_peak > Some(busy) { Busiest::Machine } else { constraint }
                },
            ),
            observed: scene.observed(1.0),
            handling_at_peak: peak.map(|(_, busy)| busy.max(scene.handling(workload.peak_factor))),
            contradiction: contradiction.map(|it| (it, scene.suspects(&it))),
        }
    }

    /// How busy what runs today is at peak with a zone lost, read as leniently; nothing where it keeps up, or need not survive that.
    pub fn overloaded_without_zone(
        problem: &Problem<'_>,
        extremes: &Extremes,
        policy: &Policy,
    ) -> Option<f64> {
        let (workload, scene) = (problem.workload, Scene { problem, extremes, policy });
        let policy = policy.for_today(workload.current_instances);
        let instances = u64::from(workload.current_instances.filter(|_| policy.survive_zone_loss)?);
        let left = Some(policy.alive(instances)).filter(|left| *left > 0)?;
        let (lenient, factor) = (scene.lenient(), workload.peak_factor);
        // Siblings are as busy as what is left of them at peak.
        let lost = instances as f64 / left as f64;
        let all = scene.deployed(&lenient, factor * lost, scene.bursts(&lenient))?;
        let (_, busy) =
            Deployed { left: left.min(all.instances), ..all }.busy(lenient.mean_rate() * factor)?;
        // What a lost zone did comes to those left, beside their own systems; their fetches yield to it.
        let busy = busy.max(scene.handling(factor * lost));
        falls_behind(busy).then_some(busy)
    }

    /// Whether what is given of today cannot be.
    pub fn is_contradictory(&self) -> bool {
        self.footing.is_contradictory
    }
}

impl Footing {
    /// That of a problem, without what only a report tells of it.
    pub fn of(problem: &Problem<'_>, planner: &Planner<'_>) -> Self {
        let extremes = &planner.extremes(problem.current);
        let scene = Scene { problem, extremes, policy: &planner.policy };
        let read = scene.read();
        scene.footing(&read, || scene.at_peak(&read, problem.workload.peak_factor))
    }
}

/// What runs today with what is assumed of it.
#[derive(Clone, Copy)]
pub(super) struct Scene<'s, 'a> {
    pub(super) problem: &'s Problem<'a>,
    pub(super) extremes: &'s Extremes,
    policy: &'s Policy,
}

/// What a scene shows at first sight.
struct Read<'s> {
    /// The workload with its ranges where today's machines are least busy.
    lenient: Cow<'s, Workload>,
    /// How busy these are with it at the mean rate.
    tightest: Option<(Busiest, f64)>,
    /// What cannot be.
    contradiction: Option<Contradiction>,
    /// It with several events in flight, where processes work on several.
    several: Option<Workload>,
}

impl<'s> Scene<'s, '_> {
    fn read(&self) -> Read<'s> {
        let lenient = self.lenient();
        let tightest = self.busy(&lenient, 1.0);
        let contradiction = self.contradiction(tightest).or_else(|| {
            let error = self.problem.workload.backtest_error.filter(|error| *error > BELIEVED_WITHIN)?;
            Some(Contradiction::Backtest { error })
        });
        let below = || self.problem.bill_is_below_all(self.policy);
        let contradiction = contradiction
            .or_else(|| below().map(|(purchase, least)| Contradiction::Bill { purchase, least }));
        let several = contradiction.is_none().then(|| self.several(&lenient)).flatten();
        Read { lenient, tightest, contradiction, several }
    }

    /// What a verdict turns on, of how busy its machines are `at_peak` where that counts: whether it lags at a peak that nobody
    /// has given is a question, and buys no machines.
    fn footing(&self, read: &Read<'_>, at_peak: impl FnOnce() -> Option<(Busiest, f64)>) -> Footing {
        let Workload { peak_factor, ref blanks, .. } = *self.problem.workload;
        let is_known = read.contradiction.is_none() && !blanks.has(Blank::PeakFactor);
        let busy = is_known.then(|| self.needed(peak_factor, at_peak()));
        Footing {
            is_contradictory: read.contradiction.is_some(),
            runs: runs(self.problem.workload),
            lags: busy.is_some_and(falls_behind),
            is_at_limit: busy.is_some_and(|busy| (busy - 1.0).abs() <= KNOWN_TO),
        }
    }

    /// How busy its machines are at a multiple of the mean rate with as many events in flight as it takes.
    fn at_peak(&self, read: &Read<'_>, factor: f64) -> Option<(Busiest, f64)> {
        self.busy(read.several.as_ref().unwrap_or(&read.lenient), factor)
    }

    /// The same, and no less than was measured; that alone where nothing else is known. Fetches whose wait is given yield to
    /// what comes beyond the mean.
    fn needed(&self, factor: f64, busy: Option<(Busiest, f64)>) -> f64 {
        let busy = busy.map_or(0.0, |(_, busy)| busy);
        let fetching = self.problem.workload.current_fetch_wait_seconds.and_then(|_| self.fetching());
        let share = self.observed(factor).map(|share| share - fetching.unwrap_or(0.0) * factor);
        self.observed(1.0).zip(share).map_or(busy, |(mean, share)| busy.max(mean).max(share))
    }

    /// The share of its vCPUs that was observed to be busy, at a multiple of the mean rate.
    fn observed(&self, factor: f64) -> Option<f64> {
        share_in_use(self.problem.workload, self.problem.current_machine, factor)
    }

    /// The same without what fetching takes of it by profile.
    fn handling(&self, factor: f64) -> f64 {
        self.observed(factor).unwrap_or(0.0) - self.fetching().unwrap_or(0.0) * factor
    }

    /// The workload with its ranges where today's machines are least busy, and blank calls none.
    fn lenient(&self) -> Cow<'s, Workload> {
        let workload = without_unknown_calls(self.problem.workload);
        self.extreme(workload, |it| self.busy(it, 1.0).map_or(0.0, |(_, busy)| busy))
    }

    /// How busy today's machines are with a workload at a multiple of its mean rate.
    fn busy(&self, workload: &Workload, factor: f64) -> Option<(Busiest, f64)> {
        let rate = workload.mean_rate() * factor;
        match self.deployed(workload, factor, self.bursts(workload)) {
            Some(deployed) => deployed.busy(rate),
            None => anywhere(workload, &self.extremes.least, self.problem.current_machine, rate),
        }
    }

    /// Whether today's machines have whole vCPUs all the time: a burstable type keeps what its baseline gives in 24 h, to the
    /// whole machine, so it does on a day whose mean use is within that; so does one that was measured above it.
    fn bursts(&self, workload: &Workload) -> bool {
        let machine = self.problem.current_machine;
        let Some(baseline) = machine.and_then(|it| it.burst_baseline) else {
            return true;
        };
        if Surplus::at(1.0, workload, machine).is_some() {
            return true;
        }
        let cores = |Deployed { sizing, instances, .. }: Deployed<'_>| {
            let of_one = workload.mean_rate() / instances as f64;
            of_one * sizing.core_seconds() / f64::from(sizing.vcpus)
        };
        self.deployed(workload, 1.0, true).is_some_and(|full| cores(full) <= baseline)
    }

    /// The workload with as many events in flight as it takes, where one for each partition falls behind at peak, and Little's
    /// law has more of them in flight than there are processes: these work on several then.
    fn several(&self, workload: &Workload) -> Option<Workload> {
        let peak = self.problem.workload.peak_factor;
        let (events, processes) = self.problem.in_flight_today().filter(|(events, processes)| {
            let is_blank = workload.in_flight.is_none() && workload.concurrency.is_none();
            is_blank && falls_behind(events / processes)
        })?;
        let (busiest, busy) = self.busy(workload, peak)?;
        let in_flight = Some(whole((events * peak / processes).ceil()));
        (falls_behind(busy) && matches!(busiest, Busiest::InFlight(_)))
            .then(|| Workload { in_flight, ..workload.clone() })
    }

    /// The least `in_flight` with which it keeps up at the peak that is assumed, where the one event that a blank cell is falls behind.
    fn enough_in_flight(&self, read: &Read<'_>, at_peak: Option<(Busiest, f64)>) -> Option<u32> {
        let workload = self.problem.workload;
        let (busiest, busy) = at_peak.filter(|(_, busy)| falls_behind(*busy))?;
        let is_open = workload.in_flight.is_none() && matches!(busiest, Busiest::InFlight(_));
        let least = is_open.then(|| whole((busy / (1.0 + KNOWN_TO)).ceil()))?;
        let with = Workload { in_flight: Some(least), ..read.lenient.clone().into_owned() };
        let peak = workload.peak_factor;
        (!falls_behind(self.needed(peak, self.busy(&with, peak)))).then_some(least)
    }

    /// What cannot be of today's figures, where its machines are so busy.
    fn contradiction(&self, tightest: Option<(Busiest, f64)>) -> Option<Contradiction> {
        let Problem { workload, current_machine, .. } = *self.problem;
        let cores = workload.cores_in_use(current_machine);
        let too_many =
            cores.zip(vcpus_today(workload, current_machine)).filter(|(cores, vcpus)| cores > vcpus);
        // Nor is what is overloaded by the cores of a system that may take more.
        let with_most_system = || {
            let system_cores = workload.most_system_cores()?;
            self.busy(&Workload { system_cores, ..self.lenient().into_owned() }, 1.0)
        };
        let tightest = tightest.filter(|(_, busy)| falls_behind(*busy));
        let tightest = tightest.filter(|_| with_most_system().is_none_or(|(_, busy)| falls_behind(busy)));
        let overloaded = tightest.map(|(by, busy)| Contradiction::Overloaded { by, busy });
        // Events that are in flight by cores that handler_ms disputes say nothing of a third figure.
        let of_machines = overloaded.filter(|_| !matches!(tightest, Some((Busiest::InFlight(_), _))));
        let of_systems = workload.cores_of_systems_alone(current_machine);
        of_systems
            .map(|(all, systems)| Contradiction::System(all, systems))
            .or(too_many.map(|(observed, vcpus)| Contradiction::MoreCoresThanThereAre { observed, vcpus }))
            .or(of_machines)
            .or_else(|| self.apart(workload.cores_in_use_between(current_machine)?))
            .or(overloaded)
            .or_else(|| self.beyond_limit())
    }

    /// The columns to look at: those that have to be moved least until nothing contradicts.
    fn suspects(&self, contradiction: &Contradiction) -> Suspects {
        let Problem { workload, current, current_machine, .. } = *self.problem;
        // A utilization is of the machines given, as cores are: another type is no reason why these two differ.
        let is_apart = matches!(contradiction, Contradiction::Apart { .. });
        let outcome = |moved: &Moved<'_>| {
            let machine = if is_apart { current_machine } else { moved.machine.as_deref() };
            let Ok(problem) = Problem::new(&moved.workload, current, machine) else {
                return Outcome::Refused;
            };
            let scene = Scene { problem: &problem, ..*self };
            match scene.contradiction(scene.busy(&scene.lenient(), 1.0)) {
                None => Outcome::CanBe,
                Some(Contradiction::Apart { observed, expected }) if observed > expected => Outcome::TooMuch,
                Some(_) => Outcome::TooLittle,
            }
        };
        let otherwise = match contradiction {
            Contradiction::Backtest { .. } => return Suspects::only("backtest_error"),
            Contradiction::Bill { .. } => return Suspects::only("current_usd_per_month"),
            Contradiction::System(..) => return Suspects::of(["utilization", "system_cores"]),
            Contradiction::Overloaded { .. } | Contradiction::Calls { .. } => "events_per_day",
            _ if workload.observed_cores.is_some() => "observed_cores",
            _ => "utilization",
        };
        suspects(workload, current_machine, outcome).unwrap_or(Suspects::only(otherwise))
    }

    /// A workload with each of its ranges at the end where something is least.
    pub(super) fn extreme<'w>(
        &self,
        mut chosen: Cow<'w, Workload>,
        least: impl Fn(&Workload) -> f64,
    ) -> Cow<'w, Workload> {
        for Uncertain { input, distribution } in &self.problem.workload.ranges {
            let at = |share| {
                let mut drawn = chosen.clone();
                input.draw(drawn.to_mut(), distribution.quantile(share));
                drawn
            };
            let [low, high] = ENDS.map(at);
            chosen = if least(&high) < least(&low) { high } else { low };
        }
        chosen
    }

    /// What runs on today's machines, all of these used, at the speed that they have at a multiple of the mean rate, of
    /// burstable ones where they burst or at their baseline; `None` where they are not known.
    fn deployed<'w>(&'w self, workload: &'w Workload, factor: f64, bursts: bool) -> Option<Deployed<'w>> {
        let machine = self.problem.current_machine?;
        let machines = workload.machines_today()?.into();
        let instances = workload.machines_in_use(machines, self.problem.current.deployment);
        // Nothing says how busy siblings were when a handler was timed, and then all speeds are one.
        let gain = share_in_use(workload, Some(machine), factor).map_or(0.0, |_| IDLE_SIBLING.low);
        let full = machine.vcpu_speed?;
        let lasting = if bursts { full } else { machine.sustained_speed()? };
        let speed = lasting * (speed_today(workload, machine, factor, gain)? / full);
        let current = &self.extremes.least;
        let problem = Problem::with_idle_sibling(workload, current, Some(machine), gain).ok()?;
        let demand = problem.today.demand_today(workload, current).ok()?;
        let policy = Policy {
            max_utilization: 1.0,
            memory_headroom: 0.0,
            system_cores: 0.0,
            system_memory_bytes: 0.0,
            survive_zone_loss: false,
            min_instances: 1,
            ..*self.policy
        };
        let sizing = problem.sizing(current, machine, speed, demand, policy);
        // No backlog is drained, or read ahead.
        let sizing = Sizing { design_rate: sizing.peak_rate, read_ahead: None, ..sizing };
        Some(Deployed { workload, current, sizing, instances, left: instances })
    }
}
