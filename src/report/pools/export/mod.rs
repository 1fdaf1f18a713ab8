//! Pods as files for what runs them: as values, for a writer of YAML. A key that begins with # is a comment.

pub mod compose;
mod given_options;
pub mod keda;
pub mod kubernetes;

use super::findings::whereabouts;
use super::rows::{NO_MEMORY, ShareRow};
use crate::report::figures::{plural, usd};
use crate::report::plan::kept::Kept;
use crate::report::plan::questions::{lag, question};
use serde_json::Value;
use std::collections::BTreeMap;
use tonnage_model::blank::Blank;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::machine::Machine;
use tonnage_model::names::NameOf;
use tonnage_model::scenario::kept::KeptToday;
use tonnage_model::scenario::pool::pod::PodSettings;
use tonnage_model::scenario::pool::replay::ReplayOf;
use tonnage_model::scenario::pool::replicas::Replicas;
use tonnage_model::scenario::replay::study::Study;
use tonnage_model::scenario::shared_pools::SharedPools;
use tonnage_model::setting_names::Assignment;
use tonnage_model::workload::Workload;

/// The longest name: Kubernetes takes 63 characters, and KEDA puts `keda-hpa-` before it.
const LONGEST_NAME: usize = 50;

/// Why CPU has no limit.
const NO_CPU_LIMIT: &str = "CPU has no limit: it would stop a consumer for the rest of each 100 ms in which it has used its part, on an idle node too.";

/// What a CPU request leaves out where nothing says what a handler takes.
const NO_CPU: &str = "CPU counts nothing of the handler's own code, as handler_ms, observed_cores and utilization are empty: set the request by what runs.";

/// One workload's pods in today's runtime.
pub struct Pod<'s, 'f, 'a> {
    row: ShareRow<'s, 'f, 'a>,
    /// What it is called there.
    name: String,
    /// Its namespace, where that is said.
    namespace: Option<&'s str>,
    node: &'s Machine,
    replicas: Replicas,
    settings: PodSettings,
}

/// A workload without pods, and why.
pub struct WithoutPods<'s> {
    /// Its name.
    pub workload: &'s str,
    /// Why.
    pub reason: String,
    /// Whether it is well as it runs.
    pub goes_on: bool,
}

/// What comes of an export.
#[derive(Default)]
pub struct Exported<'s> {
    /// What stands above them all, line by line.
    pub head: Vec<String>,
    /// The documents, one after another.
    pub documents: Vec<Value>,
    /// Workloads that have none.
    pub without: Vec<WithoutPods<'s>>,
    /// What is told beside, line by line.
    pub told: Vec<String>,
}

impl std::fmt::Display for WithoutPods<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}.", self.workload, self.reason)
    }
}

/// Two workloads that would be called the same.
#[derive(Debug, thiserror::Error)]
#[error(
    "\"{one}\" and \"{other}\" would both be called {name}; rename one in the file, or export them apart"
)]
pub struct SameName {
    one: String,
    other: String,
    name: String,
}

/// Why a workload is not written: what runs has to stay until its verdict is known.
pub fn has_no_verdict(entry: &PlannedWorkload<'_>) -> Option<String> {
    match &entry.recommendation.verdict {
        Verdict::DependsOn(on) => Some(format!("there is no verdict yet: {}", question(on, entry))),
        _ => None,
    }
}

/// Whether it is to go on as it runs.
fn is_kept(entry: &PlannedWorkload<'_>) -> bool {
    entry.recommendation.verdict == Verdict::Stay && entry.recommendation.baseline.footing.runs
}

/// Why nobody can say how its pods are scaled: those that run have to work on more events at a time than plans have them do.
pub fn takes_several(entry: &PlannedWorkload<'_>) -> Option<String> {
    let it = &entry.recommendation;
    it.baseline
        .keeps_up_if
        .filter(|it| it.cell != Blank::PeakFactor && is_kept(entry))
        .and_then(|_| lag(entry))
}

