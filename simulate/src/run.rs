//! One run of a consumer group: the next alarm rings, what follows from it happens, and so on.

use crate::arrivals::Arrivals;
use crate::change::Change;
use crate::clocks::Clocks;
use crate::member::{At, Done, FetchState, Member};
use crate::outcome::{Outcome, Watch};
use crate::random::{Random, Variation};
use crate::system::System;
use std::cmp::Reverse;
use std::collections::VecDeque;
use tonnage_model::runtime::{Concurrency, Discipline};

/// No member.
pub(crate) const NONE: u32 = u32::MAX;

// Alarms, by number: these, one for each station, then two for each member.
const ARRIVAL: usize = 0;
const CHANGE: usize = 1;
const LOOK: usize = 2;
const STATION: usize = 3;

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
    factor: f64,
    /// No events where it is free.
    pub events: Vec<Event>,
}

/// Members that share cores.
#[derive(Debug)]
struct Station {
    members: Vec<u32>,
    cores: f64,
    /// Time at full speed, s, which passes more slowly where more is wanted than there is.
    time: f64,
    /// When that was, s.
    at: f64,
    speed: f64,
}

/// What one run is for.
#[derive(Debug, Clone)]
pub struct Horizon {
    /// Time after which what is seen counts, s.
    pub from_seconds: f64,
    /// End, s.
    pub to_seconds: f64,
    /// Time between two looks at the lag, s; without end for none.
    pub look_seconds: f64,
}

/// A run under way.
pub(crate) struct Run<'s> {
    system: &'s System,
    arrivals: &'s Arrivals,
    of_arrivals: Random,
    of_calls: Random,
    variation: Variation,
    clocks: Clocks,
    pub now: f64,
    next_burst: u64,
    stations: Vec<Station>,
    pub members: Vec<Member>,
    pub queues: Vec<Queue>,
    /// The queue of each partition.
    pub queue_of: Vec<u32>,
    pub calls: Vec<Call>,
    free: Vec<u32>,
    pub watch: Watch,
}

/// Simulates one run with the random numbers of `stream` under `seed`; `changes` are in order of time.
pub fn run(
    system: &System,
    arrivals: &Arrivals,
    changes: &[(f64, Change)],
    horizon: &Horizon,
    (seed, stream): (u64, u64),
) -> Outcome {
    let mut run = Run::new(system, arrivals, (seed, stream));
    run.watch.horizon(horizon);
    let mut changes = changes.iter();
    let mut change = changes.next();
    run.clocks.set(CHANGE, change.map_or(f64::INFINITY, |(at, _)| *at));
    run.clocks.set(LOOK, if horizon.look_seconds.is_finite() { 0.0 } else { f64::INFINITY });
    let first_station = STATION;
    let first_fetch = first_station + run.stations.len();
    let first_wait = first_fetch + run.members.len();
    loop {
        let (alarm, now) = run.clocks.next();
        if now >= horizon.to_seconds {
            break;
        }
        run.now = now;
        run.watch.alarms += 1;
        match alarm {
            ARRIVAL => run.arrive(),
            CHANGE => {
                if let Some((_, it)) = change {
                    run.change(it);
                }
                change = changes.next();
                run.clocks.set(CHANGE, change.map_or(f64::INFINITY, |(at, _)| *at));
            }
            LOOK => {
                let front = |queue: &Queue| queue.events.front().map(|event| event.arrived);
                let oldest = run.queues.iter().filter_map(front).fold(now, f64::min);
                run.watch.look(now - oldest);
                run.clocks.set(LOOK, run.watch.looks() as f64 * horizon.look_seconds);
            }
            alarm if alarm < first_fetch => run.finish(alarm - first_station),
            alarm if alarm < first_wait => run.fetch_alarm(alarm - first_fetch),
            alarm => run.end_wait(alarm - first_wait),
        }
    }
    run.watch.end(horizon.to_seconds)
}

