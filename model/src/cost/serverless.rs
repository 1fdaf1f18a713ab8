//! A price list for running events without machines of one's own.

use crate::machine::Machine;
use crate::scenario::functions::FunctionTerms;
use crate::scenario::tasks::TaskTerms;
use serde::{Deserialize, Serialize};

/// What one provider asks for tasks and functions in one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Serverless {
    /// Cloud, such as `aws`.
    pub provider: String,
    /// Region the prices hold in.
    pub region: String,
    /// When the prices were true.
    pub price_date: String,
    /// How fast a vCPU is.
    pub vcpu_speed: SpeedRange<f64>,
    /// Containers by the hour.
    pub tasks: TaskTerms,
    /// Functions by the call.
    pub functions: FunctionTerms,
}

/// Something at a vCPU's assumed speed, and at the ends of what it may be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SpeedRange<T> {
    /// At the speed assumed.
    pub value: T,
    /// At the lowest.
    pub slow: T,
    /// At the highest.
    pub fast: T,
}

impl<T> SpeedRange<T> {
    /// The same of what is made of each.
    pub fn map<U>(&self, make: impl Fn(&T) -> U) -> SpeedRange<U> {
        SpeedRange { value: make(&self.value), slow: make(&self.slow), fast: make(&self.fast) }
    }
}

impl Serverless {
    /// Each size of task as a machine type.
    pub fn machines(&self) -> SpeedRange<Vec<Machine>> {
        self.vcpu_speed
            .map(|&speed| self.tasks.machines(&self.provider, &self.region, &self.price_date, speed))
    }
}
