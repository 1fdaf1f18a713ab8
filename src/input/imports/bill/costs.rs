//! The cost of workloads by the lines of a bill.

use super::span::Span;
use crate::input::imports::called::Called;
use crate::input::imports::found::{Found, Origin};
use crate::input::imports::named;
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap, HashSet};
use tonnage_model::cost::bill::HOURS_PER_MONTH;
use tonnage_model::names::NameOf;

/// What a time must be, for messages.
pub(super) const TIME: &str = "a time such as 2026-10-01T00:00:00Z";

/// Less than this is nothing, USD.
const LEAST: f64 = 0.005;

/// The cost of workloads, and what no workload has.
#[derive(Debug, Default)]
pub struct Bill {
    costs: BTreeMap<Payer, Cost>,
    pub(super) span: Span,
    /// The cost of each machine or volume by who pays, where lines split it among pods.
    pub(super) resources: HashMap<(String, Payer), f64>,
    /// Machines whose cost other lines split, so that it must not count twice.
    pub(super) parents: HashSet<String>,
}

/// Who a line is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Payer {
    /// A workload by its namespace, which may be empty, and its name.
    Workload((String, String)),
    /// None, and what the line is.
    Nobody(&'static str),
}

#[derive(Debug, Default)]
struct Cost {
    usd: f64,
    span: Span,
    file: String,
}

/// What is said beside the rows.
#[derive(Debug, Default, PartialEq)]
pub struct Paid {
    /// When the first line begins and the last one ends.
    pub ends: [String; 2],
    /// Hours that lines are of.
    pub hours: f64,
    /// Hours between the ends that no line is of.
    pub missing_hours: f64,
    /// What all workloads cost a month, USD.
    pub usd_per_month: f64,
    /// What no workload has: what it is, and USD in these hours.
    pub left_out: Vec<(&'static str, f64)>,
    /// Workloads that have no line in a part of these hours, with those in which they have.
    pub partly: Vec<(String, f64)>,
}

impl Bill {
    /// Takes a line, and the time that it is of where that counts.
    pub(super) fn add(&mut self, file: &str, payer: Payer, usd: f64, time: Option<[i64; 2]>) {
        let cost = self.costs.entry(payer).or_default();
        cost.usd += usd;
        if let Some(time) = time {
            self.span.add(time);
            cost.span.add(time);
        }
        file.clone_into(&mut cost.file);
    }

    /// What workloads, as a file calls them, cost in a month of 730 h at the rate of the hours that were read.
    pub fn finish(mut self, called: &Called) -> (Found, Paid) {
        for ((resource, payer), usd) in self.resources {
            if self.parents.contains(&resource) {
                self.costs.entry(payer).or_default().usd -= usd;
            }
        }
        let hours = self.span.hours();
        let [start, end] = self.span.ends().unwrap_or_default();
        let mut paid = Paid {
            ends: [start, end].map(day),
            hours,
            missing_hours: (end - start) as f64 / 3600.0 - hours,
            ..Paid::default()
        };
        let mut workloads = BTreeMap::new();
        for (payer, cost) in self.costs.into_iter().filter(|(_, cost)| cost.usd.abs() >= LEAST) {
            match payer {
                Payer::Nobody(what) => paid.left_out.push((what, cost.usd)),
                Payer::Workload(key) => {
                    workloads.insert(key, cost);
                }
            }
        }
        let mut found = Found::default();
        for (name, (key, cost)) in named::names(workloads.keys()).into_iter().zip(&workloads) {
            let origin = Origin::new(&cost.file, None);
            let whole = named::whole(key);
            let name = match called.workloads(&[NameOf::Deployment], &[&name, &whole]) {
                // One, as it is no topic.
                Ok(one) => one.concat(),
                Err(message) => {
                    found.refuse(origin.wrong(message));
                    continue;
                }
            };
            let usd_per_month = cost.usd * HOURS_PER_MONTH / hours;
            paid.usd_per_month += usd_per_month;
            let own_hours = cost.span.hours();
            found.add_number(&name, "current_usd_per_month", usd_per_month, origin);
            if own_hours < hours - 1e-6 {
                paid.partly.push((name, own_hours));
            }
        }
        (found, paid)
    }
}

/// A time without the hours that are midnight.
fn day(seconds: i64) -> String {
    let text = Timestamp::from_second(seconds).map(|time| time.to_string()).unwrap_or_default();
    text.strip_suffix("T00:00:00Z").map(str::to_owned).unwrap_or(text)
}

/// Seconds since 1970 of a time.
pub(super) fn seconds(text: &str) -> Option<i64> {
    crate::input::hourly::hours_since_epoch(text).map(|hours| (hours * 3600.0).round() as i64)
}

/// A key of a tag or label without what formats change in it: `app.kubernetes.io/name` is `app_kubernetes_io_name`.
pub(super) fn plain_key(key: &str) -> String {
    key.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}
