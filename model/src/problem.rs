//! One workload with what runs it today, to be planned in any runtime.

use crate::bill_bounds::Work;
use crate::capacity::busy::WAIT_OF_GOAL;
use crate::capacity::sizing::Sizing;
use crate::cheapest::{BestEstimates, Counting, Search};
use crate::demand::event::{CpuBasis, Demand, DemandError, Today, Unmeasured, WaitBasis};
use crate::demand::vcpu::VcpuToday;
use crate::language::OwnCode;
pub use crate::language::RangeEnd;
use crate::machine::{IDLE_SIBLING, Machine};
use crate::offers::{Offer, Offers};
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::runtime::{Concurrency, Deployment, Member, Runtime};
use crate::workload::Workload;

/// A workload with what runs it today, read into terms that hold for any runtime.
#[derive(Debug, Clone)]
pub struct Problem<'a> {
    /// The workload.
    pub workload: &'a Workload,
    /// The profile of what runs today.
    pub current: &'a Runtime,
    /// The machine type it runs on today, or that of the nodes that its pods share, where known.
    pub current_machine: Option<&'a Machine>,
    /// What a vCPU does behind today's figures.
    pub vcpu_now: VcpuToday,
    /// What an event takes today.
    pub today: Today,
    /// What a process keeps of its own today, bytes: what it holds beyond what the profile says, and no less than is given.
    pub state_bytes: f64,
}

impl<'a> Problem<'a> {
    /// Reads today's figures; an error where the workload contradicts itself or its current profile.
    pub fn new(
        workload: &'a Workload,
        current: &'a Runtime,
        current_machine: Option<&'a Machine>,
    ) -> Result<Self, DemandError> {
        Self::with_idle_sibling(workload, current, current_machine, IDLE_SIBLING.value)
    }

    /// The same where an idle hyper-thread gives the other one of its core so much more speed.
    pub fn with_idle_sibling(
        workload: &'a Workload,
        current: &'a Runtime,
        current_machine: Option<&'a Machine>,
        gain: f64,
    ) -> Result<Self, DemandError> {
        let vcpu_now = VcpuToday::of(workload, current, current_machine, gain);
        let today = Today::read(workload, current, current_machine, vcpu_now)?;
        let state_bytes = state_today(workload, current, current_machine, vcpu_now, today);
        Ok(Self { workload, current, current_machine, vcpu_now, today, state_bytes })
    }

    /// Whether nothing says what a process holds of its own.
    pub fn says_nothing_of_memory(&self) -> bool {
        self.workload.state_bytes.is_none() && self.workload.memory_bytes_today.is_none()
    }

    /// Whether nobody says of what speed the cores are that were observed in use, so that they count as the profile's.
    pub fn assumes_speed_of_cores(&self) -> bool {
        let speed = self.current_machine.and_then(|machine| machine.vcpu_speed);
        self.workload.observed_cores.is_some() && speed.is_none()
    }

    /// Whether nothing says what an event takes but a utilization that may be the system's alone.
    pub fn may_be_of_system_alone(&self) -> bool {
        self.today.cpu_basis == CpuBasis::CoresInUse && self.workload.may_use_no_cores(self.current_machine)
    }

    /// The goal for p99, s, where something says how long an event takes.
    pub fn goal_seconds(&self) -> Option<f64> {
        self.workload.p99_seconds.filter(|_| !self.may_be_of_system_alone())
    }

    /// The same where nothing does, so that it counts for nothing.
    pub fn untimed_goal_seconds(&self) -> Option<f64> {
        self.workload.p99_seconds.filter(|_| self.may_be_of_system_alone())
    }

    /// Pods that run today, in which instances of no machine type are: processes where these are given, else one a pod, and one a
    /// busy core at least. Several plain loops are consumers of one process.
    pub fn pods_today(&self) -> Option<u64> {
        let Workload { current_processes, current_instances, ref current_machine, .. } = *self.workload;
        let pods = current_instances.filter(|_| current_machine.is_none());
        pods.map(|pods| match (self.workload.member_in(self.current), current_processes) {
            (Member::Reader, _) => pods.into(),
            (_, Some(processes)) => processes.into(),
            (_, None) => self.today.members.round() as u64,
        })
    }

