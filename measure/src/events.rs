//! Realistic JSON events of an exact size, made from a seed.
//!
//! Orders of a web shop: nested, text and numbers, non-ASCII names. lab/consumers/README.md describes them;
//! one in fifty breaks one rule of their schema.

use std::fmt::Write;

/// The smallest size that every event can have, B.
pub const MIN_BYTES: usize = 256;

/// One event in this many breaks a rule of the schema.
pub const INVALID_EVERY: usize = 50;

/// An event: the record's key and its JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The customer's id in decimal.
    pub key: String,
    /// JSON, exactly as many bytes as asked for.
    pub value: String,
    /// Whether it keeps every rule of the schema.
    pub valid: bool,
}

/// Too small for what every event has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("events cannot be smaller than {MIN_BYTES} B, got {0} B")]
pub struct TooSmall(pub usize);

/// `count` events of `bytes` each; the same for the same `seed`, `bytes` and `count`.
pub fn generate(seed: u64, bytes: usize, count: usize) -> Result<Vec<Event>, TooSmall> {
    if bytes < MIN_BYTES {
        return Err(TooSmall(bytes));
    }
    let mut random = fastrand::Rng::with_seed(seed ^ bytes as u64);
    Ok((0..count).map(|index| event(&mut random, bytes, index)).collect())
}

const NAMES: [&str; 10] = [
    "Ana Li",
    "Jörg Ott",
    "Mary Shaw",
    "Zoë Ray",
    "Li Wei",
    "Omar Said",
    "Eva Novy",
    "Jon Vik",
    "Mia Roux",
    "Kenji Ono",
];
const COUNTRIES: [&str; 20] = [
    "DE", "FR", "ES", "IT", "NL", "GB", "US", "CA", "BR", "MX", "JP", "KR", "IN", "AU", "SE", "NO", "PL",
    "CZ", "AT", "CH",
];
const TIERS: [&str; 4] = ["bronze", "silver", "gold", "platinum"];
const TYPES: [&str; 4] = ["created", "paid", "shipped", "cancelled"];
const GOODS: [(&str, &str); 8] = [
    ("BK", "Book"),
    ("MG", "Mug"),
    ("TS", "Shirt"),
    ("LP", "Lamp"),
    ("CH", "Chair"),
    ("PN", "Pen"),
    ("BG", "Bag"),
    ("CB", "Cable"),
];
const TAGS: [&str; 6] = ["sale", "new", "gift", "fragile", "bulky", "last-chance"];
const CITIES: [(&str, &str, &str); 5] = [
    ("Hauptstraße 5", "Köln", "50667"),
    ("12 High Street", "Leeds", "LS1 4DY"),
    ("Rue de la Paix 8", "Lyon", "69001"),
    ("Calle Mayor 21", "Madrid", "28013"),
    ("Storgata 3", "Oslo", "0155"),
];
const WORDS: [&str; 16] = [
    "please",
    "leave",
    "the",
    "parcel",
    "with",
    "neighbour",
    "call",
    "before",
    "delivery",
    "after",
    "six",
    "thank",
    "you",
    "gate",
    "code",
    "blue",
];

/// Which rule of the schema an invalid event breaks.
#[derive(Clone, Copy, PartialEq)]
enum Flaw {
    Type,
    Time,
    Customer,
    Quantity,
    Sku,
}

const FLAWS: [Flaw; 5] = [Flaw::Type, Flaw::Time, Flaw::Customer, Flaw::Quantity, Flaw::Sku];

