//! The begin of a file of others, in which its format shows.

use crate::input::diagnostic::{Diagnostic, InputError};
use std::io::{BufReader, Cursor, Read};

/// Bytes in which a format shows.
const BEGIN: u64 = 1 << 16;

/// Bytes that files begin with which are no text, and what to do.
const NO_TEXT: [(&[u8], &str); 3] = [
    (b"\xff\xfe", "the file is UTF-16; save it as UTF-8"),
    (b"\x1f\x8b", "the file is compressed; unpack it first, as with gunzip"),
    (b"PAR1", "the file is Parquet; export it as CSV"),
];

/// The begin of a file as text, and the whole of it without a byte order mark.
pub fn of<'f>(
    name: &str,
    mut input: impl Read + Send + 'f,
) -> Result<(String, Box<dyn Read + Send + 'f>), InputError> {
    let mut begin = Vec::new();
    let read = input.by_ref().take(BEGIN).read_to_end(&mut begin);
    read.map_err(|error| wrong(name, error.to_string()))?;
    if let Some((_, message)) = NO_TEXT.iter().find(|(mark, _)| begin.starts_with(mark)) {
        return Err(wrong(name, (*message).to_owned()));
    }
    let text = String::from_utf8_lossy(&begin).trim_start_matches('\u{feff}').to_owned();
    let without_mark = if begin.starts_with(b"\xef\xbb\xbf") { begin.split_off(3) } else { begin };
    Ok((text, Box::new(BufReader::new(Cursor::new(without_mark).chain(input)))))
}

/// A mistake of a file as a whole.
pub fn wrong(name: &str, message: String) -> InputError {
    Diagnostic::of_line(name, None, message).into()
}
