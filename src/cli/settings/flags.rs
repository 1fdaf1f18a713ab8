//! Flags of settings, made from the table: of those that a command uses, so that it refuses the others.

use super::file;
use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use std::path::{Path, PathBuf};
use tonnage::settings::setting::{Kind, Setting, Settings};
use tonnage::settings::setup::{Given, GivenText};
use tonnage::settings::table::{TABLE, all};

/// The settings file that is looked for in the working folder.
const FILE: &str = "tonnage.toml";

/// Heading of the settings that `-h` shows.
const COMMON: &str = "Common settings (also keys of tonnage.toml; --help has all)";

/// Flags of the settings in the sets `USED` (see [`tonnage::settings::uses`]).
pub struct Flags<const USED: u16> {
    config: Option<PathBuf>,
    values: Vec<(&'static Setting, String)>,
}

impl<const USED: u16> Flags<USED> {
    /// Whether the command uses a setting.
    pub fn uses(setting: &Setting) -> bool {
        USED & setting.used_by != 0
    }

    /// Flags over the settings file over defaults, and what was given.
    pub fn settle(self) -> Result<(Settings, Given)> {
        let mut settings = Settings::usual();
        let path = self.config.or_else(|| Path::new(FILE).is_file().then(|| PathBuf::from(FILE)));
        let mut given = match path {
            Some(path) => file::read(&path, &mut settings, Self::uses)?,
            None => Given::new(),
        };
        for (setting, text) in self.values {
            // The parser has taken it already.
            (setting.field.set)(&mut settings, &text);
            given.insert(setting.name, GivenText { text, place: None });
        }
        Ok((settings, given))
    }

    /// Settings that the command uses.
    pub fn used() -> impl Iterator<Item = &'static Setting> {
        all().filter(|setting| Self::uses(setting))
    }
}

fn arg(setting: &'static Setting, heading: &'static str) -> Arg {
    let arg = Arg::new(setting.name)
        .long(setting.flag())
        .value_name(setting.field.value_name)
        .help(format!("{} [{}]", setting.help, setting.default_in_words()))
        .long_help(format!("{}: {} [{}]", setting.help, setting.allowed(), setting.default_in_words()))
        .help_heading(if setting.common { COMMON } else { heading })
        .hide_short_help(!setting.common)
        .hide_possible_values(true)
        .allow_hyphen_values(matches!(setting.field.kind, Kind::Number | Kind::Size));
    let checked = |text: &str| setting.take(&mut Settings::usual(), text).map(|()| text.to_owned());
    match setting.field.kind {
        Kind::Words(words) => {
            let lower = PossibleValuesParser::new(words()).map(|word| word.to_ascii_lowercase());
            arg.ignore_case(true).value_parser(lower)
        }
        Kind::Flag => arg
            .value_parser(PossibleValuesParser::new(["true", "false"]))
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true"),
        Kind::List => arg.action(ArgAction::Append).value_parser(checked),
        _ => arg.value_parser(checked),
    }
}

impl<const USED: u16> Args for Flags<USED> {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .help("Read settings from this file instead of tonnage.toml in the working folder")
            .value_parser(clap::value_parser!(PathBuf))
            .hide_short_help(true);
        let of = |(heading, settings): &'static (&'static str, &'static [Setting])| {
            settings.iter().filter(|setting| Self::uses(setting)).map(|setting| arg(setting, heading))
        };
        command.arg(config).args(TABLE.iter().flat_map(of))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const USED: u16> FromArgMatches for Flags<USED> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |setting: &'static Setting| {
            let texts: Vec<&str> = matches.get_many::<String>(setting.name)?.map(String::as_str).collect();
            Some((setting, texts.join(",")))
        };
        Ok(Self {
            config: matches.get_one::<PathBuf>("config").cloned(),
            values: Self::used().filter_map(value).collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
