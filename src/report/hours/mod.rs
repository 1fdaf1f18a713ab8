//! What the hours of a day make of the bill: a fixed fleet, an autoscaled one, tasks, and a function.

mod charts;
mod rows;

pub use rows::{SupplyRow, columns, day_columns};

use crate::report::chart::Chart;
use crate::report::column::Show;
use crate::report::document::{Document, Table};
use crate::report::figures::{and_last, listed, percent, plural, span, usd};
use crate::report::plan::paid::share_of_list;
use crate::report::plan::rests;
use crate::report::pools::findings::beside_today;
use crate::report::records::Records;
use crate::report::shown::MOST_NAMED;
use crate::report::{Report, assumed};
use rows::{rows_of, title};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::decide::fleet::Sureness;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::ranked::greatest_first;
use tonnage_model::scenario::hours::{HourTerms, WorkloadHours};

/// Workloads over the hours of their days.
pub struct HoursReport<'a> {
    hours: &'a [WorkloadHours<'a>],
    terms: HourTerms<'a>,
    has_details: bool,
    rates: Rates<'a>,
    supplies: Vec<SupplyRow<'a>>,
    most_known: Option<(Sureness, bool)>,
}

/// Where the rates of a fleet come from.
pub struct Rates<'a> {
    /// Whether one series is that of all workloads.
    pub are_of_all: bool,
    /// Workloads that have none.
    pub without: Vec<&'a str>,
}

impl Rates<'_> {
    /// What is to be known of them, of so many workloads that have some.
    fn told(&self, workloads: usize) -> String {
        if self.are_of_all && workloads > 1 {
            return format!(
                "The series of --hourly-csv is taken for each of {workloads} workloads, scaled to its events_per_day, in place of its own \
                 hourly rates."
            );
        }
        match self.without[..] {
            [] => String::new(),
            _ => format!(
                "Left out, as no hours are known of them (column hourly, or --hourly-csv): {}.",
                listed(&self.without, MOST_NAMED)
            ),
        }
    }
}

