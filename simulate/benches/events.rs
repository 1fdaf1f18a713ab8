//! Events a second of one core, by CPU time, so that a busy machine does not count: `cargo bench -p tonnage-simulate`.
//!
//! An alarm is what the simulation itself calls an event: an arrival, a call or fetch that is finished, a wait that ends.

use tonnage_model::runtime::{Concurrency, Discipline};
use tonnage_simulate::Horizon;
use tonnage_simulate::arrivals::Arrivals;
use tonnage_simulate::run::run;
use tonnage_simulate::system::{Fetch, System};

/// CPU time of this thread so far, ns.
fn cpu_time() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number")
}

fn main() {
    let gated = Fetch {
        core_seconds: 1e-4,
        network_seconds: 1e-3,
        wait_seconds: f64::INFINITY,
        least_events: 1,
        most_events: 2000,
        read_ahead: 10_000,
        discipline: Discipline::Gated,
    };
    let group = System {
        instances: 8,
        members_per_instance: 4,
        instance_cores: 3.9,
        partitions: 64,
        busiest_share: 1.0 / 64.0,
        concurrency: Concurrency::Consumer,
        in_flight: 1,
        fetch: Some(gated),
        ..System::server(1e-4)
    };
    let cases = [
        ("one server, M/M/1", System::server(1e-4), 8_000.0),
        ("32 processes on 8 instances, gated fetches", group.clone(), 32.0 * 6_000.0),
        ("the same, each with a core", System { instance_cores: 4.0, ..group.clone() }, 32.0 * 6_000.0),
        (
            "16 binaries of 4 threads, 8 calls in flight and 1 ms of I/O",
            System {
                instances: 16,
                members_per_instance: 1,
                member_cores: 3.9,
                threads: 4,
                concurrency: Concurrency::Partition,
                in_flight: 8,
                wait_seconds: 1e-3,
                ..group
            },
            16.0 * 20_000.0,
        ),
    ];
    println!("{:60} {:>12} {:>12}", "", "M alarms/s", "M events/s");
    for (name, system, rate) in cases {
        let arrivals = Arrivals::steady(rate);
        let horizon = Horizon { from_seconds: 0.0, to_seconds: 4e6 / rate, look_seconds: f64::INFINITY };
        let best = (0..5)
            .map(|stream| {
                let begin = cpu_time();
                let outcome = run(&system, &arrivals, &[], &horizon, (1, stream));
                let seconds = (cpu_time() - begin) * 1e-9;
                (outcome.alarms as f64 / seconds / 1e6, outcome.times.total() as f64 / seconds / 1e6)
            })
            .max_by(|one, other| one.0.total_cmp(&other.0));
        let (alarms, events) = best.unwrap_or_default();
        println!("{name:60} {alarms:12.1} {events:12.1}");
    }
}
