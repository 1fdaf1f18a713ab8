//! What to do about a workload, and the rules by which that is decided.

use crate::decide::alternative::Alternative;
pub use crate::decide::answer::Verdict;
use crate::decide::answer::{Answer, DependsOn};
use crate::decide::baseline::Footing;
use crate::decide::options::Options;
use crate::decide::planner::Planner;
use crate::decide::resize::is_to_be_resized;
use crate::decide::steps::Steps;
use crate::decide::total_cost::Account;
use crate::plan::{NoPlan, Plan, Priced};
use crate::problem::{Problem, RangeEnd};
use crate::runtime::Runtime;
use std::cell::OnceCell;

/// What a rewrite is worth at most, where nobody has estimated its days.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorthUpTo {
    /// The runtime to rewrite it in.
    pub to: String,
    /// Whether a spike in it comes first, as nobody has ported own code to its language.
    pub needs_spike: bool,
    /// What is paid before, USD a month, of which it saves; `None` where today's runtime has no plan.
    pub of_usd_per_month: Option<f64>,
    /// What moving saves if own code is as slow in it as it may be, USD a month; `None` where it could not carry the
    /// workload then, or today's runtime has no plan to save against.
    pub saves_at_least: Option<f64>,
    /// The same if it is as fast as it may be.
    pub saves_at_most: Option<f64>,
    /// Engineer-days that would pay back in time then.
    pub engineer_days: Option<f64>,
}

/// A verdict with what comes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled<'a> {
    /// What to do.
    pub verdict: Verdict,
    /// The plan of another runtime that it leads to.
    pub to: Option<&'a Runtime>,
    /// The bill then, USD a month; `None` where nothing is recommended.
    pub usd_per_month: Option<f64>,
    /// What a rewrite is worth beside it.
    pub worth_up_to: Option<WorthUpTo>,
}

impl Settled<'_> {
    /// A verdict that recommends nothing.
    pub fn without_bill(verdict: Verdict) -> Self {
        Self { verdict, to: None, usd_per_month: None, worth_up_to: None }
    }

    /// It as one of the answers between which a figure decides, where today's bill is known.
    pub fn answer(&self, today: Option<f64>) -> Answer {
        Answer {
            verdict: self.verdict.clone(),
            to: self.to.map(|runtime| runtime.name.clone()),
            at: None,
            nearer: None,
            usd_per_month: self.usd_per_month,
            saves_usd_per_month: today.zip(self.usd_per_month).map(|(today, after)| today - after),
        }
    }
}

/// Another runtime than today's, with its cheapest plan where there is one that may matter.
#[derive(Debug, Clone)]
pub struct Other<'a> {
    /// The runtime.
    pub runtime: &'a Runtime,
    /// Its machines and bill, once somebody has asked for them.
    pub priced: OnceCell<Option<Priced<'a>>>,
}

/// All that a verdict is made of.
pub struct Case<'c, 'l, 'a> {
    /// The workload and what it is planned with.
    pub options: &'c Options<'l, 'a>,
    /// What it costs beside its machines, and what a change has to be worth.
    pub account: &'c Account<'a>,
    /// What runs today.
    pub footing: Footing,
    /// Today's bill, USD a month, where known.
    pub today: Option<f64>,
    /// The cheapest plan in today's runtime, or why there is none.
    pub in_current: Result<&'c Plan<'a>, &'c NoPlan>,
    /// The other runtimes.
    pub others: &'c [Other<'a>],
    /// The smaller steps that count.
    pub steps: Steps,
    /// How much has to be found out.
    pub depth: Depth,
}

/// How much of a verdict has to be found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Of a step that mends what falls behind only which kind it is.
    Kind,
    /// The verdict.
    Verdict,
    /// Also what a rewrite is worth beside it.
    Worth,
}

/// What moving to a runtime saves on machines, USD a month, if it runs the handler's own code as fast as it may.
pub(super) struct Range<'r> {
    pub runtime: &'r Runtime,
    pub fast: f64,
}

/// What counts as paid today, USD a month, where the cheapest plan in today's runtime costs `current`: nobody
/// saves what they do not pay, so where fewer machines run today it is their bill.
pub fn paid(today: Option<f64>, current: f64) -> f64 {
    today.map_or(current, |today| today.min(current))
}

