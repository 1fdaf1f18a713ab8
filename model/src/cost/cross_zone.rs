//! The price of bytes that cross zones.

/// What crossing zones costs, and whether reading has to.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct CrossZone {
    /// Price of one GB that crosses, USD: what the sending and the receiving side pay together.
    pub usd_per_gb: f64,
    /// Whether consumers read from a replica in their own zone, which needs one in each zone.
    pub fetch_from_follower: bool,
}

impl Default for CrossZone {
    /// AWS: $0.01 a GB out of one zone and $0.01 a GB into the other (EC2 on-demand pricing, "Data Transfer within
    /// the same AWS Region", as of 2026-11); consumers read from the leader, as they do unless told otherwise.
    fn default() -> Self {
        Self { usd_per_gb: 0.02, fetch_from_follower: false }
    }
}
