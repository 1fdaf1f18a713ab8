//! What each workload costs in all: machines, traffic between zones, engineering, and when a rewrite pays back.

use super::document::{Cell, Column, Document, Table, Tone};
use super::figures::{NONE, amount, days, percent, usd};
use super::{medians, recommendation, traffic};
use serde::Serialize;
use tonnage_model::cost::traffic::{BYTES_PER_GB, CrossZone, Traffic};
use tonnage_model::decide::criteria::Measure;
use tonnage_model::decide::fleet::{Fleet, PlannedWorkload};
use tonnage_model::decide::options::AlternativeKind;
use tonnage_model::decide::terms::Terms;
use tonnage_model::decide::total_cost::{RuntimeChange, TotalCost};
use tonnage_model::decide::verdict::Verdict;
use tonnage_model::demand::downstream::DownstreamLoad;
use tonnage_model::policy::Policy;
use tonnage_model::runtime::Runtime;

/// What stands for the machines that run now, among runtimes.
const TODAY: &str = "today";

/// One line: a workload on today's machines, or on the cheapest plan in a runtime.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TotalRow {
    /// Workload.
    pub workload: String,
    /// `today` for the machines that run now, `plan` for the cheapest plan.
    pub basis: &'static str,
    /// Runtime.
    pub runtime: String,
    /// Machines, USD a month; this and the rest are empty where there is no plan.
    pub compute_usd_per_month: Option<f64>,
    /// Traffic between zones, USD a month.
    pub traffic_usd_per_month: f64,
    /// Building features, USD a month; empty where not known.
    pub engineering_usd_per_month: Option<f64>,
    /// All three, USD a month.
    pub total_usd_per_month: Option<f64>,
    /// What it saves of what is paid, USD a month; in another language, after a smaller step that is recommended.
    /// Empty for what runs today.
    pub saves_usd_per_month: Option<f64>,
    /// The same as a share of all that is paid.
    pub saves_share: Option<f64>,
    /// The rewrite, USD once.
    pub rewrite_usd: Option<f64>,
    /// Months until the rewrite is paid back; empty where there is none, or it never is.
    pub payback_months: Option<f64>,
}

/// What is to be said of one workload.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorkloadTotals {
    /// Workload.
    pub workload: String,
    /// What to do, in words.
    pub sentence: String,
    /// Bytes read that cross zones in a month, GB of 1e9 bytes.
    pub cross_zone_read_gb_per_month: f64,
    /// Bytes written that do.
    pub cross_zone_written_gb_per_month: f64,
    /// Calls/s to downstream systems in the busiest hour, where these have a limit.
    pub downstream_peak_calls_per_second: Option<f64>,
    /// That limit.
    pub downstream_max_per_second: Option<f64>,
    /// What rewriting in another language is worth.
    pub rewrite: Option<RuntimeChange>,
    /// Features a month whose extra days in that language cost as much as its machines save.
    pub features_that_eat_the_saving: Option<f64>,
}

/// All that `--format json` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Totals {
    /// One for every workload and runtime, and one for today's machines where they are given.
    pub totals: Vec<TotalRow>,
    /// One for every workload.
    pub workloads: Vec<WorkloadTotals>,
}

impl Totals {
    /// Adds up a fleet.
    pub fn new(fleet: &Fleet<'_>) -> Self {
        Self { totals: rows(fleet), workloads: fleet.entries.iter().map(|entry| of(entry, fleet)).collect() }
    }
}

/// The lines of all workloads.
pub fn rows(fleet: &Fleet<'_>) -> Vec<TotalRow> {
    fleet.entries.iter().flat_map(|entry| rows_of(entry, fleet)).collect()
}

