//! The months to come: what changes when, and what each runtime costs until then.

use super::column::{Column, Unit, Value, column, data, number, word};
use super::document::Document;
use super::figures::{per_day, plural, significant, whole};
use super::records::Records;
use super::shown::{IN_SUMMARY, in_summary};
use super::{Report, medians};
use std::collections::BTreeSet;
use tonnage_model::capacity::infeasible::Remedies;
use tonnage_model::plan::NoPlan;
use tonnage_model::runtime::Runtime;
use tonnage_model::scenario::growth::{Forecast, GrowthEvent, Milestone, MonthPlan, Trajectory, Volume};

/// Most milestones in a summary.
const MOST_SHOWN: usize = 20;

/// One runtime in one month.
pub struct MonthRow<'a> {
    forecast: &'a Forecast<'a>,
    runtime: &'a Runtime,
    volume: &'a Volume,
    planned: &'a Result<MonthPlan, NoPlan>,
    is_turning_point: bool,
}

/// One runtime over all months.
pub struct TotalRow<'a> {
    forecast: &'a Forecast<'a>,
    course: &'a Trajectory<'a>,
}

/// Something that happens: to one runtime, or to the systems that all of them call.
pub struct MilestoneRow<'a> {
    forecast: &'a Forecast<'a>,
    month: u32,
    what: Option<(&'a Runtime, &'a GrowthEvent)>,
}

impl<'a> MonthRow<'a> {
    fn plan(&self) -> Option<&'a MonthPlan> {
        self.planned.as_ref().ok()
    }
}

impl<'a> TotalRow<'a> {
    fn at(&self, planned: Option<&'a Result<MonthPlan, NoPlan>>) -> Value<'a> {
        match planned.and_then(|it| it.as_ref().ok()) {
            Some(plan) => plan.on.to_string().into(),
            None => Value::from("no plan").bad(),
        }
    }

    fn bill(planned: Option<&Result<MonthPlan, NoPlan>>) -> Option<f64> {
        planned.and_then(|it| it.as_ref().ok()).map(|plan| plan.usd_per_month)
    }

    fn to_come(&self) -> impl Iterator<Item = &'a MonthPlan> {
        self.course.stages.iter().skip(1).flatten()
    }
}

/// Columns of the months.
pub fn columns<'a>() -> Vec<Column<MonthRow<'a>>> {
    vec![
        column(word("workload", "workload", "Workload").grouped(), |it| {
            (&it.forecast.problem.workload.name).into()
        }),
        column(word("runtime", "runtime", "Runtime").grouped(), |it| (&it.runtime.name).into()),
        column(number("month", "month", Unit::Count, "Months from now; 0 is the present one"), |it| {
            it.volume.month.into()
        }),
        column(number("events_per_day", "volume", Unit::PerDay, "E, events/day").rank(2), |it| {
            it.volume.events_per_day.into()
        }),
        column(data("peak_events_per_second", "L, events/s"), |it| it.volume.peak_rate.into()),
        column(data("feasible", "Whether there is a plan"), |it| it.planned.is_ok().into()),
        column(data("reason", "Why there is none"), |it| {
            it.planned.as_ref().err().map(NoPlan::to_string).into()
        }),
        column(data("provider", "Cloud"), |it| it.plan().map(|it| &it.on.provider).into()),
        column(data("region", "Region"), |it| it.plan().map(|it| &it.on.region).into()),
        column(data("instance_type", "Machine type, kept for as long as it serves"), |it| {
            it.plan().map(|it| &it.on.instance_type).into()
        }),
        column(data("instances", "Instances"), |it| it.plan().map(|it| it.on.instances).into()),
        column(word("machines", "machines", "Instances and machine type").in_tables(0), |it| {
            match it.plan() {
                Some(plan) => plan.on.to_string().into(),
                None => Value::from("no plan").bad(),
            }
        }),
        column(
            number("utilization_at_peak", "CPU", Unit::Share, "Share of the vCPUs busy at peak").rank(3),
            |it| it.plan().map(|it| it.utilization_at_peak).into(),
        ),
        column(data("p99_seconds", "p99 at peak, s"), |it| it.plan().map(|it| it.p99_seconds).into()),
        column(data("partitions_required", "Partitions that the plan needs"), |it| {
            it.plan().and_then(|it| it.partitions_required).into()
        }),
        column(number("usd_per_month", "$/month", Unit::Usd, "Bill of the machines, USD a month"), |it| {
            it.plan().map(|it| it.usd_per_month).into()
        }),
        column(
            number(
                "usd_so_far",
                "so far",
                Unit::Usd,
                "Bills from month 1 on, USD; empty after a month without a plan",
            )
            .rank(4),
            |it| it.plan().and_then(|it| it.usd_so_far).into(),
        ),
        column(word("bound_by", "bound by", "The constraint that sets the count").rank(1), |it| {
            it.plan().map(|it| it.bound_by.to_string()).into()
        }),
        column(data("cheapest_instance_type", "The cheapest machine type for this month alone"), |it| {
            it.plan().map(|it| &it.cheapest.instance_type).into()
        }),
        column(data("cheapest_instances", "Instances of it"), |it| {
            it.plan().map(|it| it.cheapest.instances).into()
        }),
        column(data("cheapest_usd_per_month", "Their bill, USD a month"), |it| {
            it.plan().map(|it| it.cheapest_usd_per_month).into()
        }),
    ]
}

