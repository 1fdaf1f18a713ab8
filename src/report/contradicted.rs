//! What is to be known of workloads before anything that is made of them: whose inputs contradict each other, whose verdict is
//! open, and which are shown with a change that `plan` recommends.

use super::Report;
use super::chart::Chart;
use super::column::{Column, Heading, Show, Unit, Value, columns};
use super::document::Document;
use super::plan::kept::Kept;
use super::plan::questions::{contradiction, question};
use super::records::Records;
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
    is_of_one: bool,
    open: Vec<String>,
    strained: Vec<String>,
    changed: Vec<String>,
}

impl<'r> Checked<'r> {
    /// Looks at what runs today of the workloads that a report is about.
    pub fn new<'a: 'r>(
        report: &'r dyn Report,
        entries: impl IntoIterator<Item = &'r PlannedWorkload<'a>> + Clone,
    ) -> Self {
        let (mut open, mut strained, mut changed) = (Vec::new(), Vec::new(), Vec::new());
        for entry in entries.clone() {
            let (it, name) = (&entry.recommendation, &entry.problem.workload.name);
            match &it.verdict {
                Verdict::DependsOn(on) => open.push(format!("{name}: {}.", question(on, entry))),
                _ => changed.extend(entry.change.map(|change| format!("{name} ({change})"))),
            }
            strained.extend(Kept::of(entry).strain().map(|strain| format!("{name}: {strain}.")));
        }
        let is_of_one = entries.clone().into_iter().count() == 1;
        let contradicted = entries.into_iter().filter_map(contradicted).collect();
        Self { report, contradicted, is_without_them: false, is_of_one, open, strained, changed }
    }

    /// The same for a report that leaves out those that contradict themselves.
    pub fn without<'a: 'r>(
        report: &'r dyn Report,
        entries: impl IntoIterator<Item = &'r PlannedWorkload<'a>> + Clone,
    ) -> Self {
        Self { is_without_them: true, ..Self::new(report, entries) }
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
    /// What is not to be believed before all else, what is to be known beside it behind: an open verdict too, but of a report that is
    /// about nothing else.
    fn around(&self, rest: Document) -> Document {
        let mut document = Document::default();
        if !self.contradicted.is_empty() {
            document.heading(match self.is_without_them {
                true => "Left out until the inputs are mended",
                false => "Not to be believed before the inputs are mended",
            });
            document.list(self.contradicted.iter().map(Contradicted::told).collect());
        }
        let mut open = Document::default();
        if !self.open.is_empty() {
            open.heading("No verdict yet, so these are of today's runtime");
            open.list(self.open.clone());
        }
        let (before, behind) = if self.is_of_one { (open, rest) } else { (rest, open) };
        document.blocks.extend(before.blocks);
        document.blocks.extend(behind.blocks);
        if !self.changed.is_empty() {
            document.paragraph(format!("With what `plan` recommends: {}.", self.changed.join(", ")));
        }
        if !self.strained.is_empty() {
            document.paragraph("Kept as they run, with a question:");
            document.list(self.strained.clone());
        }
        document
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
