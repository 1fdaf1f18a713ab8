//! What an event costs: weighted least squares over the samples of work on one core.
//!
//! Processor time is measured with an error that is proportional to it: clocks, caches and neighbours make the
//! same work some per cent more or less expensive. So the errors that count are relative, and each row has the weight
//! 1/y^2, y being the measured cost. Unweighted, the expensive samples alone would make the fit. As expensive measurements
//! of the same work weigh a little less than cheap ones, costs come out low by 2 sigma^2 of the noise: 0.02 % for 1 %.

use crate::design::{Part, Term, terms};
use crate::estimate::{Estimate, Measured, half_width, mean};
use crate::least_squares::{Dependent, Rest, Solution, misfit, solve};
use crate::nonnegative::{self, BelowZero, Bounded, Failure};
use crate::note::Note;
use crate::refusal::Refusal;
use crate::sample::{Load, Sample};
use crate::search::minimum;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};
use std::collections::BTreeSet;
use tonnage_model::demand::fetch::FetchCost;

/// Least R2 of a fit that explains its samples.
const LEAST_R_SQUARED: f64 = 0.9;
/// Relative residuals that are this small make a good fit also where there was little to explain, s.
const SMALL_RESIDUALS: f64 = 0.05;
/// A cost for each event that is negative by this share of the cheapest event at most is the bend of a curve that is
/// fitted by a line, and no contradiction.
const BEND: f64 = 0.3;
/// Samples that have to speak of a figure.
const LEAST_SAMPLES: usize = 3;
/// Round trips that are searched, s: from a loopback to a fetch that waits as long as it may.
const ROUND_TRIPS: (f64, f64) = (10e-6, 1.0);

/// The cost of one fetch.
#[derive(Debug, Clone, PartialEq)]
pub struct FetchFit {
    /// F, core-seconds a fetch.
    pub cpu: Measured,
    /// T, s.
    pub round_trip: Measured,
}

/// The sample that the fit misses by most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Residual {
    /// Its line.
    pub line: usize,
    /// Measured less fitted, over measured.
    pub relative: f64,
}

/// How well the fit meets its samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// `1 - SSR/SST` of relative errors: SSR is the sum of `((y - fitted)/y)^2`, SST the least that any constant
    /// in place of `fitted` has. `None` where a constant is all that was fitted.
    pub r_squared: Option<f64>,
    /// Standard error of the relative residuals.
    pub typical: f64,
    /// The largest of them.
    pub largest: Residual,
}

/// The figures of a profile's `[cpu]`, in core-seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct CpuFit {
    /// Cores that an idle process burns.
    pub idle: Option<Measured>,
    /// Each unknown with its estimate, without the fetch.
    pub terms: Vec<(Term, Measured)>,
    /// Where rates were far enough apart.
    pub fetch: Option<FetchFit>,
    /// How well it fits.
    pub quality: Quality,
    /// Samples of work that went in.
    pub lines: BTreeSet<usize>,
}

impl CpuFit {
    /// The estimate of one unknown.
    pub fn term(&self, wanted: &Term) -> Option<&Measured> {
        self.terms.iter().find(|(term, _)| term == wanted).map(|(_, measured)| measured)
    }
}

/// Cores that an idle process burns, out of the samples at rate 0 on so many cores.
pub fn idle(samples: &[Sample], cores: u32) -> Option<Measured> {
    let idle = samples.iter().filter(|sample| sample.is_idle() && sample.cores == cores);
    mean(idle.filter_map(|sample| Some((sample.line, sample.cores_used?))))
}

/// The samples with work on so many cores, less what idling burns.
pub fn loads(samples: &[Sample], cores: u32, idle_cores: f64) -> Result<Vec<Load<'_>>, Refusal> {
    let mut loads = Vec::new();
    for sample in samples.iter().filter(|sample| sample.cores == cores && !sample.is_idle()) {
        let (Some(rate), Some(used), Some(bytes)) =
            (sample.events_per_second, sample.cores_used, sample.event_bytes)
        else {
            continue;
        };
        let cost = (used - idle_cores) / rate;
        if cost <= 0.0 {
            return Err(Refusal::NotAboveIdle { line: sample.line, cores_used: used, idle: idle_cores });
        }
        loads.push(Load { sample, rate, bytes, cost });
    }
    Ok(loads)
}

