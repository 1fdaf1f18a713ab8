//! What a verdict turns on that nobody has said: each such figure is moved over its range by itself, and where the verdict
//! changes with it there is none, but a question.

use crate::bill_bounds::ROUNDING;
use crate::blank::Blank;
use crate::capacity::constraint::{BoundBy, Constraint};
pub use crate::decide::answer::{Answer, DependsOn};
use crate::decide::baseline::Baseline;
use crate::decide::options::Options;
use crate::decide::planner::Planner;
use crate::decide::proviso::{LIKELY, PEAK_FACTORS, STEPS};
use crate::decide::resize::{at_most_gain, is_worth_resizing, least_resize_saving};
use crate::decide::verdict::{Settled, Verdict, paid, settle};
use crate::demand::event::{LONGEST_FETCH_WAIT_SECONDS, SHORTEST_CALL_SECONDS, observed_today};
use crate::plan::{NoPlan, Plan, Priced};
use crate::problem::{Problem, RangeEnd};
use crate::runtime::{Deployment, Figure, Runtime};
use crate::uncertain::inputs::whole;
use crate::workload::Workload;

/// What may be moved.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Quantity {
    PeakFactor,
    IoCalls,
    Skew,
    NativeShare,
    Processes,
    InFlight,
    FetchWait,
    /// H, core-s.
    OwnCpu,
    /// The spread of service times in today's runtime.
    ServiceScv,
}

/// A quantity with what is assumed for it, and the ends of its range.
#[derive(Debug, Clone, Copy)]
struct Unsaid {
    quantity: Quantity,
    assumed: f64,
    low: f64,
    high: f64,
}

impl Quantity {
    fn column(self) -> &'static str {
        match self {
            Self::PeakFactor => Blank::PeakFactor.word(),
            Self::IoCalls => Blank::IoCalls.word(),
            Self::Skew => Blank::Skew.word(),
            Self::NativeShare => Blank::NativeShare.word(),
            Self::Processes => Blank::CurrentProcesses.word(),
            Self::InFlight => "in_flight",
            Self::FetchWait => Blank::CurrentFetchWait.word(),
            Self::OwnCpu => "handler_ms",
            Self::ServiceScv => "service_scv",
        }
    }

    /// The value in the unit of the column.
    fn in_column(self, value: f64, problem: &Problem<'_>) -> f64 {
        match self {
            Self::FetchWait => value * 1e3,
            Self::OwnCpu => {
                let (today, workload) = (&problem.today, problem.workload);
                let seconds = today.wait_seconds + value / problem.speed_now;
                seconds * f64::from(workload.batch_size) / workload.outlook.attempts_per_event * 1e3
            }
            _ => value,
        }
    }

    /// Puts a value of it into a workload, where a column has it.
    fn put(self, workload: &mut Workload, value: f64) {
        match self {
            Self::PeakFactor => workload.peak_factor = value,
            Self::IoCalls => workload.io_calls = Some(value),
            Self::Skew => workload.topic.skew = value,
            Self::NativeShare => workload.native_share = value,
            Self::Processes => workload.current_processes = Some(whole(value)),
            Self::InFlight => workload.in_flight = Some(whole(value)),
            Self::FetchWait => workload.current_fetch_wait_seconds = Some(value),
            Self::OwnCpu | Self::ServiceScv => {}
        }
    }

    /// Looks at a problem with another value of it; `None` where that cannot be.
    fn at<T>(self, value: f64, problem: &Problem<'_>, look: impl Fn(&Problem<'_>) -> T) -> Option<T> {
        match self {
            Self::OwnCpu => {
                let mut changed = problem.clone();
                changed.today.handler_core_seconds = value;
                Some(look(&changed))
            }
            Self::ServiceScv => {
                let service_scv = Figure { value, ..problem.current.service_scv.clone() };
                let current = Runtime { service_scv, ..problem.current.clone() };
                Some(look(&Problem { current: &current, ..problem.clone() }))
            }
            _ => {
                let mut workload = problem.workload.clone();
                self.put(&mut workload, value);
                let changed = Problem::new(&workload, problem.current, problem.current_machine);
                changed.ok().map(|changed| look(&changed))
            }
        }
    }
}

