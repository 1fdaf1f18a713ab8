//! Every setting, whatever it is, by flag and by file.

use super::flags::Flags;
use super::written;
use clap::{Args, Command, FromArgMatches};
use std::collections::BTreeSet;
use tonnage::settings::setting::{Kind, Setting, Settings, Worth};
use tonnage::settings::table::all;

const ALL: u16 = u16::MAX;

/// Settings of a command line and, where it is given, a settings file.
fn settled(args: &[String], file: &str) -> Settings {
    let config = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(config.path(), file).unwrap();
    let config = ["tonnage", "--config", config.path().to_str().unwrap()].map(str::to_owned);
    let command = Flags::<ALL>::augment_args(Command::new("tonnage"));
    let matches = command.try_get_matches_from(config.iter().chain(args)).unwrap();
    Flags::<ALL>::from_arg_matches(&matches).unwrap().settle().unwrap().0
}

/// A value other than the default.
fn another(setting: &Setting) -> String {
    match setting.field.kind {
        Kind::Flag => "true",
        Kind::Words(words) => words().pop().unwrap(),
        Kind::Path => "/somewhere/else",
        Kind::Text => "aws",
        Kind::List => {
            let is_allowed = |text: &&str| setting.take(&mut Settings::usual(), text).is_ok();
            let texts = ["one,two", "12%,c7a=20%", "aws=0.5,gcp=0.01,azure=0"];
            texts.into_iter().find(is_allowed).unwrap()
        }
        Kind::Size => "2GiB",
        Kind::Number => {
            let is_allowed = |text: &&str| setting.take(&mut Settings::usual(), text).is_ok();
            ["0.55", "15"].into_iter().find(is_allowed).unwrap()
        }
    }
    .to_owned()
}

#[test]
fn a_flag_and_a_key_set_the_same() {
    let default = format!("{:?}", Settings::usual());
    for setting in all() {
        let value = another(setting);
        let by_flag = settled(&[format!("--{}={value}", setting.flag())], "");
        let by_file = settled(&[], &format!("{} = {}", setting.name, written::toml(setting, &value)));
        assert_eq!(format!("{by_flag:?}"), format!("{by_file:?}"), "{}", setting.name);
        assert_ne!(format!("{by_flag:?}"), default, "{}", setting.name);
    }
}

#[test]
fn what_is_set_is_what_is_got() {
    for setting in all() {
        let value = another(setting);
        let settings = settled(&[format!("--{}={value}", setting.flag())], "");
        let got = setting.plain(&(setting.field.get)(&settings));
        let again = settled(&[format!("--{}={got}", setting.flag())], "");
        assert_eq!(format!("{again:?}"), format!("{settings:?}"), "{}: {got}", setting.name);
    }
}

#[test]
fn a_flag_wins_over_the_file() {
    let settings = settled(&["--zones=5".to_owned()], "zones = 4\nmin_instances = 6\n");
    assert_eq!((settings.policy.zones, settings.policy.min_instances), (5, 6));
}

#[test]
fn the_starter_file_shows_every_key_with_its_default() {
    let starter = written::starter();
    let keys: Vec<&str> =
        starter.lines().filter_map(|line| line.strip_prefix("# ")).filter(|line| is_key(line)).collect();
    assert_eq!(keys.len(), all().count());
    settled(&[], &keys.join("\n"));
    let has_default = |line: &&&str| all().any(|it| line.starts_with(it.name) && it.example.is_empty());
    let defaults: Vec<&str> = keys.iter().filter(has_default).copied().collect();
    let mut read = settled(&[], &defaults.join("\n"));
    // What follows from the day rate is shown, so it is set now.
    read.worth = Worth::default();
    assert_eq!(format!("{read:?}"), format!("{:?}", Settings::usual()));
}

fn is_key(line: &str) -> bool {
    line.split_once(" = ").is_some_and(|(key, _)| all().any(|setting| setting.name == key))
}

#[test]
fn every_setting_has_a_name_of_its_own_and_says_what_it_is() {
    let names: BTreeSet<&str> = all().map(|setting| setting.name).collect();
    assert_eq!(names.len(), all().count());
    for setting in all() {
        assert!(setting.used_by != 0 && !setting.help.is_empty(), "{}", setting.name);
        assert!(!setting.allowed().is_empty() && !setting.default_in_words().is_empty(), "{}", setting.name);
        assert!(!setting.help.ends_with('.'), "{}", setting.name);
    }
}
