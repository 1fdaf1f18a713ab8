//! Values that an import found, put into a workload file of which all else stays.

use tonnage::input::imports::found::{Found, Origin};
use tonnage::input::imports::merge::{Change, Merged, New, merge};
use tonnage::report::found::merged as said;

fn found(values: &[(&str, &str, &str)]) -> Found {
    let mut found = Found::default();
    for (workload, column, text) in values {
        found.add(workload, column, *text, Origin::new("cpu.csv", Some(2)));
    }
    found
}

fn merged(text: &str, values: &[(&str, &str, &str)], only_known: bool) -> Merged {
    merge("fleet.csv", text.as_bytes(), &found(values), only_known).unwrap()
}

#[test]
fn only_what_was_found_changes() {
    // Byte order mark, comments, blank lines, CRLF, semicolons, a column of others, quotes and blanks stay.
    let fleet = "\u{feff}# Fleet; of us\r\nteam;name;observed_cores; peak_factor\r\n\r\n\
                 \"a;b\";orders; 2.0 ;\"3\"\r\n# second\r\nc;\"mail\";;4\r\nd;other;1;\r\n";
    let values = [
        ("orders", "observed_cores", "2.5"),
        ("orders", "peak_factor", "3.25"),
        ("mail", "observed_cores", "0.5"),
    ];
    let all = merged(fleet, &values, false);
    let expected = fleet.replace(" 2.0 ;\"3\"", " 2.5 ;\"3.25\"").replace("\"mail\";;", "\"mail\";0.5;");
    assert_eq!(all.text, expected);
    assert_eq!(all.untouched, ["other"]);
    assert_eq!(all.new, []);
    let change =
        |change: &Change| (change.workload.clone(), change.column, change.old.clone(), change.new.clone());
    let changes: Vec<_> = all.changes.iter().map(change).collect();
    assert_eq!(
        changes,
        [
            ("orders".into(), "observed_cores", Some("2.0".into()), "2.5".into()),
            ("orders".into(), "peak_factor", Some("3".into()), "3.25".into()),
            ("mail".into(), "observed_cores", None, "0.5".into()),
        ]
    );
}

#[test]
fn the_same_in_other_words_does_not_change() {
    let fleet = "name,events_per_day,observed_cores\norders,8M,2.50";
    let values = [("orders", "events_per_day", "8000000"), ("orders", "observed_cores", "2.5")];
    let all = merged(fleet, &values, false);
    assert_eq!((all.text.as_str(), all.changes.len()), (fleet, 0));
}

#[test]
fn columns_and_workloads_that_are_not_there_come_behind() {
    let fleet = "name,mine\norders,\"x\ty\"\nmail,";
    let values =
        [("orders", "observed_cores", "2"), ("order", "peak_factor", "3"), ("zoo", "observed_cores", "1")];
    let all = merged(fleet, &values, false);
    assert_eq!(
        all.text,
        "name,mine,observed_cores,peak_factor\norders,\"x\ty\",2,\nmail,,,\norder,,,3\nzoo,,1,\n"
    );
    let like = |name: &str, like: Option<&str>| New { name: name.into(), like: like.map(str::to_owned) };
    assert_eq!(all.new, [like("order", Some("orders")), like("zoo", None)]);
    // Only known ones: no row and no column for others.
    let known = merged(fleet, &values, true);
    assert_eq!(known.text, "name,mine,observed_cores\norders,\"x\ty\",2\nmail,,");
    assert_eq!(known.new, all.new);
}

#[test]
fn a_file_that_is_no_fleet_is_refused() {
    let error = |text: &str| {
        merge("f.csv", text.as_bytes(), &found(&[("a", "skew", "2")]), false).unwrap_err().to_string()
    };
    assert_eq!(
        error("service,x\na,b\n"),
        "f.csv: no line names a column \"name\"; --into takes workloads as CSV"
    );
    assert_eq!(error("name,x\na,b\na,c\n"), "f.csv:3:1: the name \"a\" is taken already by line 2");
    assert_eq!(
        error("name,x\na,b,c\n"),
        "f.csv:2:1: the row has 3 cells, but the header has 2; put a cell that holds a comma in quotes (\")"
    );
    assert_eq!(merged("name\n", &[("a", "skew", "2")], false).text, "name,skew\na,2\n");
}

mod found_values {
    use super::*;
    use tonnage::input::imports::found::rounded;

    fn origin() -> Origin {
        Origin::new("top.txt", Some(2))
    }

    #[test]
    fn numbers_have_four_digits() {
        for (value, text) in
            [(1_234_567.8, "1234568"), (12.3456, "12.35"), (0.012_345, "0.01235"), (3.0, "3"), (0.0, "0")]
        {
            assert_eq!(rounded(value), text);
        }
    }

    #[test]
    fn no_number_can_be_taken_for_thousands() {
        let mut found = Found::default();
        found.add_number("a", "current_usd_per_month", 5.0834, origin());
        found.add_number("a", "observed_cores", 5.083, origin());
        let csv = found.to_csv().unwrap();
        assert!(csv.ends_with("\na,,,,5.0830,5.0834\n"), "{csv}");
    }

