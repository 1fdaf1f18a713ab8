//! Copies of events to another topic.

use anyhow::{Context, Result};
use rdkafka::ClientConfig;
use rdkafka::Message;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::producer::Producer;
use rdkafka::producer::future_producer::{DeliveryFuture, FutureProducer, FutureRecord};
use std::time::Duration;

use crate::settings::Settings;

pub struct Output {
    producer: FutureProducer,
    topic: String,
    copies: u32,
}

impl Output {
    pub fn connect(settings: &Settings) -> Result<Self> {
        let producer = ClientConfig::new().set("bootstrap.servers", &settings.servers).create()?;
        Ok(Self { producer, topic: settings.output_topic.clone(), copies: settings.produces })
    }

    /// Hands the copies over to the producer; they are written once their deliveries say so.
    pub async fn write(&self, message: &BorrowedMessage<'_>) -> Result<Vec<DeliveryFuture>> {
        let mut deliveries = Vec::with_capacity(self.copies as usize);
        for _ in 0..self.copies {
            deliveries.push(self.write_one(message).await?);
        }
        Ok(deliveries)
    }

    async fn write_one(&self, message: &BorrowedMessage<'_>) -> Result<DeliveryFuture> {
        loop {
            let mut record = FutureRecord::<[u8], [u8]>::to(&self.topic);
            record.key = message.key();
            record.payload = message.payload();
            match self.producer.send_result(record) {
                Ok(delivery) => return Ok(delivery),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Err((error, _)) => return Err(error).context("writing a copy"),
            }
        }
    }

    pub fn flush(&self) -> Result<()> {
        self.producer.flush(Duration::from_secs(30)).context("flushing the producer")
    }
}

/// Waits until all are acknowledged and says how many there were.
pub async fn acknowledged(deliveries: Vec<DeliveryFuture>) -> Result<u64> {
    let copies = deliveries.len() as u64;
    for delivery in deliveries {
        delivery
            .await
            .context("the producer is gone")?
            .map_err(|(error, _)| error)
            .context("writing a copy")?;
    }
    Ok(copies)
}
