//! What pools and pods cost, in a sentence.

use super::findings::{beside_dedicated, nodes, pods_beside_today};
use super::{Pools, bill};
use crate::report::figures::{SAME_BILL, more, plural, usd};
use crate::report::plan::prices;

impl Pools<'_, '_, '_> {
    /// What sharing costs beside dedicated machines, as all run today.
    pub(super) fn answer(&self) -> String {
        let found = self.found_today();
        if found.is_empty() {
            return "No shared pool carries these workloads in today's runtimes".to_owned();
        }
        let workloads = found.iter().map(|(today, _)| today.parts.len() as u64).sum();
        let bill: f64 = found.iter().map(|(_, pool)| pool.usd_per_month).sum();
        let pools = match found.len() {
            1 => "one shared pool".to_owned(),
            count => format!("{count} shared pools, one for each place,"),
        };
        let shared = format!("{} on {pools} cost {}", plural(workloads, "workload"), self.bill_at(bill));
        let own: Option<f64> = found.iter().map(|(today, _)| today.own_usd_per_month).sum();
        let Some((own, beside)) = own.zip(beside_dedicated(&found, self.rules)) else { return shared };
        let shared = format!("{shared}, {beside}");
        let [only] = self.places else { return shared };
        let small = only.small.as_deref().and_then(|small| {
            let today = small.as_today()?;
            Some((today.parts.len() as u64, today.own_usd_per_month? - self::bill(today)?))
        });
        let small = small.filter(|&(_, saves)| saves > (own - bill).max(0.0)).map(|(count, saves)| {
            let workloads = plural(count, "small workload");
            format!(". Sharing only the {workloads} saves {} a month", usd(saves))
        });
        shared + &small.unwrap_or_default()
    }

    /// What `plan` decides for the workloads that are pooled, USD a month, where it decides on all.
    pub(super) fn decided(&self) -> Option<f64> {
        self.pooled_today().map(|row| row.entry.recommendation.usd_per_month).sum()
    }

    /// How many pods on which nodes, and what these cost, as all run today.
    pub(super) fn pods_answer(&self) -> String {
        let found = self.found_today();
        if found.is_empty() {
            return "No nodes carry these workloads in today's runtimes".to_owned();
        }
        let pods = found.iter().flat_map(|(today, _)| &today.parts).map(|part| part.replicas.running).sum();
        let pooled: usize = found.iter().map(|(today, _)| today.parts.len()).sum();
        let all = self.shares_today().count();
        let of_all = if pooled < all { format!("{pooled} of ") } else { String::new() };
        let all_nodes = found.iter().map(|(_, pool)| pool.nodes()).sum();
        let on = match &found[..] {
            [(_, only)] => nodes(only),
            many => format!("{} in {} places", plural(all_nodes, "node"), many.len()),
        };
        let bill: f64 = found.iter().map(|(_, pool)| pool.usd_per_month).sum();
        let (paid, today) = pods_beside_today(bill, self.pooled_today());
        let of_some = if today.is_none() { self.those_with_a_bill() } else { None };
        let of_any_type = self.decided().filter(|_| !self.rules.node_types.is_empty());
        let own = of_any_type.map(|plan| paid - plan).filter(|than| than.abs() >= SAME_BILL);
        let own = own.map(|than| format!("{} than what `tonnage plan` decides", more(than)));
        let own = own.or_else(|| beside_dedicated(&found, self.rules).filter(|_| of_some.is_none()));
        let beside: Vec<String> = today.or(of_some).into_iter().chain(own).collect();
        let beside = if beside.is_empty() { String::new() } else { format!(", {}", beside.join(", and ")) };
        format!(
            "{of_all}{} in {} on {on} cost {}{beside}",
            plural(all as u64, "workload"),
            plural(pods, "pod"),
            self.bill_at(bill)
        )
    }

    /// What the pods of those workloads cost whose bill is known, beside it, where others have none.
    fn those_with_a_bill(&self) -> Option<String> {
        let known = self.pooled_today().filter(|it| it.entry.recommendation.today_usd_per_month.is_some());
        let bill = known.clone().filter_map(|it| Some(it.share()?.allocated_usd_per_month)).sum();
        let count = Some(known.clone().count()).filter(|count| *count > 0)?;
        let (paid, today) = pods_beside_today(bill, known.clone());
        let plan: Option<f64> = known.map(|it| it.entry.recommendation.usd_per_month).sum();
        let plan = plan.map(|plan| format!(", and {} than what `tonnage plan` decides", more(paid - plan)));
        Some(format!("the {count} with a bill {}{}", today?, plan.unwrap_or_default()))
    }

    /// A bill, and at which prices.
    fn bill_at(&self, usd_per_month: f64) -> String {
        let at = self.places.first().map(|it| format!(" at {}", prices(it.fleet, self.discounts.as_deref())));
        format!("{} a month{}", usd(usd_per_month), at.unwrap_or_default())
    }
}
