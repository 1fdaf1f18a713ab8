//! Bills as rows of workloads: the made-up ones of examples/import/bill, with the arithmetic by hand.

use super::command::{printed, refused};
use assert_cmd::Command;

const HEADER: &str = "name,events_per_day,event_size,io_ratio,current_usd_per_month\n";
const WITH_LIST: &str =
    "name,events_per_day,event_size,io_ratio,current_usd_per_month,current_list_usd_per_month\n";

fn import(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["import", "bill", &format!("examples/import/bill/{name}")]).args(arguments);
    command
}

fn said(name: &str, arguments: &[&str]) -> String {
    let said = String::from_utf8(import(name, arguments).output().unwrap().stderr).unwrap();
    said.split_once("Fill in: events_per_day, event_size, io_ratio.\n").expect(&said).1.to_owned()
}

/// A sample with something else in it, on standard input.
fn changed(name: &str, from: &str, to: &str, arguments: &[&str]) -> Command {
    let text = std::fs::read_to_string(format!("examples/import/bill/{name}")).unwrap();
    assert!(text.contains(from), "{name} {from}");
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["import", "bill", "-"]).args(arguments).write_stdin(text.replace(from, to));
    command
}

#[test]
fn the_legacy_report_of_aws() {
    // October has 744 h. orders: 141.36 on demand, 89.28 of a reservation and 104.16 of a savings plan, less a discount of
    // 14.88, are 319.92; x 730 / 744 = 313.9. ledger: 74.4 x 730 / 744 = 73. shop/mailer: 18.6 x 730 / 744 = 18.25.
    // By the list orders has 3 x 141.36 = 424.08, x 730 / 744 = 416.1; the others pay it.
    let rows = format!("{WITH_LIST}ledger,,,,73,73\norders,,,,313.9,416.1\nshop/mailer,,,,18.25,18.25\n");
    assert_eq!(printed(import("cur.csv", &["--tag", "app"])), rows);
    // 319.92 / 424.08 = 75 %. The database of 200.88 and what volumes and traffic cost are of no machine. 16 of 31 days are
    // 384 h. The negation of the savings plan is in what it covers; of its fee of 126.48 that is 104.16, so 22.32 are unused:
    // 12 + 22.32 + 22.32 = 56.64.
    assert_eq!(
        said("cur.csv", &["--tag", "app"]),
        "$405 a month: 2026-10-01 to 2026-11-01, scaled from 744 h to 730 h.\n\
         Paid of list prices: orders (75 %). Plans of these are priced alike (current_list_usd_per_month); what reservations and \
         savings plans cover is paid until their term ends, used or not.\n\
         Not counted, as plans price machines alone: $201 AmazonRDS of orders, $11 EBS of orders, $11 traffic of ledger and orders \
         in these 744 h.\n\
         Of no workload: $57 in these 744 h ($12 fees, taxes and credits, $22 of savings plans and reservations that nothing used, \
         $22 without the tag).\n\
         Too low where a workload did not run all the time: shop/mailer (384 of 744 h).\n"
    );
}

/// A commitment that is used up leaves nothing, and nothing is made up where nobody says how much is used.
#[test]
fn what_is_committed_and_not_used_is_told() {
    for (from, to) in [
        (",104.1600000000,,\n", ",126.4800000000,,\n"),
        ("savingsPlan/UsedCommitment", "savingsPlan/SomethingElse"),
        (",126.4800000000,", ",104.1600000000,"),
    ] {
        let output = changed("cur.csv", from, to, &["--tag", "app"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let rest = "Of no workload: $34 in these 744 h ($12 fees, taxes and credits, $22 without the tag).\n";
        assert!(said.contains(rest), "{said}");
    }
}

/// What a bill of other services alone says of machines is nothing.
#[test]
fn a_database_is_no_machine() {
    let said =
        refused(changed("cur.csv", "AmazonEC2,EU-BoxUsage", "AmazonRDS,EU-InstanceUsage", &["--tag", "app"]));
    assert!(said.contains("no workload was found in what was read\n"), "{said}");
    // 141.36 + 89.28 + 104.16 - 14.88 + 200.88 of orders, 74.4 of ledger and 18.6 of shop/mailer.
    assert!(said.contains("$614 AmazonRDS of 3 workloads"), "{said}");
    // Tasks of Fargate and functions are machines of theirs.
    for (service, usage) in
        [("AmazonECS", "EU-Fargate-vCPU-Hours:perCPU"), ("AWSLambda", "EU-Lambda-GB-Second")]
    {
        let instead = format!("{service},{usage}");
        let rows =
            printed(changed("cur.csv", "AmazonEC2,EU-BoxUsage:m6i.xlarge", &instead, &["--tag", "app"]));
        assert!(rows.contains("\nledger,,,,73,73\n"), "{rows}");
    }
}

/// A later bill that says no list prices takes those of the earlier one away, as they are of another bill.
#[test]
fn list_prices_are_of_the_bill_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = folder.path().join("fleet.csv");
    let text = "name,current_usd_per_month,current_list_usd_per_month\norders,100,200\n";
    std::fs::write(&fleet, text).unwrap();
    let said = printed(import("opencost.json", &["--only-known", "--into", &fleet.display().to_string()]));
    assert!(
        said.starts_with(
            "orders: current_usd_per_month 100 -> 328.5, current_list_usd_per_month 200 -> empty"
        ),
        "{said}"
    );
    let written = std::fs::read_to_string(&fleet).unwrap();
    assert_eq!(written, "name,current_usd_per_month,current_list_usd_per_month\norders,328.5,\n");
}

/// A tag finds the row of its Deployment, whose namespace the tag does not say: 313.9 of the legacy report.
#[test]
fn a_tag_is_a_deployment_without_its_namespace() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = folder.path().join("fleet.csv");
    std::fs::write(&fleet, "name,deployment\nplaced,sales/orders\n").unwrap();
    let fleet = fleet.display().to_string();
    printed(import("cur.csv", &["--tag", "app", "--only-known", "--into", &fleet]));
    let rows = std::fs::read_to_string(&fleet).unwrap();
    assert!(rows.ends_with("\nplaced,sales/orders,313.9,416.1\n"), "{rows}");
}

