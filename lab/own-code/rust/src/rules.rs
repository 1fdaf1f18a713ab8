//! Business rules on strings and dictionaries.

use crate::checksum;
use anyhow::bail;
use std::collections::HashMap;

struct Order {
    country: String,
    tier: String,
    name: String,
    kind: String,
    sku: String,
    title: String,
    qty: i64,
    price: f64,
}

fn weight(tier: &str) -> i64 {
    match tier {
        "bronze" => 1,
        "silver" => 2,
        "gold" => 3,
        _ => 5,
    }
}

fn is_taxed(country: &str) -> bool {
    matches!(country, "DE" | "FR" | "ES" | "IT" | "NL")
}

fn score(order: &Order, rounds: i64, state: &mut HashMap<String, i64>) -> i64 {
    let text = format!("{} {} {}", order.name.to_lowercase(), order.kind, order.title.to_lowercase());
    let mut score = 0;
    for r in 0..rounds {
        let weight = weight(&order.tier);
        let mut total = (order.price * 100.0 + 0.5).floor() as i64 * order.qty;
        if total > 10_000 && weight >= 3 {
            total -= total * weight / 100;
        } else if is_taxed(&order.country) {
            total += total * 19 / 100;
        } else if order.qty > 10 {
            total += 500;
        } else {
            total += r;
        }
        let key = format!("{}:{}:{}", order.country, &order.sku[..2], total % 97 + r);
        let mut longest = 0;
        for word in text.split(' ') {
            longest = longest.max(word.chars().count() as i64);
            let mut h = 0;
            for c in word.chars() {
                h = (h * 31 + i64::from(u32::from(c))) % 1_000_003;
            }
            score = (score + h) % checksum::PRIME;
        }
        *state.entry(key).or_insert(0) += 1;
        score = (score + total + longest) % checksum::PRIME;
    }
    score
}

fn read(row: &[&str]) -> anyhow::Result<Order> {
    let &[country, tier, name, kind, sku, title, qty, price] = row else {
        bail!("an order has eight fields")
    };
    Ok(Order {
        country: country.to_owned(),
        tier: tier.to_owned(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        sku: sku.to_owned(),
        title: title.to_owned(),
        qty: qty.parse()?,
        price: price.parse()?,
    })
}

pub fn run(rows: &[Vec<&str>], iterations: usize) -> anyhow::Result<i64> {
    let orders = rows.iter().map(|row| read(row)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut state = HashMap::new();
    let mut result = 0;
    for _ in 0..iterations {
        for order in &orders {
            result = checksum::add(result, score(order, 5, &mut state));
        }
    }
    Ok(checksum::add(result, state.values().sum::<i64>() + state.len() as i64))
}
