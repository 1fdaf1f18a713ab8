//! Shared pools: worked out by hand, properties of packings, and what the command prints.

use crate::common::{figure, machine, runtime, workload};
use crate::random::case;
use assert_cmd::Command;
use proptest::prelude::*;
use serde_json::Value;
use tonnage_model::capacity::assignment::Topic;
use tonnage_model::catalog::Catalog;
use tonnage_model::decide::fleet::Fleet;
use tonnage_model::decide::terms::Terms;
use tonnage_model::machine::{Machine, Prices};
use tonnage_model::policy::Policy;
use tonnage_model::problem::Problem;
use tonnage_model::runtime::{Deployment, FetchFigures, Runtime, ScalingFigures};
use tonnage_model::scenario::pool::bound::least_nodes;
use tonnage_model::scenario::pool::choice::{NoPool, Pooling, Tenant, cheapest};
use tonnage_model::scenario::pool::node::{PoolRules, Reserve, usable};
use tonnage_model::scenario::pool::packing::{Packing, pack};
use tonnage_model::scenario::pool::replicas::{Replicas, replicas};
use tonnage_model::scenario::pool::resources::{Resource, Resources};
use tonnage_model::scenario::shared_pools::SharedPools;
use tonnage_model::workload::Workload;

/// Reads 1,000 B events, decoded: 10 us + 10 ns/B x 1,000 B = 20 us each at speed 1.0.
fn named(name: &str, events_per_second: f64) -> Workload {
    Workload { name: name.into(), state_bytes: Some(0.0), ..workload(events_per_second * 86_400.0) }
}

fn pooling<'a>(workloads: &'a [Workload], runtime: &'a Runtime, machines: &'a [Machine]) -> Pooling<'a> {
    pooling_under(Policy::default(), workloads, runtime, machines)
}

fn pooling_under<'a>(
    policy: Policy,
    workloads: &'a [Workload],
    runtime: &'a Runtime,
    machines: &'a [Machine],
) -> Pooling<'a> {
    let problems: Vec<Problem<'a>> =
        workloads.iter().map(|workload| Problem::new(workload, runtime, None).unwrap()).collect();
    let tenants: Vec<Tenant<'_, 'a>> =
        problems.iter().map(|problem| Tenant { problem, runtime, kept: None }).collect();
    let machines: Vec<&'a Machine> = machines.iter().collect();
    cheapest(&tenants, &machines, policy, &PoolRules::default())
}

/// The replicas of one workload on machines of speed 1.0.
fn replicas_of(workload: &Workload, runtime: &Runtime, most_threads: u32) -> Replicas {
    let (problem, machine) =
        (Problem::new(workload, runtime, None).unwrap(), machine("m", most_threads, 64.0, 1.0));
    let demand = problem.today.demand_in(workload, runtime, 1.0).unwrap();
    let alone = problem.sizing(runtime, &machine, 1.0, demand, Policy::default());
    replicas(&alone, runtime, most_threads, false, None, 1).unwrap()
}

fn replicas_that(count: u64, each: Resources) -> Replicas {
    let (sidecars, steady_mebibytes) = (Resources::default(), each.mebibytes);
    Replicas { count, running: count, threads: 1, readers: 1, each, sidecars, steady_mebibytes }
}

// By hand

#[test]
fn what_a_node_has_to_give() {
    let machine = Machine { network_bits_per_second: Some(1e9), ..machine("m", 2, 2.0, 0.1) };
    let node = usable(&machine, &Policy::default(), &Reserve::default());
    // 60 + 10 millicores and 200 of DaemonSets; 255 + 11 x 58 = 893 MiB, 100 before it evicts and 250 of DaemonSets of
    // 2,048; 70 % of 1 Gbit/s.
    let expected = Resources { millicores: 1730, mebibytes: 805, kilobits_per_second: 700_000, replicas: 50 };
    assert_eq!(node, expected);
    let tiny = Machine { memory_bytes: 1.0, network_bits_per_second: None, ..machine };
    let node = usable(&tiny, &Policy::default(), &Reserve { cores: Some(4.0), ..Reserve::default() });
    assert_eq!((node.millicores, node.mebibytes, node.kilobits_per_second), (0, 0, u64::MAX));
}

