//! The price of bytes that cross zones, by provider.

/// What a provider asks for a GB between two zones of a region.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ZonePrice {
    /// The provider, as machine lists name it.
    pub provider: &'static str,
    /// USD a GB: what the sending and the receiving side pay together.
    pub usd_per_gb: f64,
    /// Where the price is published.
    pub source: &'static str,
    /// The month it was read in.
    pub date: &'static str,
}

/// List prices by provider.
#[rustfmt::skip]
pub const PRICES: [ZonePrice; 3] = [
    ZonePrice { provider: "aws", usd_per_gb: 0.02, date: "2026-11",
        source: "EC2 on-demand pricing, \"Data Transfer within the same AWS Region\": $0.01 out of one zone and $0.01 into the other" },
    ZonePrice { provider: "gcp", usd_per_gb: 0.01, date: "2026-11",
        source: "VPC network pricing, \"Data transfer between zones in the same region\": the sending side alone" },
    ZonePrice { provider: "azure", usd_per_gb: 0.0, date: "2026-11",
        source: "Bandwidth pricing, \"Data transfer across availability zones\": not charged" },
];

/// What crossing zones costs, and whether reading has to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrossZone {
    /// Price of one GB that crosses, both sides together, USD: of each provider in the order of [`PRICES`].
    pub usd_per_gb: [f64; PRICES.len()],
    /// Whether consumers read from a replica in their own zone, which needs one in each zone.
    pub fetch_from_follower: bool,
}

impl Default for CrossZone {
    /// List prices; consumers read from the leader, as they do unless told otherwise.
    fn default() -> Self {
        Self { usd_per_gb: PRICES.map(|price| price.usd_per_gb), fetch_from_follower: false }
    }
}

impl CrossZone {
    /// The same price at every provider.
    pub fn at(usd_per_gb: f64) -> Self {
        Self { usd_per_gb: [usd_per_gb; PRICES.len()], ..Self::default() }
    }

    /// The price at a provider; at one that is not in the table, the highest of those that are.
    ///
    /// ```
    /// use tonnage_model::cost::cross_zone::CrossZone;
    ///
    /// let prices = CrossZone::default();
    /// assert_eq!((prices.usd_per_gb("aws"), prices.usd_per_gb("gcp"), prices.usd_per_gb("azure")), (0.02, 0.01, 0.0));
    /// assert_eq!(prices.usd_per_gb("elsewhere"), 0.02);
    /// ```
    pub fn usd_per_gb(&self, provider: &str) -> f64 {
        let known = PRICES.iter().position(|price| price.provider == provider);
        known.map_or_else(|| self.usd_per_gb.into_iter().fold(0.0, f64::max), |index| self.usd_per_gb[index])
    }
}
