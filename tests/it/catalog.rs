//! What the catalog knows, and from where.

use crate::command::one_line;
use assert_cmd::Command;
use serde_json::Value;

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command
        .arg("catalog")
        .args(args)
        .env("COLUMNS", "80")
        .env("SOURCE_DATE_EPOCH", "1795651200")
        .env_remove("NO_COLOR");
    command
}

fn printed(args: &[&str]) -> String {
    crate::command::printed(tonnage(args))
}

fn rows(args: &[&str], list: &str) -> Vec<Value> {
    let json: Value = serde_json::from_str(&printed(&[args, &["--format=json"]].concat())).unwrap();
    json[list].as_array().unwrap().clone()
}

/// The cells of the line that starts with a word.
fn cells(text: &str, start: &str) -> Vec<String> {
    let line = text.lines().find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("{text}"));
    line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
}

#[test]
fn a_machine_type_is_shown_with_its_price_in_every_region() {
    let text = printed(&["machines", "n2-standard-8"]);
    assert!(
        text.starts_with(
            "gcp n2-standard-8: 8 vCPUs, 32 GiB, $284 to $454 a month on demand in 40 regions\n"
        ),
        "{text}"
    );
    // 730 h at the prices of the list.
    for (region, hour, month) in [
        ("us-central1", "$0.38847/h", "$284"),
        ("us-east1", "$0.38847/h", "$284"),
        ("europe-west1", "$0.42734/h", "$312"),
    ] {
        assert_eq!(cells(&text, region)[..3], [region, hour, month]);
    }
    // What holds in all regions is there once.
    assert_eq!(text.matches("CoreMark of AWS c5").count(), 1);
    let one = printed(&["machines", "n2-standard-8", "--region", "europe-west1"]);
    assert!(
        one.starts_with("gcp n2-standard-8: 8 vCPUs, 32 GiB, $312 a month on demand in 1 region\n"),
        "{one}"
    );
    assert_eq!(rows(&["machines", "n2-standard-8"], "machines").len(), 40);
}

#[test]
fn types_of_one_name_that_differ_are_shown_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("machines.csv");
    let list = "instance_type,region,vcpus,memory_gib,on_demand_usd_per_hour,vcpu_speed\n\
                ours,here,4,16,0.2,0.8\nours,there,8,16,0.2,0.8\n";
    std::fs::write(&file, list).unwrap();
    let text = printed(&["machines", "ours", "--machines", file.to_str().unwrap()]);
    assert!(text.contains("ours: 4 vCPUs, 16 GiB, $146 a month on demand in 1 region"), "{text}");
    assert!(text.contains("ours: 8 vCPUs, 16 GiB, $146 a month on demand in 1 region"), "{text}");
}

#[test]
fn prices_have_their_age() {
    let prices = rows(&["prices", "c7a.large", "n2-standard-8", "Standard_D2s_v5"], "prices");
    let of = |region: &str| prices.iter().find(|price| price["region"] == region).unwrap();
    let number = |region: &str, field: &str| of(region)[field].as_f64().unwrap();
    // On 2026-11-26: 115, 129 and 161 days after these; a month has 730 h.
    for (region, days) in [("us-central1", 115.0), ("us-east-1", 129.0), ("eastus", 161.0)] {
        assert!((number(region, "months_old") - days * 24.0 / 730.0).abs() < 1e-9, "{region}");
    }
    assert!((number("us-east-1", "on_demand_usd_per_month") - 0.10264 * 730.0).abs() < 1e-9);
    assert!(of("eastus")["reserved_3yr_usd_per_hour"].is_null());
    let there = rows(&["prices", "--region", "eu-west-1"], "prices");
    assert!(there.iter().all(|price| price["region"] == "eu-west-1") && there.len() == 278);
    // Each of the other prices has its own day: 516, 601 and 777 days before.
    let ireland = &there.iter().find(|price| price["instance_type"] == "c7a.xlarge").unwrap();
    let days = [
        "price_date",
        "spot_date",
        "reserved_1yr_date",
        "reserved_3yr_date",
        "reserved_3yr_all_upfront_date",
    ];
    assert_eq!(
        days.map(|day| &ireland[day]),
        ["2025-11-03", "2025-06-28", "2025-04-04", "2025-04-04", "2024-10-10"]
    );
    assert!(of("us-central1")["reserved_1yr_date"].is_null());
    let text = one_line(&printed(&["prices", "c7a.xlarge", "--region", "eu-west-1"]));
    let told = "Other prices: reserved-3yr-all-upfront of 2024-10-10, 25.5 months old; reserved-1yr and reserved-3yr of \
                2025-04-04, 19.8 months old; spot of 2025-06-28, 17 months old.";
    assert!(text.contains(told), "{text}");
    let text = printed(&["prices", "c7a.large", "--region", "eu-west-1"]);
    assert!(text.starts_with("1 price in 1 region of aws, of 2025-11-03\n"), "{text}");
    assert_eq!(cells(&text, "c7a.large")[..3], ["c7a.large", "eu-west-1", "$0.11012/h"]);
}

#[test]
fn prices_have_the_filters_of_machines() {
    let filters = ["--provider", "aws", "--arch", "x86_64", "--min-vcpus", "4", "--max-vcpus", "8"];
    let of = |list: &str| {
        let rows = rows(&[&[list][..], &filters].concat(), list);
        rows.iter().map(|row| row["instance_type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let machines = of("machines");
    assert!(machines.len() > 10);
    assert_eq!(of("prices"), machines);
}

#[test]
fn a_runtime_says_where_each_figure_comes_from() {
    let args = ["runtimes", "go-kafka-go", "--published"];
    let figures = rows(&args, "figures");
    assert_eq!(figures.len(), 26);
    let consume = &figures[0];
    assert_eq!(
        (&consume["runtime"], &consume["figure"]),
        (&"go-kafka-go".into(), &"consume, an event".into())
    );
    let numbers = ["value", "low", "high"].map(|field| consume[field].as_f64());
    assert_eq!(numbers, [Some(6.8), Some(0.0), Some(54.4)]);
    let source = consume["source"].as_str().unwrap();
    let text = printed(&args);
    let flat = one_line(&text);
    assert!(flat.contains(&format!("- consume, an event: {source}")), "{text}");
    assert_eq!(printed(&[&args[..], &["--format=csv"]].concat()).lines().count(), 1 + 26);
    assert_eq!(printed(&["runtimes", "--published", "--format=csv"]).lines().count(), 1 + 3);
}

/// A type that the list lacks is told beside those that it has.
#[test]
fn one_unknown_type_takes_nothing_from_the_others() {
    let run = tonnage(&["prices", "c7a.large", "n1-standard-1", "--region=us-east-1"]).output().unwrap();
    let [out, err] = [run.stdout, run.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(run.status.success() && out.contains("c7a.large"), "{out}{err}");
    assert!(err.contains("unknown machine type \"n1-standard-1\""), "{err}");
    let none = tonnage(&["prices", "n1-standard-1", "D2s_v3"]).output().unwrap();
    assert!(!none.status.success() && none.stdout.is_empty());
}
