//! The embedded prices against what is known of them, and plans at the prices of the place that a workload runs in.

use super::command::{one_line, tonnage};
use serde_json::Value;
use std::collections::BTreeMap;
use tonnage::input::catalogs::lists;
use tonnage_model::machine::{Machine, Purchase};
use tonnage_model::regions::Machines;
use tonnage_model::units::GIB;

/// Well-known on-demand list prices, USD an hour, typed in by hand.
#[rustfmt::skip]
const LISTED: [(&str, &[(&str, f64)]); 16] = [
    ("us-east-1", &[("m5.large", 0.096), ("c5.large", 0.085), ("r5.large", 0.126), ("t3.micro", 0.0104), ("t3.medium", 0.0416), ("t3a.medium", 0.0376), ("t4g.medium", 0.0336), ("m5a.large", 0.086), ("m6i.large", 0.096), ("m6a.large", 0.0864), ("m6g.large", 0.077), ("c6i.large", 0.085), ("c6g.large", 0.068), ("r6g.large", 0.1008), ("m7g.large", 0.0816), ("m7i.large", 0.1008), ("c7i.large", 0.08925)]),
    ("eu-west-1", &[("m5.large", 0.107), ("c5.large", 0.096), ("t3.medium", 0.0456), ("r5.large", 0.141)]),
    ("eu-central-1", &[("m5.large", 0.115), ("c5.large", 0.097), ("t3.medium", 0.048)]),
    ("us-west-2", &[("m5.large", 0.096)]),
    ("us-west-1", &[("m5.large", 0.112)]),
    ("ap-southeast-1", &[("m5.large", 0.12)]),
    ("ap-southeast-2", &[("m5.large", 0.12)]),
    ("ap-northeast-1", &[("m5.large", 0.124)]),
    ("ap-south-1", &[("m5.large", 0.101)]),
    ("sa-east-1", &[("m5.large", 0.153)]),
    ("eu-west-2", &[("m5.large", 0.111)]),
    ("eu-north-1", &[("m5.large", 0.102)]),
    ("ca-central-1", &[("m5.large", 0.107)]),
    ("us-central1", &[("n2-standard-4", 0.1942), ("e2-standard-4", 0.134), ("e2-medium", 0.0335), ("c2-standard-4", 0.2088), ("n2d-standard-4", 0.169), ("t2d-standard-4", 0.169)]),
    ("eastus", &[("Standard_D4s_v5", 0.192), ("Standard_D2s_v5", 0.096), ("Standard_E4s_v5", 0.252), ("Standard_D4as_v5", 0.172), ("Standard_E4as_v5", 0.226), ("Standard_F4s_v2", 0.169)]),
    ("westeurope", &[("Standard_D4s_v5", 0.23)]),
];

fn machine<'m>(machines: &'m Machines, region: &str, name: &str) -> Option<&'m Machine> {
    machines.region(None, Some(region))?.machine(name)
}

#[test]
fn list_prices_are_those_that_everybody_knows() {
    let machines = lists::machines();
    let mut checked = 0;
    for (region, types) in LISTED {
        for &(name, usd) in types {
            let listed = machine(&machines, region, name).and_then(|it| it.usd_per_hour(Purchase::OnDemand));
            // As far as people remember them: half a unit of the last digit.
            assert!(
                listed.is_some_and(|listed| (listed - usd).abs() < 0.0006),
                "{region} {name}: {listed:?}"
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 47);
}

#[test]
fn what_is_embedded_is_what_the_files_say() {
    let machines = lists::machines();
    let mut prices = csv::Reader::from_path("profiles/machines/prices.csv").unwrap();
    let mut rows = 0;
    for row in prices.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let region = machines.region(Some(&row["provider"]), Some(&row["region"])).unwrap();
        let machine = region.machine(&row["instance_type"]).unwrap();
        for (column, purchase) in lists::PRICE_COLUMNS {
            assert_eq!(machine.usd_per_hour(purchase), row[column].parse().ok(), "{row:?}");
        }
        assert_eq!(machine.price_date, row["price_date"]);
        assert_eq!(machine.spot_interruption, row["spot_interruption_pct"]);
        rows += 1;
    }
    let listed: usize = machines.regions().iter().map(|region| region.machines().len()).sum();
    assert_eq!((rows, listed, machines.regions().len()), (38_668, 38_668, 136));
    let mut types = csv::Reader::from_path("profiles/machines/types.csv").unwrap();
    let mut rows = 0;
    for row in types.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let (_, home) =
            tonnage_model::catalog::HOMES.into_iter().find(|home| home.0 == row["provider"]).unwrap();
        let machine = machine(&machines, home, &row["instance_type"]).unwrap();
        let number = |column: &str| row[column].parse::<f64>().ok();
        assert_eq!(Some(f64::from(machine.vcpus)), number("vcpus"));
        assert_eq!(machine.physical_cores.map(f64::from), number("physical_cores"));
        assert_eq!(Some(machine.memory_bytes / GIB), number("memory_gib"));
        assert_eq!(machine.network_bits_per_second, number("network_gbps").map(|gbps| gbps * 1e9));
        assert_eq!(machine.vcpu_speed, number("vcpu_speed"));
        assert_eq!(machine.speed_range, number("speed_low").zip(number("speed_high")));
        assert_eq!(machine.burst_baseline, number("burst_baseline"));
        assert_eq!(machine.is_previous_generation, row["current"] == "no");
        for (column, text) in [
            ("family", &machine.family),
            ("arch", &machine.arch),
            ("cpu", &machine.cpu),
            ("speed_basis", &machine.speed_basis),
        ] {
            assert_eq!(*text, row[column]);
        }
        rows += 1;
    }
    assert_eq!(rows, 1248);
}

/// Larger costs more, and who commits or takes a risk pays less.
#[test]
fn prices_are_in_order() {
    let machines = lists::machines();
    for region in machines.regions() {
        let mut families: BTreeMap<(&str, u64), Vec<(u32, f64)>> = BTreeMap::new();
        for machine in region.machines() {
            let price = |purchase| machine.usd_per_hour(purchase);
            let on_demand = price(Purchase::OnDemand).unwrap();
            let falling = [
                Some(on_demand),
                price(Purchase::Reserved1Yr),
                price(Purchase::Reserved3Yr),
                price(Purchase::Reserved3YrAllUpfront),
            ];
            let falling: Vec<f64> = falling.into_iter().flatten().collect();
            assert!(falling.is_sorted_by(|larger, smaller| larger >= smaller), "{region} {machine:?}");
            assert!(price(Purchase::Spot).is_none_or(|spot| spot < on_demand), "{region} {machine:?}");
            let ratio = (machine.memory_bytes / GIB / f64::from(machine.vcpus) * 100.0).round() as u64;
            if machine.burst_baseline.is_none() {
                families.entry((&machine.family, ratio)).or_default().push((machine.vcpus, on_demand));
            }
        }
        for (family, mut sizes) in families {
            sizes.sort_by_key(|(vcpus, _)| *vcpus);
            assert!(sizes.is_sorted_by(|small, large| small.1 <= large.1), "{region} {family:?} {sizes:?}");
        }
    }
}

