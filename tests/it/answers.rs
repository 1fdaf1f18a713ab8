//! One answer in every command and format, and what it takes to be believed.

use crate::command::{one_line, printed, refused, with_rows};
use assert_cmd::Command;
use serde_json::Value;
use std::fs;

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "100");
    command
}

fn words(args: &[&str]) -> String {
    one_line(&printed(tonnage(args)))
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&printed(tonnage(&[args, &["--format", "json"]].concat()))).unwrap()
}

mod sweeps {
    use super::*;

    // Two c6i.large are kept, though a plan would ask for another type; the volume does not grow, so they stay.
    #[test]
    fn months_begin_with_what_plan_keeps() {
        let args = ["examples/workloads.csv", "--workload", "ledger-postings"];
        let decided = &json(&[&["plan"][..], &args].concat())["decisions"][0];
        assert_eq!((&decided["verdict"], &decided["planned"]), (&"stay".into(), &"2 x c6i.large".into()));
        let months = json(&[&["sweep", "--over", "months"][..], &args].concat());
        let current =
            months["months"].as_array().unwrap().iter().filter(|it| it["runtime"] == "python-aiokafka");
        let current: Vec<_> = current.collect();
        assert_eq!(current.len(), 25);
        for month in current {
            let machines = format!("{} x {}", month["instances"], month["instance_type"].as_str().unwrap());
            assert_eq!(
                (machines.as_str(), &month["usd_per_month"]),
                ("2 x c6i.large", &decided["usd_per_month"])
            );
            assert!(month["bound_by"].is_null());
        }
    }

    // Kept until the volume has outgrown them, and not a month longer.
    #[test]
    fn what_is_kept_is_kept_until_it_no_longer_serves() {
        let args = ["sweep", "--over", "months", "examples/workloads.csv", "--workload", "email-sender"];
        let months = json(&[&args[..], &["--set", "growth_pct_per_month=10"]].concat());
        let all = months["months"].as_array().unwrap();
        let all: Vec<_> = all.iter().filter(|it| it["runtime"] == "python-aiokafka").collect();
        let instances = |at: usize| all[at]["instances"].as_u64();
        assert_eq!((instances(0), &all[0]["instance_type"]), (Some(4), &"m6i.large".into()));
        let first = (0..all.len()).find(|&at| instances(at) != Some(4)).unwrap();
        assert!(
            first > 0 && (0..first).all(|at| all[at]["usd_per_month"] == all[0]["usd_per_month"]),
            "{first}"
        );
    }

    #[test]
    fn headings_have_the_decision_beside_the_cheapest() {
        let args = ["examples/workloads.csv", "--workload", "email-sender"];
        let by_volume = words(&[&["sweep", "--over", "events_per_day"][..], &args].concat());
        let decided =
            "keep if parallel; plan asks $335 (4 x m6i.large, $280 a month; $283 in all). By cost alone";
        let at = format!("email-sender at today's 3M events a day: {decided} rust-rdkafka is");
        assert!(by_volume.starts_with(&at), "{by_volume}");
        let by_peak = words(&[&["sweep", "--over", "peak_factor"][..], &args].concat());
        assert!(
            by_peak.starts_with(&format!("email-sender at today's peak_factor of 5: {decided}")),
            "{by_peak}"
        );
    }
}

const WITHHELD: &str = "\
name,events_per_day,event_size,io_ratio,handler_ms,observed_cores,backtest_error,hourly,current_machine,\
current_instances,current_processes,partitions,peak_factor
bad,50M,1KB,0,50,,,1 1 1 1 1 1 2 3 4 4 4 4 4 4 4 4 4 3 3 2 2 1 1 1,c6i.large,3,6,48,3
off,50M,1KB,0,1,,60%,1 1 1 1 1 1 2 3 4 4 4 4 4 4 4 4 4 3 3 2 2 1 1 1,c6i.xlarge,3,12,48,3
good,50M,1KB,0,1,1,,1 1 1 1 1 1 2 3 4 4 4 4 4 4 4 4 4 3 3 2 2 1 1 1,c6i.xlarge,3,12,48,3
";