    /// Processes that run today: those given, or one a pod; `None` where nobody says how many run on machines.
    pub fn processes_today(&self) -> Option<u64> {
        self.pods_today().or_else(|| self.workload.current_processes.map(u64::from))
    }

    /// Events that all processes have in flight today on average, `L0 (w + H / (v_now e_now))` by Little's law, and how many they take,
    /// `in_flight` each; `None` where that and `concurrency` are given, or one of these is not known.
    pub fn in_flight_today(&self) -> Option<(f64, f64)> {
        let Self { workload, current, ref today, .. } = *self;
        let is_known = today.wait_basis != WaitBasis::InferredFromCpu
            && (workload.io_wait_seconds.is_some() || workload.handler_seconds.is_some());
        let is_open = workload.in_flight.is_none() || workload.concurrency.is_none();
        let is_one_each = is_open
            && current.deployment == Deployment::Processes
            && workload.concurrency_in(current) == Concurrency::Consumer;
        let processes = self.processes_today().filter(|_| is_known && is_one_each)?;
        let taken = processes as f64 * f64::from(workload.in_flight.unwrap_or(1));
        Some((workload.mean_rate() * self.seconds_today(), taken))
    }

    /// Whether more events are in flight on average than processes take, so that these work on several.
    pub fn works_on_several(&self) -> bool {
        self.in_flight_today().is_some_and(|(events, taken)| events > taken)
    }

    /// How long today's fetches wait, s, where that is given and longer than those of a plan may for the goal.
    pub fn fetch_wait_beyond_goal(&self) -> Option<f64> {
        let Workload { current_fetch_wait_seconds, p99_seconds, .. } = *self.workload;
        current_fetch_wait_seconds.filter(|wait| p99_seconds.is_some_and(|goal| *wait > WAIT_OF_GOAL * goal))
    }

    /// Events that a share of all has in flight at peak today.
    pub fn in_flight_at_peak(&self, share: f64) -> f64 {
        self.workload.peak_rate() * share * self.seconds_today()
    }

    /// What the handler takes for an event today, `w + H / (v_now e_now)`, s.
    fn seconds_today(&self) -> f64 {
        self.today.wait_seconds + self.today.handler_core_seconds / self.vcpu_now.work()
    }

    /// How much of that is CPU, as a share; 0 where it takes no time.
    pub fn cpu_of_time_today(&self) -> f64 {
        let cpu = self.today.handler_core_seconds / self.vcpu_now.work();
        if cpu > 0.0 { cpu / self.seconds_today() } else { 0.0 }
    }

    /// What a process of a runtime takes to keep the state, bytes. Into another language only that moves which is given as the workload's.
    pub fn state_bytes_in(&self, runtime: &Runtime) -> f64 {
        let is_ported = runtime.language.name != self.current.language.name;
        let moves = self.workload.state_bytes.filter(|_| is_ported);
        runtime.memory.state_factor() * moves.unwrap_or(self.state_bytes)
    }

    /// What is known of own code in a runtime's language over today's.
    pub fn own_code<'l>(&'l self, runtime: &'l Runtime) -> OwnCode<'l> {
        let language = &runtime.language;
        let is_ported = *language != self.current.language;
        let spike = self.workload.spikes.iter().find(|(spiked, _)| is_ported && *spiked == language.name);
        match spike {
            Some((_, times_less)) => OwnCode::Spike(*times_less),
            None => language.own_code_over(&self.current.language),
        }
    }

    /// Whether own code may take more or less CPU in a runtime, as nobody has ported it.
    pub fn guesses_own_code(&self, runtime: &Runtime) -> bool {
        let own = self.today.carried.core_seconds * (1.0 - self.workload.native_share);
        own > 0.0 && !matches!(self.own_code(runtime), OwnCode::Same | OwnCode::Spike(_))
    }

    /// f: CPU of own code in a runtime over today's, at the best estimate or at an end of its range.
    pub fn own_code_factor(&self, runtime: &Runtime, end: RangeEnd) -> f64 {
        self.own_code(runtime).at(end)
    }

    /// CPU of one event in a runtime.
    pub fn demand_in(&self, runtime: &Runtime, end: RangeEnd) -> Result<Demand, Unmeasured> {
        self.today.demand_in(self.workload, runtime, self.own_code_factor(runtime, end))
    }

