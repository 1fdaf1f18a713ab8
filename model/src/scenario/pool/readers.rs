//! Pods of plain loops: how many readers share the process of each.
//!
//! A reader waits for the event that it has in flight, so a pod of one would hold a whole runtime for next to no CPU.

use crate::capacity::infeasible::Infeasible;
use crate::capacity::sizing::Sizing;
use crate::runtime::Runtime;
use crate::scenario::pool::replicas::{Replicas, container};

/// Readers of a pod at most: of what they share, each of more would bear next to nothing.
const MOST_READERS: u64 = 16;
/// vCPUs of a pod of readers.
const THREADS: [u32; 3] = [1, 2, 4];
/// MiB that cost as much as a vCPU: 9 GiB, as on Fargate.
const MEBIBYTES_PER_VCPU: f64 = 9.0 * 1024.0;

/// The fewest pods out of those within the cost tolerance of the cheapest, on the fewest vCPUs on which any serve.
pub(super) fn replicas_of_readers(
    alone: &Sizing,
    runtime: &Runtime,
    most_threads: u32,
    standby: bool,
) -> Result<Replicas, Infeasible> {
    let mut closest: Option<Infeasible> = None;
    for threads in THREADS.into_iter().filter(|it| *it <= most_threads.max(1)) {
        let mut served = Vec::new();
        for most in 1..=MOST_READERS {
            let pod = container(alone, runtime, threads, most);
            match pod.count() {
                Ok(count) if count.members_per_instance == most => {
                    served.push(Replicas::of(&pod, count.instances, standby));
                }
                // What fewer serve has been found with a limit of as many.
                Ok(_) => {}
                Err(reason) if closest.as_ref().is_none_or(|it| reason.comes_closer(it)) => {
                    closest = Some(reason);
                }
                Err(_) => {}
            }
        }
        let least = served.iter().map(vcpus_worth).fold(f64::INFINITY, f64::min);
        let within = least * (1.0 + alone.policy.cost_tolerance) * (1.0 + 1e-9);
        let near = served.into_iter().filter(|it| vcpus_worth(it) <= within);
        if let Some(replicas) = near.min_by_key(|it| (it.count, it.readers)) {
            return Ok(replicas);
        }
    }
    Err(closest.unwrap_or_else(|| alone.why_none()))
}

/// What nodes set aside for all, in vCPUs that cost the same.
fn vcpus_worth(replicas: &Replicas) -> f64 {
    let all = replicas.in_all();
    all.millicores as f64 / 1000.0 + all.mebibytes as f64 / MEBIBYTES_PER_VCPU
}
