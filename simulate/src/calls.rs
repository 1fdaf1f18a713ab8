//! Calls of the handler: taken from a queue, worked on, waited for, done.

use crate::change::NOBODY;
use crate::member::{At, Done};
use crate::state::{Call, Run};
use crate::system::System;
use std::cmp::Reverse;

impl Run<'_> {
    /// Takes calls from a queue as far as the in-flight limit allows; whether it took any.
    pub(crate) fn take(&mut self, index: usize) -> bool {
        let System { batch, in_flight, .. } = *self.system;
        let queue = &mut self.queues[index];
        if queue.owner == NOBODY || queue.fetched < batch || queue.in_flight >= in_flight {
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
            call.events.extend((0..batch).filter_map(|_| queue.events.pop_front()));
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

    /// Starts calls that are ready on threads that are free, if there are both.
    pub(crate) fn dispatch(&mut self, index: usize) {
        let member = &self.members[index];
        if !member.ready.is_empty() && member.running.len() < self.system.threads {
            self.pass(index);
            self.start(index);
        }
    }

    /// The same of a member whose cores have to be shared anew.
    pub(crate) fn start(&mut self, index: usize) {
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
    pub(crate) fn finish(&mut self, number: usize) {
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
                let batch = self.system.batch as f64;
                let factor = self.calls[number as usize].factor;
                self.watch.work(self.system.handling_seconds * batch * factor);
                if self.system.wait_seconds > 0.0 {
                    let factor = self.wait_variation.draw(&mut self.of_calls);
                    let until = self.now + self.system.wait_seconds * batch * factor;
                    self.members[index].waiting.push(Reverse((At::new(until), number)));
                    self.set_wait_alarm(index);
                } else {
                    self.complete(number, index);
                }
            }
            Some(Done::Fetch) => self.receive(index),
            None => {}
        }
        self.start(index);
    }

    /// A call has waited.
    pub(crate) fn end_wait(&mut self, index: usize) {
        if let Some(Reverse((_, number))) = self.members[index].waiting.pop() {
            self.complete(number, index);
        }
        self.set_wait_alarm(index);
        self.dispatch(index);
    }

    /// A call is done; the next of its queue is taken.
    pub(crate) fn complete(&mut self, number: u32, member: usize) {
        let call = &mut self.calls[number as usize];
        let queue = call.queue as usize;
        let is_busiest = self.members[member].is_busiest;
        if self.now >= self.remember_from {
            self.handled.extend(call.events.iter().map(|event| (self.now, call.member, *event)));
        }
        for event in &call.events {
            #[cfg(test)]
            self.watch.check_order(event.partition, event.arrived);
            self.watch.handle(self.now, self.now - event.arrived, is_busiest, queue);
        }
        call.events.clear();
        self.free.push(number);
        self.queues[queue].in_flight -= 1;
        let owner = self.queues[queue].owner as usize;
        if !self.take(queue) {
            return;
        }
        if owner != member {
            self.dispatch(owner);
        } else if self.system.wait_seconds <= 0.0 {
            // A thread that did not wait goes on with what it holds.
            self.members[owner].ready.rotate_right(1);
        }
    }
}
