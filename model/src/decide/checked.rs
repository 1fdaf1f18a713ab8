//! What a saving rests on that nobody has measured or said: with none of it, and with today's CPU measured, it is checked.

use crate::blank::Blank;
use crate::capacity::assignment::Topic;
use crate::capacity::constraint::{BoundBy, Constraint};
use crate::cost::paid::ABOVE_LIST;
use crate::decide::alternative::Machines;
use crate::decide::answer::Verdict;
use crate::decide::change::Change;
use crate::decide::own_left::may_be_too_small;
use crate::decide::planner::Planner;
use crate::demand::downstream::DownstreamLoad;
use crate::machine::Purchase;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::runtime::Member;
use crate::units::GIB;
use crate::workload::Workload;

/// So much of today's memory counts as much as today's: types of one kind differ a little between families.
const SAME_MEMORY: f64 = 0.9;

/// State by partition is more than this share of what a process holds.
const MOST: f64 = 0.5;

/// A figure this much below another that is taken for it is no rounding of that.
const APART: f64 = 1.1;

/// The `peak_factor` that is given, and the busiest hour of `hourly`, which plans take, where the two are apart.
pub fn raised_peak(workload: &Workload) -> Option<(f64, f64)> {
    apart(workload.outlook.peak_below_hours?, workload.peak_factor)
}

/// The `skew` that is given, and what `hot_key_share` alone makes it, which plans take, where the two are apart.
pub fn raised_skew(workload: &Workload) -> Option<(f64, f64)> {
    let Topic { skew, partitions, .. } = workload.topic;
    let taken = workload.topic.busiest_over_mean(f64::from(partitions?));
    apart(skew, taken).filter(|_| !workload.blanks.has(Blank::Skew))
}

/// The `io_ratio` that is given, and the share that `io_wait_ms` is of `handler_ms`, which plans take, where they are more than a tenth apart.
pub fn disputed_ratio(workload: &Workload) -> Option<(f64, f64)> {
    let taken = workload.io_wait_seconds? / workload.handler_seconds.filter(|seconds| *seconds > 0.0)?;
    let given = workload.io_ratio;
    ((given - taken).abs() > APART - 1.0).then_some((given, taken))
}

fn apart(given: f64, taken: f64) -> Option<(f64, f64)> {
    (taken > APART * given).then_some((given, taken))
}

/// The memory that a process has on today's machines, and then on others with the plan that is chosen, bytes.
pub fn memory_of_process(
    problem: &Problem<'_>,
    chosen: Option<&Plan<'_>>,
    today: &Machines,
    then: &Machines,
) -> [f64; 2] {
    let to = chosen.map_or(problem.current, |plan| plan.runtime);
    [today.memory_of_process_today(problem), then.memory_of_process(to.deployment)]
}

/// What a process keeps of its own today and would then, bytes, where that may be state by partition, which moves to those that are
/// left: it is most of what a process holds, fewer are planned, and what all keep now has no room in what is left without a zone.
pub fn state_shared_out(problem: &Problem<'_>, plan: &Plan<'_>) -> Option<(f64, f64)> {
    let Problem { workload, current, ref today, .. } = *problem;
    let held = workload.memory_bytes_of_process(current)?;
    let now =
        problem.state_bytes_in(current) - current.memory.state_factor() * workload.state_bytes.unwrap_or(0.0);
    let may_be_state = now > GIB && now > MOST * held;
    let before = match workload.member_in(current) {
        Member::Reader => f64::from(workload.current_instances.unwrap_or(1)),
        Member::Process | Member::Binary => today.members,
    };
    let (instances, each) = (plan.count.instances, plan.processes_per_instance() as f64);
    let are_fewer = (instances as f64) * each < before;
    let left = plan.sizing.policy.alive(instances).max(1) as f64 * each;
    let then = now * before / left;
    let peak = plan.sizing.memory(instances, plan.count.members_per_instance).peak();
    let has_room = peak + each * (then - now) <= plan.sizing.usable_memory();
    (may_be_state && are_fewer && !has_room).then_some((now, then))
}

