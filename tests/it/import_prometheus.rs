//! Series of Prometheus and Grafana as rows of workloads, with the arithmetic by hand.

use super::command::{printed, refused};
use assert_cmd::Command;
use std::fmt::Write;
use std::fs;
use tempfile::TempDir;

/// A Monday at midnight, UTC.
const MONDAY: usize = 1_793_577_600;
const HOUR: usize = 3600;

/// A folder with files, and the command in it.
struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
        Self(folder)
    }

    fn import(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.current_dir(self.0.path()).args(["import", "prometheus"]).args(args);
        command
    }

    /// What is said on standard error.
    fn said(&self, args: &[&str]) -> String {
        let output = self.import(args).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }
}

/// A series as promtool prints it, a sample an hour from Monday on.
fn series(labels: &str, hours: usize, value: impl Fn(usize) -> f64) -> String {
    let mut text = format!("{{{labels}}} =>\n");
    (0..hours).for_each(|hour| writeln!(text, "{} @[{}]", value(hour), MONDAY + hour * HOUR).unwrap());
    text
}

/// 10 a second, from 18 to 24 o'clock 50.
fn evenings(hour: usize) -> f64 {
    if hour % 24 >= 18 { 50.0 } else { 10.0 }
}

const WEEK: usize = 7 * 24;

#[test]
fn a_week_becomes_a_row() {
    // (18 x 10 + 6 x 50) / 24 = 20 a second, 1,728,000 a day; 50 / 20 = 2.5. Three quarters in one of two partitions are
    // 1.5 times the mean. 256 MiB are 268,435,456 bytes. The median of 100 hours with 3 pods and 68 with 5 is 3.
    let rate = series("workload=\"orders\", partition=\"0\"", WEEK, |hour| 0.75 * evenings(hour))
        + &series("workload=\"orders\", partition=\"1\"", WEEK, |hour| 0.25 * evenings(hour));
    let pod = |pod: &str, bytes: f64| series(&format!("workload=\"orders\", pod=\"{pod}\""), WEEK, |_| bytes);
    let folder = Folder::with(&[
        ("rate.txt", &rate),
        ("cpu.txt", &series("workload=\"orders\"", WEEK, |hour| evenings(hour) / 10.0)),
        ("size.txt", &series("workload=\"orders\"", WEEK, |_| 900.0)),
        ("memory.txt", &(pod("a", 268_435_456.0) + &pod("b", 1e6))),
        ("replicas.txt", &series("workload=\"orders\"", WEEK, |hour| if hour < 100 { 3.0 } else { 5.0 })),
    ]);
    let files = ["rate.txt", "size.txt", "cpu.txt", "memory.txt", "replicas.txt"];
    assert_eq!(
        printed(folder.import(&files)),
        "name,events_per_day,event_size,io_ratio,observed_cores,current_instances,peak_factor,skew,memory_mib,hourly\n\
         orders,1728000,900,,2,3,2.5,1.5,256,10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 10 50 50 50 50 50 50\n"
    );
    assert_eq!(
        folder.said(&files),
        "Found 1 workload: events_per_day, event_size, observed_cores, current_instances, peak_factor, skew, memory_mib, hourly.\n\
         Fill in: io_ratio.\n\
         Note: orders: 3 to 5 pods; current_instances is the median.\n"
    );
}

