//! Cores that the model predicts, held against those measured, hour by hour.
//!
//! The prediction is the demand as the workload describes it, at the rate of each hour: own code, the profile's part, the
//! fetch at that rate and idle polling. Nothing is fitted to what was measured.

use crate::demand::event::{CpuBasis, Demand, Unmeasured};
use crate::problem::Problem;
use crate::ranked::least_first;
use crate::runtime::Deployment;
use crate::words::words;

/// A median error up to which a plan may be believed.
pub const BELIEVED_WITHIN: f64 = 0.25;

/// Hours with a smaller share of the mean rate have no load.
const LEAST_LOAD: f64 = 0.01;

/// An hour as it was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasuredHour {
    /// Hours since 1970.
    pub hour: i64,
    /// Mean rate, events/s.
    pub rate: f64,
    /// Mean cores in use.
    pub cores: f64,
}

/// What the CPU of own code is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The handler's time: level and shape are tested.
    HandlerMs,
    /// Mean cores of today: the shape over the hours is tested, their level is given.
    ObservedCores,
    /// Nothing: own code is taken to cost nothing.
    Profile,
}

words!(Basis { HandlerMs = "handler_ms", ObservedCores = "observed_cores", Profile = "profile" });

/// Where predictions that are off are off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The mean rate is not the one of the row, from which an event's CPU was read.
    Volume,
    /// No input tells own code.
    NoOwnCode,
    /// Quiet hours most: what does not turn on events.
    QuietHours,
    /// Busy hours most: an event costs another amount there.
    BusyHours,
    /// All hours: what an event costs.
    Level,
}

words!(Cause {
    Volume = "volume",
    NoOwnCode = "no_own_code",
    QuietHours = "quiet_hours",
    BusyHours = "busy_hours",
    Level = "level",
});

/// Cores that what runs today uses at a rate.
#[derive(Debug, Clone, Copy)]
pub struct CoresToday<'p> {
    problem: &'p Problem<'p>,
    demand: Demand,
}

impl<'p> CoresToday<'p> {
    /// Those of what runs a workload today.
    pub fn of(problem: &'p Problem<'p>) -> Result<Self, Unmeasured> {
        let demand = problem.today.demand_today(problem.workload, problem.current)?;
        Ok(Self { problem, demand })
    }

    /// `x (h + fetch(x / members)) / e_now + members idle`, cores at `rate` events/s; those of idling alone where none come.
    pub fn at(&self, rate: f64) -> f64 {
        let Problem { workload, current, vcpu_now: vcpu, ref today, .. } = *self.problem;
        let idle = current.idle_cores_at(vcpu.speed);
        if rate <= 0.0 {
            return today.members * idle;
        }
        let cores = match current.deployment {
            Deployment::Processes => 1.0 - idle,
            Deployment::Threads => f64::INFINITY,
        };
        let of_member = rate / workload.mean_rate() * workload.member_rate_today(today.members);
        let all = self.demand.total_at(of_member, cores, vcpu.speed, today.fetch_wait_seconds);
        rate * all / vcpu.work() + today.members * idle
    }
}

/// An hour with load, measured and predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestedHour {
    /// What was measured.
    pub measured: MeasuredHour,
    /// Cores predicted.
    pub predicted: f64,
}

impl TestedHour {
    /// Predicted over measured, less 1.
    pub fn error(&self) -> f64 {
        self.predicted / self.measured.cores - 1.0
    }
}

/// How predictions compare with what was measured.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// Hours with load, in order.
    pub hours: Vec<TestedHour>,
    /// What own code was read from.
    pub basis: Basis,
    /// The median of the hours' errors without their signs.
    pub median_error: f64,
    /// The hour with the largest error.
    pub worst: TestedHour,
    /// Predicted core-hours over measured ones, less 1.
    pub bias: f64,
    /// The same of the quieter half of the hours and of the busier one.
    pub bias_of_halves: [f64; 2],
    /// Mean rate measured over that of the row.
    pub rate_over_row: f64,
    /// Where predictions are off, if they are not to be believed.
    pub cause: Option<Cause>,
}

