//! What all workloads share and what is not known exactly: the profiles' figures and the machines' speeds.

use crate::grouped::grouped;
use crate::machine::{IDLE_SIBLING, Machine};
use crate::problem::Problem;
use crate::runtime::{Evidence, Figure, Runtime};
use crate::uncertain::distribution::Distribution;
use crate::uncertain::latin_hypercube::Sampling;
use std::collections::BTreeMap;

/// How well the speed of a machine family is known at best: within 15 % either way, in 95 of 100 cases.
pub const SPEED_UNCERTAINTY: f64 = 0.15;

/// Runtimes and machine types with what is uncertain of them.
#[derive(Debug, Clone)]
pub struct UncertainCatalog<'a> {
    runtimes: Vec<&'a Runtime>,
    machines: Vec<&'a Machine>,
    position_of_machine: BTreeMap<[&'a str; 3], usize>,
    quantities: Vec<Quantity>,
}

/// An uncertain number of a runtime or of machines.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// What it is, for people.
    pub name: String,
    /// Name of the stream that it is drawn from: the same whatever other runtimes and machine types there are.
    pub stream: String,
    /// What may come of it; of speeds, of the factor between the true one and the one on the list.
    pub distribution: Distribution,
    /// What it stands on.
    pub evidence: Evidence,
    /// Where it belongs.
    pub what: Target,
}

/// Where an uncertain number belongs, by position in the world's runtimes and machines.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A figure of a profile.
    Figure {
        /// Runtime.
        runtime: usize,
        /// Position among [`Runtime::figures`].
        figure: usize,
    },
    /// A figure of a language.
    Language {
        /// Runtimes of the language.
        runtimes: Vec<usize>,
        /// Position among [`crate::language::Language::figures`].
        figure: usize,
    },
    /// The speed of the machine that some profiles were measured on.
    MeasuredOn {
        /// These profiles.
        runtimes: Vec<usize>,
    },
    /// The speed of machines of one family.
    Speed {
        /// All of them.
        machines: Vec<usize>,
    },
    /// How much faster a vCPU is beside an idle sibling, on all machines whose vCPUs share cores.
    IdleSibling,
}

/// One of the worlds that there may be.
#[derive(Debug, Clone)]
pub struct SampledWorld {
    /// The world's runtimes, each figure with one value.
    pub runtimes: Vec<Runtime>,
    /// The world's machine types, each with one speed.
    pub machines: Vec<Machine>,
    /// How much faster a vCPU is beside an idle sibling.
    pub idle_sibling: f64,
}

impl<'a> UncertainCatalog<'a> {
    /// Collects what is uncertain of some runtimes and machine types; those that come twice count once.
    pub fn new(
        runtimes: impl IntoIterator<Item = &'a Runtime>,
        machines: impl IntoIterator<Item = &'a Machine>,
    ) -> Self {
        let mut world = Self {
            runtimes: Vec::new(),
            machines: Vec::new(),
            position_of_machine: BTreeMap::new(),
            quantities: Vec::new(),
        };
        for runtime in runtimes {
            if world.runtime(runtime).is_none() {
                world.runtimes.push(runtime);
            }
        }
        for machine in machines {
            if world.machine(machine).is_none() {
                world.position_of_machine.insert(name(machine), world.machines.len());
                world.machines.push(machine);
            }
        }
        let mut quantities = Vec::new();
        for (index, runtime) in world.runtimes.iter().enumerate() {
            quantities.extend(figures(index, runtime));
        }
        quantities.extend(world.languages());
        quantities.extend(world.measured_on());
        quantities.extend(world.speeds());
        quantities.extend(world.idle_sibling());
        quantities.retain(|quantity| !quantity.distribution.is_certain());
        Self { quantities, ..world }
    }

