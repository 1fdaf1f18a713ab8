//! Why a plan is what it is: the answer, what moves it, and each number with its arithmetic.

mod charts;
mod followed;
mod page;

use crate::report::Report;
use crate::report::answer::answer;
use crate::report::chart::Chart;
use crate::report::column::{Column, Value, columns};
use crate::report::document::Document;
use crate::report::figures::{hourly, plural, significant, usd, whole};
use crate::report::formula::{figure, how, unit};
use crate::report::p99;
use crate::report::plan::action::decided;
use crate::report::plan::decision::Decision;
use crate::report::plan::notes::{not_measured, notes as notes_of};
use crate::report::plan::plans::{machines, place};
use crate::report::plan::questions::lag;
use crate::report::plan::rests;
use crate::report::plan::wording::sentence;
use crate::report::plan::worth::worth_up_to;
use crate::report::records::Records;
use crate::report::sensitivity::{self, SwingRow};
use crate::report::shown::in_summary;
use followed::{recommended, taken};
use tonnage_model::decide::alternative::Machines;
use tonnage_model::decide::answer::Verdict;
use tonnage_model::decide::baseline::Standing;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::explain::Explanation;
use tonnage_model::explain::rivals::{Lost, Rival, rivals};
use tonnage_model::explain::step::{Limit, Quantity, Step};
use tonnage_model::language::{OwnCode, RangeEnd};
use tonnage_model::runtime::Runtime;
use tonnage_model::uncertain::sensitivity::Tornado;

/// How many of the machine types that lost are shown.
const RIVALS: usize = 3;

/// A step of an explanation.
pub struct StepRow<'e> {
    of: &'e Explanation<'e>,
    step: &'e Step,
}

/// A machine type that lost.
pub struct RivalRow<'e> {
    of: &'e Explanation<'e>,
    rival: Rival<'e>,
}

/// One workload explained.
pub struct Explained<'e> {
    entry: &'e PlannedWorkload<'e>,
    /// What is said to people: today's runtime and the recommended one, or all.
    shown: Vec<&'e Explanation<'e>>,
    details: bool,
    explanations: &'e [Explanation<'e>],
    steps: Vec<StepRow<'e>>,
    rivals: Vec<RivalRow<'e>>,
    tornado: Option<&'e Tornado>,
    swings: Vec<SwingRow<'e>>,
    notes: Vec<String>,
}

/// An explanation of one workload in each runtime.
pub fn explanations<'e>(entry: &'e PlannedWorkload<'e>, fleet: &'e Fleet<'e>) -> Vec<Explanation<'e>> {
    let explained = entry.plans.iter().map(|(runtime, plan)| {
        Explanation::new(&entry.problem, runtime, plan.as_ref(), &fleet.machines, entry.planner.policy)
    });
    explained.collect()
}

impl<'e> Explained<'e> {
    /// Puts together what is said of a workload; with `details` people see every runtime.
    pub fn new(
        entry: &'e PlannedWorkload<'e>,
        fleet: &'e Fleet<'e>,
        explanations: &'e [Explanation<'e>],
        tornado: Option<&'e Tornado>,
        details: bool,
    ) -> Self {
        let planned: Vec<&Runtime> = explanations.iter().map(|it| it.runtime).collect();
        let mut shown: Vec<&Explanation<'_>> = explanations.iter().collect();
        if !details {
            let names = in_summary(&planned, entry.problem.current, entry.recommendation.runtime);
            shown.retain(|it| names.iter().any(|name| name.name == it.runtime.name));
            // The recommended one first: it is the one whose answer was asked for.
            let recommended = entry.recommendation.runtime.map(|runtime| &runtime.name);
            shown.sort_by_key(|it| Some(&it.runtime.name) != recommended);
        }
        let steps = explanations.iter().flat_map(|of| of.steps.iter().map(move |step| StepRow { of, step }));
        let rivals = explanations.iter().flat_map(|of| {
            let found = of.plan.map_or_else(
                |_| Vec::new(),
                |plan| rivals(of.problem, plan, &fleet.machines, entry.planner.policy, RIVALS),
            );
            found.into_iter().map(move |rival| RivalRow { of, rival })
        });
        let swings = tornado.map_or_else(Vec::new, sensitivity::rows);
        let mut notes = notes(entry, fleet);
        notes.extend(shown.iter().filter_map(|it| own_code(it)));
        Self {
            entry,
            shown,
            details,
            explanations,
            steps: steps.collect(),
            rivals: rivals.collect(),
            tornado,
            swings,
            notes,
        }
    }
}

