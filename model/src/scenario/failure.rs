//! What a crash, a lost machine or zone, and a deploy do to a consumer group: what stands still, what piles up and how
//! long it takes to work that off.
//!
//! All times are upper ends of what the settings allow. The group protocol is Kafka's classic one: a member that is gone
//! is noticed by its missing heartbeats after the session timeout, and a member that leaves cleanly at once. Capacity is
//! what machines can do, not the share of it that plans use (rho = 1).

use crate::latency::queue::BEYOND_P99;
use crate::plan::Plan;
use crate::runtime::Concurrency;
use crate::scenario::backlog::{Round, Rounds, Station};
use std::fmt;

/// What members do with their partitions during a rebalance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignor {
    /// All give up all partitions until they are assigned anew (range, round robin).
    Eager,
    /// They keep those that do not move (KIP-429).
    Cooperative,
}

impl fmt::Display for Assignor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Eager => "eager",
            Self::Cooperative => "cooperative",
        })
    }
}

/// Settings of the consumer group, and of how it is deployed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupSettings {
    /// Time after which a member without heartbeats is taken for gone, s.
    pub session_timeout_seconds: f64,
    /// Time from the beginning of a rebalance until partitions are read again, s.
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
            // Assumed: members hear of a rebalance with their next heartbeat, 3 s apart (heartbeat.interval.ms).
            rebalance_seconds: 3.0,
            // What librdkafka, aiokafka, kafka-go and the Java client use unless told otherwise.
            assignor: Assignor::Eager,
            // minReadySeconds of Kubernetes.
            deploy_pause_seconds: 0.0,
        }
    }
}

