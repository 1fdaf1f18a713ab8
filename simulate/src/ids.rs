//! Ids of members, by whose order range cuts partitions into blocks.

use crate::random::Random;
use crate::system::System;

/// The order of members by their ids, and of partitions as range cuts them.
#[derive(Debug, Clone)]
pub struct Ids {
    members: Vec<u32>,
    partitions: Vec<u32>,
    random: Random,
}

impl Ids {
    /// Any order in which range gives members what they have at first: those with one partition more come first.
    pub fn drawn(system: &System, mut random: Random) -> Self {
        let with_more = system.partitions % system.members();
        let members = 0..system.members() as u32;
        let order = shuffled(members, |&member| usize::from(member as usize >= with_more), &mut random);
        Self::known(system, order, random)
    }

    /// This order of members, and any of the partitions of each; ids to come are drawn.
    pub fn known(system: &System, members: Vec<u32>, mut random: Random) -> Self {
        let mut places = vec![0; system.members()];
        members.iter().enumerate().for_each(|(place, &member)| places[member as usize] = place);
        let owners = system.owners();
        let place = |&partition: &u32| places[owners[partition as usize] as usize];
        let partitions = shuffled(0..owners.len() as u32, place, &mut random);
        Self { members, partitions, random }
    }

    /// Gives a member that is started again a new id.
    pub(crate) fn renew(&mut self, member: u32) {
        self.members.retain(|&other| other != member);
        let place = (1.0 - self.random.uniform()) * (self.members.len() + 1) as f64;
        self.members.insert(place as usize, member);
    }

    /// Who has what where these, in order, are there: the first members have one partition more.
    pub(crate) fn range(&self, there: &[u32]) -> Vec<u32> {
        let mut owners = vec![0; self.partitions.len()];
        let (all, count) = (owners.len(), there.len());
        let members = self.members.iter().filter(|member| there.binary_search(member).is_ok());
        let mut rest = self.partitions.iter();
        for (place, &member) in members.enumerate() {
            let block = rest.by_ref().take(all / count + usize::from(place < all % count));
            block.for_each(|&partition| owners[partition as usize] = member);
        }
        owners
    }
}

/// In the order of a key, and at random where that is the same.
fn shuffled(
    numbers: impl Iterator<Item = u32>,
    key: impl Fn(&u32) -> usize,
    random: &mut Random,
) -> Vec<u32> {
    let mut all: Vec<_> = numbers.map(|it| (key(&it), random.uniform().to_bits(), it)).collect();
    all.sort_unstable();
    all.into_iter().map(|it| it.2).collect()
}
