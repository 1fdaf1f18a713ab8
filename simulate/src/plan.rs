//! A plan as a system to simulate.

use crate::system::{Fetch, System};
use tonnage_model::capacity::sizing::Member;
use tonnage_model::plan::Plan;
use tonnage_model::runtime::{Deployment, Discipline};

/// Most payload of one partition in one answer where the client gives no limit of its own, bytes:
/// max.partition.fetch.bytes of Kafka's clients.
const PARTITION_FETCH_BYTES: f64 = 1_048_576.0;

impl System {
    /// The group that a plan is made of, with all instances up, whose client fetches by some discipline.
    pub fn of_plan(plan: &Plan<'_>, discipline: Discipline) -> Self {
        let sizing = &plan.sizing;
        let members = plan.count.members();
        let partitions =
            sizing.topic.partitions.map(u64::from).or_else(|| plan.partitions_required()).unwrap_or(members);
        let threads = match (sizing.member, plan.runtime.deployment) {
            (Member::Binary, Deployment::Threads) => sizing.process_vcpus() as usize,
            _ => 1,
        };
        // Cores that are in use, of which contention of threads takes a part.
        let each = plan.count.members_per_instance;
        Self {
            instances: plan.count.instances as usize,
            members_per_instance: each as usize,
            instance_cores: sizing.instance_cores(each, each as f64) / sizing.worth,
            member_cores: sizing.member_cores() / sizing.worth,
            threads,
            partitions: partitions as usize,
            busiest_share: sizing.topic.busiest_over_mean(partitions as f64) / partitions as f64,
            assignment: plan.runtime.assignment,
            concurrency: sizing.concurrency,
            in_flight: sizing.in_flight as usize,
            batch: sizing.batch as usize,
            handling_seconds: sizing.core_seconds(),
            wait_seconds: sizing.wait_seconds,
            scv: sizing.scv,
            wait_scv: sizing.wait_scv,
            commit_seconds: sizing.uncommitted_seconds,
            fetch: fetch(plan, discipline, partitions.div_ceil(members.max(1))),
        }
    }
}

fn fetch(plan: &Plan<'_>, discipline: Discipline, held: u64) -> Option<Fetch> {
    let sizing = &plan.sizing;
    let cost = sizing.service.fetch;
    if cost.core_seconds <= 0.0 {
        return None;
    }
    let core_seconds = cost.core_seconds / sizing.worth;
    let wait = plan.fetch_wait_seconds;
    let in_wait = sizing.busiest_member_rate(plan.count) * (cost.round_trip_seconds + wait);
    let (of_client, of_partition) = sizing
        .read_ahead
        .map_or((f64::INFINITY, f64::INFINITY), |ahead| (ahead.client_bytes, ahead.partition_bytes));
    let read_ahead = of_client.min(held as f64 * of_partition);
    let events = |bytes: f64| (bytes / sizing.event_bytes).max(1.0);
    Some(Fetch {
        core_seconds,
        network_seconds: (cost.round_trip_seconds - core_seconds).max(0.0),
        wait_seconds: if wait > 0.0 { wait } else { f64::INFINITY },
        // Twice what comes in the wait, as the plan sets fetch.min.bytes.
        least_events: if wait > 0.0 { (2.0 * in_wait).ceil() as u64 } else { 1 },
        most_events: events(of_partition.min(PARTITION_FETCH_BYTES)) as usize,
        read_ahead: events(read_ahead) as u64,
        discipline,
    })
}
