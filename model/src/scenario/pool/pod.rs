//! What is set for a pod beside its requests: its environment, and of its client what the plan relies on.

use crate::capacity::sizing::{Count, Sizing};
use crate::machine::Machine;
use crate::memory::footprint::ReadAheadLimit;
use crate::plan::fetch_settings;
use crate::policy::Policy;
use crate::problem::RangeEnd;
use crate::runtime::{Figure, Runtime, Set};
use crate::scenario::pool::choice::Tenant;
use crate::scenario::pool::replicas::{Replicas, container, count_of};
use crate::setting_names::Assignment;
use crate::units::MIB;

/// Least share of a pod's memory limit that a heap may take: a process that does nothing has one already.
const LEAST_HEAP: f64 = 0.5;

/// Settings of one pod, by the names that its runtime has for them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PodSettings {
    /// Environment variables: threads, and what a collector or its heap keeps to. A node shows a pod without a CPU limit all its
    /// vCPUs, and a runtime would start a thread for each.
    pub environment: Vec<Assignment>,
    /// Settings of the client: how long fetches wait, which the CPU request counts on, and how far it reads ahead, which
    /// the memory limit does.
    pub client: Vec<Assignment>,
}

impl Tenant<'_, '_> {
    /// One of its pods on nodes of a type; `None` where none can run there.
    pub(super) fn container(&self, node: &Machine, replicas: &Replicas, policy: Policy) -> Option<Sizing> {
        let Self { problem, runtime, .. } = *self;
        let demand = problem.demand_in(runtime, RangeEnd::Best).ok()?;
        let alone = problem.sizing(runtime, node, node.sustained_speed()?, demand, policy);
        Some(container(&alone, runtime, replicas.threads, replicas.readers))
    }

    /// What to set for its pods on nodes of a type; `None` where none can run there.
    pub fn pod_settings(&self, node: &Machine, replicas: &Replicas, policy: Policy) -> Option<PodSettings> {
        let runtime = self.runtime;
        let container = self.container(node, replicas, policy)?;
        let count = count_of(&container, replicas.count);
        let waits = fetch_settings(runtime, &container, count, container.fetch_wait(count));
        let limit = replicas.each.mebibytes as f64 * MIB;
        let planned = limit * (1.0 - policy.memory_headroom);
        // Some of what a process takes that does nothing is in its heap, too.
        let heap = (planned - container.process_bytes).max(LEAST_HEAP * limit);
        let at = |set, value| runtime.setting_names.at(set, value);
        // A collector that is held to a floor would do nothing else.
        let is_known = !self.problem.says_nothing_of_memory();
        let limits = [at(Set::MemoryLimit, planned), at(Set::HeapLimit, heap)];
        let limits = limits.into_iter().filter(|_| is_known);
        let environment = std::iter::once(at(Set::Threads, f64::from(replicas.threads))).chain(limits);
        Some(PodSettings {
            environment: by_variable(environment.flatten()),
            client: waits.into_iter().flatten().chain(read_ahead(runtime, &container, count)).collect(),
        })
    }
}

/// Each variable once, with all options that it holds.
fn by_variable(settings: impl Iterator<Item = Assignment>) -> Vec<Assignment> {
    let mut variables: Vec<Assignment> = Vec::new();
    for (name, value) in settings {
        match variables.iter_mut().find(|(known, _)| *known == name) {
            Some((_, options)) => *options += &format!(" {value}"),
            None => variables.push((name, value)),
        }
    }
    variables
}

/// The limit that keeps a client from reading more of a backlog; `None` where there is no more of it. Where a limit of
/// bytes is asked for that the client does not have, it is told in what it has.
fn read_ahead(runtime: &Runtime, container: &Sizing, count: Count) -> Option<Assignment> {
    let (limits, prefetch) = (container.read_ahead?, runtime.memory.prefetch.as_ref()?);
    let event_bytes = container.event_bytes;
    let binds = |messages: &Option<Figure>, bytes: f64| {
        messages.as_ref().is_some_and(|it| it.value * event_bytes <= bytes * (1.0 + 1e-9))
    };
    let at = |set, value| runtime.setting_names.at(set, value);
    match container.read_ahead_payload(limits, count.instances, count.members_per_instance).1 {
        ReadAheadLimit::Backlog => None,
        ReadAheadLimit::Partition => {
            let bytes = limits.partition_bytes;
            let messages = || at(Set::PartitionMessages, bytes / event_bytes);
            if binds(&prefetch.partition_messages, bytes) {
                messages()
            } else {
                at(Set::PartitionBytes, bytes)
            }
        }
        ReadAheadLimit::Client => {
            let bytes = limits.client_bytes;
            let messages = || at(Set::ClientMessages, bytes / event_bytes);
            if binds(&prefetch.client_messages, bytes) {
                return messages();
            }
            let by_brokers = || at(Set::BrokerBytes, bytes / prefetch.brokers.value);
            at(Set::ClientBytes, bytes).or_else(by_brokers).or_else(messages)
        }
    }
}