#[test]
fn the_errors_of_the_first_list_are_gone() {
    let machines = lists::machines();
    let on_demand =
        |region: &str, name: &str| machine(&machines, region, name)?.usd_per_hour(Purchase::OnDemand);
    for region in ["eastus", "westeurope"] {
        for name in ["Standard_E96s_v5", "Standard_E96as_v5"] {
            assert_eq!(machine(&machines, region, name).unwrap().memory_bytes, 672.0 * GIB);
        }
        for name in ["Standard_F1as_v6", "Standard_F1als_v6", "Standard_F72as_v6", "Standard_F72als_v6"] {
            assert!(machine(&machines, region, name).is_none(), "{name}");
        }
        // Windows prices are 0.046 an hour and vCPU higher, so the largest would cost more a vCPU than the others.
        for [small, large] in [["D4as", "D64as"], ["D2as", "D4as"], ["E4as", "E64as"]] {
            let per_vcpu = |size: &str| {
                let machine = machine(&machines, region, &format!("Standard_{size}_v5")).unwrap();
                on_demand(region, &machine.instance_type).unwrap() / f64::from(machine.vcpus)
            };
            assert!((per_vcpu(small) / per_vcpu(large) - 1.0).abs() < 0.01, "{region} {small} {large}");
        }
    }
}

const HEADER: &str =
    "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,provider,region";

fn plan(rows: &str, args: &[&str]) -> Result<Value, String> {
    plan_under(HEADER, rows, args)
}

/// The same with other columns.
fn plan_under(header: &str, rows: &str, args: &[&str]) -> Result<Value, String> {
    let mut command = tonnage(&["plan", "-", "--format", "json"]);
    let run = command.args(args).write_stdin(format!("{header}\n{rows}\n")).output().unwrap();
    match run.status.success() {
        true => Ok(serde_json::from_slice(&run.stdout).unwrap()),
        false => Err(String::from_utf8(run.stderr).unwrap()),
    }
}

fn decisions(plan: &Value) -> &[Value] {
    plan["decisions"].as_array().unwrap()
}

/// A c6i.xlarge in eu-west-1 costs what it costs there, and is planned for there.
#[test]
fn a_machine_type_is_priced_where_it_runs() {
    let row = "a,50M,1KB,0.2,0.5,c6i.xlarge,3,,eu-west-1";
    let plans = plan(row, &[]).unwrap();
    let decision = &decisions(&plans)[0];
    let today = decision["today_usd_per_month"].as_f64().unwrap();
    assert!((today - 3.0 * 0.1824 * 730.0).abs() < 1e-6, "{today}");
    assert_eq!((&decision["provider"], &decision["region"]), (&"aws".into(), &"eu-west-1".into()));
    // The same said in full, and by the settings.
    for row in
        ["a,50M,1KB,0.2,0.5,aws/eu-west-1/c6i.xlarge,3,,", "a,50M,1KB,0.2,0.5,c6i.xlarge,3,aws,eu-west-1"]
    {
        assert_eq!(plan(row, &[]).unwrap()["decisions"], plans["decisions"]);
    }
    let by_setting = plan("a,50M,1KB,0.2,0.5,c6i.xlarge,3,,", &["--region", "eu-west-1"]).unwrap();
    assert_eq!(by_setting["decisions"], plans["decisions"]);
}

#[test]
fn a_type_that_a_region_lacks_is_an_error_that_names_the_nearest() {
    for (place, said) in [
        (
            "m8i.large,12,,eu-west-1",
            "there is no price of \"m8i.large\" in aws eu-west-1; nearest there: \"m7i.large\"",
        ),
        (
            "n2-standard-8,3,,eu-west-1",
            "\"n2-standard-8\" is a machine type of gcp, but eu-west-1 is a region of aws",
        ),
        ("c6i.xlarge,3,gcp,", "\"c6i.xlarge\" is a machine type of aws, but us-central1 is a region of gcp"),
        ("c6i.xlarge,3,,eu-west-9", "unknown region \"eu-west-9\"; did you mean \"eu-west-"),
        ("c6i.xlarge,3,amazon,", "unknown provider \"amazon\"; known: aws, azure, gcp"),
        ("aws/us-east-1/c6i.xlarge,3,,eu-west-1", "but the workload is said to run in eu-west-1"),
        ("c6i.xlarg,3,,", "unknown current_machine \"c6i.xlarg\"; did you mean \"c6i.xlarge\"?"),
    ] {
        let error = plan(&format!("a,50M,1KB,0.2,0.5,{place}"), &[]).unwrap_err();
        assert!(error.contains(said), "{place}: {error}");
    }
    let error = plan("a,50M,1KB,0.2,0.5,m8i.large,3,,", &["--region", "eu-west-1"]).unwrap_err();
    assert!(error.contains("there is no price of \"m8i.large\" in aws eu-west-1"), "{error}");
}

/// Each row of a mixed fleet stays in its place, with its instruction set, on machines that people would run.
#[test]
fn a_mixed_fleet_stays_where_it_is() {
    let rows = "a,500M,1KB,0.2,0.5,c6i.xlarge,9,,eu-west-1\n\
                b,500M,1KB,0.2,0.5,n2-standard-8,9,,\n\
                c,500M,1KB,0.2,0.5,Standard_D4s_v5,9,azure,westeurope\n\
                d,500M,1KB,0.2,0.5,m7g.large,12,,\n\
                e,500M,1KB,0.2,0.2,t3.large,9,,\n\
                f,500M,1KB,0.2,0.5,m5.large,9,,\n\
                g,500M,1KB,0.2,0.5,,,gcp,\n\
                h,500M,1KB,0.2,0.5,,,,ap-south-1\n\
                i,500M,1KB,0.2,0.5,,,,";
    let places = |plans: &Value| -> Vec<String> {
        let place = |it: &Value| format!("{} {}", it["provider"], it["region"]).replace('"', "");
        decisions(plans).iter().map(place).collect()
    };
    let plans = plan(rows, &[]).unwrap();
    let expected = [
        "aws eu-west-1",
        "gcp us-central1",
        "azure westeurope",
        "aws us-east-1",
        "aws us-east-1",
        "aws us-east-1",
        "gcp us-central1",
        "aws ap-south-1",
        "aws us-east-1",
    ];
    assert_eq!(places(&plans), expected);
    let machines = lists::machines();
    let used = |plans: &Value| -> Vec<Machine> {
        let all = decisions(plans).iter().chain(plans["plans"].as_array().unwrap());
        let text = |it: &Value, field: &str| it[field].as_str().unwrap().to_owned();
        let of =
            |it: &Value| machine(&machines, &text(it, "region"), &text(it, "instance_type")).unwrap().clone();
        all.filter(|it| it["instance_type"].is_string()).map(of).collect()
    };
    for (at, machine) in used(&plans).iter().enumerate().take(9) {
        assert_eq!(machine.arch, if at == 3 { "arm64" } else { "x86_64" }, "{machine:?}");
    }
    for machine in used(&plans) {
        let is_of_today = ["t3", "m5"].contains(&machine.family.as_str());
        assert!(
            is_of_today || !machine.is_previous_generation && machine.burst_baseline.is_none(),
            "{machine:?}"
        );
        assert!(!machine.is_provisional(), "{machine:?}");
    }
    let anywhere = plan(rows, &["--any-provider"]).unwrap();
    let anywhere = places(&anywhere);
    assert!(anywhere.iter().all(|place| *place == anywhere[0] || place == &anywhere[3]), "{anywhere:?}");
    let any_arch = used(&plan(rows, &["--any-arch"]).unwrap());
    assert!(any_arch.iter().take(9).filter(|machine| machine.arch == "arm64").count() > 1);
}

/// How a plan's answer goes in words.
fn words(rows: &str, args: &[&str]) -> String {
    let mut command = tonnage(&["plan", "-"]);
    command.args(args).env("SOURCE_DATE_EPOCH", "1795651200").write_stdin(format!("{HEADER}\n{rows}\n"));
    one_line(&String::from_utf8(command.output().unwrap().stdout).unwrap())
}

const PAID: &str = "a,500M,1KB,0.2,0.2,c6i.xlarge,6,,";

