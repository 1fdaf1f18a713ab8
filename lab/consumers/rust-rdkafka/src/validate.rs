//! The rules that garde does not bring itself; the others stand at the fields of [`crate::order`].

use garde::{Error, Result};
use std::borrow::Cow;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub fn one_of(allowed: &[&str]) -> impl Fn(&Cow<'_, str>, &()) -> Result {
    move |value, ()| {
        if allowed.contains(&value.as_ref()) { Ok(()) } else { Err(Error::new("not an allowed value")) }
    }
}

// garde's own ranges include their ends.
pub fn above_zero(value: &f64, (): &()) -> Result {
    if *value > 0.0 { Ok(()) } else { Err(Error::new("not above zero")) }
}

pub fn instant(value: &str, (): &()) -> Result {
    let instant = OffsetDateTime::parse(value, &Rfc3339).map_err(Error::new)?;
    if instant.offset().is_utc() && (2000..=2100).contains(&instant.year()) {
        Ok(())
    } else {
        Err(Error::new("not in UTC in the years 2000 to 2100"))
    }
}

#[cfg(test)]
mod tests {
    use crate::order::Order;
    use garde::Validate;
    use serde_json::{Value, json};

    fn order() -> Value {
        json!({
            "id": "3f2b8c1e9a7d4c02", "type": "order.paid", "occurred_at": "2026-11-23T10:15:30.123Z",
            "customer": {"id": 48213, "name": "Jürgen Weiß", "country": "DE", "tier": "gold"}, "amount": 129.99,
            "items": [{"sku": "BK-104", "title": "Paperback", "qty": 2, "price": 12.5, "tags": ["sale", "new"]}],
            "shipping": {"street": "Hauptstraße 5", "city": "Köln", "zip": "50667"}, "note": "..."
        })
    }

    fn valid(event: &Value) -> bool {
        let text = event.to_string();
        serde_json::from_str::<Order>(&text).is_ok_and(|order| order.validate().is_ok())
    }

    /// The order with `value` at `path`.
    fn with(path: &str, value: Value) -> bool {
        let mut event = order();
        *event.pointer_mut(path).unwrap() = value;
        valid(&event)
    }