fn rows_of(entry: &PlannedWorkload<'_>, fleet: &Fleet<'_>) -> Vec<TotalRow> {
    let account = fleet.account(entry);
    let it = &entry.recommendation;
    let row = |basis, runtime: &Runtime, total: Option<TotalCost>, change: Option<RuntimeChange>| TotalRow {
        workload: entry.problem.workload.name.clone(),
        basis,
        runtime: runtime.name.clone(),
        compute_usd_per_month: total.map(|total| total.compute),
        traffic_usd_per_month: account.traffic_usd_per_month,
        engineering_usd_per_month: total.and_then(|total| total.engineering),
        total_usd_per_month: total.and_then(|total| total.usd_per_month()),
        saves_usd_per_month: change.as_ref().map(|change| change.saves_usd_per_month),
        saves_share: change.as_ref().map(|change| change.saves_share),
        rewrite_usd: change.as_ref().and_then(|change| change.rewrite_usd),
        payback_months: change.as_ref().and_then(|change| change.payback_months),
    };
    let current = entry.problem.current;
    let today =
        it.today_usd_per_month.map(|bill| row(TODAY, current, Some(account.total(current, bill)), None));
    let plans = entry.plans.iter().map(|(runtime, plan)| {
        let plan = plan.as_ref().ok();
        let total = plan.map(|plan| account.total(runtime, plan.usd_per_month));
        let other = plan.filter(|_| runtime.name != current.name);
        let change = other.and_then(|plan| it.change(&account, plan));
        row("plan", runtime, total, change)
    });
    today.into_iter().chain(plans).collect()
}

fn of(entry: &PlannedWorkload<'_>, fleet: &Fleet<'_>) -> WorkloadTotals {
    let workload = entry.problem.workload;
    let traffic = Traffic::of(workload, &fleet.policy);
    let downstream = DownstreamLoad::of(workload, &entry.problem.today);
    WorkloadTotals {
        workload: workload.name.clone(),
        sentence: sentence(entry, fleet.terms),
        cross_zone_read_gb_per_month: traffic.read_bytes_per_month / BYTES_PER_GB,
        cross_zone_written_gb_per_month: traffic.written_bytes_per_month / BYTES_PER_GB,
        downstream_peak_calls_per_second: downstream.map(|load| load.peak_calls_per_second),
        downstream_max_per_second: downstream.map(|load| load.limit_per_second),
        rewrite: entry.recommendation.rewrite.clone(),
        features_that_eat_the_saving: features_that_eat_the_saving(entry),
    }
}

/// The report.
pub fn document(fleet: &Fleet<'_>) -> Document {
    let mut document = Document::default();
    document.heading("Total cost, USD a month");
    document.table(table(fleet));
    if fleet.entries.len() > 1 {
        document.heading("All workloads, USD a month");
        document.table(sums(fleet));
    }
    document.heading("What a rewrite is worth");
    for entry in &fleet.entries {
        document.paragraph_on(&entry.problem.workload.name, sentence(entry, fleet.terms));
        document.list(recommendation::note_points(entry));
    }
    document.heading("Notes");
    let medians = match fleet.confidence {
        None => medians::note(fleet.entries.iter().map(|entry| entry.problem.workload)),
        Some(_) => None,
    };
    document.list(notes(fleet).into_iter().chain(medians).collect());
    document
}

/// Columns of what nobody has asked for are left out.
struct Asked {
    engineering: bool,
    payback: bool,
}

impl Asked {
    fn of(fleet: &Fleet<'_>) -> Self {
        let mut outlooks = fleet.entries.iter().map(|entry| &entry.problem.workload.outlook);
        Self {
            engineering: outlooks.clone().any(|outlook| outlook.features_per_month > 0.0),
            payback: outlooks.any(|outlook| outlook.rewrite_days.is_some()),
        }
    }
}

fn table(fleet: &Fleet<'_>) -> Table {
    let asked = Asked::of(fleet);
    let mut columns = vec![
        Column::grouping("workload"),
        Column::words("runtime", 0),
        Column::numbers("compute", 0),
        Column::numbers("traffic", 1),
    ];
    if asked.engineering {
        columns.push(Column::numbers("features", 1));
    }
    columns.extend([Column::numbers("total", 0), Column::numbers("saves", 2), Column::numbers("of all", 4)]);
    if asked.payback {
        columns.push(Column::numbers("pays back", 3));
    }
    let mut table = Table::new(columns);
    for entry in &fleet.entries {
        let rows = rows_of(entry, fleet);
        let least = rows.iter().filter_map(|row| row.total_usd_per_month).fold(f64::INFINITY, f64::min);
        for row in rows {
            table.row(cells(row, least, &asked));
        }
    }
    table
}