impl Explained<'_> {
    /// What `plan` decides, and why, where that is not the plan that is explained.
    fn decided(&self) -> Document {
        let (mut document, decision) = (Document::default(), Decision::of(self.entry));
        let place = self.as_decided().map_or_else(String::new, |it| format!(" in {}", it.name));
        document.heading(format!("{}{place}: {}", decision.name(), decided(self.entry)));
        // A question is told of any report.
        if place.is_empty() && self.entry.recommendation.has_verdict() {
            document.paragraph(sentence(&decision));
        } else {
            let lag = lag(self.entry).filter(|_| self.entry.recommendation.lacks_capacity());
            let said = lag.map(|lag| format!("Note: {lag}.")).into_iter().chain(worth_up_to(self.entry));
            document.paragraph(said.collect::<Vec<_>>().join(" "));
        }
        if decision.check() == Some(Standing::Unchecked) {
            document
                .paragraph(format!("? to be checked: {}.", rests::told_of_one(&self.entry.recommendation)));
        }
        document
    }

    /// The runtime whose plan is what is decided.
    fn as_decided(&self) -> Option<&Runtime> {
        let it = &self.entry.recommendation;
        let plan = it.chosen.as_ref().filter(|plan| it.machines.as_ref() == Some(&Machines::of(plan)))?;
        it.step().is_none().then_some(plan.runtime)
    }

    /// Adds what the arithmetic is of, and what it comes to: what is decided may be another thing.
    fn tell(&self, document: &mut Document, it: &Explanation<'_>) {
        let (decided, name) = (&self.entry.recommendation, &it.runtime.name);
        match (&decided.verdict, decided.step()) {
            _ if self.as_decided().is_some_and(|it| it.name == *name) => {}
            (_, Some(change)) => document.heading(format!("In {name} without {change}")),
            (Verdict::Stay, _) if it.plan.is_err() => {
                document.heading(format!("What a plan in {name} asks for"))
            }
            _ => document.heading(format!("In {name}")),
        }
        document.paragraph(answer(it));
    }
}

/// The columns of a step. Numbers stand in the unit beside them.
#[rustfmt::skip]
pub fn step_columns<'e>() -> Vec<Column<StepRow<'e>>> {
    columns![StepRow<'e>, it;
        "workload", "Workload" => &it.of.problem.workload.name;
        "runtime", "Runtime" => &it.of.runtime.name;
        "quantity", "What the step gives, as formulas name it" => it.step.quantity.name();
        "constraint", "The constraint that it is about, where it is one" => it.step.limit.map(|limit| limit.constraint.to_string());
        "title" ["quantity" Word Table(0)], "The same for people" => title(it);
        "how" ["how" Word Always], "The formula with the numbers put in" => how(it.step);
        "figure" ["value" Number Table(0)], "The value for people" => value(it);
        "value", "The value" => it.step.value;
        "unit", "Its unit; 1 for plain numbers" => unit(it.step.quantity.unit()).1;
        "formula", "The formula over the names of its operands" => Some(&it.step.formula).filter(|formula| !formula.is_empty());
        "operands" ["operands" Word Nested], "The numbers in the formula, each with its name and unit" => operands(it.step);
        "allowed", "Of a constraint, the most that the value may be" => it.step.limit.map(|limit| limit.allowed);
        "used", "The share of that in use" => it.step.used();
        "instances", "Instances that the constraint asks for alone" => it.step.limit.and_then(|limit| limit.instances);
        "members_per_instance", "Members of the group on each of these" => it.step.limit.and_then(|limit| limit.members_per_instance);
    ]
}

fn operands(step: &Step) -> Value<'_> {
    let parts = step.operands.iter().map(|it| {
        Value::Parts(vec![
            ("name", it.name.into()),
            ("value", it.value.into()),
            ("unit", unit(it.unit).1.into()),
        ])
    });
    Value::List(parts.collect())
}