/// Columns of the whole time.
fn total_columns<'a>() -> Vec<Column<TotalRow<'a>>> {
    vec![
        column(word("workload", "workload", "Workload").grouped(), |it| {
            (&it.forecast.problem.workload.name).into()
        }),
        column(word("runtime", "runtime", "Runtime"), |it| (&it.course.runtime.name).into()),
        column(word("now", "now", "Machines in month 0"), |it| it.at(it.course.stages.first())),
        column(number("usd_now", "$/month", Unit::Usd, "Their bill, USD a month"), |it| {
            TotalRow::bill(it.course.stages.first()).into()
        }),
        column(word("then", "last month", "Machines in the last month"), |it| it.at(it.course.stages.last())),
        column(number("usd_then", "$/month", Unit::Usd, "Their bill, USD a month"), |it| {
            TotalRow::bill(it.course.stages.last()).into()
        }),
        column(number("months", "planned", Unit::Count, "Months from 1 on that have a plan").rank(1), |it| {
            it.to_come().count().into()
        }),
        column(number("usd", "sum", Unit::Usd, "Bills of these months, USD"), |it| {
            it.to_come().map(|it| it.usd_per_month).sum::<f64>().into()
        }),
        column(
            number("usd_cheapest", "any type", Unit::Usd, "The same on the cheapest type of each month, USD")
                .rank(2),
            |it| it.to_come().map(|it| it.cheapest_usd_per_month).sum::<f64>().into(),
        ),
    ]
}

/// Columns of the milestones.
pub fn milestone_columns<'a>() -> Vec<Column<MilestoneRow<'a>>> {
    vec![
        column(number("month", "month", Unit::Count, "Months from now"), |it| it.month.into()),
        column(word("workload", "workload", "Workload"), |it| (&it.forecast.problem.workload.name).into()),
        column(word("runtime", "runtime", "Runtime; empty where it happens to all"), |it| {
            it.what.map(|(runtime, _)| &runtime.name).into()
        }),
        column(number("events_per_day", "volume", Unit::PerDay, "Events/day").rank(1), |it| {
            it.volume().map(|it| it.events_per_day).into()
        }),
        column(
            data(
                "change",
                "`instances`, `machine_type`, `partitions`, `latency`, `no_plan`, `served` or `downstream`",
            ),
            |it| it.kind().into(),
        ),
        column(word("what", "what changes", "The same in words").in_tables(0), |it| {
            if it.is_end() { Value::from(it.short()).bad() } else { it.short().into() }
        }),
        column(data("sentence", "The same with the reason"), |it| it.sentence().into()),
    ]
}

