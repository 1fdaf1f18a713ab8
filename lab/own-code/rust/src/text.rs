//! Parsing and formatting text with regular expressions: lines of an access log.

use crate::checksum;
use regex::Regex;
use std::collections::{BTreeMap, HashMap};

struct Expressions {
    line: Regex,
    parameter: Regex,
    number: Regex,
    mailbox: Regex,
}

impl Expressions {
    fn compile() -> Result<Self, regex::Error> {
        Ok(Self {
            line: Regex::new(concat!(
                r"^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z (\w+) +(\S+) (\S+@\S+) ",
                r#""([A-Z]+) ([^ ?"]+)\??(\S*) HTTP/[\d.]+" (\d{3}) (\d+\.\d)$"#,
            ))?,
            parameter: Regex::new(r"([a-z]+)=([^&]*)")?,
            number: Regex::new(r"/\d+")?,
            mailbox: Regex::new(r"^(.)[^@]*@")?,
        })
    }

    /// The line of the report, and its seconds added to those of its minute; `None` if it is no request.
    fn rewrite(
        &self,
        line: &str,
        limit: f64,
        per_minute: &mut HashMap<i64, i64>,
    ) -> anyhow::Result<Option<String>> {
        let Some(captures) = self.line.captures(line) else { return Ok(None) };
        let (_, parts) = captures.extract();
        let [
            _,
            month,
            day,
            hour,
            minute,
            second,
            _,
            level,
            service,
            mail,
            method,
            path,
            query,
            status,
            taken,
        ] = parts;
        let minute_of_day = hour.parse::<i64>()? * 60 + minute.parse::<i64>()?;
        *per_minute.entry(minute_of_day).or_insert(0) += second.parse::<i64>()?;
        let parameters: BTreeMap<&str, &str> =
            self.parameter.captures_iter(query).map(|found| found.extract().1.into()).collect();
        let route = self.number.replace_all(path, "/{id}");
        let masked = self.mailbox.replace(mail, "${1}***@");
        let milliseconds: f64 = taken.parse()?;
        let slow = if milliseconds > limit { " SLOW" } else { "" };
        let shown: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let shown = shown.join(",");
        let (day, month) = (day.parse::<u32>()?, month.parse::<u32>()?);
        Ok(Some(format!(
            "{day:02}/{month:02} {minute_of_day:04} {level:<5} {service:<12} {method} {route} {status} \
             {milliseconds:8.2} ms {masked} {shown}{slow}"
        )))
    }
}

pub fn run(rows: &[Vec<&str>], iterations: usize) -> anyhow::Result<i64> {
    let expressions = Expressions::compile()?;
    let mut result = 0;
    let mut report = vec![];
    for i in 0..iterations {
        let limit = 50.0 + (i % 10 * 10) as f64;
        let mut per_minute = HashMap::new();
        report = vec![];
        for row in rows {
            report.extend(expressions.rewrite(row[0], limit, &mut per_minute)?);
        }
        let length: usize = report.iter().map(|line| line.chars().count()).sum();
        result = checksum::add(result, (length + rows.len() - report.len()) as i64);
        result = checksum::add(result, per_minute.len() as i64 + per_minute.values().sum::<i64>());
    }
    Ok(checksum::add(result, checksum::of_text(&report.join("\n"))))
}