/// The machine of 148.8 is split among two pods, so it does not count itself: (60 + 14.4) x 730 / 744 = 73 for each. By the
/// list orders has 80 + 19.2 = 99.2, x 730 / 744 = 97.33.
#[test]
fn the_second_report_with_what_is_split_among_pods() {
    let rows = format!("{WITH_LIST}mailer,,,,73,73\norders,,,,73,97.33\n");
    assert_eq!(printed(import("cur2.csv", &["--tag", "aws:eks:deployment"])), rows);
    assert_eq!(
        said("cur2.csv", &["--tag", "aws:eks:deployment"]),
        "$146 a month: 2026-10-01 to 2026-11-01, scaled from 744 h to 730 h.\n\
         Paid of list prices: orders (75 %). Plans of these are priced alike (current_list_usd_per_month); what reservations and \
         savings plans cover is paid until their term ends, used or not.\n\
         Of no workload: $7.44 in these 744 h ($7.44 without the tag).\n"
    );
    // By the tag of the machine nothing is left of it.
    let error = refused(import("cur2.csv", &["--tag", "team"]));
    assert!(error.contains("no workload was found in what was read\n"), "{error}");
    assert!(error.contains("Of no workload: $156 in these 744 h ($156 without the tag).\n"), "{error}");
}

#[test]
fn the_allocations_of_opencost() {
    // A week of 168 h: 75.6 x 730 / 168 = 328.5; 18.48 less a volume of 1.68 is 73, 8.4 is 36.5, 1.68 is 7.3.
    let rows = "billing/mailer,,,,7.3\nledger,,,,73\norders,,,,328.5\nshop/mailer,,,,36.5\n";
    assert_eq!(printed(import("opencost.json", &[])), format!("{HEADER}{rows}"));
    assert_eq!(
        said("opencost.json", &[]),
        "$445 a month: 2026-11-16 to 2026-11-23, scaled from 168 h to 730 h.\n\
         Not counted, as plans price machines alone: $1.68 volumes of ledger in these 168 h.\n\
         Of no workload: $4.20 in these 168 h ($3.36 DaemonSets and Jobs, $0.84 without a controller).\n"
    );
    // By a label, whose key OpenCost writes in its own way.
    let rows = "invoices,,,,7.3\nledger,,,,73\nmailer,,,,36.5\norders,,,,328.5\n";
    assert_eq!(
        printed(import("opencost.json", &["--tag", "app.kubernetes.io/name"])),
        format!("{HEADER}{rows}")
    );
}

