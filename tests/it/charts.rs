//! Charts: where things stand on them, and the files that they are written to.

use assert_cmd::Command;
use scraper::{Html, Selector};
use std::path::Path;
use tonnage::render::chart;
use tonnage::report::chart::{Axis, BLUE, Bar, Bars, Chart, GRAY, Kind, Lines, Mark, Plot, Series};
use tonnage::report::column::Unit;

fn bars(values: &[(&str, f64)]) -> Chart {
    let bar = |(name, value): &(&str, f64)| Bar::of(*name, *value, format!("${value}"));
    Chart {
        name: "bars",
        title: "Two bills".into(),
        about: "One is twice the other.".into(),
        note: String::new(),
        plot: Plot::Bars(Bars {
            axis: Axis::new("USD a month", Unit::Usd),
            kinds: vec![Kind::sure("", BLUE), Kind::sure("", GRAY)],
            bars: values.iter().map(bar).collect(),
            rule: None,
        }),
    }
}

fn lines(points: &[(f64, Option<f64>)]) -> Chart {
    let series = |name: &str| Series { name: name.into(), points: points.to_vec(), is_stepped: false };
    Chart {
        name: "lines",
        title: "A line".into(),
        about: String::new(),
        note: String::new(),
        plot: Plot::Lines(Lines {
            x: Axis::new("months", Unit::Count),
            y: Axis::new("USD a month", Unit::Usd),
            series: vec![series("here"), series("there")],
            marks: vec![Mark { at: 5.0, title: "today".into() }],
        }),
    }
}

fn attribute(svg: &str, selector: &str, name: &str) -> Vec<f64> {
    let page = Html::parse_fragment(svg);
    let of = |it: scraper::ElementRef<'_>| it.attr(name).and_then(|it| it.parse().ok());
    page.select(&Selector::parse(selector).unwrap()).filter_map(of).collect()
}

#[test]
fn bars_are_as_long_as_they_are_worth() {
    let svg = chart::in_page(&bars(&[("a", 500.0), ("b", 1000.0), ("c", 0.0)]), "it");
    // Nothing is drawn of nothing; rows are 27 apart.
    let (widths, tops) = (attribute(&svg, "rect", "width"), attribute(&svg, "rect", "y"));
    assert_eq!(widths.len(), 2);
    assert!((widths[1] - 2.0 * widths[0]).abs() < 0.11, "{widths:?}");
    assert_eq!(tops[1] - tops[0], 27.0);
    assert!(
        svg.contains("<title id=\"it-t\">Two bills</title><desc id=\"it-d\">One is twice the other.</desc>")
    );
    assert!(svg.contains("role=\"img\" aria-labelledby=\"it-t it-d\""));
}

#[test]
fn a_long_name_takes_two_lines_and_is_not_cut() {
    let svg = chart::in_page(&bars(&[("measure, then batch_size 50 (1)", 500.0), ("b", 1000.0)]), "it");
    assert!(svg.contains(">measure, then</text>") && svg.contains(">batch_size 50 (1)</text>"), "{svg}");
    // A row of 27 and a line of 17, so that the next bar is half of either below: 22 + 13.5.
    let tops = attribute(&svg, "rect", "y");
    assert!((tops[1] - tops[0] - 35.5).abs() < 0.11, "{tops:?}");
}

#[test]
fn lines_stand_where_their_values_are() {
    let svg = chart::in_page(&lines(&[(0.0, Some(0.0)), (5.0, Some(50.0)), (10.0, Some(100.0))]), "it");
    let path = svg.split("class=\"l c0\" d=\"M").nth(1).unwrap().split('"').next().unwrap();
    let places: Vec<Vec<f64>> =
        path.split('L').map(|at| at.split(' ').map(|it| it.parse().unwrap()).collect()).collect();
    // Evenly apart; 240 from $0 to $100, upwards.
    assert!((places[2][0] + places[0][0] - 2.0 * places[1][0]).abs() < 0.11, "{places:?}");
    assert_eq!([places[0][1] - places[1][1], places[0][1] - places[2][1]], [120.0, 240.0]);
    // The mark at 5 is where the middle is.
    assert!(svg.contains(&format!("d\" d=\"M{} ", places[1][0])), "{svg}");
}

#[test]
fn a_pointer_is_told_what_stands_there() {
    let svg = chart::in_page(&lines(&[(0.0, Some(0.0)), (5.0, Some(50.0)), (10.0, None)]), "it");
    let told: Vec<&str> =
        svg.split("<title>").skip(1).map(|it| it.split("</title>").next().unwrap()).collect();
    assert_eq!(told, ["0 months\nhere: $0\nthere: $0", "5 months\nhere: $50\nthere: $50", "10 months"]);
    // Each reaches halfway to its neighbors: the middle one is as wide as both others.
    let widths = attribute(&svg, "rect.p", "width");
    assert!((widths[1] - widths[0] - widths[2]).abs() < 0.11, "{widths:?}");
    // A file has none.
    assert!(!chart::file(&lines(&[(0.0, Some(0.0)), (5.0, Some(50.0))])).contains("<rect class=\"f p\""));
}

