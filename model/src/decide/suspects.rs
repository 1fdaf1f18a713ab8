//! Which columns to look at where what is given of today cannot be: those whose value has to be moved least, for what they
//! are, before it can.

use crate::decide::deployed::Busiest;
use crate::machine::{Machine, Purchase};
use crate::uncertain::inputs::whole;
use crate::workload::Workload;
use std::borrow::Cow;
use std::fmt;

/// Two figures that cannot both be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Contradiction {
    /// At the mean rate today's machines, or a partition's events in flight, would be busier than they can be.
    Overloaded {
        /// What is overloaded.
        by: Busiest,
        /// The share of it that is needed, above 1 by more than is not known.
        busy: f64,
    },
    /// More cores are in use than there are.
    MoreCoresThanThereAre {
        /// Those observed.
        observed: f64,
        /// vCPUs of today's machines.
        vcpus: f64,
    },
    /// Of cores that machines are seen to use their systems are said to take all, or more: both numbers.
    System(f64, f64),
    /// What is observed and what the handler's time and the profile give are too far apart.
    Apart {
        /// Cores observed.
        observed: f64,
        /// Cores expected, at the end of what is known that comes closest.
        expected: f64,
    },
    /// The bill of today's machines is far below what they cost by any purchase.
    Bill {
        /// The purchase by which they cost least.
        purchase: Purchase,
        /// What they cost by that, USD a month.
        least: f64,
    },
    /// More downstream calls are made on average than what is called bears.
    Calls {
        /// Calls/s that are made.
        mean: f64,
        /// Calls/s that are borne.
        limit: f64,
    },
    /// Cores predicted for each hour and those measured are too far apart in the median.
    Backtest {
        /// How far.
        error: f64,
    },
}

/// Most columns that are named.
const MOST: usize = 3;

/// Columns to look at, the one that most likely holds what cannot be first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspects([Option<&'static str>; MOST]);

impl fmt::Display for Suspects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<&str> = self.0.into_iter().flatten().collect();
        match all.split_last() {
            Some((last, [])) => f.write_str(last),
            Some((last, first)) => write!(f, "{} or {last}", first.join(", ")),
            None => Ok(()),
        }
    }
}

impl Suspects {
    /// One column alone.
    pub fn only(column: &'static str) -> Self {
        Self::of([column])
    }

    /// Whether that column is the one to look at first.
    pub fn is_first(&self, column: &str) -> bool {
        self.0[0] == Some(column)
    }

    pub(super) fn of(columns: impl IntoIterator<Item = &'static str>) -> Self {
        let mut all = columns.into_iter();
        Self([(); MOST].map(|()| all.next()))
    }
}

/// What is given of today, with one column moved.
pub(super) struct Moved<'w> {
    pub workload: Workload,
    pub machine: Option<Cow<'w, Machine>>,
}

