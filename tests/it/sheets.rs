//! Rows of CSV and their places, wherever a chunk of the file ends.

use proptest::prelude::*;
use std::io::Read;
use tonnage::input::sheet::{Columns, Sheet};

/// Gives a few bytes at a time, as a pipe may.
struct Dribble<'t>(&'t [u8], usize);

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.1.min(buffer.len());
        self.0.read(&mut buffer[..length])
    }
}

/// Everything that a sheet says, in order.
fn told(input: impl Read + Send) -> Vec<String> {
    let columns = Columns::new("row", &["name", "size"], &["name"]);
    let (mut sheet, errors) = Sheet::open("s.csv".to_owned(), input, columns);
    let mut told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    while let Some(row) = sheet.next_row() {
        told.push(match row {
            Ok(row) => format!("{} {:?} {}", row.line(), row.get(0), row.wrong(1, "here")),
            Err(error) => error.to_string(),
        });
    }
    told
}

proptest! {
    #[test]
    fn where_a_chunk_ends_does_not_matter(
        rows in proptest::collection::vec("[a#\"é,\r\n \0]{0,9}", 0..30),
        length in 1usize..40,
    ) {
        let text = format!("\u{feff}# c\nname,size\n{}", rows.join("\n"));
        prop_assert_eq!(told(Dribble(text.as_bytes(), length)), told(text.as_bytes()));
    }
}

#[test]
fn places_behind_many_chunks() {
    let filler: String = (0..20_000).map(|row| format!("row {row},\"1\"\"2\"\n\n# c\n")).collect();
    let text = format!("name,size\n{filler}é,2,3\n x, 4\n");
    let told = told(text.as_bytes());
    assert_eq!(told.len(), 20_002);
    assert_eq!(told[1], "5 Some(\"row 1\") s.csv:5:7: here");
    assert_eq!(
        told[20_000],
        "s.csv:60002:1: the row has 3 cells, but the header has 2; put a cell that holds a comma in quotes (\")"
    );
    assert_eq!(told[20_001], "60003 Some(\"x\") s.csv:60003:4: here");
}
