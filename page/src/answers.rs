//! A question asked again with some inputs changed, and its answer: what the command line would print.

use crate::changes::{self, Cells, Change};
use crate::controls::{Control, Of, Scope};
use std::collections::BTreeSet;
use tonnage::input::columns;
use tonnage::input::diagnostic::InputError;
use tonnage::input::lookup::Lookup;
use tonnage::input::row;
use tonnage::input::two_readings::Marks;
use tonnage::render::markup::blocks;
use tonnage::render::{self, Page, RenderError};
use tonnage::report::Report;
use tonnage::report::context::Context;
use tonnage::report::plan::{Made, PlanReport, View};
use tonnage::report::question::Question;
use tonnage::settings::Settings;
use tonnage::settings::scenario::ScenarioError;
use tonnage::settings::setup::{Given, GivenText, Setup};
use tonnage::settings::table::all;
use tonnage_model::workload::Workload;

/// A page for text is as wide as a terminal usually is.
const PAGE: Page = Page { width: 80, prose: 80, color: false, charts: false };

/// Why something cannot be answered, a line each.
#[derive(Debug)]
pub struct Refused(pub Vec<String>);

impl Refused {
    /// An input that there is not.
    pub fn unknown(name: &str) -> Self {
        Self(vec![format!("{name} cannot be changed here")])
    }
}

macro_rules! refused_by {
    ($($error:ty),+) => {
        $(impl From<$error> for Refused {
            fn from(error: $error) -> Self {
                Self(error.to_string().lines().map(str::to_owned).collect())
            }
        })+
    };
}
refused_by!(InputError, RenderError, ScenarioError, serde_json::Error, tonnage_model::catalog::ProblemError);

/// A question with some inputs changed.
pub struct Asked<'q> {
    question: &'q Question,
    changes: &'q [Change],
    setup: Setup,
    /// Workloads as they were read.
    before: Vec<Workload>,
    /// Cells and workloads as they are now, or what is wrong with them.
    now: Vec<(Cells, Result<Workload, Vec<String>>)>,
}

impl<'q> Asked<'q> {
    /// Puts changes to use.
    pub fn new(question: &'q Question, changes: &'q [Change]) -> Result<Self, Refused> {
        let (mut settings, mut given) = (Settings::usual(), Given::new());
        for setting in all() {
            let text = match changes::last(changes, "", setting.name).filter(|_| is_setting(setting.name)) {
                Some(text) => text,
                None => match question.given.get(setting.name) {
                    Some(text) => text,
                    None => continue,
                },
            };
            let refused = |wrong| Refused(vec![format!("{} is {text:?}, but {wrong}", setting.name)]);
            setting.take(&mut settings, text).map_err(refused)?;
            given.insert(setting.name, GivenText { text: text.to_owned(), place: None });
        }
        let setup = Setup::new(settings, given, question.catalog(), |_| true)?;
        let lookup = Lookup::new(&setup.catalog);
        let before = question.inputs.iter().filter_map(|cells| read(cells, &lookup).ok()).collect();
        let now = |cells| {
            let cells = changes::cells(cells, changes);
            let workload = read(&cells, &lookup);
            (cells, workload)
        };
        let now = question.inputs.iter().map(now).collect();
        drop(lookup);
        Ok(Self { question, changes, setup, before, now })
    }

    /// Names of the machine types that plans may use, in their order.
    pub fn machine_types(&self) -> BTreeSet<&str> {
        let catalog = &self.setup.catalog;
        let regions = catalog.machines.regions().iter().flat_map(|region| region.machines());
        regions.filter(|it| catalog.filter.admits(it)).map(|it| it.instance_type.as_str()).collect()
    }

    /// Uses what controls show of a workload, or of all where `of` is empty.
    pub fn with_scope<T>(&self, of: &str, use_it: impl FnOnce(&Scope<'_>) -> T) -> T {
        let is_in_scope = |cells: &Cells| of.is_empty() || cells.get("name").is_some_and(|name| name == of);
        let before = self.question.inputs.iter().zip(&self.before).filter(|(cells, _)| is_in_scope(cells));
        let now = self.now.iter().filter(|(cells, _)| is_in_scope(cells));
        let setting = |name: &str| {
            let value = self.setup.used().iter().find(|(known, _)| *known == name);
            let setting = all().find(|it| it.name == name);
            setting.zip(value).map(|(setting, (_, value))| setting.plain(value)).unwrap_or_default()
        };
        use_it(&Scope {
            of,
            before: before.collect(),
            now: now.map(|(cells, workload)| (cells, workload.as_ref().ok())).collect(),
            changes: self.changes,
            setting: &setting,
        })
    }

    /// What stands in the `main` of a page, with what is folded away under the names that are wanted.
    pub fn page(&self, is_wanted: &dyn Fn(&str) -> bool) -> Result<String, Refused> {
        self.written(&|report| Ok(blocks::body(&report.page_of(is_wanted))))
    }

    /// The answer in a format.
    pub fn text(&self, format: &str) -> Result<String, Refused> {
        let format = render::by_name(format).ok_or_else(|| Refused::unknown(format))?;
        self.written(&|report| Ok((format.render)(report, &Context::default(), PAGE)?))
    }

    fn written(&self, write: &dyn Fn(&dyn Report) -> Result<String, Refused>) -> Result<String, Refused> {
        let wrong = self.now.iter().filter_map(|(cells, workload)| Some((cells, workload.as_ref().err()?)));
        let errors = told_once(wrong);
        if !errors.is_empty() {
            return Err(Refused(errors));
        }
        let workloads = self.now.iter().filter_map(|(_, workload)| workload.as_ref().ok().cloned());
        let workloads: Vec<Workload> = workloads.collect();
        if let Some(scenario) = &self.question.scenario {
            let mut written = Ok(String::new());
            scenario.tell(&self.setup, &workloads, &mut |report| written = write(report))?;
            return written;
        }
        let fleet = self.setup.plan(&workloads)?.sampled(self.setup.sampling);
        let (discounts, flags) = (self.setup.discounts.written(), self.setup.flags());
        let made = Made { view: View::Overview, discounts, flags };
        write(&PlanReport::new(&fleet, made))
    }
}

fn is_setting(name: &str) -> bool {
    Control::of(name).is_some_and(|control| control.of == Of::Setting)
}

/// The workload that cells make, or all that is wrong with them.
fn read(cells: &Cells, lookup: &Lookup<'_>) -> Result<Workload, Vec<String>> {
    let get = |column: usize| cells.get(columns::COLUMNS[column].name).map(String::as_str);
    row::workload(&get, &|_| Marks::POINT, lookup)
        .map_err(|errors| errors.into_iter().map(|error| error.message).collect())
}

/// What is wrong with workloads: each mistake once, with the workload's name or of how many it is.
fn told_once<'c>(wrong: impl Iterator<Item = (&'c Cells, &'c Vec<String>)>) -> Vec<String> {
    let mut all: Vec<(&str, &str, usize)> = Vec::new();
    for (cells, message) in wrong.flat_map(|(cells, all)| all.iter().map(move |it| (cells, it))) {
        match all.iter_mut().find(|(known, ..)| known == message) {
            Some((_, _, count)) => *count += 1,
            None => all.push((message, cells.get("name").map_or("", String::as_str), 1)),
        }
    }
    let told = |(message, name, count): (&str, &str, usize)| match count {
        1 => format!("{name}: {message}"),
        _ => format!("{message} ({count} workloads)"),
    };
    all.into_iter().map(told).collect()
}