fn cells(row: TotalRow, least: f64, asked: &Asked) -> Vec<Cell> {
    let dollars = |amount: Option<f64>| Cell::new(amount.map_or(NONE.to_owned(), usd));
    let tone = match row.total_usd_per_month {
        Some(total) if total <= least => Tone::Good,
        Some(_) => Tone::Plain,
        None => Tone::Bad,
    };
    let runtime = if row.basis == TODAY { TODAY.to_owned() } else { row.runtime };
    let mut cells = vec![
        row.workload.into(),
        runtime.into(),
        dollars(row.compute_usd_per_month),
        usd(row.traffic_usd_per_month).into(),
    ];
    if asked.engineering {
        cells.push(dollars(row.engineering_usd_per_month));
    }
    cells.extend([
        dollars(row.total_usd_per_month).toned(tone),
        dollars(row.saves_usd_per_month),
        row.saves_share.map_or(NONE.to_owned(), percent).into(),
    ]);
    if asked.payback {
        let pays = match (row.rewrite_usd, row.payback_months) {
            (_, Some(months)) => amount(months, "month"),
            (Some(_), None) => "never".into(),
            (None, None) => NONE.into(),
        };
        cells.push(pays.into());
    }
    cells
}

/// The totals of all workloads that have one.
fn sums(fleet: &Fleet<'_>) -> Table {
    let asked = Asked::of(fleet);
    let mut columns = vec![
        Column::words("if all ran in", 0),
        Column::numbers("workloads", 1),
        Column::numbers("compute", 0),
        Column::numbers("traffic", 0),
    ];
    if asked.engineering {
        columns.push(Column::numbers("features", 0));
    }
    columns.push(Column::numbers("total", 0));
    let mut table = Table::new(columns);
    let rows = rows(fleet);
    let runtimes = fleet.runtimes.iter().map(|runtime| ("plan", runtime.name.as_str()));
    for (basis, runtime) in runtimes.chain([(TODAY, TODAY)]) {
        let counted: Vec<&TotalRow> = rows
            .iter()
            .filter(|row| row.basis == basis && (basis == TODAY || row.runtime == runtime))
            .filter(|row| row.total_usd_per_month.is_some())
            .collect();
        if counted.is_empty() {
            continue;
        }
        let sum = |of: fn(&TotalRow) -> Option<f64>| -> Cell {
            usd(counted.iter().copied().filter_map(of).sum()).into()
        };
        let all = fleet.entries.len();
        let tone = if counted.len() < all { Tone::Bad } else { Tone::Plain };
        let mut cells = vec![
            Cell::new(runtime),
            Cell::new(format!("{} of {all}", counted.len())).toned(tone),
            sum(|row| row.compute_usd_per_month),
            sum(|row| Some(row.traffic_usd_per_month)),
        ];
        if asked.engineering {
            cells.push(sum(|row| row.engineering_usd_per_month));
        }
        cells.push(sum(|row| row.total_usd_per_month));
        table.row(cells);
    }
    table
}

