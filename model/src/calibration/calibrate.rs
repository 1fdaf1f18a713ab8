//! From the bill back: what today's machines and their utilization say that an event costs, held against its profile.

use crate::decide::expected::blanks_at_ends;
use crate::decide::extremes::with_cpu;
use crate::demand::event::{DemandError, Reading, Today, Unmeasured, observed_today};
use crate::demand::vcpu::VcpuToday;
use crate::machine::{IDLE_SIBLING, Machine};
use crate::problem::Problem;
use crate::runtime::{Deployment, Figure, Runtime};
use crate::workload::Workload;

/// CPU an event this close to what was expected agrees with it: utilizations are read off to a percent or two.
pub const AGREES_WITHIN: f64 = 0.05;

/// What a utilization implies for one workload.
#[derive(Debug, Clone)]
pub struct Calibration<'a> {
    /// The workload.
    pub workload: &'a Workload,
    /// The profile of what runs today.
    pub runtime: &'a Runtime,
    /// What it runs on.
    pub machine: &'a Machine,
    /// How many.
    pub instances: u32,
    /// Share of the vCPUs busy on average.
    pub utilization: f64,
    /// Cores busy on average: `n V u`.
    pub observed_cores: f64,
    /// Cores of these that idle processes burn.
    pub idle_cores: f64,
    /// CPU of one event, core-s at speed 1.0, that the rest leaves.
    pub implied_core_seconds: f64,
    /// The same by profile and by what the row says of its handler.
    pub expected: Expected,
    /// The part of it that the row's handler has no say in: reading, decoding, calls, writing.
    pub floor_core_seconds: f64,
    /// Whether the two agree.
    pub finding: Finding,
    /// What a blank wait of today's fetches is read as, s; `None` where it is given.
    pub assumed_fetch_wait_seconds: Option<f64>,
    /// I/O wait of one attempt as the row has it today, s.
    pub attempt_wait_seconds: f64,
    /// Share of the handler's time that this wait is, beside the CPU that was measured.
    pub io_ratio: f64,
}

/// CPU of one event by profile, core-s at speed 1.0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// At the best estimates.
    pub value: f64,
    /// With all of the profile's figures at the low ends of their intervals, and blank cells of today at the end that suits it.
    pub low: f64,
    /// With all at the high ends.
    pub high: f64,
}

/// How a bill compares with a profile. Factors are implied over expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// Within the profile's intervals, or close to its best estimate.
    Agrees,
    /// The row says nothing of its handler, and what the profile does not explain is the handler's own code.
    OwnCode {
        /// CPU of that code, core-s at speed 1.0.
        core_seconds: f64,
    },
    /// The machines do more than profile and row explain.
    More {
        /// How many times as much.
        factor: f64,
    },
    /// The machines do less than reading and handling is said to take.
    Less {
        /// How many times as much, below 1.
        factor: f64,
    },
}

/// Why a workload cannot be calibrated.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Uncalibrated {
    /// The bill is of so many machines that nobody has counted.
    #[error("current_instances is missing; without the number of machines a utilization says nothing")]
    NoInstances,
    /// It runs in pods, and the utilization of nodes is of all that they hold.
    #[error("it runs in pods on shared nodes, of which a utilization says nothing; give observed_cores")]
    InPods,
    /// Nobody says what runs.
    #[error("current_machine is missing; without the machine type a utilization says nothing")]
    NoMachine,
    /// CPU there cannot be compared with CPU elsewhere.
    #[error("the speed of current_machine {instance_type:?} is not known, so its CPU compares with nothing")]
    NoSpeed {
        /// The machine type.
        instance_type: String,
    },
    /// Nothing is left for events.
    #[error(
        "it is too quiet to tell what an event takes: a utilization of {utilization} is {observed_cores:.3} cores without the \
         system's, and by the profile idle processes take {idle_cores:.3}; measure where it is busier"
    )]
    IdleTakesAll {
        /// The utilization given.
        utilization: f64,
        /// Cores busy, without the system's.
        observed_cores: f64,
        /// Cores that idle processes burn.
        idle_cores: f64,
    },
    /// The profile has no figure for what the workload does.
    #[error(transparent)]
    Demand(#[from] DemandError),
}

