//! What one event costs: from what is known of today to any runtime.
//!
//! Core-seconds here are on a vCPU of speed 1.0 unless a name says otherwise.

use crate::demand::fetch::{FetchCost, Service};
pub use crate::demand::refusal::{DemandError, Lacking, Reading, Unmeasured};
use crate::demand::vcpu::VcpuToday;
use crate::machine::Machine;
use crate::runtime::{Deployment, Runtime};
use crate::words::words;
use crate::workload::Workload;

/// Waits shorter than this, s, are no downstream calls.
pub const SHORTEST_CALL_SECONDS: f64 = 1e-4;

/// The longest that the fetch of a client is taken to wait where that is not known, s.
pub const LONGEST_FETCH_WAIT_SECONDS: f64 = 0.1;

/// Where the wait of an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitBasis {
    /// The workload gives it.
    Given,
    /// The I/O ratio of a given handler time.
    ShareOfHandler,
    /// The I/O ratio alone, against the CPU that an event takes. Usually too small.
    InferredFromCpu,
}

words!(WaitBasis { Given = "given", ShareOfHandler = "share_of_handler", InferredFromCpu = "inferred_from_cpu" });

/// What the handler's own CPU was read out of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpuBasis {
    /// Nothing says what it is.
    Nothing,
    /// `handler_ms`.
    HandlerTime,
    /// The cores in use, where these leave more or nobody timed the handler.
    CoresInUse,
}

/// What an event takes today, in terms that hold for any runtime. It is handled `attempts_per_event` times, a.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Today {
    /// w, I/O wait per event in all of its attempts, s.
    pub wait_seconds: f64,
    /// Where w comes from.
    pub wait_basis: WaitBasis,
    /// Downstream calls of one attempt at an event; of a batch's calls its q-th part.
    pub io_calls: f64,
    /// How much of what the profile says of their CPU they take at most: no more than the handler's time leaves room for.
    pub call_share: f64,
    /// Members of the consumer group that fetch and idle today.
    pub members: f64,
    /// How long a fetch of today's client waits for more events, s.
    pub fetch_wait_seconds: f64,
    /// H, the handler's own CPU in the current runtime in all attempts at an event, core-s, without the kind's parsing.
    pub handler_core_seconds: f64,
    /// Where H comes from.
    pub cpu_basis: CpuBasis,
    /// H as plans carry it.
    pub carried: Carried,
}

/// H as every plan has to carry it: of cores in use the most that they may leave, whatever stands in blank cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carried {
    /// Members that fetch and idle at least.
    pub members: f64,
    /// How long their fetches wait, of a blank wait the one with which fetching takes least, s.
    pub fetch_wait_seconds: f64,
    /// H, core-s.
    pub core_seconds: f64,
}

impl Carried {
    /// The most that cores in use may leave: processes that nobody has counted are no more than instances and busy cores, and
    /// fetches whose wait is blank wait as long as takes them least.
    fn most(
        today: &Today,
        workload: &Workload,
        current: &Runtime,
        cores: f64,
        vcpu: VcpuToday,
    ) -> Result<Self, Unmeasured> {
        let busy = cores.max(f64::from(workload.current_instances.unwrap_or(1)));
        let members = workload.current_processes.map_or(today.members.min(busy), |_| today.members);
        let observed = observed_today(workload, current, cores, vcpu, members);
        let left = |fetch_wait_seconds| {
            let calls = today.charged_calls();
            let profile = profile_today(workload, current, calls, vcpu, members, fetch_wait_seconds)?;
            Ok(Self { members, fetch_wait_seconds, core_seconds: (observed - profile).max(0.0) })
        };
        if let Some(wait) = workload.current_fetch_wait_seconds {
            return left(wait);
        }
        let (never, longest) = (left(0.0)?, left(LONGEST_FETCH_WAIT_SECONDS)?);
        Ok(if longest.core_seconds > never.core_seconds { longest } else { never })
    }
}

/// CPU of one event in one runtime by its parts, core-seconds at speed 1.0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// The fetch that brings the event, of which it bears a share.
    pub fetch: FetchCost,
    /// Delivery, and the fetch where the profile does not give it by itself.
    pub consume: f64,
    /// What the kind of handler adds: parse, validate, aggregate.
    pub handler_kind: f64,
    /// Awaited downstream calls.
    pub io_calls: f64,
    /// Events written.
    pub produce: f64,
    /// Committing what was handled, where that is waited for.
    pub commit: f64,
    /// The wait for it, s; it is in no core-seconds.
    pub commit_wait_seconds: f64,
    /// The handler's own code, carried over from the current runtime.
    pub own_code: f64,
}