impl MilestoneRow<'_> {
    fn volume(&self) -> Option<&Volume> {
        self.forecast.volumes.get(self.month as usize)
    }

    fn kind(&self) -> &'static str {
        match self.what {
            None => "downstream",
            Some((_, GrowthEvent::Instances { .. })) => "instances",
            Some((_, GrowthEvent::MachineType { .. })) => "machine_type",
            Some((_, GrowthEvent::Partitions { .. })) => "partitions",
            Some((_, GrowthEvent::Latency { .. })) => "latency",
            Some((_, GrowthEvent::NoPlan { .. })) => "no_plan",
            Some((_, GrowthEvent::Served { .. })) => "served",
        }
    }

    fn reason(&self) -> Option<&NoPlan> {
        match self.what?.1 {
            GrowthEvent::Partitions { reason, .. }
            | GrowthEvent::Latency { reason }
            | GrowthEvent::NoPlan { reason } => Some(reason),
            _ => None,
        }
    }

    /// Whether something runs out.
    fn is_end(&self) -> bool {
        self.what.is_none() || self.reason().is_some()
    }

    fn short(&self) -> String {
        let remedy =
            || self.reason().and_then(NoPlan::stuck).map_or_else(String::new, |it| remedy(&it.remedies));
        match self.what.map(|(_, event)| event) {
            None => {
                let limit = self.forecast.problem.workload.outlook.downstream_max_per_second.unwrap_or(0.0);
                format!("the peak exceeds the {} calls/s that downstream systems take", significant(limit))
            }
            Some(GrowthEvent::Instances { from, to, bound_by }) => {
                format!("{to} instead of {} ({bound_by})", from.instances)
            }
            Some(GrowthEvent::MachineType { from, to }) => {
                format!("{} no longer serves, {to} do", from.instance_type)
            }
            Some(GrowthEvent::Partitions { given, .. }) => {
                format!("{} are too few{}", plural(u64::from(*given), "partition"), remedy())
            }
            Some(GrowthEvent::Latency { .. }) => format!("the latency goal is out of reach{}", remedy()),
            Some(GrowthEvent::NoPlan { .. }) => "no plan".to_owned(),
            Some(GrowthEvent::Served { to }) => format!("{to} serve again"),
        }
    }

    fn sentence(&self) -> String {
        let volume = self.volume().map_or_else(String::new, |it| per_day(it.events_per_day));
        let reason = self.reason().map_or_else(String::new, |reason| format!(": {reason}"));
        let short = if self.reason().is_some() {
            self.short().split(';').next().unwrap_or_default().to_owned()
        } else {
            self.short()
        };
        format!("Month {} ({volume}): {short}{reason}.", self.month)
    }
}

fn remedy(remedies: &Remedies) -> String {
    match (remedies.partitions, remedies.in_flight) {
        (Some(partitions), Some(in_flight)) => {
            format!("; {} or in_flight {in_flight} would do", whole(partitions as f64))
        }
        (Some(partitions), None) => format!("; {} partitions would do", whole(partitions as f64)),
        (None, Some(in_flight)) => format!("; in_flight {in_flight} would do"),
        (None, None) => String::new(),
    }
}

/// Workloads over the months to come.
pub struct MonthsReport<'a> {
    forecasts: &'a [Forecast<'a>],
    recommended: Vec<Option<&'a Runtime>>,
    has_details: bool,
    months: Vec<MonthRow<'a>>,
    milestones: Vec<MilestoneRow<'a>>,
    totals: Vec<TotalRow<'a>>,
}

