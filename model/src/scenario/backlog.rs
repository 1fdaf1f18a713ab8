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
    /// The stop as members go; none where they are back before it ends.
    pub first: Ages,
    /// Work between the stops, s.
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

    /// From the first stop of a round to the beginning of the next, s.
    pub fn seconds_a_round(self) -> f64 {
        self.first.moved + self.between + self.second.moved + self.pause
    }

    /// How far partitions are behind after the two stops of the last round, where they are worked at one station
    /// between these and at another afterwards.
    ///
    /// All of them may fall behind round by round; those that change hands stop longer in the last one.
    pub fn ages(self, between: Station, after: Station) -> [Ages; 2] {
        let Self { redone, first, second, .. } = self;
        let more_rounds = self.rounds.saturating_sub(1);
        let of_others = Round {
            first: first.others,
            before_second: between.caught_up(self.between),
            second: second.others,
            before_next: after.caught_up(self.pause + second.moved - second.others),
        };
        let carried = match more_rounds {
            0 => 0.0,
            rounds => (of_others.repeated(rounds).at_the_end - of_others.before_next).max(0.0),
        };
        let leaving = Ages { moved: carried + redone, others: carried }.stopped(first);
        let mut back = between.worked(leaving, self.between).stopped(second);
        if second.others <= 0.0 && more_rounds > 0 && self.between > 0.0 {
            // One heir, of as many instances as there are other rounds, is still behind with what it got back itself.
            let own = (back.moved - after.caught_up(self.pause + first.moved)).max(0.0);
            let behind = between.worked(leaving.stopped(Ages { moved: 0.0, others: own }), self.between);
            back.moved += (behind.moved + second.moved - back.moved) / more_rounds as f64;
        }
        [leaving, back]
    }

    /// Where the others do not stop: how far what came back in the rounds before the last is still behind at the end, s of
    /// data in all, `sum over j >= 1 of max(0, behind - j caught up a round)`.
    pub fn of_earlier_rounds(self, between: Station, after: Station, behind: Ages) -> f64 {
        let a_round =
            after.caught_up(self.seconds_a_round() - self.between) + between.caught_up(self.between).max(0.0);
        let most = self.rounds.saturating_sub(1) as f64;
        if self.second.others > 0.0 || a_round <= 0.0 {
            return 0.0;
        }
        let rounds = (behind.moved / a_round).floor().min(most);
        rounds * behind.moved - a_round * rounds * (rounds + 1.0) / 2.0
    }
}

/// Stops that come again and again, each at its place in a round; in events, or in seconds of data.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// What piles up in the first stop.
    pub first: f64,
    /// What is worked off before the second; negative where more comes.
    pub before_second: f64,
    /// What piles up in the second stop.
    pub second: f64,
    /// What is worked off before the next round; negative where more comes.
    pub before_next: f64,
}

/// A backlog over rounds of stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounds {
    /// The most that ever waits.
    pub most: f64,
    /// What waits after the last stop.
    pub at_the_end: f64,
}

impl Round {
    /// What waits over `rounds` of these, one after another, at least one.
    ///
    /// With p the backlog after a round's second stop, `p1 = max(0, first - before_second) + second`. A round more adds
    /// `net = first - before_second + second - before_next`, and leaves p1 where that is not above 0, as
    /// `p' = max(p1, p + net)`. So `p = p1 + (rounds - 1) max(0, net)`.
    pub fn repeated(self, rounds: u64) -> Rounds {
        let Self { first, before_second, second, before_next } = self;
        let more_rounds = rounds.saturating_sub(1) as f64;
        let net = (first - before_second + second - before_next).max(0.0);
        let after_one = (first - before_second).max(0.0) + second;
        let at_the_end = after_one + more_rounds * net;
        let carried_over = match rounds {
            0 | 1 => 0.0,
            _ => (at_the_end - net - before_next).max(0.0),
        };
        Rounds { most: at_the_end.max(carried_over + first), at_the_end }
    }
}
