//! Workloads whose inputs contradict each other, told before anything that is made of them.

use super::Report;
use super::chart::Chart;
use super::column::{Column, Heading, Show, Unit, Value, columns};
use super::document::Document;
use super::plan::questions::contradiction;
use super::records::Records;
use tonnage_model::decide::baseline::Baseline;
use tonnage_model::problem::Problem;

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
    look_at: &'static str,
}

/// A report with those of its workloads that contradict themselves.
pub struct Checked<'r> {
    report: &'r dyn Report,
    contradicted: Vec<Contradicted<'r>>,
}

impl<'r> Checked<'r> {
    /// Looks at what runs today of the workloads that a report is about.
    pub fn new<'a: 'r>(
        report: &'r dyn Report,
        today: impl IntoIterator<Item = (&'r Problem<'a>, &'r Baseline)>,
    ) -> Self {
        let of = |(problem, baseline): (&'r Problem<'a>, &'r Baseline)| {
            let (_, look_at) = baseline.contradiction?;
            let contradiction = contradiction(problem, baseline)?;
            Some(Contradicted { workload: &problem.workload.name, contradiction, look_at })
        };
        Self { report, contradicted: today.into_iter().filter_map(of).collect() }
    }
}

/// Columns of these workloads.
#[rustfmt::skip]
pub fn columns<'r>() -> Vec<Column<Contradicted<'r>>> {
    columns! { Contradicted<'_>, it;
        "workload", "Workload" => it.workload;
        "contradiction", "Two figures that cannot both be, and the column to look at" => it.contradiction.as_str();
        "look_at", "That column" => it.look_at;
    }
}

impl Checked<'_> {
    /// What is not to be believed, before all else.
    fn before(&self, rest: Document) -> Document {
        let mut document = Document::default();
        if !self.contradicted.is_empty() {
            document.heading("Not to be believed before the inputs are mended");
            let told = self.contradicted.iter().map(|it| format!("{}: {}.", it.workload, it.contradiction));
            document.list(told.collect());
        }
        document.blocks.extend(rest.blocks);
        document
    }
}

impl Report for Checked<'_> {
    fn charts(&self) -> Vec<Chart> {
        self.report.charts()
    }

    fn document(&self) -> Document {
        self.before(self.report.document())
    }

    fn page(&self) -> Document {
        self.before(self.report.page())
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
