//! Bills of two plans that can be compared, by what became of the workloads.

use super::change::{ADDED, Change, INPUTS, REMOVED, SAME};
use crate::report::column::{Column, columns};
use crate::report::figures::{SAME_BILL, more, plural, usd};

/// Bills of some workloads in both plans: of those alone whose bills are like each other, or of workloads that only one plan has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Total {
    /// Which workloads these are.
    pub of: &'static str,
    /// Number of these workloads.
    pub workloads: u64,
    /// Their bills in the old plan, USD a month.
    pub old: f64,
    /// Their bills in the new plan, USD a month.
    pub new: f64,
}

/// All totals of two plans.
#[derive(Debug)]
pub struct Totals<'p> {
    /// Of workloads with other inputs and with the same, of both, of added and removed ones, and of all.
    pub rows: [Total; 6],
    /// Workloads without bills that are like each other, which are in no sum.
    pub not_counted: Vec<&'p str>,
    /// Today's bills in them of workloads without a verdict, in each plan, USD a month; nothing where all have one.
    pub open: Option<(f64, f64)>,
}

impl Total {
    /// What they cost more, USD a month.
    pub fn costs_more(&self) -> f64 {
        self.new - self.old
    }
}

impl<'p> Totals<'p> {
    /// Adds up all workloads of two plans.
    pub fn of(all: &[Change<'p>]) -> Self {
        let total = |(of, kinds): (&'static str, &[&str])| {
            let these = || all.iter().filter(|it| kinds.contains(&it.kind()));
            let none = Total { of, workloads: 0, old: 0.0, new: 0.0 };
            these().filter_map(Change::compared).fold(none, |sum, (old, new)| Total {
                workloads: sum.workloads + 1,
                old: sum.old + old,
                new: sum.new + new,
                ..sum
            })
        };
        let kinds: [(_, &[&str]); 6] = [
            (INPUTS, &[INPUTS]),
            (SAME, &[SAME]),
            ("in both plans", &[INPUTS, SAME]),
            (ADDED, &[ADDED]),
            (REMOVED, &[REMOVED]),
            ("all", &[INPUTS, SAME, ADDED, REMOVED]),
        ];
        let not_counted = all.iter().filter(|it| it.compared().is_none()).map(|it| it.workload).collect();
        let open = all.iter().filter(|it| it.is_unplanned()).filter_map(Change::compared);
        let open = open.reduce(|sum, it| (sum.0 + it.0, sum.1 + it.1));
        Self { rows: kinds.map(total), not_counted, open }
    }

    /// The total of all workloads.
    pub fn all(&self) -> &Total {
        &self.rows[5]
    }

    /// Like with like, in one line; nothing where no bills are.
    pub fn told(&self) -> String {
        let [inputs, same, both, added, removed, _] = &self.rows;
        let mut said = Vec::new();
        if both.workloads > 0 {
            let [old, new, rise] = [usd(both.old), usd(both.new), rise(both)];
            said.push(format!(
                "{} in both plans {old} -> {new} ({rise})",
                plural(both.workloads, "workload")
            ));
        }
        let differs = [inputs, same].iter().any(|it| it.costs_more().abs() >= SAME_BILL);
        if inputs.workloads.min(same.workloads) > 0 && differs {
            let [of_inputs, of_same] = [inputs, same].map(rise);
            said.push(format!("{of_inputs} where inputs changed, {of_same} where they did not"));
        }
        let one_sided = [added, removed].into_iter().filter(|it| it.workloads > 0);
        said.extend(
            one_sided.map(|it| format!("{} {}, {}", plural(it.workloads, "workload"), it.of, rise(it))),
        );
        if let Some((old, new)) = self.open.filter(|(old, new)| (new - old).abs() >= SAME_BILL) {
            said.push(format!("of these today's bills without a verdict {} -> {}", usd(old), usd(new)));
        }
        if said.is_empty() { String::new() } else { said.join("; ") + "." }
    }
}

/// `$112 more`, `same cost`.
fn rise(total: &Total) -> String {
    let dollars = total.costs_more();
    if dollars.abs() < SAME_BILL { "same cost".to_owned() } else { more(dollars) }
}

/// Columns of the totals.
pub fn columns() -> Vec<Column<Total>> {
    columns! { Total, it;
        "of", "Workloads of both plans whose inputs changed or are the same, both of these, added and removed ones, or all" => it.of;
        "workloads", "Number of these whose bills can be compared" => it.workloads;
        "old_usd_per_month", "Their bills in the old plan, USD a month" => it.old;
        "new_usd_per_month", "Their bills in the new plan, USD a month" => it.new;
        "costs_more_usd_per_month", "The new bills less the old ones, USD a month" => it.costs_more();
    }
}