fn bills(plans: &Value) -> (f64, f64) {
    let decision = &decisions(plans)[0];
    (decision["today_usd_per_month"].as_f64().unwrap(), decision["usd_per_month"].as_f64().unwrap())
}

fn near(value: f64, expected: f64) {
    assert!((value / expected - 1.0).abs() < 1e-9, "{value} is not {expected}");
}

#[test]
fn a_discount_is_taken_off_today_and_the_plan() {
    let (today, planned) = bills(&plan(PAID, &[]).unwrap());
    near(today, 6.0 * 0.17 * 730.0);
    let less = bills(&plan(PAID, &["--discount", "12%"]).unwrap());
    near(less.0, today * 0.88);
    near(less.1, planned * 0.88);
    // That of a family stands instead of the one on all.
    let of_today = bills(&plan(PAID, &["--discount", "12%", "--discount", "c6i=20%"]).unwrap());
    near(of_today.0, today * 0.8);
    let two = format!("{PAID}\nb,5M,1KB,0.2,0.5,,,,");
    let said = words(&two, &["--discount", "12%,c7a=20%"]);
    assert!(said.contains("less 12%, c7a=20%"), "{said}");
    let error = plan(PAID, &["--discount", "c77=20%"]).unwrap_err();
    assert!(error.contains("--discount: unknown family \"c77\""), "{error}");
    assert!(plan(PAID, &["--discount", "120%"]).unwrap_err().contains("from 0 to below 100%"));
}

#[test]
fn the_bill_beats_list_prices() {
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,current_usd_per_month";
    let planned = |bill: &str, args: &[&str]| {
        plan_under(header, &format!("a,500M,1KB,0.2,0.2,c6i.xlarge,6,{bill}"), args).unwrap()
    };
    let (list, at_list) = bills(&planned("", &[]));
    // $600 of a list price of $744.60.
    let with_bill = planned("600", &[]);
    let (today, at_bill) = bills(&with_bill);
    near(today, 600.0);
    near(at_bill, at_list * 600.0 / list);
    let notes = with_bill["decisions"][0]["notes"].to_string();
    assert!(notes.contains("prices are 81 % of the list's"), "{notes}");
    let said = |plan: &Value| plan["decisions"][0]["sentence"].to_string();
    assert!(said(&with_bill).contains("Today's bill is $600 a month; it needs "), "{}", said(&with_bill));
    let by_list = said(&planned("", &[]));
    assert!(by_list.contains("Today's machines cost $745 a month (on-demand); it needs "), "{by_list}");
    // Of spot it is the bill of spot: $240 as it stands, and the quotient to what 6 cost on spot by the list.
    let (today, at_spot) = bills(&planned("240", &["--purchase", "spot"]));
    near(today, 240.0);
    let (spot, list_at_spot) = bills(&planned("", &["--purchase", "spot"]));
    near(at_spot, list_at_spot * 240.0 / spot);
    // What a bill says of its list price stands before what the catalog has of these machines: 600 / 1,200.
    let listed = |machines: &str, args: &[&str]| {
        let header = format!("{header},current_list_usd_per_month,observed_cores");
        plan_under(&header, &format!("a,500M,1KB,0.2,0.2,{machines},0.8"), args).unwrap()
    };
    let (_, at_half) = bills(&listed("c6i.xlarge,6,600,1200", &[]));
    let (_, whole) = bills(&listed("c6i.xlarge,6,600,600", &[]));
    near(at_half, whole / 2.0);
    // Without one of both nobody knows at which prices the bill is: the saving is to be checked, unless a discount is given.
    let check = |made: &Value| made["decisions"][0]["check"].clone();
    assert_eq!(check(&listed("c6i.xlarge,,9000,", &[])), "to be checked");
    assert_eq!(check(&listed("c6i.xlarge,,9000,9000", &[])), "checked");
    assert_eq!(check(&listed("c6i.xlarge,,9000,", &["--discount", "0%"])), "checked");
    let rows = "a,500M,1KB,0.2,0.2,,,9000,0.8\nb,500M,1KB,0.2,0.2,,,9000,0.8\n";
    for rows in [rows, &rows[..rows.len() / 2]] {
        let mut run = tonnage(&["plan", "-"]);
        let run = run.write_stdin(format!("{header},observed_cores\n{rows}")).output().unwrap();
        let words = String::from_utf8(run.stdout).unwrap();
        let plain = one_line(&words);
        assert!(plain.contains("list price of today's bill is not known of a"), "{words}");
        assert!(!plain.contains("instead of saves"), "{words}");
        let to_give = "Give current_machine of a, b, and current_list_usd_per_month or --discount of a, b: ";
        assert!(rows.len() < 60 || plain.contains(to_give), "{words}");
    }
    // A discount that is given stands instead of the quotient; today's bill stays what it is.
    let (today, discounted) = bills(&planned("600", &["--discount", "10%"]));
    near(today, 600.0);
    near(discounted, at_list * 0.9);
}

/// 10 x c6i.2xlarge are $2,482 by the list on demand and $1,216 on spot. $1,020 are 41 % of the one and 84 % of the other, so they
/// may be of spot; $1,860 are 75 %, a discount.
#[test]
fn what_a_bill_far_below_the_list_saves_is_to_be_checked() {
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,current_usd_per_month,\
                  utilization,memory_mib,peak_factor,skew,partitions,p99_ms";
    let decision = |bill: &str, args: &[&str]| {
        let row = format!("a,9.5M,120KB,18%,95ms,c6i.2xlarge,10,{bill},16%,2.4GiB,2,1.2,40,60s");
        decisions(&plan_under(header, &row, args).unwrap())[0].clone()
    };
    let usd = |it: &Value, field: &str| it[field].as_f64().unwrap();
    let low = decision("1020", &[]);
    assert_eq!(usd(&low, "today_usd_per_month"), 1020.0);
    assert_eq!(low["check"], "to be checked", "{low}");
    let notes = low["notes"].to_string();
    assert!(
        notes.contains("prices are 41 % of the list's")
            && notes.contains("if it is not paid on demand, give its purchase"),
        "{notes}"
    );
    for (bill, args) in [("1860", &[][..]), ("1020", &["--discount", "59%"])] {
        let discounted = decision(bill, args);
        assert_eq!(discounted["check"], "checked", "{discounted}");
    }
    let spot = decision("1020", &["--purchase", "spot"]);
    assert_eq!(usd(&spot, "today_usd_per_month"), 1020.0);
    let notes = spot["notes"].to_string();
    assert!(
        notes.contains("prices are 84 % of the list's") && !notes.contains("give its purchase"),
        "{notes}"
    );
}

#[test]
fn each_purchase_is_compared_with_itself() {
    let machines = lists::machines();
    let c6i = machine(&machines, "us-east-1", "c6i.xlarge").unwrap();
    for (word, purchase) in Purchase::WORDS {
        let (today, _) = bills(&plan(PAID, &["--purchase", word]).unwrap());
        near(today, 6.0 * 730.0 * c6i.usd_per_hour(*purchase).unwrap());
    }
    let spot = words(PAID, &["--purchase", "spot"]);
    assert!(spot.contains("% of") && spot.contains("are taken back in a month"), "{spot}");
    let gcp = words("a,500M,1KB,0.2,0.5,n2-standard-8,6,,", &["--purchase", "spot", "--provider", "gcp"]);
    assert!(gcp.contains("is taken back is not known"), "{gcp}");
    let error = plan(PAID, &["--purchase", "spot", "--provider", "azure"]).unwrap_err();
    assert!(error.contains("--purchase: there is no spot price of azure, only of aws and gcp"), "{error}");
    let error = plan(PAID, &["--purchase", "reserved-1yr", "--provider", "gcp"]).unwrap_err();
    assert!(error.contains("there is no reserved-1yr price of gcp, only of aws"), "{error}");
    let row = "a,500M,1KB,0.2,0.5,Standard_D4s_v5,3,,westeurope";
    let none = plan(row, &["--purchase", "spot"]).unwrap()["plans"][0]["reason"].to_string();
    assert!(none.contains("no spot prices in azure westeurope"), "{none}");
}

