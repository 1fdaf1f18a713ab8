//! Folders of runtime profiles, and of languages beside them.

use crate::input::diagnostic::{Diagnostic, InputError, Source, read_file};
use crate::input::profiles;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tonnage_model::catalog::Catalog;

/// The folder of languages inside one of profiles.
const LANGUAGES: &str = "languages";

/// Adds the profiles (`*.toml`) of a folder to a catalog, in the order of their file names, and the languages of its folder
/// `languages`. All mistakes of either come at once.
pub fn add(folder: &Path, catalog: &mut Catalog) -> Result<(), InputError> {
    let of_languages = folder.join(LANGUAGES);
    if of_languages.is_dir() {
        let paths = toml_files(&of_languages)?;
        let languages = read_all(&paths, profiles::read_language, |language| &language.name)?;
        languages.into_iter().for_each(|language| catalog.add_language(language));
    }
    let paths = toml_files(folder)?;
    if paths.is_empty() {
        let message = "there is no profile (*.toml) in this folder".to_owned();
        let file = folder.display().to_string();
        return Err(Diagnostic::of_line(&file, None, message).into());
    }
    let profile = |source: Source<'_>| profiles::read(source, &catalog.languages);
    let runtimes = read_all(&paths, profile, |runtime| &runtime.name)?;
    runtimes.into_iter().for_each(|runtime| catalog.add_runtime(runtime));
    Ok(())
}

/// What files hold; two of one name are a mistake.
fn read_all<T>(
    paths: &[PathBuf],
    read: impl Fn(Source<'_>) -> Result<T, InputError>,
    name: impl Fn(&T) -> &String,
) -> Result<Vec<T>, InputError> {
    let mut errors = Vec::new();
    let mut all = Vec::new();
    let mut file_of_name: BTreeMap<String, String> = BTreeMap::new();
    for path in paths {
        let file = path.display().to_string();
        match read_file(path, &read) {
            Ok(one) => match file_of_name.get(name(&one)) {
                Some(first) => {
                    let message = format!("name {:?} is taken already by {first}", name(&one));
                    errors.push(Diagnostic { file, place: None, message });
                }
                None => {
                    file_of_name.insert(name(&one).clone(), file);
                    all.push(one);
                }
            },
            Err(InputError::Invalid(found)) => errors.extend(found),
            Err(error) => return Err(error),
        }
    }
    if errors.is_empty() { Ok(all) } else { Err(InputError::Invalid(errors)) }
}

fn toml_files(folder: &Path) -> Result<Vec<PathBuf>, InputError> {
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(InputError::unreadable(folder))?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}