#[test]
fn what_the_kubernetes_of_each_cloud_keeps() {
    let node = |provider: &str, vcpus, memory_gib| {
        let machine = Machine { provider: provider.into(), ..machine("m", vcpus, memory_gib, 0.1) };
        let Resources { millicores, mebibytes, .. } =
            usable(&machine, &Policy::default(), &Reserve::default());
        (millicores, mebibytes)
    };
    // EKS: 60 + 10 + 2 x 5 + 12 x 2.5 = 110 and 200; 1,243 MiB whatever the memory.
    assert_eq!(node("aws", 16, 32.0), (16_000 - 310, 32_768 - 1243));
    // GKE: 80 and 200; 25 % of 4, 20 % of 4 and 10 % of 8 GiB = 2,662.4 MiB, and 350.
    assert_eq!(node("gcp", 4, 16.0), (4000 - 280, 13_371));
    // 6 % of 112 and 2 % of 128 GiB more: 6,881.28 and 2,621.44 MiB.
    assert_eq!(node("gcp", 4, 256.0).1, 249_628);
    // AKS: 60 + 40 + 2 x 20 = 140 and 200; 50 + 20 x 58 = 1,210 MB = 1,153.95 MiB, and 350.
    assert_eq!(node("azure", 4, 16.0), (4000 - 340, 14_880));
    // A quarter of 4 GiB is less.
    assert_eq!(node("azure", 64, 4.0), (64_000 - 940, 3072 - 350));
}

#[test]
fn three_workloads_packed_by_hand() {
    // At 20 us an event, orders take 0.7 cores at peak, clicks 1.2 and mails 0.09; rho 0.7, rho_d 0.9, three zones.
    //
    // orders: 2 replicas, of which 1 is left with a zone lost: max(0.35 / 0.7, 0.7 / 0.9) = 0.7778, 780 millicores.
    // clicks: 2 replicas would leave 1, with 1.2 cores; 3 leave 2: max(0.4 / 0.7, 0.6 / 0.9) = 0.6667, 670.
    // mails:  2 replicas, max(0.045 / 0.7, 0.09 / 0.9) = 0.1, 100 millicores.
    //
    // Memory: 100 MiB and the events held, R x 10 s x 3,000 B: 35,000/s x 200 us x 3,000 B = 21 KB. The request is the next
    // multiple of 16 MiB, 112; the limit that of 100.02 / 0.85 = 117.7, 128.
    let workloads = [named("orders", 35e3), named("clicks", 60e3), named("mails", 4.5e3)];
    let python = runtime("python", Deployment::Processes);
    // A node of the medium type gives 1,730 millicores and 805 MiB. On the small one, 740 millicores do not hold a
    // replica of orders. On the large one, clicks needs three zones and so three nodes all the same, for three times
    // the price.
    let machines =
        [machine("small", 1, 2.0, 0.01), machine("medium", 2, 2.0, 0.1), machine("large", 8, 8.0, 0.3)];
    let pool = pooling(&workloads, &python, &machines).pool.unwrap();
    let each: Vec<(u64, u64, u64)> =
        pool.replicas.iter().map(|(_, it)| (it.count, it.each.millicores, it.each.mebibytes)).collect();
    assert_eq!(each, [(2, 780, 128), (3, 670, 128), (2, 100, 128)]);
    assert!(pool.replicas.iter().all(|(_, it)| (it.running, it.steady_mebibytes) == (it.count, 112)));
    assert_eq!(pool.machine.instance_type, "medium");
    // Largest first: orders open a node in each of two zones, clicks join them and open one in the third zone, since
    // no zone may have two of three; mails join the first two: 780 + 670 + 100 = 1,550 of 1,730 millicores.
    let free: Vec<u64> = pool.packing.nodes.iter().map(|node| node.free.millicores).collect();
    assert_eq!(free, [1730 - 1550, 1730 - 1550, 1730 - 670]);
    assert_eq!(pool.packing.nodes_by_zone(), [1, 1, 1]);
    // 3,770 millicores would be 2.2 nodes, and clicks is in three zones anyway.
    assert_eq!(pool.least_nodes, 3);
    // 3 x $0.1 x 730 h.
    assert!((pool.usd_per_month - 219.0).abs() < 1e-9 && (pool.least_usd_per_month - 219.0).abs() < 1e-9);
}

