//! Which stage of a pipeline runs in which runtime, at the least cost.
//!
//! A pipeline is cut into consumers: adjacent stages in one runtime, read once and written once. Each consumer's bill is
//! one search for a plan and the traffic between zones of what it reads and writes, and does not turn on what its
//! neighbours run in, as all that crosses a cut is events. So the cheapest way to run the stages up to one is the cheapest, over all last consumers that end there, of that
//! consumer and the cheapest way up to its beginning: Bellman's principle, a shortest path over the cuts. k stages and r
//! runtimes take at most `r k (k + 1) / 2` plans, where trying out every cut and runtime takes `r (r + 1)^(k-1)`
//! pipelines.

use crate::blank::Blank;
use crate::catalog::{Catalog, Home, ProblemError};
use crate::cost::bill::micro_usd;
use crate::decide::terms::Terms;
use crate::machine::Machine;
use crate::plan::{NoPlan, Plan};
use crate::policy::Policy;
use crate::runtime::Runtime;
use crate::scenario::consumer::Consumer;
use crate::scenario::hop::Hop;
use crate::scenario::segment::{Link, Segment};
use crate::scenario::stage::Pipeline;
use crate::words::words;
use crate::workload::Workload;
use std::collections::{BTreeMap, BTreeSet};

/// Why a stage has no plan in a runtime.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Blocked {
    /// The runtime cannot do what the stage requires.
    #[error("{stage} requires {capability}, which {runtime} does not have")]
    Lacks {
        /// Stage.
        stage: String,
        /// What it requires.
        capability: String,
        /// Runtime.
        runtime: String,
    },
    /// No machine carries it, or a figure is missing.
    #[error("{stage} in {runtime}: {reason}")]
    NoPlan {
        /// Stage.
        stage: String,
        /// Runtime.
        runtime: String,
        /// Why not.
        reason: Box<NoPlan>,
    },
}

/// One way to run a pipeline.
#[derive(Debug, Clone)]
pub struct StageOption<'a> {
    /// From the source on; together they have every stage once.
    pub consumers: Vec<Consumer<'a>>,
}

impl<'a> StageOption<'a> {
    /// The bill of all consumers, machines and traffic, USD a month.
    pub fn usd_per_month(&self) -> f64 {
        self.consumers.iter().map(Consumer::usd_per_month).sum()
    }

    /// What ways are compared by, USD a month.
    fn compared_usd_per_month(&self) -> f64 {
        self.consumers.iter().map(Consumer::compared_usd_per_month).sum()
    }

    /// Of the bill, machines.
    pub fn compute_usd_per_month(&self) -> f64 {
        self.consumers.iter().map(|consumer| consumer.plan.usd_per_month).sum()
    }

    /// Of the bill, traffic between zones: the source and what the last stage writes, the same in every way, and both
    /// sides of each hop.
    pub fn traffic_usd_per_month(&self) -> f64 {
        self.consumers.iter().map(Consumer::traffic_usd_per_month).sum()
    }

    /// Its runtimes, each once, in order of name.
    pub fn runtimes(&self) -> BTreeSet<&'a str> {
        self.consumers.iter().map(|consumer| consumer.plan.runtime.name.as_str()).collect()
    }

    /// Its languages, each once, in order of name.
    pub fn languages(&self) -> BTreeSet<&'a str> {
        self.consumers.iter().map(|consumer| consumer.plan.runtime.language.name.as_str()).collect()
    }

    /// What its cuts cost.
    pub fn hops(&self, links: &[Link<'_>]) -> Vec<Hop> {
        self.consumers.windows(2).filter_map(|pair| Hop::between(&pair[0], &pair[1], links)).collect()
    }
}

/// What to do about a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PipelineVerdict {
    /// Leave each stage in its runtime.
    Stay,
    /// Run all stages in the one runtime that is cheapest.
    OneRuntime,
    /// Run the stages in the runtimes that together are cheapest.
    Mix,
    /// Some stage has no plan in any runtime.
    None,
}

words!(PipelineVerdict { Stay = "stay", OneRuntime = "one_runtime", Mix = "mix", None = "none" });

