//! Workloads without a plan in today's runtime: why, and what gives them one.

use super::decision::Decision;
use super::paid::sentence;
use crate::report::figures::{and_last, listed};
use std::collections::BTreeMap;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::machine::Purchase;
use tonnage_model::plan::NoPlan;

/// Workloads that are named of each price that is missing.
const MOST_NAMED: usize = 6;

/// Why today's runtime has no plan.
pub fn cannot(decision: &Decision<'_, '_>) -> String {
    let current = &decision.entry.problem.current.name;
    match &decision.entry.recommendation.in_current {
        Err(NoPlan::Unmeasured(reason)) => {
            format!("{reason}, so it cannot be planned; use decode with handler_ms until that is measured")
        }
        Err(none) if !matches!(none, NoPlan::NoneServes { .. }) => {
            format!("{none}; {}", cure(none))
        }
        Err(_) => format!("{current} cannot carry it as described: {}", decision.kept().no_plan()),
        Ok(_) => String::new(),
    }
}

/// What gives a plan where no machine type has a price, or none of those to choose from.
fn cure(none: &NoPlan) -> &'static str {
    match none {
        NoPlan::NoPrices { purchase: Purchase::OnDemand, .. } => "give prices with --prices",
        NoPlan::NoPrices { .. } => {
            "give prices with --prices, or plan at on-demand prices (purchase = on-demand in the row, or `--set purchase=on-demand`): \
             savings are then at list prices, or at what is paid of them where current_usd_per_month is given"
        }
        NoPlan::OtherArch { .. } => "--any-arch plans on these too",
        _ => "choose another purchase or region, or give prices with --prices",
    }
}

/// Which prices are missing of how some workloads are paid for, and what gives these a plan; nothing where there are none.
pub fn unpriced<'e, 'a: 'e>(entries: impl IntoIterator<Item = &'e PlannedWorkload<'a>>) -> Vec<String> {
    let mut missing: BTreeMap<&str, BTreeMap<String, Vec<&str>>> = BTreeMap::new();
    for PlannedWorkload { recommendation: it, problem, .. } in entries {
        if let (true, Err(none)) = (it.lacks_prices(), &it.in_current) {
            let of_cure = missing.entry(cure(none)).or_default();
            of_cure.entry(none.to_string()).or_default().push(&problem.workload.name);
        }
    }
    let named = |(none, names): (&String, &Vec<&str>)| format!("{none} ({})", listed(names, MOST_NAMED));
    let told = missing.iter().map(|(cure, of_cure)| {
        let what: Vec<String> = of_cure.iter().map(named).collect();
        format!("{}: {cure}", and_last(&what))
    });
    told.map(sentence).collect()
}
