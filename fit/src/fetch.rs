//! The cost of a fetch in what an event costs: its round trip is searched, and it stays only where it explains something.

use crate::cpu::{Problem, Solved};
use crate::design::Term;
use crate::estimate::Estimate;
use crate::least_squares::{Rest, Solution, misfit, solve};
use crate::note::Note;
use crate::refusal::Refusal;
use crate::sample::Load;
use crate::search::minimum;
use statrs::distribution::{ContinuousCDF, FisherSnedecor};
use tonnage_model::demand::fetch::FetchCost;

/// Round trips that are searched, s: from a loopback to a fetch that waits as long as it may.
const ROUND_TRIPS: (f64, f64) = (10e-6, 1.0);

/// Whether T came out at one end of the search.
fn is_at(end: f64, round_trip: f64) -> bool {
    (round_trip / end).ln().abs() < 1e-6
}

/// Whether the two unknowns of a fetch take away more of the misfit than chance would in 19 of 20 cases. `without` is the
/// sum of squares that is left without them.
fn is_significant(with: &Solution, without: f64) -> bool {
    let degrees = with.degrees_of_freedom.max(1) as f64;
    let gain = (without - with.sum_of_squares) / 2.0;
    let limit = FisherSnedecor::new(2.0, degrees).map_or(f64::INFINITY, |f| f.inverse_cdf(0.95));
    gain > limit * with.sum_of_squares / degrees
}

impl Solved {
    /// T with its interval, which is not known where the search ended.
    pub(crate) fn round_trip_interval(&self, notes: &mut Vec<Note>) -> Estimate {
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

impl Problem<'_> {
    /// Fits with the cost of a fetch where that explains more than chance would, else without.
    ///
    /// As T is searched for, F by itself would look sure too often; what counts is what both together explain,
    /// by Fisher's F. Source: D. M. Bates, D. G. Watts, *Nonlinear Regression Analysis and Its Applications*,
    /// 1988, section 3.10.
    pub(crate) fn fit_with_or_without_fetch(
        mut self,
        notes: &mut Vec<Note>,
    ) -> Result<(Self, Solved), Refusal> {
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
                && without.as_ref().map_or(true, |without| {
                    is_significant(&with.solution, self.misfit_with_idle_off(without))
                })
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

    /// The sum of squares with the idle cores as far off, within their error, as fits best: idling that is taken too low
    /// looks like a fetch, since both weigh most at low rates.
    fn misfit_with_idle_off(&self, solved: &Solved) -> f64 {
        let found = solved.solution.sum_of_squares;
        if self.idle_error == 0.0 {
            return found;
        }
        let free: Vec<usize> =
            (0..self.terms.len()).filter(|&at| solved.bounded[at].estimate.value > 0.0).collect();
        let columns = self.columns(&free, 0.0);
        let moves: Vec<f64> = self.loads.iter().map(|load| 1.0 / load.rate / load.cost).collect();
        let mut with_idle = columns.clone();
        with_idle.push(moves.clone());
        let Ok(best) = solve(&with_idle, &self.target()) else { return found };
        let off = best.coefficients.last().map_or(0.0, |it| it.value);
        if off.abs() <= self.idle_error {
            return best.sum_of_squares;
        }
        let off = self.idle_error.copysign(off);
        let target: Vec<f64> = self.target().iter().zip(moves).map(|(y, by)| y - off * by).collect();
        solve(&columns, &target).map_or(found, |it| it.sum_of_squares)
    }

    /// T for which all that is free fits best.
    pub(crate) fn search(&self, free: &[usize]) -> f64 {
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
    pub(crate) fn solve_at_best(&self, free: &[usize], round_trip: f64) -> Result<Solution, Refusal> {
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
}
