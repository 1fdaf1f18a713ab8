//! Settings in writing: as on the command line, and as in tonnage.toml.

use super::{Kind, Setting, Settings, table::TABLE};
use tonnage::report::column::{Unit, Value};

/// A value as the flag has it; empty where there is none.
pub fn plain(setting: &Setting, value: &Value<'_>) -> String {
    match (setting.kind, value) {
        (_, Value::Missing) => String::new(),
        (Kind::Size, Value::Number(bytes)) => Unit::Memory.figure(*bytes),
        (_, Value::Number(number)) => number.to_string(),
        (_, Value::Flag(flag)) => flag.to_string(),
        (_, Value::Count(count)) => count.to_string(),
        (_, value) => value.figure(Unit::Word),
    }
}

/// A value, given as the flag has it, as tonnage.toml has it.
pub fn toml(setting: &Setting, plain: &str) -> String {
    match setting.kind {
        Kind::Flag | Kind::Number => plain.to_owned(),
        Kind::Words(_) | Kind::Text | Kind::Path | Kind::Size => format!("{plain:?}"),
        Kind::List => {
            let items: Vec<String> = plain.split(',').map(|item| format!("{item:?}")).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// The starter tonnage.toml: every key with its meaning and default, commented out.
pub fn starter() -> String {
    let mut text = String::from(
        "# Settings of tonnage, read from the working folder. A flag of the same name wins over a line here.\n\
         # Take the # away to change a setting. Lines without a default show an example; paths are relative to this file.\n",
    );
    for (heading, settings) in TABLE {
        text += &format!("\n# {heading}\n");
        for setting in *settings {
            let value = plain(setting, &(setting.get)(&Settings::default()));
            let (value, note) = match value.is_empty() {
                true => (setting.example, format!(" [{}]", setting.unset)),
                false => (value.as_str(), String::new()),
            };
            text += &format!("\n# {}{note}: {}.\n", setting.help, setting.allowed());
            text += &format!("# {} = {}\n", setting.name, toml(setting, value));
        }
    }
    text
}