    /// What sizing on one machine type starts from, and its price, USD/h; `None` where the type's speed or
    /// price is not known.
    pub fn offer(
        &self,
        runtime: &Runtime,
        machine: &Machine,
        demand: Demand,
        policy: Policy,
    ) -> Option<(Sizing, f64)> {
        let Offer { speed, usd_per_hour, .. } = Offer::of(machine, policy.purchase)?;
        Some((self.sizing(runtime, machine, speed, demand, policy), usd_per_hour * self.paid_share(&policy)))
    }

    /// What sizing on a machine type of a known one-vCPU speed starts from.
    pub fn sizing(
        &self,
        runtime: &Runtime,
        machine: &Machine,
        speed: f64,
        demand: Demand,
        policy: Policy,
    ) -> Sizing {
        self.sizing_on(runtime, demand, policy)(machine, speed)
    }

    /// The same on any machine type, with all worked out that they have in common.
    pub(crate) fn sizing_on<'s>(
        &'s self,
        runtime: &'s Runtime,
        demand: Demand,
        policy: Policy,
    ) -> impl Fn(&Machine, f64) -> Sizing + 's {
        let goal_seconds = self.goal_seconds();
        let policy = policy.for_today(self.workload.current_instances);
        // Whether a goal leaves time for a wait is not known where it counts for nothing.
        let is_timed = self.untimed_goal_seconds().is_none();
        let policy = Policy { fetch_waits: policy.fetch_waits && is_timed, ..policy };
        let wait = self.today.wait_seconds + demand.commit_wait_seconds;
        let anywhere = Sizing {
            state_bytes: self.state_bytes_in(runtime),
            goal_seconds,
            worth_today: self.vcpu_now.worth_over(self.current, |figure| figure.low).min(1.0),
            ..Sizing::anywhere(self.workload, runtime, wait, policy)
        };
        let today = self.current_machine.zip(self.workload.machines_today());
        let vcpus = today.map(|(machine, instances)| u64::from(machine.vcpus) * u64::from(instances));
        let vcpus = vcpus.filter(|_| self.workload.member_in(self.current) == Member::Process);
        move |machine, speed| {
            let mut sizing = anywhere.on(runtime, machine, speed, demand.on(speed));
            if let Some(vcpus) = vcpus {
                sizing.allow_processes_today(self.today.members as u32, vcpus);
            }
            sizing
        }
    }

    /// All machine types that serve, cheapest first.
    pub fn candidates<'o>(
        &self,
        runtime: &'o Runtime,
        machines: &[&'o Machine],
        policy: Policy,
        end: RangeEnd,
    ) -> Result<Vec<Plan<'o>>, NoPlan> {
        let offers = Offers::new(runtime, machines.iter().copied(), policy.purchase);
        self.search(&offers, policy, end)?.all()
    }

    /// The plan to run: of those within the cost tolerance of the first of [`Problem::candidates`] the one with the fewest
    /// instances, found without sizing the types that cannot be it.
    pub fn cheapest<'o>(
        &self,
        runtime: &'o Runtime,
        machines: &[&'o Machine],
        policy: Policy,
        end: RangeEnd,
    ) -> Result<Plan<'o>, NoPlan> {
        let offers = Offers::new(runtime, machines.iter().copied(), policy.purchase);
        self.search(&offers, policy, end)?.cheapest(None, true)
    }

    /// A bill, USD a month, that no plan is below; infinite where there is none for sure.
    pub fn bill_at_least(&self, offers: &Offers<'_>, policy: Policy, end: RangeEnd) -> f64 {
        let Ok(demand) = self.demand_in(offers.runtime, end) else { return f64::INFINITY };
        let policy = policy.for_today(self.workload.current_instances);
        let work = self.work(&demand, &policy);
        offers.bill_at_least(self.workload.member_in(offers.runtime), work, &policy)
            * self.paid_share(&policy)
    }

    /// What all instances together have to be able to handle, and one member.
    fn work(&self, demand: &Demand, policy: &Policy) -> Work {
        let (peak, design) = (self.workload.peak_rate(), self.workload.design_rate());
        let topic = self.workload.topic.with_hot_key();
        let share = topic.busiest_partition_share().unwrap_or(topic.hot_key_share);
        let of_partition = share * policy.full_rate(policy.busiest_consumer, peak, design);
        let handling = demand.handling();
        // Each of m events in flight may take m over the rate, of which the wait is no CPU.
        let in_flight = f64::from(self.workload.in_flight.unwrap_or(1));
        let most_seconds = in_flight / of_partition - self.today.wait_seconds - demand.commit_wait_seconds;
        Work {
            cores: policy.rate_to_provide(peak, design) * handling,
            instances: policy.min_instances,
            partition_cores: of_partition * handling,
            speed: handling / most_seconds.max(0.0),
        }
    }

    /// The bill of the cheapest plan, USD a month, were the in-flight limit `limit` and took events in flight no memory:
    /// no plan with that limit or a lower one is below it.
    pub fn least_with_in_flight<'o>(&self, offers: &Offers<'o>, policy: Policy, limit: u32) -> Option<f64> {
        let Search { member, offers, demand, events_per_day, work, policy, share, sizing_on, counting } =
            self.search(offers, policy, RangeEnd::Best).ok()?;
        let work = Work { speed: 0.0, ..work };
        let sizing_on = |machine: &Machine, speed| Sizing {
            in_flight: limit,
            in_flight_event_bytes: 0.0,
            ..sizing_on(machine, speed)
        };
        let search =
            Search { member, offers, demand, events_per_day, work, policy, share, sizing_on, counting };
        Some(search.least_within(None, f64::INFINITY)?.cheapest_usd_per_month)
    }

    /// A search for the machine types to plan on, at the best estimates.
    pub(crate) fn search<'s, 'o>(
        &'s self,
        offers: &'s Offers<'o>,
        policy: Policy,
        end: RangeEnd,
    ) -> Result<Search<'s, 'o, impl Fn(&Machine, f64) -> Sizing + 's>, Unmeasured> {
        Ok(self.search_by(&BestEstimates, offers, policy, self.demand_in(offers.runtime, end)?))
    }

    /// The same with counts that are found in another way, and another CPU of an event.
    pub(crate) fn search_by<'s, 'o>(
        &'s self,
        counting: &'s dyn Counting,
        offers: &'s Offers<'o>,
        policy: Policy,
        demand: Demand,
    ) -> Search<'s, 'o, impl Fn(&Machine, f64) -> Sizing + 's> {
        let sizing_on = self.sizing_on(offers.runtime, demand, policy);
        let Workload { events_per_day, .. } = *self.workload;
        let policy = policy.for_today(self.workload.current_instances);
        let vcpus_today = self.current_machine.map_or(0, |machine| machine.vcpus);
        let policy = Policy { max_vcpus: policy.max_vcpus.max(vcpus_today), ..policy };
        let (work, share) = (self.work(&demand, &policy), self.paid_share(&policy));
        let member = self.workload.member_in(offers.runtime);
        Search { member, offers, demand, events_per_day, work, policy, share, sizing_on, counting }
    }
}

/// What a process keeps of its own today, bytes: as given, else what it holds less base, threads, what work adds and events in flight,
/// `x (s' + w)` of them by Little's law; 0 where it is not known what it holds.
fn state_today(
    workload: &Workload,
    current: &Runtime,
    current_machine: Option<&Machine>,
    vcpu_now: VcpuToday,
    today: Today,
) -> f64 {
    let given = workload.state_bytes.unwrap_or(0.0);
    let Some(held) = workload.memory_bytes_of_process(current) else { return given };
    let vcpus = current_machine.map_or(1, |machine| machine.vcpus);
    let own_seconds = today.demand_today(workload, current).map_or(today.wait_seconds, |demand| {
        demand.handling() / vcpu_now.work() + today.wait_seconds + demand.commit_wait_seconds
    });
    let in_flight = workload.member_rate_today(today.members) * own_seconds;
    let memory = &current.memory;
    let at_work = current.process_bytes(vcpus) + memory.working.value;
    let known = at_work + in_flight * memory.in_flight_event_bytes(workload.event_bytes);
    ((held - known) / memory.state_factor()).max(given)
}