// Two replicas of mails ask for 256 of the 805 MiB of a node and hardly any of its CPU. Apart in two zones they take two
// nodes, $146; where no zone has to be survived, one, $73.
#[test]
fn nothing_is_kept_apart_where_no_zone_has_to_be_survived() {
    let workloads = [named("mails", 4.5e3)];
    let python = runtime("python", Deployment::Processes);
    let machines = [machine("medium", 2, 2.0, 0.1)];
    for (survive_zone_loss, nodes) in [(true, 2), (false, 1)] {
        let policy = Policy { survive_zone_loss, ..Policy::default() };
        let pool = pooling_under(policy, &workloads, &python, &machines).pool.unwrap();
        assert_eq!((pool.nodes(), pool.least_nodes, pool.replicas[0].1.count), (nodes, nodes, 2));
        assert!((pool.usd_per_month - 73.0 * nodes as f64).abs() < 1e-9);
    }
}

#[test]
fn shares_of_the_bill_by_hand() {
    let catalog = Catalog {
        runtimes: vec![runtime("python", Deployment::Processes), runtime("go", Deployment::Threads)],
        machines: vec![machine("medium", 2, 2.0, 0.1)].into(),
        ..Catalog::default()
    };
    let mut workloads = [named("orders", 35e3), named("clicks", 60e3), named("mails", 4.5e3)];
    workloads.iter_mut().for_each(|workload| workload.current_runtime = "python".into());
    let runtimes = catalog.runtimes.iter().collect();
    let fleet =
        Fleet::plan(&catalog, runtimes, &workloads, Policy::default(), Terms::default(), None).unwrap();
    let places = SharedPools::in_each_place(&fleet, &PoolRules::default());
    let [sharing] = &places[..] else { panic!("{} places", places.len()) };
    assert_eq!((sharing.pools.len(), sharing.today), (2, 0));
    let today = sharing.as_today().unwrap();
    // Of 3 x 1,730 millicores and 3 x 805 MiB: orders 1,560 (0.3006) and 256 (0.1060), clicks 2,010 (0.3873) and 384
    // (0.1590), mails 200 (0.0385) and 256 (0.1060). The larger ones sum to 0.7939.
    let larger = [1560.0 / 5190.0, 2010.0 / 5190.0, 256.0 / 2415.0];
    let sum: f64 = larger.iter().sum();
    for (part, larger) in today.parts.iter().zip(larger) {
        assert!((part.share - larger / sum).abs() < 1e-12);
        assert!((part.allocated_usd_per_month - 219.0 * larger / sum).abs() < 1e-9);
    }
    // On machines of their own of 2 vCPUs, each workload takes 2 x $73: 35,000/s and 60,000/s leave one machine of
    // 2 x 0.9 / 20 us = 90,000/s.
    assert_eq!(today.own_usd_per_month.map(|usd| (usd * 1e6).round() / 1e6), Some(3.0 * 146.0));
    // Go costs the same an event here, so a rewrite saves nothing.
    let change = sharing.best_rewrite().unwrap();
    assert_eq!((change.runtime.name.as_str(), change.changed, change.besides), ("go", 3, 0));
    assert!(change.saves_usd_per_month.abs() < 1e-9);
    assert!(sharing.best_libraries().is_none());
}

#[test]
fn a_binary_has_more_threads_where_one_does_not_do() {
    // 75,000/s x 20 us = 1.5 cores in one partition, so in one replica: 1 thread and 2 (1.4 cores at 0.7) are too few.
    let topic = Topic { partitions: Some(1), skew: 1.0, ..Topic::default() };
    let hot = Workload { topic, in_flight: Some(8), ..named("hot", 75e3) };
    let mut go = runtime("go", Deployment::Threads);
    let found = replicas_of(&hot, &go, 16);
    // 1.5 / 0.7 = 2.143 vCPUs. One of the two reads the one partition, and the other takes over.
    assert_eq!((found.count, found.running), (2, 2));
    assert_eq!((found.threads, found.each.millicores), (4, 2150));
    // With sigma 0.1, four threads are worth 4 / 1.3, so that work takes 1.3 times the time of a vCPU: 2.786.
    go.scaling = ScalingFigures { sigma: figure(0.1), kappa: figure(0.0) };
    assert_eq!(replicas_of(&hot, &go, 16).each.millicores, 2790);
    // A process has one core at most.
    let python = runtime("python", Deployment::Processes);
    let machines = [machine("m", 16, 64.0, 1.0)];
    let refused = pooling(std::slice::from_ref(&hot), &python, &machines);
    assert_eq!(refused.pool.unwrap_err(), NoPool::Empty);
    assert_eq!(
        refused.left_out[0].1.to_string(),
        "the busiest partition alone needs 1.500 cores at peak and its one consumer may use 0.700 (in a container on m)"
    );
    // With kappa 0.1, 1, 2, 4, 8 and 16 threads are worth 1, 1.667, 4 / 2.2 = 1.818, 1.212 and 0.64: none does, and 0.7 x 1.818 comes closest.
    go.scaling = ScalingFigures { sigma: figure(0.0), kappa: figure(0.1) };
    let refused = pooling(std::slice::from_ref(&hot), &go, &machines);
    assert_eq!(
        refused.left_out[0].1.to_string(),
        "the busiest partition alone needs 1.500 cores at peak and its one consumer may use 1.273 (in a container on m)"
    );
}

