//! That commands, and the parts of a report, tell one story of a workload.

use crate::command::{one_line, printed, tonnage, with_rows};
use serde_json::Value;

const HEADER: &str = "name,events_per_day,event_size,io_ratio,handler_ms,observed_cores,memory_mib,current_runtime,current_machine,\
                      current_instances,current_processes,in_flight,peak_factor,partitions,hourly";
const AUDIT: &str = "audit,3M,1KB,85%,12,0.4,300,python-aiokafka,c6i.xlarge,4,16,8,3,48,";

fn said(args: &[&str]) -> String {
    let mut command = tonnage(args);
    command.env("COLUMNS", "100");
    one_line(&printed(command))
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&printed(tonnage(&[args, &["--format=json"]].concat()))).unwrap()
}

// 23 hours of 5 and one of 100 have a mean of 215 / 24 = 8.96: the busiest is 11.16 times that. A peak_factor of 8 is another figure, one
// of 10.5 the same within a tenth.
#[test]
fn a_saving_by_figures_that_disagree_does_not_come_first() {
    let hours = format!("{} 100", ["5"; 23].join(" "));
    let rows = |peak: &str| {
        let cards = "cards,10M,1.4KB,85%,12,1.2,400,python-aiokafka,c6i.2xlarge,5,40,8";
        format!("{HEADER}\n{cards},{peak},48,{hours}\n{AUDIT}\n")
    };
    let checks = |file: &str| -> Vec<String> {
        let all = json(&["plan", file])["decisions"].as_array().unwrap().clone();
        all.iter().map(|it| it["check"].as_str().unwrap().to_owned()).collect()
    };
    with_rows(&rows("10.5"), |file| {
        assert_eq!(checks(file), ["checked", "checked"]);
        assert!(said(&["plan", file]).contains("Next 1. cards: "));
    });
    with_rows(&rows("8"), |file| {
        assert_eq!(checks(file), ["to be checked", "checked"]);
        let said = said(&["plan", file]);
        assert!(said.contains("Next 1. audit: "), "{said}");
        assert!(said.contains("cards: 3 x c8a.xlarge instead of 5 x c6i.2xlarge saves $769? a month (peak_factor says 8, hourly 11.2);"), "{said}");
        assert!(said.contains("? to be checked: peak_factor against hourly (1)."), "{said}");
    });
    let cards = rows("8").lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
    with_rows(&cards, |file| assert!(said(&["plan", file]).contains("That saves $769? a month")));
}

// What `hours` says that an autoscaler saves of fixed machines is what `plan` says beside its own step, whether it keeps these machines
// or comes to them. The day rises at 7, 8, 9, 10 and 11 and falls again; what is told counts the changes of the machines.
#[test]
fn plan_names_what_following_the_hours_saves() {
    let hours = "1 1 1 1 1 1 1 5 20 30 32 33 33 32 30 28 20 10 4 2 1 1 1 1";
    for today in ["c7a.xlarge,12,48", "m8a.2xlarge,2,16"] {
        let quotes = format!("quotes,300M,1.4KB,85%,12,9,400,python-aiokafka,{today},8,,96,{hours}");
        let below = |file: &str| {
            let supplies = json(&["hours", file])["supplies"].as_array().unwrap().clone();
            let it =
                supplies.iter().find(|it| it["runtime"] == "python-aiokafka" && it["supply"] == "autoscaled");
            (it.unwrap()["saves_usd_per_month"].as_f64().unwrap(), it.unwrap().clone())
        };
        let (saves, it) = with_rows(&format!("{HEADER}\n{quotes}\n"), below);
        let counts: Vec<u64> =
            it["by_step"].as_array().unwrap().iter().map(|it| it.as_u64().unwrap()).collect();
        let changes = (0..24).filter(|&at| counts[at] != counts[(at + 1) % 24]).count();
        let step = format!(
            "Follow the hours of quotes ({}-{} x {}, {changes} changes a day",
            it["least_instances"],
            it["most_instances"],
            it["instance_type"].as_str().unwrap()
        );
        for more in ["", AUDIT] {
            with_rows(&format!("{HEADER}\n{quotes}\n{more}\n"), |file| {
                let said = said(&["plan", file]);
                let more = format!(" with an autoscaler: saves ${saves:.0}? a month more");
                assert!(said.contains(&step) && said.contains(&more), "{step}{more}\n{said}");
            });
        }
    }
    with_rows(&format!("{HEADER}\n{AUDIT}\n"), |file| assert!(!said(&["plan", file]).contains("autoscaler")));
}

// An hour of 20 with 1 in each other: all day 51 partitions take 8 x c9g.2xlarge, $2,031, of which an autoscaler leaves $251, $66 less than
// the $318 of today.
#[test]
fn plan_names_what_following_the_hours_saves_after_a_step() {
    let hours = format!("{}20{}", "1 ".repeat(11), " 1".repeat(12));
    let rows = format!(
        "name,events_per_day,event_size,io_ratio,current_runtime,current_instances,current_machine,utilization,peak_factor,partitions,skew,\
         current_processes,state_mib,current_fetch_wait_ms,hourly\n\
         g4,40M,1KB,0,python-aiokafka,3,c7g.xlarge,0.4,,40,1.1,12,100,0,{hours}\n"
    );
    with_rows(&rows, |file| {
        let said = said(&["plan", file]);
        assert!(
            said.contains("Follow the hours of g4 (2-39 x c9g.large, ")
                && said.contains(" $66 less than today)"),
            "{said}"
        );
        assert!(said.contains("saves $1,780? a month more than what is planned"), "{said}");
    });
}

