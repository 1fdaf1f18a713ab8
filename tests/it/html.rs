//! Reports as HTML: read back as a browser would, without scripts.

use crate::command::one_line;
use scraper::{ElementRef, Html, Selector};
use std::collections::BTreeSet;

const FLEET: &str = "examples/workloads.csv";

/// Every command that has a page, with arguments that make one.
const PAGES: [&[&str]; 8] = [
    &["plan", FLEET],
    &["plan", "examples/ranges.csv"],
    &["plan", "examples/pipeline.toml"],
    &["explain", "fraud-scores", FLEET],
    &["sweep", FLEET, "--workload", "order-events", "--over", "events_per_day"],
    &["sweep", FLEET, "--over", "months"],
    &["failures", FLEET],
    &["hours", "examples/hours.csv"],
];

fn printed(args: &[&str]) -> String {
    let mut command = assert_cmd::Command::cargo_bin("tonnage").unwrap();
    let output = command.args(args).env("COLUMNS", "100").output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn page(args: &[&str]) -> (String, Html) {
    let text = printed(&[args, &["--format", "html"]].concat());
    let parsed = Html::parse_document(&text);
    assert_eq!(parsed.errors, Vec::<String>::new(), "{args:?}");
    (text, parsed)
}

fn all<'h>(page: &'h Html, selector: &str) -> Vec<ElementRef<'h>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    one_line(&element.text().collect::<String>())
}

#[test]
fn pages_are_well_formed_and_load_nothing() {
    for args in PAGES {
        let (source, page) = page(args);
        assert!(source.len() < 1_000_000, "{args:?}: {} bytes", source.len());
        for name in ["src", "href", "action", "poster", "srcset", "data"] {
            for element in all(&page, &format!("[{name}]")) {
                let value = element.attr(name).unwrap();
                assert!(value.starts_with('#') || value == "data:,", "{args:?}: {name}={value}");
            }
        }
        assert!(!source.contains("@import") && !source.contains("url("), "{args:?}");
    }
}

#[test]
fn pages_can_be_read_out() {
    for args in PAGES {
        let (_, page) = page(args);
        let levels: Vec<u32> = all(&page, "h1, h2, h3, h4")
            .iter()
            .map(|heading| heading.value().name()[1..].parse().unwrap())
            .collect();
        assert_eq!(levels[0], 1, "{args:?}");
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{args:?}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{args:?}: {levels:?}");
        assert_eq!(all(&page, "main").len(), 1);
        assert_eq!(all(&page, "table").len(), all(&page, "table > caption:first-child").len());
        assert!(all(&page, "th").iter().all(|it| it.attr("scope").is_some()));
        let ids: Vec<&str> = all(&page, "[id]").iter().filter_map(|it| it.attr("id")).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{args:?}: {ids:?}");
        for link in all(&page, "a[href]") {
            let target = link.attr("href").unwrap().trim_start_matches('#');
            assert!(ids.contains(&target), "{args:?}: {target}");
        }
    }
}

/// Words with a digit in them, without what stands around them.
fn figures(text: &str) -> Vec<&str> {
    let is_edge = |c: char| !c.is_alphanumeric() && c != '$' && c != '%';
    let words = text.split_whitespace().map(|word| word.trim_matches(is_edge));
    words.filter(|word| word.contains(|c: char| c.is_ascii_digit())).collect()
}

#[test]
fn a_page_has_every_figure_of_the_terminal() {
    for args in PAGES {
        let table = printed(args);
        let (_, page) = page(args);
        let main = text(all(&page, "main")[0]);
        let on_page: BTreeSet<&str> = figures(&main).into_iter().collect();
        let is_missing = |figure: &&str| !on_page.contains(figure) && !main.contains(*figure);
        let numbered: BTreeSet<String> = (1..10).map(|number| number.to_string()).collect();
        let missing: Vec<&str> =
            figures(&table).into_iter().filter(is_missing).filter(|it| !numbered.contains(*it)).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{args:?}");
    }
}

