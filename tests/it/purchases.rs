//! Rows that are paid for otherwise than on demand: what is said where their prices are missing, old, or of machines that are taken
//! back.

use crate::command::{one_line, printed, tonnage, with_rows};
use serde_json::{Value, json};

const HEADER: &str = "name,events_per_day,event_size,handler_ms,io_ratio,partitions,current_runtime,current_machine,\
                      current_instances,current_processes,utilization,provider,region,purchase";
/// Azure's list has prices on demand alone, Google Cloud's also of spot, and AWS's of all.
const MIXED: &str = "a,60000000,1000,2,0.3,48,python-aiokafka,D4s_v5,6,24,15%,azure,westeurope,reserved-1yr
b,60000000,1000,2,0.3,48,python-aiokafka,e2-standard-4,6,24,15%,gcp,us-central1,reserved-3yr
c,60000000,1000,2,0.3,48,python-aiokafka,m5.xlarge,6,24,15%,aws,us-east-1,spot
d,60000000,1000,2,0.3,48,python-aiokafka,D4s_v5,6,24,15%,azure,westeurope,spot
e,60000000,1000,2,0.3,48,python-aiokafka,D4s_v5,6,24,15%,azure,westeurope,spot
";
const CURE: &str = "give prices with --prices, or plan at on-demand prices (purchase = on-demand in the row, or \
                    `--set purchase=on-demand`): savings are then at list prices, or at what is paid of them where \
                    current_usd_per_month is given.";

/// What a command prints of some rows, on a day in November 2026.
fn told(rows: &str, args: &[&str]) -> String {
    with_rows(&format!("{HEADER}\n{rows}"), |file| {
        let mut command = tonnage(&[&[args[0], file], &args[1..]].concat());
        command.env("SOURCE_DATE_EPOCH", "1795651200");
        printed(command)
    })
}

fn made(rows: &str, args: &[&str]) -> Value {
    serde_json::from_str(&told(rows, &[args, &["--format=json"]].concat())).unwrap()
}

fn row(name: &str) -> &'static str {
    MIXED.split_inclusive('\n').find(|row| row.starts_with(name)).unwrap()
}

#[test]
fn missing_prices_are_one_step_with_both_remedies() {
    let plan = told(MIXED, &["plan"]);
    let flat = one_line(&plan);
    let step = "No reserved-1yr prices in azure westeurope (a), no reserved-3yr prices in gcp us-central1 (b) and no spot prices \
                in azure westeurope (d, e): ";
    assert!(flat.contains(&format!("2. {step}{CURE}")), "{plan}");
    assert_eq!(flat.matches("--prices,").count(), 1, "{plan}");
    assert!(!flat.contains("how often Standard_D4s_v5"), "{plan}");
    let decisions = made(MIXED, &["plan"])["decisions"].clone();
    let actions: Vec<&Value> = decisions.as_array().unwrap().iter().map(|it| &it["action"]).collect();
    assert_eq!((actions[0], actions[3]), (&json!("give reserved-1yr prices"), &json!("give spot prices")));
    let one = one_line(&told(row("a"), &["plan"]));
    let why = "No plan: no reserved-1yr prices in azure westeurope; give prices with --prices, or plan at on-demand prices";
    assert!(one.contains(why) && !one.contains("no other runtime can"), "{one}");
    let note = "no reserved-1yr price of Standard_D4s_v5 is known, so nor is today's bill; give current_usd_per_month, or the \
                price with --prices.";
    assert!(one.contains(note), "{one}");
    // The remedy works: 6 x $0.23 x 730 h = $1,007.40 today.
    let cured = made(row("a"), &["plan", "--set", "purchase=on-demand"]);
    let today = cured["decisions"][0]["today_usd_per_month"].as_f64().unwrap();
    assert!((today - 6.0 * 0.23 * 730.0).abs() < 1e-6, "{today}");
    // A filter that leaves no type with a price is no missing price list: c8a has none of spot there.
    let filtered = one_line(&told(row("c"), &["plan", "--machine-types", "c8a.large"]));
    assert!(filtered.contains("no machine type to choose from in aws us-east-1 has both"), "{filtered}");
}

#[test]
fn missing_prices_are_no_limit_of_the_months() {
    let months = one_line(&told(MIXED, &["sweep", "--over=months"]));
    assert!(!months.contains("limit already") && !months.contains("0 a python-aiokafka"), "{months}");
    let open = "No verdict yet, so these are of today's runtime - c: it depends on";
    assert!(months.contains(open) && months.contains(&format!("(d, e): {CURE}")), "{months}");
    let alone = one_line(&told(row("a"), &["sweep", "--over=months"]));
    let said = "No verdict yet, so this is of today's runtime: No reserved-1yr prices in azure westeurope (a): give prices";
    assert!(!alone.contains("beyond its limit") && alone.contains(said), "{alone}");
    assert_eq!(made(row("a"), &["sweep", "--over=months"])["milestones"], json!([]));
}

