//! What titles answer: the same as `plan`, and against what something is saved.

use crate::command::{one_line, printed, tonnage, with_rows};
use serde_json::Value;

const COLUMNS: &str =
    "name,events_per_day,event_size,io_ratio,handler_ms,peak_factor,partitions,current_runtime,";

fn text(args: &[&str]) -> String {
    one_line(&printed(tonnage(args)))
}

fn json(args: &[&str]) -> Value {
    let text = printed(tonnage(&[args, &["--format", "json"]].concat()));
    serde_json::from_str(&text).unwrap()
}

// Of 24 partitions each has 4.58/s of 60 ms and 4 times that at peak, 110 %: calls in batches mend it. 4 r6i.xlarge are 4 x $0.252 x
// 730 = $736, 2 c8a.large 2 x $0.10777 x 730 = $157; batches of 50 would do with 2 c7a.large for $150, 5 % less.
#[test]
fn an_explanation_opens_with_what_plan_decides() {
    let rows = "current_machine,current_instances,in_flight\n\
                calls,9.5M,3KB,92%,60,4,24,java-kafka-clients,r6i.xlarge,4,1\n";
    with_rows(&(COLUMNS.to_owned() + rows), |file| {
        let it = &json(&["plan", file])["decisions"][0];
        let (action, on) = (it["action"].as_str().unwrap(), it["planned"].as_str().unwrap());
        assert!(action.contains("batch_size 4 (code)"), "{action}");
        let title = format!("calls: {action} ({on}, $157 a month, saves $578? of $736) ");
        let said = text(&["explain", "calls", file]);
        assert!(said.starts_with(&title), "{said}");
        let [why, steps] = ["code changes", "In java-kafka-clients without batch_size 4 No plan:"];
        assert!(said.find(why) < said.find(steps) && said.contains(why), "{said}");
    });
}

#[test]
fn months_say_when_the_saving_is_gone() {
    let file = "examples/growth.csv";
    let plan = json(&["plan", file]);
    let months = json(&["sweep", "--over", "months", file]);
    let bill = |name: &Value, runtime: &Value, month: u64| {
        let of_it = months["months"].as_array().unwrap().iter();
        let of_it = of_it.filter(|it| it["workload"] == *name && it["runtime"] == *runtime);
        let until = of_it.filter(|it| it["month"].as_u64().unwrap() <= month);
        until.filter_map(|it| it["usd_per_month"].as_f64()).next_back()
    };
    let left = |month: u64| -> f64 {
        let decided = plan["decisions"].as_array().unwrap().iter();
        let left = decided.filter_map(|it| {
            let today = it["today_usd_per_month"].as_f64()?;
            Some(today - bill(&it["workload"], &it["runtime"], month).unwrap_or(today))
        });
        left.sum()
    };
    let gone = (1..=24).find(|month| (*month..=24).all(|later| left(later) < 0.5)).unwrap();
    let title =
        format!("Today's saving of ${:.0} a month (to be checked) is gone by month {gone}: ", left(0));
    let said = text(&["sweep", "--over", "months", file]);
    assert!(said.starts_with(&title), "{title} {said}");
}

// Four small ones share two nodes and save, one large one does not fill three.
#[test]
fn pools_of_which_some_save_are_told_one_by_one() {
    let small = |name: &str| format!("{name},2M,1KB,0.5,4,2,6,python-aiokafka,aws,eu-west-1\n");
    let rows = "provider,region\nbig,40M,1KB,0.5,4,2,24,python-aiokafka,aws,us-east-1\n";
    let rows = COLUMNS.to_owned() + rows + &["a", "b", "c", "d"].map(small).concat();
    with_rows(&rows, |file| {
        let asked = ["plan", "--unit", "pods", file];
        let pools = json(&asked);
        let saves = |region: &str| {
            let mut rows = pools["pools"].as_array().unwrap().iter();
            let it = rows.find(|it| it["region"] == region && it["pool"] == "python-aiokafka").unwrap();
            it["dedicated_usd_per_month"].as_f64().unwrap() - it["usd_per_month"].as_f64().unwrap()
        };
        let (less, more) = (saves("eu-west-1"), -saves("us-east-1"));
        let title = format!(
            "${:.0} less than on dedicated machines (${less:.0} less in aws eu-west-1, ${more:.0} more in aws us-east-1)",
            less - more
        );
        let said = text(&asked);
        assert!(said.contains(&title), "{title} {said}");
        // Old prices are told once where dollars are.
        let asked: [&[&str]; 4] =
            [&asked, &["plan", file], &["sweep", "--over", "months", file], &["explain", "a", file]];
        for args in asked {
            assert_eq!(text(args).matches("are older than a year").count(), 1, "{args:?}");
        }
    });
}

#[test]
fn hours_save_of_todays_bill() {
    let file = "examples/hours.csv";
    let plan = json(&["plan", file]);
    for it in json(&["hours", file])["supplies"].as_array().unwrap() {
        let mut decisions = plan["decisions"].as_array().unwrap().iter();
        let today = decisions.find(|row| row["workload"] == it["workload"]).unwrap();
        let saves =
            it["usd_per_month"].as_f64().map(|bill| today["today_usd_per_month"].as_f64().unwrap() - bill);
        assert!(
            saves.zip(it["saves_of_today_usd_per_month"].as_f64()).is_none_or(|(a, b)| (a - b).abs() < 1e-3)
        );
        assert_eq!(saves.is_some(), it["saves_of_today_usd_per_month"].is_number(), "{it}");
    }
}
