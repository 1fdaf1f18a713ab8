//! What calls tell of an outage: when partitions were read again, when they had caught up, how many events waited, and how
//! many were done again.

use super::service::Call;
use tonnage_measure::pace::percentile;

/// A pause of a partition, or of a member, that is no chance at the lab's rates, s.
const STANDSTILL: f64 = 1.5;
/// Time between two looks at the lag, s.
pub const LOOK: f64 = 1.0;

/// An event as it was written.
#[derive(Debug, Clone, Copy)]
pub struct Written {
    pub due_us: u64,
    pub partition: usize,
}

/// What was seen, with times in s from the first failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// p99 of the time from due to handled before it, s.
    pub p99_before: f64,
    /// The longest that any partition (or member) stood still.
    pub stood: f64,
    /// The median of the longest standstills of all of them.
    pub stood_median: f64,
    /// When the last of them went on.
    pub resumed: f64,
    /// When the last partition handled an event within the p99 from before.
    pub caught_up: Option<f64>,
    /// Most events that waited, those to be done again included.
    pub most_lag: f64,
    /// Events begun again.
    pub redone: usize,
    /// Those of them that had been answered before.
    pub handled_twice: usize,
    /// Events that were never answered.
    pub lost: usize,
    /// The lag at each look, from `-LOOKED_BEFORE` on.
    pub lags: Vec<usize>,
}

/// How long before the failure the lag is looked at first, s.
pub const LOOKED_BEFORE: f64 = 5.0;

/// Works it out. `actions` are the times at which members were stopped, killed or held; the first is the failure. Standstills are of
/// partitions, or of members where these take the events of all their partitions in turn, and begin by `noticed_us`.
pub fn seen(
    written: &[Written],
    calls: &[Call],
    actions: &[u64],
    settled_us: u64,
    noticed_us: u64,
    end_us: u64,
    by_partition: bool,
) -> Seen {
    let failed = actions[0];
    let from_failure = |us: u64| (us as f64 - failed as f64) / 1e6;
    let known = |call: &&Call| call.event < written.len();
    let answered: Vec<(u64, &Call)> =
        calls.iter().filter(known).filter_map(|call| Some((call.answered_us?, call))).collect();
    let late = |at: u64, call: &Call| at.saturating_sub(written[call.event].due_us);

    let mut before: Vec<u64> = answered
        .iter()
        .filter(|(at, call)| *at < failed && written[call.event].due_us > settled_us)
        .map(|(at, call)| late(*at, call))
        .collect();
    before.sort_unstable();
    let normal = percentile(&before, 0.99);

    // When each partition, or member, began events.
    let key = |call: &Call| if by_partition { written[call.event].partition } else { call.member };
    let count = 1 + calls.iter().filter(known).map(key).max().unwrap_or(0);
    let mut begun: Vec<Vec<u64>> = vec![Vec::new(); count];
    calls.iter().filter(known).for_each(|call| begun[key(call)].push(call.begun_us));
    let last_action = actions.last().copied().unwrap_or(failed);
    let mut resumed = last_action;
    let mut longest = Vec::new();
    for times in &mut begun {
        times.sort_unstable();
        let mut most = 0.0f64;
        for pair in times.windows(2) {
            let gap = (pair[1] - pair[0]) as f64 / 1e6;
            if pair[1] > failed && pair[0] <= noticed_us && gap > STANDSTILL {
                most = most.max(gap);
                resumed = resumed.max(pair[1]);
            }
        }
        longest.push(most);
    }
    // A member that goes on meanwhile does not stand still as it takes over partitions of one that is gone: they do, and it
    // takes them one after another.
    let mut of_partition: Vec<Vec<u64>> =
        vec![Vec::new(); 1 + written.iter().map(|it| it.partition).max().unwrap_or(0)];
    calls
        .iter()
        .filter(known)
        .for_each(|call| of_partition[written[call.event].partition].push(call.begun_us));
    let mut taken_over: Vec<u64> = Vec::new();
    for times in &mut of_partition {
        times.sort_unstable();
        let gone = |at: u64| actions.iter().any(|action| at + 1_000_000 > *action && at < action + 1_000_000);
        let gaps =
            times.windows(2).filter(|pair| (pair[1] - pair[0]) as f64 / 1e6 > STANDSTILL && gone(pair[0]));
        taken_over.extend(gaps.map(|pair| pair[1]));
    }
    resumed = resumed.max(taken_over.into_iter().min().unwrap_or(0));
    longest.sort_by(f64::total_cmp);

    // Partitions that were behind then, and the first event of each that was in time again.
    let partitions = 1 + written.iter().map(|it| it.partition).max().unwrap_or(0);
    let mut caught_up = vec![None::<u64>; partitions];
    let mut behind = vec![false; partitions];
    let mut in_order = answered.clone();
    in_order.sort_by_key(|(at, _)| *at);
    for (at, call) in in_order.iter().filter(|(at, _)| *at >= resumed) {
        let event = written[call.event];
        if caught_up[event.partition].is_some() {
            continue;
        }
        if late(*at, call) <= normal {
            caught_up[event.partition] = Some(*at);
        } else if event.due_us <= resumed {
            behind[event.partition] = true;
        }
    }
    let those_behind: Vec<Option<u64>> =
        caught_up.iter().zip(&behind).filter(|(_, is_behind)| **is_behind).map(|(at, _)| *at).collect();
    let last = those_behind.iter().try_fold(resumed, |last, at| at.map(|at| last.max(at)));

    // Each event waits from its due time until it is answered, and again from the action before it was begun again.
    let mut of_event: Vec<Vec<(u64, Option<u64>)>> = vec![Vec::new(); written.len()];
    calls.iter().filter(known).for_each(|call| of_event[call.event].push((call.begun_us, call.answered_us)));
    let (mut redone, mut twice, mut lost) = (0, 0, 0);
    let mut steps: Vec<(u64, i64)> = Vec::new();
    for (event, its) in written.iter().zip(&of_event) {
        let first = its.iter().filter_map(|it| it.1).min();
        lost += usize::from(first.is_none() && event.due_us + 2_000_000 < end_us);
        redone += its.len().saturating_sub(1);
        steps.push((event.due_us, 1));
        steps.push((first.unwrap_or(u64::MAX), -1));
        for (begun, answered) in its.iter().skip(1) {
            let (Some(first), Some(answered)) = (first, *answered) else { continue };
            if first >= *begun {
                continue;
            }
            twice += 1;
            let action = actions.iter().copied().filter(|action| action <= begun).max().unwrap_or(*begun);
            steps.push((action.max(first), 1));
            steps.push((answered, -1));
        }
    }
    steps.sort_unstable();
    let (mut lag, mut most_lag) = (0i64, 0i64);
    let mut lags = Vec::new();
    let mut look = failed.saturating_sub((LOOKED_BEFORE * 1e6) as u64);
    for (at, change) in steps.into_iter().take_while(|(at, _)| *at <= end_us) {
        while look <= at {
            lags.push(lag.max(0) as usize);
            look += (LOOK * 1e6) as u64;
        }
        lag += change;
        if at >= failed {
            most_lag = most_lag.max(lag);
        }
    }
    Seen {
        p99_before: normal as f64 / 1e6,
        stood: longest.last().copied().unwrap_or(0.0),
        stood_median: longest.get(longest.len() / 2).copied().unwrap_or(0.0),
        resumed: from_failure(resumed),
        caught_up: last.map(from_failure),
        most_lag: most_lag as f64,
        redone,
        handled_twice: twice,
        lost,
        lags,
    }
}

