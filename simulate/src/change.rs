//! What happens to the group while it runs.

use crate::run::{NONE, Run};

/// A change of who reads what.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Members are gone at once, with what they have in flight, which has to be handled again.
    Stop(Vec<u32>),
    /// Nobody reads these partitions until they are assigned; calls under way end.
    Revoke(Vec<u32>),
    /// Each partition has its owner, who is there.
    Assign(Vec<u32>),
}

impl Run<'_> {
    /// Makes a change.
    pub(crate) fn change(&mut self, change: &Change) {
        self.watch.begin_failure(self.now);
        let mut owners: Vec<u32> =
            self.queue_of.iter().map(|&queue| self.queues[queue as usize].owner).collect();
        let mut again = Vec::new();
        match change {
            Change::Stop(gone) => {
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
                owners.iter_mut().filter(|owner| gone.contains(owner)).for_each(|owner| *owner = NONE);
            }
            Change::Revoke(partitions) => {
                partitions.iter().for_each(|&partition| owners[partition as usize] = NONE);
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
}
