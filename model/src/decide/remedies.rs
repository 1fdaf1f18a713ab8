//! Which of several changes that mend the same comes first.

use crate::bill_bounds::ROUNDING;
use crate::cost::bill::reaches;
use crate::decide::alternative::{Alternative, AlternativeKind};
use crate::decide::options::Options;
use crate::decide::resize::least_resize_saving;
use crate::plan::{NoPlan, Plan, Priced};

impl<'a> Options<'_, 'a> {
    /// Changes that give today's runtime a plan, which has none.
    pub fn remedies(&self, in_current: Result<&Plan<'a>, &NoPlan>) -> Vec<Alternative> {
        if in_current.err().and_then(|none| none.stuck()).is_none() {
            return Vec::new();
        }
        let all =
            [self.per_partition(), self.batches(in_current), self.in_flight(), self.partitions(in_current)];
        self.ranked(all.into_iter().flatten().filter(|it| it.on.is_some()).collect())
    }

    /// Changes in the order to try them: least effort first of those whose bills are no farther above the lowest than a change of
    /// machines is worth, then the others, the cheapest first. Order that was asked for is given up last.
    pub(super) fn ranked(&self, mut changes: Vec<Alternative>) -> Vec<Alternative> {
        let as_cheap =
            self.as_cheap_as(changes.iter().map(|it| self.bill_with(it)).fold(f64::INFINITY, f64::min));
        let order_is_asked_for = self.problem.workload.in_flight.is_some();
        let costs = |it: &Alternative| {
            Some(self.bill_with(it)).filter(|bill| !reaches(as_cheap, *bill)).unwrap_or(0.0)
        };
        let effort = |it: &Alternative| (order_is_asked_for && it.kind == AlternativeKind::InFlight, it.kind);
        changes.sort_by(|one, other| {
            costs(one).total_cmp(&costs(other)).then_with(|| effort(one).cmp(&effort(other)))
        });
        changes
    }

    /// Whether the first of some changes is tried before more partitions, however cheap these may be.
    pub(super) fn comes_before_partitions(&self, first: &Alternative) -> bool {
        let kept = self.problem.usd_per_month_today(&self.planner.policy).unwrap_or(f64::INFINITY);
        let at_least = |open: Priced<'_>| open.cheapest_usd_per_month.min(kept) * (1.0 - ROUNDING);
        let is_as_cheap = |open: Priced<'_>| reaches(self.as_cheap_as(at_least(open)), self.bill_with(first));
        first.kind < AlternativeKind::Partitions && self.with_open_topic().is_some_and(is_as_cheap)
    }

    /// A bill, USD a month, up to which others are as cheap as one.
    pub(super) fn as_cheap_as(&self, least: f64) -> f64 {
        least + least_resize_saving(self.planner, least, false)
    }

    /// The bill once a change is made, USD a month: today's where its machines are kept.
    pub(super) fn bill_with(&self, change: &Alternative) -> f64 {
        let today = self.problem.usd_per_month_today(&self.planner.policy);
        today.filter(|_| change.keeps_machines).or(change.cheapest_usd_per_month).unwrap_or(f64::INFINITY)
    }
}
