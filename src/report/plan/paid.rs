//! What to know of the prices that machines are planned at: spot, a bill that stands instead of them, and old ones.

use super::decision::Decision;
use crate::report::figures::{listed, percent, usd};
use std::collections::{BTreeMap, BTreeSet};
use tonnage_model::cost::paid::ABOVE_LIST;
use tonnage_model::decide::alternative::Machines;
use tonnage_model::decide::planned::PlannedWorkload;
use tonnage_model::machine::{Machine, Purchase};

/// Machine types that a sentence names.
const NAMED: usize = 4;

/// What to know of the prices of one workload, full sentences without their full stop.
pub fn notes(entry: &PlannedWorkload<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    let policy = &entry.planner.policy;
    if let Some(share) = share_of_list(entry) {
        let more = doubt(entry).map_or_else(String::new, |(_, doubt)| format!("; {doubt}"));
        let of = match policy.purchase {
            Purchase::OnDemand => String::new(),
            purchase => format!(" of {purchase}"),
        };
        notes.push(format!(
            "prices are {} of the list's, as current_usd_per_month is of what today's machines cost by the list{of}{more}",
            percent(share)
        ));
    } else {
        notes.extend(doubt_of_bill(entry));
    }
    notes.extend(list_on_demand([entry]));
    notes.extend(low_list(entry));
    notes.extend(open_bills([entry]));
    notes.extend(spot(entry));
    notes.extend(without_price(entry));
    notes.extend(old([entry]));
    notes
}

/// What is paid of list prices, where that is not all of them.
pub fn share_of_list(entry: &PlannedWorkload<'_>) -> Option<f64> {
    let share = entry.problem.paid_share(&entry.planner.policy);
    Some(share).filter(|share| (share - 1.0).abs() >= 0.005)
}

/// Types cheaper than a plan's on demand that no plan has, as they have no price of its purchase.
fn without_price(entry: &PlannedWorkload<'_>) -> Option<String> {
    let (planner, on_demand) = (&entry.planner, |it: &Machine| it.usd_per_hour(Purchase::OnDemand));
    let (purchase, most) =
        (planner.policy.purchase, on_demand(entry.recommendation.chosen.as_ref()?.machine)?);
    let is_it =
        |it: &&Machine| it.usd_per_hour(purchase).is_none() && on_demand(it).is_some_and(|usd| usd < most);
    let types =
        planner.catalog.candidates(planner.home).into_iter().filter(is_it).map(|it| &it.instance_type);
    let types = listed(types, NAMED);
    (!types.is_empty()).then(|| {
        format!(
            "no plan is on cheaper types that have no {purchase} price: {types}; give these with --prices"
        )
    })
}

/// The same of all workloads, in paragraphs.
pub fn of_all(decisions: &[Decision<'_, '_>]) -> Vec<String> {
    let on_spot: BTreeSet<String> = decisions.iter().filter_map(|it| spot(it.entry)).collect();
    let mut said: Vec<String> = on_spot.iter().take(NAMED).cloned().collect();
    said.extend((on_spot.len() > NAMED).then(|| "each is in --details".to_owned()));
    let spot = (!said.is_empty()).then(|| format!("Spot: {}.", said.join("; ")));
    let entries = || decisions.iter().map(|it| it.entry);
    let told = open_bills(entries()).into_iter().chain(list_on_demand(entries())).chain(old(entries()));
    let of_each = |say: fn(&PlannedWorkload<'_>) -> Option<String>| {
        let said = decisions.iter().filter_map(move |it| Some(format!("{}: {}.", it.name(), say(it.entry)?)));
        said.take(NAMED)
    };
    let doubtful: Vec<String> = of_each(doubt_of_bill).chain(of_each(low_list)).collect();
    let doubtful = (!doubtful.is_empty()).then(|| doubtful.join(" ")).into_iter().chain(elsewhere(decisions));
    doubtful.chain(spot).chain(told.map(sentence)).collect()
}

/// A note as a sentence.
pub fn sentence(note: String) -> String {
    let mut letters = note.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect()) + "."
}

/// That the list price of a bill is far below that of the machines that the row names.
fn low_list(entry: &PlannedWorkload<'_>) -> Option<String> {
    let (workload, list) = (entry.problem.workload, entry.problem.list_far_above_bills()?);
    Some(format!(
        "current_list_usd_per_month is {}, and {} x {} cost {} a month on demand; see whether the bill is of all machines and a \
         whole month",
        usd(workload.current_list_usd_per_month?),
        workload.current_instances?,
        workload.current_machine.as_deref()?,
        usd(list)
    ))
}

