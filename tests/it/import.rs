//! Price files of others as lists for `--prices`: the made-up ones of examples/import, with the arithmetic by hand.

use super::command::{printed, refused};
use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

fn import(files: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["import", "prices"]).args(files);
    command
}

fn sample(name: &str) -> String {
    format!("examples/import/{name}")
}

/// The rows of the list that is made of some samples, by machine type and region, without empty cells.
fn rows(names: &[&str]) -> BTreeMap<(String, String), BTreeMap<String, String>> {
    let files: Vec<String> = names.iter().map(|name| sample(name)).collect();
    let list = printed(import(&files.iter().map(String::as_str).collect::<Vec<_>>()));
    let row = |row: BTreeMap<String, String>| {
        let place = (row["instance_type"].clone(), row["region"].clone());
        (place, row.into_iter().filter(|(_, cell)| !cell.is_empty()).collect())
    };
    csv::Reader::from_reader(list.as_bytes()).deserialize().map(|it| row(it.unwrap())).collect()
}

/// On demand, spot, one year, three years, three years all upfront.
fn prices(names: &[&str], instance_type: &str, region: &str) -> [Option<f64>; 5] {
    let columns = ["on_demand", "spot", "reserved_1yr", "reserved_3yr", "reserved_3yr_all_upfront"];
    let row = &rows(names)[&(instance_type.to_owned(), region.to_owned())];
    columns.map(|column| row.get(&format!("{column}_usd_per_hour")).map(|cell| cell.parse().unwrap()))
}

/// What is said on standard error beside the list.
fn said(names: &[&str]) -> String {
    let files: Vec<String> = names.iter().map(|name| sample(name)).collect();
    let output = import(&files.iter().map(String::as_str).collect::<Vec<_>>()).output().unwrap();
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_price_list_of_aws() {
    // 1,839.6 at once for three years: 1,839.6 / (3 x 8,760 h) = 0.07.
    let expected = [Some(0.18), None, Some(0.12), Some(0.08), Some(0.07)];
    assert_eq!(prices(&["aws.csv"], "c6i.xlarge", "eu-west-1"), expected);
    assert_eq!(prices(&["aws.csv"], "m7g.large", "eu-west-1"), [Some(0.1), None, None, None, None]);
    // The same products as JSON; the day is that of publication.
    assert_eq!(rows(&["aws.csv"]), rows(&["aws.json"]));
    assert!(rows(&["aws.csv"]).values().all(|row| row["price_date"] == "2026-11-02"));
    // Windows, dedicated, with software, unused, storage, convertible, and 0 an hour beside what is paid upfront.
    assert_eq!(
        said(&["aws.csv"]),
        "Read 5 prices of 2 machine types of aws: eu-west-1.\n\
         Left out: 7 not of shared Linux machines on demand, spot or reserved; 1 of types that are not in the catalog \
         (a1.large).\n"
    );
}

#[test]
fn the_instances_of_vantage() {
    let expected = [Some(0.18), Some(0.06), Some(0.12), Some(0.08), Some(0.07)];
    assert_eq!(prices(&["instances.json"], "c6i.xlarge", "eu-west-1"), expected);
    let band = |region: &str| {
        rows(&["instances.json"])[&("c6i.xlarge".to_owned(), region.to_owned())]["spot_interruption_pct"]
            .clone()
    };
    assert_eq!((band("eu-west-1"), band("us-east-1")), ("0-5".to_owned(), "20-100".to_owned()));
    assert!(said(&["instances.json"]).contains("1 without a full price in US dollars"));
}

/// The price that holds today is neither the one of 2021 nor that of 2099, nor that of Windows, Cloud Services or Low
/// Priority, which have the same type.
#[test]
fn the_retail_prices_of_azure() {
    // 1,314 / 8,760 h = 0.15; 2,628 / 26,280 h = 0.1.
    let expected = [Some(0.25), Some(0.05), Some(0.15), Some(0.1), None];
    assert_eq!(prices(&["azure.json"], "Standard_D4s_v5", "westeurope"), expected);
    assert_eq!(rows(&["azure.json"]).len(), 1);
}

/// $25 for 100 hours are the same $0.25, and a price a month is none.
#[test]
fn prices_of_azure_are_of_their_unit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("units.json");
    let of = |unit: &str, usd: f64| {
        let item = format!(
            r#"[{{"currencyCode": "USD", "retailPrice": {usd}, "armRegionName": "westeurope", "armSkuName": "Standard_D4s_v5",
            "effectiveStartDate": "2020-01-01", "meterName": "D4s v5", "productName": "Dsv5", "serviceName": "Virtual Machines",
            "type": "Consumption", "unitOfMeasure": "{unit}"}}]"#
        );
        std::fs::write(&path, item).unwrap();
        import(&[path.to_str().unwrap()])
    };
    for (unit, usd) in [("1 Hour", 0.25), ("100 Hours", 25.0)] {
        let list = printed(of(unit, usd));
        assert!(list.contains("\nStandard_D4s_v5,azure,westeurope,0.25,"), "{list}");
    }
    refused(of("1/Month", 182.5));
}

