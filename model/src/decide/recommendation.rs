//! One runtime for a workload, and what moving to it would give.

use crate::decide::options::{AlternativeKind, Options};
use crate::decide::total_cost::{Account, RuntimeChange};
use crate::decide::verdict::{Case, Verdict, paid};
use crate::plan::{NoPlan, Plan, Plans};
use crate::problem::RangeEnd;
use crate::runtime::Runtime;

/// The answer for one workload.
#[derive(Debug, Clone)]
pub struct Recommendation<'a> {
    /// The runtime recommended; `None` where no runtime has a plan.
    pub runtime: Option<&'a Runtime>,
    /// What to do.
    pub verdict: Verdict,
    /// Today's bill, USD a month, where machine and count are given.
    pub today_usd_per_month: Option<f64>,
    /// The cheapest plan in today's runtime, or why there is none.
    pub in_current: Result<Plan<'a>, NoPlan>,
    /// The plan in any other runtime that is cheapest with its engineering.
    pub elsewhere: Option<Plan<'a>>,
    /// The same in another runtime of today's language.
    pub library: Option<Plan<'a>>,
    /// The same in another language.
    pub other_language: Option<Plan<'a>>,
    /// What rewriting in that language is worth against `before_rewrite`; `None` where either is not known.
    pub rewrite: Option<RuntimeChange>,
    /// The plan recommended; for a smaller step, the plan before it.
    pub chosen: Option<Plan<'a>>,
    /// From today's bill to the cheapest plan in today's runtime, USD a month.
    pub right_sizing_saves: Option<f64>,
    /// From there to the cheapest plan in another runtime, USD a month; negative where it costs more.
    pub moving_saves: Option<f64>,
    /// What counts as paid today, USD a month: the lower of today's bill and the cheapest plan in today's runtime;
    /// `None` where that has none.
    pub paid: Option<f64>,
    /// What is paid when a rewrite begins, USD a month: `paid`, or the bill after a smaller step that is recommended.
    pub before_rewrite: Option<f64>,
    /// What moving saves of what is paid, USD a month: the same, but from today's bill where that is lower.
    pub moving_saves_of_paid: Option<f64>,
    /// Bill after the recommendation is followed, USD a month: today's where nothing changes and it is known.
    pub usd_per_month: Option<f64>,
    /// What that saves, USD a month, against today's bill where that is known and the cheapest plan in today's
    /// runtime where it is not.
    pub saves: Option<f64>,
}

impl Recommendation<'_> {
    /// What changing from today's runtime to the plan of another is worth: of what is paid; where that is a rewrite,
    /// after a smaller step that is recommended.
    pub fn change(&self, account: &Account<'_>, to: &Plan<'_>) -> Option<RuntimeChange> {
        let before = if account.is_rewrite(to.runtime) { self.before_rewrite } else { self.paid };
        Some(account.change(before?, to))
    }

    /// How much of what is paid a smaller step that is recommended saves, as a share of what it and the rewrite after it
    /// save together; 1 where the rewrite adds nothing. `None` without such a step or another language to compare with.
    pub fn step_share(&self) -> Option<f64> {
        let Verdict::Alternative { usd_per_month, .. } = self.verdict else { return None };
        let step = self.paid? - usd_per_month;
        let rewrite = self.rewrite.as_ref()?.saves_usd_per_month.max(0.0);
        (step > 0.0).then(|| step / (step + rewrite))
    }
}

/// Recommends one of the options's runtimes for its workload. `plans` are those of the options's runtimes.
pub fn recommend<'a>(options: &Options<'_, 'a>, plans: &Plans<'a>) -> Recommendation<'a> {
    let Options { problem, planner } = options;
    let of_current = plans.iter().find(|(runtime, _)| runtime.name == problem.current.name);
    let in_current = match of_current {
        Some((_, plan)) => plan.clone(),
        None => planner.cheapest(problem, problem.current, RangeEnd::Best),
    };
    let others = || {
        let plans = plans.iter().filter_map(|(_, plan)| plan.as_ref().ok());
        plans.filter(|plan| plan.runtime.name != problem.current.name)
    };
    let in_same_language = |plan: &&Plan<'_>| plan.runtime.language == problem.current.language;
    let account = Account::new(problem, &planner.policy, planner.terms);
    let elsewhere = cheapest(others(), &account).cloned();
    let library = cheapest(others().filter(in_same_language), &account).cloned();
    let other_language = cheapest(others().filter(|plan| !in_same_language(plan)), &account).cloned();
    let today = problem.usd_per_month_today(&planner.policy);
    let current_usd = in_current.as_ref().ok().map(|plan| plan.usd_per_month);
    let paid = current_usd.map(|current| paid(today, current));
    let saving = |usd: Option<f64>, to: &Option<Plan<'_>>| {
        usd.zip(to.as_ref()).map(|(usd, other)| usd - other.usd_per_month)
    };
    let (moving_saves, moving_saves_of_paid) = (saving(current_usd, &elsewhere), saving(paid, &elsewhere));
    let right_sizing_saves = today.zip(current_usd).map(|(today, current)| today - current);

    let case = Case {
        options,
        account: &account,
        plans,
        today,
        in_current: in_current.as_ref(),
        elsewhere: elsewhere.as_ref(),
        library: library.as_ref(),
        other_language: other_language.as_ref(),
    };
    let verdict = case.verdict();
    let chosen = match &verdict {
        Verdict::None => None,
        Verdict::Move => elsewhere.clone(),
        _ => in_current.as_ref().ok().cloned(),
    };
    let runtime = match &verdict {
        Verdict::None => None,
        Verdict::Move => elsewhere.as_ref().map(|plan| plan.runtime),
        Verdict::Alternative { step: AlternativeKind::Library, to, .. } => {
            planner.runtimes.iter().copied().find(|runtime| runtime.name == *to)
        }
        _ => Some(problem.current),
    };
    let after = match &verdict {
        Verdict::Stay => today.or(current_usd),
        Verdict::Alternative { usd_per_month, .. } => Some(*usd_per_month),
        _ => chosen.as_ref().map(|plan| plan.usd_per_month),
    };
    let saves = today.or(current_usd).zip(after).map(|(before, after)| before - after);
    let before_rewrite = match &verdict {
        Verdict::Alternative { usd_per_month, .. } => {
            Some(paid.map_or(*usd_per_month, |paid| paid.min(*usd_per_month)))
        }
        _ => paid,
    };
    let rewrite =
        before_rewrite.zip(other_language.as_ref()).map(|(before, other)| account.change(before, other));
    Recommendation {
        runtime,
        verdict,
        today_usd_per_month: today,
        in_current,
        elsewhere,
        library,
        other_language,
        rewrite,
        chosen,
        right_sizing_saves,
        moving_saves,
        paid,
        before_rewrite,
        moving_saves_of_paid,
        usd_per_month: after,
        saves,
    }
}

/// The plan that is cheapest together with what features cost in its runtime.
fn cheapest<'p, 'a>(plans: impl Iterator<Item = &'p Plan<'a>>, account: &Account<'_>) -> Option<&'p Plan<'a>>
where
    'a: 'p,
{
    let cost = |plan: &Plan<'_>| -account.net_saving(-plan.usd_per_month, plan.runtime);
    plans.min_by(|one, other| cost(one).total_cmp(&cost(other)))
}
