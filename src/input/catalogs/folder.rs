//! Folders of runtime profiles.

use crate::input::diagnostic::{Diagnostic, InputError, Source};
use crate::input::profiles;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tonnage_model::runtime::Runtime;

/// Reads the profiles (`*.toml`) of a folder, in the order of their file names. All mistakes come at once.
pub fn read(folder: &Path) -> Result<Vec<Runtime>, InputError> {
    let paths = profiles_in(folder).map_err(InputError::unreadable(folder))?;
    if paths.is_empty() {
        let message = "there is no profile (*.toml) in this folder".to_owned();
        let file = folder.display().to_string();
        return Err(InputError::Invalid(vec![Diagnostic { file, place: None, message }]));
    }
    let mut errors = Vec::new();
    let mut runtimes = Vec::new();
    let mut file_of_name: BTreeMap<String, String> = BTreeMap::new();
    for path in &paths {
        let bytes = std::fs::read(path).map_err(InputError::unreadable(path))?;
        let file = path.display().to_string();
        match Source::new(&file, &bytes).and_then(profiles::read) {
            Ok(runtime) => match file_of_name.get(&runtime.name) {
                Some(first) => {
                    let message = format!("name {:?} is taken already by {first}", runtime.name);
                    errors.push(Diagnostic { file, place: None, message });
                }
                None => {
                    file_of_name.insert(runtime.name.clone(), file);
                    runtimes.push(runtime);
                }
            },
            Err(InputError::Invalid(found)) => errors.extend(found),
            Err(error) => return Err(error),
        }
    }
    if errors.is_empty() { Ok(runtimes) } else { Err(InputError::Invalid(errors)) }
}

fn profiles_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}