impl<'a> HoursReport<'a> {
    /// The report; with details its tables have all runtimes and supplies, else the cheapest for each workload.
    pub fn new(
        hours: &'a [WorkloadHours<'a>],
        terms: HourTerms<'a>,
        rates: Rates<'a>,
        has_details: bool,
    ) -> Self {
        let supplies: Vec<SupplyRow<'_>> = hours.iter().flat_map(|hours| rows_of(hours, terms)).collect();
        let most_known = supplies.iter().filter_map(SupplyRow::known).max();
        Self { hours, terms, has_details, rates, supplies, most_known }
    }

    /// The rows of each workload, first of that which saves most in today's runtime, last of those that are in no sum.
    fn of_each(&self) -> impl Iterator<Item = &[SupplyRow<'a>]> {
        let saves = |rows: &&[SupplyRow<'_>]| {
            let counted = rows.iter().filter(|row| self.counts(row));
            let saved = counted.filter_map(|row| row.saves_of_today().or(row.saves()));
            saved.fold(f64::NEG_INFINITY, f64::max)
        };
        let of_each = self.supplies.chunk_by(|one, other| one.workload() == other.workload());
        let mut of_each: Vec<&[SupplyRow<'a>]> = of_each.collect();
        greatest_first(&mut of_each, saves);
        of_each.into_iter()
    }

    /// The cheapest supply of each workload in today's runtime, and in any where that is cheaper.
    fn cheapest<'r>(&'r self) -> Vec<&'r SupplyRow<'a>> {
        let of_workload = |rows: &'r [SupplyRow<'a>]| {
            let billed = rows.iter().filter(|row| row.is_today()).filter_map(|row| Some((row, row.bill()?)));
            let here = billed.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(row, _)| row);
            let best = rows.iter().find(|row| row.is_cheapest).filter(|best| !best.is_today());
            here.into_iter().chain(best)
        };
        self.of_each().flat_map(of_workload).collect()
    }

    /// What the cheapest supplies are in today's runtimes, what they cost and what that saves.
    fn heading(&self, cheapest: &[&SupplyRow<'_>]) -> String {
        let counted = || cheapest.iter().filter(|row| self.counts(row));
        let fixed: f64 = counted().filter_map(|row| row.fixed_usd).sum();
        let saved: f64 = counted().filter_map(|row| row.saves()).sum();
        let mut of_kind: BTreeMap<String, u64> = BTreeMap::new();
        counted().for_each(|row| *of_kind.entry(title(row.supply, self.terms)).or_default() += 1);
        let mut kinds: Vec<(String, u64)> = of_kind.into_iter().collect();
        kinds.sort_by_key(|(_, count)| Reverse(*count));
        let (count, all) = (counted().count(), self.hours.len());
        let (of, kinds) = match &kinds[..] {
            [] => return "No fixed fleet in today's runtimes carries these workloads".to_owned(),
            [(kind, _)] if all == 1 => (String::new(), kind.clone()),
            _ => {
                let kinds = kinds.iter().map(|(kind, count)| format!("{kind} for {count}"));
                let of = if count < all { format!("{count} of ") } else { String::new() };
                let of = format!(" for {of}{}", plural(all as u64, "workload"));
                (of, kinds.collect::<Vec<_>>().join(", "))
            }
        };
        let today = counted().map(|row| {
            let it = row.hours.planned;
            (it.recommendation.today_usd_per_month, it.is_checked_in_containers())
        });
        let today = beside_today(fixed - saved, today, 0.0);
        let today =
            today.map_or("today's bill is not known: ".to_owned(), |it| format!("that is {it}, and "));
        let runtimes = if all == 1 { "runtime" } else { "runtimes" };
        format!(
            "Cheapest in today's {runtimes}, {} a month{of}: {kinds}; {today}{} less than fixed machines for the peak ({})",
            usd(fixed - saved),
            usd(saved),
            usd(fixed)
        )
    }

    /// Whether sums have it: all figures of a sum are of the same workloads, those of which most is known.
    fn counts(&self, row: &SupplyRow<'_>) -> bool {
        row.known().is_some() && row.known() == self.most_known
    }

    /// Workloads that are in no sum, and why.
    fn left_out(&self) -> String {
        let details = if self.has_details { "" } else { "; --details tells why" };
        let mut of_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for rows in self.of_each().filter(|rows| !rows.iter().any(|row| self.counts(row))) {
            let reason = match rows.iter().find_map(SupplyRow::known) {
                None if rows[0].hours.planned.recommendation.lacks_prices() => {
                    "no prices are known of their purchase"
                }
                None => "no fixed machines carry them in today's runtime",
                Some((Sureness::Decided, _)) => "today's bill is not known of them",
                Some(_) => "they have no verdict yet",
            };
            of_reason.entry(reason).or_default().push(rows[0].workload());
        }
        let told = |(reason, names): (&str, Vec<&str>)| {
            let details = if reason.starts_with("no fixed") { details } else { "" };
            format!("Not counted, as {reason}: {}{details}.", names.join(", "))
        };
        of_reason.into_iter().map(told).collect::<Vec<_>>().join(" ")
    }

    /// Why some supplies do not carry the load: a reason is said once for each workload.
    fn infeasible(&self) -> Vec<String> {
        let mut of_reason: BTreeMap<(&str, String), [BTreeSet<String>; 2]> = BTreeMap::new();
        for row in &self.supplies {
            if let Err(reason) = row.offer {
                let [supplies, runtimes] = of_reason.entry((row.workload(), reason.to_string())).or_default();
                supplies.insert(title(row.supply, self.terms));
                runtimes.insert(row.runtime.name.clone());
            }
        }
        let told = |((workload, reason), [supplies, runtimes]): (_, [BTreeSet<String>; 2])| {
            let [supplies, runtimes] = [supplies, runtimes].map(|names| listed(names, usize::MAX));
            format!("{workload}, {supplies} in {runtimes}: {reason}.")
        };
        of_reason.into_iter().map(told).collect()
    }

    /// Workloads for which another supply would be cheapest if its vCPUs were as fast as they may be.
    fn unsure(&self) -> Option<String> {
        let is_rival = |row: &&SupplyRow<'_>| {
            let best = row.hours.cheapest(|_| true).map(|best| best.offer.usd_per_month);
            !row.is_cheapest && row.ends().and_then(|ends| ends.fast).is_some_and(|fast| Some(fast) < best)
        };
        let told = |rows: &[SupplyRow<'_>]| {
            let rivals = rows.iter().filter(is_rival);
            let rivals = rivals.map(|row| format!("{} {}", row.runtime.name, title(row.supply, self.terms)));
            let rivals: Vec<String> = rivals.collect();
            (!rivals.is_empty()).then(|| format!("{} ({})", rows[0].workload(), rivals.join(", ")))
        };
        let rivals: Vec<String> = self.of_each().filter_map(told).collect();
        (!rivals.is_empty())
            .then(|| format!("With faster vCPUs than assumed, cheaper still: {}.", rivals.join(", ")))
    }

    fn notes(&self) -> Vec<String> {
        let HourTerms { autoscaler, serverless: it, batch } = self.terms;
        let speed = it.vcpu_speed;
        let homes = self.hours.iter().map(|it| it.planned.planner.home);
        let of_cloud = homes.filter(|home| home.provider == Some(&it.provider));
        let regions: BTreeSet<&str> = of_cloud.filter_map(|home| home.region).collect();
        let elsewhere: Vec<&str> = regions.into_iter().filter(|region| *region != it.region).collect();
        let elsewhere = match elsewhere[..] {
            [] => String::new(),
            _ => format!(", also for {}, where they may be others", and_last(&elsewhere)),
        };
        let mut notes: Vec<String> = assumed::notes(self.hours.iter().map(|it| &it.day.workload));
        notes.extend([
            format!(
                "The autoscaler adds an instance {} after the rate has risen and removes one {} after it has fallen; \
                 both are assumed (--reaction, --scale-in-after). Its machines are on demand. early or late: instance-hours a month that these and startup take.",
                span(autoscaler.reaction_seconds),
                span(autoscaler.scale_in_seconds),
            ),
            format!(
                "{} and {}: list prices of {}, {} {}{elsewhere}; their vCPUs are taken for {} of an AWS c7a's, and may have {} to {} \
                 of it (--serverless). {}: up to {batch} events a call; queueing, the poller and logs are left out.",
                it.tasks.name,
                it.functions.name,
                it.price_date,
                it.provider,
                it.region,
                speed.value,
                speed.slow,
                speed.fast,
                it.functions.name
            ),
            "Bills are of what runs alone; traffic between zones and features come on top.".into(),
        ]);
        let is_bare = |hours: &&WorkloadHours<'_>| hours.day.workload.says_nothing_of_cpu();
        let bare: Vec<&str> =
            self.hours.iter().filter(is_bare).map(|hours| hours.day.workload.name.as_str()).collect();
        if !bare.is_empty() {
            notes.push(format!(
                "Neither handler_ms nor observed_cores is given for {}: the handler's own code costs nothing here, and every \
                 bill is a lower bound.",
                bare.join(", ")
            ));
        }
        let paid = |it: &WorkloadHours<'_>| {
            Some(format!("{} ({})", it.day.workload.name, percent(share_of_list(it.planned)?)))
        };
        let paid = listed(self.hours.iter().filter_map(paid), MOST_NAMED);
        if !paid.is_empty() {
            notes.push(format!(
                "Machines at what is paid of list prices, autoscaled ones where today's bill is on demand: {paid}."
            ));
        }
        notes.extend(self.unsure());
        let counted = self.of_each().filter(|rows| rows.iter().any(|row| self.counts(row)));
        let planned = counted.map(|rows| rows[0].hours.planned);
        let unchecked: Vec<&PlannedWorkload<'_>> =
            planned.filter(|it| !it.is_checked_in_containers()).collect();
        if !unchecked.is_empty() {
            notes.insert(0, format!("To be checked: {}.", rests::told_in_containers(&unchecked)));
        }
        notes
    }
}