    /// What some problems are planned with: the runtimes and machine types to choose from, and those of today.
    pub fn of<'p>(
        runtimes: &[&'a Runtime],
        machines: &[&'a Machine],
        problems: impl IntoIterator<Item = &'p Problem<'a>>,
    ) -> Self
    where
        'a: 'p,
    {
        let today = problems.into_iter().map(|problem| (problem.current, problem.current_machine));
        let (current, current_machines): (Vec<_>, Vec<_>) = today.unzip();
        Self::new(
            runtimes.iter().copied().chain(current),
            machines.iter().copied().chain(current_machines.into_iter().flatten()),
        )
    }

    /// All uncertain numbers.
    pub fn quantities(&self) -> &[Quantity] {
        &self.quantities
    }

    /// The position of a runtime.
    pub fn runtime(&self, runtime: &Runtime) -> Option<usize> {
        self.runtimes.iter().position(|known| known.name == runtime.name)
    }

    /// The position of a machine type.
    pub fn machine(&self, machine: &Machine) -> Option<usize> {
        self.position_of_machine.get(&name(machine)).copied()
    }

    /// What a draw has made of the speed of a machine type, over the one on the list.
    pub fn speed_factor(&self, draw: &SampledWorld, machine: usize) -> f64 {
        let speeds = draw.machines[machine].vcpu_speed.zip(self.machines[machine].vcpu_speed);
        speeds.map_or(1.0, |(drawn, listed)| drawn / listed)
    }

    /// The families of its machine types, each by the positions of its members.
    pub fn families(&self) -> Vec<Vec<usize>> {
        families(&self.machines)
    }

    /// The positions of some machine types.
    pub fn positions(&self, machines: &[&Machine]) -> Vec<usize> {
        machines.iter().filter_map(|machine| self.machine(machine)).collect()
    }

    /// The world at the best estimates.
    pub fn median(&self) -> SampledWorld {
        SampledWorld {
            runtimes: self.runtimes.iter().copied().cloned().collect(),
            machines: self.machines.iter().copied().cloned().collect(),
            idle_sibling: IDLE_SIBLING.value,
        }
    }

    /// Puts the quantile of a share into a world.
    pub fn set(&self, draw: &mut SampledWorld, quantity: &Quantity, share: f64) {
        let value = quantity.distribution.quantile(share);
        match &quantity.what {
            Target::Figure { runtime, figure } => {
                if let Some((name, figure)) = draw.runtimes[*runtime].figures_mut().into_iter().nth(*figure) {
                    put(&name, figure, value);
                }
            }
            Target::Language { runtimes, figure } => {
                for &index in runtimes {
                    let mut figures = draw.runtimes[index].language.figures_mut();
                    if let Some((_, figure)) = figures.get_mut(*figure) {
                        figure.value = value;
                    }
                }
            }
            Target::MeasuredOn { runtimes } => {
                for &index in runtimes {
                    draw.runtimes[index].provenance.vcpu_speed =
                        self.runtimes[index].provenance.vcpu_speed * value;
                }
            }
            Target::Speed { machines } => {
                for &index in machines {
                    draw.machines[index].vcpu_speed =
                        self.machines[index].vcpu_speed.map(|speed| speed * value);
                }
            }
            Target::IdleSibling => draw.idle_sibling = value,
        }
    }

    /// Puts one sample into a world; `shares` has those of each of [`UncertainCatalog::quantities`], by samples.
    pub fn draw(&self, draw: &mut SampledWorld, shares: &[Vec<f64>], sample: usize) {
        let mut drawn = self.quantities.iter().zip(shares).peekable();
        for (index, runtime) in draw.runtimes.iter_mut().enumerate() {
            let mut figures = runtime.figures_mut();
            let of_runtime = |quantity: &Quantity| match quantity.what {
                Target::Figure { runtime, figure } if runtime == index => Some(figure),
                _ => None,
            };
            while let Some((quantity, shares)) = drawn.next_if(|(it, _)| of_runtime(it).is_some()) {
                if let Some((name, figure)) = of_runtime(quantity).and_then(|figure| figures.get_mut(figure))
                {
                    put(name, figure, quantity.distribution.quantile(shares[sample]));
                }
            }
        }
        for (quantity, shares) in drawn {
            self.set(draw, quantity, shares[sample]);
        }
    }

    /// Where each quantity is drawn in each sample.
    pub fn shares(&self, sampling: &Sampling) -> Vec<Vec<f64>> {
        self.quantities.iter().map(|quantity| sampling.shares(&quantity.stream)).collect()
    }

    /// One draw of each figure for each language.
    fn languages(&self) -> Vec<Quantity> {
        let of_language = |runtimes: Vec<usize>| {
            let language = &self.runtimes[runtimes[0]].language;
            let figures = language.figures().into_iter().enumerate();
            let quantity = |(figure, (what, it)): (usize, (String, &Figure))| {
                let what_is_drawn = Target::Language { runtimes: runtimes.clone(), figure };
                of_figure(format!("{}: {what}", language.name), it, what_is_drawn)
            };
            figures.map(quantity).collect::<Vec<_>>()
        };
        self.alike(|runtime| &runtime.language.name).into_iter().flat_map(of_language).collect()
    }

    /// Positions of runtimes that have something in common.
    fn alike(&self, by: impl Fn(&Runtime) -> &str) -> Vec<Vec<usize>> {
        grouped(0..self.runtimes.len(), |&one, &other| by(self.runtimes[one]) == by(self.runtimes[other]))
    }

    /// One speed for each machine that profiles were measured on.
    fn measured_on(&self) -> Vec<Quantity> {
        let quantity = |runtimes: Vec<usize>| {
            let provenance = &self.runtimes[runtimes[0]].provenance;
            let names: Vec<&str> = runtimes.iter().map(|&index| self.runtimes[index].name.as_str()).collect();
            Quantity {
                name: format!("speed of the machine behind {}", names.join(", ")),
                stream: format!("measured on {}", provenance.machine),
                distribution: speed_factor(None),
                evidence: provenance.kind,
                what: Target::MeasuredOn { runtimes },
            }
        };
        self.alike(|runtime| &runtime.provenance.machine).into_iter().map(quantity).collect()
    }

    /// One speed for each machine family.
    fn speeds(&self) -> Vec<Quantity> {
        let quantity = |machines: Vec<usize>| {
            let machine = self.machines[machines[0]];
            let Machine { provider, cpu, family, instance_type, vcpu_speed, .. } = machine;
            let is_rough = machine.is_provisional() || machine.speed_basis.is_empty();
            let model = [cpu, family].into_iter().find(|name| !name.is_empty()).unwrap_or(instance_type);
            Quantity {
                name: format!("speed of {}", family_name(machines.iter().map(|&index| self.machines[index]))),
                stream: format!("speed {provider} {model}"),
                distribution: speed_factor(machine.speed_range.zip(*vcpu_speed)),
                evidence: if is_rough { Evidence::Assumed } else { Evidence::Measured },
                what: Target::Speed { machines },
            }
        };
        self.families().into_iter().map(quantity).collect()
    }

    /// What an idle hyper-thread gives the other one of its core, where machines have such.
    fn idle_sibling(&self) -> Option<Quantity> {
        let is_known = self.machines.iter().any(|machine| machine.shares_cores());
        let name = || "what an idle hyper-thread gives its sibling".to_owned();
        is_known.then(|| of_figure(name(), &IDLE_SIBLING, Target::IdleSibling))
    }
}

/// Draws a figure of a profile. Contention that is drawn is known, so that no plan makes room for less of it.
fn put(name: &str, figure: &mut Figure, value: f64) {
    figure.value = value;
    if matches!(name, "sigma" | "kappa") {
        figure.low = value;
    }
}

/// What tells a machine type from all others.
fn name(machine: &Machine) -> [&str; 3] {
    [&machine.provider, &machine.region, &machine.instance_type]
}

/// Every figure of a profile by its 95 % interval.
fn figures(runtime: usize, profile: &Runtime) -> impl Iterator<Item = Quantity> + '_ {
    profile.figures().into_iter().enumerate().map(move |(figure, (name, it))| {
        let quantity = of_figure(format!("{}: {name}", profile.name), it, Target::Figure { runtime, figure });
        match name.as_str() {
            // How a language collects garbage is the same in all its runtimes, so that they draw alike.
            "gc_factor" => Quantity { stream: format!("{}: {name}", profile.language.name), ..quantity },
            _ => quantity,
        }
    })
}