/// Spot of AWS is of 2025-06-28, of Google Cloud of 2026-08-03, and nothing of Azure is planned with; c alone is of AWS's.
#[test]
fn days_of_prices_are_those_in_use() {
    let days = |rows: &str| made(rows, &["plan"])["price_dates"].clone();
    assert_eq!(days(MIXED), json!({"aws": "2025-06-28"}));
    let on_demand = row("c").replace("spot", "");
    assert_eq!(days(&on_demand), json!({"aws": "2026-07-20"}));
    let both = format!("{}{}", row("c"), row("b").replace("reserved-3yr", "").replace("b,", "x,"));
    assert_eq!(days(&both), json!({"aws": "2025-06-28", "gcp": "2026-08-03"}));
    let heading = one_line(&told(&both, &["plan"]));
    assert!(heading.contains("on-demand and spot prices of 2025-06-28 to 2026-08-03"), "{heading}");
    let old = "Prices of aws us-east-1 spot (2025-06-28) are older than a year";
    assert!(heading.contains(old), "{heading}");
}

/// Of the list on demand a bill of spot says nothing, so no step asks for it.
#[test]
fn a_bill_is_asked_for_the_list_of_its_purchase() {
    let header = format!("{HEADER},current_usd_per_month,observed_cores\n");
    let row = |name: &str, purchase: &str| {
        format!("{name},500M,1KB,0.2,0.2,60,python-aiokafka,,,,,aws,us-east-1,{purchase},9000,0.8\n")
    };
    let step =
        |rows: &str| with_rows(&(header.clone() + rows), |file| one_line(&printed(tonnage(&["plan", file]))));
    let spot = step(&[row("a", "spot"), row("b", "spot")].concat());
    let asked = "a price of today's machines by purchase (current_machine, current_instances, --prices), or --discount of a, b";
    assert!(spot.contains(asked) && !spot.contains("current_list_usd_per_month"), "{spot}");
    let both = step(&[row("a", ""), row("b", "spot")].concat());
    assert!(both.contains("current_list_usd_per_month or --discount of a"), "{both}");
}

/// In us-east-1 c5.large is taken back under 5 % a month, m6i.xlarge 5 to 10 %, and m5.xlarge and c7a.large 20 % and more.
#[test]
fn a_saving_with_more_reclaims_says_so() {
    let plan = |from: &str, to: &str| {
        let row = row("c").replace("m5.xlarge", from).replace(",48,", ",,");
        let rows = format!("{row}{}", row.replace("c,", "x,"));
        one_line(&told(&rows, &["plan", "--set=peak_factor=2", "--set=skew=1", "--machine-types", to]))
    };
    let more = plan("m6i.xlarge", "c7a.large");
    let bands = "5-10 % of m6i.xlarge today, 20-100 % of c7a.large are taken back in a month";
    // In both steps, and once in the paragraph.
    assert!(more.contains("; more reclaims") && more.matches(bands).count() == 3, "{more}");
    let less = plan("m5.xlarge", "c5.large");
    let bands = "20-100 % of m5.xlarge today, under 5 % of c5.large are taken back in a month";
    assert!(!less.contains("reclaims") && less.matches(bands).count() == 1, "{less}");
}

/// The list of eu-west-1 has no all-upfront price of c6a.large, which a plan on demand takes. A bill on demand says nothing of what spot costs.
#[test]
fn types_without_a_price_and_options_at_list_prices_are_told() {
    let header = "name,provider,region,events_per_day,event_size,io_ratio,handler_ms,current_runtime,current_machine,current_instances,\
                  current_usd_per_month,partitions,peak_factor,purchase\n";
    let told = |rest: &str| {
        let row = format!("{header}a,aws,eu-west-1,12M,1.2KB,80%,12,python-aiokafka,c6i.xlarge,{rest}\n");
        with_rows(&row, |file| {
            let mut command = tonnage(&["plan", file]);
            command.env("COLUMNS", "200");
            one_line(&printed(command))
        })
    };
    let upfront = told("6,,24,3,reserved-3yr-all-upfront");
    assert!(
        upfront.contains("no plan is on cheaper types that have no reserved-3yr-all-upfront price: "),
        "{upfront}"
    );
    assert!(upfront.contains("c6a.large") && upfront.contains("2 x c6a.xlarge"), "{upfront}");
    let on_demand = told("6,,24,3,");
    assert!(
        !on_demand.contains("no plan is on cheaper types") && !on_demand.contains("at list prices"),
        "{on_demand}"
    );
    // 6 x c6i.xlarge are $799 on demand; a bill of $700 is 88 % of that.
    let billed = told("6,$700,24,3,");
    assert!(
        billed.contains("the plan's machines, spot instead of on-demand, both at list prices"),
        "{billed}"
    );
}
