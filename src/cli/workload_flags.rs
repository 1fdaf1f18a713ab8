//! Where workloads come from: files, `--set`, and a flag for every column, made from the table of columns.

use anyhow::{Result, bail};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use tonnage::input::column::Column;
use tonnage::input::columns::{self, COLUMNS};
use tonnage::input::diagnostic::{InputError, Source};
use tonnage::input::nearest::unknown;
use tonnage::input::pipelines;
use tonnage::input::tables::is_table;
use tonnage::input::unknown_column;
use tonnage::input::workloads::{Entry, Overrides, Reader};
use tonnage::settings::setup::Setup;
use tonnage::settings::table::all;
use tonnage_model::catalog::Catalog;
use tonnage_model::scenario::stage::Pipeline;
use tonnage_model::workload::Workload;

/// Name of a workload that is given by flags alone.
const UNNAMED: &str = "workload";

/// What a flag that is not given stands for.
fn default_of(column: &Column) -> Cow<'static, str> {
    match column.name {
        "name" => UNNAMED.into(),
        _ if column.is_required() => "required without a file".into(),
        _ => column.default(),
    }
}

/// Columns with a flag of their own: all but those that are settings too, whose flag gives what stands for rows that do
/// not say.
fn with_flag() -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(|column| all().all(|setting| setting.name != column.name))
}

/// Columns given as flags.
pub struct WorkloadFlags {
    values: Overrides,
}