#[test]
fn the_inputs_are_carried() {
    let (_, page) = page(&["plan", FLEET]);
    let inputs = all(&page, "script#inputs")[0];
    assert_eq!(inputs.attr("type"), Some("application/json"));
    let json: serde_json::Value = serde_json::from_str(&inputs.text().collect::<String>()).unwrap();
    assert_eq!(json["command"], "plan");
    assert_eq!(json["inputs"].as_array().unwrap().len(), 12);
    assert_eq!(json["inputs"][0]["name"], "order-events");
    assert_eq!(json["settings"]["max_utilization"], 0.7);
}

#[test]
fn a_fleet_tells_what_moves_its_saving() {
    let (_, page) = page(&["plan", FLEET]);
    let chart = text(all(&page, "figure[data-chart=tornado] desc")[0]);
    // $7,153 are saved, of which $6,135 rest on what nobody has measured: 7,153 - 6,135 = 1,017 with the cents.
    assert!(chart.contains("to be checked $1,017 to $7,153; speed of"), "{chart}");
}

// Bills are sums: what is left without what is to be checked is nothing, and not what rounding leaves of it.
#[test]
fn a_fleet_without_a_measured_core_may_save_nothing() {
    let fleet = "name,events_per_day,event_size,io_ratio,handler_ms,current_machine,current_instances\n\
                 geo,200M,500,10%,0.8,c6i.8xlarge,4\nsearch,25M,6KB,40%,9,c6i.4xlarge,4\nimages,8M,12KB,20%,35,c6i.4xlarge,3\n";
    let mut command = assert_cmd::Command::cargo_bin("tonnage").unwrap();
    let output = command.args(["plan", "-", "--format", "html"]).write_stdin(fleet).output().unwrap();
    let page = Html::parse_document(&String::from_utf8(output.stdout).unwrap());
    let title = text(all(&page, "figure[data-chart=tornado] figcaption")[0]);
    assert!(title.starts_with("what is to be checked moves the saving most: $0 to $"), "{title}");
    let main = text(all(&page, "main")[0]);
    assert!(
        main.contains("measure first: nothing was measured, and the plan costs less than a third"),
        "{main}"
    );
}

#[test]
fn hostile_names_are_text() {
    let names = ["</script><script>alert(1)</script>", "a\"b'c&lt;d", "<img src=x onerror=alert(1)>"];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fleet.csv");
    let mut csv = csv::Writer::from_path(&file).unwrap();
    csv.write_record([
        "name",
        "events_per_day",
        "event_size",
        "io_ratio",
        "handler_ms",
        "current_machine",
        "current_instances",
    ])
    .unwrap();
    for name in names {
        csv.write_record([name, "50M", "1KB", "0.5", "4", "c6i.4xlarge", "4"]).unwrap();
    }
    csv.flush().unwrap();
    let path = file.to_str().unwrap();
    for args in [&["plan", path][..], &["explain", names[0], path], &["failures", path]] {
        let (_, page) = page(args);
        assert!(all(&page, "script").iter().all(|it| !text(*it).starts_with("alert")), "{args:?}");
        assert_eq!(all(&page, "img, iframe, object, embed").len(), 0);
        assert!(text(all(&page, "main")[0]).contains(names[0]), "{args:?}");
    }
    let (_, page) = page(&["plan", path]);
    let titles: Vec<String> = all(&page, "summary h3").iter().map(|it| text(*it)).collect();
    let titles: BTreeSet<&str> = titles.iter().map(String::as_str).collect();
    assert!(titles.is_superset(&BTreeSet::from(names)), "{titles:?}");
}

// A phone shows the first columns of a table: the name, and the money.
#[test]
fn money_stands_beside_the_names() {
    let (_, page) = page(&["plan", FLEET]);
    let titles: Vec<String> = all(&page, "thead th").into_iter().map(text).take(7).collect();
    assert_eq!(titles, ["workload", "today", "planned", "saves", "what to do", "runs on", "plan"]);
    let row: Vec<String> = all(&page, "tbody tr")
        .into_iter()
        .next()
        .map(|row| row.children().filter_map(ElementRef::wrap).map(text).collect())
        .unwrap();
    assert_eq!(row[..4], ["sensor-readings", "$3,597", "$1,259", "$2,338?"]);
}
