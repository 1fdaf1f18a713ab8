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
#[rustfmt::skip]
pub const FORMATS: [Format; 7] = [
    Format { name: "AWS price list (CSV)", marker: "FormatVersion", read: aws::csv,
        source: "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/REGION/index.csv" },
    Format { name: "AWS price list (JSON)", marker: "\"offerCode\"", read: aws::json,
        source: "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/REGION/index.json" },
    Format { name: "EC2 instances of Vantage", marker: "\"instance_type\"", read: instances::read,
        source: "https://instances.vantage.sh/instances.json" },
    Format { name: "Azure retail prices", marker: "\"armRegionName\"", read: azure::read,
        source: "https://prices.azure.com/api/retail/prices?$filter=serviceName eq 'Virtual Machines'" },
    Format { name: "Google Cloud SKUs", marker: "\"serviceRegions\"", read: gcp::read,
        source: "https://cloudbilling.googleapis.com/v1/services/6F81-5844-456A/skus?key=KEY" },
    Format { name: "SkyPilot catalog", marker: "SpotPrice", read: skypilot::read,
        source: "https://github.com/skypilot-org/skypilot-catalog, catalogs/v8/CLOUD/vms.csv" },
    Format { name: "OpenCost custom prices", marker: "MarketPriceHourly", read: opencost::read,
        source: "the CSV that OpenCost's csv-path names" },
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
