//! What the commands print, in each form.

use crate::command::one_line;
use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

const FLEET: &str = "examples/workloads.csv";

/// Plans with the published figures: those that measurements give change with every measurement.
fn tonnage(args: &[&str]) -> Command {
    let mut command = as_installed(args);
    if ["plan", "explain"].contains(&args[0]) || args.starts_with(&["catalog", "runtimes"]) {
        command.arg("--published");
    }
    command
}

/// Plans with the measured figures.
fn as_installed(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "80").env_remove("NO_COLOR");
    command
}

fn printed(args: &[&str]) -> String {
    let output = tonnage(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty() || output.stderr.starts_with(b"wrote "));
    String::from_utf8(output.stdout).unwrap()
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&printed(&[args, &["--format", "json"]].concat())).unwrap()
}

fn plan_of<'j>(json: &'j Value, workload: &str, runtime: &str) -> &'j Value {
    let plans = json["plans"].as_array().unwrap();
    plans.iter().find(|plan| plan["workload"] == workload && plan["runtime"] == runtime).unwrap()
}

#[test]
fn json_has_a_plan_for_every_workload_and_runtime() {
    let json = json(&["plan", FLEET]);
    assert_eq!(json["plans"].as_array().unwrap().len(), 36);
    assert_eq!(json["decisions"].as_array().unwrap().len(), 12);
    let plan = plan_of(&json, "audit-log", "python-aiokafka");
    assert!((plan["peak_events_per_second"].as_f64().unwrap() - 90e6 / 86_400.0 * 2.0).abs() < 1e-6);
    let (n, bill) = (plan["instances"].as_f64().unwrap(), plan["usd_per_month"].as_f64().unwrap());
    assert!(n >= 2.0 && bill > 0.0);
    assert_eq!(plan["reason"], Value::Null);
}

/// Whatever is added for ranges, workloads without any are planned as they were before there were ranges: the bills of all
/// twelve in each runtime, and what the recommendations save, in cents. Only new prices, speeds or rules may change them.
#[test]
fn bills_without_ranges_stay_the_same_to_the_cent() {
    let json = json(&["plan", FLEET, "--any-provider", "--cost-tolerance", "0"]);
    // Nothing is saved where there is no verdict.
    let cents = |usd: &Value| (usd.as_f64().unwrap_or(0.0) * 100.0).round() as i64;
    let plans = json["plans"].as_array().unwrap();
    let bills = |runtime: &str| -> i64 {
        let of_runtime = plans.iter().filter(|plan| plan["runtime"] == runtime);
        of_runtime.map(|plan| cents(&plan["usd_per_month"])).sum()
    };
    assert_eq!(["python-aiokafka", "go-kafka-go", "rust-rdkafka"].map(bills), [364_978, 202_776, 194_965]);
    let recommendations = json["decisions"].as_array().unwrap().iter();
    assert_eq!(recommendations.map(|it| cents(&it["saves_usd_per_month"])).sum::<i64>(), 859_818);
}