/// What is unsaid of a problem and may change what to do.
fn unsaid(
    problem: &Problem<'_>,
    planner: &Planner<'_>,
    in_current: Result<&Plan<'_>, &NoPlan>,
    settled: &Verdict,
) -> Vec<Unsaid> {
    let Problem { workload, current, current_machine, ref today, .. } = *problem;
    let is_blank = |blank| workload.blanks.has(blank);
    let mut all = Vec::new();
    let mut add = |is_unsaid: bool, quantity, assumed: f64, low: f64, high: f64| {
        if is_unsaid && low < high {
            all.push(Unsaid { quantity, assumed, low, high });
        }
    };
    let [least, most] = PEAK_FACTORS;
    add(is_blank(Blank::PeakFactor), Quantity::PeakFactor, workload.peak_factor, least, most);
    let batch = f64::from(workload.batch_size);
    let call_wait = today.wait_seconds * batch / workload.outlook.attempts_per_event;
    let may_call = call_wait >= SHORTEST_CALL_SECONDS && current.cpu.io_call.is_some();
    add(is_blank(Blank::IoCalls) && may_call, Quantity::IoCalls, today.io_calls * batch, 0.0, 2.0);
    let partitions = workload.topic.partitions.map_or(1.0, f64::from);
    add(is_blank(Blank::Skew), Quantity::Skew, workload.topic.skew, 1.0, partitions.min(2.0));
    let is_moved = matches!(settled, Verdict::Move) && today.handler_core_seconds > 0.0;
    add(is_blank(Blank::NativeShare) && is_moved, Quantity::NativeShare, workload.native_share, 0.0, 0.5);
    // One each cannot be where more are in flight than there are processes.
    let each = problem.in_flight_today().map_or(1.0, |(events, processes)| (events / processes).ceil());
    add(true, Quantity::InFlight, 1.0, 1.0, each);
    let cores = workload.cores_in_use(current_machine).filter(|_| workload.handler_seconds.is_none());
    if let Some(cores) = cores {
        let instances = f64::from(workload.current_instances.unwrap_or(1));
        let vcpus = current_machine.map_or(1.0, |machine| f64::from(machine.vcpus));
        let is_unsaid = is_blank(Blank::CurrentProcesses) && current.deployment == Deployment::Processes;
        add(is_unsaid, Quantity::Processes, today.members, instances, instances * vcpus);
        let is_unsaid = is_blank(Blank::CurrentFetchWait) && current.cpu.fetch.is_some();
        let longest = LONGEST_FETCH_WAIT_SECONDS;
        add(is_unsaid, Quantity::FetchWait, today.fetch_wait_seconds, 0.0, longest);
        let extremes = planner.extremes(current);
        let own = |end: &Runtime| own_cpu(problem, cores, end);
        if let (Some(low), Some(high)) = (own(&extremes.most), own(&extremes.least)) {
            let own = today.handler_core_seconds;
            add(true, Quantity::OwnCpu, own, low.min(own), high.max(own));
        }
    }
    let goal_decides = match in_current {
        Ok(plan) => plan.bound_by() == BoundBy::Constraint(Constraint::Latency),
        Err(none) => none.stuck().is_some_and(|stuck| stuck.rule == Constraint::Latency),
    };
    let scv = &current.service_scv;
    add(workload.p99_seconds.is_some() && goal_decides, Quantity::ServiceScv, scv.value, scv.low, scv.high);
    all
}

/// H that is left of the cores in use where today's profile has other figures, core-s.
fn own_cpu(problem: &Problem<'_>, cores: f64, current: &Runtime) -> Option<f64> {
    let Problem { workload, ref today, .. } = *problem;
    let speed = problem.speed_now;
    let observed = observed_today(workload, problem.current, cores, speed, today.members);
    Some((observed - today.by_profile(workload, current, speed).ok()?).max(0.0))
}

/// Figures that nobody has said on which a verdict turns.
#[derive(Debug, Clone, Default)]
pub struct Questions {
    /// The first that is likely to change it.
    pub asked: Option<DependsOn>,
    /// The first that would have to be near an end of its range to do so, which is told beside the verdict.
    pub unlikely: Option<DependsOn>,
}

