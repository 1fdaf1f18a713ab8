//! What was read of a bill beside the rows.

use super::figures::{percent, plural, usd, whole};
use super::imported::names;
use crate::input::imports::bill::costs::Paid;
use tonnage_model::cost::bill::HOURS_PER_MONTH;

/// Workloads that are named one by one.
const NAMED: usize = 2;

/// The hours that were read and how they were scaled, and what no workload has.
pub fn summary(paid: &Paid) -> String {
    let Paid { ends: [start, end], hours, missing_hours, usd_per_month, left_out, partly, .. } = paid;
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
    if !paid.shares.is_empty() {
        let part = |(name, share): &(String, f64)| format!("{name} ({})", percent(*share));
        let all: Vec<String> = paid.shares.iter().map(part).collect();
        said += &format!(
            "Paid of list prices: {}. Plans of these are priced alike (current_list_usd_per_month); what reservations and \
             savings plans cover is paid until their term ends, used or not.\n",
            names(&all)
        );
    }
    if !paid.beside.is_empty() {
        let part = |(what, of, cost): &(String, Vec<String>, f64)| {
            let of = match of.len() {
                ..=NAMED => of.join(" and "),
                more => plural(more as u64, "workload"),
            };
            format!("{} {what} of {of}", usd(*cost))
        };
        let all: Vec<String> = paid.beside.iter().map(part).collect();
        said += &format!(
            "Not counted, as plans price machines alone: {} in these {} h.\n",
            all.join(", "),
            whole(*hours)
        );
    }
    if paid.is_of_all_services {
        said += "The table does not tell machines from storage, traffic and databases of a tag: filter Service to \
                 EC2-Instances, Fargate and Lambda, at amortized costs, and download again.\n";
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
