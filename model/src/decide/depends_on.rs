//! What a verdict turns on that nobody has said: each such figure is moved over its range by itself, and where the verdict
//! changes with it there is none, but a question. What is told for a value is what is decided where that is given.

use crate::blank::Blank;
use crate::cost::bill::reaches;
use crate::decide::answer::Verdict;
pub use crate::decide::answer::{Answer, DependsOn, Given};
use crate::decide::baseline::Footing;
use crate::decide::change::Change;
use crate::decide::known::Known;
use crate::decide::options::Options;
use crate::decide::planner::Planner;
use crate::decide::resize::least_resize_saving;
use crate::decide::unsaid::{Quantity, Unsaid};
use crate::decide::verdict::{Depth, Settled};
use crate::machine::Machine;
use crate::problem::{Problem, RangeEnd};
use crate::workload::Workload;
use std::cell::RefCell;

/// Figures beside the one asked for that answers take for given, at most.
const MOST_GIVEN: usize = 8;

/// Figures that nobody has said on which a verdict turns.
#[derive(Debug, Clone, Default)]
pub struct Questions {
    /// The first that is likely to change it.
    pub asked: Option<DependsOn>,
    /// Where nothing is asked and the verdict is a change of code, the blank `in_flight` that makes it needless.
    pub unless: Option<DependsOn>,
    /// Where nothing is asked and what is recommended mends what falls behind, the first that is likely to have something else mend it.
    pub mended_by: Option<DependsOn>,
    /// Where nothing is asked and machines are right-sized, the plan with fetches that wait least today, where that is worth asking.
    pub cheaper: Option<Answer>,
}

/// The figures that nobody has said on which a verdict turns. A goal that counts for nothing has no part in them.
pub fn questions(problem: &Problem<'_>, planner: &Planner<'_>, known: &Known<'_>) -> Questions {
    if known.footing.is_contradictory {
        return Questions::default();
    }
    if problem.untimed_goal_seconds().is_some() {
        let workload = Workload { p99_seconds: None, ..problem.workload.clone() };
        return questions(&Problem { workload: &workload, ..problem.clone() }, planner, known);
    }
    let asking = Asking::of(planner, known);
    if let Some(turn) = asking.turns_on_own_code(problem, &known.settled.verdict) {
        return Questions { asked: Some(asking.told(problem, turn, known)), ..Questions::default() };
    }
    let told = |turn: Option<Turn>| Some(asking.told(problem, turn?, known)).filter(decides);
    let [likely, _] = asking.turns(problem, known, false);
    let asked = told(likely)
        .or_else(|| asking.in_another_runtime(problem, known))
        .or_else(|| asking.once_followed(problem, known))
        .map(|asked| asking.by_concurrency(problem, known, asked));
    if asked.is_some() {
        return Questions { asked, ..Questions::default() };
    }
    let unless = told(asking.turns_on_in_flight(problem, known));
    let (mended_by, cheaper) = (asking.mended_by(problem, known), asking.cheaper(problem, known));
    Questions { asked, unless, mended_by, cheaper }
}

/// The first figure that nobody has said which would have to be near an end of its range to change a verdict, where nothing is asked.
pub(super) fn unlikely(problem: &Problem<'_>, planner: &Planner<'_>, known: &Known<'_>) -> Option<DependsOn> {
    let asking = Asking::of(planner, known);
    let [_, unlikely] = asking.turns(problem, known, true);
    Some(asking.told(problem, unlikely?, known)).filter(decides)
}

/// A figure on which the answer turns: of two values of it, from the one that is assumed to another.
pub(super) struct Turn {
    pub quantity: Quantity,
    pub from: f64,
    pub to: f64,
}

/// A figure with a value, as if it had been given.
#[derive(Clone)]
pub(super) struct Put(Quantity, f64);

/// An answer, with what runs today then.
pub(super) type At = (Answer, Footing);

/// What questions are looked for with.
pub(super) struct Asking<'q, 'a> {
    pub planner: &'q Planner<'a>,
    /// The machine type that is looked at first for today's runtime.
    pub near: Option<&'q Machine>,
    /// Whether two ways to mend what falls behind are two answers.
    pub tells_steps: bool,
    /// The answers found so far, each to a workload, with as much of it as was found out.
    pub answers: RefCell<Vec<(Workload, Depth, At)>>,
}