#[test]
fn a_line_ends_where_there_is_no_value() {
    let svg =
        chart::in_page(&lines(&[(0.0, Some(1.0)), (1.0, None), (2.0, Some(1.0)), (3.0, Some(2.0))]), "it");
    let path = svg.split("class=\"l c0\" d=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!((path.matches('M').count(), path.matches('L').count()), (2, 1), "{path}");
}

#[test]
fn no_number_at_all_is_drawn_too() {
    for points in [&[][..], &[(1.0, None)], &[(1.0, Some(f64::INFINITY))], &[(1.0, Some(0.0))]] {
        let svg = chart::file(&lines(points));
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        chart::picture(&lines(points)).unwrap();
        chart::terminal::text(&lines(points), 20);
    }
    let svg = chart::file(&bars(&[]));
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

#[test]
fn text_has_a_line_for_each_bar() {
    // 40 characters: a name, a blank, 29 for the most, a blank, a figure; $500 is half of $1,000.
    insta::assert_snapshot!(chart::terminal::text(&bars(&[("now", 1000.0), ("then", 500.0)]), 40), @r"
    Two bills
    now  █████████████████████████████ $1000
    then ███████████████ $500
    ");
}

fn tonnage(folder: &Path, args: &[&str]) -> std::process::Output {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let args = args.iter().map(|it| it.replace("examples/", &format!("{root}/examples/")));
    command.args(args).current_dir(folder).env("COLUMNS", "100").output().unwrap()
}

#[test]
fn charts_are_files() {
    let folder = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 6] = [
        &["plan", "examples/workloads.csv"],
        &["explain", "fraud-scores", "examples/workloads.csv"],
        &["sweep", "examples/workloads.csv", "--workload", "order-events", "--over", "io_ratio"],
        &["sweep", "examples/growth.csv", "--over", "months"],
        &["failures", "examples/workloads.csv", "--format", "json"],
        &["hours", "examples/hours.csv", "--format", "html"],
    ];
    for args in commands {
        let plain = tonnage(folder.path(), args);
        for file in ["it.svg", "it.png"] {
            let drawn = tonnage(folder.path(), &[args, &["--chart", file]].concat());
            assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&drawn.stderr));
            assert_eq!(drawn.stdout, plain.stdout, "{args:?}");
        }
        let svg = std::fs::read_to_string(folder.path().join("it.svg")).unwrap();
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>\n"));
        assert!(svg.len() < 40_000, "{args:?}: {}", svg.len());
        let png = std::fs::read(folder.path().join("it.png")).unwrap();
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        // Twice 792 pixels wide: 760 and a margin of 16 on both sides.
        assert_eq!(png[16..20], 1584u32.to_be_bytes());
    }
}

#[test]
fn pictures_are_what_their_commands_draw() {
    const FOLDER: &str = "docs/pictures/";
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let commands: Vec<&str> =
        readme.split('`').filter(|it| it.starts_with("tonnage ") && it.contains(FOLDER)).collect();
    assert_eq!(commands.len(), 2);
    let folder = tempfile::tempdir().unwrap();
    for command in commands {
        let (command, picture) = command.split_once(FOLDER).unwrap();
        let args: Vec<&str> = command.split_whitespace().skip(1).chain(["it.svg"]).collect();
        assert!(tonnage(folder.path(), &args).status.success(), "{command}");
        let drawn = std::fs::read_to_string(folder.path().join("it.svg")).unwrap();
        assert_eq!(drawn, std::fs::read_to_string(root.join(FOLDER).join(picture)).unwrap(), "{command}");
    }
}

#[test]
fn a_chart_that_there_is_not_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let message = |args: &[&str]| {
        let output = tonnage(folder.path(), args);
        assert!(!output.status.success());
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "something was written");
        String::from_utf8(output.stderr).unwrap()
    };
    let plan = ["plan", "examples/workloads.csv", "--chart"];
    let unknown = message(&[&plan[..], &["water=it.svg", "-o", "it.md"]].concat());
    assert_eq!(unknown, "error: --chart: there is no chart \"water\" here, but waterfall, runtimes\n");
    let ending = message(&[&plan[..], &["it.jpg"]].concat());
    assert!(ending.contains("must end in .svg or .png, or be -"), "{ending}");
}
