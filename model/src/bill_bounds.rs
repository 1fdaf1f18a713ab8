//! Bills that no plan on each of some machine types is below, from the price of their cores alone.

/// Taken off a bound, as a share, so that rounding never lifts it above the true bill.
pub(crate) const ROUNDING: f64 = 1e-9;

/// What tells how low the bill of each machine type may be.
#[derive(Debug, Clone)]
pub(crate) struct BillBounds {
    types: Vec<Bound>,
    /// Places of the types by the price of an instance.
    by_instance: Vec<usize>,
    /// The same by the price of a core.
    by_core: Vec<usize>,
    /// The first of these, without those that ask for more of both than another.
    frontier: Vec<usize>,
}

/// What one type gives at most.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    /// Core-seconds a second at speed 1.0, of an instance.
    pub cores: f64,
    /// The same of one member.
    pub member_cores: f64,
    /// Speed of a thread beside all others.
    pub speed: f64,
}

/// The bound of one type.
#[derive(Debug, Clone, Copy)]
struct Bound {
    /// USD a month of one instance.
    usd_per_instance: f64,
    /// USD a month of a core-second a second at speed 1.0, on all cores fully used; infinite where idling takes all.
    usd_per_core: f64,
    most: Most,
}

/// What is asked of all instances together, and of the member with the busiest partition.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    /// Core-seconds a second, at speed 1.0, with all CPU in use.
    pub cores: f64,
    /// Instances at least.
    pub instances: u32,
    /// Core-seconds a second, at speed 1.0, of a partition that stays whole.
    pub partition_cores: f64,
    /// Speed with which its in-flight limit is enough for its events if none waits for a core.
    pub speed: f64,
}

impl Bound {
    fn by_instance(&self, work: Work) -> f64 {
        self.usd_per_instance * f64::from(work.instances) * (1.0 - ROUNDING)
    }

    fn by_core(&self, work: Work) -> f64 {
        self.usd_per_core * work.cores * (1.0 - ROUNDING)
    }

    /// `max(instances usd_per_instance, cores usd_per_core)`, USD a month; infinite where one partition is too much.
    fn at_least(&self, work: Work) -> f64 {
        let is_less = |most: f64, asked: f64| most * (1.0 + ROUNDING) < asked;
        if is_less(self.most.member_cores, work.partition_cores) || is_less(self.most.speed, work.speed) {
            return f64::INFINITY;
        }
        self.by_instance(work).max(self.by_core(work))
    }
}

impl BillBounds {
    /// Those of types with a price of one instance, USD a month.
    pub fn new(types: impl Iterator<Item = (f64, Most)>) -> Self {
        let bound = |(usd_per_instance, most): (f64, Most)| Bound {
            usd_per_instance,
            usd_per_core: if most.cores > 0.0 { usd_per_instance / most.cores } else { f64::INFINITY },
            most,
        };
        let types: Vec<Bound> = types.map(bound).collect();
        // Bits of prices, which are not below 0, are in the order of the prices, and sorted sooner.
        let sorted_by = |price: fn(&Bound) -> f64| {
            let mut prices: Vec<(u64, usize)> =
                types.iter().map(|it| price(it).to_bits()).zip(0..types.len()).collect();
            prices.sort_unstable();
            prices.into_iter().map(|(_, place)| place).collect::<Vec<usize>>()
        };
        let (by_instance, by_core) = (sorted_by(|it| it.usd_per_instance), sorted_by(|it| it.usd_per_core));
        let mut frontier: Vec<usize> = Vec::new();
        for &place in &by_instance {
            if frontier.last().is_none_or(|&last| types[place].usd_per_core < types[last].usd_per_core) {
                frontier.push(place);
            }
        }
        Self { types, by_instance, by_core, frontier }
    }

    /// That of a type, USD a month.
    pub fn at_least(&self, place: usize, work: Work) -> f64 {
        self.types[place].at_least(work)
    }

    /// The type with the lowest of all; `None` where none may serve.
    ///
    /// Along the frontier instances cost more and cores less, so the bound is lowest where the one outgrows the other.
    pub fn lowest(&self, work: Work) -> Option<usize> {
        let is_by_core = |&place: &usize| {
            let bound = &self.types[place];
            bound.by_instance(work) < bound.by_core(work)
        };
        let turn = self.frontier.partition_point(is_by_core);
        let around = &self.frontier[turn.saturating_sub(1)..self.frontier.len().min(turn + 1)];
        let bound = |place: usize| self.at_least(place, work);
        let lowest = |places: &mut dyn Iterator<Item = usize>| {
            let places = places.filter(|&place| bound(place).is_finite());
            places.min_by(|&one, &other| bound(one).total_cmp(&bound(other)))
        };
        lowest(&mut around.iter().copied()).or_else(|| lowest(&mut (0..self.types.len())))
    }

    /// The first of some places, up to the last whose type has a bound that is low enough.
    fn first<'p>(&self, places: &'p [usize], is_low: impl Fn(&Bound) -> bool) -> &'p [usize] {
        &places[..places.partition_point(|&place| is_low(&self.types[place]))]
    }

    /// Types whose bound is no more than `usd` a month.
    pub fn within(&self, work: Work, usd: f64) -> impl Iterator<Item = usize> + '_ {
        let by_instance = self.first(&self.by_instance, |it| it.by_instance(work) <= usd);
        let by_core = self.first(&self.by_core, |it| it.by_core(work) <= usd);
        let fewer = if by_instance.len() < by_core.len() { by_instance } else { by_core };
        fewer.iter().copied().filter(move |&place| self.at_least(place, work) <= usd)
    }
}
