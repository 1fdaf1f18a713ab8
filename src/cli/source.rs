//! Where files of others come from.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use tonnage::input::diagnostic::InputError;

/// A file, or standard input for `-`, and what it is called.
pub fn open(path: &Path) -> Result<(String, Box<dyn Read + Send>), InputError> {
    if path == Path::new("-") {
        return Ok(("<stdin>".to_owned(), Box::new(std::io::stdin())));
    }
    let file = File::open(path).map_err(InputError::unreadable(path))?;
    Ok((path.display().to_string(), Box::new(file)))
}

/// The same with all that it holds.
pub fn read(path: &Path) -> Result<(String, Vec<u8>), InputError> {
    let (name, mut input) = open(path)?;
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(InputError::unreadable(Path::new(&name)))?;
    Ok((name, bytes))
}
