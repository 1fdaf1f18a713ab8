//! What a workload costs beside its machines, and when moving to another language pays back.

use crate::cost::bill::reaches;
use crate::cost::traffic::{CrossZone, Traffic};
use crate::decide::terms::Terms;
use crate::plan::Plan;
use crate::policy::Policy;
use crate::problem::Problem;
use crate::runtime::Runtime;
use crate::workload::Workload;

/// What is paid for one workload in one runtime, USD a month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TotalCost {
    /// Machines.
    pub compute: f64,
    /// Traffic between zones, the same in every runtime on machines of one provider.
    pub traffic: f64,
    /// Building features; `None` where features are built and the language's days for one are not known.
    pub engineering: Option<f64>,
}

impl TotalCost {
    /// All of it; `None` where a part is not known.
    pub fn usd_per_month(&self) -> Option<f64> {
        Some(self.compute + self.traffic + self.engineering?)
    }
}

/// What a change from today's runtime to another is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct RuntimeChange {
    /// The other runtime.
    pub to: String,
    /// Its machines against those paid for, USD a month.
    pub compute_saves_usd_per_month: f64,
    /// What features cost more to build in it, USD a month; `None` where that is not known, and left out then.
    pub engineering_costs_usd_per_month: Option<f64>,
    /// What is left of the saving, USD a month.
    pub saves_usd_per_month: f64,
    /// The same as a share of all that is paid, traffic and engineering included.
    pub saves_share: f64,
    /// The rewrite, USD once; `None` where its days are not given, or nothing has to be rewritten.
    pub rewrite_usd: Option<f64>,
    /// Months until the saving has paid for the rewrite; `None` where there is none to pay for, or it never does.
    pub payback_months: Option<f64>,
    /// Days of rewriting that would pay back in time.
    pub affordable_rewrite_days: f64,
    /// The saving between the cheapest plans, by which verdicts compare, USD a month.
    pub judged_usd_per_month: f64,
    /// Whether that reaches the least saving worth a change and pays back in time, at the best estimates.
    pub is_worth_it: bool,
}

/// What one workload costs beside its machines, and on what terms.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    workload: &'a Workload,
    current: &'a Runtime,
    traffic: Traffic,
    prices: CrossZone,
    /// What a change has to be worth.
    pub terms: Terms,
}

impl<'a> Account<'a> {
    /// That of a problem's workload.
    pub fn new(problem: &Problem<'a>, policy: &Policy, terms: Terms) -> Self {
        let Problem { workload, current, .. } = *problem;
        Self { workload, current, traffic: Traffic::of(workload, policy), prices: policy.cross_zone, terms }
    }

    /// Traffic between zones at a provider, USD a month.
    pub fn traffic_usd_per_month(&self, provider: &str) -> f64 {
        self.traffic.usd_per_month(self.prices, provider)
    }

    /// Building the workload's features in a runtime, USD a month: `days_per_feature features_per_month day_rate`.
    ///
    /// `None` where features are built and the language's days for one are not known.
    pub fn engineering_usd_per_month(&self, runtime: &Runtime) -> Option<f64> {
        let features = self.workload.outlook.features_per_month;
        if features == 0.0 {
            return Some(0.0);
        }
        Some(runtime.language.days_per_feature.as_ref()?.value * features * self.terms.day_rate_usd)
    }

    /// What features cost more in a runtime than in today's, USD a month; negative where they cost less.
    pub fn extra_engineering_usd_per_month(&self, runtime: &Runtime) -> Option<f64> {
        let [theirs, ours] = [runtime, self.current].map(|it| self.engineering_usd_per_month(it));
        Some(theirs? - ours?)
    }

    /// All that is paid where a runtime's machines at a provider cost `compute`, USD a month.
    pub fn total(&self, runtime: &Runtime, provider: &str, compute: f64) -> TotalCost {
        TotalCost {
            compute,
            traffic: self.traffic_usd_per_month(provider),
            engineering: self.engineering_usd_per_month(runtime),
        }
    }

    /// What features in a runtime leave of a saving on machines, USD a month. What is not known of them is left out.
    pub fn net_saving(&self, compute_saving: f64, runtime: &Runtime) -> f64 {
        compute_saving - self.extra_engineering_usd_per_month(runtime).unwrap_or(0.0)
    }

    /// Whether moving to a runtime is a rewrite: it is in another language.
    pub fn is_rewrite(&self, runtime: &Runtime) -> bool {
        runtime.language != self.current.language
    }

    /// The rewrite that moving to a runtime takes, USD once: `rewrite_days day_rate`.
    ///
    /// `None` where its days are not given. Another library of the same language is no rewrite: what runs on it is
    /// the same code, and its days are not those of `rewrite_days`.
    pub fn rewrite_usd(&self, runtime: &Runtime) -> Option<f64> {
        self.is_rewrite(runtime).then_some(self.rewrite_days()? * self.terms.day_rate_usd)
    }

    /// Whether a verdict may be to move to a runtime: a rewrite whose days nobody has estimated is only told beside one.
    pub fn may_move_to(&self, runtime: &Runtime) -> bool {
        self.rewrite_days().is_some() || !self.is_rewrite(runtime)
    }

    /// Working days that moving to another language takes, where they are known.
    pub fn rewrite_days(&self) -> Option<f64> {
        self.workload.outlook.rewrite_days.or(self.terms.rewrite_days)
    }

    /// Whether a saving on machines, USD a month, is worth moving to a runtime: what features leave of it reaches the
    /// least saving worth a change, and pays back the rewrite in time.
    pub fn is_worth_moving(&self, compute_saving: f64, runtime: &Runtime) -> bool {
        let saving = self.net_saving(compute_saving, runtime);
        let pays_back =
            self.rewrite_usd(runtime).is_none_or(|once| reaches(saving * self.terms.payback_months, once));
        self.terms.is_worth_a_change(saving) && pays_back
    }

    /// Days of rewriting that a saving, USD a month, pays back in time.
    pub fn affordable_rewrite_days(&self, saves: f64) -> f64 {
        saves.max(0.0) * self.terms.payback_months / self.terms.day_rate_usd
    }

    /// What moving to a plan is worth where `paid` USD a month are paid for machines before it, and `compared` by the cheapest plan
    /// before it. Whether that is worth it is judged by the cheapest plans, as verdicts are.
    pub fn change(&self, [paid, compared]: [f64; 2], to: &Plan<'_>) -> RuntimeChange {
        let compute_saves_usd_per_month = paid - to.usd_per_month;
        let saves = self.net_saving(compute_saves_usd_per_month, to.runtime);
        let engineering = self.engineering_usd_per_month(self.current).unwrap_or(0.0);
        let total = paid + self.traffic_usd_per_month(&to.machine.provider) + engineering;
        let rewrite_usd = self.rewrite_usd(to.runtime);
        let judged = compared - to.cheapest_usd_per_month;
        RuntimeChange {
            to: to.runtime.name.clone(),
            compute_saves_usd_per_month,
            engineering_costs_usd_per_month: self.extra_engineering_usd_per_month(to.runtime),
            saves_usd_per_month: saves,
            saves_share: if total > 0.0 { saves / total } else { 0.0 },
            rewrite_usd,
            payback_months: rewrite_usd.filter(|_| saves > 0.0).map(|once| once / saves),
            affordable_rewrite_days: self.affordable_rewrite_days(saves),
            judged_usd_per_month: self.net_saving(judged, to.runtime),
            is_worth_it: self.is_worth_moving(judged, to.runtime),
        }
    }
}
