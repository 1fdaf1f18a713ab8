//! What savings rest on that is to be checked, and what to give so that they are.

use super::decision::Decision;
use crate::report::figures::{listed, usd};
use std::collections::BTreeSet;
use tonnage_model::blank::Blank;
use tonnage_model::decide::baseline::Standing;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::recommendation::Recommendation;
use tonnage_model::machine::Purchase;

/// Workloads that a cell names.
const MOST_NAMED: usize = 2;

/// A kind of what a saving rests on: its name, and the cell to give; a blank cell names itself.
struct Rest {
    what: &'static str,
    give: Option<&'static str>,
    is_of: fn(&Recommendation<'_>) -> bool,
}

const fn rest(what: &'static str, give: &'static str, is_of: fn(&Recommendation<'_>) -> bool) -> Rest {
    Rest { what, give: Some(give), is_of }
}

const CPU: Rest = rest("CPU in use", "CPU in use (observed_cores or utilization)", |it| {
    it.baseline.standing == Standing::Unchecked
});
const MEMORY: Rest = rest("memory_mib", "memory_mib", |it| it.rests_on.memory);
const BATCHES: Rest = Rest { what: "batches", give: None, is_of: |it| it.rests_on.batches };
const PLACE: Rest = Rest { what: "another region", give: None, is_of: |it| it.rests_on.place };
const TERM: Rest = Rest { what: "when a reservation ends", give: None, is_of: |it| it.rests_on.term };
const STATE: Rest =
    Rest { what: "how state is kept (memory_mib)", give: None, is_of: |it| it.rests_on.state };
const BLANK: Rest = Rest { what: "a blank cell", give: None, is_of: |it| it.turns_on().is_some() };

const RESTS: [Rest; 19] = [
    CPU,
    rest("own code beside fetches (handler_ms)", "handler_ms", |it| it.rests_on.own_left),
    rest("in_flight", "in_flight", |it| it.rests_on.in_flight == Some(Blank::InFlight)),
    rest("concurrency", "concurrency", |it| it.rests_on.in_flight == Some(Blank::Concurrency)),
    rest("peak_factor against hourly", "a peak_factor that agrees with hourly", |it| it.rests_on.peak),
    rest("skew against hot_key_share", "a skew that agrees with hot_key_share", |it| it.rests_on.skew),
    rest("downstream calls", "io_calls or downstream_max_per_second", |it| it.rests_on.calls),
    MEMORY,
    STATE,
    rest("the speed of cores (current_machine)", "current_machine", |it| it.rests_on.machine),
    rest("a bill's list price", "current_list_usd_per_month or --discount", |it| {
        it.rests_on.list_price == Some(Purchase::OnDemand)
    }),
    rest(
        "a bill's list price by purchase",
        "a price of today's machines by purchase (current_machine, current_instances, --prices), or --discount",
        |it| it.rests_on.list_price.is_some_and(|it| it != Purchase::OnDemand),
    ),
    rest("what is paid by (purchase)", "purchase or --discount", |it| it.rests_on.purchase.is_some()),
    TERM,
    rest("a bill above the list's", "a bill without other costs (current_usd_per_month)", |it| {
        it.rests_on.more_than_machines
    }),
    PLACE,
    BATCHES,
    rest("own code, not ported", "a spike (spike_factor)", |it| it.rests_on.own_code),
    BLANK,
];

/// Workloads whose savings are to be checked.
pub fn of<'d>(decisions: &'d [Decision<'_, '_>]) -> Vec<&'d PlannedWorkload<'d>> {
    let unchecked = decisions.iter().filter(|it| it.check() == Some(Standing::Unchecked));
    unchecked.map(|it| it.entry).collect()
}

/// What their savings rest on, and of how many: `CPU in use (1), batches (3)`.
pub fn told(unchecked: &[&PlannedWorkload<'_>]) -> String {
    counted(RESTS.iter().map(|it| (it.what, lack(unchecked, it.is_of).len())))
}

/// What the saving of a workload rests on: `CPU in use, batches`.
pub fn told_of_one(it: &Recommendation<'_>) -> String {
    let of_it = RESTS.iter().filter(|rest| (rest.is_of)(it));
    of_it.map(|rest| rest.what).collect::<Vec<_>>().join(", ")
}

/// The same in containers, whose size is made for what processes hold.
pub fn told_in_containers(unchecked: &[&PlannedWorkload<'_>]) -> String {
    let holds_unknown = unchecked.iter().filter(|it| it.problem.says_nothing_of_memory()).count();
    let others = RESTS.iter().filter(|it| it.what != MEMORY.what);
    let others = others.map(|it| (it.what, lack(unchecked, it.is_of).len()));
    counted(others.chain([(MEMORY.what, holds_unknown)]))
}

fn counted(of_kind: impl Iterator<Item = (&'static str, usize)>) -> String {
    let told = of_kind.filter(|(_, count)| *count > 0).map(|(what, count)| format!("{what} ({count})"));
    told.collect::<Vec<_>>().join(", ")
}

/// The cells on which so many dollars a month depend.
pub fn to_give(unchecked: &[&PlannedWorkload<'_>], usd_per_month: f64) -> String {
    let given = RESTS.iter().filter_map(|it| Some((it.give?, lack(unchecked, it.is_of))));
    let turns_on = |it: &Recommendation<'_>| it.turns_on().map(|turns| turns.column);
    let blanks: BTreeSet<&str> = unchecked.iter().filter_map(|it| turns_on(&it.recommendation)).collect();
    let of_blanks = blanks.into_iter().map(|cell| (cell, lack(unchecked, |it| turns_on(it) == Some(cell))));
    let cells = given.chain(of_blanks).filter(|(_, names)| !names.is_empty());
    let cells: Vec<String> =
        cells.map(|(cell, names)| format!("{cell} of {}", listed(names, MOST_NAMED))).collect();
    let in_batches = lack(unchecked, BATCHES.is_of);
    let moved = lack(unchecked, PLACE.is_of);
    let keeping = lack(unchecked, STATE.is_of);
    let asked = [
        (!cells.is_empty()).then(|| format!("give {}", cells.join(", and "))),
        (!in_batches.is_empty()).then(|| {
            let calls = if in_batches.len() == 1 { "calls" } else { "call" };
            let whose = listed(&in_batches, MOST_NAMED);
            format!("try whether what {whose} {calls} takes a batch in the time of one event")
        }),
        (!keeping.is_empty()).then(|| {
            let whose = listed(&keeping, MOST_NAMED);
            format!("see whether the memory of {whose} is state by partition, of which fewer processes hold more each")
        }),
        (!moved.is_empty()).then(|| {
            let whose = listed(&moved, MOST_NAMED);
            format!("see whether data, latency and contracts let {whose} move to another region")
        }),
    ];
    let mut asked = asked.into_iter().flatten().collect::<Vec<_>>().join("; ");
    if let Some(first) = asked.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let lacks_cpu = !lack(unchecked, CPU.is_of).is_empty();
    let hint = if lacks_cpu { " How: `tonnage calibrate --help`" } else { "" };
    format!("{asked}: {} a month depends on it.{hint}", usd(usd_per_month))
}

/// Workloads that rest on a kind.
fn lack<'u>(
    unchecked: &[&'u PlannedWorkload<'_>],
    is_of: impl Fn(&Recommendation<'_>) -> bool,
) -> Vec<&'u str> {
    let of_it = unchecked.iter().filter(|it| is_of(&it.recommendation));
    of_it.map(|it| it.problem.workload.name.as_str()).collect()
}
