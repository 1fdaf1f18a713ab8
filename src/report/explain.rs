//! Why a plan is what it is: the answer, what moves it, and each number with its arithmetic.

use super::Report;
use super::answer::answer;
use super::column::{Column, Unit, Value, column, data, number, word};
use super::document::Document;
use super::figures::{hourly, plural, usd, whole};
use super::formula::{figure, how, unit};
use super::plan::notes::notes as notes_of;
use super::plan::plans::{machines, place};
use super::records::Records;
use super::sensitivity::{self, SwingRow};
use super::shown::in_summary;
use tonnage_model::decide::fleet::{Fleet, PlannedWorkload};
use tonnage_model::explain::Explanation;
use tonnage_model::explain::rivals::{Lost, Rival, rivals};
use tonnage_model::explain::step::{Limit, Quantity, Step};
use tonnage_model::runtime::Runtime;
use tonnage_model::uncertain::sensitivity::Tornado;

/// How many of the machine types that lost are shown.
const RIVALS: usize = 3;

/// A step of an explanation.
struct StepRow<'e> {
    of: &'e Explanation<'e>,
    step: &'e Step,
}

/// A machine type that lost.
struct RivalRow<'e> {
    of: &'e Explanation<'e>,
    rival: Rival<'e>,
}

/// One workload explained.
pub struct Explained<'e> {
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
        Explanation::new(&entry.problem, runtime, plan.as_ref(), &fleet.machines, fleet.policy)
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
                |plan| rivals(of.problem, plan, &fleet.machines, fleet.policy, RIVALS),
            );
            found.into_iter().map(move |rival| RivalRow { of, rival })
        });
        let swings = tornado.map_or_else(Vec::new, |it| sensitivity::rows(entry, it));
        let notes = notes(entry, fleet);
        Self {
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

/// The columns of a step. Numbers stand in the unit beside them.
fn step_columns<'e>() -> Vec<Column<StepRow<'e>>> {
    vec![
        column(data("workload", "Workload"), |it| (&it.of.problem.workload.name).into()),
        column(data("runtime", "Runtime"), |it| (&it.of.runtime.name).into()),
        column(data("quantity", "What the step gives, as formulas name it"), |it| {
            it.step.quantity.name().into()
        }),
        column(data("constraint", "The constraint that it is about, where it is one"), |it| {
            it.step.limit.map(|limit| limit.constraint.to_string()).into()
        }),
        column(word("title", "quantity", "The same for people").in_tables(0), |it| title(it).into()),
        column(word("how", "how", "The formula with the numbers put in"), |it| how(it.step).into()),
        column(number("figure", "value", Unit::Number, "The value for people").in_tables(0), |it| {
            figure(it.step.value, it.step.quantity.unit()).into()
        }),
        column(data("value", "The value"), |it| it.step.value.into()),
        column(data("unit", "Its unit; 1 for plain numbers"), |it| unit(it.step.quantity.unit()).1.into()),
        column(data("formula", "The formula over the names of its operands"), |it| {
            Some(&it.step.formula).filter(|formula| !formula.is_empty()).into()
        }),
        column(data("operands", "The numbers in the formula").nested(), |it| {
            let parts = it.step.operands.iter().map(|operand| {
                Value::Parts(vec![
                    ("name", operand.name.into()),
                    ("value", operand.value.into()),
                    ("unit", unit(operand.unit).1.into()),
                ])
            });
            Value::List(parts.collect())
        }),
        column(data("allowed", "Of a constraint, the most that the value may be"), |it| {
            it.step.limit.map(|limit| limit.allowed).into()
        }),
        column(data("used", "The share of that in use"), |it| it.step.used().into()),
        column(data("instances", "Instances that the constraint asks for alone"), |it| {
            it.step.limit.and_then(|limit| limit.instances).into()
        }),
        column(data("members_per_instance", "Members of the group on each of these"), |it| {
            it.step.limit.and_then(|limit| limit.members_per_instance).into()
        }),
    ]
}

/// Constraints as people see them, beside one another.
fn constraint_columns<'e>() -> Vec<Column<StepRow<'e>>> {
    vec![
        column(word("title", "constraint", "The constraint"), |it| title(it).into()),
        column(number("figure", "value", Unit::Number, "The value"), |it| {
            figure(it.step.value, it.step.quantity.unit()).into()
        }),
        column(number("allowed", "limit", Unit::Number, "The most that it may be"), |it| {
            it.step.limit.map(|limit| figure(limit.allowed, it.step.quantity.unit())).into()
        }),
        column(
            number("alone", "asks for", Unit::Number, "Instances, and processes on each, that it asks for"),
            |it| it.step.limit.map(alone).into(),
        ),
        column(word("how", "how", "The formula with the numbers put in"), |it| how(it.step).into()),
    ]
}

fn rival_columns<'e>() -> Vec<Column<RivalRow<'e>>> {
    vec![
        column(data("workload", "Workload"), |it| (&it.of.problem.workload.name).into()),
        column(data("runtime", "Runtime"), |it| (&it.of.runtime.name).into()),
        column(word("machines", "next machine types", "Machines").in_tables(0), |it| {
            machines(&it.rival.plan).into()
        }),
        column(data("instance_type", "Machine type"), |it| (&it.rival.plan.machine.instance_type).into()),
        column(word("where", "where", "Cloud and region").in_tables(1), |it| {
            place(it.rival.plan.machine).into()
        }),
        column(data("provider", "Cloud"), |it| (&it.rival.plan.machine.provider).into()),
        column(data("region", "Region"), |it| (&it.rival.plan.machine.region).into()),
        column(data("instances", "Instances"), |it| it.rival.plan.size.instances.into()),
        column(number("usd_per_month", "$/month", Unit::Usd, "Bill, USD a month"), |it| {
            it.rival.plan.usd_per_month.into()
        }),
        column(word("bound_by", "bound by", "What sets the number").rank(2), |it| {
            it.rival.plan.size.bound_by.to_string().into()
        }),
        column(word("lost_because", "why it lost", "Why it was not chosen"), |it| lost(it).into()),
    ]
}

fn lost(row: &RivalRow<'_>) -> String {
    let plan = &row.rival.plan;
    match row.rival.lost {
        Lost::Costs(more) => {
            let instances = plural(plan.size.instances, "instance");
            format!("{} more a month: {instances} at {}", usd(more), hourly(plan.usd_per_hour))
        }
        Lost::MoreInstances => "same bill, more instances".to_owned(),
        Lost::MoreMemory => "same bill and count, more memory than needed".to_owned(),
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
        let mut document = Document::default();
        for (index, it) in self.shown.iter().enumerate() {
            document.heading(format!("{} in {}", it.problem.workload.name, it.runtime.name));
            document.paragraph(answer(it));
            if index == 0 {
                sensitivity::tell(&mut document, self.tornado, &self.swings);
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
            let rivals = self.rivals.iter().filter(|row| std::ptr::eq(row.of, *it));
            let rivals = rivals.filter(|_| index == 0 || self.details);
            document.table(Records::of("rivals", &rival_columns(), rivals).table());
        }
        document.list(self.notes.clone());
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        let answers: Vec<Column<Explanation<'_>>> = vec![
            column(data("workload", "Workload"), |it| (&it.problem.workload.name).into()),
            column(data("runtime", "Runtime"), |it| (&it.runtime.name).into()),
            column(data("answer", "Why the plan is what it is"), |it| answer(it).into()),
            column(data("bound_by", "What sets the number of instances"), |it| {
                it.plan.ok().map(|plan| plan.size.bound_by.to_string()).into()
            }),
            column(data("one_fewer", "What the binding constraint comes to with one instance fewer"), |it| {
                it.one_fewer.into()
            }),
        ];
        vec![
            Records::of("steps", &step_columns(), &self.steps),
            Records::of("answers", &answers, self.explanations),
            Records::of("rivals", &rival_columns(), &self.rivals),
            Records::of("sensitivity", &sensitivity::swing_columns(), &self.swings),
        ]
    }
}

/// What to know of the figures behind an explanation, as points of a list.
fn notes(entry: &PlannedWorkload<'_>, fleet: &Fleet<'_>) -> Vec<String> {
    let mut points: Vec<String> = notes_of(entry).into_iter().map(|note| format!("Note: {note}.")).collect();
    let medians = super::medians::note([entry.problem.workload]);
    points.extend(
        super::plan::not_measured(fleet).into_iter().chain(medians).map(|text| format!("Note: {text}")),
    );
    points
}
