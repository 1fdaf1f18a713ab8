//! A run under way: members and their stations, queues and calls.

use crate::arrivals::Arrivals;
use crate::change::NOBODY;
use crate::clocks::Clocks;
use crate::member::{FetchState, Member};
use crate::outcome::Watch;
use crate::random::{Random, Variation};
use crate::system::System;
use std::cmp::Reverse;
use std::collections::VecDeque;
use tonnage_model::runtime::{Concurrency, Discipline};

// Alarms, by number: these, one for each station, then two for each member.
pub(crate) const CHANGE: usize = 0;
pub(crate) const LOOK: usize = 1;
pub(crate) const STATION: usize = 2;

/// An event that waits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    pub arrived: f64,
    pub partition: u32,
}

/// Events that wait for one holder of calls in flight: of a partition, or of all that a member has.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    /// In the order in which they arrived; the first `fetched` are at the member, the first `requested` on their way.
    pub events: VecDeque<Event>,
    pub fetched: usize,
    pub requested: usize,
    pub in_flight: usize,
    pub owner: u32,
}

/// A call of the handler.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub member: u32,
    pub queue: u32,
    pub factor: f64,
    /// No events where it is free.
    pub events: Vec<Event>,
}

/// Members that share cores.
#[derive(Debug)]
pub(crate) struct Station {
    pub members: Vec<u32>,
    pub cores: f64,
    /// Time at full speed, s, which passes more slowly where more is wanted than there is.
    pub time: f64,
    /// When that was, s.
    pub at: f64,
    pub speed: f64,
}

/// A run under way.
pub(crate) struct Run<'s> {
    pub system: &'s System,
    pub arrivals: &'s Arrivals,
    pub of_arrivals: Random,
    pub of_calls: Random,
    pub variation: Variation,
    pub wait_variation: Variation,
    pub clocks: Clocks,
    pub now: f64,
    /// When the next burst arrives, s: the one alarm that rings too often to be one of the clocks.
    pub next_arrival: f64,
    pub next_burst: u64,
    pub stations: Vec<Station>,
    pub members: Vec<Member>,
    pub queues: Vec<Queue>,
    /// The queue of each partition.
    pub queue_of: Vec<u32>,
    pub calls: Vec<Call>,
    pub free: Vec<u32>,
    /// Events handled from some time on, with when and by whom: those that a member may leave uncommitted.
    pub handled: Vec<(f64, u32, Event)>,
    pub remember_from: f64,
    pub watch: Watch,
}

impl<'s> Run<'s> {
    pub(crate) fn new(system: &'s System, arrivals: &'s Arrivals, (seed, stream): (u64, u64)) -> Self {
        let count = system.members();
        let contend =
            system.members_per_instance as f64 * system.member_cores > system.instance_cores * (1.0 + 1e-9);
        let groups = if contend { system.instances } else { count };
        let station = |group: usize| Station {
            members: (group..count).step_by(groups).map(|member| member as u32).collect(),
            cores: if contend { system.instance_cores } else { f64::INFINITY },
            time: 0.0,
            at: 0.0,
            speed: 1.0,
        };
        let queues = match system.concurrency {
            Concurrency::Partition => system.partitions,
            // Those behind the members' are of partitions that nobody reads.
            Concurrency::Consumer => count + system.partitions,
        };
        let mut run = Self {
            system,
            arrivals,
            of_arrivals: Random::new(seed, 2 * stream),
            of_calls: Random::new(seed, 2 * stream + 1),
            variation: Variation::new(system.scv),
            wait_variation: Variation::new(system.wait_scv),
            clocks: Clocks::new(STATION + groups + 2 * count),
            now: 0.0,
            next_arrival: 0.0,
            next_burst: 0,
            stations: (0..groups).map(station).collect(),
            members: system
                .are_busiest()
                .into_iter()
                .enumerate()
                .map(|(member, it)| Member::new(member % groups, it))
                .collect(),
            queues: std::iter::repeat_with(Queue::default).take(queues).collect(),
            queue_of: vec![0; system.partitions],
            calls: Vec::new(),
            free: Vec::new(),
            handled: Vec::new(),
            remember_from: f64::INFINITY,
            watch: Watch::default(),
        };
        run.regroup(&system.owners(), Vec::new());
        run.expect_burst();
        run
    }

    pub(crate) fn expect_burst(&mut self) {
        let (at, size) = self.arrivals.next(self.now, &mut self.of_arrivals);
        self.next_burst = size;
        self.next_arrival = at;
    }

    pub(crate) fn set_fetch_alarm(&mut self, member: usize, at: f64) {
        self.clocks.set(STATION + self.stations.len() + member, at);
    }

    pub(crate) fn set_wait_alarm(&mut self, member: usize) {
        let at = self.members[member].waiting.peek().map_or(f64::INFINITY, |Reverse((at, _))| at.number());
        self.clocks.set(STATION + self.stations.len() + self.members.len() + member, at);
    }

    /// A partition by its share of events.
    pub(crate) fn pick(&mut self) -> usize {
        let (partitions, busiest) = (self.system.partitions, self.system.busiest_share);
        if partitions == 1 {
            return 0;
        }
        let u = self.of_arrivals.uniform();
        if u <= busiest {
            return 0;
        }
        let of_others = (u - busiest) / (1.0 - busiest) * (partitions - 1) as f64;
        1 + (of_others as usize).min(partitions - 2)
    }

    pub(crate) fn arrive(&mut self) {
        for _ in 0..self.next_burst {
            self.watch.arrive(self.now);
            let partition = self.pick();
            let index = self.queue_of[partition] as usize;
            let queue = &mut self.queues[index];
            let is_new = queue.requested == queue.events.len();
            queue.events.push_back(Event { arrived: self.now, partition: partition as u32 });
            let owner = queue.owner;
            if owner == NOBODY {
                continue;
            }
            let member = &mut self.members[owner as usize];
            let Some(fetch) = &self.system.fetch else {
                queue.fetched += 1;
                queue.requested += 1;
                member.buffered += 1;
                if self.take(index) {
                    self.dispatch(owner as usize);
                }
                continue;
            };
            member.unfetched += 1;
            if is_new {
                member.dirty.push(index as u32);
            }
            if member.fetch == FetchState::Held && member.unfetched >= fetch.least_events {
                self.answer(owner as usize);
            }
        }
        self.expect_burst();
    }

    /// Lets the time of a member's station pass until now.
    pub(crate) fn pass(&mut self, member: usize) {
        let station = &mut self.stations[self.members[member].station];
        station.time += (self.now - station.at) * station.speed;
        station.at = self.now;
        self.members[member].work_until(station.time);
    }

    /// Shares cores anew after what a member works on has changed.
    pub(crate) fn settle(&mut self, index: usize) {
        let discipline = self.system.fetch.map_or(Discipline::Fair, |fetch| fetch.discipline);
        let member = &mut self.members[index];
        member.share(self.system.member_cores, discipline);
        let (number, mut next) = (member.station, member.next);
        let station = &mut self.stations[number];
        if station.members.len() > 1 {
            let mut demand = 0.0;
            next = f64::INFINITY;
            for &other in &station.members {
                let other = &self.members[other as usize];
                demand += other.demand;
                next = next.min(other.next);
            }
            station.speed = if demand > station.cores { station.cores / demand } else { 1.0 };
        }
        self.clocks.set(STATION + number, station.at + (next - station.time) / station.speed);
    }
}