/// Another file of AWS than its price list.
#[test]
fn products_of_aws_are_told_from_its_price_list() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("products.json");
    std::fs::write(&path, r#"{"PriceList": ["{\"product\": {}}"], "FormatVersion": "aws_v1"}"#).unwrap();
    let said = refused(import(&[path.to_str().unwrap()]));
    let expected = "products.json: the file is of `aws pricing get-products`; take the price list of a region instead: https://";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn the_skus_of_google() {
    let pages = ["gcp-1.json", "gcp-2.json"];
    let of = |name: &str| prices(&pages, name, "europe-west1");
    // 4 cores and 16 GiB: 4 x 0.03 + 16 x 0.004; spot 4 x 0.01 + 16 x 0.001; one year 4 x 0.02 + 16 x 0.0025; three
    // years 4 x 0.015 + 16 x 0.002.
    assert_eq!(of("n2-standard-4"), [Some(0.184), Some(0.056), Some(0.12), Some(0.092), None]);
    // 8 cores and 64 GiB: 8 x 0.03 + 64 x 0.004.
    assert_eq!(of("n2-highmem-8")[0], Some(0.496));
    // "Compute optimized" is C2: 4 x 0.035 + 16 x 0.005; one year 4 x 0.022 + 16 x 0.003.
    assert_eq!(of("c2-standard-4"), [Some(0.22), None, Some(0.136), None, None]);
    // A half of each of two cores, and 4 GiB: 1 x 0.02 + 4 x 0.003.
    assert_eq!(of("e2-medium")[0], Some(0.032));
    // N2D has a price per core alone.
    let all = rows(&pages);
    assert!(!all.keys().any(|(name, _)| name.starts_with("n2d")));
    assert!(all.values().all(|row| row["price_date"] == "2026-11-03"));
    assert_eq!(rows(&["gcp-2.json", "gcp-1.json"]), all);
}

#[test]
fn the_catalog_of_skypilot() {
    // Three zones: (0.05 + 0.06 + 0.1) / 3 = 0.07.
    let expected = [Some(0.16), Some(0.07), None, None, None];
    assert_eq!(prices(&["skypilot.csv"], "c6i.xlarge", "us-east-1"), expected);
    assert_eq!(prices(&["skypilot.csv"], "n2-standard-4", "europe-west1")[0], Some(0.18));
}

#[test]
fn the_custom_prices_of_opencost() {
    assert_eq!(prices(&["opencost.csv"], "c6i.xlarge", "us-east-1")[0], Some(0.14));
    // Named by its id, and in all regions.
    assert_eq!(prices(&["opencost.csv"], "m7g.large", "")[0], Some(0.07));
    // The later file counts where both have a price.
    let both = prices(&["skypilot.csv", "opencost.csv"], "c6i.xlarge", "us-east-1");
    assert_eq!(both, [Some(0.14), Some(0.07), None, None, None]);
}

/// Each list as `--prices` changes what a machine costs today and in the plan.
#[test]
fn a_list_changes_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("prices.csv");
    for (names, [provider, region, machine], purchase, usd_per_hour) in [
        (&["aws.csv"][..], ["aws", "eu-west-1", "c6i.xlarge"], "on-demand", 0.18),
        (&["aws.json"], ["aws", "eu-west-1", "c6i.xlarge"], "reserved-3yr-all-upfront", 0.07),
        (&["instances.json"], ["aws", "us-east-1", "c6i.xlarge"], "spot", 0.05),
        (&["azure.json"], ["azure", "westeurope", "Standard_D4s_v5"], "reserved-1yr", 0.15),
        (&["gcp-1.json", "gcp-2.json"], ["gcp", "europe-west1", "n2-standard-4"], "on-demand", 0.184),
        (&["skypilot.csv"], ["aws", "us-east-1", "c6i.xlarge"], "spot", 0.07),
        (&["opencost.csv"], ["aws", "us-west-2", "m7g.large"], "on-demand", 0.07),
    ] {
        let files: Vec<String> = names.iter().map(|name| sample(name)).collect();
        let said = printed({
            let mut command = import(&files.iter().map(String::as_str).collect::<Vec<_>>());
            command.arg("-o").arg(&list);
            command
        });
        assert!(said.starts_with("Read "), "{said}");
        let mut plan = Command::cargo_bin("tonnage").unwrap();
        plan.args(["plan", "-", "--format=json", "--purchase", purchase, "--machine-types", machine, "--prices"])
            .arg(&list)
            .write_stdin(format!(
                "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,provider,region\n\
                 a,50M,1KB,0.2,0.5,{machine},6,{provider},{region}\n"
            ));
        let plan: Value = serde_json::from_str(&printed(plan)).unwrap();
        let decision = &plan["decisions"][0];
        let number = |field: &str| decision[field].as_f64().unwrap();
        let near = |value: f64, expected: f64| {
            assert!((value / expected - 1.0).abs() < 1e-9, "{names:?} {decision}")
        };
        near(number("today_usd_per_month"), 6.0 * usd_per_hour * 730.0);
        assert_eq!(decision["instance_type"], machine);
        near(number("usd_per_month"), number("instances") * usd_per_hour * 730.0);
    }
}

