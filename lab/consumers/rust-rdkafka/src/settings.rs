//! What to do, from the environment.

use anyhow::{Context, Result, bail};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Consume,
    Decode,
    Parse,
    Validate,
    Aggregate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    Interval,
    Batch,
    Each,
}

#[derive(Debug, Clone)]
pub struct Settings {
    pub servers: String,
    pub topic: String,
    pub group: String,
    pub work: Work,
    pub compute_rounds: u32,
    pub io_calls: u32,
    pub stub_url: String,
    pub produces: u32,
    pub output_topic: String,
    pub in_flight: usize,
    pub commit: Commit,
    /// All partitions in one queue and one task, instead of one each.
    pub plain: bool,
    pub cores: usize,
    pub events: Option<u64>,
    pub latency_file: Option<String>,
    /// Its events instead of Kafka's.
    pub events_file: Option<String>,
    pub service_times: bool,
    pub fetch_wait_ms: u32,
    /// What the client's limits of what it reads ahead are divided by.
    pub prefetch_divisor: u32,
}

impl Settings {
    pub fn from_env() -> Result<Self> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let required = |name: &str| set(name).with_context(|| format!("{name} is not set"));
        let number = |name: &str, least: u64| match set(name) {
            None => Ok(None),
            Some(text) => match text.parse::<u64>() {
                Ok(number) if number >= least => Ok(Some(number)),
                _ => bail!("{name}: \"{text}\" is not a whole number from {least}"),
            },
        };
        let count = |name: &str| Ok::<_, anyhow::Error>(u32::try_from(number(name, 0)?.unwrap_or(0))?);

        let io_calls = count("LAB_IO_CALLS")?;
        let produces = count("LAB_PRODUCES")?;
        Ok(Self {
            servers: required("KAFKA_BOOTSTRAP_SERVERS")?,
            topic: required("KAFKA_TOPIC")?,
            group: required("KAFKA_GROUP")?,
            work: match set("LAB_HANDLER").as_deref() {
                None | Some("consume") => Work::Consume,
                Some("decode") => Work::Decode,
                Some("parse") => Work::Parse,
                Some("validate") => Work::Validate,
                Some("aggregate") => Work::Aggregate,
                Some(other) => {
                    bail!("LAB_HANDLER: \"{other}\" is not consume, decode, parse, validate or aggregate")
                }
            },
            compute_rounds: count("LAB_COMPUTE_ROUNDS")?,
            io_calls,
            stub_url: if io_calls > 0 { required("LAB_STUB_URL")? } else { String::new() },
            produces,
            output_topic: if produces > 0 { required("LAB_OUTPUT_TOPIC")? } else { String::new() },
            in_flight: usize::try_from(number("LAB_IN_FLIGHT", 1)?.unwrap_or(1))?,
            commit: match set("LAB_COMMIT").as_deref() {
                None | Some("interval") => Commit::Interval,
                Some("batch") => Commit::Batch,
                Some("each") => Commit::Each,
                Some(other) => bail!("LAB_COMMIT: \"{other}\" is not interval, batch or each"),
            },
            plain: match set("LAB_LOOP").as_deref() {
                None | Some("tuned") => false,
                Some("plain") => true,
                Some(other) => bail!("LAB_LOOP: \"{other}\" is neither tuned nor plain"),
            },
            cores: usize::try_from(number("LAB_CORES", 1)?.unwrap_or(1))?,
            events: number("LAB_EVENTS", 1)?,
            latency_file: set("LAB_LATENCY_FILE"),
            events_file: set("LAB_EVENTS_FILE"),
            service_times: set("LAB_SERVICE_TIMES").as_deref() == Some("1"),
            fetch_wait_ms: count("LAB_FETCH_WAIT_MS")?,
            prefetch_divisor: u32::try_from(number("LAB_PREFETCH_DIVISOR", 1)?.unwrap_or(1))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(extra: &[(&str, &str)]) -> Result<Settings> {
        let kafka = [("KAFKA_BOOTSTRAP_SERVERS", "b:1"), ("KAFKA_TOPIC", "t"), ("KAFKA_GROUP", "g")];
        Settings::from_lookup(|name| {
            let found = extra.iter().chain(&kafka).find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn only_kafka_is_required() {
        let settings = settings(&[]).unwrap();
        assert_eq!(settings.work, Work::Consume);
        assert_eq!(settings.commit, Commit::Interval);
        assert_eq!((settings.in_flight, settings.cores, settings.events), (1, 1, None));
        assert!(Settings::from_lookup(|_| None).is_err());
    }

    #[test]
    fn calls_need_a_url_and_copies_a_topic() {
        assert!(settings(&[("LAB_IO_CALLS", "2")]).is_err());
        assert!(settings(&[("LAB_IO_CALLS", "2"), ("LAB_STUB_URL", "http://stub")]).is_ok());
        assert!(settings(&[("LAB_PRODUCES", "1")]).is_err());
        assert!(settings(&[("LAB_PRODUCES", "1"), ("LAB_OUTPUT_TOPIC", "out")]).is_ok());
    }

    #[test]
    fn errors_name_the_variable() {
        for (name, value) in [("LAB_HANDLER", "guess"), ("LAB_IN_FLIGHT", "0"), ("LAB_CORES", "two")] {
            let error = settings(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }
}
