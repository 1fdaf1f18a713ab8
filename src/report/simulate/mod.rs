//! A simulation beside the plan: times, lag and CPU, and what a failure does to them over time.

mod charts;

use super::Report;
use super::chart::Chart;
use super::column::{Column, columns};
use super::document::{Block, Document};
use super::figures::{listed, percent, plural, seconds, significant, span, whole};
use super::records::Records;
use super::shown::{MOST_NAMED, instances, on_which_machines};
use tonnage_model::plan::Plan;
use tonnage_model::runtime::{Discipline, Evidence};
use tonnage_model::scenario::failure::Impact;
use tonnage_model::scenario::kept::KeptToday;
use tonnage_simulate::estimate::Estimate;
use tonnage_simulate::study::{Findings, Look, Study};

/// One workload's plan, simulated; or why it is not.
pub struct Simulated<'a> {
    /// The workload.
    pub workload: &'a str,
    /// What of it goes on as it runs today.
    pub kept: Option<KeptToday<'a>>,
    /// Its plan with what was simulated and found.
    pub plan: Result<Simulation<'a>, String>,
}

/// A plan, simulated.
pub struct Simulation<'a> {
    /// The plan.
    pub plan: Plan<'a>,
    /// How its client was taken to fetch.
    pub discipline: Discipline,
    /// What was simulated.
    pub study: Study,
    /// What came of it.
    pub findings: Findings,
}

impl<'a> Simulated<'a> {
    fn it(&self) -> Option<&Simulation<'a>> {
        self.plan.as_ref().ok()
    }

    fn plan(&self) -> Option<&Plan<'a>> {
        self.it().map(|it| &it.plan)
    }

    fn found(&self) -> Option<&Findings> {
        self.it().map(|it| &it.findings)
    }

    fn in_pods(&self) -> bool {
        self.kept.is_some_and(|it| it.in_pods)
    }

    /// The share of the vCPUs that is busy, which pods share.
    fn cpu(&self) -> Option<Estimate> {
        self.found().filter(|_| !self.in_pods()).map(|it| it.cpu)
    }

    fn fluid(&self) -> Option<&Impact> {
        self.it()?.study.failure.as_ref().map(|(_, impact, _)| impact)
    }

    /// What the plan says of p99 is at its peak, all instances up.
    fn is_of_plan(&self) -> bool {
        self.it().is_some_and(|it| {
            let (simulated, planned) = (it.study.arrivals.rate_at(0.0), it.plan.sizing.peak_rate);
            it.study.arrivals.seconds().is_infinite() && (simulated / planned - 1.0).abs() < 1e-9
        })
    }

    fn planned_p99(&self) -> Option<f64> {
        self.plan().filter(|_| self.is_of_plan()).map(Plan::p99_seconds)
    }

    fn planned_cpu(&self) -> Option<f64> {
        self.plan().filter(|_| self.is_of_plan() && !self.in_pods()).map(Plan::cpu_at_peak)
    }
}

/// The lag of one workload at one time.
pub struct LookRow<'a> {
    workload: &'a str,
    look: Look,
}

fn mean(estimate: Option<Estimate>) -> Option<f64> {
    estimate.map(|it| it.mean)
}

fn half(estimate: Option<Estimate>) -> Option<f64> {
    estimate.map(|it| it.half_width)
}

/// `12.3 ms ± 0.4`, in the unit of the value; without what is less than its last digit.
fn give_or_take(it: Estimate) -> String {
    with_precision(it, seconds(it.mean))
}

fn with_precision(it: Estimate, text: String) -> String {
    let units = match text.rsplit(' ').next() {
        Some("ms") => 1e3,
        Some("µs") => 1e6,
        Some("%") => 1e2,
        _ => 1.0,
    };
    let last_digit = 10f64.powf((it.mean.max(1e-12) * units).log10().floor() - 2.0);
    let half_width = it.half_width * units;
    if half_width < last_digit / 2.0 {
        return text;
    }
    format!("{text} ± {}", significant((half_width / last_digit).ceil() * last_digit))
}

