//! What to know of the figures that a workload was planned with.

use super::handlers;
use super::paid;
use super::plans::machines;
use super::questions::{assumed_runtime, mended_by, running, unlikely};
use super::unlucky::{is_behind, unlucky, unlucky_of};
use crate::report::assumed;
use crate::report::figures::{self, percent, rate, seconds, significant, usd};
use std::collections::BTreeSet;
use tonnage_model::capacity::constraint::BoundBy;
use tonnage_model::cost::surplus::Surplus;
use tonnage_model::decide::alternative::Machines;
use tonnage_model::decide::checked::{memory_of_process, state_shared_out};
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::demand::downstream::DownstreamLoad;
use tonnage_model::demand::event::{CpuBasis, Today, WaitBasis};
use tonnage_model::latency::spread::MOST_TIMES_MEAN;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::Set;
use tonnage_model::units::MIB;
use tonnage_model::workload::Workload;

/// Runtimes with figures that nobody measured.
pub fn not_measured(fleet: &Fleet<'_>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let all = fleet.runtimes.iter().chain(fleet.entries.iter().flat_map(|entry| &entry.planner.runtimes));
    let guessed: Vec<String> = all
        .filter(|runtime| seen.insert(&runtime.name))
        .filter_map(|runtime| {
            let (measured, published, assumed) = runtime.count_by_evidence();
            let guessed = published + assumed;
            (guessed > 0).then(|| format!("{} ({guessed} of {} figures)", runtime.name, guessed + measured))
        })
        .collect();
    (!guessed.is_empty()).then(|| {
        format!(
            "Not measured, but published by others or assumed: {}. `tonnage catalog runtimes NAME` shows each.",
            guessed.join(", "),
        )
    })
}

/// Why nothing that follows from the time of an event is told.
pub const NO_TIME_OF_EVENT: &str = "all CPU in use may be the system's, so nothing says how long an event takes, nor its p99; give handler_ms";
const NO_CPU_OF_HANDLER: &str = "neither handler_ms nor observed_cores is given, so the handler's own code costs nothing here and every \
     bill is a lower bound";

/// Spikes that change nothing: in the language of today, or in one that nothing is planned in.
fn spikes_of_no_plan(entry: &PlannedWorkload<'_>) -> Option<String> {
    let PlannedWorkload { problem, planner, .. } = entry;
    let is_planned = |language: &String| {
        *language != problem.current.language.name
            && planner.runtimes.iter().any(|it| it.language.name == *language)
    };
    let languages = problem.workload.spikes.iter().map(|(language, _)| language);
    let idle: Vec<&str> = languages.filter(|it| !is_planned(it)).map(String::as_str).collect();
    (!idle.is_empty()).then(|| {
        format!(
            "spike_factor of {} changes no plan: it is today's language, or no plan is made in it",
            idle.join(", ")
        )
    })
}

