//! What `query_range` of Prometheus's HTTP API answers (prometheus.io/docs/prometheus/latest/querying/api), and the list of
//! series in it alone, as `promtool query range -o json` prints.

use super::series::{Labels, Series};
use crate::input::diagnostic::InputError;
use crate::input::imports::begin::wrong;
use crate::input::imports::json::{self, EACH};
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    metric: Labels,
    #[serde(default)]
    values: Vec<(f64, String)>,
    value: Option<(f64, String)>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// Reads all series.
pub fn read(file: &str, text: &str) -> Result<Vec<Series>, InputError> {
    if let Ok(Refusal { error }) = serde_json::from_str(text) {
        return Err(wrong(file, format!("the query failed, and this is Prometheus's answer: {error}")));
    }
    let (mut all, mut is_instant) = (Vec::new(), false);
    json::each(file, text.as_bytes(), &["data", "result", EACH], |Entry { metric, values, value }| {
        is_instant |= value.is_some();
        let number = |text: String| text.parse().unwrap_or(f64::NAN);
        let samples = values.into_iter().map(|(time, text)| (time, number(text))).collect();
        all.push(Series { labels: metric, samples, line: None, lines: Vec::new() });
    })?;
    match is_instant {
        true => Err(wrong(
            file,
            "the answer is of one instant; ask /api/v1/query_range with start, end and step instead of /api/v1/query"
                .to_owned(),
        )),
        false => Ok(all),
    }
}
