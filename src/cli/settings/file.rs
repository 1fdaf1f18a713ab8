//! tonnage.toml.

use std::path::Path;
use tonnage::input::diagnostic::{InputError, Source, contents};
use tonnage::input::toml_table::{Document, Value};
use tonnage::settings::setting::{Kind, NotAllowed, Setting, Settings};
use tonnage::settings::setup::{Given, GivenText};
use tonnage::settings::table::all;

/// Takes the keys of a settings file that a command uses, and checks the others, too: the file is for all commands.
pub fn read(
    path: &Path,
    settings: &mut Settings,
    is_used: impl Fn(&Setting) -> bool,
) -> Result<Given, InputError> {
    let (name, bytes) = contents(path)?;
    let document = Document::parse(Source::new(&name, &bytes)?)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let root = document.root();
    root.allow(&all().map(|setting| setting.name).collect::<Vec<_>>());
    let mut unused = Settings::usual();
    let mut given = Given::new();
    for setting in all() {
        let Some(value) = root.get(setting.name) else { continue };
        let Some(text) = text(setting, &value, folder) else { continue };
        let into = if is_used(setting) { &mut *settings } else { &mut unused };
        match setting.take(into, &text) {
            Err(NotAllowed { allowed, hint }) => value.refuse(&(allowed + &hint)),
            Ok(()) => {
                let place = Some((value.file().to_owned(), value.place()));
                given.insert(setting.name, GivenText { text, place });
            }
        }
    }
    match document.into_errors() {
        errors if errors.is_empty() => Ok(given),
        errors => Err(InputError::Invalid(errors)),
    }
}

/// A value as its flag would have it.
fn text(setting: &Setting, value: &Value<'_>, folder: &Path) -> Option<String> {
    match setting.field.kind {
        Kind::Flag => value.boolean().map(|flag| flag.to_string()),
        Kind::List => value.strings_or_one().map(|items| items.join(",")),
        Kind::Path => value.string().map(|path| folder.join(path).display().to_string()),
        Kind::Words(_) | Kind::Text => value.string(),
        Kind::Number | Kind::Size => value.text(),
    }
}