/// Figures beside today's CPU on which what a decision saves rests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RestsOn {
    /// What processes hold, which nobody says: each has less memory than today, or memory sets the count.
    pub memory: bool,
    /// How state is kept of which processes hold most: see [`state_shared_out`].
    pub state: bool,
    /// Of what speed the cores in use are: see [`Problem::assumes_speed_of_cores`].
    pub machine: bool,
    /// What is paid of list prices in today's bill, by how it is paid for: see [`Problem::bill_has_no_list_price`].
    pub list_price: Option<Purchase>,
    /// What today's machines may be paid by, where their bill is above the list, or others are planned at a share of their list prices
    /// that is no usual discount.
    pub purchase: Option<Purchase>,
    /// That the term of the reservation that today's machines are paid by has ended: it is paid until then, used or not.
    pub term: bool,
    /// What else than today's machines their bill is of: see [`ABOVE_LIST`].
    pub more_than_machines: bool,
    /// That data, latency and contracts let it move to another region.
    pub place: bool,
    /// That what a handler calls takes the events of a batch in the time of one.
    pub batches: bool,
    /// What own code takes in another language, where nobody has ported any of it.
    pub own_code: bool,
    /// What own code takes beside fetches today, of which the profile leaves more than a plan has room for.
    pub own_left: bool,
    /// The blank cell that says how many events are in flight: more machines are for one at a time, and processes work on several.
    pub in_flight: Option<Blank>,
    /// Which of two peaks that are given is right: see [`raised_peak`].
    pub peak: bool,
    /// Which of two skews: see [`raised_skew`].
    pub skew: bool,
    /// How many calls an event makes, where what is called bears fewer on average than are assumed.
    pub calls: bool,
}

impl RestsOn {
    /// What a verdict rests on that leads to some machines, by the plan that is chosen.
    pub(super) fn of(
        problem: &Problem<'_>,
        planner: &Planner<'_>,
        verdict: &Verdict,
        chosen: Option<&Plan<'_>>,
        machines: Option<&Machines>,
    ) -> Self {
        let policy = &planner.policy;
        let leaves_more =
            |plan: &Plan<'_>| may_be_too_small(problem, plan, &planner.extremes(problem.current).least);
        let before = || machines.zip(Machines::today(problem));
        let changed = || before().filter(|(on, today)| !on.is_type_of(today));
        let has_less = |(on, today): (&Machines, Machines)| {
            let [now, then] = memory_of_process(problem, chosen, &today, on);
            then < SAME_MEMORY * now
        };
        let decides = || {
            let plan = chosen.filter(|_| matches!(verdict, Verdict::RightSize | Verdict::Move));
            plan.is_some_and(|plan| plan.bound_by() == BoundBy::Constraint(Constraint::Memory))
        };
        let (paid_by, is_above) =
            (problem.may_be_paid_by(policy), problem.bill_over_list(policy) > Some(ABOVE_LIST));
        Self {
            memory: problem.says_nothing_of_memory() && (changed().is_some_and(has_less) || decides()),
            state: chosen
                .filter(|plan| machines == Some(&Machines::of(plan)))
                .is_some_and(|plan| state_shared_out(problem, plan).is_some()),
            machine: problem.assumes_speed_of_cores(),
            list_price: problem.bill_has_no_list_price(policy).then_some(policy.purchase),
            purchase: paid_by.filter(|_| is_above || changed().is_some()),
            term: policy.purchase.is_reserved() && before().is_some_and(|(on, today)| *on != today),
            more_than_machines: is_above && paid_by.is_none(),
            place: machines.is_some_and(|on| on.are_elsewhere(problem)),
            batches: matches!(verdict, Verdict::Alternative { change: Some(Change::Batches(_)), .. }),
            own_code: *verdict == Verdict::Move
                && chosen.is_some_and(|plan| problem.guesses_own_code(plan.runtime)),
            own_left: *verdict == Verdict::RightSize && chosen.is_some_and(leaves_more),
            in_flight: chosen
                .filter(|plan| *verdict == Verdict::RightSize && plan.is_bound_by_in_flight())
                .filter(|_| problem.works_on_several())
                .map(|_| problem.workload.in_flight.map_or(Blank::InFlight, |_| Blank::Concurrency)),
            peak: raised_peak(problem.workload).is_some(),
            skew: raised_skew(problem.workload).is_some(),
            calls: DownstreamLoad::of(problem.workload, &problem.today)
                .is_some_and(|it| it.exceeds_on_average()),
        }
    }

    /// Whether it rests on none of them.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}
