//! What a crash, a lost machine or zone, and a deploy do to a consumer group: what stands still, what piles up and how
//! long it takes to work that off.
//!
//! All times are upper ends of what the settings allow. The group protocol is Kafka's classic one: a member that is gone
//! is noticed by its missing heartbeats after the session timeout, and a member that leaves cleanly at once. Capacity is
//! what machines can do, not the share of it that plans use (rho = 1).

use crate::capacity::sizing::Sizing;
use crate::latency::queue::BEYOND_P99;
use crate::plan::Plan;
use crate::runtime::{Assignment, Concurrency};
use crate::scenario::backlog::{Ages, Station, Stops};
use crate::words::words;
use serde::{Deserialize, Serialize};

/// What members do with their partitions during a rebalance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignor {
    /// All give up all partitions until they are assigned anew (range, round robin).
    Eager,
    /// They keep those that do not move (KIP-429).
    Cooperative,
}

words!(Assignor { Eager = "eager", Cooperative = "cooperative" });

/// `heartbeat.interval.ms` of all seven clients, s.
pub const HEARTBEAT_SECONDS: f64 = 3.0;

/// Settings of the consumer group, and of how it is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GroupSettings {
    /// Time after which a member without heartbeats is taken for gone, s.
    pub session_timeout_seconds: f64,
    /// Time from the beginning of a rebalance until all members have heard of it at most, and partitions are read again, s.
    pub rebalance_seconds: f64,
    /// What members do meanwhile.
    pub assignor: Assignor,
    /// Time between two instances of a rolling deploy, s.
    pub deploy_pause_seconds: f64,
}

impl Default for GroupSettings {
    fn default() -> Self {
        Self {
            // Kafka 3.0, KIP-735; librdkafka and franz-go have taken it over.
            session_timeout_seconds: 45.0,
            // Members hear of a rebalance with their next heartbeat.
            rebalance_seconds: HEARTBEAT_SECONDS,
            // What librdkafka, aiokafka, kafka-go and the Java client use unless told otherwise.
            assignor: Assignor::Eager,
            // minReadySeconds of Kubernetes.
            deploy_pause_seconds: 0.0,
        }
    }
}

impl GroupSettings {
    /// Who gets what with a client's assignment: the cooperative assignor is a sticky one.
    pub fn assignment(&self, of_client: Assignment) -> Assignment {
        if self.assignor == Assignor::Cooperative { Assignment::Even } else { of_client }
    }
}

/// A failure scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureScenario {
    /// One process, or binary, dies and is started again at once.
    Crash,
    /// One instance is lost with all that runs on it, and nothing comes in its place.
    InstanceLost,
    /// All instances of a zone are lost, and nothing comes in their place.
    ZoneLost,
    /// All instances are replaced one after another, each leaving the group before it stops.
    Deploy,
}

words!(FailureScenario { Crash = "crash", InstanceLost = "instance_lost", ZoneLost = "zone_lost", Deploy = "deploy" });

impl FailureScenario {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Crash, Self::InstanceLost, Self::ZoneLost, Self::Deploy];
}

/// What stands still, and for how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pause {
    /// Share of all events on the partitions of what went.
    pub share: f64,
    /// Time for which these partitions are not read, s; infinite where nobody is left to read them.
    pub seconds: f64,
    /// Time for which all other partitions are not read, s.
    pub others_seconds: f64,
    /// How often this happens: once, but again and again in a deploy.
    pub stops: u64,
    /// Instances that go on.
    pub instances_left: u64,
}

/// What a failure leaves to be worked off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impact {
    /// What stands still.
    pub standstill: Pause,
    /// Events that are handled again: those in flight as members go, and those handled and not committed.
    pub redone_events: f64,
    /// Events that wait at most.
    pub lag_events: f64,
    /// Age of the oldest event when it is its turn, s: the lag in seconds of data.
    pub oldest_seconds: f64,
    /// Time until nothing waits any more, from the end of the last standstill, s: a call that is done again at least, and infinite
    /// where arrivals are as fast as what is left can work.
    pub drain_seconds: f64,
    /// Time for which events are later than the p99 goal by waiting alone, s; `None` without a goal.
    pub goal_missed_seconds: Option<f64>,
}

