//! Who reads what: partitions that move between members, with all that waits in them.

use crate::change::{Change, NOBODY};
use crate::state::{Event, Run};
use tonnage_model::runtime::Concurrency;

impl Run<'_> {
    /// Makes a change.
    pub(crate) fn change(&mut self, change: &Change) {
        self.watch.begin_failure(self.now);
        let mut owners: Vec<u32> =
            self.queue_of.iter().map(|&queue| self.queues[queue as usize].owner).collect();
        let mut again = Vec::new();
        match change {
            Change::Stop(gone) | Change::Kill(gone) => {
                for &member in gone {
                    let member = &mut self.members[member as usize];
                    member.is_alive = false;
                    member.ready.clear();
                    member.running.clear();
                    member.waiting.clear();
                }
                for number in 0..self.calls.len() {
                    let call = &self.calls[number];
                    if !call.events.is_empty() && gone.contains(&call.member) {
                        again.extend(self.give_up(number));
                    }
                }
                if matches!(change, Change::Kill(_)) {
                    again.extend(self.uncommitted(gone));
                }
                self.watch.redo(again.len());
                owners.iter_mut().filter(|owner| gone.contains(owner)).for_each(|owner| *owner = NOBODY);
            }
            Change::Revoke(partitions) => {
                partitions.iter().for_each(|&partition| owners[partition as usize] = NOBODY);
            }
            Change::Assign(assigned) => {
                owners.clone_from(assigned);
                owners.iter().for_each(|&owner| self.members[owner as usize].is_alive = true);
            }
        }
        self.regroup(&owners, again);
        if matches!(change, Change::Assign(_)) {
            let behind = (0..self.queues.len()).filter(|&index| !self.queues[index].events.is_empty());
            let behind: Vec<usize> = behind.collect();
            self.watch.fall_behind(self.queues.len(), &behind, self.now);
        }
    }

    /// What these members have handled since they last committed: each does so at moments of its own.
    fn uncommitted(&mut self, gone: &[u32]) -> Vec<Event> {
        let mut again = Vec::new();
        for &member in gone {
            let since = self.now - self.of_calls.uniform() * self.system.commit_seconds;
            let handled = self.handled.iter().filter(|it| it.0 >= since && it.1 == member);
            again.extend(handled.map(|it| it.2));
        }
        self.watch.wait_again(again.len());
        self.remember_from = f64::INFINITY;
        again
    }

    /// Takes a call that was under way from a member that is gone; its events have to be handled again.
    pub(crate) fn give_up(&mut self, number: usize) -> Vec<Event> {
        self.free.push(number as u32);
        self.queues[self.calls[number].queue as usize].in_flight -= 1;
        std::mem::take(&mut self.calls[number].events)
    }

    /// Gives each partition to its owner, and all that is fetched back to the broker; `more` are events to be read again.
    pub(crate) fn regroup(&mut self, owners: &[u32], more: Vec<Event>) {
        let count = self.members.len();
        for (partition, &owner) in owners.iter().enumerate() {
            let queue = match (self.system.concurrency, owner) {
                (Concurrency::Partition, _) => partition,
                (Concurrency::Consumer, NOBODY) => count + partition,
                (Concurrency::Consumer, owner) => owner as usize,
            };
            self.queue_of[partition] = queue as u32;
        }
        let mut all = more;
        for queue in &mut self.queues {
            all.extend(queue.events.drain(..));
            (queue.owner, queue.fetched, queue.requested) = (NOBODY, 0, 0);
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
        for (partition, &owner) in owners.iter().enumerate().filter(|(_, owner)| **owner != NOBODY) {
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
            self.pass(index);
            self.start(index);
        }
    }
}
