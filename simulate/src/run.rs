//! One run of a consumer group: the next alarm rings, what follows from it happens, and so on.

use crate::arrivals::Arrivals;
use crate::change::Change;
use crate::outcome::{Horizon, Outcome};
use crate::state::{CHANGE, LOOK, Queue, Run, STATION};
use crate::system::System;

/// Simulates one run with the random numbers of `stream` under `seed`; `changes` are in order of time.
pub fn run(
    system: &System,
    arrivals: &Arrivals,
    changes: &[(f64, Change)],
    horizon: &Horizon,
    (seed, stream): (u64, u64),
) -> Outcome {
    let mut run = Run::new(system, arrivals, (seed, stream));
    run.watch.horizon(horizon);
    let kill = changes.iter().find(|(_, it)| matches!(it, Change::Kill(_)));
    run.remember_from = kill.map_or(f64::INFINITY, |(at, _)| at - system.commit_seconds);
    let mut changes = changes.iter();
    let mut change = changes.next();
    run.clocks.set(CHANGE, change.map_or(f64::INFINITY, |(at, _)| *at));
    run.clocks.set(LOOK, if horizon.look_seconds.is_finite() { 0.0 } else { f64::INFINITY });
    let first_station = STATION;
    let first_fetch = first_station + run.stations.len();
    let first_wait = first_fetch + run.members.len();
    loop {
        let (alarm, at) = run.clocks.next();
        let arrives = run.next_arrival <= at;
        let now = if arrives { run.next_arrival } else { at };
        if now >= horizon.to_seconds {
            break;
        }
        run.now = now;
        run.watch.alarms += 1;
        if arrives {
            run.arrive();
            continue;
        }
        match alarm {
            CHANGE => {
                if let Some((_, it)) = change {
                    run.change(it);
                }
                change = changes.next();
                run.clocks.set(CHANGE, change.map_or(f64::INFINITY, |(at, _)| *at));
            }
            LOOK => {
                let front = |queue: &Queue| queue.events.front().map(|event| event.arrived);
                let oldest = run.queues.iter().filter_map(front).fold(now, f64::min);
                run.watch.look(now - oldest);
                run.clocks.set(LOOK, run.watch.looks() as f64 * horizon.look_seconds);
            }
            alarm if alarm < first_fetch => run.finish(alarm - first_station),
            alarm if alarm < first_wait => run.fetch_alarm(alarm - first_fetch),
            alarm => run.end_wait(alarm - first_wait),
        }
    }
    run.watch.end(horizon.to_seconds)
}
