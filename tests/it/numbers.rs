//! Numbers as people write them, wherever one is read.

use assert_cmd::Command;
use proptest::prelude::*;
use serde_json::Value;
use std::sync::LazyLock;
use tonnage::input::catalogs::{embedded, lists};
use tonnage::input::columns;
use tonnage::input::imports::found::{Found, Origin};
use tonnage::input::number::Unit;
use tonnage::input::two_readings::Marks;
use tonnage::input::workloads::Reader;
use tonnage::settings::setting::Settings;
use tonnage::settings::table::all;
use tonnage_model::catalog::Catalog;

fn run(args: &[&str], input: &str) -> Result<Value, String> {
    let run = Command::cargo_bin("tonnage").unwrap().args(args).write_stdin(input).output().unwrap();
    match run.status.success() {
        true => Ok(serde_json::from_slice(&run.stdout).unwrap()),
        false => Err(String::from_utf8(run.stderr).unwrap()),
    }
}

/// The plans of one workload, without what was read.
fn plans(header: &str, row: &str) -> Result<Value, String> {
    let planned = run(&["plan", "-", "--format", "json"], &format!("{header}\n{row}\n"))?;
    Ok(planned["plans"].clone())
}

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog { machines: lists::machines(), ..embedded::published().unwrap() });

const HEADER: &str = "name,events_per_day,event_size,io_ratio,handler_ms,p99_ms";

#[test]
fn numbers_are_understood_as_people_write_them() {
    for (written, plain) in [
        ("a,\"1,200,000\",1KB,0.5,2,", "a,1200000,1KB,0.5,2,"),
        ("a,20 million,1KB,0.5,2,", "a,20000000,1KB,0.5,2,"),
        ("a,1.5 bn,1KB,0.5,2,", "a,1500000000,1KB,0.5,2,"),
        ("a,1.2K,1KB,0.5,2,", "a,1200,1KB,0.5,2,"),
        // 580 x 86,400.
        ("a,580/s,1KB,0.5,2,", "a,50112000,1KB,0.5,2,"),
        ("a,50M,1KB,0.5,2s,", "a,50M,1KB,0.5,2000,"),
        ("a,50M,1KB,0.5,5000us,", "a,50M,1KB,0.5,5,"),
        ("a,50M,1KB,0.5,n/a,-", "a,50M,1KB,0.5,,"),
    ] {
        let [written, plain] = [written, plain].map(|row| plans(HEADER, row).unwrap());
        assert_eq!(written, plain);
    }
    // The same by flags, and in TOML.
    let flags = ["plan", "--format=json", "--event-size=1KB", "--io-ratio=50%", "--name=a"];
    let by_flag = |events: &str, handler: &str| {
        let flags = [&flags[..], &["--events-per-day", events, "--handler-ms", handler]].concat();
        run(&flags, "").unwrap()["plans"].clone()
    };
    assert_eq!(by_flag("20 million", "5000us"), by_flag("20000000", "5"));
    let folder = tempfile::tempdir().unwrap();
    let of_toml = |events: &str| {
        let path = folder.path().join("w.toml");
        let text = format!(
            "[[workload]]\nname = \"a\"\nevents_per_day = {events}\nevent_size = 1000\nio_ratio = 0\n"
        );
        std::fs::write(&path, text).unwrap();
        run(&["plan", path.to_str().unwrap(), "--format=json"], "").unwrap()["plans"].clone()
    };
    assert_eq!(of_toml("\"580/s\""), of_toml("50112000"));
}

#[test]
fn two_times_stand_for_io_ratio() {
    let head = "name,events_per_day,event_size";
    let rest = "handler_ms,io_wait_ms";
    // 5 of 8 ms are waiting.
    let all = plans(&format!("{head},io_ratio,{rest}"), "a,50M,1KB,0.625,8ms,5ms").unwrap();
    assert_eq!(plans(&format!("{head},{rest}"), "a,50M,1KB,8ms,5ms").unwrap(), all);
    assert_eq!(plans(&format!("{head},io_ratio,{rest}"), "a,50M,1KB,,8ms,5ms").unwrap(), all);
    // One of them alone does not.
    let error = plans(&format!("{head},handler_ms"), "a,50M,1KB,8ms").unwrap_err();
    let message = "io_ratio is missing; it must be a share from 0 to below 1, such as 0.85 or 85%; 0 if it calls nobody, a \
                   range such as 0.5..0.9 if nobody knows; or give handler_ms and io_wait_ms";
    assert_eq!(error, format!("error: <stdin>:2:1: {message}\n"));
    let error = plans(&format!("{head},{rest}"), "a,50M,1KB,8ms,").unwrap_err();
    assert_eq!(error, format!("error: <stdin>:2:1: {message}\n"));
    // What it proposes is taken.
    assert!(plans(&format!("{head},io_ratio"), "a,50M,1KB,0.5..0.9").is_ok());
}

