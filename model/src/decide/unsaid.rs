//! What nobody has said of a workload and may change what to do, each with its range, in the unit of its column.

use crate::bill_bounds::ROUNDING;
use crate::blank::Blank;
use crate::capacity::constraint::{BoundBy, Constraint};
use crate::decide::change::Change;
use crate::decide::deployed::busiest_holder;
use crate::decide::known::Known;
use crate::decide::planner::Planner;
use crate::decide::proviso::PEAK_FACTORS;
use crate::decide::threshold::{LIKELY, before, divide, up_to_three_digits};
use crate::decide::verdict::Verdict;
use crate::demand::event::{
    Carried, LONGEST_FETCH_WAIT_SECONDS, SHORTEST_CALL_SECONDS, WaitBasis, observed_today, profile_today,
};
use crate::latency::spread::{LIKELY_TIMES_MEAN, exponential_times_mean};
use crate::problem::Problem;
use crate::runtime::{Deployment, Runtime};
use crate::uncertain::inputs::{Input, whole};
use crate::units::MIB;
use crate::workload::Workload;

/// What may be given.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Quantity {
    PeakFactor,
    IoCalls,
    Skew,
    NativeShare,
    Processes,
    InFlight,
    FetchWait,
    HandlerTime,
    WaitP99,
    /// The spread of service times in today's runtime.
    ServiceScv,
    /// How many times less CPU own code takes in a language.
    SpikeFactor(String),
    /// Today's runtime, as it is assumed.
    CurrentRuntime,
    /// What is given as a range.
    Range(Input),
}

/// A quantity with what is assumed for it, and the ends of its range.
#[derive(Debug, Clone)]
pub(super) struct Unsaid {
    pub quantity: Quantity,
    pub assumed: f64,
    pub low: f64,
    pub high: f64,
}

