//! Calls to another service.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, StatusCode};

pub struct Prices {
    client: Client,
    url: String,
}

impl Prices {
    pub fn at(stub_url: &str) -> Self {
        // One client for all partitions: it keeps the connections.
        Self { client: Client::new(), url: format!("{}/price", stub_url.trim_end_matches('/')) }
    }

    pub async fn get(&self, sku: &str) -> Result<()> {
        let response = self.client.get(&self.url).query(&[("sku", sku)]).send().await?;
        let status = response.status();
        ensure!(status == StatusCode::OK, "{} answered {status}", self.url);
        response.bytes().await.with_context(|| format!("the body of an answer of {}", self.url))?;
        Ok(())
    }
}
