//! That a report rests on the medians of ranges.

use tonnage_model::uncertain::inputs::Input;
use tonnage_model::workload::Workload;

/// Which numbers were ranges and were planned at their medians; `None` where none was.
pub fn note<'w>(workloads: impl IntoIterator<Item = &'w Workload>) -> Option<String> {
    let mut inputs: Vec<Input> =
        workloads.into_iter().flat_map(|workload| &workload.ranges).map(|range| range.input).collect();
    inputs.sort_unstable();
    inputs.dedup();
    let columns: Vec<&str> = inputs.into_iter().map(Input::column).collect();
    (!columns.is_empty()).then(|| {
        format!(
            "Planned at the medians of {}: `tonnage risk` takes the ranges of a workload.",
            columns.join(", ")
        )
    })
}
