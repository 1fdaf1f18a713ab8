//! How Kafka's whole partitions spread over the members of a consumer group.

use crate::runtime::Assignment;

/// A topic's partitions and how unevenly events fall on them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Topic {
    /// P, where it is fixed; `None` where the plan may choose it.
    pub partitions: Option<u32>,
    /// The busiest partition's rate over the mean partition's, at least 1 and at most P, before a hot key is counted.
    pub skew: f64,
    /// h: the share of all events that the largest key has, which stay in one partition however many there are.
    pub hot_key_share: f64,
}

/// Even partitions, as many as are needed.
impl Default for Topic {
    fn default() -> Self {
        Self { partitions: None, skew: 1.0, hot_key_share: 0.0 }
    }
}

/// A skew that counts as a hot key where there are few partitions; of many it is P/2.
const HOT_SKEW: f64 = 1.5;

impl Topic {
    /// The same topic with a skew of P/2 or more taken for what it is: one key, `h = (skew - 1)/(P - 1)`.
    pub fn with_hot_key(self) -> Self {
        match self.partitions.map(f64::from) {
            Some(p) if p > 1.0 && self.skew >= (p / 2.0).max(HOT_SKEW) => {
                let of_skew = (self.skew - 1.0) / (p - 1.0);
                Self { hot_key_share: self.hot_key_share.max(of_skew), ..self }
            }
            _ => self,
        }
    }

    /// k: the busiest of P partitions' rate over the mean one's, `max(skew, h P + 1 - h)`.
    ///
    /// ```
    /// use tonnage_model::capacity::assignment::Topic;
    ///
    /// // A key with a tenth of all events in one of 11 partitions, which has a tenth and an 11th of the rest.
    /// let topic = Topic { partitions: Some(11), hot_key_share: 0.1, ..Topic::default() };
    /// assert_eq!(topic.busiest_over_mean(11.0), 2.0);
    /// ```
    pub fn busiest_over_mean(self, partitions: f64) -> f64 {
        self.skew.max(self.hot_key_share * partitions + 1.0 - self.hot_key_share)
    }

    /// The least P, not whole, whose busiest partition has at most a share of all events:
    /// `max(skew / share, (1 - h) / (share - h))`; `None` where the largest key alone has more.
    pub fn partitions_for(self, share: f64) -> Option<f64> {
        let h = self.hot_key_share;
        let beside_key = match h {
            0.0 => 1.0 / share,
            _ if h >= 1.0 || share <= h => return (share >= 1.0).then_some(1.0),
            _ => (1.0 - h) / (share - h),
        };
        Some(beside_key.max(self.skew / share))
    }

    /// Whether one key makes half of the busiest partition's events or more, so that more partitions are no remedy.
    pub fn has_hot_key(self) -> bool {
        let p = self.partitions.map_or(f64::INFINITY, f64::from);
        let Self { skew, hot_key_share: h, .. } = self.with_hot_key();
        h > 0.0 && p > 1.0 && h * p >= 1.0 - h && h * p + 1.0 - h >= skew * (1.0 - 1e-9)
    }

    /// The same topic where nobody says what the largest key has, at worst: what the busiest partition has more than the others
    /// is of one key, `h = (skew - 1)/(P - 1)`, if that makes half of its events or more.
    pub fn at_worst(self) -> Self {
        let p = self.partitions.map_or(1.0, f64::from);
        let one_key = Self { hot_key_share: (self.skew - 1.0) / (p - 1.0), ..self };
        if self.hot_key_share <= 0.0 && one_key.has_hot_key() { one_key } else { self }
    }

    /// The share of all events that the busiest of `members` >= 1 members takes, between 0 and 1.
    ///
    /// Partitions are handed out whole and never shared, so the busiest member holds `a =` [`held`]`(M)` of them, and at worst the hottest is one:
    /// `share(M) = (k + (a-1)(P-k)/(P-1)) / P`, and `h + (1-h)/M` where P is still free and will be chosen
    /// to divide evenly.
    ///
    /// ```
    /// use tonnage_model::capacity::assignment::Topic;
    ///
    /// // Of 12 partitions on 5 members the busiest holds 3.
    /// let topic = Topic { partitions: Some(12), skew: 1.0, ..Topic::default() };
    /// assert!((topic.busiest_member_share(5) - 0.25).abs() < 1e-12);
    /// ```
    pub fn busiest_member_share(self, members: u64) -> f64 {
        match self.partitions {
            None => self.hot_key_share + (1.0 - self.hot_key_share) / members.max(1) as f64,
            Some(partitions) => self.share_of_partitions(held(partitions, members)),
        }
    }

    /// ishare(n): the share of all events that the busiest of `instances` >= 1 instances takes. It holds
    /// [`held`] partitions, as partitions stay whole on instances too.
    ///
    /// ```
    /// use tonnage_model::capacity::assignment::Topic;
    ///
    /// // Of three partitions on two instances one holds two, however many members share them there.
    /// let topic = Topic { partitions: Some(3), skew: 1.0, ..Topic::default() };
    /// assert!((topic.busiest_instance_share(2) - 2.0 / 3.0).abs() < 1e-12);
    /// ```
    pub fn busiest_instance_share(self, instances: u64) -> f64 {
        // The best even spread over members is one over their instances as well.
        self.busiest_member_share(instances)
    }