/// Notes on one workload, full sentences without their full stop.
pub fn notes(entry: &PlannedWorkload<'_>) -> Vec<String> {
    let today = &entry.problem.today;
    let workload = &entry.problem.workload;
    let current = &entry.problem.current.name;
    let mut notes = Vec::new();
    if today.wait_basis == WaitBasis::InferredFromCpu {
        notes.push(format!(
            "the wait of {} an event follows from io_ratio and CPU alone, which may be several times off; give handler_ms or \
             io_wait_ms",
            seconds(today.wait_seconds)
        ));
    }
    let says_nothing = [
        (entry.problem.may_be_of_system_alone(), NO_TIME_OF_EVENT),
        (workload.says_nothing_of_cpu(), NO_CPU_OF_HANDLER),
    ];
    notes.extend(says_nothing.into_iter().filter(|(is_so, _)| *is_so).map(|(_, note)| note.to_owned()));
    notes.extend(untimed_goal(entry));
    notes.extend(spikes_of_no_plan(entry));
    if today.cpu_basis == CpuBasis::CoresInUse && today.carried.core_seconds <= 0.0 {
        notes.push(format!(
            "observed_cores are fewer than {current} takes to read and decode these events by its profile; the handler's \
             own CPU is taken as 0"
        ));
    }
    notes.extend(blank_fetch_wait(entry));
    notes.extend(assumed_runtime(entry));
    notes.extend(assumed::taken([*workload]));
    notes.extend(assumed_speed(&entry.problem));
    if let Some(machine) = entry.problem.current_machine {
        if machine.vcpu_speed.is_none() {
            notes.push(format!(
                "the speed of {} is not known; today's figures are read as if from the machine of {current}'s profile",
                machine.instance_type
            ));
        }
        let surplus = Surplus::at(1.0, workload, Some(machine)).filter(|it| it.usd_per_vcpu_hour > 0.0);
        if let Some(surplus) = surplus {
            notes.push(format!(
                "today's {} use {} of their vCPUs above the baseline of {}: CPU credits of {} a month",
                machine.instance_type,
                significant(surplus.vcpus),
                percent(machine.burst_baseline.unwrap_or(1.0)),
                usd(surplus.usd_per_month()),
            ));
        }
        if workload.machines_today().is_some() && entry.recommendation.today_usd_per_month.is_none() {
            notes.push(format!(
                "no {} price of {} is known, so nor is today's bill; give current_usd_per_month, or the price with --prices",
                entry.planner.policy.purchase, machine.instance_type
            ));
        }
    }
    notes.extend(paid::notes(entry));
    notes.extend(handlers::long_call(entry));
    notes.extend(capped_wait(entry));
    notes.extend(downstream(entry));
    notes.extend(in_flight_today(entry));
    notes.extend(empty_machines(workload));
    // Of a plan that is shown.
    if !entry.recommendation.baseline.is_contradictory() {
        notes.extend(of_baseline(entry));
        notes.extend(cores_over_time(entry));
        notes.extend(memory(entry));
        notes.extend(handlers::slow_batch(entry));
        notes.extend(one_instance(entry));
        notes.extend(standby(entry));
        notes.extend(unlucky_of(entry).filter(|it| !is_behind(entry, it)).map(unlucky));
        notes.extend(most_processes(entry));
        notes.extend(mended_by(entry));
        notes.extend(unlikely(entry));
    }
    notes
}

/// What shares of CPU are of, on burstable machines.
fn of_baseline(entry: &PlannedWorkload<'_>) -> Option<String> {
    let machine = entry.recommendation.in_current.as_ref().ok()?.machine;
    let share = percent(machine.burst_baseline?);
    Some(format!("shares of CPU on {} are of its baseline, {share} of a vCPU", machine.instance_type))
}

/// That a goal for p99 decides nothing, as nothing says how long an event takes.
pub fn untimed_goal(entry: &PlannedWorkload<'_>) -> Option<String> {
    let goal = entry.problem.untimed_goal_seconds()?;
    Some(format!("no plan can be held against the p99 goal of {}: give handler_ms", seconds(goal)))
}

/// That the cores in use say more of an event than the handler's time, and make the plan.
fn cores_over_time(entry: &PlannedWorkload<'_>) -> Option<String> {
    let Problem { workload, ref today, .. } = entry.problem;
    let timed = workload.handler_seconds.filter(|_| today.cpu_basis == CpuBasis::CoresInUse)?;
    Some(format!(
        "measured cores leave more CPU for the handler than its handler_ms of {}; the plan goes by the cores",
        significant(timed * 1e3)
    ))
}

/// What one instance leaves out, and what two would cost.
fn one_instance(entry: &PlannedWorkload<'_>) -> Option<String> {
    let plan = entry.recommendation.in_current.as_ref().ok().filter(|plan| plan.count.instances == 1)?;
    (entry.problem.workload.current_instances == Some(1)).then(|| {
        format!(
            "it runs on one instance today, so one may do again and no loss of a zone is planned for; two of {} would cost \
             {} a month",
            plan.machine.instance_type,
            usd(2.0 * plan.usd_per_month)
        )
    })
}