/// The figures that nobody has said on which a verdict turns.
pub fn questions(
    options: &Options<'_, '_>,
    baseline: &Baseline,
    in_current: Result<&Plan<'_>, &NoPlan>,
    settled: &Settled<'_>,
) -> Questions {
    let Options { problem, planner } = *options;
    let mut found = Questions::default();
    if matches!(settled.verdict, Verdict::DependsOn(_)) {
        return found;
    }
    let today = problem.usd_per_month_today(&planner.policy);
    let near = in_current.ok().map(|plan| plan.machine);
    let answer = |problem: &Problem<'_>| settle(problem, planner, baseline, near, false).answer(today);
    let assumed = settled.answer(today);
    // What falls behind at peak is mended now: machines or a smaller step, whichever it takes as far as is known.
    let is_mended =
        |it: &Verdict| baseline.lags && matches!(it, Verdict::RightSize | Verdict::Alternative { .. });
    let is_same = |it: &Answer| {
        it.verdict.agrees(&assumed.verdict) || is_mended(&it.verdict) && is_mended(&assumed.verdict)
    };
    let unsaid = unsaid(problem, planner, in_current, &settled.verdict);
    let is_settled = unsaid.is_empty() || is_settled(options, baseline, in_current, settled, &unsaid);
    for it in unsaid.into_iter().filter(|_| !is_settled) {
        for end in [it.low, it.high].into_iter().filter(|end| *end != it.assumed) {
            let at = |value: f64| it.quantity.at(value, problem, answer);
            let Some(other) = at(end).filter(|other| !is_same(other)) else {
                continue;
            };
            let (threshold, other) = it.threshold(is_same, (end, other), at);
            // What cannot be at the threshold cannot be beyond it.
            let cannot_be = |problem: &Problem<'_>| {
                let extremes = planner.extremes(problem.current);
                Baseline::of(problem, &extremes, &planner.policy).is_contradictory()
            };
            if it.quantity.at(threshold, problem, cannot_be) == Some(true) {
                continue;
            }
            let (below, above) =
                if end < it.assumed { (other, assumed.clone()) } else { (assumed.clone(), other) };
            let is_likely = it.is_likely(threshold, end);
            let threshold = Some(it.quantity.in_column(threshold, problem));
            let column = it.quantity.column();
            let turning = DependsOn { column, language: None, threshold, below, above };
            if is_likely {
                return Questions { asked: Some(turning), ..found };
            }
            found.unlikely.get_or_insert(turning);
        }
    }
    Questions { asked: in_another_runtime(options, baseline, assumed), ..found }
}

/// Whether it is plain that a verdict to keep today's runtime turns on none of some figures: even with all of them at the
/// ends where most is needed, and where least is, today's runtime has a plan with the same verdict, and no other one can
/// save enough.
///
/// Bills rise with peak and skew, and with calls where handler_ms does not have their CPU in it. Of others a bound on the
/// bill will do.
fn is_settled(
    options: &Options<'_, '_>,
    baseline: &Baseline,
    in_current: Result<&Plan<'_>, &NoPlan>,
    settled: &Settled<'_>,
    unsaid: &[Unsaid],
) -> bool {
    let Options { problem, planner } = *options;
    let keeps =
        matches!(settled.verdict, Verdict::Stay | Verdict::RightSize) && settled.worth_up_to.is_none();
    let Some(plan) = in_current.ok().filter(|_| keeps && planner.confidence.is_none()) else { return false };
    let rises_with =
        |it: &Unsaid| matches!(it.quantity, Quantity::PeakFactor | Quantity::Skew | Quantity::IoCalls);
    if !unsaid.iter().all(rises_with) {
        return false;
    }
    let with = |end: fn(&Unsaid) -> f64| {
        let mut workload = problem.workload.clone();
        unsaid.iter().for_each(|it| it.quantity.put(&mut workload, end(it)));
        workload
    };
    let [low, high] = &[with(|it| it.low), with(|it| it.high)];
    let read = |workload| Problem::new(workload, problem.current, problem.current_machine).ok();
    let (Some(at_low), Some(at_high)) = (read(low), read(high)) else { return false };
    let today = problem.usd_per_month_today(&planner.policy);
    let is_resized = settled.verdict == Verdict::RightSize;
    // Whatever machines have a bill up to this, the verdict is the same.
    let enough = match today {
        Some(today) if is_resized => (today - least_resize_saving(planner, today, false)) * (1.0 - ROUNDING),
        Some(today) => {
            let bound = planner.bill_at_least(&at_low, problem.current, RangeEnd::Best);
            let saves_too_little =
                today - bound / planner.policy.split_counts() < least_resize_saving(planner, today, true);
            if saves_too_little { f64::INFINITY } else { 0.0 }
        }
        None => f64::INFINITY,
    };
    let least = |at: &Problem<'_>, enough| planner.least_near(at, problem.current, plan.machine, enough);
    let is_same = |to: &Priced<'_>| is_worth_resizing(problem, planner, to) == is_resized;
    let Some(most_expensive) = least(&at_high, enough).filter(is_same) else { return false };
    let paid = paid(baseline.bears(today), most_expensive.cheapest_usd_per_month);
    let others_may_save = || {
        let calling = Workload { io_calls: high.io_calls, ..low.clone() };
        let calling = Problem::new(&calling, problem.current, problem.current_machine);
        let Ok(calling) = calling else { return true };
        let others = planner.runtimes.iter().filter(|runtime| runtime.name != problem.current.name);
        let may_save = |at, runtime| planner.may_save_enough(at, runtime, paid);
        others.into_iter().any(|it| [&at_low, &calling].into_iter().any(|at| may_save(at, it)))
    };
    !(planner.terms.is_worth_a_change(paid) && others_may_save())
        && (plan.cheapest_usd_per_month <= enough || least(&at_low, 0.0).is_some_and(|to| is_same(&to)))
}

