//! What to write into the row once what is recommended runs.

use crate::input::columns;
use crate::input::corrected::six_digits;
use crate::report::figures::percent;
use tonnage_model::decide::alternative::Machines;
use tonnage_model::decide::answer::Verdict;
use tonnage_model::decide::change::Change;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::taken::Taken;
use tonnage_model::workload::Workload;

/// That something else than the plan of these steps is recommended: what runs today, or a change of settings.
pub fn recommended(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = &entry.recommendation;
    if it.verdict == Verdict::Stay {
        let planned = it.in_current.as_ref().ok().map(Machines::of);
        let kept = it.machines.as_ref().map_or("what".to_owned(), |kept| format!("{kept}, which"));
        return (planned != it.machines)
            .then(|| format!("plan keeps {kept} runs; these steps are of what it is held against"));
    }
    let change = it.step()?;
    let (column, value) = change.cell();
    let (timed, anew) = match change {
        Change::Batches(_) => (
            cells(entry.problem.workload, &change.described(&entry.problem), column),
            "; handler_ms, io_wait_ms and io_calls are of a whole call then, and CPU in use is measured anew",
        ),
        _ => (String::new(), ""),
    };
    Some(format!(
        "plan recommends {change}; these steps are without it, and `--set {column}={value}{timed}` explains that plan{anew}"
    ))
}

/// The cells that are to be written once what is recommended runs on other machines, and what a CPU graph shows there.
pub fn taken(entry: &PlannedWorkload<'_>) -> Option<String> {
    let Taken { workload: row, machines, utilization, is_most } = entry.taken()?;
    let now = entry.problem.workload;
    let today = Machines::today(&entry.problem)?;
    let (column, value) = entry.recommendation.step().map(Change::cell).unwrap_or_default();
    let texts = [
        (column, "", value.as_str()),
        ("current_runtime", &now.current_runtime, &row.current_runtime),
        ("provider", &today.provider, &machines.provider),
        ("region", &today.region, &machines.region),
        ("current_machine", &today.instance_type, &machines.instance_type),
    ];
    let texts = texts.into_iter().filter(|(_, before, after)| before != after);
    let texts: String = texts.map(|(column, _, value)| format!(" --set {column}={value}")).collect();
    Some(format!(
        "once {machines} run, write `{}`, or what you measure there; a CPU graph is to show {}{} on average",
        (texts + &cells(now, &row, column)).trim_start(),
        if is_most { "at most " } else { "" },
        percent(utilization)
    ))
}

/// The cells of numbers but one column that are not what they were, as they are to be expected then: ` --set handler_ms=295.2`.
fn cells(now: &Workload, then: &Workload, but: &str) -> String {
    let cells = columns::numbers().filter(|(_, input)| input.column() != but);
    let changed = cells.filter_map(|(number, input)| {
        let [now, then] = [now, then].map(|it| input.get(it));
        let then = then.filter(|then| now.is_none_or(|now| (now - then).abs() > 1e-9 * now.abs()))?;
        Some(format!(" --set {}={}", input.column(), six_digits(number.in_column(then))))
    });
    changed.collect()
}