/// Rows of one file are planned each as it is paid, however that is written: 6 x c6i.xlarge of us-east-1 are $0.17 an hour each on
/// demand, $0.0714 on spot and $0.107 reserved for a year.
#[test]
fn each_row_is_compared_as_it_is_paid() {
    let header =
        "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,purchase";
    let row = |name: &str, purchase: &str| format!("{name},500M,1KB,0.2,0.2,c6i.xlarge,6,{purchase}");
    let rows = [row("a", ""), row("b", "Spot"), row("c", "reserved 1yr")].join("\n");
    let plans = plan_under(header, &rows, &[]).unwrap();
    let usd = |it: &Value, field: &str| it[field].as_f64().unwrap();
    let c6i = lists::machines();
    let c6i = machine(&c6i, "us-east-1", "c6i.xlarge").unwrap();
    let paid = [Purchase::OnDemand, Purchase::Spot, Purchase::Reserved1Yr];
    for (decision, purchase) in decisions(&plans).iter().zip(paid) {
        near(usd(decision, "today_usd_per_month"), 6.0 * 730.0 * c6i.usd_per_hour(purchase).unwrap());
        let alone = plan(PAID, &["--purchase", purchase.word()]).unwrap();
        near(usd(decision, "usd_per_month"), bills(&alone).1);
        assert_eq!(decision["instance_type"], decisions(&alone)[0]["instance_type"]);
    }
    // The setting is of rows that say nothing, and a row's own bill is held against the list of what it pays: 200 of $312.73.
    let spot = plan_under(header, &rows, &["--purchase", "spot"]).unwrap();
    assert_eq!(usd(&decisions(&spot)[0], "usd_per_month"), usd(&decisions(&plans)[1], "usd_per_month"));
    assert_eq!(decisions(&spot)[2], decisions(&plans)[2]);
    let with_bill = format!("{header},current_usd_per_month");
    let billed = plan_under(&with_bill, &(row("b", "spot") + ",200"), &[]).unwrap();
    let list = usd(&decisions(&plans)[1], "today_usd_per_month");
    near(bills(&billed).1, usd(&decisions(&plans)[1], "usd_per_month") * 200.0 / list);
    // Nodes are of one purchase, and the heading has all of them with the days of their prices.
    let pods = plan_under(header, &rows, &["--unit", "pods"]).unwrap();
    let paid: Vec<&Value> = pods["pools"].as_array().unwrap().iter().map(|it| &it["purchase"]).collect();
    for purchase in [Value::Null, "spot".into(), "reserved-1yr".into()] {
        assert!(paid.contains(&&purchase), "{paid:?}");
    }
    let places: Vec<&Value> = pods["findings"].as_array().unwrap().iter().map(|it| &it["place"]).collect();
    assert!(places.contains(&&"aws us-east-1 spot".into()), "{places:?}");
    // What a row says as the setting does makes no pool of its own.
    let like =
        |purchase: &str| ["a", "b", "c"].map(|name| row(name, if name == "a" { "" } else { purchase }));
    let pools = |purchase: &str, more: &[&str]| {
        let args = [&["--pool", "shared"], more].concat();
        plan_under(header, &like(purchase).join("\n"), &args).unwrap()["pools"].clone()
    };
    assert_eq!(pools("on-demand", &[]), pools("", &[]));
    assert_eq!(pools("spot", &["--purchase", "spot"]), pools("", &["--purchase", "spot"]));
    let mut run = tonnage(&["plan", "-"]);
    run.env("SOURCE_DATE_EPOCH", "1795651200").write_stdin(format!("{header}\n{rows}\n"));
    let words = one_line(&String::from_utf8(run.output().unwrap().stdout).unwrap());
    let heading =
        "3 workloads in aws us-east-1, on-demand, spot and reserved-1yr prices of 2025-04-04 to 2026-07-20";
    assert!(words.starts_with(heading), "{words}");
    assert!(
        words.contains(
            "Prices of aws us-east-1 reserved-1yr (2025-04-04), aws us-east-1 spot (2025-06-28) are older"
        ),
        "{words}"
    );
    let error = plan_under(header, &row("a", "lease"), &[]).unwrap_err();
    assert!(
        error.contains("purchase is \"lease\", but must be one of on-demand, spot, reserved-1yr"),
        "{error}"
    );
}

/// A bill does not count as a discount where one is given; the plan says so where both are not of the same prices: 6 c6i.xlarge are
/// $744.60 by the list, $655.25 less 12 %, and a bill of $500 is 76 % of that, one of $400 61 %.
#[test]
fn a_bill_beside_a_discount_is_questioned() {
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,current_usd_per_month";
    let notes = |bill: &str| {
        let row = format!("a,500M,1KB,0.2,0.2,c6i.xlarge,6,{bill}");
        let plans = plan_under(header, &row, &["--discount", "12%"]).unwrap();
        decisions(&plans)[0]["notes"].to_string()
    };
    let said = notes("500");
    assert!(
        said.contains("its bill is 76 % of the list price less --discount; plans are priced by"),
        "{said}"
    );
    let said = notes("400");
    assert!(
        said.contains(
            "its bill is 61 % of the list price less --discount; that is as low as reserved-1yr (?): if it is not paid on \
             demand, give its purchase; plans are priced by --discount, not by it"
        ),
        "{said}"
    );
    let said = notes("655.25");
    assert!(!said.contains("its bill"), "{said}");
}

/// Azure's portal and bills leave out the begin of a size, or write blanks.
#[test]
fn azure_sizes_are_known_as_people_write_them() {
    let planned = |name: &str| plan(&format!("a,50M,1KB,0.2,0.5,{name},3,azure,westeurope"), &[]);
    let in_full = planned("Standard_D4s_v5").unwrap();
    near(in_full["decisions"][0]["today_usd_per_month"].as_f64().unwrap(), 3.0 * 0.23 * 730.0);
    for name in ["D4s_v5", "D4s v5", "Standard D4s v5", "d4s_v5", "standard_D4s_v5"] {
        assert_eq!(planned(name).unwrap()["decisions"], in_full["decisions"], "{name}");
    }
    let error = planned("D4s_v9").unwrap_err();
    assert!(error.contains("nearest there: \"Standard_D4s_v7\""), "{error}");
}