impl Quantity {
    pub fn column(&self) -> &'static str {
        match self {
            Self::HandlerTime => "handler_ms",
            Self::WaitP99 => "io_wait_p99_ms",
            Self::ServiceScv => "service_scv",
            Self::SpikeFactor(_) => "spike_factor",
            Self::Range(input) => input.column(),
            _ => self.blank().map_or("", Blank::word),
        }
    }

    /// The cell that is blank.
    fn blank(&self) -> Option<Blank> {
        Some(match self {
            Self::PeakFactor => Blank::PeakFactor,
            Self::IoCalls => Blank::IoCalls,
            Self::Skew => Blank::Skew,
            Self::NativeShare => Blank::NativeShare,
            Self::Processes => Blank::CurrentProcesses,
            Self::FetchWait => Blank::CurrentFetchWait,
            Self::InFlight => Blank::InFlight,
            Self::CurrentRuntime => Blank::CurrentRuntime,
            Self::HandlerTime | Self::WaitP99 | Self::ServiceScv | Self::SpikeFactor(_) | Self::Range(_) => {
                return None;
            }
        })
    }

    /// Puts a value of it into a workload as if somebody had given it.
    pub fn put(&self, workload: &mut Workload, value: f64) {
        match self {
            Self::PeakFactor => workload.peak_factor = value,
            Self::IoCalls => workload.io_calls = Some(value),
            Self::Skew => workload.topic.skew = value,
            Self::NativeShare => workload.native_share = value,
            Self::Processes => workload.current_processes = Some(whole(value)),
            Self::InFlight => workload.in_flight = Some(whole(value)),
            Self::FetchWait => workload.current_fetch_wait_seconds = Some(value / 1e3),
            Self::HandlerTime => workload.handler_seconds = Some(value / 1e3),
            Self::WaitP99 => workload.io_wait_p99_seconds = Some(value / 1e3),
            Self::SpikeFactor(language) => workload.spikes.push((language.clone(), value)),
            Self::ServiceScv => workload.service_scv = Some(value),
            Self::CurrentRuntime => {}
            Self::Range(input) => {
                workload.ranges.retain(|range| range.input != *input);
                input.draw(workload, value / self.in_column(1.0));
            }
        }
        if let Some(blank) = self.blank() {
            workload.blanks.set(blank, false);
        }
    }

    /// A value of the field that a range sets, in the unit that the column has in its name.
    pub fn in_column(&self, value: f64) -> f64 {
        match self.column() {
            column if column.ends_with("_ms") => value * 1e3,
            column if column.ends_with("_mib") => value / MIB,
            column if column.contains("_pct_") => value * 100.0,
            _ => value,
        }
    }

    /// Looks at a problem with a value of it given; `None` where that cannot be.
    pub fn at<T>(&self, value: f64, problem: &Problem<'_>, look: &dyn Fn(&Problem<'_>) -> T) -> Option<T> {
        let mut workload = problem.workload.clone();
        self.put(&mut workload, value);
        let changed = Problem::new(&workload, problem.current, problem.current_machine);
        changed.ok().map(|changed| look(&changed))
    }

    /// The language, where there is a figure for each.
    pub fn language(&self) -> Option<String> {
        match self {
            Self::SpikeFactor(language) => Some(language.clone()),
            _ => None,
        }
    }

    /// Whether today is read with what suits it where this is not given.
    pub fn is_read_leniently(&self) -> bool {
        use Quantity::{HandlerTime, InFlight, IoCalls, PeakFactor, Processes};
        matches!(self, PeakFactor | IoCalls | Processes | InFlight | HandlerTime)
    }

    /// Whether it counts something.
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::Processes | Self::InFlight)
    }

    /// The least value that people would write, no less than one: of a share in whole percent, else in three digits.
    pub fn written(&self, value: f64) -> f64 {
        match self {
            _ if self.is_whole() => value.ceil(),
            // Nobody writes -0.
            Self::NativeShare => (value * 100.0 - 1e-9).ceil() / 100.0 + 0.0,
            _ => up_to_three_digits(value) + 0.0,
        }
    }

    /// The value that people would write just below one that they would.
    pub fn just_below(&self, written: f64) -> f64 {
        match self {
            _ if self.is_whole() => written - 1.0,
            Self::NativeShare => (written * 100.0 - 1.0).round() / 100.0,
            _ => before(written),
        }
    }

    /// The last value on the way to another one with the same answer as `same`, and the first with another, as people would write
    /// them.
    pub fn divided(&self, same: f64, other: f64, is_other: impl Fn(f64) -> bool) -> [f64; 2] {
        let least = divide(same, other, |value| self.written(value), |it| self.just_below(it), is_other);
        let sides = [self.just_below(least), least];
        if same < other { sides } else { [sides[1], sides[0]] }
    }

    /// The same, looked for around a value first.
    pub fn divided_near(&self, near: f64, ends: [f64; 2], is_other: impl Fn(f64) -> bool) -> [f64; 2] {
        let [same, other] = [self.just_below(near), near].into_iter().fold(ends, |[same, other], it| {
            let is_between = it > same.min(other) && it < same.max(other);
            if is_between && is_other(it) { [same, it] } else { [if is_between { it } else { same }, other] }
        });
        self.divided(same, other, is_other)
    }

    /// The last value that people would write on the way to an end from what is assumed; `None` where there is none.
    pub fn last_written(&self, assumed: f64, end: f64) -> Option<f64> {
        let up = self.written(end);
        let is_beyond = end > assumed && up > end * (1.0 + ROUNDING);
        let last = if is_beyond { self.just_below(up) } else { up };
        ((end > assumed) == (last > assumed) && last != assumed).then_some(last)
    }
}

impl Unsaid {
    /// How far a value may well be from what is assumed: of what a blank cell stands for not the last of the way to an end.
    /// Whole numbers may be that, and intervals of measurements go no farther than they have to.
    pub fn likely(&self, end: f64) -> f64 {
        use Quantity::{FetchWait, HandlerTime, InFlight, Processes, ServiceScv};
        match self.quantity {
            Processes | InFlight | FetchWait | HandlerTime | ServiceScv => end,
            _ => self.assumed + LIKELY * (end - self.assumed),
        }
    }