/// Members of a plan that hold no partition, and why there are any.
fn standby(entry: &PlannedWorkload<'_>) -> Option<String> {
    let plan = entry.recommendation.in_current.as_ref().ok().filter(|plan| plan.standby_members() > 0)?;
    let why = match plan.bound_by() {
        BoundBy::Minimum => "the minimum of instances has them".to_owned(),
        BoundBy::Confidence => "the confidence asked for takes these instances".to_owned(),
        BoundBy::Constraint(constraint) => format!("{constraint} takes these instances"),
    };
    Some(format!(
        "{} of the {} members planned in {} hold no partition and stand by: {why}",
        plan.standby_members(),
        plan.members(),
        plan.runtime.name
    ))
}

/// That more events have to be in flight today than processes take, by Little's law, where nobody says how these work on several.
fn in_flight_today(entry: &PlannedWorkload<'_>) -> Option<String> {
    let (events, processes) = entry.problem.in_flight_today()?;
    let running = running(&entry.problem).filter(|_| events > processes)?;
    let most = entry.problem.workload.in_flight;
    Some(format!(
        "{} events are in flight on average, and {running} run, which plans take to handle {} at a time: they work on more, so \
         give {}concurrency",
        significant(events),
        most.unwrap_or(1),
        most.map_or("in_flight or ", |_| "")
    ))
}

/// That some machines run nothing, unless the processes given are those of one.
fn empty_machines(workload: &Workload) -> Option<String> {
    let ((processes, all), machines) =
        workload.processes_if_of_one_machine().zip(workload.current_instances)?;
    (processes < machines).then(|| {
        format!(
            "current_processes is of all machines: {processes} on {machines} leave some empty; write {all} if each runs {processes}"
        )
    })
}

/// What the next in-flight limit does where the number of processes that people run sets the count.
fn most_processes(entry: &PlannedWorkload<'_>) -> Option<String> {
    let plan = entry.recommendation.in_current.as_ref().ok().filter(|plan| plan.is_bound_by_processes())?;
    let next = entry.option_search().next_in_flight()?;
    Some(format!(
        "the most processes a machine that plans allow, {}, set the count; with in_flight {} it is {}, {} a month",
        plan.count.members_per_instance,
        2 * plan.sizing.in_flight,
        Machines::from(next),
        usd(next.usd_per_month)
    ))
}

/// What plans take a blank wait of today's fetches for, and what the plan would be with less of one.
fn blank_fetch_wait(entry: &PlannedWorkload<'_>) -> Option<String> {
    let Today { fetch_wait_seconds, carried, .. } = entry.problem.today;
    let is_blank = entry.problem.workload.current_fetch_wait_seconds.is_none();
    let cheaper = entry.recommendation.questions.cheaper.as_ref();
    let is_told = is_blank && (fetch_wait_seconds > 0.0 || cheaper.is_some());
    let with_less =
        cheaper.and_then(|it| Some((it.at?, it.usd_per_month?))).map_or_else(String::new, |(at, bill)| {
            format!("; with {} the plan would be {} a month: give it", significant(at), usd(bill))
        });
    is_told.then(|| {
        format!(
            "current_fetch_wait_ms is blank and taken as {}, which leaves most of the CPU in use to the handler's own code\
             {with_less}",
            significant(carried.fetch_wait_seconds * 1e3)
        )
    })
}

/// How cores in use are read whose machines nobody has named, and how to name them.
pub fn assumed_speed(problem: &Problem<'_>) -> Option<String> {
    let is_blank = problem.current_machine.is_none() && problem.assumes_speed_of_cores();
    is_blank.then(|| {
        format!(
            "observed_cores are read as cores of speed {} (AWS c7a is 1), as current_machine is blank; of pods, give \
             current_node_type",
            significant(problem.vcpu_now.speed)
        )
    })
}