impl Demand {
    /// The same event handled `times` as often: kind of handler, own code and calls each time, reading and writing once.
    pub fn retried(self, times: f64) -> Self {
        Self {
            handler_kind: self.handler_kind * times,
            io_calls: self.io_calls * times,
            own_code: self.own_code * times,
            ..self
        }
    }

    /// Each part as `choose` has it of this and another demand in the same runtime.
    pub fn by_parts(self, other: Self, choose: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            fetch: self.fetch,
            consume: choose(self.consume, other.consume),
            handler_kind: choose(self.handler_kind, other.handler_kind),
            io_calls: choose(self.io_calls, other.io_calls),
            produce: choose(self.produce, other.produce),
            commit: choose(self.commit, other.commit),
            commit_wait_seconds: choose(self.commit_wait_seconds, other.commit_wait_seconds),
            own_code: choose(self.own_code, other.own_code),
        }
    }

    /// demand_p, all parts but the fetch.
    pub fn handling(&self) -> f64 {
        self.consume + self.handler_kind + self.io_calls + self.produce + self.commit + self.own_code
    }

    /// All parts, with an event's part of the fetch for a member that reads `member_rate` events/s, has `cores` vCPUs of a
    /// speed for handling and fetching, and whose fetches wait for `fetch_wait_seconds`.
    pub fn total_at(&self, member_rate: f64, cores: f64, speed: f64, fetch_wait_seconds: f64) -> f64 {
        self.handling() + self.on(speed).fetch_seconds_at(member_rate, cores, fetch_wait_seconds) * speed
    }

    /// What it takes on a machine of one-vCPU speed v: `demand_p / v`, and the fetch.
    pub fn on(&self, speed: f64) -> Service {
        Service { handling_seconds: self.handling() / speed, fetch: self.fetch.scaled(1.0 / speed) }
    }
}

/// `base_p(calls)`, the event's cost by profile alone, without the handler's own code:
/// `v_p (c0 + c1 b + a (k0 + k1 b + calls (cio0 + cio1 b)) + produces (p0 + p1 b) + commits ccommit)`, and the fetch.
///
/// Fails where the profile has no figure for the handler kind, the calls, the writing or the commits.
pub fn base(workload: &Workload, runtime: &Runtime, calls: f64) -> Result<Demand, Unmeasured> {
    let speed = runtime.provenance.vcpu_speed;
    let bytes = workload.event_bytes;
    let missing = |lacking| Unmeasured { runtime: runtime.name.clone(), lacking };
    let kind = runtime.cpu.handler.get(&workload.handler).ok_or_else(|| {
        let known = runtime.cpu.handler.keys().cloned().collect();
        missing(Lacking::HandlerKind { kind: workload.handler.clone(), known })
    })?;
    let produce = match &runtime.cpu.produce {
        Some(cost) => workload.produces * cost.at(bytes),
        None if workload.produces == 0.0 => 0.0,
        None => return Err(missing(Lacking::Produce)),
    };
    let commits = workload.commits_per_event();
    let commit = match &runtime.commit {
        Some(commit) => [&commit.core_seconds, &commit.wait_seconds].map(|figure| commits * figure.value),
        None if commits == 0.0 => [0.0; 2],
        None => return Err(missing(Lacking::Commit)),
    };
    let once = Demand {
        fetch: runtime.fetch_cost(),
        consume: speed * runtime.cpu.consume.at(bytes),
        handler_kind: speed * kind.at(bytes),
        io_calls: speed * calls_cost(workload, runtime, calls)?,
        produce: speed * produce,
        commit: speed * commit[0],
        commit_wait_seconds: commit[1],
        own_code: 0.0,
    };
    Ok(once.retried(workload.outlook.attempts_per_event))
}

/// CPU of one event today by profile alone, its part of the fetch at the rate of today's members included, where a fetch
/// waits `fetch_wait_seconds` for more events.
///
/// Of a binary of threads, whose cores today are not known, fetching may take one whole.
pub fn profile_today(
    workload: &Workload,
    current: &Runtime,
    calls: f64,
    vcpu: VcpuToday,
    members: f64,
    fetch_wait_seconds: f64,
) -> Result<f64, Unmeasured> {
    let cores = match current.deployment {
        Deployment::Processes => 1.0 - current.idle_cores_at(vcpu.speed),
        Deployment::Threads => f64::INFINITY,
    };
    let rate = workload.member_rate_today(members);
    Ok(base(workload, current, calls)?.total_at(rate, cores, vcpu.speed, fetch_wait_seconds))
}