    /// The last value on the way to an end with which today `can` be: nothing turns on what cannot be.
    pub fn last_possible(&self, end: f64, can: impl Fn(f64) -> bool) -> f64 {
        if can(end) { end } else { self.quantity.divided(self.assumed, end, |value| !can(value))[0] }
    }

    /// The first one on the way to an end that `can` be, which is what is assumed where that is not read with what suits today alone.
    pub fn first_possible(&self, end: f64, can: impl Fn(f64) -> bool) -> f64 {
        if can(self.assumed) { self.assumed } else { self.quantity.divided(self.assumed, end, can)[1] }
    }

    /// What is unsaid of a problem, whose answer as far as it is known is given.
    pub fn of(problem: &Problem<'_>, planner: &Planner<'_>, known: &Known<'_>) -> Vec<Self> {
        let Problem { workload, current, current_machine, ref today, .. } = *problem;
        let is_blank = |blank| workload.blanks.has(blank);
        let mut all = Vec::new();
        let mut add = |is_unsaid: bool, quantity, assumed: f64, low: f64, high: f64| {
            if is_unsaid && low < high {
                all.push(Self { quantity, assumed, low, high });
            }
        };
        let [least, most] = PEAK_FACTORS;
        add(is_blank(Blank::PeakFactor), Quantity::PeakFactor, workload.peak_factor, least, most);
        let batch = f64::from(workload.batch_size);
        let may_call = workload.wait_of_attempt(today.wait_seconds) >= SHORTEST_CALL_SECONDS
            && current.cpu.io_call.is_some();
        add(is_blank(Blank::IoCalls) && may_call, Quantity::IoCalls, today.io_calls * batch, 0.0, 2.0);
        let partitions = workload.topic.partitions.map_or(1.0, f64::from);
        add(is_blank(Blank::Skew), Quantity::Skew, workload.topic.skew, 1.0, partitions.min(2.0));
        // A spike has the native part of the code in it.
        let is_guessed = known.settled.to.is_some_and(|to| problem.guesses_own_code(to));
        let is_moved = matches!(known.settled.verdict, Verdict::Move) && is_guessed;
        add(is_blank(Blank::NativeShare) && is_moved, Quantity::NativeShare, workload.native_share, 0.0, 0.5);
        // One each cannot be where more are in flight than there are processes, and may not be where it would fall behind at peak.
        let on_average = problem.in_flight_today().filter(|_| workload.in_flight.is_none());
        let on_average = on_average.map(|(events, processes)| events / processes);
        // To take several is what a step of them asks for anyway.
        let takes_several =
            matches!(known.settled.verdict, Verdict::Alternative { change: Some(Change::InFlight(_)), .. });
        let is_said = workload.in_flight.is_some() || workload.concurrency.is_some() && takes_several;
        let is_open = known.footing.lags && !is_said;
        let at_peak = is_open.then(|| busiest_holder(workload)).flatten();
        let at_peak = at_peak.map(|(_, share)| problem.in_flight_at_peak(share));
        let each = on_average.into_iter().chain(at_peak).fold(1.0, f64::max).ceil();
        add(true, Quantity::InFlight, 1.0, 1.0, each);
        let cores = workload.cores_in_use(current_machine).filter(|_| workload.handler_seconds.is_none());
        if let Some(cores) = cores {
            let instances = f64::from(workload.current_instances.unwrap_or(1));
            let whole_machine = current_machine.filter(|_| workload.current_node_type.is_none());
            let vcpus = whole_machine.map_or(1.0, |machine| f64::from(machine.vcpus));
            let is_unsaid = is_blank(Blank::CurrentProcesses) && current.deployment == Deployment::Processes;
            add(is_unsaid, Quantity::Processes, today.members, instances, instances * vcpus);
            if let Some(Self { quantity, assumed, low, high }) = Self::of_fetch_wait(problem) {
                add(true, quantity, assumed, low, high);
            }
            let extremes = planner.extremes(current);
            let least = if workload.may_use_no_cores(current_machine) { 0.0 } else { cores };
            let own = |cores: f64, end: &Runtime| own_cpu(problem, cores, end);
            if let (Some(low), Some(high)) = (own(least, &extremes.most), own(cores, &extremes.least)) {
                let own = today.carried.core_seconds;
                let [low, own, high] = [low.min(own), own, high.max(own)].map(|it| handler_ms(problem, it));
                add(true, Quantity::HandlerTime, own, low, high);
            }
        }
        let goal_decides = || match &known.in_current {
            Ok(plan) => plan.bound_by() == BoundBy::Constraint(Constraint::Latency),
            Err(none) => none.is_late(),
        };
        let scv = &current.service_scv;
        let is_unsaid = workload.p99_seconds.is_some() && goal_decides();
        if let Some(Self { quantity, assumed, low, high }) = Self::of_wait(problem) {
            add(is_unsaid, quantity, assumed, low, high);
        }
        let is_unsaid = is_unsaid && workload.service_scv.is_none();
        add(is_unsaid, Quantity::ServiceScv, scv.value, scv.low, scv.high);
        all
    }

