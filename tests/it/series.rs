//! Series as monitoring systems write them: layouts, headings, times and values.

use tonnage::input::imports::measured::files::{self, without_zone};
use tonnage::input::imports::measured::quantities::Kind::{self, Cpu, Memory, Rate};
use tonnage::input::imports::measured::series::{LEGEND, Series};

fn of(text: &str, kind: Kind) -> Result<Vec<Series>, String> {
    files::read("cpu.csv", text.as_bytes(), kind).map_err(|error| error.to_string())
}

fn read(text: &str) -> Result<Vec<Series>, String> {
    of(text, Rate)
}

#[test]
fn both_layouts_of_grafana_are_the_same() {
    let joined =
        read("\"Time\",\"{workload=\"\"a\"\"}\",b\r\n1782907200000,1.2 K,\r\n1782907260000,25%,2\r\n")
            .unwrap();
    let long = read(
        "sep=;\nSeries;Time;Value\n{workload=\"a\"};2026-07-01 12:00:00;1200\nb;2026-07-01T12:00:00Z;\n\
         {workload=\"a\"};2026-07-01 12:01:00;0.25\nb;2026-07-01T12:01:00Z;2\n",
    )
    .unwrap();
    assert_eq!(joined[0].samples, [(1_782_907_200.0, 1200.0), (1_782_907_260.0, 0.25)]);
    assert_eq!(
        (joined.len(), &joined[0].labels["workload"], &joined[1].labels[LEGEND]),
        (2, &"a".into(), &"b".into())
    );
    for (one, other) in joined.iter().zip(&long) {
        assert_eq!((&one.labels, one.samples.len()), (&other.labels, other.samples.len()));
        assert_eq!(one.samples[1], other.samples[1]);
    }
    assert!(joined[1].samples[0].1.is_nan() && long[1].samples[0].1.is_nan());
    assert_eq!((joined[0].line, long[0].line, long[1].line), (Some(1), Some(3), Some(4)));
}

#[test]
fn mistakes_name_line_and_value() {
    assert_eq!(
        read("Time,a\n1782907200000,\"0,5\"\r\nyesterday,1\r\n1,2,3\n").unwrap_err(),
        "cpu.csv:2:1: a is \"0,5\", but must be a value such as 1200, 1.2 K, 35%, 1.5 GiB or 80 c/s; \"0.5\" may be meant\n\
         cpu.csv:3:1: Time is \"yesterday\", but must be a time such as 1782907200000 (ms), 1782907200 (s) or 2026-07-01 \
         12:00:00\n\
         cpu.csv:4:1: the row has 3 cells, but the header has 2"
    );
    assert!(
        read("a,b\n1,2\n").unwrap_err().starts_with("cpu.csv:1:1: unknown layout: the header must have ")
    );
}

#[test]
fn headings() {
    let labels = |heading: &str| {
        let text = format!("Time,\"{}\"\n1782907200,1\n", heading.replace('"', "\"\""));
        let pairs = read(&text).map(|series| series[0].labels.clone().into_iter().collect::<Vec<_>>());
        pairs.map(|pairs| pairs.iter().map(|(label, value)| format!("{label}={value}")).collect::<Vec<_>>())
    };
    assert_eq!(labels("{}"), Ok(vec![]));
    assert_eq!(labels("orders"), Ok(vec![format!("{LEGEND}=orders")]));
    assert_eq!(
        labels("up{job=\"a, \\\"b\\\"\", instance=\"c=}\"}"),
        Ok(["__name__=up", "instance=c=}", "job=a, \"b\""].map(str::to_owned).to_vec())
    );
    assert!(labels("up{job=\"a}").is_err() && labels("up{job}").is_err());
}

#[test]
fn series_of_promtool_and_what_is_none() {
    let all = read("{workload=\"a\"} =>\n1.5 @[1782907200]\nNaN @[1782907260.5]\n\n{} =>\n").unwrap();
    assert_eq!((all.len(), all[0].samples[0], all[1].line), (2, (1_782_907_200.0, 1.5), Some(5)));
    assert!(all[0].samples[1].1.is_nan());
    assert_eq!(
        read("{} =>\n{a=b} =>\n1 2\n").unwrap_err(),
        "cpu.csv:2:1: \"{a=b} \" is no series, such as {workload=\"orders\"}\n\
         cpu.csv:3:1: \"1 2\" is neither a series nor a sample such as 12.5 @[1782907200]"
    );
}

/// The first sample of a CSV with one series.
fn sample(time: &str, value: &str, kind: Kind) -> Option<(f64, f64)> {
    let text = format!("Time,a\n{time},\"{value}\"\n1782999999,1\n");
    Some(of(&text, kind).ok()?[0].samples[0])
}

#[test]
fn times() {
    let time = |text: &str| sample(text, "1", Rate).map(|it| it.0);
    for text in ["1782907200000", "1782907200", "2026-07-01 12:00:00", "2026-07-01T14:00:00+02:00"] {
        assert_eq!(time(text), Some(1_782_907_200.0), "{text}");
    }
    assert_eq!((time("07/01/2026 12:00"), time("0"), time("")), (None, None, None));
    let row = |time: &str| without_zone("cpu.csv", format!("Time;a\n{time};1\n").as_bytes()).is_some();
    assert!(row("2026-11-16 00:00:00") && row("\"2026-11-16T00:00\""));
    assert!(!row("2026-11-16 00:00:00Z") && !row("2026-11-16T00:00+01:00") && !row("1782907200000"));
}

#[test]
fn values() {
    let value = |text: &str, kind| sample("1782907200", text, kind).map(|it| it.1);
    for (text, kind, wanted) in [
        ("1.2 K", Rate, 1200.0),
        ("1.5 Mil", Rate, 1.5e6),
        ("35%", Rate, 0.35),
        ("35 %", Rate, 0.35),
        ("1.5 GiB", Memory, 1_610_612_736.0),
        ("512 B", Memory, 512.0),
        ("2 B", Rate, 2e9),
        ("80 c/s", Rate, 80.0),
        ("1.2 K ops/s", Rate, 1200.0),
        ("600 req/min", Rate, 10.0),
        ("1,234.5", Rate, 1234.5),
        ("1.5e+03", Rate, 1500.0),
        ("161.5 ev/s", Rate, 161.5),
        ("2.57 K msg/s", Rate, 2570.0),
        ("161.5ev/s", Rate, 161.5),
        ("17 m", Cpu, 0.017),
        ("1146 mCPU", Cpu, 1.146),
        ("250 millicores", Cpu, 0.25),
        ("2 cores", Cpu, 2.0),
    ] {
        let is_near = value(text, kind).is_some_and(|value| (value / wanted - 1.0).abs() < 1e-12);
        assert!(is_near, "{text} {:?}", value(text, kind));
    }
    assert!(["", "NaN", "+Inf", "null", "-"].iter().all(|text| value(text, Rate).is_some_and(f64::is_nan)));
    assert!(
        ["0,5", "two", "3 parsecs", "1/fortnight", "17 m"].iter().all(|text| value(text, Rate).is_none())
    );
}