/// A type is known with its cloud alone, and types and runtimes in any case: in cells, settings, the catalog and price lists.
#[test]
fn names_are_read_in_any_case() {
    let header = HEADER.to_owned() + ",current_runtime";
    let planned = |machine: &str, runtime: &str, args: &[&str]| {
        plan_under(&header, &format!("a,50M,1KB,0.2,0.5,{machine},3,,,{runtime}"), args).unwrap()["decisions"]
            .clone()
    };
    let as_listed = planned("c6i.xlarge", "python-aiokafka", &[]);
    for machine in ["aws/c6i.xlarge", "AWS/C6I.xlarge", "C6I.XLARGE"] {
        assert_eq!(planned(machine, "Python-AIOKafka", &[]), as_listed, "{machine}");
    }
    let in_full = planned("AWS/US-East-1/C6i.xlarge", "python-aiokafka", &[]);
    assert_eq!(in_full[0]["today_usd_per_month"], as_listed[0]["today_usd_per_month"]);
    let of = |types: &str, runtimes: &str| {
        planned("c6i.xlarge", "python-aiokafka", &["--machine-types", types, "--runtimes", runtimes])
    };
    assert_eq!(of("C6I.*", "Python-aiokafka,Go-Franz"), of("c6i.*", "python-aiokafka,go-franz"));
    assert_eq!(of("aws/c6i.xlarge", "python-aiokafka"), of("c6i.xlarge", "python-aiokafka"));
    for [kind, name] in [["machines", "C6I.xlarge"], ["machines", "aws/c6i.xlarge"], ["runtimes", "Go-Franz"]]
    {
        assert!(tonnage(&["catalog", kind, name]).output().unwrap().status.success(), "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.csv");
    std::fs::write(&file, "instance_type,region,on_demand_usd_per_hour\naws/C6I.xlarge,us-east-1,0.15\n")
        .unwrap();
    near(bills(&plan(PAID, &["--prices", file.to_str().unwrap()]).unwrap()).0, 6.0 * 0.15 * 730.0);
    // Of another cloud than the row says.
    let error = plan("a,50M,1KB,0.2,0.5,aws/c6i.xlarge,3,gcp,", &[]).unwrap_err();
    assert!(
        error.contains("\"c6i.xlarge\" is a machine type of aws, but us-central1 is a region of gcp"),
        "{error}"
    );
}

/// A price that stands twice in a file has to be the same.
#[test]
fn two_prices_of_one_type_contradict_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.csv");
    let planned = |second: &str| {
        let rows = "c6i.xlarge,,us-east-1,0.15,\nc6i.xlarge,,eu-west-1,0.16,\n";
        let header = "instance_type,provider,region,on_demand_usd_per_hour,spot_usd_per_hour";
        std::fs::write(&file, format!("{header}\n{rows}{second}\n")).unwrap();
        plan(PAID, &["--prices", file.to_str().unwrap()])
    };
    let error = planned("C6i.xlarge,aws,us-east-1,0.18,0.07").unwrap_err();
    let told =
        "prices.csv:4:26: on_demand_usd_per_hour is 0.18, but 0.15 in line 2 of the same type and place";
    assert!(error.contains(told), "{error}");
    assert!(planned("c6i.xlarge,aws,us-east-1,0.15,0.07").is_ok());
}

#[test]
fn single_prices_lie_over_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.csv");
    let planned = |prices: &str, rows: &str| {
        std::fs::write(&file, prices).unwrap();
        plan(rows, &["--prices", file.to_str().unwrap()])
    };
    let over = "instance_type,region,on_demand_usd_per_hour\nc6i.xlarge,us-east-1,0.15\n";
    near(bills(&planned(over, PAID).unwrap()).0, 6.0 * 0.15 * 730.0);
    // A type that the region has no price of, by name; and in a region of one's own.
    let eu = "a,500M,1KB,0.2,0.2,m8i.large,12,,eu-west-1";
    let over = "instance_type,region,on_demand_usd_per_hour\nm8i.large,eu-west-1,0.12\n";
    near(bills(&planned(over, eu).unwrap()).0, 12.0 * 0.12 * 730.0);
    let ours = "a,5M,1KB,0.2,0.5,c6i.large,3,,cn-north-1";
    let over = "instance_type,provider,region,on_demand_usd_per_hour\nc6i.large,aws,cn-north-1,0.1\n";
    near(bills(&planned(over, ours).unwrap()).0, 3.0 * 0.1 * 730.0);
    let error = planned("instance_type,on_demand_usd_per_hour\nc6i.larg,-1\nc6i.large,\n", PAID).unwrap_err();
    for said in
        ["unknown machine type \"c6i.larg\"", "on_demand_usd_per_hour is \"-1\"", "the row has no price"]
    {
        assert!(error.contains(said), "{error}");
    }
}

/// A price list gives a day to the prices that it has, and none to others: embedded are spot of 2025-06-28 and on demand of 2026-07-20.
#[test]
fn a_price_list_dates_its_own_prices_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.csv");
    let dates = |column: &str| {
        let rows = format!("instance_type,region,{column},price_date\nc7a.large,us-east-1,0.05,2026-11-01\n");
        std::fs::write(&file, rows).unwrap();
        let args =
            ["catalog", "prices", "c7a.large", "--region", "us-east-1", "--format", "json", "--prices"];
        let run = tonnage(&args).arg(&file).output().unwrap();
        let json: Value = serde_json::from_slice(&run.stdout).unwrap();
        ["price_date", "spot_date", "reserved_1yr_date"]
            .map(|it| json["prices"][0][it].to_string().replace('"', ""))
    };
    assert_eq!(dates("spot_usd_per_hour"), ["2026-07-20", "2026-11-01", "2025-04-04"]);
    assert_eq!(dates("on_demand_usd_per_hour"), ["2026-11-01", "2025-06-28", "2025-04-04"]);
}

#[test]
fn a_plan_on_old_prices_says_so() {
    let old = words("a,500M,1KB,0.2,0.5,c6i.xlarge,3,,eu-west-1\nb,5M,1KB,0.2,0.5,c6i.xlarge,3,,", &[]);
    assert!(
        old.contains("Prices of aws eu-west-1 (2025-11-03) are older than a year; --prices FILE"),
        "{old}"
    );
    let new = words("a,500M,1KB,0.2,0.5,c6i.xlarge,3,,\nb,5M,1KB,0.2,0.5,c6i.xlarge,3,,", &[]);
    assert!(!new.contains("older than a year"), "{new}");
}

/// Other ways to pay for the plan's machines, and arm machines, stand beside the plan and never in it.
#[test]
fn purchases_and_arm_are_options_of_their_own() {
    let with_bill = |bill: &str| {
        let row = format!("a,86.4M,1KB,0,3,c7a.xlarge,6,,,{bill}");
        let args = ["--machine-types", "c7a.large,c8g.large", "--runtimes", "python-aiokafka"];
        plan_under(&format!("{HEADER},current_usd_per_month"), &row, &args).unwrap()
    };
    let plan = with_bill("");
    let chosen = &plan["plans"][0];
    assert_eq!(chosen["instance_type"], "c7a.large");
    let instances = chosen["instances"].as_f64().unwrap();
    let option = |kind: &str, to: &str| {
        let options = plan["decisions"][0]["options"].as_array().unwrap();
        options.iter().find(|it| it["kind"] == kind && it["to"] == to).unwrap().clone()
    };
    // 0.10264 USD/h on demand; 0.0679 reserved for a year; 0.03182 as spot.
    for (to, price) in [("reserved-1yr", 0.0679), ("spot", 0.03182)] {
        let option = option("purchase", to);
        let usd = |field: &str| option[field].as_f64().unwrap();
        assert!((usd("usd_per_month") - instances * price * 730.0).abs() < 1e-6);
        assert!((usd("saves_usd_per_month") - instances * (0.10264 - price) * 730.0).abs() < 1e-6);
    }
    // What is paid of prices on demand, 80 % of 6 x 0.20528 USD/h, says nothing of others: both stay at list prices.
    let billed = with_bill("719.30");
    let options = billed["decisions"][0]["options"].as_array().unwrap();
    let spot = options.iter().find(|it| it["to"] == "spot").unwrap();
    for field in ["usd_per_month", "saves_usd_per_month", "of_usd_per_month"] {
        let [one, other] = [spot, &option("purchase", "spot")].map(|it| it[field].as_f64().unwrap());
        assert!((one / other - 1.0).abs() < 1e-4, "{field}: {one} {other}");
    }
    assert_eq!(option("arm", "arm64")["instance_type"], "c8g.large");
}

