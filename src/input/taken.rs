//! Which names are taken, by a hash of each: a million of them take 35 MB.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, RandomState};

/// Names that are taken, with where each was first.
///
/// A name counts as another's double where both have the same 64-bit hash under a random key. Of ten million different
/// names, two have that in one run of 370,000.
#[derive(Default)]
pub struct Taken {
    keys: RandomState,
    files: Vec<String>,
    first: HashMap<u64, (u32, u32)>,
}

impl Taken {
    /// Takes a name; where it is taken already, that is left and told: `FILE:LINE`.
    pub fn take(&mut self, name: &str, file: &str, line: Option<usize>) -> Option<String> {
        if self.files.last().is_none_or(|last| last != file) {
            self.files.push(file.to_owned());
        }
        let here = (self.files.len() as u32, line.unwrap_or(0) as u32);
        match self.first.entry(self.keys.hash_one(name)) {
            Entry::Vacant(free) => {
                free.insert(here);
                None
            }
            Entry::Occupied(taken) => {
                let (file, line) = *taken.get();
                let file = &self.files[file as usize - 1];
                Some(if line == 0 { file.clone() } else { format!("{file}:{line}") })
            }
        }
    }
}
