//! Compresses the lists of profiles/machines, so that the program holds them: types by cloud and prices by region, of which
//! a plan needs few. Written are the compressed files and `catalog.rs`, which includes them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// As small as it gets.
const LEVEL: u8 = 10;

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut source = String::new();
    for (name, file, keys) in [("TYPES", "types.csv", 1), ("PRICES", "prices.csv", 2)] {
        let path = root.join("profiles/machines").join(file);
        println!("cargo::rerun-if-changed={}", path.display());
        let entries = parts(&fs::read_to_string(path)?, keys).into_iter().map(|(key, text)| {
            let packed = format!("{name}-{}", key.replace(',', "-"));
            fs::write(out.join(&packed), miniz_oxide::deflate::compress_to_vec(text.as_bytes(), LEVEL))?;
            Ok(entry(&out.join(packed), &key, text.len()))
        });
        let entries = entries.collect::<io::Result<String>>()?;
        let _ = writeln!(source, "static {name}: &[([&str; {keys}], usize, &[u8])] = &[\n{entries}];");
    }
    println!("cargo::rerun-if-changed=build.rs");
    fs::write(out.join("catalog.rs"), source)
}

/// The rows of a list by what is in their first columns, each part below the header of the other columns.
fn parts(list: &str, keys: usize) -> BTreeMap<String, String> {
    let mut lines = list.lines();
    let (_, header) = split(lines.next().unwrap_or_default(), keys);
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    for (key, row) in lines.map(|line| split(line, keys)) {
        let part = parts.entry(key.to_owned()).or_insert_with(|| format!("{header}\n"));
        part.extend([row, "\n"]);
    }
    parts
}

/// A line up to the `keys`-th comma, and what is behind.
fn split(line: &str, keys: usize) -> (&str, &str) {
    let at = line.match_indices(',').nth(keys - 1).map_or(line.len(), |(at, _)| at);
    (&line[..at], line.get(at + 1..).unwrap_or_default())
}

/// One part: its key, its length, and its bytes.
fn entry(packed: &Path, key: &str, length: usize) -> String {
    let keys: Vec<&str> = key.split(',').collect();
    format!("    ({keys:?}, {length}, include_bytes!({:?})),\n", packed.display().to_string())
}
