//! Rates, what an event takes today, and what it takes in a runtime.

use super::step::{Quantity, Steps, Unit};
use crate::demand::event::{Carried, CpuBasis, Demand, WaitBasis, base, profile_today};
use crate::demand::vcpu::share_in_use;
use crate::language::OwnCode;
use crate::machine::IDLE_SIBLING;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::{Linear, Runtime};
use crate::workload::{Commit, SECONDS_PER_DAY, Workload};

/// How often an event is handled, as a factor behind what one attempt takes; nothing where that is once.
fn times(workload: &Workload) -> &'static str {
    if workload.outlook.attempts_per_event == 1.0 { "" } else { " * attempts" }
}

/// The same behind what one call of the handler takes.
fn times_of_call(workload: &Workload) -> String {
    let share = if workload.batch_size == 1 { "" } else { " / batch_size" };
    format!("{}{share}", times(workload))
}

impl Steps {
    /// How often events come.
    pub fn rates(&mut self, workload: &Workload) {
        self.figure("events_per_day", workload.events_per_day, Unit::Number);
        self.figure("day", SECONDS_PER_DAY, Unit::Seconds);
        self.figure("peak_factor", workload.peak_factor, Unit::Number);
        self.add(Quantity::MeanRate, workload.mean_rate(), "events_per_day / day");
        self.add(Quantity::PeakRate, workload.peak_rate(), "mean_rate * peak_factor");
        if let Some(goal) = workload.catch_up {
            self.figure("outage", goal.outage_seconds, Unit::Seconds);
            self.figure("drain", goal.drain_seconds, Unit::Seconds);
            self.add(Quantity::DesignRate, workload.design_rate(), "peak_rate * (1 + outage / drain)");
        }
    }

