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

/// Columns, one a line: as the legacy report calls them, which has one more for each tag (`resourceTags/user:app`), and as CUR
/// 2.0 does, whose tags are in one of them, as a JSON object.
macro_rules! columns {
    ($($column:ident $legacy:literal $cur_2:literal;)+) => {
        #[derive(Clone, Copy)]
        enum Column { $($column),+ }
        /// Columns of the legacy report.
        pub const LEGACY: &[&str] = &[$($legacy),+];
        /// The same columns of CUR 2.0.
        pub const CUR_2: &[&str] = &[$($cur_2),+];
    };
}
#[rustfmt::skip]
columns! {
    Start "lineItem/UsageStartDate" "line_item_usage_start_date";
    End "lineItem/UsageEndDate" "line_item_usage_end_date";
    Type "lineItem/LineItemType" "line_item_line_item_type";
    Cost "lineItem/UnblendedCost" "line_item_unblended_cost";
    Product "lineItem/ProductCode" "line_item_product_code";
    Usage "lineItem/UsageType" "line_item_usage_type";
    Currency "lineItem/CurrencyCode" "line_item_currency_code";
    Resource "lineItem/ResourceId" "line_item_resource_id";
    List "pricing/publicOnDemandCost" "pricing_public_on_demand_cost";
    Reserved "reservation/EffectiveCost" "reservation_effective_cost";
    UnusedUpfront "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod"
        "reservation_unused_amortized_upfront_fee_for_billing_period";
    UnusedRecurring "reservation/UnusedRecurringFee" "reservation_unused_recurring_fee";
    SavingsPlan "savingsPlan/SavingsPlanEffectiveCost" "savings_plan_savings_plan_effective_cost";
    Commitment "savingsPlan/TotalCommitmentToDate" "savings_plan_total_commitment_to_date";
    UsedCommitment "savingsPlan/UsedCommitment" "savings_plan_used_commitment";
    Split "splitLineItem/SplitCost" "split_line_item_split_cost";
    Unused "splitLineItem/UnusedCost" "split_line_item_unused_cost";
    SplitList "splitLineItem/PublicOnDemandSplitCost" "split_line_item_public_on_demand_split_cost";
    UnusedList "splitLineItem/PublicOnDemandUnusedCost" "split_line_item_public_on_demand_unused_cost";
    Parent "splitLineItem/ParentResourceId" "split_line_item_parent_resource_id";
    Tags "resourceTags" "resource_tags";
}
/// The first columns, which must be there.
const REQUIRED: usize = Column::Usage as usize + 1;

