//! One runtime for a workload, and what moving to it would give.

use crate::decide::alternative::Machines;
use crate::decide::baseline::{Baseline, Standing};
use crate::decide::change::Change;
use crate::decide::checked::RestsOn;
use crate::decide::depends_on::{DependsOn, Questions, questions};
use crate::decide::known::{Known, at_any_idle_sibling};
use crate::decide::options::Options;
use crate::decide::steps::Steps;
use crate::decide::total_cost::{Account, RuntimeChange};
use crate::decide::verdict::{Case, Depth, Other, Settled, Verdict, WorthUpTo, paid};
use crate::plan::{NoPlan, Plan, Plans};
use crate::runtime::Runtime;

/// How many times today's bill may be that of a plan which nobody has checked.
const BELIEVED: f64 = 3.0;

/// The answer for one workload.
#[derive(Debug, Clone)]
pub struct Recommendation<'a> {
    /// The runtime recommended; `None` where no runtime has a plan.
    pub runtime: Option<&'a Runtime>,
    /// What runs today.
    pub baseline: Baseline,
    /// What to do.
    pub verdict: Verdict,
    /// What it turns on; what was asked is the verdict then.
    pub questions: Box<Questions>,
    /// What a rewrite is worth at most, where nobody has estimated its days.
    pub worth_up_to: Option<WorthUpTo>,
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
    /// The plan recommended; for a smaller step, the plan before it. To right-size what has no plan it is one that breaks its limit no
    /// more than today.
    pub chosen: Option<Plan<'a>>,
    /// The machines recommended, today's where nothing changes; `None` where nothing is recommended, or nobody says what runs
    /// today.
    pub machines: Option<Machines>,
    /// What it rests on that nobody has measured or said.
    pub rests_on: RestsOn,
    /// From today's bill to the plan in today's runtime, USD a month.
    pub right_sizing_saves: Option<f64>,
    /// From what is paid to the cheapest plan in another runtime, USD a month; negative where it costs more.
    pub moving_saves: Option<f64>,
    /// What counts as paid today, USD a month: the lower of today's bill, unless what it pays for falls behind at peak, and the
    /// cheapest plan in today's runtime; `None` where that has none.
    pub paid: Option<f64>,
    /// What is paid when a rewrite begins, USD a month: `paid`, or the bill after a smaller step that is recommended.
    pub before_rewrite: Option<f64>,
    /// Bill after the recommendation is followed, USD a month: today's where nothing changes and it is known; `None` where
    /// nothing is recommended, or pods are kept whose bill is not known.
    pub usd_per_month: Option<f64>,
    /// What that saves, USD a month, against today's bill where that is known and the cheapest plan in today's
    /// runtime where it is not.
    pub saves: Option<f64>,
}

