//! The work on events, apart from all that is waited for.

use anyhow::{Context, Result};
use garde::Validate;
use std::collections::{BTreeMap, HashMap};

use crate::aggregate::{Statistics, Windows};
use crate::compute::compute;
use crate::order::{AmountFields, Order, PaidFields, PurchaseFields};
use crate::settings::{Settings, Work};

pub struct Handler {
    work: Work,
    rounds: u32,
    calls: bool,
    whole_order: bool,
    counts: Counts,
    /// Of each partition.
    windows: BTreeMap<i32, Windows>,
    state: HashMap<String, i64>,
}

/// What has come of the work.
#[derive(Debug, Default)]
pub struct Counts {
    pub paid: u64,
    pub customers: i64,
    pub valid: u64,
    pub invalid: u64,
    pub aggregates: Statistics,
    pub score: i64,
    pub updates: i64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        self.paid += other.paid;
        self.customers += other.customers;
        self.valid += other.valid;
        self.invalid += other.invalid;
        self.aggregates.add(&other.aggregates);
        self.score += other.score;
        self.updates += other.updates;
    }
}

impl Handler {
    pub fn new(settings: &Settings) -> Self {
        let calls = settings.io_calls > 0;
        Self {
            work: settings.work,
            rounds: settings.compute_rounds,
            calls,
            whole_order: matches!(settings.work, Work::Parse | Work::Validate)
                || settings.compute_rounds > 0
                || calls,
            counts: Counts::default(),
            windows: BTreeMap::new(),
            state: HashMap::new(),
        }
    }

    /// Does the work on one event and returns the SKU to call another service with, if that is asked for.
    pub fn handle(&mut self, partition: i32, value: &[u8]) -> Result<Option<String>> {
        if self.whole_order {
            return self.handle_order(partition, value);
        }
        self.handle_fields(partition, value);
        Ok(None)
    }

    fn handle_order(&mut self, partition: i32, value: &[u8]) -> Result<Option<String>> {
        let Ok(order) = serde_json::from_slice::<Order>(value) else {
            return self.handle_malformed(partition, value);
        };
        match self.work {
            Work::Consume => {}
            Work::Decode | Work::Parse => self.decoded(&order.kind, order.customer.id),
            Work::Validate if order.validate().is_ok() => self.counts.valid += 1,
            Work::Validate => self.counts.invalid += 1,
            Work::Aggregate => self.window(partition).add(&order.customer.country, order.amount),
        }
        if self.rounds > 0 || self.calls {
            let purchase = order.purchase().context("an order without items")?;
            if self.rounds > 0 {
                self.counts.score += compute(&purchase, self.rounds, &mut self.state)?;
            }
            return Ok(self.calls.then(|| purchase.sku.to_owned()));
        }
        Ok(None)
    }

    /// An event with a field missing or of another type: what a step needs may be there all the same.
    fn handle_malformed(&mut self, partition: i32, value: &[u8]) -> Result<Option<String>> {
        self.handle_fields(partition, value);
        if self.rounds > 0 || self.calls {
            let fields: PurchaseFields =
                serde_json::from_slice(value).context("an event that is no order")?;
            let purchase = fields.purchase().context("an order without items")?;
            if self.rounds > 0 {
                self.counts.score += compute(&purchase, self.rounds, &mut self.state)?;
            }
            return Ok(self.calls.then(|| purchase.sku.to_owned()));
        }
        Ok(None)
    }

    /// Reads no more of the event than the work asks for. An event without that is not counted.
    fn handle_fields(&mut self, partition: i32, value: &[u8]) {
        match self.work {
            Work::Consume => {}
            Work::Decode | Work::Parse => {
                if let Ok(fields) = serde_json::from_slice::<PaidFields>(value) {
                    self.decoded(&fields.kind, fields.customer.id);
                }
            }
            Work::Validate => self.counts.invalid += 1,
            Work::Aggregate => {
                if let Ok(fields) = serde_json::from_slice::<AmountFields>(value) {
                    self.window(partition).add(&fields.customer.country, fields.amount);
                }
            }
        }
    }

    fn window(&mut self, partition: i32) -> &mut Windows {
        self.windows.entry(partition).or_default()
    }

    fn decoded(&mut self, kind: &str, customer: i64) {
        self.counts.paid += u64::from(kind == "order.paid");
        self.counts.customers += customer;
    }

    pub fn finish(self) -> Counts {
        let mut aggregates = Statistics::default();
        for windows in self.windows.into_values() {
            aggregates.add(&windows.finish());
        }
        Counts { aggregates, updates: self.state.values().sum(), ..self.counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Commit;

    const ORDER: &str = r#"{"id":"3f2b8c1e9a7d4c02","type":"order.paid","occurred_at":"2026-11-23T10:15:30Z",
        "customer":{"id":7,"name":"Jürgen","country":"DE","tier":"gold"},"amount":20,
        "items":[{"sku":"BK-104","title":"Paperback","qty":2,"price":12.5}],"note":""}"#;

    fn handler(work: Work, compute_rounds: u32, io_calls: u32) -> Handler {
        Handler::new(&Settings {
            servers: String::new(),
            topic: String::new(),
            group: String::new(),
            work,
            compute_rounds,
            io_calls,
            stub_url: String::new(),
            produces: 0,
            output_topic: String::new(),
            in_flight: 1,
            commit: Commit::Interval,
            plain: false,
            cores: 1,
            events: None,
            latency_file: None,
            events_file: None,
            service_times: false,
            fetch_wait_ms: 0,
            prefetch_divisor: 1,
        })
    }

    #[test]
    fn consume_looks_at_nothing() {
        assert_eq!(handler(Work::Consume, 0, 0).handle(0, b"no json").unwrap(), None);
    }

    #[test]
    fn decode_counts_the_same_from_fields_and_from_whole_orders() {
        for rounds in [0, 1] {
            let mut handler = handler(Work::Decode, rounds, 0);
            handler.handle(0, ORDER.as_bytes()).unwrap();
            handler.handle(0, ORDER.replace("paid", "created").as_bytes()).unwrap();
            let counts = handler.finish();
            assert_eq!((counts.paid, counts.customers), (1, 14));
        }
    }

    #[test]
    fn an_invalid_event_is_counted_and_gets_all_other_steps() {
        let mut handler = handler(Work::Validate, 10, 1);
        let without_note = ORDER.replace(r#","note":"""#, "");
        let wrong_type = ORDER.replace("20,", "\"20\",");
        let broken_rule = ORDER.replace("3f2b", "XXXX");
        for event in [ORDER, &without_note, &wrong_type, &broken_rule] {
            assert_eq!(handler.handle(0, event.as_bytes()).unwrap().as_deref(), Some("BK-104"), "{event}");
        }
        let counts = handler.finish();
        assert_eq!((counts.valid, counts.invalid, counts.updates), (1, 3, 40));
    }

    #[test]
    fn compute_needs_an_order() {
        assert!(handler(Work::Consume, 1, 0).handle(0, b"{}").is_err());
        assert!(handler(Work::Validate, 0, 0).handle(0, b"{}").is_ok());
    }
}
