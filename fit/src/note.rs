//! What a reader of a fitted profile has to know about it.

use crate::estimate::Estimate;
use crate::refusal::Refusal;
use std::fmt;

/// A choice that the fit made, or something that the samples did not say.
#[derive(Debug, Clone, PartialEq)]
pub enum Note {
    /// There are no idle samples.
    NoIdle,
    /// There are no idle samples, and idling was told from the fetch by rates alone.
    IdleByRate {
        /// Cores that an idle process burns.
        estimate: Estimate,
        /// Whether there is a fetch beside it.
        has_fetch: bool,
    },
    /// No sample without a handler.
    NothingPlain {
        /// Kinds of handler that carry the cost of fetching too.
        kinds: Vec<String>,
    },
    /// Of something that may depend on size only one size was measured.
    OneSize {
        /// What that is.
        part: String,
    },
    /// Rates are too close to show what a fetch costs.
    NoRates,
    /// A fetch costs no more for bringing fewer events.
    NoFetch,
    /// The round trip is as long as the search goes.
    LongRoundTrip {
        /// That length, s.
        seconds: f64,
    },
    /// Calls cost more where their answers find the consumer asleep, which no figure of the profile tells.
    Waking {
        /// How much more, core-s.
        core_seconds: f64,
    },
    /// A coefficient was negative: for no more than noise, or of memory.
    Clamped {
        /// The figure.
        figure: String,
        /// What it was.
        from: f64,
        /// Unit of that.
        unit: &'static str,
    },
    /// A figure that one sample alone favors of.
    NoInterval {
        /// The figure.
        figure: String,
    },
    /// Memory was measured, but not with different numbers of events in flight.
    NoInFlight,
    /// Events in flight were all of one size.
    OneSizeInFlight,
    /// What a process takes differs by the size of the events that it reads ahead.
    MemoryBySize {
        /// With the size that takes least, MiB.
        least: f64,
        /// With the size that takes most, which is the figure, MiB.
        most: f64,
    },
    /// What a client reads ahead was measured, but not the limits that it has for it.
    ReadAhead,
    /// A part of memory that the samples cannot tell from the others.
    NotApart {
        /// The figure.
        figure: &'static str,
    },
    /// No idle sample has memory.
    NoIdleMemory,
    /// Too few samples of memory for all that they could say.
    LittleMemory,
    /// Contention was seen between one core and one other number only.
    OneStep {
        /// That number.
        cores: u32,
    },
    /// More numbers of cores, but too few samples of them for an interval.
    FewSteps,
    /// No such language is known, so that plans need a file for it.
    UnknownLanguage {
        /// Its name.
        language: String,
    },
    /// What plain code takes in this program over what it takes in another.
    OwnCode {
        /// The other.
        runtime: String,
        /// The ratio.
        value: f64,
        /// Lower end of its interval.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// What plain code is held against cannot be fitted.
    NoReference {
        /// Its name.
        runtime: String,
        /// Why not.
        reason: Box<Refusal>,
    },
    /// Work that no sample has, so that workloads which have it cannot be planned.
    NotMeasured {
        /// The figures.
        figures: Vec<&'static str>,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoIdle => f.write_str(
                "There is no sample at rate 0, so nothing is taken off for an idle process; what it burns is in the \
                 cost of an event.",
            ),
            Self::IdleByRate { estimate, has_fetch } => write!(
                f,
                "There is no sample at rate 0, so idling ({:.4} cores, {:.4} to {:.4}){} is told by how the cost of an event falls \
                 with the rate alone{}; three samples at rate 0 would tell.",
                estimate.value,
                estimate.low,
                estimate.high,
                if *has_fetch { ", like the fetch," } else { "" },
                if *has_fetch { ", and the intervals of both are wide" } else { "" },
            ),
            Self::NothingPlain { kinds } => write!(
                f,
                "No sample is of handler \"consume\", so reading an event cannot be told from handling it: consume is 0 \
                 and {} carr{} both.",
                kinds.join(", "),
                if kinds.len() == 1 { "ies" } else { "y" }
            ),
            Self::OneSize { part } => write!(
                f,
                "{part}: events of one size only, so all of its cost is per event; for other sizes the profile is a \
                 guess."
            ),
            Self::NoRates => f.write_str(
                "No work was measured without a backlog at rates a factor of 10 apart, so the cost of a fetch is in that of \
                 an event as it was at these rates.",
            ),
            Self::NoFetch => f.write_str("An event costs no more at low rates: a fetch has no cost of its own."),
            Self::LongRoundTrip { seconds } => write!(
                f,
                "The round trip of a fetch comes out at the {seconds} s at which the search ends; is what an idle \
                 process burns taken for fetches? Samples at rate 0 would tell."
            ),
            Self::Waking { core_seconds } => write!(
                f,
                "A call whose answer finds the consumer asleep takes {:.0} us more than io_call, which is that of a busy \
                 one: it limits nothing that a consumer can carry, but shows in the CPU of one that mostly waits.",
                core_seconds * 1e6
            ),
            Self::Clamped { figure, from, unit } => {
                let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
                write!(f, "{figure}: {from:.3}{unit}; taken as 0 and the rest fitted again.")
            }
            Self::NoInterval { figure } => write!(f, "{figure}: one sample, so its interval is not known."),
            Self::NoInFlight => f.write_str(
                "Memory was not measured with different numbers of events in flight, so what each of them holds is \
                 assumed.",
            ),
            Self::OneSizeInFlight => {
                f.write_str("Events in flight were of one size only, so all of their memory is per event.")
            }
            Self::MemoryBySize { least, most } => write!(
                f,
                "A process takes from {least:.0} to {most:.0} MiB, by the size of the events that it reads ahead: \
                 the most counts."
            ),
            Self::ReadAhead => f.write_str(
                "The client's limits are not known (--client), so the most that was held above an idle process is \
                 taken as the limit of what a client reads ahead.",
            ),
            Self::NotApart { figure } => write!(
                f,
                "{figure}: the samples cannot tell it from the other parts, so it is in those."
            ),
            Self::NoIdleMemory => f.write_str(
                "No sample at rate 0 has memory, so that what a client reads ahead cannot be told from base: it is in \
                 base.",
            ),
            Self::LittleMemory => f.write_str(
                "Too few samples of memory to tell its parts apart: only base is known, and what a process at work holds \
                 above it.",
            ),
            Self::OneStep { cores: 2 } => f.write_str(
                "Only 1 and 2 cores were measured: the step between them says little of larger machines, so sigma and \
                 kappa are assumed.",
            ),
            Self::OneStep { cores } => write!(
                f,
                "Only 1 and {cores} cores were measured: sigma is what explains the step between them, kappa is taken \
                 as 0, and both are marked as assumed."
            ),
            Self::FewSteps => f.write_str(
                "Too few samples on several cores for an interval of sigma and kappa, so both are marked as assumed.",
            ),
            Self::UnknownLanguage { language } => write!(
                f,
                "No language {language:?} is known: name one with --language, or put a file for it into the folder languages \
                 beside the profile. Plans with this profile need to know what own code takes in it."
            ),
            Self::OwnCode { runtime, value, low, high } => write!(
                f,
                "Plain code takes {value:.3} ({low:.3} to {high:.3}) of its CPU in {runtime}. That is one program; plans go by \
                 the spread over programs, own_code of the language."
            ),
            Self::NoReference { runtime, reason } => {
                write!(f, "Plain code is held against nothing: the samples of {runtime} cannot be fitted ({reason}).")
            }
            Self::NotMeasured { figures } => write!(
                f,
                "Not measured, so that workloads which need it cannot be planned with this profile: {}.",
                figures.join(", ")
            ),
        }
    }
}
