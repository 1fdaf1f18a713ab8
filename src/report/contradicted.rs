//! What is to be known of workloads before anything that is made of them: whose inputs contradict each other, whose verdict is
//! open, and which are shown with a change that `plan` recommends.

use super::Report;
use super::chart::Chart;
use super::column::{Column, Heading, Show, Unit, Value, columns};
use super::document::{Block, Document, Table, Tone};
use super::figures::{listed, plural};
use super::plan::contradiction::contradiction;
use super::plan::kept::Kept;
use super::plan::paid::{old, sentence};
use super::plan::questions::question;
use super::plan::without_plan::unpriced;
use super::records::Records;
use super::shown::MOST_NAMED;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;

/// The last column of the first rows that such a report has, since CSV has no others.
pub const CONTRADICTION: Heading = Heading {
    name: "contradiction",
    title: "contradiction",
    meaning: "Two figures of today that cannot both be: the row is of what cannot be",
    unit: Unit::Word,
    show: Show::Data,
};

/// The title of a table's column that has the names of workloads.
const NAMES: &str = "workload";

/// Why nothing is said for sure of a workload without a verdict.
const OPEN: &str = "No verdict yet, so";

/// One such workload.
pub struct Contradicted<'r> {
    workload: &'r str,
    contradiction: String,
    look_at: String,
}

/// A report with those of its workloads that contradict themselves, have no verdict yet, are kept with a question, or are shown
/// with a change.
pub struct Checked<'r> {
    report: &'r dyn Report,
    contradicted: Vec<Contradicted<'r>>,
    is_without_them: bool,
    /// How many workloads there are in all.
    of: usize,
    open: Vec<String>,
    strained: Vec<String>,
    changed: Vec<String>,
    /// How old the prices are that its dollars are at.
    prices: Option<String>,
}

impl<'r> Checked<'r> {
    /// Looks at what runs today of the workloads that a report is about.
    pub fn new<'a: 'r>(
        report: &'r dyn Report,
        entries: impl IntoIterator<Item = &'r PlannedWorkload<'a>> + Clone,
    ) -> Self {
        let of = entries.clone().into_iter().count();
        let (mut open, mut strained, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries.clone() {
            let (it, name) = (&entry.recommendation, &entry.problem.workload.name);
            match &it.verdict {
                Verdict::DependsOn(on) => {
                    let of_one = if of > 1 { format!("{name}: ") } else { String::new() };
                    open.push(format!("{of_one}{}.", question(on, entry)));
                }
                _ => changed.extend(entry.change.map(|change| format!("{name} ({change})"))),
            }
            strained.extend(Kept::of(entry).strain().map(|strain| format!("{name}: {strain}.")));
        }
        open.extend(unpriced(entries.clone()));
        let contradicted = entries.into_iter().filter_map(contradicted).collect();
        Self { report, contradicted, is_without_them: false, of, open, strained, changed, prices: None }
    }

    /// The same for a report of dollars that leaves out those that contradict themselves.
    pub fn without<'a: 'r>(
        report: &'r dyn Report,
        entries: impl IntoIterator<Item = &'r PlannedWorkload<'a>> + Clone,
    ) -> Self {
        Self { is_without_them: true, ..Self::new(report, entries.clone()) }.priced(entries)
    }

    /// The same for a report of dollars.
    pub fn priced<'a: 'r>(self, entries: impl IntoIterator<Item = &'r PlannedWorkload<'a>>) -> Self {
        Self { prices: old(entries).map(sentence), ..self }
    }
}

fn contradicted<'r>(entry: &'r PlannedWorkload<'_>) -> Option<Contradicted<'r>> {
    let (_, look_at) = entry.recommendation.baseline.contradiction?;
    let contradiction = contradiction(entry)?;
    Some(Contradicted { workload: &entry.problem.workload.name, contradiction, look_at: look_at.to_string() })
}

/// `NAME: two figures that cannot both be; look at COLUMN.`
pub fn reason(entry: &PlannedWorkload<'_>) -> Option<String> {
    contradicted(entry).map(|it| it.told())
}

/// A fleet of which nothing can be believed, with the reasons.
#[derive(Debug, thiserror::Error)]
#[error("nothing to show until the inputs are mended; {0}")]
pub struct Unbelieved(String);

/// Those of a fleet whose inputs can be, for a report that names the others.
pub fn believed<'a>(fleet: &Fleet<'a>) -> Result<Fleet<'a>, Unbelieved> {
    let believed = fleet.believed();
    if believed.entries.is_empty() {
        let reasons: Vec<String> = fleet.entries.iter().filter_map(reason).collect();
        return Err(Unbelieved(reasons.join(" ")));
    }
    Ok(believed)
}