#[test]
fn what_is_wrong_with_samples_is_said() {
    // A series of both halves of the week, whose days overlap, and a second copy of another Prometheus.
    let whole = series("workload=\"a\", prometheus_replica=\"0\"", WEEK, evenings);
    let copy = series("workload=\"a\", prometheus_replica=\"1\"", 24, evenings);
    let flawed = whole.replacen("10 @", "NaN @", 2).replacen("50 @", "-1 @", 1);
    let folder = Folder::with(&[("rate-1.txt", &flawed), ("rate-2.txt", &copy)]);
    let files = ["rate-1.txt", "rate-2.txt"];
    assert!(
        printed(folder.import(&files))
            .starts_with("name,events_per_day,event_size,io_ratio,peak_factor,hourly\na,1728000,,,2.5,")
    );
    // The copy has the three that the first one lacks.
    assert!(folder.said(&files).ends_with(
        "Note: a, rate: samples without a number, passed over: 2; samples below 0, passed over: 1; \
         samples at a time that has one, passed over: 21.\n"
    ));
    // Steps of 6 hours leave hours of the day open, and three days leave out a weekend.
    let coarse: String = series("workload=\"a\"", 13, evenings);
    let coarse = (0..13).fold(coarse, |text, at| {
        text.replace(&format!("[{}]", MONDAY + at * HOUR), &format!("[{}]", MONDAY + at * 6 * HOUR))
    });
    let folder = Folder::with(&[("rate.txt", &coarse)]);
    assert!(
        folder.said(&["rate.txt"]).contains("no peak_factor and no hourly, which need all hours of a day")
    );
    assert!(folder.said(&["rate.txt"]).contains("3.25 days of rates; without a whole week"));
}

#[test]
fn counters_are_seen() {
    // 36,000 an hour are 10 a second; after 100 hours the counter begins anew.
    let counted = |hour: usize| 36_000.0 * (if hour < 100 { hour } else { hour - 99 }) as f64;
    let named = series("workload=\"a\"", WEEK, counted).replacen('{', "records_consumed_total{", 1);
    let folder = Folder::with(&[("rate.txt", &named)]);
    assert!(printed(folder.import(&["rate.txt"])).contains("\na,864000,,,1,10 10 "));
    assert!(folder.said(&["rate.txt"]).contains("Note: a, rate: counter resets, bridged: 1"));
    let folder = Folder::with(&[("rate.txt", &series("workload=\"a\"", WEEK, |hour| hour as f64))]);
    let error = refused(folder.import(&["rate.txt"]));
    assert!(
        error.starts_with("error: rate.txt:1:1: \"a\" only rises, so it is a counter and no rate; "),
        "{error}"
    );
    assert!(
        error.contains("\n  sum by (workload) (label_replace(rate(kafka_consumergroup_current_offset[5m])"),
        "{error}"
    );
}

#[test]
fn what_names_a_workload_is_never_guessed() {
    for (labels, shown, say) in [
        (
            "consumergroup=\"a\", topic=\"b\"",
            "{consumergroup=\"a\", topic=\"b\"}",
            "say --label consumergroup or --label topic, or ",
        ),
        ("", "{}", ""),
        ("pod=\"a-0\"", "{pod=\"a-0\"}", ""),
    ] {
        let folder = Folder::with(&[("rate.txt", &series(labels, WEEK, evenings))]);
        let error = refused(folder.import(&["rate.txt"]));
        let begin = format!(
            "error: rate.txt:1:1: the series {shown} leaves open which workload it is of; {say}ask for\n"
        );
        assert!(error.starts_with(&begin), "{error}");
    }
    let folder = Folder::with(&[
        ("rate.txt", &series("consumergroup=\"a\", topic=\"b\"", WEEK, evenings)),
        ("cpu.csv", "Time,Value\n1793577600000,1\n1793581200000,1\n"),
    ]);
    assert!(printed(folder.import(&["rate.txt", "--label", "topic"])).contains("\nb,1728000,"));
    refused(folder.import(&["rate.txt", "--label", "deployment"]));
    let first = &["rate.txt", "--label", "deployment", "--label", "topic"];
    assert!(printed(folder.import(first)).contains("\nb,1728000,"));
    assert!(
        refused(folder.import(&["cpu.csv"]))
            .contains("the series \"Value\" leaves open which workload it is of")
    );
    // The only label there is leaves nothing open.
    let folder = Folder::with(&[("rate.txt", &series("consumergroup=\"a\"", WEEK, evenings))]);
    assert!(printed(folder.import(&["rate.txt"])).contains("\na,1728000,"));
}