/// The pods of each workload that has some, as all run today, and those that have none or are left out for a reason.
pub fn pods<'s, 'f, 'a>(
    places: &'s [SharedPools<'f, 'a>],
    is_wanted: impl Fn(&str) -> bool,
    is_left_out: impl Fn(&PlannedWorkload<'a>) -> Option<String>,
) -> (Vec<Pod<'s, 'f, 'a>>, Vec<WithoutPods<'s>>) {
    let in_place = |sharing: &'s SharedPools<'f, 'a>| {
        let today = sharing.as_today().into_iter();
        let workloads = today.flat_map(|pool| sharing.among.iter().map(move |&workload| (pool, workload)));
        workloads.filter_map(move |(pool, workload)| {
            Some(ShareRow { sharing, pool, entry: sharing.fleet.entries.get(workload)?, workload })
        })
    };
    let mut rows: Vec<_> = places.iter().flat_map(in_place).collect();
    rows.retain(|row| is_wanted(&row.entry.problem.workload.name));
    rows.sort_by_key(|row| row.workload);
    let (mut pods, mut without) = (Vec::new(), Vec::new());
    for row in rows {
        let workload = row.entry.problem.workload.name.as_str();
        if let Some(reason) = is_left_out(row.entry) {
            without.push(WithoutPods { workload, reason, goes_on: false });
            continue;
        }
        let found = row.pool.found().zip(row.share()).zip(row.settings(None));
        let Some(((pool, share), settings)) = found else {
            let reason = row.reason().unwrap_or_default();
            without.push(WithoutPods { workload, reason, goes_on: false });
            continue;
        };
        let (namespace, name) = deployment(row.entry.problem.workload);
        pods.push(Pod { row, name, namespace, node: pool.machine, replicas: share.replicas, settings });
    }
    (pods, without)
}

/// Fails where two of some workloads, each with what it is called, would be called the same.
fn apart<'w>(called: impl Iterator<Item = (&'w str, String)>) -> Result<(), SameName> {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for (workload, name) in called {
        if let Some(one) = taken.insert(name.clone(), workload) {
            return Err(SameName { one: one.to_owned(), other: workload.to_owned(), name });
        }
    }
    Ok(())
}

/// A name in its namespace, where it has one.
fn whole(namespace: Option<&str>, name: &str) -> String {
    namespace.map_or_else(|| name.to_owned(), |namespace| format!("{namespace}/{name}"))
}