#[test]
fn withheld_workloads_are_named_behind_the_answer() {
    with_rows(WITHHELD, |file| {
        let (kept, left_out) = ("Not counted", "Left out");
        for (command, said) in [
            (&["sweep", "--over", "months"][..], kept),
            (&["failures"], kept),
            (&["hours"], left_out),
            (&["simulate"], left_out),
            (&["plan", "--pool", "shared"], left_out),
        ] {
            let text = printed(tonnage(&[command, &[file]].concat()));
            let marked = if said == kept { " (!)" } else { "" };
            let named = format!(
                "\n\n{said}: 2 of 3 workloads, whose inputs contradict each other{marked}: bad, off.\n\n"
            );
            let (answer, figures) = text.split_once(&named).unwrap_or_else(|| panic!("{command:?}: {text}"));
            assert!(!answer.contains("bad") && !answer.contains("off "), "{command:?}: {answer}");
            let (figures, reasons) =
                figures.split_once("To be mended before these are counted\n\n- bad: ").unwrap();
            assert!(
                reasons.contains("- off: ") && one_line(reasons).contains("look at backtest_error."),
                "{text}"
            );
            // No row of theirs goes unmarked.
            let begins = |line: &&str| line.starts_with("bad ") || line.starts_with("off ");
            let rows: Vec<&str> = figures.lines().filter(begins).collect();
            assert!(rows.iter().all(|row| &row[4..6] == "! "), "{command:?}: {figures}");
            assert_eq!(rows.is_empty(), said == left_out, "{command:?}: {figures}");
        }
        for command in [&["export", "kubernetes"][..], &["export", "keda", "--topic", "t"]] {
            let output = tonnage(&[command, &[file]].concat()).output().unwrap();
            let [text, said] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
            let named: Vec<&str> =
                said.lines().filter_map(|line| line.strip_prefix("Left out: ")?.get(..5)).collect();
            assert_eq!(named, ["bad: ", "off: "], "{command:?}: {said}");
            assert!(text.contains("name: good") && !text.contains("name: bad"), "{command:?}: {text}");
        }
        let alone = refused(tonnage(&["simulate", file, "--workload", "bad"]));
        assert!(alone.contains("nothing to show until the inputs are mended; bad: "), "{alone}");
    });
}

/// 3 x $0.17 an hour over 730 hours are $372 for `off` and for `good`, and half of that for `bad`. A percentage says of what it is.
#[test]
fn all_that_is_paid_is_in_the_heading() {
    with_rows(WITHHELD, |file| {
        let said = one_line(&printed(tonnage(&["plan", file])));
        assert!(
            said.contains(
                "Today $931 a month: $372 decided, $558 open. What is decided is planned at $150: saves"
            ),
            "{said}"
        );
        assert!(
            said.contains(
                "checked against measured CPU. Open workloads: 2 whose inputs contradict each other."
            ),
            "{said}"
        );
        let page = printed(tonnage(&["plan", file, "--format", "html"]));
        for figure in [
            "<dt>Today</dt><dd class=\"value\">$931</dd><dd>a month</dd>",
            "<dt>Open</dt><dd class=\"value\">$558</dd>",
            "<dt>Planned</dt><dd class=\"value\">$150</dd><dd>for the $372 decided, 60 % less</dd>",
        ] {
            assert!(page.contains(figure), "{figure}");
        }
        let (_, next) = said.split_once(" Next ").unwrap();
        let hanging: Vec<&str> = next.split(" a month hangs on it.").collect();
        assert!(hanging[0].ends_with("look at backtest_error; $372"), "{next}");
        assert!(hanging[1].ends_with("look at io_ratio, handler_ms or events_per_day; $186"), "{next}");
    });
}

mod suspects {
    use super::*;