// The bills of the examples are 12,486 and 5,333 dollars; reading from followers saves 1,008 beside them.
#[test]
fn what_traffic_saves_stands_beside_the_bills() {
    let [today, planned] = ["today_usd_per_month", "usd_per_month"].map(|name| {
        let all = json(&["plan", "examples/workloads.csv"])["decisions"].as_array().unwrap().clone();
        all.iter().map(|it| it[name].as_f64().unwrap()).sum::<f64>()
    });
    let text = said(&["plan", "examples/workloads.csv"]);
    let step = text.split(" saves up to $").nth(1).unwrap();
    let traffic: f64 = step.split(' ').next().unwrap().replace(',', "").parse().unwrap();
    let all = step.split("of traffic on top, $").nth(1).unwrap();
    let all: f64 = all.split(' ').next().unwrap().replace(',', "").parse().unwrap();
    assert!((today - planned + traffic - all).abs() <= 1.0, "{today} {planned} {traffic} {all}");
    let step = format!(
        "(client.rack, replica.selector.class): saves up to ${} a month",
        step.split(' ').next().unwrap()
    );
    assert!(text.contains(&step), "{text}");
    let html = said(&["plan", "examples/workloads.csv", "--format=html"]);
    assert!(html.contains("<dt>Traffic saved, up to</dt><dd class=\"value\">$"), "{html}");
    // Followers are read from already.
    let done = said(&["plan", "examples/workloads.csv", "--fetch-from-follower"]);
    assert!(!done.contains("saves up to"), "{done}");
}

// What the title names is what the chart draws: the bill with traffic, at today's value.
#[test]
fn a_sweep_has_a_row_of_today_at_the_money_of_its_chart() {
    let over = |column: &str, more: &[&str]| {
        let args = ["sweep", "examples/workloads.csv", "--workload=order-events", "--over", column];
        said(&[&args[..], more].concat())
    };
    let planned = json(&["plan", "examples/workloads.csv", "--workload=order-events"]);
    let it = &planned["decisions"][0];
    let all = it["usd_per_month"].as_f64().unwrap() + it["traffic_usd_per_month"].as_f64().unwrap();
    let volume = over("events_per_day", &[]);
    assert!(
        volume.contains(&format!("2 x c6a.large, $112 a month, saves $261? of $372; ${all:.0} in all")),
        "{volume}"
    );
    assert!(volume.contains(&format!("today 8M python-aiokafka ${all:.0} ")), "{volume}");
    let handler = over("handler_ms", &["--to=30"]);
    assert!(handler.contains(&format!(" 12 ms, today *${all:.0} ")), "{handler}");
    let beyond = over("handler_ms", &["--from=20", "--to=30"]);
    assert!(!beyond.contains("ms, today"), "{beyond}");
}

// One machine runs, so that a lost zone is not planned for, and the worst is another failure in the title and in the chart alike.
#[test]
fn a_failure_is_the_worst_in_the_title_and_in_its_chart() {
    let rows = |count: u32| {
        format!("{HEADER}\nw,300k,1KB,85%,12,0.1,300,python-aiokafka,c6i.xlarge,{count},,8,3,48,\n")
    };
    for (count, is_planned_for) in [(1, false), (4, true)] {
        with_rows(&rows(count), |file| {
            let page = said(&["failures", file, "--format=html"]);
            let heading = page.split("<h1>").nth(1).unwrap().split("</h1>").next().unwrap();
            let title = page.split("<figcaption>").nth(1).unwrap().split("</figcaption>").next().unwrap();
            let worst = title.split("; ").nth(1).unwrap().split(" takes longest, ").collect::<Vec<_>>();
            let [what, time] = worst[..] else { panic!("{title}") };
            let time = time.split(" after").next().unwrap();
            assert!(
                heading.contains(&format!("Longest to catch up at peak, {time}: {what} pauses")),
                "{heading} {title}"
            );
            assert_eq!(page.contains("zone lost (not planned for)"), !is_planned_for, "{title}");
            let beside = "; not planned for: a lost instance and a lost zone";
            assert_eq!(heading.ends_with(beside), !is_planned_for, "{heading}");
        });
    }
}

// The nodes are of one type, and `plan` takes any: two sums of the same workloads.
#[test]
fn pods_say_why_dedicated_machines_are_another_sum_than_that_of_plan() {
    let pods = said(&["plan", "examples/workloads.csv", "--unit=pods", "--node-type=m7i.4xlarge"]);
    let planned = json(&["plan", "examples/workloads.csv"]);
    let all =
        planned["decisions"].as_array().unwrap().iter().filter(|it| it["workload"] != "ledger-postings");
    let all: f64 = all.map(|it| it["usd_per_month"].as_f64().unwrap()).sum();
    let (thousands, rest) = ((all / 1000.0) as u64, all.round() as u64 % 1000);
    let note = format!(
        "`tonnage plan` comes to ${thousands},{rest:03} for the same workloads: it takes machines of any type."
    );
    assert!(pods.contains(&note), "{note}\n{pods}");
    assert!(pods.contains("128Mi / none") && !pods.contains("Mi / -"), "{pods}");
}