// Cores of pods are those of their Deployment or StatefulSet, of each namespace apart; 1 + 1 and 0.5 cores. The pods of a
// deployment before and after a rollout follow each other. A sidecar is not counted.
#[test]
fn pods_are_resolved_to_what_runs_them() {
    let pod = |namespace: &str, pod: &str, more: &str, cores: f64| {
        series(&format!("namespace=\"{namespace}\", pod=\"{pod}\"{more}"), WEEK, |_| cores)
    };
    let cpu = pod("shop", "orders-7d9c5b8f6d-4xk2p", "", 1.0)
        + &pod("shop", "orders-7d9c5b8f6d-9vbtz", "", 1.0)
        + &pod("shop", "ledger-0", ", container=\"app\"", 0.5)
        + &pod("shop", "ledger-0", ", container=\"istio-proxy\"", 0.25)
        + &pod("shop", "mailer-5f6c7d8b94-2hjqs", "", 0.125)
        + &pod("billing", "mailer-6b5d4c7f98-zt4gc", "", 4.0);
    let fleet = "name,deployment\norders,\nbooks,shop/ledger\npost,shop/mailer\n";
    let folder = Folder::with(&[("cpu.txt", &cpu), ("fleet.csv", fleet)]);
    let said = printed(folder.import(&["cpu.txt", "--into", "fleet.csv", "--only-known"]));
    let rows = folder.text("fleet.csv");
    assert_eq!(
        rows,
        "name,deployment,observed_cores\norders,,2\nbooks,shop/ledger,0.5\npost,shop/mailer,0.125\n"
    );
    assert!(said.contains("Left out, as the file has no such row: billing/mailer"), "{said}");
    assert!(said.contains("Note: sidecars, not counted: istio-proxy.\n"), "{said}");
    // What names no namespace, as the query that is printed, is the only one of that name.
    let cpu = series("workload=\"ledger\"", WEEK, |_| 0.75);
    let folder = Folder::with(&[("cpu.txt", &cpu), ("fleet.csv", fleet)]);
    printed(folder.import(&["cpu.txt", "--into", "fleet.csv", "--only-known"]));
    assert!(folder.text("fleet.csv").contains("\nbooks,shop/ledger,0.75\n"));
}

// Legends of Grafana that are names of pods: 1 + 1 cores of a Deployment, 0.5 + 0.5 of a StatefulSet, whose pods begin with 0.
// `shard-2` alone is a name. A gap is a pod that is not there.
#[test]
fn legends_of_pods_are_resolved_to_what_runs_them() {
    let header = "Time,orders-7d9c5b8f6d-4xk2p,orders-7d9c5b8f6d-9vbtz,ledger-0,ledger-1,shard-2";
    let cpu = format!(
        "{header}\n2026-11-16 00:00:00,1,1,0.5,0.5,2\n2026-11-16 01:00:00,1,1,0.5,0.5,2\n2026-11-16 02:00:00,1,1,0.5,0.5,2\n"
    );
    let fleet = "name,deployment\nplaced,shop/orders\nledger,\nshard-2,\n";
    let folder = Folder::with(&[("cpu.csv", &cpu), ("fleet.csv", fleet)]);
    printed(folder.import(&["cpu.csv", "--into", "fleet.csv"]));
    assert_eq!(
        folder.text("fleet.csv"),
        "name,deployment,observed_cores\nplaced,shop/orders,2\nledger,,1\nshard-2,,2\n"
    );
}

// Of containers, the answer to the query that is printed: 512 + 128 MiB of two that work, without the proxy beside them. A
// proxy that stands alone is what works.
#[test]
fn containers_beside_others_are_not_counted() {
    let of = |workload: &str, container: &str, value: f64| {
        series(&format!("workload=\"{workload}\", container=\"{container}\""), WEEK, |_| value)
    };
    let cpu = of("orders", "app", 2.0)
        + &of("orders", "helper", 0.5)
        + &of("orders", "envoy", 0.25)
        + &of("gateway", "envoy", 0.75);
    let mib = 1024.0 * 1024.0;
    let memory = of("orders", "app", 512.0 * mib)
        + &of("orders", "helper", 128.0 * mib)
        + &of("orders", "envoy", 900.0 * mib);
    let folder = Folder::with(&[("cpu.txt", &cpu), ("memory.txt", &memory)]);
    assert_eq!(
        printed(folder.import(&["cpu.txt", "memory.txt"])),
        "name,events_per_day,event_size,io_ratio,observed_cores,memory_mib\ngateway,,,,0.75,\norders,,,,2.5,640\n"
    );
    assert!(folder.said(&["cpu.txt", "memory.txt"]).contains("Note: sidecars, not counted: envoy.\n"));
    let queries = printed(folder.import(&["--queries"]));
    for begin in [
        "\nsum by (workload, container) (label_replace(rate(container_cpu_usage_seconds_total{",
        "\nmax by (workload, container) (label_replace(container_memory_working_set_bytes{",
    ] {
        assert!(queries.contains(begin), "{queries}");
    }
}

