//! Parquet, where the program is built with `--features parquet`.

use super::table::{Table, wrong};
use crate::input::diagnostic::Diagnostic;
use std::path::Path;

/// Says how Parquet is read.
#[cfg(not(feature = "parquet"))]
pub fn read(path: &Path) -> Result<Table, Diagnostic> {
    let message =
        "this program was built without Parquet: build it with --features parquet, or save the table as CSV";
    Err(wrong(path)(message.to_owned()))
}

/// Reads a file, or says why it cannot be read.
#[cfg(feature = "parquet")]
pub fn read(path: &Path) -> Result<Table, Diagnostic> {
    use super::table::{Places, line};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let wrong = wrong(path);
    let unreadable = |error| wrong(format!("this is no Parquet file that can be read: {error}"));
    let input = std::fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
    let reader = SerializedFileReader::new(input).map_err(unreadable)?;
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let mut lines = vec![line(names.clone())];
    for row in reader.get_row_iter(None).map_err(unreadable)? {
        lines.push(line(row.map_err(unreadable)?.get_column_iter().map(|(_, field)| text(field))));
    }
    Ok(Table { file: path.display().to_string(), lines, places: Places::Columns(names) })
}

/// A value as a cell would have it. Where whole numbers are missing, notebooks make all of them decimal and these NaN.
#[cfg(feature = "parquet")]
fn text(field: &parquet::record::Field) -> String {
    use crate::input::two_readings::never_open;
    use parquet::record::Field;
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
        Field::Double(number) if number.is_nan() => String::new(),
        Field::Double(number) => never_open(number.to_string()),
        Field::Float(number) if number.is_nan() => String::new(),
        Field::Float(number) => never_open(number.to_string()),
        other => other.to_string(),
    }
}