/// Columns of simulated plans.
#[rustfmt::skip]
pub fn columns<'a>() -> Vec<Column<Simulated<'a>>> {
    columns! { Simulated<'a>, it;
        "workload" ["workload" Word Always], "Workload" => it.workload;
        "runtime" ["runtime" Word Rank(7)], "Runtime of the plan" => it.plan().map(|it| it.runtime.name.as_str());
        "reason", "Why it is not simulated" => it.plan.as_ref().err().map(String::as_str);
        "plan" ["plan" Word Table(1)], "Instances and type" => it.plan().map(|plan| instances(plan, it.in_pods()));
        "instance_type", "Machine type" => it.plan().map(|it| it.machine.instance_type.as_str());
        "instances", "Instances planned; pods where these run today" => it.plan().map(|it| it.count.instances);
        "members", "Members of the consumer group" => it.plan().map(Plan::members);
        "partitions", "Partitions" => it.it().map(|it| it.study.system.partitions);
        "events_per_second", "Arrivals, events/s on average" => it.it().map(|it| it.study.arrivals.mean_rate());
        "discipline" ["fetches" Word Rank(8)], "How the client was taken to fetch: `fair`, `gated` or `yielding`" =>
            it.it().map(|it| it.discipline.to_string());
        "events_per_fetch", "Events of a fetch; empty without fetches" =>
            mean(it.it().filter(|it| it.study.system.fetch.is_some()).map(|it| it.findings.events_per_fetch));
        "p50" ["p50" Word Table(6)], "p50 of all events" => it.found().map(|it| seconds(it.p50.mean));
        "p50_seconds", "p50 of all events, s" => mean(it.found().map(|it| it.p50));
        "p50_half_width", "Half of its 95 % confidence interval, s" => half(it.found().map(|it| it.p50));
        "p99_seconds", "p99 of all events, s" => mean(it.found().map(|it| it.p99));
        "p99_half_width", "Half of its 95 % confidence interval, s" => half(it.found().map(|it| it.p99));
        "busiest" ["p99" Word Table(2)], "p99 at the busiest members" => it.found().map(|it| give_or_take(it.p99_busiest));
        "busiest_p99_seconds", "p99 of what the busiest members handle, s" => mean(it.found().map(|it| it.p99_busiest));
        "busiest_p99_half_width", "Half of its 95 % confidence interval, s" => half(it.found().map(|it| it.p99_busiest));
        "planned_p99_seconds" ["planned" Seconds Rank(2)], "p99 that queueing gives the plan for its busiest members at peak, s; empty at other rates" => it.planned_p99();
        "lag_events" ["lag" Number Rank(4)], "Events that have arrived and are not handled, on average" =>
            mean(it.found().map(|it| it.lag));
        "lag_half_width", "Half of its 95 % confidence interval" => half(it.found().map(|it| it.lag));
        "cpu" ["CPU" Share Rank(3)], "Share of the vCPUs busy; none of pods, which share them" => mean(it.cpu());
        "cpu_half_width", "Half of its 95 % confidence interval" => half(it.cpu());
        "planned_cpu" ["planned" Share Rank(3)], "The same as planned; empty at other rates" => it.planned_cpu();
        "runs", "Independent runs" => it.it().map(|it| it.study.runs);
        "events", "Events counted in all of them" => it.found().map(|it| it.events);
        "most_lag_events" ["most lag" Count Always], "Most events that were not handled after the failure" =>
            mean(it.found().and_then(|it| it.aftermath).map(|it| it.most_lag));
        "fluid_lag_events" ["failures" Count Rank(1)], "The same as `failures` has it where all is committed as it is handled" => it.fluid().map(|it| it.lag_events);
        "oldest_seconds", "Age of the oldest event that waited, s" =>
            mean(it.found().and_then(|it| it.aftermath).map(|it| it.oldest_seconds));
        "fluid_oldest_seconds", "The same as `failures` has it, s" => it.fluid().map(|it| it.oldest_seconds);
        "drain_seconds" ["caught up in" Span Always], "From the last standstill until all had caught up, s; empty where they had not" =>
            mean(it.found().and_then(|it| it.aftermath).and_then(|it| it.drain_seconds));
        "drain_half_width", "Half of its 95 % confidence interval, s" =>
            half(it.found().and_then(|it| it.aftermath).and_then(|it| it.drain_seconds));
        "fluid_drain_seconds" ["failures" Span Rank(1)], "The same as `failures` has it, s" => it.fluid().map(|it| it.drain_seconds);
    }
}

/// Columns of the lag over time.
#[rustfmt::skip]
pub fn look_columns<'a>() -> Vec<Column<LookRow<'a>>> {
    columns! { LookRow<'a>, it;
        "workload", "Workload" => it.workload;
        "seconds", "Time from the failure, s; from the beginning where nothing fails" => it.look.seconds;
        "lag_events", "Events that have arrived and are not handled" => it.look.lag.mean;
        "lag_half_width", "Half of its 95 % confidence interval" => it.look.lag.half_width;
        "oldest_seconds", "Age of the oldest that waits, s" => it.look.oldest_seconds.mean;
    }
}