/// Constraints as people see them, beside one another.
#[rustfmt::skip]
fn constraint_columns<'e>() -> Vec<Column<StepRow<'e>>> {
    columns![StepRow<'e>, it;
        "title" ["constraint" Word Always], "The constraint" => title(it);
        "figure" ["value" Number Always], "The value" => value(it);
        "allowed" ["limit" Number Always], "The most that it may be" => it.step.limit.map(|limit| figure(limit.allowed, it.step.quantity.unit()));
        "alone" ["asks for" Number Always], "Instances, and processes on each" => it.step.limit.map(alone);
        "how" ["how" Word Always], "The formula with the numbers put in" => how(it.step);
    ]
}

/// The columns of an answer.
#[rustfmt::skip]
pub fn answer_columns<'e>() -> Vec<Column<Explanation<'e>>> {
    columns![Explanation<'e>, it;
        "workload", "Workload" => &it.problem.workload.name;
        "runtime", "Runtime" => &it.runtime.name;
        "answer", "Why the plan is what it is" => answer(it);
        "bound_by", "What sets the number of instances" => it.plan.ok().map(|plan| plan.bound_by().to_string());
        "one_fewer", "What the binding constraint comes to with one instance fewer" => it.one_fewer;
    ]
}

/// The columns of a machine type that lost.
#[rustfmt::skip]
pub fn rival_columns<'e>() -> Vec<Column<RivalRow<'e>>> {
    columns![RivalRow<'e>, it;
        "workload", "Workload" => &it.of.problem.workload.name;
        "runtime", "Runtime" => &it.of.runtime.name;
        "machines" ["next machine types" Word Table(0)], "Machines" => machines(&it.rival.plan);
        "instance_type", "Machine type" => &it.rival.plan.machine.instance_type;
        "where" ["where" Word Table(1)], "Cloud and region" => place(it.rival.plan.machine);
        "provider", "Cloud" => &it.rival.plan.machine.provider;
        "region", "Region" => &it.rival.plan.machine.region;
        "instances", "Instances" => it.rival.plan.count.instances;
        "usd_per_month" ["$/month" Usd Always], "Bill, USD a month" => it.rival.plan.usd_per_month;
        "bound_by" ["bound by" Word Rank(2)], "What sets the number" => it.rival.plan.bound_by().to_string();
        "lost_because" ["why it lost" Word Always], "Why it was not chosen" => lost(it);
    ]
}

fn lost(row: &RivalRow<'_>) -> String {
    let plan = &row.rival.plan;
    match row.rival.lost {
        Lost::Costs(more) => {
            let instances = plural(plan.count.instances, "instance");
            format!("{} more a month: {instances} at {}", usd(more), hourly(plan.usd_per_hour))
        }
        Lost::Saves(less) => {
            let (instances, vcpus) = (plural(plan.count.instances, "instance"), plan.machine.vcpus);
            format!("{instances} of {vcpus} vCPUs to save {} a month, within cost_tolerance", usd(less))
        }
        Lost::MoreInstances => "same bill, more instances".to_owned(),
        Lost::MoreMemory => "same bill and count, more memory than needed".to_owned(),
        Lost::Slower => "same bill and count, slower cores".to_owned(),
        Lost::Name => "same in all; listed later".to_owned(),
    }
}

fn title(row: &StepRow<'_>) -> String {
    match (row.step.limit, row.step.quantity) {
        (Some(limit), _) => limit.constraint.to_string(),
        (None, Quantity::HandlerKind) => row.of.problem.workload.handler.clone(),
        (None, Quantity::Receive) if row.of.runtime.cpu.fetch.is_none() => "fetch and receive".to_owned(),
        (None, other) => other.title().to_owned(),
    }
}