/// What memory does not count, and what a collector needs to be told.
fn memory(entry: &PlannedWorkload<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if entry.problem.says_nothing_of_memory() {
        let it = &entry.recommendation;
        let other = it.machines.as_ref().filter(|_| it.rests_on.memory);
        let fewer = other.zip(Machines::today(&entry.problem)).map_or_else(String::new, |(on, today)| {
            let [now, then] = memory_of_process(&entry.problem, it.chosen.as_ref(), &today, on);
            match then < now {
                true => format!(
                    "; a process has {} of {} and would have {} of {}: give memory_mib first",
                    figures::memory(now),
                    today.instance_type,
                    figures::memory(then),
                    on.instance_type
                ),
                false => "; memory sets the count: give memory_mib first".to_owned(),
            }
        });
        notes.push(format!(
            "memory counts no model, cache or tables, as state_mib and memory_mib are empty{fewer}"
        ));
    }
    let it = &entry.recommendation;
    let shared_out = it.chosen.as_ref().filter(|_| it.rests_on.state);
    notes.extend(shared_out.and_then(|plan| {
        let (now, then) = state_shared_out(&entry.problem, plan)?;
        Some(format!(
            "processes keep {} each beside what {} takes. If that is state by partition, fewer of them keep all of it, {} each with a zone \
             lost, for which {} have no room: keep as many processes then. What is the same in every process is state_mib",
            figures::memory(now),
            entry.problem.current.name,
            figures::memory(then),
            machines(plan)
        ))
    }));
    let planned = entry.plans.iter().filter_map(|(runtime, plan)| Some((runtime, plan.as_ref().ok()?)));
    let limited = planned.filter_map(|(runtime, plan)| Some((runtime, plan.collector_limit_bytes()?)));
    notes.extend(limited.map(|(runtime, bytes)| {
        let at = |set| runtime.setting_names.at(set, (bytes / MIB).ceil() * MIB);
        let other = || ("its collector's memory limit".to_owned(), figures::memory(bytes));
        let (setting, limit) = at(Set::MemoryLimit).or_else(|| at(Set::HeapLimit)).unwrap_or_else(other);
        format!("{} needs {setting} {limit}, or its collector may double what it keeps", runtime.name)
    }));
    notes
}

/// That p99 of the wait is farther from its mean than counts.
fn capped_wait(entry: &PlannedWorkload<'_>) -> Option<String> {
    let Problem { workload, ref today, .. } = entry.problem;
    let mean = workload.wait_of_attempt(today.wait_seconds);
    let p99 = workload.io_wait_p99_seconds.filter(|p99| mean > 0.0 && *p99 > MOST_TIMES_MEAN * mean)?;
    Some(format!(
        "io_wait_p99_ms ({}) is {} times the mean wait of {}; {} times count at most, so p99 may be later than printed",
        significant(p99 * 1e3),
        significant(p99 / mean),
        seconds(mean),
        significant(MOST_TIMES_MEAN)
    ))
}

/// The same where that is more than they bear on average.
pub fn never_drains(entry: &PlannedWorkload<'_>) -> Option<String> {
    let load = DownstreamLoad::of(entry.problem.workload, &entry.problem.today)?;
    let is_told = load.exceeds_on_average() && !entry.recommendation.baseline.is_contradictory();
    if is_told { downstream(entry) } else { None }
}

/// That the systems it calls bear less than it asks of them, whatever it runs in.
fn downstream(entry: &PlannedWorkload<'_>) -> Option<String> {
    let load = DownstreamLoad::of(entry.problem.workload, &entry.problem.today)?;
    let mean = rate(load.mean_calls_per_second);
    let Problem { workload, ref today, .. } = entry.problem;
    let consequence = match (load.exceeds_on_average(), workload.io_calls) {
        (true, Some(_)) => format!("the mean of {mean} is above it too, so the backlog never drains"),
        (true, None) => {
            let calls = today.io_calls * f64::from(workload.batch_size);
            let most = significant(calls * load.limit_per_second / load.mean_calls_per_second);
            format!(
                "the mean of {mean} is above it too, so the backlog never drains if io_calls is above {most}"
            )
        }
        (false, _) => format!("the mean is {mean}, so the backlog drains after the peak"),
    };
    let assumed = match (workload.io_calls, workload.batch_size) {
        (None, 1) => " (one an event, as io_calls is blank)",
        (None, _) => " (one a batch, as io_calls is blank)",
        (Some(_), _) => "",
    };
    load.exceeds_at_peak().then(|| {
        format!(
            "its calls come at {} at peak{assumed}, and the systems that it calls take {} (downstream_max_per_second); {consequence}. No \
             runtime helps; caching, batching calls or a higher limit would",
            rate(load.peak_calls_per_second),
            rate(load.limit_per_second)
        )
    })
}
