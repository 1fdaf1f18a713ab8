//! The count, what bounds it, and what comes of it.

use super::capacity::of_member;
use super::step::{Quantity, Steps, Unit};
use crate::capacity::constraint::{BoundBy, Constraint};
use crate::capacity::sizing::{Count, Member};
use crate::cost::bill::HOURS_PER_MONTH;
use crate::cost::surplus::Surplus;
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;

/// What the constraint that binds comes to with one instance fewer: the least that members on each can make of it
/// without breaking the constraints before it.
pub(super) fn one_fewer(plan: &Plan<'_>, binding: Constraint) -> Option<f64> {
    let (sizing, count) = (&plan.sizing, plan.count);
    let fewer = count.instances.checked_sub(1).filter(|&n| n > 0)?;
    let most = sizing.most_members().min(2 * count.members_per_instance.max(u64::from(sizing.vcpus)));
    let before = |members: u64| {
        let mut earlier = Constraint::ALL.into_iter().take_while(|&earlier| earlier != binding);
        earlier.all(|constraint| sizing.meets(constraint, fewer, members))
    };
    let values = (u64::from(sizing.binaries)..=most).filter(|&members| before(members));
    let value = |members_per_instance| {
        let count = Count { instances: fewer, members_per_instance };
        sizing.value_and_limit(binding, count, sizing.fetch_wait(count)).0
    };
    values.map(value).min_by(f64::total_cmp)
}

impl Steps {
    /// Today's bill by the list, where CPU above the baseline of its machines is a part of it.
    pub fn bill_today(&mut self, problem: &Problem<'_>, policy: &Policy) {
        let Problem { workload, current_machine, .. } = *problem;
        let surplus = Surplus::at(1.0, workload, current_machine).filter(|it| it.usd_per_vcpu_hour > 0.0);
        let price = current_machine.and_then(|it| it.usd_per_hour(policy.purchase));
        let price = price.filter(|_| workload.current_usd_per_month.is_none());
        let (Some(Surplus { vcpus, usd_per_vcpu_hour }), Some(price)) = (surplus, price) else { return };
        self.figure("current_instances", f64::from(workload.current_instances.unwrap_or(0)), Unit::Count);
        self.figure("usd_per_hour_today", price, Unit::UsdPerHour);
        self.figure("vcpus_above_baseline", vcpus, Unit::Number);
        self.figure("usd_per_vcpu_hour", usd_per_vcpu_hour, Unit::UsdPerHour);
        self.figure("hours", HOURS_PER_MONTH, Unit::Count);
        let formula =
            "(current_instances * usd_per_hour_today + vcpus_above_baseline * usd_per_vcpu_hour) * hours";
        self.add(Quantity::BillToday, problem.usd_per_month_today(policy).unwrap_or(f64::NAN), formula);
    }

    /// Members, instances, partitions, CPU at peak and the bill.
    pub fn outcome(&mut self, plan: &Plan<'_>) {
        let (sizing, count) = (&plan.sizing, plan.count);
        let (n, members) = (count.instances, count.members_per_instance);
        let (_, of_members) = of_member(sizing);
        if sizing.member != Member::Binary {
            let one_fewer = (members > 1).then(|| sizing.first_unmet(n, members - 1)).flatten();
            self.add(of_members, members as f64, "").least_for =
                Some(one_fewer.map_or(BoundBy::Minimum, BoundBy::Constraint));
        }
        self.add(Quantity::Instances, n as f64, "").least_for = Some(plan.bound_by());
        if let Some(required) = plan.partitions_required() {
            self.partitions(plan, required);
        }
        let list = plan.machine.usd_per_hour(sizing.policy.purchase).unwrap_or(plan.usd_per_hour);
        let paid = plan.usd_per_hour / list;
        self.figure("usd_per_hour", list, Unit::UsdPerHour);
        self.figure("paid", paid, Unit::Share);
        self.figure("hours", HOURS_PER_MONTH, Unit::Count);
        let of_list = if (paid - 1.0).abs() > 1e-9 { " * paid" } else { "" };
        self.add(Quantity::Bill, plan.usd_per_month, format!("instances * usd_per_hour{of_list} * hours"));
    }

    /// The least number of partitions: enough for the members, and for the in-flight limit and cores of the busiest.
    fn partitions(&mut self, plan: &Plan<'_>, required: u64) {
        let sizing = &plan.sizing;
        let (up, degraded) = (sizing.policy.max_utilization, sizing.policy.max_utilization_degraded);
        let drains = sizing.design_rate / degraded > sizing.peak_rate / up;
        let (rate, limit) = if drains { ("design_rate", degraded) } else { ("peak_rate", up) };
        self.figure("limit", limit, Unit::Share);
        self.figure("group", plan.count.members() as f64, Unit::Count);
        let mut without_goal = sizing.clone();
        without_goal.goal_seconds = None;
        let of_goal = without_goal.partitions_required(plan.count.members(), 0.0) != Some(required);
        let goal = if of_goal { ", least_for_goal" } else { "" };
        self.figure("least_for_goal", required as f64, Unit::Count);
        self.partition_rate(sizing);
        let load = format!("{rate} / (limit * partition_capacity)");
        let beside_key = match sizing.topic.hot_key_share {
            0.0 => String::new(),
            _ => format!(", (1 - hot_key_share) / (1 / ({load}) - hot_key_share)"),
        };
        let least = format!("max(group, skew * {load}{beside_key}{goal})");
        let formula = format!("ceil({least} / group) * group");
        self.figure("skew", sizing.topic.skew, Unit::Number);
        self.add(Quantity::Partitions, required as f64, formula);
    }

    /// What is known without a plan: what an event takes, and how busy the busiest partition is on the machine type that
    /// comes closest.
    pub fn closest(
        &mut self,
        problem: &Problem<'_>,
        runtime: &Runtime,
        none: &NoPlan,
        machines: &[&Machine],
        policy: Policy,
    ) {
        let NoPlan::NoneServes { machine: id, .. } = none else { return };
        let Ok(demand) = problem.demand_in(runtime, RangeEnd::Best) else { return };
        let Some(machine) = machines.iter().find(|machine| machine.id() == **id) else { return };
        let Some((sizing, _)) = problem.offer(runtime, machine, demand, policy) else { return };
        // As many members as there can be: the busiest reads one partition, or next to nothing where these are open.
        let member_rate = sizing.peak_rate * sizing.topic.busiest_partition_share().unwrap_or(0.0);
        let reads = if sizing.topic.partitions.is_some() { "peak_rate * skew / partitions" } else { "0" };
        let one = Count { instances: 1, members_per_instance: 1 };
        self.on_machine(runtime, &sizing, machine.sustained_speed().unwrap_or(1.0), one);
        let fetch = demand.fetch.per_event(member_rate, 0.0);
        self.demand(problem, runtime, &demand, (member_rate, reads, 0.0), fetch);
        self.capacity(&sizing, one.members_per_instance);
        if sizing.topic.partitions.is_some() {
            self.partition_rate(&sizing);
            let load = f64::from(sizing.in_flight) * member_rate / sizing.partition_rate();
            self.add(Quantity::InFlightLoad, load, format!("in_flight * {reads} / partition_capacity"));
        }
    }
}