#[test]
fn csv_says_what_json_says() {
    let json = json(&["plan", FLEET]);
    let csv = printed(&["plan", FLEET, "--by", "runtime", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let plans = json["plans"].as_array().unwrap();
    assert_eq!(rows.len(), plans.len());
    assert!(header.iter().all(|field| plans[0].as_object().unwrap().contains_key(field)));
    for (row, plan) in rows.iter().zip(plans) {
        for (field, cell) in header.iter().zip(row) {
            match &plan[field] {
                Value::Null => assert_eq!(cell, ""),
                Value::String(text) => assert_eq!(cell, text),
                Value::Number(number) => {
                    let (cell, number) = (cell.parse::<f64>().unwrap(), number.as_f64().unwrap());
                    assert!((cell - number).abs() <= 1e-11 * number.abs(), "{field}: {cell} {number}");
                }
                other => assert_eq!(cell, other.to_string()),
            }
        }
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [50, 80, 97, 132, 200] {
        for command in [
            &["plan", FLEET][..],
            &["plan", FLEET, "--details", "--workload", "fraud-scores"],
            &["explain", "fraud-scores", FLEET],
            &["catalog", "runtimes"],
            &["catalog", "runtimes", "go-kafka-go"],
            &["catalog", "machines", "c7*"],
            &["catalog", "machines", "c7a.large"],
        ] {
            let output = tonnage(command).env("COLUMNS", width.to_string()).output().unwrap();
            for line in String::from_utf8(output.stdout).unwrap().lines() {
                assert!(line.chars().count() <= width, "{command:?} at {width}: {line}");
            }
        }
    }
}

/// A name wraps at its hyphens where the other columns leave no room for all of it.
#[test]
fn names_are_broken_at_hyphens_only() {
    let header = "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances,current_usd_per_month";
    let file =
        format!("{header}\naddress-validator-consumer,60M,1KB,50%,5,c6i.xlarge,2,95\nb,1M,1KB,50%,5,,,\n");
    for width in ["70", "80", "120"] {
        let mut command = tonnage(&["plan", "-"]);
        let output = command.env("COLUMNS", width).write_stdin(file.as_str()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let table = text.lines().skip_while(|line| !line.starts_with('\u{2500}')).skip(1);
        let name: String = table
            .take_while(|line| !line.is_empty() && !line.starts_with('('))
            .map(|line| {
                let part = line.split(' ').next().unwrap();
                assert!(
                    ["", "b"].contains(&part) || part.ends_with('-') || part.ends_with("consumer"),
                    "{text}"
                );
                part
            })
            .collect();
        assert!(name.contains("address-validator-consumer"), "{text}");
        assert!(text.contains("Today $95 a month (billed), planned "), "{text}");
    }
}

#[test]
fn no_color_where_there_is_no_terminal() {
    assert!(!printed(&["plan", FLEET]).contains('\u{1b}'));
}

/// A pipe that is no cell border: one without a backslash before it.
fn borders(line: &str) -> usize {
    line.replace("\\|", "").matches('|').count()
}

#[test]
fn markdown_tables_are_whole_whatever_a_workload_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let rows =
        "name,events_per_day,event_size,io_ratio\n\"a|b `c` *d* <e> [f](g) #1\",1M,1KB,0\nx_y_z,1M,1KB,0\n";
    std::fs::write(&file, rows).unwrap();
    let markdown = printed(&["plan", file.to_str().unwrap(), "--format", "markdown"]);
    assert!(markdown.contains("a\\|b `c` \\*d\\* \\<e> \\[f](g) #1"), "{markdown}");
    let mut columns = 0;
    for line in markdown.lines() {
        if line.starts_with('|') {
            if columns == 0 {
                columns = borders(line);
            }
            assert_eq!(borders(line), columns, "{line}");
        } else {
            columns = 0;
        }
    }
}

#[test]
fn one_workload_is_the_same_from_csv_toml_flags_and_standard_input() {
    let row = "name,events_per_day,event_size,io_ratio,handler_ms,partitions\nit,50M,1.2KB,85%,8,24\n";
    let table = "[[workload]]\nname = \"it\"\nevents_per_day = 50_000_000\nevent_size = \"1.2KB\"\nio_ratio = 0.85\nhandler_ms = 8\npartitions = 24\n";
    let flags = ["--name", "it", "--events-per-day", "5e7", "--event-size", "1200", "--io-ratio", "0.85"];
    let flags =
        [&["plan"][..], &flags, &["--handler-ms", "8", "--partitions", "24", "--format", "json"]].concat();
    // The cells differ as they were written; all that follows from them is the same.
    let answer = |text: &[u8]| {
        let mut json: Value = serde_json::from_slice(text).unwrap();
        assert_eq!(json["inputs"][0].take()["name"], "it");
        json.to_string()
    };
    let from_flags = answer(printed(&flags).as_bytes());
    for text in [row, table] {
        let output = tonnage(&["plan", "-", "--format", "json"]).write_stdin(text).output().unwrap();
        assert_eq!(answer(&output.stdout), from_flags);
    }
}

#[test]
fn a_flag_beside_a_file_stands_in_every_row() {
    let (before, after) = (json(&["plan", FLEET]), json(&["plan", FLEET, "--peak-factor", "1"]));
    let peak_factors = [4.0, 3.0, 5.0, 2.5, 3.0, 2.0, 3.0, 2.5, 3.0, 3.0, 1.5, 3.0];
    let rate = |json: &Value, index: usize| json["plans"][index]["peak_events_per_second"].as_f64().unwrap();
    for (row, factor) in peak_factors.into_iter().enumerate() {
        let ratio = rate(&before, 3 * row) / rate(&after, 3 * row);
        assert!((ratio - factor).abs() < 1e-10, "row {row}: {ratio}");
    }
}

#[test]
fn settings_come_from_the_file_and_flags_win() {
    let folder = tempfile::tempdir().unwrap();
    let workloads = folder.path().join("w.csv");
    let header = "name,events_per_day,event_size,io_ratio,current_machine";
    std::fs::write(&workloads, format!("{header}\nnew,1M,1KB,0,\nold,1M,1KB,0,c6i.large\n")).unwrap();
    std::fs::write(
        folder.path().join("tonnage.toml"),
        "provider = \"azure\"\nmin_instances = 3\nformat = \"csv\"\n",
    )
    .unwrap();
    let run = |more: &[&str]| {
        let args = [&["plan", workloads.to_str().unwrap(), "--format", "json"], more].concat();
        let output = tonnage(&args).current_dir(folder.path()).output().unwrap();
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let of = |plans: &Value, name: &str| {
        let plan = plan_of(plans, name, "go-kafka-go");
        (plan["provider"].as_str().map(str::to_owned), plan["instances"].as_u64())
    };
    let (azure, gcp, aws) = (Some("azure".to_owned()), Some("gcp".to_owned()), Some("aws".to_owned()));
    let plans = run(&[]);
    assert_eq!((of(&plans, "new"), of(&plans, "old")), ((azure, Some(3)), (aws.clone(), Some(3))));
    let plans = run(&["--provider", "gcp", "--min-instances", "4"]);
    assert_eq!((of(&plans, "new"), of(&plans, "old")), ((gcp, Some(4)), (aws, Some(4))));
}

/// Each row stays in the cloud and region that it runs in; one that runs nowhere yet is planned in aws us-east-1.
#[test]
fn plans_stay_where_workloads_run() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let header = "name,events_per_day,event_size,io_ratio,current_machine,current_instances";
    let rows =
        "a,50M,1KB,0,c6i.xlarge,3\ng,50M,1KB,0,n2-standard-4,3\nm,50M,1KB,0,Standard_D4s_v5,3\nn,50M,1KB,0,,";
    std::fs::write(&file, format!("{header}\n{rows}\n")).unwrap();
    let places = |more: &[&str]| -> Vec<String> {
        let plans = json(&[&["plan", file.to_str().unwrap()], more].concat());
        let decisions = plans["decisions"].as_array().unwrap();
        decisions.iter().map(|it| it["provider"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(places(&[]), ["aws", "gcp", "azure", "aws"]);
    assert_eq!(places(&["--any-region"]), ["aws", "gcp", "azure", "aws"]);
    assert_eq!(places(&["--provider", "azure"]), ["aws", "gcp", "azure", "azure"]);
    let anywhere = places(&["--any-provider"]);
    assert!(anywhere.iter().all(|provider| *provider == anywhere[0]), "{anywhere:?}");
    // Rows written one by one stay there too.
    let csv = printed(&["plan", file.to_str().unwrap(), "--by", "runtime", "--format", "csv"]);
    assert_eq!(csv.lines().filter(|line| line.starts_with("g,") && line.contains(",gcp,")).count(), 3);
}

/// Every line of the starter settings, taken in, is a setting, and the defaults are as it says.
#[test]
fn the_starter_settings_show_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    assert!(tonnage(&["init", folder.path().to_str().unwrap()]).output().unwrap().status.success());
    let starter = std::fs::read_to_string(folder.path().join("tonnage.toml")).unwrap();
    let lines: Vec<&str> = starter.lines().filter_map(|line| line.strip_prefix("# ")).collect();
    // What has no default says so in brackets, and shows an example.
    let has_default = |pair: &&[&str]| pair[1].contains(" = ") && !pair[0].contains("]: ");
    let defaults: Vec<&str> = lines.windows(2).filter(has_default).map(|pair| pair[1]).collect();
    assert!(defaults.contains(&"zones = 3") && defaults.len() > 20, "{defaults:?}");
    let config = folder.path().join("defaults.toml");
    std::fs::write(&config, defaults.join("\n")).unwrap();
    let config = config.to_str().unwrap();
    let planned = |args: &[&str]| as_installed(&[&["plan", FLEET][..], args].concat()).output().unwrap();
    assert!(planned(&[]).status.success());
    assert_eq!(planned(&["--config", config]), planned(&[]));
}

#[test]
fn filters_keep_to_what_they_say() {
    let plans = json(&["plan", FLEET, "--machine-types", "m7i*,c6a.*", "--runtimes", "go-kafka-go"]);
    for plan in plans["plans"].as_array().unwrap() {
        assert_eq!(plan["runtime"], "go-kafka-go");
        let machine = plan["instance_type"].as_str().unwrap();
        assert!(machine.starts_with("m7i") || machine.starts_with("c6a."), "{machine}");
    }
    let reserved = json(&["plan", FLEET, "--purchase", "reserved-3yr"]);
    assert!(reserved["plans"].as_array().unwrap().iter().all(|plan| plan["provider"] == "aws"));
}

#[test]
fn provisional_types_are_asked_for() {
    let count = |args: &[&str]| {
        json(&[&["catalog", "machines", "--arch", "arm64"], args].concat())["machines"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count(&[]), 105);
    let types = ["--machine-types", "e2*", "--provider", "gcp"];
    let mut refused =
        tonnage(&[&["plan", "--events-per-day=1M", "--event-size=1KB", "--io-ratio=0"][..], &types].concat());
    let refused = String::from_utf8(refused.output().unwrap().stderr).unwrap();
    assert!(refused.contains("only a rough figure; add --include-provisional"), "{refused}");
    let flags = ["--events-per-day=1M", "--event-size=1KB", "--io-ratio=0", "--include-provisional"];
    let plans = json(&[&["plan"][..], &flags, &types].concat());
    assert!(plans["plans"][0]["instance_type"].as_str().unwrap().starts_with("e2"));
}

#[test]
fn the_form_follows_the_ending_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    for (name, start) in [
        ("p.md", "### 12 workloads"),
        ("p.csv", "workload,today"),
        ("p.json", "{"),
        ("p.txt", "12 workloads"),
    ] {
        let file = folder.path().join(name);
        assert_eq!(printed(&["plan", FLEET, "-o", file.to_str().unwrap()]), "");
        assert!(std::fs::read_to_string(&file).unwrap().starts_with(start), "{name}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
}

#[test]
fn a_list_of_machines_reads_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("machines.csv");
    printed(&["catalog", "machines", "-o", file.to_str().unwrap()]);
    let mut embedded = json(&["plan", FLEET]);
    assert_eq!(embedded["settings"]["machines"].take(), Value::Null);
    let mut read = json(&["plan", FLEET, "--machines", file.to_str().unwrap()]);
    assert_eq!(read["settings"]["machines"].take(), file.to_str().unwrap());
    assert_eq!(read, embedded);
}

#[test]
fn a_short_list_of_machines_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("machines.csv");
    std::fs::write(
        &file,
        "instance_type,vcpus,memory_gib,on_demand_usd_per_hour,vcpu_speed\nours,4,16,0.2,0.8\n",
    )
    .unwrap();
    let plans = json(&[
        "plan",
        "examples/article.toml",
        "--current-machine",
        "ours",
        "--machines",
        file.to_str().unwrap(),
    ]);
    let plan = plan_of(&plans, "article", "rust-rdkafka");
    assert_eq!((plan["instance_type"].as_str(), plan["provider"].as_str()), (Some("ours"), Some("")));
    // 2 instances today, 2 planned: nothing to save.
    assert_eq!(plan["usd_per_month"].as_f64(), Some(2.0 * 0.2 * 730.0));
    assert_eq!(plans["decisions"][0]["verdict"], "stay");
}

/// The same names on purpose: a workload that names its runtime can be planned with either.
#[test]
fn measured_profiles_are_the_default_and_published_ones_can_be_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let workloads = Path::new(FLEET).canonicalize().unwrap();
    let workloads = workloads.to_str().unwrap();
    let run = |args: &[&str]| {
        let output = as_installed(args).arg("--format=json").current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let kinds = |args: &[&str]| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let listed = run(args);
        let all = listed["runtimes"].as_array().unwrap().iter();
        all.map(|it| (text(&it["name"]), text(&it["evidence"]))).collect()
    };
    let all_are = |kinds: &[(String, String)], kind: &str| kinds.iter().all(|(_, it)| it == kind);
    let measured = kinds(&["catalog", "runtimes"]);
    assert!(all_are(&measured, "measured"));
    let names: Vec<&str> = measured.iter().map(|(name, _)| name.as_str()).collect();
    let usual = ["python-aiokafka", "python-confluent", "go-kafka-go", "go-franz", "rust-rdkafka"];
    assert_eq!(
        names,
        [&usual[..], &["java-kafka-clients", "java-kafka-clients-virtual", "node-kafkajs"]].concat()
    );
    let published = kinds(&["catalog", "runtimes", "--published"]);
    assert!(all_are(&published, "published"));
    let names: Vec<&str> = published.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["python-aiokafka", "go-kafka-go", "rust-rdkafka"]);

    let by_flag = run(&["plan", workloads, "--published"]);
    assert_ne!(by_flag, run(&["plan", workloads]));
    std::fs::write(folder.path().join("tonnage.toml"), "published = true\n").unwrap();
    assert_eq!(run(&["plan", workloads]), by_flag);
    assert_eq!(kinds(&["catalog", "runtimes", "--published=false"]), measured);
}

/// Whatever the figures are, every kind of handler has them.
#[test]
fn every_kind_of_handler_is_planned_in_every_measured_runtime() {
    for handler in ["decode", "parse", "validate", "aggregate"] {
        let flags =
            ["--events-per-day", "1M", "--event-size", "1KB", "--io-ratio", "0", "--handler", handler];
        let args = [&["plan", "--format", "json"][..], &flags].concat();
        let output = as_installed(&args).output().unwrap();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let plans = json["plans"].as_array().unwrap();
        assert_eq!(plans.len(), 5);
        assert!(plans.iter().all(|plan| plan["feasible"] == true), "{handler}: {json:#}");
    }
}

/// Five runtimes are more than 80 columns have room for: today's stays, and the cheapest of each language.
#[test]
fn a_comparison_that_is_too_wide_leaves_out_what_others_of_the_language_beat() {
    let folder = tempfile::tempdir().unwrap();
    let copies = [
        ("python-confluent", include_str!("../../profiles/runtimes/published/python-aiokafka.toml")),
        ("go-franz", include_str!("../../profiles/runtimes/published/go-kafka-go.toml")),
    ];
    for (name, text) in copies {
        let old = text.lines().find(|line| line.starts_with("name = ")).unwrap();
        let text = text.replace(old, &format!("name = {name:?}"));
        std::fs::write(folder.path().join(format!("{name}.toml")), text).unwrap();
    }
    let profiles = folder.path().to_str().unwrap();
    let text = printed(&["plan", FLEET, "--details", "--workload", "search-indexer", "--profiles", profiles]);
    let heading =
        text.lines().find(|line| line.starts_with(' ') && line.contains("python-aiokafka")).unwrap();
    let shown: Vec<&str> = heading.split_whitespace().collect();
    assert_eq!(shown, ["python-aiokafka", "go-kafka-go", "rust-rdkafka"]);
    assert!(text.contains("(not shown at this width: go-franz, python-confluent)"), "{text}");
}

#[test]
fn a_profile_of_the_same_name_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let profile = include_str!("../../profiles/runtimes/published/go-kafka-go.toml");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("go.toml", &profile.replace("Go, kafka-go (published)", "Ours"));
    write("new.toml", &profile.replace("name = \"go-kafka-go\"", "name = \"go-franz\""));
    let runtimes = json(&["catalog", "runtimes", "--profiles", folder.path().to_str().unwrap()]);
    let of = |key: &str| {
        let all = runtimes["runtimes"].as_array().unwrap().iter();
        all.map(|it| it[key].as_str().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(of("name"), ["python-aiokafka", "go-kafka-go", "rust-rdkafka", "go-franz"]);
    assert_eq!(of("title")[1], "Ours");
}

/// A fetch that a profile gives by itself is told as a part of an event's CPU wherever that is told, and one that
/// it does not give nowhere.
#[test]
fn a_fetch_is_a_part_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let profile = include_str!("../../profiles/runtimes/published/go-kafka-go.toml");
    let fetch = "[cpu]\nfetch = { us = { value = 300, low = 200, high = 400 }, round_trip_ms = 4 }\n";
    std::fs::write(folder.path().join("go.toml"), profile.replace("[cpu]\n", fetch)).unwrap();
    // 500/s at peak on two binaries are 250/s each, and 250/s * 4 ms = 1 arrives meanwhile: 1 + 1/e events a fetch.
    let described =
        ["--events-per-day", "43.2M", "--peak-factor", "1", "--event-size", "1KB", "--io-ratio", "0"];
    let chosen = ["--machine-types", "c7a.large", "--runtimes", "go-kafka-go"];
    let profiles = ["--profiles", folder.path().to_str().unwrap()];
    let asked =
        |command: &'static str, more: &[&'static str]| [&[command][..], &described, &chosen, more].concat();
    let with = |command, more: &[&'static str]| printed(&[&asked(command, more)[..], &profiles].concat());
    let record = |text: &str| serde_json::from_str::<Value>(text).unwrap()["plans"][0].take();

    let plan = record(&with("plan", &["--format", "json"]));
    let seconds = |plan: &Value, field: &str| plan[field].as_f64().unwrap();
    assert!(
        (seconds(&plan, "fetch_seconds_per_event") - 0.558 * 300e-6 / (1.0 + (-1.0f64).exp())).abs() < 1e-15
    );
    let without = record(&printed(&asked("plan", &["--format", "json"])));
    assert_eq!(seconds(&without, "fetch_seconds_per_event"), 0.0);
    let handling = seconds(&plan, "cpu_seconds_per_event") - seconds(&plan, "fetch_seconds_per_event");
    assert!((handling - seconds(&without, "cpu_seconds_per_event")).abs() < 1e-15);

    let explained = with("explain", &["--format", "markdown"]);
    assert!(
        explained.contains(
            "| events a fetch | 250/s x 4 ms + exp(-250/s x 4 ms) | 1.37 |\n| fetch | speed 0.558 x 300 µs / events_per_fetch 1.37 | 122 µs |"
        ),
        "{explained}"
    );
    assert!(explained.contains("| receive |"));
    assert!(printed(&asked("explain", &[])).contains("fetch and receive"));
    assert!(with("plan", &["--details"]).contains("of it the fetch"));
    assert!(!printed(&asked("plan", &["--details"])).contains("of it the fetch"));
    let line = |args: &[&str], start: &str| -> Vec<String> {
        let text = printed(&[args, &profiles].concat());
        let line = text.lines().find(|line| line.starts_with(start)).unwrap();
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(str::to_owned).collect()
    };
    let figure = line(&["catalog", "runtimes", "go-kafka-go"], "fetch  ");
    assert_eq!(figure[..5], ["fetch", "300", "200", "400", "µs"]);
    // 0.558 x 300 us at speed 1.0.
    assert_eq!(line(&["catalog", "runtimes"], "go-kafka-go")[2], "167 µs");
}

/// Verdicts, each on a workload that calls for it.
mod verdicts {
    use super::*;

    fn recommendation(flags: &[&str]) -> Value {
        let base = ["plan", "--event-size", "500", "--provider", "aws"];
        let mut json = json(&[&base[..], flags].concat());
        json["decisions"][0].take()
    }

    #[test]
    fn stay_where_nothing_saves_enough() {
        let it = recommendation(&["--events-per-day", "10M", "--io-ratio", "0"]);
        assert_eq!((it["verdict"].as_str(), it["runtime"].as_str()), (Some("stay"), Some("python-aiokafka")));
        assert!(
            it["sentence"]
                .as_str()
                .unwrap()
                .starts_with("Whatever the handler takes, python-aiokafka needs ")
        );
        // Nothing says what runs today, so nothing is saved of its bill, not $0.
        assert!(it["saves_usd_per_month"].is_null());
    }

    #[test]
    fn right_size_splits_off_what_the_runtime_does_not_give() {
        let today = ["--current-machine", "c6i.4xlarge", "--current-instances", "4"];
        let it = recommendation(&[&["--events-per-day", "10M", "--io-ratio", "0"][..], &today].concat());
        assert_eq!(it["verdict"], "right_size");
        assert_eq!(it["today_usd_per_month"].as_f64().unwrap().round(), 1986.0);
        let (all, sizing) = (&it["saves_usd_per_month"], &it["right_sizing_saves_usd_per_month"]);
        assert_eq!(all, sizing);
        let kinds: Vec<_> = it["options"].as_array().unwrap().iter().map(|step| &step["kind"]).collect();
        assert_eq!(kinds.first().unwrap().as_str(), Some("right_size"));
        assert_eq!(kinds.last().unwrap().as_str(), Some("language"));
    }

    #[test]
    fn move_where_every_factor_saves_enough() {
        let flags = [
            "--events-per-day",
            "2B",
            "--io-ratio",
            "0",
            "--handler-ms",
            "5",
            "--rewrite-days",
            "100",
            "--peak-factor",
            "3",
            "--native-share",
            "0",
        ];
        // Whatever else is recommended, nobody moves from a runtime that was only assumed.
        assert_eq!(recommendation(&flags)["depends_on"]["column"], "current_runtime");
        let it = recommendation(&[&flags[..], &["--current-runtime", "python-aiokafka"]].concat());
        assert_eq!((it["verdict"].as_str(), it["runtime"].as_str()), (Some("move"), Some("rust-rdkafka")));
        // Even so, it says what to measure first.
        assert!(it["evidence"]["measure"].as_str().unwrap().contains("ported as a spike"));
    }

    #[test]
    fn stay_where_the_network_costs_the_same_in_any_language() {
        let it = recommendation(&["--events-per-day", "60B", "--io-ratio", "0"]);
        assert_eq!(it["verdict"], "stay");
        assert!(it["current_runtime_usd_per_month"].as_f64().unwrap() > 1000.0);
    }

    #[test]
    fn spike_where_it_turns_on_own_code() {
        let flags = ["--events-per-day", "200M", "--io-ratio", "0", "--handler-ms", "5"];
        // Without days of rewriting nobody moves, and what a rewrite is worth at most is said.
        let it = recommendation(&flags);
        assert_eq!(
            (it["verdict"].as_str(), it["runtime"].as_str()),
            (Some("stay"), Some("python-aiokafka")),
            "{it:#}"
        );
        let (least, most) = (it["saves_at_least"].as_f64().unwrap(), it["saves_at_most"].as_f64().unwrap());
        assert!(least < 800.0 && most > 800.0, "{least} {most}");
        assert!((it["worth_engineer_days"].as_f64().unwrap() - most * 24.0 / 800.0).abs() < 1e-6);
        let it = recommendation(&[&flags[..], &["--rewrite-days", "1"]].concat());
        assert_eq!(it["depends_on"]["column"], "spike_factor");
        assert_eq!(
            (&it["depends_on"]["below"]["verdict"], &it["depends_on"]["above"]["verdict"]),
            (&"stay".into(), &"move".into())
        );
    }

    #[test]
    fn a_smaller_step_where_waiting_is_what_costs() {
        // Nearly all of 200 ms is waiting, one event a process: thousands of interpreters.
        let it = recommendation(&["--events-per-day", "400M", "--io-ratio", "99.9%", "--handler-ms", "200"]);
        assert_eq!(
            (it["verdict"].as_str(), it["alternative"].as_str()),
            (Some("alternative"), Some("partition_concurrency"))
        );
        assert_eq!(it["runtime"], "python-aiokafka");
    }

    #[test]
    fn none_where_the_goal_is_below_the_handler() {
        let flags = ["--events-per-day", "1M", "--io-ratio", "95%", "--handler-ms", "50", "--p99-ms", "10"];
        let it = recommendation(&flags);
        assert_eq!((it["verdict"].as_str(), it["runtime"].as_str()), (Some("none"), None));
    }

    #[test]
    fn the_threshold_is_settable() {
        let flags = ["--events-per-day", "20B", "--io-ratio", "0", "--min-saving", "1000000"];
        assert_eq!(recommendation(&flags)["verdict"], "stay");
    }
}

/// What is read is never written over, and CPU observed at one volume is not taken for another.
mod refusals {
    use super::*;
    use crate::command::refused;

    const ROWS: &str = "name,events_per_day,event_size,io_ratio,observed_cores\na,50M,1KB,0,2\n";

    #[test]
    fn the_input_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w.csv");
        std::fs::write(&file, ROWS).unwrap();
        let path = file.to_str().unwrap();
        for command in [
            &["plan", path][..],
            &["failures", path],
            &["explain", path],
            &["explain", "a", path],
            &["sweep", path, "--over=months"],
            &["hours", "examples/hours.csv", "--hourly-csv", path],
            &["hours", "examples/hours.csv", "--serverless", path],
            &["simulate", "examples/hours.csv", "--hourly-csv", path],
            &["calibrate", "examples/hours.csv", "--utilizations", path],
            &["fit", path],
            &["fit", "examples/hours.csv", "--client", path],
        ] {
            let said = refused(tonnage(&[command, &["-o", path]].concat()));
            assert!(said.contains("it is read, and would be lost"), "{command:?}: {said}");
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), ROWS);
    }

    #[test]
    fn observed_cores_go_with_their_volume() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w.csv");
        std::fs::write(&file, ROWS).unwrap();
        let path = file.to_str().unwrap();
        let said = refused(tonnage(&["plan", path, "--set", "events_per_day=150M"]));
        assert!(
            said.contains("observed_cores of the file belongs to the events_per_day of the file"),
            "{said}"
        );
        printed(&["plan", path, "--set", "events_per_day=150M", "--set", "observed_cores=6"]);
    }

    /// 4.4 cores busy at peak in partitions that hold one at a time: it cannot run as it is said to, and nothing is advised
    /// but to mend that.
    #[test]
    fn what_could_not_run_today_is_checked_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w.csv");
        let header =
            "name,events_per_day,event_size,io_ratio,handler_ms,partitions,current_machine,current_instances";
        std::fs::write(
            &file,
            format!("{header}\na,50M,1KB,0,50,6,c6i.large,3\nb,1M,1KB,0,1,6,c6i.large,3\n"),
        )
        .unwrap();
        let json = json(&["plan", file.to_str().unwrap()]);
        let it = &json["decisions"][0];
        assert_eq!(
            (&it["action"], &it["baseline"]),
            (&"check handler_ms or events_per_day".into(), &"contradictory".into())
        );
        for none in ["verdict", "usd_per_month", "saves_usd_per_month", "planned_instances"] {
            assert!(it[none].is_null(), "{none}: {it:#}");
        }
        let text = printed(&["plan", file.to_str().unwrap()]);
        // 579/s of 50 ms are 28.9 cores, and 3 x c6i.large have 6.
        assert!(one_line(&text).contains("28.9 cores at the mean rate, and 3 x c6i.large have 6"), "{text}");
        // So is it wherever it is alone.
        for command in [
            &["explain", "a"][..],
            &["sweep", "--over", "peak_factor", "--workload", "a"],
            &["hours", "--workload", "a", "--hourly-csv", "examples/week.csv"],
        ] {
            let text = printed(&[command, &[file.to_str().unwrap()]].concat());
            let says = "Not to be believed before the inputs are mended\n\n- a: ";
            assert!(text.starts_with(says), "{command:?}: {text}");
        }
    }
}