#[test]
fn fetching_counts_on_a_shared_node() {
    // With a zone lost one replica takes 100/s; a fetch of 1 ms every 5 ms brings it 0.5 + exp(-0.5) = 1.1065 events,
    // so an event takes 0.9037 ms + 20 us, and 100/s of them 0.09237 cores: / 0.9 = 0.1026.
    let mut python = runtime("python", Deployment::Processes);
    assert_eq!(replicas_of(&named("w", 100.0), &python, 1).each.millicores, 10);
    python.cpu.fetch = Some(FetchFigures { core_seconds: figure(1e-3), round_trip_seconds: figure(5e-3) });
    assert_eq!(replicas_of(&named("w", 100.0), &python, 1).each.millicores, 110);
    // No more than the one core that a process can have.
    python.cpu.fetch = Some(FetchFigures { core_seconds: figure(1.0), round_trip_seconds: figure(5e-3) });
    assert_eq!(replicas_of(&named("w", 100.0), &python, 1).each.millicores, 1000);
}

#[test]
fn a_replica_that_fits_on_no_node_says_so_with_both_numbers() {
    let mut python = runtime("python", Deployment::Processes);
    python.memory.base = figure(3000.0 * 1_048_576.0);
    let workloads = [named("large", 1000.0)];
    // 4,096 - 1,243 MiB = 2,853 MiB, less on the other type; 3,000 MiB and a little are 3,536 with 15 % free.
    let machines = [machine("m2", 2, 2.0, 0.1), machine("m4", 2, 4.0, 0.2)];
    let refused = pooling(&workloads, &python, &machines);
    assert_eq!(
        refused.left_out[0].1.to_string(),
        "a replica asks for 3536 MiB of memory and a node has 2853 MiB to give (on m4, which comes closest)"
    );
    let unpriced = [Machine { prices: Prices::default(), ..machine("m", 2, 2.0, 0.1) }];
    assert_eq!(
        pooling(&workloads, &python, &unpriced).pool.unwrap_err().to_string(),
        "no machine type to choose from has both a known speed and a price for on-demand"
    );
}

#[test]
fn beyond_any_pool() {
    let python = runtime("python", Deployment::Processes);
    let workloads = [named("all", 1e15 / 86_400.0)];
    let machines = [machine("m", 2, 4.0, 0.1)];
    let refused = pooling(&workloads, &python, &machines);
    assert_eq!(refused.pool.unwrap_err().to_string(), "it would take more than 100000 nodes");
}

#[test]
fn bounds_by_hand() {
    let replicas = |count, millicores, mebibytes| {
        replicas_that(count, Resources { millicores, mebibytes, kilobits_per_second: 0, replicas: 1 })
    };
    let node = Resources { millicores: 1000, mebibytes: 1000, kilobits_per_second: u64::MAX, replicas: 4 };
    // 9 x 0.4 = 3.6 nodes of CPU; but three of 0.4 do not fit on one, so that u_2 counts each as floor(3 x 0.4) / 2.
    assert_eq!(least_nodes(&[replicas(9, 400, 0)], node, 1), 5);
    // More than half a node each: u_1 counts them whole, where 5 x 0.51 would be 3.
    assert_eq!(least_nodes(&[replicas(5, 1, 510)], node, 1), 5);
    // Exactly half a node: two fit.
    assert_eq!(least_nodes(&[replicas(6, 500, 1)], node, 1), 3);
    // Nine small ones, four on a node.
    assert_eq!(least_nodes(&[replicas(9, 1, 1)], node, 1), 3);
    // Four replicas over three zones, two of them in one at most: at least two zones.
    assert_eq!(least_nodes(&[replicas(4, 1, 1)], node, 3), 2);
    // Nine over three: three in each, of 0.4 each: 1.2 nodes a zone, so 3 x 2, where without zones there would be 5.
    assert_eq!(least_nodes(&[replicas(9, 400, 0)], node, 3), 6);
}

