//! The machine types that a runtime may be planned on, with as much of each as tells early that it cannot win.

use crate::cost::bill::usd_per_month;
use crate::machine::{Machine, Purchase};
use crate::runtime::{Deployment, Runtime};

/// Taken off bounds on bills, as a share, so that rounding never lifts one above the true bill.
const ROUNDING: f64 = 1e-9;

/// Machine types with a known speed and price, and what each gives one runtime.
#[derive(Debug, Clone)]
pub struct Offers<'a> {
    /// The runtime.
    pub runtime: &'a Runtime,
    types: Vec<Offer<'a>>,
    /// USD a month of one instance of each.
    usd_per_month: Vec<f64>,
    /// USD a month of a core-second a second at speed 1.0, on each fully used by one process or binary a core; infinite
    /// where idling takes all.
    usd_per_core: Vec<f64>,
    /// The same where threads do not contend, as if a binary were split into one for each vCPU.
    usd_per_ideal_core: Vec<f64>,
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
    /// memory wins, then the name, so equal prices need equal memory.
    fn stands_for(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.machine, other.machine);
        let network = |machine: &Machine| machine.network_bits_per_second.unwrap_or(f64::INFINITY);
        // A millionth of a dollar a month, to which bills are compared, is 1.4e-9 USD/h.
        let is_cheaper = self.usd_per_hour < other.usd_per_hour - 2e-9;
        let comes_first = || {
            let name = |machine: &'a Machine| (&machine.instance_type, &machine.provider, &machine.region);
            self.usd_per_hour == other.usd_per_hour
                && ours.memory_bytes == theirs.memory_bytes
                && name(ours) <= name(theirs)
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
        let mut all = Self {
            runtime,
            types: Vec::new(),
            usd_per_month: Vec::new(),
            usd_per_core: Vec::new(),
            usd_per_ideal_core: Vec::new(),
        };
        for offer in offers {
            let usd = usd_per_month(1, offer.usd_per_hour);
            let per_core = |cores: f64| if cores > 0.0 { usd / cores } else { f64::INFINITY };
            let [cores, ideal_cores] = full_cores(runtime, &offer);
            all.types.push(offer);
            all.usd_per_month.push(usd);
            all.usd_per_core.push(per_core(cores));
            all.usd_per_ideal_core.push(per_core(ideal_cores));
        }
        all
    }

    /// All of them.
    pub fn types(&self) -> &[Offer<'a>] {
        &self.types
    }

    /// For each type a bill, USD a month, that no plan for `core_seconds_per_second` of work, at speed 1.0 and with all
    /// CPU in use, on `instances` or more is below: of one process or binary for all cores, or of binaries that are split.
    pub(crate) fn bills_at_least(
        &self,
        core_seconds_per_second: f64,
        instances: u32,
        is_split: bool,
    ) -> Vec<f64> {
        let instances = f64::from(instances);
        let bill = |(usd, per_core): (&f64, &f64)| {
            (usd * instances).max(per_core * core_seconds_per_second) * (1.0 - ROUNDING)
        };
        let per_core = if is_split { &self.usd_per_ideal_core } else { &self.usd_per_core };
        self.usd_per_month.iter().zip(per_core).map(bill).collect()
    }
}

/// Core-seconds a second, at speed 1.0, that an instance handles at most: `(V - V idle) v`, or `(usl(V) - idle) v`; and
/// however a binary is split, `(V - idle) v`.
fn full_cores(runtime: &Runtime, offer: &Offer<'_>) -> [f64; 2] {
    let idle = runtime.cpu.idle_cores.value * runtime.provenance.vcpu_speed / offer.speed;
    let vcpus = f64::from(offer.machine.vcpus);
    let cores = match runtime.deployment {
        Deployment::Processes => [vcpus - vcpus * idle; 2],
        Deployment::Threads => {
            [runtime.scaling.law().relative_capacity(offer.machine.vcpus), vcpus].map(|cores| cores - idle)
        }
    };
    cores.map(|cores| cores * offer.speed)
}
