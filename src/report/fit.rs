//! What a fit came to.

use super::Report;
use super::column::{Column, Value, columns};
use super::document::Document;
use super::figures::{memory, plural};
use super::records::Records;
use super::runtimes::{FigureRow, figure_columns};
use crate::input::samples::Selection;
use tonnage_fit::cpu::Quality;
use tonnage_fit::profile::Fit;
use tonnage_fit::refusal::signed;
use tonnage_model::runtime::Evidence;

/// Why rows are left out: the field, and the reason in words.
const REASONS: [(&str, &str); 4] = [
    ("other_runtimes", "of other runtimes"),
    ("not_accepted", "not accepted"),
    ("variants", "variants"),
    ("without_use", "without use here"),
];

/// A fit, and the rows that it was made without.
pub struct FitReport<'f> {
    fits: [FitRow<'f>; 1],
    figures: Vec<FigureRow<'f>>,
}

/// A fit with the samples given to it.
pub struct FitRow<'f> {
    fit: &'f Fit,
    selection: &'f Selection,
}

/// Columns of `fits`. `figures` has those of a runtime's figures.
pub fn columns<'f>() -> Vec<Column<FitRow<'f>>> {
    columns! { FitRow<'f>, it;
        "runtime" ["runtime" Word Always], "Name of the profile" => &it.fit.runtime.name;
        "r_squared", "1 - SSR/SST of relative errors; none where only a constant was fitted" => it.fit.quality.r_squared;
        "typical_residual", "Standard error of the relative residuals" => it.fit.quality.typical;
        "largest_residual", "The largest of them" => it.fit.quality.largest.relative;
        "largest_residual_line", "The line it is in" => it.fit.quality.largest.line;
        "samples_used", "Samples that went into any figure" => it.fit.used;
        "left_out" ["left_out" Number Nested], "Rows that were left out, by reason" =>
            Value::Parts(REASONS.map(|(name, _)| name).into_iter().zip(it.left_out().map(Value::from)).collect());
        "notes" ["notes" Number Nested], "What to know of it" => it.fit.notes.iter().map(ToString::to_string).collect::<Vec<_>>();
    }
}

impl FitRow<'_> {
    /// Rows left out, for each of the [`REASONS`].
    fn left_out(&self) -> [usize; 4] {
        let Selection { samples, of_others, not_accepted, variants } = self.selection;
        [*of_others, *not_accepted, *variants, samples.len().saturating_sub(self.fit.used)]
    }

    fn summary(&self) -> Vec<(&'static str, String)> {
        let Quality { r_squared, typical, largest } = self.fit.quality;
        let explained = match r_squared {
            Some(r_squared) => format!("R2 is {r_squared:.4} of relative errors"),
            None => "a constant, which has no R2".to_owned(),
        };
        let left_out = self.left_out().into_iter().zip(REASONS).filter(|(count, _)| *count > 0);
        let left_out: Vec<String> = left_out.map(|(count, (_, why))| format!("{count} {why}")).collect();
        let left_out = if left_out.is_empty() { "none".to_owned() } else { left_out.join(", ") };
        let residuals = format!(
            "{explained}; residuals are {:.1} % typically, {} at most (line {}).",
            typical * 100.0,
            signed(largest.relative),
            largest.line
        );
        let used = plural(self.fit.used as u64, "row");
        let mut all =
            vec![("CPU of an event", residuals), ("Samples", format!("{used} used; left out: {left_out}."))];
        all.extend(self.fit.largest_memory.map(|bytes| ("Memory", format!("{} at most.", memory(bytes)))));
        all
    }
}

impl<'f> FitReport<'f> {
    /// The report on a fit of the samples in `selection`.
    pub fn new(fit: &'f Fit, selection: &'f Selection) -> Self {
        let stated = fit.runtime.figures().into_iter().filter(|(_, figure)| !figure.is_left_out());
        let figures = stated.map(|(name, figure)| {
            let samples = fit.samples_of.get(&name).copied();
            let samples = samples.filter(|_| figure.evidence == Evidence::Measured);
            FigureRow { runtime: &fit.runtime.name, name, figure, samples }
        });
        Self { figures: figures.collect(), fits: [FitRow { fit, selection }] }
    }

    /// What stands above the profile in its file.
    pub fn comments(&self) -> Vec<String> {
        let [row] = &self.fits;
        let summary = row.summary().into_iter().map(|(lead, text)| format!("{lead}: {text}"));
        let title = "Fitted by `tonnage fit`; every figure with its 95 % interval.".to_owned();
        let notes = row.fit.notes.iter().map(ToString::to_string);
        std::iter::once(title).chain(summary).chain(notes).collect()
    }
}

impl Report for FitReport<'_> {
    fn document(&self) -> Document {
        let [row] = &self.fits;
        let measured = self.figures.iter().filter(|row| row.figure.evidence == Evidence::Measured).count();
        let mut document = Document::default();
        document.heading(format!(
            "{}: {measured} of {} figures measured, from {}",
            row.fit.runtime.name,
            self.figures.len(),
            plural(row.fit.used as u64, "sample")
        ));
        let figures = Records::of("figures", &figure_columns(), &self.figures);
        document.table(figures.keep(|heading| heading.name != "source").table());
        row.summary().into_iter().for_each(|(lead, text)| document.paragraph_on(lead, text));
        document.list(row.fit.notes.iter().map(ToString::to_string).collect());
        document
    }

    fn records(&self) -> Vec<Records<'_>> {
        vec![
            Records::of("figures", &figure_columns(), &self.figures),
            Records::of("fits", &columns(), &self.fits),
        ]
    }
}