/// Names of workloads by something of each.
fn names_by<'e, K: Ord>(
    all: impl Iterator<Item = &'e PlannedWorkload<'e>>,
    key: impl Fn(&PlannedWorkload<'_>) -> K,
) -> BTreeMap<K, String> {
    let mut names: BTreeMap<K, Vec<&str>> = BTreeMap::new();
    all.for_each(|it| names.entry(key(it)).or_default().push(&it.problem.workload.name));
    names.into_iter().map(|(key, names)| (key, listed(names, NAMED))).collect()
}

/// That bills of another purchase are held against the list of that, whatever they say of the list on demand.
fn list_on_demand<'e>(entries: impl IntoIterator<Item = &'e PlannedWorkload<'e>>) -> Option<String> {
    let given = entries.into_iter().filter(|it| it.problem.workload.current_list_usd_per_month.is_some());
    let purchase = |it: &PlannedWorkload<'_>| it.planner.policy.purchase;
    let ignored = names_by(given.filter(|it| purchase(it) != Purchase::OnDemand), purchase);
    let told: Vec<String> = ignored.iter().map(|(purchase, names)| format!("{purchase}: {names}")).collect();
    let told = (!told.is_empty()).then(|| told.join("; "))?;
    Some(format!(
        "current_list_usd_per_month is on demand and does not count where today's bill and plans are compared at another purchase \
         ({told})"
    ))
}

/// Workloads that name no region and are not in the one asked for, as it is of another cloud than theirs.
fn elsewhere(decisions: &[Decision<'_, '_>]) -> Option<String> {
    let place = |it: &Decision<'_, '_>| {
        let (home, asked) = (&it.entry.planner.home, it.entry.planner.catalog.filter.region.as_deref()?);
        let names_one = it.entry.problem.workload.names_region();
        let stays = home.region.filter(|region| *region != asked && !names_one)?;
        Some((asked.to_owned(), format!("{} ({} {stays})", it.name(), home.provider.unwrap_or_default())))
    };
    let all: Vec<(String, String)> = decisions.iter().filter_map(place).collect();
    let (asked, _) = all.first()?;
    Some(format!(
        "Not in the region {asked} that is asked for, as provider or current_machine of the row say another cloud: {}. Their \
         column region says where they run.",
        listed(all.iter().map(|it| &it.1), NAMED)
    ))
}

/// That nobody knows at which prices the bills of some workloads with plans are.
fn open_bills<'e>(entries: impl IntoIterator<Item = &'e PlannedWorkload<'e>>) -> Vec<String> {
    let is_open = |it: &&PlannedWorkload<'_>| {
        it.recommendation.rests_on.list_price.is_some() && !it.recommendation.lacks_prices()
    };
    let cure = |it: &PlannedWorkload<'_>| {
        let purchase = it.planner.policy.purchase;
        let of_bill = if purchase == Purchase::OnDemand { "current_list_usd_per_month, " } else { "" };
        match Machines::today(&it.problem) {
            Some(on) => format!("{of_bill}the {purchase} price of {} with --prices", on.instance_type),
            None => format!("{of_bill}current_machine with current_instances"),
        }
    };
    let told = |(cure, names): (String, String)| {
        format!(
            "the list price of today's bill is not known of {names}: plans are at list prices, so a discount in it hides savings, \
             and storage or a database in it looks like one; give {cure}, or --discount"
        )
    };
    names_by(entries.into_iter().filter(is_open), cure).into_iter().map(told).collect()
}

/// That share and what to look at as one sentence.
fn doubt_of_bill(entry: &PlannedWorkload<'_>) -> Option<String> {
    doubt(entry).map(|(share, doubt)| format!("its bill is {share}; {doubt}"))
}

/// What share of the list price a bill is that is far from what today's machines would cost, and what to look at.
fn doubt(entry: &PlannedWorkload<'_>) -> Option<(String, String)> {
    let policy = &entry.planner.policy;
    let share = entry.problem.bill_over_list(policy)?;
    let (less, or) = match policy.discount_by_bill {
        true if share > ABOVE_LIST => ("", "plans are priced by it"),
        true => ("", "if it is a discount, give --discount"),
        false => (" less --discount", "plans are priced by --discount, not by it"),
    };
    let told = match (entry.recommendation.rests_on.purchase, policy.purchase) {
        (Some(purchase), _) => {
            let planned = match policy.purchase {
                Purchase::OnDemand => "on demand".to_owned(),
                planned => format!("by {planned}"),
            };
            let near = if share > ABOVE_LIST { "high" } else { "low" };
            format!(
                "that is as {near} as {purchase} (?): if it is not paid {planned}, give its purchase; {or}"
            )
        }
        _ if !policy.discount_by_bill && (share * ABOVE_LIST < 1.0 || share > ABOVE_LIST) => or.to_owned(),
        _ if share <= ABOVE_LIST => return None,
        _ => "the bill may have more in it than these machines (?), and plans are priced by it".to_owned(),
    };
    Some((format!("{} of the list price{less}", percent(share)), told))
}