/// A pipeline, or part of it, with its cheapest way; or why there is none: for the first stage that nothing carries,
/// a reason for each runtime that it may run in.
pub type StageOptionOrNot<'a> = Result<StageOption<'a>, Vec<Blocked>>;

/// All that is known of one pipeline.
#[derive(Debug, Clone)]
pub struct Study<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// Its stages with what they take today.
    pub links: Vec<Link<'a>>,
    /// Regions of all clouds that there were to choose from. Each way keeps to one.
    pub places: usize,
    /// The cheapest way of all.
    pub cheapest: StageOptionOrNot<'a>,
    /// The cheapest way with every stage in the runtime that it runs in today.
    pub today: StageOptionOrNot<'a>,
    /// The cheapest way in each runtime alone.
    pub in_one_runtime: Vec<(&'a Runtime, StageOptionOrNot<'a>)>,
    /// What to do.
    pub verdict: PipelineVerdict,
}

impl<'a> Study<'a> {
    /// Studies a pipeline in `runtimes`.
    ///
    /// Fails where a stage cannot be planned against the catalog, which reading it against the same one refuses.
    pub fn new(
        catalog: &'a Catalog,
        runtimes: &[&'a Runtime],
        pipeline: &'a Pipeline,
        policy: Policy,
        terms: Terms,
    ) -> Result<Self, ProblemError> {
        let mut links = Vec::new();
        for (at, stage) in pipeline.stages.iter().enumerate() {
            let problem = catalog.problem(&stage.workload)?;
            links.push(Link { stage, problem, output_bytes: pipeline.output_bytes(at) });
        }
        // What runs today is planned as well, but chosen only where it is among those asked for.
        let mut considered = runtimes.to_vec();
        for link in &links {
            if considered.iter().all(|known| known.name != link.problem.current.name) {
                considered.push(link.problem.current);
            }
        }
        // All stages are in one place: that of the first which says where it runs.
        let is_placed = |link: &&Link<'_>| {
            let Workload { provider, region, .. } = link.problem.workload;
            link.problem.current_machine.is_some() || provider.is_some() || region.is_some()
        };
        let first = links.iter().find(is_placed).or(links.first()).map(|link| &link.problem);
        let home = first.map_or(Home::ANYWHERE, |it| catalog.home(it.workload, it.current_machine));
        let places = by_place(catalog.candidates(home));
        let cuts: Vec<Cuts<'_, 'a>> =
            places.iter().map(|machines| Cuts::new(&links, &considered, machines, policy)).collect();
        let is_asked_for = |runtime: &Runtime| runtimes.iter().any(|asked| asked.name == runtime.name);
        let cheapest = cheapest(&cuts, &|_, runtime| is_asked_for(runtime));
        let today = self::cheapest(&cuts, &|link, runtime| runtime.name == link.problem.current.name);
        let in_one = |one: &'a Runtime| self::cheapest(&cuts, &|_, runtime| runtime.name == one.name);
        let in_one_runtime = runtimes.iter().map(|&one| (one, in_one(one))).collect();
        let places = places.len();
        let verdict = PipelineVerdict::None;
        let mut study = Self { pipeline, links, places, cheapest, today, in_one_runtime, verdict };
        study.verdict = study.decide(terms);
        Ok(study)
    }

