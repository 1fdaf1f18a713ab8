//! Settings as tonnage.toml has them.

use tonnage::settings::setting::{Kind, Setting};
use tonnage::settings::table::TABLE;

/// A value, given as the flag has it, as tonnage.toml has it.
pub fn toml(setting: &Setting, plain: &str) -> String {
    match setting.field.kind {
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
            let (value, note) = match setting.default() {
                value if value.is_empty() => (setting.example.to_owned(), format!(" [{}]", setting.unset)),
                value => (value, String::new()),
            };
            text += &format!("\n# {}{note}: {}.\n", setting.help, setting.allowed());
            text += &format!("# {} = {}\n", setting.name, toml(setting, &value));
        }
    }
    text
}