    fn without(parent: &str, field: &str) -> bool {
        let mut event = order();
        event.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field).unwrap();
        valid(&event)
    }

    fn long(characters: usize) -> Value {
        "ß".repeat(characters).into()
    }

    #[test]
    fn a_whole_order_is_valid() {
        assert!(valid(&order()));
    }

    #[test]
    fn required_fields_are_there() {
        for field in ["id", "type", "occurred_at", "customer", "amount", "items", "note"] {
            assert!(!without("", field), "{field}");
        }
        for field in ["id", "name", "country", "tier"] {
            assert!(!without("/customer", field), "{field}");
        }
        for field in ["sku", "title", "qty", "price"] {
            assert!(!without("/items/0", field), "{field}");
        }
        for field in ["street", "city", "zip"] {
            assert!(!without("/shipping", field), "{field}");
        }
    }

    #[test]
    fn tags_and_shipping_are_optional() {
        assert!(without("/items/0", "tags"));
        assert!(without("", "shipping"));
    }

    #[test]
    fn types_are_right() {
        assert!(!with("/amount", json!("129.99")));
        assert!(!with("/id", json!(1234567890123456_u64)));
        assert!(!with("/customer/id", json!(1.5)));
        assert!(!with("/items/0/qty", json!(2.5)));
        assert!(!with("/items/0/qty", json!("2")));
        assert!(!with("/items/0/tags", json!("sale")));
        assert!(!with("/customer", json!([])));
        assert!(with("/amount", json!(129)));
    }

    #[test]
    fn unknown_fields_are_let_pass() {
        let mut event = order();
        event["channel"] = json!("web");
        event["customer"]["vip"] = json!(true);
        assert!(valid(&event));
    }

    #[test]
    fn broken_json_is_invalid() {
        assert!(serde_json::from_slice::<Order>(b"{\"id\":").is_err());
        assert!(serde_json::from_slice::<Order>(b"").is_err());
    }

    #[test]
    fn escapes_are_read() {
        let text =
            order().to_string().replace("Paperback", "Paper\\u0062ack \\\"1\\\"").replace("sale", "\\u0073");
        assert!(serde_json::from_str::<Order>(&text).unwrap().validate().is_ok());
    }

    #[test]
    fn id_is_16_hexadecimal_digits() {
        for id in [
            "3f2b8c1e9a7d4c0",
            "3f2b8c1e9a7d4c020",
            "3F2B8C1E9A7D4C02",
            "3f2b8c1e9a7d4c0g",
            "3f2b8c1e9a7d4c02\n",
        ] {
            assert!(!with("/id", json!(id)), "{id:?}");
        }
    }

    #[test]
    fn type_is_known() {
        assert!(with("/type", json!("order.cancelled")));
        assert!(!with("/type", json!("order.lost")));
    }

    #[test]
    fn occurred_at_is_a_time_in_utc_of_this_century() {
        for time in ["2000-01-01T00:00:00Z", "2100-12-31T23:59:59.999999Z", "2024-02-29T12:00:00+00:00"] {
            assert!(with("/occurred_at", json!(time)), "{time}");
        }
        for time in [
            "2026-02-29T10:15:30Z",
            "2026-13-01T10:15:30Z",
            "2026-11-23T25:15:30Z",
            "2026-11-23T10:15:30+01:00",
            "2026-11-23T10:15:30",
            "2026-11-23",
            "1999-12-31T23:59:59Z",
            "2101-01-01T00:00:00Z",
            "yesterday",
        ] {
            assert!(!with("/occurred_at", json!(time)), "{time}");
        }
    }

    #[test]
    fn customer_id_is_within_its_range() {
        assert!(with("/customer/id", json!(1)) && with("/customer/id", json!(10_000_000)));
        assert!(!with("/customer/id", json!(0)) && !with("/customer/id", json!(10_000_001)));
    }

    #[test]
    fn name_has_1_to_100_characters() {
        assert!(with("/customer/name", long(100)));
        assert!(!with("/customer/name", long(101)) && !with("/customer/name", long(0)));
    }

    #[test]
    fn country_is_two_capital_letters() {
        for country in ["de", "D", "DEU", "D1", "ÄÖ"] {
            assert!(!with("/customer/country", json!(country)), "{country}");
        }
    }

    #[test]
    fn tier_is_known() {
        assert!(with("/customer/tier", json!("platinum")));
        assert!(!with("/customer/tier", json!("Gold")));
    }

    #[test]
    fn amount_is_above_0_and_up_to_a_million() {
        assert!(with("/amount", json!(0.01)) && with("/amount", json!(1_000_000)));
        assert!(
            !with("/amount", json!(0))
                && !with("/amount", json!(-1))
                && !with("/amount", json!(1_000_000.01))
        );
    }

    #[test]
    fn there_are_1_to_200_items() {
        let items = |count| Value::Array(vec![order()["items"][0].clone(); count]);
        assert!(with("/items", items(200)));
        assert!(!with("/items", items(201)) && !with("/items", items(0)));
    }

    #[test]
    fn every_item_counts() {
        let mut event = order();
        let mut second = event["items"][0].clone();
        second["qty"] = json!(0);
        event["items"].as_array_mut().unwrap().push(second);
        assert!(!valid(&event));
    }

    #[test]
    fn sku_is_letters_and_digits() {
        for sku in ["bk-104", "BK104", "BK-10", "BK-1045", "BKX-104"] {
            assert!(!with("/items/0/sku", json!(sku)), "{sku}");
        }
    }

    #[test]
    fn title_has_1_to_80_characters() {
        assert!(with("/items/0/title", long(80)));
        assert!(!with("/items/0/title", long(81)) && !with("/items/0/title", long(0)));
    }

    #[test]
    fn qty_is_from_1_to_99() {
        assert!(with("/items/0/qty", json!(1)) && with("/items/0/qty", json!(99)));
        assert!(!with("/items/0/qty", json!(0)) && !with("/items/0/qty", json!(100)));
    }

    #[test]
    fn price_is_above_0_and_up_to_10_000() {
        assert!(with("/items/0/price", json!(0.01)) && with("/items/0/price", json!(10_000)));
        assert!(!with("/items/0/price", json!(0)) && !with("/items/0/price", json!(10_000.01)));
    }

    #[test]
    fn there_are_up_to_5_tags_of_1_to_16_characters() {
        assert!(with("/items/0/tags", json!([])) && with("/items/0/tags", Value::Array(vec![long(16); 5])));
        assert!(!with("/items/0/tags", json!(["a", "b", "c", "d", "e", "f"])));
        assert!(!with("/items/0/tags", json!([""])) && !with("/items/0/tags", Value::Array(vec![long(17)])));
    }

    #[test]
    fn shipping_has_1_to_80_characters_a_field() {
        for field in ["/shipping/street", "/shipping/city", "/shipping/zip"] {
            assert!(with(field, long(80)), "{field}");
            assert!(!with(field, long(81)) && !with(field, long(0)), "{field}");
        }
    }

    #[test]
    fn note_has_up_to_20_000_characters() {
        assert!(with("/note", long(0)) && with("/note", long(20_000)));
        assert!(!with("/note", long(20_001)));
    }
}
