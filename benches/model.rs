//! How long the model takes: an event's demand, one plan, a Monte Carlo run, and 10,000 rows.
//!
//! `cargo bench --bench model`, and `cargo bench --bench model -- rows` for one of them.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use tonnage::input::catalogs::{embedded, lists};
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::catalog::{Catalog, MachineFilter};
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::planner::Planners;
use tonnage_model::decide::terms::Terms;
use tonnage_model::policy::Policy;
use tonnage_model::problem::RangeEnd;
use tonnage_model::runtime::Runtime;
use tonnage_model::uncertain::distribution::Distribution;
use tonnage_model::uncertain::inputs::{Input, Uncertain};
use tonnage_model::uncertain::latin_hypercube::Sampling;
use tonnage_model::workload::Workload;

const RUNTIMES: [&str; 3] = ["python-aiokafka", "go-franz", "rust-rdkafka"];

/// The measured runtimes, and the machine types of one region.
fn catalog() -> Catalog {
    let mut catalog = embedded::measured().unwrap();
    catalog.machines = lists::machines();
    catalog.filter = MachineFilter {
        provider: Some("aws".into()),
        region: Some("us-east-1".into()),
        ..MachineFilter::default()
    };
    catalog
}

fn planners(catalog: &Catalog) -> Planners<'_> {
    let runtimes: Vec<&Runtime> = RUNTIMES.iter().filter_map(|name| catalog.runtime(name)).collect();
    Planners::new(catalog, &runtimes, Policy::default(), Terms::default(), None)
}

/// Numbers in (0, 1), the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// A number between two, as likely in each of their decades.
    fn decades(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.next())
    }

    /// A workload like those of benches/peers/fleet.py.
    fn workload(&mut self, number: usize, goals: bool) -> Workload {
        let events_per_day = self.decades(1e6, 2e9);
        let peak_factor = 1.5 + 3.5 * self.next();
        let seconds = 2e-3 * (events_per_day / 50e6).powf(-0.35) * self.decades(0.3, 3.0);
        let held = events_per_day / 86_400.0 * peak_factor * (seconds + 2e-4);
        let wanted = held / 0.6 * (1.0 + 3.0 * self.next());
        let partitions = (0..11).map(|power| 6 << power).find(|&p| f64::from(p) >= wanted).unwrap_or(12_288);
        let types = ["c6i.large", "m6i.xlarge", "c7a.2xlarge", "m7i.2xlarge"];
        let goal = self.next() < 1.0 / 3.0;
        Workload {
            name: format!("topic-{number}"),
            events_per_day,
            event_bytes: self.decades(200.0, 10_000.0),
            io_ratio: 0.9 * self.next(),
            handler_seconds: Some(seconds),
            current_runtime: RUNTIMES[(self.next() * 1.5) as usize].into(),
            current_machine: Some(types[(self.next() * 4.0) as usize].into()),
            current_instances: Some(2 + (held * self.next()) as u32),
            peak_factor,
            topic: Topic {
                partitions: (self.next() < 0.9).then_some(partitions),
                skew: 1.0,
                ..Topic::default()
            },
            p99_seconds: (goal && goals).then_some(8.0 * (seconds + 1e-3)),
            ..Workload::default()
        }
    }
}

fn workloads(count: usize, goals: bool) -> Vec<Workload> {
    let mut random = Random(1);
    (0..count).map(|number| random.workload(number, goals)).collect()
}

/// A number of each workload known to a range.
fn with_ranges(mut workload: Workload) -> Workload {
    let events =
        Input::new("events_per_day", |it| Some(it.events_per_day), |it, value| it.events_per_day = value);
    let bytes = Input::new("event_size", |it| Some(it.event_bytes), |it, value| it.event_bytes = value);
    for (input, median) in [(events, workload.events_per_day), (bytes, workload.event_bytes)] {
        let distribution = Distribution::LogNormal { above: 0.0, low: median / 1.5, high: median * 1.5 };
        workload.ranges.push(Uncertain { input, distribution });
    }
    workload
}

fn one(criterion: &mut Criterion) {
    let catalog = catalog();
    let workloads = workloads(100, true);
    let problem = catalog.problem(&workloads[0]).unwrap();
    let planner =
        planners(&catalog).of(catalog.home(problem.workload, problem.current_machine), problem.current);
    let runtime = planner.runtimes[1];
    criterion.bench_function("demand", |bench| {
        bench.iter(|| black_box(&problem).demand_in(runtime, RangeEnd::Best));
    });
    criterion.bench_function("plan", |bench| {
        bench.iter(|| planner.cheapest(black_box(&problem), runtime));
    });
}

fn rows(criterion: &mut Criterion) {
    let catalog = catalog();
    let planners = planners(&catalog);
    let mut group = criterion.benchmark_group("10,000 rows");
    group.sample_size(10).throughput(Throughput::Elements(10_000));
    for (name, goals) in [("no goals", false), ("a third with goals", true)] {
        let workloads = workloads(10_000, goals);
        group.bench_function(name, |bench| {
            let plan = |workload| planners.plan(workload).unwrap().recommendation.saves;
            bench.iter(|| workloads.iter().filter_map(plan).sum::<f64>());
        });
    }
}

fn monte_carlo(criterion: &mut Criterion) {
    let catalog = catalog();
    let workloads: Vec<Workload> = workloads(100, true).into_iter().map(with_ranges).collect();
    let runtimes = catalog.runtimes.iter().take(5).collect();
    let fleet =
        Fleet::plan(&catalog, runtimes, &workloads, Policy::default(), Terms::default(), None).unwrap();
    let sampling = Sampling { samples: 512, seed: 1 };
    let mut group = criterion.benchmark_group("512 samples of 100 workloads");
    group.sample_size(10);
    group.bench_function("five runtimes", |bench| bench.iter(|| fleet.clone().sampled(sampling)));
}

criterion_group!(benches, one, rows, monte_carlo);
criterion_main!(benches);