    /// Wait and own CPU of an event, as read out of today's figures.
    pub fn today(&mut self, problem: &Problem<'_>) {
        let (workload, today, current) = (problem.workload, &problem.today, problem.current);
        let (vcpu, profile_speed) = (problem.vcpu_now, current.provenance.vcpu_speed);
        let (times, of_call) = (times(workload), times_of_call(workload));
        let Carried { members, fetch_wait_seconds: fetch_wait, .. } = today.carried;
        let by_profile =
            |calls| profile_today(workload, current, calls, vcpu, members, fetch_wait).unwrap_or(f64::NAN);
        self.figure("attempts", workload.outlook.attempts_per_event, Unit::Number);
        self.figure("batch_size", f64::from(workload.batch_size), Unit::Count);
        self.figure("io_ratio", workload.io_ratio, Unit::Number);
        self.figure("io_calls", today.charged_calls(), Unit::Number);
        self.figure("io_wait", workload.io_wait_seconds.unwrap_or(0.0), Unit::Seconds);
        let is_read = !workload.says_nothing_of_cpu() || today.wait_basis == WaitBasis::InferredFromCpu;
        let busy = share_in_use(workload, problem.current_machine, 1.0).map_or(0.0, |share| share.min(1.0));
        match problem.current_machine.and_then(|it| Some((it, it.vcpu_speed?))) {
            Some((machine, speed)) if machine.shares_cores() && is_read => {
                self.figure("all_busy_speed", speed, Unit::Number);
                self.figure("idle_sibling", IDLE_SIBLING.value, Unit::Number);
                self.figure("busy_today", busy, Unit::Share);
                let formula = "all_busy_speed * (1 + idle_sibling * (1 - busy_today))";
                self.add(Quantity::SpeedNow, vcpu.speed, formula);
            }
            _ => self.figure("speed_now", vcpu.speed, Unit::Number),
        }
        let mut work = "speed_now";
        if vcpu.worth < 1.0 {
            self.figure("busy_threads", vcpu.threads, Unit::Number);
            self.figure("sigma_now", current.scaling.sigma.value, Unit::Number);
            self.figure("kappa_now", current.scaling.kappa.value, Unit::Number);
            let formula =
                "1 / (1 + sigma_now * (busy_threads - 1) + kappa_now * busy_threads * (busy_threads - 1))";
            self.add(Quantity::WorthNow, vcpu.worth, formula);
            work = "speed_now * worth_now";
        }
        self.figure("profile_speed", profile_speed, Unit::Number);
        let cores = workload.cores_in_use(problem.current_machine).unwrap_or(0.0);
        let own = match today.cpu_basis {
            CpuBasis::Nothing => "0".to_owned(),
            CpuBasis::HandlerTime => {
                let seconds = workload.handler_seconds.unwrap_or(0.0);
                let call = current.cpu.io_call.as_ref().map_or(0.0, |call| call.at(workload.event_bytes));
                self.figure("handler", seconds, Unit::Seconds);
                self.figure("io_call", call, Unit::Seconds);
                let own = format!("(handler{of_call} - wait) * {work}");
                format!("max(0, {own} - io_calls * io_call{times} * profile_speed)")
            }
            CpuBasis::CoresInUse => {
                let idle = current.idle_cores_at(vcpu.speed);
                let profile = by_profile(today.charged_calls());
                let handling =
                    base(workload, current, today.charged_calls()).map_or(f64::NAN, |it| it.handling());
                let cores_of = match workload.observed_cores {
                    Some(_) => "observed_cores",
                    None => "cores_by_utilization",
                };
                self.figure(cores_of, cores, Unit::Number);
                self.figure("current_processes", members, Unit::Number);
                self.figure("idle_cores", idle, Unit::Number);
                self.figure("handling", handling, Unit::Seconds);
                self.figure("fetching", profile - handling, Unit::Seconds);
                let observed = (cores - members * idle).max(0.0) / workload.mean_rate();
                let busy = format!("max(0, {cores_of} - current_processes * idle_cores)");
                self.add(Quantity::ObservedCpu, observed, format!("{busy} / mean_rate"));
                self.add(Quantity::ProfileCpu, profile, "handling + fetching");
                format!("max(0, observed_cpu * {work} - profile_cpu)")
            }
        };
        let wait = match today.wait_basis {
            WaitBasis::Given if workload.io_wait_seconds.is_some() => format!("io_wait{of_call}"),
            WaitBasis::Given => "io_ratio".to_owned(),
            WaitBasis::ShareOfHandler => format!("io_ratio * handler{of_call}"),
            WaitBasis::InferredFromCpu => {
                self.figure("without_calls", by_profile(0.0) / vcpu.work(), Unit::Seconds);
                let cpu = match self.has(Quantity::ObservedCpu) {
                    true => "max(without_calls, observed_cpu)",
                    false => "without_calls",
                };
                format!("io_ratio / (1 - io_ratio) * {cpu}")
            }
        };
        self.add(Quantity::Wait, today.wait_seconds, wait);
        self.add(Quantity::OwnCpu, today.carried.core_seconds, own);
    }

