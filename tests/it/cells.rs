//! How cells, names, marks, ranges, sheets and profiles are read, each by itself.

mod hourly {
    use tonnage::input::hourly::hours_since_epoch;

    #[test]
    fn times() {
        for (text, hours) in [
            ("1970-01-02T01:30", 25.5),
            ("1970-01-01 02:00:00Z", 2.0),
            ("1970-01-01T03:00:00.000Z", 3.0),
            ("1970-01-01T02:00+02:00", 0.0),
            // 30 years with 7 leap days, then January and the leap February of 2000.
            ("2000-03-01T00:00", 24.0 * (30.0 * 365.0 + 7.0 + 31.0 + 29.0)),
        ] {
            assert_eq!(hours_since_epoch(text), Some(hours), "{text}");
        }
        for bad in [
            "",
            "1970-01-01",
            "1970-13-01T00:00",
            "2026-02-31T00:00",
            "1970-01-01T24:00",
            "1970-01-01T1",
            "1970-01-01T01",
            "now T00:00",
        ] {
            assert_eq!(hours_since_epoch(bad), None, "{bad}");
        }
    }
}

mod names {
    use tonnage::input::nearest::{guess, is_slip, nearest, unknown};

    const RUNTIMES: [&str; 5] =
        ["python-aiokafka", "python-confluent", "go-kafka-go", "go-franz", "rust-rdkafka"];

    #[test]
    fn a_typo_finds_its_name() {
        let known = ["events_per_day", "event_size", "io_ratio"];
        assert_eq!(nearest("event_per_day", known), Some("events_per_day"));
        assert_eq!(nearest("ioratio", known), Some("io_ratio"));
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn a_part_of_a_name_finds_it() {
        for (part, whole) in [
            ("aiokafka", "python-aiokafka"),
            ("franz", "go-franz"),
            ("franz-go", "go-franz"),
            ("kafka-go", "go-kafka-go"),
            ("rdkafka", "rust-rdkafka"),
            ("librdkafka", "rust-rdkafka"),
            ("rust", "rust-rdkafka"),
            ("confluent", "python-confluent"),
            ("confluent-kafka", "python-confluent"),
            ("Python", "python-aiokafka"),
        ] {
            assert_eq!(guess(part, RUNTIMES), Some(whole), "{part}");
        }
        assert_eq!(guess("java", RUNTIMES), None);
    }

    #[test]
    fn a_wild_guess_is_not_made() {
        assert_eq!(unknown("runtime", "java", &["go", "rust"]), "unknown runtime \"java\"; known: go, rust");
        assert_eq!(
            unknown("runtime", "rst", &["go", "rust"]),
            "unknown runtime \"rst\"; did you mean \"rust\"? Known: go, rust."
        );
    }

    #[test]
    fn letter_case_and_what_joins_words_are_slips() {
        assert!(is_slip("Events-Per Day", ["name", "events_per_day"]));
        assert!(!is_slip("orders", ["name", "events_per_day"]));
    }
}

mod marks {
    use tonnage::input::quantity::dollars;
    use tonnage::input::two_readings::{Marks, counted, hint_of_two};

    #[test]
    fn what_can_be_read_in_two_ways_is_asked_about() {
        let both = |one: &str, other: &str| format!("; {one:?} or {other:?} may be meant");
        for (text, one, other) in [
            ("$1.150", "$1150", "$1.15"),
            ("1,150", "1150", "1.15"),
            // No reading is proposed that is open itself.
            ("5.083", "5083", "5.0830"),
            ("12.500 ms", "12500 ms", "12.5 ms"),
            ("3.000", "3000", "3"),
            ("1.150..2.300", "1150..2300", "1.15..2.3"),
            ("17m", "17M", "0.017"),
            ("580 m/s", "580M/s", "0.58/s"),
        ] {
            assert_eq!((counted(text, dollars), hint_of_two(text)), (None, both(one, other)), "{text}");
        }
        for (text, usd) in
            [("0.125", 0.125), ("1.15", 1.15), ("1.1500", 1.15), ("1,234.500", 1234.5), ("1150k", 1.15e6)]
        {
            assert_eq!(counted(text, dollars), Some(usd), "{text}");
        }
        assert_eq!(hint_of_two("1.200.000"), "; \"1200000\" may be meant");
        assert_eq!(hint_of_two("30 min"), "");
    }