#[test]
fn what_many_lack_is_one_note() {
    let of = |name: &str, missing: usize| {
        series(&format!("workload={name:?}"), WEEK, evenings).replacen("10 @", "NaN @", missing)
    };
    let folder = Folder::with(&[("cpu.txt", &(of("a", 2) + &of("b", 5) + &of("c", 1)))]);
    let said = folder.said(&["cpu.txt"]);
    assert!(
        said.contains("Note: cpu: samples without a number, passed over, in 3 workloads: 5 at most (b).\n"),
        "{said}"
    );
    assert_eq!(said.matches("without a number").count(), 1, "{said}");
}

// Each group reads all of a topic: its rate is that of one of them, 20 a second, not their sum. Two rows that read it have
// it each. A group that reads two topics has both: 40 a second are 3,456,000 a day.
#[test]
fn a_topic_counts_once_and_a_group_all_of_its_topics() {
    let of = |group: &str, topic: &str| {
        series(&format!("consumergroup=\"{group}\", topic=\"{topic}\""), WEEK, evenings)
    };
    let rate = of("cg.orders", "placed") + &of("cg.mail", "placed") + &of("cg.mail", "shipped");
    let fleet = "name,topic,group\norders,placed,cg.orders\nmail,placed,cg.mail\n";
    let by = |label: &str| {
        let folder = Folder::with(&[("rate.txt", &rate), ("fleet.csv", fleet)]);
        let said =
            printed(folder.import(&["rate.txt", "--label", label, "--into", "fleet.csv", "--only-known"]));
        let rows = folder.text("fleet.csv");
        let events = |row: usize| rows.lines().nth(row).unwrap().split(',').nth(3).unwrap().to_owned();
        ([events(1), events(2)], said)
    };
    let (events, said) = by("topic");
    assert_eq!(events, ["1728000", "1728000"]);
    assert!(
        said.contains("Note: orders, mail: each has the whole rate of placed, as each reads all of it.\n"),
        "{said}"
    );
    assert!(said.contains("other groups that read the topic, left out as each reads all of it: 1"), "{said}");
    let (events, said) = by("consumergroup");
    assert_eq!(events, ["1728000", "3456000"]);
    assert!(
        said.contains("Note: mail: events_per_day is that of several topics (placed, shipped);"),
        "{said}"
    );
}

#[test]
fn what_figures_hide_is_said() {
    let workload = |value: fn(usize) -> f64| series("workload=\"a\"", WEEK, value);
    let folder = Folder::with(&[
        ("rate.txt", &workload(evenings)),
        ("lag.txt", &workload(|hour| 100.0 * (hour / 24) as f64)),
        ("throttled.txt", &workload(|_| 0.3)),
    ]);
    let said = folder.said(&["rate.txt", "lag.txt", "throttled.txt"]);
    // Of the last day and the hour before it, 25 hours, 24 have 600 and one has 500: 596.
    assert!(
        said.contains("Note: a: its lag grew from 0 to 596 events, so more comes than events_per_day"),
        "{said}"
    );
    assert!(said.contains("Note: a: throttled in 30 % of its CPU periods"), "{said}");
    let folder = Folder::with(&[("rate.txt", &series("workload=\"a\"", 20, evenings))]);
    let error = refused(folder.import(&["rate.txt"]));
    assert_eq!(
        error,
        "error: no workload was found in what was read\n\
         Note: a: 20 h of rates, left out; a mean needs a day, better a week.\n"
    );
}

