//! The machine types that a runtime may be planned on, with as much of each as tells early that it cannot win.

use crate::bill_bounds::{BillBounds, Most, Work};
use crate::capacity::sizing::Member;
use crate::cost::bill::usd_per_month;
use crate::machine::{Machine, Purchase};
use crate::policy::Policy;
use crate::runtime::{Deployment, Runtime};

/// Machine types with a known speed and price, and what each gives one runtime.
#[derive(Debug, Clone)]
pub struct Offers<'a> {
    /// The runtime.
    pub runtime: &'a Runtime,
    types: Vec<Offer<'a>>,
    /// Places of the types, the fastest first.
    pub(crate) by_speed: Vec<usize>,
    /// What no bill is below of one process or binary for all cores.
    pub(crate) whole: BillBounds,
    /// The same where threads do not contend, as if a binary were split into one for each vCPU.
    pub(crate) split: BillBounds,
}

/// A machine type with a known speed and price.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// The machine type.
    pub machine: &'a Machine,
    /// Its one-vCPU speed, in the long run.
    pub speed: f64,
    /// Price of one instance, USD/h.
    pub usd_per_hour: f64,
}

impl<'a> Offer<'a> {
    /// A machine type under a purchase; `None` where its speed or price is not known.
    pub fn of(machine: &'a Machine, purchase: Purchase) -> Option<Self> {
        Some(Self {
            machine,
            speed: machine.sustained_speed()?,
            usd_per_hour: machine.usd_per_hour(purchase)?,
        })
    }

    /// Whether no workload is planned on the `other` type if this one stands before it, whatever the runtime: a vCPU
    /// here is as many and as fast, memory and network as large, and an instance costs less, or the same and comes first
    /// among equals.
    ///
    /// All constraints are easier to meet with more of each, so this one needs no more instances. Among equal bills less
    /// memory wins, then faster cores, then the name, so equal prices need equal memory.
    fn stands_for(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.machine, other.machine);
        let network = |machine: &Machine| machine.network_bits_per_second.unwrap_or(f64::INFINITY);
        // A millionth of a dollar a month, to which bills are compared, is 1.4e-9 USD/h.
        let is_cheaper = self.usd_per_hour < other.usd_per_hour - 2e-9;
        let comes_first = || {
            let name = |machine: &'a Machine| (&machine.instance_type, &machine.provider, &machine.region);
            self.usd_per_hour == other.usd_per_hour
                && ours.memory_bytes == theirs.memory_bytes
                && (self.speed > other.speed || name(ours) <= name(theirs))
        };
        ours.vcpus == theirs.vcpus
            && self.speed >= other.speed
            && ours.memory_bytes >= theirs.memory_bytes
            && network(ours) >= network(theirs)
            && (is_cheaper || comes_first())
    }
}

/// The types that some workload may be planned on: those for which no other stands that comes before them.
///
/// Also the first of those that come closest where none serves is among them, as a type comes as close as any that it
/// stands for.
pub fn frontier<'a>(machines: &[&'a Machine], purchase: Purchase) -> Vec<&'a Machine> {
    let mut kept: Vec<Offer<'a>> = Vec::new();
    for offer in machines.iter().filter_map(|machine| Offer::of(machine, purchase)) {
        if !kept.iter().any(|earlier| earlier.stands_for(&offer)) {
            kept.push(offer);
        }
    }
    kept.into_iter().map(|offer| offer.machine).collect()
}

impl<'a> Offers<'a> {
    /// What some machine types give a runtime, in their order; those without a known speed or price are left out.
    pub fn new(
        runtime: &'a Runtime,
        machines: impl IntoIterator<Item = &'a Machine>,
        purchase: Purchase,
    ) -> Self {
        let offers = machines.into_iter().filter_map(|machine| Offer::of(machine, purchase));
        let types: Vec<Offer<'a>> = offers.collect();
        let bounds = |kind: usize| {
            let most =
                |offer: &Offer<'_>| (usd_per_month(1, offer.usd_per_hour), most_of(runtime, offer)[kind]);
            BillBounds::new(types.iter().map(most))
        };
        let whole = bounds(0);
        let split = match runtime.deployment {
            Deployment::Processes => whole.clone(),
            Deployment::Threads => bounds(1),
        };
        let mut by_speed: Vec<usize> = (0..types.len()).collect();
        by_speed.sort_by(|&one, &other| types[other].speed.total_cmp(&types[one].speed));
        Self { runtime, types, by_speed, whole, split }
    }

    /// A machine that is as good as the best of them in everything, and its speed.
    pub(crate) fn best_of_all(&self) -> (Machine, f64) {
        let nothing = Machine { network_bits_per_second: Some(0.0), ..Machine::default() };
        self.types.iter().fold((nothing, 0.0), |(best, speed), offer| {
            let Machine { vcpus, memory_bytes, network_bits_per_second, .. } = *offer.machine;
            let network = best.network_bits_per_second.zip(network_bits_per_second);
            let best = Machine {
                vcpus: vcpus.max(best.vcpus),
                memory_bytes: memory_bytes.max(best.memory_bytes),
                network_bits_per_second: network.map(|(one, other)| one.max(other)),
                ..best
            };
            (best, offer.speed.max(speed))
        })
    }

    /// All of them.
    pub fn types(&self) -> &[Offer<'a>] {
        &self.types
    }

    /// A bill, USD a month, that no plan is below; infinite where there is nothing to choose from.
    pub(crate) fn bill_at_least(&self, member: Member, work: Work, policy: &Policy) -> f64 {
        let lowest = |bounds: &BillBounds| {
            bounds.lowest(work).map_or(f64::INFINITY, |place| bounds.at_least(place, work))
        };
        match member {
            Member::Binary => lowest(&self.whole).min(lowest(&self.split) * policy.split_counts()),
            Member::Process | Member::Reader => lowest(&self.whole),
        }
    }
}

/// What a type gives a runtime at most, at speed v: of an instance `(V - V idle) v` core-seconds a second, or `(usl(V) - idle) v`;
/// and however a binary is split, `(V - idle) v`.
fn most_of(runtime: &Runtime, offer: &Offer<'_>) -> [Most; 2] {
    let Offer { machine, speed, .. } = *offer;
    let idle = runtime.idle_cores_at(speed);
    let vcpus = f64::from(machine.vcpus);
    let most = |cores: f64, member_cores: f64, worth: f64| Most {
        cores: cores * speed,
        member_cores: member_cores * speed,
        speed: worth * speed,
    };
    match runtime.deployment {
        Deployment::Processes => [most(vcpus - vcpus * idle, 1.0 - idle, 1.0); 2],
        Deployment::Threads => {
            [runtime.worth(vcpus), 1.0].map(|worth| most(worth * vcpus - idle, worth * vcpus - idle, worth))
        }
    }
}