    fn look_at(workload: &str, set: &[&str]) -> String {
        let set: Vec<&str> = set.iter().flat_map(|it| ["--set", it]).collect();
        let args = ["plan", "examples/workloads.csv", "--workload", workload];
        json(&[&args[..], &set].concat())["decisions"][0]["look_at"].as_str().unwrap().to_owned()
    }

    /// Whichever of the columns is made wrong, it is one of those that are told.
    #[test]
    fn the_column_that_was_made_wrong_is_named() {
        for (workload, set, column) in [
            ("fraud-scores", "current_machine=c6i.large", "current_machine"),
            ("sensor-readings", "current_machine=c7a.xlarge", "current_machine"),
            ("sensor-readings", "handler_ms=30", "handler_ms"),
            ("clickstream", "observed_cores=100", "observed_cores"),
            ("image-metadata", "memory_mib=16000", "memory_mib"),
        ] {
            let told = look_at(workload, &[set]);
            assert!(
                told.replace(" or ", ", ").split(", ").any(|it| it == column),
                "{workload} with {set}: {told}"
            );
        }
        let told = look_at("clickstream", &["observed_cores=3", "current_fetch_wait_ms=0"]);
        assert!(told.starts_with("current_fetch_wait_ms, "), "{told}");
        // 22 cores of work by handler_ms and the graph, on 6 vCPUs: only the machines can be wrong.
        let told = look_at("fraud-scores", &["observed_cores=18", "current_machine=c6i.large"]);
        assert!(told.starts_with("current_machine"), "{told}");
    }

    fn look_at_row(columns: &str, cells: &str) -> String {
        with_rows(&format!("name,events_per_day,event_size,io_ratio,{columns}\n{cells}\n"), |file| {
            json(&["plan", file])["decisions"][0]["look_at"].as_str().unwrap_or_default().to_owned()
        })
    }

    /// Each of 3 binaries of go-franz fetches every 0.476 ms + the wait, 0.177 ms of CPU each time, and reads 7,716/s: without a wait 3 x
    /// 0.177 / 0.476 = 1.1 cores, at 4.5 ms 0.11. 0.4 are within a factor of two of 1 to 3 ms alone, which lie between two steps of 5 ms.
    #[test]
    fn what_can_be_is_found_between_steps() {
        let with = |wait: &str| {
            let columns = "handler_ms,observed_cores,current_machine,current_instances,current_processes,current_fetch_wait_ms,\
                           peak_factor,partitions,current_runtime";
            look_at_row(columns, &format!("a,2B,200,0,0.001,0.4,c7a.xlarge,3,3,{wait},2,48,go-franz"))
        };
        for (wait, told) in [("0", true), ("2", false), ("4.5", true)] {
            assert_eq!(with(wait).starts_with("current_fetch_wait_ms, "), told, "{wait}");
        }
    }

    /// 90M a day of 2 ms take the 2.1 cores that are observed, and 90k a thousandth.
    #[test]
    fn a_unit_that_is_lost_is_looked_at() {
        let told = look_at_row(
            "handler_ms,observed_cores,current_machine,current_instances,peak_factor,partitions,current_runtime",
            "a,90k,600,0,2,2.1,c7a.xlarge,3,2,48,go-franz",
        );
        assert_eq!(told, "events_per_day or observed_cores");
    }

    /// 37/s of 100 ms are 3.7 events in flight on 3 partitions, of which each has one where in_flight is blank: it is asked for before what is
    /// given, even where a shorter handler would do by less.
    #[test]
    fn a_blank_cell_is_looked_at_first() {
        let with = |in_flight: &str| {
            let columns = "handler_ms,current_machine,current_instances,peak_factor,partitions,skew,in_flight,current_runtime";
            look_at_row(columns, &format!("a,3.2M,1KB,90%,100,c7a.xlarge,3,2,3,1,{in_flight},go-franz"))
        };
        assert!(with("").starts_with("in_flight, "), "{}", with(""));
        assert!(with("1").starts_with("handler_ms, "), "{}", with("1"));
        assert_eq!(with("2"), "");
    }
}

mod inputs {
    use super::*;

