//! What was read of a bill beside the rows.

use super::figures::{usd, whole};
use super::imported::names;
use crate::input::imports::bill::costs::Paid;
use tonnage_model::cost::bill::HOURS_PER_MONTH;

/// The hours that were read and how they were scaled, and what no workload has.
pub fn summary(paid: &Paid) -> String {
    let Paid { ends: [start, end], hours, missing_hours, usd_per_month, left_out, partly } = paid;
    let month = whole(HOURS_PER_MONTH);
    let mut said = format!(
        "{} a month: {start} to {end}, scaled from {} h to {month} h.\n",
        usd(*usd_per_month),
        whole(*hours)
    );
    if *missing_hours > 0.0 {
        said +=
            &format!("No line is of {} h between; they are taken as the others.\n", whole(*missing_hours));
    }
    if !left_out.is_empty() {
        let sum: f64 = left_out.iter().map(|(_, usd)| usd).sum();
        let parts: Vec<String> =
            left_out.iter().map(|(what, cost)| format!("{} {what}", usd(*cost))).collect();
        said +=
            &format!("Of no workload: {} in these {} h ({}).\n", usd(sum), whole(*hours), parts.join(", "));
    }
    if !partly.is_empty() {
        let part = |(name, own): &(String, f64)| format!("{name} ({} of {} h)", whole(*own), whole(*hours));
        let all: Vec<String> = partly.iter().map(part).collect();
        said += &format!("Too low where a workload did not run all the time: {}.\n", names(&all));
    }
    said
}