/// Members of the group at work, and what they hold of those that went.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub members: u64,
    /// Members whose partitions changed hands.
    gone: u64,
    /// Who has these; `None` once those that went are back and have them again.
    heirs: Option<Assignment>,
}

/// A scenario from its first stop on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Course {
    pub stops: Stops,
    /// Who works between the two stops of a round.
    between: Group,
    /// Who works after them.
    pub after: Group,
}

impl FailureScenario {
    /// Instances and members of each of these that go at once.
    fn gone(self, plan: &Plan<'_>) -> (u64, u64) {
        let count = plan.count;
        match self {
            Self::Crash => (0, 1),
            Self::InstanceLost | Self::Deploy => (1, count.members_per_instance),
            Self::ZoneLost => {
                let zone = count.instances.div_ceil(u64::from(plan.sizing.policy.zones.max(1)));
                (zone, zone.saturating_mul(count.members_per_instance))
            }
        }
    }

    /// Whether what went is back in the end.
    pub fn is_undone(self) -> bool {
        matches!(self, Self::Crash | Self::Deploy)
    }

    /// When partitions stop, where so many members are `left` of those on so many instances, and one takes
    /// `startup` seconds from its start to its first event.
    ///
    /// Without a clean leave it takes the session timeout until the group knows, and then a rebalance: `T = S + R` for the
    /// partitions of what went. Members of the eager assignor that hear of a rebalance first wait until the last has heard, R at
    /// most; of later ones they hear together. One that crashes and is back within S joins while the group still waits for the dead
    /// member, so that nothing but S has to pass, and with the eager assignor all wait with it: `T' = S - startup`. One that takes
    /// longer than S + R joins by a rebalance of its own. In a deploy one rebalance does for leaving and joining where the new
    /// instance starts within R, else there are two; eager members go on until the second ends.
    pub fn stops(self, left: u64, instances: u64, startup: f64, settings: &GroupSettings) -> Stops {
        let GroupSettings { session_timeout_seconds: silent, rebalance_seconds: rebalance, .. } = *settings;
        let eager = |seconds: f64| if settings.assignor == Assignor::Eager { seconds } else { 0.0 };
        let missed = silent + rebalance;
        let once = Stops { rounds: 1, ..Stops::default() };
        let of_all = |seconds| Stops { second: Ages { moved: seconds, others: seconds }, ..once };
        // What went is back so much after the group has gone on without it.
        let twice = |first: f64, away: f64| Stops {
            apart: eager(rebalance),
            first,
            between: away + eager(rebalance),
            second: Ages { moved: rebalance - eager(rebalance), others: 0.0 },
            ..once
        };
        match self {
            Self::InstanceLost | Self::ZoneLost if left == 0 => of_all(f64::INFINITY),
            Self::InstanceLost | Self::ZoneLost => {
                Stops { second: Ages { moved: missed, others: eager(rebalance) }, ..once }
            }
            Self::Crash if left == 0 => of_all(silent.max(startup + rebalance)),
            Self::Crash if startup > missed => twice(missed, startup - missed),
            Self::Crash => {
                let begins = startup.min(silent);
                let ends = silent.max(begins + rebalance);
                Stops { second: Ages { moved: ends, others: eager(ends - begins) }, ..once }
            }
            Self::Deploy if left == 0 => of_all(startup + rebalance),
            Self::Deploy => {
                let a_round = match startup > rebalance {
                    true => twice(rebalance, startup - rebalance),
                    false => Stops { apart: eager(rebalance), first: rebalance, ..once },
                };
                Stops { pause: settings.deploy_pause_seconds, rounds: instances, ..a_round }
            }
        }
    }

    /// How far the partitions of what goes are set back, s of data: calls under way are begun again, and so is what nobody has
    /// committed, where it does not leave by itself.
    fn redone_seconds(self, sizing: &Sizing) -> f64 {
        sizing.call_seconds() + if self == Self::Deploy { 0.0 } else { sizing.uncommitted_seconds }
    }