#[test]
fn a_large_fleet_is_packed_quickly_and_tightly() {
    // 2,000 workloads of 2 to 12 replicas, from 20 to 900 of 3,750 millicores and from 30 to 800 of 5,700 MiB.
    let all: Vec<Replicas> = (0..2000u64)
        .map(|i| {
            let each = Resources {
                millicores: 20 + i * 7919 % 881,
                mebibytes: 30 + i * 104_729 % 771,
                kilobits_per_second: 100,
                replicas: 1,
            };
            replicas_that(2 + i * 31 % 11, each)
        })
        .collect();
    let node = Resources { millicores: 3750, mebibytes: 5700, kilobits_per_second: u64::MAX, replicas: 50 };
    let started = std::time::Instant::now();
    let least = least_nodes(&all, node, 3);
    let packing = pack(&all, node, 3, least..=u64::MAX).unwrap();
    keeps_the_rules(&all, node, 3, &packing);
    assert!(least > 1000 && packing.nodes.len() as f64 <= 1.02 * least as f64, "{}", packing.nodes.len());
    assert!(started.elapsed().as_secs() < 20);
}

// Properties

fn keeps_the_rules(all: &[Replicas], node: Resources, zones: u32, packing: &Packing) {
    let mut placed = vec![0; all.len()];
    let mut in_zone = vec![vec![0; zones as usize]; all.len()];
    for packed in &packing.nodes {
        let mut used = Resources::default();
        for &(workload, count) in &packed.placed {
            used = used.plus(all[workload].each, count);
            placed[workload] += count;
            in_zone[workload][packed.zone] += count;
        }
        assert!(Resource::ALL.into_iter().all(|resource| used.of(resource) <= node.of(resource)));
        assert_eq!(node.less(used, 1), packed.free);
        assert!(!packed.placed.is_empty());
    }
    for (workload, replicas) in all.iter().enumerate() {
        assert_eq!(placed[workload], replicas.count);
        assert!(in_zone[workload].iter().all(|&there| there <= replicas.most_in_a_zone(zones)));
    }
}

const NODE: Resources =
    Resources { millicores: 1000, mebibytes: 1000, kilobits_per_second: 1000, replicas: 6 };

fn any_replicas(most: u64) -> impl Strategy<Value = Replicas> {
    let each =
        (1u64..=1000, 1u64..=1000, 0u64..=300).prop_map(|(millicores, mebibytes, kilobits_per_second)| {
            Resources { millicores, mebibytes, kilobits_per_second, replicas: 1 }
        });
    (1..=most, each).prop_map(|(count, each)| replicas_that(count, each))
}

/// Three workloads of two replicas of 40 % of a node each: first fit puts each into the same two zones, two on a node, and opens
/// four nodes. One pair in each two of three zones is 2.4 nodes' worth on three.
#[test]
fn pairs_do_not_all_land_in_the_same_two_zones() {
    let each =
        Resources { millicores: NODE.millicores * 2 / 5, mebibytes: 1, kilobits_per_second: 0, replicas: 1 };
    let pairs = [replicas_that(2, each); 3];
    let packing = pack(&pairs, NODE, 3, least_nodes(&pairs, NODE, 3)..=u64::MAX).unwrap();
    keeps_the_rules(&pairs, NODE, 3, &packing);
    assert_eq!(packing.nodes_by_zone(), [1, 1, 1]);
}

/// The fewest nodes there can be, by trying every way: each replica on each open node of each zone, or on a new one.
fn fewest(all: &[Replicas], zones: u32) -> usize {
    struct Try<'t> {
        items: Vec<usize>,
        all: &'t [Replicas],
        zones: u32,
        nodes: Vec<(usize, Resources)>,
        in_zone: Vec<Vec<u64>>,
        best: usize,
    }
    impl Try<'_> {
        fn from(&mut self, next: usize) {
            if self.nodes.len() >= self.best {
                return;
            }
            let Some(&workload) = self.items.get(next) else {
                self.best = self.nodes.len();
                return;
            };
            let replicas = self.all[workload];
            for zone in 0..self.zones as usize {
                if self.in_zone[workload][zone] == replicas.most_in_a_zone(self.zones) {
                    continue;
                }
                self.in_zone[workload][zone] += 1;
                for index in 0..self.nodes.len() {
                    let (there, free) = self.nodes[index];
                    if there == zone && free.holds(replicas.each) > 0 {
                        self.nodes[index].1 = free.less(replicas.each, 1);
                        self.from(next + 1);
                        self.nodes[index].1 = free;
                    }
                }
                self.nodes.push((zone, NODE.less(replicas.each, 1)));
                self.from(next + 1);
                self.nodes.pop();
                self.in_zone[workload][zone] -= 1;
            }
        }
    }
    let items = all.iter().enumerate().flat_map(|(at, it)| vec![at; it.count as usize]).collect();
    let in_zone = vec![vec![0; zones as usize]; all.len()];
    let mut search = Try { items, all, zones, nodes: Vec::new(), in_zone, best: usize::MAX };
    search.from(0);
    search.best
}