    /// CPU of an event by its parts. `fetch` is its part of the fetch, core-s at speed 1.0, at `member_rate` events/s,
    /// which is read as the formula `reads` says, where each fetch waits for `fetch_wait` seconds.
    pub fn demand(
        &mut self,
        problem: &Problem<'_>,
        runtime: &Runtime,
        demand: &Demand,
        (member_rate, reads, fetch_wait): (f64, &str, f64),
        fetch: f64,
    ) {
        let (workload, cpu, today) = (problem.workload, &runtime.cpu, &problem.today);
        let times = times(workload);
        let of_commit = if workload.commit == Commit::Batch { " / batch_size" } else { "" };
        let first = self.all.len();
        self.figure("speed", runtime.provenance.vcpu_speed, Unit::Number);
        self.figure("event_size", workload.event_bytes, Unit::EventBytes);
        self.figure("produces", workload.produces, Unit::Number);
        if let Some(each) = &cpu.fetch {
            self.figure("round_trip", each.round_trip_seconds.value, Unit::Seconds);
            self.figure("each_fetch", each.core_seconds.value, Unit::Seconds);
            self.figure("left_by_handling", fetch, Unit::Seconds);
            self.add(Quantity::MemberRate, member_rate, reads);
            self.figure("fetch_wait", fetch_wait, Unit::Seconds);
            let events = if fetch_wait > 0.0 {
                "member_rate * (round_trip + fetch_wait)"
            } else {
                "member_rate * round_trip + exp(-member_rate * round_trip)"
            };
            let brought = demand.fetch.events_per_waiting_fetch(member_rate, fetch_wait);
            self.add(Quantity::EventsPerFetch, brought, events);
            // Fetching gets no more of a core than handling leaves.
            let yields = fetch < demand.fetch.per_event(member_rate, fetch_wait) * (1.0 - 1e-9);
            let share = "speed * each_fetch / events_per_fetch".to_owned();
            let share = if yields { format!("min({share}, left_by_handling)") } else { share };
            self.add(Quantity::Fetch, fetch, share);
        }
        self.part(Quantity::Receive, demand.consume, &cpu.consume, "", "");
        if let Some(kind) = cpu.handler.get(&workload.handler) {
            self.part(Quantity::HandlerKind, demand.handler_kind, kind, "", times);
        }
        if let Some(call) = cpu.io_call.as_ref().filter(|_| today.io_calls > 0.0) {
            self.part(Quantity::Calls, demand.io_calls, call, "io_calls * ", times);
        }
        if let Some(produce) = cpu.produce.as_ref().filter(|_| workload.produces > 0.0) {
            self.part(Quantity::Write, demand.produce, produce, "produces * ", "");
        }
        if let Some(commit) = runtime.commit.as_ref().filter(|_| workload.commits_per_event() > 0.0) {
            self.figure("each_commit", commit.core_seconds.value, Unit::Seconds);
            self.figure("each_wait", commit.wait_seconds.value, Unit::Seconds);
            self.add(Quantity::Commit, demand.commit, format!("speed * each_commit{of_commit}"));
        }
        if today.carried.core_seconds > 0.0 {
            self.figure("native_share", workload.native_share, Unit::Number);
            let factor = match (self.own_code_factor(problem, runtime), workload.native_share) {
                (false, _) => "own_cpu",
                (true, 0.0) => "own_cpu * own_code_factor",
                (true, _) => "own_cpu * (native_share + (1 - native_share) * own_code_factor)",
            };
            self.add(Quantity::OwnCode, demand.own_code, factor);
        }
        let factors = [Quantity::MemberRate, Quantity::EventsPerFetch, Quantity::OwnCodeFactor];
        let parts = self.all[first..].iter().map(|step| step.quantity).filter(|it| !factors.contains(it));
        let sum = parts.map(Quantity::name).collect::<Vec<_>>().join(" + ");
        self.add(Quantity::Cpu, demand.handling() + fetch, sum);
        if demand.commit_wait_seconds > 0.0 {
            self.add(Quantity::CommitWait, demand.commit_wait_seconds, format!("each_wait{of_commit}"));
        }
    }

    /// What own code takes over today's, and whether it is in another language at all.
    fn own_code_factor(&mut self, problem: &Problem<'_>, runtime: &Runtime) -> bool {
        let own_code = problem.own_code(runtime);
        let formula = match own_code {
            OwnCode::Same => return false,
            OwnCode::Spike(times_less) => {
                self.figure("spike_factor", times_less, Unit::Number);
                "1 / spike_factor"
            }
            OwnCode::Over(ours) => {
                self.figure("own_code_over_today", ours.value, Unit::Number);
                "own_code_over_today"
            }
            OwnCode::Under(theirs) => {
                self.figure("today_over_own_code", theirs.value, Unit::Number);
                "1 / today_over_own_code"
            }
            OwnCode::Quotient(ours, theirs) => {
                self.figure("over_cpython", ours.value, Unit::Number);
                self.figure("over_cpython_today", theirs.value, Unit::Number);
                "over_cpython / over_cpython_today"
            }
        };
        self.add(Quantity::OwnCodeFactor, own_code.at(RangeEnd::Best), formula);
        true
    }

    /// A part of it that has a cost for each event and for each byte.
    fn part(&mut self, quantity: Quantity, seconds: f64, cost: &Linear, before: &str, after: &str) {
        self.figure("per_event", cost.per_event.value, Unit::Seconds);
        self.figure("per_byte", cost.per_byte.value, Unit::SecondsPerByte);
        let each = match cost.per_byte.value {
            0.0 => "per_event",
            _ => "(per_event + per_byte * event_size)",
        };
        self.add(quantity, seconds, format!("speed * {before}{each}{after}"));
    }
}
