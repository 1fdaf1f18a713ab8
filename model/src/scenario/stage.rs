//! Pipelines: stages that events go through one after another, each of which may run in a runtime of its own.

use crate::workload::Workload;

/// One stage of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The stage by itself: the events that it takes and what is done with each, as it runs today.
    pub workload: Workload,
    /// f, events passed on for each event taken; of the last stage, events written to the outside. Above 0 but for
    /// the last stage.
    pub fan_out: f64,
    /// Whether there is a topic before it in any case, so that a consumer begins with it.
    pub boundary: bool,
    /// Capabilities that its runtime must have.
    pub requires: Vec<String>,
}

/// Stages one after another.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// Unique name.
    pub name: String,
    /// From the source on; at least one.
    pub stages: Vec<Stage>,
}

impl Pipeline {
    /// Puts stages together. The first takes as many events as its workload says, each later one those that are
    /// passed on to it, whatever its workload says: `E_i = E_1 f_1 ... f_(i-1)`.
    pub fn new(name: String, mut stages: Vec<Stage>) -> Self {
        let mut passed_on = None;
        for Stage { workload, fan_out, .. } in &mut stages {
            workload.events_per_day = passed_on.unwrap_or(workload.events_per_day);
            passed_on = Some(workload.events_per_day * *fan_out);
        }
        Self { name, stages }
    }

    /// Mean size of the events that a stage passes on, bytes: the size that the next one takes. What the last one
    /// writes is as large as what it takes.
    pub fn output_bytes(&self, stage: usize) -> f64 {
        let next = self.stages.get(stage + 1).or(self.stages.last());
        next.map_or(0.0, |next| next.workload.event_bytes)
    }
}