impl<'q, 'a> Asking<'q, 'a> {
    /// What is asked of a problem that is decided as far as it is known.
    fn of(planner: &'q Planner<'a>, known: &'q Known<'_>) -> Self {
        let near = known.in_current.as_ref().ok().map(|plan| plan.machine);
        Self { planner, near, tells_steps: false, answers: RefCell::default() }
    }

    /// The answer to a problem, as far as it is known.
    fn answer(&self, problem: &Problem<'_>, known: &Known<'_>) -> At {
        let today = problem.usd_per_month_today(&self.planner.policy);
        (known.settled.answer(today), known.footing)
    }

    pub(super) fn at(&self, problem: &Problem<'_>) -> At {
        self.at_depth(problem, Depth::Verdict)
    }

    /// The answer to a problem, of which at least so much is found out, kept for when it is asked again.
    fn at_depth(&self, problem: &Problem<'_>, depth: Depth) -> At {
        let is_it = |(it, least, _): &&(Workload, Depth, At)| *least >= depth && it == problem.workload;
        if let Some((_, _, at)) = self.answers.borrow().iter().find(is_it) {
            return at.clone();
        }
        let known = Known::of(problem, self.planner, self.near, depth);
        let at = self.answer(problem, &known);
        // Only of a step that mends what falls behind is less found out than all.
        let is_step = known.footing.lags && matches!(at.0.verdict, Verdict::Alternative { .. });
        let depth = if is_step { depth } else { Depth::Verdict };
        self.answers.borrow_mut().push((problem.workload.clone(), depth, at.clone()));
        at
    }