    /// Whether somebody says of each stage in or on what it runs today.
    pub fn runs(&self) -> bool {
        let says = |link: &Link<'_>| {
            link.problem.current_machine.is_some() || !link.problem.workload.blanks.has(Blank::CurrentRuntime)
        };
        self.links.iter().all(says)
    }

    /// The cheapest of the ways in one runtime; of equal ones the first.
    pub fn cheapest_in_one_runtime(&self) -> Option<(&'a Runtime, &StageOption<'a>)> {
        let options = self
            .in_one_runtime
            .iter()
            .filter_map(|(runtime, option)| Some((*runtime, option.as_ref().ok()?)));
        options.min_by_key(|(_, option)| micro_usd(option.compared_usd_per_month()))
    }

    /// The cheapest way where it takes more than one runtime, and is cheaper than each alone.
    pub fn mix(&self) -> Option<&StageOption<'a>> {
        let cheapest = self.cheapest.as_ref().ok()?;
        let alone =
            self.cheapest_in_one_runtime().map(|(_, option)| micro_usd(option.compared_usd_per_month()));
        let is_cheaper = alone.is_none_or(|alone| micro_usd(cheapest.compared_usd_per_month()) < alone);
        (is_cheaper && cheapest.runtimes().len() > 1).then_some(cheapest)
    }

    /// The way that the verdict chooses.
    pub fn chosen(&self) -> Option<&StageOption<'a>> {
        match self.verdict {
            PipelineVerdict::Stay => self.today.as_ref().ok(),
            PipelineVerdict::OneRuntime => self.cheapest_in_one_runtime().map(|(_, option)| option),
            PipelineVerdict::Mix => self.mix(),
            PipelineVerdict::None => None,
        }
    }

    /// One runtime if that is worth it against today's and mixing is not worth it against that; else a mix if that
    /// is worth it against today's; else today's. What has no plan counts as infinitely expensive.
    fn decide(&self, terms: Terms) -> PipelineVerdict {
        let bill = |option: Option<&StageOption<'_>>| {
            option.map_or(f64::INFINITY, StageOption::compared_usd_per_month)
        };
        let today = bill(self.today.as_ref().ok());
        let one = bill(self.cheapest_in_one_runtime().map(|(_, option)| option));
        let mix = bill(self.mix());
        let is_worth = |from: f64, to: f64| to.is_finite() && terms.is_worth_a_change(from - to);
        if is_worth(today, one) && !is_worth(one, mix) {
            PipelineVerdict::OneRuntime
        } else if is_worth(today, mix) {
            PipelineVerdict::Mix
        } else if today.is_finite() {
            PipelineVerdict::Stay
        } else {
            PipelineVerdict::None
        }
    }
}

/// Machine types of each region of each cloud; one empty list where there are none.
fn by_place(machines: Vec<&Machine>) -> Vec<Vec<&Machine>> {
    let mut places: BTreeMap<(&str, &str), Vec<&Machine>> = BTreeMap::new();
    for machine in machines {
        places.entry((&machine.provider, &machine.region)).or_default().push(machine);
    }
    if places.is_empty() { vec![Vec::new()] } else { places.into_values().collect() }
}

/// The cheapest way over all regions, each of which has its own cuts; of equal ones one with the fewest consumers.
fn cheapest<'a>(cuts: &[Cuts<'_, 'a>], allowed: Allowed<'_, 'a>) -> StageOptionOrNot<'a> {
    let rank = |option: &StageOptionOrNot<'a>| match option {
        Ok(option) => (micro_usd(option.compared_usd_per_month()), option.consumers.len()),
        Err(_) => (u64::MAX, usize::MAX),
    };
    let options = cuts.iter().map(|cuts| cuts.cheapest(allowed));
    options.min_by_key(rank).unwrap_or(Err(Vec::new()))
}

/// Whether a stage may run in a runtime.
type Allowed<'f, 'a> = &'f dyn Fn(&Link<'a>, &Runtime) -> bool;

/// All consumers that a pipeline can be cut into, in one region.
struct Cuts<'s, 'a> {
    links: &'s [Link<'a>],
    runtimes: &'s [&'a Runtime],
    /// By first and last stage, in the order of the runtimes.
    consumers: BTreeMap<(usize, usize), Vec<Result<Consumer<'a>, Blocked>>>,
}

/// How the cheapest way up to a stage ends.
#[derive(Clone, Copy)]
struct End {
    /// Its whole bill, in millionths of a dollar.
    micro_usd: u64,
    /// Consumers in all.
    consumers: usize,
    /// First stage of the last one.
    first: usize,
    /// Runtime of the last one.
    runtime: usize,
}

