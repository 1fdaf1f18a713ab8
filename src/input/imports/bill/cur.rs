//! Lines of AWS Cost and Usage Reports, of the legacy report and of CUR 2.0: CSV
//! (docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html).

use super::costs::{Bill, Payer, TIME, plain_key, seconds};
use crate::input::diagnostic::{Diagnostic, InputError};
use crate::input::imports::begin::wrong;
use crate::input::nearest::unknown;
use crate::input::quantity::number;
use crate::input::sheet::{Columns, Row, Sheet};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

const START: usize = 0;
const END: usize = 1;
const TYPE: usize = 2;
const COST: usize = 3;
const CURRENCY: usize = 4;
const RESOURCE: usize = 5;
const RESERVED: usize = 6;
const SAVINGS_PLAN: usize = 7;
const SPLIT: usize = 8;
const UNUSED: usize = 9;
const PARENT: usize = 10;
const TAGS: usize = 11;

/// Columns of the legacy report; it has one more for each tag, `resourceTags/user:app`.
pub const LEGACY: [&str; 12] = [
    "lineItem/UsageStartDate",
    "lineItem/UsageEndDate",
    "lineItem/LineItemType",
    "lineItem/UnblendedCost",
    "lineItem/CurrencyCode",
    "lineItem/ResourceId",
    "reservation/EffectiveCost",
    "savingsPlan/SavingsPlanEffectiveCost",
    "splitLineItem/SplitCost",
    "splitLineItem/UnusedCost",
    "splitLineItem/ParentResourceId",
    "resourceTags",
];

/// The same columns of CUR 2.0; its tags are in one of them, as a JSON object.
pub const CUR_2: [&str; 12] = [
    "line_item_usage_start_date",
    "line_item_usage_end_date",
    "line_item_line_item_type",
    "line_item_unblended_cost",
    "line_item_currency_code",
    "line_item_resource_id",
    "reservation_effective_cost",
    "savings_plan_savings_plan_effective_cost",
    "split_line_item_split_cost",
    "split_line_item_unused_cost",
    "split_line_item_parent_resource_id",
    "resource_tags",
];

/// Where a tag stands in a row.
enum Tag {
    /// In a column of its own, by its position in the header.
    Column(usize),
    /// In the object of all tags, under this key or that of the user's tag.
    Among([String; 2]),
}

impl Tag {
    fn of(&self, row: Row<'_>, errors: &mut Vec<Diagnostic>) -> Option<String> {
        match self {
            Self::Column(field) => row.below(*field).map(str::to_owned),
            Self::Among(keys) => {
                let is_key = |(key, _): &(String, String)| keys.contains(&plain_key(key));
                let tags = row.parsed(TAGS, "tags as a JSON object", tags, errors)?;
                tags.into_iter().find(is_key).map(|(_, value)| value).filter(|value| !value.is_empty())
            }
        }
    }
}

fn tags(text: &str) -> Option<BTreeMap<String, String>> {
    serde_json::from_str(text).ok()
}

/// Reads the lines of a file.
pub fn read(
    bill: &mut Bill,
    file: &str,
    input: impl Read + Send,
    tag: Option<&str>,
    names: &'static [&'static str; 12],
) -> Result<(), InputError> {
    let (mut sheet, mut errors) =
        Sheet::open(file.to_owned(), input, Columns::among_others("line", names, &names[..4]));
    if !errors.is_empty() {
        return InputError::unless_empty(errors);
    }
    let of_header: Vec<(usize, String)> =
        sheet.header().enumerate().filter_map(|(field, name)| Some((field, key(name)?))).collect();
    let mut met: BTreeSet<String> = of_header.iter().map(|(_, key)| key.clone()).collect();
    let find = |tag: &str| {
        let keys = [plain_key(tag), format!("user_{}", plain_key(tag))];
        let column = of_header.iter().find(|(_, key)| keys.contains(&plain_key(key)));
        column.map_or(Tag::Among(keys), |(field, _)| Tag::Column(*field))
    };
    let tag_of_row = find(tag.unwrap_or_default());
    // Two namespaces may have a Deployment of the same name.
    let namespace = tag.filter(|tag| tag.starts_with("aws:eks:")).map(|_| find("aws:eks:namespace"));
    let splits = sheet.has(PARENT);
    let mut is_met = matches!(tag_of_row, Tag::Column(_));
    sheet.each_row(&mut errors, |row, errors| {
        let value = tag_of_row.of(row, errors);
        if !is_met {
            met.extend(row.get(TAGS).and_then(tags).into_iter().flatten().map(|(key, _)| key));
            is_met = value.is_some();
        }
        let time = [START, END].map(|column| row.required(column, TIME, seconds, errors));
        let usd = usd(row, errors);
        let ([Some(start), Some(end)], Some((usd, is_usage))) = (time, usd) else { return };
        if let Some(currency) = row.get(CURRENCY).filter(|currency| *currency != "USD") {
            let message = format!("{} is {currency:?}, but must be USD", names[CURRENCY]);
            errors.push(row.wrong(CURRENCY, message));
        }
        // Taxes are of the whole month, whatever part of it the lines are of.
        if !is_usage {
            bill.add(file, Payer::Nobody("fees, taxes and credits"), usd, None);
            return;
        }
        let payer = value.map_or(Payer::Nobody("without the tag"), |value| {
            let namespace = namespace.as_ref().and_then(|it| it.of(row, errors));
            Payer::Workload((namespace.unwrap_or_default(), value))
        });
        if let Some(parent) = row.get(PARENT) {
            bill.parents.insert(parent.to_owned());
        } else if let Some(resource) = row.get(RESOURCE).filter(|_| splits) {
            *bill.resources.entry((resource.to_owned(), payer.clone())).or_default() += usd;
        }
        bill.add(file, payer, usd, Some([start, end]));
    });
    InputError::unless_empty(errors)?;
    if is_met {
        return Ok(());
    }
    let met: Vec<&str> = met.iter().map(String::as_str).collect();
    Err(wrong(file, match (tag, met.is_empty()) {
        (_, true) => "no line has a tag; activate the one that names workloads as cost allocation tag in the Billing console, and wait a day for new reports".to_owned(),
        (None, false) => format!("say which tag names workloads: --tag KEY, with KEY one of {}", met.join(", ")),
        (Some(tag), false) => format!("--tag: {}", unknown("tag", tag, &met)),
    }))
}

/// The key of the tag that a column is of.
fn key(column: &str) -> Option<String> {
    let key = column.strip_prefix("resourceTags/").or_else(|| column.strip_prefix("resource_tags_"))?;
    Some(key.to_owned())
}

/// What a line costs, and whether it is of usage. What is prepaid is in the effective cost of what it covers.
fn usd(row: Row<'_>, errors: &mut Vec<Diagnostic>) -> Option<(f64, bool)> {
    let mut amount = |column: usize| row.parsed(column, "an amount of dollars", number, errors);
    let split = amount(SPLIT)
        .map(|split| split + amount(UNUSED).unwrap_or(0.0))
        .filter(|_| row.get(PARENT).is_some());
    if let Some(split) = split {
        return Some((split, true));
    }
    match row.get(TYPE).unwrap_or_default() {
        "DiscountedUsage" => Some((amount(RESERVED)?, true)),
        "SavingsPlanCoveredUsage" => Some((amount(SAVINGS_PLAN)?, true)),
        "SavingsPlanNegation" | "SavingsPlanRecurringFee" | "SavingsPlanUpfrontFee" | "RIFee" => None,
        kind => Some((amount(COST)?, kind == "Usage" || kind.ends_with("Discount"))),
    }
}