    #[test]
    fn mistakes_come_at_once() {
        let mut found = Found::default();
        found.add("a", "observed_cores", "2", origin());
        found.add("a", "observed_cores", "2.0", origin());
        found.add("a", "observed_cores", "3", Origin::new("b.txt", None));
        found.add("a", "current_instances", "1.5", origin());
        found.add("a", "observed_core", "1", origin());
        let errors = found.to_csv().unwrap_err().to_string();
        assert_eq!(
            errors,
            "b.txt: observed_cores of \"a\" is 3, but top.txt:2 has 2 already; leave one of the two out\n\
             top.txt:2:1: current_instances of \"a\" is \"1.5\", but must be a whole number from 1\n\
             top.txt:2:1: unknown column \"observed_core\""
        );
    }

    #[test]
    fn cells_are_quoted_where_they_need_it() {
        let mut found = Found::default();
        found.add("a, \"b\"", "spike_factor", "go:6.5 rust:8", origin());
        found.add("#c", "spike_factor", "go:2", origin());
        assert_eq!(
            found.to_csv().unwrap(),
            "name,events_per_day,event_size,io_ratio,spike_factor\n\
             \"#c\",,,,go:2\n\"a, \"\"b\"\"\",,,,go:6.5 rust:8\n"
        );
    }
}

mod renamed_workloads {
    use tonnage::input::imports::rename::Rename;

    #[test]
    fn a_star_keeps_its_part() {
        let rename = |text: &str, name: &str| Rename::of(text).unwrap().apply(name);
        assert_eq!(rename("*-consumer=cg.*", "geo-pings-consumer").as_deref(), Some("cg.geo-pings"));
        assert_eq!(rename("cg.*=*", "cg.geo-pings").as_deref(), Some("geo-pings"));
        assert_eq!((rename("cg.*=*", "geo"), rename("cg.*=*", "cg.")), (None, None));
        assert_eq!(rename("geo-app=Geo pings", "geo-app").as_deref(), Some("Geo pings"));
        assert_eq!(rename("geo-app=Geo pings", "geo-app-2"), None);
        for bad in ["a=", "a*", "*=a", "**=*", "*=**"] {
            assert_eq!(Rename::of(bad), None, "{bad}");
        }
    }
}

#[test]
fn what_utilization_says_is_not_said_again() {
    let fleet = "name,utilization,observed_cores\nshare,52%,\ncores,,2\nneither,,\n";
    let values = ["share", "cores", "neither"].map(|name| (name, "observed_cores", "8.13"));
    let all = merged(fleet, &values, true);
    assert_eq!(all.text, "name,utilization,observed_cores\nshare,52%,\ncores,,8.13\nneither,,8.13\n");
    assert_eq!(
        said(&all, true).lines().next(),
        Some("share: observed_cores left empty, 8.13 now, as utilization says it (cpu.csv:2)")
    );
    let all = merged("name,observed_cores\ncores,2\n", &[("cores", "utilization", "0.5")], true);
    assert_eq!(all.text, "name,observed_cores\ncores,2\n");
}

// Four machines stay four, whatever number of pods runs on them; without a type instances are pods.
#[test]
fn replicas_are_no_machines() {
    let fleet = "name,current_machine,current_instances\ntyped,c6i.4xlarge,4\nblank,c6i.4xlarge,\npods,,4\n";
    let mut values = ["typed", "blank", "pods"].map(|name| (name, "current_instances", "2")).to_vec();
    let all = merged(fleet, &values, true);
    let expected = fleet.replace("blank,c6i.4xlarge,", "blank,c6i.4xlarge,2").replace("pods,,4", "pods,,2");
    assert_eq!(all.text, expected);
    assert!(said(&all, true).starts_with("typed: current_instances kept 4, 2 now (cpu.csv:2)\n"));
    values.push(("typed", "current_machine", "c6i.8xlarge"));
    assert!(merged(fleet, &values, true).text.contains("typed,c6i.8xlarge,2\n"));
}

mod implausible_cores {
    use super::*;
    use tonnage::input::imports::plausible::{Because, Implausible, implausible};

    #[test]
    fn thousandths_are_told_from_cores() {
        let fleet = "name,observed_cores,current_instances,current_machine\n\
                     typed,,12,c7a.large\npods,,4,\nbefore,0.019,,\nfine,2,12,c7a.large\n";
        let mut found = Found::default();
        for (name, cores) in [("typed", 25.0), ("pods", 1146.0), ("before", 18.3), ("fine", 24.0)] {
            found.add_number(name, "observed_cores", cores, Origin::new("cpu.csv", Some(1)));
        }
        let merged = merge("fleet.csv", fleet.as_bytes(), &found, true).unwrap();
        let said = |name: &str, cores, because| Implausible { workload: name.into(), cores, because };
        // 12 x 2 vCPUs are 24; 4 x 64 are 256; 18.3 / 0.019 is 963.
        assert_eq!(
            implausible("fleet.csv", &merged.text, &found, &merged.changes).unwrap(),
            [
                said("typed", 25.0, Because::Instances(12, 2, Some("c7a.large".into()))),
                said("pods", 1146.0, Because::Instances(4, 64, None)),
                said("before", 18.3, Because::Was(0.019)),
            ]
        );
    }
}
