//! Fetches: sent, held at the broker, answered, worked on.

use crate::member::FetchState;
use crate::state::Run;
use tonnage_model::runtime::{Concurrency, Discipline};

impl Run<'_> {
    /// Sends the next fetch of a member, if its discipline lets it.
    pub(crate) fn send_fetch(&mut self, index: usize) {
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

    pub(crate) fn fetch_alarm(&mut self, index: usize) {
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
    pub(crate) fn answer(&mut self, index: usize) {
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
    pub(crate) fn receive(&mut self, index: usize) {
        self.watch.fetches += 1;
        if let Some(fetch) = &self.system.fetch {
            self.watch.work(fetch.core_seconds);
        }
        self.members[index].fetch = FetchState::Off;
        let mut coming = std::mem::take(&mut self.members[index].coming);
        for &queue in &coming {
            let queue = &mut self.queues[queue as usize];
            let came = queue.fetched..queue.requested;
            self.members[index].buffered += came.len() as u64;
            queue.fetched = queue.requested;
            // An answer has one partition after the other, of which a partition's own queue has one.
            if self.system.concurrency == Concurrency::Consumer {
                queue.events.make_contiguous()[came].sort_by_key(|event| event.partition);
            }
        }
        // A fetch reads ahead of what is taken now, unless it waits for that.
        for queue in coming.drain(..) {
            self.take(queue as usize);
        }
        self.members[index].coming = coming;
        self.send_fetch(index);
    }
}