#[test]
fn a_decimal_comma_is_an_error_that_shows_the_point() {
    let error = plans(HEADER, "a,50M,1KB,\"0,5\",2,").unwrap_err();
    assert!(error.contains("io_ratio is \"0,5\", but must be a share"), "{error}");
    assert!(error.contains("\"0.5\" may be meant"), "{error}");
    let flags = ["plan", "--events-per-day=1M", "--event-size=1KB", "--io-ratio=0", "--max-utilization=0,7"];
    let error = run(&flags, "").unwrap_err();
    assert!(error.contains("\"0.7\" may be meant"), "{error}");
    let error = run(&["hours", "-", "--reaction=0,5m"], "").unwrap_err();
    assert!(error.contains("; \"0.5m\" may be meant"), "{error}");
}

/// Cells of every column and values of every setting, spelt as people do: each has one or two numbers written with a comma, with points
/// between thousands, with dollars or euros, or a unit too many.
fn spelt() -> impl Strategy<Value = String> {
    let number = prop::sample::select(vec![
        "0,5",
        "1,5",
        "1.250",
        "1,250",
        "1.250,00",
        "1.250.000",
        "17m",
        "0,65",
        "12,5",
        "6",
    ]);
    let before = prop::sample::select(vec!["", "$", "USD ", "go:", "aws=", "c7a=", "~"]);
    let behind =
        prop::sample::select(vec!["", "%", "h", "Mi", " MB", "/month", " €", " USD", "/s", "k", "x"]);
    let one =
        (before, number, behind).prop_map(|(before, number, behind)| format!("{before}{number}{behind}"));
    let between = prop::sample::select(vec!["..", "/", " ", ","]);
    let many = (one.clone(), between, one.clone())
        .prop_map(|(one, between, other)| format!("{one}{between}{other}"));
    prop_oneof![one, many]
}

/// What may be meant by a message, each in quotes.
fn meant(message: &str) -> Vec<String> {
    let Some((_, meant)) = message.split_once("; \"") else { return Vec::new() };
    meant
        .split_once("\" may be meant")
        .map_or_else(Vec::new, |(all, _)| all.split("\" or \"").map(str::to_owned).collect())
}

proptest! {
    // A fix that is shown is taken.
    #[test]
    fn what_may_be_meant_is_taken(text in spelt()) {
        for setting in all() {
            let take = |text: &str| setting.take(&mut Settings::usual(), text);
            for fix in take(&text).err().map(|it| meant(&it.to_string())).into_iter().flatten() {
                prop_assert!(take(&fix).is_ok(), "{}: {text:?} -> {fix:?}", setting.name);
            }
        }
        for (number, input) in columns::numbers() {
            for fix in meant(&number.hint(&text)) {
                let taken = fix.split("..").all(|end| number.read(end, Marks::POINT).is_some());
                prop_assert!(taken, "{}: {text:?} -> {fix:?}", input.column());
            }
        }
    }
}