impl Unsaid {
    /// Whether a value on the way to an end of the range may well be what is so: of what a blank cell stands for not the last
    /// of it. Whole numbers may be that, and intervals of measurements go no farther than they have to.
    fn is_likely(self, value: f64, end: f64) -> bool {
        use Quantity::{InFlight, OwnCpu, Processes, ServiceScv};
        matches!(self.quantity, Processes | InFlight | OwnCpu | ServiceScv)
            || (value - self.assumed).abs() <= LIKELY * (end - self.assumed).abs()
    }

    /// Where the verdict changes on the way to an end of the range, and what it is beyond.
    fn threshold(
        self,
        is_same: impl Fn(&Answer) -> bool,
        (end, beyond): (f64, Answer),
        at: impl Fn(f64) -> Option<Answer>,
    ) -> (f64, Answer) {
        let (mut same, mut changed, mut answer) = (self.assumed, end, beyond);
        for _ in 0..STEPS {
            let middle = match self.quantity {
                Quantity::Processes | Quantity::InFlight => ((same + changed) / 2.0).round(),
                _ => (same + changed) / 2.0,
            };
            if middle == same || middle == changed {
                break;
            }
            match at(middle).filter(|other| !is_same(other)) {
                Some(other) => (changed, answer) = (middle, other),
                None => same = middle,
            }
        }
        (changed, answer)
    }
}

/// Whether another language or library would be recommended in spite of the runtime that was assumed for today: that one
/// is none of those is all that the verdict says then.
fn in_another_runtime(options: &Options<'_, '_>, baseline: &Baseline, assumed: Answer) -> Option<DependsOn> {
    let Options { problem, planner } = *options;
    let to = assumed.to.as_ref().filter(|_| problem.workload.blanks.has(Blank::CurrentRuntime))?;
    let other = planner.runtimes.iter().copied().find(|runtime| runtime.name == *to)?;
    let workload = Workload { current_runtime: to.clone(), ..problem.workload.clone() };
    let there = Problem::new(&workload, other, problem.current_machine).ok()?;
    let above =
        settle(&there, planner, baseline, None, false).answer(problem.usd_per_month_today(&planner.policy));
    let column = Blank::CurrentRuntime.word();
    Some(DependsOn { column, language: None, threshold: None, below: assumed, above })
}

/// A verdict that stands whatever an idle hyper-thread gives the other one of its core: no column says that, so a change has
/// to be worth it where it is as much as may be, and more work was done today.
pub fn at_any_idle_sibling<'v>(
    settled: Settled<'v>,
    problem: &Problem<'v>,
    planner: &Planner<'v>,
    baseline: &Baseline,
) -> Settled<'v> {
    let Some(most) = at_most_gain(problem) else { return settled };
    let stays = Settled {
        verdict: Verdict::Stay,
        to: None,
        usd_per_month: problem.usd_per_month_today(&planner.policy),
        worth_up_to: None,
    };
    match settled.verdict {
        Verdict::RightSize if !baseline.lags => {
            match planner.priced(&most, problem.current, RangeEnd::Best) {
                Some(to) if is_worth_resizing(&most, planner, &to) => settled,
                _ => Settled { worth_up_to: settled.worth_up_to, ..stays },
            }
        }
        Verdict::Alternative { .. } | Verdict::Move => {
            let there = settle(&most, planner, baseline, None, true);
            match there.verdict {
                Verdict::None => settled,
                _ if there.verdict.agrees(&settled.verdict) => settled,
                _ => there,
            }
        }
        _ => settled,
    }
}