fn event(random: &mut fastrand::Rng, bytes: usize, index: usize) -> Event {
    let flaw =
        (index % INVALID_EVERY == INVALID_EVERY - 1).then(|| FLAWS[(index / INVALID_EVERY) % FLAWS.len()]);
    let customer = if flaw == Some(Flaw::Customer) { 0 } else { random.u32(1..10_000) };
    let mut json = head(random, customer, flaw);
    json.push_str(",\"items\":[");
    item(random, &mut json, bytes, flaw);
    // Three fifths of a larger event are items, as in a long order.
    while json.len() + 120 < bytes * 3 / 5 {
        json.push(',');
        item(random, &mut json, bytes, None);
    }
    json.push(']');
    if bytes >= 512 {
        let (street, city, zip) = pick(random, &CITIES);
        write_to(
            &mut json,
            format_args!(",\"shipping\":{{\"street\":\"{street}\",\"city\":\"{city}\",\"zip\":\"{zip}\"}}"),
        );
    }
    json.push_str(",\"note\":\"");
    let rest = bytes.saturating_sub(json.len() + 2);
    text(random, &mut json, rest);
    json.push_str("\"}");
    Event { key: customer.to_string(), value: json, valid: flaw.is_none() }
}

fn head(random: &mut fastrand::Rng, customer: u32, flaw: Option<Flaw>) -> String {
    let kind = if flaw == Some(Flaw::Type) { "unknown" } else { pick(random, &TYPES) };
    let month = if flaw == Some(Flaw::Time) { 13 } else { random.u32(1..=12) };
    let mut json = String::new();
    write_to(
        &mut json,
        format_args!(
            "{{\"id\":\"{:016x}\",\"type\":\"order.{kind}\",\
             \"occurred_at\":\"2026-{month:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z\",\
             \"customer\":{{\"id\":{customer},\"name\":\"{}\",\"country\":\"{}\",\"tier\":\"{}\"}},\
             \"amount\":{}.{:02}",
            random.u64(..),
            random.u32(1..=28),
            random.u32(0..24),
            random.u32(0..60),
            random.u32(0..60),
            random.u32(0..1000),
            pick(random, &NAMES),
            pick(random, &COUNTRIES),
            pick(random, &TIERS),
            random.u32(1..100),
            random.u32(0..100),
        ),
    );
    json
}

fn item(random: &mut fastrand::Rng, json: &mut String, bytes: usize, flaw: Option<Flaw>) {
    let (prefix, title) = pick(random, &GOODS);
    let prefix = if flaw == Some(Flaw::Sku) { prefix.to_lowercase() } else { prefix.to_string() };
    let quantity = if flaw == Some(Flaw::Quantity) { 0 } else { random.u32(1..=15) };
    write_to(
        json,
        format_args!(
            "{{\"sku\":\"{prefix}-{:03}\",\"title\":\"{title}\",\"qty\":{quantity},\"price\":{}.{}",
            random.u32(0..1000),
            random.u32(1..99),
            random.u32(1..10),
        ),
    );
    if bytes >= 512 {
        write_to(json, format_args!(",\"tags\":[\"{}\",\"{}\"]", pick(random, &TAGS), pick(random, &TAGS)));
    }
    json.push('}');
}

/// Words and spaces, `bytes` long.
fn text(random: &mut fastrand::Rng, json: &mut String, bytes: usize) {
    let end = json.len() + bytes;
    while json.len() < end {
        let word = pick(random, &WORDS);
        let room = end - json.len();
        json.push_str(&word[..word.len().min(room)]);
        if json.len() < end {
            json.push(' ');
        }
    }
}

fn pick<T: Copy>(random: &mut fastrand::Rng, from: &[T]) -> T {
    from[random.usize(..from.len())]
}

fn write_to(json: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = json.write_fmt(what);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_json_of_the_exact_size() {
        for bytes in [256, 511, 512, 1024, 4096, 16_384] {
            for event in generate(7, bytes, 500).unwrap() {
                assert_eq!(event.value.len(), bytes, "{}", event.value);
                let json: serde_json::Value = serde_json::from_str(&event.value).unwrap();
                assert_eq!(json["customer"]["id"].to_string(), event.key);
                assert!(!json["items"].as_array().unwrap().is_empty());
            }
        }
    }

    #[test]
    fn one_event_in_fifty_breaks_a_rule() {
        let events = generate(7, 1024, 1000).unwrap();
        assert_eq!(events.iter().filter(|event| !event.valid).count(), 20);
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(generate(7, 300, 20), generate(7, 300, 20));
        assert_ne!(generate(7, 300, 20), generate(8, 300, 20));
        assert_eq!(generate(7, 100, 1), Err(TooSmall(100)));
    }
}
