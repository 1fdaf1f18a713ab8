//! What workloads cost by a bill.

mod allocation;
mod cost_explorer;
pub mod costs;
mod cur;
mod span;

use super::begin;
use crate::input::diagnostic::InputError;
use costs::Bill;
use std::io::Read;

/// Reads a file of any format that is known. `tag` is the key of the tag or label that names workloads.
pub fn read(
    bill: &mut Bill,
    name: &str,
    input: impl Read + Send,
    tag: Option<&str>,
) -> Result<(), InputError> {
    let (text, input) = begin::of(name, input)?;
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    match header {
        json if json.trim_start().starts_with(['{', '[']) => allocation::json(bill, name, input, tag),
        csv if csv.contains("ControllerName") => allocation::csv(bill, name, input, tag),
        csv if csv.contains("lineItem/") => cur::read(bill, name, input, tag, cur::LEGACY),
        csv if csv.contains("line_item_") => cur::read(bill, name, input, tag, cur::CUR_2),
        csv if csv.contains(cost_explorer::UNIT) => cost_explorer::read(bill, name, input),
        _ => Err(begin::wrong(
            name,
            format!(
                "the file is no bill that is known: lines of an AWS Cost and Usage Report (CSV), a table of \
                 Cost Explorer grouped by the tag of workloads (CSV), or allocations of OpenCost (CSV, or JSON of {})",
                allocation::COMMAND
            ),
        )),
    }
}
