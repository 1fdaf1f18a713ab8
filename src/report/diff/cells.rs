//! Cells of one workload in two plans, and which of them differ.

use crate::input::column::Names;
use crate::input::columns;
use crate::input::lookup::Lookup;
use crate::input::range;
use crate::input::saved_plan::SavedPlan;
use crate::input::two_readings::Marks;
use crate::report::column::Value;
use std::collections::BTreeMap;
use tonnage_model::catalog::{Catalog, MachineFilter};
use tonnage_model::machine::{Machine, MachineId};
use tonnage_model::workload::Workload;

/// Characters of a cell's change in a line of a table; of a longer one only the column is named.
const LONGEST_CELL: usize = 48;
/// The column that measured CPU belongs to.
const VOLUME: &str = "events_per_day";
/// The column of today's runtime.
pub(super) const RUNTIME: &str = "current_runtime";
/// The columns that say together which machines run.
pub(super) const PLACE: [&str; 4] = ["provider", "region", "current_machine", "current_node_type"];

/// The cells of a workload by their columns.
pub(super) type Cells = BTreeMap<String, String>;

/// A cell that differs.
pub struct Cell<'p> {
    /// Its column.
    pub column: &'p str,
    /// What it was; nothing where it was empty.
    pub old: Option<&'p str>,
    /// What it is; nothing where it is empty.
    pub new: Option<&'p str>,
}

/// A catalog in which names mean what they meant to a plan: in the cloud and region that it was asked for.
pub(super) fn as_asked(plan: &SavedPlan, catalog: &Catalog) -> Catalog {
    let asked = |name: &str| Some(plan.settings.get(name)?.as_str()?.to_owned());
    let [provider, region] = ["provider", "region"].map(asked);
    let filter = MachineFilter { provider, region, ..MachineFilter::default() };
    Catalog { filter, ..catalog.clone() }
}

/// Those that differ, in the order of the columns; not those that say the same in other words.
pub(super) fn differing<'p>(both: [&'p Cells; 2], lookups: &[Lookup<'_>; 2]) -> Vec<Cell<'p>> {
    let unknown = both.into_iter().flat_map(Cells::keys).filter(|name| columns::position(name).is_none());
    let cell = |column: &'p str| {
        let [old, new] = both.map(|cells| cells.get(column).map(String::as_str));
        Cell { column, old, new }
    };
    let all = columns::NAMES.into_iter().chain(unknown.map(String::as_str)).map(cell);
    let runtime = |text: &'p str| lookups[0].spelled(Names::Runtimes, text);
    let is_same = |it: &Cell<'p>| it.column == RUNTIME && it.old.map(runtime) == it.new.map(runtime);
    let mut differ: Vec<Cell<'p>> = all.filter(|cell| !cell.is_same() && !is_same(cell)).collect();
    if differ.iter().any(|cell| PLACE.contains(&cell.column)) {
        let [(old, one), (new, other)] = [0, 1].map(|at| place(both[at], &lookups[at]));
        let is_same = one == other && (one.is_some() || old == new);
        differ.retain(|cell| !is_same || !PLACE.contains(&cell.column));
    }
    differ
}

/// Where the cells of a row say that it runs, as the catalog has it, and on which machine type.
fn place(cells: &Cells, lookup: &Lookup<'_>) -> (Workload, Option<MachineId>) {
    let [provider, region, current_machine, current_node_type] = PLACE.map(|name| cells.get(name).cloned());
    let mut row = Workload { provider, region, current_machine, current_node_type, ..Workload::default() };
    lookup.spell_place(&mut row);
    let machine = lookup.machine(&row).map(Machine::id);
    (row, machine)
}

impl Cell<'_> {
    /// Whether both say the same, however it is written: `50M` and `50,000,000`.
    fn is_same(&self) -> bool {
        let column = columns::position(self.column).map(|at| &columns::COLUMNS[at]);
        let both = column.zip(self.old.zip(self.new));
        self.old == self.new || both.is_some_and(|(column, (old, new))| column.is_same(old, new))
    }

    /// `peak_factor 3 -> 4`.
    pub fn told(&self) -> String {
        let [old, new] = [self.old, self.new].map(|text| text.unwrap_or("empty"));
        format!("{} {old} -> {new}", self.column)
    }

    pub(super) fn parts(&self) -> Value<'_> {
        Value::Parts(vec![("column", self.column.into()), ("old", self.old.into()), ("new", self.new.into())])
    }

    pub(super) fn told_shortly(&self) -> String {
        let told = self.told();
        if told.chars().count() > LONGEST_CELL { self.column.to_owned() } else { told }
    }
}

/// How many times as many events there are; 1 where nobody knows.
pub(super) fn growth(cells: &[Cell<'_>]) -> f64 {
    let events = |text: Option<&str>| {
        let (text, (number, _)) = (text?, columns::number(VOLUME)?);
        let median = || Some(range::read(range::ends(text)?, &number, Marks::POINT).ok()?.median());
        number.read(text, Marks::POINT).or_else(median)
    };
    let volume = cells.iter().find(|cell| cell.column == VOLUME);
    volume.and_then(|cell| Some(events(cell.new)? / events(cell.old)?)).unwrap_or(1.0)
}