impl FromArgMatches for WorkloadFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |name: &'static str| Some((name, matches.get_one::<String>(name)?.trim().to_owned()));
        Ok(Self { values: with_flag().filter_map(|column| value(column.name)).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for WorkloadFlags {
    fn augment_args(command: Command) -> Command {
        command.args(with_flag().map(|column| {
            Arg::new(column.name)
                .long(column.name.replace('_', "-"))
                .value_name("VALUE")
                .allow_hyphen_values(true)
                .help(format!("{} [{}]", column.meaning, default_of(column)))
                .long_help(format!("{}: {} [{}]", column.meaning, column.allowed(), default_of(column)))
                .help_heading(
                    "Workload columns (without a file, or as --set; a number may be a range, 40M..60M)",
                )
                .hide_short_help(true)
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Values of columns that stand instead of those of all rows.
#[derive(Args)]
pub struct Assignments {
    /// Value of a column for every row; repeatable
    #[arg(long = "set", value_name = "COLUMN=VALUE", value_parser = assignment, allow_hyphen_values = true)]
    pub assignments: Vec<(&'static str, String)>,
}

/// Where workloads come from.
#[derive(Args)]
pub struct WorkloadArgs {
    /// Workload files, CSV, .xlsx or TOML; - for standard input
    #[arg(value_name = "WORKLOADS")]
    files: Vec<PathBuf>,

    #[command(flatten)]
    set: Assignments,

    /// Only the workload of this name; repeatable
    #[arg(long = "workload", value_name = "NAME")]
    only: Vec<String>,

    #[command(flatten)]
    flags: WorkloadFlags,
}

/// `COLUMN=VALUE`, the column as in a file or as its flag.
fn assignment(text: &str) -> Result<(&'static str, String), String> {
    let (name, value) =
        text.split_once('=').ok_or_else(|| "must be COLUMN=VALUE, such as peak_factor=4".to_owned())?;
    let name = name.trim().replace('-', "_");
    match columns::position(&name).and_then(|position| COLUMNS.get(position)) {
        Some(column) => Ok((column.name, value.trim().to_owned())),
        None => Err(unknown_column::misnamed("column", &name)),
    }
}

/// Whether an argument is meant as a file: it is one, ends like one, or is -.
fn is_file(argument: &Path) -> bool {
    let ends_like_text =
        argument.extension().is_some_and(|ending| matches!(ending.to_str(), Some("csv" | "toml")));
    argument == Path::new("-") || ends_like_text || is_table(argument) || argument.is_file()
}

impl WorkloadArgs {
    /// The same where the first argument may name the workload, and so may others behind a file.
    pub fn named(mut self, first: Option<String>) -> Self {
        match first {
            Some(it) if is_file(Path::new(&it)) => {
                let names = self.take_names();
                self.only.extend(names);
                self.files.insert(0, it.into());
            }
            Some(name) => self.only.push(name),
            None => {}
        }
        self
    }

    /// Takes names of workloads off the list of files.
    pub fn take_names(&mut self) -> Vec<String> {
        let (files, names): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.files).into_iter().partition(|it| is_file(it));
        self.files = files;
        names.iter().map(|name| name.display().to_string()).collect()
    }

    /// Reads the pipelines of the files, and takes files that hold nothing else off the list; a list that is empty then holds
    /// no workload.
    pub fn take_pipelines(&mut self, catalog: &Catalog) -> Result<Vec<Pipeline>> {
        let mut found = Vec::new();
        let mut rest = Vec::new();
        for path in std::mem::take(&mut self.files) {
            let is_toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
            let bytes = if is_toml { std::fs::read(&path).unwrap_or_default() } else { Vec::new() };
            let name = path.display().to_string();
            let has_more = match Source::new(&name, &bytes) {
                Ok(source) if pipelines::kinds(source).pipelines => {
                    found.extend(pipelines::read(source, catalog)?);
                    pipelines::kinds(source).workloads
                }
                _ => true,
            };
            if has_more {
                rest.push(path);
            }
        }
        self.files = rest;
        Ok(found)
    }

    /// Takes what the flag of a column says, so that it stands instead of no row's.
    pub fn take(&mut self, column: &str) -> Option<String> {
        self.flags.values.remove(column)
    }

    /// The files to read.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Whether there is a file left to read, or a workload described by flags.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.flags.values.is_empty()
    }

    /// Reads the workloads asked for: all of the files, those of `--workload`, or the one that flags describe.
    pub fn read(self, setup: &Setup) -> Result<Vec<Workload>> {
        let entries = self.chosen(self.entries(setup, |reader| reader)?)?;
        Ok(entries.into_iter().map(|entry| entry.workload).collect())
    }

    /// The same with the cells that each was read from.
    pub fn read_entries(&self, setup: &Setup) -> Result<Vec<Entry>> {
        self.chosen(self.read_all_entries(setup)?)
    }

    /// Every workload there is, asked for or not, with its cells.
    pub fn read_all_entries(&self, setup: &Setup) -> Result<Vec<Entry>> {
        self.entries(setup, Reader::keeping_cells)
    }

    /// Those of `--workload`, in the order of the files; all where none is named.
    pub fn chosen(&self, mut all: Vec<Entry>) -> Result<Vec<Entry>> {
        let names: Vec<&str> = all.iter().map(|entry| entry.workload.name.as_str()).collect();
        if let Some(name) = self.only.iter().find(|name| !names.contains(&name.as_str())) {
            bail!(unknown("workload", name, &names));
        }
        if !self.only.is_empty() {
            all.retain(|entry| self.only.contains(&entry.workload.name));
        }
        Ok(all)
    }

    /// Reads the only workload there is or is asked for, with its cells.
    pub fn read_one(self, setup: &Setup) -> Result<Entry> {
        let all = self.read_entries(setup)?;
        let names: Vec<String> = all.iter().map(|entry| entry.workload.name.clone()).collect();
        match <[Entry; 1]>::try_from(all) {
            Ok([entry]) => Ok(entry),
            Err(all) => bail!(
                "there are {} workloads; choose one with --workload NAME, out of {}",
                all.len(),
                names.join(", ")
            ),
        }
    }

    fn entries<'c>(
        &self,
        setup: &'c Setup,
        as_wanted: impl FnOnce(Reader<'c>) -> Reader<'c>,
    ) -> Result<Vec<Entry>> {
        let mut reader = as_wanted(self.reader(setup)?);
        if self.files.is_empty() {
            if setup.is_by_flag("ignore_columns") {
                return Err(setup.mistake("ignore_columns", "no file is read that has columns").into());
            }
            return Ok(vec![reader.of_flags().map_err(InputError::Invalid)?]);
        }
        Ok(reader.read_all(&self.files)?)
    }

    /// A reader and the files to read, where these are read one workload after the other: not where some are chosen or
    /// one is described by flags.
    pub fn stream<'c>(&self, setup: &'c Setup) -> Result<Option<(Reader<'c>, &[PathBuf])>> {
        if !self.only.is_empty() || self.files.is_empty() {
            return Ok(None);
        }
        Ok(Some((self.reader(setup)?, &self.files)))
    }

    /// A reader by the flags.
    fn reader<'c>(&self, setup: &'c Setup) -> Result<Reader<'c>> {
        let mut overrides = self.flags.values.clone();
        overrides.extend(self.set.assignments.iter().cloned());
        if self.files.is_empty() {
            overrides.entry("name").or_insert_with(|| UNNAMED.to_owned());
            let missing: Vec<String> = columns::missing(|name| overrides.contains_key(name))
                .map(|name| format!("--{}", name.replace('_', "-")))
                .collect();
            if !missing.is_empty() {
                bail!(
                    "no workload to plan: name a CSV, .xlsx or TOML file, - for standard input, or describe one by flags \
                     (missing: {})",
                    missing.join(", ")
                );
            }
        }
        let is_by_flag = setup.is_by_flag("ignore_columns");
        let reader = Reader::new(&setup.catalog).overriding(&overrides, &self.only);
        Ok(reader.ignoring(&setup.ignore_columns, is_by_flag))
    }
}
