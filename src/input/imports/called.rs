//! Workloads of a file by what they are called elsewhere: their topic, consumer group or Deployment.

use crate::input::columns::{NAME, NAMES, position};
use crate::input::diagnostic::{InputError, Source};
use crate::input::sheet::{Columns, Sheet};
use std::collections::BTreeMap;
use tonnage_model::names::NameOf;

/// Workloads by each of their names, which is their own where a cell is empty.
#[derive(Debug, Default)]
pub struct Called(BTreeMap<(NameOf, String), Vec<String>>);

impl Called {
    /// Those of a CSV file. What is wrong with its rows is left to whoever writes into it.
    pub fn in_file(file: &str, bytes: &[u8]) -> Result<Self, InputError> {
        let required = [NAMES[NAME]];
        let columns = Columns::among_others("workload", &NAMES, &required);
        let (mut sheet, _) = Sheet::of(Source::new(file, bytes)?, columns);
        let mut all = Self::default();
        sheet.each_row(&mut Vec::new(), |row, _| {
            let Some(own) = row.get(NAME) else { return };
            for (word, of) in NameOf::WORDS {
                let name = position(word).and_then(|column| row.get(column)).unwrap_or(own);
                let rows = all.0.entry((*of, name.to_owned())).or_default();
                if rows.iter().all(|row| row != own) {
                    rows.push(own.to_owned());
                }
            }
        });
        Ok(all)
    }

    /// The workloads that have the first of some `names` that any has, as what of `of` comes first; without one the first
    /// name itself. A topic may be read by several; what else several have cannot be told apart, which is a mistake.
    pub fn workloads<'n>(&'n self, of: &[NameOf], names: &[&'n str]) -> Result<Vec<&'n str>, String> {
        let all = of.iter().flat_map(|of| names.iter().map(move |name| (*of, *name)));
        let mut found = all.filter_map(|(of, name)| Some((of, name, self.0.get(&(of, name.to_owned()))?)));
        match found.next() {
            None => Ok(names.iter().copied().take(1).collect()),
            Some((of, name, rows)) if rows.len() > 1 && of != NameOf::Topic => Err(format!(
                "{of} {name:?} is that of several rows, and nobody can tell what each has of it; leave the column to one"
            )),
            Some((.., rows)) => Ok(rows.iter().map(String::as_str).collect()),
        }
    }
}