impl<'a> Calibration<'a> {
    /// Reads a mean utilization, above 0 and up to 1, of the machines that a workload runs on today.
    ///
    /// ```text
    /// observed_cores = n (V u - system_cores), at least n V u / 2
    /// v_now          = v (1 + g (1 - u)) where vCPUs share cores, else v
    /// implied        = (observed_cores - processes idle v_cur/v_now) v_now e_now / L0
    /// expected       = base_cur(calls) + H of the row as it is, of a blank fetch wait that is not 0 whichever comes closest
    /// io_ratio       = w / (w + (implied - base_cur(0)) / v_now)
    /// ```
    pub fn of(problem: &Problem<'a>, utilization: f64) -> Result<Self, Uncalibrated> {
        let (workload, runtime) = (problem.workload, problem.current);
        let machine = problem.current_machine.ok_or(Uncalibrated::NoMachine)?;
        let none =
            if problem.pods_today().is_some() { Uncalibrated::InPods } else { Uncalibrated::NoInstances };
        let instances = workload.machines_today().ok_or(none)?;
        let instance_type = || machine.instance_type.clone();
        let speed = machine
            .speed_at(utilization, IDLE_SIBLING.value)
            .ok_or_else(|| Uncalibrated::NoSpeed { instance_type: instance_type() })?;
        let whole = Workload { observed_cores: None, utilization: Some(utilization), ..workload.clone() };
        let observed_cores = whole.cores_in_use(Some(machine)).ok_or(Uncalibrated::NoInstances)?;
        let threads = workload.busy_threads(runtime, machine, utilization);
        let vcpu = VcpuToday::with_threads(speed, runtime, threads);
        let members = workload.members_today(workload.member_in(runtime), Some(observed_cores));
        let idle_cores = members * runtime.idle_cores_at(speed);
        if observed_cores <= idle_cores {
            return Err(Uncalibrated::IdleTakesAll { utilization, observed_cores, idle_cores });
        }
        let implied_core_seconds = observed_today(workload, runtime, observed_cores, vcpu, members);
        // What is blank is read of what was measured, as a plan of the corrected row reads it.
        let read = Today::read(&whole, runtime, Some(machine), vcpu)?.fetch_wait_seconds;
        let as_read = Workload { current_fetch_wait_seconds: Some(read), ..workload.clone() };
        let (floor_core_seconds, own_core_seconds, _) = expected(&as_read, runtime, machine, vcpu)?;
        let uncalled = Workload { io_calls: Some(0.0), ..as_read.clone() };
        let beside_handler = expected(&uncalled, runtime, machine, vcpu)?.0;
        let (wait, busy) =
            (problem.today.wait_seconds, (implied_core_seconds - beside_handler).max(0.0) / vcpu.work());
        let at = |is_least: bool, pick: fn(&Figure) -> f64| {
            let runtime = with_cpu(runtime, pick);
            // Without a timed handler, what is above the profile is the handler's.
            let all = match is_least || workload.handler_seconds.is_some() {
                true => blanks_at_ends(workload, &runtime, Some(machine), Some(observed_cores), is_least),
                false => vec![as_read.clone()],
            };
            let ends = all.iter().map(|it| {
                let (floor, own, at_end) = expected(it, &runtime, machine, vcpu)?;
                let idle = (at_end - members) * runtime.idle_cores_at(speed);
                Ok(floor + own + idle * vcpu.work() / workload.mean_rate())
            });
            let ends = ends.collect::<Result<Vec<f64>, DemandError>>()?;
            Ok::<_, DemandError>(ends.into_iter().reduce(if is_least { f64::min } else { f64::max }))
        };
        let never = Workload { current_fetch_wait_seconds: Some(0.0), ..workload.clone() };
        let as_planned = floor_core_seconds + own_core_seconds;
        let value = match expected(&never, runtime, machine, vcpu)? {
            // Some shorter wait than is read may be today's.
            (floor, own, _) if read > 0.0 && workload.current_fetch_wait_seconds.is_none() => {
                implied_core_seconds.min(floor + own).max(as_planned)
            }
            _ => as_planned,
        };
        let expected = Expected {
            value,
            low: at(true, |figure| figure.low)?.unwrap_or(value),
            high: at(false, |figure| figure.high)?.unwrap_or(value),
        };
        Ok(Self {
            workload,
            runtime,
            machine,
            instances,
            utilization,
            observed_cores,
            idle_cores,
            implied_core_seconds,
            expected,
            floor_core_seconds,
            finding: finding(implied_core_seconds, expected, workload),
            assumed_fetch_wait_seconds: Some(read).filter(|_| workload.current_fetch_wait_seconds.is_none()),
            attempt_wait_seconds: workload.wait_of_attempt(wait),
            io_ratio: if wait > 0.0 { (wait / (wait + busy)).min(0.999) } else { 0.0 },
        })
    }

    /// Whether what the row says of CPU is not what was measured: its handler's time, its cores or its utilization.
    pub fn disagrees(&self) -> bool {
        let given = self.workload.cores_in_use(Some(self.machine));
        let is_off = |cores: f64| (cores / self.observed_cores - 1.0).abs() > AGREES_WITHIN;
        let is_timed = self.workload.handler_seconds.is_some();
        given.is_some_and(is_off)
            || is_timed && matches!(self.finding, Finding::More { .. } | Finding::Less { .. })
    }

    /// Whether what runs today is processes, of which each idles and fetches by itself.
    pub fn counts_processes(&self) -> bool {
        self.runtime.deployment == Deployment::Processes
    }
}

/// CPU of one event by profile, and what the row says of its handler beyond that, core-s at speed 1.0; and the members today.
fn expected(
    workload: &Workload,
    runtime: &Runtime,
    machine: &Machine,
    vcpu: VcpuToday,
) -> Result<(f64, f64, f64), DemandError> {
    // Of a timed handler its time alone, which is held against what was measured.
    let timed = Workload { observed_cores: None, utilization: None, ..workload.clone() };
    let read = if workload.handler_seconds.is_some() { &timed } else { workload };
    let today = Today::read(read, runtime, Some(machine), vcpu)?;
    let by_profile = today.by_profile(workload, runtime, vcpu).map_err(unmeasured)?;
    Ok((by_profile, today.handler_core_seconds, today.members))
}

fn unmeasured(Unmeasured { runtime, lacking }: Unmeasured) -> DemandError {
    DemandError::Unmeasured { runtime, lacking, needed_for: Reading::CpuOfCores }
}

fn finding(implied: f64, expected: Expected, workload: &Workload) -> Finding {
    let factor = implied / expected.value;
    let (low, high) = (expected.low.min(expected.value), expected.high.max(expected.value));
    let near = (1.0 - AGREES_WITHIN)..=(1.0 + AGREES_WITHIN);
    if (low..=high).contains(&implied) || near.contains(&factor) {
        Finding::Agrees
    } else if implied < low {
        Finding::Less { factor }
    } else if workload.says_nothing_of_cpu() {
        Finding::OwnCode { core_seconds: implied - expected.value }
    } else {
        Finding::More { factor }
    }
}