proptest! {
    #![proptest_config(crate::random::cases(300))]

    #[test]
    fn every_packing_keeps_the_rules(
        all in proptest::collection::vec(any_replicas(30), 0..25), zones in 1u32..6,
    ) {
        let least = least_nodes(&all, NODE, zones);
        let packing = pack(&all, NODE, zones, least..=u64::MAX).unwrap();
        keeps_the_rules(&all, NODE, zones, &packing);
        prop_assert!(packing.nodes.len() as u64 >= least);
        // Nothing beyond what is wanted.
        let most = packing.nodes.len() as u64 / 2;
        prop_assert!(pack(&all, NODE, zones, 0..=most).is_none_or(|fewer| fewer.nodes.len() as u64 <= most));
    }

    #[test]
    fn the_optimum_lies_between_bound_and_packing(
        all in proptest::collection::vec(any_replicas(3), 1..5), zones in 1u32..4,
    ) {
        prop_assume!(all.iter().map(|it| it.count).sum::<u64>() <= 7);
        let optimum = fewest(&all, zones) as u64;
        let least = least_nodes(&all, NODE, zones);
        let packed = pack(&all, NODE, zones, least..=u64::MAX).unwrap().nodes.len() as u64;
        prop_assert!(least <= optimum && optimum == packed, "{least} {optimum} {packed}");
    }

    /// Whatever runs on a node, neither requests nor limits are more than it offers.
    #[test]
    fn nodes_hold_the_requests_and_the_limits(
        rates in proptest::collection::vec((100.0f64..2e5, 1u32..40), 1..8), threads in any::<bool>(),
    ) {
        let runtime = runtime("r", if threads { Deployment::Threads } else { Deployment::Processes });
        let of = |(at, &(rate, partitions)): (usize, &(f64, u32))| Workload {
            topic: Topic { partitions: Some(partitions), ..Topic::default() },
            in_flight: Some(8),
            ..named(&at.to_string(), rate)
        };
        let workloads: Vec<Workload> = rates.iter().enumerate().map(of).collect();
        let machines = [machine("small", 2, 4.0, 0.1), machine("large", 16, 24.0, 0.7)];
        let Ok(pool) = pooling(&workloads, &runtime, &machines).pool else { return Ok(()) };
        let (least, machine) = (Reserve::default(), pool.machine);
        for node in &pool.packing.nodes {
            let sum = |amount: fn(&Replicas) -> u64| -> f64 {
                node.placed.iter().map(|&(at, count)| (amount(&pool.replicas[at].1) * count) as f64).sum()
            };
            let memory = (machine.memory_bytes - least.memory_bytes_on(machine)) / 1_048_576.0;
            prop_assert!(sum(|it| it.each.mebibytes) <= memory && sum(|it| it.steady_mebibytes) <= memory);
            let cores = f64::from(machine.vcpus) - least.cores_on(machine);
            prop_assert!(sum(|it| it.each.millicores) <= 1000.0 * cores + 1e-6);
        }
        for (at, replicas) in &pool.replicas {
            prop_assert!(replicas.running <= u64::from(rates[*at].1.max(2)));
        }
    }

    #[test]
    fn replicas_keep_the_rules_and_their_requests(case in case()) {
        let problem = Problem::new(&case.workload, &case.current, None).unwrap();
        let tenants = [Tenant { problem: &problem, runtime: &case.runtime, kept: None }];
        let machines: Vec<&Machine> = case.machines.iter().collect();
        let found = cheapest(&tenants, &machines, case.policy, &PoolRules::default());
        prop_assert!(found.pool.is_ok() || !found.left_out.is_empty() || matches!(found.pool, Err(NoPool::BeyondSearch)));
        let Ok(pool) = found.pool else { return Ok(()) };
        let (_, replicas) = pool.replicas[0];
        keeps_the_rules(&[replicas], pool.node, case.policy.zones, &pool.packing);
        prop_assert!(pool.nodes() >= pool.least_nodes);
        prop_assert!(pool.usd_per_month >= pool.least_usd_per_month * (1.0 - 1e-9));
        prop_assert!(replicas.count >= u64::from(case.policy.min_instances));
        // With the worst zone lost, handling alone takes at most rho_d of what is asked for.
        let sizing = case.sizing_on(pool.machine);
        let alive = case.policy.alive(replicas.count);
        let busiest = case.workload.peak_rate() * case.workload.topic.busiest_member_share(alive);
        let cores = busiest * sizing.service.handling_seconds;
        let asked = replicas.each.millicores as f64 / 1000.0;
        prop_assert!(cores <= case.policy.max_utilization_degraded * asked * (1.0 + 1e-9));
        prop_assert!(case.is_threads() || replicas.threads == 1);
        prop_assert!(asked <= f64::from(replicas.threads) + 1e-9);
        // Written in steps of 10 millicores and 16 MiB, no more of them than partitions, and requests within limits, which
        // the nodes hold.
        let Resources { millicores, mebibytes, .. } = replicas.each;
        prop_assert!(millicores % 10 == 0 && mebibytes % 16 == 0 && replicas.steady_mebibytes % 16 == 0);
        prop_assert!(replicas.steady_mebibytes <= mebibytes);
        let partitions = case.workload.topic.partitions.map_or(u64::MAX, u64::from);
        // As few as have to run do, also where partitions are fewer.
        let running = partitions.max(case.policy.min_instances.into());
        prop_assert_eq!(replicas.running, replicas.count.min(running));
    }
}