impl<'s, 'a> Cuts<'s, 'a> {
    fn new(
        links: &'s [Link<'a>],
        runtimes: &'s [&'a Runtime],
        machines: &[&'a Machine],
        policy: Policy,
    ) -> Self {
        let mut consumers = BTreeMap::new();
        for first in 0..links.len() {
            let end =
                (first + 1..links.len()).find(|&next| links[next].stage.boundary).unwrap_or(links.len());
            for last in first..end {
                let segment = Segment { first: &links[first], later: &links[first + 1..=last] };
                let traffic = segment.traffic(&policy);
                let consumer_in = |runtime: &&'a Runtime| {
                    let plan = plan(segment, runtime, machines, policy)?;
                    Ok(Consumer { first, last, plan, traffic })
                };
                consumers.insert((first, last), runtimes.iter().map(consumer_in).collect());
            }
        }
        Self { links, runtimes, consumers }
    }

    /// The cheapest way that has each stage in a runtime that is `allowed` for it; of equal ones one with the
    /// fewest consumers.
    fn cheapest(&self, allowed: Allowed<'_, 'a>) -> StageOptionOrNot<'a> {
        let mut ends: Vec<Option<End>> = Vec::new();
        for last in 0..self.links.len() {
            let mut best: Option<End> = None;
            for first in 0..=last {
                let Some(candidates) = self.consumers.get(&(first, last)) else { continue };
                let before = match first {
                    0 => Some((0, 0)),
                    _ => ends[first - 1].map(|end| (end.micro_usd, end.consumers)),
                };
                let Some((paid, consumers)) = before else { continue };
                let stages = &self.links[first..=last];
                for (runtime, consumer) in candidates.iter().enumerate() {
                    let Ok(consumer) = consumer else { continue };
                    if !stages.iter().all(|link| allowed(link, self.runtimes[runtime])) {
                        continue;
                    }
                    let micro_usd = paid.saturating_add(micro_usd(consumer.compared_usd_per_month()));
                    let end = End { micro_usd, consumers: consumers + 1, first, runtime };
                    let rank = |end: &End| (end.micro_usd, end.consumers);
                    if best.as_ref().is_none_or(|best| rank(&end) < rank(best)) {
                        best = Some(end);
                    }
                }
            }
            ends.push(best);
        }
        self.trace(&ends).ok_or_else(|| self.reasons(allowed))
    }

    /// The way that ends as `ends` say, from the last stage back.
    fn trace(&self, ends: &[Option<End>]) -> Option<StageOption<'a>> {
        let mut consumers = Vec::new();
        let mut behind = ends.len();
        while behind > 0 {
            let last = behind - 1;
            let End { first, runtime, .. } = ends[last]?;
            consumers.push(self.consumers.get(&(first, last))?.get(runtime)?.as_ref().ok()?.clone());
            behind = first;
        }
        consumers.reverse();
        Some(StageOption { consumers })
    }

    /// Why the first stage that has no plan by itself has none, for each runtime that it may run in.
    fn reasons(&self, allowed: Allowed<'_, 'a>) -> Vec<Blocked> {
        for (at, link) in self.links.iter().enumerate() {
            let alone = self.consumers.get(&(at, at)).into_iter().flatten();
            let alone = self.runtimes.iter().zip(alone).filter(|(runtime, _)| allowed(link, runtime));
            let reasons: Option<Vec<Blocked>> =
                alone.map(|(_, consumer)| consumer.as_ref().err().cloned()).collect();
            if let Some(reasons) = reasons {
                return reasons;
            }
        }
        Vec::new()
    }
}

/// The cheapest plan of a segment in a runtime that can do all that its stages require.
fn plan<'a>(
    segment: Segment<'_, 'a>,
    runtime: &'a Runtime,
    machines: &[&'a Machine],
    policy: Policy,
) -> Result<Plan<'a>, Blocked> {
    let required = segment.links().flat_map(|link| link.stage.requires.iter().map(move |it| (link, it)));
    let lacking = required.into_iter().find(|(_, capability)| !runtime.capabilities.contains(capability));
    if let Some((link, capability)) = lacking {
        return Err(Blocked::Lacks {
            stage: link.problem.workload.name.clone(),
            capability: capability.clone(),
            runtime: runtime.name.clone(),
        });
    }
    segment.cheapest(runtime, machines, policy).map_err(|reason| Blocked::NoPlan {
        stage: segment.first.problem.workload.name.clone(),
        runtime: runtime.name.clone(),
        reason: Box::new(reason),
    })
}