impl<'a> Recommendation<'a> {
    /// The plan recommended, else the one in today's runtime, or why there is none.
    pub fn plan(&self) -> Result<&Plan<'a>, &NoPlan> {
        self.chosen.as_ref().map_or_else(|| self.in_current.as_ref(), Ok)
    }

    /// The change that is recommended, where it is one of settings or of the topic.
    pub fn step(&self) -> Option<Change> {
        match self.verdict {
            Verdict::Alternative { change, .. } => change,
            _ => None,
        }
    }

    /// Whether the recommendation is of other machines than today's.
    pub fn changes_machines(&self) -> bool {
        matches!(self.verdict, Verdict::RightSize | Verdict::Alternative { .. } | Verdict::Move)
    }

    /// The blank cell that has something else done than what is recommended, or nothing.
    pub fn turns_on(&self) -> Option<&DependsOn> {
        self.questions.unless.as_ref().or(self.questions.mended_by.as_ref())
    }

    /// Whether it is of machines that break a limit no more than today's, as none keep it.
    pub fn is_no_worse(&self) -> bool {
        self.verdict == Verdict::RightSize && self.in_current.is_err()
    }

    /// Whether what runs today falls behind at peak, and something mends that.
    pub fn falls_behind(&self) -> bool {
        self.baseline.footing.lags && self.verdict != Verdict::None
    }

    /// Whether what runs today falls behind, or is at its limit and other machines are recommended.
    pub fn lacks_capacity(&self) -> bool {
        self.falls_behind() || self.baseline.footing.is_at_limit && self.verdict == Verdict::RightSize
    }

    /// Whether what runs today is kept although it may fall behind at peak, or is too busy for any plan of it.
    pub fn is_strained(&self) -> bool {
        let is_open = self.baseline.footing.is_at_limit || self.baseline.keeps_up_if.is_some();
        self.verdict == Verdict::Stay && (is_open || self.in_current.is_err())
    }

    /// The same where it turns on something, so that there is no step.
    pub(super) fn asking(self, question: DependsOn) -> Self {
        Self {
            runtime: self.in_current.as_ref().ok().map(|plan| plan.runtime),
            chosen: self.in_current.as_ref().ok().cloned(),
            verdict: Verdict::DependsOn(Box::new(question)),
            questions: Box::default(),
            worth_up_to: None,
            machines: None,
            usd_per_month: None,
            saves: None,
            ..self
        }
    }

    /// Whether nothing is, as nobody knows what machines cost that are paid for as it is.
    pub fn lacks_prices(&self) -> bool {
        self.verdict == Verdict::None && matches!(self.in_current, Err(NoPlan::NoPrices { .. }))
    }

    /// Whether something is recommended.
    pub fn has_verdict(&self) -> bool {
        self.changes_machines() || self.verdict == Verdict::Stay
    }

    /// Whether [what it saves was checked](Self::is_checked); `None` where it saves nothing.
    pub fn check(&self) -> Option<Standing> {
        let (today, after) = self.today_usd_per_month.zip(self.usd_per_month)?;
        let standing = match self.baseline.standing {
            Standing::Consistent if !self.is_checked() => Standing::Unchecked,
            standing => standing,
        };
        (today > after).then_some(standing)
    }

    /// Whether what is said of it [rests on](RestsOn) measured CPU and nothing that nobody has measured or said, and is the same
    /// for what blank cells are likely to stand for.
    pub fn is_checked(&self) -> bool {
        self.baseline.standing == Standing::Consistent
            && self.rests_on.is_nothing()
            && self.turns_on().is_none()
    }

    /// Whether a bill, USD a month, is so far below today's that the cores in use have to be measured before it is believed.
    pub fn is_to_be_measured(&self, usd_per_month: f64) -> bool {
        let is_deep = self.today_usd_per_month.is_some_and(|today| today > BELIEVED * usd_per_month);
        is_deep && self.baseline.standing == Standing::Unchecked
    }

    /// What changing from today's runtime to the plan of another is worth: of what is paid; where that is a rewrite,
    /// after a smaller step that is recommended.
    pub fn change(&self, account: &Account<'_>, to: &Plan<'_>) -> Option<RuntimeChange> {
        let (before, step) = match account.is_rewrite(to.runtime) {
            true => (self.before_rewrite, Some(&self.verdict)),
            false => (self.paid, None),
        };
        let bears = self.baseline.footing.bears(self.today_usd_per_month);
        let of = |current: &Plan<'_>| paid(bears, current.cheapest_usd_per_month);
        let compared = paid_after(step, self.in_current.as_ref().ok().map(of));
        Some(account.change([before?, compared?], to))
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

/// The plan in today's runtime, which may be none of those that were planned.
pub(super) fn in_current<'a>(options: &Options<'_, 'a>, plans: &Plans<'a>) -> Result<Plan<'a>, NoPlan> {
    let Options { problem, planner, .. } = options;
    match plans.iter().find(|(runtime, _)| runtime.name == problem.current.name) {
        Some((_, plan)) => plan.clone(),
        None => planner.cheapest(problem, problem.current),
    }
}

