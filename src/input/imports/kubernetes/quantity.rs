//! Quantities as Kubernetes writes them: `250m`, `1.5`, `512Mi`, `1e3`
//! (kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity).

use crate::input::quantity::number;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use tonnage_model::units::{GIB, KIB, MIB};

/// What a quantity must be, for messages.
pub const ALLOWED: &str = "a quantity from 0 such as 250m, 1.5 or 512Mi";

const SUFFIXES: [(&str, f64); 16] = [
    ("", 1.0),
    ("n", 1e-9),
    ("u", 1e-6),
    ("m", 1e-3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("E", 1e18),
    ("Ki", KIB),
    ("Mi", MIB),
    ("Gi", GIB),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
    ("Ei", 1_152_921_504_606_846_976.0),
];

/// The value of a quantity.
pub fn quantity(text: &str) -> Option<f64> {
    let (value, suffix) = text.split_at(text.trim_end_matches(char::is_alphabetic).len());
    let (_, factor) = SUFFIXES.iter().find(|(name, _)| *name == suffix)?;
    number(value).map(|value| value * factor).filter(|value| *value >= 0.0)
}

/// CPU and memory that something requests, may use or has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Amounts {
    /// Cores.
    #[serde(deserialize_with = "read")]
    pub cpu: Option<f64>,
    /// Bytes.
    #[serde(deserialize_with = "read")]
    pub memory: Option<f64>,
}

impl Amounts {
    /// The sum, of what is known of both.
    pub fn plus(self, other: Self) -> Self {
        let sum =
            |one: Option<f64>, other: Option<f64>| one.map_or(other, |it| Some(it + other.unwrap_or(0.0)));
        Self { cpu: sum(self.cpu, other.cpu), memory: sum(self.memory, other.memory) }
    }

    /// What is known of others too.
    pub fn where_known(self, others: Self) -> Self {
        Self {
            cpu: self.cpu.filter(|_| others.cpu.is_some()),
            memory: self.memory.filter(|_| others.memory.is_some()),
        }
    }

    /// Both by a factor.
    pub fn times(self, factor: f64) -> Self {
        Self { cpu: self.cpu.map(|it| it * factor), memory: self.memory.map(|it| it * factor) }
    }
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let text = match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    quantity(&text).map(Some).ok_or_else(|| D::Error::custom(format!("{text:?} is not {ALLOWED}")))
}
