//! Allocations of OpenCost and Kubecost: JSON of their API, and the CSV that OpenCost exports
//! (core/pkg/opencost/allocation_json.go and pkg/costmodel/csv_export.go of opencost/opencost).

use super::costs::{Bill, Payer, TIME, plain_key, seconds};
use crate::input::diagnostic::{Diagnostic, InputError};
use crate::input::imports::begin::wrong;
use crate::input::imports::json::{self, EACH};
use crate::input::quantity::number;
use crate::input::sheet::{Columns, Sheet};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::Read;

/// What prints allocations. Idle cost is shared, as it belongs to the pods that leave nodes idle.
pub const COMMAND: &str = "curl -G http://localhost:9003/allocation -d window=30d -d aggregate=namespace,controller \
                           -d includeIdle=true -d shareIdle=true -d accumulate=true";

const COLUMNS: [&str; 8] =
    ["ControllerName", "Date", "TotalCost", "Namespace", "ControllerKind", "Labels", "PVCost", "NetworkCost"];
/// What a workload may have beside its machines.
const BESIDE: [&str; 3] = ["volumes", "traffic", "load balancers"];
const NAMELESS: &str = "without a controller";
const UNLABELED: &str = "without the label";
/// Seconds of a day.
const DAY: i64 = 86_400;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Allocation {
    name: String,
    properties: Option<Properties>,
    window: Window,
    total_cost: f64,
    #[serde(default)]
    pv_cost: f64,
    #[serde(default)]
    network_cost: f64,
    #[serde(default)]
    load_balancer_cost: f64,
}

#[derive(Deserialize)]
struct Window {
    start: String,
    end: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    namespace: String,
    controller: String,
    controller_kind: String,
    labels: Option<BTreeMap<String, String>>,
}

/// Reads what the API gives.
pub fn json(bill: &mut Bill, file: &str, input: impl Read, tag: Option<&str>) -> Result<(), InputError> {
    let mut errors = Vec::new();
    json::each(file, input, &["data", EACH, EACH], |it: Allocation| {
        let Allocation { name, properties, window, total_cost, .. } = it;
        let beside = [it.pv_cost, it.network_cost, it.load_balancer_cost];
        let payer = payer(&name, properties.unwrap_or_default(), tag);
        let time = seconds(&window.start).zip(seconds(&window.end));
        let mut refuse = |message| errors.push(Diagnostic { file: file.to_owned(), place: None, message });
        match (payer, time) {
            (Some(payer), Some((start, end))) => take(bill, file, payer, (total_cost, beside), [start, end]),
            (None, _) => {
                refuse(format!("{name:?} names no controller; ask for {COMMAND}, or say --tag LABEL"))
            }
            (_, None) => refuse(format!(
                "the window of {name:?} is {:?} to {:?}, but must be {TIME}",
                window.start, window.end
            )),
        }
    })?;
    InputError::unless_empty(errors)?;
    match bill.span.ends() {
        Some(_) => Ok(()),
        None => Err(wrong(file, format!("there is no allocation in it; ask for {COMMAND}"))),
    }
}

/// Reads what OpenCost exports: a row a container and day.
pub fn csv(
    bill: &mut Bill,
    file: &str,
    input: impl Read + Send,
    tag: Option<&str>,
) -> Result<(), InputError> {
    let columns = Columns::among_others("allocation", &COLUMNS, &COLUMNS[..3]);
    let (mut sheet, mut errors) = Sheet::open(file.to_owned(), input, columns);
    sheet.each_row(&mut errors, |row, errors| {
        let start =
            row.required(1, "a day such as 2026-10-01", |day| seconds(&format!("{day}T00:00")), errors);
        let usd = row.required(2, "an amount of dollars", number, errors);
        let mut amount = |column| row.parsed(column, "an amount of dollars", number, errors).unwrap_or(0.0);
        let beside = [amount(6), amount(7), 0.0];
        let text = |column: usize| row.get(column).unwrap_or_default().to_owned();
        let labels = |text: &str| serde_json::from_str(text).ok();
        let properties = Properties {
            namespace: text(3),
            controller: text(0),
            controller_kind: text(4),
            labels: row.parsed(5, "labels as a JSON object", labels, errors),
        };
        if let (Some(start), Some(usd)) = (start, usd) {
            let payer = payer("", properties, tag).unwrap_or(Payer::Nobody(NAMELESS));
            take(bill, file, payer, (usd, beside), [start, start + DAY]);
        }
    });
    InputError::unless_empty(errors)
}

/// Takes an allocation, of which a workload has a part beside its machines: plans price machines alone.
fn take(bill: &mut Bill, file: &str, payer: Payer, (usd, beside): (f64, [f64; 3]), time: [i64; 2]) {
    let mut machines = usd;
    if let Payer::Workload(workload) = &payer {
        for (what, usd) in BESIDE.into_iter().zip(beside) {
            machines -= usd;
            bill.leave_out(what, workload, usd);
        }
    }
    bill.add(file, payer, machines, Some(time));
}

/// Who an allocation is of; nothing where it does not say.
fn payer(name: &str, properties: Properties, tag: Option<&str>) -> Option<Payer> {
    let last = name.rsplit('/').next().unwrap_or_default();
    let (kind, of_name) = last.split_once(':').unwrap_or(("", last));
    if last == "__idle__" {
        return Some(Payer::Nobody("of idle nodes, which -d shareIdle=true gives to workloads"));
    }
    let Properties { namespace, controller, controller_kind, labels } = properties;
    if let Some(tag) = tag.map(plain_key) {
        let mut labels = labels.into_iter().flatten();
        let of_labels = labels.find(|(label, _)| plain_key(label) == tag).map(|(_, value)| value);
        let of_name =
            || last.split_once('=').filter(|(label, _)| plain_key(label) == tag).map(|(_, it)| it.to_owned());
        let value = of_labels.or_else(of_name).filter(|value| !value.is_empty());
        return Some(value.map_or(Payer::Nobody(UNLABELED), |value| Payer::Workload((String::new(), value))));
    }
    if last.starts_with("__") {
        return Some(Payer::Nobody(NAMELESS));
    }
    let (kind, controller) = match controller.is_empty() {
        true if kind.is_empty() => return None,
        true => (kind.to_lowercase(), of_name.to_owned()),
        false => (controller_kind.to_lowercase(), controller),
    };
    Some(match kind.as_str() {
        "daemonset" | "job" | "cronjob" => Payer::Nobody("DaemonSets and Jobs"),
        _ => Payer::Workload((namespace, controller)),
    })
}
