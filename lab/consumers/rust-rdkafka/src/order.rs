//! The events: orders, and the parts of them that a step can do with.
//!
//! Text is borrowed from the message wherever it has no escapes.

use garde::Validate;
use serde::Deserialize;
use std::borrow::Cow;

use crate::validate::{above_zero, instant, one_of};

const TYPES: [&str; 4] = ["order.created", "order.paid", "order.shipped", "order.cancelled"];
const TIERS: [&str; 4] = ["bronze", "silver", "gold", "platinum"];

#[derive(Deserialize, Validate)]
pub struct Order<'a> {
    #[garde(pattern(r"^[0-9a-f]{16}$"))]
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    #[garde(custom(one_of(&TYPES)))]
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    #[garde(custom(instant))]
    #[serde(borrow)]
    pub occurred_at: Cow<'a, str>,
    #[garde(dive)]
    #[serde(borrow)]
    pub customer: Customer<'a>,
    #[garde(custom(above_zero), range(max = 1_000_000.0))]
    pub amount: f64,
    #[garde(length(min = 1, max = 200), dive)]
    #[serde(borrow)]
    pub items: Vec<Item<'a>>,
    #[garde(dive)]
    #[serde(borrow)]
    pub shipping: Option<Shipping<'a>>,
    #[garde(length(chars, max = 20_000))]
    #[serde(borrow)]
    pub note: Cow<'a, str>,
}

#[derive(Deserialize, Validate)]
pub struct Customer<'a> {
    #[garde(range(min = 1, max = 10_000_000))]
    pub id: i64,
    #[garde(length(chars, min = 1, max = 100))]
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[garde(pattern(r"^[A-Z]{2}$"))]
    #[serde(borrow)]
    pub country: Cow<'a, str>,
    #[garde(custom(one_of(&TIERS)))]
    #[serde(borrow)]
    pub tier: Cow<'a, str>,
}

#[derive(Deserialize, Validate)]
pub struct Item<'a> {
    #[garde(pattern(r"^[A-Z]{2}-[0-9]{3}$"))]
    #[serde(borrow)]
    pub sku: Cow<'a, str>,
    #[garde(length(chars, min = 1, max = 80))]
    #[serde(borrow)]
    pub title: Cow<'a, str>,
    #[garde(range(min = 1, max = 99))]
    pub qty: i64,
    #[garde(custom(above_zero), range(max = 10_000.0))]
    pub price: f64,
    #[garde(length(max = 5), dive)]
    #[serde(borrow)]
    pub tags: Option<Vec<Tag<'a>>>,
}

/// A type of its own since serde borrows no `Cow` directly inside a `Vec`.
#[derive(Deserialize, Validate)]
#[garde(transparent)]
pub struct Tag<'a>(
    #[garde(length(chars, min = 1, max = 16))]
    #[serde(borrow)]
    Cow<'a, str>,
);

#[derive(Deserialize, Validate)]
pub struct Shipping<'a> {
    #[garde(length(chars, min = 1, max = 80))]
    #[serde(borrow)]
    pub street: Cow<'a, str>,
    #[garde(length(chars, min = 1, max = 80))]
    #[serde(borrow)]
    pub city: Cow<'a, str>,
    #[garde(length(chars, min = 1, max = 80))]
    #[serde(borrow)]
    pub zip: Cow<'a, str>,
}

/// All that `decode` looks at.
#[derive(Deserialize)]
pub struct PaidFields<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    pub customer: CustomerId,
}

#[derive(Deserialize)]
pub struct CustomerId {
    pub id: i64,
}

/// All that `aggregate` looks at.
#[derive(Deserialize)]
pub struct AmountFields<'a> {
    #[serde(borrow)]
    pub customer: CustomerCountry<'a>,
    pub amount: f64,
}

#[derive(Deserialize)]
pub struct CustomerCountry<'a> {
    #[serde(borrow)]
    pub country: Cow<'a, str>,
}

/// All that the business logic looks at, to be read from an event that is not a whole order: one with a
/// field missing or of another type.
#[derive(Deserialize)]
pub struct PurchaseFields<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    customer: PurchaseCustomer<'a>,
    #[serde(borrow)]
    items: Vec<PurchaseItem<'a>>,
}

#[derive(Deserialize)]
struct PurchaseCustomer<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    country: Cow<'a, str>,
    #[serde(borrow)]
    tier: Cow<'a, str>,
}

#[derive(Deserialize)]
struct PurchaseItem<'a> {
    #[serde(borrow)]
    sku: Cow<'a, str>,
    #[serde(borrow)]
    title: Cow<'a, str>,
    qty: i64,
    price: f64,
}

/// A customer and the first item of an order.
pub struct Purchase<'a> {
    pub kind: &'a str,
    pub name: &'a str,
    pub country: &'a str,
    pub tier: &'a str,
    pub sku: &'a str,
    pub title: &'a str,
    pub qty: i64,
    pub price: f64,
}

impl Order<'_> {
    pub fn purchase(&self) -> Option<Purchase<'_>> {
        let item = self.items.first()?;
        Some(Purchase {
            kind: &self.kind,
            name: &self.customer.name,
            country: &self.customer.country,
            tier: &self.customer.tier,
            sku: &item.sku,
            title: &item.title,
            qty: item.qty,
            price: item.price,
        })
    }
}

impl PurchaseFields<'_> {
    pub fn purchase(&self) -> Option<Purchase<'_>> {
        let item = self.items.first()?;
        Some(Purchase {
            kind: &self.kind,
            name: &self.customer.name,
            country: &self.customer.country,
            tier: &self.customer.tier,
            sku: &item.sku,
            title: &item.title,
            qty: item.qty,
            price: item.price,
        })
    }
}