/// The value of a step for people; p99 is a range, and what the queues give its least.
fn value(row: &StepRow<'_>) -> String {
    let step = row.step;
    match (step.quantity, row.of.plan) {
        (Quantity::CoreP99 | Quantity::InFlightP99, _) => p99::by_queueing(step.value),
        // Gathering comes on top, in the row below.
        (Quantity::P99, Ok(plan)) if plan.sizing.batch > 1 => p99::by_queueing(step.value),
        (Quantity::P99Gathered, Ok(plan)) => p99::cell(plan.p99_range()),
        (Quantity::P99, Ok(plan)) => match step.limit {
            Some(limit) if plan.p99_range().leaves_open(limit.allowed) => {
                format!("{}: test it", p99::cell(plan.p99_range()))
            }
            _ => p99::cell(plan.p99_range()),
        },
        (of, _) => figure(step.value, of.unit()),
    }
}

/// `5`, `2 x 12`.
fn alone(limit: Limit) -> String {
    match (limit.instances, limit.members_per_instance) {
        (None, _) => "no count".to_owned(),
        (Some(n), Some(members)) if members > 1 => format!("{} x {members}", whole(n as f64)),
        (Some(n), _) => whole(n as f64),
    }
}

impl Report for Explained<'_> {
    fn document(&self) -> Document {
        let mut document = self.decided();
        for (index, it) in self.shown.iter().enumerate() {
            self.tell(&mut document, it);
            if index == 0 {
                sensitivity::tell(&mut document, self.tornado, &self.swings, &it.runtime.name);
            }
            let rows = |is_limited: bool| {
                let of_it = self.steps.iter().filter(|row| std::ptr::eq(row.of, *it));
                let is_new = |row: &&StepRow<'_>| index == 0 || !self.shown[0].steps.contains(row.step);
                of_it.filter(move |row| row.step.limit.is_some() == is_limited && is_new(row))
            };
            document.table(Records::of("steps", &step_columns(), rows(false)).table());
            document.table(Records::of("constraints", &constraint_columns(), rows(true)).table());
            let has_processes =
                rows(true).any(|row| row.step.limit.is_some_and(|it| it.members_per_instance > Some(1)));
            if has_processes {
                document.paragraph("asks for: instances x processes that this constraint alone would take.");
            }
            if index == 0 || self.details {
                document.table(self.rivals_of(it).table());
            }
        }
        document.list(self.notes.clone());
        document
    }

    fn charts(&self) -> Vec<Chart> {
        let constraints = self.shown.first().and_then(|it| self.constraints(it));
        constraints.into_iter().chain(self.tornado.and_then(sensitivity::chart)).collect()
    }

    fn page(&self) -> Document {
        self.on_a_page()
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("steps", &step_columns(), &self.steps),
            Records::of("answers", &answer_columns(), self.explanations),
            Records::of("rivals", &rival_columns(), &self.rivals),
            Records::of("sensitivity", &sensitivity::swing_columns(), &self.swings),
        ]
    }
}

/// Where the factor on own code in another language is from.
fn own_code(it: &Explanation<'_>) -> Option<String> {
    let from_to = [&it.problem.current.language, &it.runtime.language].map(|language| &language.title);
    let own_code = it.problem.own_code(it.runtime);
    let [best, low, high] =
        [RangeEnd::Best, RangeEnd::Low, RangeEnd::High].map(|end| significant(own_code.at(end)));
    let sources = own_code.figures().into_iter().filter_map(|figure| figure.source.as_deref());
    let known = match own_code {
        OwnCode::Same => return None,
        OwnCode::Spike(_) => "by spike_factor".to_owned(),
        _ => format!("({low} to {high}): {}", sources.collect::<Vec<_>>().join("; ")),
    };
    let [from, to] = from_to;
    (it.problem.today.carried.core_seconds > 0.0)
        .then(|| format!("Own code in {to} takes {best} of its CPU in {from} {known}."))
}

/// What to know of the figures behind an explanation, as points of a list.
fn notes(entry: &PlannedWorkload<'_>, fleet: &Fleet<'_>) -> Vec<String> {
    let notes = recommended(entry).into_iter().chain(taken(entry)).chain(notes_of(entry));
    let mut points: Vec<String> = notes.map(|note| format!("Note: {note}.")).collect();
    let medians = crate::report::assumed::medians([entry.problem.workload]);
    points.extend(not_measured(fleet).into_iter().chain(medians).map(|text| format!("Note: {text}")));
    points
}