/// Fits the samples of work on one core.
pub fn fit(samples: &[Sample], notes: &mut Vec<Note>) -> Result<CpuFit, Refusal> {
    let idle = idle(samples, 1);
    let loads = loads(samples, 1, idle.as_ref().map_or(0.0, |it| it.estimate.value))?;
    if loads.is_empty() {
        return Err(Refusal::NoWork);
    }
    match &idle {
        None => notes.push(Note::NoIdle),
        Some(it) if it.lines.len() == 1 => notes.push(Note::NoInterval { figure: "idle_cores".to_owned() }),
        Some(_) => {}
    }
    let idle_half_width = idle.as_ref().map_or(0.0, |it| it.estimate.high - it.estimate.value);
    let problem = Problem { terms: terms(&loads, notes), loads, idle_half_width };
    let (problem, solved) = problem.fit_with_or_without_fetch(notes)?;
    let quality = problem.quality(&solved.solution)?;
    problem.note_clamped(&solved.bounded, notes);
    let waking = problem.terms.iter().zip(&solved.bounded).find(|(term, _)| **term == Term::Waking);
    notes.extend(waking.map(|(_, bounded)| Note::Waking { core_seconds: bounded.estimate.value }));
    let measured = |term: &Term, bounded: &Bounded| Measured {
        estimate: bounded.estimate,
        lines: problem.lines(|load| term.amount(load, 0.0) > 0.0),
    };
    let all = problem.terms.iter().zip(&solved.bounded);
    let all = all.map(|(term, bounded)| (term.clone(), measured(term, bounded)));
    let (fetch, terms): (Vec<_>, Vec<_>) = all.partition(|(term, _)| *term == Term::Fetch);
    let fetch = fetch.into_iter().next().map(|(_, cpu)| FetchFit {
        round_trip: Measured { estimate: solved.round_trip_interval(notes), lines: cpu.lines.clone() },
        cpu,
    });
    Ok(CpuFit { idle, terms, fetch, quality, lines: problem.lines(|_| true) })
}

/// Whether T came out at one end of the search.
fn is_at(end: f64, round_trip: f64) -> bool {
    (round_trip / end).ln().abs() < 1e-6
}

/// Whether the two unknowns of a fetch take away more of the misfit than chance would in 19 of 20 cases.
fn is_significant(with: &Solution, without: &Solution) -> bool {
    let degrees = with.degrees_of_freedom.max(1) as f64;
    let gain = (without.sum_of_squares - with.sum_of_squares) / 2.0;
    let limit = FisherSnedecor::new(2.0, degrees).map_or(f64::INFINITY, |f| f.inverse_cdf(0.95));
    gain > limit * with.sum_of_squares / degrees
}

/// What a fit of all unknowns came to.
struct Solved {
    bounded: Vec<Bounded>,
    solution: Solution,
    /// T, s.
    round_trip: f64,
    /// Whether its logarithm is the solution's last coefficient.
    has_round_trip: bool,
}

impl Solved {
    /// T with its interval, which is not known where the search ended.
    fn round_trip_interval(&self, notes: &mut Vec<Note>) -> Estimate {
        let (shortest, longest) = ROUND_TRIPS;
        match self.solution.coefficients.last() {
            Some(log) if self.has_round_trip => {
                let degrees = self.solution.degrees_of_freedom;
                let it = Estimate::by_factor(self.round_trip, log.standard_error, degrees);
                Estimate { low: it.low.max(shortest), high: it.high.min(longest), ..it }
            }
            _ => {
                notes.push(Note::LongRoundTrip { seconds: longest });
                Estimate::point(self.round_trip)
            }
        }
    }
}

/// Samples of work and the unknowns that they hold.
struct Problem<'s> {
    loads: Vec<Load<'s>>,
    terms: Vec<Term>,
    /// Half the 95 % interval of the idle cores that were subtracted, 0 where one sample tells them.
    idle_half_width: f64,
}

