//! The two figures that cannot both be, in words.

use super::questions::noun;
use crate::report::figures::{percent, plural_of, seconds, significant, usd};
use tonnage_model::decide::alternative::Machines;
use tonnage_model::decide::baseline::{Busiest, Contradiction};
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::demand::event::WaitBasis;
use tonnage_model::demand::vcpu::share_in_use;
use tonnage_model::machine::Machine;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::Deployment;
use tonnage_model::workload::Workload;

/// Two figures that cannot both be, and the columns to look at; a sentence without its full stop.
pub fn contradiction(entry: &PlannedWorkload<'_>) -> Option<String> {
    let (contradiction, suspects) = entry.recommendation.baseline.contradiction?;
    let problem = &entry.problem;
    let workload = problem.workload;
    let machines = Machines::today(problem).map_or_else(String::new, |on| on.to_string());
    let runtime = &problem.current.name;
    let observed = measured_by(workload);
    let figures = match contradiction {
        Contradiction::Overloaded { by: Busiest::Memory, busy } => {
            format!("its processes need {} of the memory of {machines}", percent(busy))
        }
        Contradiction::Overloaded { by: Busiest::InFlight(holder), busy } => {
            let allowed = match workload.in_flight {
                Some(most) => format!("in_flight allows {most}"),
                None => "in_flight is blank, which is 1".to_owned(),
            };
            let events = significant(busy * f64::from(workload.in_flight.unwrap_or(1)));
            let wait = problem.today.wait_seconds * f64::from(workload.batch_size);
            let wait = match problem.today.wait_basis {
                WaitBasis::InferredFromCpu => {
                    format!(", waiting {} each by io_ratio ({})", seconds(wait), percent(workload.io_ratio))
                }
                _ => String::new(),
            };
            format!("the busiest {holder} has {events} events in flight on average{wait}, and {allowed}")
        }
        Contradiction::Overloaded { busy, .. } if busy.is_infinite() => {
            format!("idle processes alone take all CPU of {machines}")
        }
        Contradiction::Overloaded { by, busy } => cores_beyond(problem).unwrap_or_else(|| {
            format!(
                "at the mean rate the busiest {}{} needs {} of its CPU{}",
                noun(by),
                if machines.is_empty() { String::new() } else { format!(" of {machines}") },
                percent(busy),
                of_baseline(problem)
            )
        }),
        Contradiction::MoreCoresThanThereAre { observed: cores, vcpus } => format!(
            "observed_cores is {}, and {machines} have {} vCPUs",
            significant(cores),
            significant(vcpus)
        ),
        Contradiction::System(all, systems) => format!(
            "utilization says that {} cores of {machines} are busy, and system_cores that their systems alone take {}",
            significant(all),
            significant(systems)
        ),
        Contradiction::Apart { observed: cores, expected } => {
            let by = match workload.handler_seconds {
                Some(_) => format!("handler_ms and the profile of {runtime} give"),
                None => format!("to read and decode these events takes {runtime}"),
            };
            let told = if observed == "utilization" { " cores without the system's" } else { "" };
            let [bound, other] = match expected > cores {
                true => ["at least ", "at most "],
                false => ["at most ", "at least "],
            };
            let is_known = workload.cores_in_use(problem.current_machine) == Some(cores);
            let other = if is_known { "" } else { other };
            format!(
                "{observed} says {other}{}{told}, and {by} {bound}{} cores",
                significant(cores),
                significant(expected)
            )
        }
        Contradiction::Bill { purchase, least } => format!(
            "current_usd_per_month is {}, and {machines} cost {} a month by the lowest price, {purchase}: a unit may be lost, or \
             it is of one machine or of a part of a month",
            usd(workload.current_usd_per_month.unwrap_or(0.0)),
            usd(least)
        ),
        Contradiction::Calls { mean, limit } => format!(
            "it makes {} calls/s on average, and what it calls takes {} (downstream_max_per_second)",
            significant(mean),
            significant(limit)
        ),
        Contradiction::Backtest { error } => format!(
            "predicted and measured cores are {} apart in the median hour by calibrate --history",
            percent(error)
        ),
    };
    let of_one = workload.processes_if_of_one_machine().filter(|_| suspects.is_first("current_processes"));
    let counted = of_one.map_or_else(String::new, |(of_one, all)| {
        format!("; current_processes is of all machines: {all} if each runs {of_one}")
    });
    let peak = beyond_at_peak(workload, problem.current_machine);
    Some(format!("{figures}; look at {suspects}{counted}{peak}"))
}

/// That what was measured on average is more than there is at peak.
pub fn beyond_at_peak(workload: &Workload, machine: Option<&Machine>) -> String {
    let factor = workload.peak_factor;
    let [mean, peak] = [1.0, factor].map(|times| share_in_use(workload, machine, times).unwrap_or(0.0));
    let [factor, at_mean, at_peak] = [significant(factor), percent(mean), percent(peak)];
    let told =
        format!("; look at peak_factor ({factor}) too: {at_mean} on average would be {at_peak} at peak");
    if mean <= 1.0 && peak > 1.0 { told } else { String::new() }
}

/// That handlers take more cores at the mean rate, as measured or by `handler_ms`, than machines or single-threaded processes have.
fn cores_beyond(problem: &Problem<'_>) -> Option<String> {
    let Problem { workload, current_machine, ref today, current, .. } = *problem;
    if current_machine.is_some_and(|machine| machine.burst_baseline.is_some()) {
        return None;
    }
    let by_handler = || {
        let cores = workload.mean_rate() * (workload.handler_seconds? - today.wait_seconds);
        Some(("handler_ms gives".to_owned(), cores))
    };
    let in_use = workload.cores_in_use(current_machine);
    let in_use = in_use.map(|cores| (format!("{} says", measured_by(workload)), cores));
    let (says, cores) = in_use.or_else(by_handler)?;
    let vcpus = |on: &Machines| on.instances as f64 * f64::from(on.vcpus);
    let has = match Machines::today(problem).filter(|on| cores > vcpus(on)) {
        Some(on) => format!("{on} have {} vCPUs", significant(vcpus(&on))),
        None => {
            let processes =
                workload.current_processes.filter(|_| current.deployment == Deployment::Processes);
            let processes = processes.filter(|processes| cores > f64::from(*processes))?;
            format!("{} use a core each at most", plural_of(processes.into(), ("process", "processes")))
        }
    };
    Some(format!("{says} {} cores at the mean rate, and {has}", significant(cores)))
}

/// The column that says how many cores are in use.
fn measured_by(workload: &Workload) -> &'static str {
    if workload.observed_cores.is_some() { "observed_cores" } else { "utilization" }
}

/// The share of a vCPU that lasts, of a burstable machine.
fn of_baseline(problem: &Problem<'_>) -> String {
    let baseline = problem.current_machine.and_then(|machine| machine.burst_baseline);
    baseline.map(|share| format!(", which is its baseline of {} a vCPU", percent(share))).unwrap_or_default()
}
