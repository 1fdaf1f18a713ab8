//! `explain`: every number follows from those before it, and is the one that is printed.

use crate::command::printed;
use crate::common::{linear, machine, runtime, workload};
use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::capacity::closed::{Closed, Shared};
use tonnage_model::explain::Explanation;
use tonnage_model::explain::step::Quantity;
use tonnage_model::latency::fetched::p99_seconds;
use tonnage_model::latency::queue::{BEYOND_P99, Queue};
use tonnage_model::machine::Machine;
use tonnage_model::policy::Policy;
use tonnage_model::problem::{Problem, RangeEnd};
use tonnage_model::runtime::Deployment;

const FLEET: &str = "examples/workloads.csv";
const NAMES: [&str; 12] = [
    "order-events",
    "payment-webhooks",
    "email-sender",
    "inventory-sync",
    "ledger-postings",
    "audit-log",
    "search-indexer",
    "fraud-scores",
    "clickstream",
    "price-updates",
    "sensor-readings",
    "image-metadata",
];

fn run(args: &[&str]) -> String {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).args(["--published", "--provider", "aws"]).env("COLUMNS", "400");
    printed(command)
}

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&run(&[args, &["--format", "json"]].concat())).unwrap()
}

fn list<'j>(json: &'j Value, name: &str) -> &'j Vec<Value> {
    json[name].as_array().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// Formulas as the documentation of `Step::formula` says.
struct Formula<'f> {
    rest: &'f str,
    operands: &'f BTreeMap<String, f64>,
}