/// 3 x $0.17 x 730 h are $372, of which $200 are 54 %, less than 70 %.
#[test]
fn a_list_price_far_below_the_machines_is_questioned() {
    let rows = |list: &str| {
        format!(
            "name,events_per_day,event_size,io_ratio,current_machine,current_instances,current_usd_per_month,\
             current_list_usd_per_month\na,5M,1KB,0,c6i.xlarge,3,150,{list}\nb,5M,1KB,0,,,,\n"
        )
    };
    let told = |list: &str| {
        super::command::with_rows(&rows(list), |file| {
            super::command::printed(tonnage(&["plan", file])).replace('\n', " ")
        })
    };
    let said = "a: current_list_usd_per_month is $200, and 3 x c6i.xlarge cost $372 a month on demand;";
    assert!(told("200").contains(said), "{}", told("200"));
    assert!(!told("372").contains("cost $372 a month on demand"));
    // Of another purchase it says nothing: the bill is held against the list of that.
    let at_spot = super::command::with_rows(&rows("372"), |file| {
        super::command::printed(tonnage(&["plan", file, "--purchase", "spot"])).replace('\n', " ")
    });
    let said = "Current_list_usd_per_month is on demand and does not count where today's bill and plans are compared at another \
                purchase (spot: a).";
    assert!(at_spot.contains(said), "{at_spot}");
    // Each with its own, and where the list has no price of it, that is what to give.
    let rows = "name,events_per_day,event_size,io_ratio,current_machine,current_instances,current_usd_per_month,\
                current_list_usd_per_month,purchase\na,5M,1KB,0,c6i.xlarge,3,150,372,spot\n\
                b,5M,1KB,0,c6i.xlarge,3,150,372,reserved-3yr\nc,5M,1KB,0,Standard_D8s_v5,4,900,1600,reserved-3yr\n";
    let text = super::command::with_rows(rows, |file| {
        super::command::printed(tonnage(&["plan", file])).replace('\n', " ")
    });
    assert!(text.contains("purchase (spot: a; reserved-3yr: c, b)."), "{text}");
    // What has no plan has none at list prices; where another type has a price, that of today's is what to give.
    assert!(!text.contains("is not known of c"), "{text}");
    let list = "instance_type,provider,region,reserved_3yr_usd_per_hour\nStandard_D2s_v5,azure,eastus,0.05\n";
    let text = super::command::with_rows(rows, |file| {
        super::command::with_rows(list, |prices| {
            super::command::printed(tonnage(&["plan", file, "--prices", prices])).replace('\n', " ")
        })
    });
    let said = "is not known of c: plans are at list prices, so a discount in it hides savings, and storage or a database in it looks \
                like one; give the reserved-3yr price of Standard_D8s_v5 with --prices, or --discount.";
    assert!(text.contains(said), "{text}");
}

/// A region that is asked for passes over rows of other clouds, which says so; a row with a region of its own is no question.
#[test]
fn rows_outside_the_region_asked_for_are_told() {
    let rows = "name,events_per_day,event_size,io_ratio,provider,region\na,5M,1KB,0,aws,eu-west-1\nb,5M,1KB,0,aws,\n\
                c,5M,1KB,0,,\n";
    let text = super::command::with_rows(rows, |file| {
        super::command::printed(tonnage(&["plan", file, "--region", "us-central1"]))
    });
    let said = "Not in the region us-central1 that is asked for, as provider or current_machine of the row say another cloud: b \
                (aws us-east-1).";
    assert!(text.replace('\n', " ").contains(said), "{text}");
}

/// AWS lists r6i at 1.008 and r6a at 0.9072, 10 % less: 2 r6i.4xlarge are $1,471.68 a month, and 2 r6a.4xlarge save $147.168, which is
/// `cost_tolerance` of that at each discount, whatever its last bit.
#[test]
fn a_discount_on_all_prices_decides_no_tie() {
    let header = "name,events_per_day,event_size,handler_ms,io_ratio,current_runtime,current_machine,current_instances,peak_factor,\
                  memory_mib,in_flight,concurrency,skew,partitions,io_calls,native_share,observed_cores";
    let row = "cache,50M,1KB,1,0,go-franz,r6i.4xlarge,2,2,92000,1,partition,1.1,96,0,0,0.7";
    for percent in 0..=25 {
        let planned = plan_under(header, row, &["--discount", &format!("{percent}%")]).unwrap();
        let it = &decisions(&planned)[0];
        assert_eq!(it["planned"], "2 x r6a.4xlarge", "{percent} %: {it}");
        near(it["saves_usd_per_month"].as_f64().unwrap(), 147.168 * (1.0 - f64::from(percent) / 100.0));
    }
}

/// 6 x Standard_D4s_v5 in westeurope are 6 x 0.23 x 730 = $1,007 on demand. What a reservation of them costs nobody knows, so $270 may be one,
/// but not on demand: three years paid in advance are some 0.39 of it, and 0.7 of that $275.
#[test]
fn a_bill_of_a_purchase_without_a_price_is_held_against_no_other() {
    let header = "name,events_per_day,event_size,handler_ms,io_ratio,current_runtime,region,current_machine,current_instances,\
                  utilization,peak_factor,memory_mib,partitions,current_processes,current_usd_per_month,purchase";
    let baseline = |purchase: &str| {
        let row = format!(
            "a,600M,1KB,,0,python-confluent,westeurope,Standard_D4s_v5,6,25%,2,200,96,24,270,{purchase}"
        );
        decisions(&plan_under(header, &row, &[]).unwrap())[0]["baseline"].clone()
    };
    assert_eq!(baseline("reserved-1yr"), "consistent");
    assert_eq!(baseline("on-demand"), "contradictory");
}

/// 4 x c6i.4xlarge are $1,985.60 a month on demand, $854 on spot and $761 by three years paid upfront, the lowest, of which 0.7 is $533.
#[test]
fn a_bill_that_no_purchase_explains_contradicts_the_machines() {
    let header = "name,events_per_day,event_size,handler_ms,io_ratio,current_runtime,current_machine,current_instances,utilization,\
                  peak_factor,memory_mib,in_flight,concurrency,skew,partitions,current_processes,io_calls,native_share,\
                  current_fetch_wait_ms,current_usd_per_month";
    let decision = |bill: &str| {
        let row = format!(
            "a,600M,1KB,5,0.6,python-confluent,c6i.4xlarge,4,25%,2,200,4,partition,1.1,96,64,1,0,0,{bill}"
        );
        decisions(&plan_under(header, &row, &[]).unwrap())[0].clone()
    };
    for bill in ["2.480", "198", "532"] {
        let it = decision(bill);
        assert_eq!(
            (&it["action"], &it["baseline"]),
            (&"check current_usd_per_month".into(), &"contradictory".into())
        );
        let said = it["contradiction"].as_str().unwrap();
        assert!(
            said.contains("4 x c6i.4xlarge cost $761 a month by the lowest price, reserved-3yr-all-upfront"),
            "{said}"
        );
        assert_eq!(it["saves_usd_per_month"], Value::Null);
    }
    let checks = [
        ("533", "to be checked"),
        ("1192", "to be checked"),
        ("1986", "checked"),
        ("2084", "checked"),
        ("2086", "to be checked"),
    ];
    for (bill, check) in checks {
        let it = decision(bill);
        assert_eq!((&it["baseline"], &it["check"]), (&"consistent".into(), &check.into()), "{bill}: {it}");
    }
    let above = decision("2086")["notes"].to_string();
    assert!(
        above.contains("prices are 105 % of the list's")
            && above.contains("may have more in it than these machines (?)"),
        "{above}"
    );
}