// One fix for each kind of cell, setting and flag; what needs none is read.
#[test]
fn decimal_commas_are_mended_wherever_a_number_stands() {
    let flags = ["plan", "--events-per-day=1M", "--event-size=1KB", "--io-ratio=0", "--format=json"];
    for (flag, fix) in [
        ("--catch-up=1,5h/3h", "1.5h/3h"),
        ("--sidecars=0,1/128Mi", "0.1/128Mi"),
        ("--spike-factor=go:6,5", "go:6.5"),
        (
            "--hourly=0,5 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
            "0.5 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        ),
        ("--usd-per-gb-between-zones=aws=0,02", "aws=0.02"),
        ("--partitions=1.024", "1024"),
    ] {
        let error = run(&[&flags[..], &[flag]].concat(), "").unwrap_err();
        assert!(error.contains(&format!("; {fix:?} may be meant")), "{error}");
    }
    for flag in
        ["--partitions=1k", "--current-usd-per-month=1250 USD", "--current-usd-per-month=$1,250/month"]
    {
        assert!(run(&[&flags[..], &[flag]].concat(), "").is_ok(), "{flag}");
    }
    let error = run(&[&flags[..], &["--current-usd-per-month=1.250,00 €"]].concat(), "").unwrap_err();
    assert!(error.contains("; amounts are in US dollars") && !error.contains("may be meant"), "{error}");
    let error = run(&["calibrate", "examples/workloads.csv", "--utilization=0,35"], "").unwrap_err();
    assert!(error.contains("; \"0.35\" may be meant"), "{error}");
    let sweep = ["sweep", "examples/workloads.csv", "--workload=audit-log", "--over=io_ratio", "--from=0,5"];
    assert!(run(&sweep, "").unwrap_err().contains("; \"0.5\" may be meant"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tonnage.toml");
    std::fs::write(&file, "max_utilization = \"0,65\"\n").unwrap();
    let config = format!("--config={}", file.display());
    let error = run(&[&flags[..], &[&config]].concat(), "").unwrap_err();
    assert!(error.contains("; \"0.65\" may be meant"), "{error}");
    std::fs::write(&file, "discount = \"12%\"\n").unwrap();
    let planned = run(&[&flags[..], &[&config]].concat(), "").unwrap();
    assert_eq!(planned["settings"]["discount"][0], "12%");
}

// The other numbers of a file tell what a mark before three digits is, in any column; where none does, it is asked.
#[test]
fn a_mark_before_three_digits_is_settled_by_the_file() {
    let with = |cost: &str, share: &str| {
        let header = "name;events_per_day;event_size;io_ratio;handler_ms;current_usd_per_month";
        plans(header, &format!("a;50M;1KB;{share};1.125;{cost}"))
    };
    let plain = with("5.0830", "0.5").unwrap();
    assert_eq!(with("$5.083", "0.5").unwrap(), plain);
    assert_eq!(with("1,100", "0.5").unwrap(), with("1100.0", "0.5").unwrap());
    for (cost, share) in [("5.083", "50%"), ("5.083", "0,5"), ("1,100", "50%")] {
        let error = with(cost, share).unwrap_err();
        assert!(error.contains("handler_ms is \"1.125\""), "{error}");
        assert!(error.contains("; \"1125\" or \"1.1250\" may be meant"), "{error}");
    }
    // What points surely part is told.
    for (text, meant) in [("12.400.000", "\"12400000\""), ("1.234,5", "\"1234.5\"")] {
        let error = with(text, "50%").unwrap_err();
        assert!(error.contains(&format!("{meant} may be meant")), "{error}");
    }
    // Neither flags nor somebody else's columns tell what a file means.
    let other =
        "name,events_per_day,event_size,io_ratio,version,current_usd_per_month\na,50M,1KB,50%,3.11,$1.150\n";
    let args = ["plan", "-", "--format=json", "--ignore-columns=version", "--set", "peak_factor=2.5"];
    assert!(run(&args, other).unwrap_err().contains("\"$1150\" or \"$1.15\" may be meant"));
    // Flags tell by each other, TOML by what it is.
    let by_flag = |share: &str| {
        let flags =
            ["plan", "--events-per-day=1M", "--event-size=1KB", "--handler-ms=1.125", "--format=json"];
        run(&[&flags[..], &[&format!("--io-ratio={share}")]].concat(), "")
    };
    assert!(by_flag("0.5").is_ok() && by_flag("50%").unwrap_err().contains("\"1.1250\""));
    let toml = "[[workload]]\nname = \"a\"\nevents_per_day = 50e6\nevent_size = 1000\nio_ratio = 0\nhandler_ms = 1.125\n";
    assert!(run(&["plan", "-", "--format=json"], toml).is_ok());
}

proptest! {
    /// Whatever an import finds is read back from its file, alone in it, to four digits.
    #[test]
    fn what_is_written_is_read_back(value in prop_oneof![0.001..10.0f64, 1.0..1e6f64], at in 0..64usize) {
        let all: Vec<_> = columns::numbers().collect();
        let (number, input) = &all[at % all.len()];
        let value = number.in_column(number.clamp(value));
        let value = if number.unit == Unit::Whole { value.round() } else { value };
        // Less than half of what any process holds is refused.
        let value = if input.column() == "memory_mib" { value.max(100.0) } else { value };
        let rest = [("events_per_day", "50M"), ("event_size", "1KB"), ("io_ratio", "50%")];
        let mut found = Found::default();
        let origin = || Origin::new("top.txt", None);
        found.add_number("a", input.column(), value, origin());
        for (column, text) in rest.into_iter().filter(|(column, _)| *column != input.column()) {
            found.add("a", column, text, origin());
        }
        if input.column() == "utilization" {
            found.add("a", "current_machine", "c6i.large", origin());
            found.add("a", "current_instances", "2", origin());
        }
        let csv = found.to_csv();
        prop_assume!(csv.is_ok());
        let csv = csv.unwrap();
        let read = Reader::new(&CATALOG).read_bytes("a.csv", csv.as_bytes(), false);
        prop_assert!(read.is_ok(), "{}: {:?}", csv, read);
        let read = number.in_column(input.get(&read.unwrap()[0].workload).unwrap());
        prop_assert!((read - value).abs() <= 5.1e-4 * value.abs(), "{}: {} is not {}", csv, read, value);
    }
}

#[test]
fn a_sheet_may_have_semicolons_or_tabs() {
    let commas = "name,events_per_day,event_size,io_ratio\na,50M,1KB,0.5\n\"b, c\",2M,1KB,0\n";
    let planned = |text: &str| run(&["plan", "-", "--format", "json"], text).unwrap()["plans"].clone();
    let with = |separator: &str| commas.replace(", ", "\0").replace(',', separator).replace('\0', ", ");
    assert_eq!(planned(&with(";")), planned(commas));
    assert_eq!(planned(&with("\t")), planned(commas));
    assert_eq!(
        planned(&format!("\u{feff}# a comment, with commas, and more\n\n{}", with(";"))),
        planned(commas)
    );
}

/// Settings and price lists take the units that columns take.
#[test]
fn settings_and_price_lists_have_units_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prices.csv");
    std::fs::write(&file, "instance_type;on_demand_usd_per_hour\nc7a.large;$0.2\n").unwrap();
    let planned = |args: &str| {
        let row = "name,events_per_day,event_size,io_ratio,handler_ms\na,50M,1KB,0,1\n";
        let args: Vec<&str> = ["plan", "-", "--format", "json", "--machine-types", "c7a.large"]
            .into_iter()
            .chain(args.split('|'))
            .collect();
        run(&args, row).unwrap()["plans"].clone()
    };
    for (written, plain) in [
        ("--system-memory-mib=0.5GiB", "--system-memory-mib=512"),
        ("--system-cores=250m", "--system-cores=0.25"),
        ("--rewrite-days=20 days", "--rewrite-days=20"),
        ("--usd-per-gb-between-zones=aws=$0.02", "--usd-per-gb-between-zones=aws=0.02"),
    ] {
        assert_eq!(planned(written), planned(plain), "{written}");
    }
    // $0.2 an hour over 730 hours are $146 for each machine.
    let priced = planned(&format!("--prices={}", file.display()));
    let (usd, count) =
        (priced[0]["usd_per_month"].as_f64().unwrap(), priced[0]["instances"].as_f64().unwrap());
    assert!((usd - 146.0 * count).abs() < 1e-9, "{usd}");
}

/// What says that there is nothing is read so, and told with its columns; what a failed formula left is refused.
#[test]
fn words_for_nothing_are_told_and_failed_formulas_refused() {
    use crate::command::{one_line, printed, refused, tonnage, with_rows};
    let rows = |bill: &str, machine: &str| {
        format!(
            "{HEADER},current_machine,current_instances,current_usd_per_month\n\
                 a,50M,1KB,0.5,2,,c6i.xlarge,3,tbd\nb,50M,1KB,0.5,2,,{machine},3,{bill}\n"
        )
    };
    let told = |rows: &str| with_rows(rows, |file| one_line(&printed(tonnage(&["plan", file]))));
    let said = "3 cells such as \"tbd\" are read as blank: current_machine (1), current_usd_per_month (2).";
    assert!(told(&rows("n/a", "-")).contains(said), "{}", told(&rows("n/a", "-")));
    assert!(!told(&rows("", "").replace("tbd", "")).contains("read as blank"));
    let errors =
        with_rows(&rows("#N/A", "#REF!"), |file| refused(tonnage(&["plan", file])).replace(file, "f"));
    assert_eq!(
        errors,
        "error: f:3:18: current_machine is \"#REF!\": a formula of the spreadsheet failed; mend it\n\
         error: f:3:26: current_usd_per_month is \"#N/A\": a formula of the spreadsheet failed; mend it, or empty the cell where nobody \
         knows\n"
    );
}