impl<'a> MonthsReport<'a> {
    /// The report; `recommended` has the runtime recommended for each forecast's workload. With details its tables have
    /// all runtimes and turning points.
    pub fn new(
        forecasts: &'a [Forecast<'a>],
        recommended: Vec<Option<&'a Runtime>>,
        has_details: bool,
    ) -> Self {
        let courses = || {
            forecasts
                .iter()
                .flat_map(|forecast| forecast.courses.iter().map(move |course| TotalRow { forecast, course }))
        };
        let months = courses().flat_map(|TotalRow { forecast, course }| {
            let turning_points = course.turning_points();
            forecast.volumes.iter().zip(&course.stages).enumerate().map(move |(at, (volume, planned))| {
                MonthRow {
                    forecast,
                    runtime: course.runtime,
                    volume,
                    planned,
                    is_turning_point: turning_points.contains(&at),
                }
            })
        });
        let milestones = forecasts.iter().flat_map(|forecast| {
            let of_course = |course: &'a Trajectory<'a>| {
                course
                    .milestones
                    .iter()
                    .map(move |Milestone { month, change }| (*month, Some((course.runtime, change))))
            };
            let downstream = forecast.downstream_full.map(|month| (month, None));
            forecast
                .courses
                .iter()
                .flat_map(of_course)
                .chain(downstream)
                .map(move |(month, what)| MilestoneRow { forecast, month, what })
        });
        Self {
            forecasts,
            recommended,
            has_details,
            months: months.collect(),
            milestones: milestones.collect(),
            totals: courses().collect(),
        }
    }

    fn is_shown(&self, forecast: &Forecast<'_>, runtime: &Runtime) -> bool {
        let Some(at) = self.forecasts.iter().position(|it| std::ptr::eq(it, forecast)) else { return false };
        let planned: Vec<&Runtime> = self.forecasts[at].courses.iter().map(|course| course.runtime).collect();
        let shown = in_summary(&planned, forecast.problem.current, self.recommended[at]);
        self.has_details || shown.iter().any(|it| it.name == runtime.name)
    }

    /// First the answer: how much grows to how much, and what ends first.
    fn heading(&self, milestones: &[&MilestoneRow<'_>]) -> String {
        let months = plural(self.forecasts.first().map_or(0, |it| it.volumes.len() as u64 - 1), "month");
        let ends = milestones.iter().filter(|it| it.is_end());
        let name = |it: &MilestoneRow<'_>| it.forecast.problem.workload.name.clone();
        let ending: BTreeSet<String> = ends.clone().map(|it| name(it)).collect();
        let first = ends.min_by_key(|it| it.month);
        if let [one] = self.forecasts {
            let at =
                |volume: Option<&Volume>| volume.map_or_else(String::new, |it| per_day(it.events_per_day));
            let [now, then] = [one.volumes.first(), one.volumes.last()].map(at);
            let end = first
                .map_or("nothing runs out".to_owned(), |it| format!("in month {} {}", it.month, it.short()));
            return format!("{}: {now} now, {then} in {months}; {end}", one.problem.workload.name);
        }
        let all = plural(self.forecasts.len() as u64, "workload");
        match first {
            None => format!("Nothing runs out within {months} for {all}"),
            Some(first) => format!(
                "{} of {all} reach a limit within {months}. First {}, in month {}: {}",
                ending.len(),
                name(first),
                first.month,
                first.short()
            ),
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> =
            medians::note(self.forecasts.iter().map(|it| it.problem.workload)).into_iter().collect();
        let still: Vec<&str> = self
            .forecasts
            .iter()
            .map(|it| it.problem.workload)
            .filter(|it| it.outlook.growth_per_month == 0.0)
            .map(|it| it.name.as_str())
            .collect();
        if !still.is_empty() {
            notes.push(format!("Not growing, as growth_pct_per_month is 0: {}.", still.join(", ")));
        }
        notes.push("A machine type is kept for as long as it serves. Bills are of machines alone; traffic between zones and features come on top.".into());
        notes
    }
}

impl<'a> Report for MonthsReport<'a> {
    fn document(&self) -> Document {
        let keep_workload = self.forecasts.len() > 1;
        let keep = |name: &str| keep_workload || name != "workload";
        let mut milestones: Vec<&MilestoneRow<'a>> = self
            .milestones
            .iter()
            .filter(|it| it.what.is_none_or(|(runtime, _)| self.is_shown(it.forecast, runtime)))
            .collect();
        milestones.sort_by_key(|it| it.month);
        let totals = self.totals.iter().filter(|it| self.is_shown(it.forecast, it.course.runtime));
        let mut document = Document::default();
        document.heading(self.heading(&milestones));
        let most = if self.has_details { milestones.len() } else { MOST_SHOWN };
        let shown = milestones.iter().copied().take(most);
        document
            .table(Records::of("milestones", &milestone_columns(), shown).keep(|it| keep(it.name)).table());
        if milestones.len() > most {
            document.paragraph(format!(
                "{} later ones: --details.",
                plural((milestones.len() - most) as u64, "milestone")
            ));
        }
        document.table(Records::of("totals", &total_columns(), totals).keep(|it| keep(it.name)).table());
        if self.has_details {
            let months = self.months.iter().filter(|it| it.is_turning_point);
            document.table(Records::of("months", &columns(), months).keep(|it| keep(it.name)).table());
            let ends = milestones.iter().filter(|it| it.reason().is_some());
            document.list(
                ends.map(|it| {
                    format!(
                        "{} in {}: {}",
                        it.forecast.problem.workload.name,
                        it.what.map_or("", |(runtime, _)| &runtime.name),
                        it.sentence()
                    )
                })
                .collect(),
            );
        }
        document.list(self.notes());
        if !self.has_details {
            document.paragraph(format!(
                "{IN_SUMMARY} --details, or --workload NAME, shows all runtimes, turning points and reasons."
            ));
        }
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("months", &columns(), &self.months),
            Records::of("milestones", &milestone_columns(), &self.milestones),
        ]
    }
}