impl GroupSettings {
    /// Whether a new instance is there before the rebalance that the old one's leaving began is over.
    fn takes_one_rebalance(&self, startup_seconds: f64) -> bool {
        startup_seconds <= self.rebalance_seconds
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

impl Pause {
    /// The longest standstill of more than one event in a hundred, s.
    fn seconds_of_p99(&self) -> f64 {
        if self.share > BEYOND_P99 { self.seconds.max(self.others_seconds) } else { self.others_seconds }
    }
}

/// What a failure leaves to be worked off.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impact {
    /// What stands still.
    pub standstill: Pause,
    /// Events that wait at most.
    pub lag_events: f64,
    /// Age of the oldest event when it is its turn, s: the lag in seconds of data.
    pub oldest_seconds: f64,
    /// Time until nothing waits any more, from the end of the last standstill, s; infinite where arrivals are as fast
    /// as what is left can work.
    pub drain_seconds: f64,
    /// Time for which events are later than the p99 goal by waiting alone, s; `None` without a goal.
    pub goal_missed_seconds: Option<f64>,
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

    /// What stands still under a plan.
    ///
    /// Without a clean leave, `T = session timeout + rebalance` for the partitions of what went. With the eager assignor
    /// all others stand still during the rebalance, `T' = rebalance`. One that crashes and comes back joins while the
    /// group still waits for the dead member, and all others wait with it: `T' = session timeout - startup + rebalance`.
    pub fn standstill(self, plan: &Plan<'_>, settings: &GroupSettings) -> Pause {
        let GroupSettings { session_timeout_seconds, rebalance_seconds, assignor, .. } = *settings;
        let startup = plan.runtime.seconds_to_first_event();
        let (instances, members) = self.gone(plan);
        let instances_left = plan.count.instances - instances.min(plan.count.instances);
        let share = plan.sizing.topic.share_of_members(members, plan.members());
        let detected = session_timeout_seconds + rebalance_seconds;
        let (seconds, eager_seconds) = match self {
            Self::Deploy if instances_left == 0 => {
                let restart = startup + rebalance_seconds;
                (restart, restart)
            }
            Self::Deploy => (rebalance_seconds, rebalance_seconds),
            Self::InstanceLost | Self::ZoneLost if instances_left == 0 => (f64::INFINITY, f64::INFINITY),
            Self::InstanceLost | Self::ZoneLost => (detected, rebalance_seconds),
            Self::Crash => (detected, (session_timeout_seconds - startup).max(0.0) + rebalance_seconds),
        };
        let others_seconds = match assignor {
            Assignor::Eager => eager_seconds,
            Assignor::Cooperative => 0.0,
        };
        let stops = match self {
            Self::Deploy if instances_left == 0 => 1,
            Self::Deploy if settings.takes_one_rebalance(startup) => plan.count.instances,
            Self::Deploy => plan.count.instances.saturating_mul(2),
            Self::Crash | Self::InstanceLost | Self::ZoneLost => 1,
        };
        Pause { share, seconds, others_seconds, stops, instances_left }
    }

    /// What is left to be worked off where `rate` events/s arrive all the time.
    pub fn aftermath(self, plan: &Plan<'_>, settings: &GroupSettings, rate: f64) -> Impact {
        let standstill = self.standstill(plan, settings);
        let Pause { share, seconds, others_seconds, instances_left, .. } = standstill;
        if self == Self::Deploy && instances_left > 0 {
            return deploy(plan, settings, rate, standstill);
        }
        let workers = if self == Self::Deploy { plan.count.instances } else { instances_left };
        let (_, gone) = self.gone(plan);
        let drain_seconds = match workers {
            0 => f64::INFINITY,
            workers => {
                let drains = plan.stations(rate, workers, gone).map(|station| {
                    let backlog = station.piled_up(seconds, others_seconds);
                    station.drain_seconds(backlog)
                });
                drains.into_iter().fold(0.0, f64::max)
            }
        };
        let all = Station { arrivals: rate, taken_over: rate * share, capacity: 0.0 };
        let late = standstill.seconds_of_p99();
        Impact {
            standstill,
            lag_events: all.piled_up(seconds, others_seconds),
            oldest_seconds: seconds.max(others_seconds),
            drain_seconds,
            goal_missed_seconds: plan.sizing.goal_seconds.map(|goal| missed(late, drain_seconds, goal)),
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

/// A rolling deploy of more than one instance.
///
/// Where the new instance starts faster than the rebalance of its leaving takes, one rebalance does for both; else there
/// are two, with the time between them on one instance fewer. With the eager assignor each stops everything, so that
/// backlogs add up over all instances; with the cooperative one each instance's partitions stop by themselves.
fn deploy(plan: &Plan<'_>, settings: &GroupSettings, rate: f64, standstill: Pause) -> Impact {
    let GroupSettings { rebalance_seconds, assignor, deploy_pause_seconds, .. } = *settings;
    let instances = plan.count.instances;
    let gone = plan.count.members_per_instance;
    let startup = plan.runtime.seconds_to_first_event();
    let joins_in_time = settings.takes_one_rebalance(startup);
    let rounds = match assignor {
        Assignor::Eager => instances,
        Assignor::Cooperative => 1,
    };
    let leaving = plan.stations(rate, standstill.instances_left, gone);
    let joined = plan.stations(rate, instances, gone);
    let (mut oldest_seconds, mut drain_seconds) = (standstill.seconds, 0.0f64);
    for (leaving, joined) in leaving.into_iter().zip(joined) {
        // All that the new instance reads has stood still, whoever held it before.
        let second = joined.arrivals * rebalance_seconds;
        let before_next = joined.spare() * deploy_pause_seconds;
        let round = if joins_in_time {
            Round { first: 0.0, before_second: 0.0, second, before_next }
        } else {
            let first = leaving.piled_up(rebalance_seconds, standstill.others_seconds);
            let before_second = leaving.spare() * (startup - rebalance_seconds);
            Round { first, before_second, second, before_next }
        };
        let Rounds { most, at_the_end } = round.repeated(rounds);
        if joined.arrivals > 0.0 {
            oldest_seconds = oldest_seconds.max(most / joined.arrivals);
        }
        drain_seconds = drain_seconds.max(joined.drain_seconds(at_the_end));
    }
    let round_seconds =
        deploy_pause_seconds + if joins_in_time { rebalance_seconds } else { startup + rebalance_seconds };
    let whole = instances as f64 * round_seconds + drain_seconds;
    let affected = match assignor {
        Assignor::Eager => 1.0,
        Assignor::Cooperative => standstill.share,
    };
    let late = if affected > BEYOND_P99 { oldest_seconds } else { 0.0 };
    Impact {
        standstill,
        lag_events: rate * affected * oldest_seconds,
        oldest_seconds,
        drain_seconds,
        goal_missed_seconds: plan
            .sizing
            .goal_seconds
            .map(|goal| (standstill.stops as f64 * missed(late, drain_seconds, goal)).min(whole)),
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
        let planned = || self.partitions_required().map(|partitions| topic.skew / partitions as f64);
        topic.busiest_partition_share().or_else(planned).unwrap_or(0.0)
    }

    /// What may be too slow for a backlog on `instances` instances, after `gone` members have left their partitions to
    /// all that work: the cores of the busiest member, those of an instance, and the in-flight limit that is used most;
    /// the same three as in `carries`, at rho = 1.
    fn stations(&self, rate: f64, instances: u64, gone: u64) -> [Station; 3] {
        let sizing = &self.sizing;
        let topic = sizing.topic;
        let per_instance = self.count.members_per_instance;
        let members = instances.saturating_mul(per_instance);
        let gone_share = topic.share_of_members(gone, self.members());
        let inherited = topic.inherited_share(gone, self.members(), members);
        let of_member = topic.busiest_member_share(members);
        let of_partition = self.busiest_partition_share();
        let (held, taken_over) = match sizing.concurrency {
            Concurrency::Consumer => (of_member, inherited),
            Concurrency::Partition => (of_partition, of_partition),
        };
        let station = |arrivals: f64, taken_over: f64, capacity: f64| Station {
            arrivals: rate * arrivals,
            taken_over: rate * taken_over,
            capacity,
        };
        let each = 1.0 / instances as f64;
        [
            station(of_member, inherited, sizing.member_rate()),
            station(each, gone_share * each, sizing.instance_rate(per_instance, per_instance as f64)),
            station(held, taken_over, f64::from(sizing.in_flight) / sizing.own_seconds()),
        ]
    }
}
