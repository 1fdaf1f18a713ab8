//! What an event costs: weighted least squares over the samples of work on one core.
//!
//! Processor time is measured with an error that is proportional to it: clocks, caches and neighbours make the
//! same work some per cent more or less expensive. So the errors that count are relative, and each row has the weight
//! 1/y^2, y being the measured cost. Unweighted, the expensive samples alone would make the fit. As expensive measurements
//! of the same work weigh a little less than cheap ones, costs come out low by 2 sigma^2 of the noise: 0.02 % for 1 %.

use crate::design::{Part, Term, terms};
use crate::estimate::{Measured, half_width, mean};
use crate::least_squares::{Dependent, Solution, solve};
use crate::nonnegative::{self, BelowZero, Bounded, Failure};
use crate::note::Note;
use crate::refusal::Refusal;
use crate::sample::{Load, Sample};
use std::collections::BTreeSet;

/// Least R2 of a fit that explains its samples.
const LEAST_R_SQUARED: f64 = 0.9;
/// Relative residuals that are this small make a good fit also where there was little to explain, s.
const SMALL_RESIDUALS: f64 = 0.05;
/// A cost for each event that is negative by this share of the cheapest event at most is the bend of a curve that is
/// fitted by a line, and no contradiction.
const BEND: f64 = 0.3;
/// Samples that have to speak of a figure.
const LEAST_SAMPLES: usize = 3;
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
    let mut terms = terms(&loads, notes);
    match &idle {
        None if terms.contains(&Term::Fetch) => terms.push(Term::Idle),
        None => notes.push(Note::NoIdle),
        Some(it) if it.lines.len() == 1 => notes.push(Note::NoInterval { figure: "idle_cores".to_owned() }),
        Some(_) => {}
    }
    let idle_half_width = idle.as_ref().map_or(0.0, |it| it.estimate.high - it.estimate.value);
    // The error of a single sample is not known; it may be all of it.
    let idle_error = idle.as_ref().map_or(0.0, |it| match it.lines.len() {
        1 => it.estimate.value,
        _ => idle_half_width,
    });
    let problem = Problem { terms, loads, idle_half_width, idle_error };
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
    let (by_rate, terms): (Vec<_>, Vec<_>) = terms.into_iter().partition(|(term, _)| *term == Term::Idle);
    if let Some((_, idle)) = by_rate.first() {
        notes.push(Note::IdleByRate { estimate: idle.estimate, has_fetch: !fetch.is_empty() });
    }
    let idle = idle.or_else(|| by_rate.into_iter().next().map(|(_, idle)| idle));
    let is_read = |part: &Part| matches!(part, Part::Consume | Part::Handler(_));
    let is_of_event = |term: &Term| matches!(term, Term::Event(part) | Term::Byte(part) if is_read(part));
    let is_free = |(term, it): &(Term, Measured)| !is_of_event(term) || it.estimate.value == 0.0;
    if !fetch.is_empty() && terms.iter().all(is_free) {
        return Err(Refusal::OnlyFetch);
    }
    let fetch = fetch.into_iter().next().map(|(_, cpu)| FetchFit {
        round_trip: Measured { estimate: solved.round_trip_interval(notes), lines: cpu.lines.clone() },
        cpu,
    });
    Ok(CpuFit { idle, terms, fetch, quality, lines: problem.lines(|_| true) })
}

/// What a fit of all unknowns came to.
pub(crate) struct Solved {
    pub bounded: Vec<Bounded>,
    pub solution: Solution,
    /// T, s.
    pub round_trip: f64,
    /// Whether its logarithm is the solution's last coefficient.
    pub has_round_trip: bool,
}

/// Samples of work and the unknowns that they hold.
pub(crate) struct Problem<'s> {
    pub loads: Vec<Load<'s>>,
    pub terms: Vec<Term>,
    /// Half the 95 % interval of the idle cores that were subtracted, 0 where one sample tells them.
    idle_half_width: f64,
    /// How far they may be off, cores.
    pub idle_error: f64,
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
    ///
    /// Where idling is one of them and comes out at 0, it may still be as much as its upper end, as if that were the half
    /// width of a measurement of 0.
    pub fn fit(&self) -> Result<Solved, Refusal> {
        let solved = self.fit_unknowns()?;
        let Some(at) = self.terms.iter().position(|term| *term == Term::Idle) else { return Ok(solved) };
        let idle = solved.bounded[at];
        if idle.estimate.value > 0.0 || idle.estimate.high == 0.0 {
            return Ok(solved);
        }
        let mut terms = self.terms.clone();
        terms.remove(at);
        let (loads, idle_half_width) = (self.loads.clone(), idle.estimate.high);
        let mut again = Problem { terms, loads, idle_half_width, ..*self }.fit_unknowns()?;
        again.bounded.insert(at, Bounded { clamped_from: None, ..idle });
        Ok(again)
    }

    fn fit_unknowns(&self) -> Result<Solved, Refusal> {
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

    pub fn check_size(&self) -> Result<(), Refusal> {
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
    pub fn columns(&self, free: &[usize], round_trip: f64) -> Vec<Vec<f64>> {
        let column = |term: &Term| {
            self.loads.iter().map(|load| term.amount(load, round_trip) / load.cost).collect::<Vec<f64>>()
        };
        free.iter().filter_map(|&it| self.terms.get(it)).map(column).collect()
    }

    /// y over y.
    pub fn target(&self) -> Vec<f64> {
        vec![1.0; self.loads.len()]
    }

    pub fn solve(&self, free: &[usize], round_trip: f64) -> Result<Solution, Refusal> {
        self.solve_columns(&self.columns(free, round_trip)).map_err(|dependent| {
            let term = free.get(dependent.column).and_then(|&it| self.terms.get(it));
            Refusal::Inseparable { figure: term.map(ToString::to_string).unwrap_or_default() }
        })
    }

    /// Solves, and adds to each error what comes of the error of the idle cores, which were subtracted from all samples
    /// alike: at rate x the cost of an event moves by 1/x of it, and each coefficient by what the columns make of that
    /// (delta method). The half width stands for the error, so that idling has the t of its own samples.
    pub fn solve_columns(&self, columns: &[Vec<f64>]) -> Result<Solution, Dependent> {
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

    pub fn quality(&self, solution: &Solution) -> Result<Quality, Refusal> {
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