/// The list has no reservations of Azure: 6 x Standard_D8s_v5 in westeurope are $2,014.80 a month on demand, one year is some 0.66 of that
/// and three, paid in advance, 0.39: 0.7 of these is $550. Spot of 6 x c7g.xlarge ($635.10 on demand) is $57 at the least.
#[test]
fn a_bill_may_be_of_a_reservation_or_of_spot_at_a_price_that_nobody_knows() {
    let header = "name,events_per_day,event_size,io_ratio,observed_cores,current_runtime,current_machine,current_instances,\
                  current_processes,peak_factor,memory_mib,current_usd_per_month,purchase";
    let decision = |cells: &str| {
        let row = format!("a,200M,1KB,0.3,6,python-confluent,{cells}");
        decisions(&plan_under(header, &row, &[]).unwrap())[0].clone()
    };
    let azure = |bill: &str| decision(&format!("azure/westeurope/Standard_D8s_v5,6,48,2,200,{bill},"));
    for bill in ["1250", "800", "551"] {
        let it = azure(bill);
        assert_eq!((&it["baseline"], &it["check"]), (&"consistent".into(), &"to be checked".into()), "{it}");
    }
    assert_eq!(azure("549")["baseline"], "contradictory");
    let spot = |bill: &str| {
        decision(&format!("aws/us-east-1/c7g.xlarge,6,24,1.2,200,{bill},spot"))["baseline"].clone()
    };
    assert_eq!((spot("60"), spot("50")), ("consistent".into(), "contradictory".into()));
}

/// 6 x m5.xlarge are $285.93 a month on spot and $840.96 on demand: a bill of $840 is 294 % of the one and 100 % of the other.
#[test]
fn a_bill_above_the_list_of_its_purchase_may_be_of_another() {
    let header = "name,events_per_day,event_size,io_ratio,current_runtime,current_instances,current_machine,utilization,peak_factor,\
                  memory_mib,partitions,skew,current_processes,current_fetch_wait_ms,purchase,current_usd_per_month";
    let row = |purchase: &str| {
        format!("h1,40M,1KB,0,python-confluent,6,m5.xlarge,0.25,2,200,48,1.1,24,0,{purchase},840")
    };
    let spot = decisions(&plan_under(header, &row("spot"), &[]).unwrap())[0].clone();
    assert_eq!(spot["check"], "to be checked", "{spot}");
    let notes = spot["notes"].to_string();
    assert!(
        notes.contains("294 % of the list's")
            && notes
                .contains("that is as high as on-demand (?): if it is not paid by spot, give its purchase"),
        "{notes}"
    );
    let on_demand = decisions(&plan_under(header, &row("on-demand"), &[]).unwrap())[0].clone();
    assert_eq!(on_demand["check"], "checked", "{on_demand}");
}

/// 60 x m5.xlarge are $5,300 a month reserved for a year and $2,859 on spot. A bill of 60 % is asked about where a commitment is paid, also
/// beside a list price on demand, which is of another purchase; spot alone has fallen by itself.
#[test]
fn a_low_bill_is_asked_about_but_on_spot() {
    let header = "name,events_per_day,event_size,io_ratio,current_runtime,current_instances,current_machine,utilization,peak_factor,\
                  memory_mib,partitions,skew,current_processes,current_fetch_wait_ms,purchase,current_usd_per_month,\
                  current_list_usd_per_month";
    let decision = |machine: &str, paid: &str| {
        let row = format!("h1,400M,1KB,0,python-confluent,60,{machine},0.25,2,200,480,1.1,240,0,{paid}");
        decisions(&plan_under(header, &row, &[]).unwrap())[0].clone()
    };
    for list in ["", "8410"] {
        let it = decision("m5.xlarge", &format!("reserved-1yr,3180,{list}"));
        assert_eq!(it["check"], "to be checked", "{it}");
        assert!(it["notes"].to_string().contains("that is as low as reserved-3yr-all-upfront (?)"), "{it}");
    }
    assert_eq!(decision("m5.xlarge", "on-demand,5000,8410")["check"], "checked");
    // 60 x c6i.xlarge are $2,978 on spot, of which $2,055 are 69 %, and three years all upfront cost $2,853.
    let spot = decision("c6i.xlarge", "spot,2055,");
    assert!(!spot["notes"].to_string().contains("as low as"), "{spot}");
}

/// Without regions each cloud has its own, which is told with how many rows are there; one for all is in the heading.
#[test]
fn regions_that_are_assumed_are_told() {
    let row = |name: &str, machine: &str| format!("{name},50M,1KB,0.2,0.5,{machine},3,,\n");
    let all = row("a", "c6i.2xlarge")
        + &row("b", "n2-standard-8")
        + &row("c", "Standard_D8s_v5")
        + &row("d", "n2-standard-4");
    for format in ["table", "markdown"] {
        let said = one_line(&words(&all, &["--format", format]));
        assert!(
            said.contains("region is blank for 4 workloads: assumed are aws us-east-1 for 1, azure eastus for 1 and gcp us-central1 for 2."),
            "{said}"
        );
    }
    let aws = row("a", "c6i.2xlarge") + &row("b", "c6i.xlarge");
    assert!(!words(&aws, &[]).contains("region is blank"));
    // Of one row the heading tells it, and JSON of each.
    let one = |region: &str, args: &[&str]| {
        let row = format!("a,50M,1KB,0.2,0.5,c6i.2xlarge,3,,{region}");
        let json = decisions(&plan(&row, args).unwrap())[0]["region_is_assumed"].clone();
        (words(&row, args).contains("at peak in aws us-east-1 (assumed)"), json)
    };
    assert_eq!(one("", &[]), (true, true.into()));
    assert_eq!(one("us-east-1", &[]), (false, false.into()));
    assert_eq!(one("", &["--region=us-east-1"]), (false, false.into()));
}

/// What leaves a region is to be asked for, is named, and is never checked: nothing in the model says whether it may.
#[test]
fn a_plan_elsewhere_is_a_move_to_be_checked() {
    let header = "name,provider,region,events_per_day,event_size,handler_ms,io_ratio,current_runtime,current_machine,current_instances,\
                  utilization,peak_factor,memory_mib,in_flight,concurrency,skew,partitions,current_processes,io_calls,native_share,\
                  current_fetch_wait_ms";
    let row = "billing,aws,eu-west-1,300M,1KB,4,0.5,python-confluent,c6i.2xlarge,6,25%,2,200,4,partition,1.1,96,48,1,0,0";
    let decision = |args: &[&str]| decisions(&plan_under(header, row, args).unwrap())[0].clone();
    let here = decision(&[]);
    assert_eq!((&here["action"], &here["check"]), (&"right-size; spike".into(), &"checked".into()), "{here}");
    let moved = decision(&["--any-region"]);
    let region = moved["region"].as_str().unwrap().to_owned();
    assert_ne!(region, "eu-west-1");
    assert_eq!(moved["action"], format!("move to aws {region}"));
    assert!(moved["planned"].as_str().unwrap().ends_with(&format!(" in aws {region}")), "{moved}");
    assert_eq!(moved["check"], "to be checked");
    assert_eq!(moved["verdict"], "right_size");
}

/// Types that are there, and of another instruction set than what runs, are said to be that.
#[test]
fn types_of_another_instruction_set_are_named_as_such() {
    let row = "a,50M,1KB,0.2,0.5,c6i.xlarge,3,,";
    let planned = plan(row, &["--machine-types", "m7g.2xlarge"]).unwrap();
    let it = &decisions(&planned)[0];
    assert_eq!(it["action"], "no plan: arm64");
    let said = it["sentence"].as_str().unwrap();
    assert!(
        said.contains("machine types to choose from in aws us-east-1 are arm64, and it runs on x86_64; --any-arch plans on these too"),
        "{said}"
    );
    let there = plan(row, &["--machine-types", "m7g.2xlarge", "--any-arch"]).unwrap();
    assert_eq!(there["plans"][0]["instance_type"], "m7g.2xlarge");
    let refused = plan(row, &["--pool", "shared", "--node-type", "m7g.2xlarge"]).unwrap_err();
    assert_eq!(
        one_line(&refused),
        "error: --node-type: m7g.2xlarge is arm64, and workloads run on x86_64; --any-arch takes these too"
    );
    let refused = plan(row, &["--pool", "shared", "--node-type", "n2-standard-8"]).unwrap_err();
    assert_eq!(one_line(&refused), "error: --node-type: no workload runs where there is n2-standard-8");
}