/// One figure, simulated and by the model's formulas.
struct Compared {
    what: &'static str,
    simulated: String,
    model: Option<String>,
}

/// Columns of figures beside those that `model` has.
fn compared_columns(model: &'static str) -> Vec<Column<Compared>> {
    let mut columns = columns! { Compared, it;
        "what" ["" Word Always], "What" => it.what;
        "simulated" ["simulated" Word Always], "Simulated" => it.simulated.as_str();
        "model" ["model" Word Always], "By the model's formulas" => it.model.clone();
    };
    columns.iter_mut().skip(2).for_each(|column| column.heading.title = model);
    columns
}

impl Simulation<'_> {
    /// What became of the only one.
    fn heading(&self, row: &Simulated<'_>) -> String {
        let name = row.workload;
        let Some(aftermath) = self.findings.aftermath else {
            let planned =
                row.planned_p99().map(|p99| format!(", {} planned", seconds(p99))).unwrap_or_default();
            let p99 = give_or_take(self.findings.p99_busiest);
            return format!(
                "{name} on {}: p99 {p99} simulated{planned}",
                instances(&self.plan, row.in_pods())
            );
        };
        let lag = whole(aftermath.most_lag.mean);
        match aftermath.drain_seconds {
            Some(drain) => {
                format!(
                    "{name} catches up {} after all is read again; {lag} events wait at most",
                    span(drain.mean)
                )
            }
            None => format!("{name} has not caught up when the simulation ends; {lag} events wait at most"),
        }
    }
}

impl Simulated<'_> {
    /// The steady state beside what the plan has.
    fn steady(&self) -> Vec<Compared> {
        let Some(found) = self.found() else { return Vec::new() };
        let row = |what, simulated, model| Compared { what, simulated, model };
        let mut rows = vec![
            row("p50", give_or_take(found.p50), None),
            row("p99", give_or_take(found.p99), None),
            row(
                "p99 at the busiest members",
                give_or_take(found.p99_busiest),
                self.planned_p99().map(seconds),
            ),
            row("events waiting or in work", with_precision(found.lag, significant(found.lag.mean)), None),
        ];
        let busy = |cpu: Estimate| with_precision(cpu, percent(cpu.mean));
        let busy = self.cpu().map(busy);
        rows.extend(busy.map(|it| row("CPU of the machines", it, self.planned_cpu().map(percent))));
        rows
    }

    /// What a failure left beside what the fluid form of `failures` has.
    fn after_failure(&self) -> Vec<Compared> {
        let Some((found, fluid)) = self.found().and_then(|it| it.aftermath).zip(self.fluid()) else {
            return Vec::new();
        };
        let row = |what, simulated, model| Compared { what, simulated, model: Some(model) };
        let lag = if fluid.lag_events.is_finite() { whole(fluid.lag_events) } else { span(fluid.lag_events) };
        let caught_up = found.drain_seconds.map_or_else(|| "not yet".to_owned(), give_or_take);
        vec![
            row("most events waiting", with_precision(found.most_lag, whole(found.most_lag.mean)), lag),
            row("age of the oldest", give_or_take(found.oldest_seconds), seconds(fluid.oldest_seconds)),
            row("caught up in", caught_up, span(fluid.drain_seconds)),
            row(
                "handled again",
                with_precision(found.redone, whole(found.redone.mean)),
                whole(fluid.redone_events),
            ),
        ]
    }
}

/// The report of a simulation.
pub struct SimulationReport<'a> {
    all: Vec<Simulated<'a>>,
    looks: Vec<LookRow<'a>>,
    seed: u64,
}

