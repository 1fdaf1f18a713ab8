//! Why no number of instances serves, and what would.

use crate::capacity::constraint::Constraint;
use crate::capacity::load::LoadOn;
use crate::latency::queue::MEASURED_OVER_QUEUES;
use crate::units::MIB;
use std::fmt;

/// What more partitions do beside, in words.
pub const REMAPS_KEYS: &str = "(which remaps keys)";
/// What more events in flight do beside.
pub const GIVES_UP_ORDER: &str = "(which gives up order)";

/// Why no number of instances serves.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Infeasible {
    /// A process that does nothing already takes a member's whole capacity.
    #[error("an idle process ({idle_cores:.2} cores) and the machine's system take all that it could use")]
    IdleTakesAll {
        /// Cores burnt.
        idle_cores: f64,
    },
    /// Not even one process fits.
    #[error("one process needs {needed_mib:.0} MiB and the machine has {usable_mib:.0} MiB to give")]
    ProcessTooLarge {
        /// MiB of one process.
        needed_mib: f64,
        /// MiB after headroom.
        usable_mib: f64,
    },
    /// Nothing is wrong with the topic, but the load is beyond any number that is looked for.
    #[error("it would take more than a trillion instances or partitions")]
    BeyondSearch,
    /// It serves at the best estimates, but not as surely as was asked for.
    #[error("no count holds in {:.1} % of samples; more machines bring it to {:.1} %", wanted * 100.0, share * 100.0)]
    Unsure {
        /// Share of samples in which a count holds that is as large as any.
        share: f64,
        /// Share that was asked for.
        wanted: f64,
    },
    /// What runs is too busy at peak, and more would do.
    #[error("the busiest is {:.0} % busy and the limit is {:.0} %; {would_do} would do", busy * 100.0, limit * 100.0)]
    TooBusy {
        /// Share of its CPU that the busiest uses.
        busy: f64,
        /// What it may use.
        limit: f64,
        /// How many would do.
        would_do: u64,
    },
    /// A rule that more instances do not help with.
    #[error("{0}")]
    Unmet(Box<UnmetConstraint>),
}

impl Infeasible {
    /// Whether it is the same rule that fails, by less.
    pub fn comes_closer(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unmet(one), Self::Unmet(other)) => {
                let is_same = (one.rule, one.on) == (other.rule, other.on);
                is_same && one.needs / one.limit < other.needs / other.limit
            }
            _ => false,
        }
    }
}

/// A rule that fails on any number of instances, because it fails on the busiest partition or on the event
/// itself.
#[derive(Debug, Clone, PartialEq)]
pub struct UnmetConstraint {
    /// The rule.
    pub rule: Constraint,
    /// What is loaded too much, where the rule is about load.
    pub on: Option<LoadOn>,
    /// What is needed, in the unit of the rule or the load.
    pub needs: f64,
    /// The limit on it.
    pub limit: f64,
    /// m.
    pub in_flight: u32,
    /// s, s.
    pub service_seconds: f64,
    /// A call of the handler, q (s' + w), s.
    pub own_seconds: f64,
    /// Squared coefficient of variation of the service time.
    pub scv: f64,
    /// Whether nobody gives p99 of the wait, so that it is taken to be exponential.
    pub assumes_wait_spread: bool,
    /// The least P that carries the load and keeps the goal in the in-flight queue; other rules may ask for more.
    pub partitions_required: Option<u64>,
    /// A key that makes half of the busiest partition or more, or may.
    pub hot_key: Option<HotKey>,
    /// What would do.
    pub remedies: Remedies,
}

/// A key and its share of all events, per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HotKey {
    /// There is one.
    Is(u8),
    /// There may be one, as the busiest partition has so much more than others.
    MayBe(u8),
}

/// Numbers with which a stuck problem becomes feasible.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Remedies {
    /// Partitions.
    pub partitions: Option<u32>,
    /// In-flight limit, per partition or per consumer.
    pub in_flight: Option<u32>,
    /// The p99 goal, s, that either takes, where the one given allows neither; by itself where that is enough.
    pub goal_seconds: Option<f64>,
}