    /// How long today's fetches wait, ms, where nobody gives it and cores make the demand.
    pub fn of_fetch_wait(problem: &Problem<'_>) -> Option<Self> {
        let Problem { workload, current, current_machine, ref today, .. } = *problem;
        let decides = workload.handler_seconds.is_none() && workload.cores_in_use(current_machine).is_some();
        let is_unsaid =
            workload.blanks.has(Blank::CurrentFetchWait) && current.cpu.fetch.is_some() && decides;
        let [assumed, high] =
            [today.carried.fetch_wait_seconds, LONGEST_FETCH_WAIT_SECONDS].map(|it| it * 1e3);
        is_unsaid.then_some(Self { quantity: Quantity::FetchWait, assumed, low: 0.0, high })
    }

    /// p99 of a wait, ms, where nobody gives it: at least the mean, where all are alike.
    pub fn of_wait(problem: &Problem<'_>) -> Option<Self> {
        let Problem { workload, ref today, .. } = *problem;
        let low = workload.wait_of_attempt(today.wait_seconds) * 1e3;
        let (assumed, high) = (low * exponential_times_mean(), low * LIKELY_TIMES_MEAN);
        let is_unsaid = low > 0.0 && workload.io_wait_p99_seconds.is_none();
        is_unsaid.then_some(Self { quantity: Quantity::WaitP99, assumed, low, high })
    }
}

/// H that is left of the cores in use where today's profile has other figures, core-s.
pub(super) fn own_cpu(problem: &Problem<'_>, cores: f64, current: &Runtime) -> Option<f64> {
    let Problem { workload, ref today, .. } = *problem;
    let vcpu = problem.vcpu_now;
    let Carried { members, fetch_wait_seconds, .. } = today.carried;
    let observed = observed_today(workload, problem.current, cores, vcpu, members);
    let profile = profile_today(workload, current, today.charged_calls(), vcpu, members, fetch_wait_seconds);
    Some((observed - profile.ok()?).max(0.0))
}

/// The handler's time whose own CPU is H, core-s, as the column has it: with the wait that is given, else with `io_ratio` of it.
fn handler_ms(problem: &Problem<'_>, own_cpu: f64) -> f64 {
    let (today, workload) = (&problem.today, problem.workload);
    let own_seconds = own_cpu / problem.vcpu_now.work();
    let seconds = match today.wait_basis {
        WaitBasis::InferredFromCpu => own_seconds / (1.0 - workload.io_ratio),
        _ => today.wait_seconds + own_seconds,
    };
    seconds * f64::from(workload.batch_size) / workload.outlook.attempts_per_event * 1e3
}
