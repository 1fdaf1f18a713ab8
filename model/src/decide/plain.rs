//! Where it is plain that a verdict turns on nothing that nobody has said, without a look at each value.

use crate::bill_bounds::ROUNDING;
use crate::cost::bill::PRECISION_USD;
use crate::decide::answer::Verdict;
use crate::decide::depends_on::Asking;
use crate::decide::known::Known;
use crate::decide::options::Options;
use crate::decide::resize::{at_most_gain, enough_to_resize, least_resize_saving, on_same_type};
use crate::decide::total_cost::Account;
use crate::decide::unsaid::{Quantity, Unsaid};
use crate::decide::verdict::paid;
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use crate::workload::Workload;

impl Asking<'_, '_> {
    /// Whether it is plain that a verdict to keep today's runtime turns on none of some figures: even with all of them at the
    /// ends where most is needed, and where least is, today's runtime has a plan with the same verdict, and no other one can
    /// save enough.
    ///
    /// Bills rise with peak, skew and p99 of a wait, and with calls where handler_ms does not have their CPU in it. Of others a bound on the
    /// bill will do. Where today falls behind at the high ends, what is kept is not looked at, and what is right-sized still is.
    pub(super) fn is_settled(&self, problem: &Problem<'_>, known: &Known<'_>, unsaid: &[Unsaid]) -> bool {
        let (planner, settled) = (self.planner, &known.settled);
        let keeps = matches!(settled.verdict, Verdict::Stay | Verdict::RightSize);
        let plan = known.in_current.as_ref().ok().filter(|_| keeps && planner.confidence.is_none());
        let rises_with = |it: &Unsaid| {
            use Quantity::{IoCalls, PeakFactor, Skew, WaitP99};
            matches!(it.quantity, PeakFactor | Skew | IoCalls | WaitP99)
        };
        let Some(plan) = plan.filter(|_| unsaid.iter().all(rises_with)) else { return false };
        let with = |end: fn(&Unsaid) -> f64| {
            let mut workload = problem.workload.clone();
            unsaid.iter().for_each(|it| it.quantity.put(&mut workload, end(it)));
            workload
        };
        let [low, high] = &[with(|it| it.low), with(|it| it.high)];
        let read = |workload| Problem::new(workload, problem.current, problem.current_machine).ok();
        let (Some(at_low), Some(at_high)) = (read(low), read(high)) else { return false };
        let lags = known.footing.lags;
        let today = problem.usd_per_month_today(&planner.policy);
        let least = |at: &Problem<'_>, usd| planner.least_within(at, problem.current, plan.machine, usd);
        let is_resized = settled.verdict == Verdict::RightSize && !lags;
        let resized = today.filter(|_| is_resized);
        let enough = resized.map_or(f64::INFINITY, |today| enough_to_resize(planner, today));
        if is_resized && at_most_gain(&at_high).is_some_and(|most| least(&most, enough).is_none()) {
            return false;
        }
        let Some(most_expensive) = least(&at_high, enough) else { return false };
        let split = planner.policy.split_counts();
        let saves_too_little = |today: f64| {
            // Of a plan to run that costs no more the cheapest costs no more than this.
            let enough = least_resize_saving(planner, today, true);
            let most = (today - enough + PRECISION_USD) * split * (1.0 + ROUNDING);
            let is_kept = |at: &Problem<'_>| least(at, most).is_none();
            planner.bill_at_least(&at_low, problem.current, RangeEnd::Best) > most
                || is_kept(&at_low)
                || at_most_gain(&at_low)
                    .is_some_and(|most| is_kept(&most) && on_same_type(&most, planner).is_some())
        };
        if !lags && !is_resized && !today.is_none_or(saves_too_little) {
            return false;
        }
        let paid = paid(known.footing.bears(today), most_expensive.cheapest_usd_per_month);
        // Of the time of a handler more calls leave less to its own code.
        let calling = Workload { io_calls: high.io_calls, ..low.clone() };
        let Some(calling) = read(&calling) else { return false };
        let at_least_work = [&at_low, &calling];
        let others_may_save = || {
            let account = Account::new(problem, &planner.policy, planner.terms);
            let is_other = |it: &&&Runtime| it.name != problem.current.name && account.may_move_to(it);
            let others = planner.runtimes.iter().filter(is_other);
            let may_save = |at, runtime| planner.may_save_enough(at, runtime, paid);
            others.into_iter().any(|it| at_least_work.into_iter().any(|at| may_save(at, it)))
        };
        let settings_may_save = |at: &&Problem<'_>| {
            let options = Options::new(at, planner);
            options.may_help() && planner.terms.is_worth_a_change(paid - options.bill_at_least())
        };
        let may_save = || others_may_save() || at_least_work.iter().any(settings_may_save);
        !(planner.terms.is_worth_a_change(paid) && may_save())
    }
}