impl<'a> SimulationReport<'a> {
    /// Of workloads that were simulated with a seed.
    pub fn new(all: Vec<Simulated<'a>>, seed: u64) -> Self {
        let of = |it: &Simulated<'a>| {
            let (workload, looks) = (it.workload, it.found().map_or_else(Vec::new, |it| it.looks.clone()));
            looks.into_iter().map(move |look| LookRow { workload, look })
        };
        let looks = all.iter().flat_map(of).collect();
        Self { all, looks, seed }
    }

    fn heading(&self) -> String {
        let simulated: Vec<_> = self.all.iter().filter_map(|row| Some((row, row.it()?))).collect();
        if let [(row, it)] = simulated[..] {
            return it.heading(row);
        }
        let plans = plural(simulated.len() as u64, "plan");
        let after = |it: &Simulation<'_>| it.findings.aftermath;
        if simulated.iter().any(|(_, it)| after(it).is_some()) {
            let drained =
                simulated.iter().filter_map(|(row, it)| Some((row.workload, after(it)?.drain_seconds?.mean)));
            let longest = drained.clone().max_by(|(_, one), (_, other)| one.total_cmp(other));
            let not = (simulated.len() - drained.count()) as u64;
            let not = match not {
                0 => String::new(),
                1 => ", 1 has not caught up".to_owned(),
                _ => format!(", {not} have not caught up"),
            };
            let longest = longest.map_or_else(String::new, |(name, drain)| {
                format!("; {name} takes longest, {} once all is read again", span(drain))
            });
            return format!("{plans} simulated{not}{longest}");
        }
        let goals: Vec<bool> = simulated
            .iter()
            .filter_map(|(_, it)| Some(it.findings.p99_busiest.mean <= it.plan.sizing.goal_seconds?))
            .collect();
        let met = goals.iter().filter(|met| **met).count();
        let of_goals = match goals.len() as u64 {
            0 => String::new(),
            all => format!(": {met} of {} met", plural(all, "p99 goal")),
        };
        let cpu = self.all.iter().filter_map(|it| Some((it.workload, it.cpu()?.mean)));
        let busiest = cpu.max_by(|(_, one), (_, other)| one.total_cmp(other));
        let busiest = busiest.map_or_else(String::new, |(name, cpu)| {
            format!("; {name} is busiest, {} of its CPU", percent(cpu))
        });
        format!("{plans} simulated{of_goals}{busiest}")
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self
            .all
            .iter()
            .filter_map(|it| Some(format!("{}: not simulated, as {}.", it.workload, it.plan.as_ref().err()?)))
            .chain(on_which_machines(self.all.iter().map(|it| (it.workload, it.kept))))
            .collect();
        let simulated: Vec<&Simulation<'_>> = self.all.iter().filter_map(Simulated::it).collect();
        let assumed = simulated.iter().any(|it| {
            let fetching = &it.plan.runtime.fetching;
            it.study.system.fetch.is_some()
                && fetching.evidence == Evidence::Assumed
                && fetching.discipline == it.discipline
        });
        if assumed {
            notes.push(
                "fetches: how the client shares its core and when it fetches again (fair, gated, yielding) is assumed \
                 until it is measured; --discipline tries another."
                    .into(),
            );
        }
        let behind = self.all.iter().filter(|it| it.planned_p99().is_some_and(f64::is_infinite));
        let behind = listed(behind.map(|it| it.workload), MOST_NAMED);
        if !behind.is_empty() {
            notes.push(format!(
                "Slower than events come at peak, so that lag and p99 grow for as long as that lasts: {behind}."
            ));
        }
        if self.all.iter().any(|it| it.planned_p99().is_some()) {
            notes.push(format!(
                "planned: by the plan's formulas, p99 of what its busiest members handle at peak. {}",
                "A simulation knows no more of a client than its profile: measured clients were slower (docs/validation.md of tonnage's source)."
            ));
        }
        let runs = simulated.iter().map(|it| it.study.runs);
        if let Some((least, most)) = runs.clone().min().zip(runs.max()) {
            let runs = if least == most { most.to_string() } else { format!("{least} to {most}") };
            notes.push(format!(
                "±: half of the 95 % confidence interval over {runs} independent runs, seed {} (--seed).",
                self.seed
            ));
        }
        notes
    }
}

impl Report for SimulationReport<'_> {
    fn charts(&self) -> Vec<Chart> {
        self.all.iter().filter_map(Simulated::lag).collect()
    }

    fn page(&self) -> Document {
        let more = self.charts().into_iter().filter(|_| self.all.len() > 1).map(Block::Chart);
        Document { blocks: self.document().blocks.into_iter().chain(more).collect() }
    }

    fn document(&self) -> Document {
        let mut document = Document::default();
        document.heading(self.heading());
        let [row] = self.all.as_slice() else {
            document.table(Records::of("simulations", &columns(), &self.all).table());
            document.list(self.notes());
            return document;
        };
        document.table(Records::of("steady", &compared_columns("planned"), &row.steady()).table());
        document.table(Records::of("aftermath", &compared_columns("failures"), &row.after_failure()).table());
        document.chart(row.lag());
        document.list(self.notes());
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        let simulations = Records::of("simulations", &columns(), &self.all);
        if self.looks.is_empty() {
            return vec![simulations];
        }
        // CSV has the first alone, and what is asked for here is the course.
        vec![Records::of("lag", &look_columns(), &self.looks), simulations]
    }
}
