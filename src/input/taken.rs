//! Which names are taken, in constant memory: by a hash of each, kept in sorted files where they are very many.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BinaryHeap, HashMap};
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

/// Names that are held in memory.
const BATCH: usize = 1 << 17;

/// Where a name is: the file by number, and the line, 0 where there is none.
type At = (u32, u32);

/// Names that are taken, with where each was first.
///
/// A name counts as another's double where both have the same 64-bit hash under a random key. Of ten million different
/// names two have that in one run of 370,000.
#[derive(Default)]
pub struct Taken {
    keys: RandomState,
    files: Vec<String>,
    recent: HashMap<u64, At>,
    /// Hashes and places of earlier names, sorted.
    runs: Vec<File>,
    failure: Option<io::Error>,
}

/// A name that was taken long before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Double {
    /// File of the later one.
    pub file: String,
    /// Line of the later one.
    pub line: usize,
    /// Where the first is: `FILE:LINE`.
    pub first: String,
}

impl Taken {
    /// Takes a name; where a recent one is the same, that is told: `FILE:LINE`.
    pub fn take(&mut self, name: &str, file: &str, line: Option<usize>) -> Option<String> {
        if self.files.last().is_none_or(|last| last != file) {
            self.files.push(file.to_owned());
        }
        let here = (self.files.len() as u32 - 1, line.unwrap_or(0) as u32);
        match self.recent.entry(self.keys.hash_one(name)) {
            Entry::Vacant(free) => {
                free.insert(here);
            }
            Entry::Occupied(taken) => return Some(place(&self.files, *taken.get())),
        }
        if self.recent.len() >= BATCH {
            self.put_by().unwrap_or_else(|reason| self.failure = Some(reason));
        }
        None
    }

    /// Moves all names to a file.
    fn put_by(&mut self) -> io::Result<()> {
        let mut names: Vec<(u64, At)> = self.recent.drain().collect();
        names.sort_unstable();
        let mut run = BufWriter::new(tempfile::tempfile()?);
        for (hash, (file, line)) in names {
            run.write_all(&hash.to_le_bytes())?;
            run.write_all(&file.to_le_bytes())?;
            run.write_all(&line.to_le_bytes())?;
        }
        let mut run = run.into_inner()?;
        run.rewind()?;
        self.runs.push(run);
        Ok(())
    }

    /// The names that were no longer in memory when they came again.
    pub fn doubles(mut self) -> io::Result<Vec<Double>> {
        if let Some(reason) = self.failure {
            return Err(reason);
        }
        if self.runs.is_empty() {
            return Ok(Vec::new());
        }
        self.put_by()?;
        let mut runs: Vec<BufReader<File>> = self.runs.drain(..).map(BufReader::new).collect();
        let mut heads = BinaryHeap::new();
        for (index, run) in runs.iter_mut().enumerate() {
            heads.extend(next(run)?.map(|head| Reverse((head, index))));
        }
        let mut doubles = Vec::new();
        let mut first: Option<(u64, At)> = None;
        while let Some(Reverse(((hash, at), index))) = heads.pop() {
            match first.filter(|(taken, _)| *taken == hash) {
                Some((_, taken)) => doubles.push((at, taken)),
                None => first = Some((hash, at)),
            }
            heads.extend(next(&mut runs[index])?.map(|head| Reverse((head, index))));
        }
        doubles.sort_unstable();
        let double = |((file, line), first): (At, At)| Double {
            file: self.files[file as usize].clone(),
            line: line as usize,
            first: place(&self.files, first),
        };
        Ok(doubles.into_iter().map(double).collect())
    }
}

/// The next name of a run.
fn next(run: &mut impl Read) -> io::Result<Option<(u64, At)>> {
    let (mut hash, mut file, mut line) = ([0; 8], [0; 4], [0; 4]);
    match run.read_exact(&mut hash) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    run.read_exact(&mut file)?;
    run.read_exact(&mut line)?;
    Ok(Some((u64::from_le_bytes(hash), (u32::from_le_bytes(file), u32::from_le_bytes(line)))))
}

fn place(files: &[String], (file, line): At) -> String {
    let file = &files[file as usize];
    if line == 0 { file.clone() } else { format!("{file}:{line}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_however_long_ago_it_was_taken() {
        let mut taken = Taken::default();
        let names = 3 * BATCH / 2;
        for line in 1..=names {
            assert_eq!(taken.take(&line.to_string(), "a.csv", Some(line)), None);
        }
        // Line 1 was put by; the last line was not.
        assert_eq!(taken.take("1", "b.csv", Some(2)), None);
        let last = names.to_string();
        assert_eq!(taken.take(&last, "b.csv", Some(3)), Some(format!("a.csv:{names}")));
        let double = Double { file: "b.csv".into(), line: 2, first: "a.csv:1".into() };
        assert_eq!(taken.doubles().unwrap(), [double]);
    }
}