/// The member that began the last event of each partition before a time.
pub fn owners(written: &[Written], calls: &[Call], before_us: u64) -> Vec<usize> {
    let mut owners = vec![0; 1 + written.iter().map(|it| it.partition).max().unwrap_or(0)];
    for call in calls.iter().filter(|call| call.begun_us < before_us && call.event < written.len()) {
        owners[written[call.event].partition] = call.member;
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_event_before_a_failure_tells_who_had_a_partition() {
        let written = [0, 1, 0, 1].map(|partition| Written { due_us: 0, partition });
        let call =
            |event: usize, member: usize| Call { event, member, begun_us: event as u64, answered_us: None };
        // Partition 0 moved from member 2 to 1 with its second event; partition 1's second event came too late.
        assert_eq!(owners(&written, &[call(0, 2), call(1, 0), call(2, 1), call(3, 3)], 3), vec![1, 0]);
    }

    #[test]
    fn one_partition_stands_for_ten_seconds() {
        // An event a second, each answered after 0.1 s; from 20 s to 30 s nobody reads, and then two are answered a second. The
        // one due at 19 s is done again.
        let second = 1_000_000;
        let written: Vec<Written> =
            (0..60).map(|it| Written { due_us: (it + 1) * second, partition: 0 }).collect();
        let call = |event: usize, at: u64| Call {
            event,
            member: 0,
            begun_us: at,
            answered_us: Some(at + second / 10),
        };
        let mut calls: Vec<Call> = (0..19).map(|it| call(it, (it as u64 + 1) * second)).collect();
        calls.push(call(18, 30 * second));
        // Event n, due at n + 1, is begun at 30 + (n - 18) / 2 until it is in time: at n = 40, due at 41 and begun at 41.
        calls.extend(
            (19..60).map(|it| {
                call(it, ((it as u64 + 1) * second).max(30 * second + (it as u64 - 18) * second / 2))
            }),
        );
        let seen = seen(&written, &calls, &[20 * second - 1], 0, 61 * second, 61 * second, true);
        assert_eq!((seen.redone, seen.handled_twice, seen.lost), (1, 1, 0));
        assert!((seen.stood - 11.0).abs() < 0.01 && (seen.resumed - 10.0).abs() < 0.01, "{seen:?}");
        // Begun at 30 + 22/2 = 41, answered at 41.1.
        assert!((seen.caught_up.unwrap() - 21.1).abs() < 0.01, "{seen:?}");
        // 20 to 30 s arrived, and that of 19 s again.
        assert_eq!(seen.most_lag, 12.0);
    }
}