/// CPU of one event today by the cores in use, its part of the fetch included: what is left of these beside idling members,
/// core-s; 0 where idling takes all.
pub fn observed_today(
    workload: &Workload,
    current: &Runtime,
    cores: f64,
    vcpu: VcpuToday,
    members: f64,
) -> f64 {
    let idle = members * current.idle_cores_at(vcpu.speed);
    (cores - idle).max(0.0) / workload.mean_rate() * vcpu.work()
}

/// CPU of the downstream calls of one attempt, core-s on the profile's machine: `calls (cio0 + cio1 b)`.
fn calls_cost(workload: &Workload, runtime: &Runtime, calls: f64) -> Result<f64, Unmeasured> {
    match &runtime.cpu.io_call {
        Some(call) => Ok(calls * call.at(workload.event_bytes)),
        None if calls == 0.0 => Ok(0.0),
        None => Err(Unmeasured { runtime: runtime.name.clone(), lacking: Lacking::IoCall }),
    }
}

impl Today {
    /// Reads an event's wait and own handler work out of what the workload says of today.
    ///
    /// `current` is the profile of what runs today, v_now and e_now what a vCPU of the machine does that it runs on. With
    /// `o = e_now max(0, cores - members idle v_cur/v_now) / L0` and `base_cur` with the fetch at the rate of today's members:
    ///
    /// ```text
    /// w = a io_wait/q; or a r handler/q; or r/(1-r) max(base_cur(0)/v_now, o)/e_now
    /// H = max of  (a handler/q - w) v_now e_now - a calls share (cio0 + cio1 b) v_cur  where handler is given
    ///             o v_now - base_cur(calls share)                                where cores are given
    ///             0
    /// ```
    ///
    /// Where a timed handler and measured cores differ, plans have to carry the larger of the two. Cores that may be
    /// [the system's alone](Workload::may_use_no_cores) count only where no handler was timed.
    ///
    /// `calls` is `io_calls/q`. `o` has all attempts in it already, and so has base_cur.
    pub fn read(
        workload: &Workload,
        current: &Runtime,
        machine: Option<&Machine>,
        vcpu: VcpuToday,
    ) -> Result<Self, DemandError> {
        let speed_cur = current.provenance.vcpu_speed;
        let Workload { io_ratio: ratio, io_wait_seconds, handler_seconds, .. } = *workload;
        let attempts = workload.outlook.attempts_per_event;
        let batch = f64::from(workload.batch_size);
        // What a call takes is shared by its events.
        let times = attempts / batch;
        let unmeasured = |needed_for| {
            move |Unmeasured { runtime, lacking }| DemandError::Unmeasured { runtime, lacking, needed_for }
        };
        if let (Some(wait_seconds), Some(handler_seconds)) = (io_wait_seconds, handler_seconds)
            && wait_seconds > handler_seconds
        {
            return Err(DemandError::WaitExceedsHandler { wait_seconds, handler_seconds });
        }
        let cores = workload.cores_in_use(machine);
        let members = workload.members_today(workload.member_in(current), cores);
        let known_wait = io_wait_seconds.or_else(|| Some(ratio * handler_seconds?));
        let io_calls = workload.io_calls.unwrap_or(match known_wait {
            Some(wait) if wait >= SHORTEST_CALL_SECONDS => 1.0,
            _ => 0.0,
        }) / batch;
        let by_profile =
            |calls, fetch_wait| profile_today(workload, current, calls, vcpu, members, fetch_wait);
        let profile = |fetch_wait| by_profile(io_calls, fetch_wait).map_err(unmeasured(Reading::CpuOfCores));
        // Without a profile of its kind of handler, only the handler's time can be read.
        let observed = cores
            .filter(|_| handler_seconds.is_none() || profile(0.0).is_ok())
            .map(|cores| observed_today(workload, current, cores, vcpu, members));
        let fetch_wait_seconds = match (workload.current_fetch_wait_seconds, observed) {
            (Some(wait), _) => wait,
            // Fetching without a wait would take more than everything does.
            (None, Some(observed)) if observed.max(profile(LONGEST_FETCH_WAIT_SECONDS)?) < profile(0.0)? => {
                LONGEST_FETCH_WAIT_SECONDS
            }
            (None, _) => 0.0,
        };
        let (wait_seconds, wait_basis) = match (io_wait_seconds, known_wait) {
            (Some(wait), _) => (times * wait, WaitBasis::Given),
            (None, Some(wait)) => (times * wait, WaitBasis::ShareOfHandler),
            (None, None) if ratio > 0.0 => {
                let floor =
                    by_profile(0.0, fetch_wait_seconds).map_err(unmeasured(Reading::WaitFromRatio))?;
                let seconds = floor.max(observed.unwrap_or(0.0)) / vcpu.work();
                (ratio / (1.0 - ratio) * seconds, WaitBasis::InferredFromCpu)
            }
            (None, None) => (0.0, WaitBasis::Given),
        };
        let mut today = Self {
            wait_seconds,
            wait_basis,
            io_calls,
            call_share: 1.0,
            members,
            fetch_wait_seconds,
            handler_core_seconds: 0.0,
            cpu_basis: CpuBasis::Nothing,
            carried: Carried { members, fetch_wait_seconds, core_seconds: 0.0 },
        };
        if let Some(seconds) = handler_seconds {
            let calls = calls_cost(workload, current, io_calls).map_err(unmeasured(Reading::CpuOfHandler))?;
            let calls = attempts * calls * speed_cur;
            let handler = (times * seconds - wait_seconds).max(0.0) * vcpu.work();
            if calls > handler {
                today.call_share = handler / calls;
            }
            today.handler_core_seconds = (handler - calls).max(0.0);
            today.cpu_basis = CpuBasis::HandlerTime;
        }
        if let Some(observed) = observed {
            // Of a handler that was timed, cores count as more only where they leave more beside fetches that never wait.
            let wait = match handler_seconds {
                Some(_) => workload.current_fetch_wait_seconds.unwrap_or(0.0),
                None => fetch_wait_seconds,
            };
            let profile = by_profile(today.charged_calls(), wait).map_err(unmeasured(Reading::CpuOfCores))?;
            let own = observed - profile;
            // What may be the system's alone is no reason to doubt a handler that was timed.
            let is_more = || own > today.handler_core_seconds && !workload.may_use_no_cores(machine);
            if handler_seconds.is_none() || is_more() {
                today.handler_core_seconds = own.max(0.0);
                today.cpu_basis = CpuBasis::CoresInUse;
            }
        }
        today.carried.core_seconds = today.handler_core_seconds;
        if let Some(cores) = cores.filter(|_| handler_seconds.is_none()) {
            let most = Carried::most(&today, workload, current, cores, vcpu);
            today.carried = most.map_err(unmeasured(Reading::CpuOfCores))?;
        }
        Ok(today)
    }