    /// The share of all events on `held` partitions, the hottest among them: `(k + (held-1)(P-k)/(P-1)) / P`; of no
    /// partition, or where P is free, nothing.
    fn share_of_partitions(self, held: u64) -> f64 {
        match (self.partitions, held) {
            (None, _) | (_, 0) => 0.0,
            (Some(1), _) => 1.0,
            (Some(partitions), held) => {
                let p = f64::from(partitions);
                let k = self.busiest_over_mean(p);
                (k + (held - 1) as f64 * (p - k) / (p - 1.0)) / p
            }
        }
    }

    /// The most partitions that `some` of `members` members hold: `some floor(P/M) + min(some, P mod M)`.
    pub(super) fn most_held(partitions: u32, some: u64, members: u64) -> u64 {
        let (partitions, members) = (u64::from(partitions), members.max(1));
        let some = some.min(members);
        some * (partitions / members) + some.min(partitions % members)
    }

    /// The share of all events that the busiest `some` of `members` members take; `h + (1-h) some/M` where P is free.
    pub fn share_of_members(self, some: u64, members: u64) -> f64 {
        match self.partitions {
            None if some == 0 => 0.0,
            None => {
                let even = some.min(members) as f64 / members.max(1) as f64;
                self.hot_key_share + (1.0 - self.hot_key_share) * even
            }
            Some(partitions) => self.share_of_partitions(Self::most_held(partitions, some, members)),
        }
    }

    /// The share of all events that one of `heirs` members takes over at most when `gone` of `members` members leave
    /// their partitions to heirs: to all evenly, or by range, at worst to as few as can have them.
    pub fn inherited_share(self, gone: u64, members: u64, heirs: u64, assignment: Assignment) -> f64 {
        let heirs = heirs.max(1);
        match self.partitions {
            None if gone == 0 => 0.0,
            None => {
                let (left_behind, heirs) = (gone.min(members) as f64 / members.max(1) as f64, heirs as f64);
                let of_heir = match assignment {
                    Assignment::Even => left_behind / heirs,
                    Assignment::Range => left_behind.min(1.0 / heirs),
                };
                self.hot_key_share + (1.0 - self.hot_key_share) * of_heir
            }
            Some(partitions) => {
                let left_behind = Self::most_held(partitions, gone, members);
                self.share_of_partitions(match assignment {
                    Assignment::Even => left_behind.div_ceil(heirs),
                    Assignment::Range => left_behind.min(held(partitions, heirs)),
                })
            }
        }
    }

    /// The members of a group from the busiest on, as three kinds of equal ones: the share of all events that a kind takes
    /// together, and that one member of it takes. Members without a partition are left out.
    fn kinds(self, members: u64) -> [(f64, f64); 3] {
        let Some(partitions) = self.partitions else {
            let busiest = self.busiest_member_share(members);
            let others = 1.0 - busiest;
            return [(busiest, busiest), (others, others / (members.max(2) - 1) as f64), (0.0, 0.0)];
        };
        let all = u64::from(partitions);
        let members = members.clamp(1, all);
        let of_others = (1.0 - self.share_of_partitions(1)) / (all.max(2) - 1) as f64;
        let most = all.div_ceil(members);
        let with_most = (all % members).max(1);
        let kind =
            |members: u64, held: u64| (members as f64 * held as f64 * of_others, held as f64 * of_others);
        let busiest = self.share_of_partitions(most);
        [(busiest, busiest), kind(with_most - 1, most), kind(members - with_most, all / members)]
    }

    /// The share that a member takes, where members stand from the busiest on, each as wide as its share: at 0 the busiest
    /// one's, at 1 the least busy one's.
    pub fn member_share_at(self, rank: f64, members: u64) -> f64 {
        let kinds = self.kinds(members);
        let mut from_end = self.rank_ends(members).into_iter().zip(kinds);
        from_end.find(|(end, _)| rank < *end).map_or(kinds[0].1, |(_, (_, share))| share)
    }

    /// Where the kinds of members end in that order, up to 1.
    pub(crate) fn rank_ends(self, members: u64) -> [f64; 3] {
        let [(first, _), (second, _), _] = self.kinds(members);
        [first.min(1.0), (first + second).min(1.0), 1.0]
    }

    /// The share of all events in the busiest partition, k/P; `None` where P is still free.
    ///
    /// ```
    /// use tonnage_model::capacity::assignment::Topic;
    ///
    /// assert_eq!(Topic { partitions: Some(10), skew: 2.0, ..Topic::default() }.busiest_partition_share(), Some(0.2));
    /// ```
    pub fn busiest_partition_share(self) -> Option<f64> {
        let share = |p: f64| self.busiest_over_mean(p) / p;
        self.partitions.map(|partitions| share(f64::from(partitions)))
    }
}

/// The partitions that the busiest of some members, or of some instances, holds in the best even spread:
/// `min(P, ceil(P / n))`.
pub fn held(partitions: u32, holders: u64) -> u64 {
    u64::from(partitions).div_ceil(holders.max(1))
}