/// Rows for people. Where one has no bill of today, what it saves of fixed machines decides, and stays at any width.
fn table(rows: &[&SupplyRow<'_>]) -> Table {
    let decides = |it: &SupplyRow<'_>| it.saves().is_some() && it.saves_of_today().is_none();
    let is_needed = rows.iter().any(|it| decides(it));
    let mut records = Records::of("supplies", &columns(), rows.iter().copied());
    let below_fixed = records.headings.iter_mut().filter(|it| is_needed && it.name == "saves_usd_per_month");
    below_fixed.for_each(|it| it.show = Show::Always);
    records.table()
}

impl Report for HoursReport<'_> {
    fn charts(&self) -> Vec<Chart> {
        let of_workload = |rows: &[SupplyRow<'_>]| Self::cost(rows).into_iter().chain(Self::rate(rows));
        self.of_each().flat_map(of_workload).collect()
    }

    fn page(&self) -> Document {
        self.on_a_page()
    }

    fn document(&self) -> Document {
        let mut document = Document::default();
        let cheapest = self.cheapest();
        document.heading(self.heading(&cheapest));
        document.paragraph(self.left_out());
        document.paragraph(self.rates.told(self.hours.len()));
        if self.hours.len() == 1 {
            document.chart(Self::cost(&self.supplies));
        }
        if self.has_details {
            document.table(table(&self.of_each().flatten().collect::<Vec<_>>()));
            document.list(self.infeasible());
        } else {
            document.table(table(&cheapest));
        }
        document.list(self.notes());
        if !self.has_details {
            document.paragraph(
                "Each workload has its cheapest supply in today's runtime, and then in the cheapest runtime. --details \
                 shows all runtimes and supplies.",
            );
        }
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("supplies", &columns(), &self.supplies),
            Records::of("days", &day_columns(), self.hours),
        ]
    }
}