/// The items of all pages in one list, behind a byte order mark, dated by the day that the file was written.
#[test]
fn pages_may_be_put_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.json");
    let page: Value = serde_json::from_str(&std::fs::read_to_string(sample("azure.json")).unwrap()).unwrap();
    std::fs::write(&path, format!("\u{feff}{}", page["Items"])).unwrap();
    // 2026-06-01, 00:00 UTC.
    let written = SystemTime::UNIX_EPOCH + Duration::from_secs(1_780_272_000);
    File::options().write(true).open(&path).unwrap().set_modified(written).unwrap();
    let list = printed(import(&[path.to_str().unwrap()]));
    assert!(list.ends_with("\nStandard_D4s_v5,azure,westeurope,0.25,0.05,0.15,0.1,,,2026-06-01\n"), "{list}");
    let mut piped = import(&["-"]);
    piped.pipe_stdin(&path).unwrap().env("SOURCE_DATE_EPOCH", "1795651200");
    assert_eq!(printed(piped), list.replace("2026-06-01", "2026-11-26"));
}

/// A sample with something else in it, and what is said of it.
fn spoilt(name: &str, from: &str, to: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(sample(name)).unwrap();
    assert!(text.contains(from), "{name} {from}");
    std::fs::write(folder.path().join(name), text.replacen(from, to, 1)).unwrap();
    let mut command = import(&[name]);
    refused({
        command.current_dir(folder.path());
        command
    })
}

#[test]
fn a_bad_number_is_named_with_its_place() {
    for (name, from, to, expected) in [
        (
            "aws.csv",
            "0.1200000000",
            "twelve",
            "aws.csv:8:56: PricePerUnit is \"twelve\", but must be an amount of dollars",
        ),
        (
            "aws.json",
            "0.1200000000",
            "twelve",
            ".pricePerUnit.USD: \"twelve\" is not an amount of dollars from 0 to below 1e9",
        ),
        (
            "azure.json",
            "1314.0",
            "-3",
            "azure.json:13:98: Items[7].retailPrice: -3 is not an amount of dollars",
        ),
        (
            "gcp-1.json",
            "\"nanos\": 30000000",
            "\"nanos\": []",
            "tieredRates[0].unitPrice.nanos: [] is not an amount of dollars",
        ),
        (
            "instances.json",
            "\"0.06\"",
            "\"six\"",
            ": [0].pricing.eu-west-1.linux.spot_avg: \"six\" is not an amount",
        ),
        ("skypilot.csv", "0.060000", "x", "skypilot.csv:3:28: SpotPrice is \"x\", but must be"),
        ("opencost.csv", "0.14", "-1", "opencost.csv:3:90: MarketPriceHourly is \"-1\", but must be"),
        ("aws.csv", "\"Region Code\"", "\"Region\"", "aws.csv:6:1: required column missing: Region Code"),
        ("azure.json", "\"DevTest", "DevTest", "azure.json:15:"),
    ] {
        let said = spoilt(name, from, to);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_file_of_no_known_format_is_refused() {
    let said = refused(import(&["examples/workloads.csv"]));
    for known in [
        "AWS price list (CSV)",
        "AWS price list (JSON)",
        "Vantage",
        "Azure",
        "Google",
        "SkyPilot",
        "OpenCost",
    ] {
        assert!(said.contains(known), "{said}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.json");
    let text = std::fs::read_to_string(sample("azure.json")).unwrap();
    let wide: Vec<u8> =
        "\u{feff}{}".chars().chain(text.chars()).flat_map(|c| (c as u16).to_le_bytes()).collect();
    std::fs::write(&path, wide).unwrap();
    assert!(refused(import(&[path.to_str().unwrap()])).contains("the file is UTF-16; save it as UTF-8"));
    // Nothing is written where no price was read.
    let output = folder.path().join("prices.csv");
    let only_unknown = folder.path().join("unknown.csv");
    std::fs::write(&only_unknown, "InstanceType,Price,SpotPrice,Region\np4d.24xlarge,32.77,,us-east-1\n")
        .unwrap();
    let said = refused(import(&[only_unknown.to_str().unwrap(), "-o", output.to_str().unwrap()]));
    assert_eq!(
        said,
        "error: No price was read.\nLeft out: 1 of types that are not in the catalog (p4d.24xlarge).\n"
    );
    assert!(!Path::new(&output).exists());
}
