//! Price lists of tasks and functions, TOML.

use crate::input::diagnostic::{InputError, Source};
use crate::input::toml_table::{Document, Table};
use tonnage_model::cost::serverless::{Serverless, SpeedRange};
use tonnage_model::scenario::functions::FunctionTerms;
use tonnage_model::scenario::tasks::{TaskSizes, TaskTerms};

/// Numbers here are below this.
const MOST: f64 = 1e9;

/// Reads a price list. All mistakes come at once.
pub fn read(source: Source<'_>) -> Result<Serverless, InputError> {
    let document = Document::parse(source)?;
    let prices = serverless(&document.root());
    let errors = document.into_errors();
    match prices {
        Some(prices) if errors.is_empty() => Ok(prices),
        _ => Err(InputError::Invalid(errors)),
    }
}

fn serverless(root: &Table<'_>) -> Option<Serverless> {
    root.allow(&["provider", "region", "price_date", "vcpu_speed", "tasks", "functions"]);
    let provider = string(root, "provider");
    let region = string(root, "region");
    let price_date = string(root, "price_date");
    let vcpu_speed = root.require("vcpu_speed").and_then(|value| value.table()).and_then(|it| speed(&it));
    let tasks = root.require("tasks").and_then(|value| value.table()).and_then(|it| tasks(&it));
    let functions = root.require("functions").and_then(|value| value.table()).and_then(|it| functions(&it));
    Some(Serverless {
        provider: provider?,
        region: region?,
        price_date: price_date?,
        vcpu_speed: vcpu_speed?,
        tasks: tasks?,
        functions: functions?,
    })
}

fn speed(table: &Table<'_>) -> Option<SpeedRange<f64>> {
    table.allow(&["value", "low", "high"]);
    let [value, slow, fast] = ["value", "low", "high"].map(|key| positive(table, key));
    let range = SpeedRange { value: value?, slow: slow?, fast: fast? };
    if range.slow > range.value || range.value > range.fast {
        table.report(
            "vcpu_speed must have low, value and high in this order, each as large as the one before",
        );
    }
    Some(range)
}

fn tasks(table: &Table<'_>) -> Option<TaskTerms> {
    table.allow(&["name", "usd_per_vcpu_hour", "usd_per_gib_hour", "sizes"]);
    let name = string(table, "name");
    let usd_per_vcpu_hour = positive(table, "usd_per_vcpu_hour");
    let usd_per_gib_hour = positive(table, "usd_per_gib_hour");
    let list = table.require("sizes")?;
    if list.is_empty() {
        list.refuse("a list of at least one size, each written as [[tasks.sizes]]");
    }
    let sizes: Vec<Option<TaskSizes>> = list.tables().iter().map(sizes).collect();
    Some(TaskTerms {
        name: name?,
        usd_per_vcpu_hour: usd_per_vcpu_hour?,
        usd_per_gib_hour: usd_per_gib_hour?,
        sizes: sizes.into_iter().collect::<Option<_>>()?,
    })
}

fn sizes(table: &Table<'_>) -> Option<TaskSizes> {
    table.allow(&["vcpus", "least_gib", "most_gib", "step_gib"]);
    let part_or_whole = |vcpus: f64| vcpus > 0.0 && vcpus <= 1024.0 && (vcpus < 1.0 || vcpus.fract() == 0.0);
    let vcpus = table.require("vcpus").and_then(|value| {
        value.number("a whole number up to 1024, or a part of one vCPU above 0", part_or_whole)
    });
    let [least, most, step] = ["least_gib", "most_gib", "step_gib"].map(|key| positive(table, key));
    let sizes = TaskSizes { vcpus: vcpus?, least_gib: least?, most_gib: most?, step_gib: step? };
    let steps = (sizes.most_gib - sizes.least_gib) / sizes.step_gib;
    if !(0.0..=1000.0).contains(&steps) || (steps - steps.round()).abs() > 1e-9 {
        table.report("most_gib must be least_gib and up to 1000 whole steps of step_gib more");
    }
    Some(sizes)
}

fn functions(table: &Table<'_>) -> Option<FunctionTerms> {
    #[rustfmt::skip]
    table.allow(&[
        "name", "usd_per_gib_second", "usd_per_million_calls", "billing_step_ms", "least_mib", "most_mib",
        "mib_per_vcpu", "longest_s", "payload_mb", "payload_per_byte", "window_ms", "environment_h",
    ]);
    let name = string(table, "name");
    let number = |key| positive(table, key);
    let mib = |key| {
        let is_mib = |mib: f64| (1.0..=1e6).contains(&mib) && mib.fract() == 0.0;
        table.require(key)?.number("a whole number of MiB from 1 to 1e6", is_mib).map(|mib| mib as u32)
    };
    let [usd_per_gib_second, usd_per_million_calls, billing_step_ms, mib_per_vcpu] =
        ["usd_per_gib_second", "usd_per_million_calls", "billing_step_ms", "mib_per_vcpu"].map(number);
    let [longest, payload_mb, payload_per_byte, window_ms, environment_h] =
        ["longest_s", "payload_mb", "payload_per_byte", "window_ms", "environment_h"].map(number);
    let (least_mib, most_mib) = (mib("least_mib"), mib("most_mib"));
    if least_mib.zip(most_mib).is_some_and(|(least, most)| least > most) {
        table.report("functions.least_mib must be at most most_mib");
    }
    Some(FunctionTerms {
        name: name?,
        usd_per_gib_second: usd_per_gib_second?,
        usd_per_million_calls: usd_per_million_calls?,
        billing_step_seconds: billing_step_ms? / 1e3,
        least_mib: least_mib?,
        most_mib: most_mib?,
        mib_per_vcpu: mib_per_vcpu?,
        longest_seconds: longest?,
        payload_bytes: payload_mb? * 1e6,
        payload_per_byte: payload_per_byte?,
        window_seconds: window_ms? / 1e3,
        environment_seconds: environment_h? * 3600.0,
    })
}

fn string(table: &Table<'_>, key: &str) -> Option<String> {
    table.require(key)?.string()
}

fn positive(table: &Table<'_>, key: &str) -> Option<f64> {
    table.require(key)?.number("a number above 0 and below 1e9", |value| value > 0.0 && value < MOST)
}