/// What requests and limits leave out, a line for each kind with the workloads that it is so of.
pub fn left_open(pods: &[Pod<'_, '_, '_>]) -> Vec<String> {
    let mut of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pod in pods {
        pod.open_figures().for_each(|what| of.entry(what).or_default().push(pod.workload()));
    }
    of.into_iter().map(|(what, workloads)| format!("{}: {what}", workloads.join(", "))).collect()
}

/// The namespace and the name of a workload's Deployment.
fn deployment(workload: &Workload) -> (Option<&str>, String) {
    match workload.names.get(NameOf::Deployment).map(|it| it.split_once('/').ok_or(it)) {
        Some(Ok((namespace, own))) => (Some(namespace), name(own)),
        Some(Err(own)) => (None, name(own)),
        None => (None, name(&workload.name)),
    }
}

/// A name as Kubernetes takes it: small letters, digits and hyphens between them.
fn name(workload: &str) -> String {
    let is_kept = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let text = workload.to_ascii_lowercase();
    let words: Vec<&str> = text.split(|c| !is_kept(c)).filter(|word| !word.is_empty()).collect();
    let name: String = words.join("-").chars().take(LONGEST_NAME).collect();
    let name = name.trim_end_matches('-');
    if name.is_empty() { "workload".to_owned() } else { name.to_owned() }
}

impl Pod<'_, '_, '_> {
    /// The workload.
    pub fn of(&self) -> &Workload {
        self.row.entry.problem.workload
    }

    /// Its name.
    pub fn workload(&self) -> &str {
        &self.of().name
    }

    /// The CPU request of each, cores.
    pub fn request_cores(&self) -> f64 {
        self.replicas.each.millicores as f64 / 1000.0
    }

    /// The peak that was planned for, over the mean rate.
    pub fn peak_factor(&self) -> f64 {
        self.row.entry.problem.workload.peak_factor
    }

    /// Today's bill, where it is known, USD a month, and whether what it is held against rests on what was measured.
    pub fn today(&self) -> (Option<f64>, bool) {
        let entry = self.row.entry;
        (entry.recommendation.today_usd_per_month, entry.is_checked_in_containers())
    }

    /// Whether anything is decided of it.
    pub fn has_verdict(&self) -> bool {
        self.row.entry.recommendation.has_verdict()
    }

    /// Whether it is to go on as it runs.
    fn is_kept(&self) -> bool {
        is_kept(self.row.entry)
    }

    /// That its pods would stand instead of machines that plan keeps.
    pub fn instead(&self) -> Option<String> {
        let (machine, count) = KeptToday::of(self.row.entry)?.on.filter(|_| self.is_kept())?;
        let pods = plural(self.replicas.running, "pod");
        Some(format!("Plan keeps {count} x {}; {pods} would run instead of them", machine.instance_type))
    }

    /// What all pods cost and today's bill, USD a month, where they are more or larger and cost more.
    fn costs_more_than_today(&self) -> Option<(f64, f64)> {
        let bill = self.row.share().filter(|_| self.row.entry.pods_kept().is_none())?.allocated_usd_per_month;
        let before = self.today().0?;
        (usd(bill) != usd(before) && bill > before).then_some((bill, before))
    }

    /// What autoscalers make of a series that was measured; nothing where no pod runs.
    pub fn replayed(&self, of: ReplayOf<'_>) -> Option<Study> {
        let usd_per_month = self.row.share()?.allocated_usd_per_month;
        let policy = self.row.sharing.fleet.policy;
        self.row.tenant().replayed(self.node, &self.replicas, policy, usd_per_month, of)
    }

    /// With `{name}` replaced by what the workload is called, or a placeholder.
    fn filled(&self, text: Option<&str>, placeholder: &str) -> String {
        text.unwrap_or(placeholder).replace("{name}", &name(self.workload()))
    }

    /// What it is, and what is to be known before it is used.
    fn about(&self) -> String {
        let Replicas { running, count, .. } = self.replicas;
        let room = match count - running {
            _ if self.row.entry.pods_kept().is_some() => " as today".to_owned(),
            0 => String::new(),
            more => format!(" with room for {more} more"),
        };
        format!(
            "{}: {}{room} in {}, planned for nodes of {} ({}).{}",
            self.workload(),
            plural(running, "pod"),
            self.row.tenant().runtime.name,
            self.node.instance_type,
            whereabouts(self.node, self.row.sharing.place),
            self.doubt().map_or(String::new(), |doubt| format!(" {doubt}"))
        )
    }

    /// Why it may not be what is to run.
    fn doubt(&self) -> Option<String> {
        let entry = self.row.entry;
        let it = &entry.recommendation;
        match &it.verdict {
            Verdict::Stay if entry.change.is_none() => {
                let notes =
                    [self.instead(), Kept::of(entry).strain().map(|strain| format!("Note: {strain}"))];
                let notes: Vec<String> = notes.into_iter().flatten().collect();
                (!notes.is_empty()).then(|| format!("{}.", notes.join(". ")))
            }
            Verdict::Move | Verdict::Alternative { change: None, .. } => {
                let to = &it.runtime?.name;
                Some(format!("This is for today's runtime; the verdict is to move to {to}."))
            }
            _ => entry.change.map(|change| {
                format!("It is planned with {change}, as plan recommends: make that change first.")
            }),
        }
    }

    /// What its request and limit leave out, as nobody gives it.
    fn open_figures(&self) -> impl Iterator<Item = &'static str> {
        let says_nothing =
            [(self.of().says_nothing_of_cpu(), NO_CPU), (!self.row.limits_memory(), NO_MEMORY)];
        says_nothing.into_iter().filter(|(is_open, _)| *is_open).map(|(_, what)| what)
    }

    /// The same as a remark.
    fn open_remark(&self) -> Option<String> {
        let open: Vec<&str> = self.open_figures().collect();
        (!open.is_empty()).then(|| open.join(" "))
    }

    /// What its client has to be told, which no environment variable does.
    fn client(&self) -> Option<String> {
        let set: Vec<String> =
            pairs(&self.settings.client).map(|(name, value)| format!("{name} {value}")).collect();
        let readers = Some(self.replicas.readers)
            .filter(|it| *it > 1)
            .map(|it| format!("Run {it} readers in each pod."));
        let client = (!set.is_empty())
            .then(|| format!("Set in the client, as requests count on it: {}.", set.join(", ")));
        let told: Vec<String> = readers.into_iter().chain(client).collect();
        (!told.is_empty()).then(|| told.join(" "))
    }
}

fn pairs(settings: &[Assignment]) -> impl Iterator<Item = (&str, &str)> {
    settings.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// A remark where something was left open.
fn open(value: Option<&str>, remark: &str) -> Value {
    if value.is_none() { remark.into() } else { Value::Null }
}