/// A price with size and speed adds a type that is on no list: 4 x $0.2092 x 730 h = $610.86.
#[test]
fn a_price_list_adds_types() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.csv");
    let planned = |prices: &str, row: &str| {
        std::fs::write(&file, prices).unwrap();
        plan(row, &["--prices", file.to_str().unwrap()])
    };
    let row = "a,40M,1KB,0.5,1,n1-standard-4,4,gcp,europe-west1";
    let unknown = plan(row, &[]).unwrap_err();
    assert!(unknown.contains("nearest there: \"n2-standard-4\". Add a type that is on no list"), "{unknown}");
    let size = "instance_type,provider,region,vcpus,memory_gib,vcpu_speed,on_demand_usd_per_hour";
    let added = planned(&format!("{size}\nn1-standard-4,GCP,europe-west1,4,15,0.42,0.2092\n"), row).unwrap();
    let it = &decisions(&added)[0];
    near(it["today_usd_per_month"].as_f64().unwrap(), 4.0 * 0.2092 * 730.0);
    assert_eq!(it["today"], "4 x n1-standard-4");
    // The list stays.
    let others = "b,40M,1KB,0.5,1,n2-standard-4,4,gcp,europe-west1";
    assert!(planned(&std::fs::read_to_string(&file).unwrap(), others).is_ok());
    let error = planned("instance_type,on_demand_usd_per_hour\nn1-standard-4,0.2\n", row).unwrap_err();
    assert!(
        error.contains(":2:1: unknown machine type \"n1-standard-4\". To add it give provider, region, vcpus, memory_gib and vcpu_speed too"),
        "{error}"
    );
    let error =
        planned(&format!("{size}\nn1-standard-4,gcp,europe-west1,4,much,0.42,0.2092\n"), row).unwrap_err();
    assert!(error.contains("memory_gib is \"much\"") && !error.contains("unknown"), "{error}");
}

#[test]
fn the_nearest_machine_type_has_the_same_size() {
    for (place, near) in
        [("", "unknown current_machine \"m4.xlarge\""), ("aws", "there is no machine type \"m4.xlarge\"")]
    {
        let error = plan(&format!("a,5M,1KB,0.2,0.5,m4.xlarge,3,{place},"), &[]).unwrap_err();
        assert!(error.contains(near) && error.contains("\"m5.xlarge\""), "{error}");
    }
}

/// The day of a price is one, and past: `tonnage` has 2026-11-28 for today here.
#[test]
fn a_price_date_is_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.csv");
    let planned = |day: &str| {
        let rows = format!(
            "instance_type,region,on_demand_usd_per_hour,price_date\nc6i.xlarge,us-east-1,0.15,{day}\n"
        );
        std::fs::write(&file, rows).unwrap();
        let mut command =
            tonnage(&["plan", "-", "--machine-types=c6i.xlarge", "--format", "json", "--prices"]);
        command.arg(&file).env("SOURCE_DATE_EPOCH", "1795824000").write_stdin(format!("{HEADER}\n{PAID}\n"));
        let run = command.output().unwrap();
        String::from_utf8([run.stdout, run.stderr].concat()).unwrap()
    };
    for day in ["July", "2026-7-1", "2026-02-30", "20261128", "2026-11-29", "2026-11-28T10:00"] {
        let said = planned(day);
        let wrong = format!(
            ":2:27: price_date is {day:?}, but must be a day such as 2026-07-20, and 2026-11-28 at the latest"
        );
        assert!(said.contains(&wrong) && !said.contains("spreadsheet"), "{said}");
    }
    assert!(planned("2026-11-28").contains("\"aws\": \"2026-11-28\""));
    assert!(planned("2025-11-27").contains("older than a year"));
}

/// Names are read alike in cells, in settings, by commands and in price lists.
#[test]
fn names_are_read_alike_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.csv");
    let row = "a,50M,1KB,0.2,0.5,Standard_D4s_v5,3,azure,westeurope";
    let same = |one: &[&str], other: &[&str]| {
        let [one, other] = [one, other].map(|args| plan(row, args).unwrap()["decisions"].clone());
        assert_eq!(one, other);
    };
    same(&["--machine-types", "D4s_v5"], &["--machine-types", "Standard_D4s_v5"]);
    same(&["--purchase", "Spot"], &["--purchase", "spot"]);
    same(&["--provider", "AWS", "--region", "EU-West-1"], &["--provider", "aws", "--region", "eu-west-1"]);
    std::fs::write(
        &file,
        "instance_type,provider,region,on_demand_usd_per_hour\nD4s v5,Azure,WestEurope,0.2\n",
    )
    .unwrap();
    let ours = plan(row, &["--prices", file.to_str().unwrap()]).unwrap();
    near(decisions(&ours)[0]["today_usd_per_month"].as_f64().unwrap(), 3.0 * 0.2 * 730.0);
    let listed = |name: &str| {
        tonnage(&["catalog", "prices", name, "--region", "westeurope", "--provider", "Azure"])
            .output()
            .unwrap()
            .stdout
    };
    assert_eq!(listed("D4s_v5"), listed("Standard_D4s_v5"));
    assert!(!listed("D4s_v5").is_empty());
}

/// A letter off a known name is a mistake; another number is a new region or type, and a cloud of one's own is no mistake.
#[test]
fn names_in_a_price_list_are_not_off_by_a_letter() {
    let refused = |row: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("prices.csv");
        std::fs::write(&file, format!("instance_type,provider,region,on_demand_usd_per_hour\n{row}\n"))
            .unwrap();
        let of_own = "a,40M,1KB,0.5,1,c6i.xlarge,4,aws,eu-west-1";
        plan(of_own, &["--prices", file.to_str().unwrap()]).err().unwrap_or_default()
    };
    for (row, said) in [
        (
            "c6a.large,aws,eu-west-l,0.01",
            ":2:15: unknown aws region \"eu-west-l\"; did you mean \"eu-west-1\"?",
        ),
        ("c6a.large,,us-east-1a,0.01", "unknown aws region \"us-east-1a\"; did you mean \"us-east-1\"?"),
        (
            "D4s_v5,azure,west-europe,0.01",
            "unknown azure region \"west-europe\"; did you mean \"westeurope\"?",
        ),
        (
            "c6i.xlrge,aws,eu-west-1,0.01",
            "unknown machine type \"c6i.xlrge\"; did you mean \"c6i.xlarge\"? To add it give",
        ),
        ("m6i.large,awz,eu-west-1,0.01", ":2:11: unknown provider \"awz\"; did you mean \"aws\"?"),
    ] {
        let errors = refused(row);
        assert!(errors.contains(said) && errors.matches("error").count() == 1, "{errors}");
    }
    for row in ["c6a.large,aws,eu-west-4,0.01", "c6i.large,aws,mx-central-1,0.1"] {
        assert_eq!(refused(row), "");
    }
    let numbered = plan("a,40M,1KB,0.5,1,n2-standard-3,4,gcp,europe-west1", &[]).unwrap_err();
    assert!(numbered.contains("nearest there: \"n2-standard-4\""), "{numbered}");
}