// The command

const FLEET: [&str; 6] =
    ["plan", "examples/workloads.csv", "--published", "--provider=aws", "--pool", "shared"];

fn tonnage(args: &[&str]) -> Command {
    let mut command = Command::cargo_bin("tonnage").unwrap();
    command.args(args).env("COLUMNS", "80").env_remove("NO_COLOR");
    command
}

fn printed(args: &[&str]) -> String {
    crate::command::printed(tonnage(args))
}

fn sum(records: &[Value], pool: &str, field: &str) -> f64 {
    let of_pool = records.iter().filter(|record| record["pool"] == pool);
    of_pool.filter_map(|record| record[field].as_f64()).sum()
}

#[test]
fn json_adds_up() {
    let json: Value = serde_json::from_str(&printed(&[&FLEET[..], &["--format=json"]].concat())).unwrap();
    let (pools, parts) = (json["pools"].as_array().unwrap(), json["workloads"].as_array().unwrap());
    assert_eq!((pools.len(), parts.len()), (3, 36));
    for pool in pools {
        let name = pool["pool"].as_str().unwrap();
        let bill = pool["usd_per_month"].as_f64().unwrap();
        assert!((sum(parts, name, "allocated_share") - 1.0).abs() < 1e-9);
        assert!((sum(parts, name, "allocated_usd_per_month") - bill).abs() < 1e-6);
        let own = pool["dedicated_usd_per_month"].as_f64().unwrap();
        assert!((sum(parts, name, "dedicated_usd_per_month") - own).abs() < 1e-6);
        let nodes = pool["nodes"].as_u64().unwrap();
        let by_zone: u64 = pool["nodes_by_zone"].as_array().unwrap().iter().filter_map(Value::as_u64).sum();
        assert_eq!(by_zone, nodes);
        assert!(nodes >= pool["nodes_lower_bound"].as_u64().unwrap());
        assert!(bill >= pool["usd_per_month_lower_bound"].as_f64().unwrap());
    }
    let about: Vec<&str> =
        json["findings"].as_array().unwrap().iter().filter_map(|it| it["about"].as_str()).collect();
    assert_eq!(about, ["Small workloads", "Languages"]);
}

#[test]
fn dedicated_bills_are_those_of_the_plan() {
    let json = |args: &[&str]| -> Value { serde_json::from_str(&printed(args)).unwrap() };
    let shared = json(&[&FLEET[..], &["--format=json"]].concat());
    let plan = json(&[&FLEET[..4], &["--format=json", "--pool=dedicated"]].concat());
    let pairs = shared["workloads"].as_array().unwrap().iter().zip(plan["plans"].as_array().unwrap());
    for (part, plan) in pairs {
        assert_eq!((&part["workload"], &part["runtime"]), (&plan["workload"], &plan["runtime"]));
        let [own, planned] = [&part["dedicated_usd_per_month"], &plan["usd_per_month"]].map(Value::as_f64);
        assert!((own.unwrap() - planned.unwrap()).abs() < 1e-9);
    }
}