/// What to do about a problem by itself, whose plan in today's runtime is given. Runtimes that cannot save enough are not planned.
pub fn settle<'v>(
    problem: &Problem<'v>,
    planner: &Planner<'v>,
    footing: Footing,
    in_current: Result<&Plan<'v>, &NoPlan>,
    steps: Steps,
    depth: Depth,
) -> Settled<'v> {
    let today = problem.usd_per_month_today(&planner.policy);
    let account = Account::new(problem, &planner.policy, planner.terms);
    let others = planner.runtimes.iter().copied().filter(|runtime| runtime.name != problem.current.name);
    let others: Vec<Other<'v>> = others.map(|runtime| Other { runtime, priced: OnceCell::new() }).collect();
    let options = Options::new(problem, planner);
    Case { options: &options, account: &account, footing, today, in_current, others: &others, steps, depth }
        .settle()
}

impl<'a> Case<'_, '_, 'a> {
    /// What to do at the best estimates.
    ///
    /// Each search for another plan is made where the answer can turn on it, and not before.
    pub fn settle(&self) -> Settled<'a> {
        self.more_processes().unwrap_or_else(|| match self.in_current {
            Ok(plan) => self.weigh(plan),
            Err(none) => self.without_plan(none),
        })
    }

    /// The other runtime that is cheapest together with what features cost in it.
    pub fn elsewhere(&self) -> Option<(&'a Runtime, Priced<'a>)> {
        self.cheapest(|_| true)
    }

    /// The same of today's language.
    pub fn library(&self) -> Option<(&'a Runtime, Priced<'a>)> {
        self.cheapest(|runtime| !self.account.is_rewrite(runtime))
    }

    /// The same of another language.
    pub fn other_language(&self) -> Option<(&'a Runtime, Priced<'a>)> {
        self.cheapest(|runtime| self.account.is_rewrite(runtime))
    }

    fn cheapest(&self, counts: impl Fn(&Runtime) -> bool) -> Option<(&'a Runtime, Priced<'a>)> {
        let others = self.others.iter().filter(|other| counts(other.runtime));
        let planned = others.filter_map(|other| Some((other.runtime, self.priced(other)?)));
        let cost = |(runtime, priced): &(&Runtime, Priced<'_>)| {
            -self.account.net_saving(-priced.cheapest_usd_per_month, runtime)
        };
        planned.min_by(|one, other| cost(one).total_cmp(&cost(other)))
    }

    /// Machines and bill of another runtime; `None` where it has no plan, or none that can save enough.
    fn priced(&self, other: &Other<'a>) -> Option<Priced<'a>> {
        let Options { problem, planner, .. } = self.options;
        let may_save = |plan: &Plan<'_>| {
            let paid = paid(self.footing.bears(self.today), plan.cheapest_usd_per_month);
            planner.may_save_enough(problem, other.runtime, paid)
        };
        let least = || planner.least(problem, other.runtime, RangeEnd::Best);
        let may_matter = || self.in_current.map_or(true, may_save);
        *other.priced.get_or_init(|| if may_matter() { least() } else { None })
    }

    fn priced_in(&self, runtime: &Runtime) -> Option<Priced<'a>> {
        self.priced(self.others.iter().find(|other| std::ptr::eq(other.runtime, runtime))?)
    }

    /// The cheapest runtime in another language, or, where it is not among these ranges, the favourite.
    pub(super) fn chosen<'r>(&self, ranges: &'r [Range<'a>]) -> Option<&'r Range<'a>> {
        ranges.first()?;
        let cheapest = self.other_language().map(|(runtime, _)| &runtime.name);
        let named = ranges.iter().find(|range| Some(&range.runtime.name) == cheapest);
        named.or_else(|| self.favourite(ranges))
    }

    /// The range chosen, or else the cheapest, where a rewrite is worth it against `paid` however slow own code is.
    pub(super) fn sure<'r>(&self, ranges: &'r [Range<'a>], paid: f64) -> Option<&'r Range<'a>> {
        let bill = |Range { runtime, .. }: &Range<'a>| {
            let bill = self.priced_in(runtime).map_or(f64::INFINITY, |it| it.cheapest_usd_per_month);
            -self.account.net_saving(-bill, runtime)
        };
        let is_sure = |range: &&Range<'a>| self.is_sure(range, paid);
        let cheapest =
            || ranges.iter().filter(is_sure).min_by(|one, other| bill(one).total_cmp(&bill(other)));
        self.chosen(ranges).filter(is_sure).or_else(cheapest)
    }

    /// Today's runtime has a plan.
    fn weigh(&self, plan: &Plan<'_>) -> Settled<'a> {
        let paid = paid(self.footing.bears(self.today), plan.cheapest_usd_per_month);
        // A rewrite has to be worth it against what another library does without one.
        let library =
            self.library().filter(|(_, library)| self.is_worth(paid - library.cheapest_usd_per_month));
        let after_library = library.map_or(paid, |(_, library)| library.cheapest_usd_per_month).min(paid);
        // What is told starts from bills of plans to run, not from those by which plans are compared.
        let told = self::paid(self.footing.bears(self.today), plan.usd_per_month);
        let told = library.map_or(told, |(_, library)| library.usd_per_month.min(told));
        let Options { problem, planner, .. } = self.options;
        let may_save = |other: &Other<'_>| planner.may_save_enough(problem, other.runtime, after_library);
        let by_itself = || self.smaller_step(paid).unwrap_or_else(|| self.stay());
        if library.is_none() && !(self.tells_of_rewrites() && self.in_other_languages().any(may_save)) {
            return by_itself();
        }
        let is_estimated = self.account.rewrite_days().is_some();
        let ranges = self.ranges(after_library);
        if library.is_none() && !ranges.iter().any(|range| self.is_worth(range.fast)) {
            return by_itself();
        }
        let worth_if_fast = |range: &&Range<'_>| self.account.is_worth_moving(range.fast, range.runtime);
        let favourite = self.favourite(&ranges);
        if let Some(step) = self.smaller_step(paid) {
            let after = step.usd_per_month.map_or(paid, |usd| usd.min(paid));
            let left = favourite
                .filter(|_| !is_estimated)
                .map(|range| Range { fast: range.fast + after - after_library, ..*range });
            let told = step.usd_per_month.map_or(told, |usd| usd.min(told));
            return Settled { worth_up_to: left.and_then(|range| self.worth_up_to(&range, told)), ..step };
        }
        if let Some(range) = self.sure(&ranges, after_library) {
            return self.move_to(range.runtime);
        }
        let library = library.and_then(|(runtime, priced)| self.taken(Alternative::library(runtime, priced)));
        let instead = || library.clone().unwrap_or_else(|| self.stay());
        let is_guessed = |range: &&Range<'_>| problem.guesses_own_code(range.runtime);
        let known = favourite.filter(|range| !is_estimated && !is_guessed(range));
        match known.or(self.chosen(&ranges).filter(worth_if_fast)).or(favourite) {
            Some(turning) if is_estimated && library.is_none() => {
                self.turns_on_own_code(turning, after_library)
            }
            Some(turning) if !is_estimated => {
                Settled { worth_up_to: self.worth_up_to(turning, told), ..instead() }
            }
            _ => instead(),
        }
    }

    /// Today's runtime has no plan. Where it is known to run all the same, that is no reason to move.
    fn without_plan(&self, none: &NoPlan) -> Settled<'a> {
        let Footing { runs, lags, .. } = self.footing;
        let no_worse = self.no_worse().map(|plan| plan.usd_per_month);
        // What keeps up needs no step that saves nothing, or nobody knows what.
        let paid = if runs { no_worse.or(self.today) } else { Some(f64::INFINITY) };
        let step = if lags { self.mended() } else { paid.and_then(|paid| self.smaller_step(paid)) };
        if let Some(step) = step {
            return step;
        }
        if runs && !lags && none.stuck().is_some() {
            let verdict = no_worse.map_or(Verdict::Stay, |_| Verdict::RightSize);
            return Settled { usd_per_month: no_worse.or(self.today), ..Settled::without_bill(verdict) };
        }
        let none = Settled::without_bill(Verdict::None);
        let Options { problem, planner, .. } = self.options;
        match self.tells_of_rewrites().then(|| self.other_language()).flatten() {
            Some((runtime, _))
                if self.account.rewrite_days().is_some()
                    && planner.least(problem, runtime, RangeEnd::High).is_some() =>
            {
                self.move_to(runtime)
            }
            Some((runtime, _)) => {
                let (to, needs_spike) = (runtime.name.clone(), problem.guesses_own_code(runtime));
                let worth = WorthUpTo { to, needs_spike, ..WorthUpTo::default() };
                Settled { worth_up_to: Some(worth), ..none }
            }
            None => none,
        }
    }

    pub(super) fn move_to(&self, runtime: &'a Runtime) -> Settled<'a> {
        let usd_per_month = self.priced_in(runtime).map(|priced| priced.usd_per_month);
        Settled { verdict: Verdict::Move, to: Some(runtime), usd_per_month, worth_up_to: None }
    }

    /// Whether to move depends on how much less CPU own code takes; how much is for the one who asks.
    fn turns_on_own_code(&self, range: &Range<'a>, paid: f64) -> Settled<'a> {
        let moved = Settled { usd_per_month: Some(paid - range.fast), ..self.move_to(range.runtime) };
        let [below, above] = [self.stay(), moved].map(|it| it.answer(self.today));
        let language = Some(range.runtime.language.name.clone());
        let asked = DependsOn { language, ..DependsOn::either("spike_factor", below, above) };
        Settled::without_bill(Verdict::DependsOn(Box::new(asked)))
    }

    /// What a rewrite is worth, where that is something, of what is `paid` before, USD a month.
    pub(super) fn worth_up_to(&self, range: &Range<'a>, paid: f64) -> Option<WorthUpTo> {
        let Options { problem, planner, .. } = self.options;
        let net = |saving| self.account.net_saving(saving, range.runtime);
        let saves = |end| Some(net(paid - planner.priced(problem, range.runtime, end)?.usd_per_month));
        (self.depth == Depth::Worth && self.is_worth(net(range.fast))).then(|| {
            let saves_at_most = saves(RangeEnd::Low);
            WorthUpTo {
                to: range.runtime.name.clone(),
                needs_spike: problem.guesses_own_code(range.runtime),
                of_usd_per_month: Some(paid),
                saves_at_least: saves(RangeEnd::High),
                saves_at_most,
                engineer_days: saves_at_most.map(|most| self.account.affordable_rewrite_days(most)),
            }
        })
    }

    /// The language that saves most where it is fast, if that is worth it, before all others one that own code was ported to.
    pub(super) fn favourite<'r>(&self, ranges: &'r [Range<'a>]) -> Option<&'r Range<'a>> {
        let net_if_fast = |range: &Range<'_>| self.account.net_saving(range.fast, range.runtime);
        let worth_it = ranges.iter().filter(|it| self.account.is_worth_moving(it.fast, it.runtime));
        let is_known = |range: &Range<'_>| !self.options.problem.guesses_own_code(range.runtime);
        worth_it.max_by(|one, another| {
            is_known(one).cmp(&is_known(another)).then(net_if_fast(one).total_cmp(&net_if_fast(another)))
        })
    }

    /// Runtimes of other languages.
    fn in_other_languages(&self) -> impl Iterator<Item = &Other<'a>> {
        self.others.iter().filter(|other| self.account.is_rewrite(other.runtime))
    }

    /// Whether a rewrite has a part in it: one whose days nobody has estimated is no verdict, and is only told beside one.
    fn tells_of_rewrites(&self) -> bool {
        self.account.rewrite_days().is_some() || self.depth == Depth::Worth
    }

    /// What moving to each runtime of another language saves on machines against `paid`, where that has a part in it.
    pub(super) fn ranges(&self, paid: f64) -> Vec<Range<'a>> {
        let others = self.in_other_languages().filter(|_| self.tells_of_rewrites());
        others.map(|other| self.range(other, paid)).collect()
    }

    fn range(&self, other: &Other<'a>, paid: f64) -> Range<'a> {
        let Options { problem, planner, .. } = self.options;
        let runtime = other.runtime;
        let may_save =
            || planner.may_save_enough(problem, runtime, paid) || self.account.net_saving(0.0, runtime) > 0.0;
        let least = match problem.guesses_own_code(runtime) || planner.confidence.is_some() {
            true if may_save() => planner.least(problem, runtime, RangeEnd::Low),
            true => None,
            false => self.priced(other),
        };
        let fast = least.map_or(f64::NEG_INFINITY, |priced| paid - priced.cheapest_usd_per_month);
        Range { runtime, fast }
    }

    /// Whether a rewrite whose days are known is worth it against `paid` also where own code is as slow as it may be.
    pub(super) fn is_sure(&self, range: &Range<'a>, paid: f64) -> bool {
        let Options { problem, planner, .. } = self.options;
        let slow = || match problem.guesses_own_code(range.runtime) {
            true => {
                Some(paid - planner.least(problem, range.runtime, RangeEnd::High)?.cheapest_usd_per_month)
            }
            false => Some(range.fast),
        };
        let is_worth = |saving| self.account.is_worth_moving(saving, range.runtime);
        self.account.rewrite_days().is_some() && slow().is_some_and(is_worth)
    }

    /// Whether a saving is worth a change of code.
    pub(super) fn is_worth(&self, saving: f64) -> bool {
        self.account.terms.is_worth_a_change(saving)
    }

    fn stay(&self) -> Settled<'a> {
        let Options { problem, planner, .. } = self.options;
        let current = self.in_current.ok().map(Plan::priced);
        let is_worth = |to: Priced<'_>| is_to_be_resized(problem, planner, self.footing, &to);
        let (is_resized, current) = (current.is_some_and(is_worth), current.map(|it| it.usd_per_month));
        let (verdict, usd_per_month) = match is_resized {
            true => (Verdict::RightSize, current),
            false => (Verdict::Stay, self.today.or(current)),
        };
        Settled { verdict, to: None, usd_per_month, worth_up_to: None }
    }
}