#[test]
fn a_fleet_is_merged_whole_or_not_at_all() {
    let fleet = "# ours\nname,team,events_per_day,event_size,io_ratio\norders,x,2M,1KB,0\nmail,y,1M,1KB,0\n";
    let rate = series("workload=\"orders\"", WEEK, evenings) + &series("workload=\"order\"", WEEK, evenings);
    let folder =
        Folder::with(&[("rate.txt", &rate), ("fleet.csv", fleet), ("cpu.txt", "{} =>\n1 @[5]\n2 @[6]\n")]);
    refused(folder.import(&["rate.txt", "cpu.txt", "--into", "fleet.csv"]));
    assert_eq!(folder.text("fleet.csv"), fleet);
    let said = printed(folder.import(&["rate.txt", "--into", "fleet.csv", "--only-known"]));
    assert_eq!(
        said,
        "orders: events_per_day 2M -> 1728000, peak_factor empty -> 2.5, \
         hourly empty -> 10 ... 50 (rate.txt:1)\n\
         Left out, as the file has no such row: order (is it \"orders\"?).\n\
         Where a row of the file is meant, say so in its column topic, group or deployment, or by --rename FROM=TO.\n\
         Nothing found of: mail.\n"
    );
    let hourly = "10 ".repeat(18) + &["50"; 6].join(" ");
    assert_eq!(
        folder.text("fleet.csv"),
        format!(
            "# ours\nname,team,events_per_day,event_size,io_ratio,peak_factor,hourly\n\
             orders,x,1728000,1KB,0,2.5,{hourly}\nmail,y,1M,1KB,0,,\n"
        )
    );
    refused(folder.import(&["rate.txt", "--into", "rate.txt"]));
}

#[test]
fn files_that_are_none_say_what_mends_them() {
    let folder = Folder::with(&[
        ("week.json", "[]"),
        ("cpu-rate.json", "[]"),
        (
            "rate.json",
            "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error: unexpected end\"}",
        ),
        ("cpu.json", "{\"data\":{\"result\":[{\"metric\":{\"workload\":\"a\"},\"value\":[5,\"1\"]}]}}"),
        ("lag.json", "{\"data\":{\"result\":[]}}"),
        ("rate.csv", "When,a\n1,2\n"),
    ]);
    for (file, message) in [
        (
            "week.json",
            "the name does not say what is measured; say it before the file: --rate, --partitions, --size, ",
        ),
        ("cpu-rate.json", "the name says two things; say before the file which is meant: --rate, --cpu"),
        ("rate.json", "the query failed, and this is Prometheus's answer: parse error: unexpected end"),
        ("cpu.json", "the answer is of one instant; ask /api/v1/query_range"),
        ("lag.json", "there is no sample; tonnage import prometheus --queries shows what to ask for"),
    ] {
        let error = refused(folder.import(&[file]));
        assert!(error.starts_with(&format!("error: {file}: {message}")), "{error}");
    }
    let error = refused(folder.import(&["rate.csv"]));
    assert!(
        error.starts_with("error: rate.csv:1:1: unknown layout: the header must have a column Time "),
        "{error}"
    );
    assert!(refused(folder.import(&[])).contains("--queries prints the PromQL"));
}

#[test]
fn queries_are_asked_by_label() {
    let folder = Folder::with(&[]);
    let by_topic = printed(folder.import(&["--queries", "--label", "topic"]));
    assert!(
        by_topic.contains("# rate.json: events_per_day")
            && by_topic.contains("\"$1\", \"topic\", \"(.+)\"))\n")
    );
    // Kafka's exporters do not know deployments, clients in pods do.
    let by_deployment = printed(folder.import(&["--queries", "--label", "deployment"]));
    assert!(!by_deployment.contains("consumergroup") && !by_deployment.contains("# partitions.json"));
    let rules = printed(folder.import(&["--queries", "--rules"]));
    assert!(rules.starts_with(
        "groups:\n  - name: tonnage\n    interval: 1m\n    rules:\n      - record: workload:events:rate5m\n"
    ));
    assert_eq!(rules.matches("- record: ").count(), 8);
}