impl Formula<'_> {
    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn sum(&mut self) -> f64 {
        let mut value = self.product();
        loop {
            if self.take("+") {
                value += self.product();
            } else if self.take("-") {
                value -= self.product();
            } else {
                return value;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut value = self.factor();
        loop {
            if self.take("*") {
                value *= self.factor();
            } else if self.take("/") {
                value /= self.factor();
            } else {
                return value;
            }
        }
    }

    fn factor(&mut self) -> f64 {
        if self.take("-") {
            return -self.factor();
        }
        if self.take("(") {
            let value = self.sum();
            assert!(self.take(")"), "{}", self.rest);
            return value;
        }
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        if !self.take("(") {
            let value = name.parse().ok().or_else(|| self.operands.get(name).copied());
            return value.unwrap_or_else(|| panic!("{name:?} before {:?}", self.rest));
        }
        let mut arguments = vec![self.sum()];
        while self.take(",") {
            arguments.push(self.sum());
        }
        assert!(self.take(")"), "{}", self.rest);
        match (name, arguments.as_slice()) {
            ("min", all) => all.iter().copied().fold(f64::INFINITY, f64::min),
            ("max", all) => all.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ("exp", [x]) => x.exp(),
            ("ceil", [x]) => (x - 1e-9).ceil(),
            ("fetched", &[cycle_seconds, busy, held]) => p99_seconds(cycle_seconds, busy, held),
            ("p99", &[servers, arrival_rate, service_seconds, own_seconds, scv, ref of_own @ ..]) => {
                let (servers, own_scv) = (servers as u32, of_own.first().copied().unwrap_or(scv));
                let queue = Queue { servers, arrival_rate, service_seconds, own_seconds, scv, own_scv };
                queue.percentile_beyond(BEYOND_P99)
            }
            ("closed", &[places, cores, core_seconds, wait_seconds]) => {
                Closed { places, cores, core_seconds, wait_seconds }.throughput()
            }
            ("shared", &[members, cores_of_all, places, cores, core_seconds, wait_seconds]) => {
                let each = Closed { places, cores, core_seconds, wait_seconds };
                Shared { members, cores: cores_of_all, each }.throughput() / members
            }
            other => panic!("{other:?}"),
        }
    }
}

/// Steps of one runtime.
fn by_runtime(json: &Value) -> BTreeMap<String, Vec<&Value>> {
    let mut all: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for step in list(json, "steps") {
        all.entry(step["runtime"].as_str().unwrap().to_owned()).or_default().push(step);
    }
    all
}

#[test]
fn every_value_is_what_its_formula_gives_and_the_bill_is_the_plans() {
    let (mut checked, mut referred) = (0, 0);
    let plans = json(&["plan", FLEET]);
    for name in NAMES {
        let json = json(&["explain", name, FLEET]);
        for (runtime, steps) in by_runtime(&json) {
            let mut before: BTreeMap<&str, f64> = BTreeMap::new();
            let mut usd_per_hour = 0.0;
            for step in steps {
                let (quantity, value) = (step["quantity"].as_str().unwrap(), number(&step["value"]));
                let mut operands = BTreeMap::new();
                for operand in list(step, "operands") {
                    let (operand, value) = (operand["name"].as_str().unwrap(), number(&operand["value"]));
                    if let Some(earlier) = before.get(operand) {
                        assert_eq!(value, *earlier, "{name} {runtime} {quantity}: {operand}");
                        referred += 1;
                    }
                    if operand == "usd_per_hour" {
                        usd_per_hour = value;
                    }
                    operands.insert(operand.to_owned(), value);
                }
                if let Some(rest) = step["formula"].as_str() {
                    let mut formula = Formula { rest, operands: &operands };
                    let given = formula.sum();
                    assert_eq!(formula.rest.trim(), "", "{name} {quantity}");
                    // What is subtracted was rounded to twelve digits before.
                    let slack = 1e-9 * value.abs() + 1e-14;
                    assert!((given - value).abs() <= slack, "{name} {runtime} {step}: {given}");
                    checked += 1;
                }
                before.insert(quantity, value);
            }
            let plan = list(&plans, "plans")
                .iter()
                .find(|plan| plan["workload"] == name && plan["runtime"] == runtime.as_str());
            let plan = plan.unwrap();
            let product = before["instances"] * usd_per_hour * 730.0;
            for bill in [before["usd_per_month"], product] {
                assert!((bill - number(&plan["usd_per_month"])).abs() < 1e-6, "{name} {runtime}: {bill}");
            }
            for field in ["cpu_at_peak", "partitions_required"] {
                let step = before[field];
                assert!((step - number(&plan[field])).abs() < 1e-9 * step, "{name} {runtime} {field}");
            }
        }
    }
    assert!(checked > 900 && referred > 900, "{checked} {referred}");
}

#[test]
fn constraints_hold_and_the_binding_one_does_not_with_one_instance_fewer() {
    let mut bound = 0;
    for name in NAMES {
        let json = json(&["explain", name, FLEET]);
        for answer in list(&json, "answers") {
            let of_it = list(&json, "steps").iter().filter(|step| step["runtime"] == answer["runtime"]);
            for step in of_it.filter(|step| !step["allowed"].is_null()) {
                let (value, allowed) = (number(&step["value"]), number(&step["allowed"]));
                assert!(value <= allowed * (1.0 + 1e-9), "{name} {step}");
                assert!((number(&step["used"]) - value / allowed).abs() < 1e-9);
                if step["constraint"] == answer["bound_by"] {
                    assert!(number(&answer["one_fewer"]) > allowed, "{name} {answer}");
                    bound += 1;
                }
            }
            assert_eq!(answer["one_fewer"].is_null(), answer["bound_by"] == "minimum", "{answer}");
        }
    }
    assert_eq!(bound, 10);
}

/// A figure as people read it, in the unit of JSON.
fn read(figure: &str) -> f64 {
    let figure = figure.replace([',', '$'], "");
    let units = [
        (" µs", 1e-6),
        (" ms", 1e-3),
        (" s", 1.0),
        ("/s", 1.0),
        (" %", 0.01),
        (" MiB", 1048576.0),
        (" GiB", 1073741824.0),
        (" Mbit/s", 1e6),
        (" Gbit/s", 1e9),
    ];
    let longest_first = units.iter().rev();
    let unit = longest_first.filter(|(unit, _)| figure.ends_with(unit)).max_by_key(|(unit, _)| unit.len());
    let (unit, scale) = unit.copied().unwrap_or(("", 1.0));
    figure.strip_suffix(unit).unwrap().parse::<f64>().unwrap() * scale
}

/// How far a figure may be from its value: percent and dollars are whole, all else has three digits.
fn slack(figure: &str, value: f64) -> f64 {
    match figure {
        share if share.ends_with('%') => 0.005,
        usd if usd.starts_with('$') => 0.5,
        _ => 0.0051 * value,
    }
}

#[test]
fn every_number_printed_is_the_number_in_json() {
    let asked = ["explain", "order-events", FLEET, "--details"];
    let json = json(&asked);
    let markdown = run(&[&asked[..], &["--format", "markdown"]].concat());
    let mut rows = markdown.lines().filter(|line| line.starts_with('|'));
    let mut checked = 0;
    for (_, steps) in by_runtime(&json) {
        for step in steps {
            let how = step["how"].as_str().unwrap();
            let value = number(&step["value"]);
            let is_it = |line: &str| {
                let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                // A step's row ends with its value, a constraint's has it second.
                let figure = if step["allowed"].is_null() { cells[cells.len() - 2] } else { cells[2] };
                // p99 is a range, of which the value is the least.
                if step["quantity"].as_str().unwrap().starts_with("p99") {
                    return cells.iter().any(|cell| cell.replace('\\', "") == how)
                        && (figure.starts_with(|c: char| c.is_ascii_digit())
                            || figure.contains('-')
                            || figure == "unbounded");
                }
                let number = figure.starts_with(|c: char| c == '$' || c.is_ascii_digit());
                cells.iter().any(|cell| cell.replace('\\', "") == how)
                    && number
                    && (read(figure) - value).abs() <= slack(figure, value)
            };
            let line = markdown.lines().filter(|line| line.starts_with('|')).find(|line| is_it(line));
            assert!(line.is_some(), "{step}");
            checked += 1;
        }
    }
    assert!(checked > 80 && rows.next().is_some(), "{checked}");
    let csv = run(&[&asked[..], &["--format", "csv"]].concat());
    assert_eq!(csv.lines().count(), 1 + list(&json, "steps").len());
}

#[test]
fn the_answer_says_what_binds_and_what_one_fewer_would_mean() {
    // 1,000 us at 1,000/s: 1,000/s a core, so 5 instances of one core leave 3 when a zone is lost.
    let mut it = workload(2700.0 * 86_400.0);
    it.topic = Topic { partitions: Some(60), skew: 1.0, ..Topic::default() };
    let mut now = runtime("now", Deployment::Processes);
    now.cpu.consume = linear(1e-3, 0.0);
    now.cpu.handler.insert("decode".into(), linear(0.0, 0.0));
    let problem = Problem::new(&it, &now, None).unwrap();
    let one = machine("one", 1, 4.0, 0.1);
    let plan = problem.cheapest(&now, &[&one], Policy::default(), RangeEnd::Best).unwrap();
    let it = Explanation::new(&problem, &now, Ok(&plan), &[&one], Policy::default());
    let tightest = it.tightest().unwrap();
    assert_eq!(
        (plan.count.instances, tightest.limit.unwrap().constraint.to_string()),
        (5, "zone".to_owned())
    );
    assert!((tightest.value - 0.9).abs() < 1e-12 && (it.one_fewer.unwrap() - 1.35).abs() < 1e-12);
}

/// Types recur in every region, so the type alone does not say which machine comes closest.
#[test]
fn without_a_plan_the_machine_is_that_of_its_region() {
    let mut it = workload(3000.0 * 86_400.0);
    it.topic = Topic { partitions: Some(2), skew: 1.0, ..Topic::default() };
    let mut now = runtime("now", Deployment::Processes);
    now.cpu.consume = linear(1e-3, 0.0);
    let problem = Problem::new(&it, &now, None).unwrap();
    let slow = Machine { vcpu_speed: Some(0.5), region: "there".into(), ..machine("same", 2, 8.0, 0.1) };
    let fast = machine("same", 2, 8.0, 0.1);
    for machines in [[&slow, &fast], [&fast, &slow]] {
        let none = problem.cheapest(&now, &machines, Policy::default(), RangeEnd::Best).unwrap_err();
        let it = Explanation::new(&problem, &now, Err(&none), &machines, Policy::default());
        let step = it.steps.iter().find(|step| step.quantity == Quantity::Service).unwrap();
        assert!((step.value - 1.01e-3).abs() < 1e-15, "{}", step.value);
    }
}

#[test]
fn people_see_todays_runtime_and_the_recommended_one_unless_they_want_all() {
    let headings = |args: &[&str]| -> Vec<String> {
        let text = run(&[args, &["--format", "markdown"]].concat());
        text.lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| line.replace('#', "").trim().to_owned())
            .collect()
    };
    let asked = ["explain", "search-indexer", FLEET];
    let answer =
        "search-indexer in python-aiokafka: measure first (3 x c8a.large, $236 a month, saves $509? of $745)";
    assert_eq!(headings(&asked), [answer]);
    assert_eq!(headings(&[&asked[..], &["--details"]].concat()).len(), 3);
    assert_eq!(
        headings(&[&asked[..], &["--runtimes", "rust-rdkafka"]].concat()),
        [answer, "In rust-rdkafka"]
    );
    // A file alone will do where it has one workload.
    assert_eq!(headings(&["explain", "examples/article.toml"]).len(), 1);
}

#[test]
fn an_explanation_of_one_runtime_fits_a_screen_or_two() {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(["explain", "search-indexer", FLEET]).env("COLUMNS", "100");
    let text = printed(command);
    assert!(text.lines().count() <= 86, "{text}");
    for word in ["in progress", "may have", "rule", "hand over", "slots"] {
        assert!(!text.contains(word), "{word}");
    }
}
