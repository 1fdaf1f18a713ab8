//! An explanation on a page: each number unfolds into its formula with the numbers put in.

use super::{Explained, StepRow, alone, rival_columns, title, value};
use crate::report::answer::answer;
use crate::report::chart::Chart;
use crate::report::document::Document;
use crate::report::formula::{figure, how};
use crate::report::records::Records;
use crate::report::sensitivity;
use tonnage_model::explain::Explanation;

impl<'e> Explained<'e> {
    /// The whole page.
    pub(super) fn on_a_page(&self) -> Document {
        let mut document = self.decided();
        for (index, it) in self.shown.iter().enumerate() {
            self.tell(&mut document, it);
            document.chart(self.constraints(it));
            if index == 0 {
                document.chart(self.tornado.and_then(sensitivity::chart));
                sensitivity::tell(&mut document, self.tornado, &self.swings, &it.runtime.name);
            }
            document.heading("Every number");
            document.blocks.extend(self.steps_of(it).blocks);
            document.table(self.rivals_of(it).table());
        }
        document.heading("What the figures rest on");
        document.list(self.notes.clone());
        document
    }

    /// The constraints of the plan that is shown first.
    pub fn of_decision(&self) -> Option<Chart> {
        self.shown.first().and_then(|it| self.constraints(it))
    }

    /// Every number of the plans shown, with its arithmetic.
    pub fn arithmetic(&self) -> Document {
        let mut document = Document::default();
        for it in &self.shown {
            let mut within = Document::default();
            within.paragraph(answer(it));
            within.blocks.extend(self.steps_of(it).blocks);
            within.table(self.rivals_of(it).table());
            document.fold(format!("Every number in {}", it.runtime.name), "", within);
        }
        document
    }

    fn steps_of(&self, it: &Explanation<'_>) -> Document {
        let mut document = Document::default();
        for row in self.steps.iter().filter(|row| std::ptr::eq(row.of, it)) {
            document.fold(title(row), value(row), unfolded(row));
        }
        document
    }

    pub(super) fn rivals_of(&self, it: &Explanation<'_>) -> Records<'_> {
        Records::of("rivals", &rival_columns(), self.rivals.iter().filter(|row| std::ptr::eq(row.of, it)))
    }
}

/// The formula of a step, and the same with the numbers put in.
fn unfolded(row: &StepRow<'_>) -> Document {
    let step = row.step;
    let mut document = Document::default();
    if step.formula.is_empty() {
        document.paragraph(how(step));
    } else {
        document.paragraph(format!("`{} = {}`", step.quantity.name(), step.formula));
        document.paragraph(format!("= {} = {}", how(step), value(row)));
    }
    if let Some(limit) = step.limit {
        let allowed = figure(limit.allowed, step.quantity.unit());
        document.paragraph(format!("The limit is {allowed}; alone it asks for {} instances.", alone(limit)));
    }
    document
}