    #[test]
    fn other_numbers_tell_the_mark() {
        let comma = Marks::of(["0,5"]);
        for (texts, marks) in [
            ("101.6 5.08 1,234.5 1,234,567 0.123 1234.567 $76.22 0.5GiB 1.5..2.250", Marks::POINT),
            ("1.234,5 0,5 12,5% 1.234.567 1234,567", comma),
            ("1.150 1,100 $5.083 12 v1.5 10.0.0.1 1.5e7 1,2,3 . 5.", Marks::default()),
        ] {
            for text in texts.split(' ') {
                assert_eq!(Marks::of([text]), marks, "{text}");
            }
        }
        let both = Marks::POINT.and(comma);
        assert!(both != Marks::POINT && both == Marks::of(["0,5", "1.150", "0.5"]));
    }
}

mod ranges {
    use proptest::prelude::*;
    use tonnage::input::number::{Number, Unit};
    use tonnage::input::range::{NotARange, ends, read};
    use tonnage::input::two_readings::Marks;
    use tonnage_model::uncertain::distribution::Distribution;

    fn count(text: &str) -> Result<Distribution, NotARange> {
        read(
            ends(text).unwrap(),
            &Number::new(Unit::PerDay, "number of events", 0.0, 1e15, ""),
            Marks::default(),
        )
    }

    fn refused(read: Result<Distribution, NotARange>, because: &str) {
        let message = read.unwrap_err().to_string();
        assert!(message.ends_with(because), "{message}");
    }

    #[test]
    fn a_range_of_events() {
        let expected = Distribution::LogNormal { above: 0.0, low: 40e6, high: 60e6 };
        assert_eq!(count("40M..60M"), Ok(expected));
        assert_eq!(count(" 40 M .. 0.06B "), Ok(expected));
        assert_eq!(ends("40M"), None);
    }

    #[test]
    fn what_is_no_range() {
        for bad in ["5..", "..5", "..", "a..b", "-1..5", "1..2..3", "1 to 5..6"] {
            refused(count(bad), "each end of a range must be a number of events from 0 to 1e15");
        }
        refused(count("60M..40M"), "the first must be below the second");
        refused(count("5..5"), "the first must be below the second");
        refused(count("0..3"), "must be above 0");
        refused(count("40..60M"), "\"40M..60M\" may be meant");
    }

    #[test]
    fn shares_and_what_counts_from_one() {
        let share =
            |text| read(ends(text).unwrap(), &Number::new(Unit::Share, "", 0.0, 1.0, ""), Marks::default());
        assert_eq!(share("80%..95%"), Ok(Distribution::LogitNormal { low: 0.8, high: 0.95 }));
        refused(share("80..95%"), "\"80%..95%\" may be meant");
        refused(share("0..0.5"), "must be above 0");
        refused(share("0.5..1"), "must be below 1");
        let peak = |text| read(ends(text).unwrap(), &Number::plain(1.0, 1e6, ""), Marks::default());
        assert_eq!(peak("2..5"), Ok(Distribution::LogNormal { above: 1.0, low: 2.0, high: 5.0 }));
        refused(peak("1..5"), "must be above 1");
        let whole = |text| read(ends(text).unwrap(), &Number::whole(), Marks::default());
        assert_eq!(whole("1..5"), Ok(Distribution::LogNormal { above: 0.0, low: 1.0, high: 5.0 }));
        // A unit that changes nothing may stand once.
        let percent = Number::new(Unit::Percent, "", -1.0, 10.0, "").above(-1.0);
        let growth = |text| read(ends(text).unwrap(), &percent, Marks::default());
        assert_eq!(growth("-2..5%"), Ok(Distribution::LogNormal { above: -1.0, low: -0.02, high: 0.05 }));
    }