// The export's names are those of the deployments, the file's those of consumer groups.
#[test]
fn names_that_differ_are_told_and_renamed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("fleet.csv"), "name\ncg.geo\ncg.mail\n").unwrap();
    std::fs::write(path("cpu.csv"), "Time,geo-app,mail-app\n1782907200000,250m,1\n1782910800000,250m,1\n")
        .unwrap();
    let import = |more: &[&str]| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        let (cpu, fleet) = (path("cpu.csv"), path("fleet.csv"));
        command
            .args(["import", "prometheus", "--cpu", &cpu, "--into", &fleet, "--only-known", "-o", "-"])
            .args(more);
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, rows, said) = import(&[]);
    assert_eq!((code, rows.as_str()), (Some(1), ""));
    assert!(
        said.contains("say so in its column topic, group or deployment, or by --rename FROM=TO."),
        "{said}"
    );
    let (code, rows, said) = import(&["--rename", "*-app=cg.*"]);
    assert_eq!((code, rows.as_str()), (Some(0), "name,observed_cores\ncg.geo,0.25\ncg.mail,1\n"), "{said}");
    let (code, _, said) = import(&["--rename", "*-consumer=cg.*"]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("--rename: *-consumer=cg.* is of no workload that was found: geo-app, mail-app"),
        "{said}"
    );
}

/// Semicolons stand between cells where commas stand before decimals, so 1,500 may be one and a half. A history says as an import does
/// that its times have no zone.
#[test]
fn what_a_locale_leaves_open_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let run = |args: &[&str]| {
        let output = Command::cargo_bin("tonnage").unwrap().args(args).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let rows = |value: &str| {
        let row =
            |hour: usize| format!("orders;2026-10-{:02} {:02}:00:00;{value}\n", 1 + hour / 24, hour % 24);
        "Series;Time;Value\n".to_owned() + &(0..48).map(row).collect::<String>()
    };
    std::fs::write(path("rate.csv"), rows("1,500")).unwrap();
    let (code, said) = run(&["import", "prometheus", &path("rate.csv")]);
    assert_eq!(code, Some(1));
    assert!(said.contains("rate.csv:2:1: orders is \"1,500\", but must be a value such as"), "{said}");
    assert!(said.contains("; \"1500\" or \"1.5\" may be meant (47 more"), "{said}");
    std::fs::write(path("rate.csv"), rows("1500")).unwrap();
    std::fs::write(path("cpu.csv"), rows("3")).unwrap();
    std::fs::write(
        path("fleet.csv"),
        "name,events_per_day,event_size,io_ratio,handler_ms\norders,130M,1KB,0,2\n",
    )
    .unwrap();
    let (code, said) = run(&[
        "calibrate",
        &path("fleet.csv"),
        "--history",
        &path("rate.csv"),
        "--history",
        &path("cpu.csv"),
    ]);
    assert_eq!(
        (code, said.matches("its times have no zone and are taken as UTC").count()),
        (Some(0), 2),
        "{said}"
    );
}

// 4 pods of which each may have 64 cores at most cannot use 1,146; times have no zone.
#[test]
fn millicores_without_a_unit_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("fleet.csv"), "name,current_instances\ngeo,4\n").unwrap();
    std::fs::write(path("cpu.csv"), "Time,geo\n2026-11-16 00:00:00,1146\n2026-11-16 01:00:00,1146\n")
        .unwrap();
    let mut command = Command::cargo_bin("tonnage").unwrap();
    let output = command
        .args(["import", "prometheus", "--cpu", &path("cpu.csv"), "--into", &path("fleet.csv"), "-o", "-"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains(
            "Check geo: observed_cores 1,146, but 4 run today, and a pod rarely has more than 64 cores."
        ),
        "{said}"
    );
    assert!(said.contains("write the unit: 250m"), "{said}");
    assert!(said.contains("have no zone and are taken as UTC"), "{said}");
}

mod figures {
    use tonnage::input::imports::measured::figures::*;

    /// A sample each half hour for some days: `rate` of the hour of day.
    fn days(days: usize, rate: impl Fn(usize) -> f64) -> Points {
        (0..days * 48).map(|at| (at as i64 * HOUR / 2, rate(at / 2))).collect()
    }

