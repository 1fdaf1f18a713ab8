//! The next of a fixed set of alarms: a tournament in which setting one alarm replays its path to the top.

/// Alarms by number. Of equal times the lowest number is first, so that a run has one order.
#[derive(Debug)]
pub struct Clocks {
    times: Vec<f64>,
    /// `winners[1]` rings first; the leaves are the alarms themselves.
    winners: Vec<u32>,
    leaves: usize,
}

impl Clocks {
    /// So many alarms, none of them set.
    pub fn new(count: usize) -> Self {
        let leaves = count.max(2).next_power_of_two();
        let mut winners = vec![0; 2 * leaves];
        for (index, leaf) in winners[leaves..].iter_mut().enumerate() {
            *leaf = index as u32;
        }
        for node in (1..leaves).rev() {
            winners[node] = winners[2 * node];
        }
        Self { times: vec![f64::INFINITY; leaves], winners, leaves }
    }

    /// Sets an alarm anew; infinity turns it off.
    #[inline]
    pub fn set(&mut self, alarm: usize, time: f64) {
        if self.times[alarm] == time {
            return;
        }
        self.times[alarm] = time;
        let mut node = (alarm + self.leaves) / 2;
        while node > 0 {
            let (left, right) = (self.winners[2 * node], self.winners[2 * node + 1]);
            let is_left = self.times[left as usize] <= self.times[right as usize];
            self.winners[node] = if is_left { left } else { right };
            node /= 2;
        }
    }

    /// The alarm that rings next, and when.
    #[inline]
    pub fn next(&self) -> (usize, f64) {
        let alarm = self.winners[1] as usize;
        (alarm, self.times[alarm])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_least_is_next(sets in proptest::collection::vec((0usize..37, 0.0f64..1e3), 1..200)) {
            let mut clocks = Clocks::new(37);
            let mut times = vec![f64::INFINITY; 37];
            for (alarm, time) in sets {
                clocks.set(alarm, time);
                times[alarm] = time;
                let least = times.iter().copied().enumerate().min_by(|one, other| one.1.total_cmp(&other.1));
                prop_assert_eq!(Some(clocks.next()), least);
            }
        }
    }
}
