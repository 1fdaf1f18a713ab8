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
/// The column of list prices.
const LIST: &str = "current_list_usd_per_month";

/// The cost of workloads, and what no workload has.
#[derive(Debug, Default)]
pub struct Bill {
    costs: BTreeMap<Payer, Cost>,
    pub(super) span: Span,
    /// The cost of each machine by who pays, and that by the list, where lines split it among pods.
    pub(super) resources: HashMap<(String, Payer), [f64; 2]>,
    /// Machines whose cost other lines split, so that it must not count twice.
    pub(super) parents: HashSet<String>,
    /// What workloads have beside machines, by what it is.
    beside: BTreeMap<String, BTreeMap<Key, f64>>,
    /// Whether lines do not tell machines from the rest.
    pub(super) is_of_all_services: bool,
}

/// A namespace, which may be empty, and a name.
type Key = (String, String);

/// Who a line is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Payer {
    /// A workload.
    Workload(Key),
    /// None, and what the line is.
    Nobody(&'static str),
}

#[derive(Debug, Default)]
struct Cost {
    usd: f64,
    /// The same by the list, and whether a line does not say it.
    list_usd: f64,
    has_no_list: bool,
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
    /// What workloads have beside machines: what it is, which, and USD in these hours, the most first.
    pub beside: Vec<(String, Vec<String>, f64)>,
    /// Whether what workloads cost may have such in it, as the file does not tell.
    pub is_of_all_services: bool,
    /// Workloads that pay another price than the list's, and the share of it.
    pub shares: Vec<(String, f64)>,
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

    /// Takes the list price of a line's machines; a line that has none leaves that of its payer open.
    pub(super) fn add_list(&mut self, payer: &Payer, usd: Option<f64>) {
        let cost = self.costs.entry(payer.clone()).or_default();
        cost.list_usd += usd.unwrap_or(0.0);
        cost.has_no_list |= usd.is_none();
    }

    /// Takes what a workload has beside its machines.
    pub(super) fn leave_out(&mut self, what: &str, workload: &Key, usd: f64) {
        if usd != 0.0 {
            let of = self.beside.entry(what.to_owned()).or_default();
            *of.entry(workload.clone()).or_default() += usd;
        }
    }

    /// What workloads, as a file calls them, cost in a month of 730 h at the rate of the hours that were read.
    pub fn finish(mut self, called: &Called) -> (Found, Paid) {
        for ((resource, payer), [usd, list_usd]) in self.resources {
            if self.parents.contains(&resource) {
                let cost = self.costs.entry(payer).or_default();
                cost.usd -= usd;
                cost.list_usd -= list_usd;
            }
        }
        let hours = self.span.hours();
        let [start, end] = self.span.ends().unwrap_or_default();
        let mut paid = Paid {
            ends: [start, end].map(day),
            hours,
            missing_hours: (end - start) as f64 / 3600.0 - hours,
            beside: beside(self.beside),
            is_of_all_services: self.is_of_all_services,
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
            let names = [name.as_str(), &whole];
            let names = if key.0.is_empty() { &names[..1] } else { &names };
            let name = match called.workloads(&[NameOf::Deployment], names) {
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
            if cost.list_usd > LEAST && !cost.has_no_list {
                let list = cost.list_usd * HOURS_PER_MONTH / hours;
                found.add_number(&name, LIST, list, origin.clone());
                let share = cost.usd / cost.list_usd;
                paid.shares.extend(((share - 1.0).abs() >= 0.005).then(|| (name.clone(), share)));
            } else if called.has_rows() {
                // That of an earlier bill is not that of this one.
                found.put(&name, LIST, "", origin.clone());
            }
            found.add_number(&name, "current_usd_per_month", usd_per_month, origin);
            if own_hours < hours - 1e-6 {
                paid.partly.push((name, own_hours));
            }
        }
        (found, paid)
    }
}

/// What it is, whose and how much of it, the most first.
fn beside(all: BTreeMap<String, BTreeMap<Key, f64>>) -> Vec<(String, Vec<String>, f64)> {
    let of_all = |(what, of): (String, BTreeMap<Key, f64>)| {
        let usd: f64 = of.values().sum();
        (what, of.into_keys().map(|(_, name)| name).collect(), usd)
    };
    let mut all: Vec<_> = all.into_iter().map(of_all).filter(|(.., usd)| usd.abs() >= LEAST).collect();
    all.sort_by(|(.., one), (.., other)| other.total_cmp(one));
    all
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
