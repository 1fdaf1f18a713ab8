//! Files with series: what they hold by their names, their format by their contents.

use super::quantities::{Kind, QUANTITIES, Quantity, named};
use super::series::Series;
use super::value::time;
use super::{grafana, matrix, promtool};
use crate::input::diagnostic::{InputError, Source};
use crate::input::imports::begin::wrong;
use crate::input::quantity::number;
use std::path::Path;

/// What a file holds by its name. A name that says nothing, or two things, is an error.
pub fn kind(path: &Path) -> Result<Kind, InputError> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let flags =
        |of: &[&Quantity]| of.iter().map(|it| format!("--{}", it.name)).collect::<Vec<_>>().join(", ");
    let message = match named(&stem)[..] {
        [quantity] => return Ok(quantity.kind),
        [] => {
            let all: Vec<&Quantity> = QUANTITIES.iter().collect();
            format!("the name does not say what is measured; say it before the file: {}", flags(&all))
        }
        ref several => {
            format!("the name says two things; say before the file which is meant: {}", flags(several))
        }
    };
    Err(wrong(&path.display().to_string(), message))
}

/// That the times of a CSV have no zone, so that UTC is assumed.
pub fn without_zone(file: &str, bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let row = text.lines().filter(|line| !line.starts_with("sep=")).nth(1).unwrap_or_default();
    let mut cells = row.split([',', ';', '\t']).map(|cell| cell.trim().trim_matches('"'));
    let has_none = |cell| number(cell).is_none() && time(&format!("{cell}Z")).is_some();
    cells.any(has_none).then(|| {
        format!("{file}: its times have no zone and are taken as UTC; set the dashboard to UTC, or hours are shifted")
    })
}

/// Reads the series of a file of any format.
pub fn read(file: &str, bytes: &[u8], kind: Kind) -> Result<Vec<Series>, InputError> {
    let text = Source::new(file, bytes)?.text;
    let first = text.trim_start().lines().next().unwrap_or_default().trim_end();
    let series = if first.ends_with(promtool::ARROW) {
        promtool::read(file, text)
    } else if first.starts_with(['{', '[']) {
        matrix::read(file, text)
    } else {
        grafana::read(file, text, kind)
    }?;
    if series.iter().all(|series| series.samples.iter().all(|(_, value)| value.is_nan())) {
        let message =
            "there is no sample; tonnage import prometheus --queries shows what to ask for".to_owned();
        return Err(wrong(file, message));
    }
    Ok(series)
}
