//! Backlogs as a fluid: they grow while work stands still, and shrink by what capacity exceeds arrivals.

/// A place through which events have to go, and that is fast enough or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Station {
    /// Events that arrive, events/s.
    pub arrivals: f64,
    /// The part of them on partitions that somebody else held before, events/s.
    pub taken_over: f64,
    /// Events that it can do at most, events/s.
    pub capacity: f64,
}

impl Station {
    /// Events that wait here where the partitions taken over and all others are so far behind.
    pub fn waiting(self, ages: Ages) -> f64 {
        let others = self.arrivals - self.taken_over;
        part(self.taken_over, ages.moved) + part(others, ages.others)
    }

    /// `capacity - arrivals`, events/s by which a backlog shrinks; it grows where this is negative.
    pub fn spare(self) -> f64 {
        self.capacity - self.arrivals
    }

    /// Seconds of data by which all partitions catch up in so many seconds; negative where they fall behind.
    fn caught_up(self, seconds: f64) -> f64 {
        if seconds <= 0.0 { 0.0 } else { self.spare() / self.arrivals * seconds }
    }

    /// Seconds until `backlog` events are worked off, `backlog / spare`; infinite where nothing is to spare.
    pub fn drain_seconds(self, backlog: f64) -> f64 {
        if backlog <= 0.0 {
            0.0
        } else if self.spare() <= 0.0 {
            f64::INFINITY
        } else {
            backlog / self.spare()
        }
    }

    /// How far partitions are behind after working for so many seconds. A member serves its partitions evenly, so that the
    /// others have caught up before those that were taken over; what is left over is theirs.
    pub fn worked(self, ages: Ages, seconds: f64) -> Ages {
        let others = (ages.others - self.caught_up(seconds)).max(0.0);
        let left =
            self.waiting(ages) - self.spare() * seconds - part(self.arrivals - self.taken_over, others);
        let moved = if self.taken_over > 0.0 { (left / self.taken_over).max(0.0) } else { others };
        Ages { moved, others }
    }
}

/// `rate * seconds`, where none of nothing is nothing however long it takes.
fn part(rate: f64, seconds: f64) -> f64 {
    if rate <= 0.0 { 0.0 } else { rate * seconds }
}

/// How far partitions are behind, s of data. A backlog goes with its partition, and so does its age.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Ages {
    /// Those that change hands.
    pub moved: f64,
    /// All others.
    pub others: f64,
}

impl Ages {
    /// The larger of each.
    pub fn or(self, other: Self) -> Self {
        Self { moved: self.moved.max(other.moved), others: self.others.max(other.others) }
    }

    fn stopped(self, stop: Self) -> Self {
        Self { moved: self.moved + stop.moved, others: self.others + stop.others }
    }
}

/// When partitions stop: once or twice a round, with work between the two stops on fewer members.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stops {
    /// How far those that change hands go back as members go, s of data: what is done again.
    pub redone: f64,
    /// For how long all others stop in the first round besides, s: they hear of it one after another, and together from then on.
    pub apart: f64,
    /// The stop of those that change hands as members go, s; none where it is the only one.
    pub first: f64,
    /// Work without them, s.
    pub between: f64,
    /// The stop as they come back, or the only one.
    pub second: Ages,
    /// Work before the next round, s.
    pub pause: f64,
    /// Rounds, at least one.
    pub rounds: u64,
}

impl Stops {
    /// How far partitions are behind after it, where there is one stop in all.
    pub fn only(self) -> Option<Ages> {
        let redone = Ages { moved: self.redone, others: 0.0 };
        (self.rounds <= 1 && self.between <= 0.0).then(|| self.second.stopped(redone))
    }

    /// The first rounds alone.
    pub fn of_rounds(self, rounds: u64) -> Self {
        Self { rounds: rounds.min(self.rounds), ..self }
    }

    /// From the first stop of a round to the beginning of the next, s.
    pub fn seconds_a_round(self) -> f64 {
        self.first + self.between + self.second.moved + self.pause
    }

    /// By how much those that work on catch up in a round, s of data: while members are away, and in the rest of it.
    fn caught_up(self, between: Station, after: Station) -> [f64; 2] {
        [between.caught_up(self.between), after.caught_up(self.seconds_a_round() - self.between)]
    }

    /// How far partitions are behind after the two stops of the last round, where they are worked at one station
    /// between these and at another afterwards.
    ///
    /// All of them may fall behind round by round; those that change hands stop longer in the last one.
    pub fn ages(self, between: Station, after: Station) -> [Ages; 2] {
        let Self { redone, apart, first, second, .. } = self;
        let more_rounds = self.rounds.saturating_sub(1);
        let [away, rest] = self.caught_up(between, after);
        let (moved, others) = match more_rounds {
            0 => (0.0, apart),
            rounds => {
                let behind = behind_after(rounds, apart, away, rest);
                // One that goes has not worked since then.
                let by_then = after.caught_up(second.moved + self.pause);
                ((behind - by_then).max(0.0), (behind - rest).max(0.0))
            }
        };
        let leaving = Ages { moved: moved + redone + first, others };
        let mut back = between.worked(leaving, self.between).stopped(second);
        if more_rounds > 0 && self.between > 0.0 {
            // One heir, of as many instances as there are other rounds, is still behind with what it got back itself.
            let own = (back.moved - back.others - after.caught_up(self.pause + first)).max(0.0);
            let behind = between.worked(leaving.stopped(Ages { moved: 0.0, others: own }), self.between);
            back.moved += (behind.moved + second.moved - back.moved) / more_rounds as f64;
        }
        [leaving, back]
    }

    /// How far what came back in the rounds before the last is still behind all others at the end, s of data in all,
    /// `sum over j >= 1 of max(0, behind - j caught up a round)`.
    pub fn of_earlier_rounds(self, between: Station, after: Station, behind: Ages) -> f64 {
        let [away, rest] = self.caught_up(between, after);
        let (a_round, most) = (rest + away.max(0.0), self.rounds.saturating_sub(1) as f64);
        let more = behind.moved - behind.others;
        if a_round <= 0.0 || more <= 0.0 {
            return 0.0;
        }
        let rounds = (more / a_round).floor().min(most);
        rounds * more - a_round * rounds * (rounds + 1.0) / 2.0
    }
}

/// How far those that work on are behind after so many rounds, one after another and at least one, s of data, where they stop for `apart`
/// in the first and catch up by `away` while members are, and by `rest` in the rest of each; less than nothing where they fall behind.
///
/// After the first round it is `o1 = max(0, apart - away)`, after any `least = max(0, -away)` or more, and a round more leaves
/// `o' = max(least, o - rest - away)`. So it is `max(least, o1 - (rounds - 1) (rest + away))`.
pub fn behind_after(rounds: u64, apart: f64, away: f64, rest: f64) -> f64 {
    ((apart - away).max(0.0) - rounds.saturating_sub(1) as f64 * (rest + away)).max(-away).max(0.0)
}
