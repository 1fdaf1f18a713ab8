//! Which columns to look at where what is given of today cannot be: those whose value has to be moved least, for what they
//! are, before it can.

use crate::decide::deployed::Busiest;
use crate::machine::Machine;
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
    /// What is observed and what the handler's time and the profile give are too far apart.
    Apart {
        /// Cores observed.
        observed: f64,
        /// Cores expected, at the end of what is known that comes closest.
        expected: f64,
    },
    /// Cores predicted for each hour and those measured are too far apart in the median.
    Backtest {
        /// How far.
        error: f64,
    },
}

/// Columns to look at: the one that most likely holds what cannot be, and another that is nearly as likely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suspects {
    /// The first.
    pub first: &'static str,
    /// The other, where there is one.
    pub second: Option<&'static str>,
}

impl fmt::Display for Suspects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.second {
            Some(second) => write!(f, "{} or {second}", self.first),
            None => f.write_str(self.first),
        }
    }
}

impl Suspects {
    /// One column alone.
    pub fn only(first: &'static str) -> Self {
        Self { first, second: None }
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
    times!("handler_ms", 4.0, handler_seconds),
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
];

/// How far columns are moved, in times that they are off by where they are wrong.
const FIRST_STEP: f64 = 0.05;
/// From one step to the next.
const WIDER: f64 = 1.25;
const FARTHEST: f64 = 4.0;
/// A column that has to be moved by more than so many times the first one's step is no second one.
const AS_LIKELY: f64 = 2.5;

/// The columns that have to be moved least, each by itself, until what is given can be; `None` where none does it.
pub(super) fn suspects(
    workload: &Workload,
    machine: Option<&Machine>,
    can_be: impl Fn(&Moved<'_>) -> bool,
) -> Option<Suspects> {
    let mut first: Option<(f64, &'static str)> = None;
    let steps = std::iter::successors(Some(FIRST_STEP), |step| Some(step * WIDER));
    for step in steps.take_while(|step| *step <= FARTHEST) {
        if first.is_some_and(|(least, _)| step > AS_LIKELY * least) {
            break;
        }
        for suspect in SUSPECTS {
            if first.is_some_and(|(_, first)| first == suspect.column) {
                continue;
            }
            let does_it = |by: f64| {
                let mut moved = Moved { workload: workload.clone(), machine: machine.map(Cow::Borrowed) };
                moved.workload.ranges.retain(|range| range.input.column() != suspect.column);
                (suspect.by)(&mut moved, by).is_some() && can_be(&moved)
            };
            if !does_it(step) && !does_it(-step) {
                continue;
            }
            match first {
                Some((_, first)) => return Some(Suspects { first, second: Some(suspect.column) }),
                None => first = Some((step, suspect.column)),
            }
        }
    }
    first.map(|(_, column)| Suspects::only(column))
}