    /// When partitions stop under a plan, and who works in between.
    pub(super) fn course(self, plan: &Plan<'_>, settings: &GroupSettings) -> Course {
        let members = plan.members();
        let (_, gone) = self.gone(plan);
        let left = members - gone.min(members);
        let startup = plan.runtime.seconds_to_first_event();
        let stops = self.stops(left, plan.count.instances, startup, settings);
        let stops = Stops { redone: self.redone_seconds(&plan.sizing), ..stops };
        let without =
            Group { members: left, gone, heirs: Some(settings.assignment(plan.runtime.assignment)) };
        let after = if self.is_undone() { Group { members, gone, heirs: None } } else { without };
        Course { stops, between: if stops.between > 0.0 { without } else { after }, after }
    }

    /// What stands still under a plan.
    pub fn standstill(self, plan: &Plan<'_>, settings: &GroupSettings) -> Pause {
        let (instances, members) = self.gone(plan);
        let Course { stops, .. } = self.course(plan, settings);
        let has_two = stops.first > 0.0 && stops.second.moved > 0.0;
        Pause {
            share: plan.sizing.topic.share_of_members(members, plan.members()),
            seconds: if stops.first > 0.0 { stops.first } else { stops.second.moved },
            others_seconds: stops.apart + stops.second.others,
            stops: stops.rounds * if has_two { 2 } else { 1 },
            instances_left: plan.count.instances - instances.min(plan.count.instances),
        }
    }

    /// What is left to be worked off where `rate` events/s arrive all the time.
    pub fn aftermath(self, plan: &Plan<'_>, settings: &GroupSettings, rate: f64) -> Impact {
        let standstill = self.standstill(plan, settings);
        let course = self.course(plan, settings);
        let Course { stops, between, after } = course;
        let mut behind = Ages { moved: standstill.seconds + stops.redone, others: standstill.others_seconds };
        let mut drain_seconds = if after.members == 0 { f64::INFINITY } else { plan.sizing.call_seconds() };
        for (between, after) in plan.stations(rate, between, 0.0).zip(plan.stations(rate, after, 0.0)) {
            let [first, second] = stops.ages(between, after);
            let of_first = [1, 2].into_iter().flat_map(|rounds| stops.of_rounds(rounds).ages(between, after));
            behind = of_first.fold(behind.or(first).or(second), Ages::or);
            drain_seconds = drain_seconds.max(after.drain_seconds(after.waiting(second)));
        }
        // The others stop once.
        let (late, times) = match standstill.share > BEYOND_P99 {
            true => (behind.moved.max(behind.others), standstill.stops as f64),
            false => (behind.others, 1.0),
        };
        let whole = stops.rounds as f64 * stops.seconds_a_round() + drain_seconds;
        let missed_in_all = |goal| (times * missed(late, drain_seconds, goal)).min(whole);
        Impact {
            standstill,
            redone_events: rate * (standstill.share * stops.rounds as f64).min(1.0) * stops.redone,
            lag_events: rate * plan.seconds_behind(rate, &course, standstill.share),
            oldest_seconds: behind.moved.max(behind.others),
            drain_seconds,
            goal_missed_seconds: plan.sizing.goal_seconds.map(missed_in_all),
        }
    }
}

/// `(T - goal) (1 + drain/T)`: from the moment at which the first event is late until the oldest that waits no longer
/// is; its age goes from T to 0 while the backlog drains.
fn missed(seconds: f64, drain_seconds: f64, goal_seconds: f64) -> f64 {
    if seconds <= goal_seconds {
        0.0
    } else if seconds.is_infinite() {
        f64::INFINITY
    } else {
        (seconds - goal_seconds) * (1.0 + drain_seconds / seconds)
    }
}