/// Recommends one of the options's runtimes for its workload. `plans` are those of the options's runtimes.
pub fn recommend<'a>(options: &Options<'_, 'a>, plans: &Plans<'a>) -> Recommendation<'a> {
    let Options { problem, planner, .. } = options;
    let is_current = |runtime: &Runtime| runtime.name == problem.current.name;
    let in_current = in_current(options, plans);
    let others = plans.iter().filter(|(runtime, _)| !is_current(runtime));
    let others: Vec<Other<'a>> = others
        .map(|(runtime, plan)| Other { runtime, priced: plan.as_ref().ok().map(Plan::priced).into() })
        .collect();
    let account = Account::new(problem, &planner.policy, planner.terms);
    let today = problem.usd_per_month_today(&planner.policy);
    let baseline = Baseline::of(problem, &planner.extremes(problem.current), &planner.policy);
    let case = Case {
        options,
        account: &account,
        footing: baseline.footing,
        today,
        in_current: in_current.as_ref(),
        others: &others,
        steps: Steps::All,
        depth: Depth::Worth,
    };
    let of = |other: Option<&'a Runtime>| {
        let (_, plan) =
            plans.iter().find(|(runtime, _)| other.is_some_and(|it| std::ptr::eq(it, *runtime)))?;
        plan.as_ref().ok().cloned()
    };
    let [elsewhere, library, other_language] = [case.elsewhere(), case.library(), case.other_language()]
        .map(|it| of(it.map(|(runtime, _)| runtime)));
    let settled = at_any_idle_sibling(
        |steps| Case { steps, ..case }.settle(),
        problem,
        planner,
        baseline.footing,
        in_current.as_ref().ok().map(|plan| plan.machine),
        Depth::Worth,
    );
    let no_worse = if settled.verdict == Verdict::RightSize { case.no_worse() } else { None };
    let known = Known { footing: baseline.footing, in_current, settled };
    let mut questions = questions(problem, planner, &known);
    let Known { in_current, settled, .. } = known;
    let settled =
        questions.asked.take().map_or(settled, |it| Settled::without_bill(Verdict::DependsOn(Box::new(it))));
    let Settled { verdict, to, usd_per_month, worth_up_to } = settled;
    let no_worse = no_worse.as_ref().filter(|_| verdict == Verdict::RightSize);
    let current = in_current.as_ref().ok().or(no_worse);

    // Of what cannot be nothing is saved.
    let is_believed = !baseline.is_contradictory();
    let current_usd = current.filter(|_| is_believed).map(|plan| plan.usd_per_month);
    let paid = current_usd.map(|current| paid(baseline.footing.bears(today), current));
    let chosen = match &verdict {
        Verdict::None | Verdict::Contradictory => None,
        Verdict::Move => of(to),
        _ => current.cloned(),
    };
    // Of several that cost about the same the one is told that it moves to.
    let moved = chosen.as_ref().filter(|_| verdict == Verdict::Move);
    let told =
        |other: Plan<'a>| moved.cloned().filter(|_| account.is_rewrite(other.runtime)).unwrap_or(other);
    let [elsewhere, other_language] = [elsewhere, other_language].map(|other| other.map(&told));
    let moving_saves = paid.zip(elsewhere.as_ref()).map(|(paid, other)| paid - other.usd_per_month);
    // Pods share nodes, and machines of their own are no bill of them.
    let in_pods = verdict == Verdict::Stay && problem.pods_today().is_some();
    let usd_per_month = usd_per_month.filter(|_| !in_pods || today.is_some());
    let machines = match &verdict {
        Verdict::Alternative { on, .. } => Some(on.clone()),
        Verdict::Stay if in_pods || today.is_some() => Machines::today(problem),
        Verdict::Stay => chosen.as_ref().map(Machines::of),
        Verdict::RightSize | Verdict::Move => chosen.as_ref().map(Machines::of),
        Verdict::DependsOn(_) | Verdict::Contradictory | Verdict::None => None,
    };
    let rests_on = RestsOn::of(problem, planner, &verdict, chosen.as_ref(), machines.as_ref());
    let before_rewrite = paid_after(Some(&verdict), paid);
    let recommendation = Recommendation {
        runtime: (verdict != Verdict::None).then(|| to.unwrap_or(problem.current)),
        saves: today.or(current_usd).zip(usd_per_month).map(|(before, after)| before - after),
        right_sizing_saves: today.zip(current_usd).map(|(today, current)| today - current),
        baseline,
        questions: Box::new(questions),
        verdict,
        worth_up_to,
        today_usd_per_month: today,
        in_current,
        elsewhere,
        library,
        other_language,
        rewrite: None,
        chosen,
        rests_on,
        machines,
        moving_saves,
        paid,
        before_rewrite,
        usd_per_month,
    };
    let language = recommendation.other_language.as_ref();
    let rewrite = language.and_then(|other| recommendation.change(&account, other));
    Recommendation { rewrite, ..recommendation }
}

/// What is paid once a smaller step is followed that is recommended, USD a month.
fn paid_after(verdict: Option<&Verdict>, paid: Option<f64>) -> Option<f64> {
    match verdict {
        Some(Verdict::Alternative { usd_per_month, .. }) => {
            Some(paid.map_or(*usd_per_month, |paid| paid.min(*usd_per_month)))
        }
        _ => paid,
    }
}
