//! How Kafka's whole partitions spread over the members of a consumer group.

/// A topic's partitions and how unevenly events fall on them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Topic {
    /// P, where it is fixed; `None` where the plan may choose it.
    pub partitions: Option<u32>,
    /// k: the busiest partition's rate over the mean partition's, 1 <= k <= P.
    pub skew: f64,
}

impl Topic {
    /// The share of all events that the busiest of `members` >= 1 members takes, between 0 and 1.
    ///
    /// Partitions are handed out whole and never shared, so the busiest member holds `a = ceil(P / min(M, P))` of
    /// them, and at worst the hottest is one:
    /// `share(M) = (k + (a-1)(P-k)/(P-1)) / P`, and `1/M` where P is still free and will be chosen
    /// to divide evenly.
    pub fn busiest_member_share(self, members: u64) -> f64 {
        let members = members.max(1);
        match self.partitions {
            None => 1.0 / members as f64,
            Some(1) => 1.0,
            Some(partitions) => {
                let p = f64::from(partitions);
                let most = u64::from(partitions).div_ceil(members.min(u64::from(partitions)));
                (self.skew + (most - 1) as f64 * (p - self.skew) / (p - 1.0)) / p
            }
        }
    }

    /// The share of all events in the busiest partition, k/P; `None` where P is still free.
    pub fn busiest_partition_share(self) -> Option<f64> {
        self.partitions.map(|partitions| self.skew / f64::from(partitions))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn topic(partitions: u32, skew: f64) -> Topic {
        Topic { partitions: Some(partitions), skew }
    }

    #[test]
    fn twelve_partitions_on_five_members() {
        // The busiest has ceil(12/5) = 3 of 12.
        assert!((topic(12, 1.0).busiest_member_share(5) - 0.25).abs() < 1e-15);
    }

    #[test]
    fn skew_by_hand() {
        // P = 4, k = 2 on two members: (2 + 1*(4-2)/3)/4 = 2/3.
        assert!((topic(4, 2.0).busiest_member_share(2) - 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn members_beyond_the_partitions_are_idle() {
        assert_eq!(topic(12, 1.5).busiest_member_share(24), 1.5 / 12.0);
        assert_eq!(topic(1, 1.0).busiest_member_share(24), 1.0);
    }

    #[test]
    fn a_free_topic_divides_evenly() {
        assert_eq!(Topic { partitions: None, skew: 3.0 }.busiest_member_share(8), 0.125);
    }

    proptest! {
        #[test]
        fn more_members_never_take_more(p in 1u32..500, hot in 0.0f64..1.0, members in 1u64..600) {
            let topic = topic(p, 1.0 + hot * f64::from(p - 1));
            prop_assert!(topic.busiest_member_share(members + 1) <= topic.busiest_member_share(members) + 1e-12);
            prop_assert!(topic.busiest_member_share(members) >= 1.0 / members as f64 - 1e-12);
            prop_assert!((topic.busiest_member_share(1) - 1.0).abs() < 1e-12);
        }
    }
}