    #[test]
    fn a_region_that_is_nearly_that_of_aws_is_a_question() {
        let rows = |more: &str| {
            format!("name,events_per_day,event_size,io_ratio,region,provider\na,1M,1KB,0,{more}\n")
        };
        with_rows(&rows("us-east1,"), |file| {
            let said = refused(tonnage(&["plan", file]));
            let question = "region is \"us-east1\", a region of gcp, and aws has \"us-east-1\"; give provider gcp or aws with it";
            assert!(said.ends_with(&format!("w.csv:2:12: {question}\n")), "{said}");
        });
        for known in ["us-east1,gcp", "us-east-1,", "us-east-1,aws"] {
            with_rows(&rows(known), |file| printed(tonnage(&["plan", file])));
        }
        let flag = refused(tonnage(&["plan", "examples/growth.csv", "--region", "us-east1"]));
        assert!(flag.contains("a region of gcp, and aws has \"us-east-1\""), "{flag}");
    }

    #[test]
    fn the_runtimes_of_a_language_are_suggested() {
        let rows = |runtime: &str| {
            format!("name,events_per_day,event_size,io_ratio,current_runtime\na,1M,1KB,0,{runtime}\n")
        };
        let said = |runtime: &str| with_rows(&rows(runtime), |file| refused(tonnage(&["plan", file])));
        let python = "current_runtime is \"Python\", a language; say which of its runtimes: \"python-aiokafka\" or \
                      \"python-confluent\"\n";
        assert!(said("Python").ends_with(python), "{}", said("Python"));
        assert!(said("go").contains("\"go-kafka-go\" or \"go-franz\""), "{}", said("go"));
        for (names, runtime) in [
            (["Java", "Kafka Streams"], "java-kafka-clients"),
            (["Node.js", "nodejs"], "node-kafkajs"),
            (["JavaScript", "TypeScript"], "node-kafkajs"),
        ] {
            // A language with one profile means that.
            for name in names {
                let plan =
                    with_rows(&rows(name), |file| printed(tonnage(&["plan", file, "--format", "json"])));
                assert!(plan.contains(&format!("\"current_runtime\": {runtime:?}")), "{plan}");
            }
        }
        let none = "current_runtime is \"Kotlin\", and there is no profile of that language; make one: ";
        assert!(said("Kotlin").contains(none), "{}", said("Kotlin"));
        let flag = refused(tonnage(&["plan", "examples/growth.csv", "--runtimes", "go"]));
        assert!(flag.contains("say which of its runtimes: \"go-kafka-go\" or \"go-franz\""), "{flag}");
    }

    #[test]
    fn headers_are_read_as_people_write_them() {
        let plain = "name,events_per_day,event_size,io_ratio,p99_ms\na,1M,1KB,0,500\n";
        let written = "Name,Events per day,EVENT-SIZE,IO ratio,P99 ms\na,1M,1KB,0,500\n";
        let plan = |rows| with_rows(rows, |file| printed(tonnage(&["plan", file, "--format", "csv"])));
        assert_eq!(plan(written), plan(plain));
        let twice = "name,events_per_day,Events Per Day,event_size,io_ratio\na,1M,1M,1KB,0\n";
        let said = with_rows(twice, |file| refused(tonnage(&["plan", file])));
        assert!(said.contains("column \"Events Per Day\" is there twice"), "{said}");
    }
}

