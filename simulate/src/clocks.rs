//! The next of a fixed set of alarms: a tournament in which setting one alarm replays its path to the top.

/// Alarms by number. Of equal times the lowest number is first, so that a run has one order.
#[derive(Debug)]
pub struct Clocks {
    /// When which alarm rings: the first of all at 1, that of each half below, the alarms themselves from `leaves` on.
    nodes: Vec<(f64, u32)>,
    leaves: usize,
}

impl Clocks {
    /// So many alarms, none of them set.
    pub fn new(count: usize) -> Self {
        let leaves = count.max(2).next_power_of_two();
        let mut nodes = vec![(f64::INFINITY, 0); 2 * leaves];
        for (index, leaf) in nodes[leaves..].iter_mut().enumerate() {
            leaf.1 = index as u32;
        }
        for node in (1..leaves).rev() {
            nodes[node] = nodes[2 * node];
        }
        Self { nodes, leaves }
    }

    /// Sets an alarm anew; infinity turns it off.
    #[inline]
    pub fn set(&mut self, alarm: usize, time: f64) {
        let mut node = alarm + self.leaves;
        let mut winner = (time, alarm as u32);
        // Where the first is the same as before, so is all above.
        while self.nodes[node] != winner {
            self.nodes[node] = winner;
            if node == 1 {
                break;
            }
            let (left, right) = (self.nodes[node & !1], self.nodes[node | 1]);
            winner = if left.0 <= right.0 { left } else { right };
            node /= 2;
        }
    }

    /// The alarm that rings next, and when.
    #[inline]
    pub fn next(&self) -> (usize, f64) {
        let (time, alarm) = self.nodes[1];
        (alarm as usize, time)
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
