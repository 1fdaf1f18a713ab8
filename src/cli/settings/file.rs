//! tonnage.toml.

use super::setting::{Kind, Setting, Settings};
use super::table::all;
use std::collections::BTreeMap;
use std::path::Path;
use tonnage::input::diagnostic::{Diagnostic, InputError, Place, Source};
use tonnage::input::toml_table::{Document, Value};

/// Where in which file a setting was read.
pub type Places = BTreeMap<&'static str, (String, Place)>;

/// Takes the keys of a settings file that a command uses, and checks the others, too: the file is for all commands.
pub fn read(
    path: &Path,
    settings: &mut Settings,
    is_used: impl Fn(&Setting) -> bool,
) -> Result<Places, InputError> {
    let bytes = std::fs::read(path).map_err(InputError::unreadable(path))?;
    let name = path.display().to_string();
    let document = Document::parse(Source::new(&name, &bytes)?)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let root = document.root();
    root.allow(&all().map(|setting| setting.name).collect::<Vec<_>>());
    let mut unused = Settings::usual();
    let mut places = Places::new();
    for setting in all() {
        let Some(value) = root.get(setting.name) else { continue };
        let Some(text) = text(setting, &value, folder) else { continue };
        let into = if is_used(setting) { &mut *settings } else { &mut unused };
        match (setting.field.set)(into, &text) {
            None => value.refuse(&setting.allowed()),
            Some(()) => {
                places.insert(setting.name, (value.file().to_owned(), value.place()));
            }
        }
    }
    match document.into_errors() {
        errors if errors.is_empty() => Ok(places),
        errors => Err(InputError::Invalid(errors)),
    }
}

/// A value as its flag would have it.
fn text(setting: &Setting, value: &Value<'_>, folder: &Path) -> Option<String> {
    match setting.field.kind {
        Kind::Flag => value.boolean().map(|flag| flag.to_string()),
        Kind::List => value.strings().map(|items| items.join(",")),
        Kind::Path => value.string().map(|path| folder.join(path).display().to_string()),
        Kind::Words(_) | Kind::Text => value.string(),
        Kind::Number | Kind::Size => value.text(),
    }
}

/// A mistake in a setting, at its place in the settings file or at the flag.
pub fn mistake(places: &Places, name: &str, message: String) -> Diagnostic {
    match places.get(name) {
        Some((file, place)) => Diagnostic { file: file.clone(), place: Some(*place), message },
        None => Diagnostic { file: format!("--{}", name.replace('_', "-")), place: None, message },
    }
}