/// Idle cost that is not shared is told beside the rest.
#[test]
fn idle_nodes_are_of_no_workload() {
    let output = changed("opencost.json", "kube-system/__unallocated__", "__idle__", &[]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let idle = "$0.84 of idle nodes, which -d shareIdle=true gives to workloads).\n";
    assert!(said.ends_with(idle), "{said}");
}

/// Two days of three: 2 x (9.6 + 1.2) x 730 / 48 = 328.5; 2 x 2.4 x 730 / 48 = 73.
#[test]
fn the_export_of_opencost() {
    assert_eq!(printed(import("opencost.csv", &[])), format!("{HEADER}ledger,,,,73\norders,,,,328.5\n"));
    assert_eq!(
        said("opencost.csv", &[]),
        "$401 a month: 2026-11-21 to 2026-11-24, scaled from 48 h to 730 h.\n\
         No line is of 24 h between; they are taken as the others.\n\
         Of no workload: $0.96 in these 48 h ($0.96 DaemonSets and Jobs).\n"
    );
}

#[test]
fn mistakes_are_named_with_their_place_and_remedy() {
    for (name, from, to, arguments, expected) in [
        ("cur.csv", ",USD,", ",CNY,", &["--tag", "app"][..], "<stdin>:2:"),
        (
            "cur.csv",
            "141.3600000000",
            "much",
            &["--tag", "app"],
            "UnblendedCost is \"much\", but must be an amount of",
        ),
        (
            "cur.csv",
            "2026-10-16T00:00:00Z",
            "16 Oct",
            &["--tag", "app"],
            "<stdin>:9:4: lineItem/UsageStartDate is \"16 Oct\"",
        ),
        (
            "cur.csv",
            "user:",
            "user:",
            &[],
            "<stdin>: say which tag names workloads: --tag KEY, with KEY one of user:app, user:team",
        ),
        (
            "cur.csv",
            "user:",
            "user:",
            &["--tag", "tean"],
            "--tag: unknown tag \"tean\"; known: user:app, user:team",
        ),
        ("cur.csv", "resourceTags/user:", "my", &["--tag", "app"], "no line has a tag; activate the one"),
        (
            "cur.csv",
            "lineItem/UsageType",
            "type",
            &["--tag", "app"],
            "required column missing: lineItem/UsageType",
        ),
        (
            "cur.csv",
            "lineItem/UnblendedCost",
            "cost",
            &["--tag", "app"],
            "required column missing: lineItem/UnblendedCost",
        ),
        ("cur2.csv", "{\"\"user_team", "{user_team", &["--tag", "team"], "resource_tags is \"{user_team"),
        (
            "opencost.json",
            "2026-11-16T00:00:00Z",
            "Monday",
            &[],
            "is \"Monday\" to \"2026-11-23T00:00:00Z\", but must be a time",
        ),
        (
            "opencost.json",
            "\"data\"",
            "\"dates\"",
            &[],
            "<stdin>: there is no allocation in it; ask for curl -G",
        ),
        (
            "opencost.csv",
            "2026-11-21",
            "21/11/2026",
            &[],
            "<stdin>:2:1: Date is \"21/11/2026\", but must be a day such as",
        ),
        (
            "opencost.csv",
            "ControllerName",
            "Name",
            &[],
            "<stdin>: the file is no bill that is known: lines of an AWS",
        ),
    ] {
        let said = refused(changed(name, from, to, arguments));
        assert!(said.contains(expected), "{said}");
    }
    let by_namespace = "\"shop\", \"properties\": {\"cluster\": \"prod\"";
    let controller =
        "\"shop/deployment:orders\", \"properties\": {\"cluster\": \"prod\", \"controller\": \"orders\"";
    let namespaces = refused(changed("opencost.json", controller, by_namespace, &[]));
    assert!(namespaces.contains("\"shop\" names no controller; ask for curl -G"), "{namespaces}");
}

mod cost_explorer {
    use tonnage::input::diagnostic::InputError;
    use tonnage::input::imports::bill::{costs::Bill, read as read_bill};
    use tonnage::input::imports::called::Called;

    fn read(text: &str) -> Result<(String, String), InputError> {
        let mut bill = Bill::default();
        read_bill(&mut bill, "costs.csv", text.as_bytes(), None)?;
        let (found, paid) = bill.finish(&Called::default());
        Ok((found.to_csv()?, format!("{:?} {} {:?}", paid.ends, paid.hours, paid.left_out)))
    }

    // $744 in the 744 h of October are $730 in a month of 730 h; $7.44 are $7.30.
    #[test]
    fn a_month_is_scaled_to_730_hours() {
        let text = "\"app\",\"orders($)\",\"mail($)\",\"No tag key: app($)\",\"Total costs($)\"\n\
                    \"app total\",\"744\",\"7.44\",\"10\",\"761.44\"\n\"2026-10-01\",\"744\",\"7.44\",\"10\",\"761.44\"\n";
        let (rows, paid) = read(text).unwrap();
        assert!(rows.ends_with("mail,,,,7.3\norders,,,,730\n"), "{rows}");
        assert_eq!(paid, "[\"2026-10-01\", \"2026-11-01\"] 744 [(\"without the tag\", 10.0)]");
    }

    // Two days of $24 are $1 an hour.
    #[test]
    fn days_are_of_24_hours() {
        let (rows, _) = read("app,orders($)\n2026-10-02,24\n2026-10-01,24\n").unwrap();
        assert!(rows.ends_with("orders,,,,730\n"), "{rows}");
    }

    #[test]
    fn what_is_no_table_of_workloads_says_what_to_do() {
        let error = |text: &str| read(text).unwrap_err().to_string();
        assert_eq!(
            error("Service,EC2($)\n2026-10-01,1\n"),
            "costs.csv: costs are grouped by \"Service\"; group them by the tag that names workloads, and download again"
        );
        assert_eq!(
            error("app,a($)\nyesterday,1\n2026-10-01,much\n"),
            "costs.csv:2:1: app is \"yesterday\", but must be a date such as 2026-10-01\n\
             costs.csv:3:1: a($) is \"much\", but must be an amount of dollars"
        );
    }
}