    #[test]
    fn a_day_of_two_levels() {
        // 18 hours of 10 and 6 of 50: (18 x 10 + 6 x 50) / 24 = 20.
        let points = days(7, |hour| if hour % 24 >= 18 { 50.0 } else { 10.0 });
        let hourly = Hourly::of(&points).unwrap();
        assert_eq!((hourly.step, hourly.length, hourly.empty), (HOUR / 2, 168.0, 0));
        assert_eq!((hourly.mean(), hourly.busiest()), (20.0, 50.0));
        assert_eq!(hourly.day().unwrap()[17..19], [10.0, 50.0]);
        // Without all evenings but one, and with half a day more: the same.
        let mut gaps = points.clone();
        gaps.retain(|time, _| time.div_euclid(HOUR) % 24 < 18 || *time > 6 * 24 * HOUR);
        let hourly = Hourly::of(&gaps).unwrap();
        assert_eq!((hourly.mean(), hourly.empty), (20.0, 36));
    }

    #[test]
    fn one_odd_hour_is_not_the_busiest() {
        // Of 168 hours in order, place 0.99 x 167 = 165.33 is between the third and the second busiest.
        let points = days(7, |hour| if hour == 100 { 9000.0 } else { 10.0 });
        assert_eq!(Hourly::of(&points).unwrap().busiest(), 10.0);
        assert_eq!(quantile([1.0, 2.0, 4.0].into_iter(), 0.75), 3.0);
    }

    #[test]
    fn flaws_are_counted() {
        let mut flaws = Flaws::default();
        let samples =
            [(60.0, 5.0), (0.0, 1.0), (60.0, 6.0), (120.0, f64::NAN), (180.0, -1.0), (240.0, f64::INFINITY)];
        assert_eq!(points(&samples, &mut flaws), [(0, 1.0), (60_000, 5.0)].into());
        assert_eq!(flaws, Flaws { missing: 2, twice: 1, negative: 1, resets: 0, groups: 0 });
        // 100 in 10 s, then from 0 to 30 in 10 s.
        let counter = [(0, 500.0), (10_000, 600.0), (20_000, 30.0)].into();
        assert_eq!(rates(&counter, &mut flaws), [(10_000, 10.0), (20_000, 3.0)].into());
        assert_eq!(flaws.resets, 1);
    }

    #[test]
    fn a_counter_only_rises() {
        assert!(only_rises(&days(3, |hour| hour as f64)));
        assert!(!only_rises(&days(3, |hour| (hour % 24) as f64)));
        assert!(!only_rises(&days(3, |_| 5.0)));
    }
}

mod quantities {
    use tonnage::input::imports::measured::quantities::{Kind, named, quantity};

    #[test]
    fn files_say_what_they_hold() {
        let kinds = |stem: &str| named(stem).into_iter().map(|it| it.kind).collect::<Vec<_>>();
        assert_eq!(kinds("rate"), [Kind::Rate]);
        assert_eq!(kinds("2026-week-3_Memory-orders"), [Kind::Memory]);
        assert_eq!(kinds("Consumer lag-data-2026"), [Kind::Lag]);
        assert_eq!(kinds("throttled2"), [Kind::Throttled]);
        assert_eq!(kinds("cpu-rate"), [Kind::Rate, Kind::Cpu]);
        // Begins of words, not parts of them.
        assert_eq!(kinds("flag-operate"), []);
    }

    #[test]
    fn workloads_are_named_by_groups_or_pods() {
        let rate = quantity(Kind::Rate).unwrap();
        let first = |label| rate.queries(label)[0].1.clone();
        assert_eq!(
            first(None),
            "sum by (workload) (label_replace(rate(kafka_consumergroup_current_offset[5m]), \"workload\", \"$1\", \
             \"consumergroup\", \"(.+)\"))"
        );
        assert!(first(Some("group")).ends_with("\"$1\", \"group\", \"(.+)\"))"));
        assert!(
            first(Some("topic"))
                .contains("(rate(kafka_topic_partition_current_offset[5m]), \"workload\", \"$1\", \"topic\"")
        );
        assert!(
            first(Some("deployment"))
                .contains("records_consumed_total{topic!=\"\"}[5m]), \"workload\", \"$1\", \"pod\", \"(.+?)")
        );
    }
}
