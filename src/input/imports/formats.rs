//! The formats of price files, and reading a file of any of them.

use super::imported::{File, Imported};
use super::{aws, azure, begin, gcp, instances, opencost, skypilot};
use crate::input::diagnostic::InputError;
use std::io::Read;

/// A format of price files.
pub struct Format {
    /// Its name.
    pub name: &'static str,
    /// Where people get it.
    pub source: &'static str,
    /// What stands in the begin of every such file, and of no other.
    marker: &'static str,
    read: fn(&mut Imported, File<'_>) -> Result<(), InputError>,
}

/// All formats.
pub const FORMATS: [Format; 7] = [
    Format {
        name: "AWS price list (CSV)",
        source: "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/REGION/index.csv",
        marker: "FormatVersion",
        read: aws::csv,
    },
    Format {
        name: "AWS price list (JSON)",
        source: "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/REGION/index.json",
        marker: "\"offerCode\"",
        read: aws::json,
    },
    Format {
        name: "EC2 instances of Vantage",
        source: "https://instances.vantage.sh/instances.json",
        marker: "\"instance_type\"",
        read: instances::read,
    },
    Format {
        name: "Azure retail prices",
        source: "https://prices.azure.com/api/retail/prices?$filter=serviceName eq 'Virtual Machines'",
        marker: "\"armRegionName\"",
        read: azure::read,
    },
    Format {
        name: "Google Cloud SKUs",
        source: "https://cloudbilling.googleapis.com/v1/services/6F81-5844-456A/skus?key=KEY",
        marker: "\"serviceRegions\"",
        read: gcp::read,
    },
    Format {
        name: "SkyPilot catalog",
        source: "https://github.com/skypilot-org/skypilot-catalog, catalogs/v8/CLOUD/vms.csv",
        marker: "SpotPrice",
        read: skypilot::read,
    },
    Format {
        name: "OpenCost custom prices",
        source: "the CSV that OpenCost's csv-path names",
        marker: "MarketPriceHourly",
        read: opencost::read,
    },
];

/// Reads a file of any of the [`FORMATS`]; `day` is that on which its prices were true, unless it says so itself. Of
/// prices for the same the last one counts.
pub fn read(
    imported: &mut Imported,
    name: &str,
    input: impl Read + Send,
    day: &str,
) -> Result<(), InputError> {
    let (text, input) = begin::of(name, input)?;
    if text.contains("\"PriceList\"") {
        let source = FORMATS[1].source;
        let message = format!(
            "the file is of `aws pricing get-products`; take the price list of a region instead: {source}"
        );
        return Err(begin::wrong(name, message));
    }
    let Some(format) = FORMATS.iter().find(|format| text.contains(format.marker)) else {
        let known = FORMATS.map(|format| format.name).join(", ");
        return Err(begin::wrong(
            name,
            format!("the file is none of the price files that are known: {known}"),
        ));
    };
    (format.read)(imported, File { name, input, begin: text, day })
}