    /// CPU of one event today by profile alone, its part of the fetch included, core-s: [`profile_today`] with what was read.
    /// `current` may have other figures than those that it was read with.
    pub fn by_profile(
        &self,
        workload: &Workload,
        current: &Runtime,
        vcpu: VcpuToday,
    ) -> Result<f64, Unmeasured> {
        let (calls, wait) = (self.charged_calls(), self.fetch_wait_seconds);
        profile_today(workload, current, calls, vcpu, self.members, wait)
    }

    /// The calls of one attempt whose CPU is counted.
    pub fn charged_calls(&self) -> f64 {
        self.io_calls * self.call_share
    }

    /// The cost of one event in today's runtime by what it most likely takes: `base_cur(calls) + H`. `current` may have other
    /// figures than those that it was read with.
    pub fn demand_today(&self, workload: &Workload, current: &Runtime) -> Result<Demand, Unmeasured> {
        Ok(Demand { own_code: self.handler_core_seconds, ..base(workload, current, self.charged_calls())? })
    }

    /// The cost of one event in a runtime as plans carry it, `demand_p` and the fetch: `base_p(calls) + H (g + (1-g) f)`,
    /// all attempts included.
    ///
    /// `own_code_factor` is f, given apart so that the ends of its range can be put in.
    pub fn demand_in(
        &self,
        workload: &Workload,
        runtime: &Runtime,
        own_code_factor: f64,
    ) -> Result<Demand, Unmeasured> {
        let native = workload.native_share;
        // Such that a factor of 1 leaves it as it is to the last bit.
        let own_code = self.carried.core_seconds * (1.0 - (1.0 - native) * (1.0 - own_code_factor));
        Ok(Demand { own_code, ..base(workload, runtime, self.charged_calls())? })
    }
}
