//! What a fit came to.

use super::document::{Cell, Column, Document, Table};
use super::figures::{NONE, memory, plural, significant};
use super::runtimes::unit;
use crate::input::samples::Selection;
use serde::Serialize;
use tonnage_fit::cpu::Quality;
use tonnage_fit::profile::Fit;
use tonnage_fit::refusal::signed;
use tonnage_model::runtime::{Evidence, Figure};

/// A fit, and the rows that it was made without.
#[derive(Clone, Copy)]
pub struct FitReport<'f> {
    /// The fit.
    pub fit: &'f Fit,
    /// The samples given to it.
    pub selection: &'f Selection,
}

/// A fit in full precision.
#[derive(Debug, Serialize)]
pub struct FitRecord {
    /// Name of the profile.
    pub runtime: String,
    /// `1 - SSR/SST` of relative errors; `None` where a constant is all that was fitted.
    pub r_squared: Option<f64>,
    /// Standard error of the relative residuals.
    pub typical_residual: f64,
    /// Largest of them.
    pub largest_residual: f64,
    /// The line it is in.
    pub largest_residual_line: usize,
    /// Samples that went into any figure.
    pub samples_used: usize,
    /// Rows that were left out.
    pub left_out: LeftOut,
    /// Figure by figure.
    pub figures: Vec<FigureRecord>,
    /// What to know of it.
    pub notes: Vec<String>,
}

/// Rows that were left out, and why.
#[derive(Debug, Serialize)]
pub struct LeftOut {
    /// Of other runtimes.
    pub other_runtimes: usize,
    /// With `accepted` false.
    pub not_accepted: usize,
    /// With another commit, compression or network than the usual.
    pub variants: usize,
    /// That say nothing that a figure could be made of.
    pub without_use: usize,
}

/// One figure.
#[derive(Debug, Serialize)]
pub struct FigureRecord {
    /// Its name.
    pub figure: String,
    /// Unit of the numbers.
    pub unit: &'static str,
    /// Best estimate.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// What it stands on.
    pub evidence: Evidence,
    /// Samples that speak of it.
    pub samples: usize,
}

impl FitReport<'_> {
    /// Every figure of the profile with its name.
    fn figures(&self) -> Vec<(String, &Figure)> {
        self.fit.runtime.figures().into_iter().filter(|(_, figure)| !figure.is_left_out()).collect()
    }

    fn samples_of(&self, figure: &str) -> usize {
        self.fit.samples_of.get(figure).copied().unwrap_or(0)
    }

    fn left_out(&self) -> LeftOut {
        let Selection { samples, of_others, not_accepted, variants } = self.selection;
        LeftOut {
            other_runtimes: *of_others,
            not_accepted: *not_accepted,
            variants: *variants,
            without_use: samples.len().saturating_sub(self.fit.used),
        }
    }

    /// The fit as data.
    pub fn record(&self) -> FitRecord {
        let Quality { r_squared, typical, largest } = self.fit.quality;
        let record = |(name, figure): (String, &Figure)| {
            let (scale, unit) = unit(&name);
            FigureRecord {
                samples: self.samples_of(&name),
                figure: name,
                unit,
                value: figure.value * scale,
                low: figure.low * scale,
                high: figure.high * scale,
                evidence: figure.evidence,
            }
        };
        FitRecord {
            runtime: self.fit.runtime.name.clone(),
            r_squared,
            typical_residual: typical,
            largest_residual: largest.relative,
            largest_residual_line: largest.line,
            samples_used: self.fit.used,
            left_out: self.left_out(),
            figures: self.figures().into_iter().map(record).collect(),
            notes: self.fit.notes.iter().map(ToString::to_string).collect(),
        }
    }

    /// The fit for people.
    pub fn document(&self) -> Document {
        let mut table = Table::new(vec![
            Column::words("figure", 0),
            Column::numbers("value", 0),
            Column::numbers("95 % interval", 0),
            Column::words("unit", 0),
            Column::numbers("samples", 0),
        ]);
        for (name, figure) in self.figures() {
            let (scale, unit) = unit(&name);
            let number = |value: f64| significant(value * scale);
            let interval = match figure.low < figure.high {
                true => format!("{} to {}", number(figure.low), number(figure.high)),
                false => NONE.to_owned(),
            };
            let samples = match figure.evidence {
                Evidence::Measured => self.samples_of(&name).to_string(),
                evidence => evidence.to_string(),
            };
            table.row(vec![
                Cell::new(name),
                number(figure.value).into(),
                interval.into(),
                unit.into(),
                samples.into(),
            ]);
        }
        let mut document = Document::default();
        document.heading(format!("{}, fitted", self.fit.runtime.name));
        document.table(table);
        self.summary().into_iter().for_each(|(lead, text)| document.paragraph_on(lead, text));
        document.list(self.fit.notes.iter().map(|note| format!("Note: {note}")).collect());
        document
    }

    /// What stands above the profile in its file.
    pub fn comments(&self) -> Vec<String> {
        let summary = self.summary().into_iter().map(|(lead, text)| format!("{lead}: {text}"));
        let title = "Fitted by `tonnage fit`; every figure with its 95 % interval.".to_owned();
        let notes = self.fit.notes.iter().map(ToString::to_string);
        std::iter::once(title).chain(summary).chain(notes).collect()
    }

    fn summary(&self) -> Vec<(&'static str, String)> {
        let Quality { r_squared, typical, largest } = self.fit.quality;
        let explained = match r_squared {
            Some(r_squared) => format!("R2 {r_squared:.4} of relative errors"),
            None => "a constant, so there is no R2".to_owned(),
        };
        let left_out = self.left_out();
        let reasons = [
            (left_out.other_runtimes, "of other runtimes"),
            (left_out.not_accepted, "not accepted"),
            (left_out.variants, "variants"),
            (left_out.without_use, "without use here"),
        ];
        let reasons: Vec<String> = reasons
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, why)| format!("{count} {why}"))
            .collect();
        let left_out = if reasons.is_empty() { "none".to_owned() } else { reasons.join(", ") };
        let mut all = vec![
            (
                "CPU of an event",
                format!(
                    "{explained}; residuals typically {:.1} %, the largest {} in line {}.",
                    typical * 100.0,
                    signed(largest.relative),
                    largest.line
                ),
            ),
            ("Samples", format!("{} used; left out: {left_out}.", plural(self.fit.used as u64, "row"))),
        ];
        if let Some(bytes) = self.fit.largest_memory {
            all.push(("Memory", format!("{} at most in any sample.", memory(bytes))));
        }
        all
    }
}