impl Plan<'_> {
    /// n W, members of the group.
    pub fn members(&self) -> u64 {
        self.count.instances.saturating_mul(self.count.members_per_instance)
    }

    /// Share of the busiest partition: k/P, with the plan's own P where that was left open.
    pub fn busiest_partition_share(&self) -> f64 {
        let topic = self.sizing.topic;
        let at = |partitions: u64| topic.busiest_over_mean(partitions as f64) / partitions as f64;
        let planned = || self.partitions_required().map(at);
        topic.busiest_partition_share().or_else(planned).unwrap_or(0.0)
    }

    /// What may be too slow for a backlog: the cores of a member, those of an instance, and the in-flight limit; the same
    /// three as in `carries`, at rho = 1. Of all events, ordered by how busy their member is, those at `rank` go through
    /// them: 0 is the busiest member, or partition.
    pub(super) fn stations(
        &self,
        rate: f64,
        group: Group,
        rank: f64,
    ) -> impl Iterator<Item = Station> + use<> {
        let sizing = &self.sizing;
        let topic = sizing.topic;
        let Group { members, gone, heirs } = group;
        let per_instance = self.count.members_per_instance;
        let of_member = topic.member_share_at(rank, members);
        let instances = members.div_ceil(per_instance);
        let of_instance = topic.member_share_at(rank, instances);
        let inherited = |by| move |heirs| topic.inherited_share(gone, self.members(), heirs, by);
        let (by_member, by_instance) = match heirs.map(inherited) {
            None => (of_member, topic.share_of_members(gone, self.members())),
            Some(of) => (of(members), of(instances)),
        };
        let of_partition = match topic.partitions {
            Some(partitions) => topic.member_share_at(rank, u64::from(partitions)),
            None => self.busiest_partition_share(),
        };
        let (held, held_over) = match sizing.concurrency {
            Concurrency::Consumer => (of_member, by_member),
            Concurrency::Partition => (of_partition, of_partition),
        };
        let of_holder = sizing.holder_rate(instances, per_instance).filter(|most| match sizing.concurrency {
            Concurrency::Consumer => true,
            // Partitions without a backlog leave their places and cores to the others, unless all of them fall behind.
            Concurrency::Partition => *most < rate * of_partition,
        });
        let of_holder = of_holder.unwrap_or_else(|| sizing.partition_rate());
        let station = |arrivals: f64, taken_over: f64, capacity: f64| Station {
            arrivals: rate * arrivals,
            taken_over: rate * taken_over.min(arrivals),
            capacity,
        };
        let stations = [
            station(of_member, by_member, sizing.member_rate()),
            station(of_instance, by_instance, sizing.instance_rate(per_instance, per_instance as f64)),
            station(held, held_over, of_holder),
        ];
        stations.into_iter().take(if members == 0 { 0 } else { 3 })
    }

    /// Shares of all events that go through members, instances and partitions that are as busy, with any of these numbers of
    /// members, each with its rank: the busiest first.
    pub(super) fn ranks(&self, members: &[u64]) -> impl Iterator<Item = (f64, f64)> {
        let (topic, per_instance) = (self.sizing.topic, self.count.members_per_instance);
        let of_groups = members.iter().flat_map(|&members| [members, members.div_ceil(per_instance)]);
        let counts = of_groups.chain([topic.partitions.map_or(1, u64::from)]);
        let mut ends: Vec<f64> = counts.flat_map(|members| topic.rank_ends(members)).collect();
        ends.sort_by(f64::total_cmp);
        let mut begin = 0.0;
        ends.into_iter().map(move |end| {
            let begin = std::mem::replace(&mut begin, end);
            (end - begin, (begin + end) / 2.0)
        })
    }

    /// How far all events are behind on average after that stop of the first two or the last round that leaves most, s of data: what less
    /// busy members have already worked off does not wait.
    fn seconds_behind(&self, rate: f64, course: &Course, share: f64) -> f64 {
        let Course { stops, between, after } = *course;
        let mean = |ages: Ages| share * ages.moved + (1.0 - share) * ages.others;
        if after.members == 0 {
            return stops.second.moved;
        }
        if let Some(behind) = stops.only() {
            return mean(behind);
        }
        let mut behind = [0.0; 6];
        for (part, rank) in self.ranks(&[between.members, after.members]) {
            let at = |group| self.stations(rate, group, rank);
            let mut most = [0.0f64; 6];
            for (between, after) in at(between).zip(at(after)) {
                let [first, second] = stops.ages(between, after);
                let of_earlier = share * stops.of_earlier_rounds(between, after, second);
                let [one, two] = [1, 2].map(|rounds| stops.of_rounds(rounds).ages(between, after).map(mean));
                let all =
                    [mean(first) + of_earlier, mean(second) + of_earlier, one[0], one[1], two[0], two[1]];
                most = std::array::from_fn(|stop| most[stop].max(all[stop]));
            }
            behind = std::array::from_fn(|stop| behind[stop] + part * most[stop]);
        }
        behind.into_iter().fold(0.0, f64::max)
    }
}
