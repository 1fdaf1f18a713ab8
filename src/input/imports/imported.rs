//! Prices that were read of price files, and what was left out.

use super::parts::Parts;
use crate::input::catalogs::prices::{PriceList, Priced, clouds_with};
use crate::input::diagnostic::{Diagnostic, InputError};
use crate::input::sheet::{Columns, Row, Sheet};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// A file to read.
pub struct File<'f> {
    /// Its name.
    pub name: &'f str,
    /// Its contents.
    pub input: Box<dyn Read + Send + 'f>,
    /// What its format was seen in.
    pub begin: String,
    /// The day on which its prices were true, unless it says so itself.
    pub day: &'f str,
}

impl File<'_> {
    /// Goes through the rows of a CSV with some columns among others. All mistakes come at once.
    pub fn each_row(
        self,
        columns: &'static [&'static str],
        take: impl FnMut(Row<'_>, &mut Vec<Diagnostic>),
    ) -> Result<(), InputError> {
        let columns = Columns::among_others("price", columns, columns);
        let (mut sheet, mut errors) = Sheet::open(self.name.to_owned(), self.input, columns);
        sheet.each_row(&mut errors, take);
        InputError::unless_empty(errors)
    }
}

/// Prices that were read, and what was left out.
#[derive(Default)]
pub struct Imported {
    prices: BTreeMap<[Option<String>; 3], Priced>,
    /// Prices of parts of machines, which may be spread over several files.
    pub parts: Parts,
    /// What was left out.
    pub left_out: LeftOut,
}

/// What was left out, and why.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LeftOut {
    /// Prices of something else than Linux machines shared with others, on demand, spot or reserved.
    pub others: usize,
    /// Machines without a price in US dollars, or with that of one part alone.
    pub unpriced: usize,
    /// Prices of types that are in no catalog.
    pub unknown: usize,
    /// The names of these.
    pub unknown_types: BTreeSet<String>,
}

impl Imported {
    /// All prices.
    pub fn finish(mut self) -> (PriceList, LeftOut) {
        std::mem::take(&mut self.parts).machines(|priced| self.add(priced));
        (self.prices.into_values().collect(), self.left_out)
    }

    /// Takes prices of a machine type; its cloud is found by its name where it is not given.
    pub fn add(&mut self, mut priced: Priced) {
        let of_provider = |cloud: &&str| priced.provider.as_deref().is_none_or(|it| it == *cloud);
        let Some(cloud) = clouds_with(&priced.instance_type).find(of_provider) else {
            self.left_out.unknown += 1;
            self.left_out.unknown_types.insert(priced.instance_type);
            return;
        };
        if priced.prices.count() == 0 {
            self.left_out.unpriced += 1;
            return;
        }
        priced.provider = Some(cloud.to_owned());
        let key = [priced.provider.clone(), priced.region.clone(), Some(priced.instance_type.clone())];
        match self.prices.entry(key) {
            Entry::Vacant(free) => {
                free.insert(priced);
            }
            Entry::Occupied(mut entry) => {
                let earlier = entry.get();
                priced.prices = priced.prices.over(earlier.prices);
                priced.spot_interruption = priced.spot_interruption.or(earlier.spot_interruption.clone());
                entry.insert(priced);
            }
        }
    }
}