impl<'s> Run<'s> {
    fn new(system: &'s System, arrivals: &'s Arrivals, (seed, stream): (u64, u64)) -> Self {
        let count = system.members();
        let contend = system.members_per_instance as f64 * system.member_cores > system.instance_cores * (1.0 + 1e-9);
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
            clocks: Clocks::new(STATION + groups + 2 * count),
            now: 0.0,
            next_burst: 0,
            stations: (0..groups).map(station).collect(),
            members: system.are_busiest().into_iter().enumerate().map(|(member, it)| Member::new(member % groups, it)).collect(),
            queues: std::iter::repeat_with(Queue::default).take(queues).collect(),
            queue_of: vec![0; system.partitions],
            calls: Vec::new(),
            free: Vec::new(),
            watch: Watch::default(),
        };
        let owners: Vec<u32> = (0..system.partitions).map(|partition| (partition % count) as u32).collect();
        run.regroup(&owners, Vec::new());
        run.expect_burst();
        run
    }

    fn expect_burst(&mut self) {
        let (at, size) = self.arrivals.next(self.now, &mut self.of_arrivals);
        self.next_burst = size;
        self.clocks.set(ARRIVAL, at);
    }

    fn set_fetch_alarm(&mut self, member: usize, at: f64) {
        self.clocks.set(STATION + self.stations.len() + member, at);
    }

    fn set_wait_alarm(&mut self, member: usize) {
        let at = self.members[member].waiting.peek().map_or(f64::INFINITY, |Reverse((At(at), _))| *at);
        self.clocks.set(STATION + self.stations.len() + self.members.len() + member, at);
    }

    /// A partition by its share of events.
    fn pick(&mut self) -> usize {
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

    fn arrive(&mut self) {
        for _ in 0..self.next_burst {
            self.watch.arrive(self.now);
            let partition = self.pick();
            let index = self.queue_of[partition] as usize;
            let queue = &mut self.queues[index];
            let is_new = queue.requested == queue.events.len();
            queue.events.push_back(Event { arrived: self.now, partition: partition as u32 });
            let owner = queue.owner;
            if owner == NONE {
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

    /// Takes calls from a queue as far as the in-flight limit allows; whether it took any.
    fn take(&mut self, index: usize) -> bool {
        let System { batch, in_flight, .. } = *self.system;
        let queue = &mut self.queues[index];
        if queue.owner == NONE || queue.fetched < batch || queue.in_flight >= in_flight {
            return false;
        }
        let owner = queue.owner as usize;
        while queue.fetched >= batch && queue.in_flight < in_flight {
            let number = self.free.pop().unwrap_or_else(|| {
                self.calls.push(Call::default());
                self.calls.len() as u32 - 1
            });
            let call = &mut self.calls[number as usize];
            (call.member, call.queue) = (owner as u32, index as u32);
            call.factor = self.variation.draw(&mut self.of_calls);
            call.events.extend(queue.events.drain(..batch));
            queue.fetched -= batch;
            queue.requested -= batch;
            queue.in_flight += 1;
            self.members[owner].buffered -= batch as u64;
            self.members[owner].ready.push_back(number);
        }
        if queue.events.is_empty() {
            self.watch.catch_up(index, self.now);
        }
        self.send_fetch(owner);
        true
    }

    /// Sends the next fetch of a member, if its discipline lets it.
    fn send_fetch(&mut self, index: usize) {
        let Some(fetch) = &self.system.fetch else { return };
        let member = &self.members[index];
        if member.fetch != FetchState::Off || !member.is_alive || member.queues == 0 {
            return;
        }
        // Batches that are not whole cannot be taken.
        let partial = (self.system.batch as u64 - 1) * u64::from(member.queues);
        let most = match fetch.discipline {
            Discipline::Gated => partial,
            Discipline::Fair | Discipline::Yielding => partial.max(fetch.read_ahead.max(1) - 1),
        };
        if member.buffered <= most {
            self.members[index].fetch = FetchState::Going;
            self.set_fetch_alarm(index, self.now + fetch.network_seconds / 2.0);
        }
    }

    fn fetch_alarm(&mut self, index: usize) {
        let Some(fetch) = &self.system.fetch else { return };
        match self.members[index].fetch {
            FetchState::Going if self.members[index].unfetched < fetch.least_events => {
                self.members[index].fetch = FetchState::Held;
                self.set_fetch_alarm(index, self.now + fetch.wait_seconds);
            }
            FetchState::Going | FetchState::Held => self.answer(index),
            FetchState::Coming => {
                self.set_fetch_alarm(index, f64::INFINITY);
                self.pass(index);
                self.members[index].start_fetch(fetch.core_seconds);
                self.settle(index);
            }
            FetchState::Off | FetchState::Working => self.set_fetch_alarm(index, f64::INFINITY),
        }
    }

    /// The broker answers a fetch with what it has.
    fn answer(&mut self, index: usize) {
        let Some(fetch) = &self.system.fetch else { return };
        let member = &mut self.members[index];
        member.fetch = FetchState::Coming;
        let in_queue = (member.partitions / member.queues.max(1)).max(1) as usize;
        let most = fetch.most_events.saturating_mul(in_queue);
        let (queues, coming) = (&mut self.queues, &mut member.coming);
        let mut brought = 0;
        member.dirty.retain(|&index| {
            let queue = &mut queues[index as usize];
            let events = (queue.events.len() - queue.requested).min(most);
            queue.requested += events;
            brought += events as u64;
            coming.push(index);
            queue.requested < queue.events.len()
        });
        member.unfetched -= brought;
        self.set_fetch_alarm(index, self.now + fetch.network_seconds / 2.0);
    }

    /// What a fetch brought is there.
    fn receive(&mut self, index: usize) {
        self.watch.fetches += 1;
        if let Some(fetch) = &self.system.fetch {
            self.watch.work(fetch.core_seconds);
        }
        self.members[index].fetch = FetchState::Off;
        let mut coming = std::mem::take(&mut self.members[index].coming);
        for &queue in &coming {
            let queue = &mut self.queues[queue as usize];
            self.members[index].buffered += (queue.requested - queue.fetched) as u64;
            queue.fetched = queue.requested;
        }
        // A fetch reads ahead of what is taken now, unless it waits for that.
        for queue in coming.drain(..) {
            self.take(queue as usize);
        }
        self.members[index].coming = coming;
        self.send_fetch(index);
    }

    /// Lets the time of a member's station pass until now.
    fn pass(&mut self, member: usize) {
        let station = &mut self.stations[self.members[member].station];
        station.time += (self.now - station.at) * station.speed;
        station.at = self.now;
        self.members[member].work_until(station.time);
    }

    /// Shares cores anew after what a member works on has changed.
    fn settle(&mut self, index: usize) {
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

    /// Starts calls that are ready on threads that are free.
    fn dispatch(&mut self, index: usize) {
        self.pass(index);
        let member = &mut self.members[index];
        while member.running.len() < self.system.threads {
            let Some(number) = member.ready.pop_front() else { break };
            let call = &self.calls[number as usize];
            let core_seconds = self.system.handling_seconds * call.factor * self.system.batch as f64;
            member.start(number, core_seconds);
        }
        self.settle(index);
    }

    /// A station has finished something.
    fn finish(&mut self, number: usize) {
        let station = &mut self.stations[number];
        let next = |member: u32| self.members[member as usize].next;
        let mut first = station.members[0];
        for &member in &station.members[1..] {
            if next(member) < next(first) {
                first = member;
            }
        }
        let index = first as usize;
        // To the last bit, so that what is finished is.
        station.time = self.members[index].next;
        station.at = self.now;
        self.members[index].work_until(station.time);
        match self.members[index].finish() {
            Some(Done::Call(number)) => {
                let factor = self.calls[number as usize].factor * self.system.batch as f64;
                self.watch.work(self.system.handling_seconds * factor);
                if self.system.wait_seconds > 0.0 {
                    let until = self.now + self.system.wait_seconds * factor;
                    self.members[index].waiting.push(Reverse((At(until), number)));
                    self.set_wait_alarm(index);
                } else {
                    self.complete(number, index);
                }
            }
            Some(Done::Fetch) => self.receive(index),
            None => {}
        }
        self.dispatch(index);
    }

    /// A call has waited.
    fn end_wait(&mut self, index: usize) {
        if let Some(Reverse((_, number))) = self.members[index].waiting.pop() {
            self.complete(number, index);
        }
        self.set_wait_alarm(index);
        self.dispatch(index);
    }

    /// A call is done; the next of its queue is taken.
    fn complete(&mut self, number: u32, member: usize) {
        let call = &mut self.calls[number as usize];
        let queue = call.queue as usize;
        let is_busiest = self.members[member].is_busiest;
        for event in &call.events {
            #[cfg(test)]
            self.watch.check_order(event.partition, event.arrived);
            self.watch.handle(self.now, self.now - event.arrived, is_busiest, queue);
        }
        call.events.clear();
        self.free.push(number);
        self.queues[queue].in_flight -= 1;
        let owner = self.queues[queue].owner;
        if self.take(queue) && owner as usize != member {
            self.dispatch(owner as usize);
        }
    }

    /// Takes a call that was under way from a member that is gone; its events have to be handled again.
    pub fn give_up(&mut self, number: usize) -> Vec<Event> {
        self.free.push(number as u32);
        self.queues[self.calls[number].queue as usize].in_flight -= 1;
        std::mem::take(&mut self.calls[number].events)
    }

    /// Gives each partition to its owner, and all that is fetched back to the broker; `more` are events to be read again.
    pub fn regroup(&mut self, owners: &[u32], more: Vec<Event>) {
        let count = self.members.len();
        for (partition, &owner) in owners.iter().enumerate() {
            let queue = match (self.system.concurrency, owner) {
                (Concurrency::Partition, _) => partition,
                (Concurrency::Consumer, NONE) => count + partition,
                (Concurrency::Consumer, owner) => owner as usize,
            };
            self.queue_of[partition] = queue as u32;
        }
        let mut all = more;
        for queue in &mut self.queues {
            all.extend(queue.events.drain(..));
            (queue.owner, queue.fetched, queue.requested) = (NONE, 0, 0);
        }
        for event in all {
            self.queues[self.queue_of[event.partition as usize] as usize].events.push_back(event);
        }
        for queue in &mut self.queues {
            queue.events.make_contiguous().sort_by(|one, other| one.arrived.total_cmp(&other.arrived));
        }
        for index in 0..count {
            self.pass(index);
            let member = &mut self.members[index];
            member.forget_fetch();
            (member.unfetched, member.partitions, member.queues) = (0, 0, 0);
            self.set_fetch_alarm(index, f64::INFINITY);
            if !self.members[index].is_alive {
                self.set_wait_alarm(index);
            }
        }
        for (partition, &owner) in owners.iter().enumerate().filter(|(_, owner)| **owner != NONE) {
            let index = self.queue_of[partition] as usize;
            let member = &mut self.members[owner as usize];
            member.partitions += 1;
            let queue = &mut self.queues[index];
            if queue.owner == owner {
                continue;
            }
            queue.owner = owner;
            member.queues += 1;
            let waiting = queue.events.len();
            if self.system.fetch.is_none() {
                (queue.fetched, queue.requested) = (waiting, waiting);
                member.buffered += waiting as u64;
            } else if waiting > 0 {
                member.unfetched += waiting as u64;
                member.dirty.push(index as u32);
            }
        }
        for index in 0..self.queues.len() {
            self.take(index);
        }
        for index in 0..count {
            self.send_fetch(index);
            self.dispatch(index);
        }
    }
}
