//! The name that a mistaken one was probably meant to be.

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

// A short word that a longer one happens to begin with says nothing; one that makes up most of it, or stands alone, does.
#[test]
fn a_shared_word_is_most_of_a_word() {
    let rows = ["webhooks", "clicks", "audit", "shop/mailer"];
    assert_eq!(guess("web-frontend", rows), None);
    assert_eq!(guess("clickstream-agg", rows), Some("clicks"));
    assert_eq!(guess("audit-sink", rows), Some("audit"));
    assert_eq!(guess("billing/mailer", rows), Some("shop/mailer"));
}

#[test]
fn letter_case_and_what_joins_words_are_slips() {
    assert!(is_slip("Events-Per Day", ["name", "events_per_day"]));
    assert!(!is_slip("orders", ["name", "events_per_day"]));
}
