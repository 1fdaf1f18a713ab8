//! Machine types by region. Those of a region are made when they are first asked for: there are many, and a plan needs few.

use crate::grouped::grouped;
use crate::machine::Machine;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Makes the machine types of a region.
type Make = Arc<dyn Fn() -> Vec<Machine> + Send + Sync>;

/// A region of a cloud with its machine types.
#[derive(Clone)]
pub struct Region {
    /// Cloud.
    pub provider: String,
    /// Region.
    pub region: String,
    make: Make,
    made: OnceLock<Made>,
}

/// Machine types, and their positions in the order of their names.
#[derive(Debug, Clone)]
struct Made {
    machines: Vec<Machine>,
    by_name: Vec<usize>,
}

/// The machine types of all regions.
#[derive(Debug, Clone, Default)]
pub struct Machines(Vec<Region>);

impl Region {
    /// A region whose machine types are made when they are asked for.
    pub fn new(
        provider: impl Into<String>,
        region: impl Into<String>,
        make: impl Fn() -> Vec<Machine> + Send + Sync + 'static,
    ) -> Self {
        let (provider, region) = (provider.into(), region.into());
        Self { provider, region, make: Arc::new(make), made: OnceLock::new() }
    }

    /// Its machine types.
    pub fn machines(&self) -> &[Machine] {
        &self.make().machines
    }

    fn make(&self) -> &Made {
        self.made.get_or_init(|| {
            let machines = (self.make)();
            let mut by_name: Vec<usize> = (0..machines.len()).collect();
            by_name.sort_by_key(|&at| &machines[at].instance_type);
            Made { machines, by_name }
        })
    }

    /// Its machine types, if somebody has asked for them.
    pub fn made(&self) -> Option<&[Machine]> {
        self.made.get().map(|made| made.machines.as_slice())
    }

    /// The machine type of a name.
    pub fn machine(&self, instance_type: &str) -> Option<&Machine> {
        let Made { machines, by_name } = self.make();
        let name = |at: &usize| machines[*at].instance_type.as_str();
        let at = by_name.binary_search_by(|at| name(at).cmp(instance_type)).ok()?;
        machines.get(by_name[at])
    }

    /// Whether it is the region of a provider and a name, as far as these are given.
    pub fn is(&self, provider: Option<&str>, region: Option<&str>) -> bool {
        region.is_none_or(|it| it == self.region) && provider.is_none_or(|it| it == self.provider)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Region")
            .field("provider", &self.provider)
            .field("region", &self.region)
            .field("made", &self.made)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.provider, self.region)
    }
}

impl Machines {
    /// Regions, none of which is there twice.
    pub fn new(regions: impl IntoIterator<Item = Region>) -> Self {
        Self(regions.into_iter().collect())
    }

    /// All regions.
    pub fn regions(&self) -> &[Region] {
        &self.0
    }

    /// The first region of a provider and a name, as far as these are given.
    pub fn region(&self, provider: Option<&str>, region: Option<&str>) -> Option<&Region> {
        self.0.iter().find(|known| known.is(provider, region))
    }

    /// The same regions with their machine types changed when they are made, by cloud and region.
    pub fn changed(self, change: impl Fn(&str, &str, &mut Vec<Machine>) + Send + Sync + 'static) -> Self {
        let change = Arc::new(change);
        let changed = |Region { provider, region, make, .. }: Region| {
            let change = Arc::clone(&change);
            let (cloud, name) = (provider.clone(), region.clone());
            Region::new(provider, region, move || {
                let mut machines = make();
                change(&cloud, &name, &mut machines);
                machines
            })
        };
        Self::new(self.0.into_iter().map(changed))
    }
}

impl FromIterator<Machine> for Machines {
    fn from_iter<T: IntoIterator<Item = Machine>>(machines: T) -> Self {
        let is_here =
            |one: &Machine, other: &Machine| one.provider == other.provider && one.region == other.region;
        let region = |machines: Vec<Machine>| {
            let (provider, region) = (machines[0].provider.clone(), machines[0].region.clone());
            Region::new(provider, region, move || machines.clone())
        };
        Self::new(grouped(machines, is_here).into_iter().map(region))
    }
}

impl From<Vec<Machine>> for Machines {
    fn from(machines: Vec<Machine>) -> Self {
        machines.into_iter().collect()
    }
}