impl Problem<'_> {
    fn lines(&self, counts: impl Fn(&Load<'_>) -> bool) -> BTreeSet<usize> {
        self.loads.iter().filter(|load| counts(load)).map(|load| load.sample.line).collect()
    }

    /// The unknowns, T among them.
    fn figures(&self) -> usize {
        self.terms.len() + usize::from(self.terms.contains(&Term::Fetch))
    }

    /// Fits all unknowns, none of them below 0.
    fn fit(&self) -> Result<Solved, Refusal> {
        self.check_size()?;
        let mut bends = BTreeSet::new();
        loop {
            match self.fit_but_for(&bends) {
                Err(Failure::Negative { index, estimate })
                    if self.is_bend(index, estimate.value) && bends.insert(index) => {}
                solved => return solved.map_err(|failure| self.refusal(failure)),
            }
        }
    }

    /// Whether a negative part for each event is so small a share of the cheapest event that has it, that it says
    /// only that the cost of a byte is not the same for all sizes. The line then begins at 0.
    fn is_bend(&self, index: usize, estimate: f64) -> bool {
        let Some(term @ Term::Event(part)) = self.terms.get(index) else { return false };
        let having = self.loads.iter().filter(|load| term.amount(load, 0.0) > 0.0);
        let cheapest = having.map(|load| load.cost).fold(f64::INFINITY, f64::min);
        *part != Part::Call && self.terms.contains(&Term::Byte(part.clone())) && -estimate <= BEND * cheapest
    }

    /// The same, where those in `bends` are taken as 0 even if they are negative beyond doubt.
    fn fit_but_for(&self, bends: &BTreeSet<usize>) -> Result<Solved, Failure<Refusal>> {
        let (mut round_trip, mut has_round_trip) = (0.0, false);
        let below_zero = |index| match bends.contains(&index) {
            true => BelowZero::Clamped,
            false => BelowZero::Refused,
        };
        let (bounded, solution) = nonnegative::fit(self.terms.len(), below_zero, |free| {
            if free.iter().any(|&it| self.terms.get(it) == Some(&Term::Fetch)) {
                round_trip = self.search(free);
                let solution = self.solve_at_best(free, round_trip)?;
                has_round_trip = solution.coefficients.len() > free.len();
                Ok(solution)
            } else {
                self.solve(free, 0.0)
            }
        })?;
        Ok(Solved { bounded, solution, round_trip, has_round_trip })
    }

    /// Fits with the cost of a fetch where that explains more than chance would, else without.
    ///
    /// As T is searched for, F by itself would look sure too often; what counts is what both together explain,
    /// by Fisher's F. Source: D. M. Bates, D. G. Watts, *Nonlinear Regression Analysis and Its Applications*,
    /// 1988, section 3.10.
    fn fit_with_or_without_fetch(mut self, notes: &mut Vec<Note>) -> Result<(Self, Solved), Refusal> {
        if !self.terms.contains(&Term::Fetch) {
            return self.fit().map(|solved| (self, solved));
        }
        self.check_size()?;
        let with = self.fit();
        let terms = self.terms.clone();
        self.terms.retain(|term| *term != Term::Fetch);
        let without = self.fit();
        let explains = |with: &Solved| {
            let is_positive = terms
                .iter()
                .zip(&with.bounded)
                .any(|(term, it)| *term == Term::Fetch && it.estimate.value > 0.0);
            let is_told_from_an_event = !is_at(ROUND_TRIPS.0, with.round_trip);
            is_positive
                && is_told_from_an_event
                && without.as_ref().map_or(true, |without| is_significant(&with.solution, &without.solution))
        };
        match (with, &without) {
            (Ok(with), _) if explains(&with) => {
                self.terms = terms;
                Ok((self, with))
            }
            // A fetch that costs nothing can make other costs negative in its place; then the rest is a good fit.
            (Err(refusal), Ok(without)) if self.quality(&without.solution).is_err() => Err(refusal),
            (Err(refusal), Err(_)) => Err(refusal),
            _ => {
                notes.push(Note::NoFetch);
                without.map(|solved| (self, solved))
            }
        }
    }

    fn check_size(&self) -> Result<(), Refusal> {
        let (samples, figures) = (self.loads.len(), self.figures());
        // Waking is no figure of the profile: one sample of it is better than none.
        for term in self.terms.iter().filter(|term| **term != Term::Waking) {
            let speaking = self.loads.iter().filter(|load| term.amount(load, 0.0) > 0.0).count();
            if speaking < LEAST_SAMPLES {
                let figure = term.to_string();
                return Err(Refusal::FewFor { figure, samples: speaking, least: LEAST_SAMPLES });
            }
        }
        if samples < figures + 2 { Err(Refusal::TooFew { samples, figures }) } else { Ok(()) }
    }

    /// A column for each free unknown, its rows over y: the square root of their weight.
    fn columns(&self, free: &[usize], round_trip: f64) -> Vec<Vec<f64>> {
        let column = |term: &Term| {
            self.loads.iter().map(|load| term.amount(load, round_trip) / load.cost).collect::<Vec<f64>>()
        };
        free.iter().filter_map(|&it| self.terms.get(it)).map(column).collect()
    }

    /// y over y.
    fn target(&self) -> Vec<f64> {
        vec![1.0; self.loads.len()]
    }

    fn solve(&self, free: &[usize], round_trip: f64) -> Result<Solution, Refusal> {
        self.solve_columns(&self.columns(free, round_trip)).map_err(|dependent| {
            let term = free.get(dependent.column).and_then(|&it| self.terms.get(it));
            Refusal::Inseparable { figure: term.map(ToString::to_string).unwrap_or_default() }
        })
    }

    /// Solves, and adds to each error what comes of the error of the idle cores, which were subtracted from all samples
    /// alike: at rate x the cost of an event moves by 1/x of it, and each coefficient by what the columns make of that
    /// (delta method). The half width stands for the error, so that idling has the t of its own samples.
    fn solve_columns(&self, columns: &[Vec<f64>]) -> Result<Solution, Dependent> {
        let mut solution = solve(columns, &self.target())?;
        if self.idle_half_width > 0.0 {
            let moves: Vec<f64> = self.loads.iter().map(|load| 1.0 / load.rate / load.cost).collect();
            let moved = solve(columns, &moves)?;
            let idle_error = self.idle_half_width / half_width(1.0, solution.degrees_of_freedom);
            for (it, by) in solution.coefficients.iter_mut().zip(moved.coefficients) {
                it.standard_error = it.standard_error.hypot(by.value * idle_error);
            }
        }
        Ok(solution)
    }

    /// T for which all that is free fits best.
    fn search(&self, free: &[usize]) -> f64 {
        let is_fetch = |it: &usize| self.terms.get(*it) == Some(&Term::Fetch);
        let (fetch, others): (Vec<usize>, Vec<usize>) = free.iter().copied().partition(is_fetch);
        let rest = Rest::beside(&self.columns(&others, 0.0), self.loads.len());
        let target = rest.of(&self.target());
        let misfit_at = |log: f64| {
            let columns = self.columns(&fetch, log.exp());
            columns.first().map_or(f64::INFINITY, |column| misfit(&rest.of(column), &target))
        };
        minimum(ROUND_TRIPS.0.ln(), ROUND_TRIPS.1.ln(), misfit_at).exp()
    }

    /// Solves with T as an unknown beside the others, at the point where it already has its best value, so that
    /// the intervals take in that T is uncertain too (delta method). Its logarithm is the last coefficient.
    fn solve_at_best(&self, free: &[usize], round_trip: f64) -> Result<Solution, Refusal> {
        let alone = self.solve(free, round_trip)?;
        // There only F/T is known, and neither of the two.
        if is_at(ROUND_TRIPS.1, round_trip) {
            return Ok(alone);
        }
        let fetch = free.iter().position(|&it| self.terms.get(it) == Some(&Term::Fetch));
        let cpu = fetch.and_then(|at| alone.coefficients.get(at)).map_or(0.0, |it| it.value);
        let mut columns = self.columns(free, round_trip);
        // dy / d ln T = -F x T (1 - exp(-x T)) / (x T + exp(-x T))^2, over y.
        let slope = |load: &Load<'_>| {
            let arrivals = load.rate * round_trip;
            let share = load.fetch_share(FetchCost { core_seconds: cpu, round_trip_seconds: round_trip });
            share * arrivals * (-arrivals).exp_m1() / (arrivals + (-arrivals).exp()) / load.cost
        };
        columns.push(self.loads.iter().map(slope).collect());
        Ok(self.solve_columns(&columns).unwrap_or(alone))
    }

    fn quality(&self, solution: &Solution) -> Result<Quality, Refusal> {
        let inverse = |power: i32| self.loads.iter().map(|load| load.cost.powi(-power)).sum::<f64>();
        let constant = inverse(1) / inverse(2);
        let total: f64 = self.loads.iter().map(|load| (1.0 - constant / load.cost).powi(2)).sum();
        let is_constant = self.terms.len() == 1;
        let r_squared = (!is_constant).then(|| 1.0 - solution.sum_of_squares / total);
        let typical = (solution.sum_of_squares / solution.degrees_of_freedom.max(1) as f64).sqrt();
        let largest = self
            .loads
            .iter()
            .zip(&solution.residuals)
            .map(|(load, &relative)| Residual { line: load.sample.line, relative })
            .max_by(|one, other| one.relative.abs().total_cmp(&other.relative.abs()))
            .ok_or(Refusal::NoWork)?;
        match r_squared {
            Some(r_squared) if r_squared < LEAST_R_SQUARED && typical > SMALL_RESIDUALS => {
                Err(Refusal::Poor {
                    r_squared,
                    least: LEAST_R_SQUARED,
                    typical,
                    largest: largest.relative,
                    line: largest.line,
                })
            }
            _ => Ok(Quality { r_squared, typical, largest }),
        }
    }

    fn note_clamped(&self, bounded: &[Bounded], notes: &mut Vec<Note>) {
        for (term, bounded) in self.terms.iter().zip(bounded) {
            if let Some(from) = bounded.clamped_from {
                let (scale, unit) = term.unit();
                notes.push(Note::Clamped { figure: term.to_string(), from: from * scale, unit });
            }
        }
    }

    fn refusal(&self, failure: Failure<Refusal>) -> Refusal {
        let (index, estimate) = match failure {
            Failure::Solving(refusal) => return refusal,
            Failure::Negative { index, estimate } => (index, estimate),
        };
        let (scale, unit) = self.terms.get(index).map_or((1.0, ""), Term::unit);
        let figure = self.terms.get(index).map(ToString::to_string).unwrap_or_default();
        Refusal::Negative { figure, estimate: estimate.scaled(scale), unit }
    }
}
