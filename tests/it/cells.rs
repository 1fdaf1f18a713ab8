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
