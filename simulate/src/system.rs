//! What is simulated: a consumer group in numbers.

use tonnage_model::runtime::{Assignment, Concurrency, Discipline};

/// A consumer group on machines of one kind.
///
/// Partition p is read by member p mod M and member j is on instance j mod n, where M is all members and n all instances;
/// so member 0 holds the busiest partition and the most of all.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// n.
    pub instances: usize,
    /// W.
    pub members_per_instance: usize,
    /// Cores of an instance for its members, of which each takes as much as it wants where there are enough, else in
    /// proportion.
    pub instance_cores: f64,
    /// Cores of one member at most.
    pub member_cores: f64,
    /// Calls that a member works on at a time, in the order in which they came; without end all share its cores.
    pub threads: usize,
    /// P.
    pub partitions: usize,
    /// Share of all events in the busiest partition; all others have the same.
    pub busiest_share: f64,
    /// Who gets what as members come and go.
    pub assignment: Assignment,
    /// Who may have `in_flight` calls in flight.
    pub concurrency: Concurrency,
    /// m.
    pub in_flight: usize,
    /// q, events of a call, which waits until it has them all.
    pub batch: usize,
    /// CPU of an event, s.
    pub handling_seconds: f64,
    /// Wait of an event without CPU, s, after its CPU.
    pub wait_seconds: f64,
    /// Squared coefficient of variation of the CPU.
    pub scv: f64,
    /// The same of the wait.
    pub wait_scv: f64,
    /// Time between two commits of a member, s; 0 where what is handled is committed.
    pub commit_seconds: f64,
    /// How events are fetched; `None` where they are there as they arrive.
    pub fetch: Option<Fetch>,
}

/// One fetch after the other, of each member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fetch {
    /// F, CPU of one, s.
    pub core_seconds: f64,
    /// Time of one on the network and at the broker, half of it before the broker looks, s: T - F.
    pub network_seconds: f64,
    /// B, how long the broker waits for `least_events` at most, s; without end as long as there are fewer.
    pub wait_seconds: f64,
    /// Events that the broker answers at once for.
    pub least_events: u64,
    /// Events of one partition in one fetch at most.
    pub most_events: usize,
    /// Events read ahead of the handler from which on no fetch is sent.
    pub read_ahead: u64,
    /// When the next is sent, and who gets the core.
    pub discipline: Discipline,
}

impl System {
    /// A server without fetches: one member that handles one event at a time, `handling_seconds` on average.
    ///
    /// Exact results hold for what is made of it: with `scv` 1 it is M/M/1.
    pub fn server(handling_seconds: f64) -> Self {
        Self {
            instances: 1,
            members_per_instance: 1,
            instance_cores: 1.0,
            member_cores: 1.0,
            threads: 1,
            partitions: 1,
            busiest_share: 1.0,
            assignment: Assignment::Even,
            concurrency: Concurrency::Partition,
            in_flight: usize::MAX,
            batch: 1,
            handling_seconds,
            wait_seconds: 0.0,
            scv: 1.0,
            wait_scv: 1.0,
            commit_seconds: 0.0,
            fetch: None,
        }
    }

    /// Whether each member takes as many events as the busiest, with all partitions where they are at first.
    pub(crate) fn are_busiest(&self) -> Vec<bool> {
        let shares = self.member_shares();
        shares.iter().map(|share| *share >= shares[0] * (1.0 - 1e-9)).collect()
    }

    /// Share of all events that these take together.
    pub(crate) fn busiest_members_share(&self) -> f64 {
        let both = self.member_shares().into_iter().zip(self.are_busiest());
        both.filter(|(_, is_one)| *is_one).map(|(share, _)| share).sum()
    }

    fn member_shares(&self) -> Vec<f64> {
        let others = (1.0 - self.busiest_share) / (self.partitions.max(2) - 1) as f64;
        let mut shares = vec![0.0; self.members()];
        for (partition, owner) in self.owners().into_iter().enumerate() {
            shares[owner as usize] += if partition == 0 { self.busiest_share } else { others };
        }
        shares
    }

    /// The member that reads each partition at first.
    pub fn owners(&self) -> Vec<u32> {
        (0..self.partitions).map(|partition| (partition % self.members()) as u32).collect()
    }

    /// n W.
    pub fn members(&self) -> usize {
        self.instances * self.members_per_instance
    }
}
