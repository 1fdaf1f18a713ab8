//! What an import found of workloads, and what it changed in a file.

use super::figures::{plural, significant};
use crate::input::columns::{self, NAMES};
use crate::input::imports::found::Found;
use crate::input::imports::merge::{Change, Merged, New};
use crate::input::imports::plausible::{Because, Implausible};
use std::collections::BTreeSet;

/// Characters of a cell that are shown in full.
const SHOWN: usize = 40;

/// Notes, a line each.
pub fn notes(notes: &[String]) -> String {
    notes.iter().map(|note| format!("Note: {note}.\n")).collect()
}

/// Cores that cannot be, a line each, and what may be behind that.
pub fn implausible(all: &[Implausible]) -> String {
    let line = |Implausible { workload, cores, because }: &Implausible| {
        let cores = significant(*cores);
        match because {
            Because::Instances(count, each, machine) => {
                let of = machine
                    .as_ref()
                    .map_or("a pod rarely has more than".to_owned(), |it| format!("{it} has"));
                format!(
                    "Check {workload}: observed_cores {cores}, but {count} run today, and {of} {each} cores.\n"
                )
            }
            Because::Was(old) => {
                format!("Check {workload}: observed_cores {cores}, but the file had {}.\n", significant(*old))
            }
        }
    };
    let lines: String = all.iter().map(line).collect();
    match lines.is_empty() {
        true => lines,
        false => {
            lines + "Are these thousandths of cores? Divide the query by 1000, or write the unit: 250m.\n"
        }
    }
}

/// What was found, and which cells are left to fill in.
pub fn written(found: &Found) -> String {
    let columns: BTreeSet<usize> = found.columns();
    let names = |columns: &[usize]| columns.iter().map(|it| NAMES[*it]).collect::<Vec<_>>().join(", ");
    let found_names = names(&columns.into_iter().collect::<Vec<_>>());
    let is_open = |column: &usize| {
        *column != columns::NAME && found.workloads().values().any(|values| !values.contains_key(column))
    };
    let open: Vec<usize> = columns::required().filter_map(columns::position).filter(is_open).collect();
    let fill = if open.is_empty() { String::new() } else { format!("Fill in: {}.\n", names(&open)) };
    format!("Found {}: {found_names}.\n{fill}", plural(found.workloads().len() as u64, "workload"))
}

/// What changed in a file, a line a workload, and what has no match on either side.
pub fn merged(merged: &Merged, only_known: bool) -> String {
    let mut said = String::new();
    for changes in merged.changes.chunk_by(|one, other| one.workload == other.workload) {
        let of_origin = changes.chunk_by(|one, other| one.origin == other.origin).map(|changes| {
            let cells: Vec<String> = changes.iter().map(change).collect();
            format!("{} ({})", cells.join(", "), changes[0].origin)
        });
        said += &format!("{}: {}\n", changes[0].workload, of_origin.collect::<Vec<_>>().join("; "));
    }
    if !merged.changes.iter().any(Change::is_made) {
        said += "No row changed.\n";
    }
    if !merged.new.is_empty() {
        let what = if only_known { "Left out, as the file has no such row" } else { "Added" };
        let names: Vec<String> = merged.new.iter().map(new).collect();
        said += &format!("{what}: {}.\n", names.join(", "));
        if !merged.untouched.is_empty() || merged.new.iter().any(|it| it.like.is_some()) {
            said += "Where a row of the file is meant, say so in its column topic, group or deployment, or by --rename FROM=TO.\n";
        }
    }
    if !merged.untouched.is_empty() {
        said += &format!("Nothing found of: {}.\n", merged.untouched.join(", "));
    }
    said
}

/// `observed_cores 2 -> 2.5`, `observed_cores kept 2, 2.5 now`, or `observed_cores left empty, 2.5 now, as utilization says it`.
fn change(change: &Change) -> String {
    let Change { column, old, new, .. } = change;
    let [old, new] = [old.as_deref().unwrap_or_default(), new].map(short);
    if let Some(said_by) = change.said_by {
        return format!("{column} left {old}, {new} now, as {said_by} says it");
    }
    match change.is_made() {
        true => format!("{column} {old} -> {new}"),
        false => format!("{column} kept {old}, {new} now"),
    }
}

/// A cell, of a list of many words the first and the last.
fn short(text: &str) -> String {
    if text.is_empty() {
        return "empty".to_owned();
    }
    match text.split_once(' ').zip(text.rsplit_once(' ')) {
        Some(((first, _), (_, last))) if text.len() > SHOWN => format!("{first} ... {last}"),
        _ => text.to_owned(),
    }
}

/// A name, and the row that may be meant with it.
fn new(New { name, like }: &New) -> String {
    like.as_ref().map_or_else(|| name.clone(), |like| format!("{name} (is it {like:?}?)"))
}