#[test]
fn what_is_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.csv");
    let name = file.to_str().unwrap();
    let output = tonnage(&["plan", "examples/growth.csv", "-o", name]).output().unwrap();
    let size = fs::metadata(&file).unwrap().len();
    assert!(size > 1000);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("wrote {name}, {} KB\n", size.div_ceil(1000))
    );
    assert!(output.stdout.is_empty());
    // Where links are asked for, the name is one: `FORCE_HYPERLINK` stands for a terminal that has them.
    let linked =
        tonnage(&["plan", "examples/growth.csv", "-o", name]).env("FORCE_HYPERLINK", "1").output().unwrap();
    let said = String::from_utf8_lossy(&linked.stderr).into_owned();
    let path = file.canonicalize().unwrap();
    assert!(said.starts_with("wrote \u{1b}]8;;file://"), "{said:?}");
    let rest = format!("{}\u{1b}\\{name}\u{1b}]8;;\u{1b}\\, {} KB\n", path.display(), size.div_ceil(1000));
    assert!(said.ends_with(&rest), "{said:?} {rest:?}");
    let standard = tonnage(&["plan", "examples/growth.csv", "-o", "-"]).output().unwrap();
    assert!(standard.stderr.is_empty());
}

mod plans {
    use super::*;

    /// Where a plan leaves its p99 goal open, the range and the goal stand where it is decided.
    #[test]
    fn an_open_p99_is_shown_beside_its_goal() {
        let decided =
            json(&["plan", "examples/workloads.csv", "--workload", "fraud-scores", "--set", "p99_ms=190"]);
        let plans = decided["plans"].as_array().unwrap();
        let plan = plans.iter().find(|it| it["runtime"] == "python-aiokafka").unwrap();
        let [low, high] = ["p99_ms_low", "p99_ms_high"].map(|it| plan[it].as_f64().unwrap() / 1e3);
        let decision = &decided["decisions"][0];
        assert!(decision["verdict"] == "right_size" && low < 0.19 && 0.19 < high, "{low}");
        let (low, high) = (low * 1e3, (high * 100.0).round() * 10.0);
        let open = format!("{low:.0} to {high:.0} ms (today 59 to 220 ms) for a goal of 190 ms: test it");
        let text = words(&["plan", "examples/workloads.csv", "--set", "p99_ms=190"]);
        let next = text.split(" Next ").nth(1).unwrap();
        let line = next.split("fraud-scores: ").nth(1).unwrap();
        assert!(line.contains(&format!("; p99 is {open}.")), "{open} is not in {line}");
        let sentence = decision["sentence"].as_str().unwrap();
        assert!(sentence.contains(&format!("p99 at peak is {open} before the change.")), "{sentence}");
    }

    /// A legend names what is drawn, and a sum those that are not in it.
    #[test]
    fn a_chart_says_what_is_in_it() {
        let chart = |rows: &str| {
            with_rows(rows, |file| {
                let svg = format!("{file}.svg");
                printed(tonnage(&["plan", file, "--chart", &format!("waterfall={svg}")]));
                fs::read_to_string(svg).unwrap()
            })
        };
        let drawn = chart(WITHHELD);
        assert!(
            drawn.contains("saved, checked")
                && drawn.contains("Not drawn, as it is open or has no bill of today: off, bad."),
            "{drawn}"
        );
        assert!(!drawn.contains("to be checked") && !drawn.contains("costs more"), "{drawn}");
        let unchecked = chart(&WITHHELD.replace("good,50M,1KB,0,1,1,", "good,50M,1KB,0,1,,"));
        assert!(
            unchecked.contains("saved, to be checked") && !unchecked.contains("saved, checked"),
            "{unchecked}"
        );
    }

    #[test]
    fn a_pool_is_told_with_its_bill_and_instruction_set() {
        let text = printed(tonnage(&["plan", "--pool", "shared", "examples/growth.csv"]));
        let pools = json(&["plan", "--pool", "shared", "examples/growth.csv"]);
        let pool =
            pools["pools"].as_array().unwrap().iter().find(|it| it["pool"] == "python-aiokafka").unwrap();
        let (arch, bill) = (pool["arch"].as_str().unwrap(), pool["usd_per_month"].as_f64().unwrap());
        let row = text.lines().find(|line| line.starts_with("python-aiokafka ")).unwrap();
        assert!(row.contains(&format!(" {arch} ")) && row.contains(&format!("${bill:.0} ")), "{text}");
        let header = text.lines().find(|line| line.starts_with("pool ")).unwrap();
        assert!(header.contains(" arch "), "{header}");
    }
}