    proptest! {
        #[test]
        fn nothing_that_people_type_breaks_it(text in ".*", other in ".*") {
            let _ = count(&format!("{text}..{other}"));
        }
    }
}

mod sheets {
    use proptest::prelude::*;
    use std::io::Read;
    use tonnage::input::sheet::{Columns, Sheet};

    /// Gives a few bytes at a time, as a pipe may.
    struct Dribble<'t>(&'t [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }

    /// Everything that a sheet says, in order.
    fn told(input: impl Read + Send) -> Vec<String> {
        let columns = Columns::new("row", &["name", "size"], &["name"]);
        let (mut sheet, errors) = Sheet::open("s.csv".to_owned(), input, columns);
        let mut told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        while let Some(row) = sheet.next_row() {
            told.push(match row {
                Ok(row) => format!("{} {:?} {}", row.line(), row.get(0), row.wrong(1, "here")),
                Err(error) => error.to_string(),
            });
        }
        told
    }

    proptest! {
        #[test]
        fn where_a_chunk_ends_does_not_matter(
            rows in proptest::collection::vec("[a#\"é,\r\n \0]{0,9}", 0..30),
            length in 1usize..40,
        ) {
            let text = format!("\u{feff}# c\nname,size\n{}", rows.join("\n"));
            prop_assert_eq!(told(Dribble(text.as_bytes(), length)), told(text.as_bytes()));
        }
    }

    #[test]
    fn places_behind_many_chunks() {
        let filler: String = (0..20_000).map(|row| format!("row {row},\"1\"\"2\"\n\n# c\n")).collect();
        let text = format!("name,size\n{filler}é,2,3\n x, 4\n");
        let told = told(text.as_bytes());
        assert_eq!(told.len(), 20_002);
        assert_eq!(told[1], "5 Some(\"row 1\") s.csv:5:7: here");
        assert_eq!(
            told[20_000],
            "s.csv:60002:1: the row has 3 cells, but the header has 2; put a cell that holds a comma in quotes (\")"
        );
        assert_eq!(told[20_001], "60003 Some(\"x\") s.csv:60003:4: here");
    }
}

mod profiles {
    use tonnage::input::catalogs::embedded;
    use tonnage::input::diagnostic::Source;
    use tonnage::input::profiles::{read, write};

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        let measured = embedded::measured().unwrap().runtimes;
        for runtime in embedded::published().unwrap().runtimes.into_iter().chain(measured) {
            let text = write(&runtime, &["Some words.\nAnd more".to_owned()]);
            let back =
                read(Source { file: "written", text: &text }, &embedded::languages().unwrap()).unwrap();
            let again = write(&back, &["Some words.\nAnd more".to_owned()]);
            assert_eq!(again, text);
            for ((name, one), (_, other)) in runtime.figures().into_iter().zip(back.figures()) {
                assert!((one.value - other.value).abs() <= 1e-6 * one.value, "{name}");
                assert_eq!((one.evidence, &one.source), (other.evidence, &other.source), "{name}");
            }
            assert_eq!(
                (back.name, back.title, back.provenance, back.setting_names),
                (runtime.name, runtime.title, runtime.provenance, runtime.setting_names)
            );
        }
    }

    #[test]
    fn names_and_texts_that_need_quotes() {
        let mut runtime = embedded::published().unwrap().runtimes.remove(0);
        runtime.title = "a \"b\" \\ c\nd".to_owned();
        let decode = runtime.cpu.handler["decode"].clone();
        runtime.cpu.handler.insert("v1.2".to_owned(), decode);
        runtime.provenance.versions.insert("lib c".to_owned(), "1\"2".to_owned());
        let text = write(&runtime, &[]);
        let back = read(Source { file: "written", text: &text }, &embedded::languages().unwrap()).unwrap();
        assert_eq!(back.title, "a \"b\" \\ c d");
        assert_eq!(back.provenance.versions["lib c"], "1\"2");
        assert!(back.cpu.handler.contains_key("v1.2"));
    }
}
