//! A flag for every workload column, made from the columns themselves, and the files to read.

use anyhow::{Result, bail};
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use std::borrow::Cow;
use std::path::PathBuf;
use tonnage::input::columns::{self, COLUMNS, Column};
use tonnage::input::diagnostic::InputError;
use tonnage::input::nearest::unknown;
use tonnage::input::workloads::{Entry, Overrides, Reader};
use tonnage_model::catalog::Catalog;
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

/// Columns given as flags.
pub struct WorkloadFlags {
    values: Overrides,
}

impl FromArgMatches for WorkloadFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |name: &'static str| Some((name, matches.get_one::<String>(name)?.trim().to_owned()));
        Ok(Self { values: COLUMNS.iter().filter_map(|column| value(column.name)).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for WorkloadFlags {
    fn augment_args(command: Command) -> Command {
        command.args(COLUMNS.iter().map(|column| {
            Arg::new(column.name)
                .long(column.name.replace('_', "-"))
                .value_name("VALUE")
                .allow_hyphen_values(true)
                .help(format!("{} [{}]", column.meaning, default_of(column)))
                .long_help(format!("{}: {} [{}]", column.meaning, column.allowed(), default_of(column)))
                .help_heading(
                    "Workload (a value stands for that column of every row; a number may be a range, 40M..60M)",
                )
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Where workloads come from.
#[derive(Args)]
pub struct WorkloadArgs {
    /// Workload files, CSV or TOML; - for standard input
    #[arg(value_name = "WORKLOADS")]
    files: Vec<PathBuf>,

    /// Columns of the files to skip, which belong to somebody else
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    ignore_columns: Vec<String>,

    #[command(flatten)]
    flags: WorkloadFlags,
}

impl WorkloadArgs {
    /// Reads all files, or the one workload that flags describe.
    pub fn read(self, catalog: &Catalog) -> Result<Vec<Workload>> {
        let entries = self.entries(catalog, |reader| reader)?;
        Ok(entries.into_iter().map(|entry| entry.workload).collect())
    }

    /// The same with the cells that each was read from.
    pub fn read_with_cells(self, catalog: &Catalog) -> Result<Vec<Entry>> {
        self.entries(catalog, Reader::keeping_cells)
    }

    fn entries<'c>(
        self,
        catalog: &'c Catalog,
        as_wanted: impl FnOnce(Reader<'c>) -> Reader<'c>,
    ) -> Result<Vec<Entry>> {
        let mut reader = as_wanted(self.reader(catalog)?);
        if self.files.is_empty() {
            return Ok(vec![reader.of_flags().map_err(InputError::Invalid)?]);
        }
        Ok(reader.read_all(&self.files)?)
    }

    /// A reader by the flags.
    fn reader<'c>(&self, catalog: &'c Catalog) -> Result<Reader<'c>> {
        let mut overrides = self.flags.values.clone();
        if self.files.is_empty() {
            overrides.entry("name").or_insert_with(|| UNNAMED.to_owned());
            let missing: Vec<String> = columns::required()
                .filter(|name| !overrides.contains_key(name))
                .map(|name| format!("--{}", name.replace('_', "-")))
                .collect();
            if !missing.is_empty() {
                bail!(
                    "no workload to plan: name a CSV or TOML file, or describe one by flags (missing: {})",
                    missing.join(", ")
                );
            }
        }
        Ok(Reader::new(catalog).overriding(&overrides).ignoring(&self.ignore_columns))
    }
}

/// Where the one workload of a command comes from.
#[derive(Args)]
pub struct OneWorkloadArgs {
    #[command(flatten)]
    workloads: WorkloadArgs,

    /// Which workload, where the files have several
    #[arg(long, value_name = "NAME")]
    workload: Option<String>,
}

impl OneWorkloadArgs {
    /// A reader and the files to read, where these are read one workload after the other: not where one is chosen or
    /// described by flags.
    pub fn stream<'c>(&self, catalog: &'c Catalog) -> Result<Option<(Reader<'c>, &[PathBuf])>> {
        if self.workload.is_some() || self.workloads.files.is_empty() {
            return Ok(None);
        }
        Ok(Some((self.workloads.reader(catalog)?, &self.workloads.files)))
    }

    /// Reads the workload asked for, or the only one there is.
    pub fn read(self, catalog: &Catalog) -> Result<Vec<Workload>> {
        let all = self.read_all(catalog)?;
        if all.len() != 1 {
            let names: Vec<&str> = all.iter().map(|workload| workload.name.as_str()).collect();
            bail!(
                "there are {} workloads; choose one with --workload NAME, out of {}",
                all.len(),
                names.join(", ")
            );
        }
        Ok(all)
    }

    /// Reads the workload asked for, or all there are.
    pub fn read_all(self, catalog: &Catalog) -> Result<Vec<Workload>> {
        Ok(self.read_entries(catalog)?.into_iter().map(|entry| entry.workload).collect())
    }

    /// The same with the cells that each was read from.
    pub fn read_entries(self, catalog: &Catalog) -> Result<Vec<Entry>> {
        let mut all = self.workloads.read_with_cells(catalog)?;
        let Some(name) = &self.workload else { return Ok(all) };
        let names: Vec<&str> = all.iter().map(|entry| entry.workload.name.as_str()).collect();
        match names.iter().position(|known| known == name) {
            Some(index) => Ok(vec![all.swap_remove(index)]),
            None => bail!(unknown("workload", name, &names)),
        }
    }
}