/// A figure by its 95 % interval.
fn of_figure(name: String, figure: &Figure, what: Target) -> Quantity {
    let Figure { value, low, high, evidence, .. } = *figure;
    let distribution = Distribution::Interval { value, low, high };
    Quantity { stream: name.clone(), name, distribution, evidence, what }
}

/// What the true speed may be over the one on the list: from 1/1.15 to 1.15, or as far as the measured ones of the family
/// (lowest and highest, and the speed itself) where these are further apart.
fn speed_factor(measured: Option<((f64, f64), f64)>) -> Distribution {
    let most = 1.0 + SPEED_UNCERTAINTY;
    let (low, high) = measured.map_or((1.0, 1.0), |((low, high), speed)| (low / speed, high / speed));
    Distribution::Interval { value: 1.0, low: low.min(1.0 / most), high: high.max(most) }
}

/// The families among some machine types, each by the positions of its members.
pub fn families(machines: &[&Machine]) -> Vec<Vec<usize>> {
    grouped(0..machines.len(), |&one, &other| is_one_family(machines[one], machines[other]))
}

/// Whether the list is right of two machine types, or wrong, by the same factor: types of one cloud with the same processor.
fn is_one_family(one: &Machine, other: &Machine) -> bool {
    let same_cloud = one.provider == other.provider;
    if one.cpu.is_empty() || other.cpu.is_empty() {
        let known = !one.family.is_empty() && one.family == other.family;
        let same_speed = one.vcpu_speed == other.vcpu_speed;
        return same_cloud && same_speed && (known || one.instance_type == other.instance_type);
    }
    same_cloud && one.cpu == other.cpu
}

/// `aws c6i, m6i`.
pub fn family_name<'m>(machines: impl IntoIterator<Item = &'m Machine>) -> String {
    let mut provider = "";
    let mut names: Vec<&str> = Vec::new();
    for machine in machines {
        provider = &machine.provider;
        let name = if machine.family.is_empty() { &machine.instance_type } else { &machine.family };
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort_unstable();
    format!("{provider} {}", names.join(", "))
}