/// The machine type after the decision.
fn decided_on<'a>(entry: &PlannedWorkload<'a>) -> Option<&'a Machine> {
    let it = &entry.recommendation;
    let today = entry.problem.current_machine.filter(|_| !it.changes_machines());
    let is_decided = |machine: &&&Machine| {
        let is = |on: &Machines| on.instance_type == machine.instance_type && on.region == machine.region;
        it.machines.as_ref().is_some_and(is)
    };
    let decided = || entry.planner.machines.iter().find(is_decided).copied();
    today.or_else(decided).or_else(|| it.chosen.as_ref().map(|plan| plan.machine))
}

/// Spot machines today, where they are of another type, and after the decision.
fn on_spot<'a>(entry: &PlannedWorkload<'a>) -> Option<(Option<&'a Machine>, &'a Machine)> {
    let is_spot = entry.planner.policy.purchase == Purchase::Spot && !entry.recommendation.lacks_prices();
    let decided = decided_on(entry).filter(|_| is_spot)?;
    let today = entry.problem.current_machine.filter(|it| it.instance_type != decided.instance_type);
    Some((today, decided))
}

/// How often spot machines are taken back, those of today beside those after the decision.
fn spot(entry: &PlannedWorkload<'_>) -> Option<String> {
    let (today, decided) = on_spot(entry)?;
    let before = today.and_then(share_taken_back).filter(|_| share_taken_back(decided).is_some());
    let before = before.map_or_else(String::new, |share| format!("{share} today, "));
    Some(before + &taken_back(decided))
}

/// How often spot machines of a type are taken back.
pub fn taken_back(machine: &Machine) -> String {
    match share_taken_back(machine) {
        None => format!("how often {} is taken back is not known", machine.instance_type),
        Some(share) => format!("{share} are taken back in a month"),
    }
}

/// `5-10 % of m5.xlarge`, where it is known.
fn share_taken_back(machine: &Machine) -> Option<String> {
    let share = match machine.spot_interruption.as_str() {
        "" => return None,
        "0-5" => "under 5 %".to_owned(),
        band => format!("{band} %"),
    };
    Some(format!("{share} of {}", machine.instance_type))
}

/// The same where more are taken back than today.
pub fn more_taken_back(entry: &PlannedWorkload<'_>) -> Option<String> {
    let least = |machine: &Machine| machine.spot_interruption.split('-').next()?.parse::<u32>().ok();
    let (today, decided) = on_spot(entry)?;
    spot(entry).filter(|_| today.and_then(least).is_some_and(|today| least(decided) > Some(today)))
}

/// That prices of the machine types after some decisions are older than a year, without a full stop.
pub fn old<'e, 'a: 'e>(entries: impl IntoIterator<Item = &'e PlannedWorkload<'a>>) -> Option<String> {
    let old = entries.into_iter().filter_map(|entry| {
        let (machine, purchase) = (decided_on(entry)?, entry.planner.policy.purchase);
        let day = machine.day_of(purchase)?;
        let is_old = day.get(4..5) == Some("-") && *day < *a_year_before(&entry.planner.catalog.today)?;
        let by = if purchase == Purchase::OnDemand { String::new() } else { format!(" {purchase}") };
        is_old.then(|| format!("{} {}{by} ({day})", machine.provider, machine.region))
    });
    let old: BTreeSet<String> = old.collect();
    let places = old.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    let more = if old.len() > NAMED { " and others" } else { "" };
    (!old.is_empty()).then(|| {
        format!("prices of {places}{more} are older than a year; --prices FILE lays newer ones over them")
    })
}

/// The same day of the year before, of a day such as `2026-07-20`; such texts compare as their days do.
fn a_year_before(day: &str) -> Option<String> {
    let (year, rest) = day.split_at_checked(4)?;
    Some(format!("{:04}{rest}", year.parse::<u32>().ok()?.checked_sub(1)?))
}