impl Contradicted<'_> {
    fn told(&self) -> String {
        format!("{}: {}.", self.workload, self.contradiction)
    }
}

/// Columns of these workloads.
#[rustfmt::skip]
pub fn columns<'r>() -> Vec<Column<Contradicted<'r>>> {
    columns! { Contradicted<'_>, it;
        "workload", "Workload" => it.workload;
        "contradiction", "Two figures that cannot both be, and the columns to look at" => it.contradiction.as_str();
        "look_at", "These columns" => it.look_at.as_str();
    }
}

impl Checked<'_> {
    /// The answer first, and right behind it of which workloads it is not; what is to be known beside it after the rest. Where
    /// nothing can be believed, that is the answer.
    fn around(&self, mut rest: Document) -> Document {
        let mut document = Document::default();
        let reasons = || self.contradicted.iter().map(Contradicted::told).collect();
        let is_all = self.contradicted.len() == self.of;
        if is_all {
            document.heading("Not to be believed before the inputs are mended");
            document.list(reasons());
        } else {
            self.mark(&mut rest);
        }
        let behind = rest.blocks.split_off(rest.blocks.len().min(1));
        document.blocks.extend(rest.blocks);
        if !is_all {
            document.paragraph(self.not_counted());
        }
        if let ([open], 1) = (&self.open[..], self.of) {
            document.paragraph_on(format!("{OPEN} this is of today's runtime"), open);
        }
        document.blocks.extend(behind);
        document.paragraph(self.prices.clone().unwrap_or_default());
        if !is_all && !self.contradicted.is_empty() {
            document.heading("To be mended before these are counted");
            document.list(reasons());
        }
        if !self.open.is_empty() && self.of > 1 {
            document.heading(format!("{OPEN} these are of today's runtime"));
            document.list(self.open.clone());
        }
        if !self.changed.is_empty() {
            document.paragraph(format!("With what `plan` recommends: {}.", self.changed.join(", ")));
        }
        if !self.strained.is_empty() {
            document.paragraph(
                "Kept as they run, with a question (a blank concurrency counts as what keeps up):",
            );
            document.list(self.strained.clone());
        }
        document
    }

    /// Whose inputs contradict each other; empty where nobody's do.
    fn not_counted(&self) -> String {
        let names = self.contradicted.iter().map(|it| it.workload);
        let (verb, marked) = if self.is_without_them { ("Left out", "") } else { ("Not counted", " (!)") };
        match self.contradicted.len() {
            0 => String::new(),
            count => format!(
                "{verb}: {count} of {}, whose inputs contradict each other{marked}: {}.",
                plural(self.of as u64, "workload"),
                listed(names, MOST_NAMED)
            ),
        }
    }

    /// Marks their names in tables.
    fn mark(&self, document: &mut Document) {
        let tables = document.blocks.iter_mut().filter_map(|block| match block {
            Block::Table(table) => Some(table),
            _ => None,
        });
        for Table { columns, rows } in tables {
            let Some(at) = columns.iter().position(|it| it.title == NAMES) else { continue };
            for cell in rows.iter_mut().map(|row| &mut row[at]) {
                if self.contradicted.iter().any(|it| it.workload == cell.text) {
                    cell.text += " !";
                    cell.tone = Tone::Bad;
                }
            }
        }
    }
}

impl Report for Checked<'_> {
    fn charts(&self) -> Vec<Chart> {
        self.report.charts()
    }

    fn document(&self) -> Document {
        self.around(self.report.document())
    }

    fn page(&self) -> Document {
        self.around(self.report.page())
    }

    fn records(&self) -> Vec<Records<'_>> {
        let mut records = self.report.records();
        if let Some(first) = records.first_mut() {
            let name = first.headings.iter().position(|heading| heading.name == "workload");
            first.add(CONTRADICTION, |row| {
                let of = |it: &&Contradicted<'_>| name.is_some_and(|at| row[at] == Value::from(it.workload));
                self.contradicted.iter().find(of).map(|it| it.contradiction.as_str()).into()
            });
        }
        if !self.contradicted.is_empty() {
            records.push(Records::of("contradicted", &columns(), &self.contradicted));
        }
        records
    }
}