/// A column, and how it is moved by a number of times that it is off by where it is wrong; nothing where it is not given.
struct Suspect {
    column: &'static str,
    by: fn(&mut Moved<'_>, f64) -> Option<()>,
}

/// So many times a whole number, and no farther: rounded, 1 would be 2 at one and a half times.
fn counted(number: u32, times: f64) -> u32 {
    let moved = f64::from(number) * times;
    whole(if times > 1.0 { moved.floor() } else { moved.ceil() }).max(1)
}

/// A field that may hold a number, times `off_by` to a power.
macro_rules! times {
    ($column:literal, $off_by:literal, $($field:ident).+) => {
        Suspect { column: $column, by: |it, by| {
            let value = it.workload.$($field).+.as_mut().filter(|value| **value > 0.0)?;
            *value *= f64::powf($off_by, by);
            Some(())
        } }
    };
    (whole $column:literal, $off_by:literal, $($field:ident).+) => {
        Suspect { column: $column, by: |it, by| {
            let value = it.workload.$($field).+.as_mut()?;
            *value = counted(*value, f64::powf($off_by, by));
            Some(())
        } }
    };
}

/// What people guess is off by more than what they read off a graph or count. Of equal ones the first counts.
static SUSPECTS: &[Suspect] = &[
    // The share of the handler that works.
    Suspect {
        column: "io_ratio",
        by: |it, by| {
            it.workload.io_ratio = 1.0 - (1.0 - it.workload.io_ratio) * 10f64.powf(-by);
            (0.0..1.0).contains(&it.workload.io_ratio).then_some(())
        },
    },
    // Up to 100 ms, as clients have it.
    Suspect {
        column: "current_fetch_wait_ms",
        by: |it, by| {
            let wait = it.workload.current_fetch_wait_seconds.as_mut()?;
            *wait = (*wait + 0.1 * by).max(0.0);
            Some(())
        },
    },
    Suspect {
        column: "hot_key_share",
        by: |it, by| {
            let share = &mut it.workload.topic.hot_key_share;
            *share *= 10f64.powf(by);
            (0.0 < *share && *share <= 1.0).then_some(())
        },
    },
    // Blank it is one, and may be any number.
    Suspect {
        column: "in_flight",
        by: |it, by| {
            let (most, off_by) = it.workload.in_flight.map_or((1, 40.0), |most| (most, 10.0));
            it.workload.in_flight = Some(counted(most, f64::powf(off_by, by)));
            Some(())
        },
    },
    times!("io_wait_ms", 5.0, io_wait_seconds),
    times!("downstream_max_per_second", 5.0, outlook.downstream_max_per_second),
    times!("io_calls", 5.0, io_calls),
    // A handler that waits longer takes as much longer.
    Suspect {
        column: "io_wait_ms",
        by: |it, by| {
            let wait = it.workload.io_wait_seconds.as_mut()?;
            let more = *wait * (5f64.powf(by) - 1.0);
            *wait += more;
            *it.workload.handler_seconds.as_mut()? += more;
            Some(())
        },
    },
    // One of the same family with so many times the vCPUs and memory.
    Suspect {
        column: "current_machine",
        by: |it, by| {
            let machine = it.machine.as_mut()?.to_mut();
            let times = 8f64.powf(by);
            machine.vcpus = counted(machine.vcpus, times);
            machine.physical_cores = machine.physical_cores.map(|cores| counted(cores, times));
            machine.memory_bytes *= times;
            Some(())
        },
    },
    times!(whole "current_processes", 8.0, current_processes),
    times!(whole "partitions", 4.0, topic.partitions),
    times!("observed_cores", 5.0, observed_cores),
    times!("utilization", 5.0, utilization),
    times!("state_mib", 4.0, state_bytes),
    times!("memory_mib", 4.0, memory_bytes_today),
    // Of a wait that is given the rest.
    Suspect {
        column: "handler_ms",
        by: |it, by| {
            let wait = it.workload.io_wait_seconds.unwrap_or(0.0);
            let seconds = it.workload.handler_seconds.as_mut()?;
            *seconds = wait + (*seconds - wait) * 4f64.powf(by);
            Some(())
        },
    },
    times!(whole "current_instances", 4.0, current_instances),
    Suspect {
        column: "events_per_day",
        by: |it, by| {
            // So few are millions where their unit was lost.
            let off_by: f64 = if it.workload.events_per_day < 1000.0 { 1e6 } else { 3.0 };
            it.workload.events_per_day *= off_by.powf(by);
            Some(())
        },
    },
    // Thousands for millions, or the reverse.
    Suspect {
        column: "events_per_day",
        by: |it, by| {
            it.workload.events_per_day *= 1000f64.powf((by / 1.5).trunc());
            Some(())
        },
    },
];

/// How far columns are moved, in times that they are off by where they are wrong.
const FIRST_STEP: f64 = 0.05;
/// From one step to the next.
const WIDER: f64 = 1.25;
const FARTHEST: f64 = 4.0;
/// Halvings of a step at whose ends different things cannot be, until what can be between them is found.
const HALVINGS: u32 = 12;

/// What is given with a column moved: it can be, today has too little for it or takes too much, or such a value is refused.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    CanBe,
    TooLittle,
    TooMuch,
    Refused,
}

/// The columns that have to be moved least, each by itself, until what is given can be, blank ones first; `None` where none does it.
pub(super) fn suspects(
    workload: &Workload,
    machine: Option<&Machine>,
    outcome: impl Fn(&Moved<'_>) -> Outcome,
) -> Option<Suspects> {
    let given = || Moved { workload: workload.clone(), machine: machine.map(Cow::Borrowed) };
    let today = outcome(&given());
    let mut found: Vec<(f64, &'static str)> = Vec::new();
    for (suspect, sign) in SUSPECTS.iter().flat_map(|suspect| [(suspect, 1.0), (suspect, -1.0)]) {
        let at = |by: f64| {
            let mut moved = given();
            moved.workload.ranges.retain(|range| range.input.column() != suspect.column);
            (suspect.by)(&mut moved, sign * by).map_or(Outcome::Refused, |()| outcome(&moved))
        };
        let is_blank = suspect.column == "in_flight" && workload.in_flight.is_none();
        found.extend(least(at, today).map(|by| (if is_blank { 0.0 } else { by }, suspect.column)));
    }
    found.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut columns: Vec<&str> = Vec::new();
    found.iter().for_each(|(_, column)| {
        if !columns.contains(column) {
            columns.push(column)
        }
    });
    (!columns.is_empty()).then(|| Suspects::of(columns))
}

/// How far a column has to be moved one way until what is given can be.
fn least(at: impl Fn(f64) -> Outcome, today: Outcome) -> Option<f64> {
    let (mut near, mut last) = (0.0, today);
    let steps = std::iter::successors(Some(FIRST_STEP), |step| Some(step * WIDER));
    for step in steps.take_while(|step| *step <= FARTHEST) {
        match at(step) {
            Outcome::CanBe => return Some(step),
            now if now == last => near = step,
            now => {
                // Between what cannot be for one reason and for another there may be what can.
                let mut far = step;
                for _ in 0..HALVINGS {
                    let middle = f64::midpoint(near, far);
                    match at(middle) {
                        Outcome::CanBe => return Some(middle),
                        it if it == last => near = middle,
                        _ => far = middle,
                    }
                }
                (near, last) = (step, now);
            }
        }
        if last == Outcome::Refused {
            return None;
        }
    }
    None
}
