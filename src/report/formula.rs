//! Formulas with their numbers put in.

use super::column::Unit as Written;
use super::figures::significant;
use tonnage_model::capacity::constraint::BoundBy;
use tonnage_model::explain::step::{Operand, Quantity, Step, Unit};

/// How a unit of the model is written for people, and its symbol for programs.
pub fn unit(unit: Unit) -> (Written, &'static str) {
    match unit {
        Unit::Number => (Written::Number, "1"),
        Unit::Count => (Written::Count, "1"),
        Unit::Share => (Written::Share, "1"),
        Unit::Rate => (Written::Rate, "events/s"),
        Unit::Seconds => (Written::Seconds, "s"),
        Unit::SecondsPerByte => (Written::Number, "s/B"),
        Unit::EventBytes => (Written::EventSize, "B"),
        Unit::Memory => (Written::Memory, "B"),
        Unit::BitRate => (Written::BitRate, "bit/s"),
        Unit::UsdPerHour => (Written::UsdPerHour, "USD/h"),
        Unit::Usd => (Written::Usd, "USD"),
    }
}

/// A number of a step for people.
pub fn figure(value: f64, of: Unit) -> String {
    match of {
        Unit::SecondsPerByte => format!("{} ns/B", significant(value * 1e9)),
        _ => unit(of).0.figure(value),
    }
}

/// What is counted, and one of it.
const PLURALS: [(&str, &str); 6] = [
    ("processes", "process"),
    ("instances", "instance"),
    ("partitions", "partition"),
    ("members", "member"),
    ("servers", "server"),
    ("vCPUs", "vCPU"),
];

/// Operands with a unit that the workload gives.
const OF_WORKLOAD: [&str; 4] = ["handler", "io_wait", "outage", "drain"];

/// An operand for people. One that has no unit, or is the workload's own, is named.
fn operand(it: &Operand) -> String {
    let text = figure(it.value, it.unit);
    let name = it.name.replace('_', " ").replace("vcpu", "vCPU");
    match it.unit {
        Unit::Count if it.value == 1.0 => {
            let one = PLURALS.iter().fold(name, |name, (many, one)| name.replace(many, one));
            format!("{text} {one}")
        }
        Unit::Count => format!("{text} {name}"),
        Unit::Number => format!("{} {text}", it.name),
        _ if OF_WORKLOAD.contains(&it.name) => format!("{name} {text}"),
        _ => text,
    }
}

/// How a step's value comes about.
pub fn how(step: &Step) -> String {
    match step.least_for {
        Some(BoundBy::Minimum) if step.quantity == Quantity::Processes => return "one is enough".to_owned(),
        Some(BoundBy::Minimum) => return "the minimum of the policy".to_owned(),
        Some(BoundBy::Confidence) => return "fewer hold too rarely".to_owned(),
        Some(BoundBy::Constraint(it)) => {
            return format!("with {} the {it} constraint fails", step.value - 1.0);
        }
        None if step.formula.is_empty() => return "as many partitions as it takes".to_owned(),
        None => {}
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut text = String::new();
    let mut rest = step.formula.as_str();
    while let Some(first) = rest.chars().next() {
        let end = match is_name(first) {
            true => rest.find(|c| !is_name(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        match (step.operands.iter().find(|operand| operand.name == token), token) {
            (Some(known), _) => text += &operand(known),
            (None, "*") => text.push('x'),
            (None, other) => text += other,
        }
        rest = after;
    }
    text
}