#[test]
fn csv_has_a_line_for_every_workload_and_pool() {
    let csv = printed(&[&FLEET[..], &["--format=csv"]].concat());
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.records().map(Result::unwrap).count(), 36);
}

#[test]
fn tables_fit_and_markdown_has_them() {
    for width in [60, 80, 120] {
        let output = tonnage(&FLEET).env("COLUMNS", width.to_string()).output().unwrap();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            assert!(line.chars().count() <= width, "{width}: {line}");
        }
    }
    let markdown = printed(&[&FLEET[..], &["--format=markdown", "--details"]].concat());
    assert!(markdown.starts_with("### 12 workloads on one shared pool cost $"), "{markdown}");
    assert!(markdown.contains("| order-events | go-kafka-go |"));
}

/// What decides stands in every table, however narrow, and the whole answer on one screen.
#[test]
fn the_answer_is_on_one_screen() {
    let at = |width: &str| {
        let output =
            tonnage(&["plan", "examples/workloads.csv", "--pool=shared"]).env("COLUMNS", width).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    assert!(at("100").lines().count() <= 40);
    let narrow = at("80");
    let header = narrow.lines().find(|line| line.starts_with("pool ")).unwrap();
    for title in ["nodes", "type", "$/month", "dedicated", "saves"] {
        assert!(header.contains(title), "{header}");
    }
    assert!(!narrow.contains("order-events"), "{narrow}");
}

#[test]
fn a_fleet_of_several_runtimes_has_a_pool_as_today() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("w.csv");
    let rows = "name,events_per_day,event_size,io_ratio,current_runtime\n\
                a,1M,1KB,0,python-aiokafka\nb,1M,1KB,0,go-kafka-go\n";
    std::fs::write(&file, rows).unwrap();
    let file = file.to_str().unwrap();
    let text = printed(&["plan", file, "--published", "--provider=aws", "--pool=shared", "--format=json"]);
    let json: Value = serde_json::from_str(&text).unwrap();
    let pools: Vec<&str> =
        json["pools"].as_array().unwrap().iter().filter_map(|pool| pool["pool"].as_str()).collect();
    assert_eq!(pools, ["python-aiokafka", "go-kafka-go", "rust-rdkafka", "as today"]);
    let runtimes: Vec<&Value> = json["workloads"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part["pool"] == "as today")
        .map(|part| &part["runtime"])
        .collect();
    assert_eq!(runtimes, ["python-aiokafka", "go-kafka-go"]);
}

#[test]
fn strict_fails_where_a_workload_is_in_no_pool() {
    let one =
        ["plan", "--events-per-day=1M", "--event-size=1KB", "--io-ratio=0", "--published", "--pool=shared"];
    assert_eq!(tonnage(&[&one[..], &["--strict"]].concat()).output().unwrap().status.code(), Some(0));
    let crowded = [&one[..], &["--strict", "--node-reserved-memory=100000GiB", "--format=csv"]].concat();
    let output = tonnage(&crowded).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("asks for 176 MiB of memory and a node has 0 MiB to give"), "{text}");
}

#[test]
fn settings_come_from_the_file_and_bad_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let settings = |content: &str| {
        std::fs::write(folder.path().join("tonnage.toml"), content).unwrap();
        let mut command = tonnage(&["plan", "--events-per-day=1M", "--event-size=1KB", "--io-ratio=0"]);
        let output = command.current_dir(folder.path()).output().unwrap();
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (text, _) = settings("pool = \"shared\"\nnode_reserved_memory = \"2GiB\"\nreplicas_per_node = 7\n");
    assert!(text.contains("vCPUs and 2 GiB") && text.contains("7 replicas"), "{text}");
    let (text, errors) = settings(
        "pool = \"mine\"\nnode_reserved_cores = -1\nnode_reserved_memory = \"much\"\nreplicas_per_node = 0\n",
    );
    assert_eq!(text, "");
    assert_eq!(
        errors.lines().collect::<Vec<_>>(),
        [
            "error: tonnage.toml:1:8: pool is \"mine\", but must be one of dedicated, shared",
            "error: tonnage.toml:2:23: node_reserved_cores is -1, but must be a number of vCPUs from 0 to 10000, such as \
             0.25 or 250m",
            "error: tonnage.toml:3:24: node_reserved_memory is \"much\", but must be a size from 0 to 1e15 B, such as \
             1.25GiB or 700MiB",
            "error: tonnage.toml:4:21: replicas_per_node is 0, but must be a whole number from 1",
        ]
    );
}
