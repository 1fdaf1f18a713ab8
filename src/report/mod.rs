//! What is said, before it takes a form: records for programs, documents for people.

mod answer;
pub mod assumed;
pub mod backtest;
pub mod bill;
pub mod calibrate;
pub mod chart;
pub mod column;
pub mod context;
pub mod contradicted;
pub mod crossings;
pub mod diff;
pub mod document;
pub mod explain;
pub mod failures;
pub mod figures;
pub mod fit;
mod formula;
pub mod found;
pub mod hours;
pub mod imported;
pub mod kubernetes;
mod left_of_saving;
pub mod machines;
pub mod milestones;
mod month_rows;
pub mod p99;
pub mod pipelines;
pub mod plan;
pub mod pools;
pub mod prices;
pub mod question;
pub mod records;
pub mod reference;
pub mod replay;
pub mod runtimes;
pub mod sensitivity;
pub mod shown;
pub mod simulate;
pub mod sweep;
pub mod sweep_months;
pub mod traffic;

use chart::Chart;
use document::Document;
use records::Records;

/// What a command has to say. A format asks for what it needs, so only that is made.
pub trait Report {
    /// For people: the answer first.
    fn document(&self) -> Document;

    /// What can be drawn, the chart that says most first.
    fn charts(&self) -> Vec<Chart> {
        Vec::new()
    }

    /// For people with a page, where all of it has room: what is looked up there is folded away.
    fn page(&self) -> Document {
        self.document()
    }

    /// The same where what is folded away is made for the names alone that are wanted, as long as somebody waits for it.
    fn page_of(&self, _: &dyn Fn(&str) -> bool) -> Document {
        self.page()
    }

    /// For programs: the first kind of rows is what CSV and JSON lines have, JSON has them all.
    fn records(&self) -> Vec<Records<'_>>;
}

/// Reports one after the other.
pub struct Together<'r>(pub Vec<&'r dyn Report>);

impl Report for Together<'_> {
    fn charts(&self) -> Vec<Chart> {
        self.0.iter().flat_map(|report| report.charts()).collect()
    }

    fn document(&self) -> Document {
        Document { blocks: self.0.iter().flat_map(|report| report.document().blocks).collect() }
    }

    fn page(&self) -> Document {
        Document { blocks: self.0.iter().flat_map(|report| report.page().blocks).collect() }
    }

    fn records(&self) -> Vec<Records<'_>> {
        self.0.iter().flat_map(|report| report.records()).collect()
    }
}