impl Backtest {
    /// Predicts each of some hours; nothing where none has load.
    ///
    /// ```text
    /// error  = predicted / measured - 1     of an hour with load: from 1 % of the mean rate on, and some cores
    /// median = median |error|
    /// bias   = sum predicted / sum measured - 1
    /// ```
    pub fn of(problem: &Problem<'_>, measured: &[MeasuredHour]) -> Result<Option<Self>, Unmeasured> {
        let cores = CoresToday::of(problem)?;
        let workload = problem.workload;
        let mean_rate = measured.iter().map(|hour| hour.rate).sum::<f64>() / measured.len() as f64;
        let has_load = |hour: &&MeasuredHour| hour.rate > LEAST_LOAD * mean_rate && hour.cores > 0.0;
        let tested = |&measured: &MeasuredHour| TestedHour { measured, predicted: cores.at(measured.rate) };
        let hours: Vec<TestedHour> = measured.iter().filter(has_load).map(tested).collect();
        let size = |hour: &TestedHour| hour.error().abs();
        let Some(&worst) = hours.iter().max_by(|one, other| size(one).total_cmp(&size(other))) else {
            return Ok(None);
        };
        let mut sizes: Vec<f64> = hours.iter().map(size).collect();
        sizes.sort_by(f64::total_cmp);
        let middle = sizes.len() / 2;
        let median_error =
            if sizes.len() % 2 == 1 { sizes[middle] } else { (sizes[middle - 1] + sizes[middle]) / 2.0 };
        let mut by_rate: Vec<&TestedHour> = hours.iter().collect();
        least_first(&mut by_rate, |it| it.measured.rate);
        let (quiet, busy) = by_rate.split_at(by_rate.len() / 2);
        let mut test = Self {
            basis: match problem.today.cpu_basis {
                CpuBasis::HandlerTime => Basis::HandlerMs,
                CpuBasis::CoresInUse => Basis::ObservedCores,
                CpuBasis::Nothing => Basis::Profile,
            },
            median_error,
            worst,
            bias: bias(&by_rate),
            bias_of_halves: [bias(quiet), bias(busy)],
            rate_over_row: mean_rate / workload.mean_rate(),
            cause: None,
            hours,
        };
        test.cause = (!test.is_believed()).then(|| test.cause());
        Ok(Some(test))
    }

    /// Whether the median error is small enough for advice, and the row was tested rather than the profile alone.
    pub fn is_believed(&self) -> bool {
        self.basis != Basis::Profile && self.median_error <= BELIEVED_WITHIN
    }

    fn cause(&self) -> Cause {
        let is_off = |share: f64| share.abs() > BELIEVED_WITHIN;
        let [quiet, busy] = self.bias_of_halves;
        match self.basis {
            Basis::ObservedCores if is_off(self.rate_over_row - 1.0) => Cause::Volume,
            Basis::Profile => Cause::NoOwnCode,
            // Too much in all hours, and most in busy ones: what no event causes makes up for a part in quiet ones.
            _ if !is_off(quiet - busy) || (0.0 < quiet && quiet < busy) => Cause::Level,
            _ if quiet.abs() > busy.abs() => Cause::QuietHours,
            _ => Cause::BusyHours,
        }
    }
}

/// Predicted core-hours over measured ones, less 1; 0 of nothing.
fn bias(hours: &[&TestedHour]) -> f64 {
    let sum = |of: fn(&TestedHour) -> f64| hours.iter().map(|hour| of(hour)).sum::<f64>();
    let measured = sum(|hour| hour.measured.cores);
    if measured > 0.0 { sum(|hour| hour.predicted) / measured - 1.0 } else { 0.0 }
}