/// What machines of EC2 are billed as: running on demand, of a host, spot, reserved and not run, and credits to burst.
const MACHINES: [&str; 6] =
    ["BoxUsage", "DedicatedUsage", "HostUsage", "SpotUsage", "UnusedBox", "CPUCredits"];

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
                let tags = row.parsed(Column::Tags as usize, "tags as a JSON object", tags, errors)?;
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
    names: &'static [&'static str],
) -> Result<(), InputError> {
    let (mut sheet, mut errors) =
        Sheet::open(file.to_owned(), input, Columns::among_others("line", names, &names[..REQUIRED]));
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
    let splits = sheet.has(Column::Parent as usize);
    let mut is_met = matches!(tag_of_row, Tag::Column(_));
    sheet.each_row(&mut errors, |row, errors| {
        let value = tag_of_row.of(row, errors);
        let text = |column: Column| row.get(column as usize);
        if !is_met {
            met.extend(text(Column::Tags).and_then(tags).into_iter().flatten().map(|(key, _)| key));
            is_met = value.is_some();
        }
        let time = [Column::Start, Column::End].map(|it| row.required(it as usize, TIME, seconds, errors));
        let ([Some(start), Some(end)], Some(Line { usd, list, of })) = (time, line(row, errors)) else {
            return;
        };
        if let Some(currency) = text(Column::Currency).filter(|currency| *currency != "USD") {
            let column = Column::Currency as usize;
            let message = format!("{} is {currency:?}, but must be USD", names[column]);
            errors.push(row.wrong(column, message));
        }
        let what = match of {
            // Taxes are of the whole month, whatever part of it the lines are of.
            Of::Nobody(what) => return bill.add(file, Payer::Nobody(what), usd, None),
            Of::Machines => None,
            Of::Beside(what) => Some(what),
        };
        let payer = value.map_or(Payer::Nobody("without the tag"), |value| {
            let namespace = namespace.as_ref().and_then(|it| it.of(row, errors));
            Payer::Workload((namespace.unwrap_or_default(), value))
        });
        if let (Some(what), Payer::Workload(workload)) = (what, &payer) {
            return bill.leave_out(what, workload, usd);
        }
        if let Some(parent) = text(Column::Parent) {
            bill.parents.insert(parent.to_owned());
        } else if let Some(resource) = text(Column::Resource).filter(|_| splits && what.is_none()) {
            let [of_resource, its_list] =
                bill.resources.entry((resource.to_owned(), payer.clone())).or_default();
            *of_resource += usd;
            *its_list += list.unwrap_or(0.0);
        }
        bill.add_list(&payer, list);
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

/// What a line costs, USD, by the list too where it says so, and what it is of.
struct Line<'r> {
    usd: f64,
    list: Option<f64>,
    of: Of<'r>,
}

enum Of<'r> {
    /// Machines, or what pods, tasks and functions take of them.
    Machines,
    /// What else a workload has, such as storage: plans price machines alone.
    Beside(&'r str),
    /// Of no workload.
    Nobody(&'static str),
}

/// Reads a line; nothing where it is in others: what is prepaid is in the effective cost of what it covers.
fn line<'r>(row: Row<'r>, errors: &mut Vec<Diagnostic>) -> Option<Line<'r>> {
    let mut amount = |column: Column| row.parsed(column as usize, "an amount of dollars", number, errors);
    let text = |column: Column| row.get(column as usize).unwrap_or_default();
    let of = beside(text(Column::Product), text(Column::Usage)).map_or(Of::Machines, Of::Beside);
    if let Some(split) = amount(Column::Split).filter(|_| !text(Column::Parent).is_empty()) {
        let usd = split + amount(Column::Unused).unwrap_or(0.0);
        let list = amount(Column::SplitList).map(|list| list + amount(Column::UnusedList).unwrap_or(0.0));
        return Some(Line { usd, list, of: Of::Machines });
    }
    let unused = |usd: f64| Line {
        usd: usd.max(0.0),
        list: None,
        of: Of::Nobody("of savings plans and reservations that nothing used"),
    };
    let list = amount(Column::List).filter(|list| *list > 0.0);
    match text(Column::Type) {
        "DiscountedUsage" => Some(Line { usd: amount(Column::Reserved)?, list, of }),
        "SavingsPlanCoveredUsage" => Some(Line { usd: amount(Column::SavingsPlan)?, list, of }),
        "SavingsPlanNegation" | "SavingsPlanUpfrontFee" => None,
        "SavingsPlanRecurringFee" => {
            let committed = amount(Column::Commitment).or_else(|| amount(Column::Cost))?;
            Some(unused(committed - amount(Column::UsedCommitment)?))
        }
        "RIFee" => {
            Some(unused(amount(Column::UnusedUpfront).unwrap_or(0.0) + amount(Column::UnusedRecurring)?))
        }
        "Usage" => Some(Line { usd: amount(Column::Cost)?, list, of }),
        // The list price is that of the line that it takes from.
        kind if kind.ends_with("Discount") => Some(Line { usd: amount(Column::Cost)?, list: Some(0.0), of }),
        _ => Some(Line { usd: amount(Column::Cost)?, list, of: Of::Nobody("fees, taxes and credits") }),
    }
}

/// What a line is of where that is no machine: a service, or a part of EC2.
fn beside<'r>(product: &'r str, usage: &str) -> Option<&'r str> {
    let is_machine = product == "AmazonEC2" && MACHINES.iter().any(|it| usage.contains(it));
    match product {
        _ if usage.contains("DataTransfer") || usage.ends_with("-Bytes") => Some("traffic"),
        _ if usage.contains("EBS:") => Some("EBS"),
        "AWSLambda" => None,
        _ if is_machine || usage.contains("Fargate") => None,
        service => Some(service),
    }
}