    pub(super) fn known<'v>(&self, problem: &Problem<'v>) -> Known<'v>
    where
        'a: 'v,
    {
        let (Answer { verdict, to, usd_per_month, .. }, footing) = self.at(problem);
        let to = self.planner.runtimes.iter().copied().find(|it| Some(&it.name) == to.as_ref());
        let settled = Settled { verdict, to, usd_per_month, worth_up_to: None };
        let in_current = self.planner.cheapest_near(problem, problem.current, self.near);
        Known { footing, in_current, settled }
    }

    /// Whether the answer to a problem, of what can be, is to do something else than the one that is assumed. What falls behind at peak
    /// in both is mended now: by machines or a smaller step, whichever it takes as far as is known.
    fn is_other(&self, problem: &Problem<'_>, assumed: &At, known: &Known<'_>) -> bool {
        let is_mended = !self.tells_steps && known.footing.lags && assumed.0.verdict.mends();
        let other = self.at_depth(problem, if self.tells_steps { Depth::Verdict } else { Depth::Kind });
        let mends_too = is_mended && other.1.lags && other.0.verdict.mends();
        // What has no plan is no better known by machines that are no worse.
        let is_no_worse =
            |it: &At, has_plan: &dyn Fn() -> bool| it.0.verdict == Verdict::RightSize && !has_plan();
        let keeps = |it: &At| it.0.verdict == Verdict::Stay || self.is_for_room(it);
        let has_plan = || self.planner.priced(problem, problem.current, RangeEnd::Best).is_some();
        let keeps_too = (keeps(assumed) || is_no_worse(assumed, &|| known.in_current.is_ok()))
            && (keeps(&other) || is_no_worse(&other, &has_plan));
        known.admits(&other.1) && !mends_too && !keeps_too && !self.does_for(&assumed.0, &other.0)
    }

    /// Whether other machines have room for what is at its limit and save too little to be worth it alone, which is no question.
    fn is_for_room(&self, (answer, footing): &At) -> bool {
        let bills = answer.usd_per_month.zip(answer.saves_usd_per_month);
        let is_little =
            |(usd, saves): (f64, f64)| !reaches(saves, least_resize_saving(self.planner, usd + saves, false));
        footing.is_at_limit && answer.verdict == Verdict::RightSize && bills.is_some_and(is_little)
    }

    /// Whether an answer is to do the same as another one; where steps are told, as much in flight does for less.
    fn does_for(&self, it: &Answer, other: &Answer) -> bool {
        let in_flight = |answer: &Answer| match answer.verdict {
            Verdict::Alternative { change: Some(change @ Change::InFlight(_)), .. } => Some(change),
            _ => None,
        };
        let is_enough = in_flight(it).zip(in_flight(other)).is_none_or(|(it, other)| it.does_for(other));
        it.agrees(other) && (is_enough || !self.tells_steps)
    }

    /// The answer with the bill of the plan to run, where it is of another runtime: that is compared by the cheapest one.
    pub(super) fn to_run(&self, problem: &Problem<'_>) -> Answer {
        let (answer, _) = self.at(problem);
        let runtime = self.planner.runtimes.iter().find(|it| Some(&it.name) == answer.to.as_ref());
        let priced = |runtime| {
            // Where an idle hyper-thread decides, the bill is the one with what that gives.
            let least = self.planner.least(problem, runtime, RangeEnd::Best)?;
            let is_own = answer.usd_per_month == Some(least.usd_per_month);
            if is_own { self.planner.priced(problem, runtime, RangeEnd::Best) } else { None }
        };
        let Some(priced) = runtime.and_then(|runtime| priced(runtime)) else { return answer };
        let today = problem.usd_per_month_today(&self.planner.policy);
        answer.at_bill(priced.usd_per_month, today)
    }

    /// The first figure that is likely to change the answer, and, where that is asked, the first that would have to be unlikely.
    pub(super) fn turns(
        &self,
        problem: &Problem<'_>,
        known: &Known<'_>,
        asks_unlikely: bool,
    ) -> [Option<Turn>; 2] {
        let unsaid = Unsaid::of(problem, self.planner, known);
        if unsaid.is_empty() || self.is_settled(problem, known, &unsaid) {
            return [None, None];
        }
        let can_be = |problem: &Problem<'_>| known.admits(&Footing::of(problem, self.planner));
        let mut unlikely = None;
        let is_one = unsaid.len() == 1;
        let is_open = |it: &Unsaid| is_one || !self.is_settled(problem, known, std::slice::from_ref(it));
        // Whether several may be in flight is part of a step.
        let counts = |it: &Unsaid| !(self.tells_steps && it.quantity == Quantity::InFlight) && is_open(it);
        for it in unsaid.into_iter().filter(counts) {
            let quantity = || it.quantity.clone();
            let at = |value: f64| it.quantity.at(value, problem, &|problem| self.at(problem));
            // A blank cell lets today run where the same figure given may not.
            let given = if it.quantity.is_read_leniently() { at(it.assumed) } else { None };
            let given = given.filter(|(_, footing)| known.admits(footing));
            let assumed = given.unwrap_or_else(|| self.answer(problem, known));
            let is_other = |value: f64| {
                let is_other = |problem: &Problem<'_>| self.is_other(problem, &assumed, known);
                it.quantity.at(value, problem, &is_other) == Some(true)
            };
            for end in [it.low, it.high].into_iter().filter(|end| *end != it.assumed) {
                let can = |value: f64| it.quantity.at(value, problem, &can_be) == Some(true);
                let last = it.last_possible(it.likely(end), can);
                let Some(to) = it.quantity.last_written(it.assumed, last) else { continue };
                if is_other(to) {
                    let from = it.first_possible(to, can);
                    return [Some(Turn { quantity: quantity(), from, to }), unlikely];
                }
                if asks_unlikely && unlikely.is_none() && last != end && is_other(end) {
                    unlikely = Some(Turn { quantity: quantity(), from: to, to: end });
                }
            }
        }
        [None, unlikely]
    }

    /// Where the answer changes, and what it is on both sides. What these turn on as well is taken for what is assumed of it, and
    /// told with them.
    pub(super) fn told(&self, problem: &Problem<'_>, turn: Turn, known: &Known<'_>) -> DependsOn {
        let Turn { quantity, from, to } = turn;
        let mut threshold = quantity.written(from.max(to));
        let mut all = Vec::new();
        loop {
            let with = |value: f64| [&all[..], &[Put(quantity.clone(), value)]].concat();
            let at = |value: f64| given(&with(value), problem, &|problem| self.at(problem));
            let as_given = at(from).filter(|(_, footing)| known.admits(footing));
            let may_be_given = as_given.is_some() && quantity.written(from) == from;
            let as_given = as_given.filter(|_| !self.tells_steps);
            let assumed = as_given.unwrap_or_else(|| self.answer(problem, known));
            let is_other = |value: f64| {
                let is_other = |problem: &Problem<'_>| self.is_other(problem, &assumed, known);
                given(&with(value), problem, &is_other) == Some(true)
            };
            let is_turning = is_other(to);
            if is_turning {
                // With one more figure given it is most often where it was without.
                let near = if all.is_empty() { from } else { threshold };
                let [last, first] = quantity.divided_near(near, [from, to], is_other);
                threshold = last.max(first);
            }
            let sides = [quantity.just_below(threshold), threshold];
            // Which step mends it is told with all else blank, as it is advised.
            let open = |problem: &Problem<'_>| if self.tells_steps { None } else { self.open(problem) };
            let open_at = |value| given(&with(value), problem, &open).flatten();
            let open = if all.len() < MOST_GIVEN { sides.into_iter().find_map(open_at) } else { None };
            let Some(open) = open else {
                let answer = |value| given(&with(value), problem, &|problem| self.to_run(problem));
                let told = |side| answer(side).map(|answer| Answer { at: Some(side), ..answer });
                // On its own side what is assumed says how much is at stake, if that is an answer.
                let far = if may_be_given && open_at(from).is_none() { told(from) } else { None };
                // A step is the one that is recommended, which may do for more than is assumed.
                let far = far.map(|far| match self.tells_steps && far.agrees(&assumed.0) {
                    true => Answer { verdict: assumed.0.verdict.clone(), ..far },
                    false => far,
                });
                let [below, above] = sides.map(|side| {
                    let near = told(side).unwrap_or_else(|| assumed.0.clone());
                    let is_own_side = (side < threshold) == (from < threshold);
                    let Some(far) = far.clone().filter(|_| is_own_side) else { return near };
                    let is_same = self.tells_steps || far.leads_to() == near.leads_to();
                    match far.agrees(&near) {
                        true if is_same => far,
                        // Of two steps that mend it on one side the first to take is that of what is assumed.
                        false if far.verdict.mends() && near.verdict.mends() => {
                            Answer { nearer: Some(Box::new(near)), ..far }
                        }
                        _ => near,
                    }
                });
                let (column, language) = (quantity.column(), quantity.language());
                // With the others given it may decide nothing any more, and then it does without them.
                let is_same = self.does_for(&below, &above) && self.does_for(&above, &below);
                let threshold = (is_turning && !is_same).then_some(threshold);
                let ends = || self.at_ends(problem, &quantity, [from.min(to), from.max(to)]);
                let ends = if is_same && !all.is_empty() { ends() } else { None };
                let at_ends = ends.is_some();
                let given = if at_ends { Vec::new() } else { all.into_iter().map(Put::told).collect() };
                let [below, above] = ends.unwrap_or([below, above]);
                return DependsOn { column, language, threshold, given, at_ends, holds: None, below, above };
            };
            all.push(open);
        }
    }

    /// The answers at two values of a figure, the lower one first, each as far as it holds, where they differ and ask nothing else.
    fn at_ends(&self, problem: &Problem<'_>, quantity: &Quantity, ends: [f64; 2]) -> Option<[Answer; 2]> {
        let at = |value: f64| {
            let decided = |problem: &Problem<'_>| self.open(problem).is_none().then(|| self.to_run(problem));
            let answer = quantity.at(value, problem, &decided).flatten()?;
            (quantity.written(value) == value).then_some(Answer { at: Some(value), ..answer })
        };
        let answers = [at(ends[0])?, at(ends[1])?];
        let last = |it: usize| {
            let is_other = |value| at(value).is_none_or(|other| !other.agrees(&answers[it]));
            at(quantity.divided(ends[it], ends[1 - it], is_other)[0])
        };
        if answers[0].agrees(&answers[1]) { None } else { Some([last(0)?, last(1)?]) }
    }

    /// What has to be given before there is an answer, as it is assumed and would be written.
    pub(super) fn open(&self, problem: &Problem<'_>) -> Option<Put> {
        let known = self.known(problem);
        if let Some(turn) = self.turns_on_own_code(problem, &known.settled.verdict) {
            return Some(Put(turn.quantity, turn.from));
        }
        let [likely, _] = self.turns(problem, &known, false);
        let in_assumed = problem.workload.blanks.has(Blank::CurrentRuntime) && known.settled.to.is_some();
        let put = |quantity: Quantity, from: f64| {
            let written = quantity.written(from);
            Put(quantity, written)
        };
        likely
            .map(|turn| put(turn.quantity, turn.from))
            .or_else(|| in_assumed.then_some(Put(Quantity::CurrentRuntime, 0.0)))
            .or_else(|| {
                let (quantity, assumed, _) = self.turn_once_followed(problem, &known)?;
                Some(put(quantity, assumed))
            })
    }

    /// The CPU of own code in a language, where that decides: from the slow end of its range to the fast one.
    fn turns_on_own_code(&self, problem: &Problem<'_>, verdict: &Verdict) -> Option<Turn> {
        let Verdict::DependsOn(it) = verdict else { return None };
        let to = it.above.to.as_ref();
        let runtime = self.planner.runtimes.iter().find(|runtime| Some(&runtime.name) == to)?;
        let [from, to] =
            [RangeEnd::High, RangeEnd::Low].map(|end| 1.0 / problem.own_code_factor(runtime, end));
        Some(Turn { quantity: Quantity::SpikeFactor(runtime.language.name.clone()), from, to })
    }

    /// The events in flight with which a change of code or of the topic is needless, where nobody says that there is one.
    fn turns_on_in_flight(&self, problem: &Problem<'_>, known: &Known<'_>) -> Option<Turn> {
        let Verdict::Alternative { change: Some(change), .. } = known.settled.verdict else { return None };
        if problem.workload.in_flight.is_some() || matches!(change, Change::InFlight(_)) {
            return None;
        }
        let Change::InFlight(most) = Options::new(problem, self.planner).in_flight()?.change? else {
            return None;
        };
        let (quantity, to) = (Quantity::InFlight, f64::from(most));
        let keeps = |it: &Problem<'_>| matches!(self.at(it).0.verdict, Verdict::Stay | Verdict::RightSize);
        (quantity.at(to, problem, &keeps) == Some(true)).then_some(Turn { quantity, from: 1.0, to })
    }

    /// Whether another language or library would be recommended in spite of the runtime that was assumed for today.
    fn in_another_runtime(&self, problem: &Problem<'_>, known: &Known<'_>) -> Option<DependsOn> {
        let to = known.settled.to.filter(|_| problem.workload.blanks.has(Blank::CurrentRuntime))?;
        let mut workload = Workload { current_runtime: to.name.clone(), ..problem.workload.clone() };
        workload.blanks.set(Blank::CurrentRuntime, false);
        let there = Problem::new(&workload, to, problem.current_machine).ok()?;
        let mut above = self.to_run(&there);
        if let Some(Put(quantity, _)) = self.open(&there) {
            above = to_ask(DependsOn::either(quantity.column(), above.clone(), above));
        }
        Some(DependsOn::either(Blank::CurrentRuntime.word(), self.to_run(problem), above))
    }
}

/// The answer to ask something.
pub(super) fn to_ask(question: DependsOn) -> Answer {
    Settled::without_bill(Verdict::DependsOn(Box::new(question))).answer(None)
}

/// Whether there is something to be said: of a question with two answers that are the same, there is not.
pub(super) fn decides(it: &DependsOn) -> bool {
    it.threshold.is_some() || !it.given.is_empty() || it.at_ends
}

/// Looks at a problem with some figures given; `None` where that cannot be.
fn given<T>(all: &[Put], problem: &Problem<'_>, look: &dyn Fn(&Problem<'_>) -> T) -> Option<T> {
    match all.split_first() {
        None => Some(look(problem)),
        Some((Put(quantity, value), rest)) => {
            quantity.at(*value, problem, &|problem| given(rest, problem, look)).flatten()
        }
    }
}

impl Put {
    fn told(self) -> Given {
        let Self(quantity, value) = self;
        let is_number = quantity != Quantity::CurrentRuntime;
        Given { column: quantity.column(), language: quantity.language(), value: is_number.then_some(value) }
    }
}