/// `at least 12 partitions (which remaps keys) or in_flight 2 (which gives up order) would do`; nothing where nothing would.
impl fmt::Display for Remedies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let partitions = self.partitions.map(|number| format!("{number} partitions {REMAPS_KEYS}"));
        let in_flight = self.in_flight.map(|number| format!("in_flight {number} {GIVES_UP_ORDER}"));
        let changes: Vec<String> = partitions.into_iter().chain(in_flight).collect();
        let changes = (!changes.is_empty()).then(|| format!("at least {}", changes.join(" or ")));
        let goal = self.goal_seconds.map(|goal| format!("p99_ms is too low: {}", (goal * 1e5).round() / 1e2));
        let all: Vec<String> = goal.into_iter().chain(changes).collect();
        if all.is_empty() { Ok(()) } else { write!(f, "{} would do", all.join(" with ")) }
    }
}

/// `{:#}` leaves out the remedies.
impl fmt::Display for UnmetConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, needs, limit, .. } = self;
        match rule {
            Constraint::Zone => write!(f, "with a zone lost, ")?,
            Constraint::CatchUp => write!(f, "while a backlog is drained, ")?,
            _ => {}
        }
        match (rule, self.on) {
            (_, Some(LoadOn::InFlight)) => {
                let [busy, limit] = [needs, limit].map(|it| it / f64::from(self.in_flight) * 100.0);
                let digits = usize::from(busy.round() == limit.round());
                let events = match self.in_flight {
                    1 => "one event".to_owned(),
                    many => format!("{many} events"),
                };
                write!(
                    f,
                    "the busiest partition is {busy:.digits$} % busy at peak with {events} in flight; the limit is {limit:.0} %"
                )?;
            }
            (_, Some(_)) => write!(
                f,
                "the busiest partition alone needs {:.3} cores at peak and its one consumer may use {:.3}",
                needs * self.service_seconds,
                limit * self.service_seconds
            )?,
            (Constraint::Memory, None) => write!(
                f,
                "processes and the events that they hold take {:.0} MiB where {:.0} MiB are to give",
                needs / MIB,
                limit / MIB
            )?,
            (Constraint::Network, None) => write!(
                f,
                "the busiest partition moves {:.0} Mbit/s and the network gives {:.0} Mbit/s",
                needs / 1e6,
                limit / 1e6
            )?,
            (Constraint::MaxCpu, None) => write!(
                f,
                "{:.0} % of the CPU of a machine are busy at peak however many run, idle processes and its system \
                 alone; the limit is {:.0} %",
                needs * 100.0,
                limit * 100.0
            )?,
            (_, None) => write!(
                f,
                "p99 is {} or more ({} by queueing) however many instances run, from the event's own {}, its spread \
                 (service_scv {:.1}{}) and waiting behind others of its partition, {} {}",
                time(MEASURED_OVER_QUEUES[0] * needs),
                time(*needs),
                time(self.own_seconds),
                self.scv,
                if self.assumes_wait_spread {
                    "; io_wait_p99_ms is blank, taken for 4.6 times the mean"
                } else {
                    ""
                },
                if MEASURED_OVER_QUEUES[0] * needs < *limit {
                    "and has to be tested for a goal of"
                } else {
                    "above the goal of"
                },
                time(*limit)
            )?,
        }
        // A core that is too slow for its partition is no faster with more events in flight.
        let or = if self.on == Some(LoadOn::InFlight) {
            ", or work on several of its events at a time"
        } else {
            ""
        };
        match (self.hot_key, self.on) {
            (None, _) | (_, None | Some(LoadOn::Instance)) => {}
            (Some(HotKey::Is(percent)), _) => write!(
                f,
                "; one key has {percent} % of all events, so more partitions do not help: split the key{or}"
            )?,
            (Some(HotKey::MayBe(percent)), _) if self.remedies.partitions.is_none() => write!(
                f,
                "; if one key has {percent} % of all events (hot_key_share), more partitions do not help"
            )?,
            _ => {}
        }
        match self.remedies {
            remedies if f.alternate() || remedies == Remedies::default() => Ok(()),
            remedies => write!(f, "; {remedies}"),
        }
    }
}

/// Milliseconds, or microseconds where these are few.
fn time(seconds: f64) -> String {
    if seconds > 0.0 && seconds < 1e-3 {
        format!("{:.2} µs", seconds * 1e6)
    } else {
        let digits = usize::from(seconds < 0.1);
        format!("{:.digits$} ms", seconds * 1e3)
    }
}
