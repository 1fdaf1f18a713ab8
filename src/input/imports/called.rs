//! Workloads of a file by what they are called elsewhere: their topic, consumer group or Deployment.

use crate::input::columns::{NAME, NAMES, position};
use crate::input::diagnostic::{InputError, Source};
use crate::input::sheet::{Columns, Sheet};
use std::collections::BTreeMap;
use tonnage_model::names::NameOf;

/// Workloads by each of their names, which is their own where a cell is empty.
#[derive(Debug, Default)]
pub struct Called {
    of: BTreeMap<(NameOf, String), Vec<String>>,
    /// By the name of a Deployment whose namespace the row says too, for what says none.
    without_namespace: BTreeMap<String, Vec<String>>,
}

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
                let given = position(word).and_then(|column| row.get(column));
                if let Some((_, name)) =
                    given.filter(|_| *of == NameOf::Deployment).and_then(|it| it.split_once('/'))
                {
                    all.without_namespace.entry(name.to_owned()).or_default().push(own.to_owned());
                }
                let rows = all.of.entry((*of, given.unwrap_or(own).to_owned())).or_default();
                if rows.iter().all(|row| row != own) {
                    rows.push(own.to_owned());
                }
            }
        });
        Ok(all)
    }

    /// Whether a file has any.
    pub fn has_rows(&self) -> bool {
        !self.of.is_empty()
    }

    /// The workloads that have the first of some `names` that any has, as what of `of` comes first; without one the first
    /// name itself. One name alone is of no known namespace. A topic may be read by several; what else several have cannot be told apart, which is a mistake.
    pub fn workloads<'n>(&'n self, of: &[NameOf], names: &[&'n str]) -> Result<Vec<&'n str>, String> {
        let all = of.iter().flat_map(|of| names.iter().map(move |name| (*of, *name)));
        let found = all.filter_map(|(of, name)| Some((of, name, self.of.get(&(of, name.to_owned()))?)));
        let alone = names.first().filter(|_| names.len() == 1 && of.contains(&NameOf::Deployment));
        let of_alone =
            alone.and_then(|name| Some((NameOf::Deployment, *name, self.without_namespace.get(*name)?)));
        let mut found = found.chain(of_alone);
        match found.next() {
            None => Ok(names.iter().copied().take(1).collect()),
            Some((of, name, rows)) if rows.len() > 1 && of != NameOf::Topic => Err(format!(
                "{of} {name:?} is that of several rows, and nobody can tell what each has of it; leave the column to one"
            )),
            Some((.., rows)) => Ok(rows.iter().map(String::as_str).collect()),
        }
    }
}
