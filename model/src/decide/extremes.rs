//! A runtime with its figures at the ends of their intervals.

use crate::runtime::{Figure, Linear, Runtime};

/// Today's runtime with all of its figures at the ends of their intervals at which what runs today takes least, or most.
#[derive(Debug, Clone)]
pub struct Extremes {
    /// Least CPU and memory, no contention.
    pub least: Runtime,
    /// Most CPU.
    pub most: Runtime,
}

impl Extremes {
    /// Those of a runtime.
    pub fn of(runtime: &Runtime) -> Self {
        let mut least = with_cpu(runtime, |figure| figure.low);
        let (memory, scaling) = (&mut least.memory, &mut least.scaling);
        let of_memory = [&mut memory.base, &mut memory.working, &mut memory.thread];
        let others = [&mut scaling.sigma, &mut scaling.kappa, &mut least.cpu.idle_cores];
        for figure in of_memory.into_iter().chain(others) {
            figure.value = figure.low;
        }
        let mut most = with_cpu(runtime, |figure| figure.high);
        most.cpu.idle_cores.value = most.cpu.idle_cores.high;
        Self { least, most }
    }
}

/// A runtime with an end of the interval in place of each figure of what an event takes.
pub fn with_cpu(runtime: &Runtime, pick: fn(&Figure) -> f64) -> Runtime {
    let mut changed = runtime.clone();
    let set = |figure: &mut Figure| figure.value = pick(figure);
    let set_both = |cost: &mut Linear| {
        set(&mut cost.per_event);
        set(&mut cost.per_byte);
    };
    let cpu = &mut changed.cpu;
    cpu.fetch.iter_mut().for_each(|fetch| set(&mut fetch.core_seconds));
    set_both(&mut cpu.consume);
    cpu.handler.values_mut().for_each(set_both);
    cpu.produce.iter_mut().for_each(set_both);
    cpu.io_call.iter_mut().for_each(set_both);
    changed.commit.iter_mut().flat_map(|it| [&mut it.core_seconds, &mut it.wait_seconds]).for_each(set);
    changed
}