/// On 60 columns, where nothing is left to leave out, words are broken at their hyphens and nowhere else.
#[test]
fn a_narrow_table_breaks_no_word() {
    let text = |width: &str| {
        let mut command = Command::cargo_bin("tonnage").unwrap();
        command.args(["plan", "examples/workloads.csv"]).env("COLUMNS", width);
        crate::command::printed(command)
    };
    let words = |text: &str| -> BTreeSet<String> {
        let table = text.lines().skip_while(|line| !line.starts_with('─')).skip(1);
        let table = table.take_while(|line| !line.is_empty() && !line.starts_with('('));
        let parts = table.flat_map(|line| line.split([' ', '-']).map(str::to_owned).collect::<Vec<_>>());
        parts.filter(|part| part.len() > 1).collect()
    };
    let (narrow, wide) = (text("60"), text("200"));
    assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
    assert_eq!(words(&narrow).difference(&words(&wide)).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// Twelve workloads on one screen; what decides is in the narrow table too.
#[test]
fn the_answer_of_a_plan_is_on_one_screen() {
    let at = |width: &str| {
        let output = Command::cargo_bin("tonnage")
            .unwrap()
            .args(["plan", "examples/workloads.csv"])
            .env("COLUMNS", width)
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let wide = at("100");
    assert!(wide.lines().count() <= 41 && wide.lines().all(|line| line.chars().count() <= 100), "{wide}");
    let narrow = at("80");
    let header = narrow.lines().find(|line| line.starts_with("workload ")).unwrap();
    for title in ["plan", "today", "planned", "saves", "what to do"] {
        assert!(header.contains(title), "{header}");
    }
}

#[test]
fn the_answer_says_where_nothing_has_a_plan_and_what_contradicts_itself() {
    let printed = |args: &[&str]| String::from_utf8(as_installed(args).output().unwrap().stdout).unwrap();
    // No type of Google has a three-year price in the list.
    let none = as_installed(&["plan", "examples/workloads.csv", "--purchase=reserved-3yr", "--provider=gcp"]);
    let refused = crate::command::refused(none);
    assert!(refused.contains("there is no reserved-3yr price of gcp, only of aws"), "{refused}");
    let twelve = printed(&["plan", "examples/workloads.csv"]);
    let words = one_line(&twelve);
    assert!(
        words.contains("checked against measured CPU, ") && words.contains(" still to be checked."),
        "{twelve}"
    );
    assert!(words.contains("Give CPU in use (observed_cores or utilization) of "), "{twelve}");
    // 20 cores are not on 3 x c6i.xlarge: no verdict, no saving, no plan, whatever else is given.
    let impossible =
        printed(&["plan", "examples/workloads.csv", "--workload", "audit-log", "--set", "observed_cores=20"]);
    let words = one_line(&impossible);
    let said = "No verdict: observed_cores is 20, and 3 x c6i.xlarge have 12 vCPUs; look at observed_cores.";
    assert!(words.contains(said), "{impossible}");
}