/// What the cheapest runtime in another language saves, how long its rewrite takes to pay back, what would eat it, and
/// what to do.
fn sentence(entry: &PlannedWorkload<'_>, terms: Terms) -> String {
    let what_to_do = what_to_do(entry);
    let Some(change) = &entry.recommendation.rewrite else {
        return format!("{}{}.", what_to_do[..1].to_uppercase(), &what_to_do[1..]);
    };
    let RuntimeChange { to, saves_usd_per_month: saves, .. } = change;
    let (after, then) = match smaller_step(entry) {
        Some(step) => (format!("After {step}, "), " then"),
        None => (String::new(), ""),
    };
    let mut said = vec![match *saves {
        saves if saves >= 0.5 => format!(
            "{after}{to} saves {} a month, {} of all that is paid{then}, which is {}",
            usd(saves),
            percent(change.saves_share),
            days(saves / terms.day_rate_usd)
        ),
        saves if saves <= -0.5 => format!("{after}{to} costs {} a month more", usd(-saves)),
        _ => format!("{after}{to} saves nothing"),
    }];
    if let Some(rewrite_days) = entry.problem.workload.outlook.rewrite_days {
        let rewrite = format!("its {}", amount(rewrite_days, "rewrite day"));
        said.push(match change.payback_months {
            Some(months) => format!("it pays back {rewrite} in {}", amount(months, "month")),
            None => format!("it never pays back {rewrite}"),
        });
    } else if *saves >= 0.5 {
        said.push(format!(
            "up to {} of rewriting pay back in {}",
            days(change.affordable_rewrite_days),
            amount(terms.payback_months, "month")
        ));
    }
    said.extend(recommendation::in_features_only(entry, terms).map(|only| format!("it is {only}")));
    let eaten = features_that_eat_the_saving(entry).filter(|_| *saves >= 0.5);
    said.extend(eaten.map(recommendation::eaten_by));
    format!("{}: {what_to_do}.", said.join("; "))
}

/// The smaller step that comes before any rewrite, where one is recommended.
fn smaller_step(entry: &PlannedWorkload<'_>) -> Option<String> {
    match &entry.recommendation.verdict {
        Verdict::Alternative { step: AlternativeKind::Library, to, .. } => Some(format!("moving to {to}")),
        Verdict::Alternative { to, .. } => Some(format!("changing to {to}")),
        _ => None,
    }
}

/// What all traffic costs, and what it would with the other way of reading.
fn alternative(fleet: &Fleet<'_>) -> String {
    let bill = |fetch_from_follower| -> f64 {
        let cross_zone = CrossZone { fetch_from_follower, ..fleet.policy.cross_zone };
        let policy = Policy { cross_zone, ..fleet.policy };
        let traffic = fleet.entries.iter().map(|entry| Traffic::of(entry.problem.workload, &policy));
        traffic.map(|traffic| traffic.usd_per_month(cross_zone)).sum()
    };
    let (leader, follower) = (usd(bill(false)), usd(bill(true)));
    format!(
        ": {leader} a month in all where consumers read from the leader, {follower} where from a follower in their zone"
    )
}

/// The verdict in a few words.
fn what_to_do(entry: &PlannedWorkload<'_>) -> String {
    let current = &entry.problem.current.name;
    let it = &entry.recommendation;
    match &it.verdict {
        Verdict::Stay => format!("stay with {current}"),
        Verdict::RightSize => format!("stay with {current} and right-size it"),
        Verdict::Alternative { step: AlternativeKind::Library, to, .. } => {
            format!("stay with the language and move to {to}")
        }
        Verdict::Alternative { to, .. } => format!("stay with {current} and change to {to}"),
        Verdict::Unsettled { .. } => format!("stay with {current} and measure how spread its times are"),
        Verdict::Spike { to, .. } => format!("port a spike to {to} before deciding"),
        Verdict::Move => match it.runtime {
            Some(runtime) => format!("move to {}", runtime.name),
            None => "move".into(),
        },
        Verdict::None => "no runtime has a plan".into(),
    }
}

fn features_that_eat_the_saving(entry: &PlannedWorkload<'_>) -> Option<f64> {
    entry.criteria().iter().find_map(|criterion| match criterion.measure {
        Measure::TeamSpeed { features_that_eat_the_saving, .. } => features_that_eat_the_saving,
        _ => None,
    })
}

fn notes(fleet: &Fleet<'_>) -> Vec<String> {
    vec![
        traffic::note(&fleet.policy, &format!("It is the same in every runtime{}", alternative(fleet))),
        "Saves and of all: of what is paid, the lower of today's machines and the cheapest plan in today's runtime, \
         with traffic and features; in another language, of what is paid after a smaller step where one is recommended."
            .into(),
    ]
}
